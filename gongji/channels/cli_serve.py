"""Serving: the national door over HTTP, and beside it the three lists of a sample server."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from msgspec import Struct

from gongji.channels.house import Clock, House
from gongji.channels.http import application, serve
from gongji.channels.national.door import Door
from gongji.channels.sandbox import lists, load_samples
from gongji.domain.bill import FeeClass
from gongji.domain.money import BASIS, yuan
from gongji.registry.catalogue import Catalogue, sample_catalogue
from gongji.services.batching import Batcher
from gongji.services.store import Store

_LEVELS = {FeeClass.A: "01", FeeClass.B: "02", FeeClass.C: "03"}


class Address(Struct, frozen=True):
    """Where to listen; with `or_any` at any free port when that one is taken."""

    host: str
    port: int
    or_any: bool = False


def run_serve(house: House, *, host: str, port: int, data: Path | None, sample: bool, now: datetime | None) -> int:
    """Open the books and serve until asked to stop; 0 then, 1 when the port is taken."""
    book, clock = house.book(), house.clock(now)
    typer.echo(f"{len(book.regions)} regions, rule bundle {book.digest[:12]}")
    with house.store(data, typer.echo, clock if now else None, standby=True) as store:
        if sample:
            load(store, house, clock())
        return keep_serving(store, house, clock, Address(host, port), sample=sample)


def load(store: Store, house: House, now: datetime) -> None:
    """Load the sample families, and say whether they were there."""
    fresh = load_samples(store, house.book(), now)
    typer.echo(
        "The sample families are loaded." if fresh else "The sample families were there; their money is as it was."
    )


def keep_serving(store: Store, house: House, clock: Clock, at: Address, *, sample: bool) -> int:
    """Serve until SIGTERM or SIGINT. `ready` and the address are printed once the socket accepts."""
    catalogue = sample_catalogue()
    door = Door(store, house.book(), catalogue)
    extra = lists(store, house.book(), clock, _listed(catalogue)) if sample else {}
    with Batcher(store) as batcher:
        app = application(door, batcher, clock=clock, extra=extra)
        for port in (at.port, 0) if at.or_any else (at.port,):
            try:
                serve(app, at.host, port, lambda url: typer.echo(f"ready {url}"))
            except OSError as fault:
                typer.echo(f"{at.host}:{port} cannot be listened on: {fault.strerror or fault}.", err=True)
            else:
                typer.echo("Stopped.")
                return 0
    return 1


def _listed(catalogue: Catalogue) -> Callable[[], list[dict[str, Any]]]:
    items = [
        {
            "med_list_codg": item.code,
            "name": item.name,
            "chrgitm_lv": _LEVELS[item.fee_class],
            "first_self_pay": _ratio(item.first_self_pay),
            "price": None if item.ceiling_fen is None else yuan(item.ceiling_fen),
        }
        for item in catalogue.items.values()
    ]
    return lambda: items


def _ratio(points: int) -> str:
    """Return basis points as a decimal ratio with at least two decimals."""
    whole, rest = divmod(points, BASIS)
    return f"{whole}.{rest:04d}".removesuffix("00")
