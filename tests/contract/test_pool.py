"""Readers of the database: several at once, each as of one moment, and none left without a connection."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from gongji.domain.requests import Scope
from gongji.gateways.pool import LINES
from gongji.services.store import StoreDownError
from tests.national_world import World

WAIT = 30


@pytest.fixture
def store(postgres_store):
    world = World(postgres_store)
    for number in range(1, 5):
        world.person(number, money=number)
    return postgres_store


def region_of(number):
    return lambda books: books.registry.people[number].region


def test_one_who_reads_long_keeps_nobody_waiting(store):
    with ThreadPoolExecutor(1) as another:

        def long(books):
            short = another.submit(store.read, Scope(people={2}), region_of(2))
            return short.result(WAIT), region_of(1)(books)

        assert store.read(Scope(people={1}), long) == ("320200", "320200")


def test_those_who_find_no_connection_free_wait_for_one(store):
    with ThreadPoolExecutor(4 * LINES) as many:
        asked = [
            many.submit(store.read, Scope(people={1 + number % 4}), region_of(1 + number % 4)) for number in range(40)
        ]

        assert [one.result(WAIT) for one in asked] == ["320200"] * 40


def test_a_connection_that_was_cut_is_lent_again(store, clean_database):
    store.read(Scope(people={1}), region_of(1))
    with psycopg.connect(clean_database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'gongji' AND pid <> pg_backend_pid() AND datname = current_database()"
        )

    with pytest.raises(StoreDownError):
        store.read(Scope(people={1}), region_of(1))

    assert store.read(Scope(people={1}), region_of(1)) == "320200"


def test_a_reading_that_fails_gives_its_connection_back(store):
    for _ in range(LINES + 1):
        with pytest.raises(ZeroDivisionError):
            store.read(Scope(people={1}), lambda _: 1 // 0)

    assert store.read(Scope(people={1}), region_of(1)) == "320200"
