"""What was used lately, kept in memory: as much as is in use, not everything."""

from collections.abc import Set as AbstractSet
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Generations(Generic[K, V]):
    """Values by key in two generations. What is used moves into the young one; when that is full, the old one goes.

    So at most twice `most` values are held, and one that is used again before `most` others have been stays.
    """

    __slots__ = ("_most", "_old", "_young")

    def __init__(self, most: int) -> None:
        """Hold nothing yet; a generation takes `most` values, at least one."""
        self._most = max(1, most)
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def __len__(self) -> int:
        """Count the values held."""
        return len(self._young) + len(self._old)

    def get(self, key: K) -> V | None:
        """Return the value and count it as used, or None."""
        value = self._young.get(key)
        if value is None:
            value = self._old.pop(key, None)
            if value is not None:
                self.put(key, value)
        return value

    def several(self, keys: AbstractSet[K]) -> tuple[dict[K, V], set[K]]:
        """Return the values held of `keys`, counted as used, and the keys of which none is."""
        young = self._young
        found = {key: young[key] for key in keys if key in young}
        if len(found) == len(keys):
            return found, set()
        missing = set()
        for key in keys - found.keys():
            value = self.get(key)
            if value is None:
                missing.add(key)
            else:
                found[key] = value
        return found, missing

    def peek(self, key: K) -> V | None:
        """Return the value without counting it as used, or None."""
        value = self._young.get(key)
        return value if value is not None else self._old.get(key)

    def put(self, key: K, value: V) -> None:
        """Take in a value, in place of another under that key."""
        if len(self._young) >= self._most and key not in self._young:
            self._old, self._young = self._young, {}
        self._old.pop(key, None)
        self._young[key] = value

    def drop(self, key: K) -> None:
        """Forget a value, if it is held."""
        self._young.pop(key, None)
        self._old.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old = {}, {}
