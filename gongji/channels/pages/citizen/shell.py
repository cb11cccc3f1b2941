"""What stands around every page of a citizen's."""

from collections.abc import Mapping
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler

from gongji.channels.pages.visiting import Page, Shell, Visit, page


def _around(_: Visit) -> dict[str, Any]:
    return {}


SHELL: Final = Shell(fault="citizen/trouble.html", roles=frozenset({"citizen"}), around=_around)
"""For citizens who have signed in."""

OPEN: Final = Shell(fault="citizen/trouble.html", roles=frozenset(), around=_around)
"""For everybody, signed in or not."""


def handlers(pages: Mapping[str, Page], shell: Shell = SHELL) -> list[HTTPRouteHandler]:
    """Return the handlers of these pages, by path."""
    return [handler for path, show in pages.items() for handler in page(path, show, shell)]
