"""9001 and 9002 sign in and out, 1101 tells who somebody is, 2201 to 2203 register a visit, cancel and describe it."""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from gongji.channels.national.desk import Desk, Output, Task, Transaction, claim_of, credential, scope_of, timely
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.messages.identity import In1101, In9001, In9002, Out1101, Out9001, Out9002
from gongji.channels.national.messages.visits import In2201, In2202, In2203, In2203A, Out2201
from gongji.channels.national.people import insurance_rows, personal
from gongji.channels.national.reading import read, shape
from gongji.domain.account import Pocket
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.codes import care_kind
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.registry.records import SignIn
from gongji.services.calendar import bring_up_to
from gongji.services.store import Books
from gongji.services.visits.credentials import names, read_by
from gongji.services.visits.visits import Registration, cancel, describe, register


def sign_in(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """9001: an operator signs in and gets a number."""
    data = read(In9001, message).signIn

    def act(books: Books) -> Output:
        sign = SignIn(
            sign_no=str(books.ledger.take_id("sign")),
            institution=message.institution,
            operator=data.opter_no,
            signed_at=now,
        )
        books.registry.signs.put(sign.sign_no, sign)
        told = {"sign_no": sign.sign_no, "sign_time": f"{now:%Y-%m-%d %H:%M:%S}"}
        return Output(shape(Out9001, {"signinoutb": told}))

    return Task(scope=Scope(), act=act)


def sign_out(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """9002: the operator signs out."""
    sign_no = read(In9002, message).signOut.sign_no

    def act(books: Books) -> Output | Refused:
        sign = books.registry.signs.get(sign_no)
        if sign is None or sign.institution != message.institution:
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="sign")
        books.registry.signs.put(sign_no, replace(sign, ended_at=sign.ended_at or now))
        return Output(shape(Out9002, {"signoutoutb": {"sign_time": f"{now:%Y-%m-%d %H:%M:%S}"}}))

    return Task(scope=Scope(signs={sign_no}), act=act)


def query_person(desk: Desk, message: Message, now: datetime) -> Task:
    """1101: who is behind a credential, how insured, with what balance."""
    data = read(In1101, message).data
    paper = credential(desk, data)
    if paper.kind == "card_no":
        paper = replace(paper, card_sn=data.card_sn)

    def act(books: Books) -> Output | Refused:
        person_id = read_by(books, paper, now)
        if isinstance(person_id, Refused):
            return person_id
        bring_up_to(books, desk.policy, [person_id], now)
        person, identity = books.registry.people[person_id], books.registry.identities[person_id]
        told = {identity.name: data.psn_name, identity.certno.upper(): data.certno.upper()}
        if any(given and given != known for known, given in told.items()):
            return Refused(Refusal.IDENTITY_MISMATCH, subject="psn_name")
        balance_fen = sum(
            books.ledger.balance(person.person_id, pocket) for pocket in (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER)
        )
        day = now.date()
        rows = insurance_rows(person, identity, day, balance_fen=balance_fen)
        return Output(shape(Out1101, {"baseinfo": personal(person, identity, day), "insuinfo": rows}))

    return Task(scope=names(paper), act=act, writes=False)


def register_visit(desk: Desk, message: Message, now: datetime) -> Task:
    """2201: a visit is registered under the patient's own credential."""
    data = read(In2201, message).data
    request = Registration(
        psn_no=data.psn_no,
        credential=credential(desk, data),
        institution=message.institution,
        reference=data.ipt_otp_no,
        begun_at=timely("begntime", data.begntime, now),
        insutype=data.insutype,
        at=now,
    )

    def act(books: Books) -> Output | Refused:
        visit = register(books, request)
        if isinstance(visit, Refused):
            return visit
        told = {"mdtrt_id": visit.visit_id, "psn_no": request.psn_no, "ipt_otp_no": visit.reference}
        return Output(shape(Out2201, {"data": told}))

    scope = names(request.credential)
    scope.certificates.add(("psn_no", request.psn_no))
    return Task(scope=scope, act=act)


def cancel_visit(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """2202: a registration is cancelled."""
    data = read(In2202, message).data
    claim = claim_of(data, message)

    def act(books: Books) -> Output | Refused:
        visit = cancel(books, claim, data.ipt_otp_no)
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


def describe_visit(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """2203 and 2203A: what kind of visit it is, since when, and the diagnoses, which are checked and not kept."""
    data = (read(In2203A, message) if message.infno == "2203A" else read(In2203, message)).mdtrtinfo
    claim = claim_of(data, message)
    begun_at = timely("begntime", data.begntime, now)
    visit_kind(data.med_type)

    def act(books: Books) -> Output | Refused:
        visit = describe(books, claim, med_type=data.med_type, begun_at=begun_at, at=now)
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


def visit_kind(med_type: str) -> VisitKind:
    """Return the kind of visit of a med_type, provincial ones by their first digits. Inpatient care is refused."""
    if not med_type.isdigit() or len(med_type) < 2:
        raise MalformedError("med_type", "医疗类别应为两位以上数字，如 11 普通门诊")
    kind = care_kind(med_type)
    if kind is VisitKind.INPATIENT:
        raise MalformedError("med_type", f"{med_type} 是住院类别，这里只受理门诊和药店")
    return VisitKind.OUTPATIENT if kind is VisitKind.DRUGSTORE else kind  # the place tells whether it is a pharmacy


REGISTRATION: Final[dict[str, Transaction]] = {
    "9001": sign_in,
    "9002": sign_out,
    "1101": query_person,
    "2201": register_visit,
    "2202": cancel_visit,
    "2203": describe_visit,
    "2203A": describe_visit,
}
