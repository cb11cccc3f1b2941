"""What people agree to, word for word: one catalogue, in languages and versions, of which nothing is ever changed."""

import hashlib
import tomllib
from importlib.resources import files
from typing import Final, Literal

import msgspec
from msgspec import Struct

from gongji.domain.texts import Language

TextId = Literal["share", "receive", "details", "showing", "wallet"]


class ConsentText(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One text: `id` and `version` name what is agreed to, `words` say it in one language."""

    id: TextId
    version: int
    language: Language
    title: str
    words: str

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of title and words, in hexadecimal digits."""
        return hashlib.sha256(f"{self.title}\n{self.words}".encode()).hexdigest()


def consent_text(text_id: TextId, version: int, language: Language) -> ConsentText | None:
    """Return that text, older versions too; None where there is none."""
    return _ALL.get((text_id, version, language))


def newest(text_id: TextId, language: Language) -> ConsentText:
    """Return the text that is shown now."""
    version = max(text.version for text in _ALL.values() if text.id == text_id)
    return _ALL[text_id, version, language]


def newest_texts(language: Language) -> list[ConsentText]:
    """Return all texts that are shown now."""
    return [newest(text_id, language) for text_id in dict.fromkeys(text.id for text in _ALL.values())]


# Helpers


class _Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    text: list[ConsentText]


def _read() -> dict[tuple[TextId, int, Language], ConsentText]:
    told = tomllib.loads((files("gongji.services.family") / "consent_texts.toml").read_text("utf-8"))
    return {(text.id, text.version, text.language): text for text in msgspec.convert(told, _Catalogue).text}


_ALL: Final = _read()
