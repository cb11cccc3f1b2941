"""A bound on how long callers may take, kept by one timer for all: one for each would cost more than most requests."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

T = TypeVar("T")

LOOKS: Final = 8
"""So many times within the bound it is looked who has passed it."""


class Patience:
    """Waits for callers on one event loop, for so many seconds and at most an eighth more."""

    def __init__(self, seconds: float) -> None:
        """Wait for nobody yet."""
        self._seconds = seconds
        self._until: dict[asyncio.Task[object], float] = {}
        self._passed: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def with_(self, coming: Awaitable[T]) -> T:
        """Return what is coming. Raise TimeoutError when it takes too long."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("nobody waits outside a task")
        loop = task.get_loop()
        self._until[task] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds / LOOKS, self._look, loop)
        try:
            return await coming
        except asyncio.CancelledError:
            if task not in self._passed or task.uncancel() > 0:  # somebody else ends the task
                raise
            raise TimeoutError from None
        finally:
            del self._until[task]
            self._passed.discard(task)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for task, until in self._until.items():
            if until <= now and task not in self._passed:
                self._passed.add(task)
                task.cancel()
        self._timer = loop.call_later(self._seconds / LOOKS, self._look, loop) if self._until else None
