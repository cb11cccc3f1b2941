"""A region's rules as one document that a lawyer can read: articles by theme, as Markdown or as a page of HTML."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from msgspec import Struct

from gongji.domain.texts import Language
from gongji.rules.citing import Citation, Document
from gongji.rules.reading import Reading
from gongji.rules.reading_titles import GRADES, LOST_TO, STATES, THEMES, Said


class Paragraph(Struct, frozen=True):
    """One line of an article: what it is, and its text. `quoted` marks the document's own words."""

    label: str
    text: str
    quoted: bool = False


class Article(Struct, frozen=True):
    """One rule: number, heading, what it says, and the witnesses."""

    number: int
    rule: str
    title: str
    says: str
    paragraphs: tuple[Paragraph, ...]


class Chapter(Struct, frozen=True):
    """The articles of a theme."""

    title: str
    articles: tuple[Article, ...]


class Printed(Struct, frozen=True, kw_only=True):
    """The whole document: heading, a word before it, chapters, and the lists that end it.

    `open_questions` are the articles that no document settles, `contradicted` those on which documents differ.
    """

    title: str
    foreword: str
    chapters: tuple[Chapter, ...]
    open_questions: tuple[Article, ...]
    contradicted: tuple[Article, ...]
    documents: tuple[str, ...]
    language: Language


def printed(reading: Reading, language: Language) -> Printed:
    """Return the document of a region on a day; `reading` holds all its rules."""
    cited = {citation.rule: citation for citation in reading.rows}
    numbers = {rule: number for number, rule in enumerate((rule for theme in THEMES for rule in theme.rules), start=1)}
    articles = {rule: _article(numbers[rule], cited[rule], language) for rule in numbers}
    chapters = tuple(
        Chapter(theme.title.text(language), tuple(articles[rule] for rule in theme.rules)) for theme in THEMES
    )
    return Printed(
        title=_TITLE.text(language).format(name=reading.name, region=reading.region),
        foreword=_FOREWORD.text(language).format(on=reading.on, bundle=reading.bundle),
        chapters=chapters,
        open_questions=tuple(articles[rule] for rule in numbers if cited[rule].state == "unknown"),
        contradicted=tuple(articles[rule] for rule in numbers if cited[rule].contradicts),
        documents=tuple(_documents([cited[rule] for rule in numbers], language)),
        language=language,
    )


def as_markdown(document: Printed) -> str:
    """Return the document as Markdown."""
    lines = [f"# {document.title}", "", document.foreword, ""]
    for chapter in document.chapters:
        lines += [f"## {chapter.title}", ""]
        for article in chapter.articles:
            lines += [
                f"### {article.number}. {article.title} `{article.rule}`",
                "",
                f"**{_one_line(article.says)}**",
                "",
            ]
            for paragraph in article.paragraphs:
                text = f"“{paragraph.text}”" if paragraph.quoted else paragraph.text
                colon = "：" if document.language == "zh" else ": "
                lines.append(f"- {paragraph.label}{colon}{_one_line(text)}")
            lines.append("")
    for heading, articles in _lists(document):
        lines += [f"## {heading}", "", *(f"- {one.number}. {one.title}" for one in articles), ""]
    lines += [f"## {_DOCUMENTS.text(document.language)}", "", *(f"- {one}" for one in document.documents), ""]
    return "\n".join(lines)


def as_html(document: Printed) -> str:
    """Return the document as one page of HTML that needs nothing else."""
    body = [f"<h1>{escape(document.title)}</h1>", f"<p>{escape(document.foreword)}</p>"]
    for chapter in document.chapters:
        body.append(f"<h2>{escape(chapter.title)}</h2>")
        body += [_article_in_html(article) for article in chapter.articles]
    for heading, articles in _lists(document):
        listed = "".join(f'<li><a href="#{one.rule}">{one.number}. {escape(one.title)}</a></li>' for one in articles)
        body.append(f"<h2>{escape(heading)}</h2><ul>{listed}</ul>")
    documents = "".join(f"<li>{escape(one)}</li>" for one in document.documents)
    body.append(f"<h2>{_DOCUMENTS.text(document.language)}</h2><ul>{documents}</ul>")
    language = "zh-CN" if document.language == "zh" else "en"
    head = f'<meta charset="utf-8"><title>{escape(document.title)}</title><style>{_STYLE}</style>'
    return (
        f'<!doctype html>\n<html lang="{language}"><head>{head}</head>\n<body>\n'
        + "\n".join(body)
        + "\n</body></html>\n"
    )


# Helpers

_TITLE: Final = Said("{name}（{region}）家庭共济规则", "{name} ({region}): rules of family sharing")
_FOREWORD: Final = Said(
    "以下为 {on} 当日的规则，每条注明依据和可信程度；“未查明”不等于“没有”。"
    "本文不是官方文件，也不是法律意见。规则包 {bundle}。",
    "The rules of {on}, each with its document and how well it is known; “unknown” does not mean “none”. This is no"
    " official document and no legal advice. Rule bundle {bundle}.",
)
_OPEN: Final = Said("尚未查明的", "What no document settles")
_CONTRADICTED: Final = Said("文件说法不一的", "Where documents contradict each other")
_DOCUMENTS: Final = Said("所据文件", "Documents")
_LABELS: Final = {
    "dates": Said("施行", "In force"),
    "from": Said("规定于", "Written for"),
    "grade": Said("可信程度", "Grade"),
    "quote": Said("原文", "Quote"),
    "reading": Said("大意", "Meaning"),
    "document": Said("依据", "Document"),
    "note": Said("说明", "Note"),
    "against": Said("另有说法", "Contradicted by"),
    "stale": Said("已待更新", "No longer vouched for"),
    "overrides": Said("不同于", "Overrides"),
}
_STYLE: Final = (
    "body{font:1rem/1.6 serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "h2{border-bottom:1px solid #999;margin-top:2.5rem}h3{margin-bottom:.3rem}"
    "code{font-size:.8rem;color:#555}dt{font-weight:bold}dd{margin:0 0 .3rem 1.5rem}"
    ".says{font-size:1.1rem;white-space:pre-line}q{quotes:'“' '”'}"
    "@media print{body{margin:0}article{break-inside:avoid}}"
)


def _article(number: int, cited: Citation, lang: Language) -> Article:
    return Article(number, cited.rule, cited.title.text(lang), cited.words.text(lang), tuple(_paragraphs(cited, lang)))


def _paragraphs(cited: Citation, lang: Language) -> Iterator[Paragraph]:
    until = {"zh": f"至 {cited.until} 前", "en": f" until {cited.until}"}[lang] if cited.until is not None else ""
    since = f"{cited.version} 起" if lang == "zh" else f"from {cited.version}"
    yield Paragraph(_LABELS["dates"].text(lang), f"{since}{until}")
    yield Paragraph(_LABELS["from"].text(lang), f"{cited.region} {cited.region_name}")
    if cited.overrides is not None:
        yield Paragraph(_LABELS["overrides"].text(lang), cited.overrides)
    grade = GRADES[cited.grade] if cited.grade is not None else STATES["unknown"]
    checked = (
        f"{', ' if lang == 'en' else '，'}{_CHECKED.text(lang)} {cited.checked}" if cited.checked is not None else ""
    )
    yield Paragraph(_LABELS["grade"].text(lang), f"{grade.text(lang)}{checked}")
    if cited.source is not None:
        yield Paragraph(_LABELS["document"].text(lang), _document(cited.source, lang))
    if cited.quote:
        yield Paragraph(_LABELS["quote"].text(lang), cited.quote, quoted=True)
    if meaning := cited.meaning(lang):
        yield Paragraph(_LABELS["reading"].text(lang), meaning)
    if remark := cited.remark(lang):
        yield Paragraph(_LABELS["note"].text(lang), remark)
    if cited.stale_from is not None:
        yield Paragraph(_LABELS["stale"].text(lang), str(cited.stale_from))
    for loser in cited.contradicts:
        why = LOST_TO[loser.lost_to].text(lang)
        yield Paragraph(
            _LABELS["against"].text(lang),
            _AGAINST.text(lang).format(loser.words(lang), _document(loser.document, lang), why),
        )


_CHECKED: Final = Said("核对于", "last checked")
_AGAINST: Final = Said("{}（{}；{}）", "{} ({}; {})")


def _document(document: Document, lang: Language) -> str:
    parts = [document.named(lang), document.issuer(lang), *([str(document.date)] if document.date is not None else [])]
    return ("，" if lang == "zh" else ", ").join([*parts, *([document.url] if document.url else [])])


def _documents(cited: Sequence[Citation], lang: Language) -> list[str]:
    """Return every document cited, once, each with the number of articles that rest on it."""
    counts: dict[str, int] = {}
    for one in cited:
        if one.source is not None:
            told = _document(one.source, lang)
            counts[told] = counts.get(told, 0) + 1
    unit = Said("条", "articles")
    shown = "{}（{} {}）" if lang == "zh" else "{} ({} {})"
    return [shown.format(told, count, unit.text(lang)) for told, count in counts.items()]


def _lists(document: Printed) -> Iterator[tuple[str, Sequence[Article]]]:
    if document.open_questions:
        yield _OPEN.text(document.language), document.open_questions
    if document.contradicted:
        yield _CONTRADICTED.text(document.language), document.contradicted


def _article_in_html(article: Article) -> str:
    heading = f'<h3 id="{article.rule}">{article.number}. {escape(article.title)} <code>{article.rule}</code></h3>'
    witnesses = "".join(
        f"<dt>{escape(one.label)}</dt><dd>{f'<q>{escape(one.text)}</q>' if one.quoted else escape(one.text)}</dd>"
        for one in article.paragraphs
    )
    return f'<article>{heading}<p class="says">{escape(article.says)}</p><dl>{witnesses}</dl></article>'


def _one_line(text: str) -> str:
    return " / ".join(text.splitlines())
