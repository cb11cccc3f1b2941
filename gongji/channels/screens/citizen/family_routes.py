"""The citizen's pages about people: network, adding, invitations, members, endings, codes, messages, help, settings."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

from gongji.channels.screens.citizen import (
    adding,
    applying,
    ending,
    family,
    helping,
    inheriting,
    invited,
    member,
    messages,
    settings,
    showing,
)
from gongji.channels.screens.citizen.shell import OPEN, handlers

SIGNED_IN: Final = (family, adding, invited, member, ending, showing, messages, helping, applying, inheriting, settings)
FOR_ALL: Final = (invited, helping, settings)


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers."""
    mine = [handler for room in SIGNED_IN for handler in handlers(room.PAGES)]
    return [*mine, *(handler for room in FOR_ALL for handler in handlers(room.OPEN_PAGES, OPEN))]
