"""Paying a premium 共济缴费 out of one's own account or, over a bond, out of a relative's."""

from datetime import datetime

from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Mode
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.ledger.records import EntryKind, PremiumKey, PremiumPaid
from gongji.rules.drawing import Candidate
from gongji.rules.policybook import PolicyBook
from gongji.rules.premiums import PremiumRequest, decide_premium
from gongji.services.calendar import bring_up_to
from gongji.services.families import candidate_of, person_of, purse_of
from gongji.services.outcomes import Done
from gongji.services.settlements import count_use
from gongji.services.store import Books


class PayPremium(Struct, frozen=True, kw_only=True):
    """A premium of `insured_id`, of one kind and year, to be paid by `payer_id`."""

    request: str
    at: datetime
    payer_id: int
    insured_id: int
    kind: str
    amount_fen: int
    year: int
    product: str | None = None


def pay_premium(books: Books, policy: PolicyBook, request: PayPremium) -> Done | Refused:
    """Pay the whole premium, or nothing and say why."""
    if request.amount_fen <= 0:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="amount")
    at = request.at
    bring_up_to(books, policy, [request.payer_id, request.insured_id], at)
    payer, insured = person_of(books, request.payer_id), person_of(books, request.insured_id)
    if isinstance(payer, Refused):
        return payer
    if isinstance(insured, Refused):
        return insured
    key = PremiumKey(request.insured_id, request.kind, request.year)
    asked = PremiumRequest(
        at=at,
        payer=payer,
        insured=insured,
        kind=request.kind,
        amount_fen=request.amount_fen,
        paid_already=key in books.ledger.premiums,
        candidate=_candidate(books, policy, request),
    )
    rules = policy.on(payer.region, at.date())
    payments = []
    faults = []
    for item in decide_premium(
        asked, purse_of(books, payer.person_id, at), rules, policy.on(insured.region, at.date())
    ):
        if isinstance(item, Refused):
            faults.append(item)
        else:
            payments.append(item)
    if faults:
        return first_of(faults)
    moves = {payment.account: -payment.amount_fen for payment in payments}
    moves[Account(payer.person_id, Pocket.PREMIUMS)] = request.amount_fen
    books.ledger.append(EntryKind.PREMIUM, moves, book_id=payer.person_id, event_at=at, recorded_at=at,
                        request=request.request)  # fmt: skip
    count_use(books, tuple(payments), sign=1)
    paid = PremiumPaid(
        key=key, payer_id=payer.person_id, amount_fen=request.amount_fen, paid_at=at, product=request.product
    )
    books.ledger.premiums.put(key, paid)
    return Done(paid_fen=request.amount_fen)


def _candidate(books: Books, policy: PolicyBook, request: PayPremium) -> Candidate | None:
    if request.payer_id == request.insured_id:
        return None
    bond = books.registry.bond_between(request.payer_id, request.insured_id, at=request.at)
    if bond is None or bond.since > request.at or Mode.PREMIUM not in bond.modes:
        return None
    return candidate_of(books, policy, bond, request.at)
