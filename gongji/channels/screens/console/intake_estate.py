"""An inheritance at the counter: what the register has of the dead and of the heir, and the claim that is applied for.

Where the register does not know yet that somebody has died, the clerk records it by the certificate he has seen.
"""

import base64
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from gongji.channels.api.application_forms import ApplicationTold, WishSent
from gongji.channels.api.counter import Lookup, PersonTold
from gongji.channels.api.endings import Claimed, ClaimTold, EndedTold
from gongji.channels.api.materials import MaterialSent, MaterialTold
from gongji.channels.api.reasons import RuleTold, rules_told
from gongji.channels.api.relatives import Relative
from gongji.channels.screens.console.intake_bond import papers_faults
from gongji.channels.screens.console.intake_details import kept_in
from gongji.channels.screens.console.shell import acting_for, key_of
from gongji.channels.screens.inside import TroubleError, given, named
from gongji.channels.screens.visiting import Visit
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal
from gongji.services.family.inheritances import To
from gongji.services.office.materials import Paper
from gongji.services.offices import covers

KIN: Final[tuple[Paper, ...]] = ("hukou", "kinship_proof", "birth_certificate", "marriage_certificate")
"""Papers that show what the dead was to the heir; one may be handed in later."""

Fields = Mapping[str, str]


class Estate(Struct, frozen=True, kw_only=True):
    """The dead person as the register has him, and the rule by which is inherited where he was insured.

    `here` tells that his office is the clerk's, who may record his death.
    """

    dead: PersonTold
    rule: RuleTold
    here: bool


async def estate_of(visit: Visit, fields: Fields) -> Estate:
    """Return whose inheritance it is. The look is on record, once for each form. Raise TroubleError."""
    dead = await _looked_up(visit, fields, kept_in(fields))
    book = visit.desk.book(visit.now)
    rules = book.on(dead.region, visit.now.date())
    rule = rules_told((rules.rows["inheritance"].rule_id,), book, visit.language)[0]
    return Estate(dead=dead, rule=rule, here=covers(visit.caller.office, rules.pool))


async def estate_faults(visit: Visit, fields: Fields) -> dict[str, str]:
    """Return by field what can be known to be wrong before anything is handed in. Raise TroubleError."""
    try:
        estate = await estate_of(visit, fields)
    except TroubleError as met:
        return papers_faults(met)
    if str(estate.dead.person_id) == fields["applicant"]:
        return {"r_certno": visit.say("intake.own_estate")}
    heir = Relative(certno=fields["certno"], name=fields["name"], cert_type=fields["cert_type"])
    if fields["to"] == "account" and not (await _looked_up(visit, fields, heir)).account:
        return {"to": visit.say("intake.no_account")}
    return {}


def scan_faults(visit: Visit, estate: Estate) -> dict[str, str]:
    """Return by field what is missing of what was sent with the form."""
    faults = {}
    if not visit.files.get("death_scan"):
        faults["death_scan"] = visit.say("intake.no_death_scan")
    if bool(visit.files.get("kin_scan")) != (visit.form.get("kin", "") in KIN):
        faults["kin"] = visit.say("intake.no_kin")
    if not estate.dead.alive:
        return faults
    return faults if visit.form.get("died") == "yes" else {**faults, "died": visit.say("intake.not_died")}


async def handed_in(visit: Visit, fields: Fields, draft: str, estate: Estate) -> ApplicationTold:
    """File the papers, record the death if nobody has, claim, and apply; each once. Raise TroubleError."""
    api = acting_for(visit, int(fields["applicant"]))
    papers = [await _filed(visit, fields, draft, "death_certificate", visit.files["death_scan"])]
    kin = next((one for one in KIN if one == visit.form.get("kin")), None)
    if kin is not None:
        papers.append(await _filed(visit, fields, draft, kin, visit.files["kin_scan"]))
    if estate.dead.alive:
        await visit.api.post(named("people", estate.dead.person_id, "death"), EndedTold, key=f"{draft}-x")
    claim = Claimed(dead=kept_in(fields), relation=Relation(fields["relation"]), proofs=papers)
    try:
        claimed = (await api.post("inheritances", ClaimTold, claim, key=f"{draft}-h")).inheritance_id
    except TroubleError as met:
        standing = given(met.problem.subject)
        if met.name != Refusal.ALREADY_BOUND.value or standing is None:
            raise
        claimed = standing  # what he has claimed before and nobody has paid
    to: To = "account" if fields["to"] == "account" else "cash"
    wish = WishSent(kind="inheritance", inheritance_id=claimed, to=to, materials=papers)
    return await api.post("applications", ApplicationTold, wish, key=f"{draft}-w")


# Helpers


async def _looked_up(visit: Visit, fields: Fields, person: Relative) -> PersonTold:
    wish = Lookup(person=person, reason=fields["reason"])
    key = key_of(visit.names["draft"], person.certno, person.name)
    return await visit.api.post("counter/lookups", PersonTold, wish, key=key)


async def _filed(visit: Visit, fields: Fields, draft: str, paper: Paper, scan: bytes) -> str:
    sent = MaterialSent(paper=paper, content=base64.b64encode(scan).decode())
    key = key_of(draft, paper, sent.content)
    return (
        await acting_for(visit, int(fields["applicant"])).post("materials", MaterialTold, sent, key=key)
    ).material_id
