"""The trace of a decision: each fen and each refused alternative with the rows behind it. A public format.

Both languages stand side by side. What a field means is told in docs/trace.md; a change that a reader could trip over
raises `TRACE`.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Literal

from msgspec import Struct

from gongji.domain.account import Pocket
from gongji.domain.insured import Insured
from gongji.domain.money import yuan
from gongji.domain.refusals import Refused
from gongji.domain.texts import next_step, sentence
from gongji.rules.citing import Citation, cite
from gongji.rules.drawing import Payment
from gongji.rules.explain import PAYING, Explanation, Line, Step, explain, explain_refused
from gongji.rules.policybook import PolicyBook
from gongji.rules.reading_titles import Said
from gongji.rules.settling import KERNEL, Settled

TRACE: Final = 1
"""The version of the format."""


class Node(Struct, frozen=True, kw_only=True):
    """One payer's part of a bill, in the order of payment.

    `amount` is yuan; `counts` tells whether it is part of the total (a deductible is told, and paid by those that
    follow). `rests_on` is "rules" where rows of the book are cited, the main one first, and "bill" where the amount
    came with the bill or is what nobody else pays.
    """

    step: Step
    who: str
    pocket: Pocket | None = None
    amount: str
    counts: bool
    why: Said
    rests_on: Literal["rules", "bill"]
    citations: tuple[Citation, ...]


class Reason(Struct, frozen=True, kw_only=True):
    """A refusal by its name in the closed list, with what it says and the way to mend it."""

    reason: str
    why: Said
    next_step: Said


class Alternative(Struct, frozen=True, kw_only=True):
    """What was asked for and not done: a sharer who was skipped, or the bill as a whole.

    `others` are further reasons that would speak once the first is mended; `figures` what was compared, sums in yuan.
    """

    about: Literal["sharer", "bill"]
    who: str
    reason: str
    why: Said
    next_step: Said
    others: tuple[Reason, ...]
    figures: Mapping[str, str]
    citations: tuple[Citation, ...]


class Trace(Struct, frozen=True, kw_only=True):
    """Why a bill was settled as it was, or refused.

    `trace` is the version of this format, `bundle` the SHA-256 of the rules cited, `kernel` the version of the
    decisions. `day` is the day of settlement, `total` the bill in yuan (0.00 where it was refused). `unknown` are rows
    that no document settles, and that were read as permitting.
    """

    trace: int = TRACE
    bundle: str
    kernel: int
    region: str
    day: str
    settled: bool
    total: str
    nodes: tuple[Node, ...]
    alternatives: tuple[Alternative, ...]
    unknown: tuple[Citation, ...]


def trace(decision: Settled, patient: Insured, names: Mapping[int, str], book: PolicyBook, day: date) -> Trace:
    """Return the trace of a bill decided by `book`; `names` are shown as they come. Raise KeyError for another book's.

    `day` is the day of settlement.
    """
    chinese = explain(decision, patient, names, book, day, "zh")
    english = explain(decision, patient, names, book, day, "en")
    told = [pair for pair in _pairs(chinese, english) if pair[0].step != "skipped"]
    skipped = [pair for pair in _pairs(chinese, english) if pair[0].step == "skipped"]
    payments = iter(decision.payments)
    return Trace(
        bundle=book.digest,
        kernel=KERNEL,
        region=chinese.region,
        day=chinese.day,
        settled=True,
        total=yuan(chinese.total_fen),
        nodes=tuple(
            _node(line, twin, next(payments) if line.step in _FROM_POCKETS else None, book) for line, twin in told
        ),
        alternatives=tuple(
            _alternative("sharer", line, twin, skip.refused, book)
            for (line, twin), skip in zip(skipped, decision.skips, strict=True)
        ),
        unknown=tuple(cite(book, book.row(witness.rule_id)) for witness in chinese.unknown),
    )


def trace_refused(refused: Refused, names: Mapping[int, str], book: PolicyBook) -> Trace:
    """Return the trace of a bill that was refused as a whole: no node, and one alternative that says why."""
    chinese, english = (explain_refused(refused, names, book, language) for language in ("zh", "en"))
    return Trace(
        bundle=book.digest,
        kernel=KERNEL,
        region=chinese.region,
        day=chinese.day,
        settled=False,
        total=yuan(0),
        nodes=(),
        alternatives=tuple(_alternative("bill", line, twin, refused, book) for line, twin in _pairs(chinese, english)),
        unknown=(),
    )


# Helpers

_FROM_POCKETS: Final = frozenset({"own", "shared", "wallet"})


def _pairs(chinese: Explanation, english: Explanation) -> Iterable[tuple[Line, Line]]:
    return zip(chinese.lines, english.lines, strict=True)


def _node(line: Line, twin: Line, payment: Payment | None, book: PolicyBook) -> Node:
    citations = _citations(line, book)
    return Node(
        step=line.step,
        who=line.who,
        pocket=payment.account.pocket if payment is not None else None,
        amount=yuan(line.amount_fen),
        counts=line.step in PAYING,
        why=Said(line.why, twin.why),
        rests_on="rules" if citations else "bill",
        citations=citations,
    )


def _alternative(
    about: Literal["sharer", "bill"], line: Line, twin: Line, refused: Refused, book: PolicyBook
) -> Alternative:
    return Alternative(
        about=about,
        who=line.who,
        reason=line.refusal,
        why=Said(line.why, twin.why),
        next_step=Said(line.next_step, twin.next_step),
        others=tuple(
            Reason(
                reason=other,
                why=Said(sentence(other, "zh"), sentence(other, "en")),
                next_step=Said(next_step(other, "zh"), next_step(other, "en")),
            )
            for other in refused.others
        ),
        figures=dict(line.figures),
        citations=_citations(line, book),
    )


def _citations(line: Line, book: PolicyBook) -> tuple[Citation, ...]:
    return tuple(cite(book, book.row(witness.rule_id)) for witness in line.witnesses)
