"""What all bills share: what a caller may say beside the tables, and how a bill that was decided is answered."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from msgspec import Struct

from gongji.channels.national.amounts import amount, exact, ratio
from gongji.channels.national.desk import Desk, Output, Task, Watched, scope_of, swiping
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError, amount_of, fen_of, parse
from gongji.channels.national.reading import shape
from gongji.channels.national.setlinfo import FUNDS, Heading, settlement
from gongji.channels.national.transactions.fees import LEVELS, NO_CEILING, self_pay
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.domain.requests import Scope
from gongji.ledger.records import Statement
from gongji.registry.catalogue import CHARGE_TYPES
from gongji.registry.records import UploadedLine
from gongji.rules.policybook import PolicyBook
from gongji.services.store import Books
from gongji.services.visits.credentials import names
from gongji.services.visits.visit_bills import OutsideSplit
from gongji.services.visits.visit_bills import Scope as BillScope
from gongji.services.visits.visit_reversals import refund_visit
from gongji.services.visits.visit_settlements import Paid, VisitBill, note_swipe, quote_visit, settle_visit
from gongji.services.visits.visits import Claim, figures

_SCOPE: Final = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
_SUMS: Final = ("fund_pay_sumamt", "hosp_part_amt", "psn_part_amt", "act_pay_dedc", "hifdm_pay")
_SPLIT: Final = tuple((name, f"core_split.{name}") for name in (*FUNDS, *_SCOPE, *_SUMS))


class Refunding(Protocol):
    """A service that gives a settlement of a visit back whole, as `refund_visit` does."""

    def __call__(
        self, books: Books, policy: PolicyBook, claim: Claim, settle_id: int, *, request: str, at: datetime
    ) -> Paid | Refused:
        """Return what was given back, or why it cannot be."""


def outside_split(desk: Desk, raw: Any) -> OutsideSplit | None:
    """Return the split that an outside core states; 大病 that is told apart as hifdm_pay counts as other.

    Raise MalformedError where institutions are not believed what a core has split, or what they state cannot be read.
    """
    if isinstance(raw, str) and raw.strip():
        raw = parse(raw, "core_split")
    if raw is None or raw == "":
        return None
    if not desk.believes_split:
        raise MalformedError("core_split", "这里不接受机构报送的分担")
    if not isinstance(raw, dict):
        raise MalformedError("core_split", "应当是一个对象")
    amounts = {name: amount_of(path, raw[name]) for name, path in _SPLIT if name in raw}
    personal_fen = amounts.get("psn_part_amt")
    if personal_fen is None:
        raise MalformedError("core_split.psn_part_amt", "没有填")
    layers = {name: amounts.get(name) or 0 for name in FUNDS}
    layers["oth_pay"] += amounts.get("hifdm_pay") or 0
    stated = amounts.get("fund_pay_sumamt")
    scope = [amounts.get(name) or 0 for name in _SCOPE]
    return OutsideSplit(
        layers=tuple((name, fen) for name, fen in layers.items() if fen),
        fund_fen=sum(layers.values()) if stated is None else stated,
        hospital_fen=amounts.get("hosp_part_amt") or 0,
        personal_fen=personal_fen,
        deductible_fen=amounts.get("act_pay_dedc") or 0,
        scope=BillScope(*scope) if any(scope) else None,
    )


def sharers_in(raw: Any) -> tuple[str, ...] | None:
    """Return the numbers of the sharers picked, None where nobody was asked."""
    if raw is None or raw == "":
        return None
    several = raw if isinstance(raw, list) else [raw]
    if len(several) > 20 or not all(isinstance(one, (str, int)) and not isinstance(one, bool) for one in several):
        raise MalformedError("sharers", "应当是人员编号的列表")
    return tuple(str(one).strip() for one in several)


def swipe_in(raw: Any) -> int | None:
    """Return which swipe the counter says it is, None where it does not count."""
    if raw is None or raw == "":
        return None
    if str(raw) not in ("1", "2"):
        raise MalformedError("swipe", "应为 1 或 2")
    return int(str(raw))


def statement_of(message: Message, cert_type: str, invoice: str) -> Statement:
    """Return what the answer to a bill will say of the request itself."""
    return Statement(
        request=message.msgid,
        asked_on=message.asked_on,
        cert_type=cert_type,
        operator=message.operator,
        operator_name=message.operator_name,
        invoice=invoice,
    )


def informative(node: Struct, total_fen: int) -> Refused | None:
    """Return AMOUNTS_DISAGREE when the caller's own split is given and does not add up; ours is used all the same."""
    scope_fen = sum(fen_of(name, value) for name in _SCOPE if (value := getattr(node, name)) is not None)
    if scope_fen in (0, total_fen):
        return None
    return Refused(Refusal.AMOUNTS_DISAGREE, figures(stated_fen=total_fen, scope_fen=scope_fen))


def bill_scope(bill: VisitBill) -> Scope:
    """Return the names that settling a bill may touch."""
    scope = scope_of(bill.claim, *(("psn_no", psn_no) for psn_no in bill.sharers or ()))
    scope.merge(names(bill.credential))
    return scope


def settlement_number(setl_id: str) -> int:
    """Return a settlement number, 0 (which none has) for a text that is no number of ours."""
    plain = setl_id.isascii() and setl_id.isdigit() and len(setl_id) < 19
    return int(setl_id) if plain else 0


def show(desk: Desk, message: Message, books: Books, paid: Paid, at: datetime, policy: PolicyBook) -> None:
    """Tell whoever explains bills of one that was decided by `policy`."""
    if desk.watch is not None and paid.decision is not None:
        known = {one.person_id: one.name for one in books.registry.identities}
        told = Watched(
            infno=message.infno, at=at, patient=paid.patient, decision=paid.decision, names=known, policy=policy
        )
        desk.watch(told)


def answer(
    kind: type[Struct],
    desk: Desk,
    message: Message,
    books: Books,
    paid: Paid,
    heading: Heading,
    policy: PolicyBook | None = None,
) -> Output:
    """Return the answer to a bill as `kind` has it, and tell whoever explains bills of the decision.

    `policy` are the rules it was decided by, where they need not be those of the moment.
    Where `kind` has them, the lines stand in it as they were split.
    """
    show(desk, message, books, paid, heading.at, policy or desk.policy)
    known = settlement(paid, books.registry.identities.rows, heading)
    if "detlcutinfo" in kind.__struct_fields__:
        known["detlcutinfo"] = [cut_line(desk, line) for line in paid.lines]
    return Output(shape(kind, known), paid.done)


def quoting(kind: type[Struct], desk: Desk, message: Message, bill: VisitBill) -> Task:
    """Return the task of quoting a bill. Nothing is written."""

    def act(books: Books) -> Output | Refused:
        paid = quote_visit(books, desk.policy, bill)
        if isinstance(paid, Refused):
            return paid
        desk.note_quote(bill)
        return answer(kind, desk, message, books, paid, bill_heading(bill, paid))

    return Task(scope=bill_scope(bill), act=act, writes=False)


def settling(kind: type[Struct], desk: Desk, message: Message, bill: VisitBill, fault: Refused | None) -> Task:
    """Return the task of settling a bill; `fault` is what the message says against it already."""
    policy = desk.quoted_by(bill)

    def act(books: Books) -> Output | Refused:
        paid = first_fault(fault, settle_visit(books, policy, bill))
        if isinstance(paid, Refused):
            return paid
        return answer(kind, desk, message, books, paid, bill_heading(bill, paid), policy)

    leaves = swiping(lambda books: note_swipe(books, bill.claim, bill.batch, bill.at))
    return Task(scope=bill_scope(bill), act=act, leaves=leaves, rules=lambda _: policy)


def refunding(
    kind: type[Struct],
    desk: Desk,
    message: Message,
    claim: Claim,
    setl_id: str,
    now: datetime,
    *,
    refund: Refunding = refund_visit,
) -> Task:
    """Return the task of giving a settlement back whole, by `refund`."""
    settle_id = settlement_number(setl_id)

    def act(books: Books) -> Output | Refused:
        paid = refund(books, desk.policy, claim, settle_id, request=message.msgid, at=now)
        if isinstance(paid, Refused):
            return paid
        cert_type = paid.settlement.statement.cert_type if paid.settlement is not None else ""
        heading = Heading(
            at=now, msgid=message.msgid, med_type=paid.visit.med_type, cert_type=cert_type or None, sign=-1
        )
        return answer(kind, desk, message, books, paid, heading)

    scope = scope_of(claim)
    scope.settlements.add(settle_id)
    return Task(scope=scope, act=act)


def bill_heading(bill: VisitBill, paid: Paid) -> Heading:
    """Return what the answer to a bill says besides its figures."""
    statement = bill.statement
    return Heading(
        at=bill.at,
        msgid=bill.request,
        med_type=bill.med_type or paid.visit.med_type,
        cert_type=statement.cert_type or None,
    )


def first_fault(fault: Refused | None, paid: Paid | Refused) -> Paid | Refused:
    """Return what was paid, or of two reasons against it the one that speaks first."""
    if fault is None:
        return paid
    return first_of([fault, paid]) if isinstance(paid, Refused) else fault


def cut_line(desk: Desk, line: UploadedLine) -> dict[str, Any]:
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
