"""K9 差错: money that came back, each with one next step and an owner; none is green, with the last check's time."""

from typing import Final

from gongji.channels.api.differences import Differences, DifferenceStep, DifferenceTold, JournalChecked
from gongji.channels.api.moments import taken
from gongji.channels.pages.asking import View
from gongji.channels.screens.console.shell import key_of, once_in
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit

ROOT: Final = "/console/differences"
PORTIONS_MOST: Final = 20
"""So many portions of the journal are looked through at one click."""


async def differences(visit: Visit) -> Found:
    """Show what is open; look through the journal, take one, or close one, when that is sent."""
    trouble = None
    if visit.sent:
        try:
            await _done(visit)
        except TroubleError as met:
            trouble = met.problem
        else:
            return visit.to(ROOT)
    found = await visit.api.get("differences", Differences, cursor=visit.query.get("cursor") or None)
    told = {
        "items": found.items,
        "me": visit.caller.staff_no,
        "checked_at": taken(found.checked_at) if found.checked_at is not None else None,
        "after": visit.link(ROOT, cursor=found.next) if found.next else "",
        "trouble": trouble,
    }
    return View("console/differences.html", told, trouble.status if trouble else 200)


PAGES: Final[dict[str, Page]] = {"/differences": differences}


# Helpers


async def _done(visit: Visit) -> None:
    """Do what was sent. Raise TroubleError."""
    form, step = visit.form, visit.form.get("step", "")
    if step == "check":
        for turn in range(PORTIONS_MOST):
            key = key_of(once_in(visit), str(turn))
            if not (await visit.api.post("differences/checks", JournalChecked, key=key)).more:
                return
    elif step in ("take", "see_to"):
        number, note = form.get("difference", ""), form.get("note", "")
        body = DifferenceStep(step="take" if step == "take" else "see_to", note=note)
        key = key_of(number, step, note)
        await visit.api.post(named("differences", number, "steps"), DifferenceTold, body, key=key)
