"""Refunds under numbers of their own, and what an institution's settlements come to, on every store."""

from datetime import datetime, timedelta

import psycopg
import pytest
from msgspec.structs import replace

from gongji.domain.requests import Scope
from gongji.ledger.records import Cleared, Refund, Statement, Totals
from gongji.services.store import Books, RecordRefusedError, StaleError
from tests.contract.people import DAUGHTER, FATHER, NOON, family, give_back, key, settle

HOSPITAL = "H11010100001"
OFFICE = "320299"
TODAY = datetime(2026, 3, 2)
TOMORROW = TODAY + timedelta(days=1)
NEXT_NOON = NOON + timedelta(days=1)


@pytest.fixture
def bond_id(store):
    return family(store)


def settled(store, bond_id, msgid, amount_fen, **other):
    usual = {"institution": HOSPITAL, "statement": Statement(insutype="310", clr_type="11", office=OFFICE)}
    return store.run(Scope(people={DAUGHTER}), lambda books: settle(books, msgid, amount_fen, bond_id, **usual | other))


def refunded(store, settlement, amount_fen, at=NOON, *, full=False):
    number = settlement.settle_id
    return store.run(Scope(settlements={number}), lambda books: give_back(books, number, amount_fen, at, full=full))


def undone(store, refund: Refund) -> None:
    def work(books: Books) -> None:
        settlement = books.ledger.settlements[refund.settle_id]
        given_back = tuple(was - fen for was, fen in zip(settlement.given_back, refund.back_fens, strict=True))
        books.ledger.settlements.put(refund.settle_id, replace(settlement, given_back=given_back, reversed=False))
        books.ledger.refunds.put(refund.refund_id, replace(refund, undone_at=NEXT_NOON))

    store.run(Scope(settlements={refund.refund_id}), work)


def test_all_refunds_come_with_their_settlement_by_whatever_number_or_answer_it_is_named(store, bond_id):
    settlement, other = settled(store, bond_id, "one", 30_00), settled(store, bond_id, "two", 5_00)
    refunds = [refunded(store, settlement, 10_00), refunded(store, settlement, 20_00, full=True)]
    refunded(store, other, 1_00)

    def look(books: Books) -> tuple[object, ...]:
        return (
            {s.settle_id: (s.given_back, s.reversed) for s in books.ledger.settlements},
            dict(books.ledger.refunds.rows),
            FATHER in books.registry.people,
        )

    expected = ({settlement.settle_id: ((30_00,), True)}, {r.refund_id: r for r in refunds}, True)
    scopes = [
        Scope(settlements={settlement.settle_id}),
        Scope(settlements={refunds[1].refund_id}),
        Scope(settlements={settlement.settle_id, *(refund.refund_id for refund in refunds)}),
        Scope(requests={key("one")}),
    ]
    assert [store.read(scope, look) for scope in scopes] == [expected] * len(scopes)
    assert store.faults() == []


def test_a_number_that_nobody_was_given_names_nothing(store, bond_id):
    settlement = settled(store, bond_id, "one", 30_00)

    found = store.read(Scope(settlements={settlement.settle_id + 1}), lambda books: len(books.ledger.settlements))

    assert found == 0


def test_a_refund_stands_for_good_but_may_be_taken_back(store, bond_id):
    refund = refunded(store, settled(store, bond_id, "one", 30_00), 10_00)
    scope = Scope(settlements={refund.refund_id})

    for wrong in (replace(refund, back_fens=(9_00,)), replace(refund, full=True), replace(refund, request="other")):
        with pytest.raises(RecordRefusedError):
            store.run(scope, lambda books, wrong=wrong: books.ledger.refunds.put(refund.refund_id, wrong))
    undone(store, refund)

    found = store.read(scope, lambda books: books.ledger.refunds[refund.refund_id])
    assert found == replace(refund, undone_at=NEXT_NOON)


def test_a_refund_taken_back_by_another_meanwhile_is_noticed(postgres_store, database):
    refund = refunded(postgres_store, settled(postgres_store, family(postgres_store), "one", 30_00), 10_00)

    def work(books: Books) -> None:
        books.ledger.refunds.put(refund.refund_id, replace(refund, undone_at=NEXT_NOON))
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("UPDATE gongji.refund SET undone_at = '2026-03-02'")

    with pytest.raises(StaleError):
        postgres_store.run(Scope(settlements={refund.refund_id}), work)


def test_refunds_that_say_more_than_their_settlement_are_found_out(postgres_store):
    settlement = settled(postgres_store, family(postgres_store), "one", 30_00)
    refunded(postgres_store, settlement, 10_00)

    def forget(books: Books) -> None:
        books.ledger.settlements.put(settlement.settle_id, settlement)

    postgres_store.run(Scope(settlements={settlement.settle_id}), forget)

    (fault,) = postgres_store.faults()
    assert fault == f"the refunds of settlement {settlement.settle_id} give back 1000 fen, it says 0 itself"


# Totals.


def totals(store, since=TODAY, until=TOMORROW, *, refunds=False, institution=HOSPITAL, **other):
    cleared = Cleared(**{"insutype": "310", "clr_type": "11", "office": OFFICE} | other)
    return store.totals(institution, cleared, since=since, until=until, refunds=refunds)


def test_a_day_without_settlements_comes_to_nothing(store):
    assert totals(store) == totals(store, refunds=True) == Totals(0, 0, 0, 0)


def test_a_day_comes_to_its_bills_what_funds_paid_and_what_accounts_paid(store, bond_id):
    settled(store, bond_id, "one", 30_00, total_fen=100_00, layers=(("a", 50_00), ("b", 8_00)), hospital_fen=2_00,
            cash_fen=10_00)  # fmt: skip
    settled(store, bond_id, "two", 5_00)

    assert totals(store) == totals(store, refunds=True) == Totals(2, 105_00, 58_00, 35_00)


def test_what_is_another_days_places_insurance_clearing_or_offices_is_not_counted(store, bond_id):
    settled(store, bond_id, "one", 1_00)
    settled(store, bond_id, "two", 2_00, institution="H2")
    settled(store, bond_id, "three", 3_00, settled_at=TOMORROW)
    settled(store, bond_id, "four", 4_00, settled_at=TODAY - timedelta(microseconds=1))
    settled(store, bond_id, "five", 5_00, statement=Statement(insutype="390", clr_type="11", office=OFFICE))
    settled(store, bond_id, "six", 6_00, statement=Statement(insutype="310", clr_type="21", office=OFFICE))
    settled(store, bond_id, "seven", 7_00, statement=Statement())
    settled(store, bond_id, "eight", 8_00, statement=Statement(insutype="310", clr_type="11", office="310000"))

    for refunds in (False, True):
        assert totals(store, refunds=refunds).total_fen == 1_00
        assert totals(store, refunds=refunds, institution="H2").total_fen == 2_00
        assert totals(store, TOMORROW, TOMORROW + timedelta(days=1), refunds=refunds).total_fen == 3_00
        assert totals(store, refunds=refunds, insutype="390").total_fen == 5_00
        assert totals(store, refunds=refunds, clr_type="21").total_fen == 6_00
        assert totals(store, refunds=refunds, office="310000").total_fen == 8_00
        assert totals(store, refunds=refunds, office="") == Totals(0, 0, 0, 0)


def test_a_refund_counts_for_the_office_of_its_settlement(store, bond_id):
    elsewhere = Statement(insutype="310", clr_type="11", office="310000")
    refunded(store, settled(store, bond_id, "one", 30_00, statement=elsewhere), 10_00)

    assert totals(store) == totals(store, refunds=True) == Totals(0, 0, 0, 0)
    assert totals(store, office="310000") == Totals(1, 20_00, 0, 20_00)
    assert totals(store, refunds=True, office="310000") == Totals(2, 20_00, 0, 20_00)


def test_a_part_refund_leaves_the_rest_or_counts_on_its_own_day(store, bond_id):
    settlement = settled(store, bond_id, "one", 30_00, total_fen=80_00, layers=(("a", 50_00),))
    refunded(store, settlement, 10_00, NEXT_NOON)

    assert totals(store) == Totals(1, 70_00, 50_00, 20_00)
    assert totals(store, refunds=True) == Totals(1, 80_00, 50_00, 30_00)
    assert totals(store, TOMORROW, TOMORROW + timedelta(days=1), refunds=True) == Totals(1, -10_00, 0, -10_00)
    assert totals(store, TOMORROW, TOMORROW + timedelta(days=1)) == Totals(0, 0, 0, 0)


def test_a_full_refund_after_a_part_takes_the_rest_off_to_the_fen(store, bond_id):
    settlement = settled(store, bond_id, "one", 30_00, total_fen=83_00, layers=(("a", 50_00),), hospital_fen=3_00)
    refunded(store, settlement, 10_00)
    refunded(store, settlement, 20_00, NEXT_NOON, full=True)

    assert totals(store) == Totals(0, 0, 0, 0)
    assert totals(store, refunds=True) == Totals(2, 73_00, 50_00, 20_00)
    assert totals(store, TODAY, TOMORROW + timedelta(days=1), refunds=True) == Totals(3, 0, 0, 0)


def test_a_refund_taken_back_counts_no_more(store, bond_id):
    settlement = settled(store, bond_id, "one", 30_00)
    undone(store, refunded(store, settlement, 30_00, full=True))

    assert totals(store) == totals(store, refunds=True) == Totals(1, 30_00, 0, 30_00)


def test_the_settlements_of_a_daughter_come_in_order_of_time(store, bond_id):
    late = settled(store, bond_id, "one", 1_00, settled_at=NEXT_NOON)
    early = settled(store, bond_id, "two", 2_00)

    assert store.settlements_of(DAUGHTER) == [early, late]
    assert store.settlements_of(DAUGHTER, since=NOON, until=NEXT_NOON) == [early]
    assert store.settlements_of(DAUGHTER, since=NEXT_NOON) == [late]
    assert store.settlements_of(FATHER) == []
