"""Webhooks 推送: the addresses at which channel apps want to be told of events, and the pushes on their way there.

Each address has a line of its own: pushes leave in the order of the events, one after the other, while the receiver
takes them. When it does not answer, the whole line waits; what it answers with a no comes again later, by itself.
After three days without one success the line rests until the app wakes it; nothing in it is lost.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.dossiers.cabinet import Asked
from gongji.services.access.channel_apps import LOOPBACK
from gongji.services.store import Books, Store
from gongji.services.telling.deliveries import TRIED_FOR, wait_after
from gongji.services.telling.events import TYPES, App
from gongji.services.telling.notices import Notice, Topic, tell_app

WEBHOOK: Final = "webhook"
ACTIVE: Final = "active"
PAUSED: Final = "paused"
CLOSED: Final = "closed"
WAITING: Final = "waiting"
DELIVERED: Final = "delivered"
FAILED: Final = "failed"

MOST_OF_AN_APP: Final = 10
ATTEMPTS_KEPT: Final = 20
OLD_SECRET_LIFE: Final = timedelta(hours=24)
GONE: Final = 410
"""The status by which a receiver says that it wants nothing any more."""

WebhookState = Literal["active", "paused", "closed"]


class Webhook(Struct, frozen=True, kw_only=True):
    """Where an app wants to be told, of which types (all, where it names none), signed by which secret.

    `queued` counts what ever stood in the line, `tries` those that failed since the last success, `failing_since` when
    the first of them was. `down` tells that the receiver did not answer, and the whole line waits. `old_secret` signs
    as well until a moment, so that a receiver need not change at the very same one.
    """

    client_id: str
    url: str
    secret: str
    types: tuple[str, ...] = ()
    queued: int = 0
    tries: int = 0
    failing_since: datetime | None = None
    down: bool = False
    old_secret: str = ""
    old_until: datetime | None = None


class Attempt(Struct, frozen=True, kw_only=True):
    """One try. `status` is that of the answer, 0 for none; `fault` says what happened instead, "" for nothing."""

    at: datetime
    status: int = 0
    fault: str = ""
    millis: int = 0

    @property
    def taken(self) -> bool:
        """Tell whether the receiver has it."""
        return 200 <= self.status < 300

    @property
    def said_no(self) -> bool:
        """Tell whether the receiver is there and does not want this one."""
        return 400 <= self.status < 500 and self.status not in (408, 429)


class Push(Struct, frozen=True, kw_only=True):
    """An event on its way to an address, and how often it was tried; of the attempts the last ones are kept."""

    event_id: str
    kind: str
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()


class Came(Struct, frozen=True, kw_only=True):
    """What came of some pushes of a line, in order, by id. `seen` is `queued` as it was before.

    `next_at` is when the next push of the line is due, None where none is left.
    """

    outcome: tuple[tuple[str, Attempt], ...] = ()
    seen: int
    next_at: datetime | None = None


class Subscribed(Struct, frozen=True, kw_only=True):
    """What an app asks for when it names an address."""

    client_id: str
    url: Annotated[str, Meta(max_length=500)]
    types: tuple[str, ...]
    secret: str
    at: datetime
    sandbox: bool = False


def line_of(webhook_id: str) -> str:
    """Return the kind of the dossiers that stand in the line of an address."""
    return f"push.{webhook_id.removeprefix(f'{WEBHOOK}-')}"


def webhook_of(dossier: Dossier) -> Webhook:
    """Return the webhook of a dossier."""
    return opened(dossier, Webhook)


def push_of(dossier: Dossier) -> Push:
    """Return the push of a dossier."""
    return opened(dossier, Push)


def webhooks_of_app(store: Store, client_id: str) -> list[Dossier]:
    """Return the addresses of an app that are not closed, newest first."""
    return store.dossiers(Asked(kind=WEBHOOK, office=client_id, states=(ACTIVE, PAUSED), most=MOST_OF_AN_APP))


def own_webhook(books: Books, webhook_id: str, client_id: str) -> Dossier | None:
    """Return an address of that app, None for another's, a closed one or none."""
    dossier = books.dossiers.get(webhook_id)
    own = dossier is not None and dossier.kind == WEBHOOK and dossier.office == client_id and dossier.state != CLOSED
    return dossier if own else None


def subscribe(books: Books, wish: Subscribed) -> Dossier | Refused:
    """Open a line to an address, or say which field is not sound."""
    fault = url_fault(wish.url, sandbox=wish.sandbox)
    if fault is not None or not set(wish.types) <= set(TYPES):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="url" if fault is not None else "types")
    dossier = Dossier(
        dossier_id=f"{WEBHOOK}-{books.ledger.take_id('webhook')}",
        kind=WEBHOOK,
        made_at=wish.at,
        office=wish.client_id,
        state=ACTIVE,
        content=filed(Webhook(client_id=wish.client_id, url=wish.url, secret=wish.secret, types=wish.types)),
    )
    books.dossiers.put(dossier)
    return dossier


def set_state(books: Books, dossier: Dossier, state: WebhookState, now: datetime) -> Dossier:
    """Let a line rest, wake it, or close it for good. One that wakes begins at once with what waits."""
    form = webhook_of(dossier)
    woken = replace(form, tries=0, failing_since=None, down=False)
    content = filed(woken if state == ACTIVE else form)
    after = replace(dossier, state=state, due_at=now if state == ACTIVE else None, content=content)
    books.dossiers.put(after)
    return after


def renew_secret(books: Books, dossier: Dossier, secret: str, now: datetime) -> Dossier:
    """Sign by another secret from now on, and for a day by the one before as well; one still older is dropped."""
    form = webhook_of(dossier)
    renewed = replace(form, secret=secret, old_secret=form.secret, old_until=now + OLD_SECRET_LIFE)
    after = replace(dossier, content=filed(renewed))
    books.dossiers.put(after)
    return after


def secrets_of(form: Webhook, now: datetime) -> tuple[str, ...]:
    """Return the secrets by which pushes are signed at a moment, the newest first."""
    old_holds = form.old_until is not None and now < form.old_until
    return (form.secret, form.old_secret) if old_holds else (form.secret,)


def queue(books: Books, webhook: Dossier, events: Sequence[Dossier], now: datetime) -> None:
    """Put events at the end of a line."""
    form, line = webhook_of(webhook), line_of(webhook.dossier_id)
    for event in events:
        number = books.ledger.take_id("push")
        books.dossiers.put(
            Dossier(
                dossier_id=f"{line}-{number:020}",
                kind=line,
                made_at=now,
                office=webhook.dossier_id,
                state=WAITING,
                due_at=now,
                content=filed(Push(event_id=event.dossier_id, kind=event.kind)),
            )
        )
    wakes = webhook.state == ACTIVE and not form.down
    after = replace(form, queued=form.queued + len(events))
    books.dossiers.put(replace(webhook, due_at=now if wakes else webhook.due_at, content=filed(after)))


def again(books: Books, webhook: Dossier, push: Dossier, now: datetime) -> Dossier:
    """Put a push into its line once more, and return it."""
    after = replace(push, state=WAITING, due_at=now, content=filed(replace(push_of(push), tries=0)))
    books.dossiers.put(after)
    queue(books, webhook, (), now)
    return after


def apps_told(webhooks: Iterable[Dossier]) -> list[App]:
    """Return the apps behind these addresses, each with all that it wants at any of them."""
    wanted: dict[str, list[frozenset[str]]] = {}
    for one in webhooks:
        form = webhook_of(one)
        wanted.setdefault(form.client_id, []).append(frozenset(form.types))
    return [
        App(client_id, frozenset().union(*several) if all(several) else frozenset())
        for client_id, several in sorted(wanted.items())
    ]


def wants(webhook: Webhook, event_type: str) -> bool:
    """Tell whether events of that type go to an address."""
    return not webhook.types or event_type in webhook.types


def url_fault(url: str, *, sandbox: bool) -> str | None:
    """Return why an address cannot be sent to, None where it can: https, or http to this machine in a sandbox.

    Where the name leads is looked at each time something is sent there.
    """
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        return "not an address"
    if not _PLAIN.fullmatch(url) or not found.hostname or found.username is not None or "#" in url or port == 0:
        return "not an address"
    if found.scheme == "https":
        return None
    return None if sandbox and found.scheme == "http" and found.hostname in LOOPBACK else "https is wanted"


# What came of it.


def noted(books: Books, webhook_id: str, came: Came, now: datetime) -> None:
    """Write down what came of some pushes of a line.

    The line goes on at once while something may be left, waits after a failure, and rests when all has failed too long.
    """
    dossier = books.dossiers.get(webhook_id)
    if dossier is None:
        return
    for push_id, attempt in came.outcome:
        push = books.dossiers.get(push_id)
        if push is not None and push.state == WAITING:
            books.dossiers.put(_after(push, attempt))
    last = came.outcome[-1][1] if came.outcome else None
    form = _counted(webhook_of(dossier), came)
    worn_out = form.failing_since is not None and now - form.failing_since >= TRIED_FOR
    if dossier.state != ACTIVE:
        books.dossiers.put(replace(dossier, content=filed(form)))
    elif worn_out or (last is not None and last.status == GONE):
        rest(books, replace(dossier, content=filed(form)), now)
    elif form.down:
        books.dossiers.put(replace(dossier, due_at=now + wait_after(form.tries), content=filed(form)))
    else:
        goes_on = last is not None or form.queued != came.seen
        books.dossiers.put(replace(dossier, due_at=now if goes_on else came.next_at, content=filed(form)))


def rest(books: Books, dossier: Dossier, now: datetime) -> None:
    """Let a line rest, and tell those who run the app."""
    form = webhook_of(dossier)
    books.dossiers.put(replace(dossier, state=PAUSED, due_at=None))
    notice = Notice(topic=Topic.WEBHOOK_PAUSED, at=now, path=f"/api/v1/webhooks/{dossier.dossier_id}")
    tell_app(books, form.client_id, f"{dossier.dossier_id} {dossier.version}", notice, now)


# Helpers


def _counted(form: Webhook, came: Came) -> Webhook:
    """Return the line with its failures counted anew: a success makes good all that were before it."""
    tries, since = form.tries, form.failing_since
    for _, attempt in came.outcome:
        tries, since = (0, None) if attempt.taken else (tries + 1, since or attempt.at)
    last = came.outcome[-1][1] if came.outcome else None
    return replace(form, tries=tries, failing_since=since, down=last is not None and not (last.taken or last.said_no))


_PLAIN: Final = re.compile(r"[!-~]{1,500}")


def _after(push: Dossier, attempt: Attempt) -> Dossier:
    form = push_of(push)
    tried = replace(form, tries=form.tries + 1, attempts=(*form.attempts, attempt)[-ATTEMPTS_KEPT:])
    content = filed(tried)
    if attempt.taken:
        return replace(push, state=DELIVERED, due_at=None, content=content)
    if not attempt.said_no:
        return replace(push, content=content)
    if attempt.at - push.made_at >= TRIED_FOR and tried.tries > 1:
        return replace(push, state=FAILED, due_at=None, content=content)
    return replace(push, due_at=attempt.at + wait_after(tried.tries), content=content)
