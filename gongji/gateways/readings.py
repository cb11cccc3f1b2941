"""Reading in PostgreSQL: beside the one who writes, each reading as of one moment, and nothing it does stays."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from gongji.domain.dossiers import Dossier
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.gateways.pool import Pool
from gongji.gateways.tables import Tables
from gongji.ledger.journal import Journal
from gongji.ledger.records import Cleared, Entry, EntryKind, Settlement, Totals
from gongji.ledger.stretches import Looked
from gongji.ledger.writing import QUERIES
from gongji.registry.records import Visit
from gongji.services.store import Books, gather

T = TypeVar("T")


class Readings:
    """What a store is asked without writing, over a pool of connections."""

    def __init__(self, reading: Pool) -> None:
        """Ask over `reading`."""
        self._reading = reading

    def read(self, scope: Scope, work: Callable[[Books], T]) -> T:
        """Return the answer of `work` on what `scope` names, as of one moment; see `Store.read`."""
        return self._ask(lambda line: work(gather(scope, line.journal, line.registry, line.cabinet)))

    def consult(self, scope: Scope, work: Callable[[Books, Journal], T]) -> T:
        """Return the answer of `work` and of what it asks the journal; see `Store.consult`."""
        return self._ask(lambda line: work(gather(scope, line.journal, line.registry, line.cabinet), line.journal))

    def everyone(self) -> Scope:
        """Return a scope that names all people."""
        return Scope(people=self._ask(lambda line: line.registry.everyone()))

    def entries_of(self, book_id: int, *, since: datetime | None = None, until: datetime | None = None) -> list[Entry]:
        """Return the entries of a book; see `Store.entries_of`."""
        return self._ask(lambda line: line.journal.entries_of(book_id, since=since, until=until))

    def entries_after(self, entry_id: int, most: int) -> list[Entry]:
        """Return what was recorded after an entry; see `Store.entries_after`."""
        return self._ask(lambda line: line.journal.entries_after(entry_id, most))

    def entries_of_kinds(self, kinds: Collection[EntryKind], entry_id: int, most: int) -> Looked:
        """Return what of some kinds was recorded after an entry; see `Store.entries_of_kinds`."""
        return self._ask(lambda line: line.journal.entries_of_kinds(kinds, entry_id, most))

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

    def dossiers(self, asked: Asked) -> list[Dossier]:
        """Return the dossiers asked for; see `Store.dossiers`."""
        return self._ask(lambda line: line.cabinet.asked(asked))

    def due_dossiers(self, kind: str, by: datetime, most: int) -> list[Dossier]:
        """Return what is due; see `Store.due_dossiers`."""
        return self._ask(lambda line: line.cabinet.due(kind, by, most))

    def changed_dossiers(self, kinds: Collection[str], after: int, most: int) -> list[tuple[int, Dossier]]:
        """Return what has changed; see `Store.changed_dossiers`."""
        return self._ask(lambda line: line.cabinet.changed(kinds, after, most))

    def bundle(self, sha256: str) -> bytes | None:
        """Return the rule bundle of that hash, or None."""
        names = {"sha256": sha256}
        row = self._ask(lambda line: line.connection.execute(QUERIES["find_bundle"], names).fetchone())
        return None if row is None else bytes(row[0])

    def faults(self) -> list[str]:
        """Check the books as a whole; see `Store.faults`."""
        return self._ask(lambda line: line.journal.faults())

    def _ask(self, question: Callable[[Tables], T]) -> T:
        """Ask on a connection for readers and let nothing that was done there stay."""
        with self._reading.one() as line, line.turn, line.batch():
            answer = question(line)
            line.connection.rollback()
            return answer
