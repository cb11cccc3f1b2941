"""What ends and rests a bond: the sharer, the member who leaves, a divorce, a death; what stops, and what still runs.

Open quotes need no telling: a quote is held against the bonds as they stand when it is read and when it is settled.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from gongji.domain.dossiers import opened
from gongji.domain.family import Bond, BondState, Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.bills.quotes import QUOTE, Quote
from gongji.services.calendar import bring_up_to, end_bond
from gongji.services.families import is_over, pots_of
from gongji.services.family import lives, networks
from gongji.services.family.invitations import close, family_scope
from gongji.services.family.showings import SHOWING, end_showings
from gongji.services.outcomes import Done
from gongji.services.store import Books

_NO_BOND: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")


class Ended(Struct, frozen=True, kw_only=True):
    """What has ended: the bonds, and the fen that are the sharers' own again.

    `duty` names the rule by which a sharer has to end a bond himself and bears the loss else, where the region has one.
    """

    bond_ids: tuple[int, ...]
    at: datetime
    freed_fen: int
    duty: str | None = None


class Outlook(Struct, frozen=True, kw_only=True):
    """What ending a bond now would do. `earliest` is the first day on which the sharer may, None for today.

    `fault` is why he may not yet; `freed_fen` what would be his own again; `quotes` are open ones that count on the
    bond, and would be void for him; `last` tells that it is the last bond, with which the common pot comes back.
    """

    bond_id: int
    earliest: date | None
    fault: Refused | None
    freed_fen: int
    quotes: tuple[str, ...]
    last: bool


def endings_scope(*people: int) -> Scope:
    """Return what has to be loaded to end bonds of these people."""
    scope = family_scope(*people)
    scope.dossiers_of |= {(kind, person_id) for kind in (SHOWING, QUOTE) for person_id in people}
    return scope


def outlook(books: Books, policy: PolicyBook, actor: Actor, bond_id: int, at: datetime) -> Outlook | Refused:
    """Return what would stop and what would still run, were the bond ended now. The caller throws the books away."""
    bond = _living(books, policy, actor, bond_id, at)
    if isinstance(bond, Refused):
        return bond
    rules = policy.on(books.registry.people[bond.sharer_id].region, at.date())
    fault = networks.unbind_fault(bond, rules, at) if actor.concerned == bond.sharer_id else None
    days = rules.value("unbind_after_days")
    others = [one for one in books.registry.bonds_of_sharer(bond.sharer_id) if one.bond_id != bond_id]
    last = all(is_over(one, at) for one in others)
    pots = pots_of(books, bond.sharer_id, bond.member_id)
    common_fen = 0 if last else sum(fen for account, fen in pots if not account.member_id)
    return Outlook(
        bond_id=bond_id,
        earliest=(bond.since + timedelta(days=days.count)).date() if fault is not None and days is not None else None,
        fault=fault,
        freed_fen=bond.held_fen + sum(fen for _, fen in pots) - common_fen,
        quotes=_open_quotes(books, bond, at),
        last=last,
    )


def end(books: Books, policy: PolicyBook, actor: Actor, bond_id: int, at: datetime) -> Ended | Refused:
    """End a bond: the sharer as soon as his region lets him, the member who leaves at any time."""
    bond = _living(books, policy, actor, bond_id, at)
    if isinstance(bond, Refused):
        return bond
    if actor.concerned == bond.sharer_id:
        done = networks.unbind(books, policy, bond.sharer_id, bond.member_id, at)
        if isinstance(done, Refused):
            return done
        freed_fen = done.freed_fen or 0
    else:
        freed_fen = end_bond(books, bond_id, at, recorded_at=at)
    close(books, bond_id, bond.sharer_id, at, actor)
    return Ended(bond_ids=(bond_id,), at=at, freed_fen=freed_fen)


def pause(
    books: Books, policy: PolicyBook, actor: Actor, bond_id: int, at: datetime, until: date | None
) -> Done | Refused:
    """Let the sharer's bond rest until a day, or (None) pay again."""
    bond = _living(books, policy, actor, bond_id, at)
    if isinstance(bond, Refused) or bond.sharer_id != actor.concerned:
        return bond if isinstance(bond, Refused) else _NO_BOND
    return networks.pause(books, policy, bond.sharer_id, bond.member_id, at, until)


def divorce(
    books: Books, policy: PolicyBook, actor: Actor, one_id: int, other_id: int, at: datetime
) -> Ended | Refused:
    """End what the two share as spouses, both ways, at the moment the divorce is reported.

    They are no relatives any more, so no waiting rule holds it up. What was paid over the bonds before stays paid.
    """
    pair = {one_id, other_id}
    bring_up_to(books, policy, pair, at)
    several = [
        bond
        for sharer_id in sorted(pair)
        for bond in books.registry.bonds_of_sharer(sharer_id)
        if bond.member_id in pair and bond.relation is Relation.SPOUSE and not is_over(bond, at)
    ]
    if not several:
        return _NO_BOND
    freed_fen = 0
    for bond in several:
        freed_fen += end_bond(books, bond.bond_id, at, recorded_at=at)
        close(books, bond.bond_id, bond.sharer_id, at, actor)
    rows = [
        policy.on(books.registry.people[bond.sharer_id].region, at.date()).rows["unbind_on_divorce"] for bond in several
    ]
    duty = next((row.rule_id for row in rows if row.in_force), None)
    return Ended(bond_ids=tuple(bond.bond_id for bond in several), at=at, freed_fen=freed_fen, duty=duty)


def death(books: Books, policy: PolicyBook, actor: Actor | None, person_id: int, at: datetime) -> Ended | Refused:
    """Record a death: bonds, invitations, consents and shown codes end; account and wallet wait for the heirs."""
    ended = _closing(books, person_id, at, actor, lambda: lives.die(books, policy, person_id, at))
    if isinstance(ended, Ended):
        end_showings(books, person_id, at, actor)
    return ended


def end_insurance(
    books: Books, policy: PolicyBook, actor: Actor | None, person_id: int, at: datetime
) -> Ended | Refused:
    """End a person's insurance, and with it the bonds that end so, their invitations and consents."""
    return _closing(books, person_id, at, actor, lambda: lives.end_insurance(books, policy, person_id, at))


def move_region(
    books: Books, policy: PolicyBook, actor: Actor | None, person_id: int, at: datetime, region: str
) -> Ended | Refused:
    """Move a person's insurance, and end the bonds that do not reach so far, their invitations and consents."""
    return _closing(books, person_id, at, actor, lambda: lives.move_region(books, policy, person_id, at, region))


# Helpers


def _closing(
    books: Books, person_id: int, at: datetime, actor: Actor | None, change: Callable[[], Done | Refused]
) -> Ended | Refused:
    """Make a change of a person's life, and let the papers of each bond that ends by it end too."""
    living = [bond.bond_id for bond in _of(books, person_id) if bond.ended_at is None]
    done = change()
    if isinstance(done, Refused):
        return done
    over = [bond_id for bond_id in living if books.registry.bonds[bond_id].ended_at is not None]
    for bond_id in over:
        close(books, bond_id, person_id, at, actor)
    return Ended(bond_ids=tuple(over), at=at, freed_fen=done.freed_fen or 0)


def _of(books: Books, person_id: int) -> list[Bond]:
    registry = books.registry
    return registry.bonds_of_sharer(person_id) + registry.bonds_of_member(person_id)


def _living(books: Books, policy: PolicyBook, actor: Actor, bond_id: int, at: datetime) -> Bond | Refused:
    """Return a bond of the one it is done for, brought up to date, or why there is none."""
    bond = books.registry.bonds.get(bond_id)
    if bond is None or actor.concerned not in (bond.sharer_id, bond.member_id):
        return _NO_BOND
    bring_up_to(books, policy, [bond.sharer_id, bond.member_id], at)
    bond = books.registry.bonds[bond_id]
    return _NO_BOND if bond.state is BondState.ENDED or is_over(bond, at) else bond


def _open_quotes(books: Books, bond: Bond, at: datetime) -> tuple[str, ...]:
    """Return the member's open quotes over this bond. A sharer who asks learns their numbers alone."""
    found = []
    for dossier in books.dossiers.of(QUOTE, bond.member_id):
        alive = dossier.state == "open" and dossier.due_at is not None and at < dossier.due_at
        if alive and bond.bond_id in {one.bond_id for one in opened(dossier, Quote).shares}:
            found.append(dossier.dossier_id)
    return tuple(found)
