"""C10 这次看病谁付的: one bill, a line for each who paid, and why, down to the rule and its document."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from gongji.channels.api.bills import BillTold, PayerTold
from gongji.channels.pages.asking import Download, View
from gongji.channels.screens.citizen.kindred import none_there, when
from gongji.channels.screens.inside import named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.rules.citing import Citation, cite
from gongji.rules.policybook import PolicyBook

COLOURS: Final[Mapping[str, str]] = {
    "fund": "fund",
    "hospital": "fund",
    "own": "own",
    "wallet": "own",
    "shared": "relative",
    "cash": "cash",
}
"""The colour of a line in the bar, by who pays."""


_DIGITS_MOST: Final = 16


class Piece(Struct, frozen=True, kw_only=True):
    """One who paid, as the bar and its key show him."""

    kind: str
    title: str
    amount_fen: int

    @property
    def shape(self) -> tuple[str, int]:
        """Return the piece of the bar."""
        return self.kind, self.amount_fen


async def bill(visit: Visit) -> Found:
    """Show a bill of the visitor's own."""
    found = await visit.api.get(named("bills", _number(visit)), BillTold)
    book = visit.desk.book(visit.now)
    lines = [_line(visit, book, payer) for payer in found.payers if payer.amount_fen or payer.step == "cash"]
    told = {
        "bill": found,
        "pieces": [line["piece"] for line in lines if line["counts"] and line["piece"].amount_fen],
        "lines": lines,
        "skipped": [{"of": one, "rules": list(_cited(book, one.rules))} for one in found.skipped],
        "refunds": [(when(one.at), one.amount_fen, one.full) for one in found.refunds],
        "back_fen": sum(one.back_fen for one in found.payers if one.counts),
        "settled_at": when(found.settled_at),
        "visited_on": found.visited_on,
    }
    return View("citizen/bill.html", told)


async def paper(visit: Visit) -> Found:
    """Return the bill as PDF."""
    number = _number(visit)
    answer = await visit.api.answer("GET", named("bills", number, "file"))
    return Download(answer.body, "application/pdf", f"bill-{number}.pdf")


PAGES: Final[Mapping[str, Page]] = {"/bills/{settle_id:str}": bill, "/bills/{settle_id:str}/file": paper}


# Helpers


def _number(visit: Visit) -> int:
    """Return the number in the address. Raise TroubleError for what is none."""
    text = visit.names["settle_id"]
    if not (text.isascii() and text.isdecimal() and len(text) < _DIGITS_MOST):
        raise none_there(visit)
    return int(text)


def _line(visit: Visit, book: PolicyBook, payer: PayerTold) -> dict[str, Any]:
    title = _title(visit, payer)
    return {
        "piece": Piece(kind=COLOURS.get(payer.step, "cash"), title=title, amount_fen=payer.amount_fen),
        "step": payer.step,
        "counts": payer.counts,
        "why": payer.why,
        "back_fen": payer.back_fen,
        "rules": list(_cited(book, payer.rules)),
    }


def _title(visit: Visit, payer: PayerTold) -> str:
    """Return who paid, and out of what, in plain words."""
    if payer.pocket is None:
        return visit.say(f"paid.{payer.step}", who=payer.who)
    return visit.say(f"paid.{payer.step}", who=payer.who) + visit.say(f"paid.out_of_{payer.pocket}")


def _cited(book: PolicyBook, rule_ids: Iterable[str]) -> Iterable[Citation]:
    """Yield the rules that today's book still has; the others are told by the paper, as they were kept."""
    for rule_id in dict.fromkeys(rule_ids):
        try:
            yield cite(book, book.row(rule_id))
        except KeyError:
            continue
