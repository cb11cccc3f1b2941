"""Amounts and sentences for people, on pages and paper: thousands apart, Chinese capitals, full-width punctuation."""

import re
from typing import Final

from gongji.domain.money import LARGEST_FEN, yuan
from gongji.domain.texts import Language

_AMOUNT: Final = re.compile(r"(?<![\d.])\d{4,}\.\d{2}(?!\d)")
_CAPITALS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万亿")
_HALF_WIDTH: Final = {"(": "（", ")": "）", ";": "；", ":": "：", ",": "，", "?": "？", "!": "！"}
_BESIDE_HAN: Final = re.compile(r"(?<=[\u3400-\u9fff])\s?([(),;:?!])\s?|\s?([(])(?=[\u3400-\u9fff])")


def money(amount_fen: int, language: Language) -> str:
    """Return an amount for people: 1,234.50 元, ¥1,234.50; below nothing with a minus sign, to which belongs a word."""
    sign = "−" if amount_fen < 0 else ""
    figure = grouped(yuan(abs(amount_fen)))
    return f"{sign}{figure} 元" if language == "zh" else f"{sign}¥{figure}"


def capitals(amount_fen: int) -> str:
    """Return an amount in the figures that cannot be altered 大写. Raise ValueError below nothing."""
    if not 0 <= amount_fen < LARGEST_FEN:
        raise ValueError("an amount in capitals is neither negative nor that large")
    whole, (tens, ones) = amount_fen // 100, divmod(amount_fen % 100, 10)
    said = _whole(whole) + "元" if whole else ""
    if not tens and not ones:
        return (said or "零元") + "整"
    said += f"{_CAPITALS[tens]}角" if tens else "零" if said else ""
    return said + (f"{_CAPITALS[ones]}分" if ones else "")


def grouped(text: str) -> str:
    """Return the text with the thousands of its amounts set apart."""
    return _AMOUNT.sub(lambda hit: f"{int(hit[0][:-3]):,}{hit[0][-3:]}", text)


def polished(text: str, language: Language) -> str:
    """Return a sentence of the rules as people read it: thousands apart, full-width punctuation beside Chinese."""
    text = grouped(text)
    return _BESIDE_HAN.sub(lambda hit: _HALF_WIDTH[hit[1] or hit[2]], text) if language == "zh" else text


# Helpers


def _whole(number: int) -> str:
    """Return a whole number in capitals: one 零 for any row of noughts between two figures, none at the end."""
    said, skipped = "", False
    for place in reversed(range(len(str(number)))):
        figure = number // 10**place % 10
        if figure:
            said += ("零" if skipped else "") + _CAPITALS[figure] + _PLACES[place % 4]
        skipped = not figure
        if place % 4 == 0 and number // 10**place % 10_000:
            said += _GROUPS[place // 4]
    return said
