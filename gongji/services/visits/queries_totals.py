"""对总账: the totals that an institution reports, compared with those of the platform."""

from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.ledger.records import Cleared, Totals
from gongji.services.store import Store

FIGURES: Final = ("total_fen", "fund_fen", "account_fen", "count")
"""What is compared."""


class Reported(Struct, frozen=True, kw_only=True):
    """What an institution says it settled from `first` to `last`, both days included.

    With `refunds` they were counted as they were made, with negative amounts; without, what was refunded since is left
    out. `funds_with_accounts` tells that what accounts paid was counted to the funds.
    """

    institution: str
    cleared: Cleared
    first: date
    last: date
    totals: Totals
    refunds: bool
    funds_with_accounts: bool = False


class Compared(Struct, frozen=True):
    """The platform's totals, and the names of the figures of `FIGURES` that differ."""

    totals: Totals
    differing: tuple[str, ...]


def compare(store: Store, reported: Reported) -> Compared:
    """Return the platform's totals of the same days and how they differ from those reported."""
    known = store.totals(
        reported.institution,
        reported.cleared,
        since=datetime.combine(reported.first, time(0)),
        until=datetime.combine(reported.last, time(0)) + timedelta(days=1),
        refunds=reported.refunds,
    )
    if reported.funds_with_accounts:
        known = replace(known, fund_fen=known.fund_fen + known.account_fen)
    return Compared(known, tuple(name for name in FIGURES if getattr(known, name) != getattr(reported.totals, name)))
