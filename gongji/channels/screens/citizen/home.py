"""C1 首页: what there is, and who used it this month, before anything is tapped."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from gongji.channels.api.accounts import BalancesTold
from gongji.channels.api.family import Family, KinTold
from gongji.channels.api.notices import Notices
from gongji.channels.api.transfers import Transfers
from gongji.channels.api.uses import HelpsTold, UsesTold
from gongji.channels.api.wallets import WaysTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.family import GENERATIONS, OVER, TONES, state_of
from gongji.channels.screens.citizen.kindred import related
from gongji.channels.screens.citizen.sending import relation_to_me
from gongji.channels.screens.citizen.shell import is_easy
from gongji.channels.screens.citizen.ways_in import ways_in
from gongji.channels.screens.inside import named
from gongji.channels.screens.visiting import STAFF, Found, Page, Visit
from gongji.domain.family import BondState, Relation
from gongji.ledger.records import TransferState

LATEST: Final = 3
"""So many notices stand on the first page."""


async def home(visit: Visit) -> Found:
    """Show a citizen his money and his family; whoever is not signed in, the ways in."""
    if not visit.known or visit.caller.role in STAFF:
        return ways_in(visit)
    if is_easy(visit):
        return View("citizen/easy.html", {})
    api, month = visit.api, visit.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    balances, family, uses, notices, transfers = await asyncio.gather(
        api.get(named("accounts", visit.person_id, "balances"), BalancesTold),
        api.get("family", Family),
        api.get(named("accounts", visit.person_id, "uses"), UsesTold, since=_told(month)),
        api.get("notices", Notices, limit=LATEST, unread="true"),
        api.get("transfers", Transfers),
    )
    living = [(name, [kin for kin in getattr(family, name) if kin.state not in OVER]) for name in GENERATIONS]
    helped = await _helped(visit, month) if any(_helps(kin) for _, several in living for kin in several) else []
    used = [{"title": one.name, "amount_fen": one.amount_fen} for one in uses.months if one.month == f"{month:%Y-%m}"]
    told = {
        "balances": balances,
        "account_fen": balances.current_year_fen + balances.carry_over_fen,
        "used": sorted(used, key=lambda one: -int(str(one["amount_fen"]))),
        "used_fen": family.used_this_month_fen,
        "helped": helped,
        "generations": [(name, [_shown(visit, kin) for kin in several]) for name, several in living if several],
        "holds": await _holds(visit, [kin for _, several in living for kin in several]),
        "waiting": [one for one in transfers.items if one.state == TransferState.AWAITING_RECEIPT],
        "invited": [kin for _, several in living for kin in several if _waits(kin)],
        "notices": notices.items,
        "unread": max(0, notices.unread - len(notices.items)),
    }
    return View("citizen/home.html", told)


PAGES: Final[Mapping[str, Page]] = {"/": home}


# Helpers


def _told(at: datetime) -> str:
    return f"{at.isoformat()}+08:00"


def _waits(kin: KinTold) -> bool:
    return kin.invitation_id is not None and kin.bond.state is BondState.AWAITING_CONFIRMATION


def _helps(kin: KinTold) -> bool:
    return kin.direction == "helps_me"


async def _helped(visit: Visit, month: datetime) -> list[dict[str, Any]]:
    """Return who paid for the visitor this month, and how much."""
    found = await visit.api.get(named("accounts", visit.person_id, "helps"), HelpsTold, since=_told(month))
    return [{"title": one.name, "amount_fen": one.amount_fen} for one in found.months if one.amount_fen > 0]


async def _holds(visit: Visit, several: list[KinTold]) -> str | None:
    """Return which way money goes to relatives from where the visitor is insured: one way for all of them."""
    known = next((kin for kin in several if relation_to_me(kin)), None)
    if known is None:
        return None
    address = named("people", visit.person_id, "wallet", "ways")
    found = await visit.api.get(address, WaysTold, relative_id=known.person_id, relation=relation_to_me(known))
    return found.holds


def _shown(visit: Visit, kin: KinTold) -> dict[str, Any]:
    relation = relation_to_me(kin)
    return {
        "name": kin.name,
        "relation": related(visit, Relation(relation) if relation else None),
        "direction": kin.direction,
        "state": state_of(visit, kin),
        "tone": "warn" if kin.reasons and kin.state == "active" else TONES[kin.state],
        "month_fen": kin.used_this_month_fen,
        "bond_id": kin.bond.bond_id,
    }
