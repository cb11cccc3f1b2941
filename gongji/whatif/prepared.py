"""A chunk of bills laid out for the steps: what no rule changes is worked out once, in few and narrow columns."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from gongji.domain.bill import Component, Visit
from gongji.whatif.calendars import Days
from gongji.whatif.columns import WORDS, Bills, Ints
from gongji.whatif.terms import CASE_BITS, Block, case_of, goods_of

COMPUTED: Final = 1 << CASE_BITS
INPATIENT: Final = 2 << CASE_BITS
_INPATIENT: Final = WORDS["visit"].index(Visit.INPATIENT)
_STATIC: Final = (Component.FIRST_SELF_PAY, Component.OVER_LIMIT, Component.OFF_CATALOGUE)


class Stretch(NamedTuple):
    """Bills of days on which no rules change, from the laid out bill `begin` on, on `day` or later.

    `persons` are by falling number of bills: the first `sizes[0]` of them have one, the first `sizes[1]` a second one.
    """

    day: int
    begin: int
    persons: Ints | slice
    sizes: list[int]


class Prepared(NamedTuple):
    """Bills laid out: stretch after stretch, in each the first bills of all, then the second ones.

    `rows` are their places in the file, None where they lie as they were. `case` is what a schedule goes by, with the
    marks COMPUTED and INPATIENT above; `goods` what the use of shared money goes by. `inside_fen` is what lies in
    scope, or deductible and co-pay where they are given; `fund_fen` and `deductible_fen` are what is given, None where
    nothing is. `starts` and `counts` are the persons' first bills in the file, and numbers of bills.
    """

    rows: Ints | None
    stretches: list[Stretch]
    case: npt.NDArray[np.int32]
    goods: npt.NDArray[np.int16]
    inside_fen: Ints
    fund_fen: Ints | None
    deductible_fen: Ints | None
    static_fen: dict[Component, Ints]
    starts: Ints
    counts: Ints

    def laid(self, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return a column of the file in the order of these bills."""
        return column if self.rows is None else column.take(self.rows)


def prepare(bills: Bills, days: Sequence[Days]) -> Prepared:
    """Lay out the bills of whole persons, each one's bills by day, for all that have their days."""
    fen, split, starts = bills.fen, bills.split, bills.starts
    counts = np.diff(np.append(starts, len(bills)))
    case = case_of(bills.words, bills.age, bills.level)
    case |= (~split).astype(np.int32) << CASE_BITS
    case |= (bills.words["visit"] == _INPATIENT).astype(np.int32) << (CASE_BITS + 1)
    inside_fen, given = fen["in_scope_fen"], bool(split.any())
    if given:
        inside_fen = np.where(split, fen["deductible_fen"] + fen["copay_fen"], inside_fen)
    rows, stretches = _order(bills.day, starts, counts, days)
    laid = Prepared(rows, stretches, case, goods_of(bills.words), inside_fen, None, None, {}, starts, counts)
    return laid._replace(
        case=laid.laid(laid.case),
        goods=laid.laid(laid.goods),
        inside_fen=laid.laid(inside_fen),
        fund_fen=laid.laid(fen["fund_fen"] * split) if given else None,
        deductible_fen=laid.laid(fen["deductible_fen"] * split) if given else None,
        static_fen={component: laid.laid(fen[f"{component}_fen"]) for component in _STATIC},
    )


def due_of(prepared: Prepared, block: Block) -> Ints:
    """Return what is due of a block of each bill, before the funds pay; a column of one's own."""
    given_fen = 0 if prepared.deductible_fen is None else prepared.deductible_fen
    due_fen = np.zeros(len(prepared.case), np.int64)
    for component in block.components:
        if component in prepared.static_fen:
            due_fen += prepared.static_fen[component]
    if Component.COPAY in block.components:
        due_fen += prepared.inside_fen
    if (Component.DEDUCTIBLE in block.components) != (Component.COPAY in block.components):
        due_fen += given_fen if Component.DEDUCTIBLE in block.components else -given_fen
    return due_fen


def pieces(stretch: Stretch, at_once: int) -> Iterator[tuple[slice, slice]]:
    """Yield step after step, some bills at a time: their persons, among those of the stretch, and their places."""
    begin = stretch.begin
    for size in stretch.sizes:
        for first in range(0, size, at_once):
            last = min(first + at_once, size)
            yield slice(first, last), slice(begin + first, begin + last)
        begin += size


def places_of(prepared: Prepared, persons: Ints) -> dict[int, int]:
    """Return by row of the file where the bills of some persons are laid out."""
    wanted = np.zeros(len(prepared.case), bool)
    for first, count in zip(prepared.starts[persons], prepared.counts[persons], strict=True):
        wanted[first : first + count] = True
    places = np.flatnonzero(prepared.laid(wanted))
    rows = places if prepared.rows is None else prepared.rows[places]
    return dict(zip(rows.tolist(), places.tolist(), strict=True))


# Helpers


def _order(day: Ints, starts: Ints, counts: Ints, days: Sequence[Days]) -> tuple[Ints | None, list[Stretch]]:
    """Return the rows of the file in the order of the steps, None where they lie so, and the stretches."""
    if not len(day):
        return None, []
    first, last = int(day.min()), int(day.max())
    changes = np.zeros(last - first + 1, np.int64)
    for known in days:
        changes[1:] |= np.diff(known.table(first, last)[0][0]) != 0
    number = np.cumsum(changes)
    stretches: list[Stretch] = []
    rows: list[Ints] = []
    begin, done = 0, np.zeros(len(starts), np.int64)
    for one in range(int(number[-1]) + 1):
        mine = np.add.reduceat((number == one).take(day - first), starts, dtype=np.int64) if number[-1] else counts
        if mine.any():
            persons, sizes, several = _steps(starts + done, mine)
            stretches.append(Stretch(first + int(np.argmax(number == one)), begin, persons, sizes))
            rows += several
            begin += sum(sizes)
        done = done + mine
    if len(stretches) == 1 and len(stretches[0].sizes) == 1 and isinstance(stretches[0].persons, slice):
        return None, stretches
    return np.concatenate(rows), stretches


def _steps(starts: Ints, counts: Ints) -> tuple[Ints | slice, list[int], list[Ints]]:
    """Return persons by falling number of bills, how many have a first, a second …, and the rows of these."""
    most = int(counts.max())
    falling = bool((counts[1:] <= counts[:-1]).all())
    order = slice(None) if falling else np.argsort((most - counts).astype(np.int16), kind="stable")
    counts, begins = counts[order], starts[order]
    sizes = np.searchsorted(-counts, -np.arange(1, most + 1), side="right").tolist()
    rows = [begins[:size] + number for number, size in enumerate(sizes)]
    return slice(0, sizes[0]) if isinstance(order, slice) else order[: sizes[0]], sizes, rows
