"""Showing a relative's code 亲情账户: a helper shows the owner's own e-credential code on his phone. It moves no money.

It is not family sharing: the code, the benefits and the account behind it stay the owner's. The owner agrees first, or
for a minor his guardian; each time a helper shows the code is on record, with his name.
"""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.acts import Actor
from gongji.services.families import person_of
from gongji.services.family.consent_texts import ConsentText
from gongji.services.family.consents import Agreed, Signature, signer, words_of
from gongji.services.store import Books

SHOWING: Final = "showing"
SHOWN: Final = "shown"

State = Literal["asked", "active", "declined", "ended"]


class Showing(Struct, frozen=True, kw_only=True):
    """A relation by which a helper may show an owner's code. What the owner is to the helper: `relation`.

    `text`, `signature` and `agreed_by` are the owner's consent, None until he gave it.
    """

    relation: Relation
    asked_by: Actor
    text: ConsentText | None = None
    signature: Signature | None = None
    agreed_by: Actor | None = None
    agreed_at: datetime | None = None
    ended_by: Actor | None = None
    ended_at: datetime | None = None


class Shown(Struct, frozen=True, kw_only=True):
    """One showing of a code: by whom, through which channel, by which showing."""

    showing_id: str
    actor: Actor


class Stands(Struct, frozen=True, kw_only=True):
    """Where a showing stands after an act."""

    showing_id: str
    owner_id: int
    helper_id: int
    state: State


def showing_scope(*people: int) -> Scope:
    """Return what has to be loaded for acts on the showings of these people."""
    return Scope(people=set(people), dossiers_of={(SHOWING, person_id) for person_id in people})


def ask(
    books: Books, actor: Actor, helper_id: int, owner_id: int, relation: Relation, at: datetime
) -> Stands | Refused:
    """Let a helper ask to show an owner's code; nothing is shown before the owner has agreed."""
    owner = person_of(books, owner_id)
    if isinstance(owner, Refused):
        return owner
    if owner_id == helper_id or not owner.alive:
        return Refused(
            Refusal.NOT_A_NEAR_RELATIVE if owner_id == helper_id else Refusal.PERSON_UNKNOWN, subject="owner"
        )
    for dossier in books.dossiers.of(SHOWING, helper_id):
        if dossier.parties == (owner_id, helper_id) and dossier.state in ("asked", "active"):
            return Refused(Refusal.ALREADY_BOUND, subject=dossier.dossier_id)
    dossier = Dossier(
        dossier_id=f"{SHOWING}-{books.ledger.take_id('dossier')}",
        kind=SHOWING,
        made_at=at,
        parties=(owner_id, helper_id),
        state="asked",
        content=filed(Showing(relation=relation, asked_by=actor)),
    )
    books.dossiers.put(dossier)
    return _stands(dossier)


def agree(
    books: Books, actor: Actor, showing_id: str, at: datetime, *, yes: bool, agreed: Agreed | None
) -> Stands | Refused:
    """Let the owner, or who acts for him, agree or decline."""
    found = _found(books, showing_id)
    if isinstance(found, Refused):
        return found
    dossier, showing = found
    if actor.concerned != dossier.parties[0] or dossier.state != "asked":
        return _NONE
    if not yes:
        return _put(books, dossier, replace(showing, ended_by=actor, ended_at=at), "declined")
    if agreed is None:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="agreed")
    text = words_of(books, signer(actor), "showing", agreed)
    if isinstance(text, Refused):
        return text
    after = replace(showing, text=text, signature=agreed.signature, agreed_by=actor, agreed_at=at)
    return _put(books, dossier, after, "active")


def end(books: Books, actor: Actor, showing_id: str, at: datetime) -> Stands | Refused:
    """End a showing: either side may, at any time."""
    found = _found(books, showing_id)
    if isinstance(found, Refused):
        return found
    dossier, showing = found
    if actor.concerned not in dossier.parties or dossier.state not in ("asked", "active"):
        return _NONE
    return _put(books, dossier, replace(showing, ended_by=actor, ended_at=at), "ended")


def end_showings(books: Books, person_id: int, at: datetime, actor: Actor | None) -> None:
    """End all showings that concern a person."""
    for dossier in books.dossiers.of(SHOWING, person_id):
        if dossier.state in ("asked", "active"):
            _put(books, dossier, replace(opened(dossier, Showing), ended_by=actor, ended_at=at), "ended")


def may_show(books: Books, actor: Actor, owner_id: int) -> str | Refused:
    """Return the id of the showing by which the actor may show that person's code, "" for his own.

    Refused NOT_OWN_CREDENTIAL without one: paying for a relative gives no right to his code, nor the other way round.
    """
    showing_id = "" if actor.concerned == owner_id else _active(books, owner_id, actor.concerned)
    if showing_id is None:
        return Refused(Refusal.NOT_OWN_CREDENTIAL, subject="showing")
    owner = person_of(books, owner_id)
    if isinstance(owner, Refused):
        return owner
    if not owner.alive or not owner.credential_active:
        return Refused(Refusal.CREDENTIAL_NOT_ACTIVE, subject="owner")
    return showing_id


def note_shown(books: Books, actor: Actor, owner_id: int, showing_id: str, at: datetime) -> None:
    """Put on record that a helper was given a code to show; one's own code leaves no trace."""
    if not showing_id and actor.person_id == owner_id:
        return
    helper_id = actor.person_id or actor.concerned
    books.dossiers.put(
        Dossier(
            dossier_id=f"{SHOWN}-{books.ledger.take_id('dossier')}",
            kind=SHOWN,
            made_at=at,
            parties=(owner_id,) if helper_id == owner_id else (owner_id, helper_id),
            state="shown",
            content=filed(Shown(showing_id=showing_id, actor=actor)),
        )
    )


# Helpers

_NONE: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="showing")


def _active(books: Books, owner_id: int, helper_id: int) -> str | None:
    several = [one for one in books.dossiers.of(SHOWING, helper_id) if one.parties == (owner_id, helper_id)]
    return next((dossier.dossier_id for dossier in several if dossier.state == "active"), None)


def _found(books: Books, showing_id: str) -> tuple[Dossier, Showing] | Refused:
    dossier = books.dossiers.get(showing_id)
    return _NONE if dossier is None or dossier.kind != SHOWING else (dossier, opened(dossier, Showing))


def _put(books: Books, dossier: Dossier, showing: Showing, state: State) -> Stands:
    after = replace(dossier, state=state, content=filed(showing))
    books.dossiers.put(after)
    return _stands(after)


def _stands(dossier: Dossier) -> Stands:
    owner_id, helper_id = dossier.parties
    state: State = dossier.state  # type: ignore[assignment]  # written by this module alone
    return Stands(showing_id=dossier.dossier_id, owner_id=owner_id, helper_id=helper_id, state=state)
