"""A bill that is wrong in itself, and how much a bond has left to pay."""

from typing import Any

import pytest

from gongji.domain.bill import FeeLine, Parts
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.drawing import Candidate, Purse, room
from gongji.rules.settling import Bill, CoreSplit
from tests.made_up_rules import AT, bond, person, rules_of

NEGATIVE = Refused(Refusal.MESSAGE_MALFORMED, subject="amount")


def bill(**other: Any) -> Bill:
    return Bill(at=AT, visited_on=AT.date(), **other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"parts": Parts(copay_fen=-1)},
        {"lines": (FeeLine(5), FeeLine(-1))},
        {"lines": (FeeLine(5, over_limit_fen=-1),)},
        {"split": CoreSplit(layers=(), hospital_fen=-1, parts=Parts())},
        {"split": CoreSplit(layers=(), hospital_fen=0, parts=Parts(off_catalogue_fen=-1))},
    ],
)
def test_no_amount_is_negative(wrong):
    assert bill(**wrong).fault() == NEGATIVE


def test_a_line_has_no_more_above_its_ceiling_than_in_all():
    assert bill(lines=(FeeLine(5, over_limit_fen=5),)).fault() is None
    assert bill(lines=(FeeLine(9), FeeLine(5, over_limit_fen=6))).fault() == Refused(
        Refusal.AMOUNTS_DISAGREE, subject="over_limit"
    )


def test_a_bill_of_nothing_is_no_fault():
    split = CoreSplit(layers=(), hospital_fen=0, parts=Parts())

    assert [bill(**one).fault() for one in ({}, {"parts": Parts()}, {"lines": ()}, {"split": split})] == [None] * 4


def test_a_bond_lets_be_paid_what_limit_and_quota_leave():
    limited = rules_of(cap={"limits": "one_member"})

    def left(rules, counted_fen=0, **terms):
        mine = Candidate(bond=bond(**terms), sharer=person(), purse=Purse(), rules=rules, cap_used_fen=counted_fen)
        return room(mine)

    assert left(limited, 30_00, cap_fen=100_00) == 70_00
    assert left(limited, 130_00, cap_fen=100_00) == 0
    assert left(rules_of(cap={"limits": "one_payment"}), 30_00, cap_fen=100_00) == 100_00
    assert left(rules_of(), quota_fen=50_00, used_fen=20_00) == 30_00
    assert left(rules_of(), quota_fen=50_00, used_fen=60_00) == 0
    assert left(limited, 30_00, cap_fen=100_00, quota_fen=90_00) == 70_00
    assert left(limited, 30_00, cap_fen=100_00, quota_fen=20_00) == 20_00
    assert left(limited, 0, quota_fen=20_00) == 20_00
    assert left(limited) > 10**12
