"""Amounts as JSON numbers, written from whole fen and never by way of a float."""

from decimal import Decimal
from functools import lru_cache

from msgspec import Raw

from gongji.domain.money import yuan


@lru_cache(maxsize=4096)  # an answer has thirty amounts, most of them 0 and many of them twice
def amount(fen: int) -> Raw:
    """Return yuan with two decimals as a JSON number."""
    return Raw(yuan(fen).encode())


@lru_cache(maxsize=256)
def ratio(basis_points: int) -> Raw:
    """Return a ratio with four decimals as a JSON number."""
    whole, rest = divmod(basis_points, 10_000)
    return Raw(f"{whole}.{rest:04d}".encode())


def exact(number: Decimal) -> Raw:
    """Return a decimal number, which must be finite and short, as a JSON number."""
    return Raw(format(number, "f").encode())
