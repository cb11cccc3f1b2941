"""What a batch is to write: statements in order, made while it is thought out and carried out when it is committed."""

from typing import Any

from msgspec import Struct


class Write(Struct, frozen=True, gc=False):
    """One statement: with `names` filled in, or as a COPY of `rows`.

    It has to take `count` records, where that is not None; another number tells that somebody else changed one.
    `says_repeated` marks the statement whose unique index has the last word on what was asked before.
    """

    query: bytes
    names: dict[str, Any] | None = None
    rows: bytes = b""
    count: int | None = None
    says_repeated: bool = False


class Writes(list[Write]):
    """Statements in order, by the names of one file of queries."""

    def __init__(self, queries: dict[str, bytes]) -> None:
        """Begin with none."""
        super().__init__()
        self._queries = queries

    def all(self, query: str, names: dict[str, Any], count: int) -> None:
        """Add a query over `count` records that has to take them all; nothing for none."""
        if count:
            self.append(Write(self._queries[query], names, count=count))

    def some(self, query: str, names: dict[str, Any], count: int) -> None:
        """Add a query over `count` records that need not take them all; nothing for none."""
        if count:
            self.append(Write(self._queries[query], names))

    def copy_in(self, query: str, rows: bytes, *, says_repeated: bool = False) -> None:
        """Add a COPY; nothing for no rows."""
        if rows:
            self.append(Write(self._queries[query], rows=rows, says_repeated=says_repeated))
