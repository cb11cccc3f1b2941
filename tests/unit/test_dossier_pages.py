"""Pages of dossiers: each told once, in order, and a cursor opens only the list that it came from."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api_world import ApiWorld, problem
from tests.national_world import certno

HELPER, OWNERS = 1, range(2, 7)


@pytest.fixture
def api():
    with ApiWorld() as found:
        for person in (HELPER, *OWNERS):
            found.world.person(person)
        yield found


@pytest.fixture
def helper(api):
    """Asks five relatives, two of them at the same moment, to show their codes."""
    token = api.identity.let_in(HELPER, scopes=frozenset({"credentials.show", "bonds.read", "bonds.write"}))
    for person in OWNERS:
        body = {"owner": {"certno": certno(person), "name": f"测{person}"}, "relation": "parent"}
        assert api.post("/api/v1/showings", token, body=body).status_code == 200
        api.now += timedelta(minutes=0 if person == OWNERS[0] else 1)
    return token


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 6])
def test_page_after_page_tells_each_once_newest_first(api, helper, limit):
    told: list[Any] = []
    cursor, pages = None, 0
    while pages == 0 or cursor is not None:
        query = {"limit": limit} | ({"cursor": cursor} if cursor is not None else {})
        page = api.get("/api/v1/showings", helper, query=query).json()
        assert len(page["items"]) == limit or page["next"] is None
        told, cursor, pages = [*told, *page["items"]], page["next"], pages + 1

    assert pages == -(-len(OWNERS) // limit)
    assert {one["owner_id"] for one in told} == set(OWNERS)
    assert len(told) == len(OWNERS)
    assert [one["asked_at"] for one in told] == sorted((one["asked_at"] for one in told), reverse=True)


def test_a_cursor_of_another_list_opens_none(api, helper):
    cursor = api.get("/api/v1/showings", helper, query={"limit": 1}).json()["next"]

    for path in ("/api/v1/showings/shown", "/api/v1/invitations"):
        told = problem(api.get(path, helper, query={"cursor": cursor}), "NO_SUCH_PLACE")
        assert told["field"] == "cursor"
