"""C7b 给家人留一笔钱: the quota of a bond, set, raised or lowered; the money stays the visitor's until it is used."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from gongji.channels.api.accounts import BalancesTold
from gongji.channels.api.bonds import BondTold, Quota
from gongji.channels.api.wallets import WaysTold
from gongji.channels.figures import money
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.drafts import ASKED, amount_of, chips_up_to, fen_of, is_open
from gongji.channels.screens.citizen.kindred import called, none_there, related
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.money import yuan

KEEPING: Final = "quota"
"""The kind of unfinished form that sets a quota."""


class _Kept(Struct, frozen=True, kw_only=True):
    """What is set aside for whom: now, used of it, and the most that it could be."""

    bond: BondTold
    name: str
    ways: WaysTold
    free_fen: int

    @property
    def quota_fen(self) -> int:
        return self.bond.quota_fen or 0

    @property
    def used_fen(self) -> int:
        return self.bond.used_fen if self.bond.quota_fen is not None else 0

    @property
    def most_fen(self) -> int:
        return self.quota_fen + self.ways.quota.most_more_fen


async def quota(visit: Visit) -> Found:
    """Show the three sums and ask for another; what is not possible is said before anything is typed."""
    kept = await _kept(visit)
    if not visit.sent:
        return View("citizen/quota.html", _told(visit, kept, {}, {}))
    values = amount_of(visit.form)
    filled = visit.filled(values)
    fen = filled.fen("amount")
    if not values.get("amount"):
        filled.fault("amount", "keeping.no_amount")
    if fen < kept.used_fen:
        filled.fault("amount", "keeping.below_used", least=money(kept.used_fen, visit.language))
    if fen > kept.most_fen:
        filled.fault("amount", "keeping.too_much", most=money(kept.most_fen, visit.language))
    if filled.faults:
        return View("citizen/quota.html", {**_told(visit, kept, values, filled.faults), "faulty": True}, 400)
    draft = await visit.begin(KEEPING, bond_id=str(kept.bond.bond_id), amount_fen=str(fen))
    return visit.to(f"/family/{kept.bond.bond_id}/quota/{draft}")


async def check(visit: Visit) -> Found:
    """Show what changes, and set it when told to."""
    draft, back = visit.names["draft"], f"/family/{visit.names['bond_id']}/quota"
    form = await visit.unfinished(draft, KEEPING)
    if form is None or (not form.led_to and form.fields.get("bond_id") != visit.names["bond_id"]):
        return visit.to(back)
    if form.led_to:
        return visit.to(form.led_to)
    kept, fen = await _kept(visit), fen_of(form)
    told = {**_told(visit, kept, {}, {}), "to_fen": fen, "trouble": None, "open": bool(form.fields.get(ASKED))}
    if not visit.sent:
        return View("citizen/quota_check.html", told)
    await visit.fill_in(draft, **{ASKED: "yes"})
    try:
        await visit.api.post(named("bonds", kept.bond.bond_id, "quota"), BondTold, Quota(quota_fen=fen), key=draft)
    except TroubleError as trouble:
        if not is_open(trouble):
            await visit.fill_in(draft, **{ASKED: ""})
        more = {"trouble": trouble.problem, "open": is_open(trouble), "faulty": True}
        return View("citizen/quota_check.html", {**told, **more}, trouble.problem.status)
    await visit.finish(draft, f"{back}?done=yes")
    return visit.to(back, done="yes")


PAGES: Final[Mapping[str, Page]] = {
    "/family/{bond_id:str}/quota": quota,
    "/family/{bond_id:str}/quota/{draft:str}": check,
}


# Helpers


async def _kept(visit: Visit) -> _Kept:
    """Return what is set aside over the bond in the address. Raise TroubleError for a bond that is not his to set."""
    bond = await visit.api.get(named("bonds", visit.names["bond_id"]), BondTold)
    if bond.sharer_id != visit.person_id or bond.ended_at is not None:
        raise none_there(visit)
    address = named("people", visit.person_id, "wallet", "ways")
    ways = await visit.api.get(address, WaysTold, relative_id=bond.member_id, relation=bond.relation)
    balances = await visit.api.get(named("accounts", visit.person_id, "balances"), BalancesTold)
    names = await called(visit, {bond.member_id})
    return _Kept(bond=bond, name=names.get(bond.member_id, ""), ways=ways, free_fen=balances.free_fen)


def _told(visit: Visit, kept: _Kept, values: Mapping[str, str], faults: Mapping[str, str]) -> dict[str, Any]:
    rule = next((one for one in kept.ways.rules if "/quota/" in one.rule), None)
    return {
        "kept": kept,
        "relation": related(visit, kept.bond.relation),
        "holds": kept.ways.holds,
        "reasons": kept.ways.quota.reasons,
        "can": kept.most_fen > kept.used_fen or kept.quota_fen > kept.used_fen,
        "chips": chips_up_to(kept.most_fen, kept.used_fen),
        "rule": rule,
        "values": values or {"amount": yuan(kept.bond.quota_fen) if kept.bond.quota_fen is not None else ""},
        "faults": faults,
        "done": bool(visit.query.get("done")),
    }
