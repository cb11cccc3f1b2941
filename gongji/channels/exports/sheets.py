"""Statements and uses as plain tables, for files that spreadsheet programs open and for paper."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from gongji.channels.exports.words import EXPORT, KINDS, PLACES, RELATIONS
from gongji.channels.figures import capitals, polished
from gongji.domain.account import Account, Pocket
from gongji.domain.texts import Language
from gongji.ledger.stretches import BEGINNING, END
from gongji.rules.phrases import POCKETS
from gongji.services.accounts.movements import Movement
from gongji.services.accounts.statements import Balances, Statement
from gongji.services.accounts.uses import Uses


class Fen(Struct, frozen=True):
    """A cell that holds an amount."""

    fen: int


Cell = str | Fen


class Sheet(Struct, frozen=True, kw_only=True):
    """A table with what stands above it. `made_at` is when it was asked for; rows have one cell a heading."""

    title: str
    lang: Language
    made_at: datetime
    facts: tuple[tuple[str, Cell], ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def statement_sheet(statement: Statement, name: str, lang: Language, made_at: datetime) -> Sheet:
    """Return a statement as a table, the movements in the order in which they come; `name` is the owner's."""
    say = EXPORT[lang]
    facts: list[tuple[str, Cell]] = [
        (say["name"], name),
        (say["period"], _period(statement.asked.since, statement.asked.until, lang)),
        (say["made_at"], _moment(made_at)),
    ]
    for label, balances in ((say["opening"], statement.opening), (say["closing"], statement.closing)):
        lying = _lying(balances, statement.asked.pocket)
        facts += [(f"{label} · {pocket_name(account, statement.names, lang)}", Fen(fen)) for account, fen in lying]
        total_fen = sum(fen for _, fen in lying)
        facts += [(f"{label} · {say['total']}", Fen(total_fen))] if len(lying) != 1 else []
    facts.append((f"{say['closing']} · {say['in_capitals']}", capitals(total_fen)))
    return Sheet(
        title=say["statement"],
        lang=lang,
        made_at=made_at,
        facts=tuple(facts),
        headings=tuple(say[key] for key in ("at", "recorded", "what", "pocket", "whom", "amount", "balance")),
        rows=tuple(_movement_row(one, statement, lang) for one in statement.movements),
    )


def uses_sheet(uses: Uses, name: str, lang: Language, *, since: datetime, until: datetime, made_at: datetime) -> Sheet:
    """Return who used a person's money as a table; `name` is that person's."""
    say = EXPORT[lang]
    facts: list[tuple[str, Cell]] = [
        (say["name"], name),
        (say["period"], _period(since, until, lang)),
        (say["made_at"], _moment(made_at)),
    ]
    facts += [
        (f"{month} · {_person(member_id, uses.names, lang)}", Fen(fen))
        for (member_id, month), fen in sorted(uses.months.items(), key=lambda item: (item[0][1], item[0][0]))
    ]
    rows = [
        (
            _moment(use.at),
            _person(use.member_id, uses.names, lang),
            RELATIONS[lang].get(uses.relations[use.member_id], "") if use.member_id in uses.relations else "",
            KINDS[lang].get(use.kind, use.kind),
            PLACES[lang].get(use.place, use.place),
            Fen(use.amount_fen),
        )
        for use in uses.uses
    ]
    whom, kin = ("谁", "关系") if lang == "zh" else ("Who", "Relation")
    return Sheet(
        title=say["uses"],
        lang=lang,
        made_at=made_at,
        facts=tuple(facts),
        headings=(say["at"], whom, kin, say["what"], say["place"], say["amount_used"]),
        rows=tuple(rows),
    )


def pocket_name(account: Account, names: Mapping[int, str], lang: Language) -> str:
    """Return what a pocket is called; a pot for one member names him."""
    say = EXPORT[lang]
    called = say["transit"] if account.pocket is Pocket.TRANSIT else POCKETS[lang][account.pocket]
    called = polished(called, lang)
    return (
        called + say["for_member"].format(who=_person(account.member_id, names, lang)) if account.member_id else called
    )


# Helpers


def _movement_row(one: Movement, statement: Statement, lang: Language) -> tuple[Cell, ...]:
    say = EXPORT[lang]
    recorded = say["not_recorded"] if one.recorded_at is None else _moment(one.recorded_at)
    what = say["undone"] if one.undoes else KINDS[lang].get(one.kind, one.kind)
    marks = [mark for mark in (PLACES[lang].get(one.place, one.place), say["quota"] if one.quota else "") if mark]
    apart, colon = ("，", "：") if lang == "zh" else (", ", ": ")
    return (
        _moment(one.at),
        say["same"] if one.recorded_at == one.at else recorded,
        what + (colon + apart.join(marks) if marks else ""),
        pocket_name(one.account, statement.names, lang),
        _whom(one, statement, lang),
        Fen(one.amount_fen),
        Fen(one.balance_fen),
    )


def _whom(one: Movement, statement: Statement, lang: Language) -> str:
    if one.person_id is None or one.person_id == statement.asked.person_id:
        return ""
    name, relation = _person(one.person_id, statement.names, lang), statement.relations.get(one.person_id)
    if relation is None:
        return name
    return f"{name}（{RELATIONS[lang][relation]}）" if lang == "zh" else f"{name} ({RELATIONS[lang][relation]})"


def _person(person_id: int, names: Mapping[int, str], lang: Language) -> str:
    unnamed = "家人" if lang == "zh" else "relative"
    return names.get(person_id) or f"{unnamed} {person_id}"


def _lying(balances: Balances, pocket: Pocket | None) -> list[tuple[Account, int]]:
    """Return the balances to be told: of the pocket asked for, those of nothing left out."""
    order = list(Pocket)
    chosen = [(one, fen) for one, fen in balances.items() if fen and pocket in (None, one.pocket)]
    return sorted(chosen, key=lambda item: (order.index(item[0].pocket), item[0].member_id))


def _period(since: datetime, until: datetime, lang: Language) -> str:
    """Return the days of a period, the last one included."""
    if since == BEGINNING and until == END:
        return EXPORT[lang]["all_time"]
    first = "…" if since == BEGINNING else f"{since:%Y-%m-%d}"
    last = "…" if until == END else f"{until - timedelta.resolution:%Y-%m-%d}"
    return EXPORT[lang]["from_to"].format(first=first, last=last)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
