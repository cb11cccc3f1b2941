"""`python -m bench`: one decision, its explanation, decoding messages, loading, importing the package; with ratios.

Times are CPU microseconds, medians of several runs with their range, beside a reference timed in the same run.
`--json` prints the same as data.
"""

import json
import resource
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bench import decoding, settling
from bench.clock import in_turn, line, ratio, reference
from gongji.channels.cases.form import read_case
from gongji.channels.cases.world import World
from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts
from gongji.domain.requests import RequestKey
from gongji.rules.bundle import book_from_bundle, compile_book
from gongji.rules.explain import explain
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill, Rules, Settled, Used, decide_settlement
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.families import candidates_of, purse_of
from gongji.services.requests import once

ROOT = Path(__file__).parents[1]
AT = datetime(2025, 3, 3, 10, 0, 0)
BARS = {
    "decision": 15,
    "decision_of_lines": 25,
    "explained": 200,
    "decode_2204": 100,  # 10 000 messages in a second of CPU
    "decode_2207": 100,
    "signed_2207_to_job": 45,
    "verify_hmac_sm3": 15,
    "answer_2207": 25,
    "import_gongji": 150_000,
}
"""The bars, in microseconds of CPU; those named are asked for, the other figures are told beside them."""


def main() -> None:
    """Measure and print."""
    files = {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in (ROOT / "policies").glob("*.toml")}
    book, bundle = compile_book(files)
    works = {
        "reference": reference,
        **works_of(book),
        **decoding.works(),
        **settling.works(book),
        "load_bundle": lambda: book_from_bundle(bundle),
    }
    figures = in_turn(works)
    against = figures.pop("reference")
    figures["import_gongji"] = [import_cpu("gongji") for _ in range(5)]
    figures["import_settling"] = [import_cpu("gongji.services.bills.settlements") for _ in range(5)]
    if "--json" in sys.argv:
        told = {name: round(statistics.median(several), 2) for name, several in figures.items()}
        ratios = {name: round(ratio(several, against), 3) for name, several in figures.items()}
        print(json.dumps({"microseconds": told, "ratio_to_reference": ratios, "bars": BARS}))
        return
    print(line("reference: JSON of a message, there and back", against, None))
    for name, several in figures.items():
        bar = f"bar {BARS[name]} us" if name in BARS else ""
        print(line(name, several, against, bar))


def works_of(book: PolicyBook) -> dict[str, Callable[[], object]]:
    """Return what is timed: a retired grandmother in Beijing, with two grandchildren who share with her."""
    file = ROOT / "cases/acceptance/beijing-filing-order.toml"
    world = World(read_case(tomllib.loads(file.read_text(encoding="utf-8"))), book)
    patient = world.books.registry.people[3]
    purse = purse_of(world.books, 3, AT)
    candidates = candidates_of(world.books, book, 3, AT)
    rules = Rules(*[book.on("110000", AT.date())] * 3)
    whole = Bill(at=AT, visited_on=AT.date(), parts=Parts(copay_fen=100_00))
    lines = (FeeLine(3_000_00), FeeLine(100_00, FeeClass.B, FeeKind.DRUG, 1_000))
    listed = Bill(at=AT, visited_on=AT.date(), lines=lines)
    names = {1: "甲", 2: "乙", 3: "祖母"}

    def decide(bill: Bill) -> Settled:
        decision = decide_settlement(bill, patient, purse, Used(), candidates, rules)
        if not isinstance(decision, Settled):
            raise TypeError(f"the bill of the bench was refused: {decision.reason}")
        return decision

    return {
        "decision": lambda: decide(whole),
        "decision_of_lines": lambda: decide(listed),
        "explained": lambda: explain(decide(listed), patient, names, book, AT.date(), "zh"),
        "rules_of_a_day": lambda: book.on("110000", AT.date()),
        "gathering_the_family": lambda: (purse_of(world.books, 3, AT), candidates_of(world.books, book, 3, AT)),
        "settle_in_memory": _settled_in_memory(world, book, whole),
    }


def _settled_in_memory(world: World, book: PolicyBook, bill: Bill) -> Callable[[], object]:
    """Return a whole settlement without a database: the request looked up, decided, written into the window."""
    request = SettleRequest(request="m1", patient_id=3, bill=bill, place_region="110000")
    key = RequestKey("H11010100001", "m1", AT.date())

    def settled() -> None:
        mark = world.books.mark()
        answer = once(
            world.books, key, "2207", b"digest", lambda: settle(world.books, book, request), encode=lambda _: b"answer"
        )
        if answer != b"answer":
            raise TypeError(f"the settlement of the bench was refused: {answer!r}")
        world.books.rewind(mark)

    return settled


def import_cpu(module: str) -> float:
    """Return the CPU microseconds that importing `module` takes in a fresh interpreter, start of Python taken off."""
    return max(0.0, _child_cpu(f"import {module}") - _child_cpu("pass"))


def _child_cpu(code: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6


if __name__ == "__main__":
    main()
