"""What premiums one may pay for oneself or a relative, told before anything is typed: window, paid already, most."""

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, get_args

from msgspec import Struct

from gongji.domain.insured import Insured
from gongji.domain.refusals import Refused
from gongji.ledger.records import PremiumPaid
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.rules.premiums import PremiumRequest, decide_premium, in_window
from gongji.rules.schema import Premium, Window
from gongji.services.calendar import bring_up_to
from gongji.services.families import person_of, pot_balance, purse_of
from gongji.services.store import Books
from gongji.services.wallets.premiums import candidate_for, paid_before

KINDS: Final[tuple[Premium, ...]] = get_args(Premium)

By = Literal["you", "insured", "relative"]


class Standing(Struct, frozen=True, kw_only=True):
    """A premium that was paid, as the one who asks may know it: by himself, by the insured, or by some relative."""

    paid: PremiumPaid
    by: By


class KindOutlook(Struct, frozen=True, kw_only=True):
    """One kind of premium of one year: why it cannot be paid now (empty where it can), and what stands already.

    `reasons` speak of the smallest amount; `most_fen` is the largest one that would be paid.
    """

    kind: Premium
    standing: Standing | None
    most_fen: int
    reasons: tuple[Refused, ...]


class Outlook(Struct, frozen=True, kw_only=True):
    """All kinds of one year; `window` is the collection period of the insured's region, None where it is not known.

    `reimbursed` tells that what was paid in cash can be had back from the account.
    """

    kinds: tuple[KindOutlook, ...]
    window: Window | None
    window_open: bool | None
    reimbursed: bool
    rests_on: tuple[str, ...]


def outlook(
    books: Books, policy: PolicyBook, payer_id: int, insured_id: int, year: int, at: datetime
) -> Outlook | Refused:
    """Return what may be paid. For books that are read: what falls due changes them."""
    bring_up_to(books, policy, [payer_id, insured_id], at)
    payer, insured = person_of(books, payer_id), person_of(books, insured_id)
    if isinstance(payer, Refused):
        return payer
    if isinstance(insured, Refused):
        return insured
    day = at.date()
    rules, other = policy.on(payer.region, day), policy.on(insured.region, day)
    window = other.value("premium_window")
    return Outlook(
        kinds=tuple(_kind(books, policy, kind, (payer, insured), year, at, rules, other) for kind in KINDS),
        window=window,
        window_open=in_window(day, window) if window is not None else None,
        reimbursed=rules.rows["premium_reimbursed"].in_force,
        rests_on=tuple(
            row.rule_id for row in (rules.rows["premiums"], rules.rows["premium_mode"], other.rows["premium_window"])
        ),
    )


def standing_of(books: Books, insured_id: int, asker_id: int) -> list[Standing]:
    """Return the premiums of a person that stand, the newest first, as `asker_id` may know them."""
    mine = [one for one in books.ledger.premiums if one.key.book_id == insured_id and one.left_fen]
    ordered = sorted(mine, key=lambda premium: premium.paid_at, reverse=True)
    return [Standing(paid=one, by=_by(one, asker_id)) for one in ordered]


# Helpers

_SMALLEST_FEN: Final = 1


def _by(paid: PremiumPaid, asker_id: int) -> By:
    if paid.payer_id == asker_id:
        return "you"
    return "insured" if paid.payer_id == paid.key.book_id else "relative"


def _kind(
    books: Books,
    policy: PolicyBook,
    kind: Premium,
    sides: tuple[Insured, Insured],
    year: int,
    at: datetime,
    rules: RegionDay,
    other: RegionDay,
) -> KindOutlook:
    payer, insured = sides
    before = [one for one in paid_before(books, insured.person_id, kind, year) if one.left_fen]
    purse = purse_of(books, payer.person_id, at)

    def against(amount_fen: int) -> tuple[Refused, ...]:
        asked = PremiumRequest(
            at=at,
            payer=payer,
            insured=insured,
            kind=kind,
            amount_fen=amount_fen,
            paid_at=before[0].paid_at if before else None,
            candidate=candidate_for(books, policy, payer.person_id, insured.person_id, at),
        )
        return tuple(one for one in decide_premium(asked, purse, rules, other) if isinstance(one, Refused))

    reasons = against(_SMALLEST_FEN)
    return KindOutlook(
        kind=kind,
        standing=Standing(paid=before[0], by=_by(before[0], payer.person_id)) if before else None,
        most_fen=0
        if reasons
        else _most(against, purse.account_fen + purse.wallet_fen + pot_balance(books, payer.person_id)),
        reasons=reasons,
    )


def _most(against: Callable[[int], tuple[Refused, ...]], upper_fen: int) -> int:
    """Return the largest amount, up to `upper_fen`, against which nothing speaks; more money never helps."""
    low_fen, high_fen = _SMALLEST_FEN, max(upper_fen, _SMALLEST_FEN)
    while low_fen < high_fen:
        middle_fen = (low_fen + high_fen + 1) // 2
        low_fen, high_fen = (low_fen, middle_fen - 1) if against(middle_fen) else (middle_fen, high_fen)
    return low_fen
