"""What a sharer can set aside, and each reason against it with the row and the figures that it names."""

from gongji.domain.account import Account, Pocket
from gongji.domain.refusals import Refusal
from gongji.rules.drawing import Purse, shareable
from gongji.rules.setting_aside import (
    allocation_faults,
    cap_fault,
    money_fault,
    most_allocatable,
    quota_fault,
    rank_fault,
    room,
)
from tests.made_up_rules import AT, SHARER, bond, no, person, rules_of

DAY = AT.date()
RICH = Purse(current_year_fen=300_00, carry_over_fen=500_00, held_fen=50_00)


def test_the_minimum_and_frozen_quotas_stay_behind():
    rules = rules_of()
    found = room(person(), RICH, rules)

    assert (found.most_fen, found.minimum_fen, found.row) == (650_00, 100_00, rules.rows["retained_minimum"])


def test_only_carry_over_is_open_where_the_region_says_so():
    assert room(person(), RICH, rules_of(carry_over_only={})).most_fen == 450_00
    assert room(person(), Purse(carry_over_fen=500_00), rules_of(carry_over_only={})).most_fen == 400_00


def test_nobody_has_less_than_no_room():
    assert room(person(), Purse(carry_over_fen=80_00), rules_of()).most_fen == 0
    assert room(person(), Purse(carry_over_fen=100_01), rules_of()).most_fen == 1


def test_all_there_is_can_be_parted_with_and_not_a_fen_more():
    rules = rules_of()

    assert money_fault(person(), RICH, 650_00, rules, DAY, whole=False) is None
    figures = {"wanted_fen": 650_01, "most_fen": 650_00, "minimum_fen": 100_00}
    below = no(Refusal.BELOW_RETAINED_MINIMUM, "retained_minimum", **figures)
    assert money_fault(person(), RICH, 650_01, rules, DAY, whole=False) == below
    assert money_fault(person(), RICH, 650_01, rules, DAY, whole=True) == below


def test_what_is_wanted_whole_is_short_where_nothing_must_be_kept():
    rules = rules_of(retained_minimum="not_in_force")
    figures = {"wanted_fen": 900_00, "most_fen": 750_00, "minimum_fen": 0}

    assert money_fault(person(), RICH, 900_00, rules, DAY, whole=True) == no(
        Refusal.BALANCE_SHORT, "retained_minimum", **figures
    )
    assert money_fault(person(), RICH, 900_00, rules, DAY, whole=False) == no(
        Refusal.BELOW_RETAINED_MINIMUM, "retained_minimum", **figures
    )


def test_who_has_this_years_money_alone_is_told_that_carry_over_is_wanted():
    rules = rules_of(carry_over_only={})
    figures = {"wanted_fen": 1, "most_fen": 0, "minimum_fen": 100_00}

    assert money_fault(person(), Purse(300_00), 1, rules, DAY, whole=False) == no(
        Refusal.ONLY_CARRY_OVER_SHARED, "carry_over_only", **figures
    )
    below = no(Refusal.BELOW_RETAINED_MINIMUM, "retained_minimum", **figures)
    assert money_fault(person(), Purse(), 1, rules, DAY, whole=False) == below
    some = no(Refusal.BELOW_RETAINED_MINIMUM, "retained_minimum", wanted_fen=2, most_fen=1, minimum_fen=100_00)
    assert money_fault(person(), Purse(300_00, 1), 2, rules, DAY, whole=False) == some


def test_empty_pockets_are_not_among_those_opened():
    current, carried = Account(SHARER, Pocket.CURRENT_YEAR), Account(SHARER, Pocket.CARRY_OVER)

    assert shareable(SHARER, RICH, rules_of()) == [(carried, 500_00), (current, 300_00)]
    assert shareable(SHARER, RICH, rules_of(carry_over_only={})) == [(carried, 500_00)]
    assert shareable(SHARER, Purse(300_00), rules_of()) == [(current, 300_00)]
    assert shareable(SHARER, Purse(held_fen=5), rules_of()) == []


# The family pot


def test_without_a_pot_nothing_is_allocated():
    rules = rules_of()

    faults = allocation_faults(person(), RICH, 1, 0, rules, DAY)

    assert faults == [no(Refusal.RULE_NOT_IN_FORCE, "pot")]
    assert most_allocatable(person(), RICH, 0, rules) == 0


def test_the_pot_is_filled_as_often_as_the_region_lets_it():
    rules = rules_of(pot={"allocations_per_month": 2})

    assert allocation_faults(person(), RICH, 650_00, 1, rules, DAY) == []
    assert most_allocatable(person(), RICH, 1, rules) == 650_00
    assert allocation_faults(person(), RICH, 650_00, 2, rules, DAY) == [
        no(Refusal.ALLOCATION_ONCE_A_MONTH, "pot", allocations=2)
    ]
    assert most_allocatable(person(), RICH, 2, rules) == 0
    assert allocation_faults(person(), RICH, 1, 99, rules_of(pot={}), DAY) == []


def test_every_reason_against_an_allocation_is_named():
    rules = rules_of(pot={"allocations_per_month": 1})
    figures = {"wanted_fen": 650_01, "most_fen": 650_00, "minimum_fen": 100_00}

    assert allocation_faults(person(account=False), RICH, 650_01, 1, rules, DAY) == [
        no(Refusal.SHARER_HAS_NO_ACCOUNT, "sharing"),
        no(Refusal.ALLOCATION_ONCE_A_MONTH, "pot", allocations=1),
        no(Refusal.BELOW_RETAINED_MINIMUM, "retained_minimum", **figures),
    ]


# Quotas, limits, order


def test_a_quota_can_be_raised_by_what_is_free_and_lowered_to_what_is_used():
    rules = rules_of(quota={})
    mine = bond(quota_fen=50_00, used_fen=20_00)  # 30.00 of it are frozen in the account
    purse = Purse(carry_over_fen=200_00, held_fen=30_00)

    assert quota_fault(mine, 120_00, person(), purse, rules, DAY) is None
    assert quota_fault(mine, 120_01, person(), purse, rules, DAY) == no(
        Refusal.BELOW_RETAINED_MINIMUM, "retained_minimum", wanted_fen=70_01, most_fen=70_00, minimum_fen=100_00
    )
    assert quota_fault(mine, 20_00, person(), Purse(), rules, DAY) is None
    assert quota_fault(mine, 50_00, person(), Purse(), rules, DAY) is None
    assert quota_fault(mine, 19_99, person(), purse, rules, DAY) == no(
        Refusal.QUOTA_BELOW_USED, "quota", quota_fen=19_99, used_fen=20_00
    )


def test_a_quota_wants_no_whole_sum_where_nothing_must_be_kept():
    rules = rules_of(quota={}, retained_minimum="unknown")

    assert quota_fault(bond(quota_fen=0), 1, person(), Purse(), rules, DAY) == no(
        Refusal.BELOW_RETAINED_MINIMUM, "retained_minimum", wanted_fen=1, most_fen=0, minimum_fen=0
    )


def test_without_quotas_none_is_set():
    assert quota_fault(bond(quota_fen=1), 2, person(), RICH, rules_of(), DAY) == no(Refusal.RULE_NOT_IN_FORCE, "quota")


def test_a_limit_goes_no_lower_than_what_counts_against_it():
    by_member, by_payment = rules_of(cap={"limits": "one_member"}), rules_of(cap={"limits": "one_payment"})
    too_low = no(Refusal.QUOTA_BELOW_USED, "cap", cap_fen=19_99, used_fen=20_00)

    assert cap_fault(20_00, 20_00, by_member, DAY) is None
    assert cap_fault(19_99, 20_00, by_member, DAY) == too_low
    assert cap_fault(19_99, 20_00, rules_of(cap={"limits": "all_members"}), DAY) == too_low
    assert cap_fault(19_99, 20_00, by_payment, DAY) is None
    assert cap_fault(1, 0, rules_of(), DAY) == no(Refusal.CAP_NOT_ADJUSTABLE, "cap")


def test_an_order_is_set_only_where_the_region_lets_somebody():
    refused = no(Refusal.RANK_NOT_ADJUSTABLE, "order")

    assert rank_fault(rules_of(order={"by": "binding_first", "rank": True}), DAY) is None
    assert rank_fault(rules_of(order={"by": "binding_first"}), DAY) == refused
    assert rank_fault(rules_of(order="unknown"), DAY) == refused
