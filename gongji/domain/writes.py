"""What a batch is to write: statements in order, made while it is thought out and carried out when it is committed."""

from typing import Any

from msgspec import Struct

from gongji.domain.binary_rows import rows_of


class Write(Struct, frozen=True, gc=False):
    """One statement, with `names` filled in.

    It has to take `count` records, where that is not None; another number tells that somebody else changed one.
    """

    query: bytes
    names: dict[str, Any]
    count: int | None = None


class Writes(list[Write]):
    """Statements in order, by the names of one file of queries."""

    def __init__(self, queries: dict[str, bytes]) -> None:
        """Begin with none."""
        super().__init__()
        self._queries = queries

    def all(self, query: str, names: dict[str, Any], count: int) -> None:
        """Add a query over `count` records that has to take them all; nothing for none."""
        if count:
            self.append(Write(self._queries[query], names, count))

    def some(self, query: str, names: dict[str, Any], count: int) -> None:
        """Add a query over `count` records that need not take them all; nothing for none."""
        if count:
            self.append(Write(self._queries[query], names))

    def rows_in(self, query: str, type_name: str, rows: list[bytes]) -> None:
        """Add a query that inserts `rows` of a composite type; nothing for none."""
        if rows:
            self.append(Write(self._queries[query], {"rows": rows_of(type_name, rows)}))
