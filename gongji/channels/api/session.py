"""Who may: every address wants a token unless it says that it is public; guards ask for scopes and roles."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from gongji.channels.api.acting import acting
from gongji.channels.api.callers import Caller, Role
from gongji.channels.api.desk import Desk
from gongji.channels.api.limits import Left, network_of
from gongji.channels.api.problems import ProblemError
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal

PUBLIC = "public"
"""The option of a handler that answers those, too, who are not signed in."""

OWN_WAY = "own way"
"""The option of a handler that finds out itself who asks, and how much: those that hand out tokens."""

CALLER = "gongji.caller"
"""Under which name a request of one of our own pages tells who asks; nothing that arrives from outside has it."""

LIMITS = "ratelimit"
"""Under which name the state of a request tells what is left to the caller."""

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
"""Raises ProblemError. A coroutine throughout: Litestar takes every plain function to a thread of its own."""


class Session:
    """The middleware that finds out who asks, and how much he has asked lately; `scope["user"]` is the Caller or None.

    Who is not known is counted by his address, so that nobody tries many tokens; who is known is not: a whole bureau
    may come from one.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or raise ProblemError."""
        await know(scope)
        await self.app(scope, receive, send)


async def know(scope: Scope) -> None:
    """Find out who asks, as `scope["user"]`. Raise ProblemError for one who may not ask at all, or not so much."""
    handler = scope["route_handler"]
    if handler.opt.get(OWN_WAY):
        scope["user"] = None
    elif scope.get("method") != "OPTIONS":
        scope["user"] = await _found(scope, public=bool(handler.opt.get(PUBLIC)))
        _look_at_names(scope, handler)


def requires(*scopes: str) -> Guard:
    """Return a guard that asks for all of these scopes."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        missing = [scope for scope in scopes if scope not in caller_of(connection).scopes]
        if missing:
            told = f'Bearer realm="gongji", error="insufficient_scope", scope="{" ".join(scopes)}"'
            raise ProblemError(RequestFault.SCOPE_MISSING, field=missing[0], headers={"www-authenticate": told})

    return guard


def role(*roles: Role) -> Guard:
    """Return a guard that asks for one of these roles."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        if caller_of(connection).role not in roles:
            raise ProblemError(RequestFault.NOT_YOUR_TASK)

    return guard


def caller_of(connection: Connection) -> Caller:
    """Return who asks. Raise ProblemError where that is not known."""
    caller = connection.scope["user"]
    if not isinstance(caller, Caller):
        raise ProblemError(RequestFault.NOT_SIGNED_IN)
    return caller


def own(connection: Connection, person_id: int) -> int:
    """Return that person's id where it is his business that the caller is about. Raise ProblemError for another's.

    Whether there is such a person at all is not told to a stranger.
    """
    if caller_of(connection).person_id != person_id:
        raise ProblemError(RequestFault.NOT_YOURS)
    return person_id


# Helpers


async def _found(scope: Scope, *, public: bool) -> Caller | None:
    desk: Desk = scope["litestar_app"].state.desk
    now = desk.clock()
    visitor = scope.get(CALLER)
    if isinstance(visitor, Caller):  # counted when he came to the page
        return await acting(desk, visitor, scope, now)
    token = _bearer(scope)
    caller = await desk.identity.caller(token, now) if token else None
    if caller is None:
        client = scope.get("client")
        _count(scope, desk.limits.addresses.take(network_of(client[0]) if client else "", now))
        if token or not public:
            raise ProblemError(RequestFault.SIGN_IN_INVALID if token else RequestFault.NOT_SIGNED_IN)
        return None
    left = desk.limits.apps.take(caller.client, now)
    if left.wait_seconds == 0 and (caller.subject or caller.clerk):
        left = desk.limits.take(caller, now)
    _count(scope, left)
    return await acting(desk, caller, scope, now)


def _look_at_names(scope: Scope, handler: Any) -> None:
    """Raise ProblemError for a parameter that an operation of the API does not have: a slip would go unseen."""
    told = scope["query_string"]
    if told and handler.resolve_include_in_schema():
        names = {name for name, _ in parse_qsl(told.decode("latin-1"), keep_blank_values=True)}
        signatures = [handler, *handler.resolve_dependencies().values()]
        unknown = names - {name for one in signatures for name in one.parsed_fn_signature.parameters}
        if unknown:
            said = "no parameter has this name"
            raise ProblemError(Refusal.MESSAGE_MALFORMED, field=min(unknown), said=said)


def _count(scope: Scope, left: Left) -> None:
    scope["state"][LIMITS] = left.headers
    if left.wait_seconds:
        raise ProblemError(RequestFault.RATE_REACHED, headers={"retry-after": str(left.wait_seconds)})


def _bearer(scope: Scope) -> str:
    """Return the access token, "" for none. Raise ProblemError for a header that cannot be one, or comes twice."""
    told = [value for name, value in scope["headers"] if name == b"authorization"]
    if not told:
        return ""
    kind, _, token = told[0].decode("latin-1").partition(" ")
    if len(told) > 1 or kind.lower() != "bearer" or not token.strip():
        raise ProblemError(RequestFault.SIGN_IN_INVALID, field="Authorization", said="one Bearer token is wanted")
    return token.strip()
