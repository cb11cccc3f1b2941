"""K5 决定 and K8 复核: approving, telling once what is missing, refusing by a rule, and the second person's word.

Each is a page of its own that says what will happen; nothing happens before it is sent.
"""

from collections.abc import Mapping
from typing import Any, Final

from gongji.channels.api.application_forms import ApplicationTold
from gongji.channels.api.applications import Checked, Decided
from gongji.channels.api.bill_forms import BillAsked, PartsAsked
from gongji.channels.api.reasons import RuleTold
from gongji.channels.api.reimbursements import CareAsked
from gongji.channels.figures import polished
from gongji.channels.pages.asking import View
from gongji.channels.screens.console.cases import Case, case_of, points
from gongji.channels.screens.console.shell import ROOT, key_of
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.bill import Visit as BillVisit


async def approve(visit: Visit) -> Found:
    """Show what approving does, and do it. Of a bill paid in cash the figures are taken from its receipts."""
    if not visit.sent:
        return await _shown(visit, "approval")
    if visit.form.get("kind") == ANSWERED:
        return await _answered(visit, "approval", approve=True)
    if visit.form.get("kind") != "reimbursement":
        return await _decided(visit, "approval", "decision", Decided(approve=True))
    figures, faults = figures_in(visit)
    if figures is None:
        return _view(visit, await case_of(visit), "approval", {"faults": faults, "values": visit.form}, 400)
    return await _decided(visit, "approval", "decision", Decided(approve=True, figures=figures))


async def notify(visit: Visit) -> Found:
    """Show the one-time notice as the applicant will get it, and send it."""
    if visit.sent:
        return await _decided(visit, "notice", "notice", None)
    return await _shown(visit, "notice")


async def refuse(visit: Visit) -> Found:
    """Let the officer pick the rule, show the text made of it, and refuse by it."""
    case = await case_of(visit)
    if case.told.kind == ANSWERED:
        return await _answered(visit, "refusal", approve=False) if visit.sent else _view(visit, case, "refusal", {})
    grounds = case.sheet.grounds if case.sheet is not None else []
    rule_id = visit.form.get("rule_id") or visit.query.get("rule_id", "")
    chosen = next((one for one in grounds if one.rule == rule_id), None)
    if visit.sent and chosen is not None:
        return await _decided(visit, "refusal", "decision", Decided(approve=False, rule_id=chosen.rule))
    asked = visit.sent or "rule_id" in visit.query
    faults = {"rule_id": visit.say("deciding.pick_a_rule")} if asked and chosen is None else {}
    return _view(visit, case, "refusal", _of_grounds(visit, case, chosen) | {"faults": faults}, 400 if faults else 200)


async def check(visit: Visit) -> Found:
    """Take the second person's word: he agrees, or sends it back."""
    if not visit.sent:
        return visit.to(f"{ROOT}/cases/{visit.names['application_id']}")
    agree = visit.form.get("agree") == "yes"
    return await _decided(visit, "check", "check", Checked(agree=agree))


async def show_outcome(visit: Visit) -> Found:
    """Show what came of an application: number, what happens next, what can be printed, and the next one."""
    return _view(visit, await case_of(visit), "outcome", {})


ANSWERED: Final = "doubted_use"
"""The kind that is decided by what was found out, and not by a rule."""

WHY: Final = (2, 1000)
PARTS: Final = ("deductible", "copay", "first_self_pay", "over_limit", "off_catalogue")
"""The parts of a bill, as receipts have them."""

_AT: Final = "/cases/{application_id:str}"
PAGES: Final[dict[str, Page]] = {
    f"{_AT}/approval": approve,
    f"{_AT}/notice": notify,
    f"{_AT}/refusal": refuse,
    f"{_AT}/check": check,
    f"{_AT}/outcome": show_outcome,
}


def figures_in(visit: Visit) -> tuple[CareAsked | None, dict[str, str]]:
    """Return the figures of a bill as they were filled in; None, and faults, where some are amiss."""
    filled = visit.filled()
    visited_on = filled.day("visited_on")
    discharged_on = filled.day("discharged_on") if visit.form.get("discharged_on") else None
    parts = {f"{name}_fen": filled.fen(name) for name in PARTS}
    if not filled.has("institution"):
        filled.fault("institution", "deciding.no_institution")
    if not any(parts.values()):
        filled.fault(PARTS[0], "intake.no_total")
    if filled.faults or visited_on is None:
        return None, filled.faults
    stay = BillVisit.INPATIENT if discharged_on is not None else BillVisit.OUTPATIENT
    bill = BillAsked(institution=visit.form["institution"], visit=stay, parts=PartsAsked(**parts))
    return CareAsked(bill=bill, visited_on=visited_on, discharged_on=discharged_on), {}


def refusal_text(visit: Visit, case: Case, rule: RuleTold) -> list[str]:
    """Return the text of a refusal, made of the rule it rests on; nobody writes it by hand."""
    document = rule.document
    kind = visit.say(f"desk_kinds.{case.told.kind}")
    return [
        visit.say("deciding.refused", kind=kind, number=case.number),
        visit.say("deciding.by_rule", title=rule.title, words=rule.words),
        *([visit.say("deciding.by_document", title=document.title, publisher=document.publisher)] if document else []),
        visit.say("deciding.you_may_object"),
    ]


# Helpers


async def _decided(visit: Visit, page: str, operation: str, body: Any) -> Found:
    """Have it decided, once for what the officer saw, and lead to what came of it."""
    number, seen = visit.names["application_id"], visit.form.get("seen", "")
    key = key_of(number, seen, operation, repr(body))
    try:
        await visit.api.post(named("applications", number, operation), ApplicationTold, body, key=key, if_match=seen)
    except TroubleError as trouble:
        return _view(visit, await case_of(visit), page, {"trouble": trouble.problem}, trouble.problem.status)
    return visit.to(f"{ROOT}/cases/{number}/outcome")


async def _answered(visit: Visit, page: str, *, approve: bool) -> Found:
    """Answer a report by what was found out, in the officer's own words."""
    why = visit.form.get("why", "")
    if not WHY[0] <= len(why) <= WHY[1]:
        faults = {"why": visit.say("deciding.no_answer")}
        return _view(visit, await case_of(visit), page, {"faults": faults, "values": visit.form}, 400)
    return await _decided(visit, page, "decision", Decided(approve=approve, why=why))


async def _shown(visit: Visit, page: str) -> Found:
    return _view(visit, await case_of(visit), page, {})


def _of_grounds(visit: Visit, case: Case, chosen: RuleTold | None) -> dict[str, Any]:
    """Return what the page of a refusal is told: the rules, failed checks first, and the text of the one chosen."""
    sheet = case.sheet
    failed = {one.rule.rule for one in sheet.checks if one.rule is not None and not one.passed} if sheet else set()
    grounds = sheet.grounds if sheet is not None else []
    colon = visit.say("rules.colon")
    several = [(one.rule, polished(f"{one.title}{colon}{one.words}", visit.language)) for one in grounds]
    return {
        "groups": [
            (visit.say("deciding.failed"), [one for one in several if one[0] in failed]),
            (visit.say("deciding.others"), [one for one in several if one[0] not in failed]),
        ],
        "chosen": chosen,
        "text": refusal_text(visit, case, chosen) if chosen is not None else [],
        "values": {"rule_id": chosen.rule if chosen is not None else ""},
    }


def _view(visit: Visit, case: Case, page: str, more: Mapping[str, Any], status: int = 200) -> View:
    if page == "refusal" and "groups" not in more:
        more = {**_of_grounds(visit, case, None), **more}
    told = {
        "case": case,
        "told": case.told,
        "points": points(visit, case.sheet) if case.sheet is not None else [],
        "trouble": None,
        "faults": {},
        "values": visit.form,
        "parts": PARTS,
        "back": visit.link(f"{ROOT}/cases/{case.number}"),
    }
    return View(f"console/{page if page != 'check' else 'outcome'}.html", {**told, **more}, status)
