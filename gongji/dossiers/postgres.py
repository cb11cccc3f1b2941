"""The dossiers in PostgreSQL, over one connection."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from psycopg import Connection

from gongji.domain.ahead import DOSSIERS, Ahead
from gongji.domain.dossiers import Dossier
from gongji.domain.named_sql import bigints, texts
from gongji.dossiers.cabinet import Asked
from gongji.dossiers.window import DossierWindow
from gongji.dossiers.writing import QUERIES, Sealing


class PostgresCabinet:
    """The tables over a connection. Transactions are the caller's; who writes waits for what is `ahead` of him."""

    def __init__(self, connection: Connection[Any], seal: Sealing, ahead: Ahead | None = None) -> None:
        """Work over that connection; `seal` opens what is sealed."""
        self._connection = connection
        self._seal = seal
        self._ahead = ahead

    def load(self, window: DossierWindow, *, named: set[str], of: set[tuple[str, int]]) -> None:
        """Load the dossiers named; see `Cabinet.load`."""
        if not named and not of:
            return
        if self._ahead is not None:
            self._ahead.wait_for({DOSSIERS})
        wanted = set(named)
        if of:
            names = {"kinds": texts(kind for kind, _ in of), "book_ids": bigints(person_id for _, person_id in of)}
            wanted |= {dossier_id for (dossier_id,) in self._rows("find_dossiers_of", names)}
        if wanted:
            for dossier in self._dossiers("load_dossiers", {"dossier_ids": texts(wanted)}):
                window.dossiers.load(dossier.dossier_id, dossier)

    def asked(self, asked: Asked) -> list[Dossier]:
        """Return what is asked for; see `Cabinet.asked`."""
        made_at, dossier_id = asked.before or (datetime.max, "")  # noqa: DTZ901  # Beijing time
        names: dict[str, Any] = {
            "kind": asked.kind,
            "office": asked.office,
            "states": None if asked.states is None else list(asked.states),
            "made_at": made_at,
            "dossier_id": dossier_id,
            "most": asked.most,
        }
        if asked.party is None:
            return self._dossiers("asked_dossiers", names)
        return self._dossiers("asked_dossiers_of", names | {"book_id": asked.party})

    def changed(self, kinds: Collection[str], after: int, most: int) -> list[tuple[int, Dossier]]:
        """Return what has changed; see `Cabinet.changed`."""
        names = {"kinds": texts(kinds), "changed": after, "most": most}
        return [(row[0], _dossier(row[1:], self._seal.open)) for row in self._rows("changed_dossiers", names)]

    def due(self, kind: str, by: datetime, most: int) -> list[Dossier]:
        """Return what is due; see `Cabinet.due`."""
        return self._dossiers("due_dossiers", {"kind": kind, "by": by, "most": most})

    def _dossiers(self, query: str, names: dict[str, Any]) -> list[Dossier]:
        return [_dossier(row, self._seal.open) for row in self._rows(query, names)]

    def _rows(self, query: str, names: dict[str, Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(QUERIES[query], names).fetchall()


# Helpers


def _dossier(row: tuple[Any, ...], unseal: Callable[..., bytes]) -> Dossier:
    dossier_id, kind, made_at, parties, office, state, due_at, version, key_id, sealed = row
    return Dossier(
        dossier_id=dossier_id,
        kind=kind,
        made_at=made_at,
        parties=tuple(parties),
        office=office,
        state=state,
        due_at=due_at,
        version=version,
        content=unseal(bytes(sealed), owner=dossier_id, key_id=key_id),
    )
