"""Reasons told inside an answer: why a relative pays nothing, or why two cannot share, with document and next step."""

from collections.abc import Iterable
from typing import Any

from litestar import Request
from msgspec import UNSET, Struct

from gongji.channels.api.problems import Document, language_of, refused, worded
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.texts import Language
from gongji.rules.citing import cite
from gongji.rules.policybook import PolicyBook


class Reason(Struct, frozen=True, kw_only=True):
    """One reason: its name, the sentence, what can be done, and the rule and document that it rests on.

    `figures` are those that were compared, in fen, counts or days.
    """

    refusal: Refusal
    title: str
    next: list[str]
    rule: str | None = None
    region: str | None = None
    day: str | None = None
    document: Document | None = None
    figures: dict[str, str] = {}
    subject: str | None = None


class RuleTold(Struct, frozen=True, kw_only=True):
    """A rule that something rests on: its title and value in words, and its document; `state` may be unknown."""

    rule: str
    title: str
    state: str
    words: str
    document: Document | None = None


def language(request: Request[Any, Any, Any]) -> Language:
    """Return the language that a request asks for."""
    return language_of(request.headers.get("accept-language", ""))


def told(no: Refused, book: PolicyBook, lang: Language) -> Reason:
    """Return a refusal as a reason."""
    problem = worded(refused(no), "", lang, book=book)
    return Reason(
        refusal=no.reason,
        title=problem.title,
        next=problem.next,
        rule=_or_none(problem.rule),
        region=_or_none(problem.region),
        day=_or_none(problem.day),
        document=_or_none(problem.document),
        figures=problem.figures if problem.figures is not UNSET else {},
        subject=_or_none(problem.subject),
    )


def all_told(several: Iterable[Refused], book: PolicyBook, lang: Language) -> list[Reason]:
    """Return refusals as reasons, in their order."""
    return [told(no, book, lang) for no in several]


def rules_told(rule_ids: Iterable[str], book: PolicyBook, lang: Language) -> list[RuleTold]:
    """Return rows of the book by their names, each once."""
    return [_rule(rule_id, book, lang) for rule_id in dict.fromkeys(rule_ids)]


# Helpers


def _rule(rule_id: str, book: PolicyBook, lang: Language) -> RuleTold:
    row = cite(book, book.row(rule_id))
    source = row.source
    document = (
        Document(
            title=source.named(lang),
            publisher=source.issuer(lang),
            url=source.url,
            quote=row.quote,
            reading=row.meaning(lang),
            grade=row.grade,
        )
        if source is not None
        else None
    )
    return RuleTold(
        rule=rule_id, title=row.title.text(lang), state=row.state, words=row.words.text(lang), document=document
    )


def _or_none(value: Any) -> Any:
    return None if value is UNSET else value
