"""E-credential codes over the API 医保码: one's own, and a relative's who agreed (亲情账户). They move no money."""

import asyncio
import io
from concurrent.futures import Future
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
import segno
from litestar import Request, Response, get, post
from litestar.enums import MediaType
from litestar.params import JSONBody, PathParameter
from msgspec import Struct

from gongji.channels.api.accounts import PersonId
from gongji.channels.api.declaring import lists, writes
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.problems import refused
from gongji.channels.api.relatives import Relative, find_relative, whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import Act, write
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.acts import Actor
from gongji.services.batching import Job
from gongji.services.family import showings
from gongji.services.family.consents import Agreed
from gongji.services.family.showings import SHOWING, SHOWN, Showing, Shown, Stands, showing_scope
from gongji.services.store import Books

SVG: Final = "image/svg+xml"

ShowingId = Annotated[str, PathParameter(max_length=80, description="The showing's id.")]


class ShowingAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose code the caller would show, and what that person is to him."""

    owner: Relative
    relation: Relation


class ShowingAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The owner's answer, or his guardian's; yes wants `agreed`."""

    yes: bool
    agreed: Agreed | None = None


class StandsTold(Struct, frozen=True, kw_only=True):
    """Where a showing stands."""

    showing_id: str
    owner_id: int
    helper_id: int
    state: str


class ShowingTold(Struct, frozen=True, kw_only=True):
    """A showing of which the caller is the owner or the helper; `relation` is what the owner is to the helper."""

    showing_id: str
    owner_id: int
    helper_id: int
    relation: Relation
    state: str
    asked_at: Moment
    agreed_at: Moment | None
    ended_at: Moment | None


class Showings(Struct, frozen=True):
    """A page of showings, newest first, and the cursor of the next page."""

    items: list[ShowingTold]
    next: str | None


class ShownTold(Struct, frozen=True, kw_only=True):
    """One time a code was given to a helper to show."""

    at: Moment
    owner_id: int
    helper_id: int
    channel: str


class ShownPage(Struct, frozen=True):
    """A page of showings of codes, newest first, and the cursor of the next page."""

    items: list[ShownTold]
    next: str | None


class CodeTold(Struct, frozen=True, kw_only=True):
    """A fresh code: it may be shown until (not at) `until`, for one visit and one settlement."""

    code: str
    person_id: int
    until: Moment


@post(
    f"{API}/showings",
    operation_id="askShowing",
    summary="Ask to show a relative's code",
    tags=["credentials"],
    **writes("credentials.show"),
)
async def ask_showing(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[ShowingAsked]
) -> Response[StandsTold]:
    """Ask a relative to let the caller show his e-credential code; nothing is shown before he has agreed."""
    helper_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    owner_id = await find_relative(desk, data.owner)
    act = _telling(lambda books: showings.ask(books, actor, helper_id, owner_id, data.relation, now))
    scope = _scope(actor, helper_id, owner_id)
    return await write(desk, request, operation="askShowing", scope=scope, act=act, content=data)


@get(
    f"{API}/showings",
    operation_id="listShowings",
    summary="Who may show whose code",
    tags=["credentials"],
    **lists("credentials.show"),
)
async def list_showings(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Showings]:
    """Return the showings of which the caller is the owner or the helper."""
    asked = Asked(kind=SHOWING, party=whose(request))
    page, more = await dossier_page(desk, "showings", asked, limit, cursor)
    return paged(request, Showings([_showing(one) for one in page], more), more)


@get(
    f"{API}/showings/shown",
    operation_id="listShown",
    summary="When the caller's code was shown, and by whom",
    tags=["credentials"],
    **lists("credentials.show"),
)
async def list_shown(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[ShownPage]:
    """Return each time that a helper was given a code of the caller's, or the caller that of another."""
    page, more = await dossier_page(desk, "shown", Asked(kind=SHOWN, party=whose(request)), limit, cursor)
    return paged(request, ShownPage([_shown(one) for one in page], more), more)


@post(
    f"{API}/showings/{{showing_id:str}}/answer",
    operation_id="answerShowing",
    summary="Agree that a relative shows my code, or not",
    tags=["credentials"],
    **writes("credentials.show"),
)
async def answer_showing(
    request: Request[Any, Any, Any], desk: TheDesk, showing_id: ShowingId, data: JSONBody[ShowingAnswer]
) -> Response[StandsTold]:
    """Answer, as the owner of the code or for him."""
    owner_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    act = _telling(lambda books: showings.agree(books, actor, showing_id, now, yes=data.yes, agreed=data.agreed))
    scope = _scope(actor, owner_id, showing_id=showing_id)
    return await write(desk, request, operation="answerShowing", scope=scope, act=act, content=data)


@post(
    f"{API}/showings/{{showing_id:str}}/ending",
    operation_id="endShowing",
    summary="Show that code no more",
    tags=["credentials"],
    **writes("credentials.show"),
)
async def end_showing(request: Request[Any, Any, Any], desk: TheDesk, showing_id: ShowingId) -> Response[StandsTold]:
    """End a showing: either side may, at any time."""
    person_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    act = _telling(lambda books: showings.end(books, actor, showing_id, now))
    scope = _scope(actor, person_id, showing_id=showing_id)
    return await write(desk, request, operation="endShowing", scope=scope, act=act)


@get(
    f"{API}/credentials/{{person_id:int}}/code",
    operation_id="readCode",
    summary="A fresh e-credential code",
    tags=["credentials"],
    **lists("credentials.show"),
)
async def read_code(request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId) -> Response[CodeTold]:
    """Return a code of the caller's own, or of a relative who agreed; the latter is put on record."""
    now = desk.clock()
    code = await _code(desk, request, person_id, now)
    answer = CodeTold(code=code, person_id=person_id, until=told(now + desk.codes.life))
    told_once: Response[Any] = Response(msgspec.json.encode(answer), media_type=MediaType.JSON, headers=_NOT_KEPT)
    return told_once


@get(
    f"{API}/credentials/{{person_id:int}}/qr.svg",
    operation_id="readCodePicture",
    summary="A fresh e-credential code as a picture",
    tags=["credentials"],
    media_type=SVG,
    **lists("credentials.show"),
)
async def read_picture(request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId) -> Response[bytes]:
    """Return the QR code of a fresh code, as `readCode` has it."""
    code = await _code(desk, request, person_id, desk.clock())
    drawn = io.BytesIO()
    segno.make(code, error="m", micro=False).save(drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    return Response(drawn.getvalue(), media_type=SVG, headers=_NOT_KEPT)


# Helpers

_NOT_KEPT: Final = {"cache-control": "no-store"}


def _scope(actor: Actor, *people: int, showing_id: str = "") -> Scope:
    scope = showing_scope(*people)
    if actor.person_id:
        scope.people.add(actor.person_id)
    if showing_id:
        scope.dossiers.add(showing_id)
    return scope


async def _code(desk: TheDesk, request: Request[Any, Any, Any], person_id: int, now: datetime) -> str:
    """Return a fresh code that the caller may show. Raise ProblemError; a helper's is on record before he gets it."""
    actor = caller_of(request).actor
    helper_id = whose(request)
    scope = _scope(actor, person_id, helper_id)
    found = await desk.read(scope, lambda books: showings.may_show(books, actor, person_id))
    if isinstance(found, Refused):
        raise refused(found)

    def note(books: Books) -> bytes:
        still = showings.may_show(books, actor, person_id)
        if isinstance(still, Refused):
            return b"no"
        showings.note_shown(books, actor, person_id, still, now)
        return b""

    if found or actor.person_id != person_id:
        outcome: Future[bytes] = desk.batcher.submit(Job(scope, note))
        if await asyncio.wrap_future(outcome):
            raise refused(Refused(Refusal.NOT_OWN_CREDENTIAL, subject="showing"))
    return desk.codes.mint(person_id, now)


def _telling(act: Any) -> Act:
    def telling(books: Books) -> StandsTold | Refused:
        done: Stands | Refused = act(books)
        if isinstance(done, Refused):
            return done
        return StandsTold(
            showing_id=done.showing_id, owner_id=done.owner_id, helper_id=done.helper_id, state=done.state
        )

    return telling


def _showing(dossier: Dossier) -> ShowingTold:
    form = opened(dossier, Showing)
    owner_id, helper_id = dossier.parties
    return ShowingTold(
        showing_id=dossier.dossier_id,
        owner_id=owner_id,
        helper_id=helper_id,
        relation=form.relation,
        state=dossier.state,
        asked_at=told(dossier.made_at),
        agreed_at=told(form.agreed_at),
        ended_at=told(form.ended_at),
    )


def _shown(dossier: Dossier) -> ShownTold:
    form = opened(dossier, Shown)
    return ShownTold(
        at=told(dossier.made_at),
        owner_id=dossier.parties[0],
        helper_id=dossier.parties[-1],
        channel=form.actor.channel,
    )
