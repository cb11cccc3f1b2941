"""When bills fall: the stretch of rules, the turn of the account year, the months to credit."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gongji.domain.periods import year_start
from gongji.rules.policybook import RegionDay
from gongji.whatif.columns import Bools, Ints
from gongji.whatif.terms import day_of

Marks = npt.NDArray[np.int32]


class When(NamedTuple):
    """When bills fall: what to credit first, whether the account year has turned, and who has a new month."""

    before_turn: Marks
    months: Marks
    turned: Bools
    new_month: Bools


def year_of(rules: RegionDay, day: date) -> date:
    """Return the first day of the account year that `day` lies in."""
    terms = rules.plan.medical_year
    return date(day.year, 1, 1) if terms is None else year_start(day, month=terms.month, first_day=terms.day)


class Days:
    """What each day is under the rules of a region: found once, and kept."""

    def __init__(self, rules_on: Callable[[int], RegionDay]) -> None:
        """Ask `rules_on` for the rules of a day, by its number."""
        self._rules_on = rules_on
        self._tables: dict[tuple[int, int], tuple[npt.NDArray[np.int16], list[RegionDay]]] = {}

    def table(self, first: int, last: int) -> tuple[npt.NDArray[np.int16], list[RegionDay]]:
        """Return for each day its stretch, month, account year and the months begun in that; and the stretches."""
        found = self._tables.get((first, last))
        if found is None:
            found = self._tables[first, last] = self._made(first, last)
        return found

    def _made(self, first: int, last: int) -> tuple[npt.NDArray[np.int16], list[RegionDay]]:
        stretches: list[RegionDay] = []
        table = np.zeros((4, last - first + 1), np.int16)
        year, begins = 0, date.min
        for place, number in enumerate(range(first, last + 1)):
            rules, day = self._rules_on(number), day_of(number)
            if not stretches or stretches[-1] is not rules:
                stretches.append(rules)
            if year_of(rules, day) != begins:
                year, begins = year + 1, year_of(rules, day)
            month = day.year * 12 + day.month
            table[:, place] = (
                len(stretches) - 1,
                month,
                year,
                month - begins.year * 12 - begins.month + (begins.day == 1),
            )
        return table, stretches


def marks_of(days: Ints, starts: Ints, known: Days) -> Marks:
    """Return of bills on these days, in one number: what `apart` takes apart again."""
    if len(starts) == len(days):
        return np.ones(len(days), np.int32)
    first, last = int(days.min()), int(days.max())
    table, _ = known.table(first, last)
    at = days - first
    months = _since_last(table[1].take(at), starts)
    since = months
    marks = (months > 0).astype(np.int32)
    marks[starts] = 1
    turned = _since_last(table[2].take(at), starts) != 0
    if turned.any():
        since = np.where(turned, np.minimum(table[3].take(at), months), months)
        marks |= (months - since).astype(np.int32) << 16
        marks |= turned.astype(np.int32) << 1
    marks |= since.astype(np.int32) << 2
    return marks


def apart(marks: Marks) -> When:
    """Return the months to credit before and since the turn of the account year, and two marks."""
    return When(marks >> 16, (marks >> 2) & 0x3FFF, (marks & 2).astype(bool), (marks & 1).astype(bool))


# Helpers


def _since_last(numbers: npt.NDArray[np.int16], starts: Ints) -> npt.NDArray[np.int16]:
    """Return how much each number has grown since the one before, nothing where a person begins."""
    grown = np.diff(numbers, prepend=numbers[:1])
    grown[starts] = 0
    return grown
