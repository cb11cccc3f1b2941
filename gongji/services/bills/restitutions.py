"""Restitution 退回: who used another's account pays the owner back, in cash at the counter; once for a settlement.

The dossier of a restitution has a name that the settlement and the owner make, so that there is never a second one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.dossiers import Dossier, filed, opened, restitution_id
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import Basis, EntryKind, Settlement
from gongji.rules.policybook import PolicyBook
from gongji.services.calendar import bring_up_to
from gongji.services.store import Books

RESTITUTION: Final = "restitution"


class Restitution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one owner gets back of one settlement, in fen."""

    settle_id: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    owner_id: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    amount_fen: Annotated[int, Meta(ge=1, le=10**13)]


def restitution_fault(books: Books, person_id: int, several: Sequence[Restitution]) -> Refused | None:
    """Return why owners cannot be given this: no such settlement of theirs, or more than it drew on them, or None."""
    seen = {(one.settle_id, one.owner_id) for one in several}
    if len(seen) != len(several):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="restitutions")
    for one in several:
        settled = books.ledger.settlements.get(one.settle_id)
        if settled is None or one.owner_id == person_id or one.owner_id not in books.registry.people:
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="settlement")
        if books.dossiers.get(restitution_id(one.settle_id, one.owner_id)) is not None:
            return Refused(Refusal.ALREADY_REVERSED, subject=str(one.settle_id))
        if one.amount_fen <= 0 or one.amount_fen > _left_fen(settled, one.owner_id):
            return Refused(Refusal.NOTHING_TO_REFUND, subject=str(one.settle_id))
    return None


def paid_back(books: Books, settled: Settlement, owner_id: int) -> tuple[int, int] | None:
    """Return who has paid back how much (fen) to that owner for a settlement, or None; it is loaded with it."""
    dossier = books.dossiers.get(restitution_id(settled.settle_id, owner_id))
    return (dossier.parties[1], opened(dossier, Restitution).amount_fen) if dossier is not None else None


def give_back(
    books: Books, policy: PolicyBook, inspection_id: str, person_id: int, several: Sequence[Restitution], at: datetime
) -> Refused | None:
    """Write one entry for each: cash of the one who used it, into the owner's account. Return why not, or None.

    The money goes to what is carried over: the year in which it left may have turned, and pots and quotas it left
    through are not filled by it. What a refund of the settlement would give the owner again goes to the one who paid.
    """
    fault = restitution_fault(books, person_id, several)
    if fault is not None:
        return fault
    bring_up_to(books, policy, sorted({one.owner_id for one in several}), at)
    for one in several:
        settled = books.ledger.settlements[one.settle_id]
        moves = {
            Account(one.owner_id, Pocket.CARRY_OVER): one.amount_fen,
            Account(person_id, Pocket.CASH): -one.amount_fen,
        }
        books.ledger.append(
            EntryKind.RESTITUTION,
            moves,
            book_id=one.owner_id,
            event_at=at,
            recorded_at=at,
            request=f"{inspection_id}/{settled.settle_id}",
            basis=Basis(bundle=policy.digest),
        )
        dossier = Dossier(
            dossier_id=restitution_id(one.settle_id, one.owner_id),
            kind=RESTITUTION,
            made_at=at,
            parties=(one.owner_id, person_id),
            state="paid",
            content=filed(one),
        )
        books.dossiers.put(dossier)
    return None


# Helpers


def _left_fen(settled: Settlement, owner_id: int) -> int:
    """Return what a settlement drew on an owner's money and has not given back."""
    pairs = zip(settled.draws, settled.given_back, strict=True)
    return sum(draw.amount_fen - back_fen for draw, back_fen in pairs if draw.account.book_id == owner_id)
