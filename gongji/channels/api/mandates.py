"""Mandates over the API: giving one, seeing who may act for whom, ending one; and a clerk who acts at his counter."""

from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from gongji.channels.api.declaring import lists, writes
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, taken, told
from gongji.channels.api.outcomes import held
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.relatives import Relative, find_relative, whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.office.mandates import (
    MANDATE,
    Form,
    Given,
    Helper,
    How,
    end_mandate,
    give_helper,
    given_of,
    mandate_scope,
)
from gongji.services.office.presences import Standing, stand_before
from gongji.services.store import Books
from gongji.services.visits.credentials import CODE, Credential

MandateId = Annotated[str, PathParameter(min_length=1, max_length=80, description="The number it was told under.")]


class HelperSent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may act for the caller, in what (names of scopes), until when: a year at most."""

    holder: Relative
    operations: Annotated[list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(min_length=1, max_length=30)]
    until: Moment


class Presence(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who stands at the counter, how the clerk made sure of it, and what it is about.

    `code` is an e-credential code that he showed, and is used up by it; `material` an ID card or household book of his,
    by number, that this clerk has just taken in. What moves money, or forms or ends a bond, wants one of the two, not
    half an hour old; else this is the clerk's word alone.
    """

    person: Relative
    how: How
    reason: Annotated[str, Meta(min_length=2, max_length=200)]
    code: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    material: Annotated[str, Meta(min_length=1, max_length=80)] | None = None


class MandateTold(Struct, frozen=True, kw_only=True):
    """A mandate as it stands. `holder_id` is null, and `holder` an officer's number, where a clerk holds it.

    `checked_by` tells what showed who stood at a counter; null for a clerk's word alone, and for all other mandates.
    """

    mandate_id: str
    form: Form
    person_id: int
    holder_id: int | None
    holder: str
    operations: list[str]
    state: str
    made_at: Moment
    until: Moment | None
    ended_at: Moment | None
    checked_by: Literal["code", "material", "sandbox"] | None


class Mandates(Struct, frozen=True):
    """A page of mandates, newest first, and the cursor of the next page."""

    items: list[MandateTold]
    next: str | None


@post(f"{API}/mandates", operation_id="giveMandate", summary="Let somebody act for the caller", tags=["mandates"],
      **writes("mandates.write"))  # fmt: skip
async def give_mandate(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[HelperSent]
) -> Response[MandateTold]:
    """Let a helper act, in some things, until a day; it can be ended at any time."""
    person_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    holder_id = await find_relative(desk, data.holder)
    wish = Helper(
        at=now, person_id=person_id, holder_id=holder_id, operations=tuple(data.operations), until=taken(data.until)
    )

    def act(books: Books) -> MandateTold | Refused:
        done = held(give_helper(books, actor, wish))
        return done if isinstance(done, Refused) else _told(done)

    scope = mandate_scope(person_id, holder_id)
    return await write(desk, request, operation="giveMandate", scope=scope, act=act, content=data)


@get(f"{API}/mandates", operation_id="listMandates", summary="Who may act for the caller, and for whom he may",
     tags=["mandates"], **lists("profile.read"))  # fmt: skip
async def list_mandates(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Mandates]:
    """Return mandates of both directions, ended ones too, newest first."""
    now = desk.clock()
    asked = Asked(kind=MANDATE, party=whose(request))
    page, more = await dossier_page(desk, "mandates", asked, limit, cursor)
    scope = Scope(people={one.parties[0] for one in page})
    items = await desk.read(scope, lambda books: [_told(given_of(one, books, now)) for one in page])
    return paged(request, Mandates(items, more), more)


@post(f"{API}/mandates/{{mandate_id:str}}/end", operation_id="endMandate", summary="End a mandate", tags=["mandates"],
      **writes("mandates.write"))  # fmt: skip
async def finish_mandate(
    request: Request[Any, Any, Any], desk: TheDesk, mandate_id: MandateId
) -> Response[MandateTold]:
    """End a mandate that the caller gave or holds, at once."""
    now, actor = desk.clock(), caller_of(request).actor
    dossier = await desk.read(Scope(dossiers={mandate_id}), lambda books: books.dossiers.get(mandate_id))

    def act(books: Books) -> MandateTold | Refused:
        done = end_mandate(books, actor, mandate_id, now)
        return done if isinstance(done, Refused) else _told(done)

    people = dossier.parties if dossier is not None and dossier.kind == MANDATE else ()
    scope = mandate_scope(*people, mandate_id=mandate_id)
    return await write(desk, request, operation="endMandate", scope=scope, act=act)


@post(f"{API}/counter/presences", operation_id="standAtCounter", summary="Act for one who stands at the counter",
      tags=["counter"], **writes("people.read", roles=("clerk",)))  # fmt: skip
async def stand_at_counter(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[Presence]
) -> Response[MandateTold]:
    """Let the clerk act until the day is over for a person before him, wherever insured; the person sees it."""
    now, actor = desk.clock(), caller_of(request).actor
    person_id = await find_relative(desk, data.person)
    code = Credential(CODE, data.code, code=desk.codes.open(data.code)) if data.code is not None else None
    asked = Standing(
        at=now, person_id=person_id, how=data.how, reason=data.reason, code=code, material=data.material or ""
    )

    def act(books: Books) -> MandateTold | Refused:
        done = held(stand_before(books, actor, asked))
        return done if isinstance(done, Refused) else _told(done)

    return await write(desk, request, operation="standAtCounter", scope=asked.scope, act=act, content=data)


# Helpers


def _told(given: Given) -> MandateTold:
    form = given.mandate
    return MandateTold(
        mandate_id=given.mandate_id,
        form=form.form,
        person_id=given.person_id,
        holder_id=form.holder_id or None,
        holder=form.holder,
        operations=list(form.operations),
        state=given.state,
        made_at=told(given.made_at),
        until=told(form.until),
        ended_at=told(form.ended_at),
        checked_by=form.check.what if form.check is not None else None,
    )
