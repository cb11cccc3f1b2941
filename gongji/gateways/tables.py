"""The tables over a connection: for the one who writes, with what he keeps in memory; for readers, as of one moment."""

from datetime import datetime
from typing import Any, Final

from psycopg import Connection, IsolationLevel

from gongji.domain.ahead import Ahead
from gongji.dossiers.postgres import PostgresCabinet
from gongji.gateways.connections import Line
from gongji.ledger import folders as ledger_folders
from gongji.ledger.postgres import PostgresJournal
from gongji.registry import folders as registry_folders
from gongji.registry.cipher import Seal
from gongji.registry.postgres import PostgresRegistry, Shelf
from gongji.registry.writing import QUERIES
from gongji.services.store import StoreDownError

NEVER: Final = datetime.min  # noqa: DTZ901  # Beijing time


class Kept:
    """What the writer keeps in memory from batch to batch: as nobody else writes, it is what the database has."""

    def __init__(self, people: int, ahead: Ahead) -> None:
        """Begin with nothing."""
        self.ahead = ahead
        self.ledger = ledger_folders.Folders(people, ahead)
        self.registry = registry_folders.Folders(people, ahead)

    def clear(self) -> None:
        """Forget everything."""
        self.ledger.clear()
        self.registry.clear()


class Tables(Line):
    """A connection that only asks, with ledger, registry and dossiers over it."""

    def __init__(self, url: str, seal: Seal, shelf: Shelf, kept: Kept | None = None) -> None:
        """Ask the database at `url`: for the writer, who has `kept` something, or for readers."""
        super().__init__(url, prepare=self._set_up)
        self._seal = seal
        self._shelf = shelf
        self._kept = kept
        self._journal: PostgresJournal | None = None
        self._registry: PostgresRegistry | None = None
        self._cabinet: PostgresCabinet | None = None

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

    @property
    def cabinet(self) -> PostgresCabinet:
        """Return the tables of dossiers."""
        if self._cabinet is None:
            raise StoreDownError("the connection is not open")
        return self._cabinet

    def _set_up(self, connection: Connection[Any]) -> None:
        if self._kept is None:  # all questions of one reading see the books as of one moment
            connection.isolation_level = IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            self._journal = PostgresJournal(connection)
            self._registry = PostgresRegistry(connection, self._seal, self._shelf)
            self._cabinet = PostgresCabinet(connection, self._seal)
        else:  # nobody else writes what is asked here, and what we write ourselves is waited for
            connection.autocommit = True
            self._journal = PostgresJournal(connection, self._kept.ledger)
            self._registry = PostgresRegistry(connection, self._seal, self._shelf, self._kept.registry)
            self._cabinet = PostgresCabinet(connection, self._seal, self._kept.ahead)


def database_time(connection: Connection[Any]) -> datetime:
    """Return the moment by the database's clock, in Beijing time."""
    row = connection.execute(QUERIES["now"]).fetchone()
    return NEVER if row is None else row[0]
