"""What is measured beside the clock: the CPU of ours, of PostgreSQL and of everybody else, and on which machine."""

import os
import platform
import time
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg
from msgspec import Struct

from gongji.channels.ground import Ground


class Reading(NamedTuple):
    """Seconds since some beginning: the wall's clock, CPU of this process, of PostgreSQL, of others of ours, of all."""

    wall: float
    python: float
    postgres: float | None
    helpers: float
    machine: float


class Span(Struct, frozen=True):
    """What passed between two readings, in seconds. `others` is the CPU that was not ours.

    `commits` are the transactions that wrote, in the whole server; those that found nothing to write are not counted.
    """

    wall: float
    python: float
    postgres: float | None
    helpers: float
    others: float
    commits: int

    @property
    def cpu(self) -> float | None:
        """Return the CPU of Python and PostgreSQL together; None where PostgreSQL runs elsewhere."""
        return None if self.postgres is None else self.python + self.postgres


class Meter:
    """Reads them. `helpers` are processes of ours besides this one and the server."""

    def __init__(self, ground: Ground, helpers: tuple[int, ...] = ()) -> None:
        """Read the server of `ground`."""
        self._server = ground.server_pid
        self._helpers = helpers
        self._url = ground.url
        self.start()

    def start(self) -> None:
        """Begin a span."""
        self._written = self._next_transaction()
        self._before = self._read()

    def stop(self) -> Span:
        """Return what has passed since the beginning."""
        old, new = self._before, self._read()
        postgres = None if new.postgres is None or old.postgres is None else new.postgres - old.postgres
        python, helpers = new.python - old.python, new.helpers - old.helpers
        others = max(0.0, new.machine - old.machine - python - helpers - (postgres or 0.0))
        return Span(
            wall=new.wall - old.wall,
            python=python,
            postgres=postgres,
            helpers=helpers,
            others=others,
            commits=self._next_transaction() - self._written,
        )

    def _next_transaction(self) -> int:
        """Return the number of the next transaction that writes. Looking takes none."""
        with psycopg.connect(self._url) as connection:
            ((number,),) = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchall()
        return int(number)

    def _read(self) -> Reading:
        machine = psutil.cpu_times()
        busy = machine.user + machine.nice + machine.system + getattr(machine, "irq", 0.0)
        return Reading(
            wall=time.perf_counter(),
            python=time.process_time(),
            postgres=None if self._server is None else cpu_of(self._server),
            helpers=sum(cpu_of(pid) for pid in self._helpers) + _ended_children(),
            machine=busy + getattr(machine, "softirq", 0.0),
        )


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process and its children, those that have ended included; 0 for one that is gone."""
    try:
        parent = psutil.Process(pid)
        several = [parent, *parent.children(recursive=True)]
        ended = parent.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    total = ended.children_user + ended.children_system
    for process in several:
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system
    return float(total)


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else psutil.cpu_count(),
        "memory_mib": psutil.virtual_memory().total >> 20,
        "python": platform.python_version(),
    }


def load_before() -> tuple[float, float, float]:
    """Return the load averages as they stand."""
    return psutil.getloadavg()


# Helpers


def _ended_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
