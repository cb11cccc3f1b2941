"""E4: what differs in a region between two days, or on a day between two regions."""

from datetime import date

from gongji.channels.pages.asking import Asked, Filled, View, region_groups, region_name
from gongji.rules import reading
from gongji.rules.reading import Comparison


def compare(asked: Asked) -> View:
    """Return both forms, and what differs where one was filled in."""
    filled = Filled(asked)
    found: Comparison | None = None
    by = filled.values.get("by", "")
    if by == "days":
        found = _days(asked, filled)
    elif by == "regions":
        found = _regions(asked, filled)
    elif by:
        filled.fault("by", "forms.choose_one")
    told = {
        "groups": region_groups(asked),
        "values": filled.values,
        "faults": filled.faults,
        "faulty": bool(filled.faults),
        "by": by,
        "found": found,
        "sides": [_side(asked, side.region, side.on) for side in (found.left, found.right)] if found else [],
    }
    return View("explorer/compare.html", told, 400 if filled.faults else 200)


# Helpers


def _days(asked: Asked, filled: Filled) -> Comparison | None:
    region, first, second = filled.region("region"), filled.day("first"), filled.day("second")
    if region is None or first is None or second is None:
        return None
    return reading.compare_days(asked.book, region, first, second)


def _regions(asked: Asked, filled: Filled) -> Comparison | None:
    left, right, on = filled.region("left"), filled.region("right"), filled.day("on", asked.today)
    if left is None or right is None or on is None:
        return None
    return reading.compare_regions(asked.book, left, right, on)


def _side(asked: Asked, code: str, on: date) -> tuple[str, date]:
    return region_name(asked.book, code, asked.language), on
