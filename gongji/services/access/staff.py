"""Staff 经办人员: who of a bureau may sign in, in which role, for which office. Each is a dossier."""

import re
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.access.permissions import STAFF_ROLES
from gongji.services.store import Books

STAFF: Final = "staff"

_ACTIVE, _LEFT = "active", "left"
_NUMBER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,31}")
_OFFICE: Final = re.compile(r"\d{6}")


class Member(Struct, frozen=True, kw_only=True):
    """One of the staff. `office` is the 医保区划 of the desk, `by` who registered or dismissed him, and `why`."""

    staff_no: str
    name: str
    role: str
    office: str
    by: str
    why: str = ""


def staff_scope(staff_no: str) -> Scope:
    """Return what has to be loaded to find one of the staff; nothing for a text that is no such number."""
    return Scope(dossiers={f"{STAFF}-{staff_no}"} if _NUMBER.fullmatch(staff_no) else set())


def at_work(books: Books, staff_no: str) -> Member | None:
    """Return one of the staff who may sign in, or None."""
    dossier = standing(books, staff_no)
    return opened(dossier, Member) if dossier is not None and dossier.state == _ACTIVE else None


def take_on(books: Books, member: Member, at: datetime) -> Member | Refused:
    """Register one of the staff, anew or in another role; or say which field is not sound."""
    sound = {
        "staff_no": bool(_NUMBER.fullmatch(member.staff_no)),
        "name": bool(member.name.strip()) and member.name.isprintable() and len(member.name) <= 60,
        "role": member.role in STAFF_ROLES,
        "office": bool(_OFFICE.fullmatch(member.office)),
        "by": bool(member.by.strip()),
    }
    fault = next((field for field, is_sound in sound.items() if not is_sound), None)
    if fault is not None:
        return Refused(Refusal.MESSAGE_MALFORMED, subject=fault)
    before = standing(books, member.staff_no)
    books.dossiers.put(
        Dossier(
            dossier_id=f"{STAFF}-{member.staff_no}",
            kind=STAFF,
            made_at=before.made_at if before is not None else at,
            office=member.office,
            state=_ACTIVE,
            content=filed(member),
        )
    )
    return member


def standing(books: Books, staff_no: str) -> Dossier | None:
    """Return the dossier of one of the staff, also of one who has left; None where there is none."""
    return books.dossiers.get(f"{STAFF}-{staff_no}")


def dismiss(books: Books, staff_no: str, by: str, why: str = "") -> Member | Refused:
    """Note that one of the staff has left: nothing that he signed in to holds any more."""
    dossier = standing(books, staff_no)
    if dossier is None:
        return Refused(Refusal.PERSON_UNKNOWN, subject="staff_no")
    member = replace(opened(dossier, Member), by=by, why=why)
    books.dossiers.put(replace(dossier, state=_LEFT, content=filed(member)))
    return member
