"""C14 消息: what happened, newest first; each ends in the page where it can be answered or looked at."""

import re
from collections.abc import Mapping
from typing import Any, Final

from gongji.channels.api.notices import AllRead, Bulletins, Notices, ReadTold
from gongji.channels.pages.asking import View, region_name
from gongji.channels.screens.citizen.kindred import fresh, key_of, when
from gongji.channels.screens.inside import named
from gongji.channels.screens.visiting import Found, Page, Visit

PAGE: Final = 20
TO_ANSWER: Final = frozenset({"invitation", "showing_asked", "transfer_to_receive", "materials_wanted"})
"""Topics that wait for the one who was told."""

_OURS: Final = re.compile(r"/(?!api/)[a-z0-9][A-Za-z0-9/_-]*")


async def messages(visit: Visit) -> Found:
    """Show the inbox; opening a message notes that it was read and leads to where it is about."""
    if visit.sent:
        return await _opened(visit)
    cursor = visit.query.get("cursor") or None
    found = await visit.api.get("notices", Notices, limit=PAGE, cursor=cursor)
    changes = await visit.api.get("bulletins", Bulletins, limit=3)
    book = visit.desk.book(visit.now)
    told: dict[str, Any] = {
        "several": [(one, when(one.at), str(one.topic) in TO_ANSWER) for one in found.items],
        "unread": found.unread,
        "changes": [
            (region_name(book, one.region, visit.language), when(one.published_at), visit.link(one.path))
            for one in changes.items
        ],
        "once": fresh(visit),
        "before": visit.link("/messages") if cursor else "",
        "after": visit.link("/messages", cursor=found.next) if found.next else "",
    }
    return View("citizen/messages.html", told)


PAGES: Final[Mapping[str, Page]] = {"/messages": messages}


# Helpers


async def _opened(visit: Visit) -> Found:
    if visit.form.get("all") == "yes":
        await visit.api.post("notices/read", AllRead, key=key_of(visit))
        return visit.to("/messages")
    number, path = visit.form.get("notice", ""), visit.form.get("there", "")
    if number:
        await visit.api.post(named("notices", number, "read"), ReadTold, key=key_of(visit))
    return visit.to(path if _OURS.fullmatch(path) else "/messages")
