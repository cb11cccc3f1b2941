"""T4 添加家人, both present: the visitor says who stands beside him, both read and say yes, and it holds at once.

Each acts in his own name over the API: the visitor asks for the bond, his relative accepts. Signing is a touch on the
button that bears one's own name, by somebody whose face, or whom a clerk, has just made sure of.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from gongji.channels.api.checks import BondChecked, CheckTold
from gongji.channels.api.invitations import Answer, InvitedTold, Proposed
from gongji.channels.api.relatives import Relative
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.kindred import RELATIONS, agreed, called, own_name, related, text_of
from gongji.channels.screens.inside import Inside, TroubleError, named
from gongji.channels.screens.kiosk.line import stand_in_line
from gongji.channels.screens.kiosk.shell import ROOT, second, second_id
from gongji.channels.screens.visiting import Found, Page, Sent, Visit
from gongji.domain.family import Mode, Relation
from gongji.domain.requests import Scope
from gongji.services.access.unfinished import Unfinished

KIND: Final = "kiosk_add"
RECEIPT: Final = "kiosk_added"
"""The form under which what came of it is kept, to be shown and printed."""
USES: Final[Mapping[str, tuple[Mode, ...]]] = {
    "both": (Mode.PAY, Mode.PREMIUM),
    "pay": (Mode.PAY,),
    "premium": (Mode.PREMIUM,),
}


async def relation(visit: Visit) -> Found:
    """Ask what the one who stands beside him is to the visitor."""
    told = visit.form.get("relation", "")
    if visit.sent and told in RELATIONS:
        return visit.to(f"{ROOT}/second/{await visit.begin(KIND, relation=told)}")
    options = [(one.value, related(visit, one)) for one in RELATIONS]
    return View("kiosk/relation.html", {"options": options, "name": await own_name(visit)})


async def uses(visit: Visit) -> Found:
    """Say what the rules say of the two, before anybody signs, and ask what the money is for."""
    form, beside = await _form(visit), await second(visit)
    if isinstance(form, Sent):
        return form
    draft = visit.names["draft"]
    if beside is None:
        return visit.to(f"{ROOT}/second/{draft}")
    relative_id, relative = await _relative(visit)
    asked = BondChecked(relative=relative, relation=Relation(form.fields["relation"]))
    found = await visit.api.post("checks/bond", CheckTold, asked, key=visit.desk.tokens())
    proofs = next((rule for rule in found.terms if rule.rule.split("/")[1] == "proofs"), None)
    if visit.sent and visit.form.get("staff"):
        bring = proofs.words if proofs is not None else ""
        return await stand_in_line(visit, visit.caller.subject, ROOT, second=False, bring=bring)
    chosen = visit.form.get("uses", "")
    if visit.sent and chosen in USES and found.verdict != "no" and proofs is None:
        await visit.fill_in(draft, uses=chosen, relative_id=str(relative_id), name=relative.name)
        return visit.to(f"{ROOT}/add/{draft}/sign")
    told = {
        "found": found,
        "proofs": proofs,
        "who": relative.name,
        "relation": related(visit, asked.relation),
        "options": [(one, visit.say(f"kiosk_add.uses_{one}")) for one in USES],
    }
    return View("kiosk/uses.html", told)


async def sign(visit: Visit) -> Found:
    """Show the visitor what he agrees to, word for word; he signs by touching his name."""
    form = await _form(visit)
    if isinstance(form, Sent):
        return form
    draft, name = visit.names["draft"], await own_name(visit)
    if "uses" not in form.fields:
        return visit.to(f"{ROOT}/add/{draft}")
    if visit.sent:
        await visit.fill_in(draft, signed="yes")
        return visit.to(f"{ROOT}/add/{draft}/answer")
    told = {"text": await text_of(visit, "share"), "name": name, "other": form.fields["name"], "trouble": None}
    return View("kiosk/sign.html", {**told, "step": "share"})


async def answer(visit: Visit) -> Found:
    """Show the relative what he agrees to; when he has signed too, the bond is asked for and accepted, and holds."""
    form, beside = await _form(visit), await second(visit)
    if isinstance(form, Sent):
        return form
    draft = visit.names["draft"]
    if beside is None or form.fields.get("relative_id") != str(await second_id(visit)):
        return visit.to(f"{ROOT}/second/{draft}")
    if "signed" not in form.fields:
        return visit.to(f"{ROOT}/add/{draft}/sign")
    trouble = None
    if visit.sent:
        try:
            return await _bound(visit, form, beside)
        except TroubleError as met:
            trouble = met.problem
    told = {"text": await text_of(visit, "receive"), "name": form.fields["name"], "other": await own_name(visit)}
    shown = {**told, "step": "receive", "trouble": trouble, "faulty": trouble is not None}
    return View("kiosk/sign.html", shown, trouble.status if trouble is not None else 200)


async def done(visit: Visit) -> Found:
    """Show the receipt."""
    form = await visit.unfinished(visit.names["draft"], RECEIPT)
    if form is None:
        return visit.to(f"{ROOT}/add")
    told: dict[str, Any] = {
        "fields": form.fields,
        "relation": related(visit, Relation(form.fields["relation"])),
        "name": await own_name(visit),
        "uses": visit.say(f"kiosk_add.uses_{form.fields['uses']}"),
    }
    return View("kiosk/added.html", told)


PAGES: Final[Mapping[str, Page]] = {
    "/add": relation,
    "/add/{draft:str}": uses,
    "/add/{draft:str}/sign": sign,
    "/add/{draft:str}/answer": answer,
    "/add/{draft:str}/done": done,
}


# Helpers


async def _form(visit: Visit) -> Unfinished | Sent:
    """Return the form, or where to go instead."""
    form = await visit.unfinished(visit.names["draft"], KIND)
    if form is None:
        return visit.to(f"{ROOT}/add")
    return visit.to(form.led_to) if form.led_to else form


async def _relative(visit: Visit) -> tuple[int, Relative]:
    """Return who stands beside the visitor, by his papers."""
    person_id = await second_id(visit)
    paper = await visit.desk.read(Scope(people={person_id}), lambda books: books.registry.identities[person_id])
    return person_id, Relative(certno=paper.certno, name=paper.name, cert_type=paper.cert_type)


async def _bound(visit: Visit, form: Unfinished, beside: Inside) -> Found:
    """Ask for the bond in the one's name and accept it in the other's: once, however often this is sent."""
    draft, fields = visit.names["draft"], form.fields
    share, receive = await asyncio.gather(text_of(visit, "share"), text_of(visit, "receive"))
    _, relative = await _relative(visit)
    names = await called(visit, {visit.caller.subject})
    proposed = Proposed(
        relative=relative,
        relation=Relation(fields["relation"]),
        modes=list(USES[fields["uses"]]),
        lasts="cancelled",
        agreed=agreed(share, names[visit.caller.subject]),
    )
    asked = await visit.api.post("invitations", InvitedTold, proposed, key=draft)
    accepted = await beside.post(
        named("invitations", asked.invitation_id, "answer"),
        InvitedTold,
        Answer(how="accepted", agreed=agreed(receive, relative.name)),
        key=draft,
    )
    told = {"number": asked.invitation_id, "state": accepted.bond.value, "at": f"{visit.now:%Y-%m-%d %H:%M}"}
    led_to = f"{ROOT}/add/{await visit.begin(RECEIPT, **fields, **told)}/done"
    await visit.finish(draft, led_to)
    return visit.to(led_to)
