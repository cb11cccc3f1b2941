"""Unfinished forms 草稿: what somebody has filled in, kept for a day; found by a secret that only his pages know.

The same secret is the key under which the act is done in the end: however often a form is sent, it is done once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.requests import Scope
from gongji.services.access.links import digest_of
from gongji.services.store import Books

UNFINISHED: Final = "unfinished"

LIFE: Final = timedelta(hours=24)

FIELDS_MOST: Final = 100
"""So many fields does a form have at most."""

_OPEN, _DONE = "open", "done"


class Owner(Struct, frozen=True):
    """Whose form it is: a person, or by number one of the staff. For whom he acts belongs to it."""

    person_id: int = 0
    staff_no: str = ""
    acting_for: int = 0


class Unfinished(Struct, frozen=True, kw_only=True):
    """A form as far as it has been filled in. `kind` names it; `led_to` is the page of what it came to, "" before."""

    owner: Owner
    kind: str
    fields: dict[str, str]
    until: datetime
    led_to: str = ""


def unfinished_scope(secret: str) -> Scope:
    """Return what has to be loaded to look at a form."""
    return Scope(dossiers={_name(secret)})


def begin(books: Books, secret: str, owner: Owner, kind: str, fields: Mapping[str, str], at: datetime) -> Unfinished:
    """Begin a form."""
    form = Unfinished(owner=owner, kind=kind, fields=_sound(fields), until=at + LIFE)
    parties = (owner.person_id,) if owner.person_id else ()
    books.dossiers.put(
        Dossier(
            dossier_id=_name(secret), kind=UNFINISHED, made_at=at, parties=parties, state=_OPEN, content=filed(form)
        )
    )
    return form


def unfinished(books: Books, secret: str, owner: Owner, at: datetime) -> Unfinished | None:
    """Return a form of that owner, None where there is none, or where it is too old."""
    form = _form(books, secret, at)
    return form if form is not None and form.owner == owner else None


def fill_in(books: Books, secret: str, fields: Mapping[str, str], at: datetime) -> Unfinished | None:
    """Put fields into a form that is still open; "" takes one out. Return it, or None where there is none.

    Whoever has the secret may: the one whose sign-in has just run out loses nothing. Reading it takes its owner.
    """
    form = _form(books, secret, at)
    if form is None or form.led_to:
        return form
    filled = {name: text for name, text in {**form.fields, **_sound(fields)}.items() if text}
    return _put(books, secret, replace(form, fields=filled), _OPEN)


def finish(books: Books, secret: str, led_to: str, at: datetime) -> Unfinished | None:
    """Note which page tells what became of a form, and forget what was filled in."""
    form = _form(books, secret, at)
    if form is None:
        return None
    return _put(books, secret, replace(form, fields={}, led_to=led_to), _DONE)


# Helpers


def _name(secret: str) -> str:
    return f"{UNFINISHED}-{digest_of(secret)}"


def _form(books: Books, secret: str, at: datetime) -> Unfinished | None:
    dossier = books.dossiers.get(_name(secret))
    if dossier is None:
        return None
    form = opened(dossier, Unfinished)
    return form if dossier.made_at <= at < form.until else None


def _put(books: Books, secret: str, form: Unfinished, state: str) -> Unfinished:
    dossier = books.dossiers.get(_name(secret))
    if dossier is None:
        raise LookupError("a form is changed that was not loaded")
    books.dossiers.put(replace(dossier, state=state, content=filed(form)))
    return form


def _sound(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields. Raise ValueError for more than a form has."""
    if len(fields) > FIELDS_MOST:
        raise ValueError(f"a form has at most {FIELDS_MOST} fields")
    return dict(fields)
