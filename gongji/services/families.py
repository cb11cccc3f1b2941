"""Gathering: what the two windows know of a person and his family, in the shapes that the rules read."""

from datetime import date, datetime
from typing import Final

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Bond
from gongji.domain.insured import Insured
from gongji.domain.periods import year_start
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.window import EMPTY
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.services.store import Books

# Members under names of their own: this Python takes longer to read one through its class than to compare it.
_CURRENT_YEAR: Final = Pocket.CURRENT_YEAR
_CARRY_OVER: Final = Pocket.CARRY_OVER
_WALLET: Final = Pocket.WALLET
_POTS: Final = (Pocket.POT, Pocket.POT_CURRENT)


def person_of(books: Books, person_id: int) -> Insured | Refused:
    """Return the person, or PERSON_UNKNOWN."""
    person = books.registry.people.rows.get(person_id)
    return person if person is not None else Refused(Refusal.PERSON_UNKNOWN, subject=str(person_id))


def purse_of(books: Books, person_id: int, at: datetime) -> Purse:
    """Return what lies in that person's pockets; what quotas of living bonds freeze is told apart."""
    held_fen = 0
    for bond in books.registry.bonds_of_sharer(person_id):
        if bond.quota_fen is not None and not is_over(bond, at):
            held_fen += bond.held_fen
    pocket = books.ledger.pockets.rows.get
    return Purse(
        current_year_fen=pocket(Account(person_id, _CURRENT_YEAR), EMPTY).balance_fen,
        carry_over_fen=pocket(Account(person_id, _CARRY_OVER), EMPTY).balance_fen,
        held_fen=held_fen,
        wallet_fen=pocket(Account(person_id, _WALLET), EMPTY).balance_fen,
    )


def pots_of(books: Books, sharer_id: int, member_id: int) -> tuple[tuple[Account, int], ...]:
    """Return the family pots of a sharer that the member may draw on, his own before the common one; no empty ones."""
    pots: list[tuple[Account, int]] = []
    for whose in (member_id, 0):
        for pocket in _POTS:
            balance_fen = books.ledger.balance(sharer_id, pocket, whose)
            if balance_fen:
                pots.append((Account(sharer_id, pocket, whose), balance_fen))
    return tuple(pots)


def pot_balance(books: Books, sharer_id: int) -> int:
    """Return all money of a sharer that lies in pots, in fen."""
    return sum(
        balance.balance_fen
        for account, balance in books.ledger.pockets.rows.items()
        if account.book_id == sharer_id and account.pocket in _POTS
    )


def candidates_of(books: Books, policy: PolicyBook, member_id: int, at: datetime) -> list[Candidate]:
    """Return the bonds of a member that have begun and not ended, each with the sharer's pockets and rules that day."""
    found: list[Candidate] = []
    for bond in books.registry.bonds_of_member(member_id):
        if bond.since <= at and not is_over(bond, at):
            found.append(candidate_of(books, policy, bond, at))  # noqa: PERF401  # a comprehension costs a call here
    return found


def candidate_of(books: Books, policy: PolicyBook, bond: Bond, at: datetime) -> Candidate:
    """Return one bond as the rules ask it to pay; pots are looked for where the sharer's region has them."""
    sharer = books.registry.people.rows[bond.sharer_id]
    rules = policy.on(sharer.region, at.date())
    return Candidate(
        bond=bond,
        sharer=sharer,
        purse=purse_of(books, bond.sharer_id, at),
        rules=rules,
        pots=pots_of(books, bond.sharer_id, bond.member_id) if rules.plan.pot else (),
        cap_used_fen=cap_used(books, bond, rules),
    )


def cap_used(books: Books, bond: Bond, rules: RegionDay) -> int:
    """Return what counts against the sharer's limit: payments over this bond, or over all his bonds, ended ones too."""
    cap = rules.plan.cap
    if cap is not None and cap.limits == "all_members":
        return sum(one.used_fen for one in books.registry.bonds_of_sharer(bond.sharer_id))
    return bond.used_fen


def is_over(bond: Bond, at: datetime) -> bool:
    """Tell whether the bond has ended by that moment."""
    return bond.ended_at is not None or (bond.until is not None and bond.until <= at)


def account_year(policy: PolicyBook, region: str, day: date) -> date:
    """Return the first day of the medical year of `region` that `day` lies in."""
    return medical_year(policy.on(region, day), day)


def medical_year(rules: RegionDay, day: date) -> date:
    """Return the first day of the medical year that `day` lies in, by the rules of that day."""
    terms = rules.plan.medical_year
    return year_start(day, month=terms.month, first_day=terms.day) if terms is not None else date(day.year, 1, 1)
