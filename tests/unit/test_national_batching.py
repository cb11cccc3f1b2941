"""The settlement loop: order, one transaction, one failing alone, nothing lost at the end."""

import threading
from concurrent.futures import wait

import pytest

from gongji.domain.requests import Scope
from gongji.registry.records import SignIn
from gongji.services.batching import Batcher, Job, QueueFullError, run_jobs
from gongji.services.store import MemoryStore, RecordRefusedError, StaleError, StoreDownError, UnknownOutcomeError
from tests.national_world import NOW


def writes(name, *, poison=False):
    def work(books):
        books.registry.signs.put(name, SignIn(sign_no=name, institution="H", operator="1", signed_at=NOW))
        if poison:
            raise ValueError(name)
        return name.encode()

    return Job(Scope(signs={name}), work)


class Moody(MemoryStore):
    """A store that fails as told before it works, and refuses records of some names."""

    def __init__(self, *moods, refuses=()):
        super().__init__()
        self.moods, self.refuses, self.runs = list(moods), set(refuses), 0

    def run(self, scope, work):
        self.runs += 1
        if self.moods and (mood := self.moods.pop(0)) is not None:
            if mood is UnknownOutcomeError:
                super().run(scope, work)
            raise mood("as told")
        if scope.signs & self.refuses:
            raise RecordRefusedError("as told")
        return super().run(scope, work)


def kept(store):
    return set(store.registry.signs.rows)


def test_one_that_raises_fails_alone_and_leaves_nothing():
    store = MemoryStore()

    first, second, third = run_jobs(store, [writes("a"), writes("b", poison=True), writes("c")])

    assert (first, third) == (b"a", b"c")
    assert isinstance(second, ValueError)
    assert kept(store) == {"a", "c"}


def test_one_that_the_database_refuses_is_found_by_halving():
    store = Moody(refuses={"f"})

    outcomes = run_jobs(store, [writes(name) for name in "abcdefgh"])

    assert [outcome for outcome in outcomes if isinstance(outcome, bytes)] == [b"a", b"b", b"c", b"d", b"e", b"g", b"h"]
    assert isinstance(outcomes[5], RecordRefusedError)
    assert kept(store) == set("abcdegh")


@pytest.mark.parametrize("mood", [StaleError, UnknownOutcomeError])
def test_a_batch_is_done_again_when_others_were_faster_or_nobody_knows(mood):
    store = Moody(mood, mood)

    assert run_jobs(store, [writes("a"), writes("b")]) == [b"a", b"b"]
    assert (store.runs, kept(store)) == (3, {"a", "b"})


def test_what_cannot_be_reached_fails_all_and_says_so():
    store = Moody(StoreDownError)

    outcomes = run_jobs(store, [writes("a"), writes("b")])

    assert [type(outcome) for outcome in outcomes] == [StoreDownError, StoreDownError]
    assert kept(store) == set()


@pytest.mark.parametrize("names", ["a", "ab"])
def test_a_commit_in_doubt_stays_in_doubt_when_the_database_then_cannot_be_reached(names):
    store = Moody(UnknownOutcomeError, StoreDownError)

    outcomes = run_jobs(store, [writes(name) for name in names])

    assert [type(outcome) for outcome in outcomes] == [UnknownOutcomeError] * len(names)
    assert kept(store) == set(names)  # "nothing was written" would have been wrong


def test_what_waits_while_a_batch_commits_becomes_the_next_one():
    entered, may_go = threading.Event(), threading.Event()

    def slow(_):
        entered.set()
        assert may_go.wait(10)
        return b"slow"

    store = Moody()
    with Batcher(store) as batcher:
        first = batcher.submit(Job(Scope(), slow))
        assert entered.wait(10)
        rest = [batcher.submit(writes(name)) for name in "abc"]
        may_go.set()
        wait([first, *rest], timeout=10)

    assert [answer.result() for answer in (first, *rest)] == [b"slow", b"a", b"b", b"c"]
    assert store.runs == 2


def test_a_full_queue_takes_nothing_and_the_end_answers_all_that_was_taken():
    entered, may_go = threading.Event(), threading.Event()

    def slow(_):
        entered.set()
        assert may_go.wait(10)
        return b"slow"

    store = MemoryStore()
    batcher = Batcher(store, waiting=2)
    batcher.start()
    answers = [batcher.submit(Job(Scope(), slow))]
    assert entered.wait(10)
    answers += [batcher.submit(writes(name)) for name in "ab"]
    with pytest.raises(QueueFullError):
        batcher.submit(writes("c"))
    may_go.set()
    batcher.close()
    batcher.close()

    assert [answer.result(timeout=0) for answer in answers] == [b"slow", b"a", b"b"]
    with pytest.raises(QueueFullError):
        batcher.submit(writes("d"))
    assert kept(store) == {"a", "b"}


def test_a_caller_who_went_away_harms_nobody():
    with Batcher(MemoryStore()) as batcher:
        gone = batcher.submit(writes("a"))
        gone.cancel()
        assert batcher.submit(writes("b")).result(timeout=10) == b"b"
