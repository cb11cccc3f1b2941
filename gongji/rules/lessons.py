"""What to write where a policy file is not sound: the lesson to each problem that the loader tells."""

import re
import types
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, Literal, Union, get_args, get_origin

from msgspec import NODEFAULT, structs

from gongji.rules.bundle import PolicyError, compile_book
from gongji.rules.policybook import EPOCH
from gongji.rules.schema import RULES, Value
from gongji.rules.twins import wanting

_PLACE: Final = re.compile(r"(?P<file>[^:]+): (?P<rule>[\w-]+)(?:\[\d+\])?(?:\.(?P<key>[\w.-]+))?: (?P<what>.*)")
"""How a problem is told: file: rule[number].key: what is wrong."""


def problems_of(files: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield what the loader refuses in the files (file name to parsed TOML), and which texts lack their Chinese."""
    try:
        compile_book(files)
    except PolicyError as fault:
        yield from fault.problems
    yield from wanting(files)


def lesson(problem: str) -> str:
    """Return what to write so that `problem`, a line of the loader, goes away; "" where the line says it all."""
    told = _PLACE.fullmatch(problem)
    if told is None:
        return ""
    rule, key, what = told["rule"], told["key"] or told["rule"], told["what"]
    if what == "no such rule":
        near = get_close_matches(rule, [*RULES, "sources"])
        return f"did you mean {' or '.join(near)}? All rules: docs/glossary.md, under Rules" if near else _ALL_RULES
    if rule == "sources":
        return _LESSONS_OF_SOURCE.get((key or "").rpartition(".")[2], _SOURCE)
    if what == "a row with a state has no value":
        return f"leave out {key}, or leave out the state"
    if key == "value" and rule in RULES:
        return f"[[{rule}]] takes: {shape(RULES[rule])}; or, instead of a value: {_STATE}"
    make = _LESSONS.get(key)
    return make(what) if make is not None else ""


def shape(value: type[Value]) -> str:
    """Return the keys of a rule's value with what each takes; those in brackets may be left out."""
    fields = structs.fields(value)
    if not fields:
        return "no key of its own: the row being there says it"
    told = []
    for field in fields:
        key = f"{field.encode_name} = {_takes(field.type)}{_unit(field.encode_name)}"
        told.append(f"({key})" if field.default is not NODEFAULT or field.default_factory is not NODEFAULT else key)
    return ", ".join(told)


# Helpers

_ALL_RULES: Final = "all rules stand in docs/glossary.md, under Rules"
_STATE: Final = 'state = "not_in_force", "unknown" or "no_limit"'
_SOURCE: Final = (
    'a source has title = "…", publisher = "…", date = 2025-03-13, kind = "official", "portal" or "other",'
    ' checked = the day on which you read it, and, if you have it, url = "…"; each is cited by a row'
)
_LESSONS_OF_SOURCE: Final[Mapping[str, str]] = {
    "title_zh": 'title_zh = "…", below the title: the title of the document in Chinese, or the same in Chinese',
    "publisher_zh": 'publisher_zh = "…", below the publisher: the same in Chinese',
}

_LESSONS: Final[Mapping[str, Callable[[str], str]]] = {
    "region": lambda _: 'region = "120000", in the first line; call the file 120000-tianjin.toml',
    "name": lambda _: 'name = "天津市", below the region',
    "english": lambda _: 'english = "Tianjin", below the name',
    "start": lambda _: f"start = 2024-12-01, the first day in force, no quotes; the nation's rows begin on {EPOCH}",
    "end": lambda _: "end = 2030-01-01, the first day no longer in force; only in the last row of a rule",
    "state": lambda _: f"{_STATE}, or leave it out and write the value",
    "source": lambda _: 'source = "tianjin-notice-2024", and below it [sources.tianjin-notice-2024] with the notice',
    "grade": lambda _: (
        'grade = "official" for a document or government site, "portal" for one that quotes it,'
        ' "assumed" for anything weaker'
    ),
    "quote": lambda _: 'quote = "…", the very words of the document; or reading = "…", its meaning in your own words',
    "reading_zh": lambda _: 'reading_zh = "…", below the reading: the same in Chinese, full-width punctuation',
    "note_zh": lambda _: 'note_zh = "…", below the note: the same in Chinese, full-width punctuation',
    "contradicts.says_zh": lambda _: 'says_zh = "…", behind the says: the same in Chinese',
    "note": lambda _: 'note = "…": what is doubtful or was chosen, and why; for an unknown row what was sought',
    "checked": lambda _: "checked = 2026-11-22, the day on which you read the document, no quotes",
    "stale_from": lambda _: "stale_from = 2027-01-01, from when the document no longer vouches for the row, no quotes",
    "contradicts": lambda _: (
        'contradicts = [{ source = "…", says = "…", lost_to = "later" }]; also "stronger", "local" or "choice"'
    ),
}


def _takes(told: Any) -> str:
    """Return what a key takes, in the words of TOML."""
    origin, arguments = get_origin(told), get_args(told)
    if origin in (Union, types.UnionType):
        return " or ".join(_takes(one) for one in arguments if one is not type(None))
    if origin is Literal:
        return " | ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in arguments)
    if origin in (frozenset, tuple):
        several = [one for one in arguments if one is not Ellipsis]
        inside = ", ".join(_takes(one) for one in several)
        return f"[{inside}]" if origin is tuple and Ellipsis not in arguments else f"[{inside}, …]"
    if isinstance(told, type) and issubclass(told, StrEnum):
        return " | ".join(f'"{one}"' for one in told)
    if isinstance(told, type) and issubclass(told, Value):
        return f"{{ {shape(told)} }}"
    return _PLAIN.get(told, str(told))


_PLAIN: Final[Mapping[Any, str]] = {
    int: "a whole number",
    str: '"…"',
    bool: "true",
    date: "2025-01-01",
    time: "22:00:00",
}


def _unit(key: str) -> str:
    """Return what a number under this key counts, where its name says so."""
    if "fen" in key.split("_"):
        return " of fen (2000 yuan are 200000)"
    return " of basis points (70 % are 7000)" if key.endswith("_bp") or key == "basis_points" else ""
