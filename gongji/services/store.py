"""What every store promises: batches that happen once, whole, or not at all. And the store in memory that does."""

import threading
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from gongji.domain.dossiers import Dossier, restitution_id
from gongji.domain.requests import Scope
from gongji.domain.tables import Changes, Table, rewind
from gongji.dossiers.cabinet import Asked, Cabinet
from gongji.dossiers.memory import MemoryCabinet
from gongji.dossiers.window import DossierWindow
from gongji.ledger.journal import ChangedForGoodError, Journal, refuse_changes_of_the_past
from gongji.ledger.memory import MemoryJournal
from gongji.ledger.records import Cleared, Entry, EntryKind, Settlement, Totals
from gongji.ledger.stretches import Looked
from gongji.ledger.window import LedgerWindow
from gongji.registry.directory import Keeper
from gongji.registry.memory import MemoryRegistry
from gongji.registry.records import Visit
from gongji.registry.window import RegistryWindow

T = TypeVar("T")


class StoreError(Exception):
    """The store could not do it. The name tells what is known of the outcome."""


class StaleError(StoreError):
    """Something loaded was changed by another before we wrote. Nothing was written: load and do it again."""


class LeaseLostError(StoreError):
    """Another writer holds the lease now. Nothing was written, and nothing will be by this store."""


class UnknownOutcomeError(StoreError):
    """The connection broke while committing: written whole or not at all. Look the request ids up."""


class StoreDownError(StoreError):
    """The database cannot be reached. Nothing was written."""


class RecordRefusedError(StoreError):
    """The database refused a record by the constraint named: our own mistake. Nothing was written."""


class Books:
    """The working set of one batch: its windows, marked and rewound together.

    `true_from` is for changes of insurance learnt late: by person, since when the new state is true. Without a
    note it is true from the day it becomes known.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._changes: Changes = []
        self.ledger = LedgerWindow(self._changes)
        self.registry = RegistryWindow(self._changes)
        self.dossiers = DossierWindow(self._changes)
        self.true_from: Table[int, date] = Table(changes=self._changes)

    def mark(self) -> int:
        """Return a mark to rewind to."""
        return len(self._changes)

    def rewind(self, mark: int) -> None:
        """Take back every write since `mark`. Ids taken meanwhile are not used again."""
        rewind(self._changes, mark)


class Thought(Struct, Generic[T], frozen=True):
    """A batch thought out, and not written yet: its answer holds once `settle` has returned.

    `settle` writes and commits, and raises what `Store.run` raises. Thoughts are settled in the order they came in.
    """

    answer: T
    settle: Callable[[], None]


class Store(Protocol):
    """Keeps the books. One batch at a time writes; reading never waits for a writer to think."""

    def think(self, scope: Scope, work: Callable[[Books], T]) -> Thought[T]:
        """Do `work` on what `scope` names, as it will be once all thoughts before this one are settled.

        One thread may think while another settles what it thought before. When one thought cannot be settled, those
        that came after it raise StaleError; then each is to be thought anew.
        """
        ...

    def run(self, scope: Scope, work: Callable[[Books], T]) -> T:
        """Load what `scope` names, do `work` on it, write all that changed in one transaction, and return its answer.

        When `work` raises, nothing is written and the error passes on. Otherwise one of the errors above tells
        why it could not be done.
        """
        ...

    def read(self, scope: Scope, work: Callable[[Books], T]) -> T:
        """Load what `scope` names, as of one moment, and return the answer of `work`. Nothing is written."""
        ...

    def consult(self, scope: Scope, work: Callable[[Books, Journal], T]) -> T:
        """Read as `read` does, and let `work` ask the journal besides, as of the same moment."""
        ...

    def everyone(self) -> Scope:
        """Return a scope that names all people: for samples, cases and small stores."""
        ...

    def entries_of(self, book_id: int, *, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
        """Return the entries made for that book or touching a pocket in it, recorded in [since, until), by entry id."""
        ...

    def entries_after(self, entry_id: int, most: int) -> list[Entry]:
        """Return the entries of all books recorded after that one, in order, at most `most`."""
        ...

    def entries_of_kinds(self, kinds: Collection[EntryKind], entry_id: int, most: int) -> Looked:
        """Look through the entries recorded after that one, at most `most`, for those of some kinds."""
        ...

    def visits_of(self, book_id: int, *, since: datetime | None = None, until: datetime | None = None) -> list[Visit]:
        """Return that person's visits begun in [since, until), in order of time; cancelled ones are left out."""
        ...

    def settlements_of(
        self, book_id: int, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[Settlement]:
        """Return the settlements of that book made in [since, until), in order of time."""
        ...

    def totals(self, institution: str, cleared: Cleared, *, since: datetime, until: datetime, refunds: bool) -> Totals:
        """Return the totals of an institution, of what is left or (`refunds`) as it went; see `Journal.totals`."""
        ...

    def dossiers(self, asked: Asked) -> list[Dossier]:
        """Return the dossiers asked for, newest first."""
        ...

    def due_dossiers(self, kind: str, by: datetime, most: int) -> list[Dossier]:
        """Return those of a kind that are due `by` a moment, the longest due first, at most `most`."""
        ...

    def changed_dossiers(self, kinds: Collection[str], after: int, most: int) -> list[tuple[int, Dossier]]:
        """Return those of some kinds made or changed after a change of that number; see `Cabinet.changed`."""
        ...

    def forget(self, kind: str, before: datetime, most: int) -> int:
        """Delete dossiers of a perishable kind made before a moment, the oldest first, at most `most`; tell how many.

        Raise RecordRefusedError for a kind that stays for ever: nothing of it can be deleted.
        """
        ...

    def forget_codes(self, before: datetime, most: int) -> int:
        """Delete what tells that e-credential codes were used before a moment, at most `most`; tell how many."""
        ...

    def keep_bundle(self, sha256: str, content: bytes) -> None:
        """Keep a rule bundle under its hash, for ever; keeping it again changes nothing."""
        ...

    def bundle(self, sha256: str) -> bytes | None:
        """Return the rule bundle of that hash, or None."""
        ...

    def faults(self) -> list[str]:
        """Check the books as a whole; one sentence for each thing that is wrong, none when all is well."""
        ...

    def close(self) -> None:
        """Give back the lease and let go of the database."""
        ...


def gather(scope: Scope, journal: Journal, registry: Keeper, cabinet: Cabinet) -> Books:
    """Return the books that `scope` needs: what it names, the people it concerns, their families and accounts."""
    books = Books()
    named = set(scope.people)
    named |= journal.find(
        books.ledger, requests=scope.requests, settlements=scope.settlements, transfers=scope.transfers
    )
    restituted = {
        restitution_id(s.settle_id, draw.account.book_id) for s in books.ledger.settlements for draw in s.draws
    }
    cabinet.load(books.dossiers, named=scope.dossiers | restituted, of=scope.dossiers_of)
    named.update(*(paid.parties for paid in map(books.dossiers.get, restituted) if paid is not None))
    visits = scope.visits | {s.visit_id for s in books.ledger.settlements if s.visit_id is not None}
    named |= registry.find(
        books.registry,
        certificates=scope.certificates,
        visits=visits,
        signs=scope.signs,
        stays=scope.stays,
        codes=scope.codes,
    )
    family = registry.load(books.registry, named=named)
    journal.load(books.ledger, named=named, family=family)
    return books


class MemoryStore:
    """The store in memory. Hands out only what a scope names, as the database does, so that a scope too small shows.

    `ledger` and `registry` give the kept windows to look into; write through `run` alone.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._journal = MemoryJournal()
        self._registry = MemoryRegistry()
        self._cabinet = MemoryCabinet()
        self._bundles: dict[str, bytes] = {}
        self._turn = threading.Lock()

    @property
    def ledger(self) -> LedgerWindow:
        """Return everything the ledger keeps."""
        return self._journal.kept

    @property
    def registry(self) -> RegistryWindow:
        """Return everything the registry keeps."""
        return self._registry.kept

    def think(self, scope: Scope, work: Callable[[Books], T]) -> Thought[T]:
        """Keep at once what `work` changes: in memory nothing is gained by waiting; see `Store.think`."""
        return Thought(self.run(scope, work), lambda: None)

    def run(self, scope: Scope, work: Callable[[Books], T]) -> T:
        """Do `work` on what `scope` names and keep what it changed; see `Store.run`."""
        with self._turn:
            books = self._gather(scope)
            answer = work(books)
            self._keep(books)
            return answer

    def read(self, scope: Scope, work: Callable[[Books], T]) -> T:
        """Return the answer of `work`; see `Store.read`."""
        with self._turn:
            return work(self._gather(scope))

    def consult(self, scope: Scope, work: Callable[[Books, Journal], T]) -> T:
        """Return the answer of `work`; see `Store.consult`."""
        with self._turn:
            return work(self._gather(scope), self._journal)

    def everyone(self) -> Scope:
        """Return a scope that names all people."""
        return Scope(people=self._registry.everyone())

    def entries_of(self, book_id: int, *, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
        """Return the entries of a book; see `Store.entries_of`."""
        return self._journal.entries_of(book_id, since=since, until=until)

    def entries_after(self, entry_id: int, most: int) -> list[Entry]:
        """Return what was recorded after an entry; see `Store.entries_after`."""
        with self._turn:
            return self._journal.entries_after(entry_id, most)

    def entries_of_kinds(self, kinds: Collection[EntryKind], entry_id: int, most: int) -> Looked:
        """Return what of some kinds was recorded after an entry; see `Store.entries_of_kinds`."""
        with self._turn:
            return self._journal.entries_of_kinds(kinds, entry_id, most)

    def visits_of(self, book_id: int, *, since: datetime | None = None, until: datetime | None = None) -> list[Visit]:
        """Return a person's visits; see `Store.visits_of`."""
        return self._registry.visits_of(book_id, since=since, until=until)

    def settlements_of(
        self, book_id: int, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[Settlement]:
        """Return the settlements of a book; see `Store.settlements_of`."""
        return self._journal.settlements_of(book_id, since=since, until=until)

    def totals(self, institution: str, cleared: Cleared, *, since: datetime, until: datetime, refunds: bool) -> Totals:
        """Return the totals of an institution; see `Store.totals`."""
        return self._journal.totals(institution, cleared, since=since, until=until, refunds=refunds)

    def dossiers(self, asked: Asked) -> list[Dossier]:
        """Return the dossiers asked for; see `Store.dossiers`."""
        with self._turn:
            return self._cabinet.asked(asked)

    def due_dossiers(self, kind: str, by: datetime, most: int) -> list[Dossier]:
        """Return what is due; see `Store.due_dossiers`."""
        with self._turn:
            return self._cabinet.due(kind, by, most)

    def changed_dossiers(self, kinds: Collection[str], after: int, most: int) -> list[tuple[int, Dossier]]:
        """Return what has changed; see `Store.changed_dossiers`."""
        with self._turn:
            return self._cabinet.changed(kinds, after, most)

    def forget(self, kind: str, before: datetime, most: int) -> int:
        """Delete what is perishable; see `Store.forget`."""
        with self._turn:
            try:
                return self._cabinet.forget(kind, before, most)
            except ValueError as fault:
                raise RecordRefusedError(str(fault)) from fault

    def forget_codes(self, before: datetime, most: int) -> int:
        """Delete uses of codes; see `Store.forget_codes`."""
        with self._turn:
            return self._registry.forget_codes(before, most)

    def keep_bundle(self, sha256: str, content: bytes) -> None:
        """Keep a rule bundle under its hash."""
        self._bundles.setdefault(sha256, content)

    def bundle(self, sha256: str) -> bytes | None:
        """Return the rule bundle of that hash, or None."""
        return self._bundles.get(sha256)

    def faults(self) -> list[str]:
        """Check the books as a whole; see `Store.faults`."""
        return self._journal.faults()

    def close(self) -> None:
        """Let go; what was kept is kept as long as the object lives."""

    def _gather(self, scope: Scope) -> Books:
        books = gather(scope, self._journal, self._registry, self._cabinet)
        books.ledger.next_ids = self._journal.kept.next_ids  # shared: ids are never used again
        return books

    def _keep(self, books: Books) -> None:
        # Ledger and dossiers are looked at first and written last: all or nothing.
        try:
            refuse_changes_of_the_past(books.ledger)
        except ChangedForGoodError as fault:
            raise RecordRefusedError(str(fault)) from fault
        stale = self._journal.stale(books.ledger) or self._cabinet.stale(books.dossiers)
        if stale or not self._registry.write(books.registry, true_from=books.true_from, known_from=None):
            raise StaleError("a record was changed by another batch since it was loaded")
        self._journal.write(books.ledger)
        self._cabinet.write(books.dossiers)
