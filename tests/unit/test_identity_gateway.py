"""Our side of OpenID Connect: what of a provider is believed, and what happens when it does not answer."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from gongji.channels.identity.tokens import seconds
from gongji.gateways.identity.opening import opened_authorities
from gongji.gateways.identity.provider import Client, OpenIdProvider
from gongji.services.access.signing_in import Knock, Proven, ProviderError
from tests.national_world import NOW

ISSUER = "https://id.test"
BACK = "https://gongji.test/oauth/callback"
CLIENT = Client(issuer=ISSUER, client_id="gongji", client_secret="secret", back=BACK)
KNOCK = Knock(state="state", nonce="nonce", verifier="v" * 43, back="/")
CLAIMS = {
    "iss": ISSUER,
    "aud": "gongji",
    "sub": "opaque",
    "iat": seconds(NOW),
    "exp": seconds(NOW) + 300,
    "nonce": "nonce",
    "acr": "face",
    "amr": ["sms", "face"],
    "name": "陈桂芬",
    "phone_number": "+8613800000000",
    "certificate_type": "01",
    "certificate_number": "310000195803029020",
    "face": "passed",
}


class FakeProvider:
    """A provider whose every answer a test may change."""

    def __init__(self):
        self.key = ECKey.generate_key("P-256", {"alg": "ES256"}, auto_kid=True)
        self.claims = dict(CLAIMS)
        self.signing, self.alg = self.key, "ES256"
        self.metadata = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize?tenant=cn",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
        }
        self.instead = {}
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        path = request.url.path
        if path in self.instead:
            answer = self.instead[path]
            if isinstance(answer, Exception):
                raise answer
            return answer
        return httpx.Response(200, json=self._told(path))

    def _told(self, path):
        if path == "/.well-known/openid-configuration":
            return self.metadata
        if path == "/jwks":
            return KeySet([self.key]).as_dict(private=False)
        header = {"alg": self.alg, "kid": self.signing.kid or self.key.kid}
        return {"access_token": "a", "id_token": jwt.encode(header, self.claims, self.signing, [self.alg])}


@pytest.fixture
def far():
    return FakeProvider()


@pytest.fixture
def provider(far):
    with httpx.Client(transport=httpx.MockTransport(far)) as http:
        yield OpenIdProvider(CLIENT, http)


def refused(provider, what):
    with pytest.raises(ProviderError, match=what):
        provider.proven(KNOCK, "code", NOW)


def test_people_are_sent_there_with_state_nonce_and_a_challenge(provider):
    asked = parse_qs(urlsplit(provider.address(KNOCK)).query)

    assert asked["tenant"] == ["cn"]
    assert (asked["state"], asked["nonce"], asked["redirect_uri"]) == (["state"], ["nonce"], [BACK])
    assert asked["code_challenge_method"] == ["S256"]
    assert "v" * 43 not in json.dumps(asked)


def test_what_it_proves_is_believed_when_everything_is_right(far, provider):
    proven = provider.proven(KNOCK, "code", NOW)
    sent = parse_qs(next(one for one in far.asked if one.url.path == "/token").content.decode())

    assert proven == Proven(
        cert_type="01",
        certno="310000195803029020",
        name="陈桂芬",
        phone="+8613800000000",
        acr="face",
        amr=("sms", "face"),
        face="passed",
    )
    assert (sent["code"], sent["code_verifier"]) == (["code"], ["v" * 43])


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.test"},
        {"aud": "another"},
        {"aud": ["another"]},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": seconds(NOW) - 60},
        {"exp": None},
        {"iat": seconds(NOW) + 61},
        {"azp": "another"},
        {"aud": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_or_missing_proves_nothing(far, provider, changed):
    far.claims = {name: value for name, value in (CLAIMS | changed).items() if value is not None}

    refused(provider, "cannot be believed")


def test_clocks_may_be_a_minute_apart(far, provider):
    far.claims |= {"exp": seconds(NOW) - 59, "iat": seconds(NOW) + 60}

    assert provider.proven(KNOCK, "code", NOW).name == "陈桂芬"


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"name": None}, "who it is"),
        ({"certificate_number": ""}, "neither a paper"),
        ({"face": "perhaps"}, "face check"),
        ({"sandbox": "yes"}, "who it is"),
    ],
)
def test_who_it_is_has_to_be_said_by_the_protocol(far, provider, changed, what):
    far.claims = {name: value for name, value in (CLAIMS | changed).items() if value is not None}

    refused(provider, what)


def test_a_number_of_staff_is_enough_for_staff(far, provider):
    far.claims = CLAIMS | {"staff": "W1", "certificate_number": "", "certificate_type": ""}

    assert provider.proven(KNOCK, "code", NOW).staff_no == "W1"


def test_another_key_proves_nothing_whatever_it_calls_itself(far, provider):
    far.signing = ECKey.generate_key("P-256", {"kid": far.key.kid})

    refused(provider, "cannot be believed")


def test_a_secret_that_we_share_proves_nothing(far, provider):
    far.signing, far.alg = OctKey.generate_key(256), "HS256"

    refused(provider, "cannot be believed")


def test_an_unsigned_id_token_proves_nothing(far, provider):
    header, claims, _ = jwt.encode({"alg": "ES256"}, far.claims, far.key).split(".")
    unsigned = f"eyJhbGciOiJub25lIn0.{claims}."
    far.instead["/token"] = httpx.Response(200, json={"id_token": unsigned})

    refused(provider, "cannot be believed")
    assert header


def test_new_keys_are_fetched_when_one_is_not_known(far, provider):
    provider.proven(KNOCK, "code", NOW)
    far.key = far.signing = ECKey.generate_key("P-256", {"alg": "ES256"}, auto_kid=True)

    assert provider.proven(KNOCK, "code", NOW).name == "陈桂芬"
    assert [one.url.path for one in far.asked].count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("down"),
        httpx.ReadTimeout("slow"),
        httpx.Response(500),
        httpx.Response(302, headers={"location": "https://evil.test"}),
        httpx.Response(400, json={"error": "invalid_grant"}),
        httpx.Response(200, content=b"{"),
        httpx.Response(200, json={"access_token": "only"}),
    ],
    ids=str,
)
def test_a_provider_that_is_down_or_says_no_is_never_believed(far, provider, answer):
    far.instead["/token"] = answer

    with pytest.raises(ProviderError):
        provider.proven(KNOCK, "code", NOW)


@pytest.mark.parametrize("changed", [{"issuer": "https://evil.test"}, {"token_endpoint": "http://id.test/token"}])
def test_a_provider_that_describes_itself_oddly_is_not_asked(far, provider, changed):
    far.metadata |= changed

    with pytest.raises(ProviderError):
        provider.address(KNOCK)


def test_a_provider_without_https_is_not_taken():
    with httpx.Client() as http, pytest.raises(ValueError, match="https"):
        OpenIdProvider(Client(issuer="http://id.test", client_id="a", client_secret="b", back=BACK), http)


@pytest.mark.parametrize(
    "settings",
    [
        {"GONGJI_IDENTITY_ISSUER": ISSUER},
        {"GONGJI_REGISTERS_URL": "https://registers.test"},
        {"GONGJI_REGISTERS_URL": "http://registers.test", "GONGJI_REGISTERS_TOKEN_FILE": "token"},
    ],
)
def test_settings_go_together(settings):
    with pytest.raises(ValueError, match="goes with"), opened_authorities(settings, BACK, None):
        pass


def test_a_secret_that_others_can_read_is_not_taken(tmp_path):
    file = tmp_path / "secret"
    file.write_text("secret")
    file.chmod(0o644)
    settings = {
        "GONGJI_IDENTITY_ISSUER": ISSUER,
        "GONGJI_IDENTITY_CLIENT_ID": "gongji",
        "GONGJI_IDENTITY_SECRET_FILE": str(file),
    }

    with pytest.raises(Exception, match="chmod 600"), opened_authorities(settings, BACK, None):
        pass
    file.chmod(0o600)
    with opened_authorities(settings, BACK, None) as found:
        assert found.provider is not None


def test_without_settings_there_is_nobody_to_ask():
    with opened_authorities({}, BACK, None) as found:
        assert found.provider is None


def test_a_provider_is_asked_within_seconds(far, provider):
    provider.proven(KNOCK, "code", NOW + timedelta(seconds=1))

    assert all(one.extensions["timeout"]["read"] == 10 for one in far.asked)
