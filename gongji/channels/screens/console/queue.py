"""K1 待办: what the office has before it, by legal deadline, with what is left of it; taking one, giving it back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from gongji.channels.api.application_forms import ApplicationTold
from gongji.channels.api.applications import Queue
from gongji.channels.api.moments import taken
from gongji.channels.pages.asking import View
from gongji.channels.screens.console.calling import waiting_now
from gongji.channels.screens.console.shell import ROOT
from gongji.channels.screens.visiting import Found, Page, Visit

_ELSEWHERE: Final = {"inspector": f"{ROOT}/inspections", "auditor": f"{ROOT}/audit"}
SOON_HOURS: Final = 48
"""With no more left than this, a deadline is marked."""


class Task(Struct, frozen=True, kw_only=True):
    """One application in the queue. `left` says what is left of its time, `tone` how pressing that is."""

    told: ApplicationTold
    path: str
    left: str
    tone: str
    mine: bool


async def queue(visit: Visit) -> Found:
    """Show the queue of the office; to inspectors and auditors theirs."""
    elsewhere = _ELSEWHERE.get(visit.caller.role)
    if elsewhere is not None:
        return visit.to(elsewhere)
    found = await visit.api.get("queues/applications", Queue)
    tasks = [task_of(visit, one) for one in found.items]
    shown = visit.query.get("show", "")
    groups = [
        (name, sum(1 for one in tasks if belongs(one)), visit.link(ROOT, show="" if name == shown else name))
        for name, belongs in _GROUPS.items()
    ]
    told = {
        "tasks": [one for one in tasks if shown not in _GROUPS or _GROUPS[shown](one)],
        "groups": groups,
        "shown": shown if shown in _GROUPS else "",
        "decided_today": found.decided_today,
        "all": visit.link(ROOT),
        "calling": await waiting_now(visit),
    }
    return View("console/queue.html", told)


PAGES: Final[dict[str, Page]] = {"": queue}


def task_of(visit: Visit, told: ApplicationTold) -> Task:
    """Return an application as it stands in the queue."""
    left, tone = time_left(visit, taken(told.due_at) if told.due_at is not None else None)
    return Task(
        told=told,
        path=visit.link(f"{ROOT}/cases/{told.application_id}"),
        left=left,
        tone=tone,
        mine=told.holder == visit.caller.staff_no,
    )


def time_left(visit: Visit, due_at: datetime | None) -> tuple[str, str]:
    """Return in words how much time a law leaves, and how pressing it is; hours of the last two days by the hour."""
    if due_at is None:
        return visit.say("queue.no_deadline"), ""
    hours = int((due_at - visit.now).total_seconds() // 3600)
    if hours < 0:
        return visit.say("queue.late", hours=-hours), "error"
    if hours <= SOON_HOURS:
        return visit.say("queue.hours_left", hours=hours), "warn"
    return visit.say("queue.days_left", days=hours // 24, hours=hours % 24), "ok"


# Helpers

_GROUPS: Final[Mapping[str, Callable[[Task], bool]]] = {
    "waiting": lambda one: one.told.state == "waiting",
    "mine": lambda one: one.mine,
    "incomplete": lambda one: one.told.state == "incomplete",
    "proposed": lambda one: one.told.state == "proposed",
}
"""Groups of the queue, by the names of their words."""
