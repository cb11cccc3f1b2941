"""People as the national tables put them: codes, age, insurance rows."""

from datetime import date
from typing import Any, Final

from msgspec import Raw

from gongji.channels.national.amounts import amount
from gongji.domain.codes import insutype, psn_type
from gongji.domain.insured import Insurance, Insured, Status
from gongji.registry.records import Identity

_STATUS: Final = {Status.ACTIVE: "1", Status.SUSPENDED: "2", Status.ENDED: "4"}


def psn_insu_stas(person: Insured) -> str:
    """Return 人员参保状态: 0 not insured, 1 active, 2 suspended, 4 ended."""
    return "0" if person.insured is Insurance.NONE else _STATUS[person.status]


def age(person: Insured, day: date) -> Raw:
    """Return the age in years with one decimal, completed tenths."""
    months = (day.year - person.born.year) * 12 + day.month - person.born.month - (day.day < person.born.day)
    years, tenth = divmod(max(0, months) * 10 // 12, 10)
    return Raw(f"{years}.{tenth}" if tenth else str(years))


def personal(person: Insured, identity: Identity, day: date) -> dict[str, Any]:
    """Return the fields by which every answer names a person."""
    return {
        "psn_no": identity.psn_no,
        "psn_cert_type": identity.cert_type,
        "certno": identity.certno,
        "psn_name": identity.name,
        "gend": identity.sex,
        "naty": identity.nation,
        "brdy": person.born.isoformat(),
        "age": age(person, day),
    }


def insurance_rows(person: Insured, identity: Identity, day: date, *, balance_fen: int) -> list[dict[str, Any]]:
    """Return insuinfo: one row for the basic insurance, with the account's balance on an employee's; none without."""
    if person.insured is Insurance.NONE:
        return []
    row = {
        "balc": amount(balance_fen),
        "insutype": insutype(person),
        "psn_type": psn_type(person, day),
        "psn_insu_stas": psn_insu_stas(person),
        "psn_insu_date": None,
        "paus_insu_date": None,
        "cvlserv_flag": "0",
        "insuplc_admdvs": person.region,
        "emp_name": identity.employer or None,
    }
    return [row]
