"""Settling a bill: gather the family, decide, write one balanced entry; and the same without writing, as a quote."""

from datetime import date

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Visit
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refused
from gongji.ledger.records import Accumulated, AccumulatorKey, Basis, Draw, EntryKind, Settlement, Statement
from gongji.rules.drawing import Payment
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import KERNEL, Bill, Rules, Settled, Used, care_day, decide_settlement
from gongji.services.calendar import bring_up_to
from gongji.services.families import account_year, candidates_of, person_of, purse_of
from gongji.services.outcomes import Done
from gongji.services.store import Books


class SettleRequest(Struct, frozen=True, kw_only=True):
    """A bill of a patient at a place. `request` is the id under which entry and settlement are kept.

    `statement` is what the caller will be told besides; ratio and balance are filled in here.
    """

    request: str
    patient_id: int
    bill: Bill
    place_region: str
    institution: str = ""
    visit_id: str | None = None
    statement: Statement = Statement()


def settle(books: Books, policy: PolicyBook, request: SettleRequest) -> Done | Refused:
    """Settle the bill out of the family's pockets, or say why not. Runs inside the caller's transaction."""
    decided = quote(books, policy, request)
    if isinstance(decided, Refused):
        return decided
    decision, basis = decided
    settlement = _write(books, policy, request, decision, basis)
    return Done(settlement=settlement, decision=decision, unknown=decision.share.unknown)


def quote(books: Books, policy: PolicyBook, request: SettleRequest) -> tuple[Settled, Basis] | Refused:
    """Decide the bill without settling it. What had fallen due before is booked all the same."""
    at = request.bill.at
    fault = request.bill.fault()
    if fault is not None:
        return fault
    sharers = [bond.sharer_id for bond in books.registry.bonds_of_member(request.patient_id)]
    bring_up_to(books, policy, [request.patient_id, *sharers], at)
    patient = person_of(books, request.patient_id)
    if isinstance(patient, Refused):
        return patient
    member = policy.on(patient.region, at.date())
    rules = Rules(
        member=member,
        place=policy.on(request.place_region, at.date()),
        benefits=policy.on(patient.region, care_day(request.bill, member)),
    )
    purse = purse_of(books, patient.person_id, at)
    used = _used(books, policy, patient, request.bill)
    candidates = candidates_of(books, policy, patient.person_id, at)
    decision = decide_settlement(request.bill, patient, purse, used, candidates, rules)
    if isinstance(decision, Refused):
        return decision
    facts = {
        "bill": request.bill,
        "patient": patient,
        "purse": purse,
        "used": used,
        "place_region": request.place_region,
        "bonds": [
            {"bond": one.bond, "sharer": one.sharer, "purse": one.purse, "pots": one.pots, "cap_used": one.cap_used_fen}
            for one in candidates
        ],
    }
    return decision, Basis(policy.digest, decision.rule_ids, msgspec.json.encode(facts), KERNEL)


# Helpers


def _used(books: Books, policy: PolicyBook, patient: Insured, bill: Bill) -> Used:
    begins = _care_year(policy, patient, bill)
    inpatient = bill.visit is Visit.INPATIENT
    mine = books.ledger.accumulated(patient.person_id, begins, inpatient=inpatient)
    other = books.ledger.accumulated(patient.person_id, begins, inpatient=not inpatient)
    year = books.ledger.years.get(patient.person_id)
    return Used(
        fund_fen=mine.fund_fen,
        fund_all_fen=mine.fund_fen + other.fund_fen,
        deductible_fen=mine.deductible_fen,
        burden_fen=mine.burden_fen,
        goods_fen=year.goods_in(f"{bill.at:%Y-%m}") if year is not None else 0,
        stays=_stays_before(mine.stays, bill) if inpatient else 0,
    )


def _stays_before(stays: int, bill: Bill) -> int:
    """Return the stays before this one: it is among them once a settlement has counted it."""
    return stays if bill.counts_stay else max(0, stays - 1)


def _care_year(policy: PolicyBook, patient: Insured, bill: Bill) -> date:
    """Return the first day of the medical year that the bill falls in."""
    day = care_day(bill, policy.on(patient.region, bill.at.date()))
    return account_year(policy, patient.region, day)


def _write(books: Books, policy: PolicyBook, request: SettleRequest, decision: Settled, basis: Basis) -> Settlement:
    at = request.bill.at
    entry = books.ledger.append(
        EntryKind.SETTLEMENT,
        _moves(request.patient_id, decision),
        book_id=request.patient_id,
        event_at=at,
        recorded_at=at,
        request=request.request,
        basis=basis,
    )
    count_use(books, decision.payments, sign=1)
    patient = books.registry.people[request.patient_id]
    settlement = Settlement(
        settle_id=books.ledger.take_id("settlement"),
        book_id=request.patient_id,
        entry_id=entry.entry_id,
        settled_at=at,
        visited_on=request.bill.visited_on,
        region=request.place_region,
        institution=request.institution,
        visit_id=request.visit_id,
        year_start=_care_year(policy, patient, request.bill),
        inpatient=request.bill.visit is Visit.INPATIENT,
        total_fen=decision.total_fen,
        hospital_fen=decision.hospital_fen,
        layers=decision.share.layers,
        parts=decision.share.parts,
        deductible_fen=decision.share.deductible_fen,
        burden_fen=decision.burden_fen,
        counts_stay=request.bill.counts_stay,
        goods_fen=decision.goods_fen,
        draws=tuple(Draw(payment.account, payment.amount_fen, payment.bond_id) for payment in decision.payments),
        given_back=(0,) * len(decision.payments),
        cash_fen=decision.cash_fen,
        statement=replace(
            request.statement,
            ratio_bp=decision.share.ratio_bp,
            balance_fen=own_balance(books, request.patient_id),
        ),
    )
    books.ledger.settlements.put(settlement.settle_id, settlement)
    accumulate(books, settlement, sign=1)
    count_goods(books, settlement, decision.goods_fen)
    return settlement


def _moves(patient_id: int, decision: Settled) -> dict[Account, int]:
    moves: dict[Account, int] = {}
    for payment in decision.payments:
        moves[payment.account] = moves.get(payment.account, 0) - payment.amount_fen
    moves[Account(patient_id, Pocket.FUND)] = -decision.share.fund_fen
    moves[Account(patient_id, Pocket.CASH)] = -decision.cash_fen
    moves[Account(patient_id, Pocket.INSTITUTION)] = -sum(moves.values())
    return moves


def accumulate(books: Books, settlement: Settlement, *, sign: int) -> None:
    """Count a settlement in the patient's medical year, or (sign -1) take it out again."""
    key = AccumulatorKey(settlement.book_id, settlement.year_start, settlement.inpatient)
    before = books.ledger.accumulators.get(key) or Accumulated()
    after = Accumulated(
        before.fund_fen + sign * settlement.fund_fen,
        before.deductible_fen + sign * settlement.deductible_fen,
        before.burden_fen + sign * settlement.burden_fen,
        before.stays + sign * int(settlement.counts_stay),
    )
    books.ledger.accumulators.put(key, after)


def own_balance(books: Books, person_id: int) -> int:
    """Return what lies in a person's own account, current year and carry-over, in fen."""
    return books.ledger.balance(person_id, Pocket.CURRENT_YEAR) + books.ledger.balance(person_id, Pocket.CARRY_OVER)


def count_goods(books: Books, settlement: Settlement, more_fen: int) -> None:
    """Count what sharers paid for goods under a monthly limit in the month of the settlement, if it still runs."""
    year = books.ledger.years.get(settlement.book_id)
    month = f"{settlement.settled_at:%Y-%m}"
    if more_fen and year is not None and (more_fen > 0 or year.goods_month == month):
        counted_fen = max(0, year.goods_in(month) + more_fen)
        books.ledger.years.put(settlement.book_id, replace(year, goods_month=month, goods_fen=counted_fen))


def count_use(books: Books, payments: tuple[Payment, ...] | tuple[Draw, ...], *, sign: int) -> None:
    """Count payments against the limits of the bonds they went over, or (sign -1) give the limits back."""
    for payment in payments:
        if payment.bond_id is not None and payment.amount_fen:
            bond = books.registry.bonds[payment.bond_id]
            books.registry.put_bond(replace(bond, used_fen=bond.used_fen + sign * payment.amount_fen))
