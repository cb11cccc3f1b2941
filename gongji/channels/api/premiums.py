"""Premiums over the API 共济缴费: what may be paid for whom, what has been, paying one, and giving one back."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from gongji.channels.api.accounts import ID_MOST, Fen, PersonId
from gongji.channels.api.declaring import reads, writes
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.problems import refused
from gongji.channels.api.reasons import Reason, RuleTold, all_told, language, rules_told
from gongji.channels.api.relatives import whose
from gongji.channels.api.session import caller_of, own
from gongji.channels.api.writing import write
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import PremiumKey, PremiumPaid
from gongji.rules.policybook import PolicyBook
from gongji.rules.schema import Premium
from gongji.services.acts import Actor
from gongji.services.offices import desk_fault, office_of
from gongji.services.store import Books
from gongji.services.wallets import premiums
from gongji.services.wallets.premium_outlooks import By, Standing, outlook, standing_of
from gongji.services.wallets.premiums import PayPremium, RefundPremium, paid_before, receipt_of

FEN_MOST: Final = 10**13

Year = Annotated[int, Meta(ge=1998, le=2100)]
Number = Annotated[str, Meta(min_length=1, max_length=50, pattern="^[!-~]+$")]
InsuredId = Annotated[int, Meta(ge=1, le=ID_MOST)]


class PremiumAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A premium for the caller (`insured_id` null) or a relative: the amount and the number of the collecting notice.

    With `receipt` it was paid in cash on `paid_on`, and the caller wants it back from his account. `product` names a
    commercial one.
    """

    kind: Premium
    year: Year
    amount_fen: Annotated[int, Meta(ge=1, le=FEN_MOST)]
    notice: Number
    insured_id: InsuredId | None = None
    product: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    receipt: Number | None = None
    paid_on: date | None = None


class RefundAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a premium goes back and why; `amount_fen` null for all that is left of it."""

    insured_id: InsuredId
    kind: Premium
    year: Year
    turn: Annotated[int, Meta(ge=0, le=1000)] = 0
    why: Literal["overpaid", "duplicate", "withdrawn"]
    amount_fen: Annotated[int, Meta(ge=1, le=FEN_MOST)] | None = None


class PremiumTold(Struct, frozen=True, kw_only=True):
    """A premium that was paid, and by whom: `payer_id` and `notice` are told to those who paid, and to the insured.

    `left_fen` is what has not gone back; `turn` grows when a premium is paid again after it all went back.
    """

    insured_id: int
    kind: str
    year: int
    turn: int
    amount_fen: Fen
    left_fen: Fen
    paid_at: Moment
    by: By
    payer_id: int | None
    notice: str | None
    product: str | None
    reimbursed: bool


class Premiums(Struct, frozen=True):
    """The premiums of a person that stand, the newest first."""

    items: list[PremiumTold]


class KindTold(Struct, frozen=True, kw_only=True):
    """One kind: why it cannot be paid now (empty where it can), who has paid already, and the largest amount."""

    kind: Premium
    payable: bool
    most_fen: Fen
    reasons: list[Reason]
    paid: PremiumTold | None


class WindowTold(Struct, frozen=True, kw_only=True):
    """The collection period, by day and month (MM-DD), both included."""

    first: str
    last: str
    open: bool


class PremiumOutlookTold(Struct, frozen=True, kw_only=True):
    """What the caller may pay for a person in a year; `window` is null where no rule tells it.

    No rule tells amounts: they stand on the collecting office's notice. `reimbursed`: what was paid in cash can be had
    back.
    """

    insured_id: int
    year: int
    kinds: list[KindTold]
    window: WindowTold | None
    reimbursed: bool
    rules: list[RuleTold]


@post(
    f"{API}/premiums",
    operation_id="payPremium",
    summary="Pay a premium in full",
    tags=["premiums"],
    **writes("premiums.write"),
)
async def pay(request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[PremiumAsked]) -> Response[PremiumTold]:
    """Pay a premium out of the caller's account, for himself or over a bond: in full, or nothing."""
    payer_id, now = whose(request), desk.clock()
    book, insured_id = desk.book(now), data.insured_id or payer_id

    def act(books: Books) -> PremiumTold | Refused:
        if not _related(books, payer_id, insured_id):
            return _NO_BOND
        done = premiums.pay_premium(
            books,
            book,
            PayPremium(
                request=f"premium-{books.ledger.take_id('dossier')}",
                at=now,
                payer_id=payer_id,
                insured_id=insured_id,
                kind=data.kind,
                amount_fen=data.amount_fen,
                year=data.year,
                product=data.product,
                notice=data.notice,
                receipt=data.receipt or "",
                paid_on=data.paid_on,
            ),
        )
        if isinstance(done, Refused):
            return done
        return _told(paid_before(books, insured_id, data.kind, data.year)[-1], "you", payer_id)

    receipts = {receipt_of(data.receipt).dossier_id} if data.receipt is not None else set()
    scope = Scope(people={payer_id, insured_id}, dossiers=receipts)
    return await write(desk, request, operation="payPremium", scope=scope, act=act, content=data)


@get(
    f"{API}/people/{{person_id:int}}/premiums",
    operation_id="listPremiums",
    summary="Premiums that have been paid",
    tags=["premiums"],
    **reads("accounts.read"),
)
async def list_premiums(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    person_id: PersonId,
    insured_id: Annotated[int | None, QueryParameter(ge=1, le=ID_MOST, description="A relative of a bond.")] = None,
) -> Response[Premiums]:
    """Return the premiums of the caller, or of a relative he shares with, that stand: when and by whom."""
    asker_id = own(request, person_id)
    of = insured_id or asker_id

    def work(books: Books) -> Premiums | Refused:
        if not _related(books, asker_id, of):
            return _NO_BOND
        return Premiums([_standing(one, asker_id) for one in standing_of(books, of, asker_id)])

    found = await desk.read(Scope(people={asker_id, of}), work)
    if isinstance(found, Refused):
        raise refused(found)
    return tagged(request, found)


@get(
    f"{API}/people/{{person_id:int}}/premiums/outlook",
    operation_id="readPremiumOutlook",
    summary="What premiums may be paid now",
    tags=["premiums"],
    **reads("accounts.read"),
)
async def read_outlook(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    person_id: PersonId,
    year: Annotated[int, QueryParameter(ge=1998, le=2100)],
    insured_id: Annotated[int | None, QueryParameter(ge=1, le=ID_MOST, description="A relative of a bond.")] = None,
) -> Response[PremiumOutlookTold]:
    """Return, before anything is typed, what the caller may pay for himself or a relative, and what is paid already."""
    payer_id, now, lang = own(request, person_id), desk.clock(), language(request)
    book, of = desk.book(now), insured_id or payer_id

    def work(books: Books) -> PremiumOutlookTold | Refused:
        if not _related(books, payer_id, of):
            return _NO_BOND
        found = outlook(books, book, payer_id, of, year, now)
        if isinstance(found, Refused):
            return found
        window = found.window
        return PremiumOutlookTold(
            insured_id=of,
            year=year,
            kinds=[
                KindTold(
                    kind=one.kind,
                    payable=not one.reasons,
                    most_fen=one.most_fen,
                    reasons=all_told(one.reasons, book, lang),
                    paid=_standing(one.standing, payer_id) if one.standing is not None else None,
                )
                for one in found.kinds
            ],
            window=WindowTold(
                first=f"{window.from_month:02}-{window.from_day:02}",
                last=f"{window.until_month:02}-{window.until_day:02}",
                open=bool(found.window_open),
            )
            if window is not None
            else None,
            reimbursed=found.reimbursed,
            rules=rules_told(found.rests_on, book, lang),
        )

    told_or_not = await desk.read(Scope(people={payer_id, of}), work)
    if isinstance(told_or_not, Refused):
        raise refused(told_or_not)
    return tagged(request, told_or_not)


@post(
    f"{API}/premium-refunds",
    operation_id="refundPremium",
    summary="Give a premium back",
    tags=["premiums"],
    **writes("premiums.write", roles=("clerk", "reviewer")),
)
async def refund(request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[RefundAsked]) -> Response[PremiumTold]:
    """Give a premium, or what was too much of it, back to the pockets that paid; the office's clerk does that."""
    now, actor = desk.clock(), caller_of(request).actor
    book, key = desk.book(now), PremiumKey(data.insured_id, data.kind, data.year, data.turn)
    known = await desk.read(Scope(people={data.insured_id}), lambda books: books.ledger.premiums.get(key))

    def act(books: Books) -> PremiumTold | Refused:
        if not _at_desk(books, book, actor, key, now):
            return _NO_PREMIUM
        wish = RefundPremium(
            request=f"premium-{books.ledger.take_id('dossier')}", at=now, key=key, amount_fen=data.amount_fen
        )
        done = premiums.refund_premium(books, book, wish)
        return done if isinstance(done, Refused) else _told(books.ledger.premiums[key], "relative", 0)

    receipts = {receipt_of(known.receipt).dossier_id} if known is not None and known.receipt else set()
    scope = Scope(people={data.insured_id, *({known.payer_id} if known is not None else ())}, dossiers=receipts)
    return await write(desk, request, operation="refundPremium", scope=scope, act=act, content=data)


# Helpers

_NO_BOND: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")
_NO_PREMIUM: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="premium")


def _at_desk(books: Books, book: PolicyBook, actor: Actor, key: PremiumKey, now: datetime) -> bool:
    """Tell whether a premium is a matter of the actor's office: that of the insured, or of the one who paid it."""
    paid = books.ledger.premiums.get(key)
    concerned = {key.book_id, paid.payer_id} if paid is not None else set()
    people = [person for one in concerned if (person := books.registry.people.get(one)) is not None]
    return any(desk_fault(actor, ("clerk", "reviewer"), office_of(book, person, now)) is None for person in people)


def _related(books: Books, person_id: int, other_id: int) -> bool:
    """Tell whether that is oneself, or somebody with whom there is a bond that has not ended."""
    if person_id == other_id:
        return True
    several = books.registry.bonds_of_sharer(person_id)
    return any(one.member_id == other_id and one.ended_at is None for one in several)


def _standing(one: Standing, asker_id: int) -> PremiumTold:
    return _told(one.paid, one.by, asker_id)


def _told(paid: PremiumPaid, by: By, asker_id: int) -> PremiumTold:
    """Return a premium as it is told; a clerk (`asker_id` 0) who gives one back has named whose it is himself."""
    whole = asker_id in (0, paid.payer_id, paid.key.book_id)
    return PremiumTold(
        insured_id=paid.key.book_id,
        kind=paid.key.kind,
        year=paid.key.year,
        turn=paid.key.turn,
        amount_fen=paid.amount_fen,
        left_fen=paid.left_fen,
        paid_at=told(paid.paid_at),
        by=by if asker_id else "insured" if paid.payer_id == paid.key.book_id else "relative",
        payer_id=paid.payer_id if whole else None,
        notice=paid.notice or None if whole else None,
        product=paid.product,
        reimbursed=bool(paid.receipt),
    )
