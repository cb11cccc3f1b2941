"""5203 tells of a settlement or refund again, by its number or by the message that made it; 5204 of its fee lines."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from gongji.channels.national.amounts import amount, exact, ratio
from gongji.channels.national.desk import Desk, Output, Task, Transaction
from gongji.channels.national.envelope import Message, day_in
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.messages.details import In5204, Out5204Row
from gongji.channels.national.messages.queries import In5203, Out5203
from gongji.channels.national.reading import read, shape
from gongji.channels.national.setlinfo import Heading, settlement
from gongji.channels.national.transactions.billing import settlement_number
from gongji.channels.national.transactions.catalogues import list_type
from gongji.channels.national.transactions.fees import LEVELS, NO_CEILING, self_pay
from gongji.domain.codes import psn_type
from gongji.domain.refusals import Refused
from gongji.domain.requests import RequestKey, Scope
from gongji.registry.catalogue import CHARGE_TYPES
from gongji.registry.records import Identity
from gongji.services.store import Books
from gongji.services.visits.queries import Found, FoundLine, Sought, find_lines, find_settlement
from gongji.services.visits.visits import Claim

AT_THE_INSTITUTION: Final = "2"
"""pay_loc: settled there and then."""


def query_settlement(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """5203: a settlement or a refund as it was answered. Without `setl_id`, that of the message `medins_setl_id`.

    So a caller who got no answer to 2207 or 2208 learns what has become of it.
    """
    data = read(In5203, message).data
    if not data.setl_id and not data.medins_setl_id:
        raise MalformedError("setl_id", "没有填，也没有填 medins_setl_id")
    if data.setl_id and not data.mdtrt_id:
        raise MalformedError("mdtrt_id", "没有填")
    original = None
    if data.medins_setl_id:
        asked_on = day_in(data.medins_setl_id, message.institution, now, "medins_setl_id")
        original = RequestKey(message.institution, data.medins_setl_id, asked_on)
    sought = Sought(
        institution=message.institution,
        psn_no=data.psn_no,
        settle_id=settlement_number(data.setl_id) if data.setl_id else None,
        visit_id=data.mdtrt_id,
        message=original,
    )
    scope = Scope(certificates={("psn_no", data.psn_no)})
    scope.settlements |= {sought.settle_id} if sought.settle_id is not None else set()
    scope.requests |= {original} if original is not None else set()

    def act(books: Books) -> Output | Refused:
        found = find_settlement(books, sought)
        return found if isinstance(found, Refused) else Output(_settlement(found, books.registry.identities.rows))

    return Task(scope=scope, act=act, writes=False)


def query_fees(desk: Desk, message: Message, now: datetime) -> Task:  # noqa: ARG001  # one shape for all transactions
    """5204: the fee lines of a settlement or refund, or without `setl_id` of a visit, directly in the output."""
    data = read(In5204, message).data
    claim = Claim(data.mdtrt_id, data.psn_no, message.institution)
    settle_id = settlement_number(data.setl_id) if data.setl_id else None
    scope = Scope(certificates={("psn_no", data.psn_no)}, visits={data.mdtrt_id})
    scope.settlements |= {settle_id} if settle_id is not None else set()

    def act(books: Books) -> Output | Refused:
        lines = find_lines(books, claim, settle_id)
        if isinstance(lines, Refused):
            return lines
        visit = books.registry.visits[claim.visit_id]
        about = {"mdtrt_id": visit.visit_id, "med_type": visit.med_type, "fee_ocur_time": moment(visit.begun_at)}
        return Output([_row(desk, about, found) for found in lines])

    return Task(scope=scope, act=act, writes=False)


QUERIES: Final[dict[str, Transaction]] = {"5203": query_settlement, "5204": query_fees}


def moment(at: datetime) -> str:
    """Return a moment as the tables write it."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


# Helpers


def _settlement(found: Found, identities: Mapping[int, Identity]) -> Out5203:
    paid, statement = found.paid, found.settlement.statement
    heading = Heading(
        at=found.at,
        msgid=found.request,
        med_type=statement.med_type or paid.visit.med_type,
        cert_type=statement.cert_type or None,
        sign=found.sign,
    )
    answered = settlement(paid, identities, heading)
    info = answered["setlinfo"]
    known = {
        **paid.visit.told,
        **info,
        "psn_type": statement.psn_type or psn_type(paid.patient, found.at.date()),
        "insu_optins": paid.patient.region,
        "emp_name": identities[paid.patient.person_id].employer or None,
        "pay_loc": AT_THE_INSTITUTION,
        "fixmedins_code": paid.place.code,
        "fixmedins_name": paid.place.name,
        "hosp_lv": hospital_level(paid.place.kind),
        "fixmedins_poolarea": paid.place.region,
        "begndate": found.begun_on.isoformat(),
        "enddate": found.ended_on.isoformat(),
        "setl_time": moment(found.at),
        "clr_type": statement.clr_type or info["clr_type"],
        "refd_setl_flag": "1" if found.refunded else "0",
        "year": f"{found.settlement.year_start:%Y}",
        "invono": statement.invoice or None,
        "opter_id": statement.operator[:20] or None,
        "opter_name": statement.operator_name or None,
        "opt_time": moment(found.at),
    }
    return shape(Out5203, {"setlinfo": known, "setldetail": answered["setldetail"]})


def hospital_level(kind: str) -> str | None:
    """Return 医院等级: 11, without a level, for pharmacies; the register knows no hospital's grade."""
    return "11" if kind == "pharmacy" else None


def _row(desk: Desk, about: Mapping[str, Any], found: FoundLine) -> Out5204Row:
    line, sign = found.line, found.sign
    item = desk.catalogue.items.get(line.code)
    ceiling_fen = item.ceiling_fen if item is not None else None
    known = {
        **line.told,
        **about,
        "setl_id": str(found.settle_id) if found.settle_id is not None else "",
        "feedetl_sn": line.line_no,
        "cnt": exact(sign * Decimal(line.count)) if line.count else None,
        "pric": exact(Decimal(line.price)) if line.price else None,
        "det_item_fee_sumamt": amount(sign * line.amount_fen),
        "pric_uplmt_amt": exact(Decimal(NO_CEILING)) if ceiling_fen is None else amount(ceiling_fen),
        "selfpay_prop": ratio(self_pay(line.fee)),
        "fulamt_ownpay_amt": amount(sign * line.off_catalogue_fen),
        "overlmt_amt": amount(sign * line.over_limit_fen),
        "preselfpay_amt": amount(sign * line.first_self_pay_fen),
        "inscp_scp_amt": amount(sign * line.in_scope_fen),
        "chrgitm_lv": LEVELS[line.fee.fee_class],
        "hilist_code": line.code,
        "hilist_name": line.name or None,
        "list_type": list_type(line.code),
        "med_list_codg": line.code,
        "med_chrgitm_type": item.charge_type if item is not None else CHARGE_TYPES.get(line.fee.kind, "14"),
    }
    if line.occurred_at is not None:
        known["fee_ocur_time"] = moment(line.occurred_at)
    return shape(Out5204Row, known)
