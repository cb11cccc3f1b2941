"""A bond that rests pays nothing until its day, and one for a single payment pays once; bills and premiums alike."""

from datetime import timedelta

import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.refusals import Refusal
from gongji.rules.drawing import Asked, Candidate, Payment, Purse, Skip, draw_shared
from gongji.rules.premiums import PremiumRequest, decide_premium
from tests.made_up_rules import AT, HOME, MEMBER, SHARER, bond, no, person, rules_of

DAY = AT.date()
RULES = rules_of(premiums={"member": ["resident"], "own": []})
PAID = Payment(Account(SHARER, Pocket.CARRY_OVER), 10_00, 7, (f"{HOME}/retained_minimum/1998-12-14",))


def draw(whose):
    candidate = Candidate(bond=whose, sharer=person(), purse=Purse(carry_over_fen=900_00), rules=RULES)
    return draw_shared([candidate], Asked(day=DAY, wanted_fen=10_00, member_rules=RULES, own_before_fen=0))


def premium(whose):
    purse = Purse(carry_over_fen=900_00)
    candidate = Candidate(bond=whose, sharer=person(), purse=purse, rules=RULES)
    request = PremiumRequest(
        at=AT, payer=person(), insured=person(MEMBER), kind="resident", amount_fen=10_00, candidate=candidate
    )
    return decide_premium(request, purse, RULES, RULES)


@pytest.mark.parametrize(
    "terms", [{}, {"paused_until": DAY}, {"paused_until": DAY - timedelta(1)}, {"once": True}, {"used_fen": 5_00}]
)
def test_a_bond_that_rests_no_more_or_was_not_used_pays(terms):
    assert draw(bond(**terms)) == ([PAID], [])
    assert premium(bond(**terms)) == [PAID]


def test_a_bond_that_rests_pays_nothing():
    tomorrow = DAY + timedelta(1)
    resting = no(Refusal.BOND_PAUSED, "pause", paused_until=tomorrow)

    assert draw(bond(paused_until=tomorrow)) == ([], [Skip(SHARER, resting, 7)])
    assert premium(bond(paused_until=tomorrow)) == [resting]


def test_a_bond_for_one_payment_pays_no_second():
    spent = bond(once=True, used_fen=1)

    assert draw(spent) == ([], [Skip(SHARER, no(Refusal.CAP_REACHED, "cap", used_fen=1, payments=1), 7)])
    assert premium(spent) == [no(Refusal.CAP_REACHED, "cap", used_fen=1)]
