"""The page of what was measured, made from `bench.json`; `docs/build.py` writes it, and a test keeps it fresh."""

import json
from pathlib import Path
from typing import Any, Final

from gongji.channels.bench.report import rows, sentences

FIGURES: Final = Path(__file__).with_name("bench.json")
GROWTH: Final = Path(__file__).with_name("bench-growth.json")

MEANINGS: Final = {
    "engine_vs_pgbench_n": "durable settlements a second by the real writer, each with rules, entry, postings and kept "
    "answer, ÷ transactions a second of `pgbench -N -c 32` (one row updated, one inserted), in turn",
    "cpu_us_per_settlement": "CPU of Python and PostgreSQL together ÷ settlements, in the engine's windows",
    "http_vs_pgbench_n": "message 2207 with HMAC-SM3 through `gongji serve`, answered, ÷ `pgbench -N` in turn; the "
    "load generator runs on the same cores",
    "p99_ms_at_half_load": "the time in which 99 of 100 answers to 2207 came, sent at half of the rate reached, from "
    "when each was due",
    "restart_seconds": "from starting the server's program to the first 2207 answered; PostgreSQL is up, nothing is in "
    "the server's memory",
    "cold_vs_warm": "settlements of families the writer has not met ÷ those of families it knows",
    "growth_1e7_vs_1e5": "the engine on ten million people ÷ on a hundred thousand, window by window in one server",
    "hot_vs_spread": "all bills in one family ÷ bills spread over all families",
    "lost": "answers given that the books do not hold as they were given",
    "doubled": "settlements more than one for a request, or under one number",
    "negative": "pockets below zero at the end",
    "unbalanced": "entries that do not add up to nothing, and what the books' own check finds",
}
"""What each figure with a bar is."""

_HEAD: Final = """# How fast 快慢

`gongji bench settle` measures durable settlements by the path that the server takes: the same writer, rules, tables and
commits. Everything is told as a ratio to PostgreSQL's own `pgbench -N` in the same server and the same minute, since
seconds of one machine say little about another; figures are medians of several windows with their range.

```sh
gongji bench settle --quick                          # the short form: engine, one hot family, HTTP; about a minute
gongji bench settle --http --hot --json              # windows of five seconds, 100000 people
gongji bench settle --http --workers 2               # connections taken by two processes, as `gongji serve --workers 2`
gongji bench settle --growth --accounts 10000000     # ten million people beside a hundred thousand
gongji bench settle --peers                          # one call a transfer, in plain SQL and by django-hordak
```

It makes a database of its own (in a new server, or in that of `GONGJI_DATABASE_URL`) and drops it at the end. The exit
status is 1 when anything was lost, doubled, negative or unbalanced, 2 when nothing could be measured.

## What each figure is

| figure | meaning |
|---|---|
"""

_HONEST: Final = """
## What is honest about it, and what is not

* No setting of durability is touched: `fsync`, `synchronous_commit` and `full_page_writes` stay on, and are told.
* The engine's bills are handed to the writer in its own process: no HTTP. About three in ten patients have two
  sharers; half of the bills of employees come as fee lines under a real schedule, the others as parts split elsewhere.
* Over HTTP every visit comes to the same server as in life: 2201 and 2204 are sent for it before the window, signed,
  in a closed loop, and then 2207 is timed. How fast 2201 and 2204 went is told beside it. Only the visit that
  `restart_seconds` is measured by is put in beforehand. A first short window says how many visits the others need.
* The server tells families of each bill behind its answers, as in life: notices are written and differences looked
  for while the windows run. Those of the engine's windows count as told, since no server ran meanwhile.
* Messages are written and signed before the clock starts; the generator reads only lengths of answers while it runs.
  Every answer is read afterwards: one refusal, or one message without an answer, ends the bench.
* 192 connections send in the closed loop, one request at a time each. Few callers make small batches: settlements a
  commit are told for each kind of window. Commits are counted by PostgreSQL's own transaction numbers.
* `pgbench` runs two threads and 32 clients on tables of as many accounts, cached beforehand.
* Everything shares the cores of one machine. What other programs used meanwhile is told; a run beside busy neighbours
  says less, about latency above all.
* At the end all answers are compared with the books, and the books are checked as a whole.
"""

_FOOT: Final = """
This page is written by `python docs/build.py` from `docs/bench.json` and `docs/bench-growth.json`, which are what
`gongji bench settle --json` printed.
"""


def page() -> str:
    """Return the page."""
    told: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    meanings = [f"| {row.words} | {MEANINGS[row.key]} |" for row in rows(told)]
    measured = [f"| {row.words} | {row.median} | {row.reach} | {row.bar} | {row.met} |" for row in rows(told)]
    machine = told["machine"]
    return "\n".join(
        [
            _HEAD + "\n".join(meanings),
            _HONEST,
            f"## Measured on {machine['cpu']}, {machine['cores']} cores, {machine['memory_mib'] >> 10} GiB\n",
            f"{machine['system']}, Python {machine['python']}, PostgreSQL {told['settings']['server_version']}.\n",
            "| figure | median | range | bar | |\n|---|--:|--:|--:|---|",
            *measured,
            "",
            *(f"* {sentence}" for sentence in sentences(told)),
            *_with_ten_million(),
            _FOOT,
        ]
    )


# Helpers


def _with_ten_million() -> list[str]:
    """Return what another run told of ten million people, window by window beside a hundred thousand."""
    told: dict[str, Any] = json.loads(GROWTH.read_text(encoding="utf-8"))
    grown, ratio, others = told["growth"], told["growth_1e7_vs_1e5"], told["load_of_others"]["cores_used"]
    rate = (
        f"* {grown['per_second']['median']:,.0f} settlements/s, {ratio['median']:.2f} of the rate with 100,000 people"
        f" ({ratio['min']:.2f} - {ratio['max']:.2f}, bar 0.8)."
    )
    start = (
        f"* {grown['restart_seconds']:.1f} s from the server's start to its first settlement (bar 5); families"
        f" never met at {grown['cold_vs_warm']['median']:.2f} of the warm; filled in {grown['fill_seconds']:.0f} s."
    )
    held = (
        f"* {others['median']:.2f} cores were used by others meanwhile; lost, doubled, negative and unbalanced:"
        f" {told['lost']}, {told['doubled']}, {told['negative']}, {told['unbalanced']}."
    )
    return [f"\n## With {grown['people']:,} people, a run of its own\n", rate, start, held]
