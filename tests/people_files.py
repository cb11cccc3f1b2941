"""People who do not exist, for enrolment and its files: numbers with sound check digits."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from stdnum.cn import ric

from gongji.domain.insured import Insurance
from gongji.services.family.enrolments import EnrolRequest

AT = datetime(2026, 3, 5, 10)  # Beijing time
PEOPLE_HEADER = "psn_no,name,cert_type,certno,region,insured,work,since"


def certno_of(number: int, born: date = date(1980, 1, 1)) -> str:
    """The number of the resident identity card of the so-manieth person born that day in 东城区; odd ones are men."""
    front = f"110101{born:%Y%m%d}{number:03d}"
    return front + ric.calc_check_digit(front + "0")


def psn_no_of(number: int) -> str:
    return f"1100{number:010d}"


def request(number: int = 1, **other: Any) -> EnrolRequest:
    usual: dict[str, Any] = {
        "at": AT,
        "psn_no": psn_no_of(number),
        "name": f"测{number}",
        "cert_type": "01",
        "certno": certno_of(number),
        "region": "110000",
        "insured": Insurance.EMPLOYEE,
    }
    return EnrolRequest(**(usual | other))


def person_lines(count: int) -> Iterator[str]:
    """Lines of a file of people: every fourth is retired."""
    for number in range(count):
        born = date(1950 + number // 999, 6, 15)
        work = "retired" if number % 4 == 0 else "in_service"
        certno = certno_of(number % 999, born)
        yield f"{psn_no_of(number)},测{number},01,{certno},110000,employee,{work},2026-01-01"


def people_file(file: Path, count: int) -> Path:
    file.write_text("\n".join((PEOPLE_HEADER, *person_lines(count))) + "\n", encoding="utf-8")
    return file
