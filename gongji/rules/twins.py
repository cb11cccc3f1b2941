"""Chinese twins: what a policy file says in our own English words, it says in Chinese too.

`reading_zh` stands beside `reading`, `note_zh` beside `note`; a source has `title_zh` and `publisher_zh`, a loser among
the contradictions `says_zh`. A text that is Chinese already needs none.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gongji.domain.texts import Language
from gongji.rules.schema import RULES

_TWINS: Final = ("reading", "note")
_TWINS_OF_SOURCE: Final = ("title", "publisher")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_TWO_WORDS: Final = re.compile(r"[A-Za-z]{2,}[,:;]? +[A-Za-z]{2,}")
_MISSING: Final = "missing; the same in Chinese"


def twin(text: str | None, chinese: str | None, language: Language) -> str | None:
    """Return a text in the language asked for; where it has no twin, as it is."""
    return chinese or text if language == "zh" else text


def faults_of(row: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the twins of a row: a twin of nothing, or one without Chinese."""
    return [fault for key in _TWINS for fault in _faults(key, row)]


def faults_of_source(source: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the twins of a source."""
    return [fault for key in _TWINS_OF_SOURCE for fault in _faults(key, source)]


def wanting(files: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each text of `files` (file name to parsed TOML) that only says it in English.

    Rows of no known shape are left to the loader.
    """
    for file, content in sorted(files.items()):
        for key, source in content.get("sources", {}).items():
            if isinstance(source, dict):
                yield from _wanting(f"{file}: sources.{key}", source, _TWINS_OF_SOURCE)
        for rule in RULES.keys() & content.keys():
            for number, row in enumerate(content[rule] if isinstance(content[rule], list) else ()):
                here = f"{file}: {rule}[{number}]"
                yield from _wanting(here, row, _TWINS)
                for one in row.get("contradicts", ()):
                    yield from _wanting(f"{here}.contradicts", one, ("says",))


# Helpers


def _wanting(here: str, told: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        text = told.get(key)
        if isinstance(text, str) and not _in_chinese(text) and not told.get(f"{key}_zh"):
            yield f"{here}.{key}_zh: {_MISSING}"


def _faults(key: str, told: Mapping[str, Any]) -> Iterator[str]:
    chinese = told.get(f"{key}_zh")
    if chinese is None:
        return
    if not isinstance(chinese, str) or not _HAN.search(chinese):
        yield f"{key}_zh: Chinese text is wanted"
    if not told.get(key):
        yield f"{key}_zh: there is no {key} whose twin it could be"


def _in_chinese(text: str) -> bool:
    """Tell whether a text is Chinese, names and figures apart: two words of another language in a row are none."""
    return _HAN.search(text) is not None and _TWO_WORDS.search(text) is None
