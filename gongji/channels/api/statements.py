"""Statements over the API: balances as of a moment, movements page by page, their sums, and the same as a file."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final

from litestar import Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation
from msgspec import Struct
from msgspec.structs import replace

from gongji.channels.api.accounts import ID_MOST, PersonId
from gongji.channels.api.declaring import lists, reads
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, cursor_at, paged, place_of
from gongji.channels.api.periods import (
    OF_MOMENTS,
    WHEN,
    FileFormat,
    Since,
    Until,
    file_of,
    moment_of,
    name_of,
    span_of,
)
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.reasons import language
from gongji.channels.api.session import own
from gongji.channels.exports.sheets import statement_sheet
from gongji.domain.account import Account, Pocket
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import EntryKind
from gongji.ledger.stretches import Point
from gongji.services.accounts.movements import Movement
from gongji.services.accounts.statements import Asked, Balances, Statement, balances_at, statement, sums

EXPORT_MOST: Final = 5_000
"""So many movements fit in one file; longer periods are asked for in parts."""


class PocketTold(Struct, frozen=True, kw_only=True):
    """What lies in one pocket, in fen 分; `member_id` is whom a family pot is for, null for nobody in particular."""

    pocket: Pocket
    member_id: int | None
    balance_fen: int


class BalancesAtTold(Struct, frozen=True, kw_only=True):
    """What lay in each pocket at a moment, with all that had taken effect by then."""

    person_id: int
    at: Moment
    pockets: list[PocketTold]
    total_fen: int


class MovementTold(Struct, frozen=True, kw_only=True):
    """Fen put into a pocket or (negative) taken out, and what lay in it after.

    `recorded_at` and `entry_id` are null for what is due and will be recorded with the next use. By `entry_id` one asks
    about it. `person_id` is whom it was for.
    """

    at: Moment
    recorded_at: Moment | None
    entry_id: int | None
    kind: EntryKind
    pocket: Pocket
    member_id: int | None
    amount_fen: int
    balance_fen: int
    person_id: int | None
    name: str
    relation: Relation | None
    place: str
    settle_id: int | None
    refund_id: int | None
    transfer_id: str | None
    quota: bool
    undoes: bool


class StatementTold(Struct, frozen=True, kw_only=True):
    """A page of movements; opening and closing are those of the whole period."""

    opening: list[PocketTold]
    closing: list[PocketTold]
    items: list[MovementTold]
    next: str | None


class SumTold(Struct, frozen=True, kw_only=True):
    """What the movements of one month, pocket, kind and relative come to."""

    month: str
    pocket: Pocket
    member_id: int | None
    kind: EntryKind
    person_id: int | None
    amount_fen: int
    count: int


class Sums(Struct, frozen=True):
    """All sums of a period."""

    items: list[SumTold]


def asked_of(
    request: Request[Any, Any, Any],
    since: Since = None,
    until: Until = None,
    pocket: Annotated[Pocket | None, QueryParameter(description="Of this kind of pocket alone.")] = None,
    kind: Annotated[EntryKind | None, QueryParameter(description="Of this kind alone.")] = None,
    relative_id: Annotated[int | None, QueryParameter(ge=1, le=ID_MOST, description="For this relative alone.")] = None,
) -> Asked:
    """Return which movements of the caller are asked for. Raise ProblemError for another's."""
    person_id = own(request, int(request.path_params["person_id"]))
    first, last = span_of(since, until)
    kinds = frozenset({kind}) if kind is not None else frozenset[EntryKind]()
    return Asked(person_id=person_id, since=first, until=last, pocket=pocket, kinds=kinds, relative_id=relative_id)


Movements = NamedDependency[SkipValidation[Asked]]
_FILTERS: Final = {"asked": Provide(asked_of, sync_to_thread=False)}


@get(
    f"{API}/accounts/{{person_id:int}}/balances/at",
    operation_id="readBalancesAt",
    summary="What lay in a person's pockets at a moment",
    tags=["statements"],
    **reads("statements.read"),
)
async def read_balances_at(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    person_id: PersonId,
    at: Annotated[str, QueryParameter(description=WHEN, schema_extra=OF_MOMENTS)],
) -> Response[BalancesAtTold]:
    """Return the caller's pockets as of a moment that has passed, that moment included."""
    whose, now, moment = own(request, person_id), desk.clock(), moment_of(at, "at")
    book = desk.book(now)
    found = await desk.away(lambda: balances_at(desk.store, book, whose, moment, now))
    if isinstance(found, Refused):
        raise refused(found)
    pockets = _pockets(found)
    total_fen = sum(one.balance_fen for one in pockets)
    answer = BalancesAtTold(person_id=whose, at=told(moment), pockets=pockets, total_fen=total_fen)
    return tagged(request, answer)


@get(
    f"{API}/accounts/{{person_id:int}}/statement",
    operation_id="readStatement",
    dependencies=_FILTERS,
    summary="Every movement, with the balance after it",
    tags=["statements"],
    **lists("statements.read"),
)
async def read_statement(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    person_id: PersonId,
    asked: Movements,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response[StatementTold]:
    """Return the caller's movements, the newest first; a page has those of at most `limit` entries."""
    own(request, person_id)
    place = place_of("statement", cursor, tuple[datetime, int])
    asked = replace(asked, most=limit, after=Point(*place) if place is not None else None)
    found = await _statement(desk, asked)
    after = found.after
    more = cursor_at("statement", (after.event_at, after.entry_id)) if after is not None else None
    page = StatementTold(
        opening=_pockets(found.opening),
        closing=_pockets(found.closing),
        items=[_movement(one, found) for one in found.movements],
        next=more,
    )
    return paged(request, page, more)


@get(
    f"{API}/accounts/{{person_id:int}}/statement/sums",
    operation_id="readSums",
    dependencies=_FILTERS,
    summary="Movements summed by month, pocket, kind and relative",
    tags=["statements"],
    **reads("statements.read"),
)
async def read_sums(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    person_id: PersonId,
    asked: Movements,
) -> Response[Sums]:
    """Return what the caller's movements of a period come to."""
    own(request, person_id)
    now = desk.clock()
    book = desk.book(now)
    found = await desk.away(lambda: sums(desk.store, book, asked, now))
    if isinstance(found, Refused):
        raise refused(found)
    items = [
        SumTold(
            month=one.month,
            pocket=one.account.pocket,
            member_id=one.account.member_id or None,
            kind=one.kind,
            person_id=one.person_id,
            amount_fen=one.amount_fen,
            count=one.count,
        )
        for one in found
    ]
    return tagged(request, Sums(items))


@get(
    f"{API}/accounts/{{person_id:int}}/statement/file",
    operation_id="exportStatement",
    dependencies=_FILTERS,
    summary="A statement as CSV, XLSX or PDF",
    tags=["statements"],
    media_type="text/csv",
    **{name: value for name, value in lists("statements.read").items() if name != "response_headers"},
)
async def export_statement(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    person_id: PersonId,
    asked: Movements,
    file_format: Annotated[FileFormat, QueryParameter(description="Of which kind the file is.")] = "csv",
) -> Response[bytes]:
    """Return the caller's movements of a period, the oldest first, as a file."""
    whose, now = own(request, person_id), desk.clock()
    asked = replace(asked, most=EXPORT_MOST, newest_first=False)
    found = await _statement(desk, asked)
    if found.after is not None:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field="since", said=f"more than {EXPORT_MOST} entries")
    name = await name_of(desk, whose)
    return await file_of(desk, statement_sheet(found, name, language(request), now), file_format, "statement")


# Helpers


async def _statement(desk: TheDesk, asked: Asked) -> Statement:
    now = desk.clock()
    found = await desk.away(partial(statement, desk.store, desk.book(now), asked, now))
    if isinstance(found, Refused):
        raise refused(found)
    return found


def _pockets(balances: Balances) -> list[PocketTold]:
    order = list(Pocket)
    several: list[tuple[Account, int]] = sorted(
        balances.items(), key=lambda item: (order.index(item[0].pocket), item[0].member_id)
    )
    return [
        PocketTold(pocket=account.pocket, member_id=account.member_id or None, balance_fen=fen)
        for account, fen in several
    ]


def _movement(one: Movement, page: Statement) -> MovementTold:
    return MovementTold(
        at=told(one.at),
        recorded_at=told(one.recorded_at),
        entry_id=one.point.entry_id if one.recorded_at is not None else None,
        kind=one.kind,
        pocket=one.account.pocket,
        member_id=one.account.member_id or None,
        amount_fen=one.amount_fen,
        balance_fen=one.balance_fen,
        person_id=one.person_id,
        name=page.names.get(one.person_id or 0, ""),
        relation=page.relations.get(one.person_id or 0),
        place=one.place,
        settle_id=one.settle_id if one.person_id == page.asked.person_id else None,
        refund_id=one.refund_id if one.person_id == page.asked.person_id else None,
        transfer_id=one.transfer_id or None,
        quota=one.quota,
        undoes=one.undoes,
    )
