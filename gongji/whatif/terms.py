"""The plan of a region-day as tables that columns are looked up in; nothing is decided here."""

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.bill import COMPONENTS, Component, Place, Visit
from gongji.domain.insured import Insurance, Insured, Work
from gongji.rules.benefits import Care, find_schedule
from gongji.rules.policybook import RegionDay
from gongji.rules.schema import Schedule
from gongji.whatif.columns import AGE_MOST, RELATIONS, WORDS, Bools, Codes, Ints

EVENTS: Final = (
    "outpatient", "inpatient", "own", "shared", "pot", "wallet", "relatives", "sharing", "pay_mode", "uses",
    "out_of_scope", "use_cap", "one_sharer", "own_not_empty", "minimum", "carry_over", "cap", "pot_empty", "refused",
)  # fmt: skip
"""What a bill may rest on, each a bit of its code of rules: first what paid, then why sharers were skipped."""
BIT: Final = {event: 1 << number for number, event in enumerate(EVENTS)}
INSIDE: Final = frozenset({Component.DEDUCTIBLE, Component.COPAY})
_EPOCH: Final = date(1970, 1, 1).toordinal()
_AGES: Final = AGE_MOST + 1
_DAY: Final = date(2000, 12, 31)
_CASES_OF_A_VISIT: Final = len(WORDS["insured"]) * len(WORDS["work"]) * _AGES * 3
CASE_BITS: Final = 16
NO_CELL: Final = -1
MOST_FEN: Final = 2**62
"""More than every sum of a year."""


class Block(Struct, frozen=True):
    """Neighbouring components of the personal part that the same pockets pay, in their order."""

    components: tuple[Component, ...]
    current: bool
    carry: bool
    shared: bool
    wallet: bool
    inside: bool


class ScheduleTable(Struct, frozen=True):
    """The schedules by cell: one for each schedule, level and ratio (in drugstores or not). `odd` names why not.

    `stop_fen` and `next_bp` are bands and ceiling in order, `stops` their number; the ceiling is the last.
    `least_stop_fen` is the first stop of all.
    """

    first_fen: Ints
    later_fen: Ints
    year_max_fen: Ints
    per_year: Bools
    ratio_bp: Ints
    stops: Ints
    stop_fen: Ints
    next_bp: Ints
    has_ceiling: Bools
    over_all: Bools
    above_bp: Ints
    strange: Bools
    odd: tuple[str, ...]
    least_stop_fen: int


class Terms(Struct, frozen=True):
    """All that columns need of one region-day: blocks of components, and tables to look words up in.

    `cells` gives the cell of a schedule by `case_of` and the stretch of retirement days, NO_CELL for none; `payable`
    and `limited` tell by `goods_of` what shared money may buy.
    """

    rules: RegionDay
    blocks: tuple[Block, ...]
    payable: Bools
    limited: Bools
    related: Bools
    table: ScheduleTable
    cells: Ints
    thresholds: Ints
    known: Bools
    rule_ids: dict[str, tuple[str, ...]]


def terms_of(rules: RegionDay) -> Terms:
    """Return the tables of a region-day."""
    plan = rules.plan
    schedules: list[Schedule] = []
    for rule in ("outpatient_benefits", "inpatient_benefits"):
        value = rules.rows[rule].value
        schedules += value.schedules if value is not None else ()
    ends = {day for one in schedules for day in (one.retired_before, one.retired_from) if day is not None}
    kinds = WORDS["kind"]
    payable = [
        [[kind in plan.kinds[Insurance(scheme)][Place(place)] for kind in kinds] for place in WORDS["place"]]
        for scheme in WORDS["insured"]
    ]
    limit = plan.use_cap
    limited = [limit is not None and kind in limit.kinds for kind in kinds]
    known = [rules.rows[_benefits(Visit(visit))].value is not None for visit in WORDS["visit"]]
    return Terms(
        rules=rules,
        blocks=_blocks(rules),
        payable=np.array(payable, bool).ravel(),
        limited=np.tile(np.array(limited, bool), len(WORDS["insured"]) * len(WORDS["place"])),
        related=np.array([*(plan.relatives is None or one in plan.relatives for one in RELATIONS), False], bool),
        table=_table(schedules),
        cells=_cells(rules, schedules, sorted(ends)),
        thresholds=np.array([day.toordinal() - _EPOCH for day in sorted(ends)], np.int64),
        known=np.repeat(np.array(known, bool), _CASES_OF_A_VISIT),
        rule_ids=_rule_ids(rules),
    )


def case_of(words: dict[str, Codes], age: Ints, level: Ints) -> npt.NDArray[np.int32]:
    """Return what a schedule goes by, in one number of CASE_BITS: visit, insurance, work, age and level."""
    case = words["visit"].astype(np.int32)
    for codes, several in ((words["insured"], len(WORDS["insured"])), (words["work"], len(WORDS["work"]))):
        case *= several
        case += codes
    case *= _AGES
    case += age.astype(np.int32)
    case *= 3
    case += level.astype(np.int32) - 1
    return case


def goods_of(words: dict[str, Codes]) -> npt.NDArray[np.int16]:
    """Return what the use of shared money goes by, in one number: insurance, place and kind of goods."""
    goods = words["insured"].astype(np.int16)
    for name in ("place", "kind"):
        goods *= len(WORDS[name])
        goods += words[name]
    return goods


def cells_of(terms: Terms, case: npt.NDArray[np.int32], retired_on: Ints) -> Ints:
    """Return the cell of each bill's schedule, NO_CELL where none fits."""
    if not len(terms.thresholds):
        simply: Ints = terms.cells[case]
        return simply
    retired = np.searchsorted(terms.thresholds, retired_on, side="right")
    found: Ints = terms.cells[case * (len(terms.thresholds) + 1) + retired]
    return found


def rules_behind(terms: Terms, code: int) -> tuple[str, ...]:
    """Return the rows that a code of rules stands for, each once."""
    used = [rule for event in EVENTS if code & BIT[event] for rule in terms.rule_ids[event]]
    return tuple(dict.fromkeys(used))


def day_of(number: int) -> date:
    """Return the day that is so many days after 1970-01-01."""
    return date.fromordinal(number + _EPOCH)


# Helpers


def _benefits(visit: Visit) -> str:
    return "inpatient_benefits" if visit is Visit.INPATIENT else "outpatient_benefits"


def _blocks(rules: RegionDay) -> tuple[Block, ...]:
    pays, counts = rules.plan.pays, rules.plan.counts_shared
    blocks: list[Block] = []
    for component in COMPONENTS:
        pockets = (pays.own_current_year, pays.own_carry_over, pays.shared, pays.wallet, INSIDE)
        flags = tuple(component in one and (one is not INSIDE or not counts) for one in pockets)
        block = Block((component,), *flags)
        if blocks and replace(blocks[-1], components=(component,)) == block:
            blocks[-1] = replace(block, components=(*blocks[-1].components, component))
        else:
            blocks.append(block)
    return tuple(blocks)


def _cells(rules: RegionDay, schedules: list[Schedule], ends: list[date]) -> Ints:
    """Return the cell of every case and stretch of retirement days: the rule itself chooses the schedule."""
    retirements = [*(date.fromordinal(end.toordinal() - 1) for end in ends), None]
    numbers = {id(schedule): number for number, schedule in enumerate(schedules)}
    ages = sorted({0, *(age for one in schedules for age in (one.age_from, one.age_below) if age is not None)})
    repeats = np.diff([*ages, _AGES])
    levels = np.arange(3)[:, None]
    cells = []
    for visit, scheme, work in product(WORDS["visit"], WORDS["insured"], WORDS["work"]):
        several = rules.plan.schedules[Visit(visit)][Insurance(scheme)]
        offset = 3 * len(schedules) if visit == Visit.DRUGSTORE else 0
        care = Care(visited_on=_DAY, visit=Visit(visit), level=1)
        for age, repeat in zip(ages, repeats, strict=True):
            person = Insured(person_id=0, insured=Insurance(scheme), region=rules.region, work=Work(work),
                             born=date(_DAY.year - age, 1, 1))  # fmt: skip
            found = [
                find_schedule(several, replace(person, retired_on=one), care) if several else None
                for one in retirements
            ]
            first = np.array([NO_CELL if one is None else offset + 3 * numbers[id(one)] for one in found], np.int64)
            of_levels = np.where(first == NO_CELL, NO_CELL, first + levels)
            cells.append(np.tile(of_levels.ravel(), repeat))
    return np.concatenate(cells)


def _table(schedules: list[Schedule]) -> ScheduleTable:
    most = max((len(_stops(one)) for one in schedules), default=0) or 1
    both = [(one, level, drugstore) for drugstore in (False, True) for one in schedules for level in range(3)]
    stop_fen = np.zeros((len(both), most), np.int64)
    next_bp = np.zeros((len(both), most), np.int64)
    for cell, (one, level, _) in enumerate(both):
        for place, (fen, ratios) in enumerate(_stops(one)):
            stop_fen[cell, place], next_bp[cell, place] = fen, ratios[level]
    stops = [_stops(one) for one, _, _ in both]

    def by_cell(value: Callable[[Schedule, int], int]) -> Ints:
        return np.array([value(one, level) for one, level, _ in both], np.int64)

    return ScheduleTable(
        first_fen=by_cell(lambda one, level: one.deductible_fen[level]),
        later_fen=by_cell(lambda one, level: (one.later_deductible_fen or one.deductible_fen)[level]),
        year_max_fen=by_cell(lambda one, _: _or_most(one.deductible_year_max_fen)),
        per_year=by_cell(lambda one, _: one.deductible_per == "year").astype(bool),
        ratio_bp=np.array([_ratio(*one) for one in both], np.int64),
        stops=np.array([len(several) for several in stops], np.int64),
        stop_fen=stop_fen,
        next_bp=next_bp,
        has_ceiling=by_cell(lambda one, _: one.ceiling == "fen" and one.ceiling_fen is not None).astype(bool),
        over_all=by_cell(lambda one, _: one.ceiling_over == "all").astype(bool),
        above_bp=by_cell(lambda one, _: one.above_bp or 0),
        strange=by_cell(lambda one, _: bool(_odd(one))).astype(bool),
        odd=tuple(_odd(one) for one, _, _ in both),
        least_stop_fen=min((several[0][0] for several in stops if several), default=MOST_FEN),
    )


def _ratio(schedule: Schedule, level: int, drugstore: bool) -> int:  # noqa: FBT001  # a column of the table
    return schedule.drugstore_bp if drugstore and schedule.drugstore_bp is not None else schedule.ratio_bp[level]


def _stops(schedule: Schedule) -> list[tuple[int, tuple[int, int, int]]]:
    stops = [(band.fund_above_fen, band.ratio_bp) for band in schedule.bands]
    if schedule.ceiling == "fen" and schedule.ceiling_fen is not None:
        stops.append((schedule.ceiling_fen, (0, 0, 0)))
    return sorted(stops, key=lambda stop: stop[0])


def _odd(schedule: Schedule) -> str:
    """Return what of a schedule columns cannot say, or nothing."""
    if schedule.burden_above_fen is not None:
        return "burden_above_fen: a layer by what the person has borne"
    if schedule.ceiling == "fen" and (not _stops(schedule) or any(_stops(schedule)[-1][1])):
        return "bands: one begins above the ceiling"
    if any(not ratio for stop in _stops(schedule)[:-1] for ratio in stop[1]):
        return "bands: one pays nothing"
    return ""


def _or_most(fen: int | None) -> int:
    return MOST_FEN if fen is None else fen


def _rule_ids(rules: RegionDay) -> dict[str, tuple[str, ...]]:
    plan, row = rules.plan, {rule: (rules.rows[rule].rule_id,) for rule in rules.rows}
    return {
        "outpatient": row["outpatient_benefits"],
        "inpatient": row["inpatient_benefits"],
        "own": plan.paid_by,
        "shared": plan.drawn_by,
        "pot": row["pot"],
        "wallet": plan.wallet_by,
        "relatives": row["relatives"],
        "sharing": row["sharing"],
        "pay_mode": row["pay_mode"],
        "uses": row["uses"],
        "out_of_scope": row["pays"],
        "use_cap": row["use_cap"],
        "one_sharer": row["one_sharer_per_settlement"],
        "own_not_empty": row["own_must_be_empty"],
        "minimum": row["retained_minimum"],
        "carry_over": row["carry_over_only"],
        "cap": row["cap"],
        "pot_empty": row["pot"],
        "refused": (),
    }
