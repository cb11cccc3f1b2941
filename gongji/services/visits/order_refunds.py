"""Refunds of a paid order, whole or by what paid it; money goes back in a fixed order, cash first."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope, content_digest
from gongji.ledger.records import Settlement
from gongji.registry.records import RefundType, Visit
from gongji.rules.policybook import PolicyBook
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.outcomes import Done
from gongji.services.requests import once
from gongji.services.store import Books
from gongji.services.visits.credentials import Credential, names, shown, tie
from gongji.services.visits.orders import OrderName, claim_by_order, find_order, keep_order, order_scope, settlement_of
from gongji.services.visits.visit_reversals import refund_visit
from gongji.services.visits.visits import figures

R = Refusal


class OrderRefund(Struct, frozen=True, kw_only=True):
    """What of a paid order is to go back, under a number of the caller's.

    Parts that were not told are None; `fund_fen` and `total_fen` may leave other funds out, as some clients do.
    """

    name: OrderName
    institution: str
    number: str
    credential: Credential
    refund_type: RefundType
    total_fen: int
    cash_fen: int
    account_fen: int | None
    fund_fen: int | None
    request: str
    at: datetime

    @property
    def scope(self) -> Scope:
        """Return what has to be loaded."""
        scope = order_scope(self.name, self.institution)
        scope.merge(names(self.credential))
        scope.requests.add(self.name.refund_key(self.institution, self.number))
        return scope


def refund_order(books: Books, policy: PolicyBook, wanted: OrderRefund) -> Done | Refused:
    """Give back what is asked, once under its number: asked again it is done already, and nothing more goes back."""
    found = find_order(books, wanted.name, wanted.institution)
    if isinstance(found, Refused):
        return found
    order, visit = found
    settlement = settlement_of(books, wanted.name, wanted.institution)
    if settlement is None:
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="order_unpaid")
    fault = shown(books, visit.book_id, wanted.credential, wanted.at, visit.visit_id, paid=True)
    if fault is not None:
        return fault
    made: list[Done] = []

    def act() -> Done | Refused:
        done = _give_back(books, policy, wanted, visit, settlement)
        if not isinstance(done, Refused):
            after = books.registry.visits[visit.visit_id]
            keep_order(books, after, wanted.name, replace(order, refunded=wanted.refund_type))
            tie(books, wanted.credential, visit, wanted.at)
            made.append(done)
        return done

    content = [wanted.refund_type, wanted.total_fen, wanted.cash_fen, wanted.account_fen, wanted.fund_fen]
    key = wanted.name.refund_key(wanted.institution, wanted.number)
    answer = once(books, key, "order_refund", content_digest(content), act, encode=lambda _: b"")
    if isinstance(answer, Refused):
        return answer
    return made[0] if made else Done()


# Helpers


def _give_back(
    books: Books, policy: PolicyBook, wanted: OrderRefund, visit: Visit, settlement: Settlement
) -> Done | Refused:
    fault = _fault(wanted, settlement)
    if fault is not None:
        return fault
    personal_fen = settlement.cash_fen + sum(draw.amount_fen for draw in settlement.draws)
    nothing_else = settlement.left_fen == wanted.cash_fen and personal_fen == settlement.total_fen
    if wanted.refund_type is RefundType.CASH and not nothing_else:
        part = RefundRequest(
            request=wanted.request,
            settle_id=settlement.settle_id,
            at=wanted.at,
            amount_fen=wanted.cash_fen,
            keeps_funds=True,
        )
        return refund(books, policy, part)
    claim = claim_by_order(books, visit)
    paid = refund_visit(books, policy, claim, settlement.settle_id, request=wanted.request, at=wanted.at)
    return paid if isinstance(paid, Refused) else paid.done


def _fault(wanted: OrderRefund, settlement: Settlement) -> Refused | None:
    """Return why that cannot go back: the parts told must be what is left of them."""
    if settlement.reversed:
        return Refused(R.ALREADY_REVERSED, subject=str(settlement.settle_id))
    cash_fen = settlement.cash_fen - settlement.cash_back_fen
    account_fen, fund_fen = settlement.left_fen - cash_fen, settlement.fund_fen
    other_fen = sum(fen for name, fen in settlement.layers if name == "oth_pay")
    if wanted.refund_type is RefundType.CASH:
        if wanted.cash_fen > cash_fen:
            return Refused(R.NOTHING_TO_REFUND, figures(refundable_fen=cash_fen), subject=str(settlement.settle_id))
        cash_fen, account_fen, fund_fen, other_fen = wanted.cash_fen, 0, 0, 0
    elif wanted.refund_type is RefundType.INSURANCE and cash_fen:
        return Refused(R.SETTLEMENT_NOT_FOUND, figures(refundable_fen=cash_fen), subject="cash_first")
    whole_fen = cash_fen + account_fen + fund_fen
    agreed = (
        wanted.cash_fen == cash_fen
        and wanted.account_fen in (None, account_fen)
        and wanted.fund_fen in (None, fund_fen, fund_fen - other_fen)
        and wanted.total_fen in (whole_fen, whole_fen - other_fen)
    )
    return (
        None if agreed else Refused(R.AMOUNTS_DISAGREE, figures(stated_fen=wanted.total_fen, refundable_fen=whole_fen))
    )
