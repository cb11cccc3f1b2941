"""Paying a premium 共济缴费 out of one's own account or, over a bond, out of a relative's; and giving one back."""

from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Mode
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.ledger.records import Draw, EntryKind, PremiumKey, PremiumPaid
from gongji.rules.drawing import Candidate, Payment
from gongji.rules.policybook import PolicyBook
from gongji.rules.premiums import PremiumRequest, decide_premium
from gongji.services.bills.receipts import Receipt, free, use
from gongji.services.bills.reversals import back_into
from gongji.services.bills.settlements import count_use
from gongji.services.calendar import bring_up_to
from gongji.services.families import candidate_of, person_of, purse_of
from gongji.services.outcomes import Done
from gongji.services.store import Books


class PayPremium(Struct, frozen=True, kw_only=True):
    """A premium of `insured_id`, of one kind and year, to be paid by `payer_id`.

    `notice` is the number of the collecting office's notice that names the amount. With a `receipt` it was paid in cash
    on `paid_on`, and the payer's money is given back for it 先缴后返.
    """

    request: str
    at: datetime
    payer_id: int
    insured_id: int
    kind: str
    amount_fen: int
    year: int
    product: str | None = None
    notice: str = ""
    receipt: str = ""
    paid_on: date | None = None


class RefundPremium(Struct, frozen=True, kw_only=True):
    """What of a paid premium goes back: `amount_fen` that was too much, or (None) all that is left of it."""

    request: str
    at: datetime
    key: PremiumKey
    amount_fen: int | None = None


def pay_premium(books: Books, policy: PolicyBook, request: PayPremium) -> Done | Refused:
    """Pay the whole premium, or nothing and say why."""
    wrong = _wrong_field(request)
    if wrong:
        return Refused(Refusal.MESSAGE_MALFORMED, subject=wrong)
    payments = _decided(books, policy, request)
    if isinstance(payments, Refused):
        return payments
    if request.receipt:
        used = use(books, receipt_of(request.receipt), f"premium of {request.insured_id}", request.at)
        if used is not None:
            return used
    at, payer_id = request.at, request.payer_id
    moves = {payment.account: -payment.amount_fen for payment in payments}
    moves[Account(payer_id, Pocket.CASH if request.receipt else Pocket.PREMIUMS)] = request.amount_fen
    entry = books.ledger.append(EntryKind.PREMIUM, moves, book_id=payer_id, event_at=at, recorded_at=at,
                                request=request.request)  # fmt: skip
    count_use(books, payments, sign=1, at=request.at)
    turn = len(paid_before(books, request.insured_id, request.kind, request.year))
    paid = PremiumPaid(
        key=PremiumKey(request.insured_id, request.kind, request.year, turn),
        payer_id=payer_id,
        amount_fen=request.amount_fen,
        paid_at=at,
        product=request.product,
        notice=request.notice,
        receipt=request.receipt,
        entry_id=entry.entry_id,
        draws=tuple(Draw(one.account, one.amount_fen, one.bond_id) for one in payments),
    )
    books.ledger.premiums.put(paid.key, paid)
    return Done(paid_fen=request.amount_fen)


def refund_premium(books: Books, policy: PolicyBook, request: RefundPremium) -> Done | Refused:
    """Give a premium back to the pockets that paid it, the last of them first; what is left says how much of it stands.

    A premium that nothing is left of may be paid again.
    """
    if request.amount_fen is not None and request.amount_fen <= 0:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="amount")
    paid = books.ledger.premiums.get(request.key)
    if paid is None or not paid.draws:  # what was paid before draws were kept is refunded where it was taken
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="premium")
    if not paid.left_fen:
        return Refused(Refusal.ALREADY_REVERSED, subject="premium")
    amount_fen = paid.left_fen if request.amount_fen is None else request.amount_fen
    if amount_fen > paid.left_fen:
        return Refused(Refusal.NOTHING_TO_REFUND, subject="premium")
    bring_up_to(books, policy, {draw.account.book_id for draw in paid.draws}, request.at)
    back = _back(paid, amount_fen)
    moves: dict[Account, int] = {}
    for draw in back:
        account = back_into(books, policy, draw, request.at)
        moves[account] = moves.get(account, 0) + draw.amount_fen
    moves[Account(paid.payer_id, Pocket.CASH if paid.receipt else Pocket.PREMIUMS)] = -amount_fen
    books.ledger.append(EntryKind.PREMIUM_REFUND, moves, book_id=paid.payer_id, event_at=request.at,
                        recorded_at=request.at, request=request.request, reverses=paid.entry_id)  # fmt: skip
    count_use(books, back, sign=-1, at=request.at)
    if paid.receipt and amount_fen == paid.left_fen:
        free(books, receipt_of(paid.receipt))
    books.ledger.premiums.put(paid.key, replace(paid, refunded_fen=paid.refunded_fen + amount_fen))
    return Done(paid_fen=paid.left_fen - amount_fen, returned=((paid.payer_id, amount_fen),))


def receipt_of(number: str) -> Receipt:
    """Return the receipt of a premium: the tax office numbers them for the whole country."""
    return Receipt(issuer="premium", number=number)


def paid_before(books: Books, insured_id: int, kind: str, year: int) -> list[PremiumPaid]:
    """Return what was paid of that person, kind and year, refunded or not, the first first."""
    wanted = (insured_id, kind, year)
    found = [one for one in books.ledger.premiums if (one.key.book_id, one.key.kind, one.key.year) == wanted]
    return sorted(found, key=lambda premium: premium.key)


def candidate_for(books: Books, policy: PolicyBook, payer_id: int, insured_id: int, at: datetime) -> Candidate | None:
    """Return the bond over which the payer pays premiums of the insured, None where there is none or it is himself."""
    if payer_id == insured_id:
        return None
    bond = books.registry.bond_between(payer_id, insured_id, at=at)
    if bond is None or bond.since > at or Mode.PREMIUM not in bond.modes:
        return None
    return candidate_of(books, policy, bond, at)


# Helpers


def _wrong_field(request: PayPremium) -> str:
    """Return the field that cannot be so, "" for none."""
    if request.amount_fen <= 0:
        return "amount"
    if bool(request.receipt) != (request.paid_on is not None):
        return "paid_on"
    return "paid_on" if request.paid_on is not None and request.paid_on > request.at.date() else ""


def _decided(books: Books, policy: PolicyBook, request: PayPremium) -> tuple[Payment, ...] | Refused:
    """Return the payments that make up the whole premium, or why there are none."""
    at = request.at
    bring_up_to(books, policy, [request.payer_id, request.insured_id], at)
    payer, insured = person_of(books, request.payer_id), person_of(books, request.insured_id)
    if isinstance(payer, Refused):
        return payer
    if isinstance(insured, Refused):
        return insured
    standing = [one for one in paid_before(books, request.insured_id, request.kind, request.year) if one.left_fen]
    asked = PremiumRequest(
        at=at,
        payer=payer,
        insured=insured,
        kind=request.kind,
        amount_fen=request.amount_fen,
        paid_at=standing[0].paid_at if standing else None,
        paid_on=request.paid_on,
        candidate=candidate_for(books, policy, request.payer_id, request.insured_id, at),
    )
    rules, insured_rules = policy.on(payer.region, at.date()), policy.on(insured.region, at.date())
    faults, payments = [], []
    for item in decide_premium(asked, purse_of(books, payer.person_id, at), rules, insured_rules):
        if isinstance(item, Refused):
            faults.append(item)
        else:
            payments.append(item)
    return first_of(faults) if faults else tuple(payments)


def _back(paid: PremiumPaid, amount_fen: int) -> tuple[Draw, ...]:
    """Return how much of each draw goes back now: the last first, after what has gone back before."""
    gone_fen, left_fen = paid.refunded_fen, amount_fen
    back = []
    for draw in reversed(paid.draws):
        before_fen = min(gone_fen, draw.amount_fen)
        gone_fen -= before_fen
        now_fen = min(left_fen, draw.amount_fen - before_fen)
        left_fen -= now_fen
        if now_fen:
            back.append(replace(draw, amount_fen=now_fen))
    return tuple(back)
