"""The dossiers that one batch works on."""

from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, is_of
from gongji.domain.tables import Changes, Table


class DossierWindow:
    """Dossiers by id. A store loads those that a batch names, and those of the people and kinds it names."""

    def __init__(self, changes: Changes | None = None) -> None:
        """Begin empty. Writes are noted in `changes`."""
        self.dossiers: Table[str, Dossier] = Table(changes=changes)

    def get(self, dossier_id: str) -> Dossier | None:
        """Return a dossier, None where there is none or the batch has not named it."""
        return self.dossiers.rows.get(dossier_id)

    def of(self, kind: str, person_id: int) -> list[Dossier]:
        """Return those of a kind that concern a person, oldest first; the batch has to have named both."""
        found = [dossier for dossier in self.dossiers.rows.values() if is_of(dossier, kind, person_id)]
        return sorted(found, key=lambda dossier: (dossier.made_at, dossier.dossier_id))

    def put(self, dossier: Dossier) -> None:
        """Write a dossier, new or changed. Raise ValueError when what never changes would."""
        before = self.dossiers.rows.get(dossier.dossier_id)
        if before is not None and _fixed(before) != _fixed(dossier):
            raise ValueError(f"{dossier.dossier_id}: kind, parties and beginning of a dossier never change")
        if not dossier.dossier_id.startswith(f"{dossier.kind}-"):
            raise ValueError(f"{dossier.dossier_id}: the id of a dossier begins with its kind, {dossier.kind}")
        version = before.version + 1 if before is not None else 1
        self.dossiers.put(dossier.dossier_id, replace(dossier, version=version))


# Helpers


def _fixed(dossier: Dossier) -> tuple[object, ...]:
    return dossier.kind, dossier.parties, dossier.made_at
