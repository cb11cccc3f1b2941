"""A visit paid for at the counter: quoted and settled."""

from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.bill import Visit as VisitKind
from gongji.domain.codes import clearing_office, clr_type, insutype, is_ordinary, psn_type
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.ledger.records import Settlement, Statement
from gongji.registry.records import Institution, UploadedLine, Visit
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill, Settled
from gongji.services.bills.settlements import SettleRequest, own_balance, quote, settle
from gongji.services.outcomes import Done
from gongji.services.store import Books
from gongji.services.visits import credentials
from gongji.services.visits.credentials import Credential
from gongji.services.visits.visit_bills import Figures, OutsideSplit, core_split, decided, net_lines, restated, scope_of
from gongji.services.visits.visits import LONGEST_GAP, PLACE_OF, Claim, figures, find, person_behind

R = Refusal


class VisitBill(Struct, frozen=True, kw_only=True):
    """What a caller asks to settle: lines of a visit, with the credential shown and what the counter said.

    `batch` names the lines by the batch they came in, None takes all that are not settled. `statement` is what the
    answer will say of the request itself; `mid_stay` settles a hospital stay that goes on, `discharged_on` is the day
    of its end as the caller has it; a stay brings its own `med_type`, and "" is told. `sharers` are the numbers of
    those picked; `swipe` 1 or 2 where the counter counts itself, None where we do.
    """

    claim: Claim
    credential: Credential
    batch: str | None
    total_fen: int
    kind: VisitKind
    med_type: str
    request: str
    at: datetime
    account_used: bool = True
    split: OutsideSplit | None = None
    sharers: tuple[str, ...] | None = None
    swipe: int | None = None
    mid_stay: bool = False
    discharged_on: date | None = None
    statement: Statement = Statement()


class Paid(Struct, frozen=True, kw_only=True):
    """A visit's bill decided: for whom, where, and with which figures.

    `settle_id` is None for a quote, else the number of the settlement, or of its refund; `settlement` the record;
    `lines` are those billed, with the scope that was decided by.
    """

    patient: Insured
    visit: Visit
    place: Institution
    figures: Figures
    decision: Settled | None = None
    settle_id: int | None = None
    settlement: Settlement | None = None
    lines: tuple[UploadedLine, ...] = ()
    done: Done = Done()


def quote_visit(books: Books, policy: PolicyBook, bill: VisitBill) -> Paid | Refused:
    """Decide the bill as it would be settled now, with as many swipes as it takes. The caller throws the books away."""
    swipe = bill.swipe if bill.swipe is not None else 2
    ready = _ready(books, policy, bill, swipe, quoting=True)
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
        figures=decided(outcome[0], lines, balance_fen=own_balance(books, visit.book_id)),
        decision=outcome[0],
        lines=lines,
    )


def settle_visit(books: Books, policy: PolicyBook, bill: VisitBill) -> Paid | Refused:
    """Settle the unsettled lines of a batch, or say why not."""
    ready = _ready(books, policy, bill, _swipe(books, policy, bill), quoting=False)
    if isinstance(ready, Refused):
        return ready
    visit, lines, request = ready
    done = settle(books, policy, request)
    if isinstance(done, Refused):
        return done
    if done.decision is None or done.settlement is None:
        raise TypeError("a settlement came back without its decision")
    decision = done.decision
    shown = decided(decision, lines, balance_fen=0)
    paid = _marked(open_lines(visit, bill.batch), lines, done.settlement)
    kept = tuple(_paid_or_kept(line, paid) for line in visit.lines)
    after = replace(visit, lines=kept, med_type=_med_type(bill, visit), swiped_at=None)
    books.registry.visits.put(visit.visit_id, after)
    credentials.spend(books, bill.credential, visit, bill.at, request=bill.request)
    return Paid(
        patient=books.registry.people[visit.book_id],
        visit=visit,
        place=books.registry.institutions[visit.institution],
        figures=replace(shown, balance_fen=own_balance(books, visit.book_id)),
        decision=decision,
        lines=lines,
        settle_id=done.settlement.settle_id,
        settlement=done.settlement,
        done=done,
    )


def open_lines(visit: Visit, batch: str | None) -> tuple[UploadedLine, ...]:
    """Return the lines that are not settled, of one batch or (None) of all."""
    return tuple([line for line in visit.lines if line.settled_by is None and batch in (None, line.batch)])


def standing(visit: Visit) -> list[int]:
    """Return the numbers of the settlements of a visit that have not been refunded, the latest last."""
    return sorted({line.settled_by for line in visit.lines if line.settled_by is not None and not line.refunded})


def closed(visit: Visit) -> bool:
    """Tell whether a hospital stay has been paid for as a whole, by a final settlement that stands."""
    return any(line.final and not line.refunded for line in visit.lines)


def second_in_time(books: Books, policy: PolicyBook, visit: Visit, at: datetime) -> bool:
    """Tell whether a swipe now follows the first, noted on the visit, within the minutes of the patient's region."""
    patient = books.registry.people.get(visit.book_id)
    if visit.swiped_at is None or patient is None:
        return False
    terms = policy.on(patient.region, at.date()).value("second_swipe")
    return terms is not None and at - visit.swiped_at <= timedelta(minutes=terms.minutes)


def note_swipe(books: Books, claim: Claim, batch: str | None, at: datetime) -> None:
    """Remember a first swipe, so that the next one for that batch within the region's minutes counts as the second."""
    visit = books.registry.visits.get(claim.visit_id)
    if visit is not None:
        asked = {line.line_no for line in open_lines(visit, batch)}
        lines = tuple(replace(line, swiped=line.line_no in asked and line.settled_by is None) for line in visit.lines)
        books.registry.visits.put(visit.visit_id, replace(visit, lines=lines, swiped_at=at))


# Helpers


_Ready = tuple[Visit, tuple[UploadedLine, ...], SettleRequest]


def _ready(books: Books, policy: PolicyBook, bill: VisitBill, swipe: int, *, quoting: bool) -> _Ready | Refused:
    """Return visit, lines and request; of several reasons against it the first in the closed list speaks."""
    person_id = person_behind(books, bill.claim.psn_no)
    if isinstance(person_id, Refused):
        return person_id
    barred = (
        credentials.shown(books, person_id, bill.credential, bill.at, bill.claim.visit_id),
        credentials.suspended(books, policy, person_id, bill.at),
    )
    faults = [fault for fault in barred if fault is not None]
    visit = find(books, bill.claim)
    if not isinstance(visit, Refused) and closed(visit):
        visit = Refused(R.SETTLEMENT_NOT_FOUND, subject="closed_stay")
    if isinstance(visit, Refused):
        return first_of([*faults, visit])
    lines = net_lines(open_lines(visit, bill.batch))
    faults += _amount_faults(bill, lines)
    if bill.claim.stay:
        faults += _stay_faults(bill, visit, quoting=quoting)
    elif abs(visit.begun_at - bill.at) > LONGEST_GAP:
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


def _stay_faults(bill: VisitBill, visit: Visit, *, quoting: bool) -> list[Refused]:
    """Return what a stay has against the bill: it goes on, or has ended, or ended on another day than was told."""
    if visit.in_hospital and not (bill.mid_stay or quoting):
        return [Refused(R.STAY_OPEN, subject="final")]
    if bill.mid_stay:
        return [] if visit.in_hospital else [Refused(R.MESSAGE_MALFORMED, subject="mid_setl_flag")]
    told, ended_at = bill.discharged_on, visit.ended_at
    if told is not None and ended_at is not None and told != ended_at.date():
        return [Refused(R.MESSAGE_MALFORMED, figures(ended_at=ended_at), subject="dscg_time")]
    if told is not None and told < visit.begun_at.date():
        return [Refused(R.MESSAGE_MALFORMED, figures(begun_at=visit.begun_at), subject="dscg_time:early")]
    return []


def _med_type(bill: VisitBill, visit: Visit) -> str:
    return bill.med_type or visit.med_type


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
    kind = VisitKind.DRUGSTORE if place.kind == "pharmacy" else bill.kind
    return SettleRequest(
        request=bill.request,
        patient_id=visit.book_id,
        bill=Bill(
            at=bill.at,
            visited_on=visit.begun_at.date(),
            place=PLACE_OF[place.kind],
            visit=kind,
            level=max(1, min(3, place.level)),
            designated=place.designated,
            takes_wallet=place.takes_wallet,
            account_used=bill.account_used,
            deducted_fen=sum(line.deducted_fen for line in visit.lines if not line.refunded),
            discharged_on=_discharged_on(bill, visit),
            counts_stay=bill.claim.stay is True and not standing(visit),
            lines=tuple(line.fee for line in lines),
            split=core_split(bill.split, lines) if bill.split is not None else None,
            scan=scan,
            swipe=swipe,
            ordinary=is_ordinary(_med_type(bill, visit)) and place.kind in _WITH_SCHEDULES,
        ),
        place_region=place.region,
        institution=place.code,
        visit_id=visit.visit_id,
        statement=_statement(books, bill, visit, lines, kind),
    )


_WITH_SCHEDULES: Final = ("hospital", "pharmacy")
"""Kinds of places that benefit schedules are written for."""


def _discharged_on(bill: VisitBill, visit: Visit) -> date | None:
    if visit.ended_at is not None:
        return visit.ended_at.date()
    return None if bill.mid_stay else bill.discharged_on


def _statement(
    books: Books, bill: VisitBill, visit: Visit, lines: tuple[UploadedLine, ...], kind: VisitKind
) -> Statement:
    patient, scope = books.registry.people.get(visit.book_id), scope_of(lines)
    return replace(
        bill.statement,
        insutype=insutype(patient) if patient is not None else "",
        psn_type=psn_type(patient, bill.at.date()) if patient is not None else "",
        med_type=_med_type(bill, visit),
        clr_type=clr_type(kind),
        office=clearing_office(patient.region) if patient is not None else "",
        begun_on=visit.begun_at.date(),
        ended_on=(visit.ended_at or bill.at).date(),
        mid_stay=bill.mid_stay,
        scope_fens=(scope.off_catalogue_fen, scope.over_limit_fen, scope.first_self_pay_fen, scope.in_scope_fen),
    )


def _picked(books: Books, bill: VisitBill) -> tuple[int, ...] | Refused | None:
    if bill.sharers is None:
        return None
    found = [person_behind(books, psn_no) for psn_no in bill.sharers]
    if any(isinstance(one, Refused) for one in found):
        return Refused(R.PERSON_UNKNOWN, subject="sharers")
    return tuple(one for one in found if isinstance(one, int))


def _swipe(books: Books, policy: PolicyBook, bill: VisitBill) -> int:
    """Return which swipe this is: as the counter says, or the second within the region's minutes after a first."""
    visit = books.registry.visits.get(bill.claim.visit_id)
    if bill.swipe is not None or visit is None or not second_in_time(books, policy, visit, bill.at):
        return bill.swipe or 1
    return 2 if any(line.swiped for line in open_lines(visit, bill.batch)) else 1


def _marked(
    opened: tuple[UploadedLine, ...], lines: tuple[UploadedLine, ...], settlement: Settlement
) -> dict[str, UploadedLine]:
    """Return the open lines as paid, with the scope they were settled by and, on the first, the deductible."""
    billed = {line.line_no: line for line in lines}
    paid: dict[str, UploadedLine] = {}
    for line in opened:
        settled = billed.get(line.line_no, line)
        # One that is less than it was stays as it is: what it lost stands beside it.
        kept = settled if settled.amount_fen == line.amount_fen else line
        paid[line.line_no] = replace(
            kept,
            settled_by=settlement.settle_id,
            ratio_bp=settlement.statement.ratio_bp,
            final=settlement.inpatient and not settlement.statement.mid_stay,
            deducted_fen=settlement.deductible_fen if line is opened[0] else kept.deducted_fen,
        )
    return paid


def _paid_or_kept(line: UploadedLine, paid: dict[str, UploadedLine]) -> UploadedLine:
    # A number may stand twice: once refunded, once uploaded anew. Only the unsettled one was paid now.
    return paid.get(line.line_no, line) if line.settled_by is None else line
