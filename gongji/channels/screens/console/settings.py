"""Settings of the desk: shortcuts on or off, since assistive tools may have the same keys."""

from typing import Final

from gongji.channels.pages.asking import View
from gongji.channels.screens.console.shell import KEYS_COOKIE
from gongji.channels.screens.visiting import Found, Page, Visit

_YEAR: Final = 366 * 24 * 3600


async def settings(visit: Visit) -> Found:
    """Show the settings and keep what is chosen in this browser."""
    if visit.sent:
        value = "off" if visit.form.get("keys") == "off" else "on"
        return visit.to("/console/settings", visit.jar().kept(KEYS_COOKIE, value, _YEAR), saved="yes")
    return View("console/settings.html", {"saved": visit.query.get("saved", "") == "yes"})


PAGES: Final[dict[str, Page]] = {"/settings": settings}
