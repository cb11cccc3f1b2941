"""Long runs 批量办理 over many people: job after job, some hundreds in one transaction, each told what came of it.

A run may be killed at any moment: what a transaction wrote is written, and a run that is repeated finds it there.
"""

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from gongji.domain.refusals import Refusal, Refused
from gongji.services.batching import Job, Outcome, run_jobs
from gongji.services.store import RecordRefusedError, Store, StoreError

AT_ONCE: Final = 256
"""So many jobs share a transaction."""

P = TypeVar("P")

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log


class Came(Struct, frozen=True, kw_only=True):
    """What came of one job: done, or `known` from an earlier run, or `refused`."""

    known: bool = False
    refused: Refused | None = None


_decode: Final = msgspec.msgpack.Decoder(Came).decode
told: Final = msgspec.msgpack.Encoder().encode
"""Writes down what came of a job, as the answer that `run` reads."""


def run(store: Store, several: Iterable[tuple[P, Job]]) -> Iterator[tuple[P, Came]]:
    """Run jobs in order, each with its place, and yield place and outcome of each once it is committed.

    Raise StoreError when the database cannot be written to: then no more is done, and nothing is yielded of what is not
    known to be written. Our own mistake in one job is logged, and that job is BUSY: it can be tried again.
    """
    pairs = iter(several)
    while batch := list(islice(pairs, AT_ONCE)):
        outcomes = run_jobs(store, [job for _, job in batch])
        for (place, _), outcome in zip(batch, outcomes, strict=True):
            yield place, _came(outcome)


# Helpers


def _came(outcome: Outcome) -> Came:
    if isinstance(outcome, bytes):
        return _decode(outcome)
    if isinstance(outcome, StoreError) and not isinstance(outcome, RecordRefusedError):
        raise outcome
    _log.error("a job of a run failed", exc_info=outcome)
    return Came(refused=Refused(Refusal.BUSY))
