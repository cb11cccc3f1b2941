"""Calls at the kiosks of the office: who waits, who goes there, and who was seen to today."""

from datetime import datetime
from typing import Final

from msgspec import Struct

from gongji.channels.api.calls import Calls, CallStep, CallTold
from gongji.channels.api.moments import taken
from gongji.channels.pages.asking import View
from gongji.channels.screens.console.shell import key_of
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.services.office.calls import StepName

ROOT: Final = "/console/calls"
STEPS: Final[tuple[StepName, ...]] = ("take", "release", "answer")


class Waiting(Struct, frozen=True, kw_only=True):
    """Somebody in line: since when, for how many minutes, when somebody went to him, and where he is made sure of."""

    told: CallTold
    since: datetime
    minutes: int
    stepped_at: datetime | None
    mine: bool
    check: str


async def calls(visit: Visit) -> Found:
    """Show who waits; take a call, give it back or close it, when that is sent."""
    trouble = None
    if visit.sent:
        try:
            await _done(visit)
        except TroubleError as met:
            trouble = met.problem
        else:
            return visit.to(ROOT)
    found = await visit.api.get("calls", Calls)
    told = {
        "items": [_waiting(visit, one) for one in found.items],
        "over": [_waiting(visit, one) for one in found.over],
        "trouble": trouble,
    }
    return View("console/calls.html", told, trouble.status if trouble else 200)


async def waiting_now(visit: Visit) -> int:
    """Return how many wait to whom nobody has gone yet; nobody waits for who is no clerk."""
    if visit.caller.role != "clerk":
        return 0
    return sum(1 for one in (await visit.api.get("calls", Calls)).items if one.state == "waiting")


PAGES: Final[dict[str, Page]] = {"/calls": calls}


# Helpers


async def _done(visit: Visit) -> None:
    """Do what was sent. Raise TroubleError."""
    number, seen = visit.form.get("call", ""), visit.form.get("seen", "")
    step = visit.filled().choice("step", STEPS)
    if step is not None:
        key = key_of(number, seen, step, visit.caller.staff_no)
        await visit.api.post(named("calls", number, "steps"), CallTold, CallStep(step=step), key=key)


def _waiting(visit: Visit, told: CallTold) -> Waiting:
    since = taken(told.made_at)
    return Waiting(
        told=told,
        since=since,
        minutes=int((visit.now - since).total_seconds() // 60),
        stepped_at=taken(told.steps[-1].at) if told.steps else None,
        mine=told.holder == visit.caller.staff_no,
        check=visit.link("/console/presence", reason=visit.say("calls.reason", number=told.number)),
    )
