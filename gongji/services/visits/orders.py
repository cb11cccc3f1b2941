"""Orders of mobile payment 移动支付: lines uploaded, paid for by phone, asked for, and revoked.

An order is a batch of lines of an outpatient visit, under a number that names the visit and the day it was made. It is
kept with the visit; what paid it is found again under the order's number, as if that were the id of a request.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.domain.requests import Answered, RequestKey, Scope
from gongji.ledger.records import Settlement, Statement
from gongji.registry.records import Order, RefundType, UploadedLine, Visit
from gongji.rules.policybook import PolicyBook
from gongji.services.store import Books
from gongji.services.visits.credentials import Credential, shown, tie
from gongji.services.visits.visit_bills import OutsideSplit, settled
from gongji.services.visits.visit_settlements import Paid, VisitBill, note_swipe, open_lines, settle_visit
from gongji.services.visits.visits import (
    Claim,
    NewLine,
    Registration,
    figures,
    find,
    person_behind,
    put,
    register,
    upload,
)

R = Refusal


class OrderState(StrEnum):
    """Where an order stands, by the codes of ordStas."""

    SAVED = "0"
    INSURANCE_PAID = "4"
    DONE = "6"
    REFUNDED = "7"
    INSURANCE_REFUNDED = "8"
    CASH_REFUNDED = "9"
    CASH_REFUNDED_IN_PART = "10"
    REVOKED = "12"


class OrderName(Struct, frozen=True):
    """The number of an order, taken apart: the `count`-th of its visit, made on that day."""

    made_on: date
    visit_id: str
    count: int

    def __str__(self) -> str:
        """Return the number as it is told."""
        return f"PAY{self.made_on:%Y%m%d}-{self.visit_id}-{self.count}"

    def key(self, institution: str) -> RequestKey:
        """Return the key under which stands what paid the order."""
        return RequestKey(institution, str(self), self.made_on)

    def refund_key(self, institution: str, refund: str) -> RequestKey:
        """Return the key under which stands the refund of that number of the caller's. No message id looks like it."""
        return RequestKey(institution, f"{self}:{refund}:", self.made_on)


class Papers(Struct, frozen=True):
    """Who the patient is said to be; all three must be as the registry has them."""

    cert_type: str
    certno: str
    name: str


class NewOrder(Struct, frozen=True, kw_only=True):
    """What an order is made of: the patient's visit, yet to be registered or (`visit_id`) there already, and its lines.

    `further` is a second code that was shown beside the credential of the registration.
    """

    registration: Registration
    visit_id: str = ""
    further: Credential | None = None
    papers: Papers
    lines: tuple[NewLine, ...]
    order: Order


class Payment(Struct, frozen=True, kw_only=True):
    """What a caller asks to pay: the order, its visit and batch told again, the code shown, and what the counter said.

    All else of the bill is the order's; `split`, `sharers` and `swipe` are as in `VisitBill`.
    """

    name: OrderName
    institution: str
    visit_id: str
    batch: str
    credential: Credential
    request: str
    at: datetime
    account_used: bool = True
    split: OutsideSplit | None = None
    sharers: tuple[str, ...] | None = None
    swipe: int | None = None
    statement: Statement = Statement()


class Told(Struct, frozen=True, kw_only=True):
    """An order as it stands; `paid` with the figures of the first answer, None while nothing was paid."""

    order: Order
    visit: Visit
    state: OrderState
    paid: Paid | None = None


def order_name(pay_ord_id: str) -> OrderName | None:
    """Return the parts of an order's number, None for a text that is none of ours."""
    found = _NAME.fullmatch(pay_ord_id)
    try:
        made_on = date.fromisoformat(found.group(1)) if found is not None else None
    except ValueError:
        return None
    return (
        OrderName(made_on, found.group(2), int(found.group(3))) if found is not None and made_on is not None else None
    )


def order_scope(name: OrderName, institution: str) -> Scope:
    """Return what has to be loaded to know an order and what paid it."""
    return Scope(visits={name.visit_id}, requests={name.key(institution)})


def place_order(books: Books, new: NewOrder) -> tuple[OrderName, Visit] | Refused:
    """Register the visit where there is none yet, put the lines in, and make the order."""
    person_id = person_behind(books, new.registration.psn_no)
    if isinstance(person_id, Refused):
        return person_id
    lines_fen = sum(line.split.fee.amount_fen for line in new.lines)
    compared = figures(stated_fen=new.order.total_fen, lines_fen=lines_fen)
    faults = [
        _stranger(books, person_id, new.papers),
        Refused(R.AMOUNTS_DISAGREE, compared) if lines_fen != new.order.total_fen else None,
    ]
    visit = _visit(books, person_id, new)
    reasons = [fault for fault in (*faults, visit) if isinstance(fault, Refused)]
    if reasons or isinstance(visit, Refused):
        return first_of(reasons)
    if open_lines(visit, new.order.batch):
        return Refused(R.MESSAGE_MALFORMED, subject="chrgBchno")
    claim = Claim(visit.visit_id, new.registration.psn_no, visit.institution)
    uploaded = upload(books, claim, new.lines)
    if isinstance(uploaded, Refused):
        return replace(uploaded, subject="feedetlSn") if uploaded.reason is R.MESSAGE_MALFORMED else uploaded
    name = OrderName(new.registration.at.date(), visit.visit_id, len(visit.orders) + 1)
    return name, keep_order(books, uploaded, name, replace(new.order, opened=not new.visit_id))


def pay_order(books: Books, policy: PolicyBook, payment: Payment) -> tuple[OrderState, Paid] | Refused:
    """Settle the lines of the order, once."""
    name = payment.name
    found = _open_order(books, name, payment.institution)
    if isinstance(found, Refused):
        return found
    order, visit = found
    if payment.visit_id != visit.visit_id:
        return Refused(R.MESSAGE_MALFORMED, subject="mdtrtId")
    if payment.batch != order.batch:
        return Refused(R.MESSAGE_MALFORMED, subject="chrgBchno:order")
    paid = settle_visit(books, policy, _bill(books, payment, order, visit))
    if isinstance(paid, Refused):
        return paid
    if paid.settlement is None:
        raise TypeError("an order was paid without a settlement")
    key = name.key(visit.institution)
    answered = Answered(
        key=key, kind="order", digest=b"", answer=b"", book_id=visit.book_id, settle_id=paid.settlement.settle_id
    )
    books.ledger.answers.put(key, answered)
    return _state(order, paid.settlement), paid


def note_order_swipe(books: Books, name: OrderName, institution: str, at: datetime) -> None:
    """Remember a first swipe for an order; paying it within the region's minutes is the second."""
    found = find_order(books, name, institution)
    if not isinstance(found, Refused):
        order, visit = found
        note_swipe(books, claim_by_order(books, visit), order.batch, at)


def ask_order(books: Books, name: OrderName, institution: str, papers: Papers) -> Told | Refused:
    """Tell where an order stands, with the figures it was paid with."""
    found = find_order(books, name, institution)
    if isinstance(found, Refused):
        return found
    order, visit = found
    fault = _stranger(books, visit.book_id, papers)
    if fault is not None:
        return fault
    settlement = settlement_of(books, name, institution)
    if settlement is None:
        gone = order.revoked or visit.cancelled
        if not gone and not open_lines(visit, order.batch):
            return Refused(R.SETTLEMENT_NOT_FOUND, subject="order_lines")
        return Told(order=order, visit=visit, state=OrderState.REVOKED if gone else OrderState.SAVED)
    return Told(order=order, visit=visit, state=_state(order, settlement), paid=_first_answer(books, visit, settlement))


def revoke_order(books: Books, name: OrderName, institution: str, papers: Papers) -> Visit | Refused:
    """Take an order back that is not paid, its lines with it, and the visit where that was made for it alone."""
    found = _open_order(books, name, institution)
    if isinstance(found, Refused):
        return found
    order, visit = found
    fault = _stranger(books, visit.book_id, papers)
    if fault is not None:
        return fault
    taken = open_lines(visit, order.batch)
    lines = tuple(line for line in visit.lines if line not in taken)
    left = replace(visit, lines=lines, cancelled=order.opened and not lines)
    return keep_order(books, left, name, replace(order, revoked=True))


def find_order(books: Books, name: OrderName, institution: str) -> tuple[Order, Visit] | Refused:
    """Return an order of that institution with its visit, a cancelled one too."""
    visit = books.registry.visits.get(name.visit_id)
    if visit is None or visit.institution != institution or str(name) not in visit.orders:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="order")
    return visit.orders[str(name)], visit


def bundle_of(books: Books, name: OrderName, institution: str) -> str:
    """Return the digest of the rules that an order was made under, "" where there is no such order or it is older."""
    found = find_order(books, name, institution)
    return "" if isinstance(found, Refused) else found[0].bundle


def keep_order(books: Books, visit: Visit, name: OrderName, order: Order) -> Visit:
    """Write an order with its visit."""
    return put(books, replace(visit, orders=visit.orders | {str(name): order}))


def settlement_of(books: Books, name: OrderName, institution: str) -> Settlement | None:
    """Return what paid an order, None while nothing has."""
    answered = books.ledger.answers.get(name.key(institution))
    settle_id = answered.settle_id if answered is not None else None
    return books.ledger.settlements[settle_id] if settle_id is not None else None


def claim_by_order(books: Books, visit: Visit) -> Claim:
    """Return the names of a visit, as its patient's institution would tell them, and make the patient known by his."""
    psn_no = books.registry.identities[visit.book_id].psn_no
    # An order names the visit alone, so the number was not looked up; it came with the visit's patient.
    books.registry.directory.setdefault(("psn_no", psn_no), visit.book_id)
    return Claim(visit.visit_id, psn_no, visit.institution)


# Helpers


_NAME: Final = re.compile(r"PAY(\d{8})-(\d{1,19})-(\d{1,6})", re.ASCII)


def _visit(books: Books, person_id: int, new: NewOrder) -> Visit | Refused:
    """Return the order's visit, with the codes that were shown tied to it."""
    wanted = new.registration
    several = [one for one in (wanted.credential, new.further) if one is not None]
    barred = [shown(books, person_id, one, wanted.at, new.visit_id or None) for one in several]
    claim = Claim(new.visit_id, wanted.psn_no, wanted.institution)
    visit = find(books, claim) if new.visit_id else register(books, wanted)
    reasons = [fault for fault in (*barred, visit) if isinstance(fault, Refused)]
    if reasons or isinstance(visit, Refused):
        return first_of(reasons)
    for one in several:
        tie(books, one, visit, wanted.at)
    return visit


def _open_order(books: Books, name: OrderName, institution: str) -> tuple[Order, Visit] | Refused:
    """Return an order that can be paid or revoked."""
    found = find_order(books, name, institution)
    if isinstance(found, Refused):
        return found
    order, visit = found
    if order.revoked or visit.cancelled:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="order_revoked")
    if settlement_of(books, name, institution) is not None:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="order_paid")
    return found


def _bill(books: Books, payment: Payment, order: Order, visit: Visit) -> VisitBill:
    return VisitBill(
        claim=claim_by_order(books, visit),
        credential=payment.credential,
        batch=order.batch,
        total_fen=order.total_fen,
        kind=order.kind,
        med_type=order.med_type,
        request=payment.request,
        at=payment.at,
        account_used=payment.account_used and order.account_used,
        split=payment.split,
        sharers=payment.sharers,
        swipe=payment.swipe,
        statement=payment.statement,
    )


def _stranger(books: Books, person_id: int, papers: Papers) -> Refused | None:
    """Return IDENTITY_MISMATCH when the patient is somebody else than is said, else None."""
    identity = books.registry.identities[person_id]
    known = Papers(identity.cert_type, identity.certno.upper(), identity.name)
    return None if known == papers else Refused(R.IDENTITY_MISMATCH, subject="idNo")


def _state(order: Order, settlement: Settlement) -> OrderState:
    """Return where a paid order stands."""
    if settlement.reversed:
        only_insurance = order.refunded is RefundType.INSURANCE and not settlement.cash_fen
        return OrderState.INSURANCE_REFUNDED if only_insurance else OrderState.REFUNDED
    if settlement.cash_back_fen:
        whole = settlement.cash_back_fen == settlement.cash_fen
        return OrderState.CASH_REFUNDED if whole else OrderState.CASH_REFUNDED_IN_PART
    return OrderState.INSURANCE_PAID if settlement.cash_fen else OrderState.DONE


def _first_answer(books: Books, visit: Visit, settlement: Settlement) -> Paid:
    lines: list[UploadedLine] = [line for line in visit.lines if line.settled_by == settlement.settle_id]
    return Paid(
        patient=books.registry.people[visit.book_id],
        visit=visit,
        place=books.registry.institutions[visit.institution],
        figures=settled(settlement, lines),
        settle_id=settlement.settle_id,
        settlement=settlement,
    )
