"""The commands of `gongji policy` that read the rules; `gongji.channels.cli` has the others."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gongji.channels.house import House
from gongji.domain.texts import Language

reading = typer.Typer()

Region = Annotated[str, typer.Argument(metavar="REGION", help="医保区划, six digits; 000000 is the nation.")]
Json = Annotated[bool, typer.Option("--json", help="Print data instead of a table.")]
Lang = Annotated[Language, typer.Option("--lang", help="The language of the words.")]
Published = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Read what was published in this data folder (default: the files)."),
]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day (default: today).")]


@reading.command("timeline")
def policy_timeline(
    ctx: typer.Context,
    region: Region,
    rule: Annotated[str | None, typer.Argument(help="One rule only.")] = None,
    data: Published = None,
    lang: Lang = "zh",
    as_json: Json = False,
) -> None:
    """Show how the rules of a region came to be: every change with its day and document.

    [bold]Example[/bold]: gongji policy timeline 310000 relatives
    """
    from gongji.channels.cli_reading import run_timeline  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_timeline(rules_of(ctx, data), region, rule, lang=lang, as_json=as_json))


@reading.command("diff")
def policy_diff(
    ctx: typer.Context,
    region: Region,
    other: Annotated[str | None, typer.Argument(metavar="OTHER", help="Another region.")] = None,
    on: Annotated[
        list[datetime] | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="The day (default: today); for one region give two."),
    ] = None,
    data: Published = None,
    lang: Lang = "zh",
    as_json: Json = False,
) -> None:
    """Show what differs between two days in one region, or between two regions on a day.

    [bold]Examples[/bold]: gongji policy diff 350000 --on 2024-06-01 --on 2025-06-01; gongji policy diff 320200 320500
    """
    from gongji.channels.cli_reading import run_diff  # noqa: PLC0415  # see gongji.channels.cli

    days = [moment.date() for moment in on or ()]
    raise typer.Exit(run_diff(rules_of(ctx, data), region, other, days, lang=lang, as_json=as_json))


@reading.command("find")
def policy_find(
    ctx: typer.Context,
    word: Annotated[str, typer.Argument(help="A word in values, quotes, notes, titles or documents.")],
    data: Published = None,
    lang: Lang = "zh",
    as_json: Json = False,
) -> None:
    """Find a word in the rules of all regions and all time.

    [bold]Example[/bold]: gongji policy find 历年结余
    """
    from gongji.channels.cli_reading import run_find  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_find(rules_of(ctx, data), word, lang=lang, as_json=as_json))


@reading.command("print")
def policy_print(
    ctx: typer.Context,
    region: Region,
    on: Day = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write there; .md or .html (default: Markdown, shown).")
    ] = None,
    data: Published = None,
    lang: Lang = "zh",
    as_json: Json = False,
) -> None:
    """Print the rules of a region as a document: articles by theme, each with its words and document.

    [bold]Example[/bold]: gongji policy print 310000 --on 2025-06-01 --out shanghai.html
    """
    from gongji.channels.cli_reading import run_print  # noqa: PLC0415  # see gongji.channels.cli

    day = on.date() if on is not None else None
    raise typer.Exit(run_print(rules_of(ctx, data), region, on=day, out=out, lang=lang, as_json=as_json))


@reading.command("why")
def policy_why(
    ctx: typer.Context,
    settlement: Annotated[str, typer.Argument(help="The number of a settlement (setl_id), or of a refund of it.")],
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="The data folder (default: ./var).")
    ] = None,
    lang: Lang = "zh",
    as_json: Json = False,
) -> None:
    """Tell why a settled bill was paid as it was: each fen with its rule, and each alternative with how to mend it.

    With --json it is the trace that docs/trace.md describes. [bold]Example[/bold]: gongji policy why 17 --data var
    """
    from gongji.channels.cli_recheck import run_why  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_why(_house(ctx), settlement, data=data, lang=lang, as_json=as_json))


def rules_of(ctx: typer.Context, data: Path | None) -> House:
    """Return the house, with the rules that were published in a data folder where one is named."""
    return _house(ctx).published(data, lambda said: typer.echo(said, err=True))


# Helpers


def _house(ctx: typer.Context) -> House:
    house: House = ctx.obj
    return house
