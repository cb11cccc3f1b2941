"""What a page is asked for, and what it shows: plain values between the handlers and the templates."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from msgspec import Struct

from gongji.channels.pages.rendering import say
from gongji.domain.texts import Language
from gongji.rules.coverage import is_province
from gongji.rules.policybook import EPOCH, NATION, PolicyBook
from gongji.rules.reading import name_of

T = TypeVar("T", bound=str)

LAST_DAY: Final = date(2099, 12, 31)
"""Nobody asks about rules after it."""
LONGEST: Final = 100
"""What is filled into one field is no longer than this."""
_MOST_FEN: Final = 10**10
_YUAN: Final = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")
_AREAS: Final = "123456"


class NotFoundError(LookupError):
    """There is no such page; `key` names the words that say so, `path` leads to what there is."""

    def __init__(self, key: str, path: str = "/rules") -> None:
        super().__init__(key)
        self.key = key
        self.path = path


class Asked(Struct, frozen=True, kw_only=True):
    """A page asked for: by which rules, when, in which language, and what the address says."""

    book: PolicyBook
    now: datetime
    language: Language
    path: str
    names: Mapping[str, str]
    query: Mapping[str, Sequence[str]]

    @property
    def today(self) -> date:
        """Return the day on which it is asked for."""
        return self.now.date()

    def say(self, key: str, **figures: object) -> str:
        """Return the words of the pages under that key."""
        return say(self.language, key, **figures)


class View(Struct, frozen=True):
    """A page: its template, what it tells, and its status."""

    template: str
    told: dict[str, Any]
    status: int = 200


class Download(Struct, frozen=True):
    """A file to be kept: its bytes, what kind they are, and what to call it."""

    body: bytes
    kind: str
    name: str


class Filled:
    """The fields of a form as they came by the address. `faults` are sentences by field, in the order of the page."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self.values = {name: several[0][:LONGEST].strip() for name, several in asked.query.items()}
        self.faults: dict[str, str] = {}

    def has(self, *names: str) -> bool:
        """Tell whether something stands in all of these fields."""
        return all(self.values.get(name) for name in names)

    def fault(self, name: str, key: str, **figures: object) -> None:
        """Note what is wrong with a field; the first fault of a field stands."""
        self.faults.setdefault(name, self._asked.say(key, **figures))

    def choice(self, name: str, among: Iterable[T]) -> T | None:
        """Return which of the choices was made; None, and a fault, where none was."""
        found = next((one for one in among if one == self.values.get(name)), None)
        if found is None:
            self.fault(name, "forms.choose_one")
        return found

    def region(self, name: str) -> str | None:
        """Return the code of the region chosen; None, and a fault, where it is in no region of the book."""
        code = self.values.get(name, "")
        if not code:
            self.fault(name, "forms.choose_region")
        elif not known_region(self._asked.book, code):
            self.fault(name, "forms.no_region", code=code)
        return None if name in self.faults else code

    def day(self, name: str, otherwise: date | None = None) -> date | None:
        """Return the day filled in, or `otherwise`; None, and a fault, where it cannot be read or nothing is there."""
        text = self.values.get(name, "")
        if not text and otherwise is not None:
            return otherwise
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.fault(name, "forms.no_day")
            self.values[name] = ""  # a field for days shows nothing else, and browsers complain
            return None
        if not EPOCH <= day <= LAST_DAY:
            self.fault(name, "forms.day_outside", first=EPOCH, last=LAST_DAY)
            return None
        return day

    def fen(self, name: str) -> int:
        """Return the amount filled in, in fen; nothing is nothing. Full-width figures and thousands are understood."""
        text = unicodedata.normalize("NFKC", self.values.get(name, "")).replace(",", "").replace("，", "")
        found = _YUAN.fullmatch(text) if text else None
        if text and found is None:
            self.fault(name, "forms.no_amount")
        fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
        if fen > _MOST_FEN:
            self.fault(name, "forms.amount_too_large")
        return fen

    def number(self, name: str, least: int, most: int, otherwise: int) -> int:
        """Return the whole number filled in, or `otherwise`."""
        text = unicodedata.normalize("NFKC", self.values.get(name, ""))
        if not text:
            return otherwise
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
            self.fault(name, "forms.no_number", least=least, most=most)
            return otherwise
        return int(text)


def known_region(book: PolicyBook, code: str) -> bool:
    """Tell whether there are six digits, and whether the book has a file for them or for what lies around."""
    digits = len(code) == 6 and code.isascii() and code.isdigit()
    return digits and code != NATION and book.chain(code) != (NATION,)


def region_name(book: PolicyBook, code: str, language: Language) -> str:
    """Return what a region is called in that language, or the narrowest one around it."""
    chinese, _, english = name_of(book, code).partition(" ")
    return chinese if language == "zh" else english


def areas(asked: Asked) -> list[tuple[str, list[str]]]:
    """Return the regions under the six great areas, by the first digit of their codes."""
    return [
        (asked.say(f"areas.a{digit}"), [code for code in asked.book.regions if code.startswith(digit)])
        for digit in _AREAS
    ]


def region_groups(asked: Asked) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the options of a field for a region; a city stands behind its province."""
    return [(title, [(code, _option(asked, code)) for code in codes]) for title, codes in areas(asked)]


def nearest(asked: Asked, wanted: str) -> list[str]:
    """Return the regions whose names hold the word, or whose codes begin with it."""
    word = wanted.strip().casefold()
    names = {code: asked.book.names[code].casefold() for code in asked.book.regions if code != NATION}
    return [code for code, name in names.items() if word in name or (word.isdigit() and code.startswith(word[:6]))]


def like(asked: Asked, wanted: str) -> list[str]:
    """Return the regions whose names are most like a word that no name holds."""
    words = {
        part: code for code in asked.book.regions if code != NATION for part in asked.book.names[code].lower().split()
    }
    close = get_close_matches(wanted.strip().lower(), words, n=5, cutoff=0.3)
    return list(dict.fromkeys(words[part] for part in close))


# Helpers


def _option(asked: Asked, code: str) -> str:
    name = region_name(asked.book, code, asked.language)
    if is_province(code):
        return name
    return f"{region_name(asked.book, f'{code[:2]}0000', asked.language)} · {name}"
