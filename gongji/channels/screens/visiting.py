"""Pages for those who have signed in: who visits, what he sent, and how an act of his is done once.

A page is a function from a `Visit` to a `View` (a page), a `Sent` (go on there) or a `Download`. Whoever is not signed
in and has to be is sent to sign in, and comes back. A form carries the guard of its visitor's sign-in; where it fills
several pages, or moves money, it is an unfinished form 草稿 of `services.access.unfinished`, whose secret is the key of
the act in the end: a double tap, Back and a refresh come to one act.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from litestar import Request, Response
from litestar.datastructures import Cookie
from msgspec import Struct

from gongji.channels.api.callers import Caller
from gongji.channels.api.desk import Desk
from gongji.channels.api.problems import Problem, ProblemError, worded
from gongji.channels.identity.desk import IdentityDesk, identity_of
from gongji.channels.identity.pages import Jar, jar_of
from gongji.channels.pages.asking import Asked, Download, Filled, View
from gongji.channels.pages.rendering import say
from gongji.channels.screens.guards import masked_guard
from gongji.channels.screens.inside import Inside, TroubleError
from gongji.domain.faults import RequestFault
from gongji.domain.texts import Language
from gongji.services.access import unfinished
from gongji.services.access.unfinished import Owner, Unfinished, unfinished_scope
from gongji.services.batching import Job
from gongji.services.store import Books

ACTING_COOKIE: Final = "gongji-acting"
"""For whom this browser acts: his number. The mandate is looked at anew with each request."""

GUARD: Final = "guard"
"""The field by which a form shows that it comes from a page of the same sign-in."""

LANGUAGES: Final[Mapping[Language, str]] = {"zh": "", "en": "/en"}
SIZES: Final = ("s", "l", "xl", "s-hc", "l-hc", "xl-hc")
STAFF: Final = frozenset({"clerk", "reviewer", "inspector", "auditor"})
_FIELD_MOST: Final = 4000


class Sent(Struct, frozen=True):
    """The browser is sent on, to be asked for by GET, whatever it sent; cookies go with it."""

    location: str
    cookies: tuple[Cookie, ...] = ()


class Acting(Struct, frozen=True):
    """For whom the visitor acts."""

    person_id: int
    name: str


class Visit:
    """A page asked for by somebody: who he is, what he sent, and the API in his name."""

    def __init__(
        self,
        request: Request[Any, Any, Any],
        language: Language,
        caller: Caller | None,
        secret: str,
        acting: Acting | None,
    ) -> None:
        """Take the request as it came; `secret` is what the browser keeps, "" for nothing."""
        self.request = request
        self.language = language
        self.desk: Desk = request.app.state.desk
        self.identity: IdentityDesk = identity_of(request)
        self.now: datetime = self.desk.clock()
        self.secret = secret
        self.acting = acting
        self.query: dict[str, str] = _first(request.scope["query_string"])
        self.form: dict[str, str] = {}
        self.several: dict[str, list[str]] = {}
        self.files: dict[str, bytes] = {}
        self._caller = caller

    @property
    def caller(self) -> Caller:
        """Return who visits. Raise TroubleError where nobody is signed in."""
        if self._caller is None:
            raise TroubleError(self.problem(RequestFault.NOT_SIGNED_IN))
        return self._caller

    @property
    def known(self) -> bool:
        """Tell whether somebody is signed in."""
        return self._caller is not None

    @property
    def person_id(self) -> int:
        """Return the person whose business it is: the visitor himself, or for whom he acts."""
        return self.acting.person_id if self.acting is not None else self.caller.subject

    @property
    def api(self) -> Inside:
        """Return the API in the visitor's name. Raise TroubleError where nobody is signed in."""
        acting_for = self.acting.person_id if self.acting is not None else 0
        client = self.request.scope.get("client")
        address = f"{client[0]}:{client[1]}" if client else ""
        return Inside(self.request.app, self.caller, self.language, acting_for=acting_for, client=address)

    @property
    def names(self) -> dict[str, str]:
        """Return what the address names, as in /bills/{settle_id:str}."""
        return {name: str(value) for name, value in self.request.path_params.items()}

    @property
    def path(self) -> str:
        """Return the address of this page without the language."""
        path: str = self.request.scope["path"]
        return (path.removeprefix("/en") if self.language == "en" else path) or "/"

    @property
    def here(self) -> str:
        """Return this page's whole address, to come back to."""
        told = self.request.scope["query_string"].decode("latin-1")
        return f"{self.link(self.path)}?{told}" if told else self.link(self.path)

    @property
    def sent(self) -> bool:
        """Tell whether a form was sent (POST)."""
        return bool(self.request.method == "POST")

    @property
    def guard(self) -> str:
        """Return what a form has to bring back; it looks different in each page."""
        return masked_guard(self.secret, self.desk.tokens())

    def link(self, path: str, **query: object) -> str:
        """Return the address of one of our pages in the visitor's language."""
        told = {name: text for name, text in query.items() if text not in (None, "")}
        return f"{LANGUAGES[self.language]}{path}" + (f"?{urlencode(told)}" if told else "")

    def to(self, path: str, *cookies: Cookie, **query: object) -> Sent:
        """Return the way on to another of our pages."""
        return Sent(self.link(path, **query), cookies)

    def say(self, key: str, **figures: object) -> str:
        """Return the words of the pages under that key."""
        return say(self.language, key, **figures)

    def filled(self, values: Mapping[str, str] | None = None) -> Filled:
        """Return the fields of the form that was sent, or these values, to be read one by one."""
        told = self.form if values is None else values
        query = {name: [text] for name, text in told.items()}
        book = self.desk.book(self.now)
        return Filled(
            Asked(book=book, now=self.now, language=self.language, path=self.path, names=self.names, query=query)
        )

    def problem(self, reason: RequestFault, field: str | None = None) -> Problem:
        """Return a fault of the request as the API would tell it."""
        return worded(ProblemError(reason, field=field), self.path, self.language)

    def jar(self) -> Jar:
        """Return how cookies are set here."""
        return jar_of(self.identity.tokens.issuer)

    # Unfinished forms.

    async def begin(self, kind: str, **fields: str) -> str:
        """Begin a form of that kind and return its secret."""
        secret = self.desk.tokens()
        await self._kept(secret, lambda books: unfinished.begin(books, secret, self._owner, kind, fields, self.now))
        return secret

    async def unfinished(self, secret: str, kind: str) -> Unfinished | None:
        """Return the visitor's form of that kind, None where there is none (any more)."""
        found = await self.desk.read(
            unfinished_scope(secret), lambda books: unfinished.unfinished(books, secret, self._owner, self.now)
        )
        return found if found is not None and found.kind == kind else None

    async def fill_in(self, secret: str, **fields: str) -> None:
        """Put fields into a form, or take out those that are ""."""
        await self._kept(secret, lambda books: unfinished.fill_in(books, secret, fields, self.now))

    async def finish(self, secret: str, led_to: str) -> None:
        """Note which of our pages tells what became of a form."""
        await self._kept(secret, lambda books: unfinished.finish(books, secret, led_to, self.now))

    # Helpers

    @property
    def _owner(self) -> Owner:
        caller = self.caller
        return Owner(caller.subject, caller.staff_no, self.acting.person_id if self.acting is not None else 0)

    async def _kept(self, secret: str, work: Callable[[Books], object]) -> None:
        def job(books: Books) -> bytes:
            work(books)
            return b""

        await asyncio.wrap_future(self.desk.batcher.submit(Job(unfinished_scope(secret), job)))


Found = View | Sent | Download
Page = Callable[[Visit], Awaitable[Found]]


def redirected(location: str, cookies: tuple[Cookie, ...] = ()) -> Response[bytes]:
    """Return what sends a browser on, to ask by GET."""
    headers = {"location": location, "cache-control": "no-store"}
    return Response(b"", status_code=303, media_type="text/plain", headers=headers, cookies=[*cookies])


def fields_of(told: bytes) -> dict[str, list[str]]:
    """Return the fields of a form or a query, each with all its values."""
    found = parse_qs(told.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=unfinished.FIELDS_MOST)
    return {name: [plain(text) for text in texts] for name, texts in found.items()}


def plain(text: str) -> str:
    """Return what was typed, without what no field takes."""
    return text[:_FIELD_MOST].replace("\0", "").strip()


# Helpers


def _first(told: bytes) -> dict[str, str]:
    try:
        return {name: texts[0] for name, texts in fields_of(told).items()}
    except ValueError:
        return {}
