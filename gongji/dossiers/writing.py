"""What a batch changed in dossiers, as the statements that write it: the content sealed."""

from collections.abc import Callable, Hashable, Iterator
from importlib.resources import files
from typing import Final, Protocol

from gongji.domain.ahead import DOSSIERS
from gongji.domain.dossiers import Dossier
from gongji.domain.named_sql import bigints, moments, named_queries, texts
from gongji.domain.writes import Writes
from gongji.dossiers.window import DossierWindow

QUERIES: Final = named_queries((files("gongji.dossiers") / "sql" / "queries.sql").read_text("utf-8"))

CHANGE: Final = "change"
"""The kind of the numbers by which changes of dossiers are told in order."""


class Sealing(Protocol):
    """Seals what is private, bound to whom it belongs, and opens it."""

    key_id: str

    def seal(self, plain: bytes, *, owner: str) -> bytes:
        """Return `plain` encrypted."""

    def open(self, sealed: bytes, *, owner: str, key_id: str) -> bytes:
        """Return what was sealed."""


def writes_of(window: DossierWindow, seal: Sealing, take_id: Callable[[str], int]) -> Writes:
    """Return what writes the changes, numbered in their order."""
    writes = Writes(QUERIES)
    if not window.dossiers.was:
        return writes
    both = [(was, window.dossiers[dossier_id]) for dossier_id, was in sorted(window.dossiers.was.items())]
    new = [dossier for was, dossier in both if was is None]
    changed = [(was, dossier) for was, dossier in both if was is not None]
    writes.all("insert_dossiers", _fixed_columns(new) | _columns(new, seal, take_id), len(new))
    pairs = [(dossier, person_id) for dossier in new for person_id in dict.fromkeys(dossier.parties)]
    parties = {
        "book_ids": bigints(person_id for _, person_id in pairs),
        "kinds": texts(dossier.kind for dossier, _ in pairs),
        "made_ats": moments(dossier.made_at for dossier, _ in pairs),
        "dossier_ids": texts(dossier.dossier_id for dossier, _ in pairs),
    }
    writes.all("insert_dossier_parties", parties, len(pairs))
    expected = {"expecteds": bigints(was.version for was, _ in changed)}
    writes.all("update_dossiers", _columns([dossier for _, dossier in changed], seal, take_id) | expected, len(changed))
    return writes


def noted(window: DossierWindow) -> Iterator[Hashable]:
    """Yield what a batch touched: dossiers are asked for by other names than they are written under."""
    if window.dossiers.was:
        yield DOSSIERS


# Helpers


def _fixed_columns(dossiers: list[Dossier]) -> dict[str, object]:
    return {
        "kinds": texts(dossier.kind for dossier in dossiers),
        "made_ats": moments(dossier.made_at for dossier in dossiers),
        "parties": ["{" + ",".join(map(str, dossier.parties)) + "}" for dossier in dossiers],
    }


def _columns(dossiers: list[Dossier], seal: Sealing, take_id: Callable[[str], int]) -> dict[str, object]:
    return {
        "dossier_ids": texts(dossier.dossier_id for dossier in dossiers),
        "offices": texts(dossier.office for dossier in dossiers),
        "states": texts(dossier.state for dossier in dossiers),
        "due_ats": moments(dossier.due_at for dossier in dossiers),
        "versions": bigints(dossier.version for dossier in dossiers),
        "key_ids": [seal.key_id for _ in dossiers],
        "changeds": bigints(take_id(CHANGE) for _ in dossiers),
        "sealeds": [seal.seal(dossier.content, owner=dossier.dossier_id) for dossier in dossiers],
    }
