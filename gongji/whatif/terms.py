"""The plans of region-days as tables that the kernel looks up in; nothing is decided here."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.bill import COMPONENTS, Component, Place, Visit
from gongji.domain.insured import Insurance, Insured, Work
from gongji.rules.benefits import Care, find_schedule
from gongji.rules.plan import Plan
from gongji.rules.policybook import RegionDay
from gongji.rules.schema import Schedule as Benefit
from gongji.whatif import kernel
from gongji.whatif.columns import AGE_MOST, RELATIONS, WORDS, Ints, number_of
from gongji.whatif.kernel import BIT, EVENTS, NO_CELL, NO_LIMIT
from gongji.whatif.tables import Rules

_INSIDE: Final = frozenset({Component.DEDUCTIBLE, Component.COPAY})
_NOTHING: Final[frozenset[Component]] = frozenset()
_DAY: Final = date(2000, 12, 31)
_LEVELS: Final = 3
_ORDERS: Final = {"balance": kernel.BY_BALANCE, "binding_last": kernel.BY_BINDING_LAST}


class Stacked(Struct, frozen=True):
    """Region-days as tables by their place in the list; `odd` tells by cell what only the single decision can share."""

    rules: Rules
    odd: tuple[str, ...]


def stacked(several: Sequence[RegionDay]) -> Stacked:
    """Return the tables of some region-days."""
    benefits = [one for rules in several for one in _benefits(rules)]
    ends = sorted({day for one in benefits for day in (one.retired_before, one.retired_from) if day is not None})
    numbers = {id(one): number for number, one in enumerate(benefits)}
    both = [(one, level, drugstore) for one in benefits for drugstore in (False, True) for level in range(_LEVELS)]
    known = [[rules.rows[_rule(Visit(one))].value is not None for one in WORDS["visit"]] for rules in several]
    tables = Rules(
        plan=np.array([_plan(rules) for rules in several], np.int64),
        pays=np.array([_pays(rules.plan) for rules in several], np.int64),
        use=np.array([_use(rules.plan) for rules in several], np.int64),
        cell=np.array([_cells(rules, numbers, ends) for rules in several], np.int64),
        retired=np.array([number_of(day) for day in ends], np.int64),
        known=np.array(known, bool),
        inpatient=np.array([one == Visit.INPATIENT for one in WORDS["visit"]], bool),
        schedules=_schedules(both),
    )
    return Stacked(tables, tuple(_odd(one) for one, _, _ in both))


def rules_behind(rules: RegionDay, code: int) -> tuple[str, ...]:
    """Return the rows that the bits of a code stand for, each once."""
    rule_ids = _rule_ids(rules)
    return tuple(dict.fromkeys(rule for event in EVENTS if code & BIT[event] for rule in rule_ids[event]))


# Helpers


def _rule(visit: Visit) -> str:
    return "inpatient_benefits" if visit is Visit.INPATIENT else "outpatient_benefits"


def _benefits(rules: RegionDay) -> list[Benefit]:
    values = [rules.rows[rule].value for rule in ("outpatient_benefits", "inpatient_benefits")]
    return [one for value in values if value is not None for one in value.schedules]


def _barred(plan: Plan) -> int:
    """Return why no sharer at all may pay, as a bit; 0 where they may."""
    if not plan.shares_freely:
        return BIT["sharing"]
    return BIT["pay_mode"] if plan.without_pay_mode else 0


def _limits(plan: Plan) -> int:
    """Return what a sharer's own limit is a limit of."""
    if plan.cap is None:
        return NO_LIMIT
    return kernel.ONE_PAYMENT if plan.cap.limits == "one_payment" else kernel.SEVERAL_PAYMENTS


def _plan(rules: RegionDay) -> list[int]:
    """Return the fields of a plan, in the kernel's order."""
    plan = rules.plan
    order = kernel.BY_BINDING if plan.order is None else _ORDERS.get(plan.order.by, kernel.BY_BINDING)
    goods_fen = 0 if plan.use_cap is None else plan.use_cap.fen_per_month
    related = [plan.relatives is None or relation in plan.relatives for relation in RELATIONS]
    flags = (plan.own_first, plan.own_must_be_empty, plan.pot, plan.carry_over_only)
    bits = sum(1 << number for number, one in enumerate(related) if one)
    return [*flags, rules.minimum_fen, order, plan.one_sharer, _barred(plan), _limits(plan), goods_fen, bits]


def _pays(plan: Plan) -> list[int]:
    """Return the bits of each component."""
    pays = plan.pays
    payers = {
        kernel.BY_CURRENT: pays.own_current_year,
        kernel.BY_CARRY: pays.own_carry_over,
        kernel.BY_SHARED: pays.shared,
        kernel.BY_WALLET: pays.wallet,
        kernel.UNCOUNTED: _NOTHING if plan.counts_shared else _INSIDE,
    }
    return [sum(bit for bit, components in payers.items() if one in components) for one in COMPONENTS]


def _use(plan: Plan) -> list[list[list[int]]]:
    """Return the bits of goods, by insurance, place and kind."""
    limited = frozenset() if plan.use_cap is None else plan.use_cap.kinds
    return [
        [
            [
                kernel.PAYABLE * (kind in plan.kinds[Insurance(scheme)][Place(place)])
                + kernel.LIMITED * (kind in limited)
                for kind in WORDS["kind"]
            ]
            for place in WORDS["place"]
        ]
        for scheme in WORDS["insured"]
    ]


def _cells(rules: RegionDay, numbers: dict[int, int], ends: list[date]) -> Ints:
    """Return the cell of every case and stretch of retirement days: the rule itself chooses the benefit."""
    retirements = [*(date.fromordinal(end.toordinal() - 1) for end in ends), None]
    benefits = _benefits(rules)
    ages = sorted({0, *(age for one in benefits for age in (one.age_from, one.age_below) if age is not None)})
    repeats = np.diff([*ages, AGE_MOST + 1])
    several = [len(WORDS[name]) for name in ("visit", "insured", "work")]
    cells = np.full((*several, AGE_MOST + 1, _LEVELS, len(retirements)), NO_CELL, np.int64)
    for visit, scheme, work in np.ndindex(*several):
        care = Care(visited_on=_DAY, visit=Visit(WORDS["visit"][visit]), level=1)
        person = Insured(person_id=0, insured=Insurance(WORDS["insured"][scheme]), region=rules.region,
                         work=Work(WORDS["work"][work]))  # fmt: skip
        mine = rules.plan.schedules[care.visit][person.insured]
        found = [
            [
                find_schedule(mine, replace(person, born=date(_DAY.year - age, 1, 1), retired_on=day), care)
                for day in retirements
            ]
            for age in ages
            if mine
        ]
        first = [[NO_CELL if one is None else _cell(numbers[id(one)], 0, care.visit) for one in row] for row in found]
        if first:
            of_ages = np.repeat(np.array(first, np.int64), repeats, axis=0)[:, None, :]
            cells[visit, scheme, work] = np.where(of_ages < 0, NO_CELL, of_ages + np.arange(_LEVELS)[:, None])
    return cells


def _cell(number: int, level: int, visit: Visit) -> int:
    return (2 * number + (visit is Visit.DRUGSTORE)) * _LEVELS + level


def _schedules(both: Sequence[tuple[Benefit, int, bool]]) -> Ints:
    """Return the schedules of some cells: the fields in the kernel's order, then the stops."""
    stops = [[number for fen, ratios in _stops(one) for number in (fen, ratios[level])] for one, level, _ in both]
    table = np.zeros((len(both), kernel.STOP + max(map(len, stops), default=0)), np.int64)
    for row, (one, level, drugstore), mine in zip(table, both, stops, strict=True):
        later_fen = (one.later_deductible_fen or one.deductible_fen)[level]
        year_max_fen = kernel.MOST_FEN if one.deductible_year_max_fen is None else one.deductible_year_max_fen
        ceiling = one.ceiling == "fen" and one.ceiling_fen is not None
        fields = (
            one.deductible_fen[level], later_fen, year_max_fen, one.deductible_per == "year",
            _ratio(one, level, drugstore), ceiling, one.ceiling_over == "all", one.above_bp or 0, bool(_odd(one)),
            len(mine) // 2,
        )  # fmt: skip
        row[: kernel.STOP + len(mine)] = *fields, *mine
    return table


def _ratio(schedule: Benefit, level: int, drugstore: bool) -> int:  # noqa: FBT001  # a column of the table
    return schedule.drugstore_bp if drugstore and schedule.drugstore_bp is not None else schedule.ratio_bp[level]


def _stops(schedule: Benefit) -> list[tuple[int, tuple[int, int, int]]]:
    stops = [(band.fund_above_fen, band.ratio_bp) for band in schedule.bands]
    if schedule.ceiling == "fen" and schedule.ceiling_fen is not None:
        stops.append((schedule.ceiling_fen, (0, 0, 0)))
    return sorted(stops, key=lambda stop: stop[0])


def _odd(schedule: Benefit) -> str:
    """Return what of a schedule columns cannot say, or nothing."""
    if schedule.burden_above_fen is not None:
        return "burden_above_fen: a layer by what the person has borne"
    if schedule.ceiling == "fen" and (not _stops(schedule) or any(_stops(schedule)[-1][1])):
        return "bands: one begins above the ceiling"
    if any(not ratio for stop in _stops(schedule)[:-1] for ratio in stop[1]):
        return "bands: one pays nothing"
    return ""


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
