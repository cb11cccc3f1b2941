"""A stretch of a life: the entries that touched a person's pockets, by when they took effect, a page at a time."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from msgspec import Struct

from gongji.ledger.records import Entry, Refund, Settlement

BEGINNING: Final = datetime.min  # noqa: DTZ901  # Beijing time
END: Final = datetime.max  # noqa: DTZ901  # the same


class Point(Struct, frozen=True, order=True, gc=False):
    """Where an entry stands in a life: when it took effect, and its number among those of the same moment."""

    event_at: datetime
    entry_id: int = 0

    @property
    def behind(self) -> "Point":
        """Return the place right behind this entry."""
        return Point(self.event_at, self.entry_id + 1)


class Stretch(Struct, frozen=True, kw_only=True):
    """Entries from `begin` (included) to `end` (not included), at most so many, the newest first or the oldest."""

    begin: Point = Point(BEGINNING)
    end: Point = Point(END)
    most: int
    newest_first: bool = False


class Behind(Struct, frozen=True):
    """The settlements and refunds behind some entries, each by the number of the entry that wrote it.

    Of a refund its settlement comes too.
    """

    settlements: dict[int, Settlement]
    refunds: dict[int, Refund]


class Looked(Struct, frozen=True):
    """What of some kinds lies among the entries looked through, in order.

    `last` is the number of the last one looked at, the one asked with where there was none; `more` tells that there may
    be more right behind it.
    """

    entries: list[Entry]
    last: int
    more: bool


def named_by(entries: Collection[Entry]) -> set[int]:
    """Return the numbers of these entries and of those that they take back."""
    return {entry.entry_id for entry in entries} | {one.reverses for one in entries if one.reverses is not None}


def point_of(entry: Entry) -> Point:
    """Return where the entry stands."""
    return Point(entry.event_at, entry.entry_id)
