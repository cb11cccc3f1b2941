"""Money is a whole number of fen 分; nothing near it is a float."""

import re
from decimal import Decimal, InvalidOperation
from typing import Final

BASIS: Final = 10_000
"""Basis points in one whole: a ratio of 70 % is 7_000."""

LARGEST_FEN: Final = 10**15
"""No single amount reaches this (ten trillion yuan): N(16,2) of the national tables keeps below it."""

_YUAN = re.compile(r"-?\d{1,13}\.\d{2}")


class NotMoneyError(ValueError):
    """The text is not an amount in yuan with two decimals."""


def fen_from_yuan(text: str) -> int:
    """Return the fen in `text`, an amount in yuan with exactly two decimals ("12.30" is 1230)."""
    if not _YUAN.fullmatch(text):
        raise NotMoneyError(f"{text!r} is not yuan with two decimals, like 12.30")
    return int(text.replace(".", ""))


def yuan(amount_fen: int) -> str:
    """Return `amount_fen` as yuan with two decimals, the form of case files and pages."""
    sign = "-" if amount_fen < 0 else ""
    digits = f"{abs(amount_fen):03d}"
    return f"{sign}{digits[:-2]}.{digits[-2:]}"


def portion(amount_fen: int, basis_points: int) -> int:
    """Return that part of `amount_fen`, half a fen rounded up (away from zero for a negative amount)."""
    product = abs(amount_fen) * basis_points
    part = (2 * product + BASIS) // (2 * BASIS)
    return part if amount_fen >= 0 else -part


def basis_points(text: str) -> int:
    """Return a decimal ratio as basis points: "0.10" is 1_000. Raise NotMoneyError outside 0 to 1."""
    try:
        ratio = Decimal(text) * BASIS
    except (InvalidOperation, TypeError) as fault:
        raise NotMoneyError(f"{text!r} is not a decimal ratio, like 0.10") from fault
    if not ratio.is_finite() or ratio != ratio.to_integral_value() or not 0 <= ratio <= BASIS:
        raise NotMoneyError(f"{text!r} is not a ratio from 0 to 1 with at most four decimals")
    return int(ratio)
