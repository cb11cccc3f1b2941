"""Who shares a batch: few wait until those before them are settled, many are thought out meanwhile."""

import threading
from concurrent.futures import Future

import pytest

from gongji.domain.requests import Scope
from gongji.services.batching import MANY, Batcher, Job
from gongji.services.store import MemoryStore, Thought

SECONDS_MAX = 30


class Held(MemoryStore):
    """Numbers its batches, and holds the settling of the first until it is let go."""

    def __init__(self):
        super().__init__()
        self.begun, self.go = threading.Event(), threading.Event()
        self.batch = 0
        self.found = {}
        self.done = {}

    def think(self, scope, work):
        self.batch += 1
        thought = super().think(scope, work)
        return Thought(thought.answer, self.hold) if self.batch == 1 else thought

    def hold(self):
        self.begun.set()
        assert self.go.wait(SECONDS_MAX)

    def job(self, name):
        """Return a job that notes its batch, and that it was thought out."""
        self.done[name] = threading.Event()

        def work(_):
            self.found[name] = self.batch
            self.done[name].set()
            return b""

        return Job(Scope(), work)


@pytest.fixture
def store():
    return Held()


@pytest.fixture
def batcher(store):
    with Batcher(store) as batcher:
        yield batcher
        store.go.set()


def asked(store: Held, batcher: Batcher, names: list[str]) -> list[Future[bytes]]:
    return [batcher.submit(store.job(name)) for name in names]


def test_one_who_comes_when_nothing_is_under_way_waits_for_nobody(store, batcher):
    store.go.set()
    for name in "abc":
        batcher.submit(store.job(name)).result(SECONDS_MAX)

    assert store.found == {"a": 1, "b": 2, "c": 3}


def test_few_wait_until_those_before_them_are_settled_and_share_a_batch(store, batcher):
    first = asked(store, batcher, ["first"])
    assert store.begun.wait(SECONDS_MAX)
    few = asked(store, batcher, [str(number) for number in range(MANY - 1)])

    assert not store.done["0"].wait(0.2), "nobody was waited for"
    store.go.set()
    for one in (*first, *few):
        one.result(SECONDS_MAX)
    assert {store.found[str(number)] for number in range(MANY - 1)} == {2}


def test_many_are_thought_out_while_those_before_them_are_settled(store, batcher):
    first = asked(store, batcher, ["first"])
    assert store.begun.wait(SECONDS_MAX)
    several = asked(store, batcher, ["0"])
    assert not store.done["0"].wait(0.2), "one was not waited for"
    several += asked(store, batcher, [str(number) for number in range(1, MANY)])

    assert store.done["0"].wait(SECONDS_MAX)
    assert not any(one.done() for one in (*first, *several)), "an answer came before what it builds on was settled"
    store.go.set()
    for one in (*first, *several):
        one.result(SECONDS_MAX)


def test_a_loop_of_small_batches_thinks_ahead_as_soon_as_one_is_full(store):
    with Batcher(store, most=2) as batcher:
        first = asked(store, batcher, ["first"])
        assert store.begun.wait(SECONDS_MAX)
        several = asked(store, batcher, ["a", "b", "c"])

        assert store.done["b"].wait(SECONDS_MAX)
        assert not store.done["c"].is_set()
        store.go.set()
        for one in (*first, *several):
            one.result(SECONDS_MAX)
    assert store.found == {"first": 1, "a": 2, "b": 2, "c": 3}


def test_a_loop_that_is_closed_answers_few_who_wait(store):
    with Batcher(store) as batcher:
        first = asked(store, batcher, ["first"])
        assert store.begun.wait(SECONDS_MAX)
        few = asked(store, batcher, ["a", "b"])
        store.go.set()

    assert all(one.done() for one in (*first, *few))
