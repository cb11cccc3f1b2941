"""How much of each region the policy book knows: the decisive slots, by grade, and which of them have gone stale.

A slot is one question a family asks, answered by one rule or a few. It is as well known as the worst known of them, and
a rule that the region leaves to a wider file is known as well as it is there.
"""

from datetime import date, timedelta
from typing import Final, Literal

from msgspec import Struct

from gongji.rules.policybook import NATION, PolicyBook, RegionDay, Row

Standing = Literal["official", "portal", "assumed", "unknown"]

SLOTS: Final[dict[str, tuple[str, ...]]] = {
    "relatives": ("relatives",),
    "order": ("order",),
    "retained_minimum": ("retained_minimum",),
    "caps": ("cap", "use_cap"),
    "uses": ("uses",),
    "modes": ("pay_mode", "premium_mode"),
    "members": ("members_max", "sharers_per_member"),
    "consent": ("confirmation", "quota_confirmation"),
    "carry_over": ("carry_over_only",),
    "wallet": ("wallet", "wallet_transfer"),
}
"""The decisive slots, and the rules that answer each."""

FRESH_FOR: Final = timedelta(days=366)
"""So long after somebody last read its document a value counts as fresh."""

_FROM_BEST: Final[tuple[Standing, ...]] = ("official", "portal", "assumed", "unknown")


class SlotAnswer(Struct, frozen=True):
    """How well one slot of a region is known; `own` tells that a row of the region's own speaks for it."""

    slot: str
    standing: Standing
    stale: bool
    own: bool
    rows: tuple[Row, ...]


class RegionCoverage(Struct, frozen=True):
    """The decisive slots of one region on one day."""

    region: str
    name: str
    answers: tuple[SlotAnswer, ...]

    def count(self, standing: Standing) -> int:
        """Return the number of slots that stand so."""
        return sum(answer.standing == standing for answer in self.answers)

    @property
    def stale(self) -> int:
        """Return the number of slots, known ones, whose document is out of date."""
        return sum(answer.stale for answer in self.answers)

    @property
    def own(self) -> int:
        """Return the number of known slots that the region's own file answers, wholly or in part."""
        return sum(answer.own and answer.standing != "unknown" for answer in self.answers)


def coverage(book: PolicyBook, day: date) -> list[RegionCoverage]:
    """Return how the provinces, and what stands like one, are covered on `day`, by code."""
    return [region_coverage(book, region, day) for region in book.regions if is_province(region)]


def is_province(region: str) -> bool:
    """Tell whether this is the code of a province, a municipality, an autonomous region or the corps."""
    return region.endswith("0000") and region != NATION


def region_coverage(book: PolicyBook, region: str, day: date) -> RegionCoverage:
    """Return how one region is covered on `day`."""
    rules = book.on(region, day)
    return RegionCoverage(region, book.names[region], tuple(_answer(book, rules, slot, day) for slot in SLOTS))


def as_data(found: list[RegionCoverage]) -> dict[str, list[dict[str, object]]]:
    """Return the counts as plain data, one entry a region."""
    return {"regions": [_counts(one) for one in found]}


def is_stale(book: PolicyBook, row: Row, day: date) -> bool:
    """Tell whether the value of `row` has outlived its document, or nobody has read that for longer than a year."""
    if row.state == "unknown" or row.source is None:
        return False
    checked = row.checked or book.sources[row.source].checked
    return (row.stale_from is not None and row.stale_from <= day) or checked is None or day - checked > FRESH_FOR


# Helpers


def _answer(book: PolicyBook, rules: RegionDay, slot: str, day: date) -> SlotAnswer:
    rows = tuple(rules.rows[rule] for rule in SLOTS[slot])
    standings: list[Standing] = [row.grade or "unknown" for row in rows]
    standing = max(standings, key=_FROM_BEST.index)
    return SlotAnswer(
        slot,
        standing,
        stale=standing != "unknown" and any(is_stale(book, row, day) for row in rows),
        own=any(row.region != NATION and row.state != "unknown" for row in rows),
        rows=rows,
    )


def _counts(one: RegionCoverage) -> dict[str, object]:
    counts: dict[str, object] = {"region": one.region, "name": one.name, "slots": len(SLOTS)}
    counts |= {standing: one.count(standing) for standing in _FROM_BEST}
    return counts | {"stale": one.stale}
