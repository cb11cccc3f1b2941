"""The journal in memory: the same promises as the database's, for tests, cases and throw-away runs."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from gongji.domain.account import OWNED, Account
from gongji.domain.requests import RequestKey
from gongji.domain.tables import Table
from gongji.ledger.journal import concerned, parties, refuse_changes_of_the_past
from gongji.ledger.records import Cleared, Entry, EntryKind, Refund, Settlement, Totals, Transfer, TransferState
from gongji.ledger.stretches import Behind, Looked, Point, Stretch, named_by, point_of
from gongji.ledger.window import EMPTY, LedgerWindow

RECENT: Final = timedelta(days=2)
"""How far back from a sender's latest transfer the earlier ones are loaded, for counts and sums per day."""


class MemoryJournal:
    """Keeps everything in one window and hands out what a batch names."""

    def __init__(self) -> None:
        """Begin empty."""
        self.kept = LedgerWindow()

    def find(
        self, window: LedgerWindow, *, requests: set[RequestKey], settlements: set[int], transfers: set[str]
    ) -> set[int]:
        """Load what the names stand for and return the people it concerns; see `Journal.find`."""
        people: set[int] = set()
        wanted = set(settlements)
        for key in requests:
            if (answered := self.kept.answers.get(key)) is not None:
                window.answers.load(key, answered)
                people |= {answered.book_id} if answered.book_id else set()
                wanted |= {answered.settle_id} if answered.settle_id is not None else set()
        people |= self._find_settlements(window, wanted)
        for transfer_id in transfers:
            if (transfer := self.kept.transfers.get(transfer_id)) is not None:
                window.transfers.load(transfer_id, transfer)
                people |= parties(transfer)
        return people

    def load(self, window: LedgerWindow, *, named: set[int], family: set[int]) -> None:
        """Load the accounts of the people; see `Journal.load`."""
        self._load_transfers(window, named, family)
        holders = family.union(*(parties(transfer) for transfer in window.transfers))
        for account, balance in self.kept.pockets.rows.items():
            if account.book_id in holders:
                window.pockets.load(account, balance)
        for book_id in family:
            if (year := self.kept.years.get(book_id)) is not None:
                window.years.load(book_id, year)
        for key, accumulated in self.kept.accumulators.rows.items():
            if key.book_id in named:
                window.accumulators.load(key, accumulated)
        for premium_key, premium in self.kept.premiums.rows.items():
            if premium_key.book_id in named:
                window.premiums.load(premium_key, premium)

    def write(self, window: LedgerWindow) -> bool:
        """Take over what changed. False when something is no longer what was loaded; then nothing is taken over."""
        refuse_changes_of_the_past(window)
        if self.stale(window):
            return False
        for table, kept in zip(window.tables, self.kept.tables, strict=True):
            for key in table.dirty:
                kept.load(key, table[key])
        return True

    def stale(self, window: LedgerWindow) -> bool:
        """Tell whether something that `window` changed is no longer what was loaded."""
        pairs: Iterator[tuple[Table[Any, Any], Table[Any, Any]]]
        pairs = zip(window.tables, self.kept.tables, strict=True)
        return any(kept.get(key) is not before for table, kept in pairs for key, before in table.was.items())

    def entries_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Entry]:
        """Return the entries of a book; see `Journal.entries_of`."""
        return [
            entry
            for _, entry in sorted(self.kept.entries.rows.items())
            if (since is None or since <= entry.recorded_at)
            and (until is None or entry.recorded_at < until)
            and (entry.book_id == book_id or any(leg.account.book_id == book_id for leg in entry.legs))
        ]

    def entries_after(self, entry_id: int, most: int) -> list[Entry]:
        """Return what was recorded after an entry; see `Journal.entries_after`."""
        later = sorted(number for number in self.kept.entries.rows if number > entry_id)
        return [self.kept.entries[number] for number in later[:most]]

    def entries_of_kinds(self, kinds: Collection[EntryKind], entry_id: int, most: int) -> Looked:
        """Return what of some kinds was recorded after an entry; see `Journal.entries_of_kinds`."""
        seen = self.entries_after(entry_id, most)
        last = seen[-1].entry_id if seen else entry_id
        return Looked([entry for entry in seen if entry.kind in kinds], last, more=len(seen) == most)

    def settlements_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Settlement]:
        """Return the settlements of a book; see `Journal.settlements_of`."""
        found = [
            settlement
            for settlement in self.kept.settlements
            if settlement.book_id == book_id
            and (since is None or since <= settlement.settled_at)
            and (until is None or settlement.settled_at < until)
        ]
        return sorted(found, key=lambda settlement: (settlement.settled_at, settlement.settle_id))

    def stretch_of(self, book_id: int, stretch: Stretch) -> list[Entry]:
        """Return the entries of a stretch; see `Journal.stretch_of`."""
        found = [
            entry
            for entry in self.kept.entries
            if stretch.begin <= point_of(entry) < stretch.end
            and any(leg.version and leg.account.book_id == book_id for leg in entry.legs)
        ]
        return sorted(found, key=point_of, reverse=stretch.newest_first)[: stretch.most]

    def balances_before(self, book_id: int, point: Point) -> dict[Account, int]:
        """Return what lay in the pockets of a book; see `Journal.balances_before`."""
        balances: dict[Account, int] = {}
        for entry in self.kept.entries:
            for leg in entry.legs:
                if leg.version and leg.account.book_id == book_id and point_of(entry) < point:
                    balances[leg.account] = balances.get(leg.account, 0) + leg.amount_fen
        return balances

    def behind(self, entries: Collection[Entry]) -> Behind:
        """Return what these entries wrote or took back; see `Journal.behind`."""
        wanted = named_by(entries)
        refunds = {one.entry_id: one for one in self.kept.refunds if one.entry_id in wanted}
        settled = {refund.settle_id for refund in refunds.values()}
        settlements = {
            one.entry_id: one for one in self.kept.settlements if one.entry_id in wanted or one.settle_id in settled
        }
        return Behind(settlements, refunds)

    def totals(self, institution: str, cleared: Cleared, *, since: datetime, until: datetime, refunds: bool) -> Totals:
        """Return the totals of an institution; see `Journal.totals`."""
        counted = {
            one.settle_id: one
            for one in self.kept.settlements
            if (one.institution, _cleared(one)) == (institution, cleared)
        }
        made = [one for one in counted.values() if since <= one.settled_at < until]
        if refunds:
            rows = [_as_made(one) for one in made] + [
                _taken_back(counted[refund.settle_id], refund)
                for refund in self.kept.refunds
                if refund.settle_id in counted and refund.undone_at is None and since <= refund.refunded_at < until
            ]
        else:
            rows = [_left_of(one) for one in made if not one.reversed]
        return Totals(
            sum(row.count for row in rows),
            sum(row.total_fen for row in rows),
            sum(row.fund_fen for row in rows),
            sum(row.account_fen for row in rows),
        )

    def faults(self) -> list[str]:
        """Check the books as a whole; one sentence for each thing that is wrong."""
        found = [
            f"entry {entry.entry_id} does not add up to zero"
            for entry in self.kept.entries
            if sum(leg.amount_fen for leg in entry.legs)
        ]
        moved: dict[Account, list[int]] = {}
        for entry in self.kept.entries:
            for leg in entry.legs:
                if leg.account.pocket in OWNED:
                    moved.setdefault(leg.account, []).append(leg.amount_fen)
        for account in sorted(moved.keys() | self.kept.pockets.rows.keys()):
            balance, legs = self.kept.pockets.get(account) or EMPTY, moved.get(account, [])
            if balance.balance_fen != sum(legs) or balance.version != len(legs):
                found.append(f"{account} holds {balance.balance_fen} fen, its entries say {sum(legs)}")
            if balance.balance_fen < 0:
                found.append(f"{account} is below zero")
        return found

    def _find_settlements(self, window: LedgerWindow, numbers: set[int]) -> set[int]:
        """Load the settlements of those numbers, or of those refunds, with all refunds; return whom they concern."""
        people: set[int] = set()
        named = {self.kept.refunds[number].settle_id if number in self.kept.refunds else number for number in numbers}
        for settle_id in named:
            if (settlement := self.kept.settlements.get(settle_id)) is not None:
                window.settlements.load(settle_id, settlement)
                people |= concerned(settlement)
        if named:
            for refund in self.kept.refunds:
                if refund.settle_id in named:
                    window.refunds.load(refund.refund_id, refund)
        return people

    def _load_transfers(self, window: LedgerWindow, named: set[int], family: set[int]) -> None:
        sent: dict[int, list[Transfer]] = {}
        for transfer in self.kept.transfers:
            on_its_way = transfer.state is TransferState.AWAITING_RECEIPT
            if on_its_way and (transfer.book_id in family or transfer.receiver_id in family):
                window.transfers.load(transfer.transfer_id, transfer)
            if transfer.book_id in named:
                sent.setdefault(transfer.book_id, []).append(transfer)
        for transfers in sent.values():
            latest = max(transfer.sent_at for transfer in transfers)
            for transfer in transfers:
                if latest - transfer.sent_at <= RECENT:
                    window.transfers.load(transfer.transfer_id, transfer)


def _cleared(settlement: Settlement) -> Cleared:
    statement = settlement.statement
    return Cleared(statement.insutype, statement.clr_type, statement.office)


def _as_made(settlement: Settlement) -> Totals:
    drawn_fen = sum(draw.amount_fen for draw in settlement.draws)
    return Totals(1, settlement.total_fen, settlement.fund_fen, drawn_fen)


def _left_of(settlement: Settlement) -> Totals:
    whole, back_fen = _as_made(settlement), sum(settlement.given_back)
    left_fen = whole.total_fen - settlement.cash_back_fen - back_fen
    return Totals(1, left_fen, whole.fund_fen, whole.account_fen - back_fen)


def _taken_back(settlement: Settlement, refund: Refund) -> Totals:
    back_fen = sum(refund.back_fens)
    fund_fen, hospital_fen = (settlement.fund_fen, settlement.hospital_fen) if refund.full else (0, 0)
    return Totals(1, -(back_fen + refund.cash_fen + fund_fen + hospital_fen), -fund_fen, -back_fen)
