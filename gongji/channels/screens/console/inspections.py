"""Inspections 稽核 at the desk: cases of an office, looking through somebody's care, and the steps of one case."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from gongji.channels.api.inspection_forms import (
    Because,
    Begun,
    CareLooked,
    Cases,
    CaseTold,
    SecondAgreed,
    SignalTold,
    VerdictSent,
)
from gongji.channels.api.moments import taken, told
from gongji.channels.api.relatives import Relative
from gongji.channels.figures import money
from gongji.channels.pages.asking import Filled, View, region_name
from gongji.channels.screens.console.presence import forms_of, papers_in, reason_in
from gongji.channels.screens.console.queue import time_left
from gongji.channels.screens.console.shell import key_of, once_in
from gongji.channels.screens.inside import TroubleError, named, tag_in
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.services.bills.restitutions import Restitution
from gongji.services.office.inspections import DECIDED, HEARING_OFFERED, MONTHS, OPENED, PROPOSED, RUNNING

ROOT: Final = "/console/inspections"
BACK_DAYS: Final = 180
"""So far back is somebody's care looked through, unless another day is filled in."""
CARE: Final = "console-care"
REASON: Final = (2, 200)
ROWS: Final = ("1", "2", "3")
"""Of owners who get something back, on the form."""


async def queue(visit: Visit) -> Found:
    """Show the cases of the office: running ones first, what is due first on top."""
    found = await visit.api.get("queues/inspections", Cases, cursor=visit.query.get("cursor") or None)
    rows = []
    for one in found.items:
        left, tone = time_left(visit, taken(one.due_at) if one.due_at is not None else None)
        rows.append((one, visit.link(f"{ROOT}/{one.inspection_id}"), left if one.state in RUNNING else "", tone))
    rows.sort(key=lambda row: (row[0].state not in RUNNING, row[0].due_at is None, row[0].due_at or row[0].opened_at))
    after = visit.link(ROOT, cursor=found.next) if found.next else ""
    return View("console/inspections.html", {"rows": rows, "after": after})


async def begin(visit: Visit) -> Found:
    """Take whose care is looked through, over which time, and why; a case may be opened on what is found."""
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        filled = visit.filled()
        person, reason = papers_in(filled), reason_in(visit, filled)
        since = filled.day("since", visit.now.date() - timedelta(days=BACK_DAYS))
        faults = filled.faults
        if person is not None and reason is not None and since is not None:
            fields = {
                **msgspec.structs.asdict(person),
                "reason": reason,
                "since": since.isoformat(),
                "until": visit.now.replace(microsecond=0).isoformat(),
                "reported": visit.form.get("reported", ""),
                "open": visit.form.get("open", ""),
                "once": once_in(visit),
            }
            try:
                looked = await _looked(visit, fields)
            except TroubleError as met:
                trouble = met.problem
            else:
                if looked.case is not None:
                    return visit.to(f"{ROOT}/{looked.case.inspection_id}")
                return visit.to(f"{ROOT}/care/{await visit.begin(CARE, **fields)}")
    shown = {
        **forms_of(visit),
        "values": {"since": (visit.now.date() - timedelta(days=BACK_DAYS)).isoformat(), **visit.form},
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
    }
    return View("console/inspection_begin.html", shown, trouble.status if trouble else 400 if faults else 200)


async def care(visit: Visit) -> Found:
    """Show what was found in somebody's care, by that one look."""
    form = await visit.unfinished(visit.names["draft"], CARE)
    if form is None:
        return visit.to(f"{ROOT}/begin")
    looked = await _looked(visit, form.fields)
    told_all = {"fields": form.fields, "signals": [signal_in_words(visit, one) for one in looked.signals]}
    return View("console/inspection_care.html", told_all)


async def show_case(visit: Visit) -> Found:
    """Show a case and what may be done with it now; its steps are sent here by the name of the button."""
    number = visit.names["inspection_id"]
    trouble, faults = None, dict[str, str]()
    if visit.sent:
        body, faults = _body(visit)
        step, seen = visit.form.get("step", ""), visit.form.get("seen", "")
        if not faults and step in _STEPS:
            key = key_of(number, seen, step, repr(body))
            try:
                await visit.api.post(named("inspections", number, step), CaseTold, body, key=key, if_match=seen)
            except TroubleError as met:
                trouble = met.problem
            else:
                return visit.to(f"{ROOT}/{number}")
    answer = await visit.api.answer("GET", named("inspections", number))
    case = msgspec.json.decode(answer.body, type=CaseTold)
    shown = _shown(visit, case) | {
        "tag": tag_in(answer),
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
        "values": visit.form,
    }
    return View("console/inspection.html", shown, trouble.status if trouble else 400 if faults else 200)


PAGES: Final[dict[str, Page]] = {
    "/inspections": queue,
    "/inspections/begin": begin,
    "/inspections/care/{draft:str}": care,
    "/inspections/{inspection_id:str}": show_case,
}

# Helpers

_NUMBER_MOST: Final = 999_999_999
_STEPS: Final = frozenset({"hearing", "proposal", "check", "closing", "lifting", "upholding"})


def _shown(visit: Visit, case: CaseTold) -> dict[str, Any]:
    """Return what the page tells of a case, and which steps this inspector may take."""
    me, now = visit.caller.staff_no, visit.now
    deciders = {one.by for one in case.steps if one.what in ("proposed", "decided")}
    heard_out = bool(case.heard) or (case.hearing_until is not None and now >= taken(case.hearing_until))
    suspended = case.suspended_until is not None and case.suspended_until > now.date().isoformat()
    answered = any(one.what == "upheld" for one in case.steps)
    left, tone = time_left(visit, taken(case.due_at) if case.due_at is not None else None)
    rules = visit.desk.book(now).on(case.office, now.date()).rows["own_credential"]
    return {
        "case": case,
        "signals": [signal_in_words(visit, one) for one in case.signals],
        "time": left if case.state in RUNNING else "",
        "tone": tone,
        "rule_id": rules.rule_id,
        "rows": ROWS,
        "months": [0, *range(MONTHS[0], MONTHS[1] + 1)],
        "may": {
            "hearing": case.state == OPENED,
            "proposal": case.state == HEARING_OFFERED and heard_out,
            "waits": case.state == HEARING_OFFERED and not heard_out,
            "check": case.state == PROPOSED and me not in deciders,
            "second": case.state == PROPOSED and me in deciders,
            "closing": case.state in (OPENED, HEARING_OFFERED),
            "lifting": case.state == DECIDED and suspended and not (case.appealed and me in deciders),
            "upholding": case.state == DECIDED and case.appealed and not answered and me not in deciders,
        },
    }


def _body(visit: Visit) -> tuple[Any, dict[str, str]]:
    """Return what a step is sent with, and what is wrong with it by field."""
    form, filled = visit.form, visit.filled()
    match form.get("step"):
        case "proposal":
            body = VerdictSent(
                rule_id=form.get("rule_id", ""),
                months=filled.number("months", 0, MONTHS[1], 0),
                sum_fen=filled.fen("sum"),
                restitutions=_restitutions(visit, filled),
                fine_fen=filled.fen("fine"),
            )
            return body, filled.faults
        case "check":
            return SecondAgreed(agree=form.get("agree") == "yes"), {}
        case "closing" | "lifting" | "upholding":
            reason = form.get("reason", "")
            if not REASON[0] <= len(reason) <= REASON[1]:
                return None, {"reason": visit.say("counter.no_reason")}
            return Because(reason=reason), {}
    return None, {}


async def _looked(visit: Visit, fields: Mapping[str, str]) -> CareLooked:
    """Return what one look found; its key makes it one look, however often the page is shown."""
    wish = Begun(
        person=Relative(certno=fields["certno"], name=fields["name"], cert_type=fields["cert_type"]),
        since=told(datetime.fromisoformat(fields["since"])),
        until=told(datetime.fromisoformat(fields["until"])),
        reason=fields["reason"],
        reported=fields.get("reported") or None,
        open=fields.get("open") == "yes",
    )
    return await visit.api.post("inspections", CareLooked, wish, key=fields["once"])


def _restitutions(visit: Visit, filled: Filled) -> list[Restitution]:
    """Return what owners are to get back, of the rows that were filled in."""
    several = []
    for row in ROWS:
        if visit.form.get(f"settle_{row}"):
            settle_id = filled.number(f"settle_{row}", 1, _NUMBER_MOST, 0)
            owner_id = filled.number(f"owner_{row}", 1, _NUMBER_MOST, 0)
            amount_fen = filled.fen(f"amount_{row}")
            several.append(Restitution(settle_id=settle_id, owner_id=owner_id, amount_fen=amount_fen))
    return several


def signal_in_words(visit: Visit, one: SignalTold) -> Mapping[str, str]:
    """Return a signal in words: what it is, the facts, and whose threshold it is."""
    book = visit.desk.book(visit.now)
    facts = {
        name: region_name(book, value, visit.language) if name in ("first", "then") else value
        for name, value in one.facts.items()
    }
    if "drawn_fen" in facts:
        facts["drawn_fen"] = money(int(facts["drawn_fen"]), visit.language)
    return {
        "title": visit.say(f"inspecting.title_{one.kind}"),
        "words": visit.say(f"inspecting.signal_{one.kind}", **facts),
        "source": visit.say("desk_case.ours") if one.source == "assumed" else one.source,
        "settlements": " ".join(map(str, one.settlements)),
    }
