"""Events 事件: what channel apps are told of people who let them receive notices; numbered, never changed.

An event says that something happened and where to look: no medicine, no place, no diagnosis. Each app has its own, in
the order in which they were made, so that it can ask for those after the last one it has seen.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked, Place
from gongji.services.access.sessions import SESSION, Session
from gongji.services.store import Books, Store
from gongji.services.telling.notices import Telling, Topic

VERSION: Final = 1
PAGE: Final = 200
EVENT_SCOPE: Final = "notices.read"
"""What a person has to have allowed an app before it is told anything of him."""

TYPES: Final = tuple(f"notice.{topic}" for topic in Topic if topic is not Topic.WEBHOOK_PAUSED)


class Event(Struct, frozen=True, kw_only=True):
    """What an app is told, as it is sent: the moment with its offset, people as texts, amounts in fen."""

    id: str
    type: str
    version: int
    timestamp: str
    data: dict[str, Any]


class App(Struct, frozen=True):
    """An app that is told of events, and of which types; all, where it names none."""

    client_id: str
    types: frozenset[str]

    def wants(self, kind: str) -> bool:
        """Tell whether it wants events of that type."""
        return not self.types or kind in self.types


def line_of(client_id: str) -> str:
    """Return the kind of the dossiers that hold an app's events."""
    return f"event.{client_id}"


def consents_scope(tellings: Sequence[Telling]) -> Scope:
    """Return what has to be loaded to know which apps may be told of these."""
    return Scope(dossiers_of={(SESSION, telling.person_id) for telling in tellings})


def make_events(
    books: Books, tellings: Iterable[Telling], apps: Iterable[App], now: datetime
) -> list[tuple[App, Dossier]]:
    """File an event for each app that the person lets receive his notices, and return them in order."""
    several = list(apps)
    return [
        (app, _filed(books, app, telling, now))
        for telling in tellings
        for app in several
        if app.wants(f"notice.{telling.notice.topic}") and _allowed(books, app.client_id, telling.person_id, now)
    ]


def event_of(dossier: Dossier) -> Event:
    """Return the event of a dossier."""
    return opened(dossier, Event)


def events_since(store: Store, client_id: str, since: datetime, most: int) -> list[Dossier]:
    """Return an app's events made since a moment, in order, at most the `most` latest."""
    found: list[Dossier] = []
    before: Place | None = None
    while len(found) < most:
        page = store.dossiers(Asked(kind=line_of(client_id), before=before, most=PAGE))
        found += [one for one in page if one.made_at >= since]
        if len(page) < PAGE or page[-1].made_at < since:
            break
        before = (page[-1].made_at, page[-1].dossier_id)
    return found[:most][::-1]


def as_sent(event: Event) -> bytes:
    """Return an event as it goes over the wire: the same bytes each time, so that its signature holds."""
    return msgspec.json.encode(event)


# Helpers


def _allowed(books: Books, client_id: str, person_id: int, now: datetime) -> bool:
    sessions = [opened(one, Session) for one in books.dossiers.of(SESSION, person_id) if one.state == "open"]
    return any(one.client_id == client_id and EVENT_SCOPE in one.scopes and now < one.until for one in sessions)


def _filed(books: Books, app: App, telling: Telling, now: datetime) -> Dossier:
    notice, kind = telling.notice, line_of(app.client_id)
    number = books.ledger.take_id("event")
    event = Event(
        id=f"evt_{number}",
        type=f"notice.{notice.topic}",
        version=VERSION,
        timestamp=f"{now.isoformat(timespec='milliseconds')}+08:00",
        data={
            "notice_id": telling.notice_id,
            "person_id": str(telling.person_id),
            "at": f"{notice.at.isoformat(timespec='milliseconds')}+08:00",
            "amount_fen": notice.amount_fen,
            "path": notice.path,
        },
    )
    dossier = Dossier(
        dossier_id=f"{kind}-{number:020}", kind=kind, made_at=now, parties=(telling.person_id,), content=filed(event)
    )
    books.dossiers.put(dossier)
    return dossier
