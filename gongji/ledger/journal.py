"""What every journal promises: where the money of a batch is loaded from and written to."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol

import msgspec

from gongji.domain.account import Account
from gongji.domain.requests import RequestKey
from gongji.domain.tables import Table
from gongji.ledger.records import Cleared, Entry, EntryKind, Settlement, Totals, Transfer
from gongji.ledger.stretches import Behind, Looked, Point, Stretch
from gongji.ledger.window import LedgerWindow


class Journal(Protocol):
    """The ledger's side of a store. All calls of one batch happen inside one transaction."""

    def find(
        self, window: LedgerWindow, *, requests: set[RequestKey], settlements: set[int], transfers: set[str]
    ) -> set[int]:
        """Load the answers, settlements and transfers; return the people they concern.

        A settlement is named by its own number or by that of a refund of it, or by an answer that made it. All its
        refunds come with it.
        """
        ...

    def load(self, window: LedgerWindow, *, named: set[int], family: set[int]) -> None:
        """Load pockets, account years and transfers on their way of `family`; of `named` also the rest.

        The rest: accumulators, premiums, and the transfers sent within two days before the latest one sent. A
        transfer on its way may come back when something of the family falls due, so the pockets of all its parties
        are loaded too.
        """
        ...

    def entries_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Entry]:
        """Return the entries made for that book or touching a pocket in it, recorded in [since, until), by entry id."""
        ...

    def entries_after(self, entry_id: int, most: int) -> list[Entry]:
        """Return the entries of all books that were recorded after that one, in order, at most `most`.

        Numbers rise from batch to batch: whoever has seen an entry has not missed one before it.
        """
        ...

    def entries_of_kinds(self, kinds: Collection[EntryKind], entry_id: int, most: int) -> Looked:
        """Look through the entries recorded after that one, at most `most`, for those of some kinds."""
        ...

    def settlements_of(self, book_id: int, *, since: datetime | None, until: datetime | None) -> list[Settlement]:
        """Return the settlements of that book made in [since, until), in order of time."""
        ...

    def stretch_of(self, book_id: int, stretch: Stretch) -> list[Entry]:
        """Return the entries of a stretch that touched a pocket in that book, in the order asked for."""
        ...

    def balances_before(self, book_id: int, point: Point) -> dict[Account, int]:
        """Return the fen in each pocket of that book by all entries before `point`; those never touched are left out.

        What took effect before it counts even where it was recorded later.
        """
        ...

    def behind(self, entries: Collection[Entry]) -> Behind:
        """Return the settlements and refunds that these entries wrote, or (a reversal) that they took back."""
        ...

    def totals(self, institution: str, cleared: Cleared, *, since: datetime, until: datetime, refunds: bool) -> Totals:
        """Return the totals of an institution's settlements in [since, until) whose statements say `cleared`.

        Without `refunds`, of what is left: settlements that were not fully refunded by now, at what remains of
        them. With `refunds`, as it went: all settlements as they were made, and each refund that stands as a row of
        its own, with negative amounts, on its own day.
        """
        ...


class ChangedForGoodError(Exception):
    """Something that is recorded for good was to be changed: our own mistake."""


def refuse_changes_of_the_past(window: LedgerWindow) -> None:
    """Raise ChangedForGoodError when a batch changed something that stands for good once it is recorded.

    Of a settlement only what is given back may change, of a refund and of an answer whether it was taken back, of a
    transfer its state, of a paid premium what went back; entries never.
    """
    may_change: tuple[tuple[Table[Any, Any], tuple[str, ...]], ...] = (
        (window.settlements, ("given_back", "cash_back_fen", "reversed")),
        (window.refunds, ("undone_at",)),
        (window.transfers, ("state",)),
        (window.answers, ("reversed_by",)),
        (window.entries, ()),
        (window.premiums, ("refunded_fen",)),
    )
    for table, names in may_change:
        for key, old in table.was.items():
            if old is None:
                continue
            if msgspec.structs.replace(table[key], **{name: getattr(old, name) for name in names}) != old:
                raise ChangedForGoodError(f"{type(old).__name__} {key} stands for good")


def concerned(settlement: Settlement) -> set[int]:
    """Return the people whose pockets a settlement touched, the patient first of all."""
    return {settlement.book_id} | {draw.account.book_id for draw in settlement.draws}


def parties(transfer: Transfer) -> set[int]:
    """Return sender, receiver and whoever else money was taken from."""
    return {transfer.book_id, transfer.receiver_id} | {draw.account.book_id for draw in transfer.taken}
