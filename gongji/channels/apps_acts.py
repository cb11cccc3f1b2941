"""What `gongji apps` and `gongji staff` do, on the books of a data folder."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import typer
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from gongji.channels.beside import Carried, ordered
from gongji.channels.house import House
from gongji.channels.identity.secrets import Secrets
from gongji.domain.dossiers import opened
from gongji.domain.refusals import Refused
from gongji.domain.texts import sentence
from gongji.dossiers.cabinet import Asked, Place
from gongji.services.access.channel_apps import (
    APP,
    AppKind,
    ChannelApp,
    GrantType,
    as_registered,
)
from gongji.services.access.orders import Dismiss, Order, RegisterApp, SetAppState, TakeOn, carry_out, order_scope
from gongji.services.access.staff import STAFF, Member
from gongji.services.store import LeaseLostError, Store

PAGE = 100


class Registration(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An app as a file describes it; a `public` one gets no secret."""

    client_id: str
    kind: AppKind
    name_zh: str
    name_en: str
    scopes: tuple[str, ...]
    redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[GrantType, ...] = (GrantType.CODE, GrantType.REFRESH)
    requests_per_minute: int = 0
    public: bool = False
    staff: bool = False


def run_register(house: House, file: Path, by: str, data: Path | None, now: datetime | None) -> int:
    """Register the app of a file and print its secret; 0 when it was done, 1 when something in it is not sound."""
    try:
        wanted = msgspec.toml.decode(file.read_bytes(), type=Registration)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as fault:
        typer.echo(f"{file}: {fault}", err=True)
        return 1
    secret = "" if wanted.public else house.token()
    app = ChannelApp(
        client_id=wanted.client_id,
        name_zh=wanted.name_zh,
        name_en=wanted.name_en,
        kind=wanted.kind,
        grant_types=wanted.grant_types,
        scopes=wanted.scopes,
        redirect_uris=wanted.redirect_uris,
        secret_hash=Secrets().hashed(secret) if secret else "",
        requests_per_minute=wanted.requests_per_minute,
        staff=wanted.staff,
        registered_by=by,
    )
    if (code := _carried_out(house, data, now, RegisterApp(app))) != 0:
        return code
    typer.echo(f"{app.client_id} is registered.")
    if secret:
        typer.echo(f"Its secret, shown this once: {secret}")
    return 0


def run_list(house: House, data: Path | None, *, as_json: bool) -> int:
    """Print the apps as they stand."""
    with house.store(data, _nothing) as store:
        found = [as_registered(dossier) for dossier in _all(store, APP)]
    rows = [
        {
            "client_id": one.app.client_id,
            "name": one.app.name_zh,
            "kind": one.app.kind,
            "state": one.state,
            "grants": list(one.app.grant_types),
            "scopes": list(one.app.scopes),
            "redirects": list(one.app.redirect_uris),
            "staff": one.app.staff,
            "public": not one.app.secret_hash,
            "registered_by": one.app.registered_by,
            "since": f"{one.since:%Y-%m-%dT%H:%M:%S}",
            "why": one.app.why,
        }
        for one in found
    ]
    return _printed(rows, ("client_id", "name", "kind", "state", "registered_by", "since", "why"), as_json=as_json)


def run_state(house: House, wish: SetAppState, data: Path | None, now: datetime | None) -> int:
    """Suspend, revoke or let in an app; 0 when it was done."""
    if (code := _carried_out(house, data, now, wish)) != 0:
        return code
    typer.echo(f"{wish.client_id} is {wish.state}.")
    return 0


def run_rotate(house: House, data: Path | None) -> int:
    """Put a new key before those that tokens are signed by."""
    house.rotate_token_keys(data)
    typer.echo("A new key signs tokens from the next start of the server on; the ones before still open theirs.")
    return 0


def run_take_on(house: House, member: Member, data: Path | None, now: datetime | None) -> int:
    """Register one of the staff; 0 when it was done."""
    if (code := _carried_out(house, data, now, TakeOn(member))) != 0:
        return code
    typer.echo(f"{member.staff_no} {member.name} may sign in as {member.role}.")
    return 0


def run_staff(house: House, data: Path | None, *, as_json: bool) -> int:
    """Print the staff."""
    with house.store(data, _nothing) as store:
        found = [(opened(dossier, Member), dossier) for dossier in _all(store, STAFF)]
    rows = [
        {
            "number": member.staff_no,
            "name": member.name,
            "role": member.role,
            "office": member.office,
            "state": dossier.state,
            "by": member.by,
            "since": f"{dossier.made_at:%Y-%m-%dT%H:%M:%S}",
        }
        for member, dossier in found
    ]
    return _printed(rows, ("number", "name", "role", "office", "state", "by", "since"), as_json=as_json)


def run_dismiss(house: House, staff_no: str, by: str, data: Path | None) -> int:
    """Note that one of the staff has left; 0 when it was done."""
    if (code := _carried_out(house, data, None, Dismiss(staff_no, by))) != 0:
        return code
    typer.echo(f"{staff_no} has left.")
    return 0


# Helpers

_ELSEWHERE: Final = (
    "A server elsewhere writes to these books. Do it at its machine, in its data folder; or over its API: an inspector"
    " at POST /api/v1/channel-apps/{client_id}/state, an auditor at POST /api/v1/staff/{staff_no}/dismissal."
)


def _carried_out(house: House, data: Path | None, now: datetime | None, order: Order) -> int:
    """Have an order carried out, by the server that has the books if one runs here; 0 when it was done.

    1 where something in it is not sound, 2 where the books are with a server that cannot be asked from here.
    """
    told = ordered(house.data_folder(data), order)
    if told is None:
        try:
            with house.store(data, _nothing) as store:
                refused = store.run(order_scope(order), lambda books: carry_out(books, order, house.clock(now)()))
        except LeaseLostError:
            typer.echo(_ELSEWHERE, err=True)
            return 2
        told = Carried(refused=refused)
    if told.fault:
        typer.echo(told.fault, err=True)
        return 2
    return 0 if told.refused is None else _refused(told.refused)


def _nothing(_: str) -> None:
    """Say nothing."""


def _all(store: Store, kind: str) -> list[Any]:
    found: list[Any] = []
    before: Place | None = None
    while page := store.dossiers(Asked(kind=kind, before=before, most=PAGE)):
        found += page
        before = page[-1].made_at, page[-1].dossier_id
    return found


def _refused(no: Refused) -> int:
    typer.echo(f"{no.reason} ({no.subject}): {sentence(no.reason, 'en')}", err=True)
    return 1


def _printed(rows: list[dict[str, Any]], columns: Sequence[str], *, as_json: bool) -> int:
    if as_json:
        typer.echo(msgspec.json.encode(rows).decode())
        return 0
    table = Table(*columns)
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    Console().print(table)
    return 0
