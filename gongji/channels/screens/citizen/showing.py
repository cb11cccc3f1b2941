"""亲情账户: showing a relative's code for him. Asked, answered, shown, ended; it moves no money of who shows it."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from gongji.channels.api.relatives import Relative
from gongji.channels.api.showing import ShowingAnswer, ShowingAsked, Showings, ShowingTold, ShownPage, StandsTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.adding import PAPERS
from gongji.channels.screens.citizen.kindred import (
    RELATIONS,
    SIGNED,
    about_signature,
    agreed,
    called,
    key_of,
    none_there,
    own_name,
    related,
    signing,
    text_of,
    when,
)
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.family import Relation
from gongji.registry.certificates import RESIDENT_ID, is_number

TONES: Final[Mapping[str, str]] = {"asked": "warn", "active": "ok", "declined": "", "ended": ""}
PAGE: Final = 100
ASK: Final = "/family/showings/ask"
SHOWING: Final = "showing"
"""The kind of unfinished form that becomes a question to a relative."""

FIELDS: Final = ("relation", "name", "cert_type", "certno")


async def showings(visit: Visit) -> Found:
    """Show whose codes the visitor may show, who may show his, and when each was shown."""
    found = await visit.api.get("showings", Showings, limit=PAGE)
    shown = await visit.api.get("showings/shown", ShownPage, limit=20)
    people = {one.owner_id for one in found.items} | {one.helper_id for one in found.items}
    people |= {one.owner_id for one in shown.items} | {one.helper_id for one in shown.items}
    names = await called(visit, people)
    told = {
        "mine": [_row(visit, one, names) for one in found.items if one.helper_id == visit.person_id],
        "of_me": [_row(visit, one, names) for one in found.items if one.owner_id == visit.person_id],
        "shown": [
            (when(one.at), names.get(one.helper_id, ""), names.get(one.owner_id, ""), one.owner_id == visit.person_id)
            for one in shown.items
        ],
    }
    return View("citizen/showings.html", told)


async def ask(visit: Visit) -> Found:
    """Begin the form by which a relative is asked."""
    return visit.to(f"{ASK}/{await visit.begin(SHOWING)}")


async def asking(visit: Visit) -> Found:
    """Ask a relative to let the visitor show his code: once, however often that is sent."""
    draft = visit.names["draft"]
    form = await visit.unfinished(draft, SHOWING)
    if form is None or form.led_to:
        return visit.to(form.led_to if form is not None else ASK)
    values = {"cert_type": RESIDENT_ID, **form.fields, **visit.form}
    faults = _faults(visit, values) if visit.sent else {}
    trouble = None
    if visit.sent:
        await visit.fill_in(draft, **{name: values.get(name, "") for name in FIELDS})
    if visit.sent and not faults:
        owner = Relative(certno=values["certno"].upper(), name=values["name"], cert_type=values["cert_type"])
        asked = ShowingAsked(owner=owner, relation=Relation(values["relation"]))
        try:
            done = await visit.api.post("showings", StandsTold, asked, key=draft)
            led_to = f"/family/showings/{done.showing_id}"
            await visit.finish(draft, led_to)
            return visit.to(led_to)
        except TroubleError as met:
            trouble = met.problem
    told = {
        "values": values,
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
        "relations": [(None, [(one.value, related(visit, one)) for one in RELATIONS])],
        "papers": [(None, [(code, visit.say(f"adding.paper_{code}")) for code in PAPERS])],
    }
    return View("citizen/showing_ask.html", told, 400 if faults or trouble else 200)


async def showing(visit: Visit) -> Found:
    """Show one of them: to the owner, so that he can answer; to the helper, with the way to the code."""
    one = await _one(visit)
    owns = one.owner_id == visit.person_id
    names = await called(visit, {one.owner_id, one.helper_id})
    told = {
        **signing(visit, await own_name(visit), await text_of(visit, "showing")),
        "one": one,
        "owns": owns,
        "owner": names.get(one.owner_id, ""),
        "helper": names.get(one.helper_id, ""),
        "tone": TONES[one.state],
        "relation": related(visit, one.relation),
        "code": visit.link(f"/family/showings/{one.showing_id}/code"),
    }
    faults: dict[str, str] = {}
    if visit.sent:
        try:
            faults = await _answered(visit, one)
            if not faults:
                return visit.to(f"/family/showings/{one.showing_id}")
        except TroubleError as met:
            if about_signature(met):
                faults = {SIGNED: visit.say("people.not_your_name")}
            else:
                told["trouble"] = met.problem
    told |= {"faults": faults, "faulty": bool(faults)}
    return View("citizen/showing.html", told, 400 if faults or told["trouble"] else 200)


async def code(visit: Visit) -> Found:
    """Show the code of a relative who agreed; each time is on record with the visitor's name."""
    one = await _one(visit)
    if one.state != "active" or one.helper_id != visit.person_id:
        return visit.to(f"/family/showings/{one.showing_id}")
    name = (await called(visit, {one.owner_id})).get(one.owner_id, "")
    return await _code(visit, one.owner_id, name, f"/family/showings/{one.showing_id}")


async def own_code(visit: Visit) -> Found:
    """Show the visitor's own code."""
    name = (await called(visit, {visit.person_id})).get(visit.person_id, "")
    return await _code(visit, visit.person_id, name, "/family/showings")


PAGES: Final[Mapping[str, Page]] = {
    "/family/showings": showings,
    ASK: ask,
    f"{ASK}/{{draft:str}}": asking,
    "/family/showings/mine": own_code,
    "/family/showings/{showing_id:str}": showing,
    "/family/showings/{showing_id:str}/code": code,
}


# Helpers


async def _one(visit: Visit) -> ShowingTold:
    found = await visit.api.get("showings", Showings, limit=PAGE)
    one = next((one for one in found.items if one.showing_id == visit.names["showing_id"]), None)
    if one is None:
        raise none_there(visit)
    return one


async def _code(visit: Visit, person_id: int, name: str, back: str) -> Found:
    answer = await visit.api.answer("GET", named("credentials", person_id, "qr.svg"))
    told = {
        "picture": base64.b64encode(answer.body).decode("ascii"),
        "name": name,
        "own": person_id == visit.caller.subject,
        "until": visit.now + visit.desk.codes.life,
        "again": visit.here,
        "back": visit.link(back),
    }
    return View("citizen/showing_code.html", told)


async def _answered(visit: Visit, one: ShowingTold) -> dict[str, str]:
    """Do what the form asks for. Return what is wrong with its fields; raise TroubleError for what is refused."""
    there, key, how = named("showings", one.showing_id), key_of(visit), visit.form.get("how")
    if how == "end":
        await visit.api.post(f"{there}/ending", StandsTold, key=key)
    elif how == "no":
        await visit.api.post(f"{there}/answer", StandsTold, ShowingAnswer(yes=False), key=key)
    elif how == "yes":
        signed = visit.form.get(SIGNED, "")
        if not signed:
            return {SIGNED: visit.say("people.sign_first")}
        answer = ShowingAnswer(yes=True, agreed=agreed(await text_of(visit, "showing"), signed))
        await visit.api.post(f"{there}/answer", StandsTold, answer, key=key)
    return {}


def _row(visit: Visit, one: ShowingTold, names: Mapping[int, str]) -> dict[str, Any]:
    other = one.owner_id if one.helper_id == visit.person_id else one.helper_id
    return {
        "name": names.get(other, ""),
        "tone": TONES[one.state],
        "state": visit.say(f"showing.state_{one.state}"),
        "relation": "",
        "words": [],
        "path": visit.link(f"/family/showings/{one.showing_id}"),
    }


def _faults(visit: Visit, values: Mapping[str, str]) -> dict[str, str]:
    sound = {
        "relation": (values.get("relation") in RELATIONS, "forms.choose_one"),
        "name": (bool(values.get("name")), "adding.no_name"),
        "cert_type": (values["cert_type"] in PAPERS, "forms.choose_one"),
        "certno": (is_number(values["cert_type"], values.get("certno", "").upper()), "adding.no_certno"),
    }
    return {name: visit.say(key) for name, (fine, key) in sound.items() if not fine}
