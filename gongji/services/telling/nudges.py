"""Nudges 再提醒一次: who waits for another's answer has him told again, at most once a day."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import TransferState
from gongji.services.family.invitations import INVITATION, OPEN, standing
from gongji.services.store import Books
from gongji.services.telling.notices import Notice, Telling, Topic

NUDGE: Final = "nudge"
EVERY: Final = timedelta(days=1)


class Nudge(Struct, frozen=True, kw_only=True):
    """What the one who is to answer was last told again, and when."""

    notice: Notice


class Nudged(Struct, frozen=True, kw_only=True):
    """When he was last told again, and from when on he can be; None where he can be now. `done`: just now."""

    last_at: datetime | None
    again_at: datetime | None
    done: bool = False


def nudge_id(matter_id: str) -> str:
    """Return the id of the dossier about a transfer or an invitation."""
    return f"{NUDGE}-{matter_id}"


def nudged(books: Books, matter_id: str, now: datetime) -> Nudged:
    """Return when that was last done, and when it can be done again."""
    dossier = books.dossiers.get(nudge_id(matter_id))
    last_at = opened(dossier, Nudge).notice.at if dossier is not None else None
    again_at = last_at + EVERY if last_at is not None else None
    return Nudged(last_at=last_at, again_at=again_at if again_at is not None and again_at > now else None)


def nudge_about_transfer(books: Books, sender_id: int, transfer_id: str, now: datetime) -> Nudged | Refused:
    """Have the receiver told again of a transfer that waits for him."""
    transfer = books.ledger.transfers.get(transfer_id)
    waits = transfer is not None and transfer.state is TransferState.AWAITING_RECEIPT and transfer.return_at > now
    if transfer is None or not waits or transfer.book_id != sender_id:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="transfer")
    notice = Notice(
        topic=Topic.TRANSFER_TO_RECEIVE,
        at=now,
        path=f"/wallet/transfers/{transfer_id}",
        amount_fen=transfer.amount_fen,
        other_id=sender_id,
    )
    return _nudge(books, transfer_id, (sender_id, transfer.receiver_id), notice)


def nudge_about_invitation(books: Books, sharer_id: int, invitation_id: str, now: datetime) -> Nudged | Refused:
    """Have the member told again of an invitation that he has not answered."""
    dossier = books.dossiers.get(invitation_id)
    waits = dossier is not None and dossier.kind == INVITATION and standing(dossier, now) == OPEN
    if dossier is None or not waits or dossier.parties[0] != sharer_id:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")
    notice = Notice(
        topic=Topic.INVITATION, at=now, path=f"/family/invitations/{invitation_id}", other_id=dossier.parties[0]
    )
    return _nudge(books, invitation_id, dossier.parties, notice)


def telling_of_nudge(dossier: Dossier) -> Telling:
    """Return what the one who is to answer is told: each day's is a notice of its own."""
    source = f"{dossier.dossier_id} {dossier.state}"
    return Telling(person_id=dossier.parties[1], source=source, notice=opened(dossier, Nudge).notice)


# Helpers


def _nudge(books: Books, matter_id: str, parties: tuple[int, ...], notice: Notice) -> Nudged:
    before = nudged(books, matter_id, notice.at)
    if before.again_at is not None:
        return before
    content, state = filed(Nudge(notice=notice)), notice.at.isoformat()
    known = books.dossiers.get(nudge_id(matter_id))
    if known is not None:
        books.dossiers.put(replace(known, state=state, content=content))
    else:
        books.dossiers.put(
            Dossier(
                dossier_id=nudge_id(matter_id),
                kind=NUDGE,
                made_at=notice.at,
                parties=parties,
                state=state,
                content=content,
            )
        )
    return Nudged(last_at=notice.at, again_at=notice.at + EVERY, done=True)
