"""C15 帮助与代办: where help is to be had, who may act for the visitor, and for whom he acts."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from gongji.channels.api.counter import Looks
from gongji.channels.api.mandates import HelperSent, Mandates, MandateTold
from gongji.channels.api.moments import told
from gongji.channels.api.relatives import Relative
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.adding import PAPERS
from gongji.channels.screens.citizen.kindred import called, fresh, key_of, own_api, prove_anew, when
from gongji.channels.screens.inside import Inside, TroubleError, named
from gongji.channels.screens.visiting import ACTING_COOKIE, Found, Page, Visit
from gongji.registry.certificates import RESIDENT_ID, is_number
from gongji.services.access.permissions import PERMISSIONS
from gongji.services.office.mandates import HELPER_DAYS_MOST, HELPER_MAY

ACTING_SECONDS: Final = 8 * 3600
"""So long does a browser act for another before it has to be said again; the mandate is looked at each time."""

OPERATIONS: Final = tuple(name for name in PERMISSIONS if name in HELPER_MAY)
GIVE: Final = "/help/acting/give"
MANDATE: Final = "mandate"
"""The kind of unfinished form that becomes a mandate."""

FIELDS: Final = ("name", "cert_type", "certno", "until")
NEEDED: Final = "profile.read"
"""What every helper needs to get anywhere at all."""


async def help_page(visit: Visit) -> Found:
    """Show where help is to be had, signed in or not."""
    return View("citizen/help.html", {"known": visit.known})


async def acting(visit: Visit) -> Found:
    """Show mandates of both directions; begin to act for somebody, stop it, or end a mandate."""
    api = own_api(visit)
    trouble = None
    if visit.sent:
        try:
            return await _done(visit, api)
        except TroubleError as met:
            trouble = met.problem
    found = (await api.get("mandates", Mandates, limit=100)).items
    own = visit.caller.subject
    names = await called(visit, {one.person_id for one in found} | {one.holder_id or 0 for one in found})
    told_all = {
        "given": [_row(visit, one, names) for one in found if one.person_id == own],
        "held": [_row(visit, one, names) for one in found if one.person_id != own],
        "acting": visit.acting,
        "once": fresh(visit),
        "trouble": trouble,
    }
    return View("citizen/acting.html", told_all, 400 if trouble else 200)


async def give(visit: Visit) -> Found:
    """Begin the form by which somebody is let act for the visitor."""
    return visit.to(f"{GIVE}/{await visit.begin(MANDATE)}")


async def giving(visit: Visit) -> Found:
    """Let somebody act for the visitor: in what, until when; once, however often that is sent."""
    draft = visit.names["draft"]
    form = await visit.unfinished(draft, MANDATE)
    if form is None or form.led_to:
        return visit.to(form.led_to if form is not None else GIVE)
    values = {"cert_type": RESIDENT_ID, **form.fields, **visit.form}
    ticked = visit.several.get("may", []) if visit.sent else values.get("may", "").split(",")
    chosen = [one for one in ticked if one in OPERATIONS]
    if visit.sent:
        kept = {name: values.get(name, "") for name in FIELDS}
        await visit.fill_in(draft, **kept, may=",".join(chosen))
    faults, until = _faults(visit, values, chosen) if visit.sent else ({}, None)
    trouble = None
    if visit.sent and not faults and until is not None:
        holder = Relative(certno=values["certno"].upper(), name=values["name"], cert_type=values["cert_type"])
        wish = HelperSent(holder=holder, operations=sorted({*chosen, NEEDED}), until=told(until))
        try:
            await own_api(visit).post("mandates", MandateTold, wish, key=draft)
            await visit.finish(draft, "/help/acting")
            return visit.to("/help/acting")
        except TroubleError as met:
            trouble = met.problem
    told_all: dict[str, Any] = {
        "values": values,
        "chosen": chosen,
        "operations": [(one, PERMISSIONS[one].text(visit.language)) for one in OPERATIONS if one != NEEDED],
        "papers": [(None, [(code, visit.say(f"adding.paper_{code}")) for code in PAPERS])],
        "first": visit.now.date() + timedelta(days=1),
        "last": visit.now.date() + timedelta(days=HELPER_DAYS_MOST - 1),
        "once": fresh(visit),
        "prove": prove_anew(visit),
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
    }
    return View("citizen/acting_give.html", told_all, 400 if faults or trouble else 200)


async def looks(visit: Visit) -> Found:
    """Show who of the staff looked at the visitor's records, and why."""
    cursor = visit.query.get("cursor") or None
    found = await visit.api.get("looks", Looks, limit=20, cursor=cursor)
    told_all = {
        "several": [(one, when(one.at), _what(visit, one.what)) for one in found.items],
        "before": visit.link("/looks") if cursor else "",
        "after": visit.link("/looks", cursor=found.next) if found.next else "",
    }
    return View("citizen/looks.html", told_all)


PAGES: Final[Mapping[str, Page]] = {
    "/help/acting": acting,
    GIVE: give,
    f"{GIVE}/{{draft:str}}": giving,
    "/looks": looks,
}
OPEN_PAGES: Final[Mapping[str, Page]] = {"/help": help_page}


# Helpers


async def _done(visit: Visit, api: Inside) -> Found:
    jar = visit.jar()
    match visit.form.get("do"):
        case "begin":
            found = (await api.get("mandates", Mandates, limit=100)).items
            held = {str(one.person_id) for one in found if one.state == "standing" and one.holder_id}
            person = visit.form.get("person", "")
            if person in held and person != str(visit.caller.subject):
                return visit.to("/", jar.kept(ACTING_COOKIE, person, ACTING_SECONDS))
        case "stop":
            return visit.to("/", jar.kept(ACTING_COOKIE, "", 0))
        case "end":
            await api.post(named("mandates", visit.form.get("mandate", ""), "end"), MandateTold, key=key_of(visit))
    return visit.to("/help/acting")


def _row(visit: Visit, one: MandateTold, names: Mapping[int, str]) -> dict[str, Any]:
    given = one.person_id == visit.caller.subject
    other = one.holder_id or 0 if given else one.person_id
    until = when(one.until)
    return {
        "mandate_id": one.mandate_id,
        "person_id": one.person_id,
        "name": names.get(other, one.holder),
        "form": visit.say(f"acting.form_{one.form}"),
        "standing": one.state == "standing",
        "until": (until - timedelta(seconds=1)).date() if until is not None else None,
        "may": [PERMISSIONS[name].text(visit.language) for name in one.operations if name in PERMISSIONS],
        "ends": one.form in ("helper", "counter") or not given,
    }


def _faults(visit: Visit, values: Mapping[str, str], chosen: list[str]) -> tuple[dict[str, str], datetime | None]:
    """Return what is wrong with the fields, and until which moment the mandate would hold."""
    filled = visit.filled()
    for name, fine, key in (
        ("name", bool(values.get("name")), "adding.no_name"),
        ("cert_type", values["cert_type"] in PAPERS, "forms.choose_one"),
        ("certno", is_number(values["cert_type"], values.get("certno", "").upper()), "adding.no_certno"),
        ("may", bool(chosen), "acting.choose_some"),
    ):
        if not fine:
            filled.fault(name, key)
    last = filled.day("until")
    if last is not None and not 0 < (last - visit.now.date()).days < HELPER_DAYS_MOST:
        filled.fault("until", "acting.a_year_at_most")
    if last is None or filled.faults:
        return filled.faults, None
    return {}, datetime.combine(last + timedelta(days=1), time())


def _what(visit: Visit, what: str) -> str:
    kind = what.partition("-")[0]
    known = kind if kind in ("person", "care", "material") else "matter"
    return visit.say(f"looks.what_{known}")
