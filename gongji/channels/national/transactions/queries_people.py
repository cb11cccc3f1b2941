"""1201 lists institutions, 2001 checks benefits; 5201, 5206, 5301, 5302 and 5303 tell what is known of a person."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from gongji.channels.national.amounts import amount, exact
from gongji.channels.national.desk import Desk, Output, Task, Transaction, timely
from gongji.channels.national.envelope import LONGEST_GAP, Message
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.messages.details import In5301, In5302, In5303, Out5303Data
from gongji.channels.national.messages.identity import In1201, In2001, Out1201Medinsinfo, Out2001Trtinfo
from gongji.channels.national.messages.queries import In5201, In5206, Out5201Mdtrtinfo, Out5206Cuminfo
from gongji.channels.national.people import personal
from gongji.channels.national.reading import read, shape
from gongji.channels.national.transactions.queries import hospital_level, moment
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.codes import care_kind, insutype, psn_type
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import sentence
from gongji.registry.records import Visit
from gongji.services.store import Books, Store
from gongji.services.visits.queries_people import (
    Benefit,
    Checked,
    Guest,
    YearUse,
    benefits_of,
    designated,
    find_stay,
    find_visits,
    guest_of,
    year_use,
)

MOST_INSTITUTIONS: Final = 200
"""1201 answers with at most so many."""

_HOSPITAL, _PHARMACY = "1", "2"
_FUND: Final = "01"
"""trt_chk_type: 基金款项."""


def query_institutions(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """1201: designated institutions of a type, by a part of the name or by code, at most 200.

    The register has no 统一社会信用代码, so that uscc is empty; of hosp_lv it knows only that pharmacies have none.
    """
    asked = read(In1201, message).medinsinfo

    def act(books: Books) -> Output | Refused:
        if asked.fixmedins_type not in (_HOSPITAL, _PHARMACY):
            return Output({"medinsinfo": []})
        pharmacy = asked.fixmedins_type == _PHARMACY
        places = designated(books, pharmacy=pharmacy, name=asked.fixmedins_name, code=asked.fixmedins_code)
        rows = [
            Out1201Medinsinfo(
                fixmedins_code=place.code,
                fixmedins_name=place.name,
                uscc="",
                fixmedins_type=asked.fixmedins_type,
                hosp_lv=hospital_level(place.kind),
            )
            for place in places[:MOST_INSTITUTIONS]
        ]
        return Output({"medinsinfo": rows})

    return Task(scope=Scope(), act=act, writes=False)


def check_benefits(desk: Desk, message: Message, now: datetime) -> Task:
    """2001: for each fund of an insurance whether it pays for such care, there and on that day, and if not why."""
    data = read(In2001, message).data
    at = timely("begntime", data.begntime, now, ahead=LONGEST_GAP)
    last = data.endtime
    if last is not None:
        span(at, last)
    checked = Checked(
        psn_no=data.psn_no,
        insutype=data.insutype,
        place=data.fixmedins_code or message.institution,
        kind=care_kind(data.med_type),
        at=at,
    )

    def act(books: Books) -> Output | Refused:
        found = benefits_of(books, desk.policy, checked)
        if isinstance(found, Refused):
            return found
        funds = ((_fund_type(benefit.fund, checked.insutype), benefit) for benefit in found)
        rows = [
            Out2001Trtinfo(
                psn_no=data.psn_no,
                trt_chk_type=_FUND,
                fund_pay_type=fund,
                trt_enjymnt_flag="0" if benefit.barred is not None else "1",
                begndate=at.date().isoformat(),
                enddate=last.date().isoformat() if last is not None else None,
                trt_chk_rslt=_why(benefit),
            )
            for fund, benefit in funds
            if fund
        ]
        return Output({"trtinfo": rows})

    return Task(scope=Scope(certificates={("psn_no", data.psn_no)}), act=act, writes=False)


def query_visits(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """5201: a person's visits here that began between two moments; an end without a time means the whole day."""
    data = read(In5201, message).data
    since, until = span(data.begntime, data.endtime)

    def look(store: Store) -> Output | Refused:
        guest = find_visits(store, data.psn_no, message.institution, since, until)
        if isinstance(guest, Refused):
            return guest
        visits = [
            visit
            for visit in guest.visits
            if data.med_type in ("", visit.med_type) and data.mdtrt_id in ("", visit.visit_id)
        ]
        return Output({"mdtrtinfo": [_visit(guest, visit) for visit in visits]})

    return Task(scope=Scope(), look=look, writes=False)


def query_stay(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """5303: the hospital stay of a person that goes on here, if it began in the time asked for."""
    data = read(In5303, message).data
    if not data.psn_no:
        raise MalformedError("psn_no", "没有填")
    since, until = span(data.begntime, data.endtime or now)

    def act(books: Books) -> Output | Refused:
        guest = find_stay(books, data.psn_no, message.institution, since, until)
        if isinstance(guest, Refused):
            return guest
        return Output({"data": [shape(Out5303Data, _about(guest, visit)) for visit in guest.visits]})

    return Task(scope=Scope(certificates={("psn_no", data.psn_no)}, stays={data.psn_no}), act=act, writes=False)


def query_accumulated(desk: Desk, message: Message, now: datetime) -> Task:
    """5206: what has accumulated in the medical year of `cum_ym` by the end of that month; without it, by now."""
    data = read(In5206, message).data
    day, until = now.date(), now + timedelta(seconds=1)
    if data.cum_ym:
        day, until = _month(data.cum_ym)

    def look(store: Store) -> Output | Refused:
        used = year_use(store, desk.policy, data.psn_no, day, until)
        return used if isinstance(used, Refused) else Output({"cuminfo": _cuminfo(used, f"{day:%Y%m}")})

    return Task(scope=Scope(), look=look, writes=False)


def query_chronic(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """5301: filings of chronic diseases. The register has none, so a known person has an empty list."""
    return _nothing(read(In5301, message).data.psn_no, "feedetail")


def query_chosen(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """5302: institutions that a person has chosen. The register has none, so a known person has an empty list."""
    return _nothing(read(In5302, message).data.psn_no, "psnfixmedin")


PEOPLE: Final[dict[str, Transaction]] = {
    "1201": query_institutions,
    "2001": check_benefits,
    "5201": query_visits,
    "5206": query_accumulated,
    "5301": query_chronic,
    "5302": query_chosen,
    "5303": query_stay,
}


def span(since: datetime, last: datetime) -> tuple[datetime, datetime]:
    """Return [since, until) that includes `last`, and all its day where it has no time. Raise MalformedError."""
    if last.year == date.max.year:
        raise MalformedError("endtime", "超出日历")
    until = last + (timedelta(days=1) if last.time() == time(0) else timedelta(seconds=1))
    if until <= since:
        raise MalformedError("endtime", "早于开始时间")
    return since, until


# Helpers


def _nothing(psn_no: str, node: str) -> Task:
    def act(books: Books) -> Output | Refused:
        guest = guest_of(books, psn_no)
        return guest if isinstance(guest, Refused) else Output({node: []})

    return Task(scope=Scope(certificates={("psn_no", psn_no)}), act=act, writes=False)


_FUND_TYPES: Final = {
    ("basic", "310"): "310100",
    ("basic", "390"): "390100",
    ("account", "310"): "310200",
    ("large_amount", "310"): "330100",
    ("catastrophic", "390"): "390200",
    ("aid", "310"): "610100",
    ("aid", "390"): "610100",
}


def _fund_type(fund: str, insurance: str) -> str:
    """Return fund_pay_type; "" for an insurance whose funds this platform does not keep."""
    further = {("large_amount", "390"): "catastrophic", ("catastrophic", "310"): "large_amount"}  # as in setlinfo
    return _FUND_TYPES.get((further.get((fund, insurance), fund), insurance), "")


_WHY: Final = {
    Refusal.MEMBER_NOT_INSURED: "没有参加这个险种。",
    Refusal.MEMBER_NOT_ACTIVE: "参保已暂停、欠费或终止。",
    Refusal.SHARER_HAS_NO_ACCOUNT: "参加的是不设个人账户的档次。",
}


def _why(benefit: Benefit) -> str | None:
    if benefit.barred is not None:
        return _WHY.get(benefit.barred) or sentence(benefit.barred)
    return None if benefit.known else "本平台没有这一类待遇的标准，结算时要附上外部系统的分割结果。"


_NUMBERS: Final = frozenset({"geso_val", "fetts", "fetus_cnt"})
"""Of what was told of a visit, what is a number in the tables."""


def _about(guest: Guest, visit: Visit) -> dict[str, Any]:
    person, day = guest.person, visit.begun_at.date()
    return {
        **{name: exact(Decimal(text)) if name in _NUMBERS else text for name, text in visit.told.items()},
        **personal(person, guest.identity, day),
        "mdtrt_id": visit.visit_id,
        "insutype": visit.insutype or insutype(person),
        "psn_type": psn_type(person, day),
        "cvlserv_flag": "0",
        "insu_optins": person.region,
        "emp_name": guest.identity.employer or None,
        "begndate": day.isoformat(),
        "begntime": moment(visit.begun_at),
        "med_type": visit.med_type,
        "ipt_otp_no": visit.reference,
    }


def _visit(guest: Guest, visit: Visit) -> Out5201Mdtrtinfo:
    known = _about(guest, visit)
    known["endtime"] = moment(visit.ended_at) if visit.ended_at is not None else None
    if care_kind(visit.med_type) is VisitKind.INPATIENT:
        known["inhosp_stas"] = "1" if visit.in_hospital else "0"
    return shape(Out5201Mdtrtinfo, known)


def _month(cum_ym: str) -> tuple[date, datetime]:
    """Return the last day of a month written 202506 and the moment after it. Raise MalformedError for none."""
    try:
        first = datetime.strptime(cum_ym, "%Y%m") if len(cum_ym) == 6 else None  # noqa: DTZ007  # local
    except ValueError:
        first = None
    if first is None or not 1999 <= first.year < date.max.year:
        raise MalformedError("cum_ym", "应为六位年月，如 202506")
    after = (first + timedelta(days=31)).replace(day=1)
    return (after - timedelta(days=1)).date(), after


_BASIC: Final = frozenset({"basic", "hifp_pay"})
_FURTHER: Final = frozenset({"large_amount", "catastrophic", "hifob_pay", "hifmi_pay"})
_AID: Final = frozenset({"aid", "maf_pay"})
_CIVIL: Final = frozenset({"cvlserv_pay"})
_CODES: Final = {"310": ("D310101", "D330101"), "390": ("D390101", "D390201")}
"""cum_type_code of the basic fund and of the layer above it, by insutype."""


def _cuminfo(used: YearUse, cum_ym: str) -> list[Out5206Cuminfo]:
    """Return the sums by cum_type_code, as far as clients show its codes; sums of zero are left out.

    C0000 stays, Q0000 counted to the deductible, D and the fund's code what that fund paid; with _BIZ and a med_type,
    of that kind of care, where C0000 counts its settlements or stays and F0000 is the sum of its bills.
    """
    sums: dict[str, int] = {}
    for one in used.settlements:
        counted = one.counts_stay if one.inpatient else True
        basic, further = _CODES.get(one.statement.insutype, _CODES["310"])
        fens = {
            "Q0000": one.deductible_fen,
            basic: _layer(one.layers, _BASIC),
            further: _layer(one.layers, _FURTHER),
            "D320101": _layer(one.layers, _CIVIL),
            "D610101": _layer(one.layers, _AID),
        }
        kind = f"_BIZ{one.statement.med_type}"
        counts = {"C0000": 100 * int(counted and one.inpatient), f"C0000{kind}": 100 * int(counted)}
        by_kind = {f"{code}{kind}": fen for code, fen in {**fens, "F0000": one.total_fen}.items()}
        for code, value in {**counts, **fens, **(by_kind if one.statement.med_type else {})}.items():
            sums[code] = sums.get(code, 0) + value
    sums.pop("C0000_BIZ", None)
    return [
        Out5206Cuminfo(
            insutype=used.insutype,
            year=f"{used.year_start:%Y}",
            cum_ym=cum_ym,
            cum_type_code=code,
            cum=amount(value),
        )
        for code, value in sorted(sums.items())
        if value
    ]


def _layer(layers: Iterable[tuple[str, int]], names: frozenset[str]) -> int:
    return sum(fen for name, fen in layers if name in names)
