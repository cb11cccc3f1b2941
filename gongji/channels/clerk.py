"""Who takes opened messages to the books, and brings the answers back to the event loop, many at one wake-up."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from gongji.channels.asked import Answered, Asked
from gongji.channels.national.door import Door, Prepared
from gongji.channels.national.reception import Opened
from gongji.channels.policy_desk import is_desk
from gongji.channels.post import post_here
from gongji.services.batching import Batcher, Outcome, QueueFullError

Reply = Callable[[bytes | None], None]
"""Takes an answer, on the event loop; None when there was no room, and nothing was taken."""

READING_MAX: Final = 256
"""So many messages and pages that only read may wait."""

READERS: Final = 4

ASKED_MAX: Final = 512
"""So many requests are with the application at once."""

App = Callable[[Asked], Coroutine[Any, Any, Answered]]
"""Answers requests to the API and to the pages, on the event loop; it never raises."""

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log


class AboutRules(Struct, frozen=True):
    """What answers questions about the rule book, by path and query, and what is asked at the policy desk."""

    pages: Callable[[str], bytes]
    desk: Callable[[Asked], bytes]


class Clerk(Protocol):
    """Takes what was opened to where it is carried out, wherever that is. To be called on the event loop."""

    def take(self, opened: Opened, reply: Reply) -> None:
        """Have a message carried out."""

    def page(self, path: str, reply: Reply) -> None:
        """Have a page made; b"" when that cannot be done just now."""

    def ask(self, asked: Asked, reply: Reply) -> None:
        """Have a request answered as it is, by an `Answered`; b"" when that cannot be done just now."""


class BooksClerk:
    """Stands at the books of this very process."""

    def __init__(
        self,
        door: Door,
        batcher: Batcher,
        pages: Mapping[str, Callable[[], bytes]],
        rules: AboutRules | None = None,
        app: App | None = None,
    ) -> None:
        """Carry messages through `door`, what is to be written by `batcher`; `pages` are made by path.

        `rules` answers what is asked about the rules, and `app` all else, where that can be asked.
        """
        self._door = door
        self._batcher = batcher
        self._pages = pages
        self._rules = rules
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="gongji-reader")
        self._reading = 0
        self._app = app
        self._asked: set[asyncio.Task[Answered]] = set()

    def take(self, opened: Opened, reply: Reply) -> None:
        """Have a message carried out."""
        prepared = self._prepared(opened)
        if isinstance(prepared, bytes):
            reply(prepared)
        elif prepared.writes:
            self._write(prepared, opened, reply)
        else:
            self._read(partial(self._door.read, prepared.job, opened.at, prepared.profile), reply)

    def page(self, path: str, reply: Reply) -> None:
        """Have a page made; b"" when that cannot be done just now."""
        make = self._pages.get(path)
        if make is None:
            if self._rules is None:
                raise LookupError(f"nobody makes the page {path}")
            make = partial(self._rules.pages, path)
        self._read(partial(_made, make), reply)

    def ask(self, asked: Asked, reply: Reply) -> None:
        """Have a request answered as it is, by an `Answered`; b"" when that cannot be done just now."""
        if is_desk(asked.path) and self._rules is not None:
            self._read(partial(_made, partial(self._rules.desk, asked)), reply)
        elif self._app is not None:
            self._pose(self._app, asked, reply)
        else:
            raise LookupError(f"nobody answers {asked.path}")

    def close(self) -> None:
        """Let the readers go, when nobody asks any more."""
        self._readers.shutdown()

    def _prepared(self, opened: Opened) -> Prepared | bytes:
        try:
            return self._door.task(opened)
        except Exception:  # noqa: BLE001  # the server outlives whatever arrives
            _log.exception("message not prepared")
            return self._door.reception.failed(opened.at)

    def _write(self, prepared: Prepared, opened: Opened, reply: Reply) -> None:
        post, door = post_here(), self._door

        def deliver(outcome: Outcome) -> None:
            post.put(reply, door.worded(outcome, opened.at, prepared.profile))

        try:
            self._batcher.take(prepared.job, deliver)
        except QueueFullError:
            reply(None)

    def _pose(self, app: App, asked: Asked, reply: Reply) -> None:
        if len(self._asked) >= ASKED_MAX:
            reply(None)
            return
        task = asyncio.get_running_loop().create_task(app(asked))
        self._asked.add(task)

        def told(done: asyncio.Task[Answered]) -> None:
            self._asked.discard(done)
            reply(b"" if done.cancelled() else msgspec.msgpack.encode(done.result()))

        task.add_done_callback(told)

    def _read(self, work: Callable[[], bytes], reply: Reply) -> None:
        if self._reading >= READING_MAX:
            reply(None)
            return
        self._reading += 1
        post = post_here()

        def told(answer: bytes | None) -> None:
            self._reading -= 1
            reply(answer)

        self._readers.submit(work).add_done_callback(lambda done: post.put(told, done.result()))


# Helpers


def _made(page: Callable[[], bytes]) -> bytes:
    try:
        return page()
    except Exception:  # noqa: BLE001  # the server outlives a page that cannot be made
        _log.exception("page not made")
        return b""
