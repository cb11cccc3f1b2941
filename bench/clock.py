"""Timing: medians of several runs, on the processor's clock, beside a reference that every machine can run."""

import json
import statistics
import time
from collections.abc import Callable

REFERENCE = {"infno": "2207", "input": {"data": {f"amount_{number}": number / 7 for number in range(30)}}}


def reference() -> None:
    """Encode and decode a message of about 1.2 KB with the standard library: what the ratios are taken against."""
    json.loads(json.dumps(REFERENCE))


def in_turn(works: dict[str, Callable[[], object]], *, runs: int = 15, seconds: float = 0.02) -> dict[str, list[float]]:
    """Return CPU microseconds a call, one figure a run, for each work; all works take turns in every run.

    A machine whose clock wanders then wanders for all of them alike, and ratios within a run hold.
    """
    calls = {name: _calls(work, seconds) for name, work in works.items()}
    figures: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs):
        for name, work in works.items():
            started = time.process_time()
            for _ in range(calls[name]):
                work()
            figures[name].append((time.process_time() - started) / calls[name] * 1e6)
    return figures


def _calls(work: Callable[[], object], seconds: float) -> int:
    work()
    started = time.process_time()
    calls = 0
    while time.process_time() - started < seconds:
        work()
        calls += 1
    return max(1, calls)


def line(name: str, figures: list[float], against: list[float] | None, bar: str = "") -> str:
    """Return one printed line: median, range, and the median of the ratios to the reference of the same run."""
    text = f"{name:<52} {statistics.median(figures):>9.1f} us  ({min(figures):.1f}-{max(figures):.1f})"
    if against is not None:
        text += f"  {ratio(figures, against):>6.2f} x reference"
    return f"{text}  {bar}".rstrip()


def ratio(figures: list[float], against: list[float]) -> float:
    """Return the median of the ratios run by run; the runs are taken round where there are fewer of one."""
    return statistics.median(one / against[number % len(against)] for number, one in enumerate(figures))
