"""Request ids: who asked, under which id; and the working set that a request needs."""

import hashlib
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct


class RequestKey(Struct, frozen=True, order=True, gc=False):
    """The identity of a request: the institution's code and the id it gave; `asked_on` is the day in that id."""

    institution: str
    msgid: str
    asked_on: date


class Answered(Struct, frozen=True, kw_only=True, gc=False):
    """A request that was accepted: the digest of its content and its first answer, byte for byte.

    `settle_id` and `book_id` name the settlement it made, where it made one; `reversed_by` the message id that
    took it back.
    """

    key: RequestKey
    kind: str
    digest: bytes
    answer: bytes
    book_id: int = 0
    settle_id: int | None = None
    reversed_by: str | None = None


class Scope(Struct, kw_only=True):
    """What a request may touch, by the names it uses. The store adds the families of the people named.

    `certificates` are (kind, number) as in the directory: psn_no, certno, card_no. `settlements` are numbers of
    settlements and of refunds. `stays` are the psn_no of those whose open hospital stay is asked for, `codes` the
    digests of e-credential codes shown. `dossiers` are their ids, `dossiers_of` (kind, person): all of that kind that
    concern that person.
    """

    people: set[int] = msgspec.field(default_factory=set)
    certificates: set[tuple[str, str]] = msgspec.field(default_factory=set)
    settlements: set[int] = msgspec.field(default_factory=set)
    transfers: set[str] = msgspec.field(default_factory=set)
    visits: set[str] = msgspec.field(default_factory=set)
    signs: set[str] = msgspec.field(default_factory=set)
    stays: set[str] = msgspec.field(default_factory=set)
    codes: set[bytes] = msgspec.field(default_factory=set)
    requests: set[RequestKey] = msgspec.field(default_factory=set)
    dossiers: set[str] = msgspec.field(default_factory=set)
    dossiers_of: set[tuple[str, int]] = msgspec.field(default_factory=set)

    def merge(self, other: "Scope") -> None:
        """Take in the names of another request of the batch."""
        for name in self.__struct_fields__:
            if names := getattr(other, name):
                getattr(self, name).update(names)


def content_digest(content: Any) -> bytes:
    """Return the SHA-256 of `content` in canonical form: equal contents have equal digests."""
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).digest()
