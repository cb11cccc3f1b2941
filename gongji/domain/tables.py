"""A table of records in memory that remembers what changed, so that one failing request can be taken back alone."""

from collections.abc import Iterator, KeysView, Mapping
from typing import Any, Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")

Changes = list[tuple["Table[Any, Any]", Any, Any, bool]]
"""What was written, the last at the end: table, key, the record before, and whether it was the key's first change.

All tables of one working set share one, so that one length marks a place in all of them.
"""


class Table(Generic[K, R]):
    """Records by key. `put` is noted in the table's changes, and `was` holds what was loaded of each key changed."""

    __slots__ = ("_changes", "rows", "was")

    def __init__(self, rows: Mapping[K, R] | None = None, *, changes: Changes | None = None) -> None:
        """Begin with `rows`, taken as clean; note writes in `changes`."""
        self.rows: dict[K, R] = dict(rows or {})
        self.was: dict[K, R | None] = {}
        self._changes: Changes = [] if changes is None else changes

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

    @property
    def dirty(self) -> KeysView[K]:
        """Return the keys of the records that were written."""
        return self.was.keys()

    def get(self, key: K) -> R | None:
        """Return the record, or None."""
        return self.rows.get(key)

    def load(self, key: K, record: R) -> None:
        """Take in a record as it stands in the store: clean, and not to be taken back."""
        self.rows[key] = record

    def put(self, key: K, record: R) -> None:
        """Write a record."""
        rows, was = self.rows, self.was
        before = rows.get(key)
        first = key not in was
        if first:
            was[key] = before
        self._changes.append((self, key, before, first))
        rows[key] = record

    def take_back(self, key: K, before: R | None, *, first: bool) -> None:
        """Undo one write: the record before comes back, and after the first change undone the key is clean."""
        if before is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = before
        if first:
            del self.was[key]


def rewind(changes: Changes, mark: int) -> None:
    """Take back every write since `mark`, a former length of `changes`, the last first."""
    while len(changes) > mark:
        table, key, before, first = changes.pop()
        table.take_back(key, before, first=first)
