"""The bills of the bench, as jobs: each is settled by the real service, once, under its request id."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from gongji.channels.bench.families import REGION, SHORT_FEN, Seat, hospitals, seat_of
from gongji.domain.account import Account, Pocket
from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts
from gongji.domain.refusals import Refused
from gongji.domain.requests import RequestKey, Scope, content_digest
from gongji.ledger.records import EntryKind, Statement
from gongji.registry.records import Institution
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill
from gongji.services.batching import Job
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.requests import once
from gongji.services.store import Books

KIND: Final = "2207"


class BillRefusedError(Exception):
    """A bill of the bench was refused: the bench is wrong, and measures nothing."""


class Case(Struct, frozen=True):
    """One bill to settle: under which id, whose, and what to do."""

    msgid: str
    patient_id: int
    job: Job
    by_lines: bool = False


class Bills:
    """Makes bills of patients drawn from the active people, or of the one family given; the same in every run."""

    def __init__(self, policy: PolicyBook, clock: Callable[[], datetime], seed: int) -> None:
        """Draw with `seed`. Bills are written at the moments of `clock`."""
        self._policy = policy
        self._clock = clock
        self._random = random.Random(seed)  # noqa: S311  # no secret, the same in every run
        self._places = hospitals()
        self._numbers: Iterator[int] = iter(range(seed * 50_000_000, (seed + 1) * 50_000_000))
        self.made = self.of_lines = self.of_two_sharers = 0

    def draw(self, people: Sequence[int], count: int) -> list[Case]:
        """Return `count` bills of people drawn at random. Of these it is noted of what kind they are."""
        cases = [self.of(self._random.choice(people)) for _ in range(count)]
        self.made += count
        self.of_lines += sum(case.by_lines for case in cases)
        self.of_two_sharers += sum(seat_of(case.patient_id).sharers > 1 for case in cases)
        return cases

    def of(self, patient_id: int) -> Case:
        """Return a bill of that person: of fee lines, half of the time, where the region has benefits for him."""
        place = self._random.choice(self._places)
        seat = seat_of(patient_id)
        by_lines = seat.employed and self._random.random() < 0.5
        number = next(self._numbers)
        at = self._clock()
        msgid = f"{place.code}{at:%Y%m%d}{number:010d}"
        request = SettleRequest(
            request=msgid,
            patient_id=patient_id,
            bill=self._bill(place, seat, at, by_lines=by_lines),
            place_region=REGION,
            institution=place.code,
            statement=Statement(request=msgid, asked_on=at.date()),
        )
        job = _job(self._policy, request, RequestKey(place.code, msgid, at.date()))
        return Case(msgid, patient_id, job, by_lines)

    def credits(self, people: Sequence[int]) -> list[Case]:
        """Return credits of `SHORT_FEN` to those people, so that what they share is not used up for good."""
        return [self._credit(person_id) for person_id in people]

    def _credit(self, person_id: int) -> Case:
        at = self._clock()
        moves = {Account(person_id, Pocket.CARRY_OVER): SHORT_FEN, Account(person_id, Pocket.CREDITS): -SHORT_FEN}

        def work(books: Books) -> bytes:
            books.ledger.append(EntryKind.CREDIT, moves, book_id=person_id, event_at=at, recorded_at=at)
            return b""

        return Case("", person_id, Job(Scope(people={person_id}), work))

    def _bill(self, place: Institution, seat: Seat, at: datetime, *, by_lines: bool) -> Bill:
        fen = self._random.randrange(2_000, 20_000)
        if not by_lines:
            return Bill(
                at=at,
                visited_on=at.date(),
                level=place.level,
                parts=Parts(copay_fen=fen, first_self_pay_fen=fen // 10 if seat.employed else 0),
            )
        lines = (
            FeeLine(fen, FeeClass.A, FeeKind.DRUG),
            FeeLine(2 * fen, FeeClass.B, FeeKind.EXAM, 1_000),
            FeeLine(fen // 5, FeeClass.A, FeeKind.REGISTRATION),
        )
        return Bill(at=at, visited_on=at.date(), level=place.level, lines=lines)


# Helpers


def _job(policy: PolicyBook, request: SettleRequest, key: RequestKey) -> Job:
    digest = content_digest(request)

    def work(books: Books) -> bytes:
        answer = once(books, key, KIND, digest, lambda: settle(books, policy, request))
        if isinstance(answer, Refused):
            raise BillRefusedError(f"{key.msgid}: {answer.reason}")
        return answer

    return Job(Scope(people={request.patient_id}, requests={key}), work)
