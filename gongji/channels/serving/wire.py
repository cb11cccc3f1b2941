"""One end of the socket between a worker and the writer, on an event loop."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from gongji.channels.serving.frames import BrokenFrameError, Frames, frame

Told = TypeVar("Told")
Said = TypeVar("Said")


class Wire(asyncio.Protocol, Generic[Told, Said]):
    """Hands every item that arrives to `heard`; what is said while the loop turns once goes in one frame.

    `ended` is called when the other end is gone, or has sent what is no frame.
    """

    def __init__(
        self, read: Callable[[bytes], list[Told]], heard: Callable[[Told], None], ended: Callable[[], None]
    ) -> None:
        """Read frames by `read`."""
        self._read = read
        self._heard = heard
        self._ended = ended
        self._frames = Frames()
        self._waiting: list[Said] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a wire needs a stream")
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand on what is whole."""
        try:
            for content in self._frames.whole(data):
                for item in self._read(content):
                    self._heard(item)
        except BrokenFrameError:
            self.close()

    def connection_lost(self, _: Exception | None) -> None:
        """Tell that the other end is gone."""
        self._transport = None
        self._ended()

    def say(self, item: Said) -> None:
        """Send an item; with an end that is gone, forget it."""
        if self._transport is None:
            return
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._send)
        self._waiting.append(item)

    def close(self) -> None:
        """Hang up, without what was not sent yet."""
        if self._transport is not None:
            self._transport.abort()

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self._transport is not None:
            self._transport.write(frame(waiting))
