"""E6: the rules as files, and what changed when as a feed; open data, with size and day before the download."""

import csv
import io
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from gongji.channels.pages.asking import Asked, Download, NotFoundError, View
from gongji.rules.citing import Citation, cite
from gongji.rules.policybook import PolicyBook
from gongji.rules.reading_titles import GRADES, STATES

FEED_MOST: Final = 200
_COLUMNS: Final = (
    "rule_id", "region", "region_name", "rule", "title_zh", "title_en", "from", "until", "state", "value", "words_zh",
    "words_en", "grade", "document", "publisher", "document_date", "url", "quote", "reading", "note", "checked",
    "reading_zh", "note_zh", "document_zh", "publisher_zh",
)  # fmt: skip
_ATOM: Final = "http://www.w3.org/2005/Atom"
_BEIJING: Final = "+08:00"


def downloads(asked: Asked) -> View:
    """Return the list of files, with their sizes and the day on which documents were last read."""
    rows = _rows(asked.book)
    told = {
        "files": [
            (name, len(_made(asked.book, name, asked.language)), asked.say(f"files.{key}")) for name, key in _SAID
        ],
        "count": len(rows),
        "regions": len(asked.book.regions) - 1,
        "checked": max(row.checked for row in rows if row.checked is not None),
        "newest": [row for row in _newest_first(asked.book) if row.version <= asked.today][:20],
        "coming": [row for row in _newest_first(asked.book) if row.version > asked.today],
    }
    return View("explorer/downloads.html", told)


def file(asked: Asked) -> Download:
    """Return one of the files. Raise NotFoundError for a name that is none."""
    name = asked.names["name"]
    if name not in _FILES:
        raise NotFoundError("explorer.no_such_file", "/rules/downloads")
    return Download(_made(asked.book, name, asked.language), _FILES[name][0], f"gongji-{name}")


# Helpers


@lru_cache(maxsize=16)
def _made(book: PolicyBook, name: str, language: str) -> bytes:
    """Return a file, made once for a book."""
    return _FILES[name][1](book, language)


@lru_cache(maxsize=4)
def _rows(book: PolicyBook) -> tuple[Citation, ...]:
    return tuple(cite(book, row) for row in book.rows)


@lru_cache(maxsize=4)
def _newest_first(book: PolicyBook) -> tuple[Citation, ...]:
    """Return the rows that changed something, newest first: the first word on a rule is no change."""
    first: dict[tuple[str, str], date] = {}
    for row in _rows(book):
        first.setdefault((row.region, row.rule), row.version)
    changed = [row for row in _rows(book) if row.version != first[row.region, row.rule]]
    return tuple(sorted(changed, key=lambda row: row.version, reverse=True))


def _json(book: PolicyBook, _: str) -> bytes:
    return msgspec.json.encode({"bundle": book.digest, "regions": book.names, "rules": _rows(book)})


def _csv(book: PolicyBook, _: str) -> bytes:
    out = io.StringIO(newline="")
    out.write("\ufeff")  # spreadsheets take it for their own code page otherwise
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    writer.writerows(_line(row) for row in _rows(book))
    return out.getvalue().encode()


def _line(row: Citation) -> list[str]:
    source = row.source
    cells = (
        row.rule_id, row.region, row.region_name, row.rule, row.title.zh, row.title.en, row.version, row.until,
        row.state, msgspec.json.encode(row.value).decode() if row.value is not None else None, row.words.zh,
        row.words.en, row.grade,
        source and source.title, source and source.publisher, source and source.date, source and source.url,
        row.quote, row.reading, row.note, row.checked,
        row.reading_zh, row.note_zh, source and source.title_zh, source and source.publisher_zh,
    )  # fmt: skip
    return ["" if cell is None else str(cell) for cell in cells]


def _feed(book: PolicyBook, language: str) -> bytes:
    """Return the newest changes as Atom; an entry is dated by the day from which the rule speaks."""
    chinese = language == "zh"
    newest = _newest_first(book)[:FEED_MOST]
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": "zh-CN" if chinese else "en"})
    SubElement(feed, "id").text = f"urn:gongji:rules:{language}"
    SubElement(feed, "title").text = "家庭共济规则的变动" if chinese else "Changes of the rules of family sharing"
    SubElement(feed, "updated").text = _moment(newest[0])
    SubElement(SubElement(feed, "author"), "name").text = "gongji"
    for row in newest:
        entry = SubElement(feed, "entry")
        SubElement(entry, "id").text = f"urn:gongji:rule:{row.rule_id}"
        place, title, words = (
            (row.region_name.split(" ")[0], row.title.zh, row.words.zh)
            if chinese
            else (row.region_name.partition(" ")[2], row.title.en, row.words.en)
        )
        SubElement(entry, "title").text = f"{place} {title}"
        SubElement(entry, "updated").text = _moment(row)
        SubElement(entry, "link", {"href": f"{'' if chinese else '/en'}/rules/{row.rule_id}"})
        known = (GRADES[row.grade] if row.grade else STATES["unknown"]).zh if chinese else row.grade or "unknown"
        SubElement(entry, "summary").text = f"{words} ({known})"
    return bytes(tostring(feed, encoding="utf-8", xml_declaration=True))


def _moment(row: Citation) -> str:
    return f"{datetime.combine(row.version, time()).isoformat()}{_BEIJING}"


_FILES: Final[Mapping[str, tuple[str, Callable[[PolicyBook, str], bytes]]]] = {
    "rules.json": ("application/json", _json),
    "rules.csv": ("text/csv", _csv),
    "changes.atom": ("application/atom+xml", _feed),
}
_SAID: Final = (("rules.json", "as_json"), ("rules.csv", "as_csv"), ("changes.atom", "as_feed"))
