"""Notices over the API: a person's inbox, what was changed in the rules of his region, how he wants to be told."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from gongji.channels.api.declaring import changes, lists, reads, writes
from gongji.channels.api.dossier_pages import dossier_page, page_of, place_in
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.reasons import language
from gongji.channels.api.relatives import whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.dossiers.cabinet import Asked
from gongji.services.accounts.movements import names_of
from gongji.services.families import person_of
from gongji.services.store import Books
from gongji.services.telling.bulletins import bulletin_of, bulletins_for
from gongji.services.telling.notice_texts import notice_words
from gongji.services.telling.notices import (
    NOTICE,
    READ,
    UNREAD,
    UNREAD_MOST,
    Notice,
    Topic,
    app_office,
    mark_read,
    notice_of,
)
from gongji.services.telling.preferences import Preferences, preferences_of, preferences_scope, set_preferences

NoticeId = Annotated[str, PathParameter(max_length=64, description="The id of the notice.")]


class NoticeTold(Struct, frozen=True, kw_only=True):
    """A notice: `words` say what happened, `path` is where it can be answered or looked at.

    `other_id` and `other_name` are the person on the other side. What the topic does not have is empty or null.
    """

    notice_id: str
    topic: Topic
    words: str
    path: str
    at: Moment
    told_at: Moment
    read_at: Moment | None
    amount_fen: int | None
    other_id: str | None
    other_name: str | None
    place: str | None


class Notices(Struct, frozen=True, kw_only=True):
    """A page of notices, newest first, and the cursor of the next one.

    `unread` counts those not read yet, up to a hundred.
    """

    items: list[NoticeTold]
    unread: Annotated[int, Meta(ge=0, le=UNREAD_MOST)]
    next: str | None


class ReadTold(Struct, frozen=True, kw_only=True):
    """A notice that was read."""

    notice_id: str
    read: bool


class AllRead(Struct, frozen=True):
    """How many notices were taken off the unread ones."""

    read: int


class BulletinTold(Struct, frozen=True, kw_only=True):
    """What was changed: the rules of a region, its province or the nation, and from when on that holds."""

    bulletin_id: str
    region: str
    rules: tuple[str, ...]
    since: Moment
    published_at: Moment
    path: str


class Bulletins(Struct, frozen=True):
    """A page of changes of rules, newest first, and the cursor of the next one."""

    items: list[BulletinTold]
    next: str | None


@get(f"{API}/notices", operation_id="listNotices", summary="The inbox", tags=["notices"], **lists("notices.read"))
async def list_notices(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    limit: Limit = PAGE_DEFAULT,
    cursor: Cursor = None,
    *,
    unread: Annotated[bool, QueryParameter(description="Those alone that are not read yet.")] = False,
) -> Response[Notices]:
    """Return what the caller, or the person he acts for, was told; a system gets what concerns its own app."""
    asked = _asked(request, states=(UNREAD,) if unread else None)
    waiting = _asked(request, states=(UNREAD,), most=UNREAD_MOST)
    page, more = await dossier_page(desk, "notices", asked, limit, cursor)
    count = len(await desk.away(lambda: desk.store.dossiers(waiting)))
    others = {opened(one, Notice).other_id for one in page} - {0}
    names = await desk.read(Scope(people=set(others)), lambda books: names_of(books, others)) if others else {}
    items = [_told(one, names, language(request)) for one in page]
    return paged(request, Notices(items=items, unread=count, next=more), more)


@post(
    f"{API}/notices/{{notice_id:str}}/read",
    operation_id="markNoticeRead",
    summary="Note that a notice was read",
    tags=["notices"],
    **writes("notices.write"),
)
async def mark_notice_read(request: Request[Any, Any, Any], desk: TheDesk, notice_id: NoticeId) -> Response[ReadTold]:
    """Take a notice off the unread ones; reading it twice changes nothing."""
    person_id, now = whose(request), desk.clock()

    def act(books: Books) -> ReadTold:
        dossier = notice_of(books, notice_id, person_id)
        if dossier is None:
            raise ProblemError(RequestFault.NO_SUCH_PLACE)
        mark_read(books, dossier, now)
        return ReadTold(notice_id=notice_id, read=True)

    return await write(desk, request, operation="markNoticeRead", scope=Scope(dossiers={notice_id}), act=act)


@post(
    f"{API}/notices/read",
    operation_id="markNoticesRead",
    summary="Note that all notices were read",
    tags=["notices"],
    **writes("notices.write"),
)
async def mark_notices_read(request: Request[Any, Any, Any], desk: TheDesk) -> Response[AllRead]:
    """Take up to a hundred notices off the unread ones, the newest; what comes meanwhile stays."""
    person_id, now = whose(request), desk.clock()
    asked = _asked(request, states=(UNREAD,), most=UNREAD_MOST)
    several = [one.dossier_id for one in await desk.away(lambda: desk.store.dossiers(asked))]

    def act(books: Books) -> AllRead:
        found = [dossier for one in several if (dossier := notice_of(books, one, person_id)) is not None]
        for dossier in found:
            mark_read(books, dossier, now)
        return AllRead(len(found))

    return await write(desk, request, operation="markNoticesRead", scope=Scope(dossiers=set(several)), act=act)


@get(
    f"{API}/bulletins",
    operation_id="listBulletins",
    summary="What was changed in the rules of one's region",
    tags=["notices"],
    **lists("notices.read"),
)
async def list_bulletins(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Bulletins]:
    """Return the changes of rules in the region of the caller's insurance, its province and the nation."""
    person_id, now = whose(request), desk.clock()
    before = place_in("bulletins", cursor)
    person = await desk.read(Scope(people={person_id}), lambda books: person_of(books, person_id))
    if isinstance(person, Refused):
        raise ProblemError(person.reason, refused=person)
    region = person.region
    found = await desk.away(lambda: bulletins_for(desk.store, desk.book(now), region, before, limit + 1))
    page, more = page_of("bulletins", found, limit)
    return paged(request, Bulletins([_bulletin(one) for one in page], more), more)


@get(
    f"{API}/preferences",
    operation_id="readPreferences",
    summary="How one wants to be told and shown things",
    tags=["notices"],
    **reads("notices.read"),
)
async def read_preferences(request: Request[Any, Any, Any], desk: TheDesk) -> Response[Preferences]:
    """Return what the caller, or the person he acts for, has asked for; what he has not stands as it is for all."""
    person_id = whose(request)
    found = await desk.read(preferences_scope(person_id), lambda books: preferences_of(books, person_id))
    return tagged(request, found)


@post(
    f"{API}/preferences",
    operation_id="setPreferences",
    summary="Say how one wants to be told and shown things",
    tags=["notices"],
    **changes("notices.write"),
)
async def post_preferences(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[Preferences]
) -> Response[Preferences]:
    """Write down all of it anew; what is left out is as it is for all."""
    person_id, now = whose(request), desk.clock()
    return await write(
        desk,
        request,
        operation="setPreferences",
        scope=preferences_scope(person_id),
        act=lambda books: set_preferences(books, person_id, data, now),
        content=data,
        seen=lambda books: preferences_of(books, person_id),
    )


# Helpers


def _asked(request: Request[Any, Any, Any], **more: Any) -> Asked:
    """Return the question for the caller's notices: a person's, or those for who runs an app."""
    caller = caller_of(request)
    if caller.role == "system" and not caller.person_id:
        return Asked(kind=NOTICE, office=app_office(caller.client), **more)
    return Asked(kind=NOTICE, party=whose(request), **more)


def _told(dossier: Dossier, names: dict[int, str], words_in: Language) -> NoticeTold:
    notice = opened(dossier, Notice)
    return NoticeTold(
        notice_id=dossier.dossier_id,
        topic=notice.topic,
        words=notice_words(notice, names, words_in),
        path=notice.path,
        at=told(notice.at),
        told_at=told(dossier.made_at),
        read_at=told(notice.read_at) if dossier.state == READ else None,
        amount_fen=notice.amount_fen or None,
        other_id=str(notice.other_id) if notice.other_id else None,
        other_name=names.get(notice.other_id),
        place=notice.place or None,
    )


def _bulletin(dossier: Dossier) -> BulletinTold:
    form = bulletin_of(dossier)
    return BulletinTold(
        bulletin_id=dossier.dossier_id,
        region=form.region,
        rules=form.rules,
        since=told(form.since),
        published_at=told(form.published_at),
        path=form.path,
    )
