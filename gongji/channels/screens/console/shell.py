"""What stands around every page of the desk: who may come, the menu of his role, and whether shortcuts are on."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from gongji.channels.pages.asking import region_name
from gongji.channels.screens.inside import Inside
from gongji.channels.screens.shells import Shell, page
from gongji.channels.screens.visiting import STAFF, Page, Visit

ROOT: Final = "/console"
KEYS_COOKIE: Final = "gongji-keys"
"""Set to "off", shortcuts are neither told to the browser nor shown."""


class Entry(Struct, frozen=True):
    """An entry of the menu: where it leads, and the key of its words."""

    path: str
    key: str


_QUEUE: Final = Entry(ROOT, "desk.queue")
_PEOPLE: Final = Entry(f"{ROOT}/people", "desk.people")
_GAPS: Final = Entry(f"{ROOT}/differences", "desk.differences")
_CARE: Final = Entry(f"{ROOT}/inspections", "desk.inspections")
_SETTINGS: Final = Entry(f"{ROOT}/settings", "desk.settings")
_MENU: Final[Mapping[str, tuple[Entry, ...]]] = {
    "clerk": (
        _QUEUE,
        Entry(f"{ROOT}/intake", "desk.intake"),
        Entry(f"{ROOT}/presence", "desk.presence"),
        Entry(f"{ROOT}/calls", "desk.calls"),
        _PEOPLE,
        _GAPS,
        _SETTINGS,
    ),
    "reviewer": (_QUEUE, _PEOPLE, _GAPS, _SETTINGS),
    "inspector": (_CARE, _PEOPLE, _SETTINGS),
    "auditor": (Entry(f"{ROOT}/audit", "desk.audit"), _GAPS, _SETTINGS),
}


def around(visit: Visit) -> dict[str, Any]:
    """Return what every page of the desk is told."""
    entries = _MENU.get(visit.caller.role, ()) if visit.known else ()
    return {
        "entries": entries,
        "home": visit.link(entries[0].path if entries else ROOT),
        "once": once_in(visit),
        "keys": visit.jar().read(visit.request, KEYS_COOKIE) != "off",
        "region_name": lambda code: region_name(visit.desk.book(visit.now), code, visit.language),
    }


STAFF_SHELL: Final = Shell(fault="console/trouble.html", roles=STAFF, around=around)
CLERKS: Final = Shell(fault="console/trouble.html", roles=frozenset({"clerk"}), around=around)
DESKS: Final = Shell(fault="console/trouble.html", roles=frozenset({"clerk", "reviewer"}), around=around)
LOOKERS: Final = Shell(fault="console/trouble.html", roles=STAFF - {"auditor"}, around=around)
INSPECTORS: Final = Shell(fault="console/trouble.html", roles=frozenset({"inspector"}), around=around)
BOOKKEEPERS: Final = Shell(fault="console/trouble.html", roles=STAFF - {"inspector"}, around=around)
AUDITORS: Final = Shell(fault="console/trouble.html", roles=frozenset({"auditor"}), around=around)


def handlers(pages: Mapping[str, Page], shell: Shell) -> list[HTTPRouteHandler]:
    """Return the handlers of these pages, by what follows /console."""
    return [handler for path, show in pages.items() for handler in page(f"{ROOT}{path}", show, shell)]


def key_of(*parts: str) -> str:
    """Return the key of an act: the same step on the same state, as the officer saw it, is done once."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


def once_in(visit: Visit) -> str:
    """Return the mark of a form, which goes out with it and comes back: the key under which it is done once."""
    told = visit.form.get("once", "")
    return told if re.fullmatch(r"[!-~]{8,60}", told) else visit.desk.tokens()


def acting_for(visit: Visit, person_id: int) -> Inside:
    """Return the API in the officer's name, for a person who stands before him."""
    client = visit.request.scope.get("client")
    address = f"{client[0]}:{client[1]}" if client else ""
    return Inside(visit.request.app, visit.caller, visit.language, acting_for=person_id, client=address)
