"""到那天提醒我取消: the day on which a visitor wants to be told that he may end a bond, chosen and taken back."""

from datetime import date, timedelta

from gongji.channels.api.reminding import EndingDayChosen, EndingDayTold
from gongji.channels.screens.citizen.kindred import key_of
from gongji.channels.screens.inside import named
from gongji.channels.screens.visiting import Visit
from gongji.services.telling.ending_days import FURTHEST


async def chosen_day(visit: Visit, bond_id: int) -> date | None:
    """Return the day on which the visitor wants to be told that he may end the bond."""
    return (await visit.api.get(_address(bond_id), EndingDayTold)).day


async def choose_day(visit: Visit, bond_id: int) -> dict[str, str]:
    """Choose the day that was filled in. Return what is wrong with the field."""
    filled = visit.filled()
    day = filled.day("day")
    if day is None or not tomorrow(visit) <= day <= visit.now.date() + FURTHEST:
        return {"day": visit.say("ending.no_day")}
    await visit.api.post(_address(bond_id), EndingDayTold, EndingDayChosen(day=day), key=key_of(visit))
    return {}


async def remove_day(visit: Visit, bond_id: int) -> None:
    """Choose no day any more."""
    await visit.api.post(_address(bond_id), EndingDayTold, EndingDayChosen(day=None), key=key_of(visit))


def tomorrow(visit: Visit) -> date:
    """Return the first day that can be chosen."""
    return visit.now.date() + timedelta(days=1)


# Helpers


def _address(bond_id: int) -> str:
    return named("bonds", bond_id, "ending", "reminder")
