"""Codes of the national tables for what the ground floor knows: insurance, kind of person, clearing."""

from datetime import date
from typing import Final

from gongji.domain.bill import Visit
from gongji.domain.insured import Insurance, Insured, Work

_INSUTYPE: Final = {Insurance.EMPLOYEE: "310", Insurance.RESIDENT: "390", Insurance.NONE: ""}
_WORK: Final = {Work.IN_SERVICE: "1101", Work.FLEXIBLE: "1103", Work.RETIRED: "1201"}
_ORDINARY: Final = ("11", "12", "13", "14", "21", "24", "41")
_CLEARING: Final = {Visit.DRUGSTORE: "41", Visit.INPATIENT: "21"}


def insutype(person: Insured) -> str:
    """Return 险种类型: 310 employee, 390 resident, "" for somebody not insured."""
    return _INSUTYPE[person.insured]


def psn_type(person: Insured, day: date) -> str:
    """Return 人员类别: 1101 in service, 1103 flexible, 1201 retired; residents by age, 1402, 1403, 1501 or 16."""
    if person.insured is not Insurance.RESIDENT:
        return _WORK[person.work]
    age = person.age(day)
    if age < 18:
        return "1402" if age < 7 else "1403"
    return "1501" if age < 60 else "16"


def care_kind(med_type: str) -> Visit:
    """Return the kind of care of a 医疗类别: 2x and 52 inpatient, 14 chronic, 41 pharmacy; provincial ones begin so."""
    if med_type.startswith(("2", "52")):
        return Visit.INPATIENT
    if med_type.startswith("41"):
        return Visit.DRUGSTORE
    return Visit.CHRONIC if med_type.startswith("14") else Visit.OUTPATIENT


def is_ordinary(med_type: str) -> bool:
    """Tell whether a 医疗类别 is what benefit schedules are written for.

    That is 11 普通门诊, 12 挂号, 13 急诊, 14 慢特病, 21 普通住院, 24 急诊转住院 and 41 药店购药, and what begins so;
    injuries, births, special drugs and the like have rules of their own.
    """
    return med_type.startswith(_ORDINARY)


def clr_type(kind: Visit) -> str:
    """Return 清算类别: 11 outpatient, 21 inpatient, 41 pharmacy."""
    return _CLEARING.get(kind, "11")


def clearing_office(region: str) -> str:
    """Return 清算经办机构: the office of the city itself (xxxx99), for a municipality the region's own code."""
    return region[:4] + "99" if region.endswith("00") and not region.endswith("0000") else region
