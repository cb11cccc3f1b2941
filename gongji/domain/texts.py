"""What a refusal says: one sentence a cashier understands, and the next step, in Chinese and English.

The figures, the rule and its document stand beside the sentence in the answer (`Ground`), not in it. The first
sentence says what is the matter and blames nobody; the next step is something the person can do now.
"""

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import Struct

from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal
from gongji.domain.texts_money import MONEY
from gongji.domain.texts_people import PEOPLE
from gongji.domain.texts_requests import REQUESTS

Language = Literal["zh", "en"]


class Text(Struct, frozen=True):
    """The sentence and the next step of one refusal or fault, in both languages."""

    zh: str
    next_zh: str
    en: str
    next_en: str


def sentence(reason: Refusal | RequestFault, language: Language = "zh") -> str:
    """Return what is the matter, in one sentence."""
    text = _ALL[reason]
    return text.zh if language == "zh" else text.en


def next_step(reason: Refusal | RequestFault, language: Language = "zh") -> str:
    """Return what the person can do now."""
    text = _ALL[reason]
    return text.next_zh if language == "zh" else text.next_en


_ROWS: Final = PEOPLE | MONEY

TEXTS: Final = {reason: Text(*_ROWS[reason]) for reason in Refusal}
"""Every refusal's text, in the order of the closed list."""

FAULT_TEXTS: Final = {fault: Text(*REQUESTS[fault]) for fault in RequestFault}
"""Every request fault's text, in the order of its list."""

_ALL: Final[Mapping[str, Text]] = {str(name): text for name, text in [*TEXTS.items(), *FAULT_TEXTS.items()]}
