"""2401 admits to hospital, 2402 discharges, 2403 changes what was told, 2404 and 2405 take the first two back."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict, replace

from gongji.channels.national.desk import (
    Claiming,
    Desk,
    Output,
    Task,
    Transaction,
    claim_of,
    credential,
    scope_of,
    timely,
)
from gongji.channels.national.envelope import Message
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.messages.admission import (
    In2401,
    In2402,
    In2403,
    In2404,
    In2405,
    Out2401,
    Out2401Result,
)
from gongji.channels.national.reading import read
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.codes import care_kind
from gongji.domain.refusals import Refused
from gongji.services.store import Books
from gongji.services.visits.credentials import names
from gongji.services.visits.stays import StayChange, admit, cancel_stay, change, discharge, undo_discharge
from gongji.services.visits.visits import Claim, Registration

_NOT_KEPT: Final = frozenset(
    {"mdtrt_id", "psn_no", "insutype", "coner_name", "tel", "begntime", "endtime", "mdtrt_cert_no", "med_type",
     "ipt_no", "ipt_otp_no", "expContent", "exp_content"}
)  # fmt: skip
"""What stands elsewhere in the books, and what is checked and not kept: contacts, credentials, extensions."""


def admit_patient(desk: Desk, message: Message, now: datetime) -> Task:
    """2401: a hospital stay begins under the patient's own credential."""
    node = read(In2401, message).mdtrtinfo
    request = Registration(
        psn_no=node.psn_no,
        credential=credential(desk, node),
        institution=message.institution,
        reference=node.ipt_no,
        begun_at=timely("begntime", node.begntime, now),
        insutype=node.insutype,
        at=now,
        med_type=inpatient_type(node.med_type),
        told=_told(node),
    )

    def act(books: Books) -> Output | Refused:
        visit = admit(books, request)
        return visit if isinstance(visit, Refused) else Output(Out2401(result=Out2401Result(mdtrt_id=visit.visit_id)))

    scope = names(request.credential)
    scope.certificates.add(("psn_no", request.psn_no))
    scope.stays.add(request.psn_no)
    return Task(scope=scope, act=act)


def discharge_patient(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all
    """2402: the stay has ended; its settlement is yet to come."""
    node = read(In2402, message).dscginfo
    claim, told = stay_of(node, message), _told(node)

    def act(books: Books) -> Output | Refused:
        visit = discharge(books, claim, ended_at=node.endtime, told=told, at=now)
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


def change_admission(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all
    """2403: what was told at the admission, told anew."""
    node = read(In2403, message).adminfo
    claim = stay_of(node, message)
    if node.endtime is not None and node.endtime < node.begntime:
        raise MalformedError("endtime", "早于开始时间")
    asked = StayChange(
        reference=node.ipt_otp_no,
        begun_at=node.begntime,
        med_type=inpatient_type(node.med_type),
        told=_told(node),
        at=now,
    )

    def act(books: Books) -> Output | Refused:
        visit = change(books, claim, asked)
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


def cancel_admission(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all
    """2404: the admission is cancelled."""
    claim = stay_of(read(In2404, message).data, message)

    def act(books: Books) -> Output | Refused:
        visit = cancel_stay(books, claim)
        return visit if isinstance(visit, Refused) else Output(None)

    return Task(scope=scope_of(claim), act=act)


def cancel_discharge(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all
    """2405: the discharge is cancelled, the stay goes on."""
    claim = stay_of(read(In2405, message).data, message)

    def act(books: Books) -> Output | Refused:
        visit = undo_discharge(books, claim)
        return visit if isinstance(visit, Refused) else Output(None)

    scope = scope_of(claim)
    scope.stays.add(claim.psn_no)
    return Task(scope=scope, act=act)


def stay_of(node: Claiming, message: Message) -> Claim:
    """Return the hospital stay that a message means."""
    return replace(claim_of(node, message), stay=True)


def inpatient_type(med_type: str) -> str:
    """Return a med_type of inpatient care: 2x and 52, provincial ones by their first digits. Others are refused."""
    if care_kind(med_type) is not VisitKind.INPATIENT:
        raise MalformedError("med_type", f"{med_type} 不是住院类别，如 21 普通住院")
    return med_type


ADMISSION: Final[dict[str, Transaction]] = {
    "2401": admit_patient,
    "2402": discharge_patient,
    "2403": change_admission,
    "2404": cancel_admission,
    "2405": cancel_discharge,
}


# Helpers


def _told(node: Struct) -> dict[str, str]:
    """Return what a node tells besides what the books have names for, by the names of its fields; no empty ones."""
    fields = asdict(node).items()
    return {name: _text(value) for name, value in fields if name not in _NOT_KEPT and value not in (None, "")}


def _text(value: str | Decimal | datetime) -> str:
    if isinstance(value, str):
        return value
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else format(value, "f")
