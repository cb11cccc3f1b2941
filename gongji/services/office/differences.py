"""Differences 差错: money that went out and came back, each before an office until one of its staff has seen to it.

The journal is read behind the settlements, as notices do, by the server itself and whenever somebody of the staff wants
it; how far that has come is a dossier itself. There is no entry of which the outcome is unknown: what is not written
whole is not written.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import OWNED
from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import Entry, EntryKind
from gongji.rules.policybook import PolicyBook
from gongji.services.access.permissions import STAFF_ROLES
from gongji.services.acts import Actor
from gongji.services.office.applications import Step
from gongji.services.offices import CHANGED, desk_fault, office_of
from gongji.services.policies.timetables import Timetable
from gongji.services.store import Books, Store

DIFFERENCE: Final = "difference"
CURSOR: Final = "cursor"
CURSOR_ID: Final = "cursor-differences"
OPEN, TAKEN, SEEN_TO = "open", "taken", "seen_to"
RUNNING: Final = (OPEN, TAKEN)

BACK: Final = timedelta(days=31)
"""What was recorded longer ago when differences are first looked for is passed over."""

MOST: Final = 1000
FILED_MOST: Final = 50
"""So many entries are read, and so many differences filed, in one portion: settlements wait no longer than that."""

NOTE_MOST: Final = 200

DifferenceKind = Literal["returned", "reversed", "restituted"]
KINDS: Final[dict[EntryKind, DifferenceKind]] = {
    EntryKind.RETURN: "returned",
    EntryKind.REVERSAL: "reversed",
    EntryKind.RESTITUTION: "restituted",
}
"""Entries after which somebody looks whether all is as it should be."""

Out = Refused | RequestFault
Write = Callable[[Scope, Callable[[Books], bytes]], bytes]
"""Has something written in one transaction, and waits until it is."""


class Difference(Struct, frozen=True, kw_only=True):
    """What came back: by which entry, how much in fen, and when. `owner` is the officer who sees to it, "" for none."""

    kind: DifferenceKind
    entry_id: int
    amount_fen: int
    at: datetime
    steps: tuple[Step, ...] = ()
    owner: str = ""


class Mark(Struct, frozen=True, kw_only=True):
    """How far the journal has been looked through, and when it last was."""

    since: datetime
    entry_id: int
    checked_at: datetime


class Portion(Struct, frozen=True, kw_only=True):
    """What is to be filed next; `more` tells that there may be more right behind it."""

    after: Mark
    version: int
    entries: list[Entry]
    more: bool

    @property
    def scope(self) -> Scope:
        """Return what has to be loaded."""
        names = {CURSOR_ID, *(f"{DIFFERENCE}-{entry.entry_id}" for entry in self.entries)}
        return Scope(people={entry.book_id for entry in self.entries}, dossiers=names)


def look_through(
    store: Store, rules: Timetable, write: Write, now: datetime, most: int = MOST, filed_most: int = FILED_MOST
) -> bool:
    """Look through a portion of the journal and file what is found; tell whether there is more right behind it."""
    portion, policy = next_portion(store, now, most, filed_most), rules.at(now)

    def work(books: Books) -> bytes:
        file_portion(books, policy, portion, now)
        return b""

    write(portion.scope, work)
    return portion.more


def next_portion(store: Store, now: datetime, most: int = MOST, filed_most: int = FILED_MOST) -> Portion:
    """Return what was recorded since the journal was last looked through."""
    dossier = store.read(Scope(dossiers={CURSOR_ID}), lambda books: books.dossiers.get(CURSOR_ID))
    before = opened(dossier, Mark) if dossier is not None else Mark(since=now - BACK, entry_id=0, checked_at=now)
    looked = store.entries_of_kinds(KINDS, before.entry_id, most)
    told = [one for one in looked.entries if one.recorded_at >= before.since]
    cut = len(told) > filed_most
    return Portion(
        after=replace(before, entry_id=told[filed_most - 1].entry_id if cut else looked.last, checked_at=now),
        version=dossier.version if dossier is not None else 0,
        entries=told[:filed_most],
        more=cut or looked.more,
    )


def file_portion(books: Books, policy: PolicyBook, portion: Portion, now: datetime) -> int:
    """File the differences of a portion, unless somebody has gone on from there; return how many are new."""
    cursor = books.dossiers.get(CURSOR_ID)
    if (cursor.version if cursor is not None else 0) != portion.version:
        return 0
    content = filed(portion.after)
    if cursor is None:
        books.dossiers.put(Dossier(dossier_id=CURSOR_ID, kind=CURSOR, made_at=now, content=content))
    else:
        books.dossiers.put(replace(cursor, content=content))
    made = [_difference(books, policy, entry, now) for entry in portion.entries]
    fresh = [one for one in made if one is not None and books.dossiers.get(one.dossier_id) is None]
    for dossier in fresh:
        books.dossiers.put(dossier)
    return len(fresh)


def checked_at(books: Books) -> datetime | None:
    """Return when the journal was last looked through; the scope names `CURSOR_ID`."""
    dossier = books.dossiers.get(CURSOR_ID)
    return opened(dossier, Mark).checked_at if dossier is not None else None


def take(books: Books, actor: Actor, difference_id: str, at: datetime) -> Dossier | Out:
    """Let one of the staff take a difference that nobody has."""
    found = _at_desk(books, actor, difference_id)
    if not isinstance(found, tuple):
        return found
    dossier, form = found
    if dossier.state != OPEN:
        return CHANGED
    step = Step(what="taken", at=at, actor=actor)
    return _stepped(books, dossier, replace(form, owner=actor.officer), TAKEN, step)


def see_to(books: Books, actor: Actor, difference_id: str, note: str, at: datetime) -> Dossier | Out:
    """Close a difference with what was found; whoever has it does."""
    found = _at_desk(books, actor, difference_id)
    if not isinstance(found, tuple):
        return found
    dossier, form = found
    if dossier.state != TAKEN or form.owner != actor.officer:
        return CHANGED
    said = note.strip()
    if not 2 <= len(said) <= NOTE_MOST or not said.isprintable():
        return Refused(Refusal.MESSAGE_MALFORMED, subject="note")
    return _stepped(books, dossier, form, SEEN_TO, Step(what="seen_to", at=at, actor=actor, why=said))


# Helpers


def _difference(books: Books, policy: PolicyBook, entry: Entry, now: datetime) -> Dossier | None:
    person = books.registry.people.get(entry.book_id)
    back_fen = sum(leg.amount_fen for leg in entry.legs if leg.account.pocket in OWNED and leg.amount_fen > 0)
    if person is None or not back_fen:
        return None
    form = Difference(kind=KINDS[entry.kind], entry_id=entry.entry_id, amount_fen=back_fen, at=entry.event_at)
    return Dossier(
        dossier_id=f"{DIFFERENCE}-{entry.entry_id}",
        kind=DIFFERENCE,
        made_at=now,
        parties=(entry.book_id,),
        office=office_of(policy, person, now),
        state=OPEN,
        content=filed(form),
    )


def _at_desk(books: Books, actor: Actor, difference_id: str) -> tuple[Dossier, Difference] | Out:
    dossier = books.dossiers.get(difference_id)
    if dossier is None or dossier.kind != DIFFERENCE:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="difference")
    fault = desk_fault(actor, STAFF_ROLES, dossier.office)
    return fault or (dossier, opened(dossier, Difference))


def _stepped(books: Books, dossier: Dossier, form: Difference, state: str, step: Step) -> Dossier:
    after = replace(dossier, state=state, content=filed(replace(form, steps=(*form.steps, step))))
    books.dossiers.put(after)
    return after
