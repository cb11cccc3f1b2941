"""C13 取消: what stops, when, and what comes back, told before the one tap that does it; no reason is asked for."""

from collections.abc import Mapping
from typing import Final

from gongji.channels.api.endings import Divorce, EndedTold, EndingOutlookTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.bond_days import choose_day, chosen_day, tomorrow
from gongji.channels.screens.citizen.family import OVER, relation_of
from gongji.channels.screens.citizen.kindred import fresh, key_of
from gongji.channels.screens.citizen.member import kin_of, rules_of
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.family import Relation

DAY: Final = "day"
"""What a form of the page does that chooses a day."""


async def ending(visit: Visit) -> Found:
    """Show what ending the bond would do, and end it."""
    kin = await kin_of(visit)
    there = f"/family/{kin.bond.bond_id}"
    if kin.state in OVER:
        return visit.to(there)
    trouble, faults = None, dict[str, str]()
    if visit.form.get("how") == DAY:
        faults = await choose_day(visit, kin.bond.bond_id)
        if not faults:
            return visit.to(there)
    elif visit.sent:
        try:
            if visit.form.get("how") == "divorce" and kin.bond.relation is Relation.SPOUSE:
                await visit.api.post("divorces", EndedTold, Divorce(spouse_id=kin.person_id), key=key_of(visit))
            else:
                await visit.api.post(named("bonds", kin.bond.bond_id, "ending"), EndedTold, key=key_of(visit))
            return visit.to(there)
        except TroubleError as met:
            trouble = met.problem
    outlook = await visit.api.get(named("bonds", kin.bond.bond_id, "ending"), EndingOutlookTold)
    sharer_rules, _ = await rules_of(visit, kin.bond)
    told = {
        "kin": kin,
        "may_rest": sharer_rules.rows["pause"].state != "not_in_force" and kin.state == "active",
        "helps": kin.direction == "i_help",
        "relation": relation_of(visit, kin),
        "outlook": outlook,
        "spouse": kin.bond.relation is Relation.SPOUSE,
        "later": outlook.fault is not None,
        "day": await chosen_day(visit, kin.bond.bond_id),
        "values": {"day": (outlook.earliest or tomorrow(visit)).isoformat(), **visit.form},
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
        "once": fresh(visit),
        "back": visit.link(there),
    }
    return View("citizen/ending.html", told, 400 if trouble or faults else 200)


PAGES: Final[Mapping[str, Page]] = {"/family/{bond_id:int}/ending": ending}
