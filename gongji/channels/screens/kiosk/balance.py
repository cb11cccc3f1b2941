"""T3 查余额和记录: what there is, large, and the last ten movements; names stay covered until somebody touches."""

import asyncio
from collections.abc import Mapping
from typing import Final

from gongji.channels.api.accounts import BalancesTold
from gongji.channels.api.moments import taken
from gongji.channels.api.statements import StatementTold
from gongji.channels.identity.pages import masked
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.records import cause
from gongji.channels.screens.inside import named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.account import Pocket

LAST: Final = 10


async def balance(visit: Visit) -> Found:
    """Show account, wallet and the last movements; what is on its way stands in the balance, and is told once."""
    api, account = visit.api, ("accounts", visit.person_id)
    balances, statement = await asyncio.gather(
        api.get(named(*account, "balances"), BalancesTold),
        api.get(named(*account, "statement"), StatementTold, limit=2 * LAST),
    )
    shown = visit.query.get("names") == "yes"
    rows = [
        {
            "at": taken(one.at),
            "what": cause(visit, one),
            "name": "" if one.person_id in (None, visit.person_id) else one.name if shown else masked(one.name),
            "amount_fen": one.amount_fen,
        }
        for one in [one for one in statement.items if one.pocket is not Pocket.TRANSIT][:LAST]
    ]
    told = {
        "balances": balances,
        "account_fen": balances.current_year_fen + balances.carry_over_fen,
        "rows": rows,
        "shown": shown,
        "covered": any(row["name"] for row in rows),
    }
    return View("kiosk/balance.html", told)


PAGES: Final[Mapping[str, Page]] = {"/balance": balance}
