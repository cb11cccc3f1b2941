"""Refunds of bills that were settled by a quote: whole or a part, by whoever settled it."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import Refund
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.bills.quotes import QUOTE, Quote
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.store import Books


class QuoteRefund(Struct, frozen=True, kw_only=True):
    """What of a settled quote is given back: `amount_fen` of the personal part, or (None) all that is left."""

    at: datetime
    quote_id: str
    amount_fen: int | None = None


class Refunded(Struct, frozen=True, kw_only=True):
    """What was given back, in fen: cash, and to whom how much into his pockets; `left_fen` may be refunded still."""

    quote_id: str
    refund: Refund
    cash_fen: int
    returned: tuple[tuple[int, int], ...]
    left_fen: int


def settled_by(dossier: Dossier | None, actor: Actor) -> Quote | Refused:
    """Return a quote that this institution's system, or the counter of this office, has settled; or that there is none.

    A quote that somebody else settled is as one that is not there.
    """
    quote = opened(dossier, Quote) if dossier is not None and dossier.kind == QUOTE else None
    by = quote.settled_by if quote is not None else None
    if quote is None or by is None or by.role != actor.role:
        return _NONE
    same = by.channel == actor.channel if actor.role == "system" else bool(by.office) and by.office == actor.office
    return quote if same else _NONE


def refund_scope(quote: Quote, quote_id: str) -> Scope:
    """Return what has to be loaded to refund a settled quote."""
    settled = {quote.settle_id} if quote.settle_id is not None else set()
    return Scope(people={quote.asked.patient_id}, settlements=settled, dossiers={quote_id})


def refund_quote(books: Books, policy: PolicyBook, actor: Actor, asked: QuoteRefund) -> Refunded | Refused:
    """Give back as a hospital's refund does: cash first, then sharers last paid first, then own; or say why not."""
    dossier = books.dossiers.get(asked.quote_id)
    quote = settled_by(dossier, actor)
    if isinstance(quote, Refused) or dossier is None or quote.settle_id is None:
        return _NONE
    wanted = RefundRequest(
        request=f"{asked.quote_id}-back", settle_id=quote.settle_id, at=asked.at, amount_fen=asked.amount_fen
    )
    done = refund(books, policy, wanted)
    if isinstance(done, Refused):
        return done
    if done.refund is None or done.settlement is None:
        raise TypeError("a refund came back without its record")
    if done.settlement.reversed:
        books.dossiers.put(replace(dossier, state="refunded", content=filed(quote)))
    return Refunded(
        quote_id=asked.quote_id,
        refund=done.refund,
        cash_fen=done.cash_back_fen or 0,
        returned=done.returned,
        left_fen=done.settlement.left_fen,
    )


# Helpers

_NONE = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="quote")
