"""Statements, uses and bills on paper: A4 sheets from HTML templates, as PDF."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gongji.channels.exports.sheets import Fen, Sheet
from gongji.channels.exports.words import EXPORT
from gongji.channels.figures import capitals, grouped, money, polished
from gongji.domain.money import yuan
from gongji.domain.texts import Language
from gongji.rules.explain import Step
from gongji.rules.phrases import POCKETS
from gongji.services.bills.bill_sheets import BillSheet

_TEMPLATES: Final = Path(__file__).parent / "templates"
PACKAGES: Final = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
"""The Debian packages that paper needs."""


class NoPaperError(Exception):
    """This machine lacks the libraries that make a PDF; the message names them."""


def sheet_page(sheet: Sheet) -> str:
    """Return a table as an HTML page for paper."""
    return _environment(sheet.lang).get_template("sheet.html").render(sheet=sheet)


def bill_page(bill: BillSheet, lang: Language, made_at: datetime) -> str:
    """Return a bill as its patient reads it, as an HTML page for paper."""
    told = {
        "bill": bill,
        "made_at": made_at,
        "bars": _bars(bill),
        "items": _items(bill),
        "numbers": {rule_id: number for number, rule_id in enumerate(bill.citations, 1)},
    }
    return _environment(lang).get_template("bill.html").render(told)


def as_pdf(page: str) -> bytes:
    """Return a page as PDF. Raise NoPaperError where the libraries for it are missing. Nothing is fetched for it."""
    try:
        from weasyprint import HTML  # noqa: PLC0415  # loads libraries that only paper needs, and that may be missing
        from weasyprint.urls import URLFetcher  # noqa: PLC0415  # the same
    except OSError as fault:
        raise NoPaperError(f"PDF needs libraries that are not installed; on Debian: apt install {PACKAGES}") from fault
    content: bytes = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf()
    return content


# Helpers


def _bars(bill: BillSheet) -> list[Mapping[str, Any]]:
    """Return the parts of the bar: the colour of each payer, and how much he paid."""
    paid = [payer.line for payer in bill.payers if payer.counts and payer.line.amount_fen > 0]
    return [{"kind": _colour(line.step), "fen": line.amount_fen} for line in paid]


def _colour(step: Step) -> str:
    return {"hospital": "fund", "wallet": "own"}.get(step, step)


def _items(bill: BillSheet) -> list[tuple[str, int, int]]:
    """Return the items of the e-bill, as settled and as left; those of nothing left out, but never the main ones."""
    always = ("fund_fen", "account_fen", "family_fen", "cash_fen", "total_fen")
    names = ("fund_fen", "other_fen", "hospital_fen", "account_fen", "family_fen", "cash_fen", "total_fen")
    rows = [(name, getattr(bill.e_bill, name), getattr(bill.e_bill_left, name)) for name in names]
    return [row for row in rows if row[0] in always or row[1]]


@cache
def _environment(lang: Language) -> Environment:
    env = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    colon = "：" if lang == "zh" else ": "
    env.globals.update(lang=lang, say=EXPORT[lang], pockets=POCKETS[lang], colon=colon, colour=_colour)
    env.filters.update(
        money=lambda fen: money(fen, lang),
        figure=lambda fen: ("−" if fen < 0 else "") + grouped(yuan(abs(fen))),
        capitals=capitals,
        polished=lambda text: polished(text, lang),
        moment=lambda moment: f"{moment:%Y-%m-%d %H:%M}",
    )
    env.tests.update(amount=lambda cell: isinstance(cell, Fen))
    return env
