"""The door of the national institution interface: a message in, the answer in the national shapes out.

It only translates: what a message asks is done by services, under the id of the message, at most once.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.channels.national import refusing
from gongji.channels.national.answers import accepted, refused
from gongji.channels.national.desk import Desk, Look, Task, Transaction, Watched
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.reception import NO_HEADERS, Opened, Reception
from gongji.channels.national.signing.keys import KeyRing
from gongji.channels.national.signing.profiles import PLAIN, Choice, Place, Profile, profile_of
from gongji.channels.national.signing.signatures import Nonces
from gongji.channels.national.transactions.admission import ADMISSION
from gongji.channels.national.transactions.catalogue_files import FILES
from gongji.channels.national.transactions.catalogues import CATALOGUES
from gongji.channels.national.transactions.fees import FEES
from gongji.channels.national.transactions.inpatient import INPATIENT
from gongji.channels.national.transactions.mobile import MOBILE
from gongji.channels.national.transactions.paying import PAYING
from gongji.channels.national.transactions.pharmacy import PHARMACY
from gongji.channels.national.transactions.queries import QUERIES
from gongji.channels.national.transactions.queries_people import PEOPLE
from gongji.channels.national.transactions.reconciling import RECONCILING
from gongji.channels.national.transactions.registration import REGISTRATION
from gongji.channels.national.transactions.reversing import REVERSING
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Answered
from gongji.registry.catalogue import Catalogue
from gongji.registry.codes import Codes
from gongji.rules.policybook import PolicyBook
from gongji.services.batching import Job, Outcome, run_jobs
from gongji.services.outcomes import Done
from gongji.services.policies.timetables import Quotes, Timetable
from gongji.services.requests import once
from gongji.services.store import Books, Store, StoreDownError, UnknownOutcomeError
from gongji.services.visits.visits import place_of

TRANSACTIONS: Final[dict[str, Transaction]] = {
    **REGISTRATION,
    **FEES,
    **PAYING,
    **PHARMACY,
    **REVERSING,
    **ADMISSION,
    **INPATIENT,
    **QUERIES,
    **PEOPLE,
    **CATALOGUES,
    **FILES,
    **RECONCILING,
    **MOBILE,
}

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log


class Prepared(Struct, frozen=True):
    """A message that can be carried out; one that does not write may be read instead of queued."""

    job: Job
    writes: bool
    profile: Profile = PLAIN


class Question(Job, frozen=True):
    """A job that asks the store before it looks into the books: `asked` does so, and returns the work that is left."""

    asked: Callable[[Store], Callable[[Books], bytes]]


class Door:
    """Reads messages, has them carried out, and words the answers. All moments are Asia/Shanghai, without a zone.

    `watch` is told of every bill decided, `watch_refused` of every refusal, for explanations. `choice` says under
    which profile a message comes, `keys` who may sign; without keys nothing passes where signatures are asked for.
    """

    def __init__(
        self,
        store: Store,
        policy: PolicyBook | Timetable,
        catalogue: Catalogue,
        *,
        codes: Codes,
        watch: Callable[[Watched], None] | None = None,
        watch_refused: Callable[[Refused, PolicyBook], None] | None = None,
        choice: Choice | None = None,
        keys: KeyRing | None = None,
        believes_split: bool = True,
    ) -> None:
        """Stand before `store`, with rules (or when which hold), catalogue, and what opens e-credential codes."""
        self.store = store
        self.reception = Reception(choice or Choice(PLAIN), keys)
        self._nonces = Nonces()
        self._watch_refused = watch_refused
        timetable = policy if isinstance(policy, Timetable) else Timetable(policy)
        self._desk = Desk(
            policy=timetable.seed,
            timetable=timetable,
            quotes=Quotes(),
            catalogue=catalogue,
            codes=codes,
            believes_split=believes_split,
            watch=watch,
        )

    def handle(self, raw: bytes, path: str, now: datetime, headers: Mapping[str, str] = NO_HEADERS) -> bytes:
        """Return the answer to the message `raw` sent to `path`, having carried it out in a batch of its own.

        Names of `headers` are in small letters.
        """
        prepared = self.prepare(raw, path, now, headers)
        if isinstance(prepared, bytes):
            return prepared
        if prepared.writes:
            return self.worded(run_jobs(self.store, [prepared.job])[0], now, prepared.profile)
        return self.read(prepared.job, now, prepared.profile)

    def prepare(
        self, raw: bytes, path: str, now: datetime, headers: Mapping[str, str] = NO_HEADERS
    ) -> Prepared | bytes:
        """Return what there is to do for a message, or at once the answer to one that cannot be read or is not signed.

        Names of `headers` are in small letters.
        """
        opened = self.reception.opened(raw, path, now, headers)
        return opened if isinstance(opened, bytes) else self.task(opened)

    def task(self, opened: Opened) -> Prepared | bytes:
        """Return what there is to do for a message that was opened, or the answer to one whose input cannot be read."""
        message, place, now = opened.message, opened.place, opened.at
        profile = place.profile
        try:
            if opened.nonce is not None:
                self._nonces.take(opened.nonce, now)
            desk = self._desk_at(now)
            if profile.rewrites:
                desk = replace(desk, profile=profile)
            task = TRANSACTIONS[message.infno](desk, message, now)
        except MalformedError as fault:
            return self.reception.malformed(fault, now, profile)
        if task.writes:
            task.scope.requests.add(message.key)
        return Prepared(self._job(message, desk, task, place, now), task.writes, profile)

    def read(self, job: Job, now: datetime, profile: Profile = PLAIN) -> bytes:
        """Return the answer of a job that does not write."""
        outcome: Outcome
        try:
            outcome = self.store.read(job.scope, job.work if not isinstance(job, Question) else job.asked(self.store))
        except Exception as fault:  # noqa: BLE001  # worded for the caller, told to the log
            outcome = fault
        return self.worded(outcome, now, profile)

    def worded(self, outcome: Outcome, now: datetime, profile: Profile = PLAIN) -> bytes:
        """Return the answer for an outcome; what went wrong on our side is told to the log, not to the caller."""
        if isinstance(outcome, bytes):
            return outcome
        known = isinstance(outcome, StoreDownError)  # the words say it all; a crowd of tracebacks would hide the rest
        _log.error("request not carried out: %s", outcome if known else "", exc_info=None if known else outcome)
        line = refusing.undone(unknown=isinstance(outcome, UnknownOutcomeError))
        return refused(line, now=now, profile=profile)

    def _desk_at(self, now: datetime) -> Desk:
        """Return the desk with the rules that hold at a moment: the same one, until they are others."""
        policy = self._desk.timetable.at(now)
        if policy is not self._desk.policy:
            self._desk = replace(self._desk, policy=policy)
        return self._desk

    def _job(self, message: Message, desk: Desk, task: Task, place: Place, now: datetime) -> Job:
        def work(books: Books) -> bytes:
            return self._carry_out(books, message, desk, task, place, now)

        if task.look is None:
            return Job(task.scope, work)
        return Question(task.scope, work, partial(self._asked, task.look, message, desk, task, place, now))

    def _asked(
        self, look: Look, message: Message, desk: Desk, task: Task, place: Place, now: datetime, store: Store
    ) -> Callable[[Books], bytes]:
        found = look(store)
        told = replace(task, act=lambda _: found)
        return lambda books: self._carry_out(books, message, desk, told, place, now)

    def _carry_out(self, books: Books, message: Message, desk: Desk, task: Task, place: Place, now: datetime) -> bytes:
        profile = place.profile
        # Before any answer kept from the first time, too: nobody gets it by naming a region that asks for no signature.
        if place.by_region and (foreign := _other_profile(books, message, profile)) is not None:
            return refused(foreign, now=now, profile=profile)
        found: list[bytes] = []

        def act() -> Done | Refused:
            institution = place_of(books, message.institution)
            if isinstance(institution, Refused):
                return institution
            output = task.act(books)
            if isinstance(output, Refused):
                return output
            if isinstance(output.content, bytes):  # a file, not a message
                found.append(output.content)
                return output.done
            answer = accepted(
                output.content,
                region=institution.region,
                sequence=self.reception.number(now),
                now=now,
                profile=profile,
                infno=message.infno,
            )
            found.append(answer)
            return output.done

        if not task.writes:
            outcome = act()
            return found[0] if not isinstance(outcome, Refused) else self._refused(outcome, desk.policy, now, profile)
        known = books.ledger.answers.get(message.key)
        other_content = known is not None and (known.kind, known.digest) != (message.infno, message.digest)
        if known is not None and known.reversed_by is None and other_content:
            # At a counter this says it all; what else might be wrong with the other content would only mislead.
            other = Refused(Refusal.SAME_REQUEST_DIFFERENT_CONTENT, subject=message.msgid)
            return self._refused(other, desk.policy, now, profile)
        answer = once(books, message.key, message.infno, message.digest, act, encode=lambda _: found[0])
        if not isinstance(answer, Refused):
            return answer
        policy = task.rules(books) if task.rules is not None else desk.policy
        line = self._refused(answer, policy, now, profile)
        if task.leaves is not None and task.leaves(books, answer):
            kept = Answered(key=message.key, kind=message.infno, digest=message.digest, answer=line)
            books.ledger.answers.put(message.key, kept)
        return line

    def _refused(self, no: Refused, policy: PolicyBook, now: datetime, profile: Profile) -> bytes:
        if self._watch_refused is not None:
            self._watch_refused(no, policy)
        return refused(refusing.told(no, policy), now=now, profile=profile)


# Helpers


def _other_profile(books: Books, message: Message, profile: Profile) -> str | None:
    """Return the refusal of a message whose institution is registered in a region of another profile."""
    institution = books.registry.institutions.get(message.institution)
    if institution is None or profile_of(institution.region) is profile:
        return None
    why = f"机构登记在 {institution.region}，要按那里的接口规定（{profile_of(institution.region).title}）报送"
    return refusing.malformed(MalformedError("mdtrtarea_admvs", why))
