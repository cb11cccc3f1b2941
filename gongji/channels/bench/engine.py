"""The engine under load: a closed loop that keeps the queue of the real writer between one and two batches full."""

import gc
import hashlib
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Final

from msgspec import Struct

from gongji.channels.bench.bills import Case
from gongji.channels.bench.meters import Meter, Span
from gongji.services.batching import Batcher, QueueFullError

BATCH: Final = 256
"""What the loop hands in at once; twice as much is under way."""

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
    def cpu_us(self) -> float | None:
        """Return the CPU microseconds a settlement, of Python and PostgreSQL together."""
        return None if self.span.cpu is None else self.span.cpu / self.count * 1e6


def drive(batcher: Batcher, cases: Sequence[Case], meter: Meter, seconds: float | None = None) -> Drove:
    """Settle `cases` in order, all of them or as many as `seconds` allow, and return when all those are answered."""
    gc.collect()
    gc.freeze()  # what was made beforehand is no garbage of the engine's
    under_way: deque[Future[bytes]] = deque()
    answers: list[bytes] = []
    meter.start()
    deadline = time.perf_counter() + seconds if seconds is not None else None
    begun = 0
    while begun < len(cases) and (deadline is None or time.perf_counter() < deadline):
        chunk = cases[begun : begun + BATCH]
        for case in chunk:
            under_way.append(_submitted(batcher, case, under_way, answers))
        begun += len(chunk)
        while len(under_way) > BATCH:
            _take(under_way, answers, BATCH)
    _take(under_way, answers, len(under_way))
    span = meter.stop()
    gc.unfreeze()
    digests = {case.msgid: digest(answer) for case, answer in zip(cases, answers, strict=False)}
    return Drove(len(answers), span, digests)


def digest(answer: bytes) -> str:
    """Return by what an answer is compared with the one that is kept, as PostgreSQL's md5 does it."""
    return hashlib.md5(answer, usedforsecurity=False).hexdigest()


# Helpers


def _submitted(batcher: Batcher, case: Case, under_way: deque[Future[bytes]], answers: list[bytes]) -> Future[bytes]:
    while True:
        try:
            return batcher.submit(case.job)
        except QueueFullError:
            _take(under_way, answers, 1)


def _take(under_way: deque[Future[bytes]], answers: list[bytes], count: int) -> None:
    """Wait for the oldest answers, the last of them first: one wait a batch."""
    if count:
        under_way[min(count, len(under_way)) - 1].exception(ANSWER_SECONDS_MAX)
    answers.extend(under_way.popleft().result(ANSWER_SECONDS_MAX) for _ in range(min(count, len(under_way))))
