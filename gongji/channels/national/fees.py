"""2204 uploads fee lines and tells how the catalogue splits them; 2205 takes them off again."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from gongji.channels.national.amounts import amount, exact, ratio
from gongji.channels.national.desk import (
    Desk,
    Output,
    Task,
    Transaction,
    claim_of,
    required_fen,
    scope_of,
    timely,
)
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import Fields, MalformedError, read, read_many
from gongji.domain.bill import FeeClass
from gongji.domain.money import BASIS
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.registry.catalogue import CHARGE_TYPES, SplitLine
from gongji.services.store import Books
from gongji.services.visits import NewLine, figures, remove, upload

NO_CEILING: Final = "999999"
"""pric_uplmt_amt of goods without a price ceiling."""

_LEVELS: Final = {FeeClass.A: "01", FeeClass.B: "02", FeeClass.C: "03"}
_HALF_FEN: Final = Decimal("0.005")


def upload_fees(desk: Desk, message: Message, now: datetime) -> Task:
    """2204: fee lines of one visit; quantity times price must be the line's amount to the fen."""
    rows = read_many("2204", "feedetail", message.content.get("feedetail"))
    if not rows:
        raise MalformedError("feedetail", "没有明细")
    claim = claim_of(rows[0], message)
    lines = []
    for row in rows:
        if claim_of(row, message) != claim:
            raise MalformedError("mdtrt_id", "一次上传的明细应属于同一次就诊")
        timely(row, "fee_ocur_time", now)
        lines.append(_line(desk, row))
    fault = _disagreement(rows)

    def act(books: Books) -> Output | Refused:
        visit = upload(books, claim, lines)
        faults = [one for one in (fault, visit) if isinstance(one, Refused)]
        if faults:
            return first_of(faults)
        return Output({"result": [_answer(row, line) for row, line in zip(rows, lines, strict=True)]})

    return Task(scope=scope_of(claim), act=act)


def remove_fees(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """2205: the unsettled lines of a batch, or of all batches ("0000"), are taken off."""
    fields = read("2205", "data", message.content.get("data"))
    claim = claim_of(fields, message)

    def act(books: Books) -> Output | Refused:
        visit = remove(books, claim, fields.text("chrg_bchno"))
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


FEES: Final[dict[str, Transaction]] = {"2204": upload_fees, "2205": remove_fees}


# Helpers


def _line(desk: Desk, row: Fields) -> NewLine:
    code = row.text("med_list_codg")
    count = row.number("cnt")
    if not count:
        raise MalformedError("cnt", "数量应当大于 0")
    split = desk.catalogue.split(code, required_fen(row, "det_item_fee_sumamt"), count)
    return NewLine(row.text("feedetl_sn"), row.text("chrg_bchno"), code, split)


def _disagreement(rows: Sequence[Fields]) -> Refused | None:
    for row in rows:
        line_fen = required_fen(row, "det_item_fee_sumamt")
        product = (row.number("cnt") or Decimal(0)) * (row.number("pric") or Decimal(0))
        if abs(product - Decimal(line_fen) / 100) > _HALF_FEN:
            compared = figures(line_no=row.text("feedetl_sn"), line_fen=line_fen, product_fen=round(product * 100))
            return Refused(Refusal.AMOUNTS_DISAGREE, compared)
    return None


def _answer(row: Fields, line: NewLine) -> dict[str, Any]:
    split, item = line.split, line.split.item
    ceiling_fen = item.ceiling_fen if item is not None else None
    return {
        "feedetl_sn": line.line_no,
        "det_item_fee_sumamt": amount(split.fee.amount_fen),
        "cnt": exact(row.number("cnt") or Decimal(0)),
        "pric": exact(row.number("pric") or Decimal(0)),
        "pric_uplmt_amt": exact(Decimal(NO_CEILING)) if ceiling_fen is None else amount(ceiling_fen),
        "selfpay_prop": ratio(_self_pay(split)),
        "fulamt_ownpay_amt": amount(split.off_catalogue_fen),
        "overlmt_amt": amount(split.over_limit_fen),
        "preselfpay_amt": amount(split.first_self_pay_fen),
        "inscp_scp_amt": amount(split.in_scope_fen),
        "chrgitm_lv": _LEVELS[split.fee.fee_class],
        "med_chrgitm_type": item.charge_type if item is not None else CHARGE_TYPES.get(split.fee.kind, "14"),
        "bas_medn_flag": "0",
        "hi_nego_drug_flag": "0",
        "chld_medc_flag": None,
        "list_sp_item_flag": None,
        "lmt_used_flag": "0",
        "drt_reim_flag": "0",
        "memo": None if item is not None else "目录中没有这个编码，按全自费处理",
        "exp_content": None,
    }


def _self_pay(split: SplitLine) -> int:
    return BASIS if split.fee.fee_class is FeeClass.C else split.fee.first_self_pay
