"""E1 and the page of one region: which regions there are, what holds there on a day, and how well it is known."""

from datetime import date

from gongji.channels.pages import charts
from gongji.channels.pages.asking import (
    Asked,
    Filled,
    NotFoundError,
    View,
    areas,
    known_region,
    like,
    nearest,
    region_name,
)
from gongji.rules.citing import Citation, cite
from gongji.rules.coverage import SLOTS, RegionCoverage, is_province, is_stale, region_coverage
from gongji.rules.policybook import NATION, RegionDay
from gongji.rules.reading_titles import THEMES

_IN_THE_TABLE = ("sharing", "relatives", "reach", "order", "retained_minimum")


def regions(asked: Asked) -> View:
    """Return all regions with what matters most about each, or those that a word was searched for."""
    word = Filled(asked).values.get("q", "")
    found = nearest(asked, word) if word else []
    told = {
        "word": word,
        "found": [(code, _name(asked, code)) for code in found],
        "like": [(code, _name(asked, code)) for code in like(asked, word)] if word and not found else [],
        "areas": [
            (title, [_tile(asked, code) for code in codes if is_province(code)]) for title, codes in areas(asked)
        ],
        "columns": [cite(asked.book, asked.book.on(NATION, asked.today).rows[rule]).title for rule in _IN_THE_TABLE],
        "rows": [_row(asked, code) for code in asked.book.regions if code != NATION],
        "slots": len(SLOTS),
    }
    return View("explorer/regions.html", told)


def region(asked: Asked) -> View:
    """Return all rules of one region on a day, by theme. Raise NotFoundError for a code that is none."""
    code = asked.names["region"]
    if code != NATION and not known_region(asked.book, code):
        raise NotFoundError("explorer.no_such_region")
    filled = Filled(asked)
    on = filled.day("on", asked.today)
    day = on or asked.today
    rules = asked.book.on(code, day)
    told = {
        "code": code,
        "name": _name(asked, code),
        "on": day,
        "values": {"on": day.isoformat()} | filled.values,
        "faults": filled.faults,
        "faulty": bool(filled.faults),
        "themes": [(theme.title, [cite(asked.book, rules.rows[rule]) for rule in theme.rules]) for theme in THEMES],
        "cities": _cities(asked, code),
        "known": _known(asked, code, day),
        "stale": _stale(asked, rules, day),
        "slots": len(SLOTS),
    }
    return View("explorer/region.html", told, 400 if filled.faults else 200)


# Helpers


def _name(asked: Asked, code: str) -> str:
    return region_name(asked.book, code, asked.language)


def _tile(asked: Asked, code: str) -> dict[str, object]:
    found = region_coverage(asked.book, code, asked.today)
    known = _count(found)
    label = asked.say("explorer.known_of", known=known, slots=len(SLOTS))
    return {"code": code, "name": _name(asked, code), "label": label, "cells": _cells(found, label)}


def _row(asked: Asked, code: str) -> dict[str, object]:
    rules = asked.book.on(code, asked.today)
    return {
        "code": code,
        "name": _name(asked, code),
        "cells": [cite(asked.book, rules.rows[rule]) for rule in _IN_THE_TABLE],
        "known": _count(region_coverage(asked.book, code, asked.today)),
    }


def _known(asked: Asked, code: str, day: date) -> dict[str, object]:
    found = region_coverage(asked.book, code, day)
    label = asked.say("explorer.known_of", known=_count(found), slots=len(SLOTS))
    return {"label": label, "cells": _cells(found, label), "unknown": found.count("unknown")}


def _count(found: RegionCoverage) -> int:
    return len(SLOTS) - found.count("unknown")


def _cells(found: RegionCoverage, label: str) -> str:
    order = ("official", "portal", "assumed", "unknown")
    return charts.cells(sorted((one.standing for one in found.answers), key=order.index), label)


def _cities(asked: Asked, code: str) -> list[tuple[str, str]]:
    if not is_province(code):
        return []
    inside = [one for one in asked.book.regions if one.startswith(code[:2]) and one != code]
    return [(one, _name(asked, one)) for one in inside]


def _stale(asked: Asked, rules: RegionDay, day: date) -> list[Citation]:
    """Return the rows whose documents no longer vouch for them on that day."""
    return [cite(asked.book, row) for row in rules.rows.values() if is_stale(asked.book, row, day)]
