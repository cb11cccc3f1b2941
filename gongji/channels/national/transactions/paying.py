"""2206 and 2206A quote a bill, 2207 and 2207A settle it, 2208 refunds it, 2601 takes it back by its message."""

from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from gongji.channels.national.desk import (
    Desk,
    Output,
    Task,
    Transaction,
    Watched,
    claim_of,
    credential,
    scope_of,
    swiping,
)
from gongji.channels.national.envelope import Message, day_in
from gongji.channels.national.fields import MalformedError, amount_of, fen_of, parse
from gongji.channels.national.messages.outpatient import (
    In2206,
    In2206Data,
    In2207,
    In2207Data,
    In2208,
    Out2206,
    Out2207,
    Out2208,
)
from gongji.channels.national.messages.reconciling import In2601
from gongji.channels.national.reading import read, shape
from gongji.channels.national.setlinfo import FUNDS, Heading, settlement
from gongji.channels.national.transactions.registration import visit_kind
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.domain.requests import Answered, RequestKey, Scope
from gongji.ledger.records import Statement
from gongji.services.credentials import names
from gongji.services.stays import take_back_admission
from gongji.services.store import Books
from gongji.services.visit_bills import OutsideSplit
from gongji.services.visit_bills import Scope as BillScope
from gongji.services.visit_reversals import refund_visit, restore, take_back
from gongji.services.visit_settlements import Paid, VisitBill, note_swipe, quote_visit, settle_visit
from gongji.services.visits import Claim, figures

SETTLEMENTS: Final = frozenset({"2102", "2207", "2207A", "2304", "2304A"})
REFUNDS: Final = frozenset({"2103", "2208", "2305"})
QUOTES: Final = frozenset({"2101"})
ADMISSIONS: Final = frozenset({"2401"})
"""What 2601 may be asked to undo."""

_SCOPE: Final = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")


def quote_bill(desk: Desk, message: Message, now: datetime) -> Task:
    """2206 and 2206A: what 2207 would answer now. Nothing is written."""
    data = read(In2206, message).data
    bill = _bill(desk, data, message, now)

    def act(books: Books) -> Output | Refused:
        paid = quote_visit(books, desk.policy, bill)
        if isinstance(paid, Refused):
            return paid
        return answer(Out2206, desk, message, books, paid, _heading(data, message, now))

    return Task(scope=bill_scope(bill), act=act, writes=False)


def settle_bill(desk: Desk, message: Message, now: datetime) -> Task:
    """2207 and 2207A: the unsettled lines of a batch are paid for, out of the right pockets in the right order."""
    data = read(In2207, message).data
    bill = _bill(desk, data, message, now)
    fault = informative(data, bill.total_fen)

    def act(books: Books) -> Output | Refused:
        paid = settle_visit(books, desk.policy, bill)
        faults = [one for one in (fault, paid) if isinstance(one, Refused)]
        if faults or isinstance(paid, Refused):
            return first_of(faults)
        return answer(Out2207, desk, message, books, paid, _heading(data, message, now))

    return Task(
        scope=bill_scope(bill), act=act, leaves=swiping(lambda books: note_swipe(books, bill.claim, bill.batch, now))
    )


def refund_bill(desk: Desk, message: Message, now: datetime) -> Task:
    """2208: a settlement is given back whole; the answer has a number of its own and the same amounts negated."""
    data = read(In2208, message).data
    claim = claim_of(data, message)
    settle_id = settlement_number(data.setl_id)

    def act(books: Books) -> Output | Refused:
        paid = refund_visit(books, desk.policy, claim, settle_id, request=message.msgid, at=now)
        if isinstance(paid, Refused):
            return paid
        heading = refund_heading(paid, message, now)
        return answer(Out2208, desk, message, books, paid, heading)

    scope = scope_of(claim)
    scope.settlements.add(settle_id)
    return Task(scope=scope, act=act)


def reverse_message(desk: Desk, message: Message, now: datetime) -> Task:
    """2601 冲正: what a message of this institution did is undone; which one is told by the id it was sent under.

    A settlement is refunded, a refund taken back, so that its settlement stands again; an admission is cancelled. A
    quote booked nothing, so there is nothing to undo, and that is answered as done.
    """
    data = read(In2601, message).data
    psn_no, omsgid, oinfno = data.psn_no, data.omsgid, data.oinfno
    if oinfno not in SETTLEMENTS | REFUNDS | QUOTES | ADMISSIONS:
        several = "、".join(sorted(SETTLEMENTS | REFUNDS | ADMISSIONS))
        raise MalformedError("oinfno", f"{oinfno} 不能冲正，可以冲正的是 {several}")
    original = RequestKey(message.institution, omsgid, day_in(omsgid, message.institution, now, "omsgid"))

    def act(books: Books) -> Output | Refused:
        if oinfno in QUOTES:
            return Output(None)
        answered = books.ledger.answers.get(original)
        if answered is None or answered.kind[:4] != oinfno[:4]:  # 2207 and 2207A are one, as clients name them
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="message")
        if oinfno in ADMISSIONS:
            return _undo_admission(books, answered, psn_no, message)
        undo = take_back if oinfno in SETTLEMENTS else restore
        paid = undo(books, desk.policy, original, psn_no, by=message.key, at=now)
        return paid if isinstance(paid, Refused) else Output(None, paid.done)

    def leaves(books: Books, no: Refused) -> bool:
        """Remember a reversal that was faster than its message, so that the message settles nothing when it comes."""
        if no.reason is Refusal.SETTLEMENT_NOT_FOUND and original not in books.ledger.answers:
            never = Answered(key=original, kind=oinfno, digest=b"", answer=b"", reversed_by=message.msgid)
            books.ledger.answers.put(original, never)
        return False

    scope = Scope(certificates={("psn_no", psn_no)}, requests={original})
    if oinfno in ADMISSIONS:
        scope.stays.add(psn_no)
    return Task(scope=scope, act=act, leaves=leaves)


def show(desk: Desk, message: Message, books: Books, paid: Paid, at: datetime) -> None:
    """Tell whoever explains bills of one that was decided."""
    if desk.watch is not None and paid.decision is not None:
        names = {one.person_id: one.name for one in books.registry.identities}
        desk.watch(Watched(infno=message.infno, at=at, patient=paid.patient, decision=paid.decision, names=names))


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


def refund_heading(paid: Paid, message: Message, now: datetime) -> Heading:
    """Return what the answer to a refund says besides its figures: of the credential what the settlement knew."""
    cert_type = paid.settlement.statement.cert_type if paid.settlement is not None else ""
    return Heading(at=now, msgid=message.msgid, med_type=paid.visit.med_type, cert_type=cert_type or None, sign=-1)


def settlement_number(setl_id: str) -> int:
    """Return a settlement number, 0 (which none has) for a text that is no number of ours."""
    plain = setl_id.isascii() and setl_id.isdigit() and len(setl_id) < 19
    return int(setl_id) if plain else 0


def answer(kind: type[Struct], desk: Desk, message: Message, books: Books, paid: Paid, heading: Heading) -> Output:
    """Return the answer to a bill as `kind` has it, and tell whoever explains bills of the decision."""
    show(desk, message, books, paid, heading.at)
    return Output(shape(kind, settlement(paid, books.registry.identities.rows, heading)), paid.done)


PAYING: Final[dict[str, Transaction]] = {
    "2206": quote_bill,
    "2206A": quote_bill,
    "2207": settle_bill,
    "2207A": settle_bill,
    "2208": refund_bill,
    "2601": reverse_message,
}


# Helpers


def _undo_admission(books: Books, answered: Answered, psn_no: str, message: Message) -> Output | Refused:
    """Cancel an admission, which is named by its own first answer."""
    mdtrt_id = msgspec.json.decode(answered.answer)["output"]["result"]["mdtrt_id"]
    claim = Claim(mdtrt_id, psn_no, message.institution, stay=True)
    visit = take_back_admission(books, claim, answered.key, by=message.msgid)
    return visit if isinstance(visit, Refused) else Output(None)


def _bill(desk: Desk, data: In2206Data | In2207Data, message: Message, now: datetime) -> VisitBill:
    extension = data.expContent
    return VisitBill(
        claim=claim_of(data, message),
        credential=credential(desk, data),
        batch=data.chrg_bchno,
        total_fen=fen_of("medfee_sumamt", data.medfee_sumamt),
        kind=visit_kind(data.med_type),
        med_type=data.med_type,
        request=message.msgid,
        at=now,
        account_used=data.acct_used_flag == "1",
        split=outside_split(desk, extension.get("core_split")),
        sharers=sharers_in(extension.get("sharers")),
        swipe=swipe_in(extension.get("swipe")),
        statement=statement_of(message, data.mdtrt_cert_type, data.invono if isinstance(data, In2207Data) else ""),
    )


def _heading(data: In2206Data | In2207Data, message: Message, now: datetime) -> Heading:
    return Heading(at=now, msgid=message.msgid, med_type=data.med_type, cert_type=data.mdtrt_cert_type)
