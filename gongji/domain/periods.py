"""Ages, and the years that accounts run by. Nothing here reads a clock."""

from datetime import date


def age_on(born: date, day: date) -> int:
    """Return the completed years of age on `day`; someone born on 29 February ages on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def year_start(day: date, *, month: int, first_day: int = 1) -> date:
    """Return the first day of the account year that `day` lies in, for years that begin on that month and day."""
    begins = date(day.year, month, first_day)
    return begins if day >= begins else date(day.year - 1, month, first_day)
