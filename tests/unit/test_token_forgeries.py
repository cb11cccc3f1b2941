"""Tokens that are none: unsigned, signed by another key or kind of key, of another deployment, over, or too early."""

import base64
import hmac
import json
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from gongji.channels.identity.tokens import ACCESS, KNOCK, REFRESH, Tokens, new_keys
from gongji.services.access.sessions import Session, Who
from tests.identity_world import ISSUER
from tests.national_world import NOW

SESSION = Session(
    client_id="sample-city-app",
    who=Who(role="citizen", person_id=1),
    scopes=("accounts.read",),
    until=NOW + timedelta(days=30),
)
KEYS = new_keys()
OURS = Tokens(KEYS, ISSUER)


def access(tokens=OURS, at=NOW):
    return tokens.access("session", SESSION, "accounts.read", token_id="one", at=at)


def part(content):
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def claims_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def signing_key():
    return ECKey.import_key(json.loads(KEYS)["keys"][0])


def forged(key=None, alg="ES256", kid=None, typ=ACCESS, **claims):
    """Return a token that says what ours do, changed by `claims` and signed as told."""
    key = key or signing_key()
    content = claims_of(access()) | claims
    header = {"alg": alg, "kid": kid or signing_key().kid, "typ": typ}
    return jwt.encode(header, {name: value for name, value in content.items() if value is not None}, key, [alg])


def test_our_own_token_opens_and_says_nothing_private():
    told = OURS.opened(access(), ACCESS, NOW)

    assert told is not None
    assert (told["sub"], told["scope"], told["sid"]) == ("1", "accounts.read", "session")
    assert OURS.opened(forged(), ACCESS, NOW) == told


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_an_unsigned_token_is_none(algorithm):
    header, claims, signature = access().split(".")
    unsigned = part({"alg": algorithm, "typ": ACCESS})

    assert OURS.opened(f"{unsigned}.{claims}.", ACCESS, NOW) is None
    assert OURS.opened(f"{unsigned}.{claims}.{signature}", ACCESS, NOW) is None
    assert OURS.opened(f"{header}.{claims}.", ACCESS, NOW) is None


def test_a_public_key_is_no_secret_to_sign_by():
    public = json.dumps(OURS.public_keys()["keys"][0]).encode()
    pem = signing_key().as_pem(private=False)

    for secret in (public, pem):
        said = f"{part({'alg': 'HS256', 'kid': signing_key().kid, 'typ': ACCESS})}.{part(claims_of(access()))}"
        signature = base64.urlsafe_b64encode(hmac.digest(secret, said.encode(), "sha256")).rstrip(b"=").decode()
        assert OURS.opened(f"{said}.{signature}", ACCESS, NOW) is None


def test_another_key_under_our_name_is_found_out():
    assert OURS.opened(forged(ECKey.generate_key("P-256")), ACCESS, NOW) is None


def test_a_token_of_another_deployment_is_none():
    elsewhere = Tokens(new_keys(), "https://elsewhere.test")
    same_keys = Tokens(KEYS, "https://elsewhere.test")

    assert OURS.opened(access(elsewhere), ACCESS, NOW) is None
    assert OURS.opened(access(same_keys), ACCESS, NOW) is None
    assert OURS.opened(forged(aud="https://elsewhere.test/api"), ACCESS, NOW) is None
    assert OURS.opened(forged(aud=["https://elsewhere.test/api"]), ACCESS, NOW) is None


@pytest.mark.parametrize("changed", [{"sub": "2"}, {"role": "auditor"}, {"scope": "accounts.read bonds.write"}])
def test_what_is_said_cannot_be_changed(changed):
    header, _, signature = access().split(".")

    assert OURS.opened(f"{header}.{part(claims_of(access()) | changed)}.{signature}", ACCESS, NOW) is None


def test_each_kind_is_good_for_its_own_use_alone():
    refresh = OURS.refresh("session", SESSION, NOW)
    knock = OURS.knock({"state": "a"}, NOW)

    assert OURS.opened(refresh, ACCESS, NOW) is None
    assert OURS.opened(access(), REFRESH, NOW) is None
    assert OURS.opened(knock, ACCESS, NOW) is None
    assert OURS.opened(refresh, KNOCK, NOW) is None
    assert OURS.opened(forged(typ="JWT"), ACCESS, NOW) is None


@pytest.mark.parametrize("missing", ["iss", "aud", "exp", "iat"])
def test_what_a_token_has_to_say_is_not_left_out(missing):
    assert OURS.opened(forged(**{missing: None}), ACCESS, NOW) is None


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b", "a.b.c", "ü.ü.ü", "x" * 5000, access() + ".more", access()[:-4]]
)
def test_what_is_no_token_at_all_is_none(text):
    assert OURS.opened(text, ACCESS, NOW) is None


def test_an_access_token_lives_ten_minutes_and_what_two_clocks_may_differ():
    token = access()

    assert OURS.opened(token, ACCESS, NOW + timedelta(minutes=10, seconds=4)) is not None
    assert OURS.opened(token, ACCESS, NOW + timedelta(minutes=10, seconds=5)) is None


def test_a_token_from_the_future_is_none_but_for_what_two_clocks_may_differ():
    assert OURS.opened(access(at=NOW + timedelta(seconds=5)), ACCESS, NOW) is not None
    assert OURS.opened(access(at=NOW + timedelta(seconds=6)), ACCESS, NOW) is None


def test_no_token_outlives_its_session():
    until = NOW + timedelta(minutes=3)
    short = Session(client_id="a", who=SESSION.who, scopes=(), until=until)
    token = OURS.access("s", short, "", token_id="1", at=NOW)

    assert claims_of(token)["exp"] - claims_of(token)["iat"] == 180
