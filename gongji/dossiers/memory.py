"""The cabinet in memory: the same promises as the database's, for tests, cases and throw-away runs."""

from collections.abc import Collection
from datetime import datetime

from gongji.domain.dossiers import PERISHABLE, Dossier, is_of
from gongji.dossiers.cabinet import Asked
from gongji.dossiers.window import DossierWindow


class MemoryCabinet:
    """Keeps all dossiers in one window."""

    def __init__(self) -> None:
        """Begin empty."""
        self.kept = DossierWindow()
        self._changed: dict[str, int] = {}
        self._changes = 0

    def load(self, window: DossierWindow, *, named: set[str], of: set[tuple[str, int]]) -> None:
        """Load the dossiers named; see `Cabinet.load`."""
        for dossier in self.kept.dossiers.rows.values() if of else ():
            if any(is_of(dossier, *pair) for pair in of):
                window.dossiers.load(dossier.dossier_id, dossier)
        for dossier_id in named:
            if (dossier_or_none := self.kept.get(dossier_id)) is not None:
                window.dossiers.load(dossier_id, dossier_or_none)

    def asked(self, asked: Asked) -> list[Dossier]:
        """Return what is asked for; see `Cabinet.asked`."""
        found = [
            dossier
            for dossier in self.kept.dossiers
            if dossier.kind == asked.kind
            and (asked.party is None or asked.party in dossier.parties)
            and (asked.office is None or asked.office == dossier.office)
            and (asked.states is None or dossier.state in asked.states)
            and (asked.before is None or (dossier.made_at, dossier.dossier_id) < asked.before)
        ]
        return sorted(found, key=lambda one: (one.made_at, one.dossier_id), reverse=True)[: asked.most]

    def changed(self, kinds: Collection[str], after: int, most: int) -> list[tuple[int, Dossier]]:
        """Return what has changed; see `Cabinet.changed`."""
        later = sorted((number, dossier_id) for dossier_id, number in self._changed.items() if number > after)
        found = [(number, self.kept.dossiers[dossier_id]) for number, dossier_id in later]
        return [(number, dossier) for number, dossier in found if dossier.kind in kinds][:most]

    def due(self, kind: str, by: datetime, most: int) -> list[Dossier]:
        """Return what is due; see `Cabinet.due`."""
        found = [
            (dossier.due_at, dossier.dossier_id, dossier)
            for dossier in self.kept.dossiers
            if dossier.kind == kind and dossier.due_at is not None and dossier.due_at <= by
        ]
        return [dossier for *_, dossier in sorted(found, key=lambda one: one[:2])[:most]]

    def forget(self, kind: str, before: datetime, most: int) -> int:
        """Delete the oldest of a perishable kind; tell how many. Raise ValueError for a kind that stays for ever."""
        if kind not in PERISHABLE:
            raise ValueError(f"dossiers of the kind {kind} stay for ever")
        old = sorted((one.made_at, one.dossier_id) for one in self.kept.dossiers if one.kind == kind)
        gone = [dossier_id for made_at, dossier_id in old[:most] if made_at < before]
        for dossier_id in gone:
            del self.kept.dossiers.rows[dossier_id]
            del self._changed[dossier_id]
        return len(gone)

    def stale(self, window: DossierWindow) -> bool:
        """Tell whether something that changed is no longer what was loaded."""
        rows = self.kept.dossiers.rows
        return any(rows.get(dossier_id) is not before for dossier_id, before in window.dossiers.was.items())

    def write(self, window: DossierWindow) -> None:
        """Take over what changed."""
        for dossier_id in window.dossiers.dirty:
            self.kept.dossiers.load(dossier_id, window.dossiers[dossier_id])
            self._changes += 1
            self._changed[dossier_id] = self._changes
