"""Every refusal of the closed list comes out of the API: here, by made-up rules, or in the test that has it already."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import Response

from gongji.domain.family import Relation
from gongji.domain.insured import Insurance, Status
from gongji.domain.refusals import Refusal
from gongji.rules.policybook import EPOCH, PolicyBook, Row
from gongji.rules.schema import RULES
from gongji.services.policies.timetables import Timetable
from tests.api_walk import EVERYTHING, papers
from tests.api_world import ApiWorld
from tests.made_up_rules import _USUAL, AT, FAR, HOME, NEXT_TOWN
from tests.national_world import certno, institution

SHARER, MEMBER, OTHER = 1, 2, 3
HOSPITAL, CLOSED, CASH_ONLY = "H99010000001", "H99010000009", "H99010000002"
TESTS = Path(__file__).parents[1]

NOT_HERE = {Refusal.STAY_OPEN: "who lies in a hospital is known to its own system: only the national interface admits"}
"""The refusals that no operation of the API can come to, and why."""


def book_of(**said):
    """Return made-up rules, the same for a city, its neighbour and one of another province."""
    rows = []
    for region in (HOME, NEXT_TOWN, FAR):
        for rule in RULES:
            told = (_USUAL | said).get(rule, "not_in_force")
            if isinstance(told, str):
                rows.append(msgspec.convert({"rule": rule, "region": region, "start": EPOCH, "state": told}, Row))
            else:
                rows.append(Row(rule=rule, region=region, start=EPOCH, value=msgspec.convert(told, RULES[rule])))
    return PolicyBook(rows, {}, {region: region for region in (HOME, NEXT_TOWN, FAR)}, "made up")


class Ruled(ApiWorld):
    """A family under made-up rules: one who shares, one who uses, and another."""

    def __init__(self, people=(), bonds=(), **said):
        super().__init__(rules=Timetable(book_of(**said)))
        self.now = AT
        usual: dict[int, dict[str, Any]] = {
            SHARER: {"money": 500_00, "wallet": 0},
            MEMBER: {"insured": Insurance.RESIDENT},
            OTHER: {"money": 500_00},
        }
        for number, more in usual.items():
            self.world.person(number, **({"region": HOME} | more | dict(people).get(number, {})))
        for sharer, member, more in bonds:
            self.world.bond(sharer, member, **more)
        places = [
            institution(HOSPITAL, HOME),
            institution(CLOSED, HOME, designated=False),
            institution(CASH_ONLY, HOME, takes_wallet=False),
        ]
        self.world._put(lambda books: books.registry.institutions.update({one.code: one for one in places}))
        self.sharer, self.member = (self.identity.let_in(one, scopes=EVERYTHING) for one in (SHARER, MEMBER))
        self.hospital = self.identity.let_in(role="system", client="hospital", scopes=EVERYTHING)

    def bind(self, person=MEMBER, relation="parent", key=None, **more):
        agreed = {"version": 1, "language": "zh", "signature": {"kind": "typed_name", "value": f"测{SHARER}"}}
        usual = {"relative": papers(person), "relation": relation, "modes": ["pay"], "lasts": "cancelled"}
        return self.post("/api/v1/invitations", self.sharer, key=key, body=usual | {"agreed": agreed} | more)

    def change(self, what, **body):
        return self.post(f"/api/v1/bonds/1/{what}", self.sharer, body=body or None)

    def quote(self, copay_fen=100_00, **more):
        body = {"institution": HOSPITAL, "parts": {"copay_fen": copay_fen}} | more
        return self.post("/api/v1/quotes", self.member, body=body)

    def settle(self, number=None):
        """Settle a quote, or return why there is none."""
        quoted = self.quote()
        if quoted.status_code != 200:
            return quoted
        quote_id = quoted.json()["quote_id"]
        shown = {"kind": "certno", "number": number or certno(MEMBER)}
        body = {"patient_id": MEMBER, "credential": shown}
        return self.post(f"/api/v1/quotes/{quote_id}/settlement", self.hospital, body=body)


BOND: tuple[int, int, dict[str, Any]] = (SHARER, MEMBER, {})
CONFIRMED = {"confirmation": {"relations": ["parent"]}, "invite_days": {"count": 1}}
PREMIUM = {"kind": "large_amount", "year": 2026, "amount_fen": 100_00, "notice": "N-1"}
R = Refusal


def answered_late(world):
    invitation_id = world.bind().json()["invitation_id"]
    world.later(days=2)
    agreed = {"version": 1, "language": "zh", "signature": {"kind": "typed_name", "value": f"测{MEMBER}"}}
    body = {"how": "accepted", "agreed": agreed}
    return world.post(f"/api/v1/invitations/{invitation_id}/answer", world.member, body=body)


def asked_and_quoted(world):
    assert world.bind().status_code == 200
    return world.quote()


def twice_with_one_key(world):
    assert world.bind(key="one").status_code == 200
    return world.bind(OTHER, key="one")


def two_pots(world):
    assert world.bind(pot_fen=10_00).status_code == 200
    return world.bind(OTHER, pot_fen=10_00)


def of_another(world):
    return world.settle(certno(OTHER))


def settled(world):
    return world.settle()


def bound(world):
    return world.bind()


def quoted(world):
    return world.quote()


RECIPES: dict[Refusal, tuple[Callable[[Ruled], Response], dict[str, Any]]] = {
    R.NOT_OWN_CREDENTIAL: (of_another, {"bonds": [BOND]}),
    R.CREDENTIAL_NOT_ACTIVE: (settled, {"people": {MEMBER: {"credential_active": False}}}),
    R.SETTLEMENT_SUSPENDED: (settled, {"people": {MEMBER: {"suspended_until": date(2026, 9, 1)}}}),
    R.IDENTITY_MISMATCH: (lambda world: world.bind(relative=papers(MEMBER) | {"name": "别人"}), {}),
    R.PERSON_UNKNOWN: (lambda world: world.bind(77), {}),
    R.MESSAGE_MALFORMED: (lambda world: world.bind(lasts="for ever"), {}),
    R.SETTLEMENT_NOT_FOUND: (lambda world: world.change("ending"), {}),
    R.SAME_REQUEST_DIFFERENT_CONTENT: (twice_with_one_key, {}),
    R.BENEFITS_UNKNOWN: (lambda world: world.quote(parts=None, lines=[{"amount_fen": 100_00}]), {}),
    R.PLACE_NOT_DESIGNATED: (lambda world: world.quote(institution=CLOSED), {}),
    R.MEMBER_NOT_INSURED: (bound, {"people": {MEMBER: {"insured": Insurance.NONE}}}),
    R.MEMBER_NOT_ACTIVE: (bound, {"people": {MEMBER: {"status": Status.SUSPENDED}}}),
    R.SHARER_NOT_EMPLOYEE: (bound, {"people": {SHARER: {"insured": Insurance.RESIDENT}}}),
    R.SHARER_HAS_NO_ACCOUNT: (bound, {"people": {SHARER: {"tier": "second"}}, "sharer_tier": {"tiers": ["first"]}}),
    R.SHARER_NOT_ACTIVE: (bound, {"people": {SHARER: {"status": Status.ENDED}}}),
    R.NOT_A_NEAR_RELATIVE: (bound, {"relatives": {"relations": ["spouse"]}}),
    R.RELATION_NOT_UNIQUE: (
        lambda world: world.bind(relation="spouse"),
        {"bonds": [(SHARER, OTHER, {"relation": Relation.SPOUSE})], "relation_limits": {"spouse": 1}},
    ),
    R.REGION_NOT_COVERED: (bound, {"people": {MEMBER: {"region": FAR}}, "reach": {"area": "pool"}}),
    R.RULE_NOT_IN_FORCE: (bound, {"sharing": "not_in_force"}),
    R.MEMBER_LIMIT_REACHED: (bound, {"bonds": [(SHARER, OTHER, {})], "members_max": {"count": 1}}),
    R.LIFETIME_LIMIT_REACHED: (bound, {"bonds": [(SHARER, OTHER, {})], "members_lifetime": {"count": 1}}),
    R.MEMBER_ALREADY_BOUND: (bound, {"bonds": [(OTHER, MEMBER, {})], "sharers_per_member": {"count": 1}}),
    R.MEMBER_IS_SHARER: (bound, {"bonds": [(MEMBER, OTHER, {})], "one_role": {}}),
    R.SHARER_IS_MEMBER: (bound, {"bonds": [(OTHER, SHARER, {})], "one_role": {}}),
    R.ALREADY_BOUND: (bound, {"bonds": [BOND]}),
    R.PROOF_MISSING: (bound, {"proofs": {"asked": [{"any_of": ["pledge"], "relation": "parent"}]}}),
    R.FACE_CHECK_MISSING: (bound, {"people": {MEMBER: {"own_face_check": False}}, "face_check": {"age_from": 40}}),
    R.AWAITING_CONFIRMATION: (asked_and_quoted, CONFIRMED),
    R.INVITE_EXPIRED: (answered_late, CONFIRMED),
    R.UNBIND_NOT_YET: (
        lambda world: world.change("ending"),
        {"bonds": [(SHARER, MEMBER, {"since": AT - timedelta(1)})], "unbind_after_days": {"count": 90}},
    ),
    R.BOND_PAUSED: (quoted, {"bonds": [(SHARER, MEMBER, {"paused_until": date(2026, 9, 1)})]}),
    R.MODE_NOT_CHOSEN: (lambda world: world.bind(modes=[]), {}),
    R.USE_NOT_ALLOWED: (
        quoted,
        {"bonds": [BOND], "uses": {"hospital": [], "pharmacy": [], "checkup": [], "vaccination": [], "other": []}},
    ),
    R.OUT_OF_SCOPE: (
        lambda world: world.quote(parts={"off_catalogue_fen": 100_00}),
        {"bonds": [BOND], "pays": _USUAL["pays"] | {"shared": ["copay"]}},
    ),
    R.SHARER_NOT_PICKED: (quoted, {"bonds": [BOND], "order": {"by": "picked"}}),
    R.SECOND_SWIPE_NEEDED: (
        lambda world: world.quote(swipe=1),
        {"bonds": [BOND], "second_swipe": {"minutes": 30}, "own_first": "not_in_force"},
    ),
    R.ONE_SHARER_PER_SETTLEMENT: (
        lambda world: world.quote(600_00),
        {"bonds": [BOND, (OTHER, MEMBER, {})], "one_sharer_per_settlement": {}},
    ),
    R.OWN_BALANCE_NOT_ZERO: (
        quoted,
        {"bonds": [BOND], "people": {MEMBER: {"insured": Insurance.EMPLOYEE, "money": 10_00}}, "own_must_be_empty": {}},
    ),
    R.ONLY_CARRY_OVER_SHARED: (
        quoted,
        {"bonds": [BOND], "people": {SHARER: {"money": 0, "current": 500_00}}, "carry_over_only": {}},
    ),
    R.ALLOCATION_ONCE_A_MONTH: (two_pots, {"pot": {"allocations_per_month": 1}}),
    R.BELOW_RETAINED_MINIMUM: (quoted, {"bonds": [BOND], "people": {SHARER: {"money": 100_00}}}),
    R.CAP_REACHED: (
        quoted,
        {"bonds": [(SHARER, MEMBER, {"cap_fen": 10_00, "used_fen": 10_00})], "cap": {"limits": "one_member"}},
    ),
    R.CAP_NOT_ADJUSTABLE: (lambda world: world.change("cap", cap_fen=1), {"bonds": [BOND]}),
    R.RANK_NOT_ADJUSTABLE: (lambda world: world.change("rank", rank=1), {"bonds": [BOND]}),
    R.QUOTA_REACHED: (
        quoted,
        {"bonds": [(SHARER, MEMBER, {"quota_fen": 10_00, "used_fen": 10_00})], "quota": {}},
    ),
    R.QUOTA_BELOW_USED: (
        lambda world: world.change("quota", quota_fen=1_00),
        {
            "bonds": [(SHARER, MEMBER, {"quota_fen": 20_00, "used_fen": 10_00})],
            "people": {MEMBER: {"wallet": 0}},
            "quota": {},
        },
    ),
    R.AMOUNTS_DISAGREE: (
        lambda world: world.quote(parts=None, lines=[{"amount_fen": 1, "over_limit_fen": 2}]),
        {},
    ),
    R.PREMIUM_WINDOW_CLOSED: (
        lambda world: world.post("/api/v1/premiums", world.sharer, body=PREMIUM),
        {
            "premiums": {"member": ["resident"], "own": ["large_amount"]},
            "premium_window": {"from_month": 9, "from_day": 1, "until_month": 12, "until_day": 31},
        },
    ),
    R.WALLET_NOT_OPEN: (lambda world: world.change("quota", quota_fen=1_00), {"bonds": [BOND], "quota": {}}),
    R.WALLET_NOT_ACCEPTED_HERE: (
        lambda world: world.quote(institution=CASH_ONLY),
        {"people": {MEMBER: {"wallet": 50_00}}},
    ),
}
"""What is asked to meet a refusal, and under which rules."""


def names_in(answer):
    """Return the refusals that an answer names: the problem with its others, and why a relative would not pay."""
    told = answer.json()
    reasons = [skip["reason"] for skip in told.get("skips", ())]
    return {one["refusal"] for one in reasons} | {told.get("refusal"), *told.get("others", ())}


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_can_be_met(refusal):
    if refusal not in RECIPES:
        asserted = re.compile(rf'problem\([^\n]*"{refusal}"|"refusal"\] == "{refusal}"|"{refusal}"\)\]')
        several = [*TESTS.glob("unit/test_api_*.py"), *TESTS.glob("journeys/test_api_*.py")]
        assert refusal in NOT_HERE or any(asserted.search(one.read_text(encoding="utf-8")) for one in several)
        return
    act, said = RECIPES[refusal]
    with Ruled(**said) as world:
        answer = act(world)

        assert refusal in names_in(answer), answer.text
        assert answer.headers["content-type"].startswith("application/")
