"""Pushing: one line of a webhook at a time, its pushes in order, each signed as Standard Webhooks wants."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from standardwebhooks import Webhook as Signer

from gongji.domain.dossiers import Dossier
from gongji.domain.requests import Scope
from gongji.ledger.stretches import END
from gongji.services.access.channel_apps import app_scope, registered
from gongji.services.store import Books, Store
from gongji.services.telling.deliveries import Write
from gongji.services.telling.events import as_sent, event_of
from gongji.services.telling.webhooks import (
    ACTIVE,
    GONE,
    WEBHOOK,
    Attempt,
    Came,
    line_of,
    noted,
    push_of,
    rest,
    secrets_of,
    webhook_of,
)

PAGE: Final = 10
"""So many leave one after the other before it is written down what came of them."""

LINES: Final = 50

_AHEAD_OF_UTC: Final = timedelta(hours=8)


class Poster(Protocol):
    """Posts to addresses of others."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str], at: datetime) -> Attempt:
        """Post, and tell what came of it. Raises nothing for what a receiver does."""
        ...


def lines_due(store: Store, now: datetime) -> list[Dossier]:
    """Return the addresses with something to push, the longest due first."""
    return store.due_dossiers(WEBHOOK, now, LINES)


def push_line(store: Store, write: Write, poster: Poster, webhook: Dossier, now: datetime) -> int:
    """Push what is due in a line until one fails, write down what came of it, and return how many were tried."""
    form, line = webhook_of(webhook), line_of(webhook.dossier_id)
    if not _usable(store, form.client_id):
        write(Scope(dossiers={webhook.dossier_id}), lambda books: _let_rest(books, webhook.dossier_id, now))
        return 0
    pushes = store.due_dossiers(line, now, PAGE)
    outcome = _pushed(store, poster, pushes, webhook, now)
    came = Came(outcome=outcome, seen=form.queued, next_at=None if pushes else _next_at(store, line))

    def work(books: Books) -> bytes:
        noted(books, webhook.dossier_id, came, now)
        return b""

    write(Scope(dossiers={webhook.dossier_id, *(push_id for push_id, _ in outcome)}), work)
    return len(outcome)


def signed(secrets: Sequence[str], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers that go with a body: id, moment, and a signature by each secret."""
    moment = now - _AHEAD_OF_UTC  # the library takes a moment without a zone for one of UTC
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int((moment - datetime(1970, 1, 1)).total_seconds())),  # noqa: DTZ001  # UTC, as above
        "webhook-signature": " ".join(Signer(one).sign(message_id, moment, body.decode()) for one in secrets),
    }


# Helpers


def _usable(store: Store, client_id: str) -> bool:
    found = store.read(app_scope(client_id), lambda books: registered(books, client_id))
    return found is not None and found.usable


def _let_rest(books: Books, webhook_id: str, now: datetime) -> bytes:
    dossier = books.dossiers.get(webhook_id)
    if dossier is not None and dossier.state == ACTIVE:
        rest(books, dossier, now)
    return b""


def _next_at(store: Store, line: str) -> datetime | None:
    waiting = store.due_dossiers(line, END, 1)
    return waiting[0].due_at if waiting else None


def _pushed(
    store: Store, poster: Poster, pushes: list[Dossier], webhook: Dossier, now: datetime
) -> tuple[tuple[str, Attempt], ...]:
    form, names = webhook_of(webhook), {push_of(one).event_id for one in pushes}
    events = store.read(Scope(dossiers=set(names)), lambda books: {name: books.dossiers.get(name) for name in names})
    outcome: list[tuple[str, Attempt]] = []
    for push in pushes:
        found = events[push_of(push).event_id]
        if found is None:
            raise LookupError(f"{push.dossier_id}: its event is not in the books")
        event = event_of(found)
        body = as_sent(event)
        attempt = poster.post(form.url, body, signed(secrets_of(form, now), event.id, body, now), now)
        outcome.append((push.dossier_id, attempt))
        if attempt.status == GONE or not (attempt.taken or attempt.said_no):
            break
    return tuple(outcome)
