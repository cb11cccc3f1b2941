"""What the tests of the whole server wait for and look at while hospitals work."""

import time
from collections.abc import Callable

import psycopg

from tests.faults.hospitals import PATIENTS, Log, until
from tests.faults.served import Program, Service
from tests.faults.wire import Point, Wire


def everybody_got_something_new(log: Log) -> None:
    """Wait until bills have been settled since now, so that the next kill finds work under way."""
    before = len(log.answered("2207A"))
    until(lambda: len(log.answered("2207A")) >= before + 8, "bills settled")


def cut_now(log: Log) -> set[str]:
    return {each.msgid for each in log.open if each.infno != "2206A"}


def all_waiting(log: Log) -> set[str]:
    """Return what has no answer while a batch is held, once the answers to those before it have all arrived."""
    found: list[set[str]] = [set()]

    def nothing_moves() -> bool:
        time.sleep(0.3)
        found.append(cut_now(log))
        return len(found[-1]) == len(PATIENTS) and found[-1] == found[-2]

    until(nothing_moves, "all hospitals waiting")
    return found[-1]


def backends_are_gone(service: Service) -> bool:
    """Tell whether all that a killed program had asked of the database is done or undone."""
    with psycopg.connect(service.database()) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gongji' AND pid <> pg_backend_pid()"
        ).fetchone()
    return row == (0,)


def killed_server_at(
    point: Point, wire: Wire, service: Service, log: Log, kill: Callable[[Program], object] = Program.kill
) -> set[str]:
    """Kill the server with a batch held at that point, and return what had no answer then."""
    wire.hold(point)
    until(wire.held.is_set, "a batch held")
    open_then = all_waiting(log)
    kill(service.program)
    wire.cut()
    until(lambda: backends_are_gone(service), "connections of the killed server ended")
    assert bool(service.written(open_then)) == (point is Point.AFTER_COMMIT)
    return open_then
