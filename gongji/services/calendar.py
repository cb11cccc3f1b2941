"""What falls due by itself: transfers that come back, bonds that run out, the turn of the medical year."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Bond
from gongji.domain.insured import Insured, Status
from gongji.ledger.records import AccountYear, Balance, Basis, EntryKind, Transfer, TransferState
from gongji.rules.crediting import interest_for_year
from gongji.rules.policybook import PolicyBook
from gongji.services.families import account_year
from gongji.services.store import Books

_ONE_DAY: Final = timedelta(days=1)
_ONE_SECOND: Final = timedelta(seconds=1)


def bring_up_to(books: Books, policy: PolicyBook, people: Iterable[int], now: datetime) -> None:
    """Do what has fallen due for these people by `now`, earliest first. Doing it twice changes nothing.

    What comes back to somebody else, from a transfer or a bond's pot, brings that person's account up to date too.
    So read a person after this, not before. Entries say when they fell due and, with `now`, when they were booked.
    """
    chosen = set(people)
    due: list[tuple[datetime, int, object]] = []
    if books.ledger.transfers.rows or books.registry.may_end(chosen):
        due = _due_for_others(books, chosen, now)
    day = now.date()
    region: str | None = None
    year = day
    of_person, of_year = books.registry.people.rows.get, books.ledger.years.rows.get
    for person_id in sorted(chosen):
        person = of_person(person_id)
        if person is None:
            continue
        if person.arrears_until is not None and person.arrears_until <= day:
            _restore(books, person, person.arrears_until)
        if person.region != region:
            region = person.region
            year = account_year(policy, region, day)
        known = of_year(person_id)
        if known is None:
            books.ledger.years.put(person_id, AccountYear(year))
        elif known.year_start < year:
            due += [(turn, 0, person_id) for turn in _turns(policy, person.region, known.year_start, year)]
    if due:
        _do(books, policy, due, now)


def _turns(policy: PolicyBook, region: str, since: date, until: date) -> list[datetime]:
    """Return when each account year after the one that began `since` began, up to that beginning on `until`."""
    starts = [until]
    while (before := account_year(policy, region, starts[-1] - _ONE_DAY)) > since:
        starts.append(before)
    return [datetime.combine(start, time(0)) for start in starts]


def _do(books: Books, policy: PolicyBook, due: list[tuple[datetime, int, object]], now: datetime) -> None:
    """Do what is due, earliest first; at one moment the account years turn first."""
    for moment, _, what in sorted(due, key=lambda item: item[:2]):
        if isinstance(what, Transfer):
            give_back_transfer(books, what, moment, recorded_at=now)
        elif isinstance(what, Bond):
            end_bond(books, what.bond_id, moment, recorded_at=now)
        elif isinstance(what, int):
            _pay_interest(books, policy, what, moment, recorded_at=now)
            _roll(books, what, moment, recorded_at=now)


def give_back_transfer(
    books: Books,
    transfer: Transfer,
    at: datetime,
    *,
    recorded_at: datetime,
    state: TransferState = TransferState.RETURNED,
) -> None:
    """Return a transfer that was not received to the pocket it left; `state` tells how that came."""
    moves = {draw.account: draw.amount_fen for draw in transfer.taken}
    moves[Account(transfer.book_id, Pocket.TRANSIT)] = -transfer.amount_fen
    books.ledger.append(
        EntryKind.RETURN,
        moves,
        book_id=transfer.book_id,
        event_at=at,
        recorded_at=recorded_at,
        request=transfer.transfer_id,
    )
    books.ledger.transfers.put(transfer.transfer_id, replace(transfer, state=state))


def end_bond(books: Books, bond_id: int, at: datetime, *, recorded_at: datetime) -> int:
    """End a bond and return the fen that are the sharer's own again: its pot and what its quota still froze.

    The common pot goes back when the last of the sharer's bonds ends. Ending an ended bond frees nothing.
    """
    bond = books.registry.bonds[bond_id]
    if bond.ended_at is not None:
        return 0
    freed_fen = bond.held_fen
    books.registry.put_bond(replace(bond, ended_at=at))
    freed_fen += release_pot(books, bond.sharer_id, bond.member_id, at, recorded_at)
    if all(one.ended_at is not None for one in books.registry.bonds_of_sharer(bond.sharer_id)):
        freed_fen += release_pot(books, bond.sharer_id, 0, at, recorded_at)
    return freed_fen


def release_pots(books: Books, sharer_id: int, at: datetime) -> int:
    """Move all that is left in a sharer's pots back to his account, and return how much that was, in fen."""
    pots = (Pocket.POT, Pocket.POT_CURRENT)
    members = {one.member_id for one in books.ledger.pockets.rows if one.book_id == sharer_id and one.pocket in pots}
    return sum(release_pot(books, sharer_id, member_id, at, at) for member_id in sorted(members))


def release_pot(books: Books, sharer_id: int, member_id: int, at: datetime, recorded_at: datetime) -> int:
    """Move what is left in a pot back to the pockets it came from, and return how much that was, in fen."""
    moves: dict[Account, int] = {}
    for pot, pocket in ((Pocket.POT, Pocket.CARRY_OVER), (Pocket.POT_CURRENT, Pocket.CURRENT_YEAR)):
        left_fen = books.ledger.balance(sharer_id, pot, member_id)
        if left_fen:
            moves[Account(sharer_id, pot, member_id)] = -left_fen
            moves[Account(sharer_id, pocket)] = left_fen
    if moves:
        books.ledger.append(EntryKind.RELEASE, moves, book_id=sharer_id, event_at=at, recorded_at=recorded_at)
    return sum(fen for fen in moves.values() if fen > 0)


# Helpers


def _due_for_others(books: Books, chosen: set[int], now: datetime) -> list[tuple[datetime, int, object]]:
    """Return the transfers and bonds that are due, and choose those to whom something comes back by them."""
    due: list[tuple[datetime, int, object]] = []
    transfers = _due_transfers(books, chosen, now)
    for until, bond in _due_bonds(books, chosen, now):
        chosen.add(bond.sharer_id)
        due.append((until, 2, bond))
    for transfer in transfers:
        chosen.add(transfer.book_id)
        due.append((transfer.return_at, 1, transfer))
    return due


def _due_transfers(books: Books, chosen: set[int], now: datetime) -> list[Transfer]:
    """Return the transfers that are due. One whose sender is not loaded waits: his year has to turn before it."""
    return [
        transfer
        for transfer in books.ledger.transfers
        if transfer.state is TransferState.AWAITING_RECEIPT
        and transfer.return_at <= now
        and transfer.book_id in books.registry.people.rows
        and chosen & {transfer.book_id, transfer.receiver_id}
    ]


def _due_bonds(books: Books, chosen: set[int], now: datetime) -> list[tuple[datetime, Bond]]:
    registry = books.registry
    several: dict[int, tuple[datetime, Bond]] = {}
    if not registry.may_end(chosen):
        return []
    for person_id in chosen:
        for bonds in (registry.bonds_of_sharer(person_id), registry.bonds_of_member(person_id)):
            for bond in bonds:
                if bond.until is not None and bond.ended_at is None and bond.until <= now:
                    several[bond.bond_id] = (bond.until, bond)
    return list(several.values())


def _restore(books: Books, person: Insured, day: date) -> None:
    """Let an insurance suspended for arrears be active again: its day has come."""
    status = Status.ACTIVE if person.status is Status.SUSPENDED else person.status
    books.registry.people.put(person.person_id, replace(person, status=status, arrears_until=None))
    books.true_from.put(person.person_id, day)


def _pay_interest(books: Books, policy: PolicyBook, person_id: int, turned: datetime, *, recorded_at: datetime) -> None:
    """Credit the interest of the year that ends, in its last second, to this year's money: so it turns with the rest.

    By the rules of the year's last day, where the person is insured now.
    """
    rules = policy.on(books.registry.people[person_id].region, turned.date() - _ONE_DAY)
    pockets = (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER)
    current_year_fen, carry_over_fen = (books.ledger.balance(person_id, pocket) for pocket in pockets)
    earned_fen = interest_for_year(current_year_fen, carry_over_fen, rules)
    if earned_fen:
        books.ledger.append(
            EntryKind.INTEREST,
            {Account(person_id, Pocket.CURRENT_YEAR): earned_fen, Account(person_id, Pocket.CREDITS): -earned_fen},
            book_id=person_id,
            event_at=turned - _ONE_SECOND,
            recorded_at=recorded_at,
            basis=Basis(bundle=policy.digest, rule_ids=(rules.rows["interest"].rule_id,)),
        )


def _roll(books: Books, person_id: int, turned: datetime, *, recorded_at: datetime) -> None:
    """Turn this year's money into carry-over, in the account and in the pots filled from it."""
    moves: dict[Account, int] = {}
    into = {Pocket.CURRENT_YEAR: Pocket.CARRY_OVER, Pocket.POT_CURRENT: Pocket.POT}
    for account, balance in list(books.ledger.pockets.rows.items()):
        if account.book_id == person_id and account.pocket in into and balance != Balance() and balance.balance_fen:
            target = Account(person_id, into[account.pocket], account.member_id)
            moves[account] = moves.get(account, 0) - balance.balance_fen
            moves[target] = moves.get(target, 0) + balance.balance_fen
    if moves:
        books.ledger.append(EntryKind.ROLL, moves, book_id=person_id, event_at=turned, recorded_at=recorded_at)
    known = books.ledger.years[person_id]
    books.ledger.years.put(person_id, replace(known, year_start=turned.date()))
