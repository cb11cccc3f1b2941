"""From a template, a language and what is to be told to HTML; the words of the pages stand in one file a language."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gongji.channels.figures import capitals, money, polished
from gongji.channels.pages import charts
from gongji.channels.pages.assets import LOADER, assets
from gongji.domain.texts import Language

_FOLDER: Final = Path(__file__).parent
HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z]{2}")
_NAMES: Final = re.compile(r"[\u3400-\u9fff]+")
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                  "November", "December")  # fmt: skip


def render(template: str, language: Language, told: Mapping[str, Any]) -> str:
    """Return a page. Raise jinja2.UndefinedError for anything that it needs and `told` does not have."""
    return _environment(language).get_template(template).render(told)


@cache
def texts(language: Language) -> dict[str, str]:
    """Return the words of the pages by section and name: "helping.title". Raise ValueError for one told twice."""
    found: dict[str, str] = {}
    for file in sorted((_FOLDER / "texts").glob(f"*{language}.toml")):
        for section, names in tomllib.loads(file.read_text(encoding="utf-8")).items():
            told = {f"{section}.{name}": text for name, text in names.items()}
            if twice := told.keys() & found.keys():
                raise ValueError(f"{file.name}: {min(twice)} stands in another file as well")
            found |= told
    return found


@cache
def look() -> str:
    """Return a digest of all that shapes a page besides what it tells: templates, words, style and script."""
    files = sorted(path for part in ("templates", "texts", "static") for path in (_FOLDER / part).rglob("*.*"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]


def say(language: Language, key: str, **figures: object) -> str:
    """Return the words of that key, with `figures` put in. Raise KeyError when there are none."""
    return texts(language)[key].format(**figures)


def in_its_language(text: str, language: Language) -> Markup:
    """Return text that may be in the other language, marked as such for voices that read it out."""
    other = "en" if language == "zh" and not HAN.search(text) and _LATIN.search(text) else ""
    if language == "en" and HAN.search(text):
        other = "zh-CN"
    return Markup('<span lang="{}">{}</span>').format(other, text) if other else Markup("{}").format(text)


def marked(text: str, language: Language) -> Markup:
    """Return a sentence of ours in which, on English pages, Chinese names are marked as such, each by itself."""
    plain = Markup("{}").format(text)
    if language == "zh":
        return plain
    return Markup(_NAMES.sub(r'<span lang="zh-CN">\g<0></span>', str(plain)))  # noqa: S704  # escaped before


def day(when: date, language: Language) -> Markup:
    """Return a day for people, with its machine form: 2026年2月22日, 22 February 2026."""
    said = f"{when.year}年{when.month}月{when.day}日"
    if language == "en":
        said = f"{when.day} {_MONTHS[when.month - 1]} {when.year}"
    return Markup('<time datetime="{}">{}</time>').format(when.isoformat(), said)


def size_of(count: int) -> str:
    """Return the size of a file: 12 KB."""
    return f"{max(1, (count + 512) // 1024):,} KB"


# Helpers


@cache
def _environment(language: Language) -> Environment:
    env = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    root = "" if language == "zh" else "/en"
    env.globals.update(
        t=lambda key, **figures: say(language, key, **figures),
        language=language,
        gap="" if language == "zh" else " ",  # between two sentences
        link=lambda path: f"{root}{path}",
        asset=lambda name: assets()[name].path,
        loader=Markup(LOADER),  # noqa: S704  # our own script, word for word as its hash allows it
        charts=charts,
    )
    env.filters.update(
        money=lambda fen: money(fen, language),
        capitals=capitals,
        day=lambda when: day(when, language),
        polished=lambda text: polished(text, language),
        native=lambda text: in_its_language(text, language),
        marked=lambda text: marked(text, language),
        said=lambda both: polished(both.text(language), language),
        size=size_of,
    )
    return env
