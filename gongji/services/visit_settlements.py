"""A visit paid for at the counter: quoted, settled, refunded, taken back by its message."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Pocket
from gongji.domain.bill import Place
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.domain.requests import RequestKey
from gongji.registry.records import Institution, UploadedLine, Visit
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill, Settled
from gongji.services.outcomes import Done
from gongji.services.reversals import RefundRequest, refund
from gongji.services.settlements import SettleRequest, quote, settle
from gongji.services.store import Books
from gongji.services.visit_bills import Figures, OutsideSplit, core_split, decided, given_back, restated
from gongji.services.visits import LONGEST_GAP, Claim, figures, find, owns, person_behind

R = Refusal


class VisitBill(Struct, frozen=True, kw_only=True):
    """What a caller asks to settle: a batch of a visit's lines, with the paper shown and what the counter said.

    `sharers` are the numbers of those picked; `swipe` 1 or 2 where the counter counts itself, None where we do.
    """

    claim: Claim
    credential: tuple[str, str]
    batch: str
    total_fen: int
    kind: VisitKind
    med_type: str
    request: str
    at: datetime
    account_used: bool = True
    split: OutsideSplit | None = None
    sharers: tuple[str, ...] | None = None
    swipe: int | None = None


class Paid(Struct, frozen=True, kw_only=True):
    """A visit's bill decided: for whom, where, and with which figures. `settle_id` is None for a quote."""

    patient: Insured
    visit: Visit
    place: Institution
    figures: Figures
    decision: Settled | None = None
    settle_id: int | None = None
    done: Done = Done()


def quote_visit(books: Books, policy: PolicyBook, bill: VisitBill) -> Paid | Refused:
    """Decide the bill as it would be settled now, with as many swipes as it takes. The caller throws the books away."""
    swipe = bill.swipe if bill.swipe is not None else 2
    ready = _ready(books, bill, swipe)
    if isinstance(ready, Refused):
        return ready
    visit, lines, request = ready
    outcome = quote(books, policy, request)
    if isinstance(outcome, Refused):
        return outcome
    return Paid(
        patient=books.registry.people[visit.book_id],
        visit=visit,
        place=books.registry.institutions[visit.institution],
        figures=decided(outcome[0], lines, balance_fen=_own(books, visit.book_id)),
        decision=outcome[0],
    )


def settle_visit(books: Books, policy: PolicyBook, bill: VisitBill) -> Paid | Refused:
    """Settle the unsettled lines of a batch, or say why not."""
    ready = _ready(books, bill, _swipe(books, policy, bill))
    if isinstance(ready, Refused):
        return ready
    visit, lines, request = ready
    done = settle(books, policy, request)
    if isinstance(done, Refused):
        return done
    if done.decision is None or done.settlement is None:
        raise TypeError("a settlement came back without its decision")
    settle_id, decision = done.settlement.settle_id, done.decision
    shown = decided(decision, lines, balance_fen=0)
    paid = {line.line_no: replace(line, settled_by=settle_id, ratio_bp=shown.ratio_bp) for line in lines}
    first = lines[0].line_no
    paid[first] = replace(paid[first], deducted_fen=decision.share.deductible_fen)
    kept = tuple(_paid_or_kept(line, paid) for line in visit.lines)
    books.registry.visits.put(visit.visit_id, replace(visit, lines=kept, med_type=bill.med_type, swiped_at=None))
    return Paid(
        patient=books.registry.people[visit.book_id],
        visit=visit,
        place=books.registry.institutions[visit.institution],
        figures=replace(shown, balance_fen=_own(books, visit.book_id)),
        decision=decision,
        settle_id=settle_id,
        done=done,
    )


def note_swipe(books: Books, claim: Claim, batch: str, at: datetime) -> None:
    """Remember a first swipe, so that the next one for that batch within the region's minutes counts as the second."""
    visit = books.registry.visits.get(claim.visit_id)
    if visit is not None:
        lines = tuple(replace(line, swiped=line.batch == batch and line.settled_by is None) for line in visit.lines)
        books.registry.visits.put(visit.visit_id, replace(visit, lines=lines, swiped_at=at))


def refund_visit(
    books: Books, policy: PolicyBook, claim: Claim, settle_id: int, *, request: str, at: datetime
) -> Paid | Refused:
    """Give a settlement back whole, under a settlement number of its own; the figures are what was given back."""
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    settlement = books.ledger.settlements.get(settle_id)
    if settlement is None or (settlement.visit_id, settlement.book_id) != (visit.visit_id, visit.book_id):
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="settlement")
    done = refund(books, policy, RefundRequest(request=request, settle_id=settle_id, at=at))
    if isinstance(done, Refused):
        return done
    lines = [line for line in visit.lines if line.settled_by == settle_id]
    kept = tuple(replace(line, refunded=line.refunded or line.settled_by == settle_id) for line in visit.lines)
    books.registry.visits.put(visit.visit_id, replace(visit, lines=kept))
    return Paid(
        patient=books.registry.people[visit.book_id],
        visit=visit,
        place=books.registry.institutions[visit.institution],
        figures=given_back(settlement, lines, balance_fen=_own(books, visit.book_id)),
        settle_id=books.ledger.take_id("settlement"),
        done=done,
    )


def take_back(
    books: Books,
    policy: PolicyBook,
    original: RequestKey,
    psn_no: str,
    *,
    kinds: frozenset[str],
    by: RequestKey,
    at: datetime,
) -> Paid | Refused:
    """Refund what a message settled 冲正; `kinds` are the transactions it may have been."""
    answered = books.ledger.answers.get(original)
    if answered is None or answered.kind not in kinds:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="message")
    settlement = books.ledger.settlements.get(answered.settle_id) if answered.settle_id is not None else None
    if settlement is None or settlement.visit_id is None:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="message")
    claim = Claim(settlement.visit_id, psn_no, original.institution)
    paid = refund_visit(books, policy, claim, settlement.settle_id, request=by.msgid, at=at)
    if not isinstance(paid, Refused):
        books.ledger.answers.put(original, replace(answered, reversed_by=by.msgid))
    return paid


# Helpers


_Ready = tuple[Visit, tuple[UploadedLine, ...], SettleRequest]


def _ready(books: Books, bill: VisitBill, swipe: int) -> _Ready | Refused:
    """Return visit, lines and request; of several reasons against it the first in the closed list speaks."""
    person_id = person_behind(books, bill.claim.psn_no)
    if isinstance(person_id, Refused):
        return person_id
    faults = (
        [] if owns(books, person_id, bill.credential) else [Refused(R.NOT_OWN_CREDENTIAL, subject=bill.claim.psn_no)]
    )
    visit = find(books, bill.claim)
    if isinstance(visit, Refused):
        return first_of([*faults, visit])
    lines = tuple(line for line in visit.lines if line.batch == bill.batch and line.settled_by is None)
    faults += _amount_faults(bill, lines)
    if abs(visit.begun_at - bill.at) > LONGEST_GAP:
        faults.append(Refused(R.MESSAGE_MALFORMED, figures(begun_at=visit.begun_at), subject="begntime"))
    scan = _picked(books, bill)
    if isinstance(scan, Refused):
        faults.append(scan)
    if faults or isinstance(scan, Refused):
        return first_of(faults)
    if bill.split is not None and bill.split.scope is not None:
        lines = restated(lines, bill.split.scope)
    return visit, lines, _request(books, bill, visit, lines, scan=scan, swipe=swipe)


def _amount_faults(bill: VisitBill, lines: tuple[UploadedLine, ...]) -> list[Refused]:
    lines_fen = sum(line.amount_fen for line in lines)
    if lines_fen != bill.total_fen or not lines_fen:
        return [Refused(R.AMOUNTS_DISAGREE, figures(stated_fen=bill.total_fen, lines_fen=lines_fen))]
    fault = bill.split.fault(bill.total_fen) if bill.split is not None else None
    return [fault] if fault is not None else []


def _request(
    books: Books,
    bill: VisitBill,
    visit: Visit,
    lines: tuple[UploadedLine, ...],
    *,
    scan: tuple[int, ...] | None,
    swipe: int,
) -> SettleRequest:
    place = books.registry.institutions[visit.institution]
    return SettleRequest(
        request=bill.request,
        patient_id=visit.book_id,
        bill=Bill(
            at=bill.at,
            visited_on=visit.begun_at.date(),
            place=Place(place.kind),
            visit=VisitKind.DRUGSTORE if place.kind == "pharmacy" else bill.kind,
            level=max(1, min(3, place.level)),
            designated=place.designated,
            takes_wallet=place.takes_wallet,
            account_used=bill.account_used,
            deducted_fen=sum(line.deducted_fen for line in visit.lines if not line.refunded),
            lines=tuple(line.fee for line in lines),
            split=core_split(bill.split, lines) if bill.split is not None else None,
            scan=scan,
            swipe=swipe,
        ),
        place_region=place.region,
        institution=place.code,
        visit_id=visit.visit_id,
    )


def _picked(books: Books, bill: VisitBill) -> tuple[int, ...] | Refused | None:
    if bill.sharers is None:
        return None
    found = [person_behind(books, psn_no) for psn_no in bill.sharers]
    unknown = [one for one in found if isinstance(one, Refused)]
    return unknown[0] if unknown else tuple(one for one in found if isinstance(one, int))


def _swipe(books: Books, policy: PolicyBook, bill: VisitBill) -> int:
    """Return which swipe this is: as the counter says, or the second within the region's minutes after a first."""
    visit = books.registry.visits.get(bill.claim.visit_id)
    if bill.swipe is not None or visit is None or visit.swiped_at is None or visit.book_id not in books.registry.people:
        return bill.swipe or 1
    terms = policy.on(books.registry.people[visit.book_id].region, bill.at.date()).value("second_swipe")
    in_time = terms is not None and bill.at - visit.swiped_at <= timedelta(minutes=terms.minutes)
    same = any(line.swiped and line.batch == bill.batch and line.settled_by is None for line in visit.lines)
    return 2 if in_time and same else 1


def _paid_or_kept(line: UploadedLine, paid: dict[str, UploadedLine]) -> UploadedLine:
    # A number may stand twice: once refunded, once uploaded anew. Only the unsettled one was paid now.
    return paid.get(line.line_no, line) if line.settled_by is None else line


def _own(books: Books, person_id: int) -> int:
    return books.ledger.balance(person_id, Pocket.CURRENT_YEAR) + books.ledger.balance(person_id, Pocket.CARRY_OVER)
