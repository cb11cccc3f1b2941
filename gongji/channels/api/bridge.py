"""From a request in full to the application, which speaks ASGI, and its answer back in full."""

import logging
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from litestar import Litestar

from gongji.channels.api import problems
from gongji.channels.api.callers import Caller
from gongji.channels.api.plain import PlainReadings
from gongji.channels.api.session import CALLER
from gongji.channels.asked import Answered, Asked
from gongji.channels.clerk import App
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal

if TYPE_CHECKING:
    from litestar.types import HTTPScope, Message

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log

_DROPPED: Final = frozenset({"content-length", "connection", "transfer-encoding", "keep-alive"})
"""What the server says itself of every answer."""


def bridged(app: Litestar) -> App:
    """Return what answers requests by `app`, and never raises."""
    readings = PlainReadings(app)

    async def ask(asked: Asked) -> Answered:
        if "\0" in asked.path or "%00" in asked.query:
            return _problem(asked, Refusal.MESSAGE_MALFORMED, field="path", said="a name contains the character U+0000")
        try:
            reading = readings.asked_by(asked)
            if reading is not None:
                return _told(*await reading.answered(_scope(asked, None)))
            return await carried(app, asked)
        except Exception:  # noqa: BLE001  # the server outlives whatever arrives
            _log.exception("request not answered")
            return _problem(asked, RequestFault.SERVER_FAULT)

    return ask


def paths_of(app: Litestar) -> list[str]:
    """Return with which names, one or two, the addresses of the application begin."""
    return sorted({_beginning(route.path) for route in app.routes})


async def carried(app: Litestar, asked: Asked, caller: Caller | None = None) -> Answered:
    """Have `app` answer. `caller` is who asks, where a page of ours, which knows him, asks in his name.

    Raise ValueError for headers that cannot be sent.
    """
    sent: list[Message] = []
    given = False

    async def receive() -> Any:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": asked.body, "more_body": False}

    async def send(message: "Message") -> None:
        sent.append(message)

    await app(_scope(asked, caller), receive, send)
    status, headers, body = 500, list[tuple[str, str]](), list[bytes]()
    for message in sent:
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            body.append(message["body"])
    return _told(status, headers, b"".join(body))


# Helpers

_SHARED: Final = "sandbox"
"""Below this name others answer as well; there the application has addresses by their first two names."""


def _beginning(path: str) -> str:
    names = path.removeprefix("/").split("/")
    return "/" + "/".join(names[: 2 if names[0] == _SHARED else 1])


def _scope(asked: Asked, caller: Caller | None) -> "HTTPScope":
    host, _, port = asked.client.rpartition(":")
    scope: Any = {  # what ASGI asks for; Litestar adds what is its own
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": asked.method,
        "scheme": "http",
        "path": asked.path,
        "raw_path": quote(asked.path).encode(),
        "query_string": asked.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in asked.headers],
        "client": (host, int(port)) if port.isdecimal() else None,
        "server": None,
        "state": {},
        "extensions": {},
        CALLER: caller,
    }
    found: HTTPScope = scope
    return found


def _told(status: int, headers: list[tuple[str, str]], body: bytes) -> Answered:
    for name, value in headers:
        if not _is_plain(name) or not _is_plain(value):
            raise ValueError(f"a header that cannot be sent: {name!r}")
    return Answered(status, [one for one in headers if one[0].lower() not in _DROPPED], body)


def _is_plain(text: str) -> bool:
    return not any(sign in text for sign in "\r\n\0")


def _problem(asked: Asked, reason: problems.Reason, **more: Any) -> Answered:
    accept = next((value for name, value in asked.headers if name == "accept-language"), "")
    return problems.answered(reason, asked.path, accept, **more)
