"""All pages of a citizen's; each room of them hands in its own."""

from litestar.handlers import HTTPRouteHandler

from gongji.channels.screens.citizen import family_routes, home, money_routes
from gongji.channels.screens.citizen.shell import OPEN, handlers


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers."""
    return [*handlers(home.PAGES, OPEN), *family_routes.routes(), *money_routes.routes()]
