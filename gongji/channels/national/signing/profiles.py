"""The profiles of provinces: what a region adds to the national interface, read strictly from data/profiles.toml."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from gongji.channels.national.envelope import CATCH_ALL, ROOT, UnknownTransactionError

SANDBOX: Final = "/profiles/"
"""Below this path a sample server speaks every profile, whichever was chosen for the others."""

BY_REGION: Final = "by-region"
"""The choice that takes each message's profile from the region it names."""

TIMED: Final = frozenset({"hmac_sm3", "sha256_token", "sm2_cainfo"})
"""Signatures that say when they were made."""


class ProfileError(ValueError):
    """The profiles are not sound, or there is none of that name; the message says which and why."""


class Spelling(Struct, frozen=True, forbid_unknown_fields=True):
    """A second name `added` for the amount `of` in setlinfo; without `transactions`, in all of them."""

    added: str
    of: str
    transactions: tuple[str, ...] = ()


class Profile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one region adds. `regions` are first digits of 医保区划, `paths` take every transaction.

    `account` is exclusive where acct_pay leaves out the relatives' part; `fund_includes_account` where
    fund_pay_sumamt contains acct_pay. `replay_minutes` is how far the time of a signature may be from now.
    """

    name: str
    title: str
    seen: str
    regions: tuple[str, ...] = ()
    signature: Literal["none", "hmac_sm3", "sha256_token", "sm2_cainfo", "api_key"] = "none"
    replay_minutes: int | None = None
    paths: tuple[str, ...] = ()
    infcode: Literal["number", "string"] = "number"
    spellings: tuple[Spelling, ...] = ()
    account: Literal["inclusive", "exclusive"] = "inclusive"
    fund_includes_account: bool = False

    @property
    def rewrites(self) -> bool:
        """Tell whether amounts of setlinfo are other than the national tables have them."""
        return bool(self.spellings) or self.account == "exclusive" or self.fund_includes_account

    def inner(self, path: str) -> str:
        """Return the path below /fsi/api/ that a path of this profile stands for."""
        return ROOT + CATCH_ALL if path in self.paths else path


class Place(Struct, frozen=True):
    """Where a message arrived: its profile, the path below /fsi/api/, and whether the region it names chose them."""

    profile: Profile
    path: str
    by_region: bool = False


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    profile: tuple[Profile, ...]


def parsed_profiles(text: str) -> dict[str, Profile]:
    """Return the profiles of a file by name. Raise ProfileError when it is not sound."""
    try:
        found = msgspec.convert(tomllib.loads(text), _File).profile
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as fault:
        raise ProfileError(f"profiles.toml: {fault}") from fault
    _look_for_doubles("name", [profile.name for profile in found])
    _look_for_doubles("regions", [region for profile in found for region in profile.regions])
    for profile in found:
        _look_at(profile)
    return {profile.name: profile for profile in found}


@cache
def profiles() -> dict[str, Profile]:
    """Return the profiles by name, in the order of the file."""
    return parsed_profiles(files("gongji.channels.national").joinpath("data", "profiles.toml").read_text("utf-8"))


def profile_of(region: str) -> Profile:
    """Return the profile of a region, by the longest first digits that fit; the plain one where none does."""
    starts = {start: one for one in profiles().values() for start in one.regions}
    fitting = [start for start in starts if region.startswith(start)]
    return starts[max(fitting, key=len)] if fitting else PLAIN


class Choice(Struct, frozen=True):
    """Under which profile messages come: one for all, or (None) that of the region each names.

    In the `sandbox` every profile is also reached below /profiles/<name>.
    """

    profile: Profile | None
    sandbox: bool = False

    @property
    def signed(self) -> bool:
        """Tell whether signatures are asked for, of everybody or of some regions."""
        return self.profile is None or self.profile.signature != "none"

    def place(self, path: str, raw: bytes) -> Place:
        """Return where a message arrived. Raise UnknownTransactionError for a profile that is not served here."""
        if path.startswith(SANDBOX):
            name, _, rest = path.removeprefix(SANDBOX).partition("/")
            if not self.sandbox or name not in profiles():
                raise UnknownTransactionError(path)
            return Place(profiles()[name], profiles()[name].inner(f"/{rest}"))
        if self.profile is not None:
            return Place(self.profile, self.profile.inner(path))
        named = profile_of(_region_named(raw))
        return Place(named, named.inner(path), by_region=True)

    def knows(self, path: str) -> bool:
        """Tell whether a path is one of the interface's; which transactions it takes is asked later."""
        several: Sequence[Profile] = [self.profile] if self.profile is not None else list(profiles().values())
        if path.startswith(SANDBOX):
            name, _, rest = path.removeprefix(SANDBOX).partition("/")
            several = [profiles()[name]] if self.sandbox and name in profiles() else []
            path = f"/{rest}"
        return bool(several) and (ROOT in path or any(path in one.paths for one in several))


def chosen(name: str, *, sandbox: bool = False) -> Choice:
    """Return the choice of that name: a profile's, or by-region. Raise ProfileError naming those that there are."""
    if name != BY_REGION and name not in profiles():
        raise ProfileError(f"there is no profile {name!r}; there are {', '.join(profiles())}, and {BY_REGION}")
    return Choice(profiles().get(name), sandbox)


# Helpers


class _Region(Struct):
    mdtrtarea_admvs: Any = None


def _region_named(raw: bytes) -> str:
    """Return the region of care that a message names, "" for one that cannot be read, which is refused later."""
    try:
        named = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=_Region).mdtrtarea_admvs
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return str(named).strip()


def _look_for_doubles(key: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ProfileError(f"profiles.toml: {key}: {twice} stand twice")


def _look_at(profile: Profile) -> None:
    minutes = profile.replay_minutes
    if (profile.signature in TIMED) != (minutes is not None) or (minutes is not None and minutes < 1):
        raise ProfileError(f"profiles.toml: {profile.name}: replay_minutes: {profile.signature} and this do not fit")
    if not re.fullmatch(r"[a-z][a-z0-9]*", profile.name) or profile.name == BY_REGION:
        raise ProfileError(f"profiles.toml: {profile.name!r}: name: small letters and digits only, it stands in paths")
    if not all(re.fullmatch(r"\d{2}|\d{4}|\d{6}", region) for region in profile.regions):
        raise ProfileError(f"profiles.toml: {profile.name}: regions: two, four or six digits each")
    if not all(path.startswith("/") and not path.startswith(SANDBOX) for path in profile.paths):
        raise ProfileError(f"profiles.toml: {profile.name}: paths: each begins with /, none with {SANDBOX}")


PLAIN: Final = profiles()["plain"]
"""The national interface as its tables have it."""
