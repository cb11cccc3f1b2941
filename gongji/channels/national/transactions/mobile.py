"""Mobile payment: 6201 uploads an order, 6202 pays it, 6301 asks for it, 6203 refunds it, 6401 takes it back."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from gongji.channels.national.amounts import amount
from gongji.channels.national.desk import Desk, Output, Task, Transaction, swiping, timely
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError, fen_of
from gongji.channels.national.messages.mobile import In6202, In6202Data, In6203, In6301, Out6202, Out6203, Out6301
from gongji.channels.national.messages.orders import In6201, In6201Data, In6201DataFeedetailList, In6401, Out6201
from gongji.channels.national.reading import read, shape
from gongji.channels.national.setlinfo import Heading, fund_amounts, settlement
from gongji.channels.national.transactions.billing import (
    outside_split,
    sharers_in,
    show,
    statement_of,
    swipe_in,
)
from gongji.channels.national.transactions.registration import visit_kind
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.domain.requests import Scope
from gongji.registry.records import Order, RefundType
from gongji.rules.policybook import PolicyBook
from gongji.services.store import Books
from gongji.services.visits.credentials import CODE, Credential, names
from gongji.services.visits.order_refunds import OrderRefund, refund_order
from gongji.services.visits.orders import (
    NewOrder,
    OrderName,
    OrderState,
    Papers,
    Payment,
    Told,
    ask_order,
    bundle_of,
    note_order_swipe,
    order_name,
    order_scope,
    pay_order,
    place_order,
    revoke_order,
)
from gongji.services.visits.visit_settlements import Paid
from gongji.services.visits.visits import NewLine, Registration, figures, no_product

_BY_CODE: Final = "01"
"""mdtrt_cert_type of whoever pays by phone."""


def upload_order(desk: Desk, message: Message, now: datetime) -> Task:
    """6201: the lines of an outpatient visit become an order, under a number and a token to name it by."""
    data = read(In6201, message).data
    _same_institution(data.orgCodg, message)
    new = _new_order(desk, data, message, now)
    fault = _disagreement(data, new)

    def act(books: Books) -> Output | Refused:
        placed = place_order(books, new)
        faults = [one for one in (fault, placed) if isinstance(one, Refused)]
        if faults or isinstance(placed, Refused):
            return first_of(faults)
        name, visit = placed
        told = {"payOrdId": str(name), "payToken": desk.codes.order_token(str(name))}
        return Output(shape(Out6201, {"data": {**told, "extData": {"mdtrtId": visit.visit_id}}}))

    scope = Scope(certificates={("psn_no", data.psnNo)}, visits={data.mdtrtId} - {""})
    for shown in (new.registration.credential, new.further):
        scope.merge(names(shown) if shown is not None else Scope())
    return Task(scope=scope, act=act)


def pay(desk: Desk, message: Message, now: datetime) -> Task:
    """6202: the order is paid, out of the right pockets in the right order; what they leave is due at the counter."""
    data = read(In6202, message).data
    _same_institution(data.orgCodg, message)
    _outpatient(data.feeType)
    name = _named(desk, data)
    payment = _payment(desk, data, message, name, now)

    def rules(books: Books) -> PolicyBook:
        return desk.made_by(bundle_of(books, name, message.institution))

    def act(books: Books) -> Output | Refused:
        policy = rules(books)
        outcome = pay_order(books, policy, payment)
        if isinstance(outcome, Refused):
            return outcome
        state, paid = outcome
        show(desk, message, books, paid, now, policy)
        heading = Heading(at=now, msgid=message.msgid, med_type=paid.visit.med_type, cert_type=_BY_CODE)
        info = settlement(paid, books.registry.identities.rows, heading)["setlinfo"]
        told = {"payOrdId": str(name), "ordStas": str(state), **_amounts(paid), "extData": {"preSetl": info}}
        return Output(shape(Out6202, {"data": told}), paid.done)

    scope = order_scope(name, message.institution)
    scope.merge(names(payment.credential))
    scope.certificates |= {("psn_no", psn_no) for psn_no in payment.sharers or ()}
    leaves = swiping(lambda books: note_order_swipe(books, name, message.institution, now))
    return Task(scope=scope, act=act, leaves=leaves, rules=rules)


def ask(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """6301: where an order stands, with the amounts it was paid with. Nothing is written."""
    data = read(In6301, message).data
    _same_institution(data.orgCodg, message)
    name = _named(desk, data)

    def act(books: Books) -> Output | Refused:
        told = ask_order(books, name, message.institution, _papers(data))
        return told if isinstance(told, Refused) else Output(shape(Out6301, {"data": _standing(name, told, books)}))

    return Task(scope=order_scope(name, message.institution), act=act, writes=False)


def refund(desk: Desk, message: Message, now: datetime) -> Task:
    """6203: what was paid goes back, whole, its cash only, or (once that has gone back) the rest."""
    data = read(In6203, message).data
    if bool(data.ecToken) == bool(data.payAuthNo):
        raise MalformedError("ecToken", "ecToken 和 payAuthNo 应填其中一个")
    _stamp("appRefdTime", data.appRefdTime)
    fens = {
        field: None if value is None else fen_of(field, value)
        for field in ("totlRefdAmt", "cashRefdAmt", "psnAcctRefdAmt", "fundRefdAmt")
        for value in (getattr(data, field),)
    }
    if data.refdType == "CASH" and not fens["cashRefdAmt"]:
        raise MalformedError("cashRefdAmt", "只退现金时应当大于 0")
    wanted = OrderRefund(
        name=_order_named(data.payOrdId),
        institution=message.institution,
        number=data.appRefdSn,
        credential=_code(desk, data.ecToken or data.payAuthNo),
        refund_type=RefundType(data.refdType),
        total_fen=fens["totlRefdAmt"] or 0,
        cash_fen=fens["cashRefdAmt"] or 0,
        account_fen=fens["psnAcctRefdAmt"],
        fund_fen=fens["fundRefdAmt"],
        request=message.msgid,
        at=now,
    )

    def act(books: Books) -> Output | Refused:
        done = refund_order(books, desk.policy, wanted)
        return done if isinstance(done, Refused) else Output(shape(Out6203, {"data": {"refStatus": "SUCC"}}), done)

    return Task(scope=wanted.scope, act=act)


def revoke(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """6401: an order that is not paid is taken back."""
    data = read(In6401, message).data
    _same_institution(data.orgCodg, message)
    name = _named(desk, data)

    def act(books: Books) -> Output | Refused:
        visit = revoke_order(books, name, message.institution, _papers(data))
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=order_scope(name, message.institution), act=act)


MOBILE: Final[dict[str, Transaction]] = {"6201": upload_order, "6202": pay, "6203": refund, "6301": ask, "6401": revoke}


# Helpers


class _Naming(Protocol):
    @property
    def payOrdId(self) -> str:  # noqa: N802  # as the tables spell it
        """Return 支付订单号."""

    @property
    def payToken(self) -> str:  # noqa: N802  # as the tables spell it
        """Return 支付 token."""


class _Identifying(Protocol):
    @property
    def idNo(self) -> str:  # noqa: N802  # as the tables spell it
        """Return 证件号码."""

    @property
    def idType(self) -> str:  # noqa: N802  # as the tables spell it
        """Return 证件类别."""

    @property
    def userName(self) -> str:  # noqa: N802  # as the tables spell it
        """Return 用户姓名."""


def _same_institution(told: str, message: Message) -> None:
    if told != message.institution:
        raise MalformedError("orgCodg", "与报文头的 fixmedins_code 不同")


def _outpatient(fee_type: str) -> None:
    if fee_type != "01":
        raise MalformedError("feeType", f"{fee_type} 是住院费用，移动支付这里只受理 01 门诊；住院请用 2401 至 2304")


def _order_named(pay_ord_id: str) -> OrderName:
    name = order_name(pay_ord_id)
    if name is None:
        raise MalformedError("payOrdId", "不是 6201 给出的支付订单号")
    return name


def _named(desk: Desk, data: _Naming) -> OrderName:
    name = _order_named(data.payOrdId)
    if not desk.codes.is_order_token(data.payToken, str(name)):
        raise MalformedError("payToken", "与支付订单号不符，应为 6201 给出的那一个")
    return name


def _papers(data: _Identifying) -> Papers:
    return Papers(data.idType, data.idNo.upper(), data.userName)


def _code(desk: Desk, code: str) -> Credential:
    return Credential(CODE, code, code=desk.codes.open(code))


def _stamp(field: str, text: str) -> None:
    try:
        found = datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007  # local time, and only looked at
    except ValueError as fault:
        raise MalformedError(field, "应为 yyyyMMddHHmmss") from fault
    if f"{found:%Y%m%d%H%M%S}" != text:
        raise MalformedError(field, "应为 yyyyMMddHHmmss")


def _new_order(desk: Desk, data: In6201Data, message: Message, now: datetime) -> NewOrder:
    _outpatient(data.feeType)
    if not (data.ecToken or data.payAuthNo):
        raise MalformedError("ecToken", "ecToken 和 payAuthNo 至少填一个")
    if not (data.ecToken or data.mdtrtId):
        raise MalformedError("mdtrtId", "没有 ecToken 时要填就诊 ID")
    if not data.feedetailList:
        raise MalformedError("feedetailList", "没有明细")
    codes = list(dict.fromkeys(code for code in (data.ecToken, data.payAuthNo) if code))
    told = {"atddr_no": data.atddrNo, "dr_name": data.drName, "dept_code": data.deptCode, "dept_name": data.deptName}
    registration = Registration(
        psn_no=data.psnNo,
        credential=_code(desk, codes[0]),
        institution=message.institution,
        reference=data.iptOtpNo,
        begun_at=timely("begntime", data.begntime, now),
        insutype=data.insutype,
        at=now,
        med_type=data.medType,
        told={name: text for name, text in told.items() if text},
    )
    order = Order(
        reference=data.medOrgOrd,
        batch=data.chrgBchno,
        total_fen=fen_of("medfeeSumamt", data.medfeeSumamt),
        kind=_kind(data.medType),
        med_type=data.medType,
        account_used=data.acctUsedFlag != "0",
        bundle=desk.policy.digest,
    )
    return NewOrder(
        registration=registration,
        visit_id=data.mdtrtId,
        further=_code(desk, codes[1]) if len(codes) > 1 else None,
        papers=_papers(data),
        lines=tuple(_line(desk, data, row, number, now) for number, row in enumerate(data.feedetailList, 1)),
        order=order,
    )


def _kind(med_type: str) -> VisitKind:
    try:
        return visit_kind(med_type)
    except MalformedError as fault:
        raise MalformedError("medType", fault.why) from fault


def _line(desk: Desk, data: In6201Data, row: In6201DataFeedetailList, number: int, now: datetime) -> NewLine:
    """Return a line to upload. The catalogue splits it by code and count, which the tables would let be missing."""
    for field in ("mdtrtId", "psnNo", "chrgBchno"):
        told = getattr(row, field)
        if told and told != getattr(data, field):
            raise MalformedError(field, "明细与单据头不同")
    if not row.medListCodg:
        raise MalformedError("medListCodg", "没有填")
    if not row.cnt:
        raise MalformedError("cnt", "数量应当大于 0")
    occurred_at = timely("feeOcurTime", row.feeOcurTime, now) if row.feeOcurTime is not None else None
    fen = fen_of("detItemFeeSumamt", row.detItemFeeSumamt)
    return NewLine(
        row.feedetlSn or f"{data.chrgBchno}-{number}",
        data.chrgBchno,
        row.medListCodg,
        desk.catalogue.split(row.medListCodg, fen, row.cnt),
        occurred_at=occurred_at,
        count=_written(row.cnt),
        price=_written(row.pric),
    )


def _written(number: Decimal | None) -> str:
    return "" if number is None else format(number, "f")


def _disagreement(data: In6201Data, new: NewOrder) -> Refused | None:
    """Return AMOUNTS_DISAGREE when a line is not count times price, or the caller's own split is not the whole."""
    for row, line in zip(data.feedetailList, new.lines, strict=True):
        fen = line.split.fee.amount_fen
        fault = no_product(line.line_no, fen, row.cnt * row.pric) if row.cnt and row.pric is not None else None
        if fault is not None:
            return fault
    told = {name: getattr(data, name) for name in ("fulamtOwnpayAmt", "preselfpayAmt", "inscpScpAmt")}
    scope_fen = sum(fen_of(name, value) for name, value in told.items() if value is not None)
    whole_fens = {scope_fen, scope_fen + fen_of("overlmtSelfpay", data.overlmtSelfpay or Decimal(0))}
    if None in told.values() or not scope_fen or new.order.total_fen in whole_fens:
        return None
    return Refused(Refusal.AMOUNTS_DISAGREE, figures(stated_fen=new.order.total_fen, scope_fen=scope_fen))


def _payment(desk: Desk, data: In6202Data, message: Message, name: OrderName, now: datetime) -> Payment:
    told = data.extData | data.expContent
    return Payment(
        name=name,
        institution=message.institution,
        visit_id=data.mdtrtId,
        batch=data.chrgBchno,
        credential=_code(desk, data.payAuthNo),
        request=message.msgid,
        at=now,
        account_used=data.acctUsedFlag != "0",
        split=outside_split(desk, told.get("core_split")),
        sharers=sharers_in(told.get("sharers")),
        swipe=swipe_in(told.get("swipe")),
        statement=statement_of(message, _BY_CODE, ""),
    )


def _amounts(paid: Paid) -> dict[str, Any]:
    """Return the amounts of an order: feeSumamt is who paid together, what the hospital bears stands beside it."""
    figures, other_fen = paid.figures, fund_amounts(paid)["oth_pay"]
    return {
        "feeSumamt": amount(figures.scope.total_fen - figures.hospital_fen),
        "ownPayAmt": amount(figures.cash_fen),
        "psnAcctPay": amount(figures.account_fen),
        "fundPay": amount(figures.fund_fen - other_fen),
        "othFeeAmt": amount(other_fen),
        "hospPartAmt": amount(figures.hospital_fen),
        "acctMulaidPay": amount(figures.shared_fen),
        "selfAcctPay": amount(figures.own_fen + figures.wallet_fen),
    }


_SUCCEEDED: Final = "02"
"""callType 支付成功回调, the only one that has been seen."""


def _standing(name: OrderName, told: Told, books: Books) -> dict[str, Any]:
    """Return what is known of an order. setlType and revsToken are left out: what they mean is not published."""
    known: dict[str, Any] = {"ordStas": str(told.state), "payOrdId": str(name), "medOrgOrd": told.order.reference}
    paid = told.paid
    if paid is None or paid.settlement is None:
        return known
    place, at = books.registry.institutions[told.visit.institution], f"{paid.settlement.settled_at:%Y-%m-%d %H:%M:%S}"
    call = {"callType": _SUCCEEDED} if told.state in (OrderState.INSURANCE_PAID, OrderState.DONE) else {}
    return {
        **known,
        **call,
        **_amounts(paid),
        "traceTime": at,
        "hiChrgTime": at,
        "hiDocSn": str(paid.settle_id),
        "hiRgstSn": told.visit.visit_id,
        "orgName": place.name,
        "orgCode": place.code,
    }
