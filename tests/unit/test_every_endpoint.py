"""Every operation as every caller: what the document lists is walked, so that a new one is covered by itself."""

import json
import re

import pytest

from gongji.channels.api.limits import Limits, Rate
from tests.api_walk import (
    EVERYTHING,
    MARKS,
    MEMBER,
    OWNER,
    STRANGER,
    Walk,
    nowhere,
    operations,
)
from tests.api_world import ApiWorld, problem
from tests.identity_world import IdentityWorld

STAFF = ("clerk", "reviewer", "inspector", "auditor")
ELSEWHERE = "510100"
NO_LIMIT = Rate(1_000_000, 1_000_000)

OPERATIONS = operations(ApiWorld().app)
GUARDED = [one for one in OPERATIONS if not one.public]

OPEN = {
    "readStart": "where the API begins",
    "readOpenApi": "the document itself",
    "readHealth": "whether the books can be reached, and by which rules they are kept",
    "listProblems": "what each problem means",
    "readProblem": "the same of one",
    "lookAtInvitation": "who has the secret of a link sees who asks, with half a name, and that he pays nothing",
    "lookAtCall": "the machine at which somebody waits has the secret of his place in line, and sees the place alone",
    "listConsentTexts": "what people are asked to agree to",
    "checkHelp": "the rules of a day for a family without names",
}
"""The operations that answer everybody, and why they may."""

OF_NOBODY = {"client_id": "a channel app is no person's", "name": "a problem is explained to everybody"}
"""What stands in an address and is nobody's own."""


ALLOWED = {("recordDeath", "a system"): "the register of deaths, where it was given that scope, reports them all"}
"""Who may do what with what is not his own, and why."""


def by_name(several):
    return pytest.mark.parametrize("operation", several, ids=repr)


@pytest.fixture(scope="module")
def walk():
    with Walk() as found:
        yield found


def ids_of(walk, operation):
    return {name: walk.ids[name] for name in operation.ids}


def callers(walk):
    """Return everybody who is not the owner and has no leave of his, with all that an app can be allowed."""
    let_in = walk.identity.let_in
    return {
        "a stranger": let_in(STRANGER, scopes=EVERYTHING),
        "a system": let_in(role="system", client="other-hospital", scopes=EVERYTHING),
        **{
            f"a {role} elsewhere": let_in(
                role=role, clerk="甲", staff_no=f"S-{role}", office=ELSEWHERE, scopes=EVERYTHING
            )
            for role in STAFF
        },
    }


def without(answer, ids):
    """Return an answer without what differs by itself: its own number and address, and the ids that were asked for."""
    told = answer.json()
    kept = json.dumps({name: value for name, value in told.items() if name not in ("request_id", "instance")})
    for value in (one for one in ids.values() if isinstance(one, str)):
        kept = kept.replace(value, "?")
    return answer.status_code, kept


def test_only_what_is_named_here_answers_everybody():
    assert {one.name for one in OPERATIONS if one.public} == set(OPEN)


def test_the_owner_has_one_of_everything_that_stands_in_an_address(walk):
    assert {name for one in OPERATIONS for name in one.ids} <= set(walk.ids)


@by_name([one for one in OPERATIONS if one.form is not None])
def test_what_the_walk_sends_is_of_the_form_that_is_wanted(walk, operation):
    answer = walk.send(operation, walk.identity.let_in(STRANGER, scopes=EVERYTHING), nowhere(ids_of(walk, operation)))

    told = answer.json()
    assert not (answer.status_code == 400 and re.search("expected|missing|unknown field|length", told["detail"])), told


@by_name(GUARDED)
def test_without_a_good_token_nothing_is_told(walk, operation):
    ids = ids_of(walk, operation)

    problem(walk.send(operation, None, ids), "NOT_SIGNED_IN")
    problem(walk.send(operation, "unknown", ids), "SIGN_IN_INVALID")


@by_name(GUARDED)
def test_without_the_scope_nothing_is_done(walk, operation):
    before = walk.kept()

    for role in ("citizen", "clerk", "system"):
        token = walk.identity.let_in(OWNER if role == "citizen" else 0, role=role, clerk="甲", scopes=frozenset())
        problem(walk.send(operation, token, ids_of(walk, operation)), "SCOPE_MISSING")

    assert walk.kept() == before


@by_name(GUARDED)
def test_nobody_else_gets_at_what_is_the_owners(walk, operation):
    """Nor is told, but for the staff whom it sends to another desk, that there is such a thing at all."""
    ids, before = ids_of(walk, operation), walk.kept()
    gone, own = nowhere(ids), set(operation.ids) - set(OF_NOBODY)
    hidden = [mark for mark in MARKS if mark not in str(operation.body)]

    for who, token in callers(walk).items():
        if (operation.name, who) in ALLOWED:
            continue
        answer = walk.send(operation, token, ids)
        assert not [mark for mark in hidden if mark in answer.text], who
        if own:
            assert answer.status_code >= 400, (who, answer.text)
            assert walk.kept() == before, who
        if own and not who.endswith("elsewhere"):
            assert without(answer, ids) == without(walk.send(operation, token, gone), gone), who


@by_name(GUARDED)
def test_a_relative_does_not_act_for_the_owner_without_a_mandate(walk, operation):
    before = walk.kept()
    token = walk.identity.let_in(MEMBER, scopes=EVERYTHING)

    answer = walk.send(operation, token, ids_of(walk, operation), headers=[("acting-for", str(OWNER))])

    assert problem(answer, answer.json()["type"].rpartition("/")[2])["status"] == 403
    assert not [mark for mark in MARKS if mark in answer.text]
    assert walk.kept() == before


@pytest.fixture(scope="module")
def house():
    with IdentityWorld(limits=Limits(app=NO_LIMIT, person=NO_LIMIT, staff=NO_LIMIT, address=NO_LIMIT)) as found:
        found.person(OWNER, money=100_00)
        yield found


def test_a_token_that_is_over_taken_back_or_from_elsewhere_opens_nothing(house):
    taken_back, over = house.signed_in(OWNER), house.signed_in(OWNER)
    assert house.get(f"/api/v1/accounts/{OWNER}/balances", over["access_token"]).status_code == 200
    house.form("/oauth/revoke", token=taken_back["access_token"])
    foreign = IdentityWorld()
    foreign.person(OWNER)
    with foreign:
        elsewhere = foreign.signed_in(OWNER)["access_token"]

    ids = dict.fromkeys({name for one in GUARDED for name in one.ids}, 1)
    house.later(minutes=9)
    for operation in GUARDED:
        for token in (taken_back["access_token"], elsewhere):
            problem(house.ask(operation.method, operation.at(ids), token), "SIGN_IN_INVALID")
    house.later(minutes=2)
    for operation in GUARDED:
        problem(house.ask(operation.method, operation.at(ids), over["access_token"]), "SIGN_IN_INVALID")
