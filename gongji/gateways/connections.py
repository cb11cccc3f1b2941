"""A connection with the tables over it: opened when needed, dropped when it breaks, its errors given our names."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import Connection, IsolationLevel, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus

from gongji.ledger import folders as ledger_folders
from gongji.ledger.journal import ChangedForGoodError
from gongji.ledger.postgres import PostgresJournal
from gongji.registry import folders as registry_folders
from gongji.registry.cipher import Seal
from gongji.registry.postgres import PostgresRegistry, Shelf
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


class Kept:
    """What the writer keeps in memory from batch to batch: as only it writes, the database has the same."""

    def __init__(self, people: int) -> None:
        """Begin with nothing."""
        self.ledger = ledger_folders.Folders(people)
        self.registry = registry_folders.Folders(people)

    def clear(self) -> None:
        """Forget everything."""
        self.ledger.clear()
        self.registry.clear()


class Line:
    """One connection with the tables over it, and the turn to use it. Opened when needed, dropped when it breaks."""

    def __init__(self, url: str, seal: Seal, shelf: Shelf, kept: Kept | None = None) -> None:
        self.turn = threading.Lock()
        self._url = url
        self._seal = seal
        self._shelf = shelf
        self._kept = kept
        self._connection: Connection[Any] | None = None
        self._journal: PostgresJournal | None = None
        self._registry: PostgresRegistry | None = None

    @property
    def connection(self) -> Connection[Any]:
        """Return the connection, opened if need be."""
        if self._connection is None or self._connection.closed:
            self.drop()
            connection = open_connection(self._url)
            if self._kept is None:  # all questions of one reading see the books as of one moment
                connection.isolation_level = IsolationLevel.REPEATABLE_READ
                connection.read_only = True
            kept = self._kept
            ledger, registry = (None, None) if kept is None else (kept.ledger, kept.registry)
            self._journal = PostgresJournal(connection, ledger)
            self._registry = PostgresRegistry(connection, self._seal, self._shelf, registry)
            self._connection = connection
        return self._connection

    @property
    def journal(self) -> PostgresJournal:
        """Return the ledger's tables."""
        if self._journal is None:
            raise StoreDownError("the connection is not open")
        return self._journal

    @property
    def registry(self) -> PostgresRegistry:
        """Return the registry's tables."""
        if self._registry is None:
            raise StoreDownError("the connection is not open")
        return self._registry

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
        self._connection = self._journal = self._registry = None
        self._forget()

    def _take_back(self, *, broken: bool) -> None:
        self._forget()
        if self._connection is None:
            return
        try:
            if not broken:
                self._connection.rollback()
        except psycopg.Error:
            broken = True
        if broken:
            self.drop()

    def _forget(self) -> None:
        if self._kept is not None:
            self._shelf.institutions = None
            self._kept.clear()


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
        raise StoreDownError(f"the database cannot be reached: {fault}") from fault
