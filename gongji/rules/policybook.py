"""The policy book: every rule of every region on every day, each with the document behind it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import force_setattr

from gongji.domain.money import portion
from gongji.rules.plan import Plan
from gongji.rules.schema import RULES

NATION: Final = "000000"
EPOCH: Final = date(1998, 12, 14)
"""国发〔1998〕44号: before this day there were no personal accounts, and the book has no answer."""

_FOUND_MOST: Final = 10_000
"""So many days of regions are found again at once; a server asks for today's, and few others."""

Day = date
State = Literal["value", "not_in_force", "unknown", "no_limit"]
Grade = Literal["official", "portal", "assumed"]


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document. What its title and publisher say in our English words, their twins say in Chinese."""

    title: str
    publisher: str
    kind: Literal["official", "portal", "other"]
    title_zh: str | None = None
    publisher_zh: str | None = None
    url: str | None = None
    checked: Day | None = None
    note: str | None = None
    date: Day | None = None


class Contradiction(Struct, frozen=True, forbid_unknown_fields=True):
    """What another document says, and what it lost to: a later, stronger or local word, or our choice."""

    source: str
    says: str
    lost_to: Literal["later", "stronger", "local", "choice"]
    says_zh: str | None = None


class Row(Struct, frozen=True, kw_only=True):
    """One value of one rule over a stretch of days, with its witnesses.

    `state` tells a value from its three absences; `end` is the first day on which the row no longer speaks.
    From `stale_from` on the row still speaks, but its document no longer vouches for it. `overrides` is the code of the
    province that a city contradicts. `reading_zh` and `note_zh` are `reading` and `note` in Chinese.
    """

    rule: str
    region: str
    start: date
    end: date | None = None
    state: State = "value"
    value: Any = None
    source: str | None = None
    grade: Grade | None = None
    quote: str | None = None
    reading: str | None = None
    reading_zh: str | None = None
    note: str | None = None
    note_zh: str | None = None
    checked: date | None = None
    stale_from: date | None = None
    overrides: str | None = None
    contradicts: tuple[Contradiction, ...] = ()
    rule_id: str = ""

    def __post_init__(self) -> None:
        """Give the row the name by which explanations and postings refer to it."""
        if not self.rule_id:
            force_setattr(self, "rule_id", f"{self.region}/{self.rule}/{self.start}")

    @property
    def in_force(self) -> bool:
        """Tell whether there is such a rule; an unknown one counts as there only where it permits."""
        return self.state == "value"


class UnknownDayError(LookupError):
    """The day lies before the first rule of the nation."""


class RegionDay:
    """All rules of one region on one day, by the names of the rules.

    `pool` is the code of the region's pool 统筹区; `minimum_fen` what a sharer must keep (0 where nothing is set or
    known); `plan` what the rows come to for a settlement. Immutable by custom.
    """

    __slots__ = ("chain", "minimum_fen", "plan", "pool", "region", "rows")

    def __init__(self, region: str, chain: tuple[str, ...], rows: Mapping[str, Row]) -> None:
        """Hold `rows`, one for each rule of the register; `chain` runs from the region to the nation."""
        self.region = region
        self.chain = chain
        self.rows = rows
        self.plan = Plan(rows)
        self.pool = pool_of(self)
        self.minimum_fen = amount_fen(self, "retained_minimum") or 0

    def value(self, rule: str) -> Any:
        """Return the value of `rule`, or None where it is not in force, unknown or without limit."""
        return self.rows[rule].value


class PolicyBook:
    """The compiled rules. `digest` is the SHA-256 of the bundle that every settlement keeps."""

    def __init__(
        self, rows: Iterable[Row], sources: Mapping[str, Source], names: Mapping[str, str], digest: str
    ) -> None:
        """Index `rows`; they are taken to be checked (see `gongji.rules.bundle`)."""
        self.sources = dict(sources)
        self.names = dict(names)
        self.digest = digest
        self._rows: dict[str, dict[str, list[Row]]] = {}
        for row in rows:
            self._rows.setdefault(row.region, {}).setdefault(row.rule, []).append(row)
        self._by_id = {
            row.rule_id: row for rules in self._rows.values() for several in rules.values() for row in several
        }
        self._breaks: dict[tuple[str, ...], list[date]] = {}
        self._chains: dict[str, tuple[str, ...]] = {}
        self._days: dict[tuple[str, int], RegionDay] = {}
        self._found: dict[tuple[str, date], RegionDay] = {}

    @property
    def regions(self) -> list[str]:
        """Return the codes of the regions that have a file, the nation first."""
        return sorted(self.names)

    @property
    def rows(self) -> Iterator[Row]:
        """Yield every row of the book, region by region and rule by rule, by first day."""
        for region in self.regions:
            for rows in self._rows.get(region, {}).values():
                yield from rows

    def chain(self, region: str) -> tuple[str, ...]:
        """Return the files that speak for `region`, narrowest first: itself, its city, its province, the nation."""
        known = self._chains.get(region)
        if known is None:
            candidates = (region, region[:4] + "00", region[:2] + "0000", NATION)
            known = tuple(code for code in dict.fromkeys(candidates) if code in self.names)
            self._chains[region] = known
        return known

    def on(self, region: str, day: date) -> RegionDay:
        """Return all rules of `region` on `day`. Raise UnknownDayError before 1998-12-14."""
        found = self._found.get((region, day))
        if found is None:
            if len(self._found) >= _FOUND_MOST:
                self._found.clear()
            found = self._found[region, day] = self._on(region, day)
        return found

    def _on(self, region: str, day: date) -> RegionDay:
        chain = self.chain(region)
        breaks = self._breaks.get(chain)
        if breaks is None:
            breaks = self._breaks[chain] = self._changes(chain)
        stretch = bisect_right(breaks, day) - 1
        if stretch < 0:
            raise UnknownDayError(f"the policy book begins on {EPOCH}, and {day} lies before it")
        found = self._days.get((region, stretch))
        if found is None:
            rows = {rule: self._row(chain, rule, breaks[stretch]) for rule in RULES}
            found = self._days[region, stretch] = RegionDay(region, chain, rows)
        return found

    def row(self, rule_id: str) -> Row:
        """Return the row of that name. Raise KeyError when the book has none."""
        return self._by_id[rule_id]

    def history(self, region: str, rule: str) -> list[Row]:
        """Return the rows that speak for `rule` in `region` over time, each once, by first day."""
        chain = self.chain(region)
        found: list[Row] = []
        for day in self._changes(chain):
            row = self._row(chain, rule, day)
            if not found or found[-1] is not row:
                found.append(row)
        return found

    def _changes(self, chain: tuple[str, ...]) -> list[date]:
        days = {EPOCH}
        for code in chain:
            for rows in self._rows.get(code, {}).values():
                days.update(row.start for row in rows)
                days.update(row.end for row in rows if row.end is not None)
        return sorted(day for day in days if day >= EPOCH)

    def _row(self, chain: tuple[str, ...], rule: str, day: date) -> Row:
        for code in chain:
            for row in self._rows.get(code, {}).get(rule, ()):
                if row.start <= day and (row.end is None or day < row.end):
                    return row
        raise LookupError(f"no row of {rule} speaks on {day} for {chain[0]}")


def pool_of(rules: RegionDay) -> str:
    """Return the code of the pool 统筹区 that the region of `rules` belongs to."""
    pool = rules.value("pool")
    if pool is not None and pool.level == "province":
        return rules.region[:2] + "0000"
    return rules.region[:4] + "00"


def amount_fen(rules: RegionDay, rule: str) -> int | None:
    """Return the sum of an Amount rule in fen on that day; None where it or the figure it rests on is unknown."""
    amount = rules.value(rule)
    if amount is None:
        return None
    if amount.fen is not None:
        return int(amount.fen)
    figure = rules.value(amount.of)
    return None if figure is None else portion(int(figure.fen), int(amount.basis_points))
