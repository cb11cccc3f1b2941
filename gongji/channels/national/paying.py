"""2206 and 2206A quote a bill, 2207 and 2207A settle it, 2208 refunds it, 2601 takes it back by its message."""

from datetime import datetime
from typing import Any, Final

from gongji.channels.national.desk import (
    Desk,
    Output,
    Task,
    Transaction,
    Watched,
    claim_of,
    credential,
    required_fen,
    scope_of,
)
from gongji.channels.national.envelope import Message, day_in
from gongji.channels.national.fields import Fields, MalformedError, amount_of, parse, read
from gongji.channels.national.registration import visit_kind
from gongji.channels.national.setlinfo import FUNDS, Heading, settlement
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.domain.requests import RequestKey, Scope
from gongji.services.store import Books
from gongji.services.visit_bills import OutsideSplit
from gongji.services.visit_bills import Scope as BillScope
from gongji.services.visit_settlements import Paid, VisitBill, quote_visit, refund_visit, settle_visit, take_back
from gongji.services.visits import figures

SETTLEMENTS: Final = frozenset({"2207", "2207A"})

_SCOPE: Final = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")


def quote_bill(desk: Desk, message: Message, now: datetime) -> Task:
    """2206 and 2206A: what 2207 would answer now. Nothing is written."""
    fields = read("2206", "data", message.content.get("data"))
    bill = _bill(fields, message, now)

    def act(books: Books) -> Output | Refused:
        paid = quote_visit(books, desk.policy, bill)
        if isinstance(paid, Refused):
            return paid
        return _output(desk, message, books, paid, _heading(fields, message, now))

    return Task(scope=_scope(bill), act=act, writes=False)


def settle_bill(desk: Desk, message: Message, now: datetime) -> Task:
    """2207 and 2207A: the unsettled lines of a batch are paid for, out of the right pockets in the right order."""
    fields = read("2207", "data", message.content.get("data"))
    bill = _bill(fields, message, now)
    fault = _informative(fields, bill.total_fen)

    def act(books: Books) -> Output | Refused:
        paid = settle_visit(books, desk.policy, bill)
        faults = [one for one in (fault, paid) if isinstance(one, Refused)]
        if faults or isinstance(paid, Refused):
            return first_of(faults)
        return _output(desk, message, books, paid, _heading(fields, message, now))

    return Task(scope=_scope(bill), act=act, claim=bill.claim, batch=bill.batch)


def refund_bill(desk: Desk, message: Message, now: datetime) -> Task:
    """2208: a settlement is given back whole; the answer has a number of its own and the same amounts negated."""
    fields = read("2208", "data", message.content.get("data"))
    claim = claim_of(fields, message)
    settle_id = _number_of(fields.text("setl_id"))

    def act(books: Books) -> Output | Refused:
        paid = refund_visit(books, desk.policy, claim, settle_id, request=message.msgid, at=now)
        if isinstance(paid, Refused):
            return paid
        heading = Heading(at=now, msgid=message.msgid, med_type=paid.visit.med_type, sign=-1)
        return _output(desk, message, books, paid, heading)

    scope = scope_of(claim)
    scope.settlements.add(settle_id)
    return Task(scope=scope, act=act)


def reverse_message(desk: Desk, message: Message, now: datetime) -> Task:
    """2601: what a 2207 settled is taken back, by the id of that message. A refund cannot be taken back."""
    fields = read("2601", "data", message.content.get("data"))
    psn_no, omsgid, oinfno = fields.text("psn_no"), fields.text("omsgid"), fields.text("oinfno")
    if oinfno not in SETTLEMENTS | {"2208"}:
        raise MalformedError("oinfno", f"{oinfno} 不能冲正，可以冲正的是 2207、2207A")
    original = RequestKey(message.institution, omsgid, day_in(omsgid, message.institution, now, "omsgid"))

    def act(books: Books) -> Output | Refused:
        answered = books.ledger.answers.get(original)
        if oinfno == "2208" and answered is not None and answered.kind == oinfno:
            return Refused(Refusal.ALREADY_REVERSED, subject="refund")
        if oinfno == "2208" or (answered is not None and answered.kind not in SETTLEMENTS):
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="message")
        paid = take_back(books, desk.policy, original, psn_no, kinds=SETTLEMENTS, by=message.key, at=now)
        return paid if isinstance(paid, Refused) else Output(None, paid.done)

    return Task(scope=Scope(certificates={("psn_no", psn_no)}, requests={original}), act=act)


PAYING: Final[dict[str, Transaction]] = {
    "2206": quote_bill,
    "2206A": quote_bill,
    "2207": settle_bill,
    "2207A": settle_bill,
    "2208": refund_bill,
    "2601": reverse_message,
}


# Helpers


def _bill(fields: Fields, message: Message, now: datetime) -> VisitBill:
    used = fields.text("acct_used_flag")
    if used not in ("0", "1"):
        raise MalformedError("acct_used_flag", "应为 0 不用或 1 使用")
    extension = fields.extension()
    return VisitBill(
        claim=claim_of(fields, message),
        credential=credential(fields),
        batch=fields.text("chrg_bchno"),
        total_fen=required_fen(fields, "medfee_sumamt"),
        kind=visit_kind(fields.text("med_type")),
        med_type=fields.text("med_type"),
        request=message.msgid,
        at=now,
        account_used=used == "1",
        split=_outside_split(extension.get("core_split")),
        sharers=_sharers(extension.get("sharers")),
        swipe=_swipe(extension.get("swipe")),
    )


def _outside_split(raw: Any) -> OutsideSplit | None:
    """Return the split that an outside core states; 大病 that is told apart as hifdm_pay counts as other."""
    if isinstance(raw, str) and raw.strip():
        raw = parse(raw, "core_split")
    if raw is None or raw == "":
        return None
    if not isinstance(raw, dict):
        raise MalformedError("core_split", "应当是一个对象")
    amounts = {name: amount_of(f"core_split.{name}", raw.get(name)) for name in (*FUNDS, *_SCOPE, *_SUMS)}
    personal_fen = amounts["psn_part_amt"]
    if personal_fen is None:
        raise MalformedError("core_split.psn_part_amt", "没有填")
    layers = {name: amounts[name] or 0 for name in FUNDS}
    layers["oth_pay"] += amounts["hifdm_pay"] or 0
    stated = amounts["fund_pay_sumamt"]
    scope = [amounts[name] for name in _SCOPE]
    return OutsideSplit(
        layers=tuple((name, fen) for name, fen in layers.items() if fen),
        fund_fen=sum(layers.values()) if stated is None else stated,
        hospital_fen=amounts["hosp_part_amt"] or 0,
        personal_fen=personal_fen,
        deductible_fen=amounts["act_pay_dedc"] or 0,
        scope=BillScope(*(fen or 0 for fen in scope)) if any(scope) else None,
    )


_SUMS: Final = ("fund_pay_sumamt", "hosp_part_amt", "psn_part_amt", "act_pay_dedc", "hifdm_pay")


def _sharers(raw: Any) -> tuple[str, ...] | None:
    if raw is None or raw == "":
        return None
    several = raw if isinstance(raw, list) else [raw]
    if len(several) > 20 or not all(isinstance(one, (str, int)) and not isinstance(one, bool) for one in several):
        raise MalformedError("sharers", "应当是人员编号的列表")
    return tuple(str(one).strip() for one in several)


def _swipe(raw: Any) -> int | None:
    if raw is None or raw == "":
        return None
    if str(raw) not in ("1", "2"):
        raise MalformedError("swipe", "应为 1 或 2")
    return int(str(raw))


def _informative(fields: Fields, total_fen: int) -> Refused | None:
    """Return AMOUNTS_DISAGREE when the caller's own split is given and does not add up; ours is used all the same."""
    scope_fen = sum(fields.fen(name) or 0 for name in _SCOPE)
    if scope_fen in (0, total_fen):
        return None
    return Refused(Refusal.AMOUNTS_DISAGREE, figures(stated_fen=total_fen, scope_fen=scope_fen))


def _scope(bill: VisitBill) -> Scope:
    return scope_of(bill.claim, bill.credential, *(("psn_no", psn_no) for psn_no in bill.sharers or ()))


def _heading(fields: Fields, message: Message, now: datetime) -> Heading:
    return Heading(
        at=now, msgid=message.msgid, med_type=fields.text("med_type"), cert_type=fields.text("mdtrt_cert_type")
    )


def _output(desk: Desk, message: Message, books: Books, paid: Paid, heading: Heading) -> Output:
    if desk.watch is not None and paid.decision is not None:
        names = {one.person_id: one.name for one in books.registry.identities}
        watched = Watched(infno=message.infno, at=heading.at, patient=paid.patient, decision=paid.decision, names=names)
        desk.watch(watched)
    content = {**settlement(paid, books.registry.identities.rows, heading), "exp_content": None}
    return Output(content, paid.done)


def _number_of(setl_id: str) -> int:
    """Return a settlement number, 0 (which none has) for a text that is no number of ours."""
    plain = setl_id.isascii() and setl_id.isdigit() and len(setl_id) < 19
    return int(setl_id) if plain else 0
