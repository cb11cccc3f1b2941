"""Kinship and bonds: who shares with whom, and on what terms."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct


class Relation(StrEnum):
    """What the member is to the sharer."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    GRANDCHILD = "grandchild"
    SPOUSE_PARENT = "spouse_parent"
    CHILD_SPOUSE = "child_spouse"
    UNCLE_AUNT = "uncle_aunt"
    COUSIN = "cousin"
    OTHER = "other"


class Mode(StrEnum):
    """共济支付 pay: bills; 共济缴费 premium: premiums."""

    PAY = "pay"
    PREMIUM = "premium"


class BondState(StrEnum):
    """Where a bond stands."""

    ACTIVE = "active"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    AWAITING_REVIEW = "awaiting_review"
    ENDED = "ended"


# Members under names of their own: this Python takes longer to read one through its class than to compare it.
_ACTIVE: Final = BondState.ACTIVE


class Bond(Struct, frozen=True, kw_only=True, gc=False):
    """A standing family-sharing relation. `bond_id` grows with each binding, so it settles ties of `since`.

    `cap_fen` is the sharer's own limit; `quota_fen` the money frozen for the member since the bond took effect,
    spent part included; `used_fen` what has been paid over this bond, refunds taken off.
    `ended_at` is set once it has ended; `until` is when it will end by itself. `paused_until` is the first day on which
    a bond that the sharer lets rest pays again; `once` tells that it is for one payment alone.
    """

    bond_id: int
    sharer_id: int
    member_id: int
    relation: Relation
    since: datetime
    modes: tuple[Mode, ...] = (Mode.PAY, Mode.PREMIUM)
    until: datetime | None = None
    rank: int | None = None
    cap_fen: int | None = None
    quota_fen: int | None = None
    used_fen: int = 0
    confirmed: bool = True
    reviewed: bool = True
    ended_at: datetime | None = None
    paused_until: date | None = None
    once: bool = False

    @property
    def state(self) -> BondState:
        """Return where the bond stands; confirmation by the member is asked before review by the clerk."""
        if self.ended_at is not None:
            return BondState.ENDED
        if not self.confirmed:
            return BondState.AWAITING_CONFIRMATION
        return _ACTIVE if self.reviewed else BondState.AWAITING_REVIEW

    @property
    def held_fen(self) -> int:
        """Return the quota not yet used, frozen in the sharer's account while the bond is active.

        A bond for one payment alone freezes nothing once it has paid: it pays no more.
        """
        if self.quota_fen is None or self.state is not _ACTIVE or (self.once and self.used_fen):
            return 0
        return max(0, self.quota_fen - self.used_fen)


_BY_TENS = {"1": Relation.SPOUSE, "2": Relation.CHILD, "3": Relation.CHILD, "4": Relation.GRANDCHILD,
            "5": Relation.PARENT, "6": Relation.GRANDPARENT, "7": Relation.SIBLING}  # fmt: skip
_EXCEPTIONS = {"28": Relation.CHILD_SPOUSE, "38": Relation.CHILD_SPOUSE, "53": Relation.SPOUSE_PARENT,
               "54": Relation.SPOUSE_PARENT, "55": Relation.SPOUSE_PARENT, "56": Relation.SPOUSE_PARENT,
               "72": Relation.OTHER, "74": Relation.OTHER, "76": Relation.OTHER, "78": Relation.OTHER}  # fmt: skip


def relation_from_code(code: str) -> Relation:
    """Return the relation that a two-digit GB/T 4761 code of the member stands for, seen from the sharer."""
    if code in _EXCEPTIONS:
        return _EXCEPTIONS[code]
    return _BY_TENS.get(code[:1], Relation.OTHER) if len(code) == 2 else Relation.OTHER
