"""The store in PostgreSQL: ledger and registry in one transaction, one writer by lease, ids in blocks.

A batch is one transaction. It first renews the lease where writer and epoch still match, which also makes any
successor wait; loads; lets the services work in memory; writes set-wise; commits. Whoever finds other money, other
refunds or another epoch than it loaded writes nothing.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, TypeVar

import psycopg

from gongji.domain.requests import Scope
from gongji.gateways.connections import Kept, Line, open_connection, translated
from gongji.ledger.postgres import QUERIES
from gongji.ledger.records import Cleared, Entry, Settlement, Totals
from gongji.registry.cipher import Seal
from gongji.registry.postgres import Shelf
from gongji.registry.records import Visit
from gongji.services.store import (
    Books,
    LeaseLostError,
    RecordRefusedError,
    StaleError,
    StoreDownError,
    StoreError,
    UnknownOutcomeError,
    gather,
)

T = TypeVar("T")

LEASE_SECONDS: Final = 5
"""How long a silent writer keeps the lease: a successor of a killed one waits as long."""

IDS_PER_BLOCK: Final = 10_000
PEOPLE_KEPT: Final = 200_000
MONTHS_AHEAD: Final = 3


def _silent(_: str) -> None:
    """Say nothing."""


class PostgresStore:
    """Keeps the books in a database whose schema `migrate` has made. See `Store` for what it promises.

    The lease is taken with the first batch. `clock` gives the moment at which something became known; without it
    the database's clock does.
    """

    def __init__(
        self,
        url: str,
        key: bytes,
        say: Callable[[str], None] = _silent,
        *,
        clock: Callable[[], datetime] | None = None,
        lease_seconds: int = LEASE_SECONDS,
        people_kept: int = PEOPLE_KEPT,
    ) -> None:
        """Use the database at `url`, with the 32 bytes of `key` to seal names and numbers. Nothing is opened yet.

        What `people_kept` to twice as many people have is kept in memory from batch to batch.
        """
        self._url = url
        self._say = say
        self._clock = clock
        self._lease_seconds = lease_seconds
        self._lease = {"writer": secrets.token_hex(8), "epoch": 0, "seconds": lease_seconds}
        self._lost = False
        self._waiting_told = False
        self._months: set[tuple[int, int]] = set()
        self._ids: dict[str, Iterator[int]] = {}
        seal, shelf = Seal(key), Shelf()
        self._writing = Line(url, seal, shelf, Kept(people_kept))
        self._reading = Line(url, seal, shelf)

    # What a store promises.

    def run(self, scope: Scope, work: Callable[[Books], T]) -> T:
        """Load, work, write and commit in one transaction; see `Store.run`."""
        with self._writing.turn:
            self._take_lease()
            with self._writing.batch():
                self._keep_lease()
                books = gather(scope, self._writing.journal, self._writing.registry)
                books.ledger.allocate = self._take_id
                answer = work(books)
                self._write(books)
            self._writing.commit()
            if books.ledger.entries.dirty:
                self._stay_ahead(max(entry.recorded_at for entry in books.ledger.entries))
        return answer

    def read(self, scope: Scope, work: Callable[[Books], T]) -> T:
        """Return the answer of `work` on what `scope` names, as of one moment; see `Store.read`."""
        return self._ask(lambda line: work(gather(scope, line.journal, line.registry)))

    def everyone(self) -> Scope:
        """Return a scope that names all people."""
        return Scope(people=self._ask(lambda line: line.registry.everyone()))

    def entries_of(self, book_id: int, *, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
        """Return the entries of a book; see `Store.entries_of`."""
        return self._ask(lambda line: line.journal.entries_of(book_id, since=since, until=until))

    def visits_of(self, book_id: int, *, since: datetime | None = None, until: datetime | None = None) -> list[Visit]:
        """Return a person's visits; see `Store.visits_of`."""
        return self._ask(lambda line: line.registry.visits_of(book_id, since=since, until=until))

    def settlements_of(
        self, book_id: int, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[Settlement]:
        """Return the settlements of a book; see `Store.settlements_of`."""
        return self._ask(lambda line: line.journal.settlements_of(book_id, since=since, until=until))

    def totals(self, institution: str, cleared: Cleared, *, since: datetime, until: datetime, refunds: bool) -> Totals:
        """Return the totals of an institution; see `Store.totals`."""
        return self._ask(
            lambda line: line.journal.totals(institution, cleared, since=since, until=until, refunds=refunds)
        )

    def keep_bundle(self, sha256: str, content: bytes) -> None:
        """Keep a rule bundle under its hash."""
        with self._writing.turn:
            with self._writing.batch():
                self._writing.connection.execute(QUERIES["keep_bundle"], {"sha256": sha256, "content": content})
            self._writing.commit()

    def bundle(self, sha256: str) -> bytes | None:
        """Return the rule bundle of that hash, or None."""
        names = {"sha256": sha256}
        row = self._ask(lambda line: line.connection.execute(QUERIES["find_bundle"], names).fetchone())
        return None if row is None else bytes(row[0])

    def faults(self) -> list[str]:
        """Check the books as a whole; see `Store.faults`."""
        return self._ask(lambda line: line.journal.faults())

    def close(self) -> None:
        """Give back the lease and let go of the database. A database that is gone already is no error."""
        with self._writing.turn:
            if self._lease["epoch"] and not self._lost:
                try:
                    with self._writing.batch():
                        self._writing.connection.execute(QUERIES["give_back_lease"], self._lease)
                    self._writing.commit()
                except (StoreDownError, UnknownOutcomeError):
                    self._say("The database is gone; the lease runs out by itself.")
                self._lost = True
            self._writing.drop()
        with self._reading.turn:
            self._reading.drop()

    @property
    def lost(self) -> bool:
        """Tell whether this store was the writer and is no more: closed, or another took over."""
        return self._lost

    def renew(self) -> None:
        """Renew the lease between batches. A writer that may be idle longer than the lease calls this in time."""
        with self._writing.turn:
            self._take_lease()
            with self._writing.batch():
                self._keep_lease()
            self._writing.commit()

    # Within a batch.

    def _write(self, books: Books) -> None:
        known_from = self._clock() if self._clock else None
        if not self._writing.journal.write(books.ledger) or not self._writing.registry.write(
            books.registry, true_from=books.true_from, known_from=known_from
        ):
            raise StaleError("a record was changed by another since it was loaded")

    def _ask(self, question: Callable[[Line], T]) -> T:
        """Ask on the second connection and let nothing that was done there stay."""
        with self._reading.turn, self._reading.batch():
            answer = question(self._reading)
            self._reading.connection.rollback()
            return answer

    # The lease.

    def _take_lease(self) -> None:
        """Take the lease if we never had it; wait for that of a writer that fell silent to run out."""
        if self._lost:
            raise LeaseLostError("this store has given up or lost its lease; open another")
        if self._lease["epoch"]:
            return
        deadline = time.monotonic() + 2 * self._lease_seconds + 1
        while not (epoch := self._next_epoch()):
            if time.monotonic() > deadline:
                raise LeaseLostError("another writer holds the lease and keeps renewing it")
            if not self._waiting_told:
                self._say("Another writer held the lease; waiting for it to run out.")
            self._waiting_told = True
            time.sleep(0.1)
        self._lease["epoch"] = epoch
        self._say(f"Writing under epoch {epoch}.")
        self._stay_ahead(self._clock() if self._clock else self._database_time())

    def _next_epoch(self) -> int | None:
        with self._writing.batch():
            row = self._writing.connection.execute(QUERIES["take_lease"], self._lease).fetchone()
        self._writing.commit()
        return int(row[0]) if row else None

    def _database_time(self) -> datetime:
        with self._writing.batch():
            row = self._writing.connection.execute("SELECT localtimestamp").fetchone()
        return row[0] if row else datetime.min  # noqa: DTZ901  # Beijing time

    def _keep_lease(self) -> None:
        if self._writing.connection.execute(QUERIES["keep_lease"], self._lease).rowcount != 1:
            self._lost = True
            raise LeaseLostError(f"another writer took over after epoch {self._lease['epoch']}")

    # Ids and months.

    def _take_id(self, kind: str) -> int:
        """Return the next id of our block, which was taken in a transaction of its own: it is ours whatever happens."""
        while True:
            for value in self._ids.get(kind, ()):
                return value
            names = {"kind": kind, "count": IDS_PER_BLOCK}
            with translated(), open_connection(self._url) as connection:
                row = connection.execute(QUERIES["take_ids"], names).fetchone()
            if row is None:
                raise RecordRefusedError(f"no ids of kind {kind} were given")
            self._ids[kind] = iter(range(row[0], row[0] + IDS_PER_BLOCK))

    def _stay_ahead(self, moment: datetime) -> None:
        """Make the partitions of the months after that of `moment`. Failing is no harm: the default one takes all."""
        month = (moment.year, moment.month)
        if month in self._months:
            return
        self._months.add(month)
        names = {"first": moment.date(), "months": 1 + MONTHS_AHEAD}
        try:
            with self._writing.batch():
                # A long reading may be looking at the default partition; nobody's batch waits for that.
                self._writing.connection.execute("SET LOCAL lock_timeout = '1s'")
                self._writing.connection.execute(QUERIES["make_months"], names)
            self._writing.commit()
        except (StoreError, psycopg.Error) as fault:  # the batch before it stands, whatever this meets
            self._say(f"Partitions for the months ahead were not made: {fault}")
