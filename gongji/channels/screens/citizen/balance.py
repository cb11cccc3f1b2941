"""C12 余额: how the account stood over twelve months, each jump with its cause."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from gongji.channels.api.moments import taken, told
from gongji.channels.api.statements import MovementTold, StatementTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.records import cause
from gongji.channels.screens.inside import named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.account import Pocket

ACCOUNT: Final = frozenset({Pocket.CURRENT_YEAR, Pocket.CARRY_OVER})
"""The pockets that make up the account."""
PAGE: Final = 200
PAGES_MOST: Final = 10
"""So many pages of movements are drawn at most: two thousand entries."""
LARGEST: Final = 5
"""So many of the largest jumps are told without opening the table."""


async def balance(visit: Visit) -> Found:
    """Show the line, its largest jumps, and all of them in a table."""
    first = visit.now.replace(year=visit.now.year - 1, day=1, hour=0, minute=0, second=0, microsecond=0)
    level_fen, moved = await _movements(visit, first)
    jumps = [*_jumps(visit, level_fen, moved)]
    start_fen = jumps[-1]["before_fen"] if jumps else level_fen
    begins = first if jumps or level_fen else None
    points = [(first.toordinal(), start_fen)]
    points += [(one["at"].toordinal(), one["after_fen"]) for one in reversed(jumps)]
    points.append((visit.now.toordinal(), level_fen))
    told = {
        "now_fen": level_fen,
        "start_fen": start_fen,
        "first": first.date(),
        "points": points,
        "empty": begins is None,
        "jumps": jumps,
        "largest": sorted(sorted(jumps, key=lambda one: -abs(one["moved_fen"]))[:LARGEST], key=lambda one: one["at"])[
            ::-1
        ],
    }
    return View("citizen/balance.html", told)


PAGES: Final[Mapping[str, Page]] = {"/balance": balance}


# Helpers


async def _movements(visit: Visit, since: datetime) -> tuple[int, list[MovementTold]]:
    """Return what is in the account now, and its movements since then, the newest first."""
    address, cursor, moved = named("accounts", visit.person_id, "statement"), None, []
    level_fen = 0
    for page in range(PAGES_MOST):
        found = await visit.api.get(address, StatementTold, since=told(since).isoformat(), limit=PAGE, cursor=cursor)
        if not page:
            level_fen = sum(one.balance_fen for one in found.closing if one.pocket in ACCOUNT)
        moved += [one for one in found.items if one.pocket in ACCOUNT]
        cursor = found.next
        if cursor is None:
            break
    return level_fen, moved


def _jumps(visit: Visit, level_fen: int, moved: list[MovementTold]) -> list[dict[str, Any]]:
    """Return each jump with what lay in the account before and after it, the newest first: told backwards from now."""
    jumps = []
    for _, several in groupby(moved, lambda one: (one.at, one.kind, one.person_id, one.settle_id, one.transfer_id)):
        same = [*several]
        moved_fen = sum(one.amount_fen for one in same)
        if not moved_fen:
            continue
        who = same[0].name if same[0].person_id not in (None, visit.person_id) else ""
        jumps.append(
            {
                "at": taken(same[0].at),
                "what": cause(visit, same[0]),
                "who": who,
                "moved_fen": moved_fen,
                "before_fen": level_fen - moved_fen,
                "after_fen": level_fen,
            }
        )
        level_fen -= moved_fen
    return jumps
