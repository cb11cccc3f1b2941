"""Reading for many at once: what is asked while the database answers is asked of it together, in one go.

A crowd of small questions then costs few queries; one who asks alone waits for nobody.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final, Self, TypeVar

from msgspec import Struct

from gongji.domain.requests import Scope
from gongji.services.batching import QueueFullError
from gongji.services.store import Books, Store, StoreError

T = TypeVar("T")

THREADS: Final = 2
"""One looks into the answers while the database looks for those of the other."""


class Question(Struct, frozen=True):
    """What somebody wants to know: the names it concerns, how it is looked up, and where the answer goes."""

    scope: Scope
    work: Callable[[Books], Any]
    answer: Future[Any]


class Readers:
    """Threads that read: of what waits, each takes at most `most` questions and answers them as of one moment.

    Start it with `start` or as a context; `close` answers everything that was taken before it stops.
    """

    def __init__(self, store: Store, *, most: int = 128, waiting: int = 1024) -> None:
        """Prepare to read `store`; at most `waiting` questions wait."""
        self._store = store
        self._most = most
        self._waiting = waiting
        self._queue: deque[Question] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._threads = [
            threading.Thread(target=self._read, name=f"gongji-reader-{number}", daemon=True)
            for number in range(THREADS)
        ]

    def start(self) -> None:
        """Begin to answer."""
        for thread in self._threads:
            thread.start()

    def ask(self, scope: Scope, work: Callable[[Books], T]) -> Future[T]:
        """Return the answer of `work` to come; what it does to the books is taken back. Raise QueueFullError.

        `work` finds all that `scope` names, as with `Store.read`, and what others ask about beside it.
        """
        answer: Future[T] = Future()
        with self._changed:
            if self._closing or len(self._queue) >= self._waiting:
                raise QueueFullError(f"{len(self._queue)} questions are waiting")
            self._queue.append(Question(scope, work, answer))
            self._changed.notify()
        return answer

    def close(self) -> None:
        """Take nothing more, answer what was taken, and stop. Closing twice does no harm."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        while taken := self._next():
            wanted = [one for one in taken if one.answer.set_running_or_notify_cancel()]
            if wanted:
                _answer(wanted, _found(self._store, wanted))

    def _next(self) -> list[Question]:
        """Wait for questions and return them, none when nothing more will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            return [self._queue.popleft() for _ in range(min(self._most, len(self._queue)))]


# Helpers


class _Fault(Struct, frozen=True):
    met: Exception


def _found(store: Store, questions: Sequence[Question]) -> list[Any]:
    """Return the answers, a _Fault for what went wrong; a question that spoils the reading of all spoils its own."""
    scope = Scope()
    for one in questions:
        scope.merge(one.scope)
    try:
        return store.read(scope, lambda books: [_alone(books, one.work) for one in questions])
    except StoreError as fault:
        return [_Fault(fault)] * len(questions)
    except Exception as fault:  # noqa: BLE001  # the threads outlive whatever is asked
        if len(questions) == 1:
            return [_Fault(fault)]
        return [answer for one in questions for answer in _found(store, [one])]


def _alone(books: Books, work: Callable[[Books], Any]) -> Any:
    mark = books.mark()
    try:
        return work(books)
    except Exception as fault:  # noqa: BLE001  # one question that cannot be answered keeps nobody else's
        return _Fault(fault)
    finally:
        books.rewind(mark)


def _answer(questions: Sequence[Question], found: Sequence[Any]) -> None:
    for one, answer in zip(questions, found, strict=True):
        if isinstance(answer, _Fault):
            one.answer.set_exception(answer.met)
        else:
            one.answer.set_result(answer)
