"""The catalogue 医保目录: by its national code, how an item is classed, priced and paid for. A small sample of it.

What the catalogue does not hold is wholly self-paid (目录外); the splitting of a fee line is done here, exactly.
"""

import tomllib
from decimal import ROUND_HALF_UP, Decimal
from importlib.resources import files
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from gongji.domain.bill import FeeClass, FeeKind, FeeLine
from gongji.domain.money import BASIS, basis_points, fen_from_yuan, portion

FEN: Final = Decimal("0.01")

CHARGE_TYPES: Final = {
    FeeKind.DRUG: "09",
    FeeKind.DEVICE: "08",
    FeeKind.CONSUMABLE: "08",
    FeeKind.DISINFECTANT: "08",
    FeeKind.TREATMENT: "05",
    FeeKind.EXAM: "03",
    FeeKind.REGISTRATION: "13",
}
"""med_chrgitm_type of an item that does not name its own; what is not here is 14, other."""


class CatalogueError(ValueError):
    """The catalogue file is not sound; the text names the item and what is wrong with it."""


class Item(Struct, frozen=True, kw_only=True):
    """One item. `first_self_pay` in basis points; `ceiling_fen` is the most that is covered of one unit, None: all."""

    code: str
    name: str
    fee_class: FeeClass
    kind: FeeKind
    charge_type: str
    first_self_pay: int = 0
    ceiling_fen: int | None = None


class SplitLine(Struct, frozen=True, kw_only=True):
    """A fee line split: the four parts add up to `fee.amount_fen`; `item` is None for an unknown code."""

    item: Item | None
    fee: FeeLine
    off_catalogue_fen: int
    over_limit_fen: int
    first_self_pay_fen: int
    in_scope_fen: int


class Catalogue:
    """Items by code."""

    def __init__(self, items: dict[str, Item]) -> None:
        """Hold `items`."""
        self.items = items

    def split(self, code: str, amount_fen: int, count: Decimal) -> SplitLine:
        """Return the split of `count` units billed at `amount_fen` together: above the ceiling, 先行自付, in scope."""
        item = self.items.get(code)
        if item is None or item.fee_class is FeeClass.C:
            kind = item.kind if item is not None else FeeKind.OTHER
            fee = FeeLine(amount_fen, FeeClass.C, kind, BASIS)
            return SplitLine(
                item=item, fee=fee, off_catalogue_fen=amount_fen, over_limit_fen=0, first_self_pay_fen=0, in_scope_fen=0
            )
        over_fen = 0 if item.ceiling_fen is None else max(0, amount_fen - to_fen(count * item.ceiling_fen / 100))
        first_fen = portion(amount_fen - over_fen, item.first_self_pay)
        return SplitLine(
            item=item,
            fee=FeeLine(amount_fen, item.fee_class, item.kind, item.first_self_pay, over_fen, first_fen),
            off_catalogue_fen=0,
            over_limit_fen=over_fen,
            first_self_pay_fen=first_fen,
            in_scope_fen=amount_fen - over_fen - first_fen,
        )


def to_fen(yuan: Decimal) -> int:
    """Return an exact amount in yuan as fen, half a fen rounded up."""
    return int((yuan / FEN).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def read_catalogue(text: str) -> Catalogue:
    """Return the catalogue in `text` (TOML). Raise CatalogueError, naming the item, for anything that is not sound."""
    try:
        rows = msgspec.convert(tomllib.loads(text), _File).item
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise CatalogueError(str(fault)) from fault
    items: dict[str, Item] = {}
    for row in rows:
        if row.code in items:
            raise CatalogueError(f"{row.code} stands twice")
        items[row.code] = _item(row)
    return Catalogue(items)


def sample_catalogue() -> Catalogue:
    """Return the sample catalogue that comes with the program."""
    return read_catalogue(files("gongji.registry").joinpath("data/catalogue.toml").read_text(encoding="utf-8"))


# Helpers


class _Row(Struct, frozen=True, forbid_unknown_fields=True):
    code: Annotated[str, Meta(min_length=1, max_length=50)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    fee_class: FeeClass = msgspec.field(name="class")
    kind: FeeKind
    first_self_pay: str = "0"
    ceiling: str | None = None
    charge_type: str | None = None


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    item: list[_Row]


def _item(row: _Row) -> Item:
    try:
        first = BASIS if row.fee_class is FeeClass.C else basis_points(row.first_self_pay)
        ceiling_fen = None if row.ceiling is None else fen_from_yuan(row.ceiling)
    except ValueError as fault:
        raise CatalogueError(f"{row.code}: {fault}") from fault
    if row.fee_class is FeeClass.A and first:
        raise CatalogueError(f"{row.code}: class A has no share paid first")
    return Item(
        code=row.code,
        name=row.name,
        fee_class=row.fee_class,
        kind=row.kind,
        charge_type=row.charge_type or CHARGE_TYPES.get(row.kind, "14"),
        first_self_pay=first,
        ceiling_fen=ceiling_fen,
    )
