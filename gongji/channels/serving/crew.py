"""The writer's side of several workers: it starts them, again when they die, and answers what they hand on."""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

from gongji.channels.clerk import Clerk
from gongji.channels.serving.frames import (
    Handed,
    PageAsked,
    Posed,
    Ready,
    Replied,
    Settings,
    Stop,
    ToWorker,
    ToWriter,
    for_writer,
    opened,
)
from gongji.channels.serving.listening import url_of
from gongji.channels.serving.wire import Wire

PROGRAM: Final = (sys.executable, "-c", "from gongji.wiring import main; main()", "http-worker")
"""A worker is this program again: it shares no memory, lock or thread with the writer."""

QUICK_DEATH_SECONDS: Final = 5
PAUSE_SECONDS_MAX: Final = 8

END_SECONDS_MAX: Final = 30
"""So long may workers take to answer what they have taken, once they are to end."""


def serve_by_workers(
    number: int,
    clerk: Clerk,
    settings: Callable[[], Settings],
    listening: socket.socket,
    *,
    on_ready: Callable[[str], None],
    say: Callable[[str], None],
) -> None:
    """Serve by so many workers until SIGTERM or SIGINT; then have them finish what is under way, and return.

    `on_ready` gets the address once all of them serve; `settings` is asked at each start of one. Sentences go to `say`.
    """
    asyncio.run(_Crew(clerk, settings, listening, say).serve(number, on_ready))


class _Crew:
    def __init__(
        self, clerk: Clerk, settings: Callable[[], Settings], listening: socket.socket, say: Callable[[str], None]
    ) -> None:
        self._clerk = clerk
        self._settings = settings
        self._listening = listening
        self._say = say
        self._stopping = asyncio.Event()
        self._wires: set[Wire[ToWriter, ToWorker]] = set()
        self._unready = 0
        self._all_ready = asyncio.Event()

    async def serve(self, number: int, on_ready: Callable[[str], None]) -> None:
        loop = asyncio.get_running_loop()
        before: dict[signal.Signals, Any] = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
        for each in before:
            loop.add_signal_handler(each, self._stop)
        self._unready = number
        keeping = [asyncio.create_task(self._keep(each)) for each in range(1, number + 1)]
        try:
            ready = asyncio.create_task(self._all_ready.wait())
            await asyncio.wait([ready, *keeping], return_when=asyncio.FIRST_COMPLETED)
            if not self._stopping.is_set():
                on_ready(url_of(self._listening))
            ready.cancel()
            await asyncio.gather(*keeping)
        finally:
            for each, handler in before.items():
                loop.remove_signal_handler(each)
                signal.signal(each, handler)

    def _stop(self) -> None:
        self._stopping.set()
        self._listening.close()
        for wire in self._wires:
            wire.say(Stop())

    async def _keep(self, number: int) -> None:
        """Have a worker, and another one when it has died; one that dies young is followed after a pause."""
        loop = asyncio.get_running_loop()
        pause = 0.0
        while not self._stopping.is_set():
            begun = loop.time()
            await self._have_one()
            if self._stopping.is_set():
                return
            self._say(f"HTTP worker {number} has died; another one is started.")
            pause = min(2 * pause + 0.5, PAUSE_SECONDS_MAX) if loop.time() - begun < QUICK_DEATH_SECONDS else 0.0
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _have_one(self) -> None:
        """Start a worker, and return when it has ended."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *PROGRAM,
                str(theirs.fileno()),
                str(self._listening.fileno()),
                pass_fds=(theirs.fileno(), self._listening.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
            )
        wire = self._wire()
        await asyncio.get_running_loop().create_unix_connection(lambda: wire, sock=ours)
        self._wires.add(wire)
        wire.say(self._settings())
        if self._stopping.is_set():
            wire.say(Stop())
        gone, stopping = asyncio.create_task(process.wait()), asyncio.create_task(self._stopping.wait())
        await asyncio.wait([gone, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        try:
            await asyncio.wait_for(gone, END_SECONDS_MAX)
        except TimeoutError:
            process.kill()
            await process.wait()
        self._wires.discard(wire)
        wire.close()

    def _wire(self) -> Wire[ToWriter, ToWorker]:
        def heard(item: ToWriter) -> None:
            if isinstance(item, Handed):
                self._clerk.take(opened(item), partial(reply, item.number))
            elif isinstance(item, PageAsked):
                self._clerk.page(item.path, partial(reply, item.number))
            elif isinstance(item, Posed):
                self._clerk.ask(item.asked, partial(reply, item.number))
            elif isinstance(item, Ready):
                self._is_ready()

        def reply(number: int, answer: bytes | None) -> None:
            wire.say(Replied(number, answer))

        wire: Wire[ToWriter, ToWorker] = Wire(for_writer, heard, lambda: None)
        return wire

    def _is_ready(self) -> None:
        self._unready -= 1
        if self._unready == 0:
            self._all_ready.set()
