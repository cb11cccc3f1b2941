"""Pages of dossiers, newest first: the one way in which a handler tells a list of one kind."""

from datetime import datetime

from msgspec.structs import replace

from gongji.channels.api.desk import Desk
from gongji.channels.api.paging import cursor_at, place_of
from gongji.domain.dossiers import Dossier
from gongji.dossiers.cabinet import Asked, Place


async def dossier_page(
    desk: Desk, listed: str, asked: Asked, limit: int, cursor: str | None
) -> tuple[list[Dossier], str | None]:
    """Return a page of what is asked for, and the cursor of the next one, None where this is the last.

    `listed` names the list: a cursor of another raises ProblemError.
    """
    more = replace(asked, before=place_in(listed, cursor), most=limit + 1)
    found = await desk.away(lambda: desk.store.dossiers(more))
    return page_of(listed, found, limit)


def place_in(listed: str, cursor: str | None) -> Place | None:
    """Return where the page before ended, None for the first page. Raise ProblemError for a cursor of another list."""
    return place_of(listed, cursor, tuple[datetime, str])


def page_of(listed: str, found: list[Dossier], limit: int) -> tuple[list[Dossier], str | None]:
    """Return a page of what was found by asking for one more than `limit`, and the cursor of the next one."""
    page = found[:limit]
    more = cursor_at(listed, (page[-1].made_at, page[-1].dossier_id)) if len(found) > limit else None
    return page, more
