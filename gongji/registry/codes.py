"""E-credential codes 电子凭证令牌: what a patient's phone shows. They live for minutes and can be read by us alone.

A code seals the person and the moment of minting by SM4-GCM, under a key derived from the one that seals the registry;
nobody without it can make one, or tell whose it is. What a code has been used for stands in the register of uses.
"""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import constant_time, hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msgspec import Struct

from gongji.registry.cipher import derived

MINUTES: Final = 10
"""How long a code lives: a setting of ours, for what the national platform does is not published."""

LENGTH: Final = 50
"""Every code has as many characters as mdtrt_cert_no holds."""

_EPOCH: Final = datetime(2020, 1, 1)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written
_PERSON_BYTES: Final = 5
_MOMENT_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


class Opened(Struct, frozen=True, kw_only=True):
    """What a code says. It may be shown from `minted_at` until (not at) `until`; its uses are noted by `digest`."""

    person_id: int
    minted_at: datetime
    until: datetime
    digest: bytes


class Codes:
    """Mints codes and opens them. `life` is how long one may be shown."""

    def __init__(self, key: bytes, fresh: Callable[[int], bytes], *, minutes: int = MINUTES) -> None:
        """Derive the key of codes from `key`, which seals the registry; `fresh` returns so many random bytes."""
        self._key = derived(key, b"gongji e-credential code sm4-gcm", 16)
        self._order_key = derived(key, b"gongji payment order hmac-sm3", 32)
        self._fresh = fresh
        self.life = timedelta(minutes=minutes)

    def mint(self, person_id: int, at: datetime) -> str:
        """Return a new code of that person. Raise OverflowError for a person or moment that has no room in it."""
        seconds = (at - _EPOCH) // timedelta(seconds=1)
        plain = person_id.to_bytes(_PERSON_BYTES, "big") + seconds.to_bytes(_MOMENT_BYTES, "big")
        nonce = self._fresh(_NONCE_BYTES)
        encryptor = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        return _text(nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag)

    def open(self, code: str) -> Opened | None:
        """Return what `code` says, also when it has expired; None when it was not minted under this key."""
        sealed = _bytes(code)
        if sealed is None:
            return None
        nonce, text, tag = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:-_TAG_BYTES], sealed[-_TAG_BYTES:]
        decryptor = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, tag)).decryptor()
        try:
            plain = decryptor.update(text) + decryptor.finalize()
        except InvalidTag:
            return None
        minted_at = _EPOCH + timedelta(seconds=int.from_bytes(plain[_PERSON_BYTES:], "big"))
        return Opened(
            person_id=int.from_bytes(plain[:_PERSON_BYTES], "big"),
            minted_at=minted_at,
            until=minted_at + self.life,
            digest=_digest(sealed),
        )

    def order_token(self, order: str) -> str:
        """Return the token that goes with a payment order: only who was told it can name the order."""
        token = hmac.HMAC(self._order_key, hashes.SM3())
        token.update(order.encode())
        return token.finalize().hex()

    def is_order_token(self, token: str, order: str) -> bool:
        """Tell, in a time that says nothing, whether `token` goes with that order."""
        return constant_time.bytes_eq(self.order_token(order).encode(), token.encode())


# Helpers


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _bytes(code: str) -> bytes | None:
    """Return the bytes of a code, None for a text that is none."""
    if len(code) != LENGTH:
        return None
    try:
        sealed = base64.urlsafe_b64decode(code + "==")
    except ValueError:
        return None
    # The last letter has bits to spare, and letters that mean nothing are skipped: only one spelling is the code.
    return sealed if _text(sealed) == code else None


def _digest(sealed: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(sealed)
    return digest.finalize()
