"""The public rule explorer 查规则 under /rules and /en/rules: no login, no cookie, the same for everybody, cacheable.

/rules                                  E1 regions, and a search
/rules/REGION?on=DAY                    all rules of a region on a day
/rules/REGION/RULE                      E2 what a rule says today
/rules/REGION/RULE/FIRST_DAY            E2 one version, for ever: the name that refusals and settlements cite
/rules/help                             E3 can I help whom
/rules/compare                          E4 two days or two regions
/rules/bill                             E5 what would this bill cost whom
/rules/downloads, /rules/files/NAME     E6 files and a feed
"""

import gzip
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from gongji import __version__
from gongji.channels.pages.asking import Asked, Download, NotFoundError, View
from gongji.channels.pages.assets import encoding_for, page_headers
from gongji.channels.pages.explorer_comparing import compare
from gongji.channels.pages.explorer_costing import cost
from gongji.channels.pages.explorer_files import downloads, file
from gongji.channels.pages.explorer_helping import help_whom
from gongji.channels.pages.explorer_regions import region, regions
from gongji.channels.pages.explorer_rules import rule, version
from gongji.channels.pages.rendering import look, render
from gongji.domain.generations import Generations
from gongji.domain.texts import Language
from gongji.services.policies.timetables import Timetable

ROOT: Final = "/rules"
FRESH_SECONDS: Final = 300
"""So long may a copy of a page be shown without asking whether it still holds."""
KEPT_MOST: Final = 256
"""Twice as many pages are kept rendered at most."""
LONGEST_QUERY: Final = 2_000
PUBLIC: Final = {"public": True}
"""The option by which the application lets everybody in."""

Page = Callable[[Asked], View | Download]
PAGES: Final[Mapping[str, Page]] = {
    "": regions,
    "/help": help_whom,
    "/compare": compare,
    "/bill": cost,
    "/downloads": downloads,
    "/files/{name:str}": file,
    "/{region:str}": region,
    "/{region:str}/{rule:str}": rule,
    "/{region:str}/{rule:str}/{version:str}": version,
}
LANGUAGES: Final[Mapping[Language, str]] = {"zh": "", "en": "/en"}


class Entry(Struct, frozen=True):
    """An entry of the menu: where it leads, and under which key its words stand."""

    path: str
    key: str


ENTRIES: Final = (
    Entry("/rules", "shell.regions"),
    Entry("/rules/help", "shell.helping"),
    Entry("/rules/bill", "shell.bill"),
    Entry("/rules/compare", "shell.compare"),
    Entry("/rules/downloads", "shell.downloads"),
)


class Kept(Struct, frozen=True):
    """An answer as it is sent, in each of its encodings."""

    status: int
    kind: str
    packed: Mapping[str, bytes]
    headers: Mapping[str, str]


def routes(rules: Timetable, clock: Callable[[], datetime]) -> list[HTTPRouteHandler]:
    """Return the handlers of all pages in both languages; the static files have handlers of their own (`assets`)."""
    explorer = Explorer(rules, clock)
    return [
        explorer.handler(f"{prefix}{ROOT}{path}", language, page)
        for language, prefix in LANGUAGES.items()
        for path, page in PAGES.items()
    ]


class Explorer:
    """Answers from the rules that hold, and keeps what it has rendered as long as they and the day are the same."""

    def __init__(self, rules: Timetable, clock: Callable[[], datetime]) -> None:
        """Read `rules`; the clock tells the moment in Asia/Shanghai, without a zone."""
        self._rules = rules
        self._clock = clock
        self._kept: Generations[tuple[str, str], Kept] = Generations(KEPT_MOST)

    def handler(self, path: str, language: Language, page: Page) -> HTTPRouteHandler:
        """Return the handler of one page in one language."""

        @get(path, sync_to_thread=False, include_in_schema=False, opt=PUBLIC)
        def answer(request: Request[Any, Any, Any]) -> Response[bytes]:
            return self._answer(request, language, page)

        return answer

    def _answer(self, request: Request[Any, Any, Any], language: Language, page: Page) -> Response[bytes]:
        now = self._clock()
        book = self._rules.at(now)
        query = request.scope["query_string"].decode("latin-1")
        path = request.scope["path"].rstrip("/") or "/"
        tag = f'W/"{book.digest[:16]}.{__version__}.{look()}.{now.date()}"'
        known = request.headers.get("if-none-match", "")
        address = f"{path}?{query}"
        kept = self._kept.get((tag, address))
        if kept is None:
            asked = Asked(
                book=book,
                now=now,
                language=language,
                path=path,
                names={name: str(value) for name, value in request.path_params.items()},
                query=_query(request) if len(query) <= LONGEST_QUERY else {},
            )
            kept = _made(asked, page, tag, query)
            if kept.status == 200:
                self._kept.put((tag, address), kept)
        if kept.status == 200 and (known == "*" or tag in known):
            return Response(b"", status_code=304, headers=dict(kept.headers), media_type=kept.kind)
        encoding = encoding_for(request.headers.get("accept-encoding", ""), kept.packed)
        headers = {**kept.headers, **({"content-encoding": encoding} if encoding else {})}
        return Response(kept.packed[encoding], status_code=kept.status, headers=headers, media_type=kept.kind)


# Helpers


def _query(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        found.setdefault(name, []).append(value)
    return found


def _made(asked: Asked, page: Page, tag: str, query: str) -> Kept:
    """Return the answer: a page or file that everybody may keep, or one that says what is wrong, which nobody may."""
    try:
        found = page(asked)
    except NotFoundError as fault:
        found = View("explorer/not_found.html", {"what": asked.say(fault.key), "path": fault.path}, 404)
    if isinstance(found, Download):
        more = {"content-disposition": f'attachment; filename="{found.name}"'}
        return _kept(found.body, found.kind, 200, tag, more)
    body = render(found.template, asked.language, _around(asked, query) | found.told).encode()
    return _kept(body, "text/html", found.status, tag, page_headers())


def _around(asked: Asked, query: str) -> dict[str, Any]:
    """Return what the shell of every public page tells."""
    plain = asked.path.removeprefix("/en") if asked.language == "en" else asked.path
    other = plain if asked.language == "en" else f"/en{plain}"
    return {
        "today": asked.today,
        "bundle": asked.book.digest,
        "here": plain,
        "twin": f"{other}?{query}" if query else other,
        "entries": ENTRIES,
    }


def _kept(body: bytes, kind: str, status: int, tag: str, more: Mapping[str, str]) -> Kept:
    found = {"cache-control": f"public, max-age={FRESH_SECONDS}", "etag": tag, "vary": "accept-encoding"}
    refused = {"cache-control": "no-store"}
    headers = {**(found if status == 200 else refused), **more}
    return Kept(status, kind, {"gzip": gzip.compress(body, compresslevel=6, mtime=0), "": body}, headers)
