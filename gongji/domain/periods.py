"""Half-open stretches of time, ages, and the years that accounts run by. Nothing here reads a clock."""

from datetime import date, datetime

from msgspec import Struct


class Period(Struct, frozen=True):
    """From `start` (included) until `end` (excluded); no `end` means for ever."""

    start: date
    end: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


def age_on(born: date, day: date) -> int:
    """Return the completed years of age on `day`; someone born on 29 February ages on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def year_start(day: date, *, month: int, first_day: int = 1) -> date:
    """Return the first day of the account year that `day` lies in, for years that begin on that month and day."""
    begins = date(day.year, month, first_day)
    return begins if day >= begins else date(day.year - 1, month, first_day)


def same_month(one: datetime, other: datetime) -> bool:
    """Tell whether both lie in one calendar month."""
    return (one.year, one.month) == (other.year, other.month)
