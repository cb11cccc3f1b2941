"""The store in PostgreSQL: ledger and registry in one transaction, one writer by lease, ids in blocks.

A batch is thought out first: what it needs is taken from memory, or loaded; the services work; what they changed is
noted, so that the next batch can be thought out while this one is committed. Then it is settled, in one transaction:
the lease is renewed where writer and epoch still match, which also makes any successor wait; all is written set-wise;
commit. Whoever finds other money, other refunds or another epoch writes nothing, and all that was thought out after it
is thought out again.
"""

import secrets
import threading
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import psycopg

from gongji.domain.ahead import INSTITUTIONS, Ahead, LeftBehindError
from gongji.domain.requests import Scope
from gongji.domain.writes import Write
from gongji.dossiers import writing as dossier_writing
from gongji.gateways.connections import Line, carry_out, open_connection, takes_rows, translated
from gongji.gateways.pool import Pool
from gongji.gateways.readings import Readings
from gongji.gateways.tables import NEVER, Kept, Tables, database_time
from gongji.ledger import writing as ledger_writing
from gongji.registry import writing as registry_writing
from gongji.registry.cipher import Seal
from gongji.registry.directory import only_spent
from gongji.registry.postgres import Shelf
from gongji.services.store import (
    Books,
    LeaseLostError,
    RecordRefusedError,
    StaleError,
    StoreDownError,
    StoreError,
    Thought,
    UnknownOutcomeError,
    gather,
)

T = TypeVar("T")

QUERIES: Final = ledger_writing.QUERIES

LEASE_SECONDS: Final = 5
"""How long a silent writer keeps the lease: a successor of a killed one waits as long."""

IDS_PER_BLOCK: Final = 100_000
PEOPLE_KEPT: Final = 200_000
MONTHS_AHEAD: Final = 3


def _silent(_: str) -> None:
    """Say nothing."""


class PostgresStore(Readings):
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
        self._seal, self._shelf = Seal(key), Shelf()
        self._ahead = Ahead()
        self._kept = Kept(people_kept, self._ahead)
        self._generation = 0
        self._running = threading.Lock()
        self._writing = Line(url, prepare=takes_rows, lost=self._ahead.fall)
        self._loading = Tables(url, self._seal, self._shelf, self._kept)
        super().__init__(Pool(lambda: Tables(url, self._seal, self._shelf)))

    # What a store promises.

    def run(self, scope: Scope, work: Callable[[Books], T]) -> T:
        """Think and settle; see `Store.run`."""
        with self._running:
            thought = self.think(scope, work)
            thought.settle()
        return thought.answer

    def think(self, scope: Scope, work: Callable[[Books], T]) -> Thought[T]:
        """Work on what is kept in memory and loaded besides; see `Store.think`."""
        self._have_lease()
        with self._loading.turn:
            if self._generation != self._ahead.generation:
                self._forget()
            try:
                books = self._gathered(scope)
                answer = work(books)
                with translated():
                    writes = self._writes_of(books)
                return self._thought(answer, books, writes)
            except BaseException as fault:
                if self._shelf.institutions is not None and self._shelf.institutions.changed:
                    self._shelf.institutions = None
                if isinstance(fault, LeftBehindError):
                    raise StaleError("a batch before this one was not written") from fault
                raise

    def keep_bundle(self, sha256: str, content: bytes) -> None:
        """Keep a rule bundle under its hash."""
        with self._writing.turn:
            with self._writing.batch():
                self._writing.connection.execute(QUERIES["keep_bundle"], {"sha256": sha256, "content": content})
            self._writing.commit()

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
        for line in (self._loading, *self._reading.lines):
            with line.turn:
                line.drop()

    @property
    def lost(self) -> bool:
        """Tell whether this store was the writer and is no more: closed, or another took over."""
        return self._lost

    def renew(self) -> None:
        """Renew the lease between batches. A writer that may be idle longer than the lease calls this in time."""
        self._between(None)

    def forget(self, kind: str, before: datetime, most: int) -> int:
        """Delete what is perishable; see `Store.forget`."""
        query = dossier_writing.QUERIES["forget_dossiers"]
        return self._between(query, {"kind": kind, "before": before, "most": most})

    def forget_codes(self, before: datetime, most: int) -> int:
        """Delete uses of codes; see `Store.forget_codes`."""
        return self._between(registry_writing.QUERIES["forget_codes"], {"before": before, "most": most})

    def _between(self, query: bytes | None, names: dict[str, Any] | None = None) -> int:
        """Renew the lease between batches, and with it have a query count what it does."""
        self._have_lease()
        with self._writing.turn:
            if self._lost:
                raise LeaseLostError("this store has given up or lost its lease; open another")
            with self._writing.batch():
                self._keep_lease()
                row = self._writing.connection.execute(query, names).fetchone() if query is not None else None
            self._writing.commit()
        return int(row[0]) if row is not None else 0

    # Within a batch.

    def _gathered(self, scope: Scope) -> Books:
        """Gather; when the connection was lost since it was used last, over another one."""
        for last in (False, True):
            try:
                with self._loading.batch():
                    books = gather(scope, self._loading.journal, self._loading.registry, self._loading.cabinet)
            except StoreDownError:
                if last:
                    raise
            else:
                books.ledger.allocate = self._take_id
                return books
        raise StoreDownError("the database cannot be reached")

    def _writes_of(self, books: Books) -> list[Write]:
        if not only_spent(books.registry):
            raise StaleError("a code was used by another since it was loaded")
        shelf = self._shelf.institutions
        changed = [shelf[code] for code in sorted(shelf.changed)] if shelf is not None else []
        known_from = self._clock() if self._clock else self._database_time(books)
        return [
            *ledger_writing.writes_of(books.ledger),
            *registry_writing.writes_of(
                books.registry, self._seal, changed, true_from=books.true_from, known_from=known_from
            ),
            *dossier_writing.writes_of(books.dossiers, self._seal, self._take_id),
        ]

    def _thought(self, answer: T, books: Books, writes: list[Write]) -> Thought[T]:
        """Note what was written for the batches after this one, and return how it is settled."""
        touched: list[Hashable] = [
            *self._kept.ledger.note(books.ledger),
            *self._kept.registry.note(books.registry),
            *dossier_writing.noted(books.dossiers),
        ]
        if self._shelf.institutions is not None and self._shelf.institutions.changed:
            self._shelf.institutions.changed.clear()
            touched.append(INSTITUTIONS)
        generation = self._generation
        number = self._ahead.add(generation, touched)
        latest = max((entry.recorded_at for entry in books.ledger.entries), default=None)
        return Thought(answer, lambda: self._settle(generation, number, writes, latest))

    def _settle(self, generation: int, number: int, writes: list[Write], latest: datetime | None) -> None:
        with self._writing.turn:
            try:
                self._ahead.check(generation, number)
            except LeftBehindError as fault:
                if generation == self._ahead.generation:
                    self._ahead.fall()
                raise StaleError("a batch before this one was not written") from fault
            self._carry_out(writes)
            self._writing.commit()
            self._ahead.settle(number)
            if latest is not None:
                self._stay_ahead(latest)

    def _carry_out(self, writes: list[Write]) -> None:
        """Write all but the commit; when the connection was lost on the way, all of it again over another one."""
        for last in (False, True):
            try:
                with self._writing.batch():
                    self._keep_lease(writes)
            except StoreDownError:
                if last:
                    raise
            else:
                return

    def _forget(self) -> None:
        """Forget what is kept in memory: some of it was never written."""
        self._generation = self._ahead.generation
        self._shelf.institutions = None
        self._kept.clear()

    # The lease.

    def _have_lease(self) -> None:
        """Take the lease if we never had it; wait for that of a writer that fell silent to run out."""
        if self._lost:
            raise LeaseLostError("this store has given up or lost its lease; open another")
        if not self._lease["epoch"]:
            with self._writing.turn:
                if not self._lease["epoch"]:
                    self._take_lease()

    def _take_lease(self) -> None:
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
        with self._writing.batch():
            now = database_time(self._writing.connection)
        self._writing.commit()
        self._stay_ahead(self._clock() if self._clock else now)

    def _next_epoch(self) -> int | None:
        with self._writing.batch():
            row = self._writing.connection.execute(QUERIES["take_lease"], self._lease).fetchone()
        self._writing.commit()
        return int(row[0]) if row else None

    def _database_time(self, books: Books) -> datetime:
        """Return the database's time where something is to be known from it."""
        if not books.registry.people.was and not books.registry.bonds.was:
            return NEVER
        return database_time(self._loading.connection)

    def _keep_lease(self, writes: Sequence[Write] = ()) -> None:
        """Renew the lease, and with it carry out statements. Raise LeaseLostError where another writer has it."""
        if not carry_out(self._writing.connection, Write(QUERIES["keep_lease"], self._lease, count=1), writes):
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
