"""Bringing what other threads have found to an event loop: many answers at one wake-up."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class Post:
    """Brings answers from other threads to a loop, and wakes it only when it has not been woken for them yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Bring answers to `loop`."""
        self.loop = loop
        self._waiting: deque[tuple[Callable[[Any], None], Any]] = deque()
        self._woken = False

    def put(self, reply: Callable[[T], None], answer: T) -> None:
        """Have `reply` take an answer, on the loop."""
        self._waiting.append((reply, answer))
        if not self._woken and not self.loop.is_closed():
            self._woken = True
            self.loop.call_soon_threadsafe(self._give)

    def _give(self) -> None:
        self._woken = False  # first: what is put from here on wakes the loop again
        while self._waiting:
            reply, answer = self._waiting.popleft()
            reply(answer)


def post_here() -> Post:
    """Return the post of the loop that runs on this thread."""
    loop = asyncio.get_running_loop()
    found: Post | None = getattr(_here, "post", None)
    if found is None or found.loop is not loop:
        found = _here.post = Post(loop)
    return found


async def brought(answer: Future[T]) -> T:
    """Return what another thread answers, or raise what it raises; who is cancelled cancels his question."""
    post = post_here()
    coming: asyncio.Future[T] = post.loop.create_future()
    answer.add_done_callback(partial(post.put, partial(_settle, coming)))
    try:
        return await coming
    except asyncio.CancelledError:
        answer.cancel()
        raise


# Helpers

_here = threading.local()


def _settle(coming: asyncio.Future[T], answer: Future[T]) -> None:
    if coming.done():  # who asked is gone
        return
    if answer.cancelled():
        coming.cancel()
    elif (fault := answer.exception()) is not None:
        coming.set_exception(fault)
    else:
        coming.set_result(answer.result())
