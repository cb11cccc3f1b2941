"""继承: what a relative left in his account, applied for from home: who it was, the papers as photos, once more, sent.

The steps fill one unfinished form, whose secret is the key of the claim and of the application that pays it.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final, get_args

from gongji.channels.api.application_forms import ApplicationTold, WishSent
from gongji.channels.api.endings import Claimed, ClaimTold
from gongji.channels.api.materials import MaterialSent, MaterialTold
from gongji.channels.api.relatives import Relative
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.adding import PAPERS
from gongji.channels.screens.citizen.applying import FILE, file_fault
from gongji.channels.screens.citizen.kindred import RELATIONS, related
from gongji.channels.screens.citizen.one_by_one import asked_now
from gongji.channels.screens.inside import TroubleError, given
from gongji.channels.screens.visiting import Found, Page, Sent, Visit
from gongji.domain.family import Relation
from gongji.registry.certificates import RESIDENT_ID, is_number
from gongji.services.access.unfinished import Unfinished
from gongji.services.family.inheritances import To
from gongji.services.office.material_checks import BYTES_MAX
from gongji.services.office.materials import Paper

ROOT: Final = "/applications/inheritance"
KIND: Final = "inheritance"
ASKED: Final = ("relation", "name", "cert_type", "certno")
NEEDED: Final[Mapping[str, tuple[Paper, ...]]] = {
    "death": ("death_certificate",),
    "kin": ("kinship_proof", "hukou", "marriage_certificate", "birth_certificate"),
}
"""The papers without which nobody can decide: one of each; more can be added to the application later."""


async def intro(visit: Visit) -> Found:
    """Say what is needed and what has to be so already, and begin."""
    if visit.sent:
        return visit.to(f"{ROOT}/{await visit.begin(KIND)}/who")
    return View("citizen/inheriting.html", {})


async def who(visit: Visit) -> Found:
    """Ask whose account it was: what he was to the visitor, his name, the number on his papers."""
    form = await _form(visit)
    if isinstance(form, Sent):
        return form
    asked = asked_now(visit, ASKED, form.fields)
    values, faults = {"cert_type": RESIDENT_ID, **form.fields, **visit.form}, dict[str, str]()
    if visit.sent:
        fields = {name: visit.form.get(name, "") for name in asked}
        await visit.fill_in(visit.names["draft"], **fields)
        faults = _who_faults(visit, values, asked)
        left = next((name for name in ASKED if name not in {**form.fields, **fields}), None)
        if not faults:
            return visit.to(visit.path, ask=left) if left is not None else _step(visit, "papers")
    told = {
        "asked": asked,
        "relations": [(None, [(one.value, related(visit, one)) for one in RELATIONS])],
        "papers": [(None, [(code, visit.say(f"adding.paper_{code}")) for code in PAPERS])],
        **_shown(values, faults),
    }
    return View("citizen/inheriting_who.html", told, 400 if faults else 200)


async def papers(visit: Visit) -> Found:
    """Take the papers, one at a time; they are handed in as they come, and the form keeps their numbers."""
    form = await _form(visit)
    if isinstance(form, Sent):
        return form
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        faults = file_fault(visit)
        chosen = visit.form.get("paper", "")
        if chosen not in _all_papers():
            faults = {"paper": visit.say("forms.choose_one"), **faults}
        try:
            if not faults:
                await _hand_in(visit, form, chosen)
                return visit.to(visit.path)
        except TroubleError as met:
            trouble = met.problem
    there = _handed(form)
    open_ones = [need for need, several in NEEDED.items() if not set(several) & there.keys()]
    options = [paper for need in open_ones or NEEDED for paper in NEEDED[need]]
    told = {
        "there": [visit.say(f"applying.paper_{paper}") for paper in there],
        "open": open_ones,
        "options": [(None, [(paper, visit.say(f"applying.paper_{paper}")) for paper in options])],
        "most": BYTES_MAX >> 20,
        "trouble": trouble,
        "on": visit.link(f"{ROOT}/{visit.names['draft']}/check"),
        **_shown(visit.form, faults),
    }
    return View("citizen/inheriting_papers.html", told, 400 if faults or trouble else 200)


async def check(visit: Visit) -> Found:
    """Show it once more, ask where the money is to go, and apply: once, however often that is sent."""
    form = await _form(visit)
    if isinstance(form, Sent):
        return form
    if any(not set(several) & _handed(form).keys() for several in NEEDED.values()):
        return _step(visit, "papers")
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        to = visit.form.get("to", "")
        if to not in get_args(To):
            faults = {"to": visit.say("forms.choose_one")}
        else:
            try:
                return await _applied(visit, form, to)
            except TroubleError as met:
                trouble = met
    fields = form.fields
    told = {
        "name": fields["name"],
        "relation": related(visit, Relation(fields["relation"])),
        "number": fields["certno"][-4:],
        "there": [visit.say(f"applying.paper_{paper}") for paper in _handed(form)],
        "ways": [(to, visit.say(f"inheriting.to_{to}")) for to in get_args(To)],
        "trouble": trouble.problem if trouble is not None else None,
        "unrecorded": trouble is not None and _not_recorded(trouble),
        "back": visit.link(f"{ROOT}/{visit.names['draft']}/who"),
        **_shown({"to": fields.get("to", ""), **visit.form}, faults),
    }
    return View("citizen/inheriting_check.html", told, 400 if faults or trouble else 200)


PAGES: Final[Mapping[str, Page]] = {
    ROOT: intro,
    f"{ROOT}/{{draft:str}}/who": who,
    f"{ROOT}/{{draft:str}}/papers": papers,
    f"{ROOT}/{{draft:str}}/check": check,
}


# Helpers


async def _form(visit: Visit) -> Unfinished | Sent:
    """Return the form, or where to go: what it came to, the beginning, or the first step that is not done."""
    form = await visit.unfinished(visit.names["draft"], KIND)
    if form is None:
        return visit.to(ROOT)
    if form.led_to:
        return visit.to(form.led_to)
    known = not _who_faults(visit, form.fields, ASKED)
    return form if known or visit.path.endswith("/who") else _step(visit, "who")


def _step(visit: Visit, step: str) -> Sent:
    return visit.to(f"{ROOT}/{visit.names['draft']}/{step}")


def _shown(values: Mapping[str, str], faults: Mapping[str, str]) -> dict[str, Any]:
    return {"values": values, "faults": faults, "faulty": bool(faults)}


def _who_faults(visit: Visit, values: Mapping[str, str], asked: Any) -> dict[str, str]:
    kind = values.get("cert_type", "")
    sound = {
        "relation": (values.get("relation") in RELATIONS, "forms.choose_one"),
        "name": (bool(values.get("name")), "adding.no_name"),
        "cert_type": (kind in PAPERS, "forms.choose_one"),
        "certno": (is_number(kind, values.get("certno", "").upper()), "adding.no_certno"),
    }
    return {name: visit.say(key) for name, (fine, key) in sound.items() if name in asked and not fine}


def _all_papers() -> set[str]:
    return {paper for several in NEEDED.values() for paper in several}


def _handed(form: Unfinished) -> dict[str, str]:
    """Return the number of each paper that was handed in, by what it is."""
    kept = form.fields.get("papers", "")
    return dict(pair.split(":", 1) for pair in kept.split(",") if pair)


async def _hand_in(visit: Visit, form: Unfinished, paper: str) -> None:
    draft, content = visit.names["draft"], visit.files[FILE]
    key = hashlib.sha256(draft.encode() + paper.encode() + content).hexdigest()
    sent = MaterialSent(paper=paper, content=base64.b64encode(content).decode("ascii"))  # type: ignore[arg-type]  # one of them
    handed = await visit.api.post("materials", MaterialTold, sent, key=key)
    several = {**_handed(form), paper: handed.material_id}
    await visit.fill_in(draft, papers=",".join(f"{name}:{number}" for name, number in several.items()))


async def _applied(visit: Visit, form: Unfinished, to: str) -> Found:
    draft, fields = visit.names["draft"], form.fields
    dead = Relative(certno=fields["certno"].upper(), name=fields["name"], cert_type=fields["cert_type"])
    materials = [*_handed(form).values()]
    claim = Claimed(dead=dead, relation=Relation(fields["relation"]), proofs=materials)
    await visit.fill_in(draft, to=to)
    try:
        number = (await visit.api.post("inheritances", ClaimTold, claim, key=draft)).inheritance_id
    except TroubleError as met:
        number = _known(met)
    wish = WishSent(kind="inheritance", inheritance_id=number, to=to, materials=materials)  # type: ignore[arg-type]  # one of both
    try:
        key = hashlib.sha256(f"{draft} application".encode()).hexdigest()
        led_to = (
            f"/applications/{(await visit.api.post('applications', ApplicationTold, wish, key=key)).application_id}"
        )
    except TroubleError as met:
        led_to = f"/applications/{_known(met)}"
    await visit.finish(draft, led_to)
    return visit.to(led_to)


def _known(trouble: TroubleError) -> str:
    """Return the number of what was there already. Raise TroubleError again where it is something else."""
    subject = given(trouble.problem.subject) or ""
    if trouble.name != "ALREADY_BOUND" or not subject:
        raise trouble
    return subject


def _not_recorded(trouble: TroubleError) -> bool:
    """Tell whether it is refused because no death is on record: that is done at a counter first."""
    return trouble.name == "SETTLEMENT_NOT_FOUND" and given(trouble.problem.subject) == "inheritance"
