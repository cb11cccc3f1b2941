"""`gongji bench`: the commands that measure."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gongji.channels.house import House

bench = typer.Typer(no_args_is_help=True, help="Measure on this machine, beside references of the same minutes.")

QUICK_SECONDS = 1.0
QUICK_HTTP_SECONDS = 0.6
QUICK_ACCOUNTS = 12_000
QUICK_ACTIVE = 4_000
QUICK_RUNS = 3


Seconds = Annotated[
    float | None, typer.Option("--seconds", min=0.2, metavar="S", help="How long one window lasts (5).")
]
Accounts = Annotated[
    int | None, typer.Option("--accounts", min=100, metavar="N", help="How many people there are (100000).")
]
Active = Annotated[
    int | None, typer.Option("--active", min=20, metavar="N", help="How many of them fall ill (at most 100000).")
]
Runs = Annotated[
    int | None, typer.Option("--runs", min=1, metavar="R", help="How often each is measured, in turn (5).")
]
Workers = Annotated[
    int,
    typer.Option("--workers", min=0, max=64, help="Processes that take the server's connections, as for `serve`."),
]
Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Make the throw-away database in this folder.")
]


@bench.command("settle")
def bench_settle(  # noqa: PLR0913, PLR0917  # each is an option of the command line
    ctx: typer.Context,
    seconds: Seconds = None,
    accounts: Accounts = None,
    active: Active = None,
    runs: Runs = None,
    hot: Annotated[bool, typer.Option("--hot", help="Let one family take all the load, too.")] = False,
    http: Annotated[bool, typer.Option("--http", help="Measure signed message 2207 over HTTP, too.")] = False,
    growth: Annotated[
        bool, typer.Option("--growth", help="Measure a million people (or --accounts, if more) beside 100000, too.")
    ] = False,
    workers: Workers = 0,
    peers: Annotated[bool, typer.Option("--peers", help="Measure how others do it, too: one call a transfer.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A short form with --hot and --http, of a minute.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
    data: Data = None,
) -> None:
    """Measure durable settlements a second by the real path with a real region's rules, beside pgbench -N.

    The database is thrown away at the end: in a server of its own, or a new one in that of GONGJI_DATABASE_URL. No
    setting of durability is touched. Exit status 1 when anything was lost, doubled, negative or unbalanced.

    [bold]Example[/bold]: gongji bench settle --quick
    """
    from gongji.channels.bench.cli_settling import Wanted, run_bench, show  # noqa: PLC0415  # `gongji --help` stays quick

    people = accounts or (QUICK_ACCOUNTS if quick else 100_000)
    wanted = Wanted(
        seconds=seconds or (QUICK_SECONDS if quick else 5.0),
        http_seconds=seconds or (QUICK_HTTP_SECONDS if quick else 5.0),
        accounts=people,
        active=min(people, active or (QUICK_ACTIVE if quick else 100_000)),
        runs=runs or (QUICK_RUNS if quick else 5),
        hot=hot or quick,
        http=http or quick,
        workers=workers,
        growth=growth,
        peers=peers,
        data=data,
    )
    house: House = ctx.obj
    told, code = run_bench(house, wanted, lambda sentence: typer.echo(sentence, err=as_json))
    if told is not None and as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    elif told is not None:
        show(told)
    raise typer.Exit(code)


@bench.command("rules")
def bench_rules(
    ctx: typer.Context,
    bills: Annotated[int, typer.Option("--bills", min=1000, metavar="N", help="How many are decided on columns.")] = 10
    ** 6,
    runs: Annotated[int, typer.Option("--runs", min=1, metavar="R", help="How often each is measured, in turn.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print data instead of a table.")] = False,
) -> None:
    """Measure how fast rules decide: a million bills on columns, and one with its explanation, beside OpenFisca.

    OpenFisca-Core and its country template are installed into a folder that is thrown away; where that fails, a
    sentence says so. [bold]Example[/bold]: gongji bench rules --json
    """
    from gongji.channels.bench.rule_speed import measure_rules, rules_table  # noqa: PLC0415  # `gongji --help` stays quick

    house: House = ctx.obj
    told = measure_rules(house, bills, runs, lambda sentence: typer.echo(sentence, err=True))
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        Console().print(rules_table(told))
    if told["openfisca_left_out"]:
        typer.echo(told["openfisca_left_out"], err=True)
