"""Figures of several runs: median and range, and ratios of what was measured in turn."""

import statistics
from collections.abc import Sequence

Spread = dict[str, float]
"""Median, min and max."""


def spread(several: Sequence[float]) -> Spread | None:
    """Return median, least and greatest; None of none."""
    if not several:
        return None
    told = {"median": statistics.median(several), "min": min(several), "max": max(several)}
    return {name: round(figure, 3) for name, figure in told.items()}


def ratios(several: Sequence[float], against: Sequence[float]) -> Spread | None:
    """Return the ratios of pairs measured in turn, as median and range."""
    return spread([one / other for one, other in zip(several, against, strict=False) if other])
