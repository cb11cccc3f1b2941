"""Who gains and who loses: sums of two decided years, by groups of bills and of persons, chunk after chunk."""

from typing import Final

import numpy as np
from msgspec import Struct

from gongji.whatif.columns import WORDS, Bills, Ints
from gongji.whatif.kernel import BIT
from gongji.whatif.year import Decided

AGE_BANDS: Final = ((0, "0–17"), (18, "18–44"), (45, "45–59"), (60, "60–74"), (75, "75+"))
POCKETS: Final = ("fund_fen", "own_fen", "shared_fen", "wallet_fen", "cash_fen")
"""Who pays a bill, of RESULTS."""
GAINS: Final = ((1, "up to 100"), (100_01, "100 to 500"), (500_01, "500 to 1000"), (1000_01, "more than 1000"))
"""Steps of what a person pays less or more in cash in the year, in fen, with their names in yuan."""
_BILL_KEY: Final = (2, 3, len(AGE_BANDS), 3, len(WORDS["place"]))
_PERSON_KEY: Final = _BILL_KEY[:3]
_BANDS: Final = np.searchsorted([first for first, _ in AGE_BANDS], np.arange(200), side="right") - 1


class Totals:
    """The sums. Amounts are fen: first by today's rules, then by the reform's.

    `bills` are by insurance, work, age band, level and place: their number, and what each pocket pays. `persons` are by
    the first three: their number, gainers, losers, and what these pay less and more in cash. `steps` counts persons by
    how much less (second row: more) they pay.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.bills = np.zeros((*_BILL_KEY, 1 + 2 * len(POCKETS)), np.int64)
        self.persons = np.zeros((*_PERSON_KEY, 5), np.int64)
        self.steps = np.zeros((2, len(GAINS)), np.int64)
        self.refused = [0, 0]
        self.left_fen = np.zeros(2, np.int64)

    def add(self, bills: Bills, before: Decided, after: Decided) -> None:
        """Count a chunk of whole persons."""
        words = bills.words
        band = _BANDS[bills.age]
        person_key = np.ravel_multi_index((words["insured"], words["work"], band), _PERSON_KEY)
        key = (person_key * _BILL_KEY[3] + bills.level - 1) * _BILL_KEY[4] + words["place"]
        paid = np.stack([one.columns[name] for one in (before, after) for name in POCKETS], axis=1)
        _add_by_key(self.bills.reshape(-1, 1 + 2 * len(POCKETS)), key, paid)
        less_fen = before.cash_fen - after.cash_fen
        gained_fen, lost_fen = np.maximum(less_fen, 0), np.maximum(-less_fen, 0)
        counted = np.stack([gained_fen > 0, lost_fen > 0, gained_fen, lost_fen], axis=1)
        _add_by_key(self.persons.reshape(-1, 5), person_key[bills.starts], counted.astype(np.int64))
        edges = [first for first, _ in GAINS]
        for number, fen in enumerate((gained_fen, lost_fen)):
            steps = np.searchsorted(edges, fen[fen > 0], side="right") - 1
            self.steps[number] += np.bincount(steps, minlength=len(GAINS))
        for number, decided in enumerate((before, after)):
            self.refused[number] += int(np.count_nonzero(decided.columns["rules"] & BIT["refused"]))
            self.left_fen[number] += int(decided.left_fen.sum())


class Group(Struct, frozen=True):
    """A row of a table: a group, its number of units, and figures in the order of the table's columns."""

    name: str
    figures: tuple[int, ...]


class Table(Struct, frozen=True):
    """A table of the report: the columns after the group's own, and the groups."""

    name: str
    group: str
    columns: tuple[str, ...]
    rows: tuple[Group, ...]


def tables_of(totals: Totals) -> list[Table]:
    """Return the tables of the report, in its order."""
    names = {
        "insurance": (0, WORDS["insured"]),
        "work": (1, WORDS["work"]),
        "age": (2, tuple(name for _, name in AGE_BANDS)),
        "hospital_level": (3, ("1", "2", "3")),
        "place": (4, WORDS["place"]),
    }
    tables = [_pockets(totals), _steps(totals)]
    for name, (axis, groups) in names.items():
        only = slice(0, 1) if name == "work" else slice(None)  # work is a matter of employees, the first of the insured
        bills = totals.bills[only].sum(axis=tuple(other for other in range(5) if other != axis))
        persons = (
            totals.persons[only].sum(axis=tuple(other for other in range(3) if other != axis)) if axis < 3 else None
        )
        tables.append(_groups(name, groups, bills, persons))
    return tables


# Helpers


def _add_by_key(sums: Ints, key: Ints, columns: Ints) -> None:
    """Add rows of `columns` to the rows of `sums` that `key` names, and their number in front."""
    order = np.argsort(key.astype(np.int16), kind="stable")
    ordered = key[order]
    firsts = np.concatenate([[0], np.flatnonzero(np.diff(ordered)) + 1]) if len(key) else np.zeros(0, np.int64)
    if len(firsts):
        sums[ordered[firsts], 1:] += np.add.reduceat(columns[order], firsts, axis=0)
        sums[ordered[firsts], 0] += np.diff(np.append(firsts, len(key)))


def _pockets(totals: Totals) -> Table:
    sums = totals.bills.reshape(-1, 1 + 2 * len(POCKETS)).sum(0)[1:]
    before, after = sums[: len(POCKETS)], sums[len(POCKETS) :]
    rows = [
        Group(name.removesuffix("_fen"), (int(old), int(new), int(new - old)))
        for name, old, new in zip(POCKETS, before, after, strict=True)
    ]
    return Table("pocket", "pocket", ("before_fen", "after_fen", "change_fen"), tuple(rows))


def _steps(totals: Totals) -> Table:
    rows = [Group(name, (int(less), int(more))) for (_, name), less, more in zip(GAINS, *totals.steps, strict=True)]
    return Table("cash_of_a_person", "yuan a year", ("persons_pay_less", "persons_pay_more"), tuple(rows))


def _groups(name: str, groups: tuple[str, ...], bills: Ints, persons: Ints | None) -> Table:
    amounts = tuple(f"{pocket.removesuffix('_fen')}_change_fen" for pocket in POCKETS)
    columns: tuple[str, ...] = ("bills", "cash_before_fen", *amounts)
    if persons is not None:
        columns = (*columns, "persons", "gainers", "losers", "gained_fen", "lost_fen")
    rows = []
    for number, group in enumerate(groups):
        sums = bills[number].tolist()
        before, after = sums[1 : 1 + len(POCKETS)], sums[1 + len(POCKETS) :]
        changes = [new - old for old, new in zip(before, after, strict=True)]
        figures = [sums[0], before[-1], *changes, *(persons[number].tolist() if persons is not None else [])]
        if sums[0]:
            rows.append(Group(str(group), tuple(figures)))
    return Table(name, name.replace("_", " "), columns, tuple(rows))
