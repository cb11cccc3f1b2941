"""Charts as SVG text: bars to the left and right of nothing, drawn with whole numbers, without script."""

from collections.abc import Sequence
from html import escape
from typing import Final

WIDTH: Final = 720
_LABEL: Final = 150
_VALUE: Final = 110
_BAR: Final = 22
_GAP: Final = 8
_GREEN: Final = "#2e7d5b"
_RED: Final = "#b3442e"
_BLUE: Final = "#3b6ea5"
_GREY: Final = "#8a8a8a"


def bars(title: str, rows: Sequence[tuple[str, int, str]], *, good: int = 0) -> str:
    """Return a chart of `rows`: a name, a whole number and the words for it; below nothing goes to the left.

    `good` is 1 where more is good, -1 where less is, and 0 where neither is.
    """
    most = max((abs(number) for _, number, _ in rows), default=0) or 1
    below = any(number < 0 for _, number, _ in rows)
    above = any(number > 0 for _, number, _ in rows)
    room = WIDTH - _LABEL - (2 if below and above else 1) * _VALUE
    zero = _LABEL + ((_VALUE + room // 2) if below and above else (_VALUE + room) if below else 0)
    reach = room // 2 if below and above else room
    height = 30 + len(rows) * (_BAR + _GAP)
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    words = f'font-family="sans-serif" font-size="13" role="img" aria-label="{escape(title)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {words}>',
        f'<text x="0" y="16" font-weight="bold">{escape(title)}</text>',
    ]
    for place, (name, number, told) in enumerate(rows):
        top = 30 + place * (_BAR + _GAP)
        parts += _bar(name, number, told, (zero, abs(number) * reach // most, top), good=good)
    parts += [f'<line x1="{zero}" y1="26" x2="{zero}" y2="{height}" stroke="{_GREY}"/>', "</svg>"]
    return "\n".join(parts) + "\n"


# Helpers


def _bar(name: str, number: int, words: str, place: tuple[int, int, int], *, good: int) -> list[str]:
    zero, length, top = place
    colour = _GREY if not number else _BLUE if not good else _GREEN if (number > 0) == (good > 0) else _RED
    left = zero - length if number < 0 else zero
    middle = top + _BAR - 6
    at, anchor = (left - 4, "end") if number < 0 else (left + length + 4, "start")
    return [
        f'<text x="{_LABEL - 8}" y="{middle}" text-anchor="end">{escape(name)}</text>',
        f'<rect x="{left}" y="{top}" width="{length}" height="{_BAR}" fill="{colour}"/>',
        f'<text x="{at}" y="{middle}" text-anchor="{anchor}">{escape(words)}</text>',
    ]
