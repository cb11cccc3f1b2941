"""Monthly crediting 划入: each person and month once, whoever asks for it and however often."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Final

from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.insured import Insurance, Insured, Status, Work
from gongji.domain.money import LARGEST_FEN
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import RequestKey, Scope, content_digest
from gongji.ledger.records import Basis, EntryKind
from gongji.registry.certificates import PsnNo
from gongji.rules.crediting import credit_for
from gongji.rules.grounds import ground
from gongji.rules.policybook import EPOCH, PolicyBook, RegionDay, Row
from gongji.services.batching import Job
from gongji.services.calendar import bring_up_to
from gongji.services.families import medical_year
from gongji.services.offices import covers
from gongji.services.outcomes import Done
from gongji.services.requests import once
from gongji.services.runs import Came, told
from gongji.services.store import Books, Store

CREDITS: Final = "credits"
"""The first answer to each person and month is kept under this name, his number and the first day of the month."""

_READ_AT_ONCE: Final = 1_000
MONTHS_OF_A_YEAR: Final = 12


class MonthRequest(Struct, frozen=True, kw_only=True):
    """A month's credit of one person. `month` is its first day; `base_fen` the monthly base, None for the retired."""

    psn_no: PsnNo
    month: date
    base_fen: int | None = None


class Grant(Struct, frozen=True):
    """What is credited, in fen, and the row of the book that grants it."""

    row: Row
    fen: int


def credit_month(books: Books, policy: PolicyBook, request: MonthRequest, at: datetime) -> Done | Refused:
    """Credit one month by the rules and the age of its first day, into the money of the year in which it comes.

    Where the rule or the figure is unknown nothing is credited, and the month stays open.
    """
    wrong = wrong_field(request, at)
    if wrong is not None:
        return Refused(Refusal.MESSAGE_MALFORMED, subject=wrong)
    person_id = books.registry.directory.get(("psn_no", request.psn_no))
    if person_id is None:
        return Refused(Refusal.PERSON_UNKNOWN, subject="psn_no")
    bring_up_to(books, policy, [person_id], at)
    grant = granted(books, policy, request, person_id)
    if isinstance(grant, Refused):
        return grant
    book_credit(books, policy, grant.row, person_id, grant.fen, at, request=f"{CREDITS} {request.month:%Y-%m}")
    return Done(credited_fen=grant.fen, person_id=person_id)


def wrong_field(request: MonthRequest, at: datetime) -> str | None:
    """Return the field that cannot be so at all, None where both can."""
    if request.month.day != 1 or not EPOCH <= request.month <= at.date():
        return "month"
    return None if request.base_fen is None or 0 <= request.base_fen < LARGEST_FEN else "base"


def granted(books: Books, policy: PolicyBook, request: MonthRequest, person_id: int) -> Grant | Refused:
    """Return what a person gets for a month, or why nothing.

    Where the sum of a whole medical year is credited at once, it stands for the month in which that year begins.
    """
    person, month = books.registry.people[person_id], request.month
    rules = policy.on(person.region, month)
    row, terms = rules.rows["crediting"], rules.value("crediting")
    fault = _without_credit(person, request, rules)
    if fault is not None:
        return fault
    whole_year = terms is not None and terms.per_year
    begins = medical_year(rules, month)
    if whole_year and month != begins:
        return Refused(Refusal.MESSAGE_MALFORMED, ground(row, month, rules.region, year_begins=begins), subject="month")
    fen = credit_for(person, request.base_fen, rules, month, months=MONTHS_OF_A_YEAR if whole_year else 1)
    if fen is None:
        return Refused(Refusal.RULE_NOT_IN_FORCE, ground(row, month, rules.region), subject="crediting")
    return Grant(row, fen)


def book_credit(
    books: Books, policy: PolicyBook, row: Row, person_id: int, credited_fen: int, at: datetime, *, request: str
) -> None:
    """Write the entry of a credit that `row` of the book grants; none for nothing."""
    if credited_fen:
        books.ledger.append(
            EntryKind.CREDIT,
            {Account(person_id, Pocket.CURRENT_YEAR): credited_fen, Account(person_id, Pocket.CREDITS): -credited_fen},
            book_id=person_id,
            event_at=at,
            recorded_at=at,
            request=request,
            basis=Basis(bundle=policy.digest, rule_ids=(row.rule_id,)),
        )


def month_job(policy: PolicyBook, request: MonthRequest, at: datetime) -> Job:
    """Return the job that credits a month unless it was; another base for a month that was credited is refused."""
    key = RequestKey(CREDITS, request.psn_no, request.month)

    def work(books: Books) -> bytes:
        known = key in books.ledger.answers
        answer = once(books, key, CREDITS, content_digest(request), lambda: credit_month(books, policy, request, at))
        return told(Came(refused=answer) if isinstance(answer, Refused) else Came(known=known))

    return Job(Scope(certificates={("psn_no", request.psn_no)}, requests={key}), work)


def retired_of(store: Store, region: str) -> Iterator[str]:
    """Yield the psn_no of the retired of a region and what lies in it, active and with an account, by person id."""
    everyone = sorted(store.everyone().people)
    for start in range(0, len(everyone), _READ_AT_ONCE):
        asked = everyone[start : start + _READ_AT_ONCE]
        yield from store.read(Scope(people=set(asked)), partial(_retired, asked=asked, region=region))


# Helpers


def _without_credit(person: Insured, request: MonthRequest, rules: RegionDay) -> Refused | None:
    """Return why a person gets no credit at all, or why the base does not fit him."""
    if person.insured is not Insurance.EMPLOYEE:
        return Refused(Refusal.SHARER_NOT_EMPLOYEE, subject="psn_no")
    if not person.account:
        return Refused(Refusal.SHARER_HAS_NO_ACCOUNT, subject="psn_no")
    if not person.alive:
        return Refused(Refusal.SHARER_NOT_ACTIVE, subject="psn_no")
    retired = person.work is Work.RETIRED
    known = rules.value("crediting") is not None
    if known and retired != (request.base_fen is None):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="base")
    return None


def _retired(books: Books, *, asked: list[int], region: str) -> list[str]:
    registry = books.registry
    people = [person for person_id in asked if (person := registry.people.get(person_id)) is not None]
    fitting = [
        person.person_id
        for person in people
        if covers(region, person.region)
        and person.insured is Insurance.EMPLOYEE
        and person.work is Work.RETIRED
        and person.account
        and person.alive
        and person.status is Status.ACTIVE
    ]
    return [identity.psn_no for one in fitting if (identity := registry.identities.get(one)) is not None]
