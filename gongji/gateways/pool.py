"""Connections for readers: one who reads much keeps others waiting only when no other connection is free."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import LifoQueue
from typing import Final

from gongji.gateways.tables import Tables

LINES: Final = 2
"""So many read at once."""


class Pool:
    """A few connections, each opened when it is needed first."""

    def __init__(self, line: Callable[[], Tables]) -> None:
        """Begin with LINES of them, all free."""
        self.lines = [line() for _ in range(LINES)]
        self._free: LifoQueue[Tables] = LifoQueue()  # the one used last goes first: a quiet server opens one
        for one in self.lines:
            self._free.put(one)

    @contextmanager
    def one(self) -> Iterator[Tables]:
        """Wait for a connection that is free, and lend it."""
        line = self._free.get()
        try:
            yield line
        finally:
            self._free.put(line)
