"""K2 受理: taking in at the counter, from who applies to papers; asked is only what the rules want.

One unfinished form goes through all steps; its secret is the key of every act, so that each is done once.
"""

import base64
from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec

from gongji.channels.api.application_forms import ApplicationTold, WishSent
from gongji.channels.api.applications import More
from gongji.channels.api.materials import MaterialSent, MaterialTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.console.intake_bond import person_faults
from gongji.channels.screens.console.intake_details import DETAILS, PAID, RELATIONS, ask_details, kept_in
from gongji.channels.screens.console.intake_estate import estate_faults
from gongji.channels.screens.console.presence import forms_of, stand, standing_in
from gongji.channels.screens.console.shell import acting_for, key_of, once_in
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Sent, Visit
from gongji.domain.family import Relation
from gongji.services.access.unfinished import Unfinished
from gongji.services.office.materials import Paper

KIND: Final = "console-intake"
DONE: Final = "console-taken-in"
"""What was taken in: another form, since the first forgets what was filled in once it is done."""
KINDS: Final = tuple(DETAILS)
PAPERS: Final[tuple[Paper, ...]] = get_args(Paper)
ROOT: Final = "/console/intake"


async def begin(visit: Visit) -> Found:
    """Take what it is about and who applies, and put on record that he is here."""
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        filled = visit.filled()
        kind, wish = filled.choice("kind", KINDS), standing_in(visit, filled)
        faults = filled.faults
        if kind is not None and wish is not None and not faults:
            fields = {"matter": kind, "how": wish.how, "reason": wish.reason, **msgspec.structs.asdict(wish.person)}
            try:
                stood = await stand(visit, wish, once_in(visit), visit.files.get("scan", b""))
            except TroubleError as met:
                trouble = met.problem
            else:
                draft = await visit.begin(KIND, applicant=str(stood.person_id), **fields)
                return visit.to(f"{ROOT}/{draft}/details")
    told = {
        **forms_of(visit),
        "kinds": [(one, visit.say(f"intake.what_{one}")) for one in KINDS],
        "values": {"reason": visit.say("intake.default_reason"), **visit.form},
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
    }
    return View("console/intake.html", told, trouble.status if trouble else 400 if faults else 200)


async def details(visit: Visit) -> Found:
    """Ask what this kind wants to know, and nothing else."""
    form = await draft_of(visit)
    if isinstance(form, Sent):
        return form
    kind, draft = form.fields["matter"], visit.names["draft"]
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        filled = visit.filled()
        fields = ask_details(visit, filled, kind)
        faults = filled.faults
        try:
            faults = faults or await _register_faults(visit, {**form.fields, **fields})
        except TroubleError as met:
            trouble = met.problem
        if not faults and trouble is None:
            await visit.fill_in(draft, **fields)
            return visit.to(f"{ROOT}/{draft}/{'terms' if kind == 'bind' else 'check'}")
    told = {
        **forms_of(visit),
        "kind": kind,
        "relations": [("", [(one, visit.say(f"desk_relations.{one}")) for one in RELATIONS])],
        "paid": [(one, visit.say(f"intake.to_{one}")) for one in PAID],
        "values": visit.form if visit.sent else form.fields,
        "applicant": form.fields["name"],
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
    }
    return View("console/intake_details.html", told, trouble.status if trouble else 400 if faults else 200)


async def done(visit: Visit) -> Found:
    """Show what was taken in and which papers are missing; take scans of those."""
    draft = visit.names["draft"]
    form = await visit.unfinished(draft, DONE)
    if form is None:
        return visit.to(ROOT)
    number = form.fields.get("application", "")
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent and number:
        paper = visit.filled().choice("paper", PAPERS)
        scan = visit.files.get("scan", b"")
        if paper is None or not scan:
            faults = {"scan": visit.say("intake.no_file")}
        else:
            try:
                await _hand_in(visit, form, number, paper, scan)
            except TroubleError as met:
                trouble = met.problem
            else:
                return visit.to(f"{ROOT}/done/{draft}")
    api = acting_for(visit, int(form.fields["applicant"]))
    told = await api.get(named("applications", number), ApplicationTold) if number else None
    lacking = sorted({paper for one in told.missing for paper in one.any_of}) if told is not None else []
    shown = {
        "fields": form.fields,
        "told": told,
        "papers": [("", [(one, visit.say(f"desk_papers.{one}")) for one in lacking])],
        "here_again": visit.link(f"{ROOT}/done/{draft}"),
        "address": visit.identity.tokens.issuer,
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
    }
    return View("console/intake_done.html", shown, trouble.status if trouble else 400 if faults else 200)


PAGES: Final[dict[str, Page]] = {
    "/intake": begin,
    "/intake/{draft:str}/details": details,
    "/intake/done/{draft:str}": done,
}


async def draft_of(visit: Visit) -> Unfinished | Sent:
    """Return the form of the address, or the way on where there is none any more, or where it is done."""
    form = await visit.unfinished(visit.names["draft"], KIND)
    if form is None:
        return visit.to(ROOT)
    return visit.to(form.led_to) if form.led_to else form


def wish_in(fields: Mapping[str, str]) -> WishSent:
    """Return what is applied for, of every kind but those that are formed before: a bond, the claim of an heir."""
    told: dict[str, Any] = {"kind": fields["matter"]}
    match fields["matter"]:
        case "reimbursement":
            told |= {"receipts": fields["receipts"].split(), "total_fen": int(fields["total_fen"])}
        case "guardian":
            told |= {"person": kept_in(fields)}
        case "open_wallet":
            told |= {"person": kept_in(fields), "relation": Relation(fields["relation"])}
        case "change_phone":
            told |= {"phone": fields["phone"]}
    return WishSent(**told)


# Helpers


async def _register_faults(visit: Visit, fields: Mapping[str, str]) -> dict[str, str]:
    """Return by field what the register says against what was filled in. Raise TroubleError."""
    if fields["matter"] == "bind":
        return await person_faults(visit, fields)
    return await estate_faults(visit, fields) if fields["matter"] == "inheritance" else {}


async def _hand_in(visit: Visit, form: Unfinished, number: str, paper: Paper, scan: bytes) -> None:
    """Have a scan filed and added to the application, each once. Raise TroubleError."""
    api = acting_for(visit, int(form.fields["applicant"]))
    sent = MaterialSent(paper=paper, content=base64.b64encode(scan).decode())
    key = key_of(visit.names["draft"], paper, sent.content)
    material = await api.post("materials", MaterialTold, sent, key=key)
    more = More(materials=[material.material_id])
    await api.post(named("applications", number, "materials"), ApplicationTold, more, key=f"{key}-m")
