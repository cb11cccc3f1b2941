"""Folders: what the ledger holds of one person, kept in memory from batch to batch by the one who writes."""

from collections.abc import Hashable, Iterator
from typing import Final

from gongji.domain.account import Account
from gongji.domain.ahead import SETTLEMENTS, TRANSFERS, Ahead
from gongji.domain.generations import Generations
from gongji.domain.requests import Answered, RequestKey
from gongji.ledger.journal import parties
from gongji.ledger.records import (
    AccountYear,
    Accumulated,
    AccumulatorKey,
    Balance,
    PremiumKey,
    PremiumPaid,
    Transfer,
)
from gongji.ledger.window import LedgerWindow

ANSWERS: Final = 20_000
"""How many answers are kept in memory, for those who ask again at once."""


class Folder:
    """The pockets of a person, his account year, and what is counted of him.

    `transfers` are those on their way from him or to him, and those he sent within two days before his latest one;
    None, as for premiums, where there are none.
    """

    __slots__ = ("accumulators", "pockets", "premiums", "transfers", "year")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.pockets: dict[Account, Balance] = {}
        self.year: AccountYear | None = None
        self.accumulators: dict[AccumulatorKey, Accumulated] = {}
        self.premiums: dict[PremiumKey, PremiumPaid] | None = None
        self.transfers: dict[str, Transfer] | None = None


class Folders:
    """The folders in use and the latest answers.

    What is written is noted here before it is committed: after anything but a commit, all of it has to be forgotten.
    """

    def __init__(self, people: int, ahead: Ahead, answers: int = ANSWERS) -> None:
        """Keep the folders of `people` to twice as many people; `ahead` knows what is not committed yet."""
        self.ahead = ahead
        self.folders: Generations[int, Folder] = Generations(people)
        self.answers: Generations[RequestKey, Answered] = Generations(answers)

    def clear(self) -> None:
        """Forget everything."""
        self.folders.clear()
        self.answers.clear()

    def note(self, window: LedgerWindow) -> Iterator[Hashable]:
        """Take over what a batch wrote, and yield what it touched.

        Who paid a premium or whose transfers changed is loaded anew.
        """
        yield from self._note_money(window)
        for request in window.answers.was:
            self.answers.put(request, window.answers.rows[request])
        yield from window.answers.was
        if window.settlements.was or window.refunds.was:
            yield SETTLEMENTS
        if window.transfers.was:
            yield TRANSFERS

    def _note_money(self, window: LedgerWindow) -> Iterator[int]:
        peek = self.folders.peek
        for account in window.pockets.was:
            yield account.book_id
            if (folder := peek(account.book_id)) is not None:
                folder.pockets[account] = window.pockets.rows[account]
        for book_id in window.years.was:
            yield book_id
            if (folder := peek(book_id)) is not None:
                folder.year = window.years.rows[book_id]
        for key in window.accumulators.was:
            yield key.book_id
            if (folder := peek(key.book_id)) is not None:
                folder.accumulators[key] = window.accumulators.rows[key]
        anew = {premium.book_id for premium in window.premiums.was}
        anew |= set().union(*(parties(window.transfers.rows[transfer_id]) for transfer_id in window.transfers.was))
        for book_id in anew:
            self.folders.drop(book_id)
        yield from anew
