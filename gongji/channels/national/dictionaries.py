"""The code dictionaries of the national tables, as data/dictionaries.toml has them."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class Dictionary(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dictionary: its Chinese name, and what each code means, in the order of the codes.

    Where there is a `pattern`, codes that look like it may be added to `entries` by provinces. `fields` are those it
    holds for, where they are not called as the dictionary is.
    """

    name: str
    entries: dict[str, str]
    pattern: str = ""
    fields: tuple[str, ...] = ()

    def told(self) -> str:
        """Return what a field of this dictionary takes, in a few Chinese words."""
        if self.pattern or len(self.entries) > _FEW:
            return f"不是{self.name}的代码"
        return f"应为 {'、'.join(f'{code} {label}' for code, label in self.entries.items())}"


@cache
def dictionaries() -> dict[str, Dictionary]:
    """Return the dictionaries by name."""
    raw = tomllib.loads(
        files("gongji.channels.national").joinpath("data/dictionaries.toml").read_text(encoding="utf-8")
    )
    return msgspec.convert(raw, dict[str, Dictionary])


# Helpers

_FEW = 6
