"""The terms of a bond at the counter: what for, how long, how much, in which order; asked is what the rules know.

Each question has its rule beside it, and what the rules say against an answer stands at its field.
"""

from datetime import date, timedelta
from typing import Final

from gongji.channels.api.problems import Problem
from gongji.channels.pages.asking import Filled, View
from gongji.channels.screens.console.intake import ROOT, draft_of
from gongji.channels.screens.console.intake_bond import LASTS, Known, against, at_fields, checked, known_to
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.visiting import Found, Page, Sent, Visit

RANK_MOST: Final = 99


async def terms(visit: Visit) -> Found:
    """Ask for the terms; where the rules say no to all of them, say so before anybody types."""
    form = await draft_of(visit)
    if isinstance(form, Sent):
        return form
    draft, fields = visit.names["draft"], form.fields
    if fields["matter"] != "bind" or "member_here" not in fields:
        return visit.to(f"{ROOT}/{draft}/details")
    known = await known_to(visit, fields)
    faults: dict[str, str] = {}
    trouble: Problem | None = None
    if visit.sent and known.is_open:
        filled = visit.filled()
        told = _told(visit, filled, known)
        faults = filled.faults
        if not faults:
            after = {name: text for name, text in (fields | told).items() if text}
            try:
                faults = at_fields(against(await checked(visit, after)))
            except TroubleError as met:
                trouble = met.problem
        if not faults and trouble is None:
            await visit.fill_in(draft, **told)
            return visit.to(f"{ROOT}/{draft}/check")
    one_use = {"uses": known.uses[0]} if len(known.uses) == 1 else {}
    shown = {
        "known": known,
        "uses": [(one, visit.say(f"intake.uses_{one}")) for one in known.uses],
        "lasts": [(one, visit.say(f"intake.lasts_{one}")) for one in LASTS],
        "first": visit.now.date() + timedelta(days=1),
        "names": {"sharer": fields["name"], "member": fields["r_name"]},
        "values": visit.form if visit.sent else {**one_use, "lasts": "cancelled", **fields},
        "back": visit.link(f"{ROOT}/{draft}/details"),
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
    }
    return View("console/intake_terms.html", shown, trouble.status if trouble else 400 if faults else 200)


PAGES: Final[dict[str, Page]] = {"/intake/{draft:str}/terms": terms}


# Helpers


def _told(visit: Visit, filled: Filled, known: Known) -> dict[str, str]:
    """Return the terms as they are kept, "" for those that were left empty or that no rule knows."""
    told = {"uses": filled.choice("uses", known.uses) or "", "lasts": filled.choice("lasts", LASTS) or ""}
    last: date | None = None
    if told["lasts"] == "day":
        last = filled.day("until")
        if last is not None and last <= visit.now.date():
            filled.fault("until", "intake.day_over")
    elif filled.has("until") and told["lasts"]:
        filled.fault("until", "intake.day_not_chosen")
    told["until"] = last.isoformat() if last is not None else ""
    for name, asked in (("cap", known.cap is not None), ("quota", known.sets_quota)):
        fen = filled.fen(name) if asked else 0
        if asked and filled.has(name) and fen <= 0:
            filled.fault(name, "forms.no_amount")
        told[name] = filled.values.get(name, "") if asked else ""
        told[f"{name}_fen"] = str(fen) if fen else ""
    ranked = known.order is not None and filled.has("rank")
    told["rank"] = str(filled.number("rank", 1, RANK_MOST, 1)) if ranked else ""
    return told
