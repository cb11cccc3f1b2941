"""Quotes over the API 预结算: what a bill would cost whom, and settling it as quoted or learning what has changed."""

from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct
from msgspec.structs import replace

from gongji.channels.api.bill_forms import FEN_MOST, BillAsked, bill_of
from gongji.channels.api.declaring import reads, writes
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.reasons import Reason, RuleTold, language, rules_told
from gongji.channels.api.reasons import told as reason_told
from gongji.channels.api.relatives import whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.account import Pocket
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.registry.records import CodeUse
from gongji.rules.policybook import PolicyBook
from gongji.services.bills import quote_refunds, quotes
from gongji.services.bills.quote_refunds import QuoteRefund, Refunded
from gongji.services.bills.quotes import Asked, Changed, Outcome, Quoted, Why, quote_scope
from gongji.services.store import Books
from gongji.services.visits.credentials import CODE, Credential, names, shown, suspended

QuoteId = Annotated[str, PathParameter(max_length=80, description="The quote's id.")]


class ShareTold(Struct, frozen=True, kw_only=True):
    """Who would pay how much out of which pocket, in fen 分, and by which rules; `bond_id` is null for one's own."""

    person_id: int
    name: str
    pocket: Pocket
    amount_fen: int
    bond_id: int | None
    rules: list[RuleTold]


class SkipTold(Struct, frozen=True, kw_only=True):
    """A relative who would pay nothing, and why."""

    person_id: int
    name: str
    bond_id: int | None
    reason: Reason


class ChangedTold(Struct, frozen=True, kw_only=True):
    """One thing that is otherwise than it was quoted.

    `was_fen` and `is_fen` are what a person pays in all: they are equal where other pockets of his pay the same.
    """

    why: Why
    person_id: int | None
    bond_id: int | None
    was_fen: int | None
    is_fen: int | None


class QuoteTold(Struct, frozen=True, kw_only=True):
    """What a bill would cost whom, in fen 分, by the rules of one bundle (its SHA-256), as long as `until`.

    Nothing is reserved. `layers` are the funds by name. `void` are relatives who would not pay any more, or otherwise.
    `unknown` are rules that no document settles.
    """

    quote_id: str
    patient_id: int
    state: str
    until: Moment
    bundle: str
    total_fen: int
    layers: dict[str, int]
    hospital_fen: int
    cash_fen: int
    shares: list[ShareTold]
    skips: list[SkipTold]
    unknown: list[RuleTold]
    void: list[ChangedTold]
    settle_id: int | None
    next_id: str | None


class CredentialShown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the patient shows: an e-credential code, the number of his ID paper, or his card's."""

    kind: Literal["ec_token", "certno", "card_no"]
    number: Annotated[str, Meta(min_length=1, max_length=64)]


class Settling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose quote it is, as the institution knows him, and what he shows."""

    patient_id: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    credential: CredentialShown


class OutcomeTold(Struct, frozen=True, kw_only=True):
    """What came of it: a settlement; or nothing was paid, for what `changes` tell, and `anew` quotes the bill again."""

    quote_id: str
    settled: bool
    settle_id: int | None
    changes: list[ChangedTold]
    anew: QuoteTold | None


class GivingBack(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of the personal part is given back, in fen 分; null for all that is left, the funds' share included."""

    amount_fen: Annotated[int, Meta(ge=1, le=FEN_MOST)] | None = None


class ReturnedTold(Struct, frozen=True, kw_only=True):
    """How much goes back into the pockets of one person, in fen 分."""

    person_id: int
    amount_fen: int


class GivenBackTold(Struct, frozen=True, kw_only=True):
    """A refund, under a settlement number of its own. `full`: nothing is left, and the funds have their share again.

    `cash_fen` is for the institution to hand out; `left_fen` may be refunded still.
    """

    quote_id: str
    settle_id: int
    refund_id: int
    at: Moment
    amount_fen: int
    cash_fen: int
    returned: list[ReturnedTold]
    full: bool
    left_fen: int


@post(
    f"{API}/quotes",
    operation_id="quoteBill",
    summary="What would this bill cost whom?",
    tags=["quotes"],
    **writes("quotes.read"),
)
async def quote_bill(request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[BillAsked]) -> Response[QuoteTold]:
    """Decide a bill of the caller's as it would be settled now, and keep that for half an hour. No money moves."""
    patient_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    book, lang = desk.book(now), language(request)
    place = await desk.read(Scope(), lambda books: books.registry.institutions.get(data.institution or ""))
    if data.institution is not None and place is None:
        raise refused(Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="institution"))
    asked = Asked(
        patient_id=patient_id,
        bill=bill_of(data, place, now),
        place_region=place.region if place is not None else data.region or "",
        institution=data.institution or "",
    )
    if not asked.place_region:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field="/region", said="a region or an institution is wanted")
    family = await _family(desk, patient_id)

    def act(books: Books) -> QuoteTold | Refused:
        made = quotes.make(books, book, actor, asked)
        return made if isinstance(made, Refused) else _told(books, made[0], (), book, lang)

    scope = quote_scope(patient_id)
    scope.people |= family
    return await write(desk, request, operation="quoteBill", scope=scope, act=act, content=data)


@get(
    f"{API}/quotes/{{quote_id:str}}",
    operation_id="readQuote",
    summary="A quote of the caller's",
    tags=["quotes"],
    **reads("quotes.read"),
)
async def read_quote(request: Request[Any, Any, Any], desk: TheDesk, quote_id: QuoteId) -> Response[QuoteTold]:
    """Return a quote with what has become void of it since."""
    patient_id, now = whose(request), desk.clock()
    book, lang = desk.book(now), language(request)
    family = await _family(desk, patient_id)

    def work(books: Books) -> QuoteTold | Refused:
        found = quotes.found(books, quote_id, patient_id)
        if isinstance(found, Refused):
            return found
        made_by = desk.rules.made_by(found.quote.bundle) or book
        void = quotes.void(books, found.quote, now) if found.state == "open" else ()
        return _told(books, found, void, made_by, lang)

    scope = quote_scope(patient_id, quote_id)
    scope.people |= family
    told_or_not = await desk.read(scope, work)
    if isinstance(told_or_not, Refused):
        raise refused(told_or_not)
    return tagged(request, told_or_not)


@post(
    f"{API}/quotes/{{quote_id:str}}/settlement",
    operation_id="settleQuote",
    summary="Settle a quote",
    tags=["quotes"],
    **writes("settlements.write", roles=("system", "clerk")),
)
async def settle_quote(
    request: Request[Any, Any, Any], desk: TheDesk, quote_id: QuoteId, data: JSONBody[Settling]
) -> Response[OutcomeTold]:
    """Settle a bill as it was quoted, by the rules it was quoted by; or learn what has changed, and nothing is paid."""
    now, actor, lang = desk.clock(), caller_of(request).actor, language(request)
    book, number = desk.book(now), data.credential.number
    opened = desk.codes.open(number) if data.credential.kind == CODE else None
    credential = Credential(data.credential.kind, number.upper() if data.credential.kind == "certno" else number)
    if opened is not None:
        credential = Credential(CODE, number, code=opened)
    scope = quote_scope(data.patient_id, quote_id)
    scope.merge(names(credential))
    scope.people |= await _family(desk, data.patient_id)

    def act(books: Books) -> OutcomeTold | Refused:
        barred = shown(books, data.patient_id, credential, now) or suspended(books, book, data.patient_id, now)
        if barred is not None:  # without the patient's number: who guesses at people is told nothing of them
            about_code = barred.subject is not None and barred.subject.startswith("code_")
            return barred if about_code else replace(barred, subject="credential")
        found = quotes.found(books, quote_id, data.patient_id)
        if isinstance(found, Refused):
            return found
        if not found.quote.asked.institution:
            return Refused(Refusal.PLACE_NOT_DESIGNATED, subject="quote")
        pinned = desk.rules.made_by(found.quote.bundle)
        done = quotes.settle_quote(books, book, pinned, actor, found, now)
        if isinstance(done, Refused):
            return done
        if opened is not None and done.settle_id is not None:
            use = CodeUse(
                digest=opened.digest, book_id=data.patient_id, visit_id=quote_id, used_at=now, spent_by=quote_id
            )
            books.registry.codes.put(opened.digest, use)
        return _outcome(books, done, book, lang)

    return await write(desk, request, operation="settleQuote", scope=scope, act=act, content=data)


@post(
    f"{API}/quotes/{{quote_id:str}}/refund",
    operation_id="refundQuote",
    summary="Refund a settled quote",
    tags=["quotes"],
    **writes("settlements.write", roles=("system", "clerk")),
)
async def refund_quote(
    request: Request[Any, Any, Any], desk: TheDesk, quote_id: QuoteId, data: JSONBody[GivingBack]
) -> Response[GivenBackTold]:
    """Give back what was paid, or a part of it, to the pockets that paid it; for the system or counter that settled."""
    now, actor = desk.clock(), caller_of(request).actor
    book = desk.book(now)
    named = Scope(dossiers={quote_id})
    quote = await desk.read(named, lambda books: quote_refunds.settled_by(books.dossiers.get(quote_id), actor))
    if isinstance(quote, Refused):
        raise refused(quote)
    asked = QuoteRefund(at=now, quote_id=quote_id, amount_fen=data.amount_fen)

    def act(books: Books) -> GivenBackTold | Refused:
        done = quote_refunds.refund_quote(books, book, actor, asked)
        return done if isinstance(done, Refused) else _given_back(done)

    scope = quote_refunds.refund_scope(quote, quote_id)
    return await write(desk, request, operation="refundQuote", scope=scope, act=act, content=data)


# Helpers

_NOBODY: Final = ""


async def _family(desk: TheDesk, patient_id: int) -> set[int]:
    """Return those who may pay for a patient, so that they can be called by name."""
    return await desk.read(
        Scope(people={patient_id}), lambda books: {one.sharer_id for one in books.registry.bonds_of_member(patient_id)}
    )


def _told(books: Books, quoted: Quoted, void: tuple[Changed, ...], book: PolicyBook, lang: Language) -> QuoteTold:
    quote = quoted.quote

    def name(person_id: int) -> str:
        identity = books.registry.identities.get(person_id)
        return identity.name if identity is not None else _NOBODY

    shares = [
        ShareTold(
            person_id=one.person_id,
            name=name(one.person_id),
            pocket=one.pocket,
            amount_fen=one.amount_fen,
            bond_id=one.bond_id,
            rules=rules_told(one.rule_ids, book, lang),
        )
        for one in quote.shares
    ]
    skips = [
        SkipTold(
            person_id=one.person_id,
            name=name(one.person_id),
            bond_id=one.bond_id,
            reason=reason_told(one.refused, book, lang),
        )
        for one in quote.skips
    ]
    return QuoteTold(
        quote_id=quoted.quote_id,
        patient_id=quote.asked.patient_id,
        state=quoted.state,
        until=told(quoted.until),
        bundle=quote.bundle,
        total_fen=quote.total_fen,
        layers=dict(quote.layers),
        hospital_fen=quote.hospital_fen,
        cash_fen=quote.cash_fen,
        shares=shares,
        skips=skips,
        unknown=rules_told(quote.unknown, book, lang),
        void=[_changed(one) for one in void],
        settle_id=quote.settle_id,
        next_id=quote.next_id or None,
    )


def _given_back(done: Refunded) -> GivenBackTold:
    given = done.refund
    return GivenBackTold(
        quote_id=done.quote_id,
        settle_id=given.settle_id,
        refund_id=given.refund_id,
        at=told(given.refunded_at),
        amount_fen=given.cash_fen + sum(given.back_fens),
        cash_fen=done.cash_fen,
        returned=[ReturnedTold(person_id=person_id, amount_fen=fen) for person_id, fen in done.returned],
        full=given.full,
        left_fen=done.left_fen,
    )


def _changed(one: Changed) -> ChangedTold:
    return ChangedTold(
        why=one.why, person_id=one.person_id or None, bond_id=one.bond_id, was_fen=one.was_fen, is_fen=one.is_fen
    )


def _outcome(books: Books, done: Outcome, book: PolicyBook, lang: Language) -> OutcomeTold:
    return OutcomeTold(
        quote_id=done.quote_id,
        settled=done.settle_id is not None,
        settle_id=done.settle_id,
        changes=[_changed(one) for one in done.changes],
        anew=_told(books, done.anew, (), book, lang) if done.anew is not None else None,
    )
