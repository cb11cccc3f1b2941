"""The rules that were published in a data folder, for the commands that settle by them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gongji.channels.house import House
from gongji.services.policies.timetables import Timetable


@contextmanager
def published_rules(house: House, data: Path | None) -> Iterator[Timetable]:
    """Give the rules that were published in a data folder, the house's before that. Its database runs already."""
    with house.archive(data, _nothing) as archive:
        timetable = Timetable(house.book(), archive)
        timetable.look()
        yield timetable


# Helpers


def _nothing(_: str) -> None:
    """Say nothing."""
