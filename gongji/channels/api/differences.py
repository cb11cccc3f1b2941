"""Differences over the API: money that came back, before an office, until somebody has seen to it."""

from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from gongji.channels.api.application_forms import StepTold, step_told
from gongji.channels.api.declaring import lists, writes
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.outcomes import held
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.office import differences
from gongji.services.office.differences import CURSOR_ID, DIFFERENCE, RUNNING, Difference, DifferenceKind
from gongji.services.store import Books

DifferenceId = Annotated[str, PathParameter(min_length=1, max_length=80, description="The number it was told under.")]
_ROLES: Final = ("clerk", "reviewer", "auditor")
_TAGS: Final = ["counter"]


class DifferenceStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done with a difference: taken, or seen to, with a note of what was found."""

    step: Literal["take", "see_to"]
    note: Annotated[str, Meta(max_length=200)] = ""


class DifferenceTold(Struct, frozen=True, kw_only=True):
    """Money that came back, in fen 分, by which entry, and who sees to it (an officer's number; "" for nobody yet)."""

    difference_id: str
    kind: DifferenceKind
    person_id: int
    entry_id: int
    amount_fen: int
    at: Moment
    state: str
    owner: str
    steps: list[StepTold]


class Differences(Struct, frozen=True):
    """A page of what is still open before an office, newest first; when the journal was last looked through."""

    items: list[DifferenceTold]
    checked_at: Moment | None
    next: str | None


class JournalChecked(Struct, frozen=True):
    """How many differences are new; `more` tells that there is more of the journal to be looked through."""

    found: int
    more: bool


@get(f"{API}/differences", operation_id="listDifferences", summary="Money that came back, before an office",
     tags=_TAGS, **lists("people.read", roles=_ROLES))  # fmt: skip
async def list_differences(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Differences]:
    """Return what nobody of the caller's office has seen to yet."""
    asked = Asked(kind=DIFFERENCE, office=caller_of(request).office, states=RUNNING)
    page, more = await dossier_page(desk, "differences", asked, limit, cursor)
    at = await desk.read(Scope(dossiers={CURSOR_ID}), differences.checked_at)
    return paged(request, Differences([_told(one) for one in page], told(at), more), more)


@post(f"{API}/differences/checks", operation_id="checkJournal", summary="Look through the journal for differences",
      tags=_TAGS, **writes("people.read", roles=_ROLES))  # fmt: skip
async def check_journal(request: Request[Any, Any, Any], desk: TheDesk) -> Response[JournalChecked]:
    """Look through what was recorded since the last time, a portion at once."""
    now = desk.clock()
    policy, portion = desk.book(now), await desk.away(lambda: differences.next_portion(desk.store, now))

    def act(books: Books) -> JournalChecked | Refused:
        return JournalChecked(differences.file_portion(books, policy, portion, now), portion.more)

    return await write(desk, request, operation="checkJournal", scope=portion.scope, act=act)


@post(f"{API}/differences/{{difference_id:str}}/steps", operation_id="stepDifference",
      summary="Take a difference, or close it", tags=_TAGS, **writes("people.read", roles=_ROLES))  # fmt: skip
async def step_difference(
    request: Request[Any, Any, Any], desk: TheDesk, difference_id: DifferenceId, data: JSONBody[DifferenceStep]
) -> Response[DifferenceTold]:
    """Take what nobody has; or close, with a note, what one has taken."""
    now, actor = desk.clock(), caller_of(request).actor

    def act(books: Books) -> DifferenceTold | Refused:
        if data.step == "take":
            done = held(differences.take(books, actor, difference_id, now))
        else:
            done = held(differences.see_to(books, actor, difference_id, data.note, now))
        return done if isinstance(done, Refused) else _told(done)

    scope = Scope(dossiers={difference_id})
    return await write(desk, request, operation="stepDifference", scope=scope, act=act, content=data)


# Helpers


def _told(dossier: Dossier) -> DifferenceTold:
    form = opened(dossier, Difference)
    return DifferenceTold(
        difference_id=dossier.dossier_id,
        kind=form.kind,
        person_id=dossier.parties[0],
        entry_id=form.entry_id,
        amount_fen=form.amount_fen,
        at=told(form.at),
        state=dossier.state,
        owner=form.owner,
        steps=[step_told(step) for step in form.steps],
    )
