"""Months as partitions: where entries lie, which are made ahead, and that a year of one book is read by index."""

from datetime import datetime, timedelta

import psycopg
import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Scope
from gongji.gateways.database import PostgresStore
from gongji.ledger.records import EntryKind
from gongji.ledger.writing import QUERIES
from gongji.services.store import Books
from tests.contract.conftest import KEY
from tests.contract.people import (
    DAUGHTER,
    FATHER,
    MORNING,
    family,
    put_person,
    settle,
)


@pytest.fixture
def store(postgres_store):
    return postgres_store


def ask(database: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(question.encode()).fetchall()


def test_entries_lie_in_the_partition_of_their_month_and_months_ahead_are_made(database, clean_database):
    store = PostgresStore(clean_database, KEY, clock=lambda: MORNING)
    bond_id = family(store)
    store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))
    store.close()

    partitions = ask(
        database, "SELECT DISTINCT relname::text FROM gongji.posting AS p JOIN pg_class ON oid = p.tableoid"
    )
    assert partitions == [("posting_2026_03",)]
    assert ask(database, "SELECT to_regclass('gongji.entry_2026_06') IS NOT NULL") == [(True,)]


def test_a_month_nobody_made_is_kept_all_the_same(store):
    family(store)
    long_ago = MORNING - timedelta(days=9000)

    def work(books: Books) -> None:
        moves = {Account(FATHER, Pocket.WALLET): 5, Account(FATHER, Pocket.CREDITS): -5}
        books.ledger.append(EntryKind.CREDIT, moves, book_id=FATHER, event_at=long_ago, recorded_at=long_ago)

    store.run(Scope(people={FATHER}), work)

    assert len(store.entries_of(FATHER, until=long_ago + timedelta(days=1))) == 1
    assert store.faults() == []


def test_making_months_makes_each_once(store, database):
    family(store)

    made = [
        ask(database, "SELECT gongji.make_months('2031-01-01', 2)"),
        ask(database, "SELECT gongji.make_months('2031-01-01', 2)"),
    ]

    assert made == [[(6,)], [(0,)]]


def test_a_month_that_has_rows_already_is_left_where_they_are(store, database):
    far = datetime(2041, 1, 5)

    def credit_late(books):
        put_person(books, 21)
        moves = {Account(21, Pocket.CARRY_OVER): 5_00, Account(21, Pocket.CREDITS): -5_00}
        books.ledger.append(EntryKind.OPENING, moves, book_id=21, event_at=far, recorded_at=far)

    store.run(Scope(people={21}), credit_late)

    months = ("gongji.entry_2041_01", "gongji.request_answer_2041_01", "gongji.entry_2041_02")
    made = [ask(database, f"SELECT to_regclass('{month}') IS NOT NULL") for month in months]
    assert made == [[(False,)], [(True,)], [(True,)]]
    assert ask(database, "SELECT count(*) FROM gongji.entry_default WHERE book_id = 21") == [(1,)]
    assert [entry.recorded_at for entry in store.entries_of(21)] == [far]


def test_who_used_my_money_is_an_index_scan(store, database):
    family(store)
    year = {"book_id": 11, "since": datetime(2026, 1, 1), "until": datetime(2027, 1, 1)}

    with psycopg.connect(database) as connection:
        connection.execute("SET enable_seqscan = off")  # the tables of a test are too small to be worth an index
        rows = connection.execute(b"EXPLAIN " + QUERIES["entries_of"], year).fetchall()
    plan = "\n".join(line for (line,) in rows)

    assert "Seq Scan" not in plan
    assert "Index Cond: ((book_id = " in plan
    assert "posting" in plan
