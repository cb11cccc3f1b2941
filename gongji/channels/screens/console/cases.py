"""K4 审核 and K8 复核: one application, with what was filled in, the register and the rules side by side."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from gongji.channels.api.application_forms import ApplicationTold
from gongji.channels.api.materials import LookReason, MaterialLooked
from gongji.channels.api.review_sheets import SheetCheckTold, SheetTold
from gongji.channels.pages.asking import Download, View
from gongji.channels.screens.console.comparing import Line, lines
from gongji.channels.screens.console.queue import Task, task_of
from gongji.channels.screens.console.shell import ROOT, key_of
from gongji.channels.screens.inside import TroubleError, named, tag_in
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.services.office.reviews import Parking

PARKINGS: Final[tuple[Parking, ...]] = ("material_unreadable", "source_down", "other_office", "person_to_be_asked")


class Case(Struct, frozen=True, kw_only=True):
    """An application as the officer sees it. `sheet` is None where he has no hand in it; `tag` is of what he saw."""

    told: ApplicationTold
    tag: str
    sheet: SheetTold | None
    task: Task

    @property
    def number(self) -> str:
        """Return its number."""
        return self.told.application_id

    def key(self, act: str) -> str:
        """Return the key of an act on the application as it was seen."""
        return key_of(self.number, self.tag, act)


class Point(Struct, frozen=True, kw_only=True):
    """One thing that was looked at, in words; `path` leads to the rule, "" where no rule of the book asks for it."""

    words: str
    why: str
    passed: bool
    path: str


async def case_of(visit: Visit) -> Case:
    """Return the application of the address, with its sheet where the officer may have it. Raise TroubleError."""
    number = visit.names["application_id"]
    answer = await visit.api.answer("GET", named("applications", number))
    told = msgspec.json.decode(answer.body, type=ApplicationTold)
    sheet = None
    try:
        sheet = await visit.api.get(named("applications", number, "sheet"), SheetTold)
    except TroubleError as trouble:
        if trouble.problem.status != 403:
            raise
    return Case(told=told, tag=tag_in(answer), sheet=sheet, task=task_of(visit, told))


async def show_case(visit: Visit) -> Found:
    """Show an application, and what may be done with it now; its steps are sent here, by the name of the button."""
    if visit.sent:
        return await _done(visit)
    return _view(visit, await case_of(visit))


async def show_material(visit: Visit) -> Found:
    """Show a paper that the officer has said why he looks at."""
    number = visit.names["material_id"]
    answer = await visit.api.answer("GET", named("materials", number, "content"))
    kind, suffix = next((told for begins, told in _BEGINS if answer.body.startswith(begins)), _OTHER)
    return Download(answer.body, kind, f"{number}.{suffix}")


PAGES: Final[dict[str, Page]] = {
    "/cases/{application_id:str}": show_case,
    "/materials/{material_id:str}": show_material,
}


def points(visit: Visit, sheet: SheetTold) -> list[Point]:
    """Return what was looked at, what wants an eye first."""
    return sorted((_point(visit, one) for one in sheet.checks), key=lambda one: one.passed)


# Helpers

_BEGINS: Final = (
    (b"\xff\xd8\xff", ("image/jpeg", "jpg")),
    (b"\x89PNG", ("image/png", "png")),
    (b"%PDF-", ("application/pdf", "pdf")),
)
_OTHER: Final = ("application/octet-stream", "bin")
_STEPS: Final = ("claim", "release", "parking", "look")


async def _done(visit: Visit) -> Found:
    """Do the step that was sent, and lead back here; what is refused is told on the page as it stands then."""
    seen, step = visit.form.get("seen", ""), visit.form.get("step", "")
    number = visit.names["application_id"]
    here = f"{ROOT}/cases/{number}"
    key = key_of(number, seen, step, *(visit.form.get(name, "") for name in ("round", "material", "reason")))
    try:
        if step == "look":
            paper = visit.form.get("material", "")
            why = LookReason(reason=visit.form.get("reason", ""))
            await visit.api.post(named("materials", paper, "looks"), MaterialLooked, why, key=key)
            return visit.to(here, paper=paper)
        if step in _STEPS:
            body = {"why": visit.form.get("why") or None} if step == "parking" else None
            address = named("applications", number, step)
            await visit.api.post(address, ApplicationTold, body, key=key, if_match=seen)
        return visit.to(ROOT if step == "release" else here)
    except TroubleError as trouble:
        case = await case_of(visit)
        return _view(visit, case, {"trouble": trouble.problem}, trouble.problem.status)


def _view(visit: Visit, case: Case, more: Mapping[str, Any] = {}, status: int = 200) -> View:  # read only
    sheet = case.sheet
    found = points(visit, sheet) if sheet is not None else []
    passed = sum(1 for one in found if one.passed)
    compared: list[Line] = list(lines(visit, sheet)) if sheet is not None else []
    second = case.told.state == "proposed" and visit.caller.role == "reviewer"
    told = {
        "case": case,
        "told": case.told,
        "sheet": sheet,
        "compared": compared,
        "differing": [one for one in compared if not one.same],
        "points": found,
        "passed": passed,
        "to_look_at": len(found) - passed + sum(1 for one in compared if one.doubt),
        "second": second and case.told.steps[-1].by != visit.caller.staff_no,
        "mine": case.task.mine,
        "opened": visit.query.get("paper", ""),
        "parkings": PARKINGS,
        "trouble": None,
    }
    return View("console/case.html", {**told, **more}, status)


def _point(visit: Visit, one: SheetCheckTold) -> Point:
    words = visit.say(f"desk_checks.{one.name}") if one.rule is None else one.rule.title
    why = list(_reasons(visit, one))
    return Point(
        words=words,
        why=visit.say("desk_case.and_").join(why),
        passed=one.passed,
        path=visit.link(f"/rules/{one.rule.rule}") if one.rule is not None else "",
    )


def _reasons(visit: Visit, one: SheetCheckTold) -> Iterator[str]:
    if one.any_of:
        several = visit.say("desk.or_").join(visit.say(f"desk_papers.{paper}") for paper in one.any_of)
        yield visit.say("desk_case.paper_there" if one.passed else "desk_case.paper_missing", papers=several)
    elif one.reason is not None:
        yield one.reason.title
    elif one.text:
        yield one.text
    elif one.rule is not None:
        yield one.rule.words
    elif not one.passed:
        yield visit.say(f"desk_checks.{one.name}_not")
    if one.source and one.rule is None:
        yield visit.say("desk_case.asked_by", source=_source(visit, one.source))


def _source(visit: Visit, source: str) -> str:
    return visit.say("desk_case.ours") if source == "assumed" else source
