"""The population file: a row for each bill, with its person, his pockets and up to some sharers; read and checked.

Amounts are int64 fen. Words are those of the house (`employee`, `hospital`); in memory they are their numbers in
`WORDS`. Pockets, credits and sharers are taken from a person's first bill, insurance and age from each bill.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from gongji.domain.bill import FeeKind, Place, Visit
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance, Work

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

_EPOCH: Final = date(1970, 1, 1).toordinal()
AGE_MOST: Final = 120
AMOUNT_MOST_FEN: Final = 10**10
"""A hundred million yuan: products with two ratios then stay within 64 bits."""

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "insured": (Insurance.EMPLOYEE, Insurance.RESIDENT),
    "work": tuple(Work),
    "place": tuple(Place),
    "visit": tuple(Visit),
    "kind": tuple(FeeKind),
}
RELATIONS: Final = tuple(Relation)
AMOUNTS: Final = (
    "fund_fen", "deductible_fen", "copay_fen", "in_scope_fen", "first_self_pay_fen", "over_limit_fen",
    "off_catalogue_fen", "own_current_fen", "own_carry_fen", "own_wallet_fen", "own_credit_fen",
)  # fmt: skip
SHARER_AMOUNTS: Final = ("current_fen", "carry_fen", "pot_fen", "credit_fen")
COUNTS: Final = ("person", "age", "level")
REQUIRED: Final = ("person", *WORDS, "age", "level", "day", "split", *AMOUNTS)
NO_CAP: Final = -1
NO_DAY: Final = 2**30
"""Later than every day that a date column can hold a person's retirement on."""


class PopulationError(ValueError):
    """The population file cannot be used. `problems` has one line each, naming file and column."""

    def __init__(self, problems: list[str]) -> None:
        """Hold the problems, and show them all."""
        super().__init__("\n".join(problems))
        self.problems = problems


class Sharer(Struct, frozen=True):
    """A sharer of each person: `relation` is -1 where there is none, `cap_fen` NO_CAP without a limit."""

    relation: Ints
    current_fen: Ints
    carry_fen: Ints
    pot_fen: Ints
    credit_fen: Ints
    cap_fen: Ints


class Bills(Struct, frozen=True):
    """The bills of whole persons, by person and day. `words` are numbers in `WORDS`, days count from 1970-01-01."""

    person: Ints
    day: Ints
    age: Ints
    level: Ints
    retired_on: Ints
    split: Bools
    words: dict[str, Codes]
    fen: dict[str, Ints]
    sharers: tuple[Sharer, ...]

    def __len__(self) -> int:
        """Return the number of bills."""
        return len(self.person)

    @property
    def starts(self) -> Ints:
        """Return the row of each person's first bill."""
        changes = np.flatnonzero(np.diff(self.person)) + 1
        return np.concatenate([np.zeros(min(1, len(self)), np.int64), changes]).astype(np.int64)


def columns_of(sharers: int) -> tuple[str, ...]:
    """Return the columns of a file with so many sharers a person; `retired_on` may stand beside them."""
    more = [f"s{number}_{name}" for number in _numbers(sharers) for name in ("relation", *SHARER_AMOUNTS, "cap_fen")]
    return (*REQUIRED, *more)


def check_schema(file: str, schema: pa.Schema) -> int:
    """Return how many sharers a person has in `file`. Raise PopulationError on missing columns and wrong types."""
    names = set(schema.names)
    sharers = 0
    while f"s{sharers + 1}_relation" in names:
        sharers += 1
    wanted = columns_of(sharers)
    problems = [f"{file}: {name}: the column is missing" for name in wanted if name not in names]
    unknown = sorted(names - set(wanted) - {"retired_on"})
    problems += [f"{file}: {name}: no such column" for name in unknown]
    for name in wanted:
        told = _wrong_type(name, schema.field(name).type) if name in names else ""
        problems += [f"{file}: {name}: {told}"] if told else []
    if "retired_on" in names and not pa.types.is_date32(schema.field("retired_on").type):
        problems.append(f"{file}: retired_on: days (date32) are wanted")
    if problems:
        raise PopulationError(problems)
    return sharers


def bills_of(file: str, table: pa.Table, sharers: int, first_row: int) -> Bills:
    """Return the rows of `table` as columns. Raise PopulationError, which names column and row (from 1 on)."""
    problems: list[str] = []
    taken = {name: _ints(name, table, problems) for name in (*COUNTS, "day", *AMOUNTS)}
    words = {name: _coded(name, table.column(name), WORDS[name], problems) for name in WORDS}
    several = tuple(_sharer(f"s{number}_", table, problems) for number in _numbers(sharers))
    split = pc.fill_null(table.column("split"), pa.scalar(value=False)).to_numpy()
    _check_ranges(taken, several, problems)
    if problems:
        raise PopulationError([f"{file}: {_with_row(problem, first_row)}" for problem in problems])
    retired = (
        _filled(table.column("retired_on").cast(pa.int32()), NO_DAY)
        if "retired_on" in table.column_names
        else np.full(len(table), NO_DAY, np.int64)
    )
    fen = {name: taken[name] for name in AMOUNTS}
    return Bills(taken["person"], taken["day"], taken["age"], taken["level"], retired, split, words, fen, several)


def day_of(number: int) -> date:
    """Return the day that is so many days after 1970-01-01."""
    return date.fromordinal(number + _EPOCH)


def number_of(day: date) -> int:
    """Return how many days after 1970-01-01 a day is."""
    return day.toordinal() - _EPOCH


# Helpers


def _numbers(sharers: int) -> Iterable[int]:
    return range(1, sharers + 1)


def _wrong_type(name: str, kind: pa.DataType) -> str:
    if name in WORDS or name.endswith("_relation"):
        word = kind.value_type if pa.types.is_dictionary(kind) else kind
        return "" if pa.types.is_string(word) or pa.types.is_large_string(word) else f"words are wanted, not {kind}"
    if name == "day":
        return "" if pa.types.is_date32(kind) else f"days (date32) are wanted, not {kind}"
    if name == "split":
        return "" if pa.types.is_boolean(kind) else f"true or false is wanted, not {kind}"
    if pa.types.is_signed_integer(kind):
        return ""
    return f"whole {'fen' if name.endswith('_fen') else 'numbers'} (int64) are wanted, not {kind}"


def _ints(name: str, table: pa.Table, problems: list[str]) -> Ints:
    column = table.column(name)
    if column.null_count:
        problems.append(f"{name}: empty @{_first(column.is_null().to_numpy())}")
    return _filled(column.cast(pa.int32()) if name == "day" else column, 0)


def _filled(column: pa.ChunkedArray, value: int) -> Ints:
    whole = column.cast(pa.int64())
    filled: Ints = (pc.fill_null(whole, value) if whole.null_count else whole).to_numpy()
    return filled


def _coded(
    name: str, column: pa.ChunkedArray, known: tuple[str, ...], problems: list[str], *, none: bool = False
) -> Codes:
    """Return the words of a column as their numbers in `known`; -1 for an empty one, where `none` allows that."""
    parts = [chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode() for chunk in column.chunks]
    coded = []
    for part in parts:
        spelled: list[Any] = part.dictionary.to_pylist()
        numbers = np.array([known.index(word) if word in known else -2 for word in spelled] + [-1], np.int8)
        coded.append(numbers[_filled(pa.chunked_array([part.indices]), len(spelled))])
    codes: Codes = np.concatenate(coded) if coded else np.zeros(0, np.int8)
    wrong = codes == -2 if none else codes < 0
    if wrong.any():
        row = _first(wrong)
        problems.append(f"{name}: {column[row].as_py()!r} @{row} is none of {', '.join(known)}")
    return codes


def _sharer(prefix: str, table: pa.Table, problems: list[str]) -> Sharer:
    relation = _coded(f"{prefix}relation", table.column(f"{prefix}relation"), RELATIONS, problems, none=True)
    amounts = [_filled(table.column(prefix + name), 0) for name in SHARER_AMOUNTS]
    cap_fen = _filled(table.column(f"{prefix}cap_fen"), NO_CAP)
    return Sharer(relation.astype(np.int64), amounts[0], amounts[1], amounts[2], amounts[3], cap_fen)


def _check_ranges(taken: dict[str, Ints], sharers: tuple[Sharer, ...], problems: list[str]) -> None:
    ranges = [("age", taken["age"], 0, AGE_MOST), ("level", taken["level"], 1, 3)]
    ranges += [(name, taken[name], 0, AMOUNT_MOST_FEN) for name in AMOUNTS]
    for number, sharer in enumerate(sharers, start=1):
        ranges += [(f"s{number}_{name}", getattr(sharer, name), 0, AMOUNT_MOST_FEN) for name in SHARER_AMOUNTS]
        ranges.append((f"s{number}_cap_fen", sharer.cap_fen, NO_CAP, AMOUNT_MOST_FEN))
    for name, column, least, most in ranges:
        if len(column) and (column.min() < least or column.max() > most):
            row = _first((column < least) | (column > most))
            problems.append(f"{name}: {column[row]} @{row} is not from {max(0, least)} to {most}")


def _first(found: Bools) -> int:
    return int(np.argmax(found))


def _with_row(problem: str, first_row: int) -> str:
    head, mark, rest = problem.partition("@")
    digits, space, words = rest.partition(" ")
    return f"{head}in row {int(digits) + first_row + 1}{space}{words}" if mark else problem
