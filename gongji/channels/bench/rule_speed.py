"""How fast rules are: many bills on columns, one with its explanation, the import, the bundle; beside OpenFisca."""

import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psutil
from rich.table import Table

from gongji.channels.bench import openfisca_peer
from gongji.channels.bench.meters import load_before, machine
from gongji.channels.bench.ratios import ratios, spread
from gongji.channels.house import House, Say
from gongji.domain.bill import FeeClass, FeeLine
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured, Work
from gongji.rules.bundle import book_from_bundle
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.explain import explain
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill, Rules, Settled, Used, decide_settlement

REGION: Final = "310000"
AT: Final = datetime(2025, 6, 3, 10)  # noqa: DTZ001  # Asia/Shanghai, without an offset, as everywhere
BARS: Final = {
    "bills_per_cpu_second": ("bills a CPU-second at 10^6, a year of each person, rule ids kept", ">=", 5e6),
    "single_bills_per_cpu_second": ("the same where each person has one bill", ">=", 5e6),
    "vs_openfisca": ("bills of a year ÷ OpenFisca's disposable_income per person", ">=", 2),
    "single_vs_openfisca": ("one bill a person ÷ OpenFisca's disposable_income per person", ">=", 2),
    "explained_ms": ("ms CPU of one decision with its full explanation", "<=", 0.2),
    "import_ms": ("ms CPU to import the rules", "<=", 150),
    "bundle_ms": ("ms CPU to load the compiled bundle of all regions", "<=", 50),
}
_IMPORTED: Final = (
    "import time; begin = time.process_time(); import gongji.rules.explain, gongji.rules.bundle;"
    " print(time.process_time() - begin)"
)
_EACH: Final = 300
_AT_ONCE: Final = 1 << 16
_INSTALL_SECONDS_MAX: Final = 300


def measure_rules(house: House, several: int, runs: int, say: Say) -> dict[str, Any]:
    """Return all figures as data, ours and theirs measured in turn; what was not measured is None."""
    before, busy = load_before(), _busy()
    begun = time.perf_counter()
    book, bundle = house.book(), house.bundle()
    year, day = _year_and_day(book, several)
    found: dict[str, list[float]] = {name: [] for name in (*BARS, "openfisca", "openfisca_ms")}
    with TemporaryDirectory(prefix="gongji-openfisca-") as folder:
        python, why_not = _openfisca(Path(folder))
        for number in range(runs + 1):
            mine = {
                "bills_per_cpu_second": _rate(book, year),
                "single_bills_per_cpu_second": _rate(book, day),
                "explained_ms": _explained(book),
                "import_ms": 1000 * float(_run(sys.executable, "-c", _IMPORTED)),
                "bundle_ms": _bundle(bundle),
            }
            if python:
                persons, one = map(float, _run(python, openfisca_peer.__file__, str(several)).split())
                mine |= {"openfisca": several / persons, "openfisca_ms": 1000 * one}
            if number:  # the first warms up
                for name, figure in mine.items():
                    found[name].append(figure)
                say(", ".join(f"{name} {figure:,.3f}" for name, figure in mine.items()))
    told: dict[str, Any] = {name: spread(figures) for name, figures in found.items()}
    for which in ("", "single_"):
        told[f"{which}vs_openfisca"] = ratios(found[f"{which}bills_per_cpu_second"], found["openfisca"])
    told["openfisca_left_out"] = why_not or None
    told["what"] = {
        "bills": sum(map(len, year)),
        "single_bills": sum(map(len, day)),
        "region": REGION,
        "runs": runs,
    }
    others = _busy() - busy
    told["load_of_others"] = {
        "load_average_before": before,
        "cores_used_by_all": round(others / (time.perf_counter() - begun), 2),
    }
    told["machine"] = machine()
    return told


def rules_rows(told: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """Return of each figure with a bar: words, median, range, bar, and whether it is met."""
    rows = []
    for name, (words, sign, bar) in BARS.items():
        value = told[name]
        if value is None:
            rows.append((words, "", "", f"{sign} {_shown(bar)}", "not measured"))
            continue
        met = value["median"] >= bar if sign == ">=" else value["median"] <= bar
        reach = f"{_shown(value['min'])} - {_shown(value['max'])}"
        rows.append((words, _shown(value["median"]), reach, f"{sign} {_shown(bar)}", "met" if met else "NOT met"))
    return rows


def rules_table(told: dict[str, Any]) -> Table:
    """Return the figures beside their bars."""
    drawn = Table(title="gongji bench rules", title_justify="left")
    for heading in ("figure", "median", "range", "bar", ""):
        drawn.add_column(heading, justify="left" if heading == "figure" else "right")
    for row in rules_rows(told):
        drawn.add_row(*row)
    return drawn


# Helpers


def _shown(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 1000 else f"{figure:g}"


def _year_and_day(book: PolicyBook, several: int) -> tuple[list[Any], list[Any]]:
    """Return a year of bills, and as many of one day, each of another person; in the pieces that are worked on."""
    import numpy as np  # noqa: PLC0415  # only where columns are worked on
    import pyarrow as pa  # noqa: PLC0415  # the same

    from gongji.whatif.columns import bills_of  # noqa: PLC0415  # the same
    from gongji.whatif.population import SHARERS, mean, tables_of  # noqa: PLC0415  # the same

    people = several * 1000 // mean("bills") + 1
    whole = pa.concat_tables(tables_of(book, REGION, AT.year, people=people, seed=1))
    day = whole.set_column(whole.column_names.index("person"), "person", pa.array(np.arange(len(whole))))
    days = pa.array(np.full(len(whole), (AT.date() - date(1970, 1, 1)).days, np.int32)).cast(pa.date32())
    day = day.set_column(day.column_names.index("day"), "day", days)
    pieces = [day.slice(first, _AT_ONCE) for first in range(0, len(day), _AT_ONCE)]
    both = [[bills_of("population", table, SHARERS, 0) for table in tables] for tables in ([whole], pieces)]
    return both[0], both[1]


def _rate(book: PolicyBook, pieces: list[Any]) -> float:
    """Return bills a CPU-second: laid out, decided, with amounts and rule codes of each."""
    from gongji.whatif.year import Tariff, run  # noqa: PLC0415  # only where columns are worked on

    begin = time.process_time()
    tariff = Tariff(book, REGION)
    for bills in pieces:
        run(tariff, bills)
    return sum(map(len, pieces)) / (time.process_time() - begin)


def _explained(book: PolicyBook) -> float:
    """Return the ms of deciding one bill with two sharers, and telling why."""
    rules = book.on(REGION, AT.date())
    mother = Insured(person_id=1, insured=Insurance.EMPLOYEE, region=REGION, work=Work.RETIRED, born=date(1950, 5, 1))
    lines = (FeeLine(80_000), FeeLine(50_000, FeeClass.B, first_self_pay=1000), FeeLine(3_000, FeeClass.C))
    bill = Bill(at=AT, visited_on=AT.date(), level=3, lines=lines)
    candidates = [
        Candidate(
            bond=Bond(bond_id=number, sharer_id=number, member_id=1, relation=Relation.PARENT, since=AT),
            sharer=Insured(person_id=number, insured=Insurance.EMPLOYEE, region=REGION),
            purse=Purse(carry_over_fen=10_000 * number),
            rules=rules,
        )
        for number in (2, 3)
    ]
    names = {1: "王秀兰", 2: "李建国", 3: "李建华"}
    begin = time.process_time()
    for _ in range(_EACH):
        decision = decide_settlement(bill, mother, Purse(2_000, 5_000), Used(), candidates, Rules(rules, rules, rules))
        if not isinstance(decision, Settled):
            raise TypeError(f"the bill of the measurement was refused: {decision.reason}")
        explain(decision, mother, names, book, AT.date(), "zh")
    return 1000 * (time.process_time() - begin) / _EACH


def _bundle(bundle: bytes) -> float:
    begin = time.process_time()
    book_from_bundle(bundle)
    return 1000 * (time.process_time() - begin)


def _openfisca(folder: Path) -> tuple[str, str]:
    """Return the interpreter that OpenFisca is installed for, or none and why not."""
    python = str(folder / "bin" / "python")
    try:
        _run(sys.executable, "-m", "venv", str(folder))
        _run(python, "-m", "pip", "install", "--quiet", "openfisca-core", "openfisca-country-template")
        _run(python, openfisca_peer.__file__, "10")
    except (subprocess.SubprocessError, OSError) as fault:
        return "", f"OpenFisca could not be installed or run: {fault}"
    return python, ""


def _run(*command: str) -> str:
    done = subprocess.run(  # noqa: S603  # our own arguments
        command, check=False, capture_output=True, text=True, timeout=_INSTALL_SECONDS_MAX
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise subprocess.SubprocessError("; ".join(last))
    return done.stdout


def _busy() -> float:
    used = psutil.cpu_times()
    return float(used.user + used.nice + used.system)
