"""Wallet transfers: each reason against one, with the row and the figures that it names."""

from datetime import datetime, time

import pytest
from msgspec.structs import replace

from gongji.domain.family import Relation
from gongji.domain.insured import Insurance, Status
from gongji.domain.refusals import Refusal
from gongji.rules.drawing import Purse
from gongji.rules.transfers import TransferRequest, transfer_faults
from tests.made_up_rules import AT, FAR, HOME, MEMBER, NEXT_TOWN, no, person, rules_of

TERMS = {"count_per_day": 3, "ceiling_fen": 2_000_00, "one_pending": True}
RICH = Purse(carry_over_fen=9_000_00, wallet_fen=400_00)
ASKED = TransferRequest(at=AT, sender=person(), receiver=person(MEMBER), relation=Relation.PARENT, amount_fen=300_00)


def faults(rules, *, purse=RICH, receiver_rules=None, **other):
    return transfer_faults(replace(ASKED, **other), purse, rules, receiver_rules or rules)


def terms(**other):
    return rules_of(wallet_transfer=TERMS | other)


def test_nothing_stands_against_a_small_transfer_in_the_family():
    assert faults(terms()) == []
    assert faults(terms(), amount_fen=2_000_00, sent_today=(1, 1)) == []
    assert faults(rules_of(wallet_transfer="unknown"), amount_fen=8_000_00, sent_today=(1,) * 9, pending=True) == []


def test_where_there_are_no_transfers_nothing_else_is_said():
    assert faults(rules_of(), amount_fen=99_999_00) == [no(Refusal.RULE_NOT_IN_FORCE, "wallet_transfer")]


def test_the_receiver_is_looked_at_by_his_own_region():
    elsewhere = rules_of(NEXT_TOWN)
    receiver = person(MEMBER, status=Status.SUSPENDED)

    assert faults(terms(), receiver=receiver, receiver_rules=elsewhere) == [
        no(Refusal.MEMBER_NOT_ACTIVE, "sharing", NEXT_TOWN, status="suspended")
    ]


def test_a_wallet_may_be_sent_by_who_has_no_account():
    sender = person(insured=Insurance.RESIDENT)

    assert faults(terms(), sender=sender) == [no(Refusal.SHARER_NOT_EMPLOYEE, "sharing", insured="resident")]
    assert faults(terms(), sender=sender, from_wallet=True) == []


def test_transfers_stay_among_the_relatives_of_the_region():
    rules = rules_of(wallet_transfer=TERMS, wallet_relatives={"relations": ["spouse"]})

    assert faults(rules) == [no(Refusal.NOT_A_NEAR_RELATIVE, "wallet_relatives", relation="parent")]
    assert faults(rules, relation=Relation.SPOUSE) == []


def test_both_regions_must_have_wallets():
    without = rules_of(NEXT_TOWN, wallet="not_in_force")

    assert faults(terms(), receiver_rules=without) == [no(Refusal.REGION_NOT_COVERED, "wallet", NEXT_TOWN)]
    bare = rules_of(wallet_transfer=TERMS, wallet="not_in_force")
    assert faults(bare) == [no(Refusal.REGION_NOT_COVERED, "wallet")] * 2
    unknown = rules_of(NEXT_TOWN, wallet="unknown")
    assert faults(terms(), receiver_rules=unknown) == []


@pytest.mark.parametrize(
    ("area", "reached"), [("pool", (HOME,)), ("province", (HOME, NEXT_TOWN)), ("country", (HOME, NEXT_TOWN, FAR))]
)
def test_a_transfer_goes_as_far_as_the_region_lets_it(area, reached):
    rules = rules_of(wallet_transfer=TERMS, wallet_reach={"area": area})
    refused = [no(Refusal.REGION_NOT_COVERED, "wallet_reach")]

    for region in (HOME, NEXT_TOWN, FAR):
        assert faults(rules, receiver_rules=rules_of(region)) == ([] if region in reached else refused)


def test_a_reach_that_nobody_knows_stops_no_transfer():
    assert faults(rules_of(wallet_transfer=TERMS, wallet_reach="unknown"), receiver_rules=rules_of(FAR)) == []


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_both_wallets_must_be_open(side):
    closed = person(1 if side == "sender" else MEMBER, wallet_open=False)

    assert faults(terms(), **{side: closed}) == [no(Refusal.WALLET_NOT_OPEN, "wallet")]


@pytest.mark.parametrize(
    ("hours", "open_at", "closed_at"),
    [
        ((time(23, 30), time(0, 30)), [time(23, 29), time(0, 30), time(12)], [time(23, 30), time(0, 0), time(0, 29)]),
        ((time(2, 0), time(4, 0)), [time(1, 59), time(4, 0)], [time(2, 0), time(3, 59)]),
    ],
)
def test_the_hours_of_rest_include_their_first_minute(hours, open_at, closed_at):
    rules = terms(closed_from=hours[0].isoformat(), closed_until=hours[1].isoformat())
    resting = no(Refusal.WALLET_HOURS, "wallet_transfer", closed_from=hours[0], closed_until=hours[1])

    assert all(faults(rules, at=datetime.combine(AT, now)) == [] for now in open_at)
    assert all(faults(rules, at=datetime.combine(AT, now)) == [resting] for now in closed_at)


def test_without_both_ends_there_are_no_hours_of_rest():
    for half in ({"closed_from": "00:00:00"}, {"closed_until": "23:59:59"}):
        assert faults(terms(**half)) == []


def test_a_ceiling_is_on_one_transfer_or_on_the_day():
    by_transfer, by_day = terms(), terms(ceiling_on="day")

    assert faults(by_transfer, sent_today=(1_900_00,)) == []
    assert faults(by_transfer, amount_fen=2_000_01) == [
        no(Refusal.TRANSFER_TOO_LARGE, "wallet_transfer", amount_fen=2_000_01, ceiling_fen=2_000_00)
    ]
    assert faults(by_day, sent_today=(1_000_00, 700_00)) == []
    assert faults(by_day, sent_today=(1_000_00, 700_01)) == [
        no(Refusal.TRANSFER_TOO_LARGE, "wallet_transfer", amount_fen=2_000_01, ceiling_fen=2_000_00)
    ]


def test_so_many_a_day_and_one_on_its_way():
    assert faults(terms(), sent_today=(1, 1, 1)) == [
        no(Refusal.TRANSFER_COUNT_REACHED, "wallet_transfer", sent=3, count_per_day=3)
    ]
    assert faults(terms(), pending=True) == [no(Refusal.TRANSFER_PENDING, "wallet_transfer")]
    assert faults(terms(one_pending=False), pending=True) == []


def test_money_comes_from_the_wallet_or_from_the_account_above_its_minimum():
    rules = terms()

    assert faults(rules, from_wallet=True, amount_fen=400_00) == []
    assert faults(rules, from_wallet=True, amount_fen=400_01) == [
        no(Refusal.BALANCE_SHORT, "wallet", wanted_fen=400_01, wallet_fen=400_00)
    ]
    assert faults(rules, purse=Purse(carry_over_fen=399_99, wallet_fen=900_00)) == [
        no(Refusal.BELOW_RETAINED_MINIMUM, "retained_minimum", wanted_fen=300_00, most_fen=299_99, minimum_fen=100_00)
    ]
    free = rules_of(wallet_transfer=TERMS, retained_minimum="not_in_force")
    assert faults(free, purse=Purse()) == [
        no(Refusal.BALANCE_SHORT, "retained_minimum", wanted_fen=300_00, most_fen=0, minimum_fen=0)
    ]


def test_all_reasons_are_named_in_the_order_in_which_they_are_looked_for():
    rules = rules_of(
        wallet_transfer=TERMS | {"closed_from": "09:00:00", "closed_until": "10:00:00"},
        wallet_relatives={"relations": ["spouse"]},
        wallet_reach={"area": "pool"},
    )

    found = faults(
        rules,
        purse=Purse(),
        receiver_rules=rules_of(FAR),
        receiver=person(MEMBER, insured=Insurance.NONE, wallet_open=False),
        sender=person(alive=False),
        amount_fen=9_000_00,
        sent_today=(1, 1, 1),
        pending=True,
    )

    assert [one.reason for one in found] == [
        Refusal.MEMBER_NOT_INSURED,
        Refusal.SHARER_NOT_ACTIVE,
        Refusal.NOT_A_NEAR_RELATIVE,
        Refusal.REGION_NOT_COVERED,
        Refusal.WALLET_NOT_OPEN,
        Refusal.WALLET_HOURS,
        Refusal.TRANSFER_TOO_LARGE,
        Refusal.TRANSFER_COUNT_REACHED,
        Refusal.TRANSFER_PENDING,
        Refusal.BELOW_RETAINED_MINIMUM,
    ]
