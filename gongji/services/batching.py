"""The settlement loop: what arrives while one batch commits forms the next, in arrival order, in one transaction.

A request that fails fails alone. An answer is given only once its batch is committed; a caller who gets none asks
again with the same id, and the record answers.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Final, Self

from msgspec import Struct

from gongji.domain.requests import Scope
from gongji.services.store import Books, RecordRefusedError, StaleError, Store, StoreError, UnknownOutcomeError

TRIES: Final = 5
"""How often a batch is done again after others changed what it had loaded, or its outcome stayed unknown."""


class QueueFullError(Exception):
    """The queue is full, or the loop is closing: nothing was taken."""


class Job(Struct, frozen=True):
    """One request: the names it may touch, and what it does with the books. `work` may be run more than once."""

    scope: Scope
    work: Callable[[Books], bytes]


Outcome = bytes | Exception
"""The answer, or what went wrong; after an exception nothing of that request was written."""


def run_jobs(store: Store, jobs: Sequence[Job]) -> list[Outcome]:
    """Run `jobs` in order in one transaction, and return the outcome of each.

    When the database refuses what one of them wrote, the batch is halved and done again, until that one fails alone.
    """
    return _run_parts(store, jobs, _Doubt())


class Batcher:
    """A thread that writes: it takes what is queued, at most `most` at once, and settles it in one batch.

    Start it with `start` or as a context; `close` answers everything that was taken before it stops.
    """

    def __init__(self, store: Store, *, most: int = 256, waiting: int = 512) -> None:
        """Prepare a loop over `store` whose queue holds at most `waiting` requests."""
        self._store = store
        self._most = most
        self._waiting = waiting
        self._queue: deque[tuple[Job, Future[bytes]]] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="gongji-writer", daemon=True)

    def start(self) -> None:
        """Begin to take requests."""
        self._thread.start()

    def submit(self, job: Job) -> Future[bytes]:
        """Queue a request and return its answer to come. Raise QueueFullError when nothing can be taken."""
        answer: Future[bytes] = Future()
        with self._changed:
            if self._closing or len(self._queue) >= self._waiting:
                raise QueueFullError(f"{len(self._queue)} requests are waiting")
            self._queue.append((job, answer))
            self._changed.notify()
        return answer

    def close(self) -> None:
        """Take nothing more, answer what was taken, and stop. Closing twice does no harm."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _loop(self) -> None:
        while batch := self._next():
            jobs = [job for job, _ in batch]
            outcomes: list[Outcome]
            try:
                outcomes = run_jobs(self._store, jobs)
            except Exception as fault:  # noqa: BLE001  # the loop outlives whatever a batch meets
                outcomes = [fault] * len(jobs)
            for (_, answer), outcome in zip(batch, outcomes, strict=True):
                _deliver(answer, outcome)

    def _next(self) -> list[tuple[Job, Future[bytes]]]:
        """Wait for requests and return them, none when the loop is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            return [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]


# Helpers


class _Doubt:
    """What is open about a batch: `first` is the commit that may have happened, if there was one."""

    first: UnknownOutcomeError | None = None


def _run_parts(store: Store, jobs: Sequence[Job], doubt: _Doubt) -> list[Outcome]:
    try:
        return _run_whole(store, jobs, doubt)
    except StoreError as fault:
        if not isinstance(fault, RecordRefusedError) or len(jobs) == 1:
            # A later failure says only that the later try wrote nothing; an open commit stays open.
            return [doubt.first or fault] * len(jobs)
    half = len(jobs) // 2
    return _run_parts(store, jobs[:half], doubt) + _run_parts(store, jobs[half:], doubt)


def _run_whole(store: Store, jobs: Sequence[Job], doubt: _Doubt) -> list[Outcome]:
    """Run all jobs in one transaction, again when others were faster or the outcome is unknown.

    Doing it again is safe: a request that was written answers from its record.
    """
    scope = Scope()
    for job in jobs:
        scope.merge(job.scope)
    for _ in range(TRIES - 1):
        try:
            return store.run(scope, lambda books: [_fenced(books, job) for job in jobs])
        except UnknownOutcomeError as fault:
            doubt.first = doubt.first or fault
        except StaleError:
            continue
    return store.run(scope, lambda books: [_fenced(books, job) for job in jobs])


def _fenced(books: Books, job: Job) -> Outcome:
    """Run one job; when it raises, take back all it wrote, so that its neighbours do not notice."""
    mark = books.mark()
    try:
        return job.work(books)
    except Exception as fault:  # noqa: BLE001  # our own mistake in one request must not fail the others
        books.rewind(mark)
        return fault


def _deliver(answer: "Future[bytes]", outcome: Outcome) -> None:
    if not answer.set_running_or_notify_cancel():  # the caller went away; what was done is done
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
