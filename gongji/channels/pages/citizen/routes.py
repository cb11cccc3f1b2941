"""All pages of a citizen's; each room of them hands in its own."""

from litestar.handlers import HTTPRouteHandler

from gongji.channels.pages.citizen import home
from gongji.channels.pages.citizen.shell import OPEN, handlers


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers."""
    return [*handlers(home.PAGES, OPEN)]
