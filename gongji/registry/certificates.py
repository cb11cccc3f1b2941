"""Papers by which a person is enrolled: what can be told from the type and number of one alone."""

from datetime import date
from typing import Annotated, Final

from msgspec import Meta
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent, ValidationError

PsnNo = Annotated[str, Meta(pattern=r"\A[^\x00-\x20\x7f]{1,30}\Z")]
"""A person's number 人员编号, as long as the national tables let it be."""

RESIDENT_ID: Final = "01"
"""psn_cert_type of the resident identity card 居民身份证, whose number tells birth and sex and checks itself."""

LONGEST: Final = 50
"""certno in the national tables has at most so many characters, whatever the paper."""


def is_number(cert_type: str, certno: str) -> bool:
    """Tell whether papers of that type can bear that number.

    Of a resident identity card length, birthday and check digit are looked at; the place is not, since codes of places
    come and go. Of all other types only the length is known.
    """
    if cert_type != RESIDENT_ID:
        return 0 < len(certno) <= LONGEST and certno.isprintable() and " " not in certno
    if certno != ric.compact(certno):
        return False
    try:
        ric.validate(certno)
    except InvalidComponent:  # the day of birth, or a place that the library does not know
        return _birthday(certno) is not None
    except ValidationError:
        return False
    return True


def birthday(cert_type: str, certno: str) -> date | None:
    """Return the day of birth that the number of a resident identity card tells; None of other papers."""
    return _birthday(certno) if cert_type == RESIDENT_ID else None


def sex_code(cert_type: str, certno: str) -> str | None:
    """Return the code of gend that the number of a resident identity card tells: 1 or 2; None of other papers."""
    digit = certno[16:17]
    return ("2", "1")[int(digit) % 2] if cert_type == RESIDENT_ID and digit.isdecimal() else None


# Helpers


def _birthday(certno: str) -> date | None:
    try:
        return ric.get_birth_date(certno)
    except ValueError:  # InvalidComponent is one
        return None
