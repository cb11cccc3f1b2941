"""The one way a handler writes: once for each key of the caller's, in the batches of the settlement loop."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from gongji.channels.api.desk import Desk
from gongji.channels.api.etags import names, tag_of
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.session import Connection, caller_of
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope, content_digest
from gongji.services.acts import Actor, Answer, act_scope, once_as
from gongji.services.batching import Job
from gongji.services.office.presences import unchecked
from gongji.services.store import Books

KEY: Final = "Idempotency-Key"
REPLAYED: Final = "idempotency-replayed"

Act = Callable[[Books], Struct | Refused]
"""Does it, and returns what is answered; may be run more than once."""

Seen = Callable[[Books], Struct | None]
"""Returns what a change is about as it stands, in the form in which GET tells it; None where it is not there."""


class _Wish(Struct, frozen=True, kw_only=True):
    actor: Actor
    operation: str
    key: str
    digest: bytes
    if_match: str
    seen: Seen | None


async def keyed(connection: Connection, _: BaseRouteHandler) -> None:
    """Refuse a request without a key before anything is looked at: a guard."""
    _key(connection)


async def write(
    desk: Desk,
    request: Request[Any, Any, Any],
    *,
    operation: str,
    scope: Scope,
    act: Act,
    content: Any = None,
    seen: Seen | None = None,
    status: int = 200,
) -> Response[Any]:
    """Have `act` done, and return its answer. Raise ProblemError or StoreError.

    Then nothing was written, unless it is UnknownOutcomeError.
    The same key with the same address and `content` gets the first answer, byte for byte. With `seen`, a change that
    comes with If-Match is made only while what the caller saw still stands.
    """
    now = desk.clock()
    wish = _Wish(
        actor=caller_of(request).actor,
        operation=operation,
        key=_key(request),
        digest=content_digest([request.scope["path"], content]),
        if_match=request.headers.get("if-match", ""),
        seen=seen,
    )
    scope.merge(act_scope(wish.actor, wish.key))
    scope.dossiers |= {wish.actor.mandate} - {""}

    def work(books: Books) -> bytes:
        answer = once_as(
            books,
            wish.actor,
            operation=wish.operation,
            key=wish.key,
            digest=wish.digest,
            at=now,
            act=partial(_done, books, wish, act, now),
        )
        return msgspec.msgpack.encode(_Outcome(answer, None) if isinstance(answer, Answer) else _Outcome(None, answer))

    answer = _answer(await asyncio.wrap_future(desk.batcher.submit(Job(scope, work))))
    headers = {"etag": tag_of(answer.body)} if seen is not None else {}
    if answer.repeated:
        headers[REPLAYED] = "true"
    return Response(answer.body, status_code=status, media_type=MediaType.JSON, headers=headers)


# Helpers

_VISIBLE: Final = re.compile(r"[!-~]{1,64}")


class _Outcome(Struct, frozen=True, array_like=True):
    answer: Answer | None
    refused: Refused | None


def _answer(told: bytes) -> Answer:
    """Return the answer that a job gave. Raise ProblemError for its refusal."""
    outcome = msgspec.msgpack.decode(told, type=_Outcome)
    if outcome.refused is not None:
        raise refused(outcome.refused)
    if outcome.answer is None:
        raise TypeError("an outcome is an answer or a refusal")
    return outcome.answer


def _key(request: Connection) -> str:
    """Return the key. Raise ProblemError where there is none, several, or one that cannot be kept."""
    told: list[str] = request.headers.getall(KEY, [])
    if len(told) != 1 or not _VISIBLE.fullmatch(told[0]):
        raise ProblemError(RequestFault.REQUEST_ID_MISSING, field=KEY)
    return told[0]


def _done(books: Books, wish: _Wish, act: Act, now: datetime) -> bytes | Refused:
    fault = unchecked(books, wish.actor, wish.operation, now)
    if fault is not None:
        said = "/counter/presences again, with a code of the person's or with his ID card taken in just now"
        raise ProblemError(fault, field="Acting-For", said=said)
    if wish.if_match and wish.seen is not None:
        stands = wish.seen(books)
        tag = tag_of(msgspec.json.encode(stands)) if stands is not None else ""
        if not names(wish.if_match, tag, weak=False):
            raise ProblemError(RequestFault.CHANGED_MEANWHILE, field="If-Match")
    done = act(books)
    return done if isinstance(done, Refused) else msgspec.json.encode(done)
