"""What a settlement was decided on, as its entry keeps it: short, and readable for ever.

A first byte names the form. `_ROWS` is followed by msgpack: every record as the row of its fields, in the order in
which they are declared. So a field may be added at the end of a record, with a default; any other change of `Bill`,
`CoreSplit`, `FeeLine`, `Insured`, `Purse`, `Used`, `Bond` or `Account` asks for a form of its own. Entries made before
there were forms are JSON with names, and begin with a brace.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from gongji.domain.account import Account
from gongji.domain.bill import FeeLine
from gongji.domain.family import Bond
from gongji.domain.insured import Insured
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.settling import Bill, CoreSplit, Used

_ROWS: Final = b"\x02"
_JSON: Final = b"{"
Row = list[Any]
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(
    tuple[Row, Row, Row, Row, str, list[tuple[Row, Row, Row, list[tuple[Row, int]], int]]]
).decode
_LINES: Final = Bill.__struct_fields__.index("lines")
_SPLIT: Final = Bill.__struct_fields__.index("split")


class BondFacts(Struct, frozen=True):
    """A bond as it stood, with the sharer behind it, his pockets and pots, and what counted against his limit."""

    bond: Bond
    sharer: Insured
    purse: Purse
    pots: tuple[tuple[Account, int], ...]
    cap_used: int


class Facts(Struct, frozen=True):
    """What a bill was decided on, but for the rules: those stand in the entry's bundle."""

    bill: Bill
    patient: Insured
    purse: Purse
    used: Used
    place_region: str
    bonds: tuple[BondFacts, ...]


def written(
    bill: Bill, patient: Insured, purse: Purse, used: Used, place_region: str, candidates: Sequence[Candidate]
) -> bytes:
    """Return the facts of a decision in the shortest form."""
    bonds = []
    for one in candidates:
        pots = [(astuple(account), fen) for account, fen in one.pots] if one.pots else ()
        bonds.append((astuple(one.bond), astuple(one.sharer), astuple(one.purse), pots, one.cap_used_fen))
    told = (_bill_row(bill), astuple(patient), astuple(purse), astuple(used), place_region, bonds)
    return _ROWS + _encode(told)


def read(content: bytes) -> Facts:
    """Return the facts that an entry keeps, in whatever form. Raise msgspec.ValidationError for anything else."""
    if content.startswith(_JSON):
        return msgspec.json.decode(content, type=Facts)
    if not content.startswith(_ROWS):
        raise msgspec.ValidationError(f"facts of a form that begins with {content[:1]!r} are not known")
    bill, patient, purse, used, place_region, bonds = _decode(content[len(_ROWS) :])
    told = {
        "bill": _bill_named(bill),
        "patient": _named(Insured, patient),
        "purse": _named(Purse, purse),
        "used": _named(Used, used),
        "place_region": place_region,
        "bonds": [_bond_named(*row) for row in bonds],
    }
    return msgspec.convert(told, Facts)


# Helpers


def _bill_row(bill: Bill) -> Sequence[Any]:
    if bill.lines is None and bill.split is None:
        return astuple(bill)
    row = list(astuple(bill))
    if bill.lines is not None:
        row[_LINES] = [astuple(line) for line in bill.lines]
    if bill.split is not None:
        row[_SPLIT] = astuple(bill.split)
    return row


def _bill_named(row: Row) -> Mapping[str, Any]:
    named = _named(Bill, row)
    if named["lines"] is not None:
        named["lines"] = [_named(FeeLine, line) for line in named["lines"]]
    if named["split"] is not None:
        named["split"] = _named(CoreSplit, named["split"])
    return named


def _bond_named(
    bond: Row, sharer: Row, purse: Row, pots: Sequence[tuple[Row, int]], cap_used_fen: int
) -> Mapping[str, Any]:
    return {
        "bond": _named(Bond, bond),
        "sharer": _named(Insured, sharer),
        "purse": _named(Purse, purse),
        "pots": [(_named(Account, account), fen) for account, fen in pots],
        "cap_used": cap_used_fen,
    }


def _named(kind: type[Struct], row: Row) -> dict[str, Any]:
    """Return a row by the names of its fields; those added since are left to their defaults."""
    return dict(zip(kind.__struct_fields__, row, strict=False))
