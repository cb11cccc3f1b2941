"""The keys by which institutions sign: read strictly from a file, or made up for the sample institutions."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from gmssl_pyx import InvalidValueError, normalize_sm2_public_key, sm2_key_generate
from msgspec import Struct

from gongji.channels.national.signing.profiles import profiles


class KeyFileError(ValueError):
    """The keys cannot be used. The message names institution and key, and never what the key is."""


class InstitutionKey(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one institution signs with; None for none. Without `paasid` its code stands in x-tif-paasid."""

    secret: str | None = None
    token: str | None = None
    paasid: str | None = None
    sm2_public_key: str | None = None
    api_key: str | None = None

    def __repr__(self) -> str:
        """Return no secret: a traceback or a log may show this."""
        return "InstitutionKey(…)"


class KeyRing:
    """The keys of all institutions, by code."""

    def __init__(self, keys: Mapping[str, InstitutionKey]) -> None:
        """Hold `keys`. Raise KeyFileError when a key is empty or no key, or two institutions have one paasid."""
        self._keys = dict(keys)
        self._signers: dict[str, str] = {}
        self._points: dict[str, bytes] = {}
        for code, key in self._keys.items():
            for name in key.__struct_fields__:
                if getattr(key, name) == "":
                    raise KeyFileError(f"{code}: {name}: is empty")
            paasid = key.paasid or code
            if paasid in self._signers:
                raise KeyFileError(f"{code}: paasid: {self._signers[paasid]} has the same")
            self._signers[paasid] = code
            if key.sm2_public_key is not None:
                self._points[code] = _point(code, key.sm2_public_key)

    def all(self) -> Mapping[str, InstitutionKey]:
        """Return the keys by institution."""
        return self._keys

    def of(self, code: str) -> InstitutionKey:
        """Return the keys of an institution, all None for one that has none."""
        return self._keys.get(code, _NO_KEY)

    def sm2_point(self, code: str) -> bytes | None:
        """Return the SM2 public key of an institution as 64 bytes."""
        return self._points.get(code)

    def signer(self, paasid: str) -> str | None:
        """Return the institution that signs as `paasid`."""
        return self._signers.get(paasid)


_NO_KEY: Final = InstitutionKey()


def read_keys(text: str) -> KeyRing:
    """Return the keys in `text`: TOML, one table for each institution, named by its code. Raise KeyFileError."""
    try:
        tables: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise KeyFileError(str(fault)) from fault
    keys = {}
    for code, table in tables.items():
        try:
            keys[code] = msgspec.convert(table, InstitutionKey)
        except msgspec.ValidationError as fault:
            raise KeyFileError(f"{code}: {fault}") from fault
    return KeyRing(keys)


class SampleKeys:
    """Keys for sample institutions, known to everybody. The SM2 pairs are new at each start, the others stay."""

    def __init__(self, codes: Iterable[str]) -> None:
        """Make keys for `codes`."""
        self._pairs = {code: sm2_key_generate() for code in codes}
        self.ring = KeyRing(
            {
                code: InstitutionKey(
                    secret=_derived("secret", code),
                    token=_derived("token", code),
                    sm2_public_key="04" + pair[0].hex(),
                    api_key=_derived("api_key", code),
                )
                for code, pair in self._pairs.items()
            }
        )

    def published(self) -> dict[str, dict[str, str]]:
        """Return everything a maker needs to sign as a sample institution, by code."""
        return {
            code: {
                "secret": _derived("secret", code),
                "token": _derived("token", code),
                "paasid": code,
                "sm2_public_key": "04" + pair[0].hex(),
                "sm2_private_key": pair[1].hex(),
                "api_key": _derived("api_key", code),
            }
            for code, pair in self._pairs.items()
        }


def profiles_page(sample: SampleKeys | None, choice: str) -> bytes:
    """Return the page /sandbox/profiles.json: the profiles, which one is chosen, how to sign, and the sample keys."""
    return msgspec.json.encode(
        {
            "chosen": choice,
            "profiles": list(profiles().values()),
            "signing": _SIGNING,
            "keys": sample.published() if sample is not None else None,
        }
    )


# Helpers

_SIGNING: Final = {
    "hmac_sm3": "x-ca-key: fixmedins_code; x-ca-signature: <unix seconds>:<hex of HMAC-SM3(secret, seconds LF body)>",
    "sha256_token": "x-tif-paasid, x-tif-timestamp (unix seconds), x-tif-nonce; "
    "x-tif-signature: hex of SHA-256(timestamp token nonce timestamp)",
    "sm2_cainfo": "cainfo: hex of the SM2 signature (SM3, user id 1234567812345678) over name=value joined by &, "
    "sorted by name, of the envelope without cainfo and input; null is empty",
    "api_key": "apikey: api_key",
}


def _derived(name: str, code: str) -> str:
    return hashlib.sha256(f"gongji sample {name} {code}".encode()).hexdigest()[:32]


def _point(code: str, public_key: str) -> bytes:
    try:
        return bytes(normalize_sm2_public_key(public_key))
    except (InvalidValueError, ValueError) as fault:
        raise KeyFileError(f"{code}: sm2_public_key: is no point of the curve, in hex") from fault
