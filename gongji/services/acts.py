"""Acts: who did what, for whom, through which channel; each carried out once, and on record for ever.

An act comes with a key of the caller's own. The same key with the same content gets the first answer, with another a
refusal. Refused acts leave no trace, so the key may be used again.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.store import Books

ACT = "act"


class Actor(Struct, frozen=True, kw_only=True):
    """Who acts. `person_id` is 0 for a clerk or a system, `clerk` the clerk's name, "" for nobody at a counter.

    `acting_for` is the person it is done for by another, 0 where everybody acts for himself; `mandate` the dossier that
    allows it. `channel` is the registered app it came through, `role` what he acts as. `sandbox` marks one whom a
    sandbox vouches for. `staff_no` is a clerk's number, which tells him from others, `office` the region of his desk.
    """

    channel: str
    role: str = "citizen"
    person_id: int = 0
    clerk: str = ""
    acting_for: int = 0
    mandate: str = ""
    sandbox: bool = False
    staff_no: str = ""
    office: str = ""

    @property
    def officer(self) -> str:
        """Return by what one of the staff is told from another: his number, or his name; "" for all others."""
        return self.staff_no or self.clerk

    @property
    def concerned(self) -> int:
        """Return the person it is done for: himself, unless he acts for another."""
        return self.acting_for or self.person_id


class Act(Struct, frozen=True, kw_only=True):
    """What is on record of an act: the operation, who did it, the digest of what he asked, and the answer he got."""

    operation: str
    actor: Actor
    key: str
    digest: str
    answer: bytes


class Answer(Struct, frozen=True):
    """The answer to an act; `repeated` tells that it is the first answer to an act that had been done before."""

    body: bytes
    repeated: bool = False


def act_id(actor: Actor, key: str) -> str:
    """Return the id of the dossier of an act: keys of different actors or channels never meet."""
    who = f"{actor.channel}\n{actor.role}\n{actor.person_id}\n{actor.officer}\n{actor.acting_for}\n{key}"
    return f"{ACT}-{hashlib.sha256(who.encode()).hexdigest()[:40]}"


def act_scope(actor: Actor, key: str) -> Scope:
    """Return what `once_as` has to find in the books, besides what the act itself needs."""
    return Scope(dossiers={act_id(actor, key)})


def once_as(
    books: Books,
    actor: Actor,
    *,
    operation: str,
    key: str,
    digest: bytes,
    at: datetime,
    act: Callable[[], bytes | Refused],
    parties: tuple[int, ...] = (),
) -> Answer | Refused:
    """Return the answer to an act, from `act` the first time and from the record ever after.

    `parties` are the people it concerns besides the actor and the one he acts for. A refusal takes everything back.
    """
    dossier_id = act_id(actor, key)
    known = books.dossiers.get(dossier_id)
    if known is not None:
        done = opened(known, Act)
        if done.operation == operation and done.digest == digest.hex():
            return Answer(done.answer, repeated=True)
        return Refused(Refusal.SAME_REQUEST_DIFFERENT_CONTENT, subject=key)
    mark = books.mark()
    outcome = act()
    if isinstance(outcome, Refused):
        books.rewind(mark)
        return outcome
    concerned = tuple(dict.fromkeys(one for one in (actor.concerned, actor.person_id, *parties) if one))
    form = Act(operation=operation, actor=actor, key=key, digest=digest.hex(), answer=outcome)
    books.dossiers.put(
        Dossier(dossier_id=dossier_id, kind=ACT, made_at=at, parties=concerned, state="done", content=filed(form))
    )
    return Answer(outcome)
