"""C6 成员页: one relative: what was used, on what terms, and a pause beside the ending."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from gongji.channels.api.applications import Applications
from gongji.channels.api.bonds import BondTold, Cap, Pause, Rank
from gongji.channels.api.consents import ConsentDetailsTold, Consents, Details
from gongji.channels.api.family import KinTold
from gongji.channels.api.uses import HelpsTold, UsesTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.bond_days import chosen_day, remove_day
from gongji.channels.screens.citizen.family import OVER, TONES, kin_numbered, relation_of, state_of
from gongji.channels.screens.citizen.kindred import (
    SIGNED,
    about_signature,
    agreed,
    key_of,
    own_name,
    signing,
    text_of,
    when,
)
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.requests import Scope
from gongji.rules.eligibility import may_rank
from gongji.rules.policybook import RegionDay
from gongji.services.office.applications import OPEN_STATES

DO: Final = "do"
"""The field that names what a form of this page does."""

RESTS: Final[Mapping[str, int]] = {"day": 1, "week": 7}
"""For how many days a bond rests by one tap."""

LATEST: Final = 20
"""So many uses stand on the page; all of them stand among the records."""


async def member(visit: Visit) -> Found:
    """Show one bond of the visitor's from his side, or change its terms."""
    kin = await kin_of(visit)
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent and kin.state not in OVER:
        try:
            faults = await _change(visit, kin)
            if not faults:
                return visit.to(f"/family/{kin.bond.bond_id}")
        except TroubleError as met:
            if about_signature(met):
                faults = {SIGNED: visit.say("people.not_your_name")}
            else:
                trouble = met.problem
    told = {
        **await _shown(visit, kin),
        "trouble": trouble,
        "faults": faults,
        "faulty": bool(faults),
        "values": visit.form,
    }
    return View("citizen/member.html", told, 400 if faults or trouble else 200)


async def kin_of(visit: Visit) -> KinTold:
    """Return the bond that the address names, as the visitor sees it. Raise TroubleError where it is not his."""
    return await kin_numbered(visit, visit.names["bond_id"])


async def rules_of(visit: Visit, bond: BondTold) -> tuple[RegionDay, RegionDay]:
    """Return the rules of today for the one who pays and for the member."""
    book, today = visit.desk.book(visit.now), visit.now.date()
    scope = Scope(people={bond.sharer_id, bond.member_id})
    people = await visit.desk.read(
        scope, lambda books: {one: books.registry.people[one].region for one in scope.people}
    )
    return book.on(people[bond.sharer_id], today), book.on(people[bond.member_id], today)


PAGES: Final[Mapping[str, Page]] = {"/family/{bond_id:int}": member}


# Helpers


async def _change(visit: Visit, kin: KinTold) -> dict[str, str]:
    """Do what the form asks for. Return what is wrong with its fields; raise TroubleError for what is refused."""
    bond, key = named("bonds", kin.bond.bond_id), key_of(visit)
    match visit.form.get(DO):
        case "rest":
            days = RESTS.get(visit.form.get("days", ""), 0)
            until = visit.now.date() + timedelta(days=days) if days else None
            await visit.api.post(f"{bond}/pause", BondTold, Pause(paused_until=until), key=key)
        case "cap" | "rank" as what:
            return await _set(visit, bond, key, what)
        case "day":
            await remove_day(visit, kin.bond.bond_id)
        case "hide":
            await visit.api.post(f"{bond}/details", ConsentDetailsTold, Details(details=False), key=key)
        case "show":
            signed = visit.form.get(SIGNED, "")
            if not signed:
                return {SIGNED: visit.say("people.sign_first")}
            wish = Details(details=True, agreed=agreed(await text_of(visit, "details"), signed))
            await visit.api.post(f"{bond}/details", ConsentDetailsTold, wish, key=key)
    return {}


async def _set(visit: Visit, bond: str, key: str, what: str) -> dict[str, str]:
    """Set the limit or the place in the order. Return what is wrong with the field."""
    filled = visit.filled()
    if what == "cap":
        wish: Cap | Rank = Cap(cap_fen=filled.fen("cap"))
        if not filled.has("cap"):
            filled.fault("cap", "forms.no_amount")
    else:
        place = filled.number("rank", 1, 99, 0)
        wish = Rank(rank=max(1, place))
        if not place:
            filled.fault("rank", "forms.no_number", least=1, most=99)
    if not filled.faults:
        await visit.api.post(f"{bond}/{what}", BondTold, wish, key=key)
    return filled.faults


async def _shown(visit: Visit, kin: KinTold) -> dict[str, Any]:
    helps = kin.direction == "i_help"
    details = {} if helps else signing(visit, await own_name(visit), await text_of(visit, "details"))
    sharer_rules, member_rules = await rules_of(visit, kin.bond)
    over = kin.state in OVER
    return {
        **signing(visit, ""),
        **details,
        "kin": kin,
        "helps": helps,
        "over": over,
        "state": state_of(visit, kin),
        "tone": TONES[kin.state],
        "relation": relation_of(visit, kin),
        "modes": [visit.say(f"invited.mode_{mode}") for mode in kin.bond.modes],
        "since": when(kin.bond.since),
        "until": when(kin.bond.until),
        "ended_at": when(kin.bond.ended_at),
        "uses": await _uses(visit, kin),
        "shows_details": not helps and await _shows_details(visit, kin.bond.bond_id),
        "may_rest": helps and not over and sharer_rules.rows["pause"].state != "not_in_force",
        "pause": sharer_rules.rows["pause"].rule_id,
        "cap": sharer_rules.rows["cap"] if helps and not over and sharer_rules.rows["cap"].value else None,
        "ranks": not over and may_rank(member_rules),
        "order": member_rules.rows["order"].rule_id,
        "rests": list(RESTS),
        "review": await _review(visit, kin),
        "ending_day": await chosen_day(visit, kin.bond.bond_id) if not over else None,
        "ending": visit.link(f"/family/{kin.bond.bond_id}/ending"),
        "quota": visit.link(f"/family/{kin.bond.bond_id}/quota") if kin.bond.quota_fen is not None else "",
    }


async def _review(visit: Visit, kin: KinTold) -> str:
    """Return under which number the review of a bond that waits for one was asked for, "" for none."""
    if kin.state != "awaiting_review":
        return ""
    several = (await visit.api.get("applications", Applications, limit=100)).items
    mine = [one for one in several if one.kind == "bind" and one.bond_id == kin.bond.bond_id]
    return next((one.application_id for one in mine if one.state in OPEN_STATES), "")


async def _uses(visit: Visit, kin: KinTold) -> list[dict[str, Any]]:
    """Return the latest uses over the bond; of medicines only what the patient lets the one who pays see."""
    address = named("accounts", visit.person_id, "uses" if kin.direction == "i_help" else "helps")
    if kin.direction == "i_help":
        used = (await visit.api.get(address, UsesTold)).items
        mine = [one for one in used if one.member_id == kin.person_id]
        return [
            {
                "at": when(one.at),
                "title": visit.say(f"member.place_{one.place or 'other'}"),
                "fen": one.amount_fen,
                "details": one.details,
                "path": "",
            }
            for one in mine[:LATEST]
        ]
    helped = (await visit.api.get(address, HelpsTold)).items
    his = [one for one in helped if one.sharer_id == kin.person_id]
    return [
        {
            "at": when(one.at),
            "title": one.institution or visit.say("member.place_other"),
            "fen": one.amount_fen,
            "details": None,
            "path": visit.link(f"/bills/{one.settle_id}") if one.settle_id is not None else "",
        }
        for one in his[:LATEST]
    ]


async def _shows_details(visit: Visit, bond_id: int) -> bool:
    """Tell whether the visitor, the member of the bond, lets the one who pays see medicines."""
    several = (await visit.api.get("consents", Consents, limit=100)).items
    mine = [one for one in several if one.bond_id == bond_id and one.given_by_me and one.details]
    return any(one.state == "given" and not any(c.what == "no_details" for c in one.changes) for one in mine)
