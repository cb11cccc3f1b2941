"""C11 不是我家人用的: a use that somebody doubts is reported: why he does, in a tap and a few words, sent once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, get_args

from gongji.channels.api.application_forms import ApplicationTold, WishSent
from gongji.channels.api.applications import Applications
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.kindred import called
from gongji.channels.screens.inside import TroubleError, given
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.services.office.application_kinds import Doubt
from gongji.services.office.applications import OPEN_STATES

DOUBT: Final = "doubt"
"""The kind of unfinished form that becomes a report."""

WORDS_MOST: Final = 1000
PAGE: Final = 100


async def report(visit: Visit) -> Found:
    """Ask why the use is doubted, and report it: once, however often that is sent."""
    draft = visit.names["draft"]
    form = await visit.unfinished(draft, DOUBT)
    if form is None:
        return visit.to("/records")
    if form.led_to:
        return visit.to(form.led_to)
    if not visit.sent:
        return await _shown(visit, form.fields)
    fields = {"why": visit.form.get("why", ""), "words": visit.form.get("words", "")}
    await visit.fill_in(draft, **fields)
    values = {**form.fields, **fields}
    faults = _faults(visit, fields)
    return await _shown(visit, values, faults) if faults else await _reported(visit, values)


async def reported(visit: Visit, entry_id: int) -> str:
    """Return the number under which the visitor has reported that use and it is being looked into, "" for none."""
    several = (await visit.api.get("applications", Applications, limit=PAGE)).items
    mine = [one for one in several if one.use is not None and one.use.entry_id == entry_id]
    return next((one.application_id for one in mine if one.state in OPEN_STATES), "")


PAGES: Final[Mapping[str, Page]] = {"/records/doubt/{draft:str}": report}


# Helpers


async def _reported(visit: Visit, values: Mapping[str, str]) -> Found:
    wish = WishSent(
        kind="doubted_use",
        entry_id=int(values["entry_id"]),
        why=[values["why"]],  # type: ignore[list-item]  # one of the reasons
        words=values["words"],
    )
    try:
        done = await visit.api.post("applications", ApplicationTold, wish, key=visit.names["draft"])
    except TroubleError as trouble:
        known = given(trouble.problem.subject) or ""
        if trouble.name == "ALREADY_BOUND" and known:
            return visit.to(f"/applications/{known}")
        return await _shown(visit, values, trouble=trouble)
    led_to = f"/applications/{done.application_id}"
    await visit.finish(visit.names["draft"], led_to)
    return visit.to(led_to)


def _faults(visit: Visit, fields: Mapping[str, str]) -> dict[str, str]:
    faults = {}
    if fields["why"] not in get_args(Doubt):
        faults["why"] = visit.say("forms.choose_one")
    if len(fields["words"]) > WORDS_MOST or (fields["why"] == "other" and not fields["words"]):
        faults["words"] = visit.say("records.report_words_fault")
    return faults


async def _shown(
    visit: Visit,
    values: Mapping[str, str],
    faults: Mapping[str, str] = {},  # read only
    trouble: TroubleError | None = None,
) -> View:
    person = int(values["person"])
    told: dict[str, Any] = {
        "name": (await called(visit, {person})).get(person, ""),
        "at": datetime.fromisoformat(values["at"]),
        "amount_fen": int(values["amount_fen"]),
        "reasons": [(one, visit.say(f"records.why_{one}")) for one in get_args(Doubt)],
        "values": values,
        "faults": faults,
        "faulty": bool(faults) or trouble is not None,
        "trouble": trouble.problem if trouble is not None else None,
        "most": WORDS_MOST,
        "back": visit.link("/records/doubt", person=person, at=values["at"]),
    }
    status = trouble.problem.status if trouble is not None else 400 if faults else 200
    return View("citizen/records_report.html", told, status)
