"""The commands of `gongji policy` that change the rules; see `gongji.channels.policy_acts` for what they do."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gongji.channels.house import House

governance = typer.Typer()

MOMENTS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="The number of the draft.")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who does it; it stands on record.")]
Why = Annotated[str, typer.Option("--why", help="Why; it stands on record.")]
Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The data folder that keeps the record (default: ./var).")
]
Now = Annotated[
    datetime | None, typer.Option("--now", formats=MOMENTS, help="Set the clock to this moment, for a server that has.")
]
Since = Annotated[
    datetime | None,
    typer.Option("--at", formats=MOMENTS, help="From this moment on (default: as soon as every server knows)."),
]
Json = Annotated[bool, typer.Option("--json", help="Print data instead of sentences.")]


@governance.command("draft")
def policy_draft(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="The policy file of a region, new or changed.")],
    notice: Annotated[Path, typer.Option("--notice", help="The document it rests on: .pdf, .txt or .html.")],
    by: By,
    why: Why = "",
    data: Data = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Bring a change of rule: a policy file with its notice. Nothing holds by it yet.

    [bold]Example[/bold]: gongji policy draft 350000-fujian.toml --notice notice.pdf --by 王芳
    """
    from gongji.channels.policy_acts import Deed, run_draft  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_draft(_house(ctx), Deed(by, why, data, now, as_json), file, notice))


@governance.command("check")
def policy_check(
    ctx: typer.Context,
    draft: Number,
    by: By,
    case: Annotated[
        list[Path] | None, typer.Option("--case", help="A case file that goes with the draft; more than once for more.")
    ] = None,
    whatif: Annotated[
        Path | None, typer.Option("--whatif", metavar="DIR", help="The result of a what-if to keep with the draft.")
    ] = None,
    why: Why = "",
    data: Data = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Check a draft: load it, run all cases by it, and tell what it changes. Exit status 1 when it is not sound.

    A case that is attached stands in place of one of the program's of the same folder and name, from then on.
    """
    from gongji.channels.policy_acts import Deed, run_check  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_check(_house(ctx), Deed(by, why, data, now, as_json), draft, cases=case or [], whatif=whatif))


@governance.command("approve")
def policy_approve(
    ctx: typer.Context,
    draft: Number,
    by: By,
    why: Why = "",
    data: Data = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Stand up for a checked draft as a second person, who has not drafted it."""
    from gongji.channels.policy_acts import Deed, run_approve  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_approve(_house(ctx), Deed(by, why, data, now, as_json), draft))


@governance.command("publish")
def policy_publish(
    ctx: typer.Context,
    draft: Number,
    by: By,
    since: Since = None,
    why: Why = "",
    data: Data = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Let an approved draft hold, from a moment on. Servers that run take it without a restart.

    [bold]Example[/bold]: gongji policy publish 1 --by 李强 --at 2026-12-01
    """
    from gongji.channels.policy_acts import Deed, run_publish  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_publish(_house(ctx), Deed(by, why, data, now, as_json), draft, since))


@governance.command("rollback")
def policy_rollback(
    ctx: typer.Context,
    by: By,
    why: Why,
    to: Annotated[
        int | None, typer.Option("--to", min=1, metavar="NUMBER", help="That publication (default: the last but one).")
    ] = None,
    since: Since = None,
    data: Data = None,
    now: Now = None,
    as_json: Json = False,
) -> None:
    """Publish an earlier publication again. Nothing is deleted."""
    from gongji.channels.policy_acts import Deed, run_rollback  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_rollback(_house(ctx), Deed(by, why, data, now, as_json), to, since))


@governance.command("log")
def policy_log(ctx: typer.Context, data: Data = None, as_json: Json = False) -> None:
    """Show what was done to the rules: who, when, why."""
    from gongji.channels.policy_acts import run_log  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_log(_house(ctx), data, as_json=as_json))


# Helpers


def _house(ctx: typer.Context) -> House:
    house: House = ctx.obj
    return house
