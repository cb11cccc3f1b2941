"""`gongji whatif`: what a changed rule would mean for a population; and a population to try it on."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gongji.channels.house import House


class _ReformFirst(TyperGroup):
    """`gongji whatif FILE.toml` is `gongji whatif compare FILE.toml`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["compare", *args]
        return super().parse_args(ctx, args)


whatif = typer.Typer(
    cls=_ReformFirst,
    no_args_is_help=True,
    help="""What a changed rule would mean: gongji whatif REFORM.toml --population FILE.parquet --out DIR

First make a population, or take a file of your own; then run a reform on it, and open DIR/report.html in a browser:

    gongji whatif population --people 5000 --region 350000 --out people.parquet

    gongji whatif docs/whatif/fujian-minimum-1000.toml --population people.parquet --out report

How to write a reform, and which columns a file of bills has: docs/whatif.md. It needs the libraries of
`pip install 'gongji\\[whatif]'`.""",
)

Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for tables, charts and report.html.")]


@whatif.command("compare")
def whatif_compare(
    ctx: typer.Context,
    reform: Annotated[Path, typer.Argument(metavar="REFORM.toml", help="A region, a title, and the changed rules.")],
    population: Annotated[Path, typer.Option("--population", metavar="FILE.parquet", help="The bills of a year.")],
    out: Out,
) -> None:
    """Run a year of bills by today's rules and by the reform's, and report who gains and who loses.

    [bold]Example[/bold]: gongji whatif docs/whatif/fujian-minimum-1000.toml --population people.parquet --out report
    """
    from gongji.channels.whatif_acts import run_compare  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_compare(_house(ctx), reform, population, out))


@whatif.command("population")
def whatif_population(
    ctx: typer.Context,
    people: Annotated[int, typer.Option("--people", min=1, metavar="N", help="How many persons.")],
    region: Annotated[str, typer.Option("--region", metavar="R", help="医保区划, six digits: who knows its schedule.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.parquet", help="The file to write.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="Another seed makes other persons.")] = 1,
    year: Annotated[int, typer.Option("--year", min=1999, max=2100, help="The year of the bills.")] = 2025,
) -> None:
    """Make a population that does not exist, fitted to published figures, which it prints beside its own.

    [bold]Example[/bold]: gongji whatif population --people 100000 --region 350000 --out people.parquet
    """
    from gongji.channels.whatif_acts import run_population  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_population(_house(ctx), region, out, people=people, seed=seed, year=year))


# Helpers


def _house(ctx: typer.Context) -> House:
    house: House = ctx.obj
    return house
