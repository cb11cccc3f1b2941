"""Looks 查询留痕: which of the staff looked at whose records, at what, and why. The person sees it."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.acts import Actor
from gongji.services.store import Books

LOOK: Final = "look"
REASON_MOST: Final = 200


class Look(Struct, frozen=True, kw_only=True):
    """Who looked, at what (the number of a matter or material, or "person"), and the reason he gave."""

    actor: Actor
    what: str
    reason: str


def look_scope(person_id: int) -> Scope:
    """Return what has to be loaded to know who looked at a person's records."""
    return Scope(people={person_id}, dossiers_of={(LOOK, person_id)})


def record_look(books: Books, actor: Actor, person_id: int, what: str, reason: str, at: datetime) -> Look | Refused:
    """Put a look on record; a reason is wanted."""
    said = reason.strip()
    if not 2 <= len(said) <= REASON_MOST or not said.isprintable():
        return Refused(Refusal.MESSAGE_MALFORMED, subject="reason")
    look = Look(actor=actor, what=what, reason=said)
    books.dossiers.put(
        Dossier(
            dossier_id=f"{LOOK}-{books.ledger.take_id('dossier')}",
            kind=LOOK,
            made_at=at,
            parties=(person_id,),
            office=actor.office,
            state="noted",
            content=filed(look),
        )
    )
    return look


def fresh_look(books: Books, actor: Actor, person_id: int, what: str, since: datetime) -> bool:
    """Tell whether that one of the staff has looked at that since a moment, by record."""
    several = [one for one in books.dossiers.of(LOOK, person_id) if one.made_at > since]
    looks = [opened(one, Look) for one in several]
    return any(look.what == what and look.actor.officer == actor.officer for look in looks)
