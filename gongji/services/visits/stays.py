"""A hospital stay 住院: admitted, changed, ended by discharge, and each of these taken back, the last one first."""

from datetime import datetime, time
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import RequestKey
from gongji.registry.records import Visit
from gongji.services.store import Books
from gongji.services.visits.visit_settlements import closed, open_lines, standing
from gongji.services.visits.visits import (
    CLOCKS_APART,
    Claim,
    Registration,
    figures,
    find,
    put,
    register,
    untimely_beginning,
)

R = Refusal

_TOLD_BY_DISCHARGE: Final = ("dscg_dept_codg", "dscg_dept_name", "dscg_bed", "dscg_way", "die_date", "cop_flag")


class StayChange(Struct, frozen=True, kw_only=True):
    """What is known of an admission from now on, in the place of what was told before."""

    reference: str
    begun_at: datetime
    med_type: str
    told: dict[str, str]
    at: datetime


def admit(books: Books, request: Registration) -> Visit | Refused:
    """Begin a hospital stay under the patient's own credential; nobody lies in two hospitals.

    The books must hold the stay of that person that goes on, if there is one.
    """
    visit = register(books, request)
    if isinstance(visit, Refused):
        return visit
    if books.registry.institutions[request.institution].kind != "hospital":
        return Refused(R.PLACE_NOT_DESIGNATED, subject="inpatient")
    elsewhere = _in_hospital_already(books, visit.book_id)
    if elsewhere is not None:
        return elsewhere
    return put(books, replace(visit, in_hospital=True))


def change(books: Books, claim: Claim, asked: StayChange) -> Visit | Refused:
    """Note what has changed about an admission. Its day moves only while nothing is settled or lies before it."""
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    if not visit.in_hospital:
        return _not_yet("ended_stay")
    day, moved = asked.begun_at.date(), asked.begun_at != visit.begun_at
    untimely = untimely_beginning(asked.begun_at, asked.at) if moved else None
    if untimely is not None:
        return untimely
    early = [line for line in visit.lines if line.occurred_at is not None and line.occurred_at.date() < day]
    if early:
        return Refused(R.MESSAGE_MALFORMED, figures(line_no=early[0].line_no), subject="begntime:lines")
    if day != visit.begun_at.date() and standing(visit):
        return _not_yet("settled_stay")
    told = replace(visit, reference=asked.reference, begun_at=asked.begun_at, med_type=asked.med_type, told=asked.told)
    return put(books, told)


def cancel_stay(books: Books, claim: Claim) -> Visit | Refused:
    """Cancel an admission, once everything that followed it has been taken back."""
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    if standing(visit):
        return _not_yet("settled_stay")
    if not visit.in_hospital:
        return _not_yet("ended_stay")
    if open_lines(visit, None):
        return _not_yet("stay_lines")
    return put(books, replace(visit, cancelled=True))


def take_back_admission(books: Books, claim: Claim, original: RequestKey, *, by: str) -> Visit | Refused:
    """Cancel the admission that a message made 冲正; `by` is the message that asks for it."""
    answered = books.ledger.answers.get(original)
    if answered is None or answered.reversed_by is not None or claim.visit_id not in books.registry.visits:
        return _not_yet("admission")
    visit = cancel_stay(books, claim)
    if not isinstance(visit, Refused):
        books.ledger.answers.put(original, replace(answered, reversed_by=by))
    return visit


def discharge(books: Books, claim: Claim, *, ended_at: datetime, told: dict[str, str], at: datetime) -> Visit | Refused:
    """End a stay. The discharge lies after the admission and all fees, by the day, and not in the future."""
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    if not visit.in_hospital:
        return _not_yet("ended_stay")
    day_only = ended_at.time() == time() and ended_at.date() == visit.begun_at.date()
    if (ended_at < visit.begun_at and not day_only) or ended_at > at + CLOCKS_APART:
        return Refused(R.MESSAGE_MALFORMED, figures(begun_at=visit.begun_at), subject="endtime")
    late = [line for line in visit.lines if line.occurred_at is not None and line.occurred_at.date() > ended_at.date()]
    if late:
        return Refused(R.MESSAGE_MALFORMED, figures(line_no=late[0].line_no), subject="endtime:lines")
    return put(books, replace(visit, in_hospital=False, ended_at=ended_at, told={**visit.told, **told}))


def undo_discharge(books: Books, claim: Claim) -> Visit | Refused:
    """Let a stay go on as if there had been no discharge, unless it is paid for or the person lies elsewhere by now.

    The books must hold the stay of that person that goes on, if there is one.
    """
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    if closed(visit):
        return _not_yet("closed_stay")
    if visit.in_hospital:
        return _not_yet("no_discharge")
    elsewhere = _in_hospital_already(books, visit.book_id)
    if elsewhere is not None:
        return elsewhere
    told = {name: text for name, text in visit.told.items() if name not in _TOLD_BY_DISCHARGE}
    return put(books, replace(visit, in_hospital=True, ended_at=None, told=told))


# Helpers


def _not_yet(subject: str) -> Refused:
    """Return the refusal of a step out of order; `subject` names what comes first."""
    return Refused(R.SETTLEMENT_NOT_FOUND, subject=subject)


def _in_hospital_already(books: Books, person_id: int) -> Refused | None:
    """Return STAY_OPEN, with the institution, when that person lies in a hospital."""
    for visit in books.registry.visits:
        if visit.book_id == person_id and visit.in_hospital and not visit.cancelled:
            name = books.registry.institutions[visit.institution].name
            return Refused(R.STAY_OPEN, figures(institution=visit.institution, name=name), subject="admission")
    return None
