"""Tables for people: explanations of a settlement, and rules with their documents. Rich draws them."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gongji.domain.money import yuan
from gongji.rules.explain import PAYING, Explanation, Line, Witness
from gongji.rules.policybook import PolicyBook, Row

_STEPS: Final = {
    "fund": "报销 fund",
    "hospital": "机构 institution",
    "deductible": "起付 deductible",
    "own": "本人 own",
    "shared": "共济 shared",
    "wallet": "钱包 wallet",
    "cash": "现金 cash",
    "skipped": "跳过 skipped",
    "refused": "拒绝 refused",
}
_GRADES: Final = {
    "official": "official 官方",
    "portal": "portal 门户",
    "assumed": "assumed 推定",
    "unknown": "unknown 未查明",
}


def explanation_table(chinese: Explanation, english: Explanation, *, title: str) -> RenderableType:
    """Return who paid what, why, and by which document; the two explanations are of one decision."""
    table = Table(title=title, title_justify="left", show_lines=True, expand=False)
    table.add_column("谁 who", no_wrap=True)
    table.add_column("元 yuan", justify="right", no_wrap=True)
    table.add_column("为什么 why", ratio=3, overflow="fold")
    table.add_column("依据 document", ratio=2, overflow="fold")
    for line, twin in zip(chinese.lines, english.lines, strict=True):
        who = Text(f"{line.who or '–'}\n") + Text(_STEPS[line.step], style="dim")
        table.add_row(who, _amount(line), _why(line, twin), _documents(line.witnesses))
    if chinese.total_fen:
        table.add_row(Text("合计 total", style="bold"), Text(yuan(_paid(chinese)), style="bold"), "", "")
    unknown = [Text(f"未查明，按允许处理 unknown, read as permitting: {one.rule_id}") for one in chinese.unknown]
    return Group(table, *unknown)


def answer_table(answer: dict[str, Any], *, title: str) -> Table:
    """Return the amounts of a settlement answer as the institution gets them."""
    table = Table(title=title, title_justify="left")
    for name in (
        "medfee_sumamt",
        "fund_pay_sumamt",
        "psn_part_amt",
        "acct_pay",
        "acct_mulaid_pay",
        "psn_cash_pay",
        "balc",
    ):
        if name in answer:
            table.add_column(name, justify="right", no_wrap=True)
    table.add_row(*(str(answer[column.header]) for column in table.columns if isinstance(column.header, str)))
    return table


def region_table(book: PolicyBook, region: str, day: date, rows: Sequence[Row]) -> Table:
    """Return all rules of a region on a day, with the row of the book and the document each comes from."""
    name = book.names.get(book.chain(region)[0], "")
    table = Table(title=f"{region} {name}, {day}", title_justify="left")
    table.add_column("rule", no_wrap=True)
    table.add_column("value, grade and document", ratio=1, overflow="fold")
    table.add_column("since", no_wrap=True)
    table.add_column("from", no_wrap=True)
    for row in rows:
        value = Text(value_text(row), style="bold" if row.state == "value" else "")
        value.append(f"\n{_source_words(book, row) or row.note or ''}", style="not bold dim")
        table.add_row(row.rule, value, str(row.start), row.region)
    return table


def row_panel(book: PolicyBook, row: Row) -> Panel:
    """Return one row with all its witnesses."""
    until = f" until {row.end}" if row.end is not None else ""
    text = Text(value_text(row), style="bold")
    lines = [f"from {row.start}{until}, written for {row.region}", _source_words(book, row)]
    lines += [f"“{row.quote}”" if row.quote else ""]
    lines += [words or "" for words in (row.reading, row.reading_zh, row.note, row.note_zh)]
    lines += [f"goes before {row.overrides}" if row.overrides else ""]
    lines += [f"stale from {row.stale_from}" if row.stale_from else ""]
    lines += [f"contradicted: {one.says} ({_title(book, one.source)}); won as {one.lost_to}" for one in row.contradicts]
    for line in lines:
        if line:
            text.append(f"\n{line}", style="not bold")
    return Panel(text, title=row.rule, title_align="left")


def value_text(row: Row) -> str:
    """Return the value of a row in a few words; sums of money in yuan."""
    if row.state != "value":
        return {"not_in_force": "not in force", "unknown": "unknown", "no_limit": "no limit"}[row.state]
    value = msgspec.to_builtins(row.value, order="sorted", builtin_types=(date,))
    return _words(value) or "in force"


def wide_console() -> Console:
    """Return a console for tables: as wide as the terminal, or wide enough to read where there is none."""
    console = Console()
    return console if console.is_terminal else Console(width=120)


# Helpers


def _source_words(book: PolicyBook, row: Row) -> str:
    source = book.sources.get(row.source) if row.source is not None else None
    if source is None:
        return ""
    return f"{_GRADES.get(row.grade or '', '')}: {source.title} ({source.publisher}, {source.date or 'undated'})"


def _title(book: PolicyBook, source: str) -> str:
    return book.sources[source].title if source in book.sources else source


def _amount(line: Line) -> Text:
    if line.step in PAYING:
        return Text(yuan(line.amount_fen))
    return Text(f"({yuan(line.amount_fen)})" if line.amount_fen else "–", style="dim")


def _why(line: Line, twin: Line) -> Text:
    text = Text(line.why)
    if line.refusal:
        figures = ", ".join(f"{name} {value}" for name, value in line.figures)
        text.append(f"\n{line.refusal}{f' ({figures})' if figures else ''}", style="yellow")
    if line.next_step:
        text.append(f"\n{line.next_step}")
    text.append(f"\n{twin.why}{f' {twin.next_step}' if twin.next_step else ''}", style="dim")
    return text


def _documents(witnesses: Sequence[Witness]) -> Text:
    text = Text()
    last = ""
    for one in witnesses:
        document = "\n".join(
            told for told in (one.document_zh, one.document or "\n".join(filter(None, (one.note_zh, one.note)))) if told
        )
        if document != last:
            text.append("\n" if text else "")
            text.append(document)
        last = document
        words = f"“{one.words}”" if one.quoted else " ".join(filter(None, (one.words_zh, one.words)))
        text.append(f"\n{_GRADES.get(one.grade, one.grade)}{': ' if words else ''}{words}", style="dim")
    return text


def _paid(explanation: Explanation) -> int:
    return sum(line.amount_fen for line in explanation.lines if line.step in PAYING)


def _words(value: Any) -> str:
    if isinstance(value, dict):
        shown = {
            name: item
            for name, item in value.items()
            if item is not None and item is not False and item not in ([], {})
        }
        return "; ".join(_pair(name, item) for name, item in shown.items())
    if isinstance(value, list):
        return (" | " if any(isinstance(item, dict) for item in value) else ", ").join(_words(item) for item in value)
    return str(value)


def _pair(name: str, value: Any) -> str:
    if "fen" in name and isinstance(value, int):
        return f"{name.replace('_fen', '').replace('fen_', '').replace('fen', 'yuan')} {yuan(value)}"
    if "fen" in name and isinstance(value, list):
        return f"{name.replace('_fen', '')} {'/'.join(yuan(item) for item in value)}"
    if value is True:
        return name
    return f"{name} {_words(value)}"
