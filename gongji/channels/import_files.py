"""Files of people and credits, read line by line: CSV, and Parquet where its library is there.

A header that is not what is wanted stops everything before a line is read. A line that cannot be read is handed on with
what is wrong with it, so that it stops no other.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Final

from msgspec import Struct

PARQUET: Final = ".parquet"
LINE_LONGEST: Final = 100_000
"""So many bytes of a line are read, and no more kept in memory."""

_ROWS_AT_ONCE: Final = 1_000


class ImportFileError(ValueError):
    """The file cannot be taken in; the message says why, and names file and column."""


class Columns(Struct, frozen=True):
    """The columns that a file must have, and those it may have besides."""

    wanted: tuple[str, ...]
    others: tuple[str, ...] = ()


class Line(Struct, frozen=True, kw_only=True):
    """A line of a file: what it tells by column, empty ones left out; or what is `wrong` with it as a whole.

    `number` counts lines of CSV from the header, which is 1, and rows of Parquet from 1. `done` is how much of the
    file has been read, as `Opened.size` counts.
    """

    number: int
    told: dict[str, str] = {}
    wrong: str = ""
    done: int = 0


class Opened(Struct, frozen=True):
    """A file whose header is right: its size, and its lines, to be read once."""

    size: int
    lines: Iterator[Line]


def opened(file: Path, columns: Columns) -> AbstractContextManager[Opened]:
    """Open a file by the ending of its name; anything but .parquet is CSV. Entering raises ImportFileError."""
    return _parquet(file, columns) if file.suffix == PARQUET else _csv(file, columns)


# Helpers


@contextmanager
def _csv(file: Path, columns: Columns) -> Iterator[Opened]:
    try:
        with file.open("rb") as raw:
            lines = _physical(raw)
            first = next(lines, None)
            header = _fields(first[0].removeprefix(b"\xef\xbb\xbf")) if first is not None else "the file is empty"
            if isinstance(header, str):
                raise ImportFileError(f"{file.name}: line 1: {header}")
            names = [name.strip() for name in header]
            _look_at_header(file, names, columns)
            yield Opened(file.stat().st_size, _csv_lines(lines, names))
    except OSError as fault:
        raise ImportFileError(f"{file}: {fault.strerror}") from fault


def _csv_lines(lines: Iterator[tuple[bytes, int]], names: Sequence[str]) -> Iterator[Line]:
    for number, (raw, done) in enumerate(lines, start=2):
        if not raw.strip():
            continue
        fields = _fields(raw)
        if isinstance(fields, str):
            yield Line(number=number, wrong=fields, done=done)
        elif len(fields) != len(names):
            yield Line(number=number, wrong=f"{len(fields)} fields where the header has {len(names)}", done=done)
        else:
            told = {name: field.strip() for name, field in zip(names, fields, strict=True) if field.strip()}
            yield Line(number=number, told=told, done=done)


def _physical(raw: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield each line, one that is too long cut off, with the number of bytes read so far."""
    done = 0
    while line := raw.readline(LINE_LONGEST + 1):
        done += len(line)
        ended = line.endswith(b"\n")
        while not ended and len(line) > LINE_LONGEST:
            rest = raw.readline(LINE_LONGEST)
            done += len(rest)
            ended = not rest or rest.endswith(b"\n")
        yield line, done


def _fields(raw: bytes) -> list[str] | str:
    """Return the fields of a line, or what is wrong with it. A quoted field ends on its line."""
    if len(raw) > LINE_LONGEST:
        return f"longer than {LINE_LONGEST} bytes"
    try:
        text = raw.decode("utf-8").rstrip("\r\n")
        return next(csv.reader([text], strict=True), [])
    except UnicodeDecodeError:
        return "not UTF-8"
    except csv.Error as fault:
        return f"not CSV: {fault}"


@contextmanager
def _parquet(file: Path, columns: Columns) -> Iterator[Opened]:
    if find_spec("pyarrow") is None:
        raise ImportFileError(f"{file.name}: Parquet needs a library: pip install 'gongji[whatif]'; or bring CSV")
    import pyarrow as pa  # noqa: PLC0415  # only where the library is
    import pyarrow.parquet as pq  # noqa: PLC0415  # the same

    try:
        with pq.ParquetFile(file) as table:
            _look_at_header(file, table.schema_arrow.names, columns)
            yield Opened(table.metadata.num_rows, _parquet_lines(table.iter_batches(batch_size=_ROWS_AT_ONCE)))
    except pa.ArrowException as fault:
        raise ImportFileError(f"{file.name}: cannot be read as Parquet: {fault}") from fault
    except OSError as fault:
        raise ImportFileError(f"{file.name}: cannot be read as Parquet: {fault.strerror or fault}") from fault


def _parquet_lines(batches: Iterator[Any]) -> Iterator[Line]:
    number = 0
    for batch in batches:
        for row in batch.to_pylist():
            number += 1
            told = {name: text for name, value in row.items() if (text := _text(value))}
            yield Line(number=number, told=told, done=number)


def _text(value: Any) -> str:
    """Return a cell as the text that CSV would have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime) and value.time() == time():  # a column of moments that are all days
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


def _look_at_header(file: Path, names: Sequence[str], columns: Columns) -> None:
    """Raise ImportFileError unless each column is there that must be, none twice, and no other."""
    known = (*columns.wanted, *columns.others)
    missing = [name for name in columns.wanted if name not in names]
    strange = [name for name in names if name not in known]
    twice = sorted({name for name in names if names.count(name) > 1})
    for what, several in (("missing", missing), ("unknown", strange), ("twice", twice)):
        if several:
            listed = ", ".join(several)
            raise ImportFileError(f"{file.name}: columns {what}: {listed}; there may be: {', '.join(known)}")
