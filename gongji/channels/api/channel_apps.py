"""Channel apps over the API, for inspectors and auditors: which there are, and shutting one out at once."""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from gongji.channels.api.declaring import changes, lists, reads
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.outcomes import held
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, cursor_at, paged, place_of
from gongji.channels.api.problems import refused
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.refusals import Refusal, Refused
from gongji.dossiers.cabinet import Asked
from gongji.services.access.channel_apps import (
    APP,
    AppKind,
    AppState,
    GrantType,
    Registered,
    StateRequest,
    app_scope,
    as_registered,
    change_state,
    registered,
)
from gongji.services.store import Books

ClientId = Annotated[str, PathParameter(max_length=63, description="The client id of the app.")]

_APPS: Final = f"{API}/channel-apps"


class ChannelAppTold(Struct, frozen=True):
    """A channel app as it stands; `public` tells that it can keep no secret. No secret is ever told."""

    client_id: str
    name_zh: str
    name_en: str
    kind: AppKind
    state: AppState
    grant_types: tuple[GrantType, ...]
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    public: bool
    staff: bool
    requests_per_minute: int
    registered_by: str
    registered_at: Moment
    why: str


class ChannelApps(Struct, frozen=True):
    """A page of channel apps, the newest first, and the cursor of the next page."""

    items: list[ChannelAppTold]
    next: str | None


class AppStateWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """To which state, and why: it stands on record."""

    state: AppState
    why: Annotated[str, Meta(min_length=1, max_length=200)]


@get(
    _APPS,
    operation_id="listChannelApps",
    summary="The channel apps",
    tags=["channel apps"],
    **lists("apps.read", roles=("inspector", "auditor")),
)
async def list_channel_apps(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[ChannelApps]:
    """Return the apps as they stand, those that are shut out too."""
    before = place_of("apps", cursor, tuple[datetime, str])
    asked = Asked(kind=APP, before=before, most=limit + 1)
    found = await desk.away(lambda: desk.store.dossiers(asked))
    page = found[:limit]
    more = cursor_at("apps", (page[-1].made_at, page[-1].dossier_id)) if len(found) > limit else None
    return paged(request, ChannelApps([_as_told(as_registered(one)) for one in page], more), more)


@get(
    f"{_APPS}/{{client_id:str}}",
    operation_id="readChannelApp",
    summary="A channel app",
    tags=["channel apps"],
    **reads("apps.read", roles=("inspector", "auditor")),
)
async def read_channel_app(
    request: Request[Any, Any, Any], desk: TheDesk, client_id: ClientId
) -> Response[ChannelAppTold]:
    """Return an app as it stands."""
    found = await desk.read(app_scope(client_id), lambda books: registered(books, client_id))
    if found is None:
        raise refused(Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="client_id"))
    return tagged(request, _as_told(found))


@post(
    f"{_APPS}/{{client_id:str}}/state",
    operation_id="setChannelAppState",
    summary="Suspend an app, let it in again, or shut it out for good",
    tags=["channel apps"],
    **changes("apps.write", roles=("inspector",)),
)
async def post_channel_app_state(
    request: Request[Any, Any, Any], desk: TheDesk, client_id: ClientId, data: JSONBody[AppStateWanted]
) -> Response[ChannelAppTold]:
    """Change whether an app may be used; its tokens hold no more within seconds. One shut out for good stays so.

    One inspector suspends; to let it in again, or to shut it out for good, takes another than who suspended it.
    """
    actor, now = caller_of(request).actor, desk.clock()

    def act(books: Books) -> ChannelAppTold | Refused:
        wish = StateRequest(
            client_id=client_id, state=data.state, by=actor.clerk, why=data.why, at=now, officer=actor.officer
        )
        done = held(change_state(books, wish))
        return done if isinstance(done, Refused) else _as_told(done)

    def seen(books: Books) -> ChannelAppTold | None:
        found = registered(books, client_id)
        return _as_told(found) if found is not None else None

    return await write(
        desk,
        request,
        operation="setChannelAppState",
        scope=app_scope(client_id),
        act=act,
        content=data,
        seen=seen,
    )


# Helpers


def _as_told(found: Registered) -> ChannelAppTold:
    app = found.app
    return ChannelAppTold(
        client_id=app.client_id,
        name_zh=app.name_zh,
        name_en=app.name_en,
        kind=app.kind,
        state=found.state,
        grant_types=app.grant_types,
        scopes=app.scopes,
        redirect_uris=app.redirect_uris,
        public=not app.secret_hash,
        staff=app.staff,
        requests_per_minute=app.requests_per_minute,
        registered_by=app.registered_by,
        registered_at=told(found.since),
        why=app.why,
    )
