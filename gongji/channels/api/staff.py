"""Staff over the API, for auditors: who may sign in for the desks they answer for, and noting that somebody left."""

from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from gongji.channels.api.declaring import changes, lists, reads
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.dossiers.cabinet import Asked
from gongji.services.access.staff import STAFF, Member, dismiss, staff_scope, standing
from gongji.services.acts import Actor
from gongji.services.offices import covers
from gongji.services.store import Books

StaffNo = Annotated[str, PathParameter(max_length=32, description="The number of one of the staff.")]
Office = Annotated[str | None, QueryParameter(pattern=r"^\d{6}$", description="医保区划 of a desk; the caller's own.")]

_STAFF: Final = f"{API}/staff"
_TAGS: Final = ["staff"]
_UNKNOWN: Final = Refused(Refusal.PERSON_UNKNOWN, subject="staff_no")


class StaffTold(Struct, frozen=True, kw_only=True):
    """One of the staff as he stands; `by` is who registered him, or who noted that he has left, and `why`."""

    staff_no: str
    name: str
    role: str
    office: str
    state: Literal["active", "left"]
    since: Moment
    by: str
    why: str


class StaffPage(Struct, frozen=True):
    """A page of the staff of a desk, who was registered last first, and the cursor of the next page."""

    items: list[StaffTold]
    next: str | None


class Dismissal(Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody may sign in no more: it stands on record."""

    why: Annotated[str, Meta(min_length=1, max_length=200)]


@get(_STAFF, operation_id="listStaff", summary="The staff of a desk", tags=_TAGS,
     **lists("staff.read", roles=("auditor",)))  # fmt: skip
async def list_staff(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    office: Office = None,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
) -> Response[StaffPage]:
    """Return who may sign in for a desk, and who has left it; desks are those that the caller's office answers for."""
    own = caller_of(request).office
    if not covers(own, office or own):
        raise ProblemError(RequestFault.NOT_YOUR_TASK, field="office")
    page, more = await dossier_page(desk, "staff", Asked(kind=STAFF, office=office or own), limit, cursor)
    return paged(request, StaffPage([_as_told(one) for one in page], more), more)


@get(f"{_STAFF}/{{staff_no:str}}", operation_id="readStaff", summary="One of the staff", tags=_TAGS,
     **reads("staff.read", roles=("auditor",)))  # fmt: skip
async def read_staff(request: Request[Any, Any, Any], desk: TheDesk, staff_no: StaffNo) -> Response[StaffTold]:
    """Return one of the staff; one of another office is answered as if he were not there."""
    actor = caller_of(request).actor
    found = await desk.read(staff_scope(staff_no), lambda books: _seen(books, actor, staff_no))
    if found is None:
        raise refused(_UNKNOWN)
    return tagged(request, found)


@post(f"{_STAFF}/{{staff_no:str}}/dismissal", operation_id="dismissStaff", summary="Note that somebody has left",
      tags=_TAGS, **changes("staff.write", roles=("auditor",)))  # fmt: skip
async def dismiss_staff(
    request: Request[Any, Any, Any], desk: TheDesk, staff_no: StaffNo, data: JSONBody[Dismissal]
) -> Response[StaffTold]:
    """End whatever one of the staff has signed in to, within seconds. To take him on again is for the machine."""
    actor = caller_of(request).actor

    def act(books: Books) -> StaffTold | Refused:
        if _seen(books, actor, staff_no) is None:
            return _UNKNOWN
        done = dismiss(books, staff_no, actor.clerk, data.why)
        return done if isinstance(done, Refused) else _seen(books, actor, staff_no) or _UNKNOWN

    return await write(
        desk,
        request,
        operation="dismissStaff",
        scope=staff_scope(staff_no),
        act=act,
        content=data,
        seen=lambda books: _seen(books, actor, staff_no),
    )


# Helpers


def _seen(books: Books, actor: Actor, staff_no: str) -> StaffTold | None:
    """Return one of the staff whom the actor's office answers for, None for all others."""
    dossier = standing(books, staff_no)
    return _as_told(dossier) if dossier is not None and covers(actor.office, dossier.office) else None


def _as_told(dossier: Dossier) -> StaffTold:
    member = opened(dossier, Member)
    state: Literal["active", "left"] = "left" if dossier.state == "left" else "active"
    return StaffTold(
        staff_no=member.staff_no,
        name=member.name,
        role=member.role,
        office=member.office,
        state=state,
        since=told(dossier.made_at),
        by=member.by,
        why=member.why,
    )
