"""Who used my money, and who paid for me, over the API: amounts, days, kinds of place; more only by consent."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import QueryParameter
from msgspec import Struct

from gongji.channels.api.accounts import PersonId
from gongji.channels.api.declaring import lists, reads
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.periods import FileFormat, Since, Until, file_of, name_of, span_of
from gongji.channels.api.problems import refused
from gongji.channels.api.reasons import language
from gongji.channels.api.session import own
from gongji.channels.exports.sheets import uses_sheet
from gongji.domain.family import Relation
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.services.accounts.uses import Help, Helps, Use, Uses, who_paid, who_used
from gongji.services.family.consents import consent_scope, may_see_details


class DetailsTold(Struct, frozen=True):
    """What the patient lets the one who paid see: the institution, and what was bought."""

    institution: str
    goods: list[str]


class UseTold(Struct, frozen=True, kw_only=True):
    """One use of the caller's money; a negative amount was given back. `place` is the kind of institution."""

    at: Moment
    member_id: int
    name: str
    relation: Relation | None
    kind: EntryKind
    amount_fen: int
    place: str
    details: DetailsTold | None


class MonthTold(Struct, frozen=True, kw_only=True):
    """What one relative's uses or help of a month come to."""

    month: str
    person_id: int
    name: str
    amount_fen: int


class UsesTold(Struct, frozen=True):
    """Who used the caller's money, the newest first, and the sums by relative and month."""

    items: list[UseTold]
    months: list[MonthTold]


class HelpTold(Struct, frozen=True, kw_only=True):
    """One payment of a relative for the caller; a negative amount went back to him."""

    at: Moment
    sharer_id: int
    name: str
    kind: EntryKind
    amount_fen: int
    institution: str
    settle_id: int | None


class HelpsTold(Struct, frozen=True):
    """Who paid for the caller, the newest first, and the sums by relative and month."""

    items: list[HelpTold]
    months: list[MonthTold]


@get(
    f"{API}/accounts/{{person_id:int}}/uses",
    operation_id="readUses",
    summary="Who used my money",
    tags=["statements"],
    **reads("statements.read"),
)
async def read_uses(
    request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId, since: Since = None, until: Until = None
) -> Response[UsesTold]:
    """Return who used the caller's money, when and at what kind of place; more only where the patient agreed."""
    found = await _uses(desk, own(request, person_id), since, until)
    items = [_use(one, found) for one in found.uses]
    months = [_month(month, member_id, fen, found.names) for (member_id, month), fen in sorted(found.months.items())]
    return tagged(request, UsesTold(items, months))


@get(
    f"{API}/accounts/{{person_id:int}}/uses/file",
    operation_id="exportUses",
    summary="Who used my money, as CSV, XLSX or PDF",
    tags=["statements"],
    media_type="text/csv",
    **{name: value for name, value in lists("statements.read").items() if name != "response_headers"},
)
async def export_uses(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    person_id: PersonId,
    file_format: Annotated[FileFormat, QueryParameter(description="Of which kind the file is.")] = "csv",
    since: Since = None,
    until: Until = None,
) -> Response[bytes]:
    """Return who used the caller's money in a period as a file."""
    whose, now = own(request, person_id), desk.clock()
    found = await _uses(desk, whose, since, until)
    first, last = span_of(since, until)
    name = await name_of(desk, whose)
    sheet = uses_sheet(found, name, language(request), since=first, until=last, made_at=now)
    return await file_of(desk, sheet, file_format, "uses")


@get(
    f"{API}/accounts/{{person_id:int}}/helps",
    operation_id="readHelps",
    summary="Who paid for me",
    tags=["statements"],
    **reads("statements.read"),
)
async def read_helps(
    request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId, since: Since = None, until: Until = None
) -> Response[HelpsTold]:
    """Return which relatives paid for the caller, what, when and where."""
    whose = own(request, person_id)
    first, last = span_of(since, until)
    found = await desk.away(lambda: who_paid(desk.store, whose, since=first, until=last))
    if isinstance(found, Refused):
        raise refused(found)
    items = [_help(one, found) for one in found.helps]
    months = [_month(month, sharer_id, fen, found.names) for (sharer_id, month), fen in sorted(found.months.items())]
    return tagged(request, HelpsTold(items, months))


# Helpers


async def _uses(desk: TheDesk, whose: int, since: str | None, until: str | None) -> Uses:
    """Return who used that person's money, with details of those who agreed to that."""
    now = desk.clock()
    first, last = span_of(since, until)
    members = await desk.read(
        Scope(people={whose}), lambda books: {one.member_id for one in books.registry.bonds_of_sharer(whose)}
    )
    consented = await desk.read(
        consent_scope(whose, *members),
        lambda books: frozenset(one for one in members if may_see_details(books, whose, one)),
    )
    found = await desk.away(
        partial(who_used, desk.store, desk.book(now), whose, since=first, until=last, now=now, consented=consented)
    )
    if isinstance(found, Refused):
        raise refused(found)
    return found


def _use(one: Use, found: Uses) -> UseTold:
    details = one.details
    return UseTold(
        at=told(one.at),
        member_id=one.member_id,
        name=found.names.get(one.member_id, ""),
        relation=found.relations.get(one.member_id),
        kind=one.kind,
        amount_fen=one.amount_fen,
        place=one.place,
        details=DetailsTold(details.institution, list(details.goods)) if details is not None else None,
    )


def _month(month: str, person_id: int, fen: int, names: Mapping[int, str]) -> MonthTold:
    return MonthTold(month=month, person_id=person_id, name=names.get(person_id, ""), amount_fen=fen)


def _help(one: Help, found: Helps) -> HelpTold:
    return HelpTold(
        at=told(one.at),
        sharer_id=one.sharer_id,
        name=found.names.get(one.sharer_id, ""),
        kind=one.kind,
        amount_fen=one.amount_fen,
        institution=one.institution,
        settle_id=one.settle_id,
    )
