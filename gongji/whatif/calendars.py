"""What each day is to a year of bills: its terms, its month, and the account year that it lies in."""

from collections.abc import Callable
from datetime import date

import numpy as np

from gongji.domain.periods import year_start
from gongji.rules.policybook import RegionDay
from gongji.whatif.columns import Ints, day_of


def year_of(rules: RegionDay, day: date) -> date:
    """Return the first day of the account year that `day` lies in."""
    terms = rules.plan.medical_year
    return date(day.year, 1, 1) if terms is None else year_start(day, month=terms.month, first_day=terms.day)


def days_of(first: int, last: int, rules_on: Callable[[date], tuple[int, RegionDay]]) -> tuple[int, Ints]:
    """Return `first` and the table of the days from it to `last`, counted from 1970-01-01, as the kernel reads it.

    `rules_on` gives the number of the rules of a day, and them.
    """
    table = np.zeros((last - first + 1, 4), np.int64)
    year, begins = 0, date.min
    for place in range(last - first + 1):
        day = day_of(first + place)
        number, rules = rules_on(day)
        if year_of(rules, day) != begins:
            year, begins = year + 1, year_of(rules, day)
        month = day.year * 12 + day.month
        begun = month - begins.year * 12 - begins.month + (begins.day == 1)
        table[place] = number, month, year, begun
    return first, table
