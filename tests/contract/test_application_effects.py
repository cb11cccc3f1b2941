"""What approved applications do, on both stores: a bill is reimbursed, a wallet goes with another phone."""

import pytest

from gongji.domain.account import Account, Pocket
from tests.api_world import problem
from tests.review_world import MOTHER, REVIEWED, SON, Offices, done
from tests.statement_checks import check_life

BILL = {"region": REVIEWED, "parts": {"copay_fen": 120_00}}
FIGURES = {"bill": BILL, "visited_on": "2025-05-20"}


@pytest.fixture
def offices(store):
    with Offices(store) as found:
        found.world.bond(SON, MOTHER)
        yield found
        assert found.store.faults() == []


def claimed(offices, token, **wish):
    """Hand in an application with its paper and let the clerk take it; return its number."""
    paper = "invoice" if wish["kind"] == "reimbursement" else "id_card"
    number = offices.applied(token, materials=[offices.material(token, paper)], **wish)
    done(offices.step(number, "claim", offices.clerk))
    return number


def bill_of(offices, token, receipts=("A1", "A2"), total_fen=120_00):
    return claimed(offices, token, kind="reimbursement", receipts=[*receipts], total_fen=total_fen)


def decide(offices, number, **more):
    return offices.step(number, "decision", offices.clerk, {"approve": True} | more)


def handed_out(offices, person):
    legs = [leg for entry in offices.store.entries_after(0, 99) for leg in entry.legs]
    return sum(leg.amount_fen for leg in legs if leg.account == Account(person, Pocket.CASH))


def test_a_bill_applied_for_from_home_is_settled_and_the_cash_comes_back(offices):
    number = bill_of(offices, offices.mother)

    told = done(decide(offices, number, figures=FIGURES))

    effect = told["effect"]
    assert (told["state"], effect["what"], effect["paid_fen"]) == ("approved", "reimbursed", 120_00)
    assert offices.world.balance(SON) == 780_00
    assert handed_out(offices, MOTHER) == 120_00
    kept = done(offices.see(f"/reimbursements/{effect['named']}", offices.mother))
    assert (kept["receipts"], kept["paid_out_fen"], kept["state"]) == (["A1", "A2"], 120_00, "paid")
    assert [one.amount_fen for one in check_life(offices.store, offices.world.policy, SON, offices.now)][-1] == -120_00


def test_a_receipt_that_was_applied_for_counts_once(offices):
    first = done(decide(offices, bill_of(offices, offices.mother), figures=FIGURES))
    second = bill_of(offices, offices.mother, ("A2",))

    problem(decide(offices, second, figures=FIGURES), "RECEIPT_ALREADY_USED")
    done(offices.do(f"/reimbursements/{first['effect']['named']}/return", offices.clerk))
    done(decide(offices, second, figures=FIGURES))

    assert offices.world.balance(SON) == 780_00


@pytest.mark.parametrize(
    ("figures", "name", "subject"),
    [
        (None, "MESSAGE_MALFORMED", "figures"),
        (FIGURES | {"bill": BILL | {"parts": {"copay_fen": 120_01}}}, "AMOUNTS_DISAGREE", "total_fen"),
        (FIGURES | {"visited_on": "2025-06-03"}, "MESSAGE_MALFORMED", "visited_on"),
    ],
)
def test_figures_that_are_not_those_of_the_receipts_move_nothing(offices, figures, name, subject):
    number = bill_of(offices, offices.mother)

    told = problem(decide(offices, number, figures=figures), name)

    assert told["subject"] == subject
    assert done(offices.see(f"/applications/{number}", offices.mother))["state"] == "claimed"
    assert (offices.world.balance(SON), handed_out(offices, MOTHER)) == (900_00, 0)
    done(decide(offices, number, figures=FIGURES))


def test_figures_are_for_reimbursements_alone_and_for_the_desk_alone(offices):
    phone = claimed(offices, offices.son, kind="change_phone", phone="13800000000")
    bill = bill_of(offices, offices.mother)

    assert problem(decide(offices, phone, figures=FIGURES), "MESSAGE_MALFORMED")["subject"] == "figures"
    problem(
        offices.step(bill, "decision", offices.reviewer, {"approve": True, "figures": FIGURES}), "CHANGED_MEANWHILE"
    )
    problem(offices.step(bill, "decision", offices.far_clerk, {"approve": True, "figures": FIGURES}), "NOT_YOUR_TASK")
    assert offices.world.balance(SON) == 900_00


# Phones: in Wuxi, where wallets are open to people.

OWNER, WUXI = 11, "320200"


@pytest.fixture
def owner(offices):
    offices.world.person(OWNER, region=WUXI)
    offices.clerk = offices.staff("W1", "clerk", WUXI)
    return offices.citizen(OWNER)


def phone(offices, owner):
    return done(offices.see(f"/people/{OWNER}/wallet", owner))["phone"]


def test_a_wallet_goes_with_the_phone_that_was_approved_and_no_other(offices, owner):
    agreed = {"version": 1, "language": "zh", "signature": {"kind": "typed_name", "value": "测11"}}
    done(offices.do(f"/people/{OWNER}/wallet", owner, {"phone": "13900001111", "agreed": agreed}))
    number = claimed(offices, owner, kind="change_phone", phone="13800002222")
    before = phone(offices, owner)

    told = done(decide(offices, number))

    assert (before, told["effect"]["what"]) == ("139****1111", "phone_changed")
    assert phone(offices, owner) == "138****2222"
    waiting = claimed(offices, owner, kind="change_phone", phone="13800003333")
    done(offices.step(waiting, "withdrawal", owner))
    assert phone(offices, owner) == "138****2222"


def test_of_two_changes_at_one_moment_the_one_decided_last_holds(offices, owner):
    first, second = (claimed(offices, owner, kind="change_phone", phone=f"1380000{n}") for n in (4444, 5555))

    done(decide(offices, second))
    done(decide(offices, first))

    assert phone(offices, owner) == "138****4444"
