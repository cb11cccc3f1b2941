"""What the reading commands of `gongji policy` do: ask the book, and print tables, data or a document."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import typer
from rich.console import RenderableType

from gongji.channels import reading_tables, tables
from gongji.channels.house import House
from gongji.domain.texts import Language
from gongji.rules import reading
from gongji.rules.bundle import PolicyError
from gongji.rules.policybook import PolicyBook
from gongji.rules.reading import AskedWronglyError
from gongji.rules.reading_document import as_html, as_markdown, printed

T = TypeVar("T")


def run_timeline(house: House, region: str, rule: str | None, *, lang: Language, as_json: bool) -> int:
    """Show the rules of a region over time; 0, or 2 when there is no such region or rule."""
    return _told(
        house,
        lambda book: reading.timeline(book, region, rule),
        lambda told: reading_tables.timeline_tables(told, lang),
        as_json=as_json,
    )


def run_diff(
    house: House, region: str, other: str | None, days: Sequence[date], *, lang: Language, as_json: bool
) -> int:
    """Show what differs between two days of a region, or between two regions on a day; 2 when asked wrongly."""
    if other is None and len(days) == 2:
        return _told(
            house,
            lambda book: reading.compare_days(book, region, *days),
            lambda told: reading_tables.comparison_table(told, lang),
            as_json=as_json,
        )
    if other is None or len(days) > 1:
        typer.echo("--on: give two days for one region, or two regions and at most one day.", err=True)
        return 2
    day = days[0] if days else house.today()
    return _told(
        house,
        lambda book: reading.compare_regions(book, region, other, day),
        lambda told: reading_tables.comparison_table(told, lang),
        as_json=as_json,
    )


def run_find(house: House, word: str, *, lang: Language, as_json: bool) -> int:
    """Show the rows in which a word stands; 0 also when there is none."""
    return _told(
        house,
        lambda book: reading.find(book, word),
        lambda told: reading_tables.found_table(told, lang),
        as_json=as_json,
    )


def run_print(house: House, region: str, *, on: date | None, out: Path | None, lang: Language, as_json: bool) -> int:
    """Print the rules of a region as a document, or write it to a file; 2 when asked wrongly."""
    book = open_book(house)
    if book is None:
        return 2
    if out is not None and out.suffix not in (".md", ".html"):
        typer.echo(f"--out: {out} should end in .md or .html.", err=True)
        return 2
    try:
        document = printed(reading.read(book, region, on or house.today()), lang)
    except AskedWronglyError as fault:
        typer.echo(f"{fault}.", err=True)
        return 2
    if out is None:
        typer.echo(msgspec.json.encode(document).decode() if as_json else as_markdown(document))
        return 0
    try:
        out.write_text(as_html(document) if out.suffix == ".html" else as_markdown(document), encoding="utf-8")
    except OSError as fault:
        typer.echo(f"--out: {out} cannot be written: {fault.strerror}.", err=True)
        return 2
    typer.echo(f"{out}: {document.title}")
    return 0


def open_book(house: House) -> PolicyBook | None:
    """Return the rules, or None once their problems have been told."""
    try:
        return house.book()
    except PolicyError as fault:
        typer.echo(f"The policy files are not sound:\n{fault}", err=True)
        return None


def print_json(content: Any) -> None:
    """Print data as JSON, indented."""
    typer.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())


# Helpers


def _told(house: House, ask: Callable[[PolicyBook], T], show: Callable[[T], RenderableType], *, as_json: bool) -> int:
    book = open_book(house)
    if book is None:
        return 2
    try:
        told = ask(book)
    except AskedWronglyError as fault:
        typer.echo(f"{fault}.", err=True)
        return 2
    if as_json:
        print_json(told)
    else:
        tables.wide_console().print(show(told))
    return 0
