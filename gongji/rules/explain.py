"""Why each fen was paid by whom: one line for each payer, with the document behind it, in Chinese or English."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from msgspec import Struct

from gongji.domain.account import Pocket
from gongji.domain.insured import Insured
from gongji.domain.money import yuan
from gongji.domain.refusals import Ground, Refused
from gongji.domain.texts import Language, next_step, sentence
from gongji.rules.drawing import Payment, Skip
from gongji.rules.phrases import LAYERS, LAYERS_WITHOUT_NAME, PHRASES, POCKETS
from gongji.rules.policybook import PolicyBook, RegionDay, Row
from gongji.rules.settling import Settled

Step = Literal["fund", "hospital", "deductible", "own", "shared", "wallet", "cash", "skipped", "refused"]
PAYING: frozenset[str] = frozenset({"fund", "hospital", "own", "shared", "wallet", "cash"})
"""The steps whose amounts add up to the bill; a deductible is part of what the others pay, a skip is nothing."""


class Witness(Struct, frozen=True, kw_only=True):
    """The row of the book behind a line: its document, how well it is known, and its words.

    `words` is the quoted sentence where `quoted`, else a reading in our own words. What is in our English words has its
    twin in Chinese, "" where there is none.
    """

    rule_id: str
    rule: str
    document: str
    publisher: str
    grade: str
    words: str
    quoted: bool
    note: str
    document_zh: str = ""
    publisher_zh: str = ""
    words_zh: str = ""
    note_zh: str = ""


class Line(Struct, frozen=True, kw_only=True):
    """One line of an explanation. `amount_fen` is what was paid (0 for a skip); the first witness is the main one."""

    step: Step
    who: str
    amount_fen: int
    why: str
    witnesses: tuple[Witness, ...] = ()
    refusal: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    next_step: str = ""
    person_id: int = 0


class Explanation(Struct, frozen=True, kw_only=True):
    """All lines, in the order in which the bill was paid; `unknown` are rows that no document settles."""

    region: str
    day: str
    total_fen: int
    lines: tuple[Line, ...]
    unknown: tuple[Witness, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return the explanation as plain data for JSON: amounts as yuan with two decimals."""
        return {
            "region": self.region,
            "day": self.day,
            "total": yuan(self.total_fen),
            "lines": [_line_data(line) for line in self.lines],
            "unknown": [_witness_data(witness) for witness in self.unknown],
        }


def explain(
    decision: Settled, patient: Insured, names: Mapping[int, str], book: PolicyBook, day: date, lang: Language
) -> Explanation:
    """Return why each fen of `decision` is paid by whom, who was skipped and what to do about it.

    `names` are shown as they come: the caller decides who may see them whole. `day` is the day of settlement.
    """
    rules = book.on(patient.region, day)
    patient_name = _name(names, patient.person_id)
    lines = [*_fund_lines(decision, patient_name, book, lang)]
    lines += [_own_line(payment, patient_name, rules, book, lang) for payment in decision.own]
    lines += [_shared_line(payment, names, rules, book, lang) for payment in decision.shared]
    lines += [_wallet_line(payment, patient_name, book, lang) for payment in decision.wallet]
    lines.append(_cash_line(decision, patient_name, rules, book, lang))
    lines += [_skip_line(skip, names, book, lang) for skip in decision.skips]
    return Explanation(
        region=patient.region,
        day=day.isoformat(),
        total_fen=decision.total_fen,
        lines=tuple(lines),
        unknown=_witnesses(book, decision.share.unknown),
    )


def explain_refused(refused: Refused, names: Mapping[int, str], book: PolicyBook, lang: Language) -> Explanation:
    """Return why nothing was done, by which document, and the next step. No money has moved."""
    subject = refused.subject or ""
    who = names.get(int(subject), subject) if _is_number(subject) else ""
    ground = refused.ground
    return Explanation(
        region=ground.region if ground is not None else "",
        day=ground.day if ground is not None else "",
        total_fen=0,
        lines=(_refusal_line("refused", 0, who, refused, book, lang),),
    )


# Lines, in the order of payment


def _fund_lines(decision: Settled, who: str, book: PolicyBook, lang: Language) -> Iterable[Line]:
    share, say = decision.share, PHRASES[lang]
    witnesses = _witnesses(book, share.rule_ids)
    for layer, amount_fen in share.layers:
        name = LAYERS[lang].get(layer, LAYERS_WITHOUT_NAME[lang].format(layer=layer))
        key = "fund" if layer == "basic" and share.rule_ids else "fund_more" if share.rule_ids else "fund_as_sent"
        why = say[key].format(
            who=who,
            name=name,
            fen=yuan(amount_fen),
            scope=yuan(share.in_scope_fen),
            deductible=yuan(share.deductible_fen),
            percent=_percent(share.ratio_bp),
        )
        yield Line(step="fund", who=name, amount_fen=amount_fen, why=why, witnesses=witnesses)
    if decision.hospital_fen:
        why = say["hospital"].format(fen=yuan(decision.hospital_fen))
        yield Line(step="hospital", who=say["the_hospital"], amount_fen=decision.hospital_fen, why=why)
    if share.deductible_fen:
        key = "deductible_later" if share.later_stay else "deductible"
        why = say[key].format(who=who, fen=yuan(share.deductible_fen))
        yield Line(step="deductible", who=who, amount_fen=share.deductible_fen, why=why, witnesses=witnesses)


def _own_line(payment: Payment, who: str, rules: RegionDay, book: PolicyBook, lang: Language) -> Line:
    pocket = POCKETS[lang][payment.account.pocket]
    first = rules.rows["own_first"]
    key = "own_first" if first.in_force else "own"
    rows = (*((first.rule_id,) if first.in_force else ()), *payment.rule_ids)
    why = PHRASES[lang][key].format(who=who, pocket=pocket, fen=yuan(payment.amount_fen))
    return Line(
        step="own",
        who=who,
        amount_fen=payment.amount_fen,
        why=why,
        witnesses=_witnesses(book, rows),
        person_id=payment.account.book_id,
    )


def _shared_line(
    payment: Payment, names: Mapping[int, str], rules: RegionDay, book: PolicyBook, lang: Language
) -> Line:
    who = _name(names, payment.account.book_id)
    pocket = POCKETS[lang][payment.account.pocket]
    quota = any("/quota/" in rule_id for rule_id in payment.rule_ids)
    set_aside = payment.account.pocket in (Pocket.POT, Pocket.POT_CURRENT)
    key = "shared_quota" if quota else "shared_pot" if set_aside else "shared"
    witnesses = _witnesses(book, payment.rule_ids)
    witnesses = (_witness(book, rules.rows["sharing"]), *witnesses, _witness(book, rules.rows["pays"]))
    return Line(
        step="shared",
        who=who,
        amount_fen=payment.amount_fen,
        why=PHRASES[lang][key].format(who=who, pocket=pocket, fen=yuan(payment.amount_fen)),
        witnesses=witnesses,
        person_id=payment.account.book_id,
    )


def _wallet_line(payment: Payment, who: str, book: PolicyBook, lang: Language) -> Line:
    return Line(
        step="wallet",
        who=who,
        amount_fen=payment.amount_fen,
        why=PHRASES[lang]["wallet"].format(who=who, fen=yuan(payment.amount_fen)),
        witnesses=_witnesses(book, payment.rule_ids),
        person_id=payment.account.book_id,
    )


def _cash_line(decision: Settled, who: str, rules: RegionDay, book: PolicyBook, lang: Language) -> Line:
    key = "no_cash" if not decision.cash_fen else "cash_all" if decision.cash_fen == decision.total_fen else "cash"
    return Line(
        step="cash",
        who=who,
        amount_fen=decision.cash_fen,
        why=PHRASES[lang][key].format(who=who, fen=yuan(decision.cash_fen)),
        witnesses=(_witness(book, rules.rows["pays"]),) if decision.cash_fen else (),
    )


def _skip_line(skip: Skip, names: Mapping[int, str], book: PolicyBook, lang: Language) -> Line:
    return _refusal_line("skipped", skip.person_id, _name(names, skip.person_id), skip.refused, book, lang)


def _refusal_line(step: Step, person_id: int, who: str, refused: Refused, book: PolicyBook, lang: Language) -> Line:
    ground = refused.ground
    return Line(
        step=step,
        who=who,
        amount_fen=0,
        why=sentence(refused.reason, lang),
        witnesses=_witnesses(book, (ground.rule_id,)) if ground is not None and ground.rule_id else (),
        refusal=refused.reason,
        figures=_figures(ground) + ((("subject", refused.subject),) if refused.subject and not who else ()),
        next_step=next_step(refused.reason, lang),
        person_id=person_id,
    )


# Helpers


def _witnesses(book: PolicyBook, rule_ids: Iterable[str]) -> tuple[Witness, ...]:
    return tuple(_witness(book, book.row(rule_id)) for rule_id in rule_ids)


def _witness(book: PolicyBook, row: Row) -> Witness:
    source = book.sources.get(row.source) if row.source is not None else None
    return Witness(
        rule_id=row.rule_id,
        rule=row.rule,
        document=source.title if source is not None else "",
        publisher=source.publisher if source is not None else "",
        grade=row.grade or row.state,
        words=row.quote or row.reading or "",
        quoted=bool(row.quote),
        note=row.note or "",
        document_zh=(source.title_zh or "") if source is not None else "",
        publisher_zh=(source.publisher_zh or "") if source is not None else "",
        words_zh="" if row.quote else row.reading_zh or "",
        note_zh=row.note_zh or "",
    )


def _figures(ground: Ground | None) -> tuple[tuple[str, str], ...]:
    """Return the figures compared, sums of money in yuan."""
    if ground is None:
        return ()
    return tuple(
        (name.removesuffix("_fen"), yuan(int(value))) if name.endswith("_fen") and _is_number(value) else (name, value)
        for name, value in ground.figures
    )


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _name(names: Mapping[int, str], person_id: int) -> str:
    return names.get(person_id) or f"#{person_id}"


def _percent(ratio_bp: int) -> str:
    whole, rest = divmod(ratio_bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") if rest else str(whole)


def _line_data(line: Line) -> dict[str, Any]:
    main = line.witnesses[0] if line.witnesses else None
    return {
        "step": line.step,
        "who": line.who,
        "amount": yuan(line.amount_fen),
        "why": line.why,
        "rule_id": main.rule_id if main is not None else None,
        "document": main.document if main is not None else None,
        "grade": main.grade if main is not None else None,
        "words": main.words if main is not None else None,
        "refusal": line.refusal or None,
        "figures": dict(line.figures),
        "next_step": line.next_step or None,
        "rules": [_witness_data(witness) for witness in line.witnesses],
    }


def _witness_data(witness: Witness) -> dict[str, Any]:
    return {
        "rule_id": witness.rule_id,
        "rule": witness.rule,
        "document": witness.document,
        "publisher": witness.publisher,
        "grade": witness.grade,
        ("quote" if witness.quoted else "reading"): witness.words,
        "note": witness.note or None,
        **{
            key: chinese
            for key, chinese in (
                ("document_zh", witness.document_zh),
                ("publisher_zh", witness.publisher_zh),
                ("reading_zh", witness.words_zh),
                ("note_zh", witness.note_zh),
            )
            if chinese
        },
    }
