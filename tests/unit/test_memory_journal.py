"""The journal in memory: what it loads for a batch, what it takes over, and what it finds wrong and adds up."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Answered, RequestKey
from gongji.ledger.memory import MemoryJournal
from gongji.ledger.records import (
    AccountYear,
    Accumulated,
    AccumulatorKey,
    Balance,
    Cleared,
    Draw,
    Entry,
    EntryKind,
    Leg,
    PremiumKey,
    PremiumPaid,
    Refund,
    Settlement,
    Statement,
    Totals,
    Transfer,
    TransferState,
)
from gongji.ledger.window import LedgerWindow

ONE, TWO, THREE, FOUR = 1, 2, 3, 4
NOON = datetime(2026, 3, 2, 12)
PURSE = Account(ONE, Pocket.CARRY_OVER)
WALLET = Account(TWO, Pocket.WALLET)
CREDITS = Account(ONE, Pocket.CREDITS)
KEY = RequestKey("H1", "one", NOON.date())
ENTRY = Entry(entry_id=1, book_id=ONE, kind=EntryKind.OPENING, event_at=NOON, recorded_at=NOON, legs=())
SETTLED = Settlement(
    settle_id=5,
    book_id=ONE,
    entry_id=1,
    settled_at=NOON,
    visited_on=NOON.date(),
    region="310000",
    institution="H1",
    year_start=date(2025, 7, 1),
    total_fen=1_000,
    hospital_fen=40,
    layers=(("basic", 300), ("large_amount", 60)),
    draws=(Draw(PURSE, 200), Draw(WALLET, 150, 7)),
    given_back=(0, 0),
    cash_fen=250,
    statement=Statement(insutype="310", clr_type="11", office="3101"),
)
CLEARED = Cleared("310", "11", "3101")
REFUND = Refund(
    refund_id=6, settle_id=5, book_id=ONE, entry_id=2, refunded_at=NOON, back_fens=(20, 30), cash_fen=7, full=False
)
SENT = Transfer(
    transfer_id="t1",
    book_id=ONE,
    receiver_id=TWO,
    amount_fen=10,
    sent_at=NOON,
    return_at=NOON + timedelta(days=1),
    taken=(Draw(Account(THREE, Pocket.WALLET), 10),),
)


def journal(*tables):
    """Return a journal in memory that keeps these records: pairs of a table's name and the record with its key."""
    kept = MemoryJournal()
    for name, key, record in tables:
        getattr(kept.kept, name).load(key, record)
    return kept


def write(window, moves):
    window.append(EntryKind.OPENING, moves, book_id=ONE, event_at=NOON, recorded_at=NOON)


def loaded(kept, **names):
    """Return the window that these names load, and the people they concern."""
    window = LedgerWindow()
    usual: dict[str, Any] = {"requests": set(), "settlements": set(), "transfers": set()}
    return window, kept.find(window, **(usual | names))


def sent(transfer_id, sender, receiver, at, state=TransferState.RECEIVED):
    return replace(SENT, transfer_id=transfer_id, book_id=sender, receiver_id=receiver, sent_at=at, state=state)


# What a batch finds


def test_a_settlement_is_found_by_its_number_and_by_that_of_a_refund_with_all_its_refunds():
    other = replace(REFUND, refund_id=8, settle_id=9)
    again = replace(REFUND, refund_id=7)
    kept = journal(("settlements", 5, SETTLED), ("refunds", 6, REFUND), ("refunds", 7, again), ("refunds", 8, other))

    for number in (5, 6, 7):
        window, people = loaded(kept, settlements={number})
        assert (set(window.settlements.rows), set(window.refunds.rows)) == ({5}, {6, 7})
        assert people == {ONE, TWO}
    window, people = loaded(kept, settlements={404})
    assert (len(window.settlements), len(window.refunds), people) == (0, 0, set())


def test_an_answer_brings_its_settlement_and_its_person():
    plain = Answered(key=KEY, kind="2401", digest=b"1" * 32, answer=b"{}")
    both = replace(plain, settle_id=5, book_id=THREE)

    window, people = loaded(journal(("settlements", 5, SETTLED), ("answers", KEY, plain)), requests={KEY})
    assert (set(window.answers.rows), len(window.settlements), people) == ({KEY}, 0, set())
    window, people = loaded(journal(("settlements", 5, SETTLED), ("answers", KEY, both)), requests={KEY})
    assert (set(window.settlements.rows), people) == ({5}, {ONE, TWO, THREE})
    assert loaded(journal(), requests={KEY})[1] == set()
    kept = journal(
        ("settlements", 5, SETTLED), ("settlements", 9, replace(SETTLED, settle_id=9)), ("answers", KEY, both)
    )
    assert set(loaded(kept, requests={KEY}, settlements={9})[0].settlements.rows) == {5, 9}


def test_everybody_named_by_whatever_is_found():
    others = replace(SENT, transfer_id="t2", book_id=FOUR, receiver_id=FOUR, taken=())
    kept = journal(("settlements", 5, SETTLED), ("transfers", "t1", SENT), ("transfers", "t2", others))

    window, people = loaded(kept, settlements={5}, transfers={"t1", "t2", "t3"})

    assert people == {ONE, TWO, THREE, FOUR}
    assert set(window.transfers.rows) == {"t1", "t2"}


def test_accounts_are_loaded_of_the_family_and_the_rest_of_who_is_named():
    used, year = Accumulated(1), AccountYear(date(2026, 1, 1))
    paid = PremiumPaid(key=PremiumKey(ONE, "resident", 2026), payer_id=TWO, amount_fen=1, paid_at=NOON)
    several = []
    for book_id in (ONE, TWO, THREE):
        several += [
            ("pockets", Account(book_id, Pocket.WALLET), Balance(5, 1)),
            ("years", book_id, year),
            ("accumulators", AccumulatorKey(book_id, date(2026, 1, 1), inpatient=False), used),
            ("premiums", PremiumKey(book_id, "resident", 2026), paid),
        ]
    window = LedgerWindow()

    journal(*several).load(window, named={ONE}, family={ONE, TWO})

    assert {account.book_id for account in window.pockets.rows} == {ONE, TWO}
    assert set(window.years.rows) == {ONE, TWO}
    assert {key.book_id for key in window.accumulators.rows} == {ONE}
    assert {key.book_id for key in window.premiums.rows} == {ONE}


def test_transfers_are_loaded_while_on_their_way_and_two_days_back_from_each_senders_latest():
    waiting = TransferState.AWAITING_RECEIPT
    days = [NOON - timedelta(days=back) for back in range(4)]
    kept = [
        sent("latest", ONE, TWO, days[1]),
        sent("just", ONE, TWO, days[3]),
        sent("late", ONE, TWO, days[3] - timedelta(seconds=1)),
        sent("hers", TWO, ONE, days[0]),
        sent("hers, long ago", TWO, ONE, days[3]),
        sent("to him", THREE, ONE, days[3], waiting),
        sent("from him", ONE, THREE, days[3] - timedelta(9), waiting),
        sent("of the family", FOUR, THREE, days[3], waiting),
        sent("of strangers", THREE, THREE, days[3], waiting),
    ]
    window = LedgerWindow()

    journal(*[("transfers", one.transfer_id, one) for one in kept]).load(window, named={ONE, TWO}, family={ONE, FOUR})

    assert set(window.transfers.rows) == {"latest", "just", "hers", "to him", "from him", "of the family"}


def test_the_pockets_that_a_transfer_may_go_back_to_come_with_it():
    way = replace(SENT, book_id=ONE, receiver_id=TWO)
    pockets = [("pockets", Account(number, Pocket.WALLET), Balance(5, 1)) for number in (ONE, TWO, THREE, FOUR)]
    window = LedgerWindow()

    journal(("transfers", "t1", way), *pockets).load(window, named=set(), family={ONE})

    assert {account.book_id for account in window.pockets.rows} == {ONE, TWO, THREE}


def test_entries_are_of_a_book_or_touch_it_in_the_order_of_their_numbers():
    touching = replace(ENTRY, entry_id=2, book_id=THREE, legs=(Leg(PURSE, 1, 1, 1),))
    late = replace(ENTRY, entry_id=3, recorded_at=NOON + timedelta(hours=1))
    other = replace(ENTRY, entry_id=4, book_id=THREE, legs=(Leg(WALLET, 1, 1, 1),))
    kept = journal(*[("entries", one.entry_id, one) for one in (other, late, touching, ENTRY)])

    assert kept.entries_of(ONE, since=None, until=None) == [ENTRY, touching, late]
    assert kept.entries_of(ONE, since=NOON, until=late.recorded_at) == [ENTRY, touching]
    assert kept.entries_of(ONE, since=NOON + timedelta(seconds=1), until=None) == [late]


def test_settlements_of_a_book_come_in_the_order_of_time_then_of_their_numbers():
    early = replace(SETTLED, settle_id=9, settled_at=NOON - timedelta(hours=1))
    same = replace(SETTLED, settle_id=4)
    other = replace(SETTLED, settle_id=6, book_id=TWO)
    kept = journal(*[("settlements", one.settle_id, one) for one in (other, SETTLED, same, early)])

    assert kept.settlements_of(ONE, since=None, until=None) == [early, same, SETTLED]
    assert kept.settlements_of(ONE, since=NOON, until=None) == [same, SETTLED]
    assert kept.settlements_of(ONE, since=None, until=NOON) == [early]


# What it takes over


def test_what_was_written_is_taken_over_and_what_was_read_is_not():
    kept = journal(("pockets", PURSE, Balance(5, 1)))
    window = LedgerWindow()
    window.pockets.load(PURSE, kept.kept.pockets[PURSE])
    window.pockets.load(WALLET, Balance(9, 9))
    window.pockets.put(PURSE, Balance(6, 2))

    assert kept.write(window) is True

    assert dict(kept.kept.pockets.rows) == {PURSE: Balance(6, 2)}


def test_what_another_changed_meanwhile_is_noticed_and_nothing_is_taken_over():
    kept = journal(("pockets", PURSE, Balance(5, 1)))
    window = LedgerWindow()
    window.pockets.load(PURSE, kept.kept.pockets[PURSE])
    window.pockets.put(PURSE, Balance(6, 2))
    window.pockets.put(WALLET, Balance(1, 1))
    kept.kept.pockets.load(PURSE, Balance(4, 2))

    assert kept.stale(window)
    assert kept.write(window) is False

    assert dict(kept.kept.pockets.rows) == {PURSE: Balance(4, 2)}


# What the checks find


def test_sound_books_have_no_faults():
    kept = journal()
    write(kept.kept, {CREDITS: -70, PURSE: 70})
    write(kept.kept, {WALLET: 70, PURSE: -70})

    assert kept.faults() == []


def test_an_entry_that_is_off_is_found():
    off = replace(ENTRY, legs=(Leg(CREDITS, -1, 0, 0),))

    assert journal(("entries", 1, off)).faults() == ["entry 1 does not add up to zero"]


@pytest.mark.parametrize("balance", [Balance(71, 1), Balance(70, 2), Balance(69, 0)])
def test_a_pocket_that_says_otherwise_than_its_entries_is_found(balance):
    kept = journal()
    write(kept.kept, {CREDITS: -70, PURSE: 70})
    kept.kept.pockets.load(PURSE, balance)

    assert kept.faults() == [f"{PURSE} holds {balance.balance_fen} fen, its entries say 70"]


def test_a_pocket_without_entries_and_entries_without_a_pocket_are_found():
    assert journal(("pockets", PURSE, Balance(5, 1))).faults() == [f"{PURSE} holds 5 fen, its entries say 0"]
    moved = replace(ENTRY, legs=(Leg(PURSE, 5, 5, 1), Leg(CREDITS, -5, 0, 0)))
    assert journal(("entries", 1, moved)).faults() == [f"{PURSE} holds 0 fen, its entries say 5"]


def test_a_pocket_below_zero_is_found():
    moved = replace(ENTRY, legs=(Leg(PURSE, -1, -1, 1), Leg(CREDITS, 1, 0, 0)))

    assert journal(("entries", 1, moved), ("pockets", PURSE, Balance(-1, 1))).faults() == [f"{PURSE} is below zero"]


# Totals of an institution


def totals(kept, *, refunds, since=NOON, until=NOON + timedelta(hours=1), cleared=CLEARED):
    return kept.totals("H1", cleared, since=since, until=until, refunds=refunds)


def test_totals_are_of_what_is_left_or_of_all_that_went():
    given = replace(SETTLED, given_back=(20, 30), cash_back_fen=7)
    kept = journal(("settlements", 5, given), ("refunds", 6, REFUND))

    assert totals(kept, refunds=False) == Totals(1, 943, 360, 300)
    assert totals(kept, refunds=True) == Totals(2, 943, 360, 300)


def test_a_full_refund_takes_the_shares_of_funds_and_hospital_along():
    given = replace(SETTLED, given_back=(200, 150), cash_back_fen=250, reversed=True)
    back = replace(REFUND, back_fens=(200, 150), cash_fen=250, full=True)
    kept = journal(("settlements", 5, given), ("refunds", 6, back))

    assert totals(kept, refunds=False) == Totals(0, 0, 0, 0)
    assert totals(kept, refunds=True) == Totals(2, 0, 0, 0)


@pytest.mark.parametrize(
    ("moment", "counted"), [(-1, 0), (0, 1), (3599, 1), (3600, 0)], ids=["before", "first", "last", "after"]
)
def test_totals_count_from_the_first_moment_to_before_the_last(moment, counted):
    at = NOON + timedelta(seconds=moment)
    early = replace(SETTLED, settled_at=NOON - timedelta(days=9))

    made = journal(("settlements", 5, replace(SETTLED, settled_at=at)))
    given = journal(("settlements", 5, early), ("refunds", 6, replace(REFUND, refunded_at=at)))

    assert totals(made, refunds=False).count == totals(made, refunds=True).count == counted
    assert totals(given, refunds=True) == (Totals(1, -57, 0, -50) if counted else Totals())


@pytest.mark.parametrize(
    "other",
    [
        {"institution": "H2"},
        {"statement": Statement(insutype="390", clr_type="11", office="3101")},
        {"statement": Statement(insutype="310", clr_type="12", office="3101")},
        {"statement": Statement(insutype="310", clr_type="11", office="3102")},
    ],
)
def test_totals_count_no_other_institution_and_no_other_clearing(other):
    kept = journal(("settlements", 5, replace(SETTLED, **other)), ("refunds", 6, REFUND))

    assert totals(kept, refunds=True) == Totals()


def test_a_refund_that_was_taken_back_is_not_counted():
    kept = journal(("settlements", 5, SETTLED), ("refunds", 6, replace(REFUND, undone_at=NOON)))

    assert totals(kept, refunds=True) == Totals(1, 1_000, 360, 350)
