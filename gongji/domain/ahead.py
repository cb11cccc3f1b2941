"""Batches that run ahead: thought out on what those before them will have written, committed in their order."""

import threading
from collections.abc import Hashable, Iterable
from typing import Final

SETTLEMENTS: Final = "settlements"
TRANSFERS: Final = "transfers"
VISITS: Final = "visits"
SIGNS: Final = "signs"
CODES: Final = "codes"
PAPERS: Final = "papers"
INSTITUTIONS: Final = "institutions"
DOSSIERS: Final = "dossiers"
"""What is asked of the database by other names than it is written under counts as one thing."""


class LeftBehindError(Exception):
    """A batch before this one was not written: what this one was thought out on never was."""


class Ahead:
    """The order of batches, and what those that are not committed yet have touched.

    One thread thinks, another commits. When a batch falls, all that were thought out after it fall with it: a new
    generation begins.
    """

    def __init__(self) -> None:
        """Begin with nothing ahead."""
        self._moved = threading.Condition()
        self._generation = 0
        self._thought = 0
        self._settled = 0
        self._touched: dict[int, frozenset[Hashable]] = {}

    @property
    def generation(self) -> int:
        """Return the number of times that batches fell."""
        return self._generation

    def add(self, generation: int, touched: Iterable[Hashable]) -> int:
        """Enter a batch that was thought out in `generation` and return its number. Raise LeftBehindError."""
        with self._moved:
            if generation != self._generation:
                raise LeftBehindError
            self._thought += 1
            self._touched[self._thought] = frozenset(touched)
            return self._thought

    def check(self, generation: int, number: int) -> None:
        """Raise LeftBehindError unless the batch of that number is the next to be committed."""
        with self._moved:
            if generation != self._generation or number != self._settled + 1:
                raise LeftBehindError

    def settle(self, number: int) -> None:
        """Take a batch off: it is committed."""
        with self._moved:
            self._settled = max(self._settled, number)
            self._touched.pop(number, None)
            self._moved.notify_all()

    def fall(self) -> None:
        """Begin a new generation: whatever was ahead is not."""
        with self._moved:
            self._generation += 1
            self._settled = self._thought
            self._touched.clear()
            self._moved.notify_all()

    def wait_for(self, wanted: Iterable[Hashable]) -> None:
        """Wait until nothing of what is `wanted` has been touched by a batch not committed yet.

        Raise LeftBehindError when a batch falls meanwhile.
        """
        if not self._touched:
            return
        keys = frozenset(wanted)
        with self._moved:
            generation = self._generation
            while any(not touched.isdisjoint(keys) for touched in self._touched.values()):
                self._moved.wait()
                if generation != self._generation:
                    raise LeftBehindError
