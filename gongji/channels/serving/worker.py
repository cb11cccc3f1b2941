"""A worker: a process that takes connections, reads and checks, and hands messages on to the writer.

It has no books. When the writer is gone it is gone too, at once, and nobody gets half an answer.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from datetime import datetime
from typing import Final

from gongji.channels.asked import Asked
from gongji.channels.clerk import Reply
from gongji.channels.http import HttpDoor
from gongji.channels.national.reception import Opened, Reception
from gongji.channels.national.signing.keys import KeyRing
from gongji.channels.national.signing.profiles import chosen
from gongji.channels.serving.frames import (
    PageAsked,
    Posed,
    Ready,
    Replied,
    Settings,
    Stop,
    ToWorker,
    ToWriter,
    for_worker,
    handed,
)
from gongji.channels.serving.leaving import leave
from gongji.channels.serving.listening import ended, server_on
from gongji.channels.serving.wire import Wire

UNDER_WAY_MAX: Final = 1024
"""So much of one worker is with the writer at once."""

Clock = Callable[[], datetime]
"""Shows the machine's time in Asia/Shanghai, without a zone."""


def run_worker(clock: Clock, wire: socket.socket, listening: socket.socket) -> None:
    """Serve on `listening` until the writer at the other end of `wire` says stop, or is gone."""
    for number in (signal.SIGTERM, signal.SIGINT):  # they go to the whole family; the writer decides when it ends
        signal.signal(number, signal.SIG_IGN)
    asyncio.run(_work(clock, wire, listening))


class WriterClerk:
    """Hands everything to the writer, and its answers back."""

    def __init__(self, say: Callable[[ToWriter], None]) -> None:
        """Speak to the writer by `say`."""
        self._say = say
        self._number = 0
        self._waiting: dict[int, Reply] = {}

    def take(self, opened: Opened, reply: Reply) -> None:
        """Have a message carried out."""
        number = self._entered(reply)
        if number is not None:
            self._say(handed(number, opened))

    def page(self, path: str, reply: Reply) -> None:
        """Have a page made."""
        number = self._entered(reply)
        if number is not None:
            self._say(PageAsked(number, path))

    def ask(self, asked: Asked, reply: Reply) -> None:
        """Have a request answered as it is."""
        number = self._entered(reply)
        if number is not None:
            self._say(Posed(number, asked))

    def replied(self, found: Replied) -> None:
        """Give an answer to who asked."""
        self._waiting.pop(found.number)(found.answer)

    def _entered(self, reply: Reply) -> int | None:
        if len(self._waiting) >= UNDER_WAY_MAX:
            reply(None)
            return None
        self._number += 1
        self._waiting[self._number] = reply
        return self._number


# Helpers


async def _work(clock: Clock, wire: socket.socket, listening: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    settings: asyncio.Future[Settings] = loop.create_future()
    stop = asyncio.Event()

    def heard(item: ToWorker) -> None:
        if isinstance(item, Replied):
            clerk.replied(item)
        elif isinstance(item, Settings):
            settings.set_result(item)
        elif isinstance(item, Stop):
            stop.set()

    end: Wire[ToWorker, ToWriter] = Wire(for_worker, heard, _writer_is_gone)
    clerk = WriterClerk(end.say)
    await loop.create_unix_connection(lambda: end, sock=wire)
    app = _door(await settings, clerk, clock)
    server = server_on(app, listening)
    serving = asyncio.create_task(server.serve())
    await asyncio.sleep(0)  # the server takes the socket over before the writer is told
    end.say(Ready())
    await stop.wait()
    await ended(server, serving, app)
    leave()


def _door(settings: Settings, clerk: WriterClerk, clock: Clock) -> HttpDoor:
    reception = Reception(chosen(settings.profile, sandbox=settings.sandbox), KeyRing(settings.keys))
    return HttpDoor(reception, clerk, lambda: clock() + settings.ahead, frozenset(settings.pages), settings.paths)


def _writer_is_gone() -> None:
    os._exit(0)  # no answer to anybody, no tidying up: whoever waits for us asks the next server
