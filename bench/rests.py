"""`python -m bench.rests`: what the same work costs in CPU time once its thread has slept before it.

The work reads some hundred of many small records, as a message does. In each run all rests take their turn; printed are
medians with their range, and the ratio to no rest at all of the same run.
"""

import random
import time
from collections.abc import Callable

from bench.clock import line

RECORDS = 60_000
READ_AT_ONCE = 400
RESTS_MS = (0.0, 0.5, 2.0, 5.0)
RUNS = 7
TIMES = 150


def main() -> None:
    """Measure, and print a line for each rest."""
    work = reading()
    figures: dict[float, list[float]] = {rest: [] for rest in RESTS_MS}
    for _ in range(RUNS):
        for rest, found in figures.items():
            found.append(cost(work, rest / 1e3))
    for rest, found in figures.items():
        print(line(f"{READ_AT_ONCE} records read after {rest} ms of sleep", found, figures[0.0]))


def reading() -> Callable[[], int]:
    """Return work that reads other records each time."""
    records = [(number, str(number), [number] * 5) for number in range(RECORDS)]
    dice = random.Random(1)  # noqa: S311  # no secret

    def read() -> int:
        return sum(len(name) + parts[0] for _, name, parts in dice.choices(records, k=READ_AT_ONCE))

    return read


def cost(work: Callable[[], int], rest: float) -> float:
    """Return the CPU microseconds of one time, each after a rest of so many seconds."""
    spent = 0.0
    for _ in range(TIMES):
        if rest:
            time.sleep(rest)
        begun = time.thread_time()
        work()
        spent += time.thread_time() - begun
    return spent / TIMES * 1e6


if __name__ == "__main__":
    main()
