"""Calls at a kiosk 叫号: who could not be made sure of by a machine waits for one of the staff, with a place in line.

A call is found by a secret that the machine keeps, and shows a number. A clerk who has made sure of the person at the
counter, by more than his own word, names that number as his reason; from then on the machine may let the person go on.
"""

from datetime import datetime, time, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.requests import Scope
from gongji.services.access.links import digest_of
from gongji.services.office.mandates import MANDATE, Mandate, is_checked, is_standing, mandate_scope
from gongji.services.store import Books

CALL: Final = "call"
WAITING: Final = "waiting"
SERVED: Final = "served"


class Call(Struct, frozen=True, kw_only=True):
    """A call on record: the number shown, and what has to be brought to the counter, if anything."""

    number: str
    bring: str = ""


class Waits(Struct, frozen=True, kw_only=True):
    """A call as it stands; `person_id` is 0 for somebody unknown. `checked`: a clerk has made sure of him since."""

    call_id: str
    number: str
    person_id: int
    office: str
    made_at: datetime
    bring: str
    checked: bool


def call_scope(secret: str, *people: int) -> Scope:
    """Return what has to be loaded for a call; the people as far as they are known."""
    scope = mandate_scope(*people)
    scope.dossiers.add(_id(secret))
    return scope


def put_call(books: Books, secret: str, person_id: int, at: datetime, *, bring: str = "") -> Waits:
    """Put somebody in line, until the day is over."""
    person = books.registry.people.get(person_id)
    dossier = Dossier(
        dossier_id=_id(secret),
        kind=CALL,
        made_at=at,
        parties=(person_id,) if person_id else (),
        office=person.region if person is not None else "",
        state=WAITING,
        due_at=datetime.combine(at.date() + timedelta(days=1), time()),
        content=filed(Call(number=f"K{books.ledger.take_id('dossier'):03d}", bring=bring)),
    )
    books.dossiers.put(dossier)
    return _stands(books, dossier, at)


def call_of(books: Books, secret: str, at: datetime) -> Waits | None:
    """Return a call of today, None where there is none (any more)."""
    dossier = books.dossiers.get(_id(secret))
    if dossier is None or dossier.kind != CALL or dossier.due_at is None or at >= dossier.due_at:
        return None
    return _stands(books, dossier, at)


def serve(books: Books, secret: str) -> None:
    """Take somebody out of the line: a clerk has made sure of him, and he has gone on."""
    dossier = books.dossiers.get(_id(secret))
    if dossier is not None and dossier.state == WAITING:
        books.dossiers.put(replace(dossier, state=SERVED))


# Helpers


def _id(secret: str) -> str:
    return f"{CALL}-{digest_of(secret)}"


def _stands(books: Books, dossier: Dossier, at: datetime) -> Waits:
    call = opened(dossier, Call)
    person_id = dossier.parties[0] if dossier.parties else 0
    presences = [one for one in books.dossiers.of(MANDATE, person_id) if one.made_at >= dossier.made_at]
    return Waits(
        call_id=dossier.dossier_id,
        number=call.number,
        person_id=person_id,
        office=dossier.office,
        made_at=dossier.made_at,
        bring=call.bring,
        checked=any(_names(books, one, person_id, call.number, at) for one in presences),
    )


def _names(books: Books, dossier: Dossier, person_id: int, number: str, at: datetime) -> bool:
    mandate = opened(dossier, Mandate)
    by_clerk = mandate.form == "counter" and is_checked(mandate, at) and number in mandate.reason.split()
    return by_clerk and dossier.parties[0] == person_id and is_standing(dossier, books, at)
