"""Refunds: money goes back to the pockets it came from, the last paid first."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import Draw, EntryKind, Settlement
from gongji.rules.policybook import PolicyBook
from gongji.services.calendar import bring_up_to
from gongji.services.outcomes import Done
from gongji.services.settlements import accumulate, count_goods, count_use
from gongji.services.store import Books


class RefundRequest(Struct, frozen=True, kw_only=True):
    """What of a settlement is to be given back: `amount_fen` of the personal part, or (None) all of it."""

    request: str
    settle_id: int
    at: datetime
    amount_fen: int | None = None


def refund(books: Books, policy: PolicyBook, request: RefundRequest) -> Done | Refused:
    """Give back cash, then wallet, then sharers last paid first, then own; in full, the fund's share too."""
    if request.amount_fen is not None and request.amount_fen <= 0:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="amount")
    settled = books.ledger.settlements.get(request.settle_id)
    if settled is None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="settlement")
    if settled.reversed:
        return Refused(Refusal.ALREADY_REVERSED, subject=str(settled.settle_id))
    amount_fen = settled.left_fen if request.amount_fen is None else request.amount_fen
    if amount_fen > settled.left_fen:
        return Refused(Refusal.NOTHING_TO_REFUND, subject=str(settled.settle_id))
    bring_up_to(books, policy, [settled.book_id, *(draw.account.book_id for draw in settled.draws)], request.at)
    cash_fen, back = _plan(settled, amount_fen)
    full = amount_fen == settled.left_fen
    after = replace(
        settled,
        given_back=tuple(before + now for before, now in zip(settled.given_back, back, strict=True)),
        cash_back_fen=settled.cash_back_fen + cash_fen,
        reversed=full,
    )
    books.ledger.settlements.put(settled.settle_id, after)
    _write(books, request, settled, cash_fen, back, full=full)
    count_goods(books, settled, _goods_back(settled) - _goods_back(after))
    returned: dict[int, int] = {}
    for draw, fen in zip(settled.draws, back, strict=True):
        if fen:
            returned[draw.account.book_id] = returned.get(draw.account.book_id, 0) + fen
    return Done(
        returned=tuple(returned.items()),
        cash_back_fen=cash_fen,
        fund_back_fen=settled.fund_fen if full else 0,
        settlement=after,
    )


# Helpers


def _plan(settled: Settlement, amount_fen: int) -> tuple[int, list[int]]:
    cash_fen = min(amount_fen, settled.cash_fen - settled.cash_back_fen)
    left_fen = amount_fen - cash_fen
    back = [0] * len(settled.draws)
    for number in reversed(range(len(settled.draws))):
        back[number] = min(left_fen, settled.draws[number].amount_fen - settled.given_back[number])
        left_fen -= back[number]
    return cash_fen, back


def _goods_back(settled: Settlement) -> int:
    """Return how much of what sharers have got back was for goods under a monthly limit, which go back first."""
    shared = [fen for draw, fen in zip(settled.draws, settled.given_back, strict=True) if draw.bond_id is not None]
    return min(settled.goods_fen, sum(shared))


def _write(
    books: Books, request: RefundRequest, settled: Settlement, cash_fen: int, back: list[int], *, full: bool
) -> None:
    moves: dict[Account, int] = {}
    for draw, fen in zip(settled.draws, back, strict=True):
        account = _home(books, draw)
        moves[account] = moves.get(account, 0) + fen
    moves[Account(settled.book_id, Pocket.CASH)] = cash_fen
    moves[Account(settled.book_id, Pocket.FUND)] = settled.fund_fen if full else 0
    moves[Account(settled.book_id, Pocket.INSTITUTION)] = -sum(moves.values())
    books.ledger.append(
        EntryKind.REVERSAL,
        moves,
        book_id=settled.book_id,
        event_at=request.at,
        recorded_at=request.at,
        request=request.request,
        reverses=settled.entry_id,
    )
    given = tuple(replace(draw, amount_fen=fen) for draw, fen in zip(settled.draws, back, strict=True))
    count_use(books, given, sign=-1)
    if full:
        accumulate(books, settled, sign=-1)


def _home(books: Books, draw: Draw) -> Account:
    """Return where the money goes: the pocket it left, but a pot's money to the account once the bond has ended."""
    into = {Pocket.POT: Pocket.CARRY_OVER, Pocket.POT_CURRENT: Pocket.CURRENT_YEAR}
    if draw.account.pocket not in into or draw.bond_id is None:
        return draw.account
    if books.registry.bonds[draw.bond_id].ended_at is None:
        return draw.account
    return Account(draw.account.book_id, into[draw.account.pocket])
