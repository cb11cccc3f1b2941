"""T1 待机选事 and T7 超时: what can be done here, whether somebody is still there, and leaving."""

from collections.abc import Mapping
from typing import Any, Final

from litestar.datastructures import Cookie
from msgspec.structs import replace

from gongji.channels.pages.asking import View
from gongji.channels.screens.entering import let_out
from gongji.channels.screens.kiosk.shell import (
    COOKIE,
    DEVICES,
    DEVICES_COOKIE,
    LEAVES_AFTER,
    OFFICE_COOKIE,
    ROOT,
    SECOND_COOKIE,
    is_office,
    own_page,
)
from gongji.channels.screens.kiosk.wishes import forgotten
from gongji.channels.screens.visiting import Found, Page, Visit

TASKS: Final = ("balance", "add", "send", "end")
_A_DAY: Final = 86_400
_A_YEAR: Final = 366 * _A_DAY


async def start(visit: Visit) -> Found:
    """Show the four tasks. At this address the machine's own program says what is out of order: ?down=printer.reader.

    And in which office it stands: ?office=320200. Both are kept until it says otherwise.
    """
    if is_office(visit.query.get("office", "")):
        return visit.to(ROOT, visit.jar().kept(OFFICE_COOKIE, visit.query["office"], _A_YEAR))
    if "down" in visit.query:
        down = [one for one in visit.query["down"].split(".") if one in DEVICES]
        return visit.to(ROOT, visit.jar().kept(DEVICES_COOKIE, ".".join(down), _A_DAY if down else 0))
    tasks = [
        (visit.link(f"{ROOT}/{name}"), visit.say(f"kiosk.{name}"), visit.say(f"kiosk.{name}_hint")) for name in TASKS
    ]
    still: dict[str, Any] = {"idle": 0} if not visit.known else {}
    return View("kiosk/start.html", {"tasks": tasks, **still})


async def still_there(visit: Visit) -> Found:
    """Ask whether somebody is still there; unanswered, it leads out."""
    back = own_page(visit.query.get("back", ""))
    told = {"back": back, "seconds": LEAVES_AFTER, "idle": LEAVES_AFTER, "idle_to": visit.link(f"{ROOT}/leave")}
    return View("kiosk/still_there.html", told)


async def leave(visit: Visit) -> Found:
    """Forget whoever was there, and who stood beside him; by GET too: a machine without script leaves so."""
    if visit.query.get("done"):
        told = {"idle": _GOODBYE, "idle_to": visit.link(ROOT), "says": visit.say("kiosk.take_papers")}
        return View("kiosk/left.html", told)
    gone: list[Cookie] = [await let_out(visit, COOKIE), await let_out(visit, SECOND_COOKIE)]
    return replace(visit.to(f"{ROOT}/leave", done="yes"), cookies=(*gone, *forgotten()))


PAGES: Final[Mapping[str, Page]] = {"": start, "/still-there": still_there, "/leave": leave}

# Helpers

_GOODBYE: Final = 15
"""So many seconds the last words stand."""
