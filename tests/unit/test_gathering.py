"""Who shares a batch: what came meanwhile, and where several come at once, whoever comes right after."""

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from gongji.domain.requests import Scope
from gongji.services import batching
from gongji.services.batching import FEW, Batcher, Job
from gongji.services.store import MemoryStore


class Counting(MemoryStore):
    """Numbers its batches, and notes who was in which."""

    def __init__(self):
        super().__init__()
        self.batch = 0
        self.found = {}

    def think(self, scope, work):
        self.batch += 1
        return super().think(scope, work)

    def job(self, name):
        def work(_):
            self.found[name] = self.batch
            return b""

        return Job(Scope(), work)


@pytest.fixture
def store():
    return Counting()


@pytest.fixture
def waits(monkeypatch):
    """What is done while a batch waits for more, one for each wait."""
    done: list[bool] = []
    to_do: list[Callable[[], object]] = []

    def sleep(_):
        done.append(True)
        if to_do:
            to_do.pop(0)()

    monkeypatch.setattr(batching, "time", SimpleNamespace(sleep=sleep))
    return SimpleNamespace(done=done, to_do=to_do)


def crowd(store, batcher, names):
    """Queue several while one is thought out, and wait for all of them."""
    begun, go = threading.Event(), threading.Event()

    def hold(_):
        begun.set()
        assert go.wait(30)
        return b""

    held = batcher.submit(Job(Scope(), hold))
    assert begun.wait(30)
    several = [batcher.submit(store.job(name)) for name in names]
    go.set()
    for one in (held, *several):
        one.result(30)


def test_one_who_asks_one_by_one_is_never_kept_waiting_for_others(store, waits):
    with Batcher(store) as batcher:
        for name in "abc":
            batcher.submit(store.job(name)).result(30)

    assert store.found == {"a": 1, "b": 2, "c": 3}
    assert not waits.done


def test_after_several_a_batch_waits_for_who_comes_right_after_until_they_come_alone_again(store, waits):
    with Batcher(store) as batcher:
        crowd(store, batcher, "ab")
        late = []
        waits.to_do.append(lambda: late.append(batcher.submit(store.job("d"))))
        batcher.submit(store.job("c")).result(30)
        late[0].result(30)
        batcher.submit(store.job("e")).result(30)
        batcher.submit(store.job("f")).result(30)

    assert store.found["a"] == store.found["b"]
    assert store.found["c"] == store.found["d"]
    assert len({store.found[name] for name in "acef"}) == 4
    assert len(waits.done) == 2, "before c and before e; f came after one alone"


def test_where_enough_wait_already_nobody_else_is_waited_for(store, waits):
    with Batcher(store) as batcher:
        crowd(store, batcher, "ab")
        before = len(waits.done)
        waits.to_do.append(lambda: None)
        names = [str(number) for number in range(FEW)]
        crowd(store, batcher, names)

    assert len({store.found[name] for name in names}) == 1
    assert len(waits.done) == before + 1, "before the one that was held, and not before the crowd"
