"""2204 uploads fee lines and tells how the catalogue splits them; 2205 takes them off again."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

from msgspec import Struct

from gongji.channels.national.amounts import amount, exact, ratio
from gongji.channels.national.desk import Desk, Output, Task, Transaction, claim_of, scope_of, timely
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError, fen_of
from gongji.channels.national.messages.inpatient import Out2301Result
from gongji.channels.national.messages.visits import In2204, In2204Feedetail, In2205, Out2204, Out2204Result
from gongji.channels.national.reading import read
from gongji.domain.bill import FeeClass, FeeLine
from gongji.domain.money import BASIS
from gongji.domain.refusals import Refused, first_of
from gongji.registry.catalogue import CHARGE_TYPES
from gongji.services.store import Books
from gongji.services.visits.visits import ALL_BATCHES, NewLine, no_product, remove, upload

Told = TypeVar("Told", Out2204Result, Out2301Result)

NO_CEILING: Final = "999999"
"""pric_uplmt_amt of goods without a price ceiling."""

LEVELS: Final = {FeeClass.A: "01", FeeClass.B: "02", FeeClass.C: "03"}
"""chrgitm_lv by class."""


def upload_fees(desk: Desk, message: Message, now: datetime) -> Task:
    """2204: fee lines of one visit; quantity times price must be the line's amount to the fen."""
    rows = read(In2204, message).feedetail
    if not rows:
        raise MalformedError("feedetail", "没有明细")
    claim = claim_of(rows[0], message)
    lines = []
    for row in rows:
        if claim_of(row, message) != claim:
            raise MalformedError("mdtrt_id", "一次上传的明细应属于同一次就诊")
        if row.chrg_bchno == ALL_BATCHES:
            raise MalformedError("chrg_bchno", "0000 表示全部批次，不能作批次号")
        timely("fee_ocur_time", row.fee_ocur_time, now)
        lines.append(_line(desk, row))
    fault = _disagreement(rows)

    def act(books: Books) -> Output | Refused:
        visit = upload(books, claim, lines)
        faults = [one for one in (fault, visit) if isinstance(one, Refused)]
        if faults:
            return first_of(faults)
        pairs = zip(rows, lines, strict=True)
        return Output(Out2204(result=tuple(told_line(Out2204Result, line, row.cnt, row.pric) for row, line in pairs)))

    return Task(scope=scope_of(claim), act=act)


def remove_fees(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """2205: the unsettled lines of a batch, or of all batches ("0000"), are taken off."""
    data = read(In2205, message).data
    claim = claim_of(data, message)

    def act(books: Books) -> Output | Refused:
        visit = remove(books, claim, data.chrg_bchno)
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


def told_line(kind: type[Told], line: NewLine, count: Decimal, price: Decimal) -> Told:
    """Return what the answer to an upload says of a line."""
    split, item = line.split, line.split.item
    ceiling_fen = item.ceiling_fen if item is not None else None
    return kind(
        feedetl_sn=line.line_no,
        det_item_fee_sumamt=amount(split.fee.amount_fen),
        cnt=exact(count),
        pric=exact(price),
        pric_uplmt_amt=exact(Decimal(NO_CEILING)) if ceiling_fen is None else amount(ceiling_fen),
        selfpay_prop=ratio(self_pay(split.fee)),
        fulamt_ownpay_amt=amount(split.off_catalogue_fen),
        overlmt_amt=amount(split.over_limit_fen),
        preselfpay_amt=amount(split.first_self_pay_fen),
        inscp_scp_amt=amount(split.in_scope_fen),
        chrgitm_lv=LEVELS[split.fee.fee_class],
        med_chrgitm_type=item.charge_type if item is not None else CHARGE_TYPES.get(split.fee.kind, "14"),
        bas_medn_flag="0",
        hi_nego_drug_flag="0",
        lmt_used_flag="0",
        drt_reim_flag="0",
        memo=None if item is not None else "目录中没有这个编码，按全自费处理",
    )


def self_pay(fee: FeeLine) -> int:
    """Return 先行自付比例 in basis points: all of what lies outside the catalogue."""
    return BASIS if fee.fee_class is FeeClass.C else fee.first_self_pay


FEES: Final[dict[str, Transaction]] = {"2204": upload_fees, "2205": remove_fees}


# Helpers


def _line(desk: Desk, row: In2204Feedetail) -> NewLine:
    if not row.cnt:
        raise MalformedError("cnt", "数量应当大于 0")
    split = desk.catalogue.split(row.med_list_codg, fen_of("det_item_fee_sumamt", row.det_item_fee_sumamt), row.cnt)
    return NewLine(
        row.feedetl_sn,
        row.chrg_bchno,
        row.med_list_codg,
        split,
        occurred_at=row.fee_ocur_time,
        count=format(row.cnt, "f"),
        price=format(row.pric, "f"),
        told=told_of(row),
    )


def told_of(row: Struct) -> dict[str, str]:
    """Return what else an uploaded line says that 5204 tells again, by the names of its fields there."""
    said = {_TOLD[name]: getattr(row, name) for name in row.__struct_fields__ if name in _TOLD}
    return {name: text for name, text in said.items() if text}


_TOLD: Final = {"rxno": "rx_drord_no", "drord_no": "rx_drord_no"} | {
    name: name
    for name in (
        "rx_drord_no", "medins_list_codg", "medins_list_name", "sin_dos_dscr", "used_frqu_dscr", "medc_way_dscr",
        "bilg_dept_codg", "bilg_dept_name", "bilg_dr_codg", "bilg_dr_name", "acord_dept_codg", "acord_dept_name",
        "orders_dr_code", "orders_dr_name", "hosp_appr_flag", "tcmdrug_used_way", "etip_flag", "etip_hosp_code",
        "dscg_tkdrug_flag", "matn_fee_flag",
    )
}  # fmt: skip


def _disagreement(rows: Sequence[In2204Feedetail]) -> Refused | None:
    for row in rows:
        line_fen = fen_of("det_item_fee_sumamt", row.det_item_fee_sumamt)
        fault = no_product(row.feedetl_sn, line_fen, row.cnt * row.pric)
        if fault is not None:
            return fault
    return None
