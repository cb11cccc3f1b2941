"""What an institution may ask about what was settled there: a settlement or refund again, and the fee lines of a visit.

Nothing is written. Nobody learns here of what another institution did.
"""

from datetime import date, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.insured import Insurance, Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import RequestKey
from gongji.ledger.records import Refund, Settlement
from gongji.registry.records import UploadedLine, Visit
from gongji.services.store import Books
from gongji.services.visits.visit_bills import given_back, settled
from gongji.services.visits.visit_settlements import Paid
from gongji.services.visits.visits import Claim, find, person_behind

R = Refusal


class Sought(Struct, frozen=True, kw_only=True):
    """Which settlement or refund is meant: by its number (`settle_id`), by the message that made it, or by both.

    `visit_id` "" leaves the visit open.
    """

    institution: str
    psn_no: str
    settle_id: int | None
    visit_id: str = ""
    message: RequestKey | None = None


class Found(Struct, frozen=True, kw_only=True):
    """A settlement, or a refund (`sign` -1), with the figures it was answered with.

    `request` is the message that made it. `refunded` tells of a settlement that it has been given back since, and is
    always true of a refund.
    """

    paid: Paid
    settlement: Settlement
    request: str
    at: datetime
    begun_on: date
    ended_on: date
    sign: int = 1
    refunded: bool = False


class FoundLine(Struct, frozen=True):
    """A fee line with the number of the settlement or (`sign` -1) refund that it stands in, None while unsettled."""

    line: UploadedLine
    settle_id: int | None = None
    sign: int = 1


def find_settlement(books: Books, sought: Sought) -> Found | Refused:
    """Return a settlement or refund that this institution made for that person, as it was first answered.

    A refund that was itself taken back 冲正 is not found: its settlement stands again.
    """
    person_id = person_behind(books, sought.psn_no)
    if isinstance(person_id, Refused):
        return person_id
    pair = _by_message(books, sought.message) if sought.message is not None else _by_number(books, sought.settle_id)
    if pair is None:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="settlement" if sought.message is None else "asked_message")
    settlement, refund = pair
    visit = books.registry.visits.get(settlement.visit_id or "")
    number = refund.refund_id if refund is not None else settlement.settle_id
    same = (settlement.book_id, settlement.institution) == (person_id, sought.institution)
    named = sought.visit_id in ("", settlement.visit_id) and sought.settle_id in (None, number)
    if visit is None or not same or not named:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="settlement")
    return _found(books, visit, settlement, refund)


def find_lines(books: Books, claim: Claim, settle_id: int | None) -> list[FoundLine] | Refused:
    """Return the fee lines of a settlement or refund, or (None) all lines of the visit that have not been given back.

    A refund's lines are those of its settlement, negated; one that gave back only a part has none.
    """
    visit = find(books, replace(claim, stay=None))
    if isinstance(visit, Refused):
        return visit
    if settle_id is None:
        return [FoundLine(line, line.settled_by) for line in visit.lines if not line.refunded]
    pair = _by_number(books, settle_id)
    if pair is None or pair[0].visit_id != visit.visit_id:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="settlement")
    settlement, refund = pair
    lines = [line for line in visit.lines if line.settled_by == settlement.settle_id]
    if refund is None:
        return [FoundLine(line, settle_id) for line in lines]
    return [FoundLine(line, settle_id, -1) for line in lines if refund.full]


def as_settled(patient: Insured, settlement: Settlement) -> Insured:
    """Return the patient under the insurance that a settlement went by, where it says so."""
    return replace(patient, insured=_INSURED.get(settlement.statement.insutype, patient.insured))


# Helpers


_Pair = tuple[Settlement, Refund | None]

_INSURED: Final = {"310": Insurance.EMPLOYEE, "390": Insurance.RESIDENT}


def _by_number(books: Books, number: int | None) -> _Pair | None:
    refund = books.ledger.refunds.get(number or 0)
    settlement = books.ledger.settlements.get(refund.settle_id if refund is not None else number or 0)
    if settlement is None or (refund is not None and refund.undone_at is not None):
        return None
    return settlement, refund


def _by_message(books: Books, message: RequestKey) -> _Pair | None:
    """Return what a message settled or gave back; a refund taken back by a message names its settlement again."""
    answered = books.ledger.answers.get(message)
    settlement = books.ledger.settlements.get(answered.settle_id or 0) if answered is not None else None
    if settlement is None:
        return None
    made = [
        one for one in books.ledger.refunds if one.settle_id == settlement.settle_id and one.request == message.msgid
    ]
    if any(one.undone_at is not None for one in made):
        return None
    return settlement, made[0] if made else None


def _found(books: Books, visit: Visit, settlement: Settlement, refund: Refund | None) -> Found:
    lines = [line for line in visit.lines if line.settled_by == settlement.settle_id]
    figures = settled(settlement, lines) if refund is None else given_back(settlement, refund, lines)
    statement = settlement.statement
    paid = Paid(
        patient=as_settled(books.registry.people[visit.book_id], settlement),
        visit=visit,
        place=books.registry.institutions[visit.institution],
        figures=figures,
        settle_id=settlement.settle_id if refund is None else refund.refund_id,
        settlement=settlement,
    )
    return Found(
        paid=paid,
        settlement=settlement,
        request=statement.request if refund is None else refund.request,
        at=settlement.settled_at if refund is None else refund.refunded_at,
        begun_on=statement.begun_on or settlement.visited_on,
        ended_on=statement.ended_on or settlement.settled_at.date(),
        sign=1 if refund is None else -1,
        refunded=settlement.reversed or refund is not None,
    )
