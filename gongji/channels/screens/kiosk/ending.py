"""T6 取消: whose bond, what stops and comes back, and the end of it."""

from collections.abc import Mapping
from typing import Any, Final

from gongji.channels.api.endings import EndedTold, EndingOutlookTold
from gongji.channels.api.family import Family, KinTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.family import GENERATIONS, OVER
from gongji.channels.screens.citizen.kindred import own_name, related
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.kiosk.shell import ROOT
from gongji.channels.screens.visiting import Found, Page, Visit

KIND: Final = "kiosk_end"
RECEIPT: Final = "kiosk_ended"
"""The form under which what came of it is kept, to be shown and printed."""


async def whose(visit: Visit) -> Found:
    """Ask which bond; nobody stands there picked."""
    family = await visit.api.get("family", Family)
    several: list[KinTold] = [kin for name in GENERATIONS for kin in getattr(family, name) if kin.state not in OVER]
    chosen = next((kin for kin in several if str(kin.bond.bond_id) == visit.form.get("bond_id")), None)
    if visit.sent and chosen is not None:
        fields = {"bond_id": str(chosen.bond.bond_id), "name": chosen.name, "direction": chosen.direction}
        return visit.to(f"{ROOT}/end/{await visit.begin(KIND, **fields)}")
    shown = [(kin.bond.bond_id, kin.name, related(visit, kin.bond.relation), kin.direction) for kin in several]
    return View("kiosk/whose.html", {"several": shown})


async def end(visit: Visit) -> Found:
    """Say what ending would do, and do it when told to."""
    draft = visit.names["draft"]
    form = await visit.unfinished(draft, KIND)
    if form is None:
        return visit.to(f"{ROOT}/end")
    if form.led_to:
        return visit.to(form.led_to)
    address, trouble = named("bonds", form.fields["bond_id"], "ending"), None
    if visit.sent:
        try:
            ended = await visit.api.post(address, EndedTold, key=draft)
        except TroubleError as met:
            trouble = met.problem
        else:
            at = f"{visit.now:%Y-%m-%d %H:%M}"
            receipt = await visit.begin(RECEIPT, **form.fields, freed=str(ended.freed_fen), at=at)
            await visit.finish(draft, f"{ROOT}/end/{receipt}/done")
            return visit.to(f"{ROOT}/end/{receipt}/done")
    told: dict[str, Any] = {
        "fields": form.fields,
        "outlook": await visit.api.get(address, EndingOutlookTold),
        "trouble": trouble,
        "faulty": trouble is not None,
    }
    return View("kiosk/ending.html", told, trouble.status if trouble is not None else 200)


async def done(visit: Visit) -> Found:
    """Show the receipt."""
    form = await visit.unfinished(visit.names["draft"], RECEIPT)
    if form is None:
        return visit.to(f"{ROOT}/end")
    told = {"fields": form.fields, "freed_fen": int(form.fields["freed"]), "name": await own_name(visit)}
    return View("kiosk/ended.html", told)


PAGES: Final[Mapping[str, Page]] = {"/end": whose, "/end/{draft:str}": end, "/end/{draft:str}/done": done}
