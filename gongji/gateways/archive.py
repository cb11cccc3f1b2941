"""The archive of the rules in PostgreSQL. It takes no lease: acts are numbered, and a number is given once."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

import msgspec
from psycopg import Connection, errors
from psycopg.rows import dict_row

from gongji.gateways.connections import Line
from gongji.ledger.publishing import PolicyAct, sha256_of
from gongji.ledger.writing import QUERIES
from gongji.services.store import StaleError

T = TypeVar("T")

_NUMBERED: Final = "policy_act_pkey"


class PostgresArchive:
    """Keeps acts in a database whose schema `migrate` has made. See `Archive` for what it promises.

    Raise StoreDownError when the database cannot be reached, UnknownOutcomeError when nobody knows what was kept.
    """

    def __init__(self, url: str) -> None:
        """Use the database at `url`. Nothing is opened yet."""
        self._line = Line(url)

    def acts(self, after: int = 0) -> list[PolicyAct]:
        """Return the acts with a number above `after`; see `Archive.acts`."""

        def question(connection: Connection[Any]) -> list[dict[str, Any]]:
            cursor = connection.cursor(row_factory=dict_row)
            return cursor.execute(QUERIES["find_policy_acts"], {"after": after}).fetchall()

        return [_act(row) for row in self._ask(question)]

    def add(self, acts: Sequence[PolicyAct], documents: Iterable[bytes] = (), bundles: Iterable[bytes] = ()) -> None:
        """Add acts with what they name; see `Archive.add`."""
        with self._line.turn:
            with self._line.batch():
                connection = self._line.connection
                for query, several in (("keep_policy_document", documents), ("keep_bundle", bundles)):
                    for content in several:
                        connection.execute(QUERIES[query], {"sha256": sha256_of(content), "content": content})
                for act in acts:
                    _add(connection, act)
            self._line.commit()

    def document(self, sha256: str) -> bytes | None:
        """Return the document of that hash, or None."""
        return self._kept("find_policy_document", sha256)

    def bundle(self, sha256: str) -> bytes | None:
        """Return the bundle of that hash, or None."""
        return self._kept("find_bundle", sha256)

    def close(self) -> None:
        """Let go of the database."""
        with self._line.turn:
            self._line.drop()

    def _kept(self, query: str, sha256: str) -> bytes | None:
        row = self._ask(lambda connection: connection.execute(QUERIES[query], {"sha256": sha256}).fetchone())
        return None if row is None else bytes(row[0])

    def _ask(self, question: Callable[[Connection[Any]], T]) -> T:
        with self._line.turn, self._line.batch():
            answer = question(self._line.connection)
            self._line.connection.rollback()
            return answer


# Helpers


def _act(row: dict[str, Any]) -> PolicyAct:
    return msgspec.convert(row | {"told": msgspec.json.decode(row["told"])}, PolicyAct)


def _add(connection: Connection[Any], act: PolicyAct) -> None:
    names = msgspec.structs.asdict(act) | {"told": msgspec.json.encode(act.told).decode()}
    try:
        connection.execute(QUERIES["add_policy_act"], names)
    except errors.UniqueViolation as fault:
        if fault.diag.constraint_name == _NUMBERED:
            raise StaleError("another act came before") from fault
        raise
