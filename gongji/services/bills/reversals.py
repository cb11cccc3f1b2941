"""Refunds: money goes back to the pockets it came from, the last paid first; and a refund taken back again."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Bond
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import Accumulated, Draw, EntryKind, Refund, Settlement
from gongji.rules.drawing import room
from gongji.rules.policybook import PolicyBook
from gongji.services.bills.restitutions import paid_back
from gongji.services.bills.settlements import accumulate, count_goods, count_use, own_balance
from gongji.services.calendar import bring_up_to
from gongji.services.families import candidates_of, purse_of
from gongji.services.outcomes import Done
from gongji.services.store import Books


class RefundRequest(Struct, frozen=True, kw_only=True):
    """What of a settlement is to be given back: `amount_fen` of the personal part, or (None) all of it.

    With the last of the personal part the funds' share goes back too, unless it `keeps_funds`. `over_counter`: the bill
    had been paid in cash and was reimbursed, so the patient brings the cash back.
    """

    request: str
    settle_id: int
    at: datetime
    amount_fen: int | None = None
    keeps_funds: bool = False
    over_counter: bool = False


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
    full = amount_fen == settled.left_fen and not request.keeps_funds
    after = replace(
        settled,
        given_back=tuple(before + now for before, now in zip(settled.given_back, back, strict=True)),
        cash_back_fen=settled.cash_back_fen + cash_fen,
        reversed=full,
    )
    books.ledger.settlements.put(settled.settle_id, after)
    halves = _halves(books, settled, back)
    moves = _moves(books, policy, settled, cash_fen, halves, at=request.at, full=full)
    moves = _brought_back(moves, settled) if request.over_counter else moves
    entry_id = _write(books, moves, settled, request.request, request.at, reverses=settled.entry_id)
    count_use(books, _drawn(settled, back), sign=-1, at=request.at)
    if full:
        accumulate(books, settled, sign=-1)
    count_goods(books, settled, _goods_back(settled) - _goods_back(after))
    given = Refund(
        refund_id=books.ledger.take_id("settlement"),
        settle_id=settled.settle_id,
        book_id=settled.book_id,
        entry_id=entry_id,
        refunded_at=request.at,
        request=request.request,
        back_fens=tuple(back),
        cash_fen=cash_fen,
        full=full,
        balance_fen=own_balance(books, settled.book_id),
        used=_used(books, settled),
    )
    books.ledger.refunds.put(given.refund_id, given)
    handed_fen = cash_fen + sum(half.payer_fen for half in halves)
    return Done(returned=_returned(settled, halves), cash_back_fen=handed_fen, settlement=after, refund=given)


def undo_refund(books: Books, policy: PolicyBook, refund_id: int, request: str, at: datetime) -> Done | Refused:
    """Take a refund back 冲正, so that its settlement stands again, drawn from the very pockets it came from.

    Refused as ALREADY_REVERSED where that would no longer be what was settled: the refund was taken back before or
    the rest refunded after it, other bills have counted in the medical year since, a bond has ended, or its limit or
    the month's for goods has no room. BALANCE_SHORT where the money has been spent.
    """
    given = books.ledger.refunds.get(refund_id)
    settled = books.ledger.settlements.get(given.settle_id) if given is not None else None
    if given is None or settled is None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="settlement")
    drawn = _drawn(settled, given.back_fens)
    bring_up_to(books, policy, [settled.book_id, *(draw.account.book_id for draw in drawn)], at)
    after = replace(
        settled,
        given_back=tuple(before - now for before, now in zip(settled.given_back, given.back_fens, strict=True)),
        cash_back_fen=settled.cash_back_fen - given.cash_fen,
        reversed=False,
    )
    goods_fen = _goods_back(settled) - _goods_back(after)
    fault = _unfit(books, policy, given, settled, at) or _no_room_for_goods(books, policy, settled, goods_fen)
    halves = _halves(books, after, given.back_fens)
    fault = fault or _short(books, policy, _drawn(settled, [half.owner_fen for half in halves]), at)
    if fault is not None:
        return fault
    moves = _moves(books, policy, after, given.cash_fen, halves, at=at, full=given.full)
    again = {account: -fen for account, fen in moves.items()}
    _write(books, again, settled, request, at, reverses=given.entry_id)
    count_use(books, drawn, sign=1, at=at)
    books.ledger.settlements.put(settled.settle_id, after)
    books.ledger.refunds.put(refund_id, replace(given, undone_at=at))
    if given.full:
        accumulate(books, after, sign=1)
    count_goods(books, settled, goods_fen)
    return Done(settlement=after, refund=given)


def back_into(books: Books, policy: PolicyBook, draw: Draw, at: datetime) -> Account:
    """Return where the money goes: the pocket it left.

    A pot's money goes to the account once the bond has ended, where the bond was for one payment alone, or where its
    owner's region has no pots any more.
    """
    into = {Pocket.POT: Pocket.CARRY_OVER, Pocket.POT_CURRENT: Pocket.CURRENT_YEAR}
    if draw.account.pocket not in into or draw.bond_id is None:
        return draw.account
    owner, bond = books.registry.people[draw.account.book_id], books.registry.bonds[draw.bond_id]
    if bond.ended_at is None and not bond.once and policy.on(owner.region, at.date()).plan.pot:
        return draw.account
    return Account(draw.account.book_id, into[draw.account.pocket])


# Helpers


class _Halves(Struct, frozen=True):
    """What goes back by one draw, in fen: to its owner, and in cash to who has paid the owner back 退回 before."""

    owner_fen: int
    payer_id: int
    payer_fen: int


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


def _drawn(settled: Settlement, fens: Sequence[int]) -> tuple[Draw, ...]:
    """Return the settlement's draws at these amounts."""
    return tuple(replace(draw, amount_fen=fen) for draw, fen in zip(settled.draws, fens, strict=True))


def _moves(
    books: Books,
    policy: PolicyBook,
    settled: Settlement,
    cash_fen: int,
    halves: Sequence[_Halves],
    *,
    at: datetime,
    full: bool,
) -> dict[Account, int]:
    moves = {Account(settled.book_id, Pocket.CASH): cash_fen}
    for draw, half in zip(settled.draws, halves, strict=True):
        into, payer = back_into(books, policy, draw, at), Account(half.payer_id, Pocket.CASH)
        moves[into] = moves.get(into, 0) + half.owner_fen
        moves[payer] = moves.get(payer, 0) + half.payer_fen
    moves[Account(settled.book_id, Pocket.FUND)] = settled.fund_fen if full else 0
    moves[Account(settled.book_id, Pocket.INSTITUTION)] = -sum(moves.values())
    return moves


def _halves(books: Books, settled: Settlement, back: Sequence[int]) -> list[_Halves]:
    """Return whose is what goes back by each draw; `settled` is as it stands before the refund.

    An owner gets first what nobody has paid back to him.
    """
    owned_fen: dict[int, int] = {}
    for draw, before_fen in zip(settled.draws, settled.given_back, strict=True):
        owner_id = draw.account.book_id
        owned_fen[owner_id] = owned_fen.get(owner_id, 0) + draw.amount_fen - before_fen
    payers: dict[int, int] = {}
    for owner_id, fen in owned_fen.items():
        payers[owner_id], paid_fen = paid_back(books, settled, owner_id) or (settled.book_id, 0)
        owned_fen[owner_id] = max(0, fen - paid_fen)
    halves = []
    for draw, fen in zip(settled.draws, back, strict=True):
        owner_id = draw.account.book_id
        owner_fen = min(fen, owned_fen[owner_id])
        owned_fen[owner_id] -= owner_fen
        halves.append(_Halves(owner_fen, payers[owner_id], fen - owner_fen))
    return halves


def _returned(settled: Settlement, halves: Sequence[_Halves]) -> tuple[tuple[int, int], ...]:
    """Return who got how much back into his pockets."""
    returned: dict[int, int] = {}
    for draw, half in zip(settled.draws, halves, strict=True):
        if half.owner_fen:
            returned[draw.account.book_id] = returned.get(draw.account.book_id, 0) + half.owner_fen
    return tuple(returned.items())


def _brought_back(moves: dict[Account, int], settled: Settlement) -> dict[Account, int]:
    """Return the moves of a reimbursed bill's refund: the patient brings what he was handed, no institution pays."""
    counter, place = Account(settled.book_id, Pocket.CASH), Account(settled.book_id, Pocket.INSTITUTION)
    return {account: fen for account, fen in moves.items() if account != place} | {
        counter: moves[place] + moves[counter]
    }


def _write(
    books: Books, moves: dict[Account, int], settled: Settlement, request: str, at: datetime, *, reverses: int
) -> int:
    entry = books.ledger.append(
        EntryKind.REVERSAL,
        moves,
        book_id=settled.book_id,
        event_at=at,
        recorded_at=at,
        request=request,
        reverses=reverses,
    )
    return entry.entry_id


def _used(books: Books, settled: Settlement) -> Accumulated:
    """Return what the patient has used in the settlement's medical year, of all care: ceilings may be over both."""
    kinds = [books.ledger.accumulated(settled.book_id, settled.year_start, inpatient=kind) for kind in (False, True)]
    return Accumulated(
        sum(used.fund_fen for used in kinds),
        sum(used.deductible_fen for used in kinds),
        sum(used.burden_fen for used in kinds),
        sum(used.stays for used in kinds),
    )


def _unfit(books: Books, policy: PolicyBook, given: Refund, settled: Settlement, at: datetime) -> Refused | None:
    """Return why the settlement can no longer stand as it was, or None."""
    if given.undone_at is not None or settled.reversed != given.full or _used(books, settled) != given.used:
        return Refused(Refusal.ALREADY_REVERSED, subject="refund")
    living = {one.bond.bond_id: one for one in candidates_of(books, policy, settled.book_id, at)}
    wanted: dict[int, int] = {}
    for draw, fen in zip(settled.draws, given.back_fens, strict=True):
        if draw.bond_id is not None and fen:
            wanted[draw.bond_id] = wanted.get(draw.bond_id, 0) + fen
    if any(bond_id not in living or room(living[bond_id]) < fen for bond_id, fen in wanted.items()):
        return Refused(Refusal.ALREADY_REVERSED, subject="refund")
    if any(_used_since(living[bond_id].bond, settled) for bond_id in wanted):
        return Refused(Refusal.ALREADY_REVERSED, subject="refund")
    return None


def _used_since(bond: Bond, settled: Settlement) -> bool:
    """Tell whether a bond for one payment alone has paid for something else than this settlement."""
    pairs = zip(settled.draws, settled.given_back, strict=True)
    here_fen = sum(draw.amount_fen - back_fen for draw, back_fen in pairs if draw.bond_id == bond.bond_id)
    return bond.once and bond.used_fen > here_fen


def _no_room_for_goods(books: Books, policy: PolicyBook, settled: Settlement, goods_fen: int) -> Refused | None:
    """Return ALREADY_REVERSED when goods under a monthly limit have been paid for since, up to it or in a later month.

    Only the latest month is counted, so what an earlier one has room for is not known any more.
    """
    year, month = books.ledger.years.get(settled.book_id), f"{settled.settled_at:%Y-%m}"
    limit = policy.on(settled.region, settled.settled_at.date()).value("use_cap")
    if not goods_fen or year is None or limit is None:
        return None
    if year.goods_month <= month and year.goods_in(month) + goods_fen <= limit.fen_per_month:
        return None
    return Refused(Refusal.ALREADY_REVERSED, subject="refund")


def _short(books: Books, policy: PolicyBook, drawn: Sequence[Draw], at: datetime) -> Refused | None:
    """Return BALANCE_SHORT when a pocket no longer holds the money, holds it frozen, or a sharer must keep it."""
    wanted: dict[Account, int] = {}
    free: dict[int, int] = {}
    kept: dict[int, int] = {}
    for draw in drawn:
        home = back_into(books, policy, draw, at)
        wanted[home] = wanted.get(home, 0) + draw.amount_fen
        bond = books.registry.bonds[draw.bond_id] if draw.bond_id is not None else None
        used_up = bond is not None and bond.once and bond.used_fen > 0
        frozen = bond is not None and bond.quota_fen is not None and not used_up
        if home.pocket in (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER) and not frozen:
            free[home.book_id] = free.get(home.book_id, 0) + draw.amount_fen
            if bond is not None and draw.amount_fen:
                kept[home.book_id] = policy.on(books.registry.people[home.book_id].region, at.date()).minimum_fen
    short = any(
        books.ledger.balance(account.book_id, account.pocket, account.member_id) < fen
        for account, fen in wanted.items()
    )
    for person_id, fen in free.items():
        purse = purse_of(books, person_id, at)
        short = short or purse.account_fen - purse.held_fen - kept.get(person_id, 0) < fen
    return Refused(Refusal.BALANCE_SHORT, subject="refund") if short else None
