"""Manual reimbursement 零星报销: a bill that was paid in cash is settled at the counter, and the cash comes back.

The fund's share goes by the schedule of the day of care, the rest is shared like any other bill; what they pay is
handed to the patient. Each receipt counts once, until its claim is taken back.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import Settlement
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill
from gongji.services.acts import Actor
from gongji.services.bills.receipts import Receipt, free, use
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.store import Books

REIMBURSEMENT: Final = "reimbursement"
PAID: Final = "paid"
TAKEN_BACK: Final = "taken_back"


class Claim(Struct, frozen=True, kw_only=True):
    """A bill paid in cash: the care was on the bill's `visited_on`; `receipts` are the numbers of all its receipts.

    `issuer` tells whose numbers those are: the institution's code, or its region where it has none here.
    """

    patient_id: int
    bill: Bill
    place_region: str
    issuer: str
    receipts: tuple[str, ...]
    institution: str = ""


class Reimbursement(Struct, frozen=True, kw_only=True):
    """What is on record: the receipts, the settlement and the fen handed out, and who entered it."""

    issuer: str
    receipts: tuple[str, ...]
    settle_id: int
    paid_out_fen: int
    actor: Actor


class Reimbursed(Struct, frozen=True, kw_only=True):
    """A reimbursement with its number, and the settlement behind it as it stands."""

    reimbursement_id: str
    state: str
    record: Reimbursement
    settlement: Settlement
    unknown: tuple[str, ...] = ()


def claim_scope(claim: Claim) -> Scope:
    """Return what has to be loaded for a claim."""
    return Scope(people={claim.patient_id}, dossiers={one.dossier_id for one in _receipts(claim)})


def record_scope(dossier: Dossier) -> Scope:
    """Return what has to be loaded to take a reimbursement back."""
    record = opened(dossier, Reimbursement)
    return Scope(
        people=set(dossier.parties),
        settlements={record.settle_id},
        dossiers={dossier.dossier_id, *(one.dossier_id for one in _receipts(record))},
    )


def reimburse(books: Books, policy: PolicyBook, actor: Actor, claim: Claim) -> Reimbursed | Refused:
    """Settle a bill that was paid in cash, and keep its receipts as used; or say why not."""
    at = claim.bill.at
    fault = _fault(claim)
    if fault is not None:
        return fault
    number = f"{REIMBURSEMENT}-{books.ledger.take_id('dossier')}"
    for receipt in _receipts(claim):
        if (used := use(books, receipt, number, at)) is not None:
            return used
    asked = SettleRequest(
        request=number,
        patient_id=claim.patient_id,
        bill=claim.bill,
        place_region=claim.place_region,
        institution=claim.institution,
        paid_in_cash=True,
    )
    done = settle(books, policy, asked)
    if isinstance(done, Refused):
        return done
    if done.settlement is None:
        raise TypeError("a bill was settled without a settlement")
    settlement = done.settlement
    record = Reimbursement(
        issuer=claim.issuer,
        receipts=claim.receipts,
        settle_id=settlement.settle_id,
        paid_out_fen=settlement.fund_fen + sum(draw.amount_fen for draw in settlement.draws),
        actor=actor,
    )
    _file(books, number, claim.patient_id, at, record)
    return Reimbursed(reimbursement_id=number, state=PAID, record=record, settlement=settlement, unknown=done.unknown)


def found(books: Books, reimbursement_id: str) -> Reimbursed | Refused:
    """Return a reimbursement that is loaded with its settlement, or SETTLEMENT_NOT_FOUND."""
    dossier = books.dossiers.get(reimbursement_id)
    record = opened(dossier, Reimbursement) if dossier is not None and dossier.kind == REIMBURSEMENT else None
    settlement = books.ledger.settlements.get(record.settle_id) if record is not None else None
    if dossier is None or record is None or settlement is None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject=REIMBURSEMENT)
    return Reimbursed(reimbursement_id=reimbursement_id, state=dossier.state, record=record, settlement=settlement)


def take_back(books: Books, policy: PolicyBook, reimbursement_id: str, at: datetime) -> Reimbursed | Refused:
    """Take a reimbursement back whole: the patient brings the cash, funds and pockets have theirs again.

    Its receipts may then be claimed anew.
    """
    known = found(books, reimbursement_id)
    if isinstance(known, Refused):
        return known
    request = RefundRequest(request=f"{reimbursement_id}-back", settle_id=known.record.settle_id, at=at,
                            over_counter=True)  # fmt: skip
    done = refund(books, policy, request)
    if isinstance(done, Refused):
        return done
    books.dossiers.put(replace(books.dossiers.dossiers[reimbursement_id], state=TAKEN_BACK))
    for receipt in _receipts(known.record):
        free(books, receipt)
    return found(books, reimbursement_id)


# Helpers


def _fault(claim: Claim) -> Refused | None:
    """Return what is wrong with a claim by itself."""
    if not claim.receipts or len(set(claim.receipts)) < len(claim.receipts):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="receipts")
    if claim.bill.last_day > claim.bill.at.date() or claim.bill.visited_on > claim.bill.last_day:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="visited_on")
    return None


def _receipts(claim: Claim | Reimbursement) -> list[Receipt]:
    return [Receipt(issuer=claim.issuer, number=number) for number in claim.receipts]


def _file(books: Books, number: str, patient_id: int, at: datetime, record: Reimbursement) -> None:
    books.dossiers.put(
        Dossier(
            dossier_id=number,
            kind=REIMBURSEMENT,
            made_at=at,
            parties=(patient_id,),
            state=PAID,
            content=filed(record),
        )
    )
