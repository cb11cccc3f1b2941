"""Connections: opened when needed, dropped when they break, what their driver raises given our names."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Final

import psycopg
from psycopg import Connection, Cursor, errors
from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import Format, TransactionStatus
from psycopg.types import TypeInfo

from gongji.domain.binary_rows import Rows
from gongji.domain.writes import Write
from gongji.ledger.journal import ChangedForGoodError
from gongji.services.store import RecordRefusedError, StaleError, StoreDownError, UnknownOutcomeError

# A fixed offset rather than a zone's name: China has one, and a server may lack the table of zones. Every batch asks
# the same few questions by key, so one plan serves for all; compiling them would take longer than answering. A writer
# that stands still or was cut off in mid-batch must not keep its successor out for ever.
_SETTINGS: Final = """
SET ROLE gongji_app;
SET TIME ZONE INTERVAL '+08:00' HOUR TO MINUTE;
SET plan_cache_mode = force_generic_plan;
SET jit = off;
SET idle_in_transaction_session_timeout = '10s';
"""

# A server that has vanished without a word is noticed in seconds rather than hours; what the URL says goes before it.
_PATIENCE: Final[dict[str, Any]] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


_REST_SECONDS: Final = 0.2

ROW_TYPES: Final = ("gongji.entry_row", "gongji.settlement_row", "gongji.answer_row")

_BOUNDED: Final = "SET transaction_timeout = '60s'"
_BOUNDS_TRANSACTIONS: Final = 170_000

_NOT_CARRIED_OUT: Final = -1

_ANSWERS: Final = "request_answer"
"""Its unique index has the last word on what was asked before."""


class Line:
    """One connection and the turn to use it.

    `prepare` makes a fresh one ready, `lost` is told when work on it was in vain.
    """

    def __init__(
        self,
        url: str,
        *,
        prepare: Callable[[Connection[Any]], None] = lambda _: None,
        lost: Callable[[], None] = lambda: None,
    ) -> None:
        """Use the database at `url`; nothing is opened yet."""
        self.turn = threading.Lock()
        self._url = url
        self._prepare = prepare
        self._lost = lost
        self._connection: Connection[Any] | None = None
        self._down = ""
        self._rests_until = 0.0

    @property
    def connection(self) -> Connection[Any]:
        """Return the connection, opened if need be. Raise StoreDownError for a moment after one could not be opened.

        A server that is recovering has better things to do than turning a crowd away.
        """
        if self._connection is not None and self._connection.closed:
            self.drop()
        if self._connection is None:
            if time.monotonic() < self._rests_until:
                raise StoreDownError(self._down)
            try:
                connection = open_connection(self._url)
            except psycopg.OperationalError as fault:
                self._down, self._rests_until = _unreachable(fault), time.monotonic() + _REST_SECONDS
                raise
            self._prepare(connection)
            self._connection = connection
        return self._connection

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Begin; take everything back when something is raised. The commit is not in here: its failure means more."""
        try:
            with translated():
                self.connection.rollback()
                yield
        except BaseException as fault:
            self._take_back(broken=isinstance(fault, StoreDownError))
            raise

    def commit(self) -> None:
        """Commit. When the connection breaks meanwhile, nobody knows: raise UnknownOutcomeError.

        Raise StoreDownError when the transaction is gone already: committing on a new connection would commit nothing.
        """
        connection = self._connection
        if connection is None or connection.info.transaction_status is not TransactionStatus.INTRANS:
            self.drop()
            raise StoreDownError("the connection was lost before the commit")
        try:
            connection.commit()
        except psycopg.OperationalError as fault:
            self.drop()
            raise UnknownOutcomeError("the connection broke while committing") from fault

    def drop(self) -> None:
        """Close the connection; the next use opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._lost()

    def _take_back(self, *, broken: bool) -> None:
        self._lost()
        if self._connection is None:
            return
        try:
            if not broken:
                self._connection.rollback()
        except psycopg.Error:
            broken = True
        if broken:
            self.drop()


def open_connection(url: str) -> Connection[Any]:
    """Return a connection that works as the program's role, in Beijing time."""
    connection = psycopg.connect(make_conninfo(**_PATIENCE | conninfo_to_dict(url)), application_name="gongji")
    try:
        connection.execute(_SETTINGS)
        connection.commit()
    except BaseException:
        connection.close()
        raise
    return connection


def carry_out(connection: Connection[Any], first: Write, writes: Sequence[Write]) -> bool:
    """Carry out statements in order, in one journey; return False where the first did not find what it expected.

    Raise StaleError when another did not. What came of those before one that fails is looked at first: they tell why.
    """
    cursors: list[Cursor[Any]] = []
    failed: psycopg.Error | None = None
    try:
        with connection.pipeline() if _may_pipeline(connection) else nullcontext():
            for write in (first, *writes):
                cursors.append(connection.execute(write.query, write.names))  # noqa: PERF401  # those before a failure
    except (errors.IntegrityError, errors.DataError) as fault:
        failed = fault
    found = [_found(write, cursor) for write, cursor in zip((first, *writes), cursors, strict=failed is None)]
    if found and not found[0]:
        return False
    if not all(found):
        raise StaleError("a record was changed by another since it was loaded") from failed
    if failed is not None:
        if isinstance(failed, errors.UniqueViolation) and (failed.diag.table_name or "").startswith(_ANSWERS):
            raise StaleError("a request was asked before") from failed
        raise failed
    return True


def takes_rows(connection: Connection[Any], types: Sequence[str] = ROW_TYPES) -> None:
    """Let a connection take rows of composite types as parameters; where it can, bound what a transaction may last."""
    if _may_pipeline(connection):
        connection.execute(_BOUNDED)
    for name in types:
        found = TypeInfo.fetch(connection, name)
        if found is not None:
            found.register(connection)
    connection.adapters.register_dumper(Rows, _RowsDumper)
    connection.commit()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the driver raises before a commit into what a store promises to raise."""
    try:
        yield
    except (errors.SerializationFailure, errors.DeadlockDetected) as fault:
        raise StaleError("another transaction was in the way") from fault
    except (psycopg.IntegrityError, psycopg.DataError, errors.InsufficientPrivilege) as fault:
        raise RecordRefusedError(fault.diag.constraint_name or str(fault)) from fault
    except ChangedForGoodError as fault:
        raise RecordRefusedError(str(fault)) from fault
    except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
        raise StoreDownError(_unreachable(fault)) from fault


def _unreachable(fault: Exception) -> str:
    return f"the database cannot be reached: {fault}"


def _may_pipeline(connection: Connection[Any]) -> bool:
    """Tell whether the server ends a transaction whose client stands still in the middle of a pipeline.

    Between two of its messages a session is not idle, so only the limit of a whole transaction notices: from 17 on.
    """
    return connection.info.server_version >= _BOUNDS_TRANSACTIONS


def _found(write: Write, cursor: Cursor[Any]) -> bool:
    """Tell whether a statement took as many records as it should; one that was not carried out has not failed to."""
    return write.count is None or cursor.rowcount in (write.count, _NOT_CARRIED_OUT)


class _RowsDumper(Dumper):
    """Writes rows of a composite type, which is known by name until it meets the database."""

    format = Format.BINARY

    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        self._types = (context or psycopg).adapters.types

    def dump(self, obj: Rows) -> bytes:
        return obj.written(self._types[obj.type_name].oid)
