"""A reform file: rules of one region as somebody would have them, laid over the policy files and read by their loader.

It is written like a policy file (`region`, `title`, `[[rule]]` with `start`), but needs no document: it is a proposal,
and its rows say so. From `start` to the reform's next row of that rule (or `end`) the region's own rows are silent.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from typing import Any, Final

from msgspec import Struct

from gongji.rules.bundle import PolicyError, compile_book
from gongji.rules.policybook import PolicyBook
from gongji.rules.schema import RULES

SOURCE: Final = "reform"
READ: Final = frozenset({
    "relatives", "sharing", "pay_mode", "pays", "uses", "use_cap", "carry_over_only", "retained_minimum",
    "average_wage", "cap", "order", "one_sharer_per_settlement", "own_first", "own_must_be_empty", "pot",
    "medical_year", "outpatient_benefits", "inpatient_benefits", "shared_accumulates",
})  # fmt: skip
"""The rules that a year of bills reads; a reform of another would change nothing in it."""
_HEAD: Final = ("region", "title")


class Reform(Struct, frozen=True):
    """A reform as read: its region, title and rules, the book with it, and the digest of that book."""

    region: str
    title: str
    rules: tuple[str, ...]
    book: PolicyBook


def read_reform(file: str, content: Mapping[str, Any], policies: Mapping[str, Mapping[str, Any]]) -> Reform:
    """Return the reform in `content`, the parsed TOML of `file`, over the parsed policy files. Raise PolicyError."""
    own = next((name for name, policy in policies.items() if policy.get("region") == content.get("region")), None)
    problems = list(_problems(file, content, own))
    if problems or own is None:
        raise PolicyError(problems)
    rules = tuple(rule for rule in content if rule not in _HEAD)
    overlaid = deepcopy(dict(policies[own]))
    overlaid["sources"] = {**overlaid.get("sources", {}), SOURCE: _source(content)}
    places: dict[str, str] = {}
    for rule in rules:
        overlaid[rule] = list(_overlaid(rule, overlaid.get(rule, []), content, places, (file, own)))
    try:
        book, _ = compile_book({**policies, own: overlaid})
    except PolicyError as fault:
        raise PolicyError([_renamed(problem, places) for problem in fault.problems]) from fault
    return Reform(str(content["region"]), str(content["title"]), rules, book)


# Helpers


def _problems(file: str, content: Mapping[str, Any], own: str | None) -> Iterator[str]:
    if not isinstance(content.get("region"), str):
        yield f"{file}: region: six digits are wanted"
    elif own is None:
        yield f"{file}: region: {content['region']} has no policy file"
    if not isinstance(content.get("title"), str):
        yield f"{file}: title: a sentence is wanted"
    rules = [key for key in content if key not in _HEAD]
    if not rules:
        yield f"{file}: names no rule: write the changed one as [[retained_minimum]], say"
    for rule in rules:
        yield from (f"{file}: {problem}" for problem in _problems_of_rule(rule, content[rule]))


def _problems_of_rule(rule: str, rows: object) -> Iterator[str]:
    if rule not in RULES:
        yield f"{rule}: no such rule"
    elif rule not in READ:
        yield f"{rule}: a year of bills does not read this rule, so nothing would change"
    elif not (isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)):
        yield f"{rule}: write [[{rule}]], with two brackets"
    else:
        for number, row in enumerate(rows):
            if type(row.get("start")) is not date:
                yield f"{rule}[{number}].start: a date is wanted, like 2025-01-01"


def _source(content: Mapping[str, Any]) -> dict[str, Any]:
    first = min(row["start"] for rule in content if rule not in _HEAD for row in content[rule])
    return {"title": content["title"], "publisher": "a reform file", "kind": "other", "checked": first}


def _overlaid(
    rule: str, rows: list[dict[str, Any]], content: Mapping[str, Any], places: dict[str, str], files: tuple[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield the region's rows before the reform, the reform's, and what speaks again after its end."""
    changed = content[rule]
    file, own = files
    begin, end = changed[0]["start"], changed[-1].get("end")
    number = 0
    for row in rows:
        if row["start"] < begin:
            yield {**row, "end": min(row["end"], begin)} if "end" in row else row
            number += 1
    for place, row in enumerate(changed):
        places[f"{own}: {rule}[{number}]"] = f"{file}: {rule}[{place}]"
        witness = (
            {} if row.get("state") == "unknown" else {"source": SOURCE, "grade": "assumed", "reading": content["title"]}
        )
        yield {**witness, "note": content["title"], **row}
        number += 1
    for row, following in zip(rows, [*rows[1:], {}], strict=False):
        until = row.get("end") or following.get("start") or date.max
        if end is not None and until > end:
            yield {**row, "start": max(row["start"], end)}


def _renamed(problem: str, places: Mapping[str, str]) -> str:
    for place, mine in places.items():
        if problem.startswith(f"{place}."):
            return mine + problem.removeprefix(place)
    return problem
