"""The engine under load: a closed loop that keeps the queue of the real writer full."""

import gc
import hashlib
import threading
import time
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from gongji.channels.bench.bills import Case
from gongji.channels.bench.meters import Meter, Span
from gongji.services.batching import Batcher, Job, Outcome, QueueFullError

BATCH: Final = 512
"""What is handed in at once."""

UNDER_WAY: Final = 3 * BATCH
"""So many wait at most: one batch is settled, one thought out, one in the queue."""

ANSWER_SECONDS_MAX: Final = 120


class Drove(Struct, frozen=True):
    """One window of load: how many were answered, over what span, and the digest of each answer by message id."""

    count: int
    span: Span
    answers: dict[str, str]

    @property
    def rate(self) -> float:
        """Return the settlements a second."""
        return self.count / self.span.wall

    @property
    def batch(self) -> float:
        """Return the settlements a commit."""
        return self.count / max(1, self.span.commits)

    @property
    def cpu_us(self) -> float | None:
        """Return the CPU microseconds a settlement, of Python and PostgreSQL together."""
        return None if self.span.cpu is None else self.span.cpu / self.count * 1e6


def drive(batcher: Batcher, cases: Sequence[Case], meter: Meter, seconds: float | None = None) -> Drove:
    """Settle `cases` in order, all of them or as many as `seconds` allow, and return when all those are answered."""
    gc.collect()
    gc.freeze()  # what was made beforehand is no garbage of the engine's
    answered = _Answered()
    meter.start()
    deadline = time.perf_counter() + seconds if seconds is not None else None
    begun = 0
    while begun < len(cases) and (deadline is None or time.perf_counter() < deadline):
        chunk = cases[begun : begun + BATCH]
        for case in chunk:
            _hand_in(batcher, case.job, answered)
        begun += len(chunk)
        answered.wait_for(begun - UNDER_WAY + BATCH)
    answered.wait_for(begun)
    span = meter.stop()
    gc.unfreeze()
    answers = answered.answers()
    digests = {case.msgid: digest(answer) for case, answer in zip(cases, answers, strict=False)}
    return Drove(len(answers), span, digests)


def digest(answer: bytes) -> str:
    """Return by what an answer is compared with the one that is kept, as PostgreSQL's md5 does it."""
    return hashlib.md5(answer, usedforsecurity=False).hexdigest()


# Helpers


def _hand_in(batcher: Batcher, job: Job, answered: "_Answered") -> None:
    """Hand a bill in; while the queue is full, after one more answer."""
    while True:
        count = answered.count
        try:
            return batcher.take(job, answered.deliver)
        except QueueFullError:
            answered.wait_for(count + 1)


class _Answered:
    """What has been answered, in the order it was asked, which is the order the loop answers in."""

    def __init__(self) -> None:
        self._outcomes: list[Outcome] = []
        self._wanted = 0
        self._there = threading.Event()

    @property
    def count(self) -> int:
        """Return how many have been answered."""
        return len(self._outcomes)

    def deliver(self, outcome: Outcome) -> None:
        self._outcomes.append(outcome)
        if len(self._outcomes) >= self._wanted:
            self._there.set()

    def wait_for(self, count: int) -> None:
        """Wait until so many have been answered. Raise TimeoutError when that takes too long."""
        self._wanted = count
        while self.count < count:
            self._there.clear()
            if self.count < count and not self._there.wait(ANSWER_SECONDS_MAX):
                raise TimeoutError(f"{self.count} of {count} bills were answered")

    def answers(self) -> list[bytes]:
        """Return the answers; raise what went wrong with the first that has none."""
        answers = []
        for outcome in self._outcomes:
            if isinstance(outcome, Exception):
                raise outcome
            answers.append(outcome)
        return answers
