"""Premiums: what pays them, out of which pocket, and each reason against it with the row and the figures it names."""

from datetime import date

import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Mode, Relation
from gongji.domain.insured import Insurance
from gongji.domain.refusals import Refusal
from gongji.rules.drawing import Candidate, Payment, Purse
from gongji.rules.premiums import PremiumRequest, decide_premium, in_window
from gongji.rules.schema import Window
from tests.made_up_rules import AT, FAR, HOME, MEMBER, NEXT_TOWN, SHARER, bond, no, person, rules_of

PREMIUMS = {"member": ["resident", "commercial"], "own": ["large_amount", "commercial"]}
BY_PREMIUMS = (f"{HOME}/premiums/1998-12-14",)
BY_MINIMUM = (f"{HOME}/retained_minimum/1998-12-14",)


def own(rules, purse, *, kind="large_amount", amount_fen=300_00, insured_rules=None, **other):
    """Decide a premium that somebody pays for himself."""
    request = PremiumRequest(at=AT, payer=person(), insured=person(), kind=kind, amount_fen=amount_fen)
    for name, value in other.items():
        request = _with(request, name, value)
    return decide_premium(request, purse, rules, insured_rules or rules)


def shared(rules, purse, *, insured_rules=None, amount_fen=300_00, kind="resident", whose=None, payer=None):
    """Decide a premium that the sharer pays for a parent; `whose` is the bond."""
    insured = person(MEMBER, insured=Insurance.RESIDENT)
    payer = payer or person()
    candidate = Candidate(bond=whose, sharer=payer, purse=purse, rules=rules) if whose is not None else None
    request = PremiumRequest(at=AT, payer=payer, insured=insured, kind=kind, amount_fen=amount_fen, candidate=candidate)
    return decide_premium(request, purse, rules, insured_rules or rules)


def _with(request, name, value):
    fields = {field: getattr(request, field) for field in request.__struct_fields__}
    return PremiumRequest(**(fields | {name: value}))


def paid(pocket, fen, *, bond_id=None, by=BY_PREMIUMS):
    return Payment(Account(SHARER, pocket), fen, bond_id, by)


# For oneself


def test_this_years_money_goes_first_then_carry_over_then_the_wallet():
    purse = Purse(current_year_fen=100_00, carry_over_fen=150_00, held_fen=20_00, wallet_fen=70_00)
    rules = rules_of(premiums=PREMIUMS)

    assert own(rules, purse, amount_fen=300_00) == [
        paid(Pocket.CURRENT_YEAR, 100_00),
        paid(Pocket.CARRY_OVER, 130_00),
        paid(Pocket.WALLET, 70_00),
    ]
    assert own(rules, purse, amount_fen=90_00) == [paid(Pocket.CURRENT_YEAR, 90_00)]
    assert own(rules, purse, amount_fen=230_00) == [paid(Pocket.CURRENT_YEAR, 100_00), paid(Pocket.CARRY_OVER, 130_00)]


def test_a_premium_is_paid_whole_or_not_at_all():
    purse = Purse(current_year_fen=100_00, carry_over_fen=150_00, held_fen=20_00, wallet_fen=70_00)

    assert own(rules_of(premiums=PREMIUMS), purse, amount_fen=300_01) == [
        no(Refusal.BALANCE_SHORT, "premiums", wanted_fen=300_01, balance_fen=300_00)
    ]


def test_a_wallet_that_is_not_open_pays_nothing():
    purse = Purse(current_year_fen=100_00, wallet_fen=500_00)

    assert own(rules_of(premiums=PREMIUMS), purse, payer=person(wallet_open=False)) == [
        no(Refusal.BALANCE_SHORT, "premiums", wanted_fen=300_00, balance_fen=100_00)
    ]


def test_where_a_product_wants_carry_over_this_years_money_stays():
    rules = rules_of(premiums=PREMIUMS, commercial_retained={"fen": 200_00})
    purse = Purse(current_year_fen=900_00, carry_over_fen=500_00, held_fen=100_00)

    assert own(rules, purse, kind="commercial") == [paid(Pocket.CARRY_OVER, 300_00)]
    assert own(rules, purse, kind="commercial", amount_fen=300_01) == [
        no(Refusal.BELOW_RETAINED_MINIMUM, "commercial_retained", carry_over_fen=500_00, minimum_fen=200_00)
    ]
    assert own(rules, purse, amount_fen=900_01) == [paid(Pocket.CURRENT_YEAR, 900_00), paid(Pocket.CARRY_OVER, 1)]
    assert own(rules_of(premiums=PREMIUMS), purse, kind="commercial") == [paid(Pocket.CURRENT_YEAR, 300_00)]


def test_frozen_carry_over_counts_for_a_product_as_for_everything():
    rules = rules_of(premiums=PREMIUMS, commercial_retained={"fen": 1_00})
    purse = Purse(current_year_fen=50_00, carry_over_fen=500_00, held_fen=300_00)

    assert own(rules, purse, kind="commercial", amount_fen=250_01) == [
        no(Refusal.BALANCE_SHORT, "premiums", wanted_fen=250_01, balance_fen=250_00)
    ]


def test_every_reason_is_named_and_money_last():
    rules = rules_of(premiums=PREMIUMS)
    window = {"from_month": 9, "from_day": 1, "until_month": 12, "until_day": 31}
    closed = rules_of(NEXT_TOWN, premium_window=window)

    assert own(rules, Purse(), kind="resident", paid_at=AT, insured_rules=closed) == [
        no(Refusal.USE_NOT_ALLOWED, "premiums", kind="resident"),
        no(Refusal.PREMIUM_ALREADY_PAID, "premiums", kind="resident", paid_on=AT.date()),
        no(Refusal.PREMIUM_WINDOW_CLOSED, "premium_window", NEXT_TOWN),
        no(Refusal.BALANCE_SHORT, "premiums", wanted_fen=300_00, balance_fen=0),
    ]


def test_in_the_window_and_where_the_book_names_no_premiums_nothing_stands_against_it():
    window = {"from_month": 3, "from_day": 2, "until_month": 3, "until_day": 2}
    rules = rules_of(premiums="unknown", premium_window=window)

    assert own(rules, Purse(300_00), kind="long_term_care") == [paid(Pocket.CURRENT_YEAR, 300_00)]


@pytest.mark.parametrize(
    ("bounds", "open_on", "closed_on"),
    [
        ((9, 1, 12, 31), [(9, 1), (10, 15), (12, 31)], [(8, 31), (1, 1), (3, 2)]),
        ((11, 15, 2, 28), [(11, 15), (12, 31), (1, 1), (2, 28)], [(11, 14), (3, 1), (7, 1)]),
        ((5, 10, 5, 10), [(5, 10)], [(5, 9), (5, 11)]),
    ],
)
def test_a_window_includes_both_its_days_and_may_run_over_the_end_of_a_year(bounds, open_on, closed_on):
    window = Window(from_month=bounds[0], from_day=bounds[1], until_month=bounds[2], until_day=bounds[3])

    assert all(in_window(date(2026, *day), window) for day in open_on)
    assert not any(in_window(date(2026, *day), window) for day in closed_on)


# For a member


def test_a_sharer_pays_carry_over_first_and_above_his_minimum():
    rules = rules_of(premiums=PREMIUMS)
    purse = Purse(current_year_fen=300_00, carry_over_fen=100_00)

    assert shared(rules, purse, whose=bond()) == [
        paid(Pocket.CARRY_OVER, 100_00, bond_id=7, by=BY_MINIMUM),
        paid(Pocket.CURRENT_YEAR, 200_00, bond_id=7, by=BY_MINIMUM),
    ]
    assert shared(rules, purse, whose=bond(), amount_fen=300_01) == [
        no(
            Refusal.BELOW_RETAINED_MINIMUM,
            "retained_minimum",
            wanted_fen=300_01,
            most_fen=300_00,
            minimum_fen=100_00,
        )
    ]


def test_where_nothing_must_be_kept_a_sharer_is_short():
    rules = rules_of(premiums=PREMIUMS, retained_minimum="not_in_force")

    assert shared(rules, Purse(carry_over_fen=10_00), whose=bond()) == [
        no(Refusal.BALANCE_SHORT, "retained_minimum", wanted_fen=300_00, most_fen=10_00, minimum_fen=0)
    ]


def test_a_limit_that_leaves_too_little_is_named_and_how_much_it_leaves():
    purse = Purse(carry_over_fen=900_00)
    limited = rules_of(premiums=PREMIUMS, cap={"limits": "one_payment"})

    assert shared(limited, purse, whose=bond(cap_fen=80_00)) == [no(Refusal.CAP_REACHED, "cap", most_fen=80_00)]
    assert shared(limited, purse, whose=bond(cap_fen=300_00)) == [
        paid(Pocket.CARRY_OVER, 300_00, bond_id=7, by=(*BY_MINIMUM, f"{HOME}/cap/1998-12-14"))
    ]
    assert shared(limited, purse, whose=bond(cap_fen=0)) == [no(Refusal.CAP_REACHED, "cap", cap_fen=0)]


def test_a_quota_that_leaves_too_little_is_short():
    rules = rules_of(premiums=PREMIUMS, quota={}, cap={"limits": "one_payment"})
    purse = Purse(carry_over_fen=900_00)

    assert shared(rules, purse, whose=bond(quota_fen=100_00, used_fen=20_00)) == [
        no(Refusal.BALANCE_SHORT, "premiums", wanted_fen=300_00, most_fen=80_00)
    ]
    by_quota = (f"{HOME}/quota/1998-12-14",)
    assert shared(rules, Purse(carry_over_fen=300_00), whose=bond(quota_fen=300_00)) == [
        paid(Pocket.CARRY_OVER, 300_00, bond_id=7, by=by_quota)  # set aside before: the minimum is not looked at
    ]


def test_a_pot_that_holds_too_little_is_short():
    rules = rules_of(premiums=PREMIUMS, pot={})
    assert shared(rules, Purse(carry_over_fen=900_00), whose=bond()) == [no(Refusal.QUOTA_REACHED, "pot", pot_fen=0)]
    candidate = Candidate(
        bond=bond(),
        sharer=person(),
        purse=Purse(),
        rules=rules,
        pots=((Account(SHARER, Pocket.POT, MEMBER), 120_00),),
    )
    request = PremiumRequest(
        at=AT, payer=person(), insured=person(MEMBER), kind="resident", amount_fen=300_00, candidate=candidate
    )

    assert decide_premium(request, Purse(), rules, rules) == [
        no(Refusal.BALANCE_SHORT, "premiums", wanted_fen=300_00, most_fen=120_00)
    ]


def test_without_a_bond_nothing_is_found():
    rules = rules_of(premiums=PREMIUMS)
    not_found = no(Refusal.SETTLEMENT_NOT_FOUND, "premium_mode", subject="bond")

    assert shared(rules, Purse(300_00)) == [not_found]


def test_every_reason_against_a_bond_is_named():
    rules = rules_of(
        premiums=PREMIUMS,
        premium_mode="not_in_force",
        premium_relatives={"relations": ["spouse"]},
        relatives={"relations": ["child"]},
        reach={"area": "province"},
        pay_mode="not_in_force",
    )
    payer = person(insured=Insurance.RESIDENT)
    unconfirmed = bond(confirmed=False, modes=(Mode.PREMIUM,))

    assert shared(rules, Purse(carry_over_fen=900_00), whose=unconfirmed, payer=payer, insured_rules=rules_of(FAR)) == [
        no(Refusal.SHARER_NOT_EMPLOYEE, "sharing", insured="resident"),
        no(Refusal.NOT_A_NEAR_RELATIVE, "relatives", relation="parent"),
        no(Refusal.REGION_NOT_COVERED, "reach", distance="country"),
        no(Refusal.RULE_NOT_IN_FORCE, "premium_mode"),
        no(Refusal.NOT_A_NEAR_RELATIVE, "premium_relatives", relation="parent"),
        no(Refusal.AWAITING_CONFIRMATION, "sharing"),
    ]


def test_the_circle_for_premiums_binds_no_quota_and_none_that_lies_inside_it():
    rules = rules_of(premiums=PREMIUMS, quota={}, premium_relatives={"relations": ["spouse"]})
    purse = Purse(carry_over_fen=900_00)

    assert shared(rules, purse, whose=bond(relation=Relation.SPOUSE))[0].amount_fen == 300_00
    assert shared(rules, purse, whose=bond(quota_fen=300_00))[0].amount_fen == 300_00
    far = rules_of(FAR)
    assert shared(rules, purse, whose=bond(quota_fen=300_00), insured_rules=far)[0].amount_fen == 300_00
