"""C1 首页: what there is, and who used it this month, before anything is tapped."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gongji.channels.api.accounts import BalancesTold
from gongji.channels.api.family import Family
from gongji.channels.api.notices import Notices
from gongji.channels.api.uses import UsesTold
from gongji.channels.pages.asking import View
from gongji.channels.pages.inside import named
from gongji.channels.pages.visiting import Found, Page, Visit

LATEST: Final = 3
"""So many notices stand on the first page."""


async def home(visit: Visit) -> Found:
    """Show a citizen his money and his family; whoever is not signed in, the ways in."""
    if not visit.known:
        return View("citizen/welcome.html", {})
    api, month = visit.api, visit.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    balances, family, uses, notices = await asyncio.gather(
        api.get(named("accounts", visit.person_id, "balances"), BalancesTold),
        api.get("family", Family),
        api.get(named("accounts", visit.person_id, "uses"), UsesTold, since=_told(month)),
        api.get("notices", Notices, limit=LATEST),
    )
    used = [{"title": one.name, "amount_fen": one.amount_fen} for one in uses.months if one.month == f"{month:%Y-%m}"]
    told = {
        "balances": balances,
        "account_fen": balances.current_year_fen + balances.carry_over_fen,
        "used": sorted(used, key=lambda one: -int(str(one["amount_fen"]))),
        "used_fen": family.used_this_month_fen,
        "generations": [(name, getattr(family, name)) for name in ("elder", "same", "younger", "other")],
        "notices": notices,
    }
    return View("citizen/home.html", told)


PAGES: Final[Mapping[str, Page]] = {"/": home}


# Helpers


def _told(at: datetime) -> str:
    return f"{at.isoformat()}+08:00"
