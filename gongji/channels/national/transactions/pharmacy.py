"""2101 quotes a sale at a pharmacy, 2102 settles it, 2103 refunds it. Head and lines come in one message."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from gongji.channels.national.amounts import amount, exact, ratio
from gongji.channels.national.desk import (
    Desk,
    Output,
    Task,
    Transaction,
    claim_of,
    credential,
    scope_of,
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
from gongji.channels.national.reading import read, shape
from gongji.channels.national.setlinfo import Heading, settlement
from gongji.channels.national.transactions.fees import LEVELS, NO_CEILING, no_product, self_pay, told_of
from gongji.channels.national.transactions.paying import (
    bill_scope,
    outside_split,
    refund_heading,
    settlement_number,
    sharers_in,
    show,
    statement_of,
    swipe_in,
)
from gongji.channels.national.transactions.registration import visit_kind
from gongji.domain.refusals import Refused, first_of
from gongji.domain.requests import Scope
from gongji.registry.catalogue import CHARGE_TYPES
from gongji.registry.records import UploadedLine
from gongji.services.drugstores import Sale, note_sale_swipe, quote_sale, settle_sale
from gongji.services.store import Books
from gongji.services.visit_reversals import refund_sale
from gongji.services.visit_settlements import Paid, VisitBill
from gongji.services.visits import Claim, NewLine, Registration


def quote_drugs(desk: Desk, message: Message, now: datetime) -> Task:
    """2101: what 2102 would answer now. Nothing is written; the visit is named by the message."""
    read_in = read(In2101, message)
    sale, fault = _sale(desk, read_in, message, now)

    def act(books: Books) -> Output | Refused:
        paid = quote_sale(books, desk.policy, sale)
        return _answer(Out2101, desk, message, books, sale, _first(fault, paid))

    return Task(scope=_scope(sale), act=act, writes=False)


def settle_drugs(desk: Desk, message: Message, now: datetime) -> Task:
    """2102: a sale is paid for, out of the right pockets in the right order."""
    read_in = read(In2102, message)
    sale, fault = _sale(desk, read_in, message, now)

    def act(books: Books) -> Output | Refused:
        paid = settle_sale(books, desk.policy, sale)
        return _answer(Out2102, desk, message, books, sale, _first(fault, paid))

    return Task(scope=_scope(sale), act=act, leaves=swiping(lambda books: note_sale_swipe(books, sale, now)))


def refund_drugs(desk: Desk, message: Message, now: datetime) -> Task:
    """2103: a sale is given back whole; the answer has a number of its own and the same amounts negated."""
    data = read(In2103, message).data
    claim = claim_of(data, message)
    settle_id = settlement_number(data.setl_id)

    def act(books: Books) -> Output | Refused:
        paid = refund_sale(books, desk.policy, claim, settle_id, request=message.msgid, at=now)
        if isinstance(paid, Refused):
            return paid
        heading = refund_heading(paid, message, now)
        return Output(shape(Out2103, settlement(paid, books.registry.identities.rows, heading)), paid.done)

    scope = scope_of(claim)
    scope.settlements.add(settle_id)
    return Task(scope=scope, act=act)


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


def _first(fault: Refused | None, paid: Paid | Refused) -> Paid | Refused:
    if fault is None:
        return paid
    return first_of([fault, paid]) if isinstance(paid, Refused) else fault


def _answer(
    kind: type[Struct], desk: Desk, message: Message, books: Books, sale: Sale, paid: Paid | Refused
) -> Output | Refused:
    if isinstance(paid, Refused):
        return paid
    bill = sale.bill
    show(desk, message, books, paid, bill.at)
    heading = Heading(
        at=bill.at, msgid=message.msgid, med_type=bill.med_type, cert_type=bill.statement.cert_type or None
    )
    known = settlement(paid, books.registry.identities.rows, heading)
    cut = [_cut(desk, line) for line in paid.lines]
    return Output(shape(kind, known | {"detlcutinfo": cut}), paid.done)


def _cut(desk: Desk, line: UploadedLine) -> dict[str, Any]:
    """Return how a line was split, as it was settled."""
    item = desk.catalogue.items.get(line.code)
    ceiling_fen = item.ceiling_fen if item is not None else None
    return {
        "feedetl_sn": line.line_no,
        "det_item_fee_sumamt": amount(line.amount_fen),
        "cnt": exact(Decimal(line.count)),
        "pric": exact(Decimal(line.price)),
        "pric_uplmt_amt": exact(Decimal(NO_CEILING)) if ceiling_fen is None else amount(ceiling_fen),
        "selfpay_prop": ratio(self_pay(line.fee)),
        "fulamt_ownpay_amt": amount(line.off_catalogue_fen),
        "overlmt_amt": amount(line.over_limit_fen),
        "preselfpay_amt": amount(line.first_self_pay_fen),
        "inscp_scp_amt": amount(line.in_scope_fen),
        "chrgitm_lv": LEVELS[line.fee.fee_class],
        "med_chrgitm_type": item.charge_type if item is not None else CHARGE_TYPES.get(line.fee.kind, "14"),
        "bas_medn_flag": "0",
        "hi_nego_drug_flag": "0",
        "drt_reim_flag": "0",
        "memo": None if item is not None else "目录中没有这个编码，按全自费处理",
    }
