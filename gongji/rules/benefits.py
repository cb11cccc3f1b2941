"""待遇: what the pooled funds pay of a bill, and which components stay with the person."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import Struct

from gongji.domain.bill import COMPONENTS, Component, FeeClass, FeeKind, FeeLine, Parts, Visit
from gongji.domain.insured import Insured, Work
from gongji.domain.money import BASIS, portion
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.grounds import ground
from gongji.rules.policybook import RegionDay
from gongji.rules.schema import Schedule

# Members under names of their own: this Python takes longer to read one through its class than to compare it.
_C: Final = FeeClass.C
_INPATIENT: Final = Visit.INPATIENT
_DRUGSTORE: Final = Visit.DRUGSTORE
_RETIRED: Final = Work.RETIRED

_PLACE: Final = {component: place for place, component in enumerate(COMPONENTS)}

Cell = tuple[Component, FeeKind, int]
"""So many fen of one component for one kind of goods."""
Split = tuple[FeeKind, int, int, int, int]
"""A fee line as its kind and the fen in scope, 先行自付, above the price ceiling and off the catalogue."""


class Care(Struct, frozen=True, kw_only=True, gc=False):
    """What benefits depend on besides the person. `used_*` are this medical year's sums before the bill, in fen.

    `visited_on` is the day whose rules decide; `stays_before` the hospital stays of this medical year before this one.
    Care that is not `ordinary` has no schedule.
    """

    visited_on: date
    visit: Visit
    level: int
    at_home: bool = True
    used_fund_fen: int = 0
    used_fund_all_fen: int = 0
    used_deductible_fen: int = 0
    used_visit_deductible_fen: int = 0
    used_burden_fen: int = 0
    stays_before: int = 0
    ordinary: bool = True


class Share(Struct, frozen=True, kw_only=True, gc=False):
    """The pooled share: what each fund pays, and the personal part in cells, in the order of the components.

    `later_stay` tells that the deductible is that of a hospital stay which is not the first of its medical year.
    """

    layers: tuple[tuple[str, int], ...] = ()
    cells: tuple[Cell, ...] = ()
    in_scope_fen: int = 0
    deductible_fen: int = 0
    ratio_bp: int = 0
    later_stay: bool = False
    rule_ids: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def fund_fen(self) -> int:
        """Return what all funds pay together."""
        fund_fen = 0
        for _, amount_fen in self.layers:
            fund_fen += amount_fen
        return fund_fen

    @property
    def parts(self) -> Parts:
        """Return the personal part by component."""
        fens = [0] * len(COMPONENTS)
        for component, _, fen in self.cells:
            fens[_PLACE[component]] += fen
        return Parts(*fens)


def pooled_share(lines: Sequence[FeeLine], patient: Insured, care: Care, rules: RegionDay) -> Share | Refused:
    """Return what the funds pay of `lines`, rounded half a fen up once for each fund.

    `rules` are the insured place's on the day of the visit. Refused as BENEFITS_UNKNOWN where the book has no
    schedule for that person and visit and something lies inside the catalogue (or has no schedule at all).
    """
    row = rules.rows["inpatient_benefits" if care.visit is _INPATIENT else "outpatient_benefits"]
    split, scope_points = split_lines(lines)
    in_scope_fen = _rounded_scope(scope_points)
    schedule = None
    if care.ordinary:
        schedule = find_schedule(rules.plan.schedules[care.visit][patient.insured], patient, care)
    if row.value is None or (schedule is None and in_scope_fen):
        return Refused(Refusal.BENEFITS_UNKNOWN, ground(row, care.visited_on, rules.region))
    if schedule is None:
        return Share(cells=cells_of(split, 0, 0), rule_ids=(row.rule_id,))
    unknown: list[str] = []
    deductible_fen = min(_deductible_left(schedule, care), in_scope_fen)
    ratio_bp = _ratio(schedule, care, patient, rules, unknown)
    cost_points = max(0, scope_points - deductible_fen * BASIS)
    layers = _within(_layers(schedule, cost_points, in_scope_fen, ratio_bp, care), in_scope_fen - deductible_fen)
    if schedule.ceiling == "unknown":
        unknown.append(row.rule_id)
    fund_fen = 0
    for _, amount_fen in layers:
        fund_fen += amount_fen
    return Share(
        layers=layers,
        cells=cells_of(split, deductible_fen, fund_fen),
        in_scope_fen=in_scope_fen,
        deductible_fen=deductible_fen,
        ratio_bp=ratio_bp,
        later_stay=_later_deductible(schedule, care) is not None,
        rule_ids=(row.rule_id,),
        unknown=tuple(unknown),
    )


def split_lines(lines: Sequence[FeeLine]) -> tuple[list[Split], int]:
    """Return each line as kind and fen in scope, 先行自付, above the ceiling, off the catalogue; and the exact scope.

    The four parts of a line add up to it. The scope of all lines is given in basis points of a fen: rounding waits
    for the fund's total, so a line's part is the growth of the rounded running sum, not a sum of roundings.
    """
    split: list[Split] = []
    scope_points = 0
    scope_fen = 0
    for line in lines:
        if line.fee_class is _C:
            split.append((line.kind, 0, 0, 0, line.amount_fen))
            continue
        priced_fen = line.amount_fen - line.over_limit_fen
        if line.first_self_pay_fen is None:
            scope_points += priced_fen * (BASIS - line.first_self_pay)
        else:
            scope_points += (priced_fen - line.first_self_pay_fen) * BASIS
        in_scope_fen = _rounded_scope(scope_points) - scope_fen
        scope_fen += in_scope_fen
        split.append((line.kind, in_scope_fen, priced_fen - in_scope_fen, line.over_limit_fen, 0))
    return split, scope_points


def find_schedule(schedules: Sequence[Schedule], patient: Insured, care: Care) -> Schedule | None:
    """Return the first schedule that fits the person and the visit."""
    age = patient.age(care.visited_on)
    for schedule in schedules:
        if (
            schedule.scheme is patient.insured
            and (schedule.work is None or patient.work in schedule.work)
            and (schedule.age_from is None or age >= schedule.age_from)
            and (schedule.age_below is None or age < schedule.age_below)
            and _fits_visit(schedule, care.visit)
            and _fits_record(schedule, patient)
        ):
            return schedule
    return None


def cells_of(split: Sequence[Split], deductible_fen: int, fund_fen: int) -> tuple[Cell, ...]:
    """Return the personal part in cells: deductible from the first lines on, the fund's share spread over the rest."""
    sums: tuple[dict[FeeKind, int], ...] = ({}, {}, {}, {}, {})
    eligible_fen = -deductible_fen
    for line in split:
        eligible_fen += line[1]
    passed_fen = 0
    covered_fen = 0
    for kind, in_scope, first, over, off in split:
        deducted = min(deductible_fen, in_scope) if deductible_fen else 0
        deductible_fen -= deducted
        passed_fen += in_scope - deducted
        covered = fund_fen * passed_fen // eligible_fen - covered_fen if eligible_fen else 0
        covered_fen += covered
        for number, amount_fen in enumerate((deducted, in_scope - deducted - covered, first, over, off)):
            if amount_fen:
                kinds = sums[number]
                kinds[kind] = kinds.get(kind, 0) + amount_fen
    cells: list[Cell] = []
    for number, kinds in enumerate(sums):
        for kind in kinds:
            cells.append((COMPONENTS[number], kind, kinds[kind]))  # noqa: PERF401  # a comprehension costs a call here
    return tuple(cells)


# Helpers


def _rounded_scope(scope_points: int) -> int:
    """Return the scope of some lines, given in basis points of a fen, as fen, half a fen up."""
    return (2 * scope_points + BASIS) // (2 * BASIS)


def _fits_visit(schedule: Schedule, visit: Visit) -> bool:
    if visit is _DRUGSTORE:
        return schedule.drugstore_bp is not None
    return visit in schedule.visits or visit is _INPATIENT


def _fits_record(schedule: Schedule, patient: Insured) -> bool:
    """Tell whether the day of retirement, the months of enrolment and the tier fit; retired without a day is recent."""
    if schedule.retired_before is not None or schedule.retired_from is not None:
        retired = patient.retired_on or date.max
        too_late = schedule.retired_before is not None and retired >= schedule.retired_before
        too_early = schedule.retired_from is not None and retired < schedule.retired_from
        if patient.work is not _RETIRED or too_late or too_early:
            return False
    return (
        (schedule.months_over is None or patient.enrolled_months > schedule.months_over)
        and (schedule.months_up_to is None or patient.enrolled_months <= schedule.months_up_to)
        and (schedule.tier is None or schedule.tier == patient.tier)
    )


def _deductible_left(schedule: Schedule, care: Care) -> int:
    whole_fen = (_later_deductible(schedule, care) or schedule.deductible_fen)[care.level - 1]
    if schedule.deductible_per == "visit":
        return max(0, whole_fen - care.used_visit_deductible_fen)
    left_fen = whole_fen - care.used_deductible_fen
    if schedule.deductible_year_max_fen is not None:
        left_fen = min(left_fen, schedule.deductible_year_max_fen - care.used_deductible_fen)
    return max(0, left_fen)


def _later_deductible(schedule: Schedule, care: Care) -> tuple[int, int, int] | None:
    """Return the deductibles of a later stay, where this is one and they differ from those of the first."""
    return schedule.later_deductible_fen if care.visit is _INPATIENT and care.stays_before else None


def _ratio(schedule: Schedule, care: Care, patient: Insured, rules: RegionDay, unknown: list[str]) -> int:
    if care.visit is _DRUGSTORE and schedule.drugstore_bp is not None:
        return schedule.drugstore_bp
    ratio_bp = schedule.ratio_bp[care.level - 1]
    if care.at_home or patient.filed_away:
        return ratio_bp
    away = rules.rows["benefits_away"]
    if away.value is None:
        if away.state == "unknown":
            unknown.append(away.rule_id)
        return ratio_bp
    return max(0, ratio_bp - int(away.value.unfiled_less_bp))


def _layers(
    schedule: Schedule, cost_points: int, in_scope_fen: int, ratio_bp: int, care: Care
) -> tuple[tuple[str, int], ...]:
    basic, rest = _basic(schedule, cost_points, ratio_bp, care)
    layers = [("basic", _rounded(basic))]
    if schedule.above_bp is not None and rest:
        layers.append((schedule.layer, _rounded(rest * schedule.above_bp)))
    if schedule.burden_above_fen is not None and schedule.burden_ratio_bp is not None:
        borne_fen = in_scope_fen - layers[0][1]
        from_fen = max(schedule.burden_above_fen, care.used_burden_fen)
        excess_fen = max(0, care.used_burden_fen + borne_fen - from_fen)
        used_fen = max(0, care.used_fund_fen - (schedule.ceiling_fen or 0))
        left_fen = max(0, (schedule.burden_ceiling_fen or excess_fen + used_fen) - used_fen)
        layers.append((schedule.layer, min(left_fen, portion(excess_fen, schedule.burden_ratio_bp[care.level - 1]))))
    return tuple(layers)


def _within(layers: tuple[tuple[str, int], ...], eligible_fen: int) -> tuple[tuple[str, int], ...]:
    """Return the layers, together never more than what lies in scope beyond the deductible; empty ones left out."""
    kept = []
    for name, wanted_fen in layers:
        amount_fen = min(wanted_fen, eligible_fen)
        eligible_fen -= amount_fen
        if amount_fen:
            kept.append((name, amount_fen))
    return tuple(kept)


def _basic(schedule: Schedule, cost_points: int, ratio_bp: int, care: Care) -> tuple[Fraction | int, Fraction | int]:
    """Return what the basic fund pays, exactly, and the cost left once its ceiling is reached.

    Cost is in basis points of a fen, what is paid in basis points of those. Whole numbers suffice until a band or
    the ceiling cuts a bill in two; from there on the cost may be a fraction.
    """
    if schedule.ceiling != "fen" and not schedule.bands:
        return cost_points * ratio_bp, 0
    used_fen = care.used_fund_all_fen if schedule.ceiling_over == "all" else care.used_fund_fen
    stops = [(band.fund_above_fen, band.ratio_bp[care.level - 1]) for band in schedule.bands]
    if schedule.ceiling == "fen" and schedule.ceiling_fen is not None:
        stops.append((schedule.ceiling_fen, 0))
    paid: Fraction | int = 0
    cost: Fraction | int = cost_points
    for stop_fen, next_bp in sorted(stops) if len(stops) > 1 else stops:
        room = max(0, (stop_fen - used_fen) * _SQUARE - paid)
        if cost * ratio_bp <= room:
            return paid + cost * ratio_bp, 0
        paid += room
        cost -= Fraction(room) / ratio_bp if room else 0
        ratio_bp = next_bp
    if schedule.ceiling == "fen":
        return paid, cost
    return paid + cost * ratio_bp, 0


_SQUARE: Final = BASIS * BASIS


def _rounded(paid: Fraction | int) -> int:
    """Return an exact payment as fen, half a fen up."""
    return int((2 * paid + _SQUARE) // (2 * _SQUARE))
