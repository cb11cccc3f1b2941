"""The command line: each command reads its words, calls one room of the house, and prints.

What a command needs is imported when it runs, so that `gongji --help` is quick.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from gongji import __version__
from gongji.channels.bench.cli_bench import bench
from gongji.channels.cli_apps import apps, staff
from gongji.channels.cli_governance import governance
from gongji.channels.cli_import import imports
from gongji.channels.cli_policy import Lang, Published, reading, rules_of
from gongji.channels.cli_whatif import whatif
from gongji.channels.house import House

app = typer.Typer(
    name="gongji",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    help="""[bold]gongji 共济[/bold]: family mutual aid of personal medical-insurance accounts
(职工医保个人账户家庭共济).

It knows each region's rules on each day, keeps the accounts, settles bills out of the right pockets
in the right order, and explains every fen.""",
    epilog="""[bold]Try[/bold]

  gongji demo --once  (three recorded bills)

  gongji settle samples/2207_request_chongqing_input.json

  gongji policy show 310000 --on 2025-06-01

  gongji serve --sample --port 8080""",
)
policy = typer.Typer(
    no_args_is_help=True,
    help="Look into the rule book, every value with its date, document and grade; and change it, by two persons.",
)
policy.add_typer(reading)
policy.add_typer(governance)
app.add_typer(policy, name="policy")
app.add_typer(bench, name="bench")
app.add_typer(apps, name="apps")
app.add_typer(staff, name="staff")
app.add_typer(whatif, name="whatif")
app.add_typer(imports, name="import")

Json = Annotated[bool, typer.Option("--json", help="Print data instead of a table.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="The data folder: database and key live there (default: ./var)."),
]
Now = Annotated[
    datetime | None,
    typer.Option(
        "--now",
        formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"],
        help="Set the clock to this moment in Asia/Shanghai; it ticks on from there.",
    ),
]
Host = Annotated[str, typer.Option("--host", help="The address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port to listen on; 0 takes any free one.")]
DEFAULT_PORT = 8080


@app.command()
def settle(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="One national message as JSON; - reads standard input.")],
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Keep the books in this data folder.")
    ] = None,
    as_json: Json = False,
    now: Now = None,
) -> None:
    """Handle one national message from a file, and explain the answer.

    Without --data the books are thrown away afterwards. Into those, and into a data folder that is new or holds the
    sample families, the sample families are put, and the person, visit and fee line that a lone settlement refers to.
    Whatever is filled in is named; into other books only the envelope is. Exit status 1 when the message is refused.

    [bold]Example[/bold]: gongji settle samples/2207_request_chongqing_input.json
    """
    from gongji.channels.cli_settle import run_settle  # noqa: PLC0415  # see the top

    raise typer.Exit(run_settle(_house(ctx), file, data=data, as_json=as_json, now=now))


@app.command()
def cases(
    ctx: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Case files, and folders of them.")],
    as_json: Json = False,
) -> None:
    """Run case files (given, when, then) in memory, and print one line a case.

    The exit status is 0 only when all pass. [bold]Example[/bold]: gongji cases cases/
    """
    from gongji.channels.cli_rules import run_cases  # noqa: PLC0415  # see the top

    raise typer.Exit(run_cases(_house(ctx), paths, as_json=as_json))


@policy.command("show")
def policy_show(
    ctx: typer.Context,
    region: Annotated[str, typer.Argument(help="医保区划, six digits; 000000 is the nation.")],
    rule: Annotated[str | None, typer.Argument(help="One rule only, over all time.")] = None,
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day (default: today).")] = None,
    data: Published = None,
    as_json: Json = False,
) -> None:
    """Show the rules of a region on a day, or one rule over time with the words of its documents.

    [bold]Examples[/bold]: gongji policy show 310000 --on 2025-06-01; gongji policy show 320200 relatives
    """
    from gongji.channels.cli_rules import run_policy_show  # noqa: PLC0415  # see the top

    raise typer.Exit(run_policy_show(rules_of(ctx, data), region, rule, on=_day(on), as_json=as_json))


@policy.command("regions")
def policy_regions(ctx: typer.Context, data: Published = None, as_json: Json = False) -> None:
    """List the regions that have rules of their own."""
    from gongji.channels.cli_rules import run_policy_regions  # noqa: PLC0415  # see the top

    raise typer.Exit(run_policy_regions(rules_of(ctx, data), as_json=as_json))


@policy.command("coverage")
def policy_coverage(
    ctx: typer.Context,
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day (default: today).")] = None,
    data: Published = None,
    as_json: Json = False,
) -> None:
    """Count for every province which decisive rules are official, portal, assumed or unknown, and which are stale."""
    from gongji.channels.cli_rules import run_policy_coverage  # noqa: PLC0415  # see the top

    raise typer.Exit(run_policy_coverage(rules_of(ctx, data), on=_day(on), as_json=as_json))


@policy.command("lint")
def policy_lint(ctx: typer.Context) -> None:
    """Check the policy files: unknown keys, missing sources, gaps and overlaps, each by file and key."""
    from gongji.channels.cli_rules import run_policy_lint  # noqa: PLC0415  # see the top

    raise typer.Exit(run_policy_lint(_house(ctx)))


@app.command()
def replay(
    ctx: typer.Context,
    settlement: Annotated[str | None, typer.Argument(help="The number of a settlement, or of a refund of it.")] = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, metavar="N", help="Settle N random bills in memory; replay each.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed makes other sample bills.")] = 1,
    data: Data = None,
    lang: Lang = "zh",
    as_json: Json = False,
) -> None:
    """Decide a settled bill again by the rules as they were known then, and tell what today's rules would say.

    Exit status 1 when a figure or a rule differs. [bold]Examples[/bold]: gongji replay 17; gongji replay --sample 10000
    """
    from gongji.channels.cli_recheck import run_recheck, run_sample  # noqa: PLC0415  # see the top

    if (settlement is None) == (sample is None):
        raise typer.BadParameter("name a settlement, or --sample N.")
    if sample is not None:
        raise typer.Exit(run_sample(_house(ctx), sample, seed=seed, as_json=as_json))
    raise typer.Exit(run_recheck(_house(ctx), str(settlement), data=data, lang=lang, as_json=as_json))


@app.command("replay-samples")
def replay_samples(ctx: typer.Context, as_json: Json = False) -> None:
    """Settle the recorded bills anew, each through its own transactions, and compare every figure to the fen.

    The books are in memory and forgotten. Exit status 1 when a figure differs.
    """
    from gongji.channels.cli_replay import run_replay  # noqa: PLC0415  # see the top

    raise typer.Exit(run_replay(_house(ctx), as_json=as_json))


@app.command()
def serve(
    ctx: typer.Context,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    data: Data = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Load synthetic families, and serve /sandbox/*.json.")
    ] = False,
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            metavar="NAME|by-region",
            help="What the region adds to the interface: signatures, paths, spellings; by-region asks each message.",
        ),
    ] = "plain",
    core_split: Annotated[
        bool,
        typer.Option(
            "--accept-core-split",
            help="Believe institutions how an outside core has split a bill; a sandbox always does.",
        ),
    ] = False,
    workers: Annotated[
        int,
        typer.Option("--workers", min=0, max=64, help="Processes that take connections; 0: one process does it all."),
    ] = 0,
    now: Now = None,
) -> None:
    """Serve the national institution interface; prints `ready http://…` when it is.

    Keys for signatures stand in institution-keys.toml of the data folder, or where GONGJI_INSTITUTION_KEYS says.
    Behind proxies GONGJI_TRUSTED_PROXIES names the header they write, and their addresses or networks, as in
    "X-Forwarded-For 10.0.0.0/8"; else all callers count as one address. docs/identity.md has all settings.

    [bold]Example[/bold]: gongji serve --sample --now 2025-06-01T10:00:00
    """
    from gongji.channels.cli_serve import Address, run_serve  # noqa: PLC0415  # see the top

    code = run_serve(
        _house(ctx),
        Address(host, port),
        data=data,
        sample=sample,
        now=now,
        profile=profile,
        core_split=core_split,
        workers=workers,
    )
    _end(code)


@app.command("http-worker", hidden=True)
def http_worker(ctx: typer.Context, wire: int, listening: int) -> None:
    """Take connections for a server that has started this program, and handed down two sockets."""
    from gongji.channels.cli_serve import run_worker  # noqa: PLC0415  # see the top

    run_worker(_house(ctx), wire, listening)


@app.command()
def demo(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Settle, explain, and exit.")] = False,
    host: Host = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    data: Data = None,
) -> None:
    """Settle three recorded bills before your eyes, each explained; then serve.

    `make run` is this command.
    """
    from gongji.channels.cli_demo import run_demo  # noqa: PLC0415  # see the top

    code = run_demo(_house(ctx), host=host, port=port, data=data, once=once)
    if once:
        raise typer.Exit(code)
    _end(code)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"gongji {__version__}")


# Helpers


def _end(code: int) -> NoReturn:
    """End with that status. Only what has served ends with 0 here, and it leaves at once."""
    from gongji.channels.serving.leaving import leave  # noqa: PLC0415  # see the top

    if code:
        raise typer.Exit(code)
    leave()


def _house(ctx: typer.Context) -> House:
    house: House = ctx.obj
    return house


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None
