"""One bill explained over the API: who paid what, by which rule, what came back, and the data of its e-bill."""

from functools import partial
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import PathParameter
from msgspec import Struct

from gongji.channels.api.accounts import ID_MOST, Fen
from gongji.channels.api.declaring import lists, reads
from gongji.channels.api.desk import Desk
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.periods import page_file_of
from gongji.channels.api.problems import refused
from gongji.channels.api.reasons import language
from gongji.channels.api.relatives import whose
from gongji.channels.exports.papers import bill_page
from gongji.domain.account import Pocket
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.rules.explain import Line
from gongji.services.bills.bill_sheets import BillSheet, EBill, bill_sheet
from gongji.services.bills.rechecks import Bundles
from gongji.services.store import Books

SettleId = Annotated[int, PathParameter(ge=1, le=ID_MOST, description="The settlement's number, or a refund's of it.")]


class PayerTold(Struct, frozen=True, kw_only=True):
    """One line: who, how much, why, by which rules; `back_fen` has come back since.

    `counts` is false for an item that is told, and paid by those after it.
    """

    step: str
    who: str
    person_id: int | None
    pocket: Pocket | None
    amount_fen: Fen
    back_fen: Fen
    why: str
    rules: list[str]
    counts: bool


class SkippedTold(Struct, frozen=True, kw_only=True):
    """A relative whose money was not used, and why."""

    who: str
    person_id: int | None
    why: str
    rules: list[str]


class EBillTold(Struct, frozen=True, kw_only=True):
    """The items of the 医疗收费电子票据: `account_fen` 个人账户支付 includes what relatives paid (`family_fen`)."""

    total_fen: Fen
    fund_fen: Fen
    other_fen: Fen
    hospital_fen: Fen
    account_fen: Fen
    family_fen: Fen
    cash_fen: Fen


class RefundTold(Struct, frozen=True, kw_only=True):
    """A refund that stands: what came back of the personal part, and whether the funds' share went back too."""

    refund_id: int
    at: Moment
    amount_fen: Fen
    full: bool


class BillTold(Struct, frozen=True, kw_only=True):
    """A settled bill of the caller's. `proved` tells that the rules kept with it (`bundle`) decide it again alike."""

    settle_id: int
    patient: str
    institution: str | None
    visited_on: str
    settled_at: Moment
    payers: list[PayerTold]
    skipped: list[SkippedTold]
    refunds: list[RefundTold]
    e_bill: EBillTold
    e_bill_left: EBillTold
    proved: bool
    bundle: str


@get(
    f"{API}/bills/{{settle_id:int}}",
    operation_id="readBill",
    summary="Who paid this bill, and why",
    tags=["statements"],
    **reads("statements.read"),
)
async def read_bill(request: Request[Any, Any, Any], desk: TheDesk, settle_id: SettleId) -> Response[BillTold]:
    """Return a bill of the caller's own, line by line, with the data of its e-bill."""
    sheet = await _sheet(request, desk, settle_id)
    settled = sheet.settlement
    return tagged(
        request,
        BillTold(
            settle_id=settled.settle_id,
            patient=sheet.patient,
            institution=sheet.institution.name if sheet.institution is not None else None,
            visited_on=settled.visited_on.isoformat(),
            settled_at=told(settled.settled_at),
            payers=[
                PayerTold(
                    step=payer.line.step,
                    who=payer.line.who,
                    person_id=payer.line.person_id,
                    pocket=payer.pocket,
                    amount_fen=payer.line.amount_fen,
                    back_fen=payer.back_fen,
                    why=payer.line.why,
                    rules=_rules(payer.line),
                    counts=payer.counts,
                )
                for payer in sheet.payers
            ],
            skipped=[
                SkippedTold(who=line.who, person_id=line.person_id, why=line.why, rules=_rules(line))
                for line in sheet.skipped
            ],
            refunds=[
                RefundTold(
                    refund_id=one.refund_id,
                    at=told(one.refunded_at),
                    amount_fen=sum(one.back_fens) + one.cash_fen,
                    full=one.full,
                )
                for one in sheet.refunds
            ],
            e_bill=_e_bill(sheet.e_bill),
            e_bill_left=_e_bill(sheet.e_bill_left),
            proved=sheet.proved,
            bundle=sheet.bundle,
        ),
    )


@get(
    f"{API}/bills/{{settle_id:int}}/file",
    operation_id="exportBill",
    summary="The same on paper",
    tags=["statements"],
    media_type="application/pdf",
    **{name: value for name, value in lists("statements.read").items() if name != "response_headers"},
)
async def export_bill(request: Request[Any, Any, Any], desk: TheDesk, settle_id: SettleId) -> Response[bytes]:
    """Return a bill of the caller's own as PDF."""
    now = desk.clock()
    sheet = await _sheet(request, desk, settle_id)
    return await page_file_of(desk, bill_page(sheet, language(request), now), f"bill-{settle_id}.pdf")


# Helpers

_OPENED: Final = "bundles"


async def _sheet(request: Request[Any, Any, Any], desk: Desk, settle_id: int) -> BillSheet:
    """Return a bill of the caller's. To everybody else there is none."""
    person_id, lang = whose(request), language(request)
    owner = await desk.read(Scope(settlements={settle_id}), lambda books: _owner(books, settle_id))
    found = await desk.away(partial(_found, request.app.state, desk, settle_id, lang)) if owner == person_id else None
    if found is None:
        raise refused(Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="settlement"))
    return found


def _owner(books: Books, number: int) -> int:
    """Return whose bill that is, by its number or that of a refund of it; 0 for none. Bills of others may be there."""
    given = books.ledger.refunds.get(number)
    settlement = books.ledger.settlements.get(given.settle_id if given is not None else number)
    return settlement.book_id if settlement is not None else 0


def _found(state: State, desk: Desk, settle_id: int, lang: Language) -> BillSheet | None:
    if _OPENED not in state:
        state[_OPENED] = Bundles(desk.store)
    return bill_sheet(desk.store, state[_OPENED], settle_id, lang)


def _rules(line: Line) -> list[str]:
    return [witness.rule_id for witness in line.witnesses]


def _e_bill(items: EBill) -> EBillTold:
    return EBillTold(
        total_fen=items.total_fen,
        fund_fen=items.fund_fen,
        other_fen=items.other_fen,
        hospital_fen=items.hospital_fen,
        account_fen=items.account_fen,
        family_fen=items.family_fen,
        cash_fen=items.cash_fen,
    )
