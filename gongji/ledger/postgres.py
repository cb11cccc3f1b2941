"""The journal in PostgreSQL. Everything a batch changed is written set-wise, in the transaction of the caller."""

from datetime import datetime
from importlib.resources import files
from typing import Any, Final

from msgspec.structs import asdict
from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row

from gongji.domain.account import Account, Pocket
from gongji.domain.binary_rows import rows_of
from gongji.domain.generations import Generations
from gongji.domain.named_sql import bigints, named_queries
from gongji.domain.requests import Answered, RequestKey
from gongji.ledger.copying import answer_row, directory_row, entry_row, posting_rows, settlement_row
from gongji.ledger.folders import Folder, Folders
from gongji.ledger.journal import concerned, parties, refuse_changes_of_the_past
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
    given_back_columns,
    key_columns,
    names,
    premium_columns,
    refund_columns,
    refund_from,
    refunded_fen,
    reversed_columns,
    settlement_from,
    transfer_columns,
    transfer_from,
)
from gongji.ledger.window import LedgerWindow

QUERIES: Final = named_queries((files("gongji.ledger") / "sql" / "queries.sql").read_text("utf-8"))


class PostgresJournal:
    """The ledger's tables over one connection. Transactions are the caller's."""

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
            people |= self._find_settlements(window, wanted)
        if transfers:
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
            found += map(answered_from, self._rows("find_answers", key_columns(asked)))
        return found

    def _folders(self, people: set[int]) -> dict[int, Folder]:
        """Return the folders of these people, from memory or the database; one of nobody is empty."""
        known = self._kept.folders if self._kept is not None else Generations[int, Folder](1)
        found = {person_id: folder for person_id in people if (folder := known.get(person_id)) is not None}
        missing = people - found.keys()
        if not missing:
            return found
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

    # Writing.

    def write(self, window: LedgerWindow) -> bool:
        """Write what changed, pockets first, since their versions tell whether all the rest may be; see `Journal`."""
        refuse_changes_of_the_past(window)
        written = (
            self._write_pockets(window)
            and self._write_settlements(window)
            and self._write_refunds(window)
            and self._write_transfers(window)
            and self._write_answers(window)
            and self._write_premiums(window)
            and self._write_years(window)
            and self._write_entries(window)
        )
        if self._kept is not None:
            self._kept.note(window)
        return written

    def _write_pockets(self, window: LedgerWindow) -> bool:
        dirty = sorted(window.pockets.dirty)
        was = window.pockets.was
        new = [account for account in dirty if was[account] is None]
        known = [(account, before.version) for account in dirty if (before := was[account]) is not None]
        expected = {"expected": bigints(version for _, version in known)}
        return self._all(
            "update_pockets", _pocket_columns(window, [account for account, _ in known]) | expected, len(known)
        ) and self._all("insert_pockets", _pocket_columns(window, new), len(new))

    def _write_entries(self, window: LedgerWindow) -> bool:
        entries = [window.entries.rows[entry_id] for entry_id in window.entries.was]
        self._copy("copy_entries", [entry_row(entry) for entry in entries])
        self._copy("copy_postings", [row for entry in entries for row in posting_rows(entry)])
        return True

    def _write_settlements(self, window: LedgerWindow) -> bool:
        both = [(was, window.settlements[settle_id]) for settle_id, was in sorted(window.settlements.was.items())]
        new = [after for was, after in both if was is None]
        changed = [after for was, after in both if was is not None]
        before = [was for was, _ in both if was is not None]
        guard = {
            "expected_fens": bigints(refunded_fen(old) for old in before),
            "were_reversed": [old.reversed for old in before],
        }
        self._copy("copy_directory", [directory_row(settlement) for settlement in new])
        self._copy("copy_settlements", [settlement_row(settlement) for settlement in new])
        return self._all("update_settlements", given_back_columns(changed) | guard, len(changed))

    def _write_refunds(self, window: LedgerWindow) -> bool:
        dirty = [window.refunds[refund_id] for refund_id in sorted(window.refunds.dirty)]
        new = [refund for refund in dirty if window.refunds.was[refund.refund_id] is None]
        undone = [refund for refund in dirty if window.refunds.was[refund.refund_id] is not None]
        return self._all("insert_refunds", refund_columns(new), len(new)) and self._all(
            "update_refunds", refund_columns(undone), len(undone)
        )

    def _write_transfers(self, window: LedgerWindow) -> bool:
        both = [(was, window.transfers[transfer_id]) for transfer_id, was in sorted(window.transfers.was.items())]
        new = [after for was, after in both if was is None]
        changed = [after for was, after in both if was is not None]
        before = [was for was, _ in both if was is not None]
        columns = transfer_columns(changed) | {"were": [str(old.state) for old in before]}
        return (
            self._all("insert_transfers", transfer_columns(new), len(new))
            and self._all("update_transfers", columns, len(changed))
            and self._all("update_transfer_mirrors", columns, len(changed))
        )

    def _write_answers(self, window: LedgerWindow) -> bool:
        both = [(was, window.answers[key]) for key, was in window.answers.was.items()]
        changed = [answered for was, answered in both if was is not None and answered.reversed_by is not None]
        try:
            self._copy("copy_answers", [answer_row(answered) for was, answered in both if was is None])
        except UniqueViolation:  # the index has the last word on what was asked before
            return False
        return self._all("update_answers", reversed_columns(changed), len(changed))

    def _write_premiums(self, window: LedgerWindow) -> bool:
        new = [window.premiums[key] for key, was in sorted(window.premiums.was.items()) if was is None]
        return self._all("insert_premiums", premium_columns(new), len(new))

    def _write_years(self, window: LedgerWindow) -> bool:
        known = [key for key, was in window.accumulators.was.items() if was is not None]
        new = [key for key, was in window.accumulators.was.items() if was is None]
        book_ids = sorted(window.years.dirty)
        account_years = {
            "book_ids": bigints(book_ids),
            "year_starts": [window.years[book_id].year_start for book_id in book_ids],
            "allocated_months": [window.years[book_id].allocated_month for book_id in book_ids],
            "allocations": bigints(window.years[book_id].allocations for book_id in book_ids),
            "goods_months": [window.years[book_id].goods_month for book_id in book_ids],
            "goods_fens": bigints(window.years[book_id].goods_fen for book_id in book_ids),
        }
        return (
            self._all("update_accumulators", _accumulator_columns(window, known), len(known))
            and self._all("insert_accumulators", _accumulator_columns(window, new), len(new))
            and self._all("put_years", account_years, len(book_ids))
        )

    # Asking.

    def _all(self, query: str, columns: Columns, count: int) -> bool:
        """Run a query over `count` records and tell whether it took them all; nothing is asked for none."""
        return count == 0 or self._connection.execute(QUERIES[query], columns).rowcount == count

    def _copy(self, query: str, rows: list[bytes]) -> None:
        if rows:
            with self._connection.cursor() as cursor, cursor.copy(QUERIES[query]) as copy:
                copy.write(rows_of(rows))

    def _tuples(self, query: str, names: Columns) -> list[tuple[Any, ...]]:
        return self._connection.execute(QUERIES[query], names).fetchall()

    def _rows(self, query: str, names: Columns) -> list[Row]:
        with self._connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(QUERIES[query], names).fetchall()


def _span(book_id: int, since: datetime | None, until: datetime | None) -> Columns:
    return {"book_id": book_id, "since": since or datetime.min, "until": until or datetime.max}  # noqa: DTZ901  # Beijing time


def _accumulator_columns(window: LedgerWindow, keys: list[AccumulatorKey]) -> Columns:
    used = [window.accumulators[key] for key in keys]
    return {
        "book_ids": bigints(key.book_id for key in keys),
        "year_starts": "{" + ",".join([key.year_start.isoformat() for key in keys]) + "}",
        "inpatients": "{" + ",".join(["t" if key.inpatient else "f" for key in keys]) + "}",
        "fund_fens": bigints(each.fund_fen for each in used),
        "deductible_fens": bigints(each.deductible_fen for each in used),
        "burden_fens": bigints(each.burden_fen for each in used),
        "stays": bigints(each.stays for each in used),
    }


def _pocket_columns(window: LedgerWindow, accounts: list[Account]) -> Columns:
    balances = [window.pockets[account] for account in accounts]
    return {
        "book_ids": bigints(account.book_id for account in accounts),
        "pockets": names([account.pocket for account in accounts]),
        "member_ids": bigints(account.member_id for account in accounts),
        "balance_fens": bigints(balance.balance_fen for balance in balances),
        "versions": bigints(balance.version for balance in balances),
    }
