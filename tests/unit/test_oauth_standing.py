"""Whether tokens still hold: apps suspended, tokens revoked and asked about, staff who left, keys rotated."""

import json

import pytest
from msgspec.structs import replace

from gongji.channels.identity.sample_apps import SAMPLE_SECRET, load_sample_apps, sample_staff, shut_sample_apps
from gongji.channels.identity.tokens import Tokens, rotated
from gongji.domain.requests import Scope
from gongji.services.access.channel_apps import AppState, StateRequest, app_scope, change_state
from gongji.services.access.staff import dismiss, staff_scope, take_on
from tests.api_world import problem
from tests.identity_world import BALANCES, ISSUER, Browser, IdentityWorld, error, refreshed, sees_balances


@pytest.fixture
def house():
    with IdentityWorld() as found:
        found.person(1, money=500)
        yield found


def state(house, client_id, to):
    request = StateRequest(client_id=client_id, state=to, by="稽核", why="投诉", at=house.now, alone=True)
    house.store.run(app_scope(client_id), lambda books: change_state(books, request))


@pytest.mark.parametrize("to", [AppState.SUSPENDED, AppState.REVOKED])
def test_a_suspended_app_is_shut_out_with_all_its_tokens(house, to):
    tokens = house.signed_in()
    assert sees_balances(house, tokens)
    state(house, "sample-city-app", to)
    house.later(seconds=5)

    assert not sees_balances(house, tokens)
    error(refreshed(house, tokens), "invalid_client")


def test_an_app_that_is_let_in_again_goes_on(house):
    tokens = house.signed_in()
    state(house, "sample-city-app", AppState.SUSPENDED)
    state(house, "sample-city-app", AppState.ACTIVE)

    assert sees_balances(house, tokens)


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_a_revoked_token_ends_at_once_with_its_sister(house, which):
    tokens = house.signed_in()
    assert sees_balances(house, tokens)

    answer = house.form("/oauth/revoke", token=tokens[which])

    assert (answer.status_code, answer.json()) == (200, {})
    assert not sees_balances(house, tokens)
    error(refreshed(house, tokens), "invalid_grant")


def test_a_token_that_nobody_knows_is_revoked_in_peace(house):
    assert house.form("/oauth/revoke", token="whatever").status_code == 200


def test_another_app_cannot_revoke(house):
    tokens = house.signed_in()

    error(
        house.form("/oauth/revoke", client="sample-bureau", secret=SAMPLE_SECRET, token=tokens["access_token"]),
        "invalid_grant",
    )

    assert sees_balances(house, tokens)


def introspected(house, token, client="sample-bureau"):
    return house.form("/oauth/introspect", client=client, secret=SAMPLE_SECRET, token=token).json()


def test_a_system_may_ask_whether_a_token_holds(house):
    tokens = house.signed_in()

    told = introspected(house, tokens["access_token"])

    assert told["active"] is True
    assert told["sub"] == "1"
    assert (told["client_id"], told["role"], told["scope"]) == ("sample-city-app", "citizen", "openid accounts.read")
    assert (told["iss"], told["aud"], told["sandbox"]) == (ISSUER, f"{ISSUER}/api", True)
    assert "sid" not in told
    assert "测1" not in json.dumps(told, ensure_ascii=False)


def test_what_does_not_hold_is_not_told_about(house):
    tokens = house.signed_in()
    unknown = introspected(house, "whatever")
    strangers = introspected(house, tokens["access_token"], client="sample-counter")
    old = tokens["refresh_token"]
    refreshed(house, tokens)
    house.form("/oauth/revoke", token=tokens["access_token"])

    assert unknown == strangers == {"active": False}
    assert introspected(house, old) == {"active": False}
    assert introspected(house, tokens["access_token"]) == {"active": False}


def test_tokens_of_an_app_that_was_shut_out_are_told_to_hold_no_more(house):
    tokens = house.signed_in()
    state(house, "sample-city-app", AppState.SUSPENDED)

    assert introspected(house, tokens["access_token"]) == {"active": False}


def test_who_has_died_is_known_no_more_within_seconds(house):
    tokens = house.signed_in()
    assert sees_balances(house, tokens)
    people = Scope(people={1})
    house.store.run(people, lambda books: books.registry.people.put(1, replace(books.registry.people[1], alive=False)))
    house.later(seconds=5)

    problem(house.get(BALANCES, tokens["access_token"]), "SIGN_IN_INVALID")


def test_only_who_says_who_he_is_may_ask_about_tokens(house):
    answer = house.form("/oauth/introspect", client="sample-city-app", token="x")

    assert answer.json()["error"] == "invalid_client"


# Staff.


def staff_token(house, staff="S1001"):
    browser = Browser(house)
    browser.go("/oauth/authorize?" + browser.query(client_id="sample-counter", scope="applications.read people.read"))
    browser.proves("", "", staff=staff)
    browser.submit(decision="agree")
    return house.redeemed(browser.left["code"], client="sample-counter", secret=SAMPLE_SECRET).json()


def test_staff_sign_in_with_the_role_that_they_are_registered_in(house):
    tokens = staff_token(house)

    told = introspected(house, tokens["access_token"])

    assert (told["role"], told["sub"], told["channel"]) == ("clerk", "S1001", "sample-counter")


def test_who_has_left_is_shut_out_within_seconds(house):
    tokens = staff_token(house)
    assert house.get("/api/v1/bonds", tokens["access_token"]).status_code != 401
    house.store.run(staff_scope("S1001"), lambda books: dismiss(books, "S1001", "人事"))
    house.later(seconds=5)

    problem(house.get("/api/v1/bonds", tokens["access_token"]), "SIGN_IN_INVALID")
    assert refreshed(house, tokens, client="sample-counter", secret=SAMPLE_SECRET).json()["error"] == "invalid_grant"


def test_who_has_another_role_now_keeps_no_powers_of_the_one_before(house):
    tokens = staff_token(house, "S1003")
    assert house.get("/api/v1/bonds", tokens["access_token"]).status_code != 401
    inspector = sample_staff()[2]
    house.store.run(staff_scope("S1003"), lambda books: take_on(books, replace(inspector, role="clerk"), house.now))
    house.later(seconds=5)

    problem(house.get("/api/v1/bonds", tokens["access_token"]), "SIGN_IN_INVALID")
    assert refreshed(house, tokens, client="sample-counter", secret=SAMPLE_SECRET).json()["error"] == "invalid_grant"


# The sandbox.


def test_sample_apps_open_nothing_on_a_server_that_is_no_sandbox(house):
    tokens = house.signed_in()
    shut_sample_apps(house.store, house.now)
    house.later(seconds=5)
    shut = house.system()
    still = sees_balances(house, tokens)
    load_sample_apps(house.store, house.now)

    error(shut, "invalid_client", 401)
    assert not still
    assert house.system().status_code == 200


def test_a_sample_app_that_an_inspector_suspended_stays_so(house):
    state(house, "sample-bureau", AppState.SUSPENDED)
    shut_sample_apps(house.store, house.now)
    load_sample_apps(house.store, house.now)

    error(house.system(), "invalid_client", 401)


# Keys.


def test_after_a_rotation_old_tokens_open_and_new_ones_are_signed_anew(house):
    tokens = house.signed_in()
    before = house.tokens.public_keys()["keys"]
    with IdentityWorld(store=house.store, keys=rotated(house.signing)) as after:
        after.now = house.now

        assert sees_balances(after, tokens)
        kids = [key["kid"] for key in after.get("/oauth/jwks").json()["keys"]]

    assert kids[1:] == [key["kid"] for key in before]
    assert all("d" not in key for key in before)


def test_keys_that_are_none_are_not_taken():
    with pytest.raises(ValueError, match="RFC 7517"):
        Tokens(b"{}", ISSUER)


def test_what_there_is_is_told_in_both_places(house):
    one, other = (house.get(f"/.well-known/{name}") for name in ("openid-configuration", "oauth-authorization-server"))

    assert one.json() == other.json()
    assert one.json()["issuer"] == ISSUER
    assert one.json()["code_challenge_methods_supported"] == ["S256"]


# What people take back themselves.


def test_people_see_to_whom_they_agreed_and_take_it_back(house):
    mine = house.signed_in(scope="accounts.read sessions.read sessions.write")
    other = house.signed_in()
    listed = house.get("/api/v1/sessions", mine["access_token"]).json()["items"]
    number = next(one["session_id"] for one in listed if one["scopes"] == ["openid", "accounts.read"])

    done = house.post(f"/api/v1/sessions/{number}/end", mine["access_token"])
    house.later(seconds=5)

    assert len(listed) == 2
    assert (done.status_code, done.json()["client_id"], done.json()["sandbox"]) == (200, "sample-city-app", True)
    assert not sees_balances(house, other)
    error(refreshed(house, other), "invalid_grant")
    assert sees_balances(house, mine)
    assert len(house.get("/api/v1/sessions", mine["access_token"]).json()["items"]) == 1


def test_what_is_over_by_itself_is_not_listed_as_going_on(house):
    house.signed_in()
    house.later(days=30)
    fresh = house.signed_in(scope="sessions.read")["access_token"]

    assert [one["scopes"] for one in house.get("/api/v1/sessions", fresh).json()["items"]] == [["sessions.read"]]


def test_nobody_takes_back_what_another_agreed_to(house):
    house.person(2)
    house.signed_in(1)
    code = Browser(house).through(house.name_of(2), house.number_of(2), scope="sessions.read sessions.write")
    stranger = house.redeemed(code).json()["access_token"]
    own = house.signed_in(1, scope="sessions.read")["access_token"]
    number = house.get("/api/v1/sessions", own).json()["items"][0]["session_id"]

    assert len(house.get("/api/v1/sessions", stranger).json()["items"]) == 1
    problem(house.post(f"/api/v1/sessions/{number}/end", stranger), "SETTLEMENT_NOT_FOUND")
    problem(house.post("/api/v1/sessions/nothing/end", stranger), "MESSAGE_MALFORMED")
