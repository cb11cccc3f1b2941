"""Wallets over the API: opening, moving and closing one's own, and which way money goes to a relative's."""

from datetime import datetime, time
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from gongji.channels.api.accounts import ID_MOST, Fen, PersonId
from gongji.channels.api.declaring import lists, reads, writes
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.other_sides import by_number, by_papers
from gongji.channels.api.problems import refused
from gongji.channels.api.reasons import Reason, RuleTold, all_told, language, rules_told
from gongji.channels.api.relatives import Relative
from gongji.channels.api.session import caller_of, own
from gongji.channels.api.writing import write
from gongji.domain.account import Pocket
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.rules.policybook import PolicyBook
from gongji.services.calendar import bring_up_to
from gongji.services.family.bond_checks import Verdict
from gongji.services.family.consents import Agreed
from gongji.services.outcomes import Done
from gongji.services.store import Books
from gongji.services.wallets import wallet_openings, wallets
from gongji.services.wallets.wallet_openings import Opening, opening_scope, phone_of
from gongji.services.wallets.wallet_ways import Limits, SendingAsked, Source, Ways, ways

Region = Annotated[str, Meta(pattern="^[0-9]{6}$", description="医保区划, six digits.")]


class WalletTold(Struct, frozen=True, kw_only=True):
    """A wallet as it stands, in fen 分; `phone` is told but for its middle. `transit_fen` is sent and not received yet.

    `freed_fen` became somebody's own again by closing it; `unknown` are rules that no document settles.
    """

    person_id: int
    open: bool
    region: str | None
    phone: str
    balance_fen: Fen
    transit_fen: Fen
    freed_fen: Fen = 0
    unknown: list[RuleTold] = []


class WalletOpened(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the wallet is used (null: where its owner is insured), its phone, and the text `wallet` agreed to."""

    phone: Annotated[str, Meta(pattern="^1[3-9][0-9]{9}$")]
    agreed: Agreed
    region: Region | None = None


class RegionChosen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the wallet is to be used 使用地."""

    region: Region


class WaysAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A relative with whom the caller has no bond, by his papers, and what he is to the caller."""

    relative: Relative
    relation: Relation


class LimitsTold(Struct, frozen=True, kw_only=True):
    """What holds of the caller's transfers today; null where no rule sets it. `opens_at`: null while they are open."""

    count_per_day: int | None
    sent_today: int
    left_today: int | None
    ceiling_fen: int | None
    ceiling_on: Literal["transfer", "day"] | None
    closed_from: time | None
    closed_until: time | None
    opens_at: Moment | None
    return_at: Moment
    one_pending: bool | None
    pending_id: str | None


class SendingTold(Struct, frozen=True, kw_only=True):
    """A transfer out of the account or the wallet: the largest amount that would be taken now, or why none would."""

    source: Source
    verdict: Verdict
    most_fen: Fen
    reasons: list[Reason]


class QuotaTold(Struct, frozen=True, kw_only=True):
    """A quota: how much more could be frozen now, or why none; and the bond that has one."""

    verdict: Verdict
    most_more_fen: Fen
    reasons: list[Reason]
    bond_id: int | None
    quota_fen: int | None
    used_fen: int | None


class WaysTold(Struct, frozen=True, kw_only=True):
    """The one way to show these two (`holds`; null: none), and what is known before anything is typed.

    `minimum_fen` has to stay in the account.
    """

    relative_id: int
    relation: Relation
    holds: Literal["transfer", "quota"] | None
    limits: LimitsTold
    minimum_fen: Fen
    sender_open: bool
    receiver_open: bool
    sendings: list[SendingTold]
    quota: QuotaTold
    rules: list[RuleTold]
    unknown: list[RuleTold]


@get(
    f"{API}/people/{{person_id:int}}/wallet",
    operation_id="readWallet",
    summary="The caller's wallet",
    tags=["wallet"],
    **reads("accounts.read"),
)
async def read_wallet(request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId) -> Response[WalletTold]:
    """Return whether the wallet is open, where it is used, and what lies in it."""
    whose, now = own(request, person_id), desk.clock()
    book = desk.book(now)

    def work(books: Books) -> WalletTold | Refused:
        bring_up_to(books, book, [whose], now)
        return _wallet(books, whose)

    found = await desk.read(opening_scope(whose), work)
    if isinstance(found, Refused):
        raise refused(found)
    return tagged(request, found)


@post(
    f"{API}/people/{{person_id:int}}/wallet",
    operation_id="openWallet",
    summary="Open the caller's wallet",
    tags=["wallet"],
    **writes("wallet.write"),
)
async def open_wallet(
    request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId, data: JSONBody[WalletOpened]
) -> Response[WalletTold]:
    """Open the wallet; one that is open already stays as it is."""
    whose, now, actor = own(request, person_id), desk.clock(), caller_of(request).actor
    book = desk.book(now)
    opening = Opening(at=now, person_id=whose, phone=data.phone, agreed=data.agreed, region=data.region)

    def act(books: Books) -> WalletTold | Refused:
        if data.region is not None and len(book.chain(data.region)) == 1:
            return Refused(Refusal.MESSAGE_MALFORMED, subject="/region")
        done = wallet_openings.open_as(books, book, actor, opening)
        return done if isinstance(done, Refused) else _wallet(books, whose)

    scope = opening_scope(*{whose, caller_of(request).subject} - {0})
    return await write(desk, request, operation="openWallet", scope=scope, act=act, content=data)


@post(
    f"{API}/people/{{person_id:int}}/wallet/region",
    operation_id="changeWalletRegion",
    summary="Use the wallet in another region",
    tags=["wallet"],
    **writes("wallet.write"),
)
async def change_region(
    request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId, data: JSONBody[RegionChosen]
) -> Response[WalletTold]:
    """Change where the wallet is used 使用地变更, where the region of insurance allows it."""
    whose, now, lang = own(request, person_id), desk.clock(), language(request)
    book = desk.book(now)

    def act(books: Books) -> WalletTold | Refused:
        if len(book.chain(data.region)) == 1:
            return Refused(Refusal.MESSAGE_MALFORMED, subject="/region")
        return _after(books, wallets.change_region(books, book, whose, now, data.region), whose, book, lang)

    scope = opening_scope(whose)
    return await write(desk, request, operation="changeWalletRegion", scope=scope, act=act, content=data)


@post(
    f"{API}/people/{{person_id:int}}/wallet/closing",
    operation_id="closeWallet",
    summary="Close the caller's wallet",
    tags=["wallet"],
    **writes("wallet.write"),
)
async def close_wallet(request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId) -> Response[WalletTold]:
    """Close the wallet; money in it stays the owner's, what waits for him goes back, quotas end."""
    whose, now, lang = own(request, person_id), desk.clock(), language(request)
    book = desk.book(now)

    def act(books: Books) -> WalletTold | Refused:
        return _after(books, wallets.close_wallet(books, book, whose, now), whose, book, lang)

    scope = opening_scope(whose)
    scope.transfers |= await desk.read(Scope(people={whose}), lambda books: wallets.waiting_for(books, whose))
    return await write(desk, request, operation="closeWallet", scope=scope, act=act)


@get(
    f"{API}/people/{{person_id:int}}/wallet/ways",
    operation_id="readWalletWays",
    summary="Which way money goes to a relative, with limits",
    tags=["wallet"],
    **reads("accounts.read"),
)
async def read_ways(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    person_id: PersonId,
    relative_id: Annotated[int, QueryParameter(ge=1, le=ID_MOST, description="A relative of a bond of the caller's.")],
    relation: Annotated[Relation | None, QueryParameter(description="Wanted where the bond does not tell it.")] = None,
) -> Response[WaysTold]:
    """Return whether a transfer or a quota holds for the two, and every limit of today, before anything is typed."""
    whose = own(request, person_id)
    kin = await by_number(desk, whose, relative_id, relation)
    return tagged(request, await _ways(request, desk, SendingAsked(
        at=desk.clock(), sender_id=whose, receiver_id=relative_id, relation=kin
    )))  # fmt: skip


@post(
    f"{API}/people/{{person_id:int}}/wallet/ways",
    operation_id="checkWalletWays",
    summary="The same for a relative named by his papers",
    tags=["wallet"],
    status_code=200,
    **{name: value for name, value in lists("accounts.read").items() if name != "response_headers"},
)
async def check_ways(
    request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId, data: JSONBody[WaysAsked]
) -> WaysTold:
    """Return the same for somebody the caller has no bond with. Nothing is written."""
    whose = own(request, person_id)
    other = await by_papers(desk, whose, data.relative)
    asked = SendingAsked(at=desk.clock(), sender_id=whose, receiver_id=other, relation=data.relation)
    return await _ways(request, desk, asked)


# Helpers


def _wallet(books: Books, person_id: int) -> WalletTold | Refused:
    person = books.registry.people.get(person_id)
    if person is None:
        return Refused(Refusal.PERSON_UNKNOWN, subject=str(person_id))
    phone = phone_of(books, person_id)
    return WalletTold(
        person_id=person_id,
        open=person.wallet_open,
        region=person.wallet_region,
        phone=f"{phone[:3]}****{phone[-4:]}" if phone else "",
        balance_fen=books.ledger.balance(person_id, Pocket.WALLET),
        transit_fen=books.ledger.balance(person_id, Pocket.TRANSIT),
    )


def _after(
    books: Books, done: Done | Refused, person_id: int, book: PolicyBook, lang: Language
) -> WalletTold | Refused:
    if isinstance(done, Refused):
        return done
    found = _wallet(books, person_id)
    if isinstance(found, Refused):
        return found
    return WalletTold(
        person_id=found.person_id,
        open=found.open,
        region=found.region,
        phone=found.phone,
        balance_fen=found.balance_fen,
        transit_fen=found.transit_fen,
        freed_fen=done.freed_fen or 0,
        unknown=rules_told(done.unknown, book, lang),
    )


async def _ways(request: Request[Any, Any, Any], desk: TheDesk, asked: SendingAsked) -> WaysTold:
    book, lang = desk.book(asked.at), language(request)
    scope = Scope(people={asked.sender_id, asked.receiver_id})
    found = await desk.read(scope, lambda books: ways(books, book, asked))
    if isinstance(found, Refused):
        raise refused(found)
    return _ways_told(found, asked, book, lang)


def _ways_told(found: Ways, asked: SendingAsked, book: PolicyBook, lang: Language) -> WaysTold:
    quota = found.quota
    return WaysTold(
        relative_id=asked.receiver_id,
        relation=asked.relation,
        holds=found.holds,
        limits=_limits_told(found.limits),
        minimum_fen=found.minimum_fen,
        sender_open=found.sender_open,
        receiver_open=found.receiver_open,
        sendings=[
            SendingTold(
                source=one.source,
                verdict=one.verdict,
                most_fen=one.most_fen,
                reasons=all_told(one.reasons, book, lang),
            )
            for one in found.sendings
        ],
        quota=QuotaTold(
            verdict=quota.verdict,
            most_more_fen=quota.most_more_fen,
            reasons=all_told(quota.reasons, book, lang),
            bond_id=quota.bond_id,
            quota_fen=quota.quota_fen,
            used_fen=quota.used_fen,
        ),
        rules=rules_told(found.rests_on, book, lang),
        unknown=rules_told(found.unknown, book, lang),
    )


def _limits_told(limits: Limits) -> LimitsTold:
    opens: datetime | None = limits.opens_at
    return LimitsTold(
        count_per_day=limits.count_per_day,
        sent_today=limits.sent_today,
        left_today=limits.left_today,
        ceiling_fen=limits.ceiling_fen,
        ceiling_on=limits.ceiling_on,
        closed_from=limits.closed_from,
        closed_until=limits.closed_until,
        opens_at=told(opens),
        return_at=told(limits.return_at),
        one_pending=limits.one_pending,
        pending_id=limits.pending_id or None,
    )
