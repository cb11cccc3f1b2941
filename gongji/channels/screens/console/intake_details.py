"""What each kind of application at the counter wants to know."""

import re
from collections.abc import Callable, Mapping
from typing import Final, get_args

from gongji.channels.api.relatives import Relative
from gongji.channels.pages.asking import Filled
from gongji.channels.screens.console.presence import papers_in
from gongji.channels.screens.visiting import Visit
from gongji.domain.family import Relation
from gongji.services.family.inheritances import To

PREFIX: Final = "r_"
"""Of the fields that name the other person."""

RELATIONS: Final = tuple(one.value for one in Relation)
YES_NO: Final = ("yes", "no")
PAID: Final[tuple[To, ...]] = get_args(To)
"""How an heir is paid."""
RECEIPTS_MOST: Final = 50


def ask_details(visit: Visit, filled: Filled, kind: str) -> dict[str, str]:
    """Return the fields of that kind as they are kept; with faults in `filled`, some are missing."""
    return DETAILS[kind](visit, filled)


def kept_in(fields: Mapping[str, str]) -> Relative:
    """Return the other person's papers."""
    return Relative(certno=fields["r_certno"], name=fields["r_name"], cert_type=fields["r_cert_type"])


# Helpers


def _other(_: Visit, filled: Filled) -> dict[str, str]:
    person = papers_in(filled, PREFIX)
    if person is None:
        return {}
    return {"r_certno": person.certno, "r_name": person.name, "r_cert_type": person.cert_type}


def _bind(visit: Visit, filled: Filled) -> dict[str, str]:
    told = _other(visit, filled)
    for name, among in (("relation", RELATIONS), ("member_here", YES_NO)):
        told[name] = filled.choice(name, among) or ""
    return told


def _wallet(visit: Visit, filled: Filled) -> dict[str, str]:
    return {**_other(visit, filled), "relation": filled.choice("relation", RELATIONS) or ""}


def _estate(visit: Visit, filled: Filled) -> dict[str, str]:
    return {**_wallet(visit, filled), "to": filled.choice("to", PAID) or ""}


def _receipts(visit: Visit, filled: Filled) -> dict[str, str]:
    numbers = visit.form.get("receipts", "").split()
    if not 1 <= len(numbers) <= RECEIPTS_MOST or max(map(len, numbers)) > 80 or len(set(numbers)) < len(numbers):
        filled.fault("receipts", "intake.no_receipts")
    total_fen = filled.fen("total")
    if total_fen <= 0:
        filled.fault("total", "intake.no_total")
    return {"receipts": " ".join(numbers), "total": filled.values.get("total", ""), "total_fen": str(total_fen)}


def _phone(_: Visit, filled: Filled) -> dict[str, str]:
    phone = filled.values.get("phone", "").replace(" ", "")
    if not re.fullmatch("[0-9]{11}", phone):
        filled.fault("phone", "intake.no_phone")
    return {"phone": phone}


DETAILS: Final[Mapping[str, Callable[[Visit, Filled], dict[str, str]]]] = {
    "bind": _bind,
    "reimbursement": _receipts,
    "guardian": _other,
    "open_wallet": _wallet,
    "inheritance": _estate,
    "change_phone": _phone,
}
"""By kind, what asks for its fields."""
