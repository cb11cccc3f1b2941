"""2101 quotes a sale at a pharmacy, 2102 settles it, 2103 refunds it. Head and lines come in one message."""

from datetime import datetime
from typing import Final

from gongji.channels.national.desk import (
    Desk,
    Output,
    Task,
    Transaction,
    claim_of,
    credential,
    swiping,
    timely,
)
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError, fen_of
from gongji.channels.national.messages.pharmacy import (
    In2101,
    In2101Drugdetail,
    In2102,
    In2102Drugdetail,
    In2103,
    Out2101,
    Out2102,
    Out2103,
)
from gongji.channels.national.reading import read
from gongji.channels.national.transactions.billing import (
    answer,
    bill_heading,
    bill_scope,
    first_fault,
    outside_split,
    refunding,
    sharers_in,
    statement_of,
    swipe_in,
)
from gongji.channels.national.transactions.fees import told_of
from gongji.channels.national.transactions.registration import visit_kind
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.services.store import Books
from gongji.services.visits.drugstores import Sale, note_sale_swipe, quote_sale, settle_sale
from gongji.services.visits.visit_reversals import refund_sale
from gongji.services.visits.visit_settlements import VisitBill
from gongji.services.visits.visits import Claim, NewLine, Registration, no_product


def quote_drugs(desk: Desk, message: Message, now: datetime) -> Task:
    """2101: what 2102 would answer now. Nothing is written; the visit is named by the message."""
    sale, fault = _sale(desk, read(In2101, message), message, now)

    def act(books: Books) -> Output | Refused:
        paid = first_fault(fault, quote_sale(books, desk.policy, sale))
        if isinstance(paid, Refused):
            return paid
        desk.note_quote(sale.bill)
        return answer(Out2101, desk, message, books, paid, bill_heading(sale.bill, paid))

    return Task(scope=_scope(sale), act=act, writes=False)


def settle_drugs(desk: Desk, message: Message, now: datetime) -> Task:
    """2102: a sale is paid for, out of the right pockets in the right order."""
    sale, fault = _sale(desk, read(In2102, message), message, now)
    policy = desk.quoted_by(sale.bill)

    def act(books: Books) -> Output | Refused:
        paid = first_fault(fault, settle_sale(books, policy, sale))
        if isinstance(paid, Refused):
            return paid
        return answer(Out2102, desk, message, books, paid, bill_heading(sale.bill, paid), policy)

    leaves = swiping(lambda books: note_sale_swipe(books, sale, now))
    return Task(scope=_scope(sale), act=act, leaves=leaves, rules=lambda _: policy)


def refund_drugs(desk: Desk, message: Message, now: datetime) -> Task:
    """2103: a sale is given back whole; the answer has a number of its own and the same amounts negated."""
    data = read(In2103, message).data
    claim = claim_of(data, message)
    return refunding(Out2103, desk, message, claim, data.setl_id, now, refund=refund_sale)


PHARMACY: Final[dict[str, Transaction]] = {"2101": quote_drugs, "2102": settle_drugs, "2103": refund_drugs}


# Helpers


def _sale(desk: Desk, read_in: In2101 | In2102, message: Message, now: datetime) -> tuple[Sale, Refused | None]:
    """Return the sale that a message asks for, and what is wrong with the amounts of its lines."""
    head, rows = read_in.druginfo, read_in.drugdetail
    if not rows:
        raise MalformedError("drugdetail", "没有明细")
    shown, extension = credential(desk, head), head.expContent
    registration = Registration(
        psn_no=head.psn_no,
        credential=shown,
        institution=message.institution,
        reference=message.msgid,
        begun_at=timely("begntime", head.begntime, now),
        insutype=head.insutype,
        at=now,
        med_type=head.med_type,
        told={"dise_codg": head.dise_codg, "dise_name": head.dise_name} if head.dise_codg else {},
    )
    bill = VisitBill(
        claim=Claim("", head.psn_no, message.institution),
        credential=shown,
        batch=None,
        total_fen=fen_of("medfee_sumamt", head.medfee_sumamt),
        kind=visit_kind(head.med_type),
        med_type=head.med_type,
        request=message.msgid,
        at=now,
        account_used=head.acct_used_flag == "1",
        split=outside_split(desk, extension.get("core_split")),
        sharers=sharers_in(extension.get("sharers")),
        swipe=swipe_in(extension.get("swipe")),
        statement=statement_of(message, head.mdtrt_cert_type, getattr(head, "invono", "")),
    )
    sale = Sale(registration=registration, lines=tuple(_line(desk, row, now) for row in rows), bill=bill)
    return sale, next(filter(None, map(_disagreement, rows)), None)


def _line(desk: Desk, row: In2101Drugdetail | In2102Drugdetail, now: datetime) -> NewLine:
    if not row.cnt:
        raise MalformedError("cnt", "数量应当大于 0")
    timely("fee_ocur_time", row.fee_ocur_time, now)
    line_fen = fen_of("det_item_fee_sumamt", row.det_item_fee_sumamt)
    return NewLine(
        row.feedetl_sn,
        "",
        row.med_list_codg,
        desk.catalogue.split(row.med_list_codg, line_fen, row.cnt),
        occurred_at=row.fee_ocur_time,
        count=format(row.cnt, "f"),
        price=format(row.pric, "f"),
        told=told_of(row),
    )


def _disagreement(row: In2101Drugdetail | In2102Drugdetail) -> Refused | None:
    line_fen = fen_of("det_item_fee_sumamt", row.det_item_fee_sumamt)
    return no_product(row.feedetl_sn, line_fen, row.cnt * row.pric)


def _scope(sale: Sale) -> Scope:
    scope = bill_scope(sale.bill)
    scope.visits = {sale.mark}
    return scope
