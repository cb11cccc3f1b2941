"""What a citizen does only with a fresh face check: what is told when it is old, and how it is made new."""

from datetime import timedelta

import msgspec
import pytest

from gongji.channels.api.openapi_file import document
from gongji.channels.identity.tokens import seconds
from gongji.gateways.identity.provider import _proven
from gongji.services.access.permissions import PROOF_FRESH, PROVED_ANEW, is_fresh
from gongji.services.access.signing_in import Knock
from tests.api_walk import AGREED, INVITED, papers
from tests.api_world import ApiWorld, problem
from tests.identity_world import VERIFIER, Browser, IdentityWorld, refreshed
from tests.national_world import NOW

WRITES = frozenset({"bonds.write", "bonds.read", "wallet.write", "mandates.write", "applications.write"})
PROPOSED = {"relative": papers(2), "relation": "spouse", **INVITED}
SECOND = timedelta(seconds=1)


@pytest.fixture
def api():
    with ApiWorld() as found:
        found.world.person(1, money=500_00)
        found.world.person(2)
        yield found


def proposed(api, **proof):
    return api.post("/api/v1/invitations", api.identity.let_in(1, scopes=WRITES, **proof), body=PROPOSED)


@pytest.mark.parametrize(
    ("face", "age", "fresh"),
    [
        ("passed", timedelta(), True),
        ("passed", PROOF_FRESH, True),
        ("passed", PROOF_FRESH + SECOND, False),
        ("passed", -SECOND, False),
        ("passed", None, False),
        ("helper", SECOND, True),
        ("under_16", SECOND, True),
        ("failed_twice", SECOND, False),
        ("", SECOND, False),
    ],
)
def test_a_proof_will_do_for_half_an_hour(face, age, fresh):
    assert is_fresh(face, None if age is None else NOW - age, NOW) is fresh


def test_an_old_proof_is_refused_with_the_way_to_a_new_one(api):
    old = {"face": "passed", "proved_at": api.now - PROOF_FRESH - SECOND}

    told = problem(proposed(api, **old), "PROOF_TOO_OLD")
    answer = proposed(api, **old)

    assert told["status"] == 401
    assert "prompt=login" in told["detail"]
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="gongji", error="insufficient_user_authentication", max_age="1800"'
    )
    assert proposed(api, face="passed", proved_at=api.now - PROOF_FRESH).status_code == 200


@pytest.mark.parametrize("face", ["failed_twice", "passed"])
def test_a_check_that_was_not_passed_or_is_of_no_known_time_will_not_do(api, face):
    when = api.now if face == "failed_twice" else None

    problem(proposed(api, face=face, proved_at=when), "PROOF_TOO_OLD")


def test_staff_prove_themselves_to_their_bureau_and_need_none(api):
    clerk = api.identity.let_in(role="clerk", staff_no="W1", clerk="王芳", office="320200", scopes=WRITES)

    assert (
        api.post("/api/v1/invitations", clerk, body=PROPOSED).json().get("type", "").endswith("PROOF_TOO_OLD") is False
    )


def test_a_no_needs_no_proof_and_a_yes_does(api):
    found = proposed(api, face="passed", proved_at=api.now).json()
    old = api.identity.let_in(2, scopes=WRITES, face="passed", proved_at=api.now - timedelta(hours=1))
    at = f"/api/v1/invitations/{found['invitation_id']}/answer"

    problem(api.post(at, old, body={"how": "accepted", "agreed": AGREED}), "PROOF_TOO_OLD")

    assert api.post(at, old, body={"how": "declined"}).status_code == 200


def test_each_operation_that_asks_for_a_proof_is_there_and_writes():
    made = document(ApiWorld().app)
    writing = {
        told["operationId"] for several in made["paths"].values() for how, told in several.items() if how == "post"
    }

    assert set(PROVED_ANEW) <= writing


# From the provider to the token.


@pytest.fixture
def house():
    with IdentityWorld() as found:
        found.person(1, money=500_00)
        found.person(2)
        yield found


def asks(house, access_token):
    body = PROPOSED | {"relative": papers(2) | {"certno": house.number_of(2)}}
    return house.post("/api/v1/invitations", access_token, body=body)


def test_the_time_of_the_check_goes_through_sign_in_session_and_token(house):
    begun = house.now
    tokens = house.signed_in(1, scope="openid bonds.write")
    house.later(minutes=31)
    again = refreshed(house, tokens).json()
    claims = house.tokens.opened(again["access_token"], "at+jwt", house.now)

    problem(asks(house, again["access_token"]), "PROOF_TOO_OLD")

    assert claims["auth_time"] == seconds(begun)


def test_an_app_that_sends_the_person_again_gets_a_fresh_one(house):
    browser, scope = Browser(house), "openid bonds.write"
    browser.through(house.name_of(1), house.number_of(1), scope=scope)
    house.later(minutes=29, seconds=30)
    browser.go(f"/oauth/authorize?{browser.query(scope=scope)}")
    browser.submit(decision="agree")
    stale = house.redeemed(browser.left["code"], code_verifier=VERIFIER).json()["access_token"]
    house.later(seconds=31)
    problem(asks(house, stale), "PROOF_TOO_OLD")

    code = browser.through(house.name_of(1), house.number_of(1), scope=scope, prompt="login")
    fresh = house.redeemed(code).json()["access_token"]

    assert asks(house, fresh).status_code == 200


def test_who_signed_in_by_sms_alone_is_told_of_the_counter(house):
    browser = Browser(house)
    browser.go(f"/oauth/authorize?{browser.query(scope='bonds.write')}")
    browser.proves(house.name_of(1), house.number_of(1), face="failed_twice")
    browser.submit(outcome="failed_twice")
    browser.submit(decision="agree")
    token = house.redeemed(browser.left["code"]).json()["access_token"]

    told = problem(asks(house, token), "PROOF_TOO_OLD")

    assert "窗口" in told["next"][0]


def test_our_own_pages_can_ask_for_a_fresh_one(house):
    browser = Browser(house)
    browser.go("/oauth/sign-in?back=/oauth/nowhere")
    browser.proves(house.name_of(1), house.number_of(1))
    asked = []

    def address(knock):
        asked.append(knock.anew)
        return "https://provider.test/"

    house.known.provider.address = address

    for prompt in ("", "&prompt=login"):
        browser.go(f"/oauth/sign-in?back=/oauth/nowhere{prompt}")

    assert asked == [False, True]


@pytest.mark.parametrize(
    ("told", "anew", "proved_at"),
    [
        ({"auth_time": seconds(NOW - timedelta(hours=2))}, False, NOW - timedelta(hours=2)),
        ({"auth_time": seconds(NOW - timedelta(hours=2))}, True, NOW - timedelta(hours=2)),
        ({"auth_time": seconds(NOW + timedelta(seconds=30))}, False, NOW),
        ({}, False, None),
        ({}, True, NOW),
    ],
)
def test_a_provider_that_does_not_say_when_is_believed_only_where_it_was_asked_anew(told, anew, proved_at):
    knock = Knock(state="s", nonce="n", verifier="v", back="/", anew=anew)
    claims = {"name": "测1", "certificate_type": "01", "certificate_number": "1", "face": "passed"} | told

    assert _proven(claims, knock, NOW).proved_at == proved_at


def test_a_session_of_an_earlier_release_has_no_known_time():
    from gongji.services.access.sessions import Who  # noqa: PLC0415  # beside what it proves

    assert msgspec.json.decode(b'{"role":"citizen","person_id":1,"face":"passed"}', type=Who).proved_at is None
