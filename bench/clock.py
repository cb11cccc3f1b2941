"""Timing: medians of several runs, on the processor's clock, beside a reference that every machine can run."""

import json
import statistics
import time
from collections.abc import Callable

REFERENCE = {"infno": "2207", "input": {"data": {f"amount_{number}": number / 7 for number in range(30)}}}


def reference() -> None:
    """Encode and decode a message of about 1.2 KB with the standard library: what the ratios are taken against."""
    json.loads(json.dumps(REFERENCE))


def microseconds(work: Callable[[], object], *, runs: int = 9, seconds: float = 0.15) -> list[float]:
    """Return CPU microseconds a call of `work`, one figure a run, after a warm-up."""
    work()
    started = time.process_time()
    calls = 0
    while time.process_time() - started < seconds / 10:
        work()
        calls += 1
    calls = max(1, calls * 10 // 2)
    figures = []
    for _ in range(runs):
        started = time.process_time()
        for _ in range(calls):
            work()
        figures.append((time.process_time() - started) / calls * 1e6)
    return figures


def line(name: str, figures: list[float], against: list[float] | None, bar: str = "") -> str:
    """Return one printed line: median, range, and the ratio to the reference of the same run."""
    middle = statistics.median(figures)
    text = f"{name:<52} {middle:>9.1f} us  ({min(figures):.1f}-{max(figures):.1f})"
    if against is not None:
        text += f"  {middle / statistics.median(against):>6.2f} x reference"
    return f"{text}  {bar}".rstrip()
