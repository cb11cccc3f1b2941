"""Tables of the rule book for people: over time, side by side, by a word, and the trace of a settled bill."""

from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gongji.domain.texts import Language
from gongji.rules.citing import Citation
from gongji.rules.reading import Comparison, Difference, Found, History, Hit, Timeline
from gongji.rules.reading_changes import Changes
from gongji.rules.reading_titles import GRADES, LOST_TO, STATES, Said
from gongji.rules.trace import Alternative, Node, Trace
from gongji.services.bills import rechecks

_SAME = Said("没有不同。", "Nothing differs.")
_NOTHING = Said("没有找到“{word}”。", "“{word}” was not found.")
_ALTERNATIVES = Said("没有采用的办法，和怎样补救", "What was not done, and how to mend it")
_UNKNOWN = Said("未查明，按允许处理", "unknown, read as permitting")
_HEADINGS = {
    "since": Said("自", "since"),
    "value": Said("内容、可信程度和依据", "value, grade and document"),
    "from": Said("规定于", "written for"),
    "rule": Said("规则", "rule"),
    "place": Said("出处", "stands in"),
    "who": Said("谁", "who"),
    "yuan": Said("元", "yuan"),
    "why": Said("为什么", "why"),
    "cited": Said("依据：规则、版本、内容、原文", "rule, version, value, words"),
    "figure": Said("项目", "figure"),
}


def timeline_tables(told: Timeline, lang: Language) -> RenderableType:
    """Return one table for each rule, its rows by the day from which they speak."""
    tables = []
    for history in told.rules:
        table = _table(lang, "since", "value", "from", title=f"{told.region} {told.name}: {_heading(history, lang)}")
        for since, cited in zip(history.speaks_from, history.rows, strict=True):
            table.add_row(str(since), _cited(cited, lang), cited.region)
        tables.append(table)
    return Group(*tables) if tables else Text(_SAME.text(lang))


def comparison_table(told: Comparison, lang: Language) -> RenderableType:
    """Return what differs between the two sides, each with its value, grade and document."""
    if not told.differences:
        return Text(_SAME.text(lang))
    table = _table(lang, "rule")
    for side in (told.left, told.right):
        table.add_column(f"{side.region} {side.name}, {side.on}", ratio=1, overflow="fold")
    for one in told.differences:
        table.add_row(_heading(one, lang), _cited(one.left, lang, dated=True), _cited(one.right, lang, dated=True))
    return table


def changes_table(told: Changes, lang: Language) -> RenderableType:
    """Return what differs between two books, row by row, each side with its value, grade and document."""
    if not told.rows:
        return Text(_SAME.text(lang))
    table = _table(lang, "from", "rule")
    for digest in (told.before, told.after):
        table.add_column(digest[:12], ratio=1, overflow="fold")
    for one in told.rows:
        table.add_row(
            one.region,
            f"{one.title.text(lang)}\n{one.rule}",
            *(_side(side, lang) for side in (one.before, one.after)),
        )
    return table


def found_table(told: Found, lang: Language) -> RenderableType:
    """Return the rows in which the word stands."""
    if not told.hits:
        return Text(_NOTHING.text(lang).format(word=told.word))
    table = _table(lang, "from", "rule", "since", "value", "place")
    for hit in told.hits:
        table.add_row(*_hit(hit, lang))
    return table


def trace_tables(told: Trace, lang: Language, *, title: str) -> RenderableType:
    """Return who paid what and by which rows, then what was not done and how to mend it."""
    parts: list[RenderableType] = []
    table = _table(lang, "who", "yuan", "why", "cited", title=title)
    for node in told.nodes:
        amount = node.amount if node.counts else f"({node.amount})"
        table.add_row(node.who or "–", amount, node.why.text(lang), _cited_by(node, lang))
    if told.nodes:
        parts.append(table)
    if told.alternatives:
        refused = _table(lang, "who", "why", "cited", title=_ALTERNATIVES.text(lang))
        for one in told.alternatives:
            refused.add_row(one.who or "–", _mended(one, lang), _cited_by(one, lang))
        parts.append(refused)
    parts += [Text(f"{_UNKNOWN.text(lang)}: {one.title.text(lang)} ({one.rule_id})") for one in told.unknown]
    return Group(*parts)


def difference_table(differences: Sequence[rechecks.Difference], lang: Language, was: str, now: str) -> RenderableType:
    """Return the figures that came out otherwise."""
    table = _table(lang, "figure")
    table.add_column(was, overflow="fold")
    table.add_column(now, overflow="fold")
    for one in differences:
        table.add_row(one.figure, one.was, one.now)
    return table


# Helpers


def _table(lang: Language, *names: str, title: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", show_lines=True)
    for name in names:
        wide = name in ("value", "why", "cited", "place")
        table.add_column(_HEADINGS[name].text(lang), ratio=1 if wide else None, overflow="fold", no_wrap=not wide)
    return table


def _heading(of: History | Difference, lang: Language) -> str:
    return f"{of.title.text(lang)}\n{of.rule}"


def _cited(cited: Citation, lang: Language, *, dated: bool = False) -> Text:
    """Return a row's value with its witnesses."""
    text = Text(cited.words.text(lang), style="bold" if cited.state == "value" else "")
    for line in _witnesses(cited, lang, dated=dated):
        text.append(f"\n{line}", style="not bold dim")
    return text


def _side(cited: Citation | None, lang: Language) -> Text:
    """Return one side of a change: a row with the day on which it ends, or that there is none."""
    if cited is None:
        return Text("–")
    text = _cited(cited, lang, dated=True)
    return text if cited.until is None else text.append(f"\n– {cited.until}", style="not bold dim")


def _witnesses(cited: Citation, lang: Language, *, dated: bool) -> Iterable[str]:
    if dated:
        yield f"{_HEADINGS['since'].text(lang)} {cited.version}, {cited.region}"
    if cited.source is not None and cited.grade is not None:
        day = cited.source.date or "–"
        yield f"{GRADES[cited.grade].text(lang)}: {cited.source.named(lang)} ({cited.source.issuer(lang)}, {day})"
    if cited.quote:
        yield f"“{cited.quote}”"
    for words in (cited.meaning(lang), cited.remark(lang)):
        if words:
            yield words
    for loser in cited.contradicts:
        yield f"≠ {loser.words(lang)} ({loser.document.named(lang)}; {LOST_TO[loser.lost_to].text(lang)})"


def _hit(hit: Hit, lang: Language) -> tuple[str | Text, ...]:
    row = hit.row
    until = f"\n– {row.until}" if row.until is not None else ""
    heading = f"{row.title.text(lang)}\n{row.rule}"
    return (
        f"{row.region}\n{row.region_name}",
        heading,
        f"{row.version}{until}",
        _cited(row, lang),
        ", ".join(hit.stands_in),
    )


def _cited_by(one: Node | Alternative, lang: Language) -> Text:
    text = Text()
    for cited in one.citations:
        words = f"“{cited.quote}”" if cited.quote else cited.meaning(lang) or cited.remark(lang) or ""
        text.append("\n" if text else "")
        text.append(f"{cited.title.text(lang)} {cited.rule_id}: {cited.words.text(lang)}")
        grade = GRADES[cited.grade] if cited.grade is not None else STATES["unknown"]
        document = f" {cited.source.named(lang)}:" if cited.source is not None else ""
        text.append(f"\n{grade.text(lang)}:{document} {words}", style="dim")
    return text


def _mended(one: Alternative, lang: Language) -> Text:
    figures = ", ".join(f"{name} {value}" for name, value in one.figures.items())
    text = Text(one.why.text(lang))
    text.append(f"\n{one.reason}{f' ({figures})' if figures else ''}", style="yellow")
    text.append(f"\n→ {one.next_step.text(lang)}")
    for other in one.others:
        text.append(f"\n{other.reason}: {other.why.text(lang)} → {other.next_step.text(lang)}", style="dim")
    return text
