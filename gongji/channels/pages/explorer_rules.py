"""E2: the card of one rule: what it says, from which day to which, by which document; and all its versions."""

from typing import Literal

import msgspec

from gongji.channels.pages.asking import Asked, NotFoundError, View, known_region, region_name
from gongji.rules import reading
from gongji.rules.citing import Citation, cite
from gongji.rules.coverage import is_stale
from gongji.rules.policybook import NATION, Row
from gongji.rules.reading_titles import LOST_TO
from gongji.rules.schema import RULES

Age = Literal["coming", "holds", "past"]


def rule(asked: Asked) -> View:
    """Return the card of what a rule says in a region today. Raise NotFoundError for a region or rule there is not."""
    code, name = _named(asked)
    row = asked.book.on(code, asked.today).rows[name]
    return _card(asked, code, row, pinned=False)


def version(asked: Asked) -> View:
    """Return the card of one version, by the name that settlements and refusals cite. Raise NotFoundError."""
    code, name = _named(asked)
    try:
        row = asked.book.row(f"{code}/{name}/{asked.names['version']}")
    except KeyError as fault:
        raise NotFoundError("explorer.no_such_version", f"/rules/{code}/{name}") from fault
    return _card(asked, code, row, pinned=True)


def age_of(row: Citation | Row, asked: Asked) -> Age:
    """Return whether a row speaks today, or did, or will."""
    start = row.version if isinstance(row, Citation) else row.start
    end = row.until if isinstance(row, Citation) else row.end
    if asked.today < start:
        return "coming"
    return "past" if end is not None and asked.today >= end else "holds"


# Helpers


def _named(asked: Asked) -> tuple[str, str]:
    code, name = asked.names["region"], asked.names["rule"]
    if code != NATION and not known_region(asked.book, code):
        raise NotFoundError("explorer.no_such_region")
    if name not in RULES:
        raise NotFoundError("explorer.no_such_rule", f"/rules/{code}")
    return code, name


def _card(asked: Asked, code: str, row: Row, *, pinned: bool) -> View:
    cited = cite(asked.book, row)
    history = reading.timeline(asked.book, code, row.rule).rules[0]
    told = {
        "row": cited,
        "code": code,
        "name": region_name(asked.book, code, asked.language),
        "written_for": region_name(asked.book, row.region, asked.language),
        "inherited": row.region != code,
        "pinned": pinned,
        "age": age_of(row, asked),
        "stale": is_stale(asked.book, row, asked.today),
        "value": msgspec.json.format(msgspec.json.encode(cited.value)).decode() if cited.value else "",
        "losers": [(one, LOST_TO[one.lost_to]) for one in cited.contradicts],
        "history": [
            (since, one, age_of(one, asked), region_name(asked.book, one.region, asked.language))
            for since, one in zip(history.speaks_from, history.rows, strict=True)
        ],
    }
    return View("explorer/rule.html", told)
