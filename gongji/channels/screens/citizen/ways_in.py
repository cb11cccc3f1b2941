"""C0 进入: what this is, and the four ways in, none hidden; also what stands at the door for the staff."""

from gongji.channels.pages.asking import View
from gongji.channels.screens.visiting import STAFF, Visit


def ways_in(visit: Visit) -> View:
    """Show the ways in."""
    staff = visit.known and visit.caller.role in STAFF
    return View("citizen/welcome.html", {"staff": staff})
