"""`gongji import`: people and monthly credits out of files, into the books."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gongji.channels.cli_policy import Lang
from gongji.channels.house import House

imports = typer.Typer(
    no_args_is_help=True,
    help="""Take people and monthly credits into the books, from CSV or Parquet; columns: docs/imports.md.

A run that was stopped is simply started again: what is in stays in and is counted as there already. Refused lines are
listed in a file. The exit status is 0 when every line is in, 1 when some were refused, 2 when the file is unusable.""",
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A .parquet file; any other is read as CSV in UTF-8.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder: database and key live there (default: ./var)."),
]
Report = Annotated[
    Path | None,
    typer.Option("--refused", metavar="FILE", help="Where refused lines are listed (default: FILE.refused.csv)."),
]
Now = Annotated[
    datetime | None,
    typer.Option("--now", formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"], help="Set the clock, in Asia/Shanghai."),
]
Month = Annotated[datetime, typer.Option("--month", formats=["%Y-%m"], metavar="YYYY-MM", help="The month credited.")]


@imports.command("people")
def import_people(
    ctx: typer.Context, file: File, data: Data = None, refused: Report = None, lang: Lang = "zh", now: Now = None
) -> None:
    """Enrol the people of a file: papers, and the insurance with the day from which it is true.

    [bold]Example[/bold]: gongji import people people.csv --data var
    """
    from gongji.channels.import_acts import Settings, run_people  # noqa: PLC0415  # see gongji.channels.cli

    settings = Settings(data=data, refused=refused, lang=lang, now=now)
    raise typer.Exit(run_people(_house(ctx), file, settings))


@imports.command("credits")
def import_credits(
    ctx: typer.Context,
    file: File,
    month: Month,
    data: Data = None,
    refused: Report = None,
    lang: Lang = "zh",
    now: Now = None,
) -> None:
    """Credit a month to the accounts of a file, by their bases; for the retired the base is left empty.

    A person's month is credited once; another base for it later is refused.

    [bold]Example[/bold]: gongji import credits bases.csv --month 2026-03 --data var
    """
    from gongji.channels.import_acts import Settings, run_credits  # noqa: PLC0415  # see gongji.channels.cli

    settings = Settings(data=data, refused=refused, lang=lang, now=now)
    raise typer.Exit(run_credits(_house(ctx), file, month.date(), settings))


@imports.command("retired")
def import_retired(
    ctx: typer.Context,
    region: Annotated[str, typer.Argument(metavar="REGION", help="医保区划, six digits.")],
    month: Month,
    data: Data = None,
    refused: Report = None,
    lang: Lang = "zh",
    now: Now = None,
) -> None:
    """Credit a month to all retired of a region, whose fixed sums the rule book knows; no file is needed.

    [bold]Example[/bold]: gongji import retired 110000 --month 2026-03 --data var
    """
    from gongji.channels.import_acts import Settings, run_retired  # noqa: PLC0415  # see gongji.channels.cli

    report = refused or Path(f"retired-{region}-{month:%Y-%m}.refused.csv")
    settings = Settings(data=data, refused=refused, lang=lang, now=now)
    raise typer.Exit(run_retired(_house(ctx), region, month.date(), report, settings))


# Helpers


def _house(ctx: typer.Context) -> House:
    house: House = ctx.obj
    return house
