"""Inheritance 继承 of what a dead person left: an heir's claim, and its payment to his account or in cash."""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import Basis, EntryKind
from gongji.rules.grounds import ground
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.calendar import bring_up_to
from gongji.services.families import person_of
from gongji.services.store import Books

INHERITANCE: Final = "inheritance"

To = Literal["account", "cash"]

LEFT: Final = (Pocket.WALLET, Pocket.CARRY_OVER, Pocket.CURRENT_YEAR)
"""The pockets in which something may be left, in the order in which heirs are paid out of them."""


class Claim(Struct, frozen=True, kw_only=True):
    """An heir's claim: what he was to the dead, which proofs he gave (as numbers of materials), and what was paid."""

    relation: Relation
    proofs: tuple[str, ...]
    claimed_by: Actor
    paid_fen: int = 0
    paid_to: To | None = None
    paid_by: Actor | None = None
    paid_at: datetime | None = None


class Stands(Struct, frozen=True, kw_only=True):
    """Where a claim stands. `left_fen` is what the dead person still has, `unknown` rules that no document settles."""

    inheritance_id: str
    state: str
    paid_fen: int
    left_fen: int
    unknown: tuple[str, ...] = ()


class Payment(Struct, frozen=True, kw_only=True):
    """What an office decides to pay on a claim: an amount in fen, None for all that is left."""

    at: datetime
    inheritance_id: str
    to: To
    amount_fen: int | None = None


def inheritance_scope(*people: int, inheritance_id: str = "") -> Scope:
    """Return what has to be loaded for a claim between these people."""
    named = {inheritance_id} if inheritance_id else set()
    return Scope(people=set(people), dossiers=named, dossiers_of={(INHERITANCE, one) for one in people})


def left_fen(books: Books, person_id: int) -> int:
    """Return what lies in the pockets that are inherited, in fen."""
    return sum(books.ledger.balance(person_id, pocket) for pocket in LEFT)


def claim(
    books: Books,
    policy: PolicyBook,
    actor: Actor,
    dead_id: int,
    heir_id: int,
    relation: Relation,
    proofs: tuple[str, ...],
    at: datetime,
) -> Stands | Refused:
    """File an heir's claim; a proof is wanted, and only the dead leave an inheritance."""
    bring_up_to(books, policy, [dead_id, heir_id], at)
    dead, heir = person_of(books, dead_id), person_of(books, heir_id)
    if isinstance(dead, Refused) or isinstance(heir, Refused):
        return dead if isinstance(dead, Refused) else Refused(Refusal.PERSON_UNKNOWN, subject="heir")
    if dead.alive or not heir.alive or dead_id == heir_id:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="inheritance")
    if not proofs:
        row = policy.on(dead.region, at.date()).rows["inheritance"]
        return Refused(Refusal.PROOF_MISSING, ground(row, at.date(), dead.region), subject="inheritance")
    for dossier in books.dossiers.of(INHERITANCE, heir_id):
        if dossier.parties == (dead_id, heir_id) and dossier.state == "open":
            return Refused(Refusal.ALREADY_BOUND, subject=dossier.dossier_id)
    dossier = Dossier(
        dossier_id=f"{INHERITANCE}-{books.ledger.take_id('dossier')}",
        kind=INHERITANCE,
        made_at=at,
        parties=(dead_id, heir_id),
        office=dead.region,
        state="open",
        content=filed(Claim(relation=relation, proofs=proofs, claimed_by=actor)),
    )
    books.dossiers.put(dossier)
    return _stands(books, policy, dossier, dead, at)


def pay(books: Books, policy: PolicyBook, actor: Actor, payment: Payment) -> Stands | Refused:
    """Pay a claim once, into the heir's own account, or in cash; wallet money first, then the account's."""
    dossier = books.dossiers.get(payment.inheritance_id)
    if dossier is None or dossier.kind != INHERITANCE or dossier.state != "open":
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="inheritance")
    dead_id, heir_id = dossier.parties
    bring_up_to(books, policy, [dead_id, heir_id], payment.at)
    dead, heir = books.registry.people[dead_id], books.registry.people[heir_id]
    there_fen = left_fen(books, dead_id)
    wanted_fen = there_fen if payment.amount_fen is None else payment.amount_fen
    rules = policy.on(dead.region, payment.at.date())
    row = rules.rows["inheritance"]
    figures = {"wanted_fen": wanted_fen, "most_fen": there_fen}
    if wanted_fen <= 0 or wanted_fen > there_fen:
        return Refused(Refusal.BALANCE_SHORT, ground(row, payment.at.date(), rules.region, **figures))
    if payment.to == "account" and not (heir.insured is Insurance.EMPLOYEE and heir.account):
        return Refused(Refusal.SHARER_HAS_NO_ACCOUNT, ground(row, payment.at.date(), rules.region), subject="heir")
    moves = _moves(books, dead_id, heir_id, payment.to, wanted_fen)
    books.ledger.append(
        EntryKind.INHERITANCE,
        moves,
        book_id=dead_id,
        event_at=payment.at,
        recorded_at=payment.at,
        request=payment.inheritance_id,
        basis=Basis(bundle=policy.digest, rule_ids=(row.rule_id,)),
    )
    paid = replace(opened(dossier, Claim), paid_fen=wanted_fen, paid_to=payment.to, paid_by=actor, paid_at=payment.at)
    after = replace(dossier, state="paid", content=filed(paid))
    books.dossiers.put(after)
    return _stands(books, policy, after, dead, payment.at)


# Helpers


def _moves(books: Books, dead_id: int, heir_id: int, to: To, wanted_fen: int) -> dict[Account, int]:
    """Return what leaves the dead person's pockets, and where it goes: an heir's carry-over, or cash."""
    target = Account(heir_id, Pocket.CARRY_OVER) if to == "account" else Account(dead_id, Pocket.CASH)
    moves = {target: wanted_fen}
    due_fen = wanted_fen
    for pocket in LEFT:
        taken_fen = min(due_fen, books.ledger.balance(dead_id, pocket))
        if taken_fen:
            moves[Account(dead_id, pocket)] = -taken_fen
            due_fen -= taken_fen
    return moves


def _stands(books: Books, policy: PolicyBook, dossier: Dossier, dead: Insured, at: datetime) -> Stands:
    row = policy.on(dead.region, at.date()).rows["inheritance"]
    return Stands(
        inheritance_id=dossier.dossier_id,
        state=dossier.state,
        paid_fen=opened(dossier, Claim).paid_fen,
        left_fen=left_fen(books, dead.person_id),
        unknown=(row.rule_id,) if row.state == "unknown" else (),
    )
