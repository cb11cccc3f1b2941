"""What `gongji bench settle` does: measure all that was asked for, and tell it."""

from pathlib import Path
from typing import Any

from msgspec.structs import replace
from rich.console import Console

from gongji.channels.bench.growth import LARGE, SMALL, Grown, measure_growth
from gongji.channels.bench.peers import Peers, measure_peers
from gongji.channels.bench.reference import Pgbench, PgbenchError
from gongji.channels.bench.report import figures, sentences, table
from gongji.channels.bench.run import Asked, Measured, measure
from gongji.channels.bench.served import ServerError
from gongji.channels.house import House, Say


class Wanted(Asked, frozen=True, kw_only=True):
    """All that can be asked for; `data` is where the throw-away database is made."""

    growth: bool = False
    peers: bool = False
    data: Path | None = None


def run_bench(house: House, wanted: Wanted, say: Say) -> tuple[dict[str, Any] | None, int]:
    """Return the figures and the exit status: 0, 1 when the books are not right, 2 when it could not be measured."""
    try:
        told = figures(*_measured(house, wanted, say))
    except (PgbenchError, ServerError) as fault:
        say(f"This could not be measured: {fault}")
        return None, 2
    return told, int(any(told[name] for name in ("lost", "doubled", "negative", "unbalanced")))


def show(told: dict[str, Any]) -> None:
    """Print the table, and what it does not say."""
    console = Console()
    console.print(table(told))
    for sentence in sentences(told):
        console.print(sentence, markup=False, highlight=False)


# Helpers


def _measured(house: House, wanted: Wanted, say: Say) -> tuple[Measured, Grown | None, Peers | None]:
    with house.scratch(wanted.data) as ground, ground.beside("gongji_pgbench") as url:
        pgbench = Pgbench(ground, url)
        base = replace(wanted, accounts=min(wanted.accounts, SMALL)) if wanted.growth else wanted
        measured = measure(house, base, ground, pgbench, say)
        grown = peers = None
        if wanted.growth:
            people = max(LARGE, wanted.accounts)
            grown = measure_growth(
                house,
                ground,
                people,
                wanted.active,
                wanted.seconds,
                runs=wanted.runs,
                workers=wanted.workers,
                say=say,
            )
        if wanted.peers:
            peers = measure_peers(ground, pgbench, measured.people, wanted.seconds, runs=wanted.runs, say=say)
        return measured, grown, peers
