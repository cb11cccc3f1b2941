"""Dossiers 档案: one piece of business each, with the people it concerns, where it stands and when something falls due.

Applications, consents, mandates, invitations, notices, sessions and acts are dossiers. What each kind has to say is its
content: a form of its own, in JSON, sealed at rest.
"""

from datetime import datetime
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

F = TypeVar("F", bound=Struct)

PERISHABLE: Final = frozenset({"code", "delivery", "link", "session", "signin", "unfinished"})
"""The kinds that are kept for a time only. All others stay for ever; the database has the same list."""


class Dossier(Struct, frozen=True, kw_only=True, gc=False):
    """One dossier as it stands. `dossier_id` begins with the kind and is never used again.

    `parties` are the people it concerns, the owner first; they and `made_at` never change. `office` names the desk or
    region that has it before it, "" for none. `due_at` is the moment by which something has to happen, None for never.
    `version` counts its changes, and is kept by the store.
    """

    dossier_id: str
    kind: str
    made_at: datetime
    parties: tuple[int, ...] = ()
    office: str = ""
    state: str = ""
    due_at: datetime | None = None
    content: bytes = b"{}"
    version: int = 0


def opened(dossier: Dossier, form: type[F]) -> F:
    """Return the content of a dossier. Raise msgspec.ValidationError where it is not of that form."""
    return msgspec.json.decode(dossier.content, type=form)


def filed(form: Struct) -> bytes:
    """Return a form as the content of a dossier."""
    return msgspec.json.encode(form)


def restitution_id(settle_id: int, owner_id: int) -> str:
    """Return the id of the dossier of a restitution 退回: what was paid back to one owner for one settlement."""
    return f"restitution-{settle_id}-{owner_id}"


def is_of(dossier: Dossier, kind: str, person_id: int) -> bool:
    """Tell whether a dossier is of that kind and concerns that person."""
    return dossier.kind == kind and person_id in dossier.parties
