"""HTTP: a raw ASGI application before the national door, and Granian to serve it inside our own process.

Whatever arrives is answered in the caller's format; one request that cannot be read never harms the next.
"""

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any, Final

import msgspec

from gongji.channels.national.door import Door
from gongji.services.batching import Batcher, QueueFullError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LONGEST_BODY: Final = 1 << 20
"""A message is at most one mebibyte."""

PATIENCE: Final = 16 * LONGEST_BODY
"""What is longer than a message, but not than this, is taken in before it is refused."""

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log


class _TooLongError(Exception):
    pass


class _GoneError(Exception):
    pass


class HttpDoor:
    """The ASGI application; see `application`."""

    def __init__(
        self, door: Door, batcher: Batcher, clock: Callable[[], datetime], pages: Mapping[str, Callable[[], bytes]]
    ) -> None:
        """Stand before `door`; what it is to write goes through `batcher`."""
        self._door = door
        self._batcher = batcher
        self._clock = clock
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or the server's own events."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._fenced(scope, receive, send)

    async def _fenced(self, scope: Scope, receive: Receive, send: Send) -> None:
        now = self._clock()
        try:
            await self._answer(scope, receive, send, now)
        except _GoneError:
            return
        except Exception:  # noqa: BLE001  # the server outlives whatever arrives
            _log.exception("request not answered")
            if scope["path"] in self._pages:
                await _send(send, 503, _note("the books cannot be read just now; try again"))
            else:
                await _send(send, 200, self._door.failed(now))

    async def _answer(self, scope: Scope, receive: Receive, send: Send, now: datetime) -> None:
        path, method = scope["path"], scope["method"]
        if path in self._pages:
            if method in ("GET", "HEAD"):
                await _send(send, 200, await asyncio.to_thread(self._pages[path]))
            else:
                await _send(send, 405, _note("GET"), allow="GET")
        elif not self._door.choice.knows(path):
            await _send(send, 404, _note("no such path"))
        elif method != "POST":
            await _send(send, 405, _note("POST"), allow="POST")
        else:
            await self._message(scope, receive, send, now)

    async def _message(self, scope: Scope, receive: Receive, send: Send, now: datetime) -> None:
        try:
            raw = await _body(scope, receive)
        except _TooLongError:
            line = "FSI-MESSAGE_MALFORMED: 报文：过长，最多 1 MiB。请分几次上传；没有记账。"
            await _send(send, 413, self._door.no(line, now))
            return
        await _send(send, 200, await self._carried_out(raw, scope, now))

    async def _carried_out(self, raw: bytes, scope: Scope, now: datetime) -> bytes:
        prepared = self._door.prepare(raw, scope["path"], now, _headers(scope))
        if isinstance(prepared, bytes):
            return prepared
        if not prepared.writes:
            return await asyncio.to_thread(self._door.read, prepared.job, now, prepared.profile)
        try:
            answer = self._batcher.submit(prepared.job)
        except QueueFullError:
            return self._door.busy(now, prepared.profile)
        try:
            return await asyncio.wrap_future(answer)
        except Exception as fault:  # noqa: BLE001  # worded for the caller, told to the log
            return self._door.worded(fault, now, prepared.profile)


def application(
    door: Door,
    batcher: Batcher,
    *,
    clock: Callable[[], datetime],
    extra: Mapping[str, Callable[[], bytes]] | None = None,
) -> Application:
    """Return the ASGI application: POST to a path that the door knows goes to it; `extra` are pages of JSON, for GET.

    `clock` gives the moment in Asia/Shanghai, without a zone. `batcher` must have been started.
    """
    return HttpDoor(door, batcher, clock, extra or {})


def serve(app: Application, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; then finish what is under way and return.

    `on_ready` gets the address, once the socket accepts. Port 0 takes a free one. Raise OSError when the port is taken.
    """
    chosen = _free_port(host, port)
    asyncio.run(_serve(app, host, chosen, on_ready))


# Helpers


async def _serve(app: Application, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    from granian.constants import Interfaces  # noqa: PLC0415  # slow to import, and needed here alone
    from granian.server.embed import Server  # noqa: PLC0415

    server = Server(app, address=host, port=port, interface=Interfaces.ASGI, log_enabled=False, websockets=False)
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        loop.add_signal_handler(number, server.stop)
    serving = asyncio.create_task(server.serve())
    try:
        await _accepting(host, port, serving)
        if not serving.done():
            on_ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")
        await serving
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)


async def _accepting(host: str, port: int, serving: "asyncio.Task[None]") -> None:
    """Wait until a connection is taken, or serving has ended."""
    while not serving.done():
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


def _free_port(host: str, port: int) -> int:
    """Return the port, which must be free; for 0 one that is."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Return the body. One that is too long is still taken in (up to a point), or the caller never reads our answer."""
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if declared.isdigit() and int(declared) > PATIENCE:
        raise _TooLongError
    parts: list[bytes] = []
    length = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise _GoneError
        part = event.get("body", b"")
        length += len(part)
        if length <= LONGEST_BODY:
            parts.append(part)
        if length > PATIENCE or (length > LONGEST_BODY and not event.get("more_body")):
            raise _TooLongError
        if not event.get("more_body"):
            return b"".join(parts)


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers by name; the server gives names in small letters."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


_ZIP: Final = b"PK"
"""How a file begins; messages begin with a brace."""


async def _send(send: Send, status: int, body: bytes, *, allow: str | None = None) -> None:
    kind = b"application/zip" if body.startswith(_ZIP) else b"application/json; charset=utf-8"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    if allow is not None:
        headers.append((b"allow", allow.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _note(what: str) -> bytes:
    return msgspec.json.encode({"error": what})
