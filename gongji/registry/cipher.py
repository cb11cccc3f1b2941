"""The seal on names and numbers: SM4-GCM for what is kept, HMAC-SM3 for what is looked up.

Both keys are derived from one key of 32 bytes, which the wiring hands in and the database never sees. A sealed text
is bound to whom it belongs, so that swapping two people's rows does not go unnoticed.
"""

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gongji.registry.records import WrongKeyError

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


class Seal:
    """Seals, opens, and makes the keyed hashes of the directory."""

    def __init__(self, key: bytes) -> None:
        """Derive both keys; raise WrongKeyError when `key` is not 32 bytes long."""
        if len(key) != KEY_BYTES:
            raise WrongKeyError(f"the key has {len(key)} bytes, not {KEY_BYTES}")
        self._cipher_key = derived(key, b"gongji seal sm4-gcm", 16)
        self._hash_key = derived(key, b"gongji directory hmac-sm3", 32)
        self.key_id = "sm4-gcm:" + derived(key, b"gongji key id", 8).hex()

    def seal(self, plain: bytes, *, owner: str) -> bytes:
        """Return `plain` encrypted, bound to `owner`: nonce, text and tag in one."""
        nonce = os.urandom(_NONCE_BYTES)
        encryptor = Cipher(algorithms.SM4(self._cipher_key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(owner.encode())
        return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def open(self, sealed: bytes, *, owner: str, key_id: str) -> bytes:
        """Return what was sealed; raise WrongKeyError for another key, another owner or a changed text."""
        if key_id != self.key_id:
            raise WrongKeyError(f"sealed with key {key_id}, but the key at hand is {self.key_id}")
        nonce, text, tag = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:-_TAG_BYTES], sealed[-_TAG_BYTES:]
        decryptor = Cipher(algorithms.SM4(self._cipher_key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(owner.encode())
        try:
            return decryptor.update(text) + decryptor.finalize()
        except InvalidTag as fault:
            raise WrongKeyError(f"the sealed text of {owner} is not what was sealed") from fault

    def key_hash(self, kind: str, number: str) -> bytes:
        """Return the keyed hash under which the directory enters a paper."""
        code = hmac.HMAC(self._hash_key, hashes.SM3())
        code.update(f"{kind}\n{number}".encode())
        return code.finalize()


def derived(key: bytes, purpose: bytes, length: int) -> bytes:
    """Return a key of `length` bytes for one purpose, derived from the one key."""
    return HKDF(algorithm=hashes.SM3(), length=length, salt=None, info=purpose).derive(key)
