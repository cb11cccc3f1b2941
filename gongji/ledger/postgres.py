"""The journal in PostgreSQL: what a batch needs, from memory or the database, and what is asked of the whole."""

from collections.abc import Hashable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from psycopg import Connection
from psycopg.rows import dict_row

from gongji.domain.account import Account, Pocket
from gongji.domain.ahead import SETTLEMENTS, TRANSFERS
from gongji.domain.generations import Generations
from gongji.domain.named_sql import bigints
from gongji.domain.requests import Answered, RequestKey
from gongji.ledger.folders import Folder, Folders
from gongji.ledger.journal import concerned, parties
from gongji.ledger.records import (
    AccountYear,
    Accumulated,
    AccumulatorKey,
    Balance,
    Cleared,
    Entry,
    PremiumKey,
    PremiumPaid,
    Settlement,
    Totals,
)
from gongji.ledger.rows import (
    Columns,
    Row,
    answered_from,
    entry_from,
    key_columns,
    refund_from,
    settlement_from,
    transfer_from,
)
from gongji.ledger.window import LedgerWindow
from gongji.ledger.writing import QUERIES


class PostgresJournal:
    """The ledger's tables over one connection, for reading. Transactions are the caller's."""

    def __init__(self, connection: Connection[Any], kept: Folders | None = None) -> None:
        """Work over that connection.

        Who writes hands in what he has `kept` in memory; who reads has nothing kept, and sees what is committed.
        """
        self._connection = connection
        self._kept = kept

    # Loading.

    def find(
        self, window: LedgerWindow, *, requests: set[RequestKey], settlements: set[int], transfers: set[str]
    ) -> set[int]:
        """Load what the names stand for and return the people it concerns; see `Journal.find`."""
        people: set[int] = set()
        wanted = set(settlements)
        for answered in self._find_answers(requests):
            window.answers.load(answered.key, answered)
            people |= {answered.book_id} if answered.book_id else set()
            wanted |= {answered.settle_id} if answered.settle_id is not None else set()
        if wanted:
            self._wait_for({SETTLEMENTS})
            people |= self._find_settlements(window, wanted)
        if transfers:
            self._wait_for({TRANSFERS})
            for transfer in map(transfer_from, self._rows("find_transfers", {"transfer_ids": list(transfers)})):
                window.transfers.load(transfer.transfer_id, transfer)
                people |= parties(transfer)
        return people

    def load(self, window: LedgerWindow, *, named: set[int], family: set[int]) -> None:
        """Load the accounts of the people; see `Journal.load`."""
        folders = self._folders(family | named)
        for book_id, folder in folders.items():
            window.pockets.rows.update(folder.pockets)
            if folder.year is not None:
                window.years.rows[book_id] = folder.year
            if folder.accumulators:
                window.accumulators.rows.update(folder.accumulators)
            if folder.premiums:
                window.premiums.rows.update(folder.premiums)
            if folder.transfers:
                window.transfers.rows.update(folder.transfers)
        if window.transfers.rows:
            strangers = set[int]().union(*map(parties, window.transfers)).difference(folders)
            for folder in self._folders(strangers).values():
                window.pockets.rows.update(folder.pockets)

    def entries_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Entry]:
        """Return the entries of a book; see `Journal.entries_of`."""
        return [entry_from(row) for row in self._rows("entries_of", _span(book_id, since, until))]

    def settlements_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Settlement]:
        """Return the settlements of a book; see `Journal.settlements_of`."""
        return [settlement_from(row) for row in self._rows("settlements_of", _span(book_id, since, until))]

    def totals(self, institution: str, cleared: Cleared, *, since: datetime, until: datetime, refunds: bool) -> Totals:
        """Return the totals of an institution; see `Journal.totals`."""
        names = {
            "institution": institution,
            "since": since,
            "until": until,
            **asdict(cleared),
        }
        ((count, total_fen, fund_fen, account_fen),) = self._tuples(
            "totals_as_made" if refunds else "totals_left", names
        )
        return Totals(count, total_fen, fund_fen, account_fen)

    def faults(self) -> list[str]:
        """Check the books as a whole; one sentence for each thing that is wrong."""
        return [sentence for (sentence,) in self._tuples("faults", {})]

    def _find_answers(self, requests: set[RequestKey]) -> list[Answered]:
        known = self._kept.answers if self._kept is not None else Generations[RequestKey, Answered](1)
        found = [answered for key in requests if (answered := known.get(key)) is not None]
        asked = requests.difference([answered.key for answered in found]) if found else requests
        if asked:
            self._wait_for(asked)
            found += map(answered_from, self._rows("find_answers", key_columns(asked)))
        return found

    def _folders(self, people: set[int]) -> dict[int, Folder]:
        """Return the folders of these people, from memory or the database; one of nobody is empty."""
        known = self._kept.folders if self._kept is not None else Generations[int, Folder](1)
        found, missing = known.several(people)
        if not missing:
            return found
        self._wait_for(missing)
        fresh = self._load_folders(missing)
        for person_id, folder in fresh.items():
            known.put(person_id, folder)
        return found | fresh

    def _load_folders(self, people: set[int]) -> dict[int, Folder]:
        fresh = {person_id: Folder() for person_id in people}
        names = {"people": bigints(people)}
        for book_id, pocket, member_id, balance_fen, version in self._tuples("load_pockets", names):
            account = Account(book_id, Pocket(pocket), member_id)
            fresh[book_id].pockets[account] = Balance(balance_fen, version)
        for book_id, *year in self._tuples("load_years", names):
            fresh[book_id].year = AccountYear(*year)
        for book_id, year_start, inpatient, *used in self._tuples("load_accumulators", names):
            fresh[book_id].accumulators[AccumulatorKey(book_id, year_start, inpatient)] = Accumulated(*used)
        for row in self._rows("load_premiums", names):
            key = PremiumKey(row.pop("book_id"), row.pop("kind"), row.pop("year"))
            fresh[key.book_id].premiums = (fresh[key.book_id].premiums or {}) | {key: PremiumPaid(key=key, **row)}
        for transfer in map(transfer_from, self._rows("load_transfers", names)):
            for person_id in parties(transfer) & fresh.keys():
                fresh[person_id].transfers = (fresh[person_id].transfers or {}) | {transfer.transfer_id: transfer}
        return fresh

    def _find_settlements(self, window: LedgerWindow, numbers: set[int]) -> set[int]:
        """Load the settlements of those numbers, or of those refunds, with all refunds; return whom they concern."""
        found = [settlement_from(row) for row in self._rows("find_settlements", {"settle_ids": bigints(numbers)})]
        for settlement in found:
            window.settlements.load(settlement.settle_id, settlement)
        if found:
            names = {"book_ids": bigints(s.book_id for s in found), "settle_ids": bigints(s.settle_id for s in found)}
            for refund in map(refund_from, self._rows("find_refunds", names)):
                window.refunds.load(refund.refund_id, refund)
        return set[int]().union(*(concerned(settlement) for settlement in found))

    # Asking.

    def _wait_for(self, wanted: AbstractSet[Hashable]) -> None:
        """Wait until the database has whatever of this is not committed yet."""
        if self._kept is not None:
            self._kept.ahead.wait_for(wanted)

    def _tuples(self, query: str, names: Columns) -> list[tuple[Any, ...]]:
        return self._connection.execute(QUERIES[query], names).fetchall()

    def _rows(self, query: str, names: Columns) -> list[Row]:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(QUERIES[query], names).fetchall()


def _span(book_id: int, since: datetime | None, until: datetime | None) -> Columns:
    return {"book_id": book_id, "since": since or datetime.min, "until": until or datetime.max}  # noqa: DTZ901  # Beijing time
