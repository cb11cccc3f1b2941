"""The check page of an intake: what was filled in, what the rules say, who signs; then it is handed in."""

from collections.abc import Mapping
from typing import Any, Final, get_args

from gongji.channels.api.application_forms import ApplicationTold, WishSent
from gongji.channels.api.consents import Texts, TextTold
from gongji.channels.api.invitations import Answer, InvitedTold, Proof, Proposed
from gongji.channels.api.mandates import Presence
from gongji.channels.figures import money
from gongji.channels.pages.asking import View
from gongji.channels.screens.console.intake import DONE, ROOT, draft_of, wish_in
from gongji.channels.screens.console.intake_bond import USES, against, checked, ends_in, terms_in
from gongji.channels.screens.console.intake_details import kept_in
from gongji.channels.screens.console.intake_estate import KIN, Estate, estate_of, handed_in, scan_faults
from gongji.channels.screens.console.presence import HOWS, stand
from gongji.channels.screens.console.shell import acting_for
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Sent, Visit
from gongji.domain.family import BondState
from gongji.domain.refusals import Refusal
from gongji.services.family.consents import Agreed, Signature

PROOFS: Final[tuple[Proof, ...]] = get_args(Proof)
Fields = Mapping[str, str]


async def check(visit: Visit) -> Found:
    """Show everything once more, with what the rules say, and hand it in when it is sent."""
    form = await draft_of(visit)
    if isinstance(form, Sent):
        return form
    fields, draft = form.fields, visit.names["draft"]
    before = _step_before(fields)
    if before == "terms" and "uses" not in fields:
        return visit.to(f"{ROOT}/{draft}/terms")
    trouble, faults = None, dict[str, str]()
    try:
        seen = await _seen(visit, fields)
        if visit.sent:
            faults = _faults(visit, fields, seen)
            if not faults:
                return visit.to(await _handed_in(visit, fields, draft, seen))
    except TroubleError as met:
        trouble = met.problem
        seen = {"rows": _rows(visit, fields)}
    told = {
        "kind": fields["matter"],
        "found": None,
        "proofs": [],
        "texts": [],
        "against": [],
        "names": {},
        "estate": None,
        "kin": [("", [(one, visit.say(f"desk_papers.{one}")) for one in KIN])],
        "back": visit.link(f"{ROOT}/{draft}/{before}"),
        "here_again": visit.link(f"{ROOT}/{draft}/check"),
        "values": visit.form,
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
        **seen,
    }
    return View("console/intake_check.html", told, trouble.status if trouble else 400 if faults else 200)


PAGES: Final[dict[str, Page]] = {"/intake/{draft:str}/check": check}


# Helpers


def _step_before(fields: Fields) -> str:
    return "terms" if fields["matter"] == "bind" else "details"


async def _seen(visit: Visit, fields: Fields) -> dict[str, Any]:
    """Return what the check page shows beside what was filled in. Raise TroubleError."""
    rows = {"rows": _rows(visit, fields)}
    if fields["matter"] == "bind":
        return rows | await _of_bond(visit, fields)
    return rows | {"estate": await estate_of(visit, fields)} if fields["matter"] == "inheritance" else rows


def _rows(visit: Visit, fields: Fields) -> list[tuple[str, str, None]]:
    """Return what was filled in, by the words of its fields."""
    said = {"what": visit.say(f"intake.what_{fields['matter']}"), "applicant": fields["name"]}
    other, kin = ("dead", "dead_is") if fields["matter"] == "inheritance" else ("relative", "relation")
    if "r_name" in fields:
        said[other] = fields["r_name"]
    if fields.get("relation"):
        said[kin] = visit.say(f"desk_relations.{fields['relation']}")
    for name in ("uses", "lasts", "to"):
        if fields.get(name):
            said[name] = visit.say(f"intake.{name}_{fields[name]}")
    if fields.get("member_here"):
        said["member_here"] = visit.say(f"intake.member_{fields['member_here']}")
    for name in ("until", "rank", "receipts", "phone"):
        if name in fields:
            said[name] = fields[name]
    for name in ("cap", "quota", "total"):
        if f"{name}_fen" in fields:
            said[name] = money(int(fields[f"{name}_fen"]), visit.language)
    return [(visit.say(f"intake.{name}"), words, None) for name, words in said.items()]


async def _of_bond(visit: Visit, fields: Fields) -> dict[str, Any]:
    """Return what the rules say of a bond, which proof they want, and what has to be signed by whom."""
    found = await checked(visit, fields)
    lacking = [one for one in found.reasons if one.refusal is Refusal.PROOF_MISSING]
    wanted = {paper for one in lacking for paper in one.figures.get("any_of", "").split(", ")}
    both = fields["member_here"] == "yes" and found.state is BondState.AWAITING_CONFIRMATION
    return {
        "found": found,
        "against": against(found),
        "proofs": [one for one in PROOFS if one in wanted],
        "texts": await _texts(visit, both=both),
        "names": {"sharer": fields["name"], "member": fields["r_name"]},
    }


async def _texts(visit: Visit, *, both: bool) -> list[tuple[str, TextTold]]:
    """Return by side the words that are signed: the sharer's, and the member's where he is here to confirm."""
    found = {one.id: one for one in (await visit.api.get("consent-texts", Texts)).items}
    return [("sharer", found["share"]), *([("member", found["receive"])] if both else [])]


def _faults(visit: Visit, fields: Fields, seen: Mapping[str, Any]) -> dict[str, str]:
    faults = {}
    if isinstance(seen.get("estate"), Estate):
        return scan_faults(visit, seen["estate"])
    if fields["matter"] == "bind":
        if seen["proofs"] and visit.form.get("proof") not in seen["proofs"]:
            faults["proof"] = visit.say("intake.no_proof")
        for side, _ in seen["texts"]:
            if visit.form.get(f"sign_{side}", "") != seen["names"][side]:
                faults[f"sign_{side}"] = visit.say("intake.no_signature")
    return faults


async def _handed_in(visit: Visit, fields: Fields, draft: str, seen: Mapping[str, Any]) -> str:
    """Hand it in, each act under a key of this form's, and return the page that tells it. Raise TroubleError."""
    api, told = acting_for(visit, int(fields["applicant"])), {"matter": fields["matter"]}
    wish: WishSent | None = None
    if fields["matter"] == "bind":
        bound = await _bound(visit, fields, draft, seen)
        told |= {"bond": bound.bond.value, "link": bound.link or ""}
        wish = WishSent(kind="bind", bond_id=bound.bond_id) if bound.bond is BondState.AWAITING_REVIEW else None
    elif fields["matter"] == "inheritance":
        told["application"] = (await handed_in(visit, fields, draft, seen["estate"])).application_id
    else:
        wish = wish_in(fields)
    if wish is not None:
        application = await api.post("applications", ApplicationTold, wish, key=f"{draft}-w")
        told["application"] = application.application_id
    path = f"{ROOT}/done/{await visit.begin(DONE, applicant=fields['applicant'], **told)}"
    await visit.finish(draft, path)
    return path


async def _bound(visit: Visit, fields: Fields, draft: str, seen: Mapping[str, Any]) -> InvitedTold:
    """Form the bond as the sharer, and confirm it as the member, where he is here."""
    texts = dict(seen["texts"])
    chosen = visit.form.get("proof", "")
    wish = Proposed(
        **terms_in(fields),
        **ends_in(fields),
        modes=[*USES[fields["uses"]]],
        agreed=_agreed(visit, "sharer", texts["sharer"]),
        proof=[one for one in PROOFS if one == chosen],
    )
    told = await acting_for(visit, int(fields["applicant"])).post("invitations", InvitedTold, wish, key=f"{draft}-b")
    if told.bond is not BondState.AWAITING_CONFIRMATION or "member" not in texts:
        return told
    how = next(one for one in HOWS if one == fields["how"])
    here = Presence(person=kept_in(fields), how=how, reason=fields["reason"], code=visit.form.get("r_code") or None)
    stood = await stand(visit, here, f"{draft}-c", visit.files.get("r_scan", b""))
    answer = Answer(how="accepted", agreed=_agreed(visit, "member", texts["member"]))
    address = named("invitations", told.invitation_id, "answer")
    return await acting_for(visit, stood.person_id).post(address, InvitedTold, answer, key=f"{draft}-d")


def _agreed(visit: Visit, side: str, text: TextTold) -> Agreed:
    signature = Signature(kind="typed_name", value=visit.form.get(f"sign_{side}", ""))
    return Agreed(version=text.version, language=text.language, signature=signature)
