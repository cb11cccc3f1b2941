"""Notices 消息: what a person is told of what happened to his money and his family, until he has read it.

Each is a dossier under an id made of what it tells and to whom, so that it is made once, however often it is told. It
holds facts, not sentences: the words are chosen when it is read, in the reader's language.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.requests import Scope
from gongji.services.store import Books

NOTICE: Final = "notice"
UNREAD: Final = "unread"
READ: Final = "read"

UNREAD_MOST: Final = 100
"""Unread notices are counted up to here."""


class Topic(StrEnum):
    """What a notice is about."""

    DEDUCTION = "deduction"
    RELATIVE_DEDUCTION = "relative_deduction"
    REMINDER = "reminder"
    REFUND = "refund"
    REFUND_UNDONE = "refund_undone"
    TRANSFER_SENT = "transfer_sent"
    TRANSFER_TO_RECEIVE = "transfer_to_receive"
    TRANSFER_RECEIVED = "transfer_received"
    TRANSFER_RETURNED = "transfer_returned"
    PREMIUM = "premium"
    PREMIUM_REFUND = "premium_refund"
    RESTITUTION = "restitution"
    INVITATION = "invitation"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_DECLINED = "invitation_declined"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    INVITATION_EXPIRED = "invitation_expired"
    BOND_ENDED = "bond_ended"
    ENDING_DAY = "ending_day"
    SHOWING_ASKED = "showing_asked"
    SHOWING_AGREED = "showing_agreed"
    SHOWING_ENDED = "showing_ended"
    CODE_SHOWN = "code_shown"
    APPLICATION_DECIDED = "application_decided"
    MATERIALS_WANTED = "materials_wanted"
    LOOKED_AT = "looked_at"
    NEW_APP = "new_app"
    WEBHOOK_PAUSED = "webhook_paused"


URGENT: Final = frozenset({Topic.NEW_APP, Topic.CODE_SHOWN})
"""What is told at night too: somebody else may be using his account."""


class Notice(Struct, frozen=True, kw_only=True):
    """What is told. `at` is when it happened, `path` where it can be answered or looked at.

    `amount_fen` is never negative; 0 where no money moved. `other_id` is the person on the other side, 0 for nobody.
    `place` is the kind of institution, `name` an app or an office; what is there depends on the topic.
    """

    topic: Topic
    at: datetime
    path: str
    amount_fen: int = 0
    other_id: int = 0
    place: str = ""
    name: str = ""
    read_at: datetime | None = None


class Telling(Struct, frozen=True, kw_only=True):
    """Whom a notice is for, and what it comes from: the same of the same makes the same notice."""

    person_id: int
    source: str
    notice: Notice

    @property
    def notice_id(self) -> str:
        """Return the id of the notice."""
        digest = hashlib.sha256(f"{self.source}\n{self.person_id}".encode()).hexdigest()
        return f"{NOTICE}-{digest[:40]}"


def notices_scope(tellings: Iterable[Telling]) -> Scope:
    """Return what has to be loaded to tell these."""
    return Scope(dossiers={telling.notice_id for telling in tellings})


def tell(books: Books, tellings: Iterable[Telling], now: datetime) -> list[Telling]:
    """File a notice for each that has not been told yet, and return those."""
    fresh = [telling for telling in tellings if books.dossiers.get(telling.notice_id) is None]
    told: dict[str, Telling] = {}
    for telling in fresh:
        if telling.notice_id in told:
            continue
        told[telling.notice_id] = telling
        books.dossiers.put(
            Dossier(
                dossier_id=telling.notice_id,
                kind=NOTICE,
                made_at=now,
                parties=(telling.person_id,),
                state=UNREAD,
                content=filed(telling.notice),
            )
        )
    return list(told.values())


def tell_app(books: Books, client_id: str, source: str, notice: Notice, now: datetime) -> None:
    """File a notice for those who run a channel app, once."""
    digest = hashlib.sha256(f"{source}\n{client_id}".encode()).hexdigest()
    notice_id = f"{NOTICE}-{digest[:40]}"
    books.dossiers.put(
        Dossier(
            dossier_id=notice_id,
            kind=NOTICE,
            made_at=now,
            office=app_office(client_id),
            state=UNREAD,
            content=filed(notice),
        )
    )


def app_office(client_id: str) -> str:
    """Return the office that has the notices for those who run an app."""
    return f"app:{client_id}"


def notice_of(books: Books, notice_id: str, person_id: int) -> Dossier | None:
    """Return a person's own notice, None for one that is not there or not his."""
    dossier = books.dossiers.get(notice_id)
    return dossier if dossier is not None and dossier.kind == NOTICE and person_id in dossier.parties else None


def mark_read(books: Books, dossier: Dossier, at: datetime) -> Dossier:
    """Note that a notice was read; one that was read before stays as it is."""
    if dossier.state == READ:
        return dossier
    notice = replace(opened(dossier, Notice), read_at=at)
    after = replace(dossier, state=READ, content=filed(notice))
    books.dossiers.put(after)
    return after
