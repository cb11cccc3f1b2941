"""What a measurement is given: a database of its own, that goes with it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from gongji.services.store import Store


class Ground(Protocol):
    """A migrated, empty database in a server whose durability nobody has touched."""

    url: str
    folder: Path
    programs: Path
    server_pid: int | None
    environment: Mapping[str, str]

    @property
    def keys_file(self) -> Path:
        """Return where the institutions' keys are to be written for a server on the same data."""
        ...

    def store(self, clock: Callable[[], datetime]) -> Store:
        """Return a new store over the database; the caller closes it."""
        ...

    def beside(self, name: str) -> AbstractContextManager[str]:
        """Return another empty database in the same server, made on entry, dropped on exit."""
        ...

    def sibling(self) -> "AbstractContextManager[Ground]":
        """Return another such database in the same server, made on entry, dropped on exit."""
        ...
