"""Enrolment over the API: a bureau's system sends people and monthly credits, and learns what came of each line."""

from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct
from msgspec.structs import asdict

from gongji.channels.api.declaring import writes
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment
from gongji.channels.api.moments import told as told_at
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.reasons import language
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.faults import RequestFault
from gongji.domain.insured import Insurance, Status, Work
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language, sentence
from gongji.rules.policybook import PolicyBook
from gongji.services.accounts.credit_corrections import Correction, correct_month, correction_scope
from gongji.services.accounts.crediting import MonthRequest, month_job
from gongji.services.acts import Actor
from gongji.services.batching import Job
from gongji.services.family.enrolments import EnrolRequest, enrol_job
from gongji.services.offices import covers, office_of
from gongji.services.runs import Came, told
from gongji.services.store import Books

LINES_MOST: Final = 200
"""So many lines are one request: they share a transaction."""

FEN_MOST: Final = 10**13

Text = Annotated[str, Meta(max_length=200)]
PsnNo = Annotated[str, Meta(min_length=1, max_length=30)]


class PersonLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person as a line of the file of `gongji import people` tells him; codes as in the national tables."""

    psn_no: PsnNo
    name: Text
    cert_type: Text
    certno: Text
    region: Text
    insured: Insurance
    born: date | None = None
    sex: Text = ""
    card_no: Text = ""
    card_sn: Text = ""
    nation: Text = "01"
    employer: Text = ""
    status: Status = Status.ACTIVE
    work: Work = Work.IN_SERVICE
    retired_on: date | None = None
    account: bool | None = None
    tier: Text | None = None
    enrolled_months: Annotated[int, Meta(ge=0, le=1_200)] = 0
    since: date | None = None


class PeopleSent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines of people."""

    lines: Annotated[list[PersonLine], Meta(min_length=1, max_length=LINES_MOST)]


class CreditLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A month's base of one person, in fen 分; null for the retired, whose sums the rules know."""

    psn_no: PsnNo
    base_fen: Annotated[int, Meta(ge=0, le=FEN_MOST)] | None = None


class CreditsSent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines of credits of one month, told by its first day."""

    month: date
    lines: Annotated[list[CreditLine], Meta(min_length=1, max_length=LINES_MOST)]


class CorrectionSent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The right base of a month that was credited, in fen 分 (null for the retired), and why it was another."""

    psn_no: PsnNo
    month: date
    base_fen: Annotated[int, Meta(ge=0, le=FEN_MOST)] | None = None
    reason: Annotated[str, Meta(min_length=2, max_length=200)]


class CorrectionTold(Struct, frozen=True, kw_only=True):
    """What came of a correction, in fen 分: what the month should be, what was booked for it before, what moved now.

    `moved_fen` is below zero where money went back; `owed_fen` is what the account could not give, and owes still.
    """

    month: date
    should_fen: int
    was_fen: int
    moved_fen: int
    owed_fen: int
    at: Moment


class LineRefused(Struct, frozen=True, kw_only=True):
    """A line that was not taken: its place (the first is 0), the name of the refusal, the field, and the sentence."""

    line: int
    refusal: Refusal
    field: str | None
    title: str


class Report(Struct, frozen=True, kw_only=True):
    """What came of all lines: entered now, there already with the same content, or refused."""

    entered: int
    known: int
    refused: list[LineRefused]


@post(
    f"{API}/imports/people",
    operation_id="importPeople",
    summary="Enrol people",
    tags=["enrolment"],
    **writes("enrolment.write", roles=("clerk", "system")),
)
async def import_people(request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[PeopleSent]) -> Response[Report]:
    """Enrol each person once; a line that is refused stops no other."""
    now, actor = desk.clock(), caller_of(request).actor
    for number, line in enumerate(data.lines):
        if not _covers(actor, line.region):
            raise ProblemError(RequestFault.NOT_YOUR_TASK, field=f"/lines/{number}/region")
    book = desk.book(now)
    jobs = [enrol_job(book, EnrolRequest(at=now, **asdict(line)), _content(line)) for line in data.lines]
    return await _carried_out(request, desk, "importPeople", jobs, data)


@post(
    f"{API}/imports/credits",
    operation_id="importCredits",
    summary="Credit a month",
    tags=["enrolment"],
    **writes("enrolment.write", roles=("clerk", "system")),
)
async def import_credits(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[CreditsSent]
) -> Response[Report]:
    """Credit each person's month once; a line that is refused stops no other."""
    now, actor = desk.clock(), caller_of(request).actor
    book = desk.book(now)
    wanted = [MonthRequest(psn_no=line.psn_no, month=data.month, base_fen=line.base_fen) for line in data.lines]
    jobs = [_at_desk(month_job(book, one, now), one.psn_no, actor, book, now) for one in wanted]
    return await _carried_out(request, desk, "importCredits", jobs, data)


@post(
    f"{API}/credits/corrections",
    operation_id="correctCredit",
    summary="Correct a month that went by a wrong base",
    tags=["enrolment"],
    **writes("enrolment.write", roles=("system",)),
)
async def correct_credit(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[CorrectionSent]
) -> Response[CorrectionTold]:
    """Book the difference. An account never falls below zero: what it cannot give back now stays owed, and is told."""
    now, actor = desk.clock(), caller_of(request).actor
    book = desk.book(now)
    asked = MonthRequest(psn_no=data.psn_no, month=data.month, base_fen=data.base_fen)

    def act(books: Books) -> CorrectionTold | Refused:
        done = correct_month(books, book, actor, asked, data.reason, now)
        return done if isinstance(done, Refused) else _corrected(done, data.month)

    scope = correction_scope(asked)
    return await write(desk, request, operation="correctCredit", scope=scope, act=act, content=data)


# Helpers


def _corrected(done: Correction, month: date) -> CorrectionTold:
    return CorrectionTold(
        month=month,
        should_fen=done.should_fen,
        was_fen=done.was_fen,
        moved_fen=done.moved_fen,
        owed_fen=done.owed_fen,
        at=told_at(done.at),
    )


def _covers(actor: Actor, region: str) -> bool:
    """Tell whether a region is the actor's: a system's are all of them, a clerk's those of his office."""
    return actor.role == "system" or covers(actor.office, region)


def _at_desk(job: Job, psn_no: str, actor: Actor, book: PolicyBook, now: datetime) -> Job:
    """Return that job; to another city's clerk the person is one that is not there."""

    def work(books: Books) -> bytes:
        person = books.registry.people.get(books.registry.directory.get(("psn_no", psn_no)) or 0)
        if person is not None and not _covers(actor, office_of(book, person, now)):
            return told(Came(refused=Refused(Refusal.PERSON_UNKNOWN, subject="psn_no")))
        return job.work(books)

    return Job(job.scope, work)


def _content(line: PersonLine) -> dict[str, str]:
    """Return what a line tells, as a file has it: so the same person is known by whichever way he comes."""
    told = msgspec.to_builtins(line)
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in told.items()}


async def _carried_out(
    request: Request[Any, Any, Any], desk: TheDesk, operation: str, jobs: list[Job], content: Struct
) -> Response[Any]:
    lang = language(request)
    scope = Scope()
    for job in jobs:
        scope.merge(job.scope)

    def act(books: Books) -> Report:
        return _report([msgspec.msgpack.decode(job.work(books), type=Came) for job in jobs], lang)

    return await write(desk, request, operation=operation, scope=scope, act=act, content=content)


def _report(several: list[Came], lang: Language) -> Report:
    refused = [
        LineRefused(
            line=number,
            refusal=came.refused.reason,
            field=came.refused.subject,
            title=sentence(came.refused.reason, lang),
        )
        for number, came in enumerate(several)
        if came.refused is not None
    ]
    known = sum(came.known for came in several)
    return Report(entered=len(several) - known - len(refused), known=known, refused=refused)
