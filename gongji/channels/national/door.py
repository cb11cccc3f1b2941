"""The door of the national institution interface: a message in, the answer in the national shapes out.

It only translates: what a message asks is done by services, under the id of the message, at most once.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Final

from msgspec import Struct

from gongji.channels.national import refusing
from gongji.channels.national.desk import Desk, Task, Transaction, Watched
from gongji.channels.national.envelope import (
    Message,
    UnknownTransactionError,
    accepted,
    open_envelope,
    refused,
    unknown_transaction,
)
from gongji.channels.national.fees import FEES
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.paying import PAYING
from gongji.channels.national.registration import REGISTRATION
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Answered, Scope
from gongji.registry.catalogue import Catalogue
from gongji.rules.policybook import PolicyBook
from gongji.services.batching import Job, Outcome, run_jobs
from gongji.services.outcomes import Done
from gongji.services.requests import once
from gongji.services.store import Books, Store, UnknownOutcomeError
from gongji.services.visit_settlements import note_swipe
from gongji.services.visits import place_of

TRANSACTIONS: Final[dict[str, Transaction]] = {**REGISTRATION, **FEES, **PAYING}

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log


class Prepared(Struct, frozen=True):
    """A message that can be carried out; one that does not write may be read instead of queued."""

    job: Job
    writes: bool


class Door:
    """Reads messages, has them carried out, and words the answers. All moments are Asia/Shanghai, without a zone.

    `watch` is told of every bill decided, `watch_refused` of every refusal, for explanations.
    """

    def __init__(
        self,
        store: Store,
        policy: PolicyBook,
        catalogue: Catalogue,
        *,
        watch: Callable[[Watched], None] | None = None,
        watch_refused: Callable[[Refused], None] | None = None,
    ) -> None:
        """Stand before `store`, with the rules and the catalogue that hold."""
        self.store = store
        self._watch_refused = watch_refused
        self._desk = Desk(policy=policy, catalogue=catalogue, watch=watch)
        self._sequence = count(1)

    def handle(self, raw: bytes, path: str, now: datetime) -> bytes:
        """Return the answer to the message `raw` sent to `path`, having carried it out in a batch of its own."""
        prepared = self.prepare(raw, path, now)
        if isinstance(prepared, bytes):
            return prepared
        if prepared.writes:
            return self.worded(run_jobs(self.store, [prepared.job])[0], now)
        return self.read(prepared.job, now)

    def prepare(self, raw: bytes, path: str, now: datetime) -> Prepared | bytes:
        """Return what there is to do for a message, or at once the answer to one that cannot be read."""
        try:
            message = open_envelope(raw, path, now)
            task = TRANSACTIONS[message.infno](self._desk, message, now)
        except UnknownTransactionError:
            return unknown_transaction(self._number(now))
        except MalformedError as fault:
            return refused(refusing.malformed(fault), asked_at=now, now=now)
        scope = Scope(requests={message.key} if task.writes else set())
        scope.merge(task.scope)
        return Prepared(Job(scope, lambda books: self._carry_out(books, message, task, now)), task.writes)

    def read(self, job: Job, now: datetime) -> bytes:
        """Return the answer of a job that does not write."""
        outcome: Outcome
        try:
            outcome = self.store.read(job.scope, job.work)
        except Exception as fault:  # noqa: BLE001  # worded for the caller, told to the log
            outcome = fault
        return self.worded(outcome, now)

    def worded(self, outcome: Outcome, now: datetime) -> bytes:
        """Return the answer for an outcome; what went wrong on our side is told to the log, not to the caller."""
        if isinstance(outcome, bytes):
            return outcome
        _log.error("request not carried out", exc_info=outcome)
        line = refusing.undone(unknown=isinstance(outcome, UnknownOutcomeError))
        return refused(line, asked_at=now, now=now)

    def busy(self, now: datetime) -> bytes:
        """Return the answer when the queue is full."""
        return refused(refusing.undone(unknown=False), asked_at=now, now=now)

    def _carry_out(self, books: Books, message: Message, task: Task, now: datetime) -> bytes:
        found: list[bytes] = []

        def act() -> Done | Refused:
            place = place_of(books, message.institution)
            if isinstance(place, Refused):
                return place
            output = task.act(books)
            if isinstance(output, Refused):
                return output
            sequence = self._number(now)
            found.append(accepted(output.content, region=place.region, sequence=sequence, asked_at=now, now=now))
            return output.done

        if not task.writes:
            outcome = act()
            return found[0] if not isinstance(outcome, Refused) else self._refused(outcome, now)
        known = books.ledger.answers.get(message.key)
        if known is not None and (known.kind, known.digest) != (message.infno, message.digest):
            # At a counter this says it all; what else might be wrong with the other content would only mislead.
            return self._refused(Refused(Refusal.SAME_REQUEST_DIFFERENT_CONTENT, subject=message.msgid), now)
        answer = once(books, message.key, message.infno, message.digest, act, encode=lambda _: found[0])
        if not isinstance(answer, Refused):
            return answer
        line = self._refused(answer, now)
        if answer.reason is Refusal.SECOND_SWIPE_NEEDED and task.claim is not None:
            # The first swipe leaves its mark, and its message keeps its answer: sent again it is no second swipe.
            note_swipe(books, task.claim, task.batch, now)
            kept = Answered(key=message.key, kind=message.infno, digest=message.digest, answer=line)
            books.ledger.answers.put(message.key, kept)
        return line

    def _number(self, now: datetime) -> int:
        """Return ten digits that no other answer of this second has, after a restart either."""
        return now.microsecond * 10_000 + next(self._sequence) % 10_000

    def _refused(self, no: Refused, now: datetime) -> bytes:
        if self._watch_refused is not None:
            self._watch_refused(no)
        return refused(refusing.told(no, self._desk.policy), asked_at=now, now=now)
