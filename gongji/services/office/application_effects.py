"""What an approved application does: each kind calls the service whose business it is. Nothing else is written here."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from gongji.domain.refusals import Refused
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.family import inheritances, networks
from gongji.services.family.inheritances import Payment
from gongji.services.office.application_kinds import BindReview, Filed, Guardian, Inheritance, OpenWallet
from gongji.services.office.mandates import guardianship, put_mandate
from gongji.services.store import Books
from gongji.services.wallets import wallets


class Effect(Struct, frozen=True, kw_only=True):
    """What was done. `named` is what came of it: a mandate, a bond, an inheritance; `paid_fen` what was paid."""

    what: Literal["reviewed", "mandate", "wallet_opened", "paid", "recorded"]
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
    """Do what was asked for, or say why it cannot be done now. `deciders` are who proposed and who decided.

    A reimbursement and another phone are only recorded: the one is settled at the counter, the other is the sign-in's.
    """
    wish = asked.wish
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
        payment = Payment(at=at, inheritance_id=wish.inheritance_id, to=wish.to)
        paid = inheritances.pay(books, policy, deciders[-1], payment)
        if isinstance(paid, Refused):
            return paid
        return Effect(what="paid", named=wish.inheritance_id, paid_fen=paid.paid_fen)
    return Effect(what="recorded")
