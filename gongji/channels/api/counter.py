"""The counter over the API: looking a person up with a reason; and who has looked at the caller."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from gongji.channels.api.bonds import BondTold, told_bond
from gongji.channels.api.declaring import lists, writes
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.relatives import Relative, find_relative, whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.dossiers import opened
from gongji.domain.insured import Insurance, Status
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.families import person_of
from gongji.services.office.looks import LOOK, Look, record_look
from gongji.services.store import Books


class Lookup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom one of the staff looks up, by his papers, and why."""

    person: Relative
    reason: Annotated[str, Meta(min_length=2, max_length=200)]


class PersonTold(Struct, frozen=True, kw_only=True):
    """What an office has of a person: his insurance, his wallet, and his bonds in both directions.

    `account` tells that his insurance has a personal account.
    """

    person_id: int
    region: str
    insured: Insurance
    status: Status
    alive: bool
    account: bool
    wallet_open: bool
    suspended_until: Moment | None
    bonds: list[BondTold]


class LookTold(Struct, frozen=True, kw_only=True):
    """Who of the staff looked at the caller's records, when, at what, and why: the officer's number and office."""

    at: Moment
    by: str
    office: str
    role: str
    what: str
    reason: str


class Looks(Struct, frozen=True):
    """A page of looks, newest first, and the cursor of the next page."""

    items: list[LookTold]
    next: str | None


@post(f"{API}/counter/lookups", operation_id="lookUpPerson", summary="Look a person up, with a reason",
      tags=["counter"], **writes("people.read", roles=("clerk", "reviewer", "inspector")))  # fmt: skip
async def look_up_person(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[Lookup]
) -> Response[PersonTold]:
    """Return a person's insurance and bonds. The look is on record, and the person sees it."""
    now, actor = desk.clock(), caller_of(request).actor
    person_id = await find_relative(desk, data.person)

    def act(books: Books) -> PersonTold | Refused:
        look = record_look(books, actor, person_id, "person", data.reason, now)
        return look if isinstance(look, Refused) else _person(books, person_id)

    scope = Scope(people={person_id})
    return await write(desk, request, operation="lookUpPerson", scope=scope, act=act, content=data)


@get(f"{API}/looks", operation_id="listLooks", summary="Who has looked at the caller's records", tags=["counter"],
     **lists("profile.read"))  # fmt: skip
async def list_looks(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Looks]:
    """Return them, newest first."""
    asked = Asked(kind=LOOK, party=whose(request))
    page, more = await dossier_page(desk, "looks", asked, limit, cursor)
    return paged(request, Looks([_look(one.made_at, opened(one, Look)) for one in page], more), more)


# Helpers


def _person(books: Books, person_id: int) -> PersonTold | Refused:
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    until = person.suspended_until
    bonds = [*books.registry.bonds_of_sharer(person_id), *books.registry.bonds_of_member(person_id)]
    return PersonTold(
        person_id=person_id,
        region=person.region,
        insured=person.insured,
        status=person.status,
        alive=person.alive,
        account=person.insured is Insurance.EMPLOYEE and person.account,
        wallet_open=person.wallet_open,
        suspended_until=told(datetime.combine(until, datetime.min.time())) if until is not None else None,
        bonds=[told_bond(bond) for bond in bonds],
    )


def _look(at: datetime, look: Look) -> LookTold:
    return LookTold(
        at=told(at),
        by=look.actor.officer,
        office=look.actor.office,
        role=look.actor.role,
        what=look.what,
        reason=look.reason,
    )
