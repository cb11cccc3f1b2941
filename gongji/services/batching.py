"""The settlement loop: what arrives while one batch commits forms the next, in arrival order, in one transaction.

One thread thinks a batch out while another settles the one before. A request that fails fails alone. An answer is given
only once its batch is committed; a caller who gets none asks again with the same id, and the record answers.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Final, Self

from msgspec import Struct

from gongji.domain.requests import Scope
from gongji.services.store import (
    Books,
    RecordRefusedError,
    StaleError,
    Store,
    StoreError,
    Thought,
    UnknownOutcomeError,
)

TRIES: Final = 5
"""How often a batch is done again after others changed what it had loaded, or its outcome stayed unknown."""

AHEAD: Final = 2
"""How many batches are thought out or being settled at once, where many wait."""

MANY: Final = 32
"""So many are thought out while those before them are settled. Fewer wait for that, and share with who comes meanwhile
what a batch costs besides its requests.
"""

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log


class QueueFullError(Exception):
    """The queue is full, or the loop is closing: nothing was taken."""


class Job(Struct, frozen=True):
    """One request: the names it may touch, and what it does with the books. `work` may be run more than once."""

    scope: Scope
    work: Callable[[Books], bytes]


Outcome = bytes | Exception
"""The answer, or what went wrong; after an exception nothing of that request was written."""

Deliver = Callable[[Outcome], None]
"""Takes an outcome, on the thread that settles: quickly, and without raising."""


class Batch(Struct):
    """Requests that share a transaction, with who waits for them; `thought`, or why it could not be thought out."""

    jobs: list[Job]
    waiting: list[Deliver]
    thought: Thought[list[Outcome]] | Exception


def run_jobs(store: Store, jobs: Sequence[Job]) -> list[Outcome]:
    """Run `jobs` in order in one transaction, and return the outcome of each.

    When the database refuses what one of them wrote, the batch is halved and done again, until that one fails alone.
    """
    return _run_parts(store, jobs, _Doubt())


class Batcher:
    """Two threads that write: what is queued, at most `most` at once, is thought out by one and settled by the other.

    Start it with `start` or as a context; `close` answers everything that was taken before it stops. `taken` counts the
    requests that were queued.
    """

    def __init__(self, store: Store, *, most: int = 256, waiting: int = 512) -> None:
        """Prepare a loop over `store` whose queue holds at most `waiting` requests."""
        self._store = store
        self._most = most
        self._many = min(MANY, most)
        self._waiting = waiting
        self._queue: deque[tuple[Job, Deliver]] = deque()
        self.taken = 0
        self._under_way = 0
        self._changed = threading.Condition()
        self._closing = False
        self._thinking = threading.Lock()
        self._thought: deque[Batch | None] = deque()
        self._ready = threading.Semaphore(0)
        self._threads = [
            threading.Thread(target=self._think, name="gongji-thinker", daemon=True),
            threading.Thread(target=self._settle, name="gongji-writer", daemon=True),
        ]

    def start(self) -> None:
        """Begin to take requests."""
        for thread in self._threads:
            thread.start()

    def submit(self, job: Job) -> Future[bytes]:
        """Queue a request and return its answer to come. Raise QueueFullError when nothing can be taken."""
        answer: Future[bytes] = Future()
        self.take(job, partial(_answer, answer))
        return answer

    def take(self, job: Job, deliver: Deliver) -> None:
        """Queue a request whose outcome goes to `deliver`. Raise QueueFullError when nothing can be taken."""
        with self._changed:
            if self._closing or len(self._queue) >= self._waiting:
                raise QueueFullError(f"{len(self._queue)} requests are waiting")
            self._queue.append((job, deliver))
            self.taken += 1
            if len(self._queue) in (1, self._many):  # whoever takes them waits for nothing else here
                self._changed.notify()

    def close(self) -> None:
        """Take nothing more, answer what was taken, and stop. Closing twice does no harm."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _think(self) -> None:
        going = True
        while going:
            taken = self._next()
            going = bool(taken)
            with self._thinking:
                self._thought.append(self._thought_out(taken) if taken else None)
            self._ready.release()

    def _thought_out(self, taken: list[tuple[Job, Deliver]]) -> Batch:
        jobs = [job for job, _ in taken]
        thought: Thought[list[Outcome]] | Exception
        try:
            thought = self._store.think(_scope_of(jobs), lambda books: [_fenced(books, job) for job in jobs])
        except Exception as fault:  # noqa: BLE001  # the one who settles sees to it
            thought = fault
        return Batch(jobs, [deliver for _, deliver in taken], thought)

    def _settle(self) -> None:
        while True:
            self._ready.acquire()
            batch = self._thought.popleft()
            if batch is None:
                return
            outcomes = _settled(batch)
            if outcomes is None:
                self._again(batch)
            else:
                _deliver(batch, outcomes)
            with self._changed:
                self._under_way -= 1
                self._changed.notify()

    def _again(self, batch: Batch) -> None:
        """Do a batch again that was not written, with those thought out on it, while nobody thinks further ahead."""
        with self._thinking:
            _deliver(batch, _done_again(self._store, batch))
            for place, later in enumerate(self._thought):
                if later is not None:
                    outcomes = _done_again(self._store, later)
                    self._thought[place] = Batch(later.jobs, later.waiting, Thought(outcomes, _nothing))

    def _next(self) -> list[tuple[Job, Deliver]]:
        """Wait for requests and return them, none when the loop is to end. What comes meanwhile is among them."""
        with self._changed:
            self._changed.wait_for(self._may_begin)
            taken = [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]
            self._under_way += 1
            return taken

    def _may_begin(self) -> bool:
        """Tell whether the next batch may be closed. One who comes when nothing is under way waits for nobody."""
        at_once = AHEAD if len(self._queue) >= self._many else 1
        return self._under_way < at_once and bool(self._queue or self._closing)


# Helpers


class _Doubt:
    """What is open about a batch: `first` is the commit that may have happened, if there was one."""

    first: UnknownOutcomeError | None = None


def _nothing() -> None:
    """Settle what is settled."""


def _scope_of(jobs: Sequence[Job]) -> Scope:
    scope = Scope()
    for job in jobs:
        scope.merge(job.scope)
    return scope


def _settled(batch: Batch) -> list[Outcome] | None:
    """Return the outcomes of a batch, None when it has to be done again."""
    thought = batch.thought
    if isinstance(thought, Exception):
        return None if isinstance(thought, StoreError) else [thought] * len(batch.jobs)
    try:
        thought.settle()
    except StoreError as fault:
        batch.thought = fault
        return None
    except Exception as fault:  # noqa: BLE001  # the loop outlives whatever a batch meets
        return [fault] * len(batch.jobs)
    return thought.answer


def _done_again(store: Store, batch: Batch) -> list[Outcome]:
    doubt = _Doubt()
    if isinstance(batch.thought, UnknownOutcomeError):
        doubt.first = batch.thought
    try:
        return _run_parts(store, batch.jobs, doubt)
    except Exception as fault:  # noqa: BLE001  # the loop outlives whatever a batch meets
        return [fault] * len(batch.jobs)


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
    for left in reversed(range(TRIES)):
        try:
            return store.run(_scope_of(jobs), lambda books: [_fenced(books, job) for job in jobs])
        except UnknownOutcomeError as fault:
            doubt.first = doubt.first or fault
            if not left:
                raise
        except StaleError:
            if not left:
                raise
    raise StaleError("others were faster every time")


def _fenced(books: Books, job: Job) -> Outcome:
    """Run one job; when it raises, take back all it wrote, so that its neighbours do not notice."""
    mark = books.mark()
    try:
        return job.work(books)
    except Exception as fault:  # noqa: BLE001  # our own mistake in one request must not fail the others
        books.rewind(mark)
        return fault


def _deliver(batch: Batch, outcomes: list[Outcome]) -> None:
    for deliver, outcome in zip(batch.waiting, outcomes, strict=True):
        try:
            deliver(outcome)
        except Exception:  # noqa: BLE001  # one who cannot take his outcome keeps nobody else's
            _log.exception("an outcome was not delivered")


def _answer(answer: "Future[bytes]", outcome: Outcome) -> None:
    if not answer.set_running_or_notify_cancel():  # the caller went away; what was done is done
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
