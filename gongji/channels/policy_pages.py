"""The rule book over HTTP: what `gongji policy` reads, as JSON under /policy/, by GET; cacheable by its ETag.

    /policy/regions                        the regions that have a file
    /policy/show/REGION[/RULE]?on=DAY      all rules on a day, or one
    /policy/timeline/REGION[/RULE]         what ever changed, or one rule over time
    /policy/diff/REGION?on=DAY&on=DAY      two days
    /policy/diff/REGION/OTHER?on=DAY       two regions
    /policy/find?word=WORD                 where a word stands
    /policy/print/REGION?on=DAY&lang=en&form=md|html|json
    /policy/why/SETTLEMENT                 the trace of a settled bill, by a sample server alone

A day that is not given is today's.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, get_args
from urllib.parse import parse_qs, unquote

import msgspec
from msgspec import Struct

from gongji import __version__
from gongji.domain.refusals import Refused
from gongji.domain.texts import Language
from gongji.rules import reading
from gongji.rules.policybook import PolicyBook
from gongji.rules.reading import AskedWronglyError
from gongji.rules.reading_document import as_html, as_markdown, printed
from gongji.rules.trace import trace
from gongji.services.bills.rechecks import Bundles, find_kept, recheck
from gongji.services.bills.replays import NotReplayableError
from gongji.services.store import Store

ROOT: Final = "/policy/"
_JSON: Final = "application/json; charset=utf-8"
_FORMS: Final = {"md": "text/markdown; charset=utf-8", "html": "text/html; charset=utf-8", "json": _JSON}


class PolicyPage(Struct, frozen=True):
    """An answer: status, body, content type, and the tag under which it may be kept ("" for one that may not)."""

    body: bytes
    status: int = 200
    kind: str = _JSON
    etag: str = ""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the headers by which a client may keep it, and ask whether it still holds."""
        return (("etag", self.etag), ("cache-control", "no-cache")) if self.etag else ()

    def for_one_who_has(self, tags: str) -> "PolicyPage":
        """Return what is sent to a client that keeps answers under `tags`: without a body, when this is one of them."""
        known = self.etag and (tags == "*" or self.etag in tags)
        return PolicyPage(b"", 304, self.kind, self.etag) if known else self


class PolicyPages:
    """Answers questions about the rules; about settled bills only where `store` holds nobody's but sample people."""

    def __init__(self, book: PolicyBook, clock: Callable[[], datetime], store: Store | None = None) -> None:
        """Read `book`; `clock` tells which day is today."""
        self._book = book
        self._clock = clock
        self._store = store

    def answered(self, asked: str) -> bytes:
        """Return the answer to a GET, packed to travel. `asked` is the path, and after a question mark the query."""
        path, _, query = asked.partition("?")
        return msgspec.msgpack.encode(self.page(path, query))

    def page(self, path: str, query: str) -> PolicyPage:
        """Return the answer to a GET of a path below /policy/; `query` is what follows the question mark."""
        what, *names = unquote(path).removeprefix(ROOT).rstrip("/").split("/")
        asked = _Asked(names, parse_qs(query, keep_blank_values=True), self._clock().date())
        try:
            found = self._found(what, asked)
        except AskedWronglyError as fault:
            return _note(400, str(fault))
        if found is None:
            return _note(404, f"no such page; under {ROOT} are: regions, show, timeline, diff, find, print, why")
        return found

    def _found(self, what: str, asked: "_Asked") -> PolicyPage | None:
        question = what, len(asked.names)
        if question == ("print", 1):
            return self._printed(asked)
        if question == ("why", 1):
            return self._why(asked.names[0])
        if question not in _QUESTIONS:
            return None
        return PolicyPage(msgspec.json.encode(_QUESTIONS[question](self._book, asked)), etag=self._tag(asked))

    def _printed(self, asked: "_Asked") -> PolicyPage:
        form = asked.one("form", "json")
        if form not in _FORMS:
            raise AskedWronglyError(f"form: {form} is none of {', '.join(_FORMS)}")
        document = printed(reading.read(self._book, asked.names[0], asked.day()), asked.language())
        write = {"md": lambda: as_markdown(document).encode(), "html": lambda: as_html(document).encode()}
        body = write[form]() if form in write else msgspec.json.encode(document)
        return PolicyPage(body, kind=_FORMS[form], etag=self._tag(asked))

    def _why(self, number: str) -> PolicyPage:
        """Return the trace of a settled bill. It names people, so it is never kept, and real people's are not shown."""
        if self._store is None:
            return _note(404, "settled bills are shown by a sample server alone; elsewhere: gongji policy why")
        if not (number.isascii() and number.isdigit()):
            return _note(400, f"{number} is no settlement: a number is wanted, the setl_id of the answer")
        kept = find_kept(self._store, int(number))
        if kept is None:
            return _note(404, f"no settlement {number} is in these books")
        try:
            checked = recheck(kept, Bundles(self._store).book(kept.entry.basis.bundle))
        except NotReplayableError as fault:
            return _note(409, str(fault))
        decision = checked.again.decision
        if checked.differences or isinstance(decision, Refused):
            return _note(409, f"settlement {number} is decided otherwise by this version of the program")
        told = trace(decision, checked.again.patient, kept.names, checked.rules, checked.again.bill.at.date())
        return PolicyPage(msgspec.json.encode(told))

    def _tag(self, asked: "_Asked") -> str:
        return f'"{self._book.digest[:16]}.{__version__}.{asked.today}"'


# Helpers


class _Asked(Struct, frozen=True):
    """What a question names besides its kind."""

    names: list[str]
    query: dict[str, list[str]]
    today: date

    def one(self, name: str, default: str) -> str:
        several = self.query.get(name, [default])
        if len(several) > 1:
            raise AskedWronglyError(f"{name}: given more than once")
        return several[0]

    def day(self) -> date:
        told = self.one("on", "")
        return _day(told) if told else self.today

    def two_days(self) -> tuple[date, date]:
        days = self.query.get("on", [])
        if len(days) != 2:
            raise AskedWronglyError("on: two days are wanted, like on=2024-06-01&on=2025-06-01")
        return _day(days[0]), _day(days[1])

    def language(self) -> Language:
        told = self.one("lang", "zh")
        for known in get_args(Language):
            if told == known:
                language: Language = known
                return language
        raise AskedWronglyError(f"lang: {told} is none of {', '.join(get_args(Language))}")


_QUESTIONS: Final[Mapping[tuple[str, int], Callable[[PolicyBook, _Asked], Any]]] = {
    ("regions", 0): lambda book, _: [{"region": region, "name": book.names[region]} for region in book.regions],
    ("show", 1): lambda book, asked: reading.read(book, asked.names[0], asked.day()),
    ("show", 2): lambda book, asked: reading.read(book, asked.names[0], asked.day(), asked.names[1]),
    ("timeline", 1): lambda book, asked: reading.timeline(book, asked.names[0]),
    ("timeline", 2): lambda book, asked: reading.timeline(book, *asked.names),
    ("diff", 1): lambda book, asked: reading.compare_days(book, asked.names[0], *asked.two_days()),
    ("diff", 2): lambda book, asked: reading.compare_regions(book, asked.names[0], asked.names[1], asked.day()),
    ("find", 0): lambda book, asked: reading.find(book, asked.one("word", "")),
}
"""What is asked for by its kind and the number of names that follow it."""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise AskedWronglyError(f"on: {text} is no day, like 2025-06-01") from fault


def _note(status: int, what: str) -> PolicyPage:
    return PolicyPage(msgspec.json.encode({"error": what}), status)
