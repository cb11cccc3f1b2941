"""`gongji replay-samples`: the recorded settlements, settled anew in memory and compared to the fen."""

from datetime import datetime

import msgspec
import typer
from rich.table import Table

from gongji.channels import tables
from gongji.channels.cli_settle import CATCH_ALL
from gongji.channels.house import House
from gongji.channels.national.door import Door
from gongji.channels.recordings import Replayed, recordings, replay
from gongji.domain.money import yuan
from gongji.registry.catalogue import sample_catalogue


def run_replay(house: House, *, as_json: bool) -> int:
    """Replay every recording and print how it came out; 0 when all are the same to the fen."""
    outcomes = _outcomes(house)
    if as_json:
        typer.echo(msgspec.json.encode([_data(outcome) for outcome in outcomes]).decode())
    else:
        for outcome in outcomes:
            _show(outcome)
        typer.echo(f"{sum(outcome.same for outcome in outcomes)} of {len(outcomes)} recordings came out to the fen.")
    return 0 if all(outcome.same for outcome in outcomes) else 1


# Helpers


def _outcomes(house: House) -> list[Replayed]:
    folder, outcomes = house.samples(), []
    for recording in recordings(folder):
        store = house.throwaway()
        door = Door(store, house.book(), sample_catalogue(), codes=house.throwaway_codes())

        def handle(raw: bytes, at: datetime, door: Door = door) -> bytes:
            return door.handle(raw, CATCH_ALL, at)

        outcomes.append(replay(recording, folder, store, handle))
    return outcomes


def _show(outcome: Replayed) -> None:
    console = tables.wide_console()
    console.rule(f"[bold]{outcome.recording.title}[/bold]  {outcome.recording.file}", align="left")
    console.print(f"  {' → '.join(outcome.sent)}", markup=False, highlight=False)
    if outcome.refused is not None:
        console.print(f"  {outcome.refused}", style="red", markup=False)
        return
    table = Table("figure", box=None, pad_edge=True)
    for heading in ("recorded", "replayed", ""):
        table.add_column(heading, justify="right")
    for figure in outcome.figures:
        recorded = "-" if figure.recorded_fen is None else yuan(figure.recorded_fen)
        table.add_row(figure.name, recorded, yuan(figure.replayed_fen), "" if figure.same else "[red]differs[/red]")
    console.print(table)


def _data(outcome: Replayed) -> dict[str, object]:
    return {
        "file": outcome.recording.file,
        "title": outcome.recording.title,
        "sent": outcome.sent,
        "same": outcome.same,
        "refused": outcome.refused,
        "figures": [
            {
                "name": figure.name,
                "recorded": None if figure.recorded_fen is None else yuan(figure.recorded_fen),
                "replayed": yuan(figure.replayed_fen),
            }
            for figure in outcome.figures
        ],
    }
