"""Webhooks over the API, for systems: addresses that are told of events, the log of what went there; or asking instead.

A system sees its own app's addresses and events, and of people only what they let the app receive.
"""

import base64
import hashlib
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from gongji.channels.api.accounts import ID_MOST
from gongji.channels.api.declaring import changes, lists, reads, writes
from gongji.channels.api.desk import Desk
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, taken, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, cursor_at, paged, place_of
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.dossiers import Dossier
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.store import Books
from gongji.services.telling.events import Event, event_of, events_since
from gongji.services.telling.events import line_of as events_of
from gongji.services.telling.webhooks import (
    MOST_OF_AN_APP,
    Subscribed,
    WebhookState,
    again,
    line_of,
    own_webhook,
    push_of,
    queue,
    renew_secret,
    set_state,
    subscribe,
    webhook_of,
    webhooks_of_app,
)

WebhookId = Annotated[str, PathParameter(max_length=40, description="The id of the webhook.")]
PushId = Annotated[str, PathParameter(max_length=80, description="The id of the delivery.")]

REPLAYED_MOST: Final = 2000
"""So many events are sent again at a time."""

_AT: Final = f"{API}/webhooks"
_TAGS: Final = ["webhooks"]


class WebhookWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where to send events (https), and of which types; all, where none is named."""

    url: Annotated[str, Meta(min_length=1, max_length=500)]
    types: Annotated[tuple[str, ...], Meta(max_length=50)] = ()


class WebhookTold(Struct, frozen=True, kw_only=True):
    """A webhook as it stands. `failing_since` is when the receiver began to fail, null while it takes what it gets.

    `old_secret_until` is until when the secret before this one signs as well, or did; null where there was none.
    """

    webhook_id: str
    url: str
    types: tuple[str, ...]
    state: WebhookState
    since: Moment
    failing_since: Moment | None
    old_secret_until: Moment | None


class WebhookMade(Struct, frozen=True, kw_only=True):
    """A webhook, and the new secret by which deliveries are signed (Standard Webhooks). It is shown this once."""

    webhook: WebhookTold
    secret: str


class Webhooks(Struct, frozen=True):
    """The webhooks of an app that are not closed."""

    items: list[WebhookTold]


class StateWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """To let a webhook rest, to wake it, or to close it for good."""

    state: WebhookState


class AttemptTold(Struct, frozen=True, kw_only=True):
    """One try: the status of the answer, or (null) what happened instead."""

    at: Moment
    status: int | None
    fault: str | None
    millis: int


class DeliveryTold(Struct, frozen=True, kw_only=True):
    """An event on its way to a webhook, with the last tries."""

    delivery_id: str
    state: Literal["waiting", "delivered", "failed"]
    queued_at: Moment
    tries: int
    attempts: list[AttemptTold]


class Deliveries(Struct, frozen=True):
    """A page of the log of deliveries, newest first, and the cursor of the next one."""

    items: list[DeliveryTold]
    next: str | None


class Since(Struct, frozen=True, forbid_unknown_fields=True):
    """From which moment on."""

    since: Moment


class Queued(Struct, frozen=True):
    """How many events are sent again."""

    queued: int


class Events(Struct, frozen=True, kw_only=True):
    """Events in order, and the number to go on from: that of the last, or the one asked with where there is none."""

    items: list[Event]
    after: str


@post(_AT, operation_id="makeWebhook", summary="Name an address for events", tags=_TAGS,
      **writes("webhooks.write", roles=("system",)))  # fmt: skip
async def make_webhook(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[WebhookWanted]
) -> Response[WebhookMade]:
    """Open a webhook for the caller's app; ten at most."""
    client_id, now = caller_of(request).client, desk.clock()
    secret = _new_secret(desk)
    several = await desk.away(lambda: webhooks_of_app(desk.store, client_id))
    wish = Subscribed(client_id=client_id, url=data.url, types=data.types, secret=secret, at=now, sandbox=desk.sandbox)

    def act(books: Books) -> WebhookMade | Refused:
        if len(several) >= MOST_OF_AN_APP:
            return Refused(Refusal.MESSAGE_MALFORMED, subject="webhooks")
        made = subscribe(books, wish)
        return made if isinstance(made, Refused) else WebhookMade(webhook=_told(made), secret=secret)

    return await write(desk, request, operation="makeWebhook", scope=Scope(), act=act, content=data)


@get(_AT, operation_id="listWebhooks", summary="The addresses for events", tags=_TAGS,
     **lists("webhooks.write", roles=("system",)))  # fmt: skip
async def list_webhooks(request: Request[Any, Any, Any], desk: TheDesk) -> Response[Webhooks]:
    """Return the webhooks of the caller's app."""
    client_id = caller_of(request).client
    found = await desk.away(lambda: webhooks_of_app(desk.store, client_id))
    return paged(request, Webhooks([_told(one) for one in found]), None)


@get(f"{_AT}/{{webhook_id:str}}", operation_id="readWebhook", summary="An address for events", tags=_TAGS,
     **reads("webhooks.write", roles=("system",)))  # fmt: skip
async def read_webhook(request: Request[Any, Any, Any], desk: TheDesk, webhook_id: WebhookId) -> Response[WebhookTold]:
    """Return a webhook as it stands."""
    client_id = caller_of(request).client
    scope = Scope(dossiers={webhook_id})
    return tagged(request, await desk.read(scope, lambda books: _told(_own(books, webhook_id, client_id))))


@post(f"{_AT}/{{webhook_id:str}}/state", operation_id="setWebhookState", summary="Rest, wake or close a webhook",
      tags=_TAGS, **changes("webhooks.write", roles=("system",)))  # fmt: skip
async def post_webhook_state(
    request: Request[Any, Any, Any], desk: TheDesk, webhook_id: WebhookId, data: JSONBody[StateWanted]
) -> Response[WebhookTold]:
    """Change whether events are sent; one that wakes gets all that waited. One that is closed is gone."""
    client_id, now = caller_of(request).client, desk.clock()

    def act(books: Books) -> WebhookTold:
        return _told(set_state(books, _own(books, webhook_id, client_id), data.state, now))

    return await write(
        desk,
        request,
        operation="setWebhookState",
        scope=Scope(dossiers={webhook_id}),
        act=act,
        content=data,
        seen=lambda books: _told(_own(books, webhook_id, client_id)),
    )


@post(f"{_AT}/{{webhook_id:str}}/secret", operation_id="renewWebhookSecret", summary="A new secret for a webhook",
      tags=_TAGS, **writes("webhooks.write", roles=("system",)))  # fmt: skip
async def post_webhook_secret(
    request: Request[Any, Any, Any], desk: TheDesk, webhook_id: WebhookId
) -> Response[WebhookMade]:
    """Sign by a new secret from now on, and for 24 hours by the one before as well: a receiver changes meanwhile.

    Renewed twice, the first of them signs no more at once: for a secret that somebody else knows.
    """
    client_id, secret, now = caller_of(request).client, _new_secret(desk), desk.clock()

    def act(books: Books) -> WebhookMade:
        return WebhookMade(
            webhook=_told(renew_secret(books, _own(books, webhook_id, client_id), secret, now)), secret=secret
        )

    return await write(desk, request, operation="renewWebhookSecret", scope=Scope(dossiers={webhook_id}), act=act)


@get(f"{_AT}/{{webhook_id:str}}/deliveries", operation_id="listDeliveries", summary="What was sent to an address",
     tags=_TAGS, **lists("webhooks.write", roles=("system",)))  # fmt: skip
async def list_deliveries(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    webhook_id: WebhookId,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response[Deliveries]:
    """Return the log of a webhook, with what came of each try."""
    client_id = caller_of(request).client
    before = place_of("deliveries", cursor, tuple[datetime, str])
    own = await desk.read(Scope(dossiers={webhook_id}), lambda books: _own(books, webhook_id, client_id))
    asked = Asked(kind=line_of(own.dossier_id), before=before, most=limit + 1)
    found = await desk.away(lambda: desk.store.dossiers(asked))
    page = found[:limit]
    more = cursor_at("deliveries", (page[-1].made_at, page[-1].dossier_id)) if len(found) > limit else None
    return paged(request, Deliveries([_delivery(one) for one in page], more), more)


@post(f"{_AT}/{{webhook_id:str}}/deliveries/{{delivery_id:str}}/replay", operation_id="replayDelivery",
      summary="Send one event again", tags=_TAGS, **writes("webhooks.write", roles=("system",)))  # fmt: skip
async def replay_delivery(
    request: Request[Any, Any, Any], desk: TheDesk, webhook_id: WebhookId, delivery_id: PushId
) -> Response[DeliveryTold]:
    """Put a delivery into the line once more, whatever came of it before; its event keeps its id."""
    client_id, now = caller_of(request).client, desk.clock()

    def act(books: Books) -> DeliveryTold:
        own, push = _own(books, webhook_id, client_id), books.dossiers.get(delivery_id)
        if push is None or push.kind != line_of(own.dossier_id):
            raise ProblemError(RequestFault.NO_SUCH_PLACE)
        return _delivery(again(books, own, push, now))

    scope = Scope(dossiers={webhook_id, delivery_id})
    return await write(desk, request, operation="replayDelivery", scope=scope, act=act)


@post(f"{_AT}/{{webhook_id:str}}/replay", operation_id="replayEvents", summary="Send all events since a moment again",
      tags=_TAGS, **writes("webhooks.write", roles=("system",)))  # fmt: skip
async def replay_events(
    request: Request[Any, Any, Any], desk: TheDesk, webhook_id: WebhookId, data: JSONBody[Since]
) -> Response[Queued]:
    """Put the app's events since a moment at the end of the line, in order; they keep their ids. 2000 at most."""
    client_id, now, since = caller_of(request).client, desk.clock(), taken(data.since)
    found = await desk.away(lambda: events_since(desk.store, client_id, since, REPLAYED_MOST + 1))

    def act(books: Books) -> Queued | Refused:
        own = _own(books, webhook_id, client_id)
        if len(found) > REPLAYED_MOST:
            return Refused(Refusal.MESSAGE_MALFORMED, subject="since")
        types = webhook_of(own).types
        wanted = [one for one in found if not types or event_of(one).type in types]
        queue(books, own, wanted, now)
        return Queued(len(wanted))

    scope = Scope(dossiers={webhook_id})
    return await write(desk, request, operation="replayEvents", scope=scope, act=act, content=data)


@get(f"{API}/events", operation_id="listEvents", summary="Events after the last one seen", tags=_TAGS,
     **lists("notices.read", roles=("system",)))  # fmt: skip
async def list_events(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    limit: Limit = PAGE_DEFAULT,
    after: Annotated[
        int, QueryParameter(ge=0, le=ID_MOST, description="`after` of the answer before; 0 to begin.")
    ] = 0,
) -> Response[Events]:
    """Return the events of the caller's app in order: for who cannot be reached by a webhook, or has missed some."""
    kinds = (events_of(caller_of(request).client),)
    found = await desk.away(lambda: desk.store.changed_dossiers(kinds, after, limit))
    last = found[-1][0] if found else after
    return paged(request, Events(items=[event_of(one) for _, one in found], after=str(last)), None)


# Helpers


def _new_secret(desk: Desk) -> str:
    return "whsec_" + base64.b64encode(hashlib.sha256(desk.tokens().encode()).digest()).decode()


def _own(books: Books, webhook_id: str, client_id: str) -> Dossier:
    """Return the app's own webhook. Raise ProblemError for another's: it is not told whether there is one."""
    found = own_webhook(books, webhook_id, client_id)
    if found is None:
        raise ProblemError(RequestFault.NO_SUCH_PLACE)
    return found


def _told(dossier: Dossier) -> WebhookTold:
    form = webhook_of(dossier)
    state: WebhookState = dossier.state  # type: ignore[assignment]  # written by the service alone
    return WebhookTold(
        webhook_id=dossier.dossier_id,
        url=form.url,
        types=form.types,
        state=state,
        since=told(dossier.made_at),
        failing_since=told(form.failing_since),
        old_secret_until=told(form.old_until),
    )


def _delivery(dossier: Dossier) -> DeliveryTold:
    push = push_of(dossier)
    state: Literal["waiting", "delivered", "failed"] = dossier.state  # type: ignore[assignment]  # the same
    return DeliveryTold(
        delivery_id=dossier.dossier_id,
        state=state,
        queued_at=told(dossier.made_at),
        tries=push.tries,
        attempts=[
            AttemptTold(at=told(one.at), status=one.status or None, fault=one.fault or None, millis=one.millis)
            for one in push.attempts
        ],
    )
