"""Charts as SVG: shapes only. Whoever shows one puts the words and figures beside it, where large type reaches them."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

_WIDTH: Final = 1000
_HEIGHT: Final = 100

_SHELL: Final = Markup(
    '<svg class="{kind}" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" aria-label="{label}">'
    "{shapes}</svg>"
)
_RECT: Final = Markup('<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{height}"/>')


def stacked_bar(parts: Sequence[tuple[str, int]], label: str) -> Markup:
    """Return one bar of `parts`, each a class and an amount in fen; an amount of nothing has no piece.

    Where a piece ends is rounded, not how long it is, so the pieces fill the bar whatever the amounts.
    """
    total_fen = sum(fen for _, fen in parts)
    shapes, before_fen = [], 0
    for kind, fen in parts:
        if fen:
            begin, end = (_WIDTH * edge_fen // total_fen for edge_fen in (before_fen, before_fen + fen))
            shapes.append(_rect(kind, begin, 0, end - begin, _HEIGHT))
            before_fen += fen
    return _shell("bar", shapes, label)


def small_bar(kind: str, amount_fen: int, most_fen: int, label: str) -> Markup:
    """Return one bar, as long as its share of the longest."""
    return _shell("bar", [_rect(kind, 0, 0, _WIDTH * amount_fen // most_fen if most_fen else 0, _HEIGHT)], label)


def step_line(points: Sequence[tuple[int, int]], label: str) -> Markup:
    """Return how a balance jumped: `points` are days counted from anywhere and fen from that day on, two at least."""
    first, last = points[0][0], points[-1][0]
    most_fen = max(1, *(fen for _, fen in points))
    path, level = [], 0
    for place, (day, fen) in enumerate(points):
        across = _WIDTH * (day - first) // max(1, last - first)
        above, level = level, _HEIGHT - _HEIGHT * fen // most_fen
        path.append(f"{across},{level}" if not place else f"{across},{above} {across},{level}")
    line = Markup('<polyline class="line" points="{}"/>').format(" ".join(path))
    return _shell("bar", [line], label)


def cells(kinds: Sequence[str], label: str) -> Markup:
    """Return one small square for each of `kinds`, in order."""
    width = _WIDTH // max(1, len(kinds))
    return _shell("cells", [_rect(kind, place * width, 0, width, _HEIGHT) for place, kind in enumerate(kinds)], label)


def swatch(kind: str) -> Markup:
    """Return the square of a written key; the words beside it say what it stands for."""
    return Markup('<svg viewBox="0 0 8 8" aria-hidden="true"><rect class="{}" width="8" height="8"/></svg>').format(
        kind
    )


# Helpers


def _shell(kind: str, shapes: Sequence[Markup], label: str) -> Markup:
    drawn = Markup("").join(shapes)
    return _SHELL.format(kind=kind, width=_WIDTH, height=_HEIGHT, label=label, shapes=drawn)


def _rect(kind: str, x: int, y: int, width: int, height: int) -> Markup:
    return _RECT.format(kind=kind, x=x, y=y, width=width, height=height)
