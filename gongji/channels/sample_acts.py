"""What the people of the sample story do, by the services that do it: each act is done as of a moment handed in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from msgspec import Struct

from gongji.channels import samples
from gongji.channels.samples import Sample
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.codes import insutype
from gongji.domain.family import Mode, Relation
from gongji.domain.refusals import Refused
from gongji.registry.catalogue import Catalogue, sample_catalogue
from gongji.rules.policybook import PolicyBook
from gongji.services.access.links import digest_of
from gongji.services.accounts.crediting import MonthRequest, credit_month
from gongji.services.acts import Actor
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.family import invitations
from gongji.services.family.consent_texts import newest
from gongji.services.family.consents import Agreed, Signature
from gongji.services.family.invitations import INVITATION, Invited, Proposal, Reply
from gongji.services.office.application_kinds import Wish
from gongji.services.office.applications import Submission, submit
from gongji.services.office.mandates import Helper, give_helper
from gongji.services.outcomes import Done
from gongji.services.store import Books
from gongji.services.visits.credentials import Credential
from gongji.services.visits.visit_bills import OutsideSplit
from gongji.services.visits.visit_settlements import VisitBill, settle_visit
from gongji.services.visits.visits import Claim, NewLine, Registration, register, upload
from gongji.services.wallets.premiums import PayPremium, pay_premium
from gongji.services.wallets.wallet_openings import Opening, open_as
from gongji.services.wallets.wallets import SendRequest, accept, send

CHANNEL: Final = "sample-city-app"
PHARMACY: Final = "P32020000001"

_CARD: Final = "card_no"
_BASE_FEN: Final = 9_000_00

Act = Callable[[Books, PolicyBook, datetime], Any]


class Bought(Struct, frozen=True):
    """What a bill was for: catalogue code, count, and price of one in fen."""

    code: str
    count: int
    price_fen: int


class Billed(Struct, frozen=True, kw_only=True):
    """A bill of the story: whose, where, what for, and what the fund paid of it, as another core had split it."""

    who: int
    place: str
    lines: tuple[Bought, ...]
    fund_fen: int = 0
    name: str


def binds(sharer_id: int, member_id: int, relation: Relation, secret: str = "") -> Act:
    """Return how a sharer asks a relative into a bond; a link with that secret leads to the invitation."""

    def act(books: Books, policy: PolicyBook, at: datetime) -> Invited | Refused:
        wanted = Proposal(
            at=at,
            sharer_id=sharer_id,
            member_id=member_id,
            relation=relation,
            modes=(Mode.PAY, Mode.PREMIUM),
            lasts="cancelled",
            agreed=_agreed(sharer_id, "share"),
            link_digest=digest_of(secret or f"sample story {member_id}"),
            proof=frozenset({"pledge"}),
        )
        return invitations.propose(books, policy, _actor(sharer_id), wanted)

    return act


def accepts(member_id: int) -> Act:
    """Return how he accepts the last invitation he has."""

    def act(books: Books, policy: PolicyBook, at: datetime) -> Invited | Refused:
        asked = books.dossiers.of(INVITATION, member_id)[-1]
        reply = Reply(at=at, invitation_id=asked.dossier_id, how="accepted", agreed=_agreed(member_id, "receive"))
        return invitations.answer(books, policy, _actor(member_id), reply)

    return act


def opens_wallet(person_id: int) -> Act:
    """Return how he opens his wallet."""

    def act(books: Books, policy: PolicyBook, at: datetime) -> Done | Refused:
        opening = Opening(
            at=at, person_id=person_id, phone=f"13800000{person_id % 1000}", agreed=_agreed(person_id, "wallet")
        )
        return open_as(books, policy, _actor(person_id), opening)

    return act


def is_credited(person_id: int) -> Act:
    """Return how a month is credited to him."""
    psn_no = samples.people()[person_id].identity.psn_no
    return lambda books, policy, at: credit_month(
        books, policy, MonthRequest(psn_no=psn_no, month=at.date().replace(day=1), base_fen=_BASE_FEN), at
    )


def sends(transfer_id: str, child_id: int, parent_id: int, amount_fen: int) -> Act:
    """Return how a child sends money to a parent's wallet."""
    return lambda books, policy, at: send(
        books,
        policy,
        SendRequest(
            transfer_id=transfer_id,
            at=at,
            sender_id=child_id,
            receiver_id=parent_id,
            relation=Relation.PARENT,
            amount_fen=amount_fen,
        ),
    )


def receives(transfer_id: str) -> Act:
    """Return how a transfer is taken."""
    return lambda books, policy, at: accept(books, policy, transfer_id, at)


def pays_premium(payer_id: int, insured_id: int, amount_fen: int) -> Act:
    """Return how a resident's premium of the next year is paid; the collecting office's notice names the amount."""
    return lambda books, policy, at: pay_premium(
        books,
        policy,
        PayPremium(
            request="sample-story-premium",
            at=at,
            payer_id=payer_id,
            insured_id=insured_id,
            kind="resident",
            amount_fen=amount_fen,
            year=at.year + 1,
            notice="样例通知1号",
        ),
    )


def settles(bill: Billed) -> Act:
    """Return how a bill is registered, uploaded and settled at its place."""

    def act(books: Books, policy: PolicyBook, at: datetime) -> Any:
        sample = samples.people()[bill.who]
        shown = Credential(_CARD, sample.identity.card_no)
        visit = register(
            books,
            Registration(
                psn_no=sample.identity.psn_no,
                credential=shown,
                institution=bill.place,
                reference=bill.name,
                begun_at=at,
                insutype=insutype(sample.insured),
                at=at,
                med_type=_med_type(bill),
            ),
        )
        if isinstance(visit, Refused):
            return visit
        claim = Claim(visit.visit_id, sample.identity.psn_no, bill.place)
        lines = _lines(bill, sample_catalogue(), at)
        uploaded = upload(books, claim, lines)
        if isinstance(uploaded, Refused):
            return uploaded
        return settle_visit(
            books, policy, _asked(bill, sample, claim, sum(one.split.fee.amount_fen for one in lines), at)
        )

    return act


def is_refunded(patient_id: int) -> Act:
    """Return how the last bill of a patient is taken back: it had been entered twice."""

    def act(books: Books, policy: PolicyBook, at: datetime) -> Any:
        last = max((one.settle_id for one in books.ledger.settlements if one.book_id == patient_id), default=0)
        return refund(books, policy, RefundRequest(request="sample-story-refund", settle_id=last, at=at))

    return act


def lets_act(person_id: int, holder_id: int) -> Act:
    """Return how somebody lets a helper look at his affairs for the better part of a year."""
    may = ("accounts.read", "bonds.read", "notices.read", "profile.read", "statements.read")
    return lambda books, _, at: give_helper(
        books,
        _actor(person_id),
        Helper(at=at, person_id=person_id, holder_id=holder_id, operations=may, until=at + timedelta(days=330)),
    )


def applies(person_id: int, wish: Wish) -> Act:
    """Return how he hands in an application."""
    return lambda books, policy, at: submit(
        books, policy, _actor(person_id), Submission(at=at, applicant_id=person_id, wish=wish)
    )


# Helpers


def _asked(bill: Billed, sample: Sample, claim: Claim, total_fen: int, at: datetime) -> VisitBill:
    split = OutsideSplit(
        layers=(("hifp_pay", bill.fund_fen),) if bill.fund_fen else (),
        fund_fen=bill.fund_fen,
        hospital_fen=0,
        personal_fen=total_fen - bill.fund_fen,
    )
    return VisitBill(
        claim=claim,
        credential=Credential(_CARD, sample.identity.card_no),
        batch=None,
        total_fen=total_fen,
        kind=VisitKind.OUTPATIENT,
        med_type=_med_type(bill),
        request=f"sample-story-{bill.name.replace(' ', '-')}",
        at=at,
        split=split,
    )


def _med_type(bill: Billed) -> str:
    return "41" if bill.place == PHARMACY else "11"


def _actor(person_id: int) -> Actor:
    return Actor(channel=CHANNEL, person_id=person_id, sandbox=True)


def _agreed(person_id: int, text: Any) -> Agreed:
    name = samples.people()[person_id].identity.name
    signature = Signature(kind="typed_name", value=name)
    return Agreed(version=newest(text, "zh").version, language="zh", signature=signature)


def _lines(bill: Billed, catalogue: Catalogue, at: datetime) -> list[NewLine]:
    return [
        NewLine(
            line_no=str(number),
            batch="1",
            code=line.code,
            split=catalogue.split(line.code, line.count * line.price_fen, Decimal(line.count)),
            occurred_at=at,
            count=str(line.count),
            price=f"{Decimal(line.price_fen) / 100:.2f}",
        )
        for number, line in enumerate(bill.lines, 1)
    ]
