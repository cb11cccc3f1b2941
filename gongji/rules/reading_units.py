"""Rates and lists in words, as the reading of rules writes them."""

from collections.abc import Iterable

from gongji.domain.texts import Language


def percent(basis_points: int) -> str:
    """Return basis points as per cent, without trailing zeros: 7050 is 70.5%."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def listed(things: Iterable[str], lang: Language) -> str:
    """Return things in a row."""
    return ("、" if lang == "zh" else ", ").join(things)
