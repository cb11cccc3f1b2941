"""What a refusal says: one sentence a cashier understands, and the next step, in Chinese and English.

The figures, the rule and its document stand beside the sentence in the answer (`Ground`), not in it. The first
sentence says what is the matter and blames nobody; the next step is something the person can do now.
"""

from typing import Final, Literal

from msgspec import Struct

from gongji.domain.refusals import Refusal
from gongji.domain.texts_money import MONEY
from gongji.domain.texts_people import PEOPLE

Language = Literal["zh", "en"]


class Text(Struct, frozen=True):
    """The sentence and the next step of one refusal, in both languages."""

    zh: str
    next_zh: str
    en: str
    next_en: str


def sentence(reason: Refusal, language: Language = "zh") -> str:
    """Return what is the matter, in one sentence."""
    text = TEXTS[reason]
    return text.zh if language == "zh" else text.en


def next_step(reason: Refusal, language: Language = "zh") -> str:
    """Return what the person can do now."""
    text = TEXTS[reason]
    return text.next_zh if language == "zh" else text.next_en


_ROWS: Final = PEOPLE | MONEY

TEXTS: Final = {reason: Text(*_ROWS[reason]) for reason in Refusal}
"""Every refusal's text, in the order of the closed list."""
