"""A table of records in memory that remembers what changed, so that one failing request can be taken back alone."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")


class Table(Generic[K, R]):
    """Records by key. `put` and `drop` are noted; `rewind` takes back what was done since a `mark`."""

    __slots__ = ("_undo", "dirty", "rows")

    def __init__(self, rows: Mapping[K, R] | None = None) -> None:
        """Begin with `rows`, taken as clean."""
        self.rows: dict[K, R] = dict(rows or {})
        self.dirty: set[K] = set()
        self._undo: list[tuple[K, R | None, bool]] = []

    def __getitem__(self, key: K) -> R:
        """Return the record; raise KeyError when there is none."""
        return self.rows[key]

    def __contains__(self, key: K) -> bool:
        """Tell whether there is a record."""
        return key in self.rows

    def __iter__(self) -> Iterator[R]:
        """Walk over the records."""
        return iter(list(self.rows.values()))

    def __len__(self) -> int:
        """Count the records."""
        return len(self.rows)

    def get(self, key: K) -> R | None:
        """Return the record, or None."""
        return self.rows.get(key)

    def load(self, key: K, record: R) -> None:
        """Take in a record as it stands in the store: clean, and not to be taken back."""
        self.rows[key] = record

    def put(self, key: K, record: R) -> None:
        """Write a record."""
        self._undo.append((key, self.rows.get(key), key in self.dirty))
        self.rows[key] = record
        self.dirty.add(key)

    def mark(self) -> int:
        """Return a mark to rewind to."""
        return len(self._undo)

    def rewind(self, mark: int) -> None:
        """Take back every write since `mark`, the last first."""
        while len(self._undo) > mark:
            key, before, was_dirty = self._undo.pop()
            if before is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = before
            if not was_dirty:
                self.dirty.discard(key)

    def settle(self) -> None:
        """Forget what changed: the store has it."""
        self.dirty.clear()
        self._undo.clear()
