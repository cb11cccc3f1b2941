"""Feeding 通知流: the journal and the dossiers that changed are read behind the settlements, and people told of them.

How far it has come is a dossier itself, written together with the notices and all that follows from them: messages to
be sent, events for apps. So nothing is lost and nothing told twice, wherever a program is stopped.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.ledger.records import Entry
from gongji.services.access.sessions import SESSION
from gongji.services.policies.timetables import Timetable
from gongji.services.store import Books, Store
from gongji.services.telling.bulletins import Posted, post, unseen
from gongji.services.telling.deliveries import Write, plan, planned_scope
from gongji.services.telling.ending_days import ENDING_DAY, note_days_told, tellings_of_days
from gongji.services.telling.events import consents_scope, event_of, make_events
from gongji.services.telling.notice_sources import KINDS, tellings_of_dossiers, tellings_of_entries
from gongji.services.telling.notices import Telling, notices_scope, tell
from gongji.services.telling.reminders import reminders
from gongji.services.telling.webhooks import ACTIVE, PAUSED, WEBHOOK, apps_told, queue, wants, webhook_of

CURSOR: Final = "cursor"
CURSOR_ID: Final = "cursor-notices"

TOLD_WITHIN: Final = timedelta(days=3)
"""What was recorded longer ago is passed over: a server that begins to tell does not begin with years that are gone."""

MOST: Final = 50
"""So much is told in one portion: settlements in the same batch wait no longer than that."""

WEBHOOKS_MOST: Final = 1000


class Cursor(Struct, frozen=True, kw_only=True):
    """How far people have been told: the numbers of the last entry, change and publication.

    What was recorded before `since` is passed over.
    """

    since: datetime
    entry_id: int = 0
    change: int = 0
    publication: int = 0


class Found(Struct, frozen=True, kw_only=True):
    """What is to be told next, and how far that goes; `more` tells that there may be more right behind it.

    `days` are those that somebody chose to be told on, and that have come.
    """

    before: Cursor
    after: Cursor
    version: int
    tellings: list[Telling]
    bulletins: list[Posted]
    days: list[Dossier]
    more: bool


def feed(store: Store, rules: Timetable, write: Write, now: datetime, most: int = MOST) -> bool:
    """Tell people what has been recorded since the last time, at most so many entries; tell whether there is more."""
    found = found_next(store, rules, now, most)
    if found.after == found.before and not found.days:
        return False
    tellings = [*found.tellings, *tellings_of_days(found.days)]
    webhooks = store.dossiers(Asked(kind=WEBHOOK, states=(ACTIVE, PAUSED), most=WEBHOOKS_MOST)) if tellings else []
    scope = notices_scope(tellings)
    scope.people |= {one.parties[0] for one in found.days}
    scope.dossiers |= {CURSOR_ID, *(one.dossier_id for one in (*webhooks, *found.days))}
    scope.merge(planned_scope(tellings))
    if webhooks:
        scope.merge(consents_scope(tellings))
    names = [one.dossier_id for one in webhooks]
    write(scope, lambda books: _told(books, found, names, now))
    return found.more


def found_next(store: Store, rules: Timetable, now: datetime, most: int) -> Found:
    """Return what is to be told next."""
    dossier = store.read(Scope(dossiers={CURSOR_ID}), lambda books: books.dossiers.get(CURSOR_ID))
    before = opened(dossier, Cursor) if dossier is not None else Cursor(since=now - TOLD_WITHIN)
    entries = store.entries_after(before.entry_id, most)
    changed = store.changed_dossiers(KINDS, before.change, most)
    days = store.due_dossiers(ENDING_DAY, now, most)
    publication, posted = unseen(rules, before.publication)
    fresh = [entry for entry in entries if entry.recorded_at >= before.since]
    known = [one for _, one in changed if one.kind != SESSION or one.made_at >= before.since]
    return Found(
        before=before,
        after=Cursor(
            since=before.since,
            entry_id=entries[-1].entry_id if entries else before.entry_id,
            change=changed[-1][0] if changed else before.change,
            publication=publication,
        ),
        version=dossier.version if dossier is not None else 0,
        tellings=_tellings(store, fresh, known),
        days=days,
        bulletins=[one for one in posted if one.bulletin.published_at >= before.since],
        more=len(entries) == most or len(changed) == most or len(days) == most,
    )


# Helpers


def _tellings(store: Store, entries: list[Entry], dossiers: list[Dossier]) -> list[Telling]:
    return [*tellings_of_entries(store, entries), *reminders(store, entries), *tellings_of_dossiers(dossiers)]


def _told(books: Books, found: Found, webhook_ids: list[str], now: datetime) -> bytes:
    """Tell what was found, unless somebody has gone on from there meanwhile."""
    cursor = books.dossiers.get(CURSOR_ID)
    if (cursor.version if cursor is not None else 0) != found.version:
        return b""
    fresh = tell(books, [*found.tellings, *note_days_told(books, found.days)], now)
    plan(books, fresh, now)
    post(books, found.bulletins, now)
    _queue_events(books, fresh, webhook_ids, now)
    content = filed(found.after)
    if cursor is None:
        books.dossiers.put(Dossier(dossier_id=CURSOR_ID, kind=CURSOR, made_at=now, content=content))
    else:
        books.dossiers.put(replace(cursor, content=content))
    return b""


def _queue_events(books: Books, fresh: list[Telling], webhook_ids: list[str], now: datetime) -> None:
    named = [books.dossiers.get(webhook_id) for webhook_id in webhook_ids]
    webhooks = [one for one in named if one is not None and one.state in (ACTIVE, PAUSED)]
    made = make_events(books, fresh, apps_told(webhooks), now)
    for webhook in webhooks:
        form = webhook_of(webhook)
        own = [event for app, event in made if app.client_id == form.client_id]
        events = [event for event in own if wants(form, event_of(event).type)]
        if events:
            queue(books, webhook, events, now)
