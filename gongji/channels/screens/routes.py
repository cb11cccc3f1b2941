"""All screens, to be mounted beside the API."""

from litestar.handlers import HTTPRouteHandler

from gongji.channels.screens import touring
from gongji.channels.screens.citizen import routes as citizen
from gongji.channels.screens.console import routes as console
from gongji.channels.screens.kiosk import routes as kiosk


def routes() -> list[HTTPRouteHandler]:
    """Return the handlers."""
    return [*citizen.routes(), *touring.routes(), *kiosk.routes(), *console.routes()]
