"""9001 and 9002 sign in and out, 1101 tells who somebody is, 2201 to 2203 register a visit, cancel and describe it."""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from gongji.channels.national.desk import Desk, Output, Task, Transaction, claim_of, credential, scope_of, timely
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError, read, read_many
from gongji.channels.national.people import insurance_rows, personal
from gongji.domain.account import Pocket
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.registry.records import SignIn
from gongji.services.calendar import bring_up_to
from gongji.services.store import Books
from gongji.services.visits import Registration, cancel, describe, register


def sign_in(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """9001: an operator signs in and gets a number."""
    fields = read("9001", "signIn", message.content.get("signIn"))

    def act(books: Books) -> Output:
        sign = SignIn(
            sign_no=str(books.ledger.take_id("sign")),
            institution=message.institution,
            operator=fields.text("opter_no"),
            signed_at=now,
        )
        books.registry.signs.put(sign.sign_no, sign)
        return Output({"signinoutb": {"sign_no": sign.sign_no, "sign_time": f"{now:%Y-%m-%d %H:%M:%S}"}})

    return Task(scope=Scope(), act=act)


def sign_out(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """9002: the operator signs out."""
    sign_no = read("9002", "signOut", message.content.get("signOut")).text("sign_no")

    def act(books: Books) -> Output | Refused:
        sign = books.registry.signs.get(sign_no)
        if sign is None or sign.institution != message.institution:
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="sign")
        books.registry.signs.put(sign_no, replace(sign, ended_at=sign.ended_at or now))
        return Output({"signoutoutb": {"sign_time": f"{now:%Y-%m-%d %H:%M:%S}"}})

    return Task(scope=Scope(signs={sign_no}), act=act)


def query_person(desk: Desk, message: Message, now: datetime) -> Task:
    """1101: who is behind a credential, how insured, with what balance."""
    fields = read("1101", "data", message.content.get("data"))
    paper = credential(fields)

    def act(books: Books) -> Output | Refused:
        person_id = books.registry.directory.get(paper)
        bring_up_to(books, desk.policy, [] if person_id is None else [person_id], now)
        person = books.registry.people.get(person_id) if person_id is not None else None
        identity = books.registry.identities.get(person_id) if person_id is not None else None
        if person is None or identity is None:
            return Refused(Refusal.PERSON_UNKNOWN, subject="mdtrt_cert_no")
        told = {identity.name: fields.text("psn_name"), identity.certno.upper(): fields.text("certno").upper()}
        if any(given and given != known for known, given in told.items()):
            return Refused(Refusal.IDENTITY_MISMATCH, subject="psn_name")
        balance_fen = sum(
            books.ledger.balance(person.person_id, pocket) for pocket in (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER)
        )
        day = now.date()
        return Output(
            {
                "baseinfo": {**personal(person, identity, day), "exp_content": None},
                "insuinfo": insurance_rows(person, identity, day, balance_fen=balance_fen),
                "idetinfo": [],
            }
        )

    return Task(scope=Scope(certificates={paper}), act=act, writes=False)


def register_visit(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all
    """2201: a visit is registered under the patient's own credential."""
    fields = read("2201", "data", message.content.get("data"))
    request = Registration(
        psn_no=fields.text("psn_no"),
        credential=credential(fields),
        institution=message.institution,
        reference=fields.text("ipt_otp_no"),
        begun_at=timely(fields, "begntime", now),
        insutype=fields.text("insutype"),
        at=now,
    )

    def act(books: Books) -> Output | Refused:
        visit = register(books, request)
        if isinstance(visit, Refused):
            return visit
        data = {"mdtrt_id": visit.visit_id, "psn_no": request.psn_no, "ipt_otp_no": visit.reference}
        return Output({"data": {**data, "exp_content": None}})

    return Task(scope=Scope(certificates={("psn_no", request.psn_no), request.credential}), act=act)


def cancel_visit(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """2202: a registration is cancelled."""
    fields = read("2202", "data", message.content.get("data"))
    claim = claim_of(fields, message)

    def act(books: Books) -> Output | Refused:
        visit = cancel(books, claim, fields.text("ipt_otp_no"))
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


def describe_visit(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """2203 and 2203A: what kind of visit it is, since when, and the diagnoses, which are checked and not kept."""
    fields = read(message.infno, "mdtrtinfo", message.content.get("mdtrtinfo"))
    read_many(message.infno, "diseinfo", message.content.get("diseinfo") or [])
    claim = claim_of(fields, message)
    begun_at = timely(fields, "begntime", now)
    visit_kind(fields.text("med_type"))

    def act(books: Books) -> Output | Refused:
        visit = describe(books, claim, med_type=fields.text("med_type"), begun_at=begun_at, at=now)
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


def visit_kind(med_type: str) -> VisitKind:
    """Return the kind of visit of a med_type, provincial ones by their first digits. Inpatient care is refused."""
    if not med_type.isdigit() or len(med_type) < 2:
        raise MalformedError("med_type", "医疗类别应为两位以上数字，如 11 普通门诊")
    if med_type.startswith(("2", "52")):
        raise MalformedError("med_type", f"{med_type} 是住院类别，这里只受理门诊和药店")
    return VisitKind.CHRONIC if med_type.startswith("14") else VisitKind.OUTPATIENT


REGISTRATION: Final[dict[str, Transaction]] = {
    "9001": sign_in,
    "9002": sign_out,
    "1101": query_person,
    "2201": register_visit,
    "2202": cancel_visit,
    "2203": describe_visit,
    "2203A": describe_visit,
}
