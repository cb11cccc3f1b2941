"""What every archive of the rules promises: acts that are added one by one, and the documents they name."""

import threading
from collections.abc import Iterable, Sequence
from typing import Protocol

from gongji.ledger.publishing import PolicyAct, sha256_of
from gongji.services.store import StaleError


class Archive(Protocol):
    """Keeps acts, documents and bundles for ever. Any program may add to it, whoever writes the books."""

    def acts(self, after: int = 0) -> list[PolicyAct]:
        """Return the acts with a number above `after`, in order."""
        ...

    def add(self, acts: Sequence[PolicyAct], documents: Iterable[bytes] = (), bundles: Iterable[bytes] = ()) -> None:
        """Add acts with what they name, all or nothing. Raise StaleError when another was faster with a number."""
        ...

    def document(self, sha256: str) -> bytes | None:
        """Return the document of that hash, or None."""
        ...

    def bundle(self, sha256: str) -> bytes | None:
        """Return the bundle of that hash, or None."""
        ...


class MemoryArchive:
    """The archive in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self._acts: list[PolicyAct] = []
        self._documents: dict[str, bytes] = {}
        self._bundles: dict[str, bytes] = {}
        self._turn = threading.Lock()

    def acts(self, after: int = 0) -> list[PolicyAct]:
        """Return the acts with a number above `after`; see `Archive.acts`."""
        return self._acts[after:]

    def add(self, acts: Sequence[PolicyAct], documents: Iterable[bytes] = (), bundles: Iterable[bytes] = ()) -> None:
        """Add acts with what they name; see `Archive.add`."""
        with self._turn:
            if [act.number for act in acts] != list(range(len(self._acts) + 1, len(self._acts) + len(acts) + 1)):
                raise StaleError("another act came before")
            self._documents |= {sha256_of(content): content for content in documents}
            self._bundles |= {sha256_of(content): content for content in bundles}
            self._acts += acts

    def document(self, sha256: str) -> bytes | None:
        """Return the document of that hash, or None."""
        return self._documents.get(sha256)

    def bundle(self, sha256: str) -> bytes | None:
        """Return the bundle of that hash, or None."""
        return self._bundles.get(sha256)
