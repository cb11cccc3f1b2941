"""What a service answers when it did not refuse: one shape for all, so that a first answer can be kept and repeated."""

from msgspec import Struct

from gongji.ledger.records import Refund, Settlement
from gongji.rules.settling import Settled


class Done(Struct, frozen=True, kw_only=True):
    """The outcome of a request that was accepted. Amounts in fen; what a kind of request does not have stays None.

    `unknown` names rows of the book that the region's documents do not settle, and that were read as permitting.
    """

    state: str | None = None
    freed_fen: int | None = None
    paid_fen: int | None = None
    credited_fen: int | None = None
    returned: tuple[tuple[int, int], ...] = ()
    cash_back_fen: int | None = None
    settlement: Settlement | None = None
    refund: Refund | None = None
    decision: Settled | None = None
    bond_id: int | None = None
    unknown: tuple[str, ...] = ()
    person_id: int | None = None
