"""Settling a bill: gather the family, decide, write one balanced entry; and the same without writing, as a quote."""

from datetime import date, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Visit
from gongji.domain.family import Bond
from gongji.domain.refusals import Refused
from gongji.ledger.records import Accumulated, AccumulatorKey, Basis, Draw, EntryKind, Settlement, Statement
from gongji.ledger.window import EMPTY
from gongji.rules.drawing import Payment
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import KERNEL, Bill, Rules, Settled, Used, care_day, decide_settlement
from gongji.services.bills.facts import written
from gongji.services.calendar import bring_up_to, release_pot
from gongji.services.families import candidates_of, medical_year, person_of, purse_of
from gongji.services.outcomes import Done
from gongji.services.store import Books

# Members under names of their own: this Python takes longer to read one through its class than to compare it.
_INPATIENT: Final = Visit.INPATIENT
_CURRENT_YEAR: Final = Pocket.CURRENT_YEAR
_CARRY_OVER: Final = Pocket.CARRY_OVER
_FUND: Final = Pocket.FUND
_INSTITUTION: Final = Pocket.INSTITUTION
_CASH: Final = Pocket.CASH
_NOTHING: Final = Accumulated()


class SettleRequest(Struct, frozen=True, kw_only=True):
    """A bill of a patient at a place. `request` is the id under which entry and settlement are kept.

    `statement` is what the caller will be told besides; ratio and balance are filled in here. `paid_in_cash`: the
    patient has paid the whole bill already, so what funds and pockets pay is handed to him over the counter.
    """

    request: str
    patient_id: int
    bill: Bill
    place_region: str
    institution: str = ""
    visit_id: str | None = None
    statement: Statement = Statement()
    paid_in_cash: bool = False


def settle(books: Books, policy: PolicyBook, request: SettleRequest) -> Done | Refused:
    """Settle the bill out of the family's pockets, or say why not. Runs inside the caller's transaction."""
    decided = _decide(books, policy, request)
    if not isinstance(decided, _Decided):
        return decided
    settlement = _write(books, request, decided)
    return Done(settlement=settlement, decision=decided.decision, unknown=decided.decision.share.unknown)


def quote(books: Books, policy: PolicyBook, request: SettleRequest) -> tuple[Settled, Basis] | Refused:
    """Decide the bill without settling it. What had fallen due before is booked all the same."""
    decided = _decide(books, policy, request)
    return (decided.decision, decided.basis) if isinstance(decided, _Decided) else decided


# Helpers


class _Decided(Struct, frozen=True, gc=False):
    """A decision with its basis, and the first day of the medical year that it counts in."""

    decision: Settled
    basis: Basis
    year_start: date


def _decide(books: Books, policy: PolicyBook, request: SettleRequest) -> _Decided | Refused:
    bill, patient_id, place_region = request.bill, request.patient_id, request.place_region
    fault = bill.fault()
    if fault is not None:
        return fault
    at = bill.at
    sharers = [bond.sharer_id for bond in books.registry.bonds_of_member(patient_id)]
    bring_up_to(books, policy, [patient_id, *sharers], at)
    patient = person_of(books, patient_id)
    if isinstance(patient, Refused):
        return patient
    today = at.date()
    member = policy.on(patient.region, today)
    day = care_day(bill, member)
    benefits = member if day == today else policy.on(patient.region, day)
    rules = Rules(
        member=member,
        place=member if place_region == patient.region else policy.on(place_region, today),
        benefits=benefits,
    )
    purse = purse_of(books, patient_id, at)
    begins = medical_year(benefits, day)
    used = _used(books, patient_id, bill, begins)
    candidates = candidates_of(books, policy, patient_id, at)
    decision = decide_settlement(bill, patient, purse, used, candidates, rules)
    if not isinstance(decision, Settled):
        return decision
    facts = written(bill, patient, purse, used, place_region, candidates)
    return _Decided(decision, Basis(policy.digest, decision.rule_ids, facts, KERNEL), begins)


def _used(books: Books, patient_id: int, bill: Bill, begins: date) -> Used:
    inpatient = bill.visit is _INPATIENT
    used = books.ledger.accumulators.rows.get
    mine = used(AccumulatorKey(patient_id, begins, inpatient), _NOTHING)
    other = used(AccumulatorKey(patient_id, begins, not inpatient), _NOTHING)
    year = books.ledger.years.rows.get(patient_id)
    return Used(
        fund_fen=mine.fund_fen,
        fund_all_fen=mine.fund_fen + other.fund_fen,
        deductible_fen=mine.deductible_fen,
        burden_fen=mine.burden_fen,
        goods_fen=year.goods_in(f"{bill.at:%Y-%m}") if year is not None and year.goods_fen else 0,
        stays=_stays_before(mine.stays, bill) if inpatient else 0,
    )


def _stays_before(stays: int, bill: Bill) -> int:
    """Return the stays before this one: it is among them once a settlement has counted it."""
    return stays if bill.counts_stay else max(0, stays - 1)


def _write(books: Books, request: SettleRequest, decided: _Decided) -> Settlement:
    at = request.bill.at
    decision = decided.decision
    entry = books.ledger.append(
        EntryKind.SETTLEMENT,
        _moves(request, decision),
        book_id=request.patient_id,
        event_at=at,
        recorded_at=at,
        request=request.request,
        basis=decided.basis,
    )
    count_use(books, decision.payments, sign=1, at=at)
    settlement = _record(books, request, decided, entry.entry_id)
    books.ledger.settlements.put(settlement.settle_id, settlement)
    accumulate(books, settlement, sign=1)
    count_goods(books, settlement, decision.goods_fen)
    return settlement


def _record(books: Books, request: SettleRequest, decided: _Decided, entry_id: int) -> Settlement:
    """Return the settlement, made in two steps: this Python passes more than fifteen names at once by a dict."""
    bill, decision, share = request.bill, decided.decision, decided.decision.share
    settlement = Settlement(
        settle_id=books.ledger.take_id("settlement"),
        book_id=request.patient_id,
        entry_id=entry_id,
        settled_at=bill.at,
        visited_on=bill.visited_on,
        region=request.place_region,
        institution=request.institution,
        visit_id=request.visit_id,
        year_start=decided.year_start,
        inpatient=bill.visit is _INPATIENT,
        total_fen=decision.total_fen,
        counts_stay=bill.counts_stay,
        statement=replace(
            request.statement, ratio_bp=share.ratio_bp, balance_fen=own_balance(books, request.patient_id)
        ),
    )
    payments = decision.payments
    return replace(
        settlement,
        hospital_fen=decision.hospital_fen,
        layers=share.layers,
        parts=share.parts,
        deductible_fen=share.deductible_fen,
        burden_fen=decision.burden_fen,
        goods_fen=decision.goods_fen,
        draws=tuple([Draw(payment.account, payment.amount_fen, payment.bond_id) for payment in payments]),
        given_back=(0,) * len(payments),
        cash_fen=decision.cash_fen,
    )


def _moves(request: SettleRequest, decision: Settled) -> dict[Account, int]:
    patient_id = request.patient_id
    moves: dict[Account, int] = {}
    for payment in decision.payments:
        moves[payment.account] = moves.get(payment.account, 0) - payment.amount_fen
    if fund_fen := decision.share.fund_fen:
        moves[Account(patient_id, _FUND)] = -fund_fen
    if request.paid_in_cash:
        moves[Account(patient_id, _CASH)] = -sum(moves.values())
        return moves
    if decision.cash_fen:
        moves[Account(patient_id, _CASH)] = -decision.cash_fen
    moves[Account(patient_id, _INSTITUTION)] = -sum(moves.values())
    return moves


def accumulate(books: Books, settlement: Settlement, *, sign: int) -> None:
    """Count a settlement in the patient's medical year, or (sign -1) take it out again."""
    key = AccumulatorKey(settlement.book_id, settlement.year_start, settlement.inpatient)
    before = books.ledger.accumulators.rows.get(key, _NOTHING)
    after = Accumulated(
        before.fund_fen + sign * settlement.fund_fen,
        before.deductible_fen + sign * settlement.deductible_fen,
        before.burden_fen + sign * settlement.burden_fen,
        before.stays + sign * int(settlement.counts_stay),
    )
    books.ledger.accumulators.put(key, after)


def own_balance(books: Books, person_id: int) -> int:
    """Return what lies in a person's own account, current year and carry-over, in fen."""
    pocket = books.ledger.pockets.rows.get
    current_year, carry_over = Account(person_id, _CURRENT_YEAR), Account(person_id, _CARRY_OVER)
    return pocket(current_year, EMPTY).balance_fen + pocket(carry_over, EMPTY).balance_fen


def count_goods(books: Books, settlement: Settlement, more_fen: int) -> None:
    """Count what sharers paid for goods under a monthly limit in the month of the settlement, if it still runs."""
    if not more_fen:
        return
    year = books.ledger.years.get(settlement.book_id)
    month = f"{settlement.settled_at:%Y-%m}"
    if year is not None and (more_fen > 0 or year.goods_month == month):
        counted_fen = max(0, year.goods_in(month) + more_fen)
        books.ledger.years.put(settlement.book_id, replace(year, goods_month=month, goods_fen=counted_fen))


def count_use(books: Books, payments: tuple[Payment, ...] | tuple[Draw, ...], *, sign: int, at: datetime) -> None:
    """Count payments against the limits of the bonds they went over, or (sign -1) give the limits back.

    What was set aside for a bond for one payment alone, and is not used by it, is the sharer's own again at once.
    """
    once: dict[int, Bond] = {}
    for payment in payments:
        if payment.bond_id is not None and payment.amount_fen:
            bond = books.registry.bonds.rows[payment.bond_id]
            books.registry.put_bond(replace(bond, used_fen=bond.used_fen + sign * payment.amount_fen))
            if bond.once:
                once.setdefault(bond.bond_id, bond)
    for bond in once.values():
        _release_rest(books, bond, at)


def _release_rest(books: Books, was: Bond, at: datetime) -> None:
    """Free what a bond for one payment alone does not need: of its quota, and in the pot of its member.

    When the payment is taken back whole, the bond may pay again, and the quota is what came back last: never more.
    """
    bond = books.registry.bonds[was.bond_id]
    if bond.quota_fen is not None:
        books.registry.put_bond(replace(bond, quota_fen=max(was.used_fen, bond.used_fen)))
    if bond.used_fen:
        release_pot(books, bond.sharer_id, bond.member_id, at, at)
