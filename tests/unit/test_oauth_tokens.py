"""Tokens for apps: by code and PKCE, by refresh token, by credentials; revoked, introspected, and what is refused."""

import pytest
from msgspec.structs import replace

from gongji.channels.identity.sample_apps import SAMPLE_SECRET
from gongji.domain.dossiers import opened
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.access.sessions import Session
from gongji.services.acts import Act
from tests.api_world import problem
from tests.identity_world import BACK, BALANCES, Browser, IdentityWorld, error, refreshed, sees_balances

OTHER_VERIFIER = "another-verifier-that-is-long-enough-for-all-0002"


@pytest.fixture
def house():
    with IdentityWorld() as found:
        found.person(1, money=500)
        yield found


def code(house, **asked):
    return Browser(house).through(house.name_of(1), house.number_of(1), **asked)


def test_a_person_signs_in_agrees_and_the_app_sees_what_it_may(house):
    tokens = house.signed_in()

    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 600
    assert tokens["scope"] == "openid accounts.read"
    assert house.get(BALANCES, tokens["access_token"]).json()["carry_over_fen"] == 500
    problem(house.get("/api/v1/bonds", tokens["access_token"]), "SCOPE_MISSING")


def test_what_was_done_through_a_token_names_the_channel_and_the_sandbox(house):
    house.world.person(2, region="650100")
    house.person(3, region="650100")
    house.world.bond(3, 2)
    code_of_3 = Browser(house).through(house.name_of(3), house.number_of(3), scope="bonds.read bonds.write")
    token = house.redeemed(code_of_3).json()["access_token"]
    bond = house.get("/api/v1/bonds", token).json()["items"][0]["bond_id"]

    done = house.post(f"/api/v1/bonds/{bond}/cap", token, body={"cap_fen": 100})

    assert done.status_code == 200
    (act,) = (opened(one, Act) for one in house.store.dossiers(Asked(kind="act", party=3)))
    assert (act.actor.channel, act.actor.person_id, act.actor.sandbox) == ("sample-city-app", 3, True)
    (session,) = (opened(one, Session) for one in house.store.dossiers(Asked(kind="session", party=3)))
    assert session.who.sandbox


# Codes.


def test_a_code_works_once_and_a_second_use_ends_what_it_began(house):
    again = code(house)
    first = house.redeemed(again)

    error(house.redeemed(again), "invalid_grant")

    problem(house.get(BALANCES, first.json()["access_token"]), "SIGN_IN_INVALID")
    error(refreshed(house, first.json()), "invalid_grant")


def test_a_code_lives_sixty_seconds(house):
    late, just = code(house), code(house)
    house.later(seconds=59)
    assert house.redeemed(just).status_code == 200
    house.later(seconds=1)

    error(house.redeemed(late), "invalid_grant")


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": OTHER_VERIFIER},
        {"redirect_uri": "http://localhost/callback"},
        {"code": "a-code-that-nobody-made"},
        {"client": "sample-counter", "secret": SAMPLE_SECRET},
    ],
    ids=["another verifier", "another redirect", "unknown code", "another app"],
)
def test_a_code_is_good_only_with_what_it_was_made_for(house, changed):
    error(house.redeemed(**({"code": code(house)} | changed)), "invalid_grant")


@pytest.mark.parametrize("verifier", ["", "short"])
def test_a_verifier_is_wanted(house, verifier):
    error(house.redeemed(code(house), code_verifier=verifier), "invalid_request")


def test_a_code_that_another_app_tried_still_serves_its_own(house):
    mine = code(house)
    house.redeemed(mine, client="sample-counter", secret=SAMPLE_SECRET)

    assert house.redeemed(mine).status_code == 200


# Refresh tokens.


def test_a_refresh_token_gives_the_next_of_both(house):
    first = house.signed_in()
    house.later(minutes=9)

    second = refreshed(house, first).json()

    assert sees_balances(house, second)
    assert second["refresh_token"] != first["refresh_token"]
    house.later(minutes=2)
    assert not sees_balances(house, first)
    assert sees_balances(house, second)


def test_an_old_refresh_token_ends_the_whole_family(house):
    first = house.signed_in()
    second = refreshed(house, first).json()

    error(refreshed(house, first), "invalid_grant")

    assert not sees_balances(house, second)
    error(refreshed(house, second), "invalid_grant")


def test_a_refresh_may_ask_for_less_and_not_for_more(house):
    tokens = house.signed_in(scope="accounts.read bonds.read")
    less = refreshed(house, tokens, scope="bonds.read").json()

    assert less["scope"] == "bonds.read"
    problem(house.get(BALANCES, less["access_token"]), "SCOPE_MISSING")
    error(refreshed(house, less, scope="accounts.read wallet.write"), "invalid_scope")
    assert sees_balances(house, refreshed(house, less).json())


def test_another_apps_refresh_token_is_refused_and_stays_good(house):
    tokens = house.signed_in()

    error(refreshed(house, tokens, client="sample-counter", secret=SAMPLE_SECRET), "invalid_grant")

    assert refreshed(house, tokens).status_code == 200


def test_after_thirty_days_the_person_is_asked_again(house):
    tokens = house.signed_in()
    house.later(days=30)

    error(refreshed(house, tokens), "invalid_grant")


def test_who_has_died_is_signed_in_no_more(house):
    tokens = house.signed_in()
    people = Scope(people={1})
    house.store.run(people, lambda books: books.registry.people.put(1, replace(books.registry.people[1], alive=False)))

    error(refreshed(house, tokens), "invalid_grant")


def test_an_access_token_is_no_refresh_token(house):
    tokens = house.signed_in()

    error(refreshed(house, {"refresh_token": tokens["access_token"]}), "invalid_grant")


# Systems.


def test_a_system_gets_a_token_in_its_own_name(house):
    answer = house.system(scope="accounts.read enrolment.write")

    assert answer.json()["scope"] == "accounts.read enrolment.write"
    assert "refresh_token" not in answer.json()
    problem(house.get(BALANCES, answer.json()["access_token"]), "NOT_YOURS")


def test_without_a_scope_a_system_gets_all_that_systems_may(house):
    scopes = house.system().json()["scope"].split()

    assert "enrolment.write" in scopes
    assert "credentials.show" not in scopes


@pytest.mark.parametrize("scope", ["credentials.show", "accounts.read wallet.write", "no.such.scope"])
def test_a_system_gets_no_scope_that_people_give(house, scope):
    error(house.system(scope=scope), "invalid_scope")


@pytest.mark.parametrize(
    ("client", "secret"),
    [("sample-bureau", "wrong"), ("nobody-knows-it", "x"), ("sample-bureau", None), (None, None)],
    ids=["wrong secret", "unknown", "no secret", "nobody"],
)
def test_who_cannot_say_who_he_is_gets_nothing(house, client, secret):
    answer = house.token(client=client, secret=secret, grant_type="client_credentials")

    error(answer, "invalid_client", 401)
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_public_app_has_no_credentials_of_its_own(house):
    answer = house.token(client="sample-city-app", secret="x", grant_type="client_credentials")

    assert answer.json()["error"] == "invalid_client"


def test_an_app_without_that_grant_is_told_so(house):
    answer = house.token(client="sample-counter", secret=SAMPLE_SECRET, grant_type="client_credentials")

    error(answer, "unauthorized_client")


def test_ten_wrong_secrets_shut_an_app_out_from_that_address_for_a_while(house):
    for _ in range(10):
        house.token(client="sample-bureau", secret="wrong", grant_type="client_credentials")

    shut = house.system()
    elsewhere = house.system(address="10.0.0.77:1")
    house.later(minutes=15)

    assert "Too many wrong secrets" in error(shut, "invalid_client", 429)
    assert int(shut.headers["retry-after"]) > 0
    assert elsewhere.status_code == 200
    assert house.system().status_code == 200


def test_names_that_are_no_apps_fill_no_memory(house):
    for number in range(3):
        house.token(client=f"nobody-{number}", secret="wrong", grant_type="client_credentials")

    assert len(house.known.wrong_secrets._wrong) == 0


# Bad requests.


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"grant_type": "password", "username": "a", "password": "b"}, "unsupported_grant_type"),
        ({}, "unsupported_grant_type"),
        ({"grant_type": "密码"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
    ],
)
def test_what_is_not_understood_is_said_by_rfc_6749(house, fields, name):
    error(house.token(**fields), name)


def test_a_parameter_that_comes_twice_is_refused(house):
    body = b"grant_type=client_credentials&client_id=sample-city-app&scope=a&scope=b"
    headers = [("content-type", "application/x-www-form-urlencoded")]

    error(house.ask("POST", "/oauth/token", body=body, headers=headers), "invalid_request")


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b'{"grant_type": "x"}', "application/json"), (b"\xff\xfe=1", "application/x-www-form-urlencoded")],
)
def test_a_body_that_is_no_form_is_refused(house, body, kind):
    error(house.ask("POST", "/oauth/token", body=body, headers=[("content-type", kind)]), "invalid_request")


def test_tokens_are_not_given_for_get(house):
    assert house.ask("GET", "/oauth/token").status_code == 405


def test_the_redirect_of_this_very_machine_may_have_any_port(house):
    browser_code = code(house, redirect_uri="http://127.0.0.1:53111/callback")

    assert house.redeemed(browser_code, redirect_uri="http://127.0.0.1:53111/callback").status_code == 200
    error(house.redeemed(code(house), redirect_uri=BACK + "/x"), "invalid_grant")
