"""Who is behind an access token or a browser: what a token says, and whether that still holds in the books."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar, get_args

from msgspec import Struct

from gongji.channels.api.callers import Caller, Role
from gongji.channels.api.limits import Buckets, Rate
from gongji.channels.api.problems import ProblemError
from gongji.channels.identity.tokens import ACCESS, Claims, Tokens, seconds
from gongji.channels.post import brought
from gongji.domain.faults import RequestFault
from gongji.domain.generations import Generations
from gongji.domain.requests import Scope
from gongji.services.access.channel_apps import app_scope, registered
from gongji.services.access.permissions import PERMISSIONS
from gongji.services.access.sessions import Session, SignIn, session_of, session_scope, sign_in_of, sign_in_scope
from gongji.services.access.signing_in import still_there, who_scope
from gongji.services.access.staff import staff_scope
from gongji.services.reading_together import Readers
from gongji.services.store import Books

T = TypeVar("T")

LOOK_AGAIN: Final = timedelta(seconds=5)
"""So long is believed what the books said of a session; what ends here ends at once, elsewhere as soon as this."""

REMEMBERED: Final = 20_000

OWN_PAGES: Final = "own-pages"
"""The channel of the pages that this deployment shows itself."""

_ROLES: Final = frozenset(get_args(Role))


class Standing(Struct, frozen=True):
    """What the books say of a session: the session while it holds, None once it does not; the app's own rate."""

    session: Session | None
    per_minute: int
    looked_at: datetime


class Known:
    """Knows callers by their tokens. `away` does work on another thread; everything else is on the event loop."""

    def __init__(self, tokens: Tokens, readers: Readers) -> None:
        """Remember nobody yet. `readers` look for many at once: a crowd of tokens costs few queries."""
        self._tokens = tokens
        self._readers = readers
        self._opened: Generations[str, Claims] = Generations(REMEMBERED)
        self._standing: Generations[str, Standing] = Generations(REMEMBERED)
        self._rates: dict[str, tuple[int, Buckets]] = {}

    async def caller(self, token: str, now: datetime) -> Caller | None:
        """Return who asks, None for a token that is unknown, expired or revoked. Raise StoreError, ProblemError."""
        claims = self._claims(token, now)
        if claims is None:
            return None
        standing = self._standing.get(claims["sid"])
        if standing is None or not standing.looked_at <= now < standing.looked_at + LOOK_AGAIN:
            standing = await self._asked(scope_of(claims), lambda books: _standing(books, claims, now))
            self._standing.put(claims["sid"], standing)
        if standing.session is None:
            return None
        self._count(claims["client_id"], standing.per_minute, now)
        return caller_of_session(standing.session, frozenset(claims["scope"].split()))

    async def visitor(self, secret: str, now: datetime) -> Caller | None:
        """Return who sits at a browser that keeps that secret, None for nobody. Raise StoreError."""
        found = await self._visiting(secret, now)
        if found is None:
            return None
        scopes = frozenset(name for name, one in PERMISSIONS.items() if found.who.role in one.roles)
        session = Session(client_id=OWN_PAGES, who=found.who, scopes=(), until=found.until)
        return caller_of_session(session, scopes)

    def forget(self, number: str) -> None:
        """Look at a session anew when it is asked for next: something has happened to it."""
        self._standing.drop(number)

    def _claims(self, token: str, now: datetime) -> Claims | None:
        claims = self._opened.get(token)
        if claims is None:
            claims = self._tokens.opened(token, ACCESS, now)
            if claims is None:
                return None
            self._opened.put(token, claims)
        return claims if seconds(now) < claims["exp"] else None

    async def _asked(self, scope: Scope, work: Callable[[Books], T]) -> T:
        return await brought(self._readers.ask(scope, work))

    async def _visiting(self, secret: str, now: datetime) -> SignIn | None:
        found = await self._asked(sign_in_scope(secret), lambda books: sign_in_of(books, secret, now))
        if found is None:
            return None
        there = await self._asked(who_scope(found.who), lambda books: still_there(books, found.who))
        return found if there else None

    def _count(self, client_id: str, per_minute: int, now: datetime) -> None:
        """Raise ProblemError where an app that has a rate of its own asks faster."""
        if not per_minute:
            return
        known = self._rates.get(client_id)
        if known is None or known[0] != per_minute:
            rate = Rate(burst=per_minute, per_second=per_minute, slower=60)
            known = self._rates[client_id] = per_minute, Buckets("app", rate)
        wait = known[1].take(client_id, now).wait_seconds
        if wait:
            raise ProblemError(RequestFault.RATE_REACHED, headers={"retry-after": str(wait)})


def caller_of_session(session: Session, scopes: frozenset[str]) -> Caller:
    """Return who asks in a session. Raise ValueError for a role that there is not."""
    who = session.who
    role: Any = who.role
    if role not in _ROLES:
        raise ValueError(f"{who.role} is no role")
    return Caller(
        client=session.client_id,
        role=role,
        subject=who.person_id,
        clerk=who.clerk,
        scopes=scopes,
        face=who.face,
        proved_at=who.proved_at,
        sandbox=who.sandbox,
        staff_no=who.staff_no,
        office=who.office,
    )


# Helpers


def _standing(books: Books, claims: Claims, now: datetime) -> Standing:
    found = registered(books, claims["client_id"])
    session = session_of(books, claims["sid"], now)
    if found is None or not found.usable or session is None or not still_there(books, session.who):
        return Standing(None, 0, now)
    return Standing(session, found.app.requests_per_minute, now)


def scope_of(claims: Claims | None) -> Scope:
    """Return what has to be loaded to judge a token that is one of ours; nothing for None."""
    if claims is None:
        return Scope()
    scope = session_scope(claims["sid"])
    scope.merge(app_scope(claims["client_id"]))
    scope.merge(staff_scope(claims["sub"]))
    if claims["sub"].isdecimal():
        scope.people.add(int(claims["sub"]))
    return scope
