"""The visitor's own applications: what is asked for, the papers it wants, handed in from a phone, and how it stands."""

import base64
from collections.abc import Mapping
from typing import Any, Final, get_args

from gongji.channels.api.application_forms import ApplicationTold, WishSent
from gongji.channels.api.applications import Applications, More, Objection
from gongji.channels.api.materials import MaterialSent, MaterialTold
from gongji.channels.api.relatives import Relative
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.adding import PAPERS
from gongji.channels.screens.citizen.family import kin_numbered, relation_of
from gongji.channels.screens.citizen.kindred import RELATIONS, called, fresh, key_of, related, when
from gongji.channels.screens.inside import TroubleError, given, named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.family import Relation
from gongji.registry.certificates import RESIDENT_ID, is_number
from gongji.services.office.application_kinds import Kind
from gongji.services.office.applications import OPEN_STATES, REFUSED
from gongji.services.office.material_checks import BYTES_MAX
from gongji.services.office.materials import Paper

KINDS: Final[tuple[Kind, ...]] = ("guardian", "change_phone", "reimbursement", "open_wallet")
"""What is asked for from here. The review of a bond and an inheritance are begun by pages of their own."""

REVIEW: Final = "review"
"""The kind of unfinished form that asks for the review of a bond."""

SHOWN: Final[tuple[Paper, ...]] = get_args(Paper)
TONES: Final[Mapping[str, str]] = {"approved": "ok", "refused": "error", "incomplete": "warn", "withdrawn": ""}
FILE: Final = "file"


async def applications(visit: Visit) -> Found:
    """Show the applications that concern the visitor, and what he may ask for."""
    cursor = visit.query.get("cursor") or None
    found = await visit.api.get("applications", Applications, limit=20, cursor=cursor)
    told = {
        "several": [(one, when(one.made_at), when(one.due_at), TONES.get(one.state, "brand")) for one in found.items],
        "kinds": KINDS,
        "after": visit.link("/applications", cursor=found.next) if found.next else "",
    }
    return View("citizen/applications.html", told)


async def new(visit: Visit) -> Found:
    """Take an application of one kind."""
    kind = visit.form.get("kind") or visit.query.get("kind", "")
    if kind == "bind" and visit.sent:
        bond = visit.form.get("bond", "")
        return visit.to(f"/applications/review/{await visit.begin(REVIEW, bond=bond)}")
    if kind not in KINDS:
        return visit.to("/applications")
    values = {"cert_type": RESIDENT_ID, **visit.form}
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        wish_or_faults = _wish(visit, kind, values)
        if isinstance(wish_or_faults, WishSent):
            try:
                return await _submitted(visit, wish_or_faults)
            except TroubleError as met:
                trouble = met.problem
        else:
            faults = wish_or_faults
    told = {
        "kind": kind,
        "values": values,
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
        "once": fresh(visit),
        "relations": [(None, [(one.value, related(visit, one)) for one in RELATIONS])],
        "papers": [(None, [(code, visit.say(f"adding.paper_{code}")) for code in PAPERS])],
    }
    return View("citizen/application_new.html", told, 400 if faults or trouble else 200)


async def review(visit: Visit) -> Found:
    """Show which bond the office is asked to review, and ask it: once, however often that is sent."""
    draft = visit.names["draft"]
    form = await visit.unfinished(draft, REVIEW)
    if form is None or form.led_to:
        return visit.to(form.led_to if form is not None else "/family")
    bond = form.fields.get("bond", "")
    kin = await kin_numbered(visit, bond)
    trouble = None
    if visit.sent:
        try:
            wish = WishSent(kind="bind", bond_id=kin.bond.bond_id)
            done = await visit.api.post("applications", ApplicationTold, wish, key=draft)
            led_to = f"/applications/{done.application_id}"
            await visit.finish(draft, led_to)
            return visit.to(led_to)
        except TroubleError as met:
            known = given(met.problem.subject) or ""
            if met.name == "ALREADY_BOUND" and known:
                return visit.to(f"/applications/{known}")
            trouble = met.problem
    told = {"kin": kin, "relation": relation_of(visit, kin), "trouble": trouble, "back": visit.link(f"/family/{bond}")}
    return View("citizen/application_review.html", told, trouble.status if trouble is not None else 200)


async def application(visit: Visit) -> Found:
    """Show one application as it stands: what is still wanted, and where to hand it in."""
    number = visit.names["application_id"]
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        try:
            faults = await _step(visit, number)
            if not faults:
                return visit.to(f"/applications/{number}")
        except TroubleError as met:
            trouble = met.problem
    one = await visit.api.get(named("applications", number), ApplicationTold)
    mine = one.applicant_id == visit.person_id
    told = {
        "one": one,
        "mine": mine,
        "open": mine and one.state in OPEN_STATES,
        "refused": one.state == REFUSED,
        "tone": TONES.get(one.state, "brand"),
        "made_at": when(one.made_at),
        "due_at": when(one.due_at),
        "appeal_until": when(one.appeal_until),
        "steps": [(step, when(step.at)) for step in one.steps],
        **await _doubted(visit, one),
        "papers": _papers(visit, one),
        "values": visit.form,
        "once": fresh(visit),
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
        "most": BYTES_MAX >> 20,
    }
    return View("citizen/application.html", told, 400 if faults or trouble else 200)


PAGES: Final[Mapping[str, Page]] = {
    "/applications": applications,
    "/applications/new": new,
    "/applications/review/{draft:str}": review,
    "/applications/{application_id:str}": application,
}


# Helpers


async def _submitted(visit: Visit, wish: WishSent) -> Found:
    done = await visit.api.post("applications", ApplicationTold, wish, key=key_of(visit))
    return visit.to(f"/applications/{done.application_id}")


def _wish(visit: Visit, kind: str, values: Mapping[str, str]) -> WishSent | dict[str, str]:
    """Return what is asked for, or what is wrong with the fields."""
    filled = visit.filled()
    person = relation = receipts = total_fen = phone = None
    if kind in ("guardian", "open_wallet"):
        person = _person(visit, values, filled.faults)
    if kind == "open_wallet":
        chosen = filled.choice("relation", [one.value for one in RELATIONS])
        relation = Relation(chosen) if chosen is not None else None
    if kind == "change_phone":
        phone = values.get("phone", "")
        if not (len(phone) == 11 and phone.isascii() and phone.isdecimal()):
            filled.fault("phone", "applying.no_phone")
    if kind == "reimbursement":
        receipts = [part for part in values.get("receipts", "").replace("，", " ").replace(",", " ").split() if part]
        if not 0 < len(set(receipts)) == len(receipts) <= 50:
            filled.fault("receipts", "applying.no_receipts")
        total_fen = filled.fen("total")
        if not total_fen:
            filled.fault("total", "forms.no_amount")
    if filled.faults:
        return filled.faults
    return WishSent(
        kind=kind,  # type: ignore[arg-type]  # one of KINDS
        person=person,
        relation=relation,
        receipts=receipts,
        total_fen=total_fen,
        phone=phone,
    )


def _person(visit: Visit, values: Mapping[str, str], faults: dict[str, str]) -> Relative | None:
    if not values.get("name"):
        faults["name"] = visit.say("adding.no_name")
    if values["cert_type"] not in PAPERS or not is_number(values["cert_type"], values.get("certno", "").upper()):
        faults["certno"] = visit.say("adding.no_certno")
    if faults:
        return None
    return Relative(certno=values["certno"].upper(), name=values["name"], cert_type=values["cert_type"])


async def _step(visit: Visit, number: str) -> dict[str, str]:
    """Do what the form asks for. Return what is wrong with its fields; raise TroubleError for what is refused."""
    key, there = key_of(visit), named("applications", number)
    match visit.form.get("do"):
        case "withdraw":
            await visit.api.post(f"{there}/withdrawal", ApplicationTold, key=key)
        case "appeal":
            reason = visit.form.get("reason", "")
            if not 2 <= len(reason) <= 1000:
                return {"reason": visit.say("applying.no_reason")}
            await visit.api.post(f"{there}/appeal", ApplicationTold, Objection(reason=reason), key=key)
        case "add":
            return await _add(visit, there, key)
    return {}


def file_fault(visit: Visit) -> dict[str, str]:
    """Return what is wrong with the file that was sent."""
    content = visit.files.get(FILE, b"")
    if not content:
        return {FILE: visit.say("applying.no_file")}
    too_long = visit.say("applying.file_too_long", most=BYTES_MAX >> 20)
    return {FILE: too_long} if len(content) > BYTES_MAX else {}


async def _add(visit: Visit, there: str, key: str) -> dict[str, str]:
    """Hand in a paper and put it with the application."""
    paper, content = visit.form.get("paper", ""), visit.files.get(FILE, b"")
    faults = {}
    if paper not in SHOWN:
        faults["paper"] = visit.say("forms.choose_one")
    faults |= file_fault(visit)
    if faults:
        return faults
    sent = MaterialSent(paper=paper, content=base64.b64encode(content).decode("ascii"))  # type: ignore[arg-type]  # one of SHOWN
    handed = await visit.api.post("materials", MaterialTold, sent, key=key)
    await visit.api.post(f"{there}/materials", ApplicationTold, More([handed.material_id]), key=f"{key[:60]}-add")
    return {}


async def _doubted(visit: Visit, one: ApplicationTold) -> dict[str, Any]:
    """Return what the page of a doubted use tells besides: whose it was, when, and what the officer found out."""
    if one.use is None:
        return {"answer": ""}
    answers = [step.why for step in one.steps if step.what in ("approved", "refused")]
    return {
        "answer": answers[-1] if answers and one.state in ("approved", "refused") else "",
        "patient": (await called(visit, {one.use.patient_id})).get(one.use.patient_id, ""),
        "used_at": when(one.use.at),
    }


def _papers(visit: Visit, one: ApplicationTold) -> list[Any]:
    """Return the options of which paper is handed in, those first that are still missing."""
    missing = [paper for wanted in one.missing for paper in wanted.any_of if paper in SHOWN]
    several = dict.fromkeys([*missing, *SHOWN])
    return [(None, [(paper, visit.say(f"applying.paper_{paper}")) for paper in several])]
