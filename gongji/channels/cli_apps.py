"""`gongji apps` and `gongji staff`: who may connect, who of a bureau may sign in; see `gongji.channels.apps_acts`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gongji.channels.house import House
from gongji.services.access.channel_apps import AppState

apps = typer.Typer(no_args_is_help=True, help="Channel apps: register, list, suspend; and the keys of their tokens.")
staff = typer.Typer(no_args_is_help=True, help="The staff of a bureau who may sign in: register, list, dismiss.")

MOMENTS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"]

Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The data folder of the books (default: ./var).")
]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who does it; it stands on record.")]
Now = Annotated[
    datetime | None, typer.Option("--now", formats=MOMENTS, help="Set the clock to this moment, for a server that has.")
]
Json = Annotated[bool, typer.Option("--json", help="Print data instead of a table.")]
ClientId = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="Small letters, digits and hyphens.")]


@apps.command("register")
def apps_register(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="APP.toml", help="What the app is; docs/identity.md has an example.")],
    by: By,
    data: Data = None,
    now: Now = None,
) -> None:
    """Register an app, and print its secret. That is shown once: only a hash of it is kept.

    [bold]Example[/bold]: gongji apps register app.toml --by 王芳
    """
    from gongji.channels.apps_acts import run_register  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_register(_house(ctx), file, by, data, now))


@apps.command("list")
def apps_list(ctx: typer.Context, data: Data = None, as_json: Json = False) -> None:
    """List the apps as they stand; no secret and no hash is shown."""
    from gongji.channels.apps_acts import run_list  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_list(_house(ctx), data, as_json=as_json))


@apps.command("suspend")
def apps_suspend(ctx: typer.Context, client_id: ClientId, by: By, why: str, data: Data = None, now: Now = None) -> None:
    """Suspend an app: none of its tokens holds, until it is let in again. WHY stands on record."""
    _to_state(ctx, client_id, AppState.SUSPENDED, by, why, data, now)


@apps.command("resume")
def apps_resume(ctx: typer.Context, client_id: ClientId, by: By, why: str, data: Data = None, now: Now = None) -> None:
    """Let a suspended app in again."""
    _to_state(ctx, client_id, AppState.ACTIVE, by, why, data, now)


@apps.command("revoke")
def apps_revoke(ctx: typer.Context, client_id: ClientId, by: By, why: str, data: Data = None, now: Now = None) -> None:
    """Shut an app out for good."""
    _to_state(ctx, client_id, AppState.REVOKED, by, why, data, now)


@apps.command("rotate-keys")
def apps_rotate_keys(ctx: typer.Context, data: Data = None) -> None:
    """Have new tokens signed by a new key, once the server is started again. Old ones open as long as they live."""
    from gongji.channels.apps_acts import run_rotate  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_rotate(_house(ctx), data))


@staff.command("register")
def staff_register(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="As the identity provider tells it.")],
    name: Annotated[str, typer.Option("--name", help="As the identity provider tells it.")],
    role: Annotated[str, typer.Option("--role", help="clerk, reviewer, inspector or auditor.")],
    office: Annotated[str, typer.Option("--office", help="医保区划 of the desk, six digits.")],
    by: By,
    data: Data = None,
    now: Now = None,
) -> None:
    """Register one of the staff, anew or in another role."""
    from gongji.channels.apps_acts import run_take_on  # noqa: PLC0415  # see gongji.channels.cli
    from gongji.services.access.staff import Member  # noqa: PLC0415  # the same

    member = Member(staff_no=number, name=name, role=role, office=office, by=by)
    raise typer.Exit(run_take_on(_house(ctx), member, data, now))


@staff.command("list")
def staff_list(ctx: typer.Context, data: Data = None, as_json: Json = False) -> None:
    """List the staff, those who have left too."""
    from gongji.channels.apps_acts import run_staff  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_staff(_house(ctx), data, as_json=as_json))


@staff.command("dismiss")
def staff_dismiss(ctx: typer.Context, number: str, by: By, data: Data = None) -> None:
    """Note that one of the staff has left: nothing that he signed in to holds any more."""
    from gongji.channels.apps_acts import run_dismiss  # noqa: PLC0415  # see gongji.channels.cli

    raise typer.Exit(run_dismiss(_house(ctx), number, by, data))


# Helpers


def _to_state(
    ctx: typer.Context, client_id: str, to: AppState, by: str, why: str, data: Path | None, now: datetime | None
) -> None:
    from gongji.channels.apps_acts import run_state  # noqa: PLC0415  # see gongji.channels.cli
    from gongji.services.access.orders import SetAppState  # noqa: PLC0415  # the same

    raise typer.Exit(run_state(_house(ctx), SetAppState(client_id, to, by, why), data, now))


def _house(ctx: typer.Context) -> House:
    house: House = ctx.obj
    return house
