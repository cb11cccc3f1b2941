"""Reading over the API: balances, tags, and lists in pages."""

import base64

import msgspec
import pytest

from gongji.channels.api.paging import cursor_at
from gongji.domain.account import Pocket
from tests.api_world import CAPPED_REGION, ApiWorld, problem

BALANCES = "/api/v1/accounts/1/balances"
BONDS = "/api/v1/bonds"


@pytest.fixture
def api():
    with ApiWorld() as found:
        found.world.person(1, region=CAPPED_REGION, money=100_00, current=20_00, wallet=5_00)
        yield found


@pytest.fixture
def token(api):
    return api.identity.let_in(1)


def test_balances_tell_what_is_held_and_what_is_free(api, token):
    api.world.person(2, region=CAPPED_REGION)
    api.world.bond(1, 2, quota_fen=30_00, used_fen=10_00)

    assert api.get(BALANCES, token).json() == {
        "person_id": 1,
        "current_year_fen": 20_00,
        "carry_over_fen": 100_00,
        "held_fen": 20_00,
        "free_fen": 100_00,
        "wallet_fen": 5_00,
        "pots_fen": 0,
        "transit_fen": 0,
    }


def test_balances_are_those_after_the_turn_of_the_year_and_nothing_is_written(api, token):
    api.get(BALANCES, token)
    api.later(days=300)

    told = api.get(BALANCES, token).json()

    assert told["carry_over_fen"] + told["current_year_fen"] == 120_00
    assert api.world.balance(1, Pocket.CURRENT_YEAR) == 20_00


def test_somebody_who_is_not_in_the_register_is_told_so(api):
    told = problem(api.get("/api/v1/accounts/9/balances", api.identity.let_in(9)), "PERSON_UNKNOWN")

    assert told["status"] == 404
    assert told["subject"] == "9"


@pytest.mark.parametrize("number", ["0", "-1", str(2**53), str(2**63), "9" * 4000, "x", "1.0", "1%27--"])
def test_a_number_that_can_be_nobodys_is_refused(api, token, number):
    assert api.get(f"/api/v1/accounts/{number}/balances", token).status_code in (400, 404)


def test_who_has_the_answer_already_gets_none(api, token):
    first = api.get(BALANCES, token)
    again = api.get(BALANCES, token, headers=[("if-none-match", f'"other", W/{first.headers["etag"]}')])
    api.world.person(3, money=1)
    still = api.get(BALANCES, token, headers=[("if-none-match", first.headers["etag"])])

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert still.status_code == 304


def test_a_tag_changes_with_what_it_stands_for(api, token):
    first = api.get(BALANCES, token)
    api.world.person(2, region=CAPPED_REGION)
    api.world.bond(1, 2, quota_fen=30_00)

    second = api.get(BALANCES, token, headers=[("if-none-match", first.headers["etag"])])

    assert second.status_code == 200
    assert second.json()["held_fen"] == 30_00


def network(api, size):
    for number in range(2, 2 + size):
        api.world.person(number, region=CAPPED_REGION)
        api.world.bond(1, number)


def pages(api, token, limit):
    query = {"limit": limit}
    while True:
        answer = api.get(BONDS, token, query=query)
        yield answer
        cursor = answer.json()["next"]
        if cursor is None:
            return
        query["cursor"] = cursor


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 200])
def test_a_list_is_whole_in_pages_of_any_length(api, token, limit):
    network(api, 5)

    found = [answer.json()["items"] for answer in pages(api, token, limit)]

    assert [one["member_id"] for items in found for one in items] == [2, 3, 4, 5, 6]
    assert all(len(items) == limit for items in found[:-1])
    assert len(found[-1]) <= limit


def test_the_link_leads_to_the_next_page(api, token):
    network(api, 3)
    first = api.get(BONDS, token, query={"limit": 2})

    path, _, query = first.links["next"]["url"].partition("?")
    second = api.get(path, token, query=dict(part.split("=") for part in query.split("&")))

    assert [one["member_id"] for one in second.json()["items"]] == [4]
    assert "next" not in second.links


def test_what_is_added_meanwhile_is_told_once_and_nothing_twice(api, token):
    network(api, 3)
    first = api.get(BONDS, token, query={"limit": 2}).json()
    api.world.person(9, region=CAPPED_REGION)
    api.world.bond(1, 9)

    rest = api.get(BONDS, token, query={"cursor": first["next"]}).json()

    assert [one["member_id"] for one in first["items"] + rest["items"]] == [2, 3, 4, 9]


def test_a_person_without_bonds_has_an_empty_list(api, token):
    assert api.get(BONDS, token).json() == {"items": [], "next": None}


def packed(content):
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(content)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    ["", "!", "abc", "=", "é", "x" * 256, packed(["other", 1]), packed(["bonds", "1"]), packed(["bonds"]), packed(7)],
)
def test_a_cursor_that_is_not_of_this_list_leads_nowhere(api, token, cursor):
    told = problem(api.get(BONDS, token, query={"cursor": cursor}), "NO_SUCH_PLACE")

    assert told["field"] == "cursor"


def test_a_cursor_that_is_too_long_is_not_looked_at(api, token):
    problem(api.get(BONDS, token, query={"cursor": "x" * 257}), "MESSAGE_MALFORMED")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1.5"])
def test_a_page_has_a_sensible_length(api, token, limit):
    assert problem(api.get(BONDS, token, query={"limit": limit}), "MESSAGE_MALFORMED")["field"] == "limit"


def test_anothers_cursor_shows_only_ones_own(api):
    network(api, 3)
    other = api.identity.let_in(2)

    found = api.get(BONDS, other, query={"cursor": cursor_at("bonds", 0)}).json()["items"]

    assert [(one["sharer_id"], one["member_id"]) for one in found] == [(1, 2)]
    problem(api.get(f"{BONDS}/2", other), "SETTLEMENT_NOT_FOUND")


def test_moments_are_told_with_the_offset_of_shanghai(api, token):
    network(api, 1)

    assert api.get(f"{BONDS}/1", token).json()["since"] == "2025-02-01T09:00:00+08:00"
