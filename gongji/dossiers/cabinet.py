"""What every cabinet of dossiers promises: loading into a window by name or person, and asking page by page."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from gongji.domain.dossiers import Dossier
from gongji.dossiers.window import DossierWindow

Place = tuple[datetime, str]
"""Where a page of dossiers ends: `made_at` and `dossier_id` of its last."""


class Asked(Struct, frozen=True, kw_only=True):
    """Which dossiers are asked for, newest first: of one `kind`; of a person, an office, in one of some states.

    `before` is the end of the page before; at most `most` are returned.
    """

    kind: str
    party: int | None = None
    office: str | None = None
    states: Collection[str] | None = None
    before: Place | None = None
    most: int = 100


class Cabinet(Protocol):
    """Keeps dossiers."""

    def load(self, window: DossierWindow, *, named: set[str], of: set[tuple[str, int]]) -> None:
        """Load the dossiers `named`, and all those `of` a kind and a person; what is not there stays away."""
        ...

    def asked(self, asked: Asked) -> list[Dossier]:
        """Return what is asked for, newest first."""
        ...

    def changed(self, kinds: Collection[str], after: int, most: int) -> list[tuple[int, Dossier]]:
        """Return those of some kinds made or changed after a change of that number, as they stand, with their own.

        In the order of their last changes, at most `most`. Numbers rise from batch to batch.
        """
        ...

    def due(self, kind: str, by: datetime, most: int) -> list[Dossier]:
        """Return those of a kind that are due `by` a moment, the longest due first, at most `most`."""
        ...
