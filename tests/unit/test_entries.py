"""The books of one batch: what an entry promises, and what stands for good."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Answered, RequestKey
from gongji.domain.tables import Changes
from gongji.ledger.journal import ChangedForGoodError, concerned, parties, refuse_changes_of_the_past
from gongji.ledger.records import (
    Accumulated,
    AccumulatorKey,
    Balance,
    Basis,
    Draw,
    Entry,
    EntryKind,
    Leg,
    PremiumKey,
    PremiumPaid,
    Refund,
    Settlement,
    Transfer,
    TransferState,
)
from gongji.ledger.window import LedgerWindow, OverdrawnError, UnbalancedEntryError

ONE, TWO, THREE = 1, 2, 3
MORNING = datetime(2026, 3, 2, 9)
NOON = datetime(2026, 3, 2, 12)
PURSE = Account(ONE, Pocket.CARRY_OVER)
WALLET = Account(TWO, Pocket.WALLET)
CREDITS = Account(ONE, Pocket.CREDITS)
KEY = RequestKey("H1", "one", NOON.date())
SETTLED = Settlement(
    settle_id=5,
    book_id=ONE,
    entry_id=1,
    settled_at=NOON,
    visited_on=NOON.date(),
    region="310000",
    year_start=date(2025, 7, 1),
    total_fen=1_000,
    draws=(Draw(PURSE, 200), Draw(WALLET, 150, 7)),
    given_back=(0, 0),
    cash_fen=650,
)
REFUND = Refund(refund_id=6, settle_id=5, book_id=ONE, entry_id=2, refunded_at=NOON, back_fens=(20, 30), cash_fen=7)
SENT = Transfer(
    transfer_id="t1",
    book_id=ONE,
    receiver_id=TWO,
    amount_fen=10,
    sent_at=NOON,
    return_at=NOON + timedelta(days=1),
    taken=(Draw(Account(THREE, Pocket.WALLET), 10),),
)


def write(window, moves, **other):
    usual = {"book_id": ONE, "event_at": MORNING, "recorded_at": NOON}
    return window.append(EntryKind.OPENING, moves, **(usual | other))


# Entries


def test_an_entry_says_all_that_it_was_told():
    window = LedgerWindow()
    basis = Basis("ab", ("310000/sharing/2022-07-01",), b"{}", 1)

    entry = write(window, {CREDITS: -70, PURSE: 70}, request="one", reverses=9, basis=basis)

    assert entry == Entry(
        entry_id=1,
        book_id=ONE,
        kind=EntryKind.OPENING,
        event_at=MORNING,
        recorded_at=NOON,
        legs=(Leg(PURSE, 70, 70, 1), Leg(CREDITS, -70, 0, 0)),
        request="one",
        reverses=9,
        basis=basis,
    )
    assert window.entries[1] is entry
    assert write(window, {CREDITS: -1, PURSE: 1}).request == ""
    assert window.entries[2].basis == Basis()


def test_each_leg_tells_the_balance_after_it_and_the_version():
    window = LedgerWindow()
    write(window, {CREDITS: -70, PURSE: 70})

    entry = write(window, {WALLET: 70, PURSE: -70})

    assert entry.legs == (Leg(PURSE, -70, 0, 2), Leg(WALLET, 70, 70, 1))
    assert dict(window.pockets.rows) == {PURSE: Balance(0, 2), WALLET: Balance(70, 1)}
    assert (window.balance(ONE, Pocket.CARRY_OVER), window.balance(TWO, Pocket.WALLET)) == (0, 70)


def test_a_pot_is_looked_up_by_its_member():
    window = LedgerWindow()
    write(window, {CREDITS: -70, Account(ONE, Pocket.POT, TWO): 70})

    assert window.balance(ONE, Pocket.POT, TWO) == 70
    assert window.balance(ONE, Pocket.POT) == 0


def test_what_does_not_move_has_no_leg():
    entry = write(LedgerWindow(), {CREDITS: -5, PURSE: 5, WALLET: 0})

    assert [leg.account for leg in entry.legs] == [PURSE, CREDITS]


def test_legs_that_do_not_add_up_are_written_by_nobody():
    window = LedgerWindow()

    with pytest.raises(UnbalancedEntryError, match=r"^opening for book 1 is off by 1 fen$"):
        write(window, {CREDITS: -69, PURSE: 70})

    assert not [table for table in window.tables if len(table)]


def test_no_pocket_of_a_person_falls_below_zero_and_then_nothing_is_written():
    window = LedgerWindow()
    write(window, {CREDITS: -70, WALLET: 70})

    with pytest.raises(OverdrawnError, match=r"would fall to -1 fen$"):
        write(window, {WALLET: -71, PURSE: 71})

    assert dict(window.pockets.rows) == {WALLET: Balance(70, 1)}
    assert len(window.entries) == 1


def test_numbers_go_up_by_one_for_each_kind_or_come_from_where_they_are_handed_out():
    window = LedgerWindow()

    assert [window.take_id("entry"), window.take_id("entry"), window.take_id("bond")] == [1, 2, 1]
    assert (write(window, {}).entry_id, window.take_id("entry")) == (3, 4)
    window.allocate = {"entry": 99}.__getitem__
    assert (window.take_id("entry"), write(window, {}).entry_id) == (99, 99)


def test_what_was_used_goes_by_person_year_and_kind_of_care():
    window = LedgerWindow()
    used = Accumulated(1, 2, 3, 4)
    window.accumulators.load(AccumulatorKey(ONE, date(2025, 7, 1), inpatient=True), used)

    assert window.accumulated(ONE, date(2025, 7, 1), inpatient=True) is used
    assert window.accumulated(ONE, date(2025, 7, 1), inpatient=False) == Accumulated()
    assert window.accumulated(ONE, date(2024, 7, 1), inpatient=True) == Accumulated()
    assert window.accumulated(TWO, date(2025, 7, 1), inpatient=True) == Accumulated()


def test_all_tables_of_a_window_note_their_writes_in_one_place():
    changes: Changes = []
    window = LedgerWindow(changes)

    for number, table in enumerate(window.tables, 1):
        table.put("key", "record")
        assert len(changes) == number

    assert len({id(table) for table in window.tables}) == 9


# What stands for good


ANSWERED = Answered(key=KEY, kind="2207", digest=b"1" * 32, answer=b"{}")
PAID = PremiumPaid(key=PremiumKey(ONE, "resident", 2026), payer_id=TWO, amount_fen=40_000, paid_at=NOON)
ENTRY = Entry(entry_id=1, book_id=ONE, kind=EntryKind.OPENING, event_at=NOON, recorded_at=NOON, legs=())


@pytest.mark.parametrize(
    ("table", "record", "may", "must_not"),
    [
        ("settlements", SETTLED, {"given_back": (1, 0), "cash_back_fen": 1, "reversed": True}, {"cash_fen": 251}),
        ("refunds", REFUND, {"undone_at": NOON}, {"cash_fen": 8}),
        ("transfers", SENT, {"state": TransferState.RECEIVED}, {"amount_fen": 11}),
        ("answers", ANSWERED, {"reversed_by": "two"}, {"answer": b"[]"}),
        ("entries", ENTRY, {}, {"request": "another"}),
        ("premiums", PAID, {}, {"amount_fen": 39_999}),
    ],
)
def test_of_what_is_recorded_little_may_change(table, record, may, must_not):
    window = LedgerWindow()
    several = getattr(window, table)
    several.load("key", record)
    several.put("key", replace(record, **may))
    refuse_changes_of_the_past(window)

    several.put("key", replace(record, **may, **must_not))

    with pytest.raises(ChangedForGoodError, match=f"^{type(record).__name__} key stands for good$"):
        refuse_changes_of_the_past(window)


def test_a_new_record_stops_nobody_from_seeing_a_changed_one():
    window = LedgerWindow()
    window.entries.load(1, ENTRY)
    window.entries.put(2, ENTRY)
    window.entries.put(1, replace(ENTRY, request="another"))

    with pytest.raises(ChangedForGoodError, match="Entry 1"):
        refuse_changes_of_the_past(window)


def test_all_whose_money_moved_are_concerned():
    assert concerned(SETTLED) == {ONE, TWO}
    assert concerned(replace(SETTLED, book_id=THREE)) == {ONE, TWO, THREE}
    assert parties(SENT) == {ONE, TWO, THREE}
