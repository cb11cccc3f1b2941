"""A bill as the API takes it: fee lines, or a personal part that somebody has worked out already."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from gongji.channels.api.problems import ProblemError
from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts, Place, Visit
from gongji.domain.refusals import Refusal
from gongji.registry.records import Institution
from gongji.rules.settling import Bill
from gongji.services.visits.visits import PLACE_OF

FEN_MOST: Final = 10**13
LINES_MOST: Final = 1000

Fen = Annotated[int, Meta(ge=0, le=FEN_MOST, description="Fen 分.")]


class LineAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fee line: amount, 甲乙丙 class and kind; 先行自付 in basis points, and what lies above the price ceiling."""

    amount_fen: Fen
    fee_class: FeeClass = FeeClass.A
    kind: FeeKind = FeeKind.TREATMENT
    first_self_pay_bp: Annotated[int, Meta(ge=0, le=10_000)] = 0
    over_limit_fen: Fen = 0


class PartsAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The personal part by component: 起付, 自付比例, 先行自付, 超限, 目录外."""

    deductible_fen: Fen = 0
    copay_fen: Fen = 0
    first_self_pay_fen: Fen = 0
    over_limit_fen: Fen = 0
    off_catalogue_fen: Fen = 0


class BillAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bill: at an institution by its code, or at a place of some kind in a region; with `lines` or with `parts`.

    `picked` are the numbers of the relatives picked at the counter, where the region asks for it; `swipe` is 1 or 2.
    """

    institution: Annotated[str, Meta(max_length=40)] | None = None
    region: Annotated[str, Meta(pattern="^[0-9]{6}$")] | None = None
    place: Place = Place.HOSPITAL
    level: Annotated[int, Meta(ge=1, le=3)] = 2
    visit: Visit = Visit.OUTPATIENT
    lines: Annotated[list[LineAsked], Meta(min_length=1, max_length=LINES_MOST)] | None = None
    parts: PartsAsked | None = None
    picked: Annotated[list[int], Meta(max_length=50)] | None = None
    swipe: Annotated[int, Meta(ge=1, le=2)] | None = None


def bill_of(asked: BillAsked, institution: Institution | None, now: datetime) -> Bill:
    """Return the bill, had now. Raise ProblemError where it has both lines and parts, or neither."""
    if (asked.lines is None) == (asked.parts is None):
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field="/lines", said="either lines or parts are wanted")
    place = PLACE_OF[institution.kind] if institution is not None else asked.place
    return Bill(
        at=now,
        visited_on=now.date(),
        place=place,
        visit=Visit.DRUGSTORE if place is Place.PHARMACY else asked.visit,
        level=max(1, min(3, institution.level)) if institution is not None else asked.level,
        designated=institution.designated if institution is not None else True,
        takes_wallet=institution.takes_wallet if institution is not None else True,
        lines=tuple(_line(one) for one in asked.lines) if asked.lines is not None else None,
        parts=_parts(asked.parts) if asked.parts is not None else None,
        scan=tuple(asked.picked) if asked.picked is not None else None,
        swipe=asked.swipe,
        counts_stay=asked.visit is Visit.INPATIENT,
    )


# Helpers


def _line(line: LineAsked) -> FeeLine:
    return FeeLine(
        amount_fen=line.amount_fen,
        fee_class=line.fee_class,
        kind=line.kind,
        first_self_pay=line.first_self_pay_bp,
        over_limit_fen=line.over_limit_fen,
    )


def _parts(parts: PartsAsked) -> Parts:
    return Parts(
        deductible_fen=parts.deductible_fen,
        copay_fen=parts.copay_fen,
        first_self_pay_fen=parts.first_self_pay_fen,
        over_limit_fen=parts.over_limit_fen,
        off_catalogue_fen=parts.off_catalogue_fen,
    )
