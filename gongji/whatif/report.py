"""The report of a what-if: tables as Parquet and CSV, charts as SVG, and one page that needs nothing beside it."""

import csv
import json
from collections import Counter
from html import escape
from io import StringIO
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from gongji.domain.money import yuan
from gongji.rules.policybook import PolicyBook
from gongji.whatif.charts import bars
from gongji.whatif.comparing import Compared
from gongji.whatif.reform import Reform
from gongji.whatif.totals import Table, tables_of

_STYLE: Final = """body{font-family:sans-serif;max-width:76em;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:.6em 0 1.6em;display:block;overflow-x:auto;font-size:.9em}
th,td{padding:.25em .6em;border-bottom:1px solid #ddd;text-align:right;vertical-align:bottom}td{white-space:nowrap}
th:first-child,td:first-child{text-align:left}svg{max-width:100%;height:auto}"""


class Subject(Struct, frozen=True):
    """What a report is about: the book that holds, the reform, and the name of the population file."""

    book: PolicyBook
    reform: Reform
    population: str


def written(subject: Subject, compared: Compared, folder: Path) -> list[Path]:
    """Write the report into `folder`, and return its files; the same input makes the same bytes."""
    tables = tables_of(compared.totals)
    files = []
    for table in tables:
        files += [folder / f"by_{table.name}.csv", folder / f"by_{table.name}.parquet"]
        files[-2].write_text(as_csv(table), encoding="utf-8", newline="")
        names = pa.array([row.name for row in table.rows], pa.string())
        columns = [
            pa.array([row.figures[place] for row in table.rows], pa.int64()) for place in range(len(table.columns))
        ]
        pq.write_table(pa.table([names, *columns], names=[table.group, *table.columns]), files[-1])
    for name, chart in charts(tables).items():
        files.append(folder / f"{name}.svg")
        files[-1].write_text(chart, encoding="utf-8")
    files.append(folder / "summary.json")
    files[-1].write_text(_summary(subject, compared), encoding="utf-8")
    files.append(folder / "report.html")
    files[-1].write_text(page(subject, compared, tables), encoding="utf-8")
    return files


def as_csv(table: Table) -> str:
    """Return a table as CSV, amounts in fen."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([table.group, *table.columns])
    writer.writerows([row.name, *row.figures] for row in table.rows)
    return text.getvalue()


def charts(tables: list[Table]) -> dict[str, str]:
    """Return the charts of the report by name."""
    drawn = {}
    for table in tables:
        if table.name == "pocket":
            rows = [(row.name, row.figures[2], _change(row.figures[2])) for row in table.rows]
            drawn["pocket"] = bars("Change of what each pays, yuan", rows)
        elif table.name == "cash_of_a_person":
            rows = [(row.name, row.figures[0], f"{row.figures[0]:,}") for row in table.rows]
            drawn["persons_pay_less"] = bars("Persons who pay less in cash, by yuan a year", rows, good=1)
        else:
            place = table.columns.index("cash_change_fen")
            rows = [(row.name, row.figures[place], _change(row.figures[place])) for row in table.rows]
            drawn[table.name] = bars(f"Change of cash by {table.group}, yuan", rows, good=-1)
    return drawn


def page(subject: Subject, compared: Compared, tables: list[Table]) -> str:
    """Return the report as one page of HTML."""
    reform, drawn = subject.reform, charts(tables)
    body = [
        f"<h1>{escape(reform.title)}</h1>",
        *(f"<p>{escape(sentence)}</p>" for sentence in sentences(subject, compared)),
    ]
    for table in tables:
        body.append(f"<h2>By {escape(table.name.replace('_', ' '))}</h2>")
        body.append(drawn["persons_pay_less" if table.name == "cash_of_a_person" else table.name])
        body.append(_as_html(table))
    body += ["<h2>Rules that the bills rest on</h2>", _rules(compared.used)]
    return "\n".join(
        [
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">',
            f"<title>{escape(reform.title)}</title><style>{_STYLE}</style></head><body>",
            *body,
            "</body></html>\n",
        ]
    )


def sentences(subject: Subject, compared: Compared) -> list[str]:
    """Return what a reader is to know before the figures."""
    reform = subject.reform
    name = subject.book.names.get(reform.region, "")
    persons = compared.totals.persons.reshape(-1, 5).sum(0).tolist()
    _, gainers, losers, gained_fen, lost_fen = persons
    refused = compared.totals.refused
    left_fen = int(compared.totals.left_fen[1] - compared.totals.left_fen[0])
    less, more = f"{_yuan(gained_fen)} yuan less", f"{_yuan(lost_fen)} more"
    whose = f"{compared.bills:,} bills of {compared.persons:,} persons in {subject.population}"
    told = [
        f"{name} ({reform.region}), changed: {', '.join(reform.rules)}. {whose}.",
        f"{gainers:,} persons pay {less} in cash over the year, {losers:,} pay {more}.",
        f"What is left in accounts, pots and wallets at the end changes by {_change(left_fen)} yuan.",
        f"{compared.checked:,} persons were decided again, bill by bill, by both rules: every fen and rule agreed.",
    ]
    if any(refused):
        told.append(
            f"No schedule is known for {refused[0]:,} bills today and {refused[1]:,} with the reform: left out."
        )
    for side, odd in zip(("today", "with the reform"), compared.odd, strict=True):
        told += [f"Decided one by one {side}: {number:,} bills ({name})." for name, number in sorted(odd.items())]
    return told


# Helpers


def _summary(subject: Subject, compared: Compared) -> str:
    """Return by which rules and of what the report was made."""
    told = {
        "reform": subject.reform.title,
        "region": subject.reform.region,
        "rules": subject.reform.rules,
        "population": subject.population,
        "bills": compared.bills,
        "persons": compared.persons,
        "digest_today": subject.book.digest,
        "digest_with_the_reform": subject.reform.book.digest,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _as_html(table: Table) -> str:
    head = "".join(f"<th>{escape(_title(column))}</th>" for column in (table.group, *table.columns))
    lines = []
    for row in table.rows:
        cells = [_cell(column, figure) for column, figure in zip(table.columns, row.figures, strict=True)]
        lines.append(f"<tr><td>{escape(row.name)}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return f"<table><tr>{head}</tr>\n" + "\n".join(lines) + "</table>"


def _title(column: str) -> str:
    return column.removesuffix("_fen").replace("_", " ") + (", yuan" if column.endswith("_fen") else "")


def _cell(column: str, figure: int) -> str:
    if not column.endswith("_fen"):
        return f"{figure:,}"
    return _change(figure) if "change" in column else _yuan(figure)


def _yuan(fen: int) -> str:
    whole, _, cents = yuan(fen).partition(".")
    return f"{int(whole):,}.{cents}" if not whole.startswith("-") else f"-{int(whole[1:]):,}.{cents}"


def _change(fen: int) -> str:
    return f"+{_yuan(fen)}" if fen > 0 else _yuan(fen)


def _rules(used: tuple[Counter[str], Counter[str]]) -> str:
    lines = [
        f"<tr><td>{escape(rule_id)}</td><td>{used[0][rule_id]:,}</td><td>{used[1][rule_id]:,}</td></tr>"
        for rule_id in sorted(set(used[0]) | set(used[1]))
    ]
    return "<table><tr><th>rule</th><th>bills today</th><th>with the reform</th></tr>\n" + "\n".join(lines) + "</table>"
