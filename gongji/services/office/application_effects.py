"""What an approved application does: each kind calls the service whose business it is. Nothing else is written here."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from gongji.domain.refusals import Refusal, Refused
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.bills.reimbursements import reimburse
from gongji.services.family import inheritances, networks
from gongji.services.family.inheritances import Payment
from gongji.services.office.application_kinds import (
    BindReview,
    ChangePhone,
    DoubtedUse,
    Filed,
    Guardian,
    Inheritance,
    OpenWallet,
    Reimbursement,
    kind_of,
)
from gongji.services.office.mandates import guardianship, put_mandate
from gongji.services.store import Books
from gongji.services.visits.visits import figures
from gongji.services.wallets import wallets
from gongji.services.wallets.wallet_openings import change_phone


class Effect(Struct, frozen=True, kw_only=True):
    """What was done. `named` is what came of it: a mandate, a bond, a reimbursement; `paid_fen` what was paid.

    A use that is confirmed to be none of the family's moves nothing: what is given back is an act of its own.
    """

    what: Literal["reviewed", "mandate", "wallet_opened", "paid", "reimbursed", "phone_changed", "use_confirmed"]
    named: str = ""
    paid_fen: int = 0


def carried_out(
    books: Books,
    policy: PolicyBook,
    asked: Filed,
    materials: tuple[str, ...],
    deciders: tuple[Actor, ...],
    at: datetime,
) -> Effect | Refused:
    """Do what was asked for, or say why it cannot be done now. `deciders` are who proposed and who decided."""
    wish = asked.wish
    if isinstance(wish, Reimbursement) or asked.claim is not None:
        return _reimbursed(books, policy, asked, deciders[-1])
    if isinstance(wish, ChangePhone | DoubtedUse):
        return _noted(books, wish, asked.applicant_id, deciders, at)
    if isinstance(wish, BindReview) and asked.bond is not None:
        done = networks.review(books, policy, asked.bond.sharer_id, asked.bond.member_id, at)
        return done if isinstance(done, Refused) else Effect(what="reviewed", named=str(asked.bond.bond_id))
    if isinstance(wish, Guardian):
        form = guardianship(asked.about, asked.applicant_id, deciders[-1], materials, deciders, at.date())
        return Effect(what="mandate", named=put_mandate(books, form, asked.about, at).mandate_id)
    if isinstance(wish, OpenWallet):
        opened = wallets.open_wallet(books, policy, wish.person_id, at, wish.region)
        return opened if isinstance(opened, Refused) else Effect(what="wallet_opened")
    if isinstance(wish, Inheritance):
        return _inherited(books, policy, wish, deciders[-1], at)
    raise TypeError(f"nothing is known to come of a {kind_of(wish)}")


# Helpers


def _noted(
    books: Books, wish: ChangePhone | DoubtedUse, applicant_id: int, deciders: tuple[Actor, ...], at: datetime
) -> Effect:
    if isinstance(wish, DoubtedUse):
        return Effect(what="use_confirmed", named=str(wish.settle_id))
    return Effect(what="phone_changed", named=change_phone(books, applicant_id, wish.phone, deciders, at))


def _inherited(books: Books, policy: PolicyBook, wish: Inheritance, actor: Actor, at: datetime) -> Effect | Refused:
    paid = inheritances.pay(books, policy, actor, Payment(at=at, inheritance_id=wish.inheritance_id, to=wish.to))
    if isinstance(paid, Refused):
        return paid
    return Effect(what="paid", named=wish.inheritance_id, paid_fen=paid.paid_fen)


def _reimbursed(books: Books, policy: PolicyBook, asked: Filed, actor: Actor) -> Effect | Refused:
    """Settle the bill by the figures taken from its receipts; their sum has to be what was applied for."""
    wish, claim = asked.wish, asked.claim
    if claim is None or not isinstance(wish, Reimbursement):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="figures")
    if claim.patient_id != asked.applicant_id or claim.receipts != wish.receipts:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="receipts")
    done = reimburse(books, policy, actor, claim)
    if isinstance(done, Refused):
        return done
    told_fen = done.settlement.total_fen
    if told_fen != wish.total_fen:
        compared = figures(applied_fen=wish.total_fen, told_fen=told_fen)
        return Refused(Refusal.AMOUNTS_DISAGREE, compared, subject="total_fen")
    return Effect(what="reimbursed", named=done.reimbursement_id, paid_fen=done.record.paid_out_fen)
