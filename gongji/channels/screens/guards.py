"""Guards of forms: what only a page of the same sign-in can know, under a new mask in each page.

Pages are sent packed, and the length of a packed page tells whoever can repeat it what it has in common with what he
put there (BREACH). A value that looks different each time has nothing in common with anything.
"""

import hashlib
import hmac
from typing import Final

_BYTES: Final = 16


def masked_guard(secret: str, fresh: str) -> str:
    """Return the guard of a sign-in, under a mask made of `fresh`, a token that no other page has."""
    mask = hashlib.sha256(fresh.encode()).digest()[:_BYTES]
    return (mask + _mixed(mask, _guard(secret))).hex()


def is_guard(secret: str, told: str) -> bool:
    """Tell whether a form brought back the guard of a sign-in."""
    try:
        raw = bytes.fromhex(told)
    except ValueError:
        return False
    mask, mixed = raw[:_BYTES], raw[_BYTES:]
    return len(mixed) == _BYTES and hmac.compare_digest(_mixed(mask, mixed), _guard(secret))


# Helpers


def _guard(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"form", hashlib.sha256).digest()[:_BYTES]


def _mixed(mask: bytes, other: bytes) -> bytes:
    return bytes(one ^ two for one, two in zip(mask, other, strict=True))
