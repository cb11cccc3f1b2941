"""Queries live in .sql files under names; this reads such a file's text. Nothing here touches a database."""

import re
from collections.abc import Iterable
from datetime import date

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def named_queries(text: str) -> dict[str, bytes]:
    """Return the queries of a file by name: each begins at a line "-- name: its_name" and goes on to the next.

    What stands before the first name belongs to the reader alone. Raise ValueError when a name comes twice.
    """
    _, *pieces = _NAME.split(text)
    names, bodies = pieces[::2], pieces[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"a query's name comes twice among {names}")
    return {name: body.strip().encode() for name, body in zip(names, bodies, strict=True)}


def texts(values: Iterable[str | None]) -> str:
    """Return texts as PostgreSQL writes an array of them, each in quotes; the driver takes ten times as long."""
    return "{" + ",".join(["NULL" if value is None else f'"{_escaped(value)}"' for value in values]) + "}"


def moments(values: Iterable[date | None]) -> str:
    """Return dates, or moments without a zone, as PostgreSQL writes an array of them."""
    return "{" + ",".join(["NULL" if value is None else f'"{value.isoformat()}"' for value in values]) + "}"


def booleans(values: Iterable[bool]) -> str:
    """Return booleans as PostgreSQL writes an array of them."""
    return "{" + ",".join(["t" if value else "f" for value in values]) + "}"


def bigints(numbers: Iterable[int | None]) -> str:
    """Return whole numbers as PostgreSQL writes an array of them, "{1,NULL,3}".

    Handed over as text the array always has one type; a list of Python integers would have the type of its
    largest, and each mix of types would be planned anew.
    """
    return "{" + ",".join(["NULL" if number is None else str(number) for number in numbers]) + "}"


def _escaped(value: str) -> str:
    if "\\" in value or '"' in value:
        return value.replace("\\", "\\\\").replace('"', '\\"')
    return value
