"""Lock-outs: who guesses wrong too often is shut out for a while, whatever he guesses then.

They are kept in memory: a restart forgets them, and nobody can fill the books by guessing.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from gongji.domain.generations import Generations

REMEMBERED: Final = 20_000
"""At least so many of those who guessed wrong last are remembered of a kind, at most twice as many."""


class Wrong(Struct, frozen=True):
    """So many wrong guesses since a moment; shut out until another, if it is so."""

    count: int
    since: datetime
    until: datetime | None = None


class Lockout:
    """After `most` wrong guesses within `window` a key is shut out for `pause`. To be used on the event loop."""

    def __init__(self, most: int, window: timedelta, pause: timedelta) -> None:
        """Remember nobody yet."""
        self._most = most
        self._window = window
        self._pause = pause
        self._wrong: Generations[Hashable, Wrong] = Generations(REMEMBERED)

    def shut_until(self, key: Hashable, now: datetime) -> datetime | None:
        """Return until when a key is shut out, None for not at all."""
        found = self._wrong.peek(key)
        return found.until if found is not None and found.until is not None and now < found.until else None

    def wrong(self, key: Hashable, now: datetime) -> datetime | None:
        """Count a wrong guess; return until when the key is shut out from now on, or None."""
        found = self._wrong.peek(key)
        if found is None or found.until is not None or now - found.since >= self._window:
            found = Wrong(0, now)
        count = found.count + 1
        until = now + self._pause if count >= self._most else None
        self._wrong.put(key, Wrong(count, found.since, until))
        return until

    def left(self, key: Hashable, now: datetime) -> int:
        """Return how many more wrong guesses a key has."""
        found = self._wrong.peek(key)
        if found is None or now - found.since >= self._window:
            return self._most
        return max(0, self._most - found.count)

    def right(self, key: Hashable) -> None:
        """Forget the wrong guesses of a key that was right."""
        self._wrong.drop(key)
