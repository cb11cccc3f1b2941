"""Who may: tokens, scopes, roles, and another's records."""

import asyncio
from typing import Any

import pytest
from litestar import get
from litestar.connection import ASGIConnection

from gongji.channels.api.callers import NobodyKnown
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.session import caller_of, role
from gongji.domain.requests import Scope
from tests.api_world import CAPPED_REGION, ApiWorld, problem

BALANCES = "/api/v1/accounts/{}/balances"


@get("/clerks", guards=[role("clerk", "reviewer")])
async def for_clerks() -> str:
    return "come in"


@pytest.fixture
def api():
    with ApiWorld(handlers=[for_clerks]) as found:
        found.world.person(1, region=CAPPED_REGION, money=100_00)
        found.world.person(2, region=CAPPED_REGION)
        yield found


def test_without_a_token_nothing_is_told(api):
    answer = api.get(BALANCES.format(1))

    assert problem(answer, "NOT_SIGNED_IN")["status"] == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="gongji"'


@pytest.mark.parametrize("told", ["Bearer nobody", "Bearer", "Bearer  ", "Basic YTpi", "token-0"])
def test_a_token_that_nobody_knows_is_refused(api, told):
    api.identity.let_in(1)

    answer = api.get(BALANCES.format(1), headers=[("authorization", told)])

    assert problem(answer, "SIGN_IN_INVALID")["status"] == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_two_tokens_are_none(api):
    token = api.identity.let_in(1)

    answer = api.get(BALANCES.format(1), token, headers=[("authorization", f"Bearer {token}")])

    problem(answer, "SIGN_IN_INVALID")


def test_a_token_that_is_no_good_is_refused_at_a_public_address_as_well(api):
    problem(api.get("/api/v1", "nobody"), "SIGN_IN_INVALID")


def test_a_scope_that_was_not_given_is_named(api):
    token = api.identity.let_in(1)
    api.identity.narrowed(token, "bonds.read")

    answer = api.get(BALANCES.format(1), token)

    assert problem(answer, "SCOPE_MISSING")["field"] == "accounts.read"
    assert 'scope="accounts.read"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("stranger", [2, 77, 2**53 - 1])
def test_anothers_record_and_one_that_is_not_there_look_alike(api, stranger):
    told = problem(api.get(BALANCES.format(stranger), api.identity.let_in(1)), "NOT_YOURS")

    assert told["status"] == 403
    assert "100" not in told["detail"]


def test_who_acts_for_another_sees_his_record_and_not_his_own(api):
    token = api.identity.let_in(2, acting_for=1, mandate="mandate-1")

    assert api.get(BALANCES.format(1), token).json()["carry_over_fen"] == 100_00
    problem(api.get(BALANCES.format(2), token), "NOT_YOURS")


@pytest.mark.parametrize(("name", "status"), [("clerk", 200), ("reviewer", 200), ("citizen", 403), ("system", 403)])
def test_a_role_is_asked_for(api, name, status):
    token = api.identity.let_in(role=name, clerk="甲")

    assert api.get("/api/v1/test/clerks", token).status_code == status


def test_a_caller_is_on_record_as_he_came(api):
    token = api.identity.let_in(2, acting_for=1, mandate="mandate-1", client="kiosk")

    actor = api.identity.known[token].actor

    assert (actor.channel, actor.person_id, actor.acting_for, actor.concerned) == ("kiosk", 2, 1, 1)


def test_nobody_is_known_where_no_sign_in_is_set_up(api):
    assert asyncio.run(NobodyKnown().caller("any", api.now)) is None


def test_a_handler_without_a_caller_is_our_own_mistake():
    scope: Any = {"type": "http", "user": None}

    with pytest.raises(ProblemError, match="NOT_SIGNED_IN"):
        caller_of(ASGIConnection(scope))


def test_reading_writes_nothing(api):
    before = api.world.snapshot()

    api.get(BALANCES.format(1), api.identity.let_in(1))

    assert api.world.snapshot() == before
    assert api.store.read(Scope(people={1}), lambda books: len(books.ledger.years.rows)) == 0
