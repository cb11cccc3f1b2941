"""Accounts: the pockets a person's money lies in, and the counter-accounts it comes from and goes to."""

from enum import StrEnum

from msgspec import Struct


class Pocket(StrEnum):
    """The kinds of account. The first six hold a person's money and never go below zero.

    `pot` is family money set aside out of carry-over, `pot_current` out of this year's money, so that what is
    left can go back to where it came from; `transit` is a wallet transfer on its way.
    """

    CURRENT_YEAR = "current_year"
    CARRY_OVER = "carry_over"
    WALLET = "wallet"
    POT = "pot"
    POT_CURRENT = "pot_current"
    TRANSIT = "transit"
    FUND = "fund"
    INSTITUTION = "institution"
    CASH = "cash"
    CREDITS = "credits"
    PREMIUMS = "premiums"
    CLEARING = "clearing"


OWNED = frozenset({Pocket.CURRENT_YEAR, Pocket.CARRY_OVER, Pocket.WALLET, Pocket.POT, Pocket.POT_CURRENT,
                   Pocket.TRANSIT})  # fmt: skip
"""The pockets that hold a person's own money; the other kinds are counter-accounts and may be negative."""


class Account(Struct, frozen=True, order=True, gc=False):
    """One account of one book.

    `book_id` is the owner's person id; for a counter-account the book of the person whose bill it serves, so
    that an entry never makes two families wait for one row. `member_id` tells a pot's member (0: common pot);
    elsewhere it is 0.
    """

    book_id: int
    pocket: Pocket
    member_id: int = 0
