"""A population file run through two books, chunk by chunk, so that memory stays flat however many bills there are."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from gongji.rules.policybook import PolicyBook
from gongji.whatif.alone import Alone
from gongji.whatif.columns import WORDS, Bills, PopulationError, bills_of, check_schema
from gongji.whatif.kernel import RESULTS
from gongji.whatif.totals import Totals
from gongji.whatif.year import Decided, Tariff, run

BILLS_AT_ONCE: Final = 1 << 19
CHECKED_OF_A_CHUNK: Final = 20
"""So many persons of each chunk are decided a second time, one bill after another."""
SORTING_MEMORY: Final = "1GB"

Progress = Callable[[int, int], None]
"""Told how many bills of how many are done."""


class DisagreementError(RuntimeError):
    """Columns and the single decision disagree about a bill: we were wrong, and no figure is to be believed."""


class Compared(Struct, frozen=True):
    """What came of it. `used` counts each side's bills by the rows they rest on, `odd` those decided one by one."""

    totals: Totals
    bills: int
    persons: int
    checked: int
    used: tuple[Counter[str], Counter[str]]
    odd: tuple[Counter[str], Counter[str]]


def compare(file: Path, region: str, books: tuple[PolicyBook, PolicyBook], scratch: Path, told: Progress) -> Compared:
    """Run the bills of `file` by both books. Raise PopulationError when the file cannot be used.

    A file that is not in the order of persons and days is sorted into `scratch` first.
    """
    totals, tariffs = Totals(), tuple(Tariff(book, region) for book in books)
    used: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    done = persons = checked = 0
    for bills, whole in chunks(file, scratch):
        decided = [run(tariff, bills) for tariff in tariffs]
        totals.add(bills, *decided)
        for tariff, one, counts in zip(tariffs, decided, used, strict=True):
            _count_rules(tariff, one, counts)
            checked += _check(tariff, bills, one)
        done += len(bills)
        persons += len(bills.starts)
        told(done, whole)
    first, second = tariffs
    return Compared(totals, done, persons, checked // 2, used, (first.told, second.told))


def chunks(file: Path, scratch: Path) -> Iterator[tuple[Bills, int]]:
    """Yield the bills of whole persons, some at a time, and the number of all. Raise PopulationError."""
    sharers, whole = _opened(file)
    ordered = file if _is_sorted(file) else _sorted(file, scratch)
    for table, first_row in _whole_persons(ordered):
        yield bills_of(file.name, table, sharers, first_row), whole


# Helpers


def _opened(file: Path) -> tuple[int, int]:
    try:
        with pq.ParquetFile(file) as opened:
            sharers = check_schema(file.name, opened.schema_arrow)
            whole = opened.metadata.num_rows
    except (OSError, pa.ArrowException) as fault:
        raise PopulationError([f"{file.name}: cannot be read as Parquet: {str(fault).splitlines()[0]}"]) from fault
    if not whole:
        raise PopulationError([f"{file.name}: person: there is no bill in the file"])
    return sharers, whole


def _is_sorted(file: Path) -> bool:
    """Tell whether the bills are in the order of persons, and each person's in that of days."""
    last = np.zeros((2, 0), np.int64)
    with pq.ParquetFile(file) as opened:
        for batch in _batches(opened, ["person", "day"]):
            days = batch.column("day").cast(pa.int32()).cast(pa.int64())
            person, day = (
                pc.fill_null(one, 0).to_numpy(zero_copy_only=False) for one in (batch.column("person"), days)
            )
            both = np.concatenate([last, np.stack([person, day])], axis=1)
            later, same = np.diff(both[0]), np.diff(both[1])
            if ((later < 0) | ((later == 0) & (same < 0))).any():
                return False
            last = both[:, -1:]
    return True


def _sorted(file: Path, scratch: Path) -> Path:
    """Return a copy in order, made on the disk rather than in memory; bills of one day stay as they stood."""
    ordered = scratch / "population-in-order.parquet"
    with duckdb.connect(config={"memory_limit": SORTING_MEMORY, "temp_directory": str(scratch)}) as connection:
        bills = "read_parquet($file, file_row_number = true)"
        connection.execute(
            f"COPY (SELECT * EXCLUDE (file_row_number) FROM {bills} ORDER BY person, day, file_row_number)"  # noqa: S608  # constant words
            " TO $ordered (FORMAT parquet, COMPRESSION zstd)",
            {"file": str(file), "ordered": str(ordered)},
        )
    return ordered


def _batches(opened: pq.ParquetFile, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    """Yield the rows in order. Each group of rows is read by a reader of its own, which keeps nothing of the others."""
    for group in range(opened.metadata.num_row_groups):
        yield from opened.iter_batches(batch_size=BILLS_AT_ONCE, row_groups=[group], columns=columns)


def _whole_persons(file: Path) -> Iterator[tuple[pa.Table, int]]:
    """Yield tables that end with the last bill of a person, each with the number of rows before it."""
    kept: list[pa.RecordBatch] = []
    before = 0
    with pq.ParquetFile(file, read_dictionary=list(WORDS)) as opened:
        for batch in _batches(opened, None):
            person = batch.column("person").to_numpy(zero_copy_only=False)
            first = int(np.searchsorted(person, person[-1]))
            if first and sum(map(len, kept)) + first >= BILLS_AT_ONCE // 2:
                table = pa.Table.from_batches([*kept, batch.slice(0, first)])
                yield table, before
                before += len(table)
                kept, batch = [], batch.slice(first)  # noqa: PLW2901  # the rest begins the next table
            kept.append(batch)
    yield pa.Table.from_batches(kept), before


def _count_rules(tariff: Tariff, decided: Decided, counts: Counter[str]) -> None:
    codes = np.bincount(decided.columns["rules"] - (base := int(decided.columns["rules"].min())))
    for code in np.flatnonzero(codes).tolist():
        for rule_id in tariff.rule_ids(code + base):
            counts[rule_id] += int(codes[code])


def _check(tariff: Tariff, bills: Bills, decided: Decided) -> int:
    """Decide some persons' years again, bill by bill, and return how many. Raise DisagreementError."""
    starts = bills.starts
    ends = np.append(starts[1:], len(bills))
    several = np.linspace(0, len(starts) - 1, min(CHECKED_OF_A_CHUNK, len(starts))).astype(np.int64)
    for first, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        alone = Alone(tariff.book, tariff.region, bills, first)
        for row in range(first, end):
            outcome = alone.settle(row)
            columns = [int(decided.columns[name][row]) for name in RESULTS]
            one_by_one = [getattr(outcome, name) for name in RESULTS[:-1]]
            if columns[:-1] != one_by_one or frozenset(tariff.rule_ids(columns[-1])) != outcome.rule_ids:
                raise DisagreementError(f"person {bills.person[row]}, day {bills.day[row]}: {columns} and {one_by_one}")
    return len(several)
