"""The ledger's working set of one batch: pockets that cannot be overdrawn, and what was written."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from gongji.domain.account import OWNED, Account, Pocket
from gongji.domain.requests import Answered, RequestKey
from gongji.domain.tables import Changes, Table
from gongji.ledger.records import (
    AccountYear,
    Accumulated,
    AccumulatorKey,
    Balance,
    Basis,
    Entry,
    EntryKind,
    Leg,
    PremiumKey,
    PremiumPaid,
    Refund,
    Settlement,
    Transfer,
)

EMPTY: Final = Balance()


class UnbalancedEntryError(Exception):
    """The legs of an entry do not add up to zero: our own mistake, never a policy matter."""


class OverdrawnError(Exception):
    """An entry would take a person's pocket below zero: our own mistake, since decisions look first."""


class LedgerWindow:
    """Tables by key. `append` is the only way to move money."""

    def __init__(self, changes: Changes | None = None) -> None:
        """Begin empty; a store loads what a batch needs. Writes are noted in `changes`."""
        changes = [] if changes is None else changes
        self.pockets: Table[Account, Balance] = Table(changes=changes)
        self.entries: Table[int, Entry] = Table(changes=changes)
        self.settlements: Table[int, Settlement] = Table(changes=changes)
        self.refunds: Table[int, Refund] = Table(changes=changes)
        self.accumulators: Table[AccumulatorKey, Accumulated] = Table(changes=changes)
        self.transfers: Table[str, Transfer] = Table(changes=changes)
        self.premiums: Table[PremiumKey, PremiumPaid] = Table(changes=changes)
        self.years: Table[int, AccountYear] = Table(changes=changes)
        self.answers: Table[RequestKey, Answered] = Table(changes=changes)
        self.next_ids: dict[str, int] = {}
        self.allocate: Callable[[str], int] | None = None

    @property
    def tables(self) -> tuple[Table, ...]:  # type: ignore[type-arg]  # tables of every kind, for marks only
        """Return all tables."""
        return (self.pockets, self.entries, self.settlements, self.refunds, self.accumulators, self.transfers,
                self.premiums, self.years, self.answers)  # fmt: skip

    def take_id(self, kind: str) -> int:
        """Return the next id of that kind ("entry", "settlement", "bond"); ids are never used again."""
        if self.allocate is not None:  # a database hands ids out in blocks
            return self.allocate(kind)
        value = self.next_ids.get(kind, 1)
        self.next_ids[kind] = value + 1
        return value

    def balance(self, book_id: int, pocket: Pocket, member_id: int = 0) -> int:
        """Return the fen in a pocket; 0 for one that never had any."""
        found = self.pockets.rows.get(Account(book_id, pocket, member_id))
        return 0 if found is None else found.balance_fen

    def append(
        self,
        kind: EntryKind,
        moves: dict[Account, int],
        *,
        book_id: int,
        event_at: datetime,
        recorded_at: datetime,
        request: str = "",
        reverses: int | None = None,
        basis: Basis | None = None,
    ) -> Entry:
        """Write one balanced entry of `moves` (account to fen added) and return it.

        Raise UnbalancedEntryError when the moves do not add up to zero, OverdrawnError when a pocket that holds a
        person's money would fall below zero; then nothing is written. Moves of zero are left out.
        """
        surplus_fen = sum(moves.values())
        if surplus_fen:
            raise UnbalancedEntryError(f"{kind} for book {book_id} is off by {surplus_fen} fen")
        legs: list[Leg] = []
        changed: list[tuple[Account, Balance]] = []
        for account in sorted(moves):
            amount_fen = moves[account]
            if not amount_fen:
                continue
            if account.pocket not in OWNED:  # summed from postings when asked for, never a row that families queue at
                legs.append(Leg(account, amount_fen, 0, 0))
                continue
            before = self.pockets.rows.get(account) or EMPTY
            after = Balance(before.balance_fen + amount_fen, before.version + 1)
            if after.balance_fen < 0:
                raise OverdrawnError(f"{account} would fall to {after.balance_fen} fen")
            legs.append(Leg(account, amount_fen, after.balance_fen, after.version))
            changed.append((account, after))
        entry = Entry(
            entry_id=self.take_id("entry"),
            book_id=book_id,
            kind=kind,
            event_at=event_at,
            recorded_at=recorded_at,
            legs=tuple(legs),
            request=request,
            reverses=reverses,
            basis=basis or Basis(),
        )
        for account, after in changed:
            self.pockets.put(account, after)
        self.entries.put(entry.entry_id, entry)
        return entry

    def accumulated(self, book_id: int, year_start: date, *, inpatient: bool) -> Accumulated:
        """Return what that person has used in that medical year; all zero when nothing was."""
        return self.accumulators.get(AccumulatorKey(book_id, year_start, inpatient)) or Accumulated()
