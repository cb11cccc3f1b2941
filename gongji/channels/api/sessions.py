"""Sessions over the API: to which apps the caller has agreed, and taking that back."""

from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import PathParameter
from msgspec import Struct

from gongji.channels.api.declaring import lists, writes
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, cursor_at, paged, place_of
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.dossiers.cabinet import Asked, Place
from gongji.services.access.sessions import OPEN, SESSION, Session, session_by, session_scope, taken_back
from gongji.services.store import Books

Number = Annotated[str, PathParameter(pattern="^[0-9a-f]{64}$", description="The number of the session.")]

_SESSIONS: Final = f"{API}/sessions"


class SessionTold(Struct, frozen=True):
    """An app to which the caller has agreed: for what, since when and until when. `sandbox` marks a sample sign-in."""

    session_id: str
    client_id: str
    scopes: tuple[str, ...]
    since: Moment
    until: Moment
    sandbox: bool


class Sessions(Struct, frozen=True):
    """A page of sessions that go on, the newest first, and the cursor of the next page."""

    items: list[SessionTold]
    next: str | None


@get(
    _SESSIONS,
    operation_id="listSessions",
    summary="The apps to which the caller has agreed",
    tags=["sessions"],
    **lists("sessions.read", roles=("citizen",)),
)
async def list_sessions(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Sessions]:
    """Return the caller's own, whomever he acts for."""
    now, before = desk.clock(), place_of("sessions", cursor, Place)  # type: ignore[arg-type]  # a form as msgspec takes it
    asked = Asked(kind=SESSION, party=caller_of(request).subject, states=[OPEN], before=before, most=limit + 1)
    found = await desk.away(lambda: desk.store.dossiers(asked))
    page = found[:limit]
    more = cursor_at("sessions", (page[-1].made_at, page[-1].dossier_id)) if len(found) > limit else None
    return paged(request, Sessions([_as_told(one) for one in page if now < opened(one, Session).until], more), more)


@post(
    f"{_SESSIONS}/{{session_id:str}}/end",
    operation_id="endSession",
    summary="Take back what was agreed to",
    tags=["sessions"],
    **writes("sessions.write", roles=("citizen",)),
)
async def end_session(request: Request[Any, Any, Any], desk: TheDesk, session_id: Number) -> Response[SessionTold]:
    """End one of the caller's own: its tokens hold no more, at once for refreshing and within seconds for reading."""
    whose = caller_of(request).subject

    def act(books: Books) -> SessionTold | Refused:
        dossier = session_by(books, session_id, whose)
        if dossier is None:
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="session_id")
        taken_back(books, session_id)
        return _as_told(dossier)

    return await write(desk, request, operation="endSession", scope=session_scope(session_id), act=act)


# Helpers


def _as_told(dossier: Dossier) -> SessionTold:
    session = opened(dossier, Session)
    return SessionTold(
        session_id=dossier.dossier_id.removeprefix(f"{SESSION}-"),
        client_id=session.client_id,
        scopes=session.scopes,
        since=told(dossier.made_at),
        until=told(session.until),
        sandbox=session.who.sandbox,
    )
