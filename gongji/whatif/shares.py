"""The pooled share of one step of bills on int64 columns: what `gongji.rules.benefits` decides for one bill.

A bill has one line in the catalogue and one off it. What columns cannot say exactly (a bill that crosses two stops of
its schedule, a schedule named odd) is decided by `pooled_share` itself, one bill at a time.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np

from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Visit
from gongji.domain.insured import Insurance, Insured, Work
from gongji.domain.money import BASIS
from gongji.rules.benefits import Care, Share, pooled_share
from gongji.whatif.columns import NO_DAY, WORDS, Bills, Bools, Ints
from gongji.whatif.terms import MOST_FEN, NO_CELL, Terms, day_of


class Year(NamedTuple):
    """What the medical year has used up of each person before the bill, for this kind of care, and in all."""

    fund_fen: Ints
    fund_all_fen: Ints
    deductible_fen: Ints
    burden_fen: Ints
    stays: Ints


class Asked(NamedTuple):
    """One bill of each of some persons: the cell of its schedule, the fen in scope, and its row in the file."""

    cell: Ints
    in_scope_fen: Ints
    rows: Ints


def shares_of(terms: Terms, bills: Bills, asked: Asked, used: Year, told: Counter[str]) -> tuple[Ints, Ints]:
    """Return what the funds pay and the deductible, nothing where there is no schedule.

    `told` counts the bills decided one by one, by what is odd in them.
    """
    table, cell = terms.table, asked.cell
    in_scope_fen = np.where(cell == NO_CELL, 0, asked.in_scope_fen)
    deductible_fen = np.minimum(_deductible_left(terms, used, cell), in_scope_fen)
    cost_fen = in_scope_fen - deductible_fen
    fund_fen = cost_fen * table.ratio_bp[cell]
    fund_fen += BASIS // 2
    fund_fen //= BASIS
    odd = np.flatnonzero(table.strange[cell] & (cell != NO_CELL)) if table.strange.any() else _none()
    if table.least_stop_fen < MOST_FEN:
        far = np.flatnonzero(used.fund_all_fen + cost_fen >= table.least_stop_fen)
        if len(far):
            some = Year(*(column[far] for column in used))
            fund_fen[far], crossed = _through_stops(terms, some, cell[far], cost_fen[far])
            odd = np.union1d(odd, far[crossed])
    for place in odd.tolist():
        told[table.odd[cell[place]] or "bands: one bill crosses two"] += 1
        share = _share_of(terms, bills, asked, used, place)
        fund_fen[place], deductible_fen[place] = share.fund_fen, share.deductible_fen
    return np.minimum(fund_fen, in_scope_fen - deductible_fen), deductible_fen


# Helpers


def _none() -> Ints:
    return np.zeros(0, np.int64)


def _deductible_left(terms: Terms, used: Year, cell: Ints) -> Ints:
    table = terms.table
    whole_fen = table.first_fen[cell]
    if (table.later_fen != table.first_fen).any():
        whole_fen = np.where(used.stays > 0, table.later_fen[cell], whole_fen)
    left_fen = whole_fen - used.deductible_fen
    if (table.year_max_fen < MOST_FEN).any():
        left_fen = np.minimum(left_fen, table.year_max_fen[cell] - used.deductible_fen)
    if not table.per_year.all():
        left_fen = np.where(table.per_year[cell], left_fen, whole_fen)
    positive: Ints = np.maximum(left_fen, 0)
    return positive


def _through_stops(terms: Terms, used: Year, cell: Ints, cost_fen: Ints) -> tuple[Ints, Bools]:
    """Return what all layers pay where bands or a ceiling stand, and which bills cross two stops at once.

    Up to the stop the fund pays whole fen; the cost beyond it is a fraction over the ratio, so it is kept multiplied
    by that ratio until it is rounded.
    """
    table = terms.table
    ratio_bp, stops = table.ratio_bp[cell], table.stops[cell]
    used_fen = np.where(table.over_all[cell], used.fund_all_fen, used.fund_fen)
    several = np.arange(table.stop_fen.shape[1])
    passed = ((table.stop_fen[cell] <= used_fen[:, None]) & (several < stops[:, None])).sum(1)
    some = (passed > 0) & (ratio_bp > 0)
    ratio_bp = np.where(some, table.next_bp[cell, np.maximum(passed - 1, 0)], ratio_bp)
    at_ceiling = some & (passed == stops) & table.has_ceiling[cell]
    following = np.minimum(passed, len(several) - 1)
    room_fen = np.where(passed < stops, table.stop_fen[cell, following] - used_fen, 2**40)
    paid = cost_fen * ratio_bp
    crosses = paid > room_fen * BASIS
    over = np.where(crosses, paid - room_fen * BASIS, 0)  # the cost beyond, times the ratio up to the stop
    beyond_bp, above_bp = table.next_bp[cell, following], table.above_bp[cell]
    into_ceiling = crosses & (passed == stops - 1) & table.has_ceiling[cell]
    scale = 2 * BASIS * np.maximum(ratio_bp, 1)
    band_fen = (2 * over * beyond_bp + scale // 2) // scale + np.where(crosses, room_fen, 0)
    layer_fen = np.where(into_ceiling, (2 * over * above_bp + scale // 2) // scale, 0)
    layer_fen = np.where(at_ceiling, (2 * cost_fen * above_bp + BASIS) // (2 * BASIS), layer_fen)
    within_fen = np.where(crosses, band_fen, (2 * paid + BASIS) // (2 * BASIS))
    basic_fen = np.where(at_ceiling, 0, np.where(into_ceiling, room_fen, within_fen))
    end_fen = table.stop_fen[cell, np.minimum(passed + 1, len(several) - 1)] - used_fen - room_fen
    twice = crosses & (passed + 1 < stops) & (over * beyond_bp > end_fen * BASIS * ratio_bp)
    return np.minimum(basic_fen + layer_fen, cost_fen), twice


def _share_of(terms: Terms, bills: Bills, asked: Asked, used: Year, place: int) -> Share:
    """Return the share of one bill, by the rule itself."""
    row = int(asked.rows[place])
    day, retired_on = day_of(int(bills.day[row])), int(bills.retired_on[row])
    visit = Visit(WORDS["visit"][bills.words["visit"][row]])
    person = Insured(
        person_id=0,
        insured=Insurance(WORDS["insured"][bills.words["insured"][row]]),
        region=terms.rules.region,
        work=Work(WORDS["work"][bills.words["work"][row]]),
        retired_on=None if retired_on == NO_DAY else day_of(retired_on),
        born=day.replace(year=day.year - int(bills.age[row]), month=1, day=1),
    )
    care = Care(
        visited_on=day,
        visit=visit,
        level=int(bills.level[row]),
        used_fund_fen=int(used.fund_fen[place]),
        used_fund_all_fen=int(used.fund_all_fen[place]),
        used_deductible_fen=int(used.deductible_fen[place]),
        used_burden_fen=int(used.burden_fen[place]),
        stays_before=int(used.stays[place]),
    )
    line = FeeLine(int(asked.in_scope_fen[place]), FeeClass.A, FeeKind(WORDS["kind"][bills.words["kind"][row]]))
    share = pooled_share([line], person, care, terms.rules)
    if not isinstance(share, Share):
        raise TypeError(f"a schedule was found, but the rule refused: {share.reason}")
    return share
