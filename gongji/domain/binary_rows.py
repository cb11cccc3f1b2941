"""Rows as PostgreSQL reads them in an array of a composite type, in binary: nothing is parsed on the other side.

A row is the joined bytes of `row_of(count)` and its values; each value says its type and its length first, highest
byte first. `rows_of` makes a parameter of them.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from msgspec import Struct

_BOOLEAN_TYPE, _BYTEA_TYPE, _BIGINT_TYPE, _TEXT_TYPE, _DATE_TYPE, _TIMESTAMP_TYPE = 16, 17, 20, 25, 1082, 1114
_BIGINTS_TYPE, _TEXTS_TYPE = 1016, 1009
_TYPES: Final = {"q": _BIGINT_TYPE, "t": _TIMESTAMP_TYPE}

_HEAD: Final = 7  # what stands before the values of an array: type, length, dimensions, NULLs, their type, count, bound
_LENGTH: Final = struct.Struct(">i")
_TYPED: Final = struct.Struct(">ii")
_BIGINT: Final = struct.Struct(">iiq")
_NO_BIGINT: Final = _TYPED.pack(_BIGINT_TYPE, -1)
_NO_TEXT: Final = _TYPED.pack(_TEXT_TYPE, -1)
_BOOLEANS: Final = tuple(struct.pack(">ii?", _BOOLEAN_TYPE, 1, truth) for truth in (False, True))
_EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001  # Beijing time
_FIRST_DAY: Final = _EPOCH.toordinal()
_MICROSECOND: Final = timedelta(microseconds=1)
_EMPTY: Final = struct.pack(">iiiii", _BIGINTS_TYPE, 12, 0, 0, _BIGINT_TYPE)
_NO_TEXTS: Final = struct.pack(">iiiii", _TEXTS_TYPE, 12, 0, 0, _TEXT_TYPE)


class Rows(Struct, frozen=True, gc=False):
    """Rows of a composite type of ours, as a parameter of a query; only the database knows the type's number."""

    type_name: str
    count: int
    body: bytes

    def written(self, type_number: int) -> bytes:
        """Return the array, for a type of that number."""
        return struct.pack(">iiiii", 1, 0, type_number, self.count, 1) + self.body


def rows_of(type_name: str, rows: Sequence[bytes]) -> Rows:
    """Return `rows` as a parameter."""
    pack = _LENGTH.pack
    parts = [part for row in rows for part in (pack(len(row)), row)]
    return Rows(type_name, len(rows), b"".join(parts))


@lru_cache(maxsize=64)
def row_of(count: int) -> bytes:
    """Return what stands before the `count` values of a row."""
    return _LENGTH.pack(count)


def bigint(value: int | None) -> bytes:
    """Return a bigint, or NULL."""
    return _NO_BIGINT if value is None else _BIGINT.pack(_BIGINT_TYPE, 8, value)


def boolean(value: bool) -> bytes:  # noqa: FBT001  # the value itself
    """Return a boolean."""
    return _BOOLEANS[value]


def raw(value: bytes) -> bytes:
    """Return a bytea."""
    return _TYPED.pack(_BYTEA_TYPE, len(value)) + value


def text(value: str | None) -> bytes:
    """Return a text, or NULL."""
    if value is None:
        return _NO_TEXT
    return encoded(value.encode())


def encoded(value: bytes) -> bytes:
    """Return a text that is in UTF-8 already."""
    return _TYPED.pack(_TEXT_TYPE, len(value)) + value


@lru_cache(maxsize=4096)
def word(value: str) -> bytes:
    """Return a text that comes again and again, such as a region."""
    return text(value)


@lru_cache(maxsize=1024)
def microseconds(value: datetime) -> int:
    """Return a moment as a timestamp without a zone counts it."""
    return (value - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=1024)
def day(value: date) -> bytes:
    """Return a date."""
    return struct.pack(">iii", _DATE_TYPE, 4, value.toordinal() - _FIRST_DAY)


def whole_numbers(kinds: str, *values: int) -> bytes:
    """Return several whole numbers, none of them NULL, that stand side by side.

    `kinds` has a letter for each: "q" for a bigint, "t" for a timestamp in microseconds.
    """
    pack, template = _side_by_side(kinds)
    arguments = template.copy()
    arguments[2::3] = values
    return pack(*arguments)


def bigints(*columns: Sequence[int]) -> bytes:
    """Return arrays of bigints, all of one length and without a NULL, that stand side by side."""
    count = len(columns[0])
    if not count:
        return _EMPTY * len(columns)
    pack, template, width = _arrays(len(columns), count)
    arguments = template.copy()
    first = _HEAD + 1
    for column in columns:
        arguments[first : first + 2 * count : 2] = column
        first += width
    return pack(*arguments)


@lru_cache(maxsize=4096)
def words(values: tuple[str, ...]) -> bytes:
    """Return an array of texts that comes again and again, such as the pockets of an entry."""
    if not values:
        return _NO_TEXTS
    body = b"".join([_LENGTH.pack(len(written)) + written for written in map(str.encode, values)])
    return struct.pack(">iiiiiii", _TEXTS_TYPE, 20 + len(body), 1, 0, _TEXT_TYPE, len(values), 1) + body


# Helpers: how to pack, and the arguments for it with every length in its place.


@lru_cache(maxsize=64)
def _side_by_side(kinds: str) -> tuple[Callable[..., bytes], list[int]]:
    return struct.Struct(">" + len(kinds) * "iiq").pack, [part for kind in kinds for part in (_TYPES[kind], 8, 0)]


@lru_cache(maxsize=1024)
def _arrays(columns: int, count: int) -> tuple[Callable[..., bytes], list[int], int]:
    one = [_BIGINTS_TYPE, 20 + 12 * count, 1, 0, _BIGINT_TYPE, count, 1, *(count * (8, 0))]
    return struct.Struct(">" + columns * ("iiiiiii" + count * "iq")).pack, columns * one, len(one)
