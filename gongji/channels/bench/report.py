"""What the bench tells: the figures as data with their ranges, and as a small table beside the bars."""

from typing import Any, Final, NamedTuple

from rich.table import Table

from gongji.channels.bench.families import REGION
from gongji.channels.bench.growth import Grown
from gongji.channels.bench.loading import CONNECTIONS
from gongji.channels.bench.meters import Span, machine
from gongji.channels.bench.peers import Peers
from gongji.channels.bench.ratios import Spread, ratios, spread
from gongji.channels.bench.run import Measured

BARS: Final = {
    "engine_vs_pgbench_n": ("engine ÷ pgbench -N", ">=", 4),
    "cpu_us_per_settlement": ("CPU µs a settlement, Python and PostgreSQL", "<=", 80),
    "http_vs_pgbench_n": ("signed 2207 over HTTP ÷ pgbench -N", ">=", 1.5),
    "p99_ms_at_half_load": ("p99 in ms at half of the highest load, HTTP", "<=", 40),
    "restart_seconds": ("seconds from a server's start to its first settlement", "<=", 5),
    "cold_vs_warm": ("families never met before ÷ warm", ">=", 0.5),
    "growth_1e7_vs_1e5": ("10^7 people ÷ 10^5", ">=", 0.8),
    "hot_vs_spread": ("one hot family ÷ spread load", ">=", 0.8),
    "lost": ("acknowledged and lost", "<=", 0),
    "doubled": ("settled twice", "<=", 0),
    "negative": ("pockets below zero", "<=", 0),
    "unbalanced": ("entries or pockets that do not add up", "<=", 0),
}
"""Each figure in words, and its bar."""


def figures(measured: Measured, grown: Grown | None, peers: Peers | None) -> dict[str, Any]:
    """Return all figures as data; a figure that was not measured is None, a range is median, min and max."""
    engine = [one.rate for one in measured.engine]
    beside = [one.rate for one in measured.engine_beside]
    http = [one.rate for one in measured.http]
    http_beside = [one.rate for one in measured.http_beside]
    cpu = [one.cpu_us for one in measured.engine if one.cpu_us is not None]
    cold = measured.cold
    found = [one for one in (measured.found, *(grown.found if grown is not None else ())) if one is not None]
    return {
        "engine_vs_pgbench_n": ratios(engine, beside),
        "http_vs_pgbench_n": ratios(http, http_beside),
        "p99_ms_at_half_load": spread([one.p99_ms for one in measured.late]),
        "growth_1e7_vs_1e5": grown.ratio if grown is not None and grown.people >= 10**7 else None,
        "hot_vs_spread": ratios([one.rate for one in measured.hot], engine),
        "cpu_us_per_settlement": spread(cpu),
        "cold_vs_warm": None if cold is None else ratios([cold.rate] * len(engine), engine),
        "restart_seconds": measured.seconds_to_first if grown is None else grown.seconds_to_first,
        "lost": sum(one.lost for one in found),
        "doubled": sum(one.doubled for one in found),
        "negative": sum(one.negative for one in found),
        "unbalanced": sum(max(one.unbalanced, len(one.faults)) for one in found),
        "settlements_per_second": spread(engine),
        "pgbench_n_per_second": spread(beside + http_beside),
        "http_per_second": spread(http),
        "p50_ms_at_half_load": spread([one.p50_ms for one in measured.late]),
        "settlements_per_commit": _per_commit(measured),
        "arrivals_per_second": _arrivals(measured),
        "hot_per_second": spread([one.rate for one in measured.hot]),
        "cold_per_second": None if cold is None else round(cold.rate, 1),
        "cpu_us_by_part": _parts(measured),
        "growth": None if grown is None else grown.told(),
        "peers": None if peers is None else peers.told(),
        "what": _what(measured),
        "load_of_others": _others(measured),
        "machine": machine(),
        "settings": measured.settings,
    }


class Row(NamedTuple):
    """A figure in words, median and range as text, its bar, and whether that is met ("" when it was not measured)."""

    key: str
    words: str
    median: str
    reach: str
    bar: str
    met: str


def rows(told: dict[str, Any]) -> list[Row]:
    """Return the figures that have a bar."""
    found = []
    for key, (words, sign, bar) in BARS.items():
        value = told[key]
        if value is None:
            found.append(Row(key, words, "not measured", "", f"{sign} {bar}", ""))
            continue
        middle = value["median"] if isinstance(value, dict) else value
        reach = f"{value['min']:.4g} - {value['max']:.4g}" if isinstance(value, dict) else ""
        met = middle >= bar if sign == ">=" else middle <= bar
        found.append(Row(key, words, f"{middle:.4g}", reach, f"{sign} {bar}", "met" if met else "NOT met"))
    return found


def table(told: dict[str, Any]) -> Table:
    """Return the figures beside their bars."""
    drawn = Table(title="gongji bench settle", title_justify="left")
    for heading in ("figure", "median", "range", "bar", ""):
        drawn.add_column(heading, justify="left" if heading == "figure" else "right")
    for row in rows(told):
        drawn.add_row(row.words, row.median, row.reach, row.bar, row.met)
    return drawn


def sentences(told: dict[str, Any]) -> list[str]:
    """Return what the table does not say."""
    what, others = told["what"], told["load_of_others"]
    rate, beside = told["settlements_per_second"], told["pgbench_n_per_second"]
    first = (
        f"{rate['median']:,.0f} settlements/s; pgbench -N with 32 clients {beside['median']:,.0f}/s, accounts alike."
    )
    windows = f"{what['runs']} windows of each kind, of {what['seconds']:g} s, of {what['http_seconds']:g} s over HTTP."
    people = (
        f"{what['people']:,} people, {what['active']:,} of them fall ill; rules of {what['region']}"
        f"; {what['share_with_two_sharers']:.0%} of the bills have two sharers or more"
        f" ({what['share_drawn_on_two']:.0%} drew on two), {what['share_of_fee_lines']:.0%} come as fee lines."
    )
    strangers = (
        f"Others used {others['cores_used']['median']:.2f} cores meanwhile ({others['cores_used']['min']:.2f}"
        f" - {others['cores_used']['max']:.2f}); load before {others['load_average_before'][0]:.2f}."
    )
    said = [
        first,
        windows,
        people,
        strangers,
        "; ".join(f"{name} {value}" for name, value in told["settings"].items()) + ".",
    ]
    said += [] if told["http_per_second"] is None else [_about_http(told)]
    said += [] if told["growth"] is None else [f"{name}: {value}" for name, value in told["growth"].items()]
    said += [] if told["peers"] is None else [f"{name}: {value}" for name, value in told["peers"].items()]
    return said


# Helpers


def _about_http(told: dict[str, Any]) -> str:
    what, commits, arrivals = told["what"], told["settlements_per_commit"], told["arrivals_per_second"]
    return (
        f"2207 over {what['connections']} connections to a server with {what['workers']} workers of its own:"
        f" {told['http_per_second']['median']:,.0f}/s, {commits['http']['median']:.0f} a commit"
        f" ({commits['http_at_half_load']['median']:.0f} at half load); before it {arrivals['visits']:,} visits"
        f" arrived, 2201 at {arrivals['2201']:,.0f}/s and 2204 at {arrivals['2204']:,.0f}/s."
    )


def _arrivals(measured: Measured) -> dict[str, float] | None:
    if not measured.arrived:
        return None
    return {
        "visits": measured.arrived,
        "2201": round(measured.arrived / measured.registering, 1),
        "2204": round(measured.arrived / measured.listing, 1),
    }


def _per_commit(measured: Measured) -> dict[str, Spread | None]:
    return {
        "engine": spread([one.batch for one in measured.engine]),
        "hot": spread([one.batch for one in measured.hot]),
        "http": spread([one.batch for one in measured.http]),
        "http_at_half_load": spread([one.batch for one in measured.late]),
    }


def _what(measured: Measured) -> dict[str, Any]:
    found = measured.found
    return {
        "people": measured.people,
        "active": measured.active,
        "connections": CONNECTIONS,
        "workers": measured.asked.workers,
        "seconds": measured.asked.seconds,
        "http_seconds": measured.asked.http_seconds,
        "runs": measured.asked.runs,
        "region": REGION,
        "share_of_fee_lines": round(measured.bills_of_lines / max(1, measured.bills), 3),
        "share_with_two_sharers": round(measured.bills_of_two_sharers / max(1, measured.bills), 3),
        "share_drawn_on_two": round(found.drawn_on_two / max(1, found.settlements), 3) if found else None,
        "share_drawn_on_sharers": round(found.drawn_on_sharers / max(1, found.settlements), 3) if found else None,
        "settlements": found.settlements if found else None,
        "acknowledged": measured.acknowledged,
        "faults": list(found.faults[:10]) if found else None,
        "fill_seconds": round(measured.fill_seconds, 1),
        "papers_of": "everybody" if measured.sealed_all else "those who fall ill, and their families",
        "bytes_per_person": {name: round(size / measured.people) for name, size in measured.sizes.items()},
        "grown_bytes_per_active_person": round(measured.grown_bytes / max(1, measured.active)),
    }


def _parts(measured: Measured) -> dict[str, Spread | None]:
    engine, http = measured.engine, measured.http
    return {
        "engine_python": spread([one.span.python / one.count * 1e6 for one in engine]),
        "engine_postgres": spread([one.span.postgres / one.count * 1e6 for one in engine if one.span.postgres]),
        "http_server": spread([one.server_cpu / max(1, one.count) * 1e6 for one in http]),
        "http_generator": spread([one.generator_cpu / max(1, one.count) * 1e6 for one in http]),
        "http_postgres": spread([one.span.postgres / one.count * 1e6 for one in http if one.span.postgres]),
    }


def _others(measured: Measured) -> dict[str, Any]:
    spans: list[Span] = [one.span for one in measured.engine_beside + measured.http_beside]
    spans += [one.span for one in measured.engine + measured.hot]
    spans += [one.span for one in measured.http]
    return {
        "load_average_before": [round(one, 2) for one in measured.load_before],
        "cores_used": spread([one.others / one.wall for one in spans]),
    }
