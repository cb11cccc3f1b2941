"""Links: dossiers that somebody finds by a secret. The secret itself is never kept, only its SHA-256."""

import hashlib
from datetime import datetime
from typing import Final

from msgspec import Struct

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.requests import Scope
from gongji.services.store import Books

LINK: Final = "link"


class Link(Struct, frozen=True):
    """Where a link leads: the id of a dossier."""

    dossier_id: str


def digest_of(secret: str) -> str:
    """Return under what a secret is found: its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_scope(digest: str) -> Scope:
    """Return what has to be loaded to follow a link."""
    return Scope(dossiers={f"{LINK}-{digest}"})


def file_link(books: Books, digest: str, dossier_id: str, at: datetime) -> None:
    """Let a link lead to a dossier."""
    content = filed(Link(dossier_id))
    books.dossiers.put(Dossier(dossier_id=f"{LINK}-{digest}", kind=LINK, made_at=at, content=content))


def led_to(books: Books, digest: str) -> str | None:
    """Return the id of the dossier that a link leads to, None where it leads nowhere."""
    dossier = books.dossiers.get(f"{LINK}-{digest}")
    return opened(dossier, Link).dossier_id if dossier is not None else None
