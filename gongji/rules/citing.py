"""A row of the book told in full: rule, version, value, document and words, as traces and printed rules cite it."""

from datetime import date
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Struct

from gongji.domain.texts import Language
from gongji.rules.policybook import Grade, PolicyBook, Row, State
from gongji.rules.reading_titles import TITLES, Said
from gongji.rules.reading_values import in_words
from gongji.rules.twins import twin

Day = date


class Document(Struct, frozen=True, kw_only=True):
    """A source of the book. `key` is its name in the policy files, `checked` the day on which it was last looked at."""

    key: str
    title: str
    publisher: str
    kind: str
    date: Day | None = None
    url: str | None = None
    checked: Day | None = None
    note: str | None = None
    title_zh: str | None = None
    publisher_zh: str | None = None

    def named(self, language: Language) -> str:
        """Return the title in that language, where there is a twin in Chinese."""
        return twin(self.title, self.title_zh, language) or ""

    def issuer(self, language: Language) -> str:
        """Return the publisher in that language."""
        return twin(self.publisher, self.publisher_zh, language) or ""


class Loser(Struct, frozen=True, kw_only=True):
    """What another document says, and why the value cited won over it: later, stronger, local, choice."""

    document: Document
    says: str
    lost_to: str
    says_zh: str | None = None

    def words(self, language: Language) -> str:
        """Return what it says in that language."""
        return twin(self.says, self.says_zh, language) or ""


class Citation(Struct, frozen=True, kw_only=True):
    """One row of the policy book.

    `version` is the first day on which the row speaks: with `region` and `rule` it names the row, and `rule_id` is the
    three in one. `until` is the first day on which it no longer does. `value` is as in the policy files, sums in fen;
    `words` says it. A row has the document's own words (`quote`), or their meaning in ours (`reading`).
    `reading_zh` and `note_zh` say in Chinese what `reading` and `note` say in English.
    """

    rule: str
    title: Said
    rule_id: str
    region: str
    region_name: str
    version: Day
    until: Day | None
    state: State
    value: Any
    words: Said
    grade: Grade | None
    source: Document | None
    quote: str | None
    reading: str | None
    note: str | None
    checked: Day | None
    stale_from: Day | None
    overrides: str | None
    contradicts: tuple[Loser, ...]
    reading_zh: str | None = None
    note_zh: str | None = None

    def meaning(self, language: Language) -> str | None:
        """Return the reading in that language."""
        return twin(self.reading, self.reading_zh, language)

    def remark(self, language: Language) -> str | None:
        """Return the note in that language."""
        return twin(self.note, self.note_zh, language)


def cite(book: PolicyBook, row: Row) -> Citation:
    """Return `row` of `book` with its document."""
    return _cited(book, row.rule_id)


def document_of(book: PolicyBook, key: str) -> Document:
    """Return the source of that key. Raise KeyError when the book has none."""
    source = book.sources[key]
    return Document(
        key=key,
        title=source.title,
        publisher=source.publisher,
        kind=source.kind,
        date=source.date,
        url=source.url,
        checked=source.checked,
        note=source.note,
        title_zh=source.title_zh,
        publisher_zh=source.publisher_zh,
    )


def plain(row: Row) -> Any:
    """Return the value of a row as plain data: what is absent left out, sets in order; None where there is no value."""
    return _without_absent(msgspec.to_builtins(row.value, order="sorted"))


# Helpers


@lru_cache(maxsize=4096)
def _cited(book: PolicyBook, rule_id: str) -> Citation:
    """Return the row of that name, made once for a book: neither ever changes."""
    row = book.row(rule_id)
    document = document_of(book, row.source) if row.source is not None else None
    return Citation(
        rule=row.rule,
        title=TITLES[row.rule],
        rule_id=row.rule_id,
        region=row.region,
        region_name=book.names.get(row.region, ""),
        version=row.start,
        until=row.end,
        state=row.state,
        value=plain(row),
        words=in_words(row),
        grade=row.grade,
        source=document,
        quote=row.quote,
        reading=row.reading,
        note=row.note,
        reading_zh=row.reading_zh,
        note_zh=row.note_zh,
        checked=row.checked or (document.checked if document is not None else None),
        stale_from=row.stale_from,
        overrides=row.overrides,
        contradicts=tuple(
            Loser(document=document_of(book, one.source), says=one.says, lost_to=one.lost_to, says_zh=one.says_zh)
            for one in row.contradicts
        ),
    )


def _without_absent(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_absent(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_absent(item) for item in value]
    return value
