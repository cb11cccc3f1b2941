"""What stands around every page of a citizen's."""

from collections.abc import Mapping
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler

from gongji.channels.screens.shells import Shell, page
from gongji.channels.screens.visiting import Page, Visit

EASY: Final = "easy"
ALOUD: Final = "aloud"
"""The cookies that keep what the settings say of the simple mode 简易模式 and of reading aloud: "1" for yes."""


def is_easy(visit: Visit) -> bool:
    """Tell whether the visitor wants four tasks and one question a page."""
    return visit.request.cookies.get(EASY) == "1"


def _around(visit: Visit) -> dict[str, Any]:
    return {"easy": is_easy(visit), "aloud": visit.request.cookies.get(ALOUD) == "1"}


SHELL: Final = Shell(fault="citizen/trouble.html", roles=frozenset({"citizen"}), around=_around)
"""For citizens who have signed in."""

OPEN: Final = Shell(fault="citizen/trouble.html", roles=frozenset(), around=_around)
"""For everybody, signed in or not."""


def handlers(pages: Mapping[str, Page], shell: Shell = SHELL) -> list[HTTPRouteHandler]:
    """Return the handlers of these pages, by path."""
    return [handler for path, show in pages.items() for handler in page(path, show, shell)]
