"""C3 家人网: whom I help and who helps me, in one view, by generation."""

from collections.abc import Mapping
from typing import Any, Final

from gongji.channels.api.family import Family, KinTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.kindred import left, none_there, related
from gongji.channels.screens.visiting import Found, Page, Visit

GENERATIONS: Final = ("elder", "same", "younger", "other")
OVER: Final = frozenset({"ended", "expired"})
TONES: Final[Mapping[str, str]] = {
    "active": "ok",
    "paused": "warn",
    "awaiting_confirmation": "warn",
    "awaiting_review": "warn",
    "not_begun": "",
    "used_up": "",
    "ended": "",
    "expired": "",
}
"""The colour of a state; its word stands on it."""


async def family(visit: Visit) -> Found:
    """Show both directions, the living bonds first, and below those that are over."""
    found = await visit.api.get("family", Family, ended="true")
    several = [(generation, kin) for generation in GENERATIONS for kin in getattr(found, generation)]
    told = {
        "helping": _by_generation(visit, several, "i_help"),
        "helped": _by_generation(visit, several, "helps_me"),
        "over": [card(visit, kin) for _, kin in several if kin.state in OVER],
        "empty": not several,
    }
    return View("citizen/family.html", told)


async def kin_numbered(visit: Visit, bond: str) -> KinTold:
    """Return a bond as the visitor sees it, by its number. Raise TroubleError where it is not his."""
    found = await visit.api.get("family", Family, ended="true")
    several: list[KinTold] = [kin for generation in GENERATIONS for kin in getattr(found, generation)]
    kin = next((one for one in several if str(one.bond.bond_id) == bond), None)
    if kin is None:
        raise none_there(visit)
    return kin


def card(visit: Visit, kin: KinTold) -> dict[str, Any]:
    """Return one relative as his card shows him."""
    waits = kin.state == "awaiting_confirmation" and kin.invitation_id is not None
    path = f"/family/invitations/{kin.invitation_id}" if waits else f"/family/{kin.bond.bond_id}"
    return {
        "name": kin.name,
        "tone": "warn" if kin.reasons and kin.state == "active" else TONES[kin.state],
        "state": state_of(visit, kin),
        "relation": relation_of(visit, kin),
        "words": _words(visit, kin),
        "path": visit.link(path),
    }


def state_of(visit: Visit, kin: KinTold) -> str:
    """Return where a bond stands, in a word; one that pays nothing today is not called in use."""
    return visit.say("kin.not_today" if kin.reasons and kin.state == "active" else f"kin.state_{kin.state}")


def relation_of(visit: Visit, kin: KinTold) -> str:
    """Return what the two are to one another: `relation` is what the member is to the one who pays."""
    return visit.say(f"kin.{kin.direction}", relation=related(visit, kin.bond.relation))


PAGES: Final[Mapping[str, Page]] = {"/family": family}


# Helpers


def _by_generation(visit: Visit, several: list[tuple[str, KinTold]], direction: str) -> list[tuple[str, Any]]:
    living = [(one, kin) for one, kin in several if kin.direction == direction and kin.state not in OVER]
    return [
        (visit.say(f"kin.{generation}"), [card(visit, kin) for one, kin in living if one == generation])
        for generation in GENERATIONS
        if any(one == generation for one, _ in living)
    ]


def _words(visit: Visit, kin: KinTold) -> list[tuple[str, int | None]]:
    """Return what else is to be known: sentences, each with the amount that belongs to it, if any."""
    if kin.state == "awaiting_confirmation":
        time = left(visit, kin.answer_by)
        return [(visit.say("kin.waits", left=time) if time else visit.say("kin.waits_on"), None)]
    words: list[tuple[str, int | None]] = [(visit.say("kin.used_this_year"), kin.used_this_year_fen)]
    if kin.left_fen is not None and kin.state not in OVER:
        words.append((visit.say("kin.left"), kin.left_fen))
    return words
