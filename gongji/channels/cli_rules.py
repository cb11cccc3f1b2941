"""Commands that need rules alone: case files, and a look into the policy book."""

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from gongji.channels import tables
from gongji.channels.cases.runner import as_json as cases_as_json
from gongji.channels.cases.runner import as_lines, run_file, run_paths, summary
from gongji.channels.house import House
from gongji.rules.bundle import PolicyError
from gongji.rules.coverage import SLOTS, RegionCoverage, as_data, coverage
from gongji.rules.lessons import lesson
from gongji.rules.policybook import EPOCH, PolicyBook, Row
from gongji.rules.schema import RULES


def run_cases(house: House, paths: Iterable[Path], *, as_json: bool) -> int:
    """Run case files and print what came of them; 0 when all pass, else 1."""
    book = _book(house)
    if book is None:
        return 2
    results = list(_with_progress(paths, book))
    if as_json:
        typer.echo(cases_as_json(results))
    else:
        for result in results:
            typer.echo("\n".join(as_lines(result)))
        typer.echo(summary(results))
    return 0 if results and all(result.ok for result in results) else 1


def run_policy_show(house: House, region: str, rule: str | None, *, on: date | None, as_json: bool) -> int:
    """Show the rules of a region on a day; with `rule` that one over time, or on the day when one is given."""
    book = _book(house)
    if book is None:
        return 2
    fault = _fault(region, rule, on)
    if fault:
        typer.echo(fault, err=True)
        return 2
    day = on or house.today()
    if rule is not None:
        rows = [book.on(region, day).rows[rule]] if on is not None else book.history(region, rule)
    else:
        rows = [book.on(region, day).rows[name] for name in RULES]
    if as_json:
        _print_json(
            {"region": region, "on": None if rule and not on else day, "rows": [_row(book, row) for row in rows]}
        )
    elif rule is None:
        tables.wide_console().print(tables.region_table(book, region, day, rows))
    else:
        for row in rows:
            tables.wide_console().print(tables.row_panel(book, row))
    return 0


def run_policy_regions(house: House, *, as_json: bool) -> int:
    """List the regions that have a file."""
    book = _book(house)
    if book is None:
        return 2
    if as_json:
        _print_json([{"region": region, "name": book.names[region]} for region in book.regions])
    else:
        for region in book.regions:
            typer.echo(f"{region}  {book.names[region]}")
    return 0


def run_policy_coverage(house: House, *, on: date | None, as_json: bool) -> int:
    """Show how well the decisive slots of every province are known on a day, and which have gone stale."""
    book = _book(house)
    if book is None:
        return 2
    day = on or house.today()
    if day < EPOCH:
        typer.echo(f"The policy book begins on {EPOCH}, and {day} lies before it.", err=True)
        return 2
    found = coverage(book, day)
    if as_json:
        _print_json(as_data(found))
    else:
        tables.wide_console().print(_coverage_table(found, day))
        typer.echo("O official, P portal, A assumed, ? unknown; * stale; lower case: left to the national file.")
    return 0


def run_policy_lint(house: House) -> int:
    """Print what is wrong with the policy files; 0 when nothing is."""
    problems = list(house.lint())
    for problem in problems:
        typer.echo(problem)
        if told := lesson(problem):
            typer.echo(f"    write: {told}")
    if problems:
        typer.echo(f"{len(problems)} problems")
        return 1
    book = house.book()
    typer.echo(f"{len(book.regions)} regions, no problems; bundle {book.digest}")
    return 0


# Helpers


def _book(house: House) -> PolicyBook | None:
    try:
        return house.book()
    except PolicyError as fault:
        typer.echo(f"The policy files are not sound:\n{fault}", err=True)
        return None


def _with_progress(paths: Iterable[Path], book: PolicyBook) -> Iterable[Any]:
    several = list(paths)
    if not sys.stderr.isatty():
        return run_paths(several, book)
    files = list(dict.fromkeys(file for path in several for file in (sorted(path.rglob("*.toml")) or [path])))
    bar = Console(stderr=True)
    return [run_file(file, book) for file in track(files, "cases", console=bar, transient=True)]


def _fault(region: str, rule: str | None, on: date | None) -> str | None:
    if len(region) != 6 or not region.isdecimal():
        return f"{region} is no 医保区划: six digits are wanted, like 310000 (gongji policy regions lists them)."
    if rule is not None and rule not in RULES:
        return f"No rule is called {rule}. The rules are: {', '.join(RULES)}."
    if on is not None and on < EPOCH:
        return f"The policy book begins on {EPOCH}, and {on} lies before it."
    return None


def _coverage_table(found: list[RegionCoverage], day: date) -> Table:
    table = Table(title=f"覆盖 coverage on {day}", title_justify="left", padding=(0, 0))
    table.add_column("region", no_wrap=True)
    for slot in SLOTS:
        table.add_column(slot.replace("_", "\n"), justify="center")
    for one in found:
        marks = []
        for answer in one.answers:
            mark = "?" if answer.standing == "unknown" else answer.standing[0]
            marks.append((mark.upper() if answer.own else mark) + ("*" if answer.stale else ""))
        table.add_row(f"{one.region} {one.name.split()[0]}", *marks)
    return table


def _row(book: PolicyBook, row: Row) -> dict[str, Any]:
    source = book.sources.get(row.source) if row.source is not None else None
    return {
        "rule": row.rule,
        "rule_id": row.rule_id,
        "from_region": row.region,
        "start": row.start,
        "end": row.end,
        "state": row.state,
        "value": msgspec.to_builtins(row.value, order="sorted", builtin_types=(date,)),
        "grade": row.grade,
        "source": row.source,
        "document": source.title if source is not None else None,
        "document_zh": source.title_zh if source is not None else None,
        "publisher": source.publisher if source is not None else None,
        "publisher_zh": source.publisher_zh if source is not None else None,
        "quote": row.quote,
        "reading": row.reading,
        "reading_zh": row.reading_zh,
        "note": row.note,
        "note_zh": row.note_zh,
        "checked": row.checked or (source.checked if source is not None else None),
        "stale_from": row.stale_from,
        "overrides": row.overrides,
        "contradicts": row.contradicts,
    }


def _print_json(content: Any) -> None:
    typer.echo(msgspec.json.format(msgspec.json.encode(content), indent=2).decode())
