"""HTTP: the application before the national door. It reads, opens and checks; a clerk takes the rest to the books.

Whatever arrives is answered in the caller's format; one request that cannot be read never harms the next.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from typing import Final, Protocol

import msgspec
from msgspec import Struct

from gongji.channels.api import problems
from gongji.channels.asked import Answered, Asked
from gongji.channels.clerk import BooksClerk, Clerk, Reply
from gongji.channels.national.door import Door
from gongji.channels.national.fields import MalformedError
from gongji.channels.national.reception import Opened, Reception
from gongji.channels.national.upload import LONGEST_UPLOAD, Upload, is_upload
from gongji.channels.policy_desk import is_desk
from gongji.channels.policy_pages import ROOT, PolicyPage
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal
from gongji.services.batching import Batcher

LONGEST_BODY: Final = 1 << 20
"""A message is at most one mebibyte."""

PATIENCE: Final = 16 * LONGEST_BODY
"""What is longer than it may be, but not than this, is taken in before it is refused."""

LONGEST_ASKED: Final = 8 * LONGEST_BODY
"""So long may be what is sent to the application: a form with uploads."""

BODY_SECONDS_MAX: Final = 60
"""So long may a body take to arrive; one who takes longer is gone."""

UPLOADS_MAX: Final = 4
"""So many uploads are carried out at once."""

RUN_MAX: Final = 128
"""So many lines of one upload are under way at once, all of one transaction; a batch takes others beside them."""

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log


class Headers(Protocol):
    """The headers of a request."""

    def get(self, key: str, default: str = "") -> str:
        """Return the header of that name, in small letters."""

    def items(self) -> Collection[tuple[str, str]]:
        """Return all that are plain text."""


class Scope(Protocol):
    """A request without its body, as RSGI has it."""

    proto: str
    method: str
    path: str
    query_string: str
    client: str
    headers: Headers


class RequestProtocol(Protocol):
    """The body of a request, and the way its answer goes."""

    async def __call__(self) -> bytes:
        """Return the body whole; it is short when the caller is gone."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body in parts; it ends early when the caller is gone."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""


class Answer(Struct, frozen=True):
    """What is sent back; `allow` names the method that a path takes, `more` are further headers.

    With no `kind` the headers say of what kind it is, if there is anything.
    """

    body: bytes
    status: int = 200
    kind: str = "application/json; charset=utf-8"
    allow: str | None = None
    more: tuple[tuple[str, str], ...] = ()


class _TooLongError(Exception):
    pass


class _GoneError(Exception):
    pass


class HttpDoor:
    """The RSGI application; see `application`. `under_way` counts what has been read and is not answered yet."""

    def __init__(
        self,
        reception: Reception,
        clerk: Clerk,
        clock: Callable[[], datetime],
        pages: Collection[str],
        paths: Collection[str] = (),
    ) -> None:
        """Open what comes by `reception`, and have it carried out by `clerk`, who also makes the `pages`.

        What begins with one of `paths`, of one name or two, is answered by the application.
        """
        self._reception = reception
        self._clerk = clerk
        self._clock = clock
        self._pages = pages
        self._paths = frozenset(paths)
        self._uploads = 0
        self.under_way = 0

    async def __rsgi__(self, scope: Scope, protocol: RequestProtocol) -> None:
        """Answer one request."""
        if scope.proto != "http":
            return
        now = self._clock()
        try:
            answer = await self._answer(scope, protocol, now)
        except _GoneError:
            return
        except Exception:  # noqa: BLE001  # the server outlives whatever arrives
            _log.exception("request not answered")
            answer = Answer(self._reception.failed(now))
        headers = [("content-type", answer.kind), *answer.more] if answer.kind else [*answer.more]
        if answer.allow is not None:
            headers.append(("allow", answer.allow))
        protocol.response_bytes(answer.status, headers, answer.body)

    async def _answer(self, scope: Scope, protocol: RequestProtocol, now: datetime) -> Answer:
        if scope.path in self._pages:
            return await self._page(scope.path) if scope.method in ("GET", "HEAD") else _only("GET")
        if scope.path.startswith(ROOT) and ROOT in self._pages:
            return await (self._desk(scope, protocol) if is_desk(scope.path) else self._rules(scope))
        if not self._reception.choice.knows(scope.path):
            return await self._of_app(scope, protocol) if self._is_app(scope.path) else _note(404, "no such path")
        if scope.method != "POST":
            return _only("POST")
        longest = LONGEST_UPLOAD if is_upload(scope.path) else LONGEST_BODY
        try:
            async with asyncio.timeout(BODY_SECONDS_MAX):
                raw = await _body(scope, protocol, longest)
        except TimeoutError as fault:
            raise _GoneError from fault
        except _TooLongError:
            line = f"FSI-MESSAGE_MALFORMED: 报文：过长，最多 {longest >> 20} MiB。请分几次上传；没有记账。"
            return Answer(self._reception.no(line, now), 413)
        take = self._upload if is_upload(scope.path) else self._message
        self.under_way += 1
        try:
            return await take(raw, scope.path, now, dict(scope.headers.items()))
        finally:
            self.under_way -= 1

    async def _message(self, raw: bytes, path: str, now: datetime, headers: Mapping[str, str]) -> Answer:
        opened = self._reception.opened(raw, path, now, headers)
        if isinstance(opened, bytes):
            return Answer(opened)
        answer = await _replied(partial(self._clerk.take, opened))
        return _answered(answer or self._reception.busy(now, opened.place.profile))

    async def _page(self, path: str) -> Answer:
        found = await _replied(partial(self._clerk.page, path))
        return _answered(found) if found else _note(503, "the books cannot be read just now; try again")

    async def _rules(self, scope: Scope) -> Answer:
        if scope.method not in ("GET", "HEAD"):
            return _only("GET")
        found = await _replied(partial(self._clerk.page, f"{scope.path}?{scope.query_string}"))
        if not found:
            return _note(503, "the rules cannot be read just now; try again")
        page = msgspec.msgpack.decode(found, type=PolicyPage).for_one_who_has(scope.headers.get("if-none-match", ""))
        return Answer(page.body, page.status, page.kind, more=page.headers)

    async def _desk(self, scope: Scope, protocol: RequestProtocol) -> Answer:
        method = "GET" if scope.method == "HEAD" else scope.method
        if method not in ("GET", "POST"):
            return _only("GET, POST")
        try:
            found = await self._posed(scope, protocol, LONGEST_UPLOAD)
        except _TooLongError:
            return _note(
                413, f"body: longer than {LONGEST_UPLOAD >> 20} MiB; use gongji policy at the bureau's machine"
            )
        if not found:
            return _note(503, f"the desk cannot answer just now; GET {ROOT}log tells what was done")
        return _as_told(found)

    def _is_app(self, path: str) -> bool:
        first, _, rest = path.removeprefix("/").partition("/")
        return f"/{first}" in self._paths or f"/{first}/{rest.partition('/')[0]}" in self._paths

    async def _of_app(self, scope: Scope, protocol: RequestProtocol) -> Answer:
        try:
            found = await self._posed(scope, protocol, LONGEST_ASKED)
        except _TooLongError:
            return _problem(scope, RequestFault.BODY_TOO_LONG)
        return _as_told(found) if found else _problem(scope, Refusal.BUSY)

    async def _posed(self, scope: Scope, protocol: RequestProtocol, longest: int) -> bytes | None:
        """Return what the clerk replies to a request as it is: an `Answered`, b"" or None when there is none now."""
        method = "GET" if scope.method == "HEAD" else scope.method
        try:
            async with asyncio.timeout(BODY_SECONDS_MAX):
                body = b"" if method == "GET" else await _body(scope, protocol, longest)
        except TimeoutError as fault:
            raise _GoneError from fault
        asked = Asked(method, scope.path, scope.query_string, [*scope.headers.items()], body, scope.client)
        self.under_way += 1
        try:
            return await _replied(partial(self._clerk.ask, asked))
        finally:
            self.under_way -= 1

    async def _upload(self, raw: bytes, path: str, now: datetime, headers: Mapping[str, str]) -> Answer:
        if self._uploads >= UPLOADS_MAX:
            return Answer(self._reception.busy(now))
        self._uploads += 1
        try:
            lines = await self._lines(Upload(self._reception, raw, path, now, headers))
        except MalformedError as fault:
            return Answer(self._reception.malformed(fault, now))
        finally:
            self._uploads -= 1
        return Answer(b"\n".join(lines) + b"\n", kind="application/x-ndjson; charset=utf-8")

    async def _lines(self, lines: Upload) -> list[bytes]:
        """Return the answers to the lines of an upload, in order; after a run without room for all nothing is taken."""
        answers: list[bytes] = []
        room = True
        for run in lines.runs(RUN_MAX):
            if room:
                found = await asyncio.gather(*map(self._outcome, run))
                room = None not in found
            else:
                found = [one if isinstance(one, bytes) else None for one in run]
            answers += [self._in_line(one, answer) for one, answer in zip(run, found, strict=True)]
        return answers

    async def _outcome(self, opened: Opened | bytes) -> bytes | None:
        return opened if isinstance(opened, bytes) else await _replied(partial(self._clerk.take, opened))

    def _in_line(self, opened: Opened | bytes, answer: bytes | None) -> bytes:
        if isinstance(opened, bytes):
            return opened
        if answer is None:
            return self._reception.busy(opened.at, opened.place.profile)
        if answer.startswith(_ZIP):
            fault = MalformedError("infno", f"{opened.message.infno} 的回答是文件，不能放在批量上传里，请单独发送")
            return self._reception.malformed(fault, opened.at, opened.place.profile)
        return answer


def application(
    door: Door,
    batcher: Batcher,
    *,
    clock: Callable[[], datetime],
    extra: Mapping[str, Callable[[], bytes]] | None = None,
) -> HttpDoor:
    """Return the RSGI application over books in this process; `extra` are pages of JSON, for GET.

    POST to a path that the door knows goes to it. `clock` gives the moment in Asia/Shanghai, without a zone. `batcher`
    must have been started.
    """
    pages = extra or {}
    return HttpDoor(door.reception, BooksClerk(door, batcher, pages), clock, pages)


# Helpers

_ZIP: Final = b"PK"
"""How a file begins; messages begin with a brace."""


async def _replied(ask: Callable[[Reply], None]) -> bytes | None:
    """Return what is replied to `ask`."""
    coming: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()

    def reply(answer: bytes | None) -> None:
        if not coming.done():  # the caller went away; what was done is done
            coming.set_result(answer)

    ask(reply)
    return await coming


async def _body(scope: Scope, protocol: RequestProtocol, longest: int) -> bytes:
    """Return the body. One that is too long is still taken in (up to a point), or the caller never reads our answer."""
    declared = scope.headers.get("content-length", "")
    expected = int(declared) if declared.isdecimal() else None
    if expected is not None and expected <= longest:
        body = await protocol()
        if len(body) < expected:
            raise _GoneError
        return body
    if expected is not None and expected > PATIENCE:
        raise _TooLongError
    parts: list[bytes] = []
    length = 0
    async for part in protocol:
        length += len(part)
        if length > PATIENCE:
            raise _TooLongError
        if length <= longest:
            parts.append(part)
    if expected is not None and length < expected:
        raise _GoneError
    if length > longest:
        raise _TooLongError
    return b"".join(parts)


def _answered(body: bytes) -> Answer:
    return Answer(body, kind="application/zip") if body.startswith(_ZIP) else Answer(body)


def _as_told(found: bytes) -> Answer:
    told = msgspec.msgpack.decode(found, type=Answered)
    return Answer(told.body, told.status, "", more=tuple(told.headers))


def _problem(scope: Scope, reason: Refusal | RequestFault) -> Answer:
    told = problems.answered(reason, scope.path, scope.headers.get("accept-language", ""))
    return Answer(told.body, told.status, "", more=tuple(told.headers))


def _only(method: str) -> Answer:
    return Answer(_told(method), 405, allow=method)


def _note(status: int, what: str) -> Answer:
    return Answer(_told(what), status)


def _told(what: str) -> bytes:
    return msgspec.json.encode({"error": what})
