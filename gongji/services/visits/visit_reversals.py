"""What a visit's settlement can go back on: refunded by its number, taken back 冲正 by the message that made it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import RequestKey
from gongji.ledger.records import Refund, Settlement
from gongji.registry.records import UploadedLine, Visit
from gongji.rules.policybook import PolicyBook
from gongji.services.bills.reversals import RefundRequest, refund, undo_refund
from gongji.services.outcomes import Done
from gongji.services.store import Books
from gongji.services.visits.visit_bills import as_uploaded, given_back, settled
from gongji.services.visits.visit_settlements import Paid, standing
from gongji.services.visits.visits import Claim, find

R = Refusal


def refund_visit(
    books: Books, policy: PolicyBook, claim: Claim, settle_id: int, *, request: str, at: datetime
) -> Paid | Refused:
    """Give a settlement back whole, under a settlement number of its own; the figures are what was given back.

    Of a hospital stay's several settlements the last one goes back first. What lines it had paid for are open again.
    """
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    settlement = books.ledger.settlements.get(settle_id)
    if settlement is None or (settlement.visit_id, settlement.book_id) != (visit.visit_id, visit.book_id):
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="settlement")
    if settlement.inpatient and not settlement.reversed and standing(visit)[-1:] != [settle_id]:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="later_settlement")
    done = refund(books, policy, RefundRequest(request=request, settle_id=settle_id, at=at))
    if isinstance(done, Refused):
        return done
    if done.refund is None:
        raise TypeError("a refund came back without its record")
    lines = _lines(visit, settle_id)
    kept = tuple(replace(line, refunded=line.refunded or line.settled_by == settle_id) for line in visit.lines)
    if claim.stay:
        kept += _reopened(lines)
    books.registry.visits.put(visit.visit_id, replace(visit, lines=kept))
    return paid_back(books, visit, settlement, done.refund, lines, done)


def refund_sale(
    books: Books, policy: PolicyBook, claim: Claim, settle_id: int, *, request: str, at: datetime
) -> Paid | Refused:
    """Give back what a pharmacy sold; what was settled anywhere else is not found here."""
    place = books.registry.institutions.get(claim.institution)
    if place is None or place.kind != "pharmacy":
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="settlement")
    return refund_visit(books, policy, claim, settle_id, request=request, at=at)


def take_back(
    books: Books, policy: PolicyBook, original: RequestKey, psn_no: str, *, by: RequestKey, at: datetime
) -> Paid | Refused:
    """Refund what a message settled 冲正."""
    answered = books.ledger.answers.get(original)
    settlement = books.ledger.settlements.get(answered.settle_id or 0) if answered is not None else None
    if answered is None or settlement is None or settlement.visit_id is None:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="message")
    claim = Claim(settlement.visit_id, psn_no, original.institution, settlement.inpatient)
    paid = refund_visit(books, policy, claim, settlement.settle_id, request=by.msgid, at=at)
    if not isinstance(paid, Refused):
        books.ledger.answers.put(original, replace(answered, reversed_by=by.msgid))
    return paid


def restore(
    books: Books, policy: PolicyBook, original: RequestKey, psn_no: str, *, by: RequestKey, at: datetime
) -> Paid | Refused:
    """Take a refund back 冲正 that a message made: its settlement stands again, as long as nothing has come after."""
    answered = books.ledger.answers.get(original)
    settlement = books.ledger.settlements.get(answered.settle_id or 0) if answered is not None else None
    given = next(
        (one for one in books.ledger.refunds if settlement is not None and _made(one, settlement, original)), None
    )
    if answered is None or settlement is None or given is None or settlement.visit_id is None:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="message")
    visit = find(books, Claim(settlement.visit_id, psn_no, original.institution, settlement.inpatient))
    if isinstance(visit, Refused):
        return visit
    if answered.reversed_by is not None:
        return Refused(R.ALREADY_REVERSED, subject="restored")
    lines = _lines(visit, settlement.settle_id)
    opened = _reopened(lines) if settlement.inpatient else ()
    others = [line for line in visit.lines if line not in opened]
    later = any(one > settlement.settle_id for one in standing(visit))
    if later or _gone_on(visit, settlement, lines, others):
        return Refused(R.ALREADY_REVERSED, subject="refund")
    done = undo_refund(books, policy, given.refund_id, by.msgid, at)
    if isinstance(done, Refused):
        return done
    kept = tuple(replace(line, refunded=line.refunded and line.settled_by != settlement.settle_id) for line in others)
    books.registry.visits.put(visit.visit_id, replace(visit, lines=kept))
    books.ledger.answers.put(original, replace(answered, reversed_by=by.msgid))
    return Paid(
        patient=books.registry.people[visit.book_id],
        visit=visit,
        place=books.registry.institutions[visit.institution],
        figures=settled(settlement, lines),
        settle_id=settlement.settle_id,
        settlement=settlement,
        done=done,
    )


def paid_back(
    books: Books, visit: Visit, settlement: Settlement, given: Refund, lines: list[UploadedLine], done: Done
) -> Paid:
    """Return a refund in the shape of an answer."""
    return Paid(
        patient=books.registry.people[visit.book_id],
        visit=visit,
        place=books.registry.institutions[visit.institution],
        figures=given_back(settlement, given, lines),
        settle_id=given.refund_id,
        settlement=settlement,
        done=done,
    )


# Helpers


def _made(given: Refund, settlement: Settlement, original: RequestKey) -> bool:
    return given.settle_id == settlement.settle_id and given.request == original.msgid


def _reopened(lines: Sequence[UploadedLine]) -> tuple[UploadedLine, ...]:
    """Return lines that had been paid for as they were before: a stay's fees stay uploaded when it is refunded.

    What an outside core put outside the insured scope goes by the catalogue again.
    """
    return tuple(
        replace(as_uploaded(line), settled_by=None, refunded=False, final=False, ratio_bp=0, deducted_fen=0)
        for line in lines
    )


def _gone_on(
    visit: Visit, settlement: Settlement, lines: Sequence[UploadedLine], others: Sequence[UploadedLine]
) -> bool:
    """Tell whether a visit has gone on since a refund, so that its settlement cannot stand as it did.

    `others` are the visit's lines but for those that the refund opened again.
    """
    numbers = {line.line_no for line in lines}
    living = [line for line in others if not line.refunded]
    if any(line.line_no in numbers or line.takes_back in numbers for line in living):
        return True
    if not settlement.inpatient:
        return False
    removed = len(visit.lines) - len(others) < len(lines)
    if removed or settlement.statement.mid_stay:
        return removed
    ended_on = visit.ended_at.date() if visit.ended_at is not None else None
    return ended_on != settlement.statement.ended_on or any(line.settled_by is None for line in others)


def _lines(visit: Visit, settle_id: int) -> list[UploadedLine]:
    return [line for line in visit.lines if line.settled_by == settle_id]
