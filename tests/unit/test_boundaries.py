"""Every day on which a rule changes what a family gets has a case on both sides.

A case stands on a side of a boundary when it fails once the boundary is moved over it by one day.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from gongji.channels.cases.runner import run_file
from gongji.rules.policybook import EPOCH, NATION, PolicyBook, RegionDay, Row
from gongji.rules.schema import RULES

CASES = {file: file.read_text(encoding="utf-8") for file in (Path(__file__).parents[2] / "cases").rglob("*.toml")}
TOLD = {"own_credential", "unbind_on_divorce"}  # another's card is refused and a divorce ends bonds, document or not
MATTERING = [rule for rule in RULES if rule not in TOLD]
PERMITS = {"sharing", "pay_mode", "premium_mode", "wallet", "wallet_region_change", "transfer_recall", "quota"}
NEEDS: dict[str, tuple[str, ...]] = {
    "wallet": ("wallet_transfer",),
    "wallet_transfer": ("wallet",),
    "quota_confirmation": ("quota",),
    **dict.fromkeys(("sharing", "quota", "medical_year", "crediting", "interest"), ()),
    **dict.fromkeys(("outpatient_benefits", "inpatient_benefits"), ()),
    **dict.fromkeys(
        ("premiums", "premium_relatives", "commercial_retained", "premium_reimbursed"), ("sharing", "premium_mode")
    ),
    **dict.fromkeys(
        ("order", "retained_minimum", "average_wage", "use_cap", "uses", "carry_over_only"), ("sharing", "pay_mode")
    ),
}
"""What must be in force for a rule to be felt, where that is not sharing alone."""
ONE_DAY = timedelta(days=1)


class Boundary(Struct, frozen=True):
    """The first day of `after`; on the day before `before` still speaks."""

    region: str
    day: date
    before: Row
    after: Row


def boundaries(book: PolicyBook) -> Iterator[Boundary]:
    """Every day on which a region's own row of a rule begins or ends, and the answer changes with it."""
    for region in book.regions:
        for rule in MATTERING:
            for before, after in pairwise(book.history(region, rule)):
                day = after.start if after.region == region else before.end
                if region in (before.region, after.region) and day is not None and day > EPOCH:
                    yield Boundary(region, day, before, after)


def told_apart(rule: str, rules: RegionDay, other: RegionDay, day: date) -> bool:
    """Tell whether a family could see that day which of two books speaks about the rule."""
    live = all(rules.rows[need].state != "not_in_force" for need in NEEDS.get(rule, ("sharing",)))
    return live and effect(rule, rules, day) != effect(rule, other, day)


def effect(rule: str, rules: RegionDay, day: date) -> object:
    """What a rule does that day, which is its value, but for those that only permit and those read with others."""
    if rule in PERMITS:
        return rules.rows[rule].state != "not_in_force"
    return READ[rule](rules, day) if rule in READ else rules.value(rule)


def order(rules: RegionDay, _: date) -> tuple[str, bool]:
    """Where no order is known, that of binding is taken."""
    found = rules.value("order")
    return ("binding_first", False) if found is None else (found.by, found.rank)


def reach(rules: RegionDay, _: date) -> str:
    """An unknown reach ends at the province's border, and where the province is one pool, so does the pool."""
    pool, found = rules.value("pool"), rules.value("reach")
    return "province" if found is None or (pool is not None and pool.level == "province") else str(found.area)


def premium_relatives(rules: RegionDay, _: date) -> object:
    """The circle for premiums lies inside that for bills."""
    circle, narrower = rules.value("relatives"), rules.value("premium_relatives")
    return circle.relations if narrower is None else circle.relations & narrower.relations


def turns(rules: RegionDay, day: date) -> bool:
    year = rules.value("medical_year")
    return bool((year.month, year.day) == (day.month, day.day))


READ: dict[str, Callable[[RegionDay, date], object]] = {
    "order": order,
    "reach": reach,
    "premium_relatives": premium_relatives,
    "medical_year": turns,
    "interest": lambda rules, day: turns(rules, day + ONE_DAY) and rules.value("interest"),
    "retained_minimum": lambda rules, _: rules.minimum_fen,
    "average_wage": lambda rules, _: rules.minimum_fen,
    "commercial_retained": lambda rules, _: (
        "commercial" in rules.value("premiums").own and rules.value("commercial_retained")
    ),
}


def moved(book: PolicyBook, rows: dict[str, Row], one: Boundary, days: timedelta) -> PolicyBook:
    """The same book with that boundary some days later; `rows` are all of the book's."""
    rows = dict(rows)
    if one.after.region == one.region:
        rows[one.after.rule_id] = replace(one.after, start=one.day + days)
    if one.before.region == one.region:
        rows[one.before.rule_id] = replace(one.before, end=one.day + days)
    return PolicyBook(rows.values(), book.sources, book.names, "moved")


def noticed(book: PolicyBook, region: str, seen_on: date, cases: Mapping[Path, str]) -> bool:
    """Tell whether a case with an act on that day, and with somebody of that province, fails under the book."""
    place = '"' if region == NATION else f'"{region[:2]}'
    files = [file for file, text in cases.items() if f"{seen_on}T" in text and place in text]
    return any(not run_file(file, book).ok for file in files)


def sides_without_a_case(book: PolicyBook, cases: Mapping[Path, str]) -> list[str]:
    rows = {row.rule_id: row for region in book.regions for rule in RULES for row in book.history(region, rule)}
    missing = []
    for one in boundaries(book):
        for days, seen_on in ((ONE_DAY, one.day), (-ONE_DAY, one.day - ONE_DAY)):
            other = moved(book, rows, one, days)
            apart = told_apart(one.after.rule, book.on(one.region, seen_on), other.on(one.region, seen_on), seen_on)
            if apart and not noticed(other, one.region, seen_on, cases):
                missing.append(f"{one.region}/{one.after.rule} {one.day}: no case on {seen_on}")
    return missing


def test_every_boundary_has_a_case_on_both_sides(book: PolicyBook):
    missing = sides_without_a_case(book, CASES)

    assert not missing, "\n".join(missing)


def test_without_its_cases_a_boundary_is_named_on_both_sides(book: PolicyBook):
    kept = {file: text for file, text in CASES.items() if file.parent.name != "shanghai"}

    missing = sides_without_a_case(book, kept)

    assert "310000/relatives 2024-12-09: no case on 2024-12-08" in missing
    assert "310000/relatives 2024-12-09: no case on 2024-12-09" in missing
