"""The fee lines of a hospital stay: uploaded over days, taken back by later lines, taken off while unsettled."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.registry.catalogue import Catalogue, SplitLine
from gongji.registry.records import Visit
from gongji.services.store import Books
from gongji.services.visits.visit_settlements import closed, open_lines
from gongji.services.visits.visits import CLOCKS_APART, Claim, NewLine, figures, find, no_product, put, with_lines

R = Refusal

ALL_LINES: Final = "0000"


class StayLine(Struct, frozen=True, kw_only=True):
    """A fee line as it was told. One that takes back of another one names it, with a negative count and amount."""

    line_no: str
    code: str
    amount_fen: int
    count: Decimal
    price: Decimal
    occurred_at: datetime
    takes_back: str = ""
    told: dict[str, str] = {}


def upload_stay_lines(
    books: Books, catalogue: Catalogue, claim: Claim, lines: Sequence[StayLine], at: datetime
) -> tuple[NewLine, ...] | Refused:
    """Add fee lines to a stay that is not yet paid for as a whole, and return them as the catalogue splits them.

    A line takes back at most what is left of an open line of the same code and price.
    """
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return first_of(
            [
                visit,
                *(
                    fault
                    for line in lines
                    if (fault := no_product(line.line_no, line.amount_fen, line.count * line.price)) is not None
                ),
            ]
        )
    if closed(visit):
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="closed_stay")
    left = _left(visit)
    taken = {line.line_no for line in visit.lines if not line.refunded}
    faults: list[Refused] = []
    added: list[NewLine] = []
    for line in lines:
        fault = _place_fault(visit, line, taken, at)
        new = fault if fault is not None else _new_line(line, catalogue, left)
        taken.add(line.line_no)
        if isinstance(new, Refused):
            faults.append(new)
        else:
            added.append(new)
    if faults:
        return first_of(faults)
    put(books, with_lines(books, visit, added))
    return tuple(added)


def remove_stay_lines(books: Books, claim: Claim, numbers: Sequence[str]) -> Visit | Refused:
    """Take off open lines by their numbers; "0000" means all of them. What takes back of a line goes before it."""
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    if closed(visit):
        return Refused(R.SETTLEMENT_NOT_FOUND, subject="closed_stay")
    opened = {line.line_no: line for line in open_lines(visit, None)}
    gone = set(opened) if ALL_LINES in numbers else set(numbers)
    if gone - set(opened):
        return Refused(R.SETTLEMENT_NOT_FOUND, figures(line_no=min(gone - set(opened))), subject="line")
    left_behind = sorted(number for number, line in opened.items() if line.takes_back in gone and number not in gone)
    if left_behind:
        return Refused(R.SETTLEMENT_NOT_FOUND, figures(line_no=left_behind[0]), subject="taken_back")
    kept = tuple(line for line in visit.lines if line.settled_by is not None or line.line_no not in gone)
    return put(books, replace(visit, lines=kept))


# Helpers


class _Left(Struct, frozen=True):
    """What is left of an open line: of its count, and of each part of the catalogue's split."""

    code: str
    price: Decimal
    count: Decimal
    off_catalogue_fen: int
    over_limit_fen: int
    first_self_pay_fen: int
    in_scope_fen: int

    @property
    def amount_fen(self) -> int:
        return self.off_catalogue_fen + self.over_limit_fen + self.first_self_pay_fen + self.in_scope_fen


def _left(visit: Visit) -> dict[str, _Left]:
    left: dict[str, _Left] = {}
    for line in open_lines(visit, None):
        number = line.takes_back or line.line_no
        before = left.get(number) or _Left(line.code, Decimal(line.price), Decimal(), 0, 0, 0, 0)
        left[number] = replace(
            before,
            count=before.count + Decimal(line.count),
            off_catalogue_fen=before.off_catalogue_fen + line.off_catalogue_fen,
            over_limit_fen=before.over_limit_fen + line.over_limit_fen,
            first_self_pay_fen=before.first_self_pay_fen + line.first_self_pay_fen,
            in_scope_fen=before.in_scope_fen + line.in_scope_fen,
        )
    return left


def _place_fault(visit: Visit, line: StayLine, taken: set[str], at: datetime) -> Refused | None:
    """Return what is wrong with a line's number or day."""
    if line.line_no in taken:
        return Refused(R.MESSAGE_MALFORMED, figures(line_no=line.line_no), subject="feedetl_sn")
    if line.line_no == ALL_LINES:
        return Refused(R.MESSAGE_MALFORMED, subject="feedetl_sn:all")
    last = visit.ended_at or at + CLOCKS_APART
    if not visit.begun_at.date() <= line.occurred_at.date() <= last.date():
        return Refused(R.MESSAGE_MALFORMED, figures(line_no=line.line_no), subject="fee_ocur_time")
    return None


def _new_line(line: StayLine, catalogue: Catalogue, left: dict[str, _Left]) -> NewLine | Refused:
    """Return a line split by the catalogue, and note in `left` what is left of it or of the one it takes back."""
    before = left.get(line.takes_back) if line.takes_back else None
    fault = (
        _taking_back_fault(line, before)
        if line.takes_back
        else no_product(line.line_no, line.amount_fen, line.count * line.price)
    )
    if fault is not None:
        return fault
    count, amount_fen = line.count, line.amount_fen
    if before is not None:
        count, amount_fen = count + before.count, amount_fen + before.amount_fen
    rest = catalogue.split(line.code, amount_fen, count)
    left[line.takes_back or line.line_no] = _Left(
        line.code,
        line.price,
        count,
        rest.off_catalogue_fen,
        rest.over_limit_fen,
        rest.first_self_pay_fen,
        rest.in_scope_fen,
    )
    return NewLine(
        line_no=line.line_no,
        batch="",
        code=line.code,
        split=rest if before is None else _taken(before, rest),
        occurred_at=line.occurred_at,
        count=format(line.count, "f"),
        price=format(line.price, "f"),
        takes_back=line.takes_back,
        told=line.told,
    )


def _taking_back_fault(line: StayLine, before: _Left | None) -> Refused | None:
    if before is None:
        return Refused(R.SETTLEMENT_NOT_FOUND, figures(line_no=line.takes_back), subject="original_line")
    if (line.code, line.price) != (before.code, before.price):
        return Refused(R.MESSAGE_MALFORMED, figures(line_no=line.takes_back), subject="init_feedetl_sn")
    left_count, left_fen = before.count + line.count, before.amount_fen + line.amount_fen
    if left_count == left_fen == 0:  # the last of it is what is left, however it was rounded before
        return None
    if left_count <= 0 or left_fen < 0:
        compared = figures(line_no=line.takes_back, line_fen=line.amount_fen, left_fen=before.amount_fen)
        return Refused(R.AMOUNTS_DISAGREE, compared)
    return no_product(line.line_no, line.amount_fen, line.count * line.price)


def _taken(before: _Left, rest: SplitLine) -> SplitLine:
    """Return what goes, in negative amounts, so that exactly the catalogue's split of the rest is left."""
    first_fen = rest.first_self_pay_fen - before.first_self_pay_fen
    fee = replace(
        rest.fee,
        amount_fen=rest.fee.amount_fen - before.amount_fen,
        over_limit_fen=rest.over_limit_fen - before.over_limit_fen,
        first_self_pay_fen=None if rest.fee.first_self_pay_fen is None else first_fen,
    )
    return replace(
        rest,
        fee=fee,
        off_catalogue_fen=rest.off_catalogue_fen - before.off_catalogue_fen,
        over_limit_fen=rest.over_limit_fen - before.over_limit_fen,
        first_self_pay_fen=first_fen,
        in_scope_fen=rest.in_scope_fen - before.in_scope_fen,
    )
