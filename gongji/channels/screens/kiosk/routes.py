"""All pages of the kiosk."""

from litestar.handlers import HTTPRouteHandler

from gongji.channels.screens.kiosk import adding, balance, ending, line, sending, start, who
from gongji.channels.screens.kiosk.shell import OPEN, handlers


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers."""
    opens = (start.PAGES, who.FIRST, line.PAGES)
    known = (who.BESIDE, balance.PAGES, adding.PAGES, sending.PAGES, ending.PAGES)
    return [
        *(handler for pages in opens for handler in handlers(pages, OPEN)),
        *(handler for pages in known for handler in handlers(pages)),
    ]
