"""The journal in PostgreSQL: what a batch needs, from memory or the database, and what is asked of the whole."""

from collections.abc import Collection, Hashable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Final

from msgspec.structs import asdict
from psycopg import Connection, Cursor
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
    EntryKind,
    Settlement,
    Totals,
)
from gongji.ledger.rows import (
    Columns,
    Row,
    answered_from,
    entry_from,
    key_columns,
    premium_from,
    refund_from,
    settlement_from,
    transfer_from,
)
from gongji.ledger.stretches import Behind, Looked, Point, Stretch, named_by, point_of
from gongji.ledger.window import LedgerWindow
from gongji.ledger.writing import QUERIES

NEARBY: Final = 4
"""So many times as many numbers as entries are asked for lie near: few are handed out and never used."""

LAST_NUMBER: Final = 2**63 - 1


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

    def entries_after(self, entry_id: int, most: int) -> list[Entry]:
        """Return what was recorded after an entry; see `Journal.entries_after`."""
        return [entry_from(row) for row in self._after("entries_after", entry_id, most)]

    def entries_of_kinds(self, kinds: Collection[EntryKind], entry_id: int, most: int) -> Looked:
        """Return what of some kinds was recorded after an entry; see `Journal.entries_of_kinds`."""
        rows = self._after("entries_of_kinds", entry_id, most, kinds=list(kinds))
        if not rows:
            return Looked([], entry_id, more=False)
        last = rows[-1]  # whatever its kind
        found = [entry_from(row) for row in rows if row["kind"] in kinds]
        return Looked(found, last["entry_id"], more=last["place"] == most)

    def settlements_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Settlement]:
        """Return the settlements of a book; see `Journal.settlements_of`."""
        return [settlement_from(row) for row in self._rows("settlements_of", _span(book_id, since, until))]

    def stretch_of(self, book_id: int, stretch: Stretch) -> list[Entry]:
        """Return the entries of a stretch; see `Journal.stretch_of`."""
        begin, end = stretch.begin, stretch.end
        late = self._recorded_late(book_id, begin.event_at, end.event_at)
        names = {
            "book_id": book_id,
            "begin_at": begin.event_at,
            "begin_id": begin.entry_id,
            "end_at": end.event_at,
            "end_id": end.entry_id,
            "late": bigints(entry.entry_id for entry in late),
            "most": stretch.most,
        }
        query = "stretch_newest_first" if stretch.newest_first else "stretch_oldest_first"
        found = [entry_from(row) for row in self._rows(query, names)]
        found += [entry for entry in late if begin <= point_of(entry) < end]
        return sorted(found, key=point_of, reverse=stretch.newest_first)[: stretch.most]

    def balances_before(self, book_id: int, point: Point) -> dict[Account, int]:
        """Return what lay in the pockets of a book; see `Journal.balances_before`."""
        late = self._recorded_late(book_id, point.event_at, point.event_at)
        names = {
            "book_id": book_id,
            "at": point.event_at,
            "entry_id": point.entry_id,
            "late": bigints(entry.entry_id for entry in late),
        }
        rows = self._tuples("sums_before", names)
        balances = {Account(book_id, Pocket(pocket), member_id): fen for pocket, member_id, fen in rows}
        for leg in (leg for entry in late if point_of(entry) < point for leg in entry.legs if leg.version):
            balances[leg.account] = balances.get(leg.account, 0) + leg.amount_fen
        return balances

    def behind(self, entries: Collection[Entry]) -> Behind:
        """Return what these entries wrote or took back; see `Journal.behind`."""
        names = {
            "book_ids": bigints({entry.book_id for entry in entries}),
            "entry_ids": bigints(named_by(entries)),
        }
        refunds = [refund_from(row) for row in self._rows("refunds_behind", names)]
        names["settle_ids"] = bigints(refund.settle_id for refund in refunds)
        settlements = [settlement_from(row) for row in self._rows("settlements_behind", names)]
        return Behind({one.entry_id: one for one in settlements}, {one.entry_id: one for one in refunds})

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

    def _after(self, query: str, entry_id: int, most: int, **more: Any) -> list[Row]:
        """Return rows for what was recorded after an entry, looked for near its number first, where it mostly is.

        A bound on both sides lets a planner that knows nothing of a fresh table take the index all the same.
        """
        for until in (entry_id + NEARBY * most, LAST_NUMBER):
            if rows := self._rows(query, {"entry_id": entry_id, "until": until, "most": most} | more):
                return rows
        return []

    def _recorded_late(self, book_id: int, begin: datetime, end: datetime) -> list[Entry]:
        """Return what was recorded from `begin` on and had taken effect before that, by `end`.

        Only what falls due by itself is recorded late: in the owner's own book, touching nobody else's pockets.
        """
        names = {"book_id": book_id, "begin_at": begin, "end_at": end}
        return [entry_from(row) for row in self._rows("recorded_late", names)]

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
        with self._connection.pipeline():  # one journey for all
            pockets, years, accumulators = (
                self._connection.execute(QUERIES[query], names)
                for query in ("load_pockets", "load_years", "load_accumulators")
            )
            premiums, transfers = self._asked("load_premiums", names), self._asked("load_transfers", names)
        for book_id, pocket, member_id, balance_fen, version in pockets:
            account = Account(book_id, Pocket(pocket), member_id)
            fresh[book_id].pockets[account] = Balance(balance_fen, version)
        for book_id, *year in years:
            fresh[book_id].year = AccountYear(*year)
        for book_id, year_start, inpatient, *used in accumulators:
            fresh[book_id].accumulators[AccumulatorKey(book_id, year_start, inpatient)] = Accumulated(*used)
        for premium in map(premium_from, premiums):
            folder = fresh[premium.key.book_id]
            folder.premiums = (folder.premiums or {}) | {premium.key: premium}
        for transfer in map(transfer_from, transfers):
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
        return self._asked(query, names).fetchall()

    def _asked(self, query: str, names: Columns) -> Cursor[Row]:
        return self._connection.cursor(row_factory=dict_row).execute(QUERIES[query], names)


def _span(book_id: int, since: datetime | None, until: datetime | None) -> Columns:
    return {"book_id": book_id, "since": since or datetime.min, "until": until or datetime.max}  # noqa: DTZ901  # Beijing time
