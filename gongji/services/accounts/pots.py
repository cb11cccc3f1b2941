"""The earmarked family pot: money moved out of the sharer's account for one member or for all."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.ledger.records import AccountYear, EntryKind
from gongji.rules.drawing import shareable
from gongji.rules.policybook import PolicyBook
from gongji.rules.setting_aside import allocation_faults, most_allocatable
from gongji.services.calendar import bring_up_to
from gongji.services.families import is_over, person_of, purse_of
from gongji.services.outcomes import Done
from gongji.services.store import Books


class AllocateRequest(Struct, frozen=True, kw_only=True):
    """Money for the family pot; without a member it goes to the sharer's common pot."""

    at: datetime
    sharer_id: int
    amount_fen: int
    member_id: int | None = None
    request: str = ""


def allocate(books: Books, policy: PolicyBook, request: AllocateRequest) -> Done | Refused:
    """Move money into the pot, carry-over first, or say why not."""
    if request.amount_fen <= 0:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="amount")
    at = request.at
    bring_up_to(books, policy, [request.sharer_id], at)
    sharer = person_of(books, request.sharer_id)
    if isinstance(sharer, Refused):
        return sharer
    rules = policy.on(sharer.region, at.date())
    purse = purse_of(books, sharer.person_id, at)
    faults = allocation_faults(sharer, purse, request.amount_fen, _this_month(books, request), rules, at.date())
    members = {bond.member_id for bond in books.registry.bonds_of_sharer(sharer.person_id) if not is_over(bond, at)}
    if not members or (request.member_id is not None and request.member_id not in members):
        faults.append(Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond"))
    if faults:
        return first_of(faults)
    moves: dict[Account, int] = {}
    left_fen = request.amount_fen
    pots = {Pocket.CARRY_OVER: Pocket.POT, Pocket.CURRENT_YEAR: Pocket.POT_CURRENT}
    for account, balance_fen in shareable(sharer.person_id, purse, rules):
        taken_fen = min(left_fen, balance_fen)
        left_fen -= taken_fen
        moves[account] = -taken_fen
        moves[Account(sharer.person_id, pots[account.pocket], request.member_id or 0)] = taken_fen
    books.ledger.append(EntryKind.ALLOCATION, moves, book_id=sharer.person_id, event_at=at, recorded_at=at,
                        request=request.request)  # fmt: skip
    _count(books, request)
    return Done()


def most(books: Books, policy: PolicyBook, sharer_id: int, at: datetime) -> int:
    """Return the largest amount, in fen, that `allocate` would accept now."""
    bring_up_to(books, policy, [sharer_id], at)
    sharer = books.registry.people[sharer_id]
    counted = _this_month(books, AllocateRequest(at=at, sharer_id=sharer_id, amount_fen=0))
    return most_allocatable(sharer, purse_of(books, sharer_id, at), counted, policy.on(sharer.region, at.date()))


def _this_month(books: Books, request: AllocateRequest) -> int:
    year = books.ledger.years.get(request.sharer_id)
    return year.allocations if year is not None and year.allocated_month == f"{request.at:%Y-%m}" else 0


def _count(books: Books, request: AllocateRequest) -> None:
    known = books.ledger.years.get(request.sharer_id) or AccountYear(request.at.date())
    counted = _this_month(books, request) + 1
    books.ledger.years.put(
        request.sharer_id, replace(known, allocated_month=f"{request.at:%Y-%m}", allocations=counted)
    )
