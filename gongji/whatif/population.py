"""A population that does not exist, fitted to published figures: whole numbers drawn from one seed, chunk by chunk.

What is published is in `PUBLISHED`, with its source; everything else is an assumption, named in `ASSUMED`.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from gongji.domain.bill import FeeKind, Place, Visit
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance, Work
from gongji.domain.money import yuan
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.whatif.columns import AMOUNTS, WORDS, Bools, Ints, columns_of, day_of, number_of
from gongji.whatif.kernel import NO_CELL
from gongji.whatif.terms import stacked

PEOPLE_AT_ONCE: Final = 20_000
SHARERS: Final = 2
_BULLETIN: Final = "国家医疗保障局, 2024年全国医疗保障事业发展统计公报"
_SHARING_2025: Final = "国家医疗保障局, figures of family sharing in 2025 (河北经济日报, 2026-01-31)"
_USES_2025: Final = "国家医疗保障局, figures of family sharing in January and February 2025 (2025-03-19)"


class Published(Struct, frozen=True):
    """A published figure: what it is of, the figure as two whole numbers, what they come to, and where it stands."""

    name: str
    over: int
    under: int
    unit: str
    reading: str
    source: str


PUBLISHED: Final = {
    "employees": Published("employee-insured of all insured", 37_948_34, 132_662_08, "share",
                           "37948.34万 of 132662.08万 at the end of 2024", _BULLETIN),
    "retired": Published("retired of the employee-insured", 10_457_50, 37_948_34, "share",
                         "10457.50万 of 37948.34万 at the end of 2024", _BULLETIN),
    "balance": Published("money in a personal account", 14_471_75 * 1_000_000, 35_435_02, "fen",
                         "14471.75亿 yuan in the accounts of 35435.02万 at the end of 2024", _BULLETIN),
    "credit": Published("credited to a personal account in a month", 6_390_01 * 1_000_000, 35_435_02 * 12, "fen",
                        "6390.01亿 yuan in 2024 for 35435.02万", _BULLETIN),
    "part": Published("personal part of a bill", 687_70 * 100, 4_64, "fen",
                      "687.7亿 yuan of sharing in 4.64亿 uses in 2025: the mean of a use", _SHARING_2025),
    "bills": Published("bills of a person in a year", 5_879_83 * 4_64 * 10_000_000, 35_435_02 * 687_70, "thousandths",
                       "5879.83亿 yuan paid out of accounts in 2024 for 35435.02万, over the mean of a use", _BULLETIN),
    "pharmacy": Published("bills at pharmacies", 4_43, 75_29 + 4_43, "share",
                          "4.43亿 yuan at pharmacies, 75.29亿 at institutions", _USES_2025),
}  # fmt: skip
"""The figures a population is fitted to."""
ASSUMED: Final = (
    "Sizes of bills, balances, credits and numbers of bills are skewed alike: sixteen equally likely steps up to 5.51.",
    "Those in service are 20 to 59 years old, the retired 55 to 90; of residents 25 % are children, 30 % 60 or older.",
    "Hospitals are of level 1, 2, 3 as 3 : 3 : 4. One hospital bill of a hundred is a stay, ten times as large.",
    "起付, co-pay, 先行自付, above the ceiling and off the catalogue are as 20 : 50 : 10 : 5 : 15.",
    "The fund pays as much as the person; where the region has a schedule, it is asked, with as much in scope.",
    "60 % of residents and 20 % of employees have a sharer, a third of those a second; their accounts are like all.",
    "A sharer is spouse, parent or child. Where the region has pots, each sets all aside that he may, once a month.",
)
"""What no published figure says, and a user should know."""
STEPS: Final = np.array([40, 90, 150, 210, 280, 350, 430, 520, 620, 740, 880, 1060, 1290, 1620, 2210, 5510], np.int64)
"""Sixteen equally likely sizes, in thousandths of the mean: together they come to sixteen means."""


def mean(name: str) -> int:
    """Return a published figure as a whole number of its unit (a share in basis points), half up."""
    one = PUBLISHED[name]
    scale = 10_000 if one.unit == "share" else 1
    return (2 * one.over * scale + one.under) // (2 * one.under)


def tables_of(book: PolicyBook, region: str, year: int, *, people: int, seed: int) -> Iterator[pa.Table]:
    """Yield the bills of `people` in that year, chunk by chunk; the same seed makes the same bills."""
    for first in range(0, people, PEOPLE_AT_ONCE):
        drawn = np.random.default_rng([seed, first])
        yield _chunk(book, region, year, drawn, np.arange(first, min(people, first + PEOPLE_AT_ONCE)))


def write_population(
    book: PolicyBook, region: str, year: int, out: Path, *, people: int, seed: int, told: Callable[[], None]
) -> list[str]:
    """Write the file, and return a line for each published figure with the file's own beside it.

    `told` is called after each PEOPLE_AT_ONCE persons.
    """
    sums: Counter[str] = Counter()
    writer = None
    try:
        for table in tables_of(book, region, year, people=people, seed=seed):
            writer = writer or pq.ParquetWriter(out, table.schema, compression="zstd")
            writer.write_table(table)
            sums.update(_sums(table))
            told()
    finally:
        if writer is not None:
            writer.close()
    return [_fitted(name, one, sums) for name, one in PUBLISHED.items()]


# Helpers


def _sums(table: pa.Table) -> dict[str, int]:
    """Return what a chunk adds to both sides of each published figure."""
    person = table.column("person").to_numpy()
    first = np.concatenate([[0], np.flatnonzero(np.diff(person)) + 1])
    people = table.take(first)
    employee = pc.equal(people.column("insured").cast(pa.string()), str(Insurance.EMPLOYEE)).to_numpy()
    retired = pc.equal(people.column("work").cast(pa.string()), str(Work.RETIRED)).to_numpy()
    given = table.column("split").to_numpy()
    parts = ("deductible_fen", "copay_fen", "first_self_pay_fen", "over_limit_fen", "off_catalogue_fen")
    pharmacy = pc.equal(table.column("place").cast(pa.string()), str(Place.PHARMACY)).to_numpy()
    own = {name: people.column(f"own_{name}_fen").to_numpy() for name in ("current", "carry", "credit")}
    several: dict[str, tuple[Any, Any]] = {
        "employees": (employee.sum(), len(people)),
        "retired": (retired.sum(), employee.sum()),
        "balance": (own["current"].sum() + own["carry"].sum(), employee.sum()),
        "credit": (own["credit"].sum(), employee.sum()),
        "part": (sum(table.column(part).to_numpy()[given].sum() for part in parts), given.sum()),
        "bills": (1000 * len(table), len(people)),
        "pharmacy": (pharmacy.sum(), len(table)),
    }
    return {
        f"{name}/{side}": int(value) for name, both in several.items() for side, value in zip("ou", both, strict=True)
    }


def _fitted(name: str, one: Published, sums: Counter[str]) -> str:
    over, under = sums[f"{name}/o"], sums[f"{name}/u"]
    here = _shown(one.unit, over, under) if under else "none in this file"
    return f"{one.name}: published {_shown(one.unit, one.over, one.under)}, here {here} ({one.reading}; {one.source})"


def _shown(unit: str, over: int, under: int) -> str:
    if unit == "share":
        hundredths = (2 * over * 10_000 + under) // (2 * under)
        return f"{hundredths // 100}.{hundredths % 100:02d} %"
    whole = (2 * over + under) // (2 * under)
    return f"{yuan(whole)} yuan" if unit == "fen" else f"{whole // 1000}.{whole % 1000:03d}"


def _chunk(book: PolicyBook, region: str, year: int, drawn: np.random.Generator, people: Ints) -> pa.Table:
    person_words, age = _people(drawn, len(people))
    employee = person_words["insured"] == WORDS["insured"].index(Insurance.EMPLOYEE)
    counts = _whole(drawn, mean("bills"), len(people), most=300)
    owner = np.repeat(np.arange(len(people)), counts)
    first = number_of(date(year, 1, 1))
    day = first + drawn.integers(0, (date(year + 1, 1, 1) - date(year, 1, 1)).days, len(owner))
    day = day[np.lexsort((day, owner))]
    words = {name: codes[owner] for name, codes in person_words.items()} | _care(drawn, len(owner))
    split = _unknown_to(book, region, words, age[owner], day)
    fen = _bill_amounts(drawn, words["visit"], split)
    for name, purse in _purse(drawn, employee, "own_").items():
        fen[name] = purse[owner]
    columns: dict[str, pa.Array] = {
        "person": people[owner] + 1,
        "age": age[owner].astype(np.int16),
        "level": drawn.choice(np.array([1, 1, 1, 2, 2, 2, 3, 3, 3, 3], np.int8), len(owner)),
        "day": pa.array(day.astype(np.int32), pa.int32()).cast(pa.date32()),
        "split": split,
        **{name: _spelled(codes, WORDS[name]) for name, codes in words.items()},
        **fen,
        **_sharers(drawn, employee, owner),
    }
    return pa.table({name: columns[name] for name in columns_of(SHARERS)})


def _people(drawn: np.random.Generator, people: int) -> tuple[dict[str, Ints], Ints]:
    employee = drawn.integers(0, 10_000, people) < mean("employees")
    retired = employee & (drawn.integers(0, 10_000, people) < mean("retired"))
    child, old = drawn.integers(0, 100, people) < 25, drawn.integers(0, 75, people) < 30
    resident_age = np.where(
        child,
        drawn.integers(0, 18, people),
        np.where(old, drawn.integers(60, 91, people), drawn.integers(18, 60, people)),
    )
    worker_age = np.where(retired, drawn.integers(55, 91, people), drawn.integers(20, 60, people))
    insured, work = WORDS["insured"], WORDS["work"]
    words = {
        "insured": np.where(employee, insured.index(Insurance.EMPLOYEE), insured.index(Insurance.RESIDENT)),
        "work": np.where(retired, work.index(Work.RETIRED), work.index(Work.IN_SERVICE)),
    }
    return words, np.where(employee, worker_age, resident_age)


def _care(drawn: np.random.Generator, bills: int) -> dict[str, Ints]:
    pharmacy = drawn.integers(0, 10_000, bills) < mean("pharmacy")
    stay = drawn.integers(0, 100, bills) < 1
    place, visit, kind = (WORDS[name].index for name in ("place", "visit", "kind"))
    at_hospital = np.where(stay, visit(Visit.INPATIENT), visit(Visit.OUTPATIENT))
    treated = np.where(drawn.integers(0, 2, bills) < 1, kind(FeeKind.DRUG), kind(FeeKind.TREATMENT))
    return {
        "place": np.where(pharmacy, place(Place.PHARMACY), place(Place.HOSPITAL)),
        "visit": np.where(pharmacy, visit(Visit.DRUGSTORE), at_hospital),
        "kind": np.where(pharmacy, kind(FeeKind.DRUG), treated),
    }


def _unknown_to(book: PolicyBook, region: str, words: dict[str, Ints], age: Ints, day: Ints) -> Bools:
    """Tell of which bills the region has no schedule: their split is in the file, as from an outside core."""
    split = np.ones(len(day), bool)
    rules: dict[int, tuple[RegionDay, list[int]]] = {}
    for number in np.flatnonzero(np.bincount(day)).tolist():
        found = book.on(region, day_of(number))
        rules.setdefault(id(found), (found, []))[1].append(number)
    for found, days in rules.values():
        some = np.isin(day, days)
        case = (words["visit"][some], words["insured"][some], words["work"][some], age[some])
        split[some] = stacked([found]).rules.cell[0][(*case, 0, -1)] == NO_CELL
    return split


def _bill_amounts(drawn: np.random.Generator, visit: Ints, split: Bools) -> dict[str, Ints]:
    """Return the parts of each bill; stays are ten times as large, so that all bills keep the mean."""
    stay = visit == WORDS["visit"].index(Visit.INPATIENT)
    whole = _sized(drawn, mean("part") * 1000 // 1085, len(visit)) * np.where(stay, 10, 1)
    fen: dict[str, Ints] = {name: np.zeros(len(visit), np.int64) for name in AMOUNTS}
    for name, hundredths in (("deductible", 20), ("copay", 50), ("first_self_pay", 10), ("over_limit", 5)):
        fen[f"{name}_fen"] = whole * hundredths // 100
    fen["off_catalogue_fen"] = whole - sum(fen.values())
    fen["in_scope_fen"] = np.where(split, 0, fen["deductible_fen"] + fen["copay_fen"] + whole)
    for name in ("deductible_fen", "copay_fen"):
        fen[name] = np.where(split, fen[name], 0)
    fen["fund_fen"] = np.where(split, whole, 0)
    return fen


def _purse(drawn: np.random.Generator, account: Bools, prefix: str) -> dict[str, Ints]:
    """Return the pockets of an account at the beginning of the year; a quarter of it is this year's money."""
    balance_fen = _sized(drawn, mean("balance"), len(account)) * account
    return {
        f"{prefix}current_fen": balance_fen // 4,
        f"{prefix}carry_fen": balance_fen - balance_fen // 4,
        f"{prefix}credit_fen": _sized(drawn, mean("credit"), len(account)) * account,
    }


def _sharers(drawn: np.random.Generator, employee: Bools, owner: Ints) -> dict[str, pa.Array]:
    people = len(employee)
    there = drawn.integers(0, 100, people) < np.where(employee, 20, 60)
    columns: dict[str, pa.Array] = {}
    for number in range(1, SHARERS + 1):
        relation = drawn.integers(0, 3, people)
        words = (Relation.SPOUSE, Relation.PARENT, Relation.CHILD)
        columns[f"s{number}_relation"] = _spelled(np.where(there, relation, -1)[owner], words)
        purse = _purse(drawn, there, f"s{number}_")
        columns |= {name: fen[owner] for name, fen in purse.items()}
        columns[f"s{number}_pot_fen"] = np.zeros(len(owner), np.int64)
        columns[f"s{number}_cap_fen"] = pa.nulls(len(owner), pa.int64())
        there = there & (drawn.integers(0, 3, people) < 1)
    return columns


def _spelled(codes: Ints, words: tuple[str, ...]) -> pa.DictionaryArray:
    numbers = pa.array(codes.astype(np.int8), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(numbers, pa.array([str(word) for word in words]))


def _sized(drawn: np.random.Generator, average: int, several: int) -> Ints:
    """Return amounts with that mean: a step, and up to half of it more or less."""
    steps: npt.NDArray[np.int64] = STEPS[drawn.integers(0, len(STEPS), several)]
    amounts: Ints = average * steps // 1000 * drawn.integers(500, 1501, several) // 1000
    return amounts


def _whole(drawn: np.random.Generator, thousandths: int, several: int, *, most: int) -> Ints:
    """Return numbers from 1 on whose mean is about so many thousandths, rounded up as often as the rest says."""
    amounts = thousandths * STEPS[drawn.integers(0, len(STEPS), several)] // 1000
    numbers: Ints = np.clip((amounts + drawn.integers(0, 1000, several)) // 1000, 1, most)
    return numbers
