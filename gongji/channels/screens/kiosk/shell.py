"""What stands around every page of the kiosk: its own sign-in, when it asks for a sign of life, what is down."""

import re
from collections.abc import Mapping
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler

from gongji.channels.identity.sample_apps import sample_staff
from gongji.channels.screens.citizen.shell import ALOUD
from gongji.channels.screens.inside import Inside, TroubleError
from gongji.channels.screens.shells import Shell, page
from gongji.channels.screens.visiting import Page, Visit
from gongji.domain.faults import RequestFault

ROOT: Final = "/kiosk"
COOKIE: Final = "gongji-kiosk"
SECOND_COOKIE: Final = "gongji-kiosk-second"
"""Who stands beside the first: a relative who says yes on the spot."""

DEVICES_COOKIE: Final = "gongji-kiosk-devices"
DEVICES: Final = ("printer", "reader")

OFFICE_COOKIE: Final = "gongji-kiosk-office"
"""In which office the machine stands."""

ASKS_AFTER: Final = 60
"""So many seconds nothing is touched; then the kiosk asks whether somebody is still there."""

LEAVES_AFTER: Final = 60
"""So many seconds more, and it forgets the visitor."""

_OWN: Final = re.compile(r"(/en)?/kiosk(/[A-Za-z0-9_-]+)*")


def around(visit: Visit) -> dict[str, Any]:
    """Return what every page of the kiosk is told."""
    down = visit.jar().read(visit.request, DEVICES_COOKIE).split(".")
    return {
        "idle": ASKS_AFTER,
        "idle_to": visit.link(f"{ROOT}/still-there", back=visit.here.partition("?")[0]),
        "down": [one for one in DEVICES if one in down],
        "says": "",
        "aloud": visit.request.cookies.get(ALOUD) == "1",
    }


OPEN: Final = Shell(fault="kiosk/trouble.html", roles=frozenset(), around=around, cookie=COOKIE)
"""For everybody who stands before it."""

SHELL: Final = Shell(
    fault="kiosk/trouble.html", roles=frozenset({"citizen"}), around=around, cookie=COOKIE, sign_in=f"{ROOT}/who"
)
"""For whom the kiosk has made sure of."""


def handlers(pages: Mapping[str, Page], shell: Shell = SHELL) -> list[HTTPRouteHandler]:
    """Return the handlers of these pages, by what follows /kiosk."""
    return [handler for path, show in pages.items() for handler in page(f"{ROOT}{path}", show, shell)]


def office_of_machine(visit: Visit) -> str:
    """Return the code of the office in which the machine stands, as its own program has told it; "" for not told.

    A sample machine stands in the office of the sample staff.
    """
    told = visit.jar().read(visit.request, OFFICE_COOKIE)
    if is_office(told):
        return told
    return sample_staff()[0].office if visit.identity.sandbox is not None else ""


def is_office(code: str) -> bool:
    """Tell whether it may be the code of an office: six digits."""
    return len(code) == 6 and code.isascii() and code.isdecimal()


def own_page(address: str) -> str:
    """Return an address if it is a page of the kiosk, else the first."""
    return address if _OWN.fullmatch(address) else ROOT


async def second(visit: Visit) -> Inside | None:
    """Return the API in the name of who stands beside the visitor, None while nobody does. Never the visitor himself.

    Raise TroubleError where the visitor shows himself twice.
    """
    secret = visit.jar().read(visit.request, SECOND_COOKIE)
    caller = await visit.identity.known.visitor(secret, visit.now) if secret else None
    if caller is None:
        return None
    if caller.subject == visit.caller.subject:
        raise TroubleError(visit.problem(RequestFault.NOT_YOURS, "second"))
    client = visit.request.scope.get("client")
    return Inside(visit.request.app, caller, visit.language, client=f"{client[0]}:{client[1]}" if client else "")


async def second_id(visit: Visit) -> int:
    """Return the number of who stands beside the visitor, 0 for nobody."""
    secret = visit.jar().read(visit.request, SECOND_COOKIE)
    caller = await visit.identity.known.visitor(secret, visit.now) if secret else None
    return caller.subject if caller is not None else 0
