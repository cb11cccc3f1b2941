"""2301 and 2302 upload and take off a stay's fees, 2303 quotes the stay, 2304 and 2304A settle it, 2305 refunds it."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from gongji.channels.national.desk import Desk, Output, Task, Transaction, credential, scope_of
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError, fen_of
from gongji.channels.national.messages.inpatient import (
    In2301,
    In2301Feedetail,
    In2302,
    In2303,
    In2303Data,
    In2304,
    In2304Data,
    In2305,
    Out2301,
    Out2301Result,
    Out2303,
    Out2304,
    Out2305,
)
from gongji.channels.national.reading import read
from gongji.channels.national.transactions.admission import inpatient_type, stay_of
from gongji.channels.national.transactions.billing import (
    informative,
    outside_split,
    quoting,
    refunding,
    settling,
    sharers_in,
    statement_of,
    swipe_in,
)
from gongji.channels.national.transactions.fees import told_line, told_of
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.refusals import Refused
from gongji.services.store import Books
from gongji.services.visits.stay_lines import StayLine, remove_stay_lines, upload_stay_lines
from gongji.services.visits.visit_settlements import VisitBill


def upload_stay_fees(desk: Desk, message: Message, now: datetime) -> Task:
    """2301: fee lines of one stay, those that take back of earlier ones with a negative count and amount."""
    rows = read(In2301, message).feedetail
    if not rows:
        raise MalformedError("feedetail", "没有明细")
    claim = stay_of(rows[0], message)
    if any(stay_of(row, message) != claim for row in rows):
        raise MalformedError("mdtrt_id", "一次上传的明细应属于同一次就诊")
    lines = [_line(row) for row in rows]

    def act(books: Books) -> Output | Refused:
        uploaded = upload_stay_lines(books, desk.catalogue, claim, lines, now)
        if isinstance(uploaded, Refused):
            return uploaded
        pairs = zip(rows, uploaded, strict=True)
        return Output(Out2301(result=tuple(told_line(Out2301Result, line, row.cnt, row.pric) for row, line in pairs)))

    return Task(scope=scope_of(claim), act=act)


def remove_stay_fees(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all
    """2302: unsettled fee lines are taken off by their numbers, or all of them ("0000")."""
    rows = read(In2302, message).data
    if not rows:
        raise MalformedError("data", "没有明细")
    claim = stay_of(rows[0], message)
    if any(stay_of(row, message) != claim for row in rows):
        raise MalformedError("mdtrt_id", "一次撤销的明细应属于同一次就诊")

    def act(books: Books) -> Output | Refused:
        visit = remove_stay_lines(books, claim, [row.feedetl_sn for row in rows])
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


def quote_stay(desk: Desk, message: Message, now: datetime) -> Task:
    """2303: what 2304 would answer now, were the patient discharged. Nothing is written."""
    data = read(In2303, message).data
    return quoting(Out2303, desk, message, _bill(desk, data, message, now))


def settle_stay(desk: Desk, message: Message, now: datetime) -> Task:
    """2304 and 2304A: all open lines of a stay are paid for, in its middle or, once discharged, at its end."""
    data = read(In2304, message).data
    bill = _bill(desk, data, message, now)
    return settling(Out2304, desk, message, bill, informative(data, bill.total_fen))


def refund_stay(desk: Desk, message: Message, now: datetime) -> Task:
    """2305: the last settlement of a stay is given back whole, and the lines it paid for are open again."""
    data = read(In2305, message).data
    return refunding(Out2305, desk, message, stay_of(data, message), data.setl_id, now)


INPATIENT: Final[dict[str, Transaction]] = {
    "2301": upload_stay_fees,
    "2302": remove_stay_fees,
    "2303": quote_stay,
    "2304": settle_stay,
    "2304A": settle_stay,
    "2305": refund_stay,
}


# Helpers


def _line(row: In2301Feedetail) -> StayLine:
    inpatient_type(row.med_type)
    if not row.cnt:
        raise MalformedError("cnt", "数量不能是 0，退单填负数")
    if row.cnt < 0 and not row.init_feedetl_sn:
        raise MalformedError("init_feedetl_sn", "退单要填被退的费用明细流水号")
    if row.cnt > 0 and row.init_feedetl_sn:
        raise MalformedError("init_feedetl_sn", "数量不是负数，不是退单")
    sign = -1 if row.cnt < 0 else 1
    return StayLine(
        line_no=row.feedetl_sn,
        code=row.med_list_codg,
        amount_fen=sign * fen_of("det_item_fee_sumamt", sign * row.det_item_fee_sumamt),
        count=Decimal(row.cnt),
        price=Decimal(row.pric),
        occurred_at=row.fee_ocur_time,
        takes_back=row.init_feedetl_sn,
        told=told_of(row),
    )


def _bill(desk: Desk, data: In2303Data | In2304Data, message: Message, now: datetime) -> VisitBill:
    extension = data.expContent
    return VisitBill(
        claim=stay_of(data, message),
        credential=credential(desk, data),
        batch=None,
        total_fen=fen_of("medfee_sumamt", data.medfee_sumamt),
        kind=VisitKind.INPATIENT,
        med_type="",
        request=message.msgid,
        at=now,
        account_used=data.acct_used_flag != "0",
        split=outside_split(desk, extension.get("core_split")),
        sharers=sharers_in(extension.get("sharers")),
        swipe=swipe_in(extension.get("swipe")),
        mid_stay=data.mid_setl_flag == "1",
        discharged_on=data.dscg_time.date() if data.dscg_time is not None else None,
        statement=statement_of(message, data.mdtrt_cert_type, data.invono),
    )
