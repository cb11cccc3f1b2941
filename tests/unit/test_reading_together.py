"""Reading for many at once: together, each as if alone."""

import threading

import pytest

from gongji.domain.requests import Scope
from gongji.services import reading_together
from gongji.services.batching import QueueFullError
from gongji.services.reading_together import Readers
from gongji.services.store import StoreDownError
from tests.national_world import World

PEOPLE = range(1, 31)


class Watched:
    """A store that counts how often it is read, and waits for `go` before it answers."""

    def __init__(self, store):
        self.store = store
        self.go = threading.Event()
        self.scopes = []

    def read(self, scope, work):
        assert self.go.wait(30)
        self.scopes.append(scope)
        return self.store.read(scope, work)


@pytest.fixture
def store():
    world = World()
    for number in PEOPLE:
        world.person(number, money=number)
    return Watched(world.store)


@pytest.fixture
def readers(store, monkeypatch):
    monkeypatch.setattr(reading_together, "THREADS", 1)
    with Readers(store) as found:
        yield found
        store.go.set()


def region_of(number):
    return lambda books: (number, books.registry.people[number].region)


def test_a_crowd_is_answered_in_two_goes_and_each_gets_his_own(store, readers):
    asked = [readers.ask(Scope(people={number}), region_of(number)) for number in PEOPLE]
    store.go.set()

    assert [one.result(30) for one in asked] == [(number, "320200") for number in PEOPLE]
    assert len(store.scopes) <= 2


def test_what_one_does_to_the_books_is_not_seen_by_the_next(store, readers):
    def spoil(books):
        books.registry.people.put(1, books.registry.people[2])
        return books.registry.people[1].person_id

    first = readers.ask(Scope(people={1, 2}), spoil)
    second = readers.ask(Scope(people={1}), lambda books: books.registry.people[1].person_id)
    store.go.set()

    assert (first.result(30), second.result(30)) == (2, 1)
    assert store.store.registry.people[1].person_id == 1


def test_one_question_that_fails_fails_alone(store, readers):
    wrong = readers.ask(Scope(people={1}), lambda _: 1 // 0)
    right = readers.ask(Scope(people={2}), region_of(2))
    store.go.set()

    assert right.result(30) == (2, "320200")
    with pytest.raises(ZeroDivisionError):
        wrong.result(30)


def test_a_question_that_spoils_the_reading_of_all_is_found(store, readers, monkeypatch):
    real = store.store.read

    def read(scope, work):
        if 4711 in scope.people:
            raise OverflowError("no such number")
        return real(scope, work)

    monkeypatch.setattr(store.store, "read", read)
    right = [readers.ask(Scope(people={number}), region_of(number)) for number in (1, 2)]
    wrong = readers.ask(Scope(people={4711}), lambda _: None)
    store.go.set()

    assert [one.result(30)[0] for one in right] == [1, 2]
    with pytest.raises(OverflowError):
        wrong.result(30)


def test_when_the_books_are_away_everybody_is_told_and_asked_for_only_once(store, readers, monkeypatch):
    tries = []

    def read(*_):
        tries.append(1)
        raise StoreDownError("away")

    monkeypatch.setattr(store.store, "read", read)
    asked = [readers.ask(Scope(people={number}), region_of(number)) for number in PEOPLE]
    store.go.set()

    for one in asked:
        with pytest.raises(StoreDownError):
            one.result(30)
    assert len(tries) <= 2


def ask_often(readers, times):
    for _ in range(times):
        readers.ask(Scope(), lambda _: None)


def test_no_more_wait_than_there_is_room_for_and_none_after_the_end(store):
    with Readers(store, waiting=1) as readers:
        with pytest.raises(QueueFullError):
            ask_often(readers, reading_together.THREADS + 2)
        store.go.set()
    with pytest.raises(QueueFullError):
        readers.ask(Scope(), lambda _: None)


def test_who_went_away_keeps_nobody(store, readers):
    readers.ask(Scope(people={1}), region_of(1))
    gone = readers.ask(Scope(people={2}), region_of(2))
    stays = readers.ask(Scope(people={3}), region_of(3))
    assert gone.cancel()
    store.go.set()

    assert stays.result(30) == (3, "320200")
