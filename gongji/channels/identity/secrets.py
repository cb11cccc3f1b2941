"""Secrets of channel apps: only their argon2id hashes are kept. One that was found right is not hashed again."""

import hashlib
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gongji.domain.generations import Generations

REMEMBERED: Final = 1_000


class Secrets:
    """Hashes and checks secrets. It takes a tenth of a second and twenty megabytes: not on the event loop."""

    def __init__(self) -> None:
        """Take what OWASP asks of argon2id: 19 MiB, two passes."""
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._right: Generations[bytes, bool] = Generations(REMEMBERED)

    def hashed(self, secret: str) -> str:
        """Return what is kept of a secret."""
        return self._hasher.hash(secret)

    def is_right(self, secret: str, secret_hash: str) -> bool:
        """Tell whether a secret has that hash."""
        pair = hashlib.sha256(f"{secret_hash}\n{secret}".encode()).digest()
        if self._right.get(pair):
            return True
        try:
            self._hasher.verify(secret_hash, secret)
        except (VerificationError, InvalidHashError):
            return False
        self._right.put(pair, value=True)
        return True
