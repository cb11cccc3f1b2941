"""What there is to tell: of entries in the journal, of dossiers that changed. Reads, and writes nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from gongji.domain.account import OWNED
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.requests import Scope
from gongji.ledger.journal import Journal
from gongji.ledger.records import Entry, EntryKind, Transfer
from gongji.services.access.sessions import SESSION, Session
from gongji.services.accounts.movements import Movement, Told, movements
from gongji.services.accounts.movements import tell as told_of
from gongji.services.family.invitations import INVITATION, OPEN, UNASKED, Invitation
from gongji.services.family.showings import SHOWING, SHOWN, Showing
from gongji.services.office.application_kinds import APPLICATION
from gongji.services.office.applications import APPROVED, INCOMPLETE, REFUSED, Application
from gongji.services.office.looks import LOOK
from gongji.services.store import Books, Store
from gongji.services.telling.notices import Notice, Telling, Topic
from gongji.services.telling.nudges import NUDGE, telling_of_nudge

KINDS: Final = (INVITATION, SHOWING, SHOWN, APPLICATION, LOOK, SESSION, NUDGE)
"""The dossiers of whose changes people are told."""

_PREMIUMS: Final = (EntryKind.PREMIUM, EntryKind.PREMIUM_REFUND)
_WAYS: Final = (EntryKind.TRANSFER, EntryKind.RECEIPT, EntryKind.RETURN)
_TOLD: Final = frozenset({EntryKind.SETTLEMENT, EntryKind.REVERSAL, EntryKind.RESTITUTION, *_PREMIUMS, *_WAYS})


def tellings_of_entries(store: Store, entries: Iterable[Entry]) -> list[Telling]:
    """Return what the people are to be told whose pockets these entries touched."""
    told = [entry for entry in entries if entry.kind in _TOLD]
    if not told:
        return []
    payers = {leg.account.book_id for entry in told if entry.kind in _PREMIUMS for leg in entry.legs}
    people = payers | store.read(Scope(people=set(payers)), lambda books: _members(books, payers)) if payers else set()
    return store.consult(Scope(people=people), lambda books, journal: list(_of_entries(books, journal, told)))


def tellings_of_dossiers(dossiers: Iterable[Dossier]) -> list[Telling]:
    """Return what the people are to be told whom these dossiers concern, as they stand."""
    return [telling for dossier in dossiers for telling in _BY_KIND[dossier.kind](dossier)]


# Entries.


def _members(books: Books, payers: set[int]) -> set[int]:
    return {bond.member_id for payer_id in payers for bond in books.registry.bonds_of_sharer(payer_id)}


def _of_entries(books: Books, journal: Journal, entries: list[Entry]) -> Iterator[Telling]:
    common = told_of(books, journal, entries, 0)
    for entry in entries:
        if entry.kind in _WAYS:
            yield from _of_transfer(entry, books.ledger.transfers.get(entry.request))
            continue
        owners = {leg.account.book_id for leg in entry.legs if leg.account.pocket in OWNED}
        for person_id in sorted(owners):
            told = told_of(books, journal, [entry], person_id) if entry.kind in _PREMIUMS else common
            yield from _of_movements(entry, told, person_id)


def _of_movements(entry: Entry, told: Told, person_id: int) -> Iterator[Telling]:
    several = list(movements(entry, told, person_id))
    amount_fen = sum(one.amount_fen for one in several)
    if not amount_fen:
        return
    topic = _topic(entry, several[0], person_id, amount_fen)
    if topic is None:
        return
    first = several[0]
    whose = first.person_id or 0
    notice = Notice(
        topic=topic,
        at=entry.event_at,
        path=f"/bills/{first.settle_id}" if first.settle_id is not None else "/records",
        amount_fen=abs(amount_fen),
        other_id=whose if whose != person_id else 0,
        place=first.place,
    )
    yield _telling(person_id, f"entry-{entry.entry_id}", notice)


def _topic(entry: Entry, first: Movement, person_id: int, amount_fen: int) -> Topic | None:
    """Return what the movements of a person's money in an entry are told as, None where they are not."""
    if entry.kind is EntryKind.SETTLEMENT:
        return Topic.DEDUCTION if first.person_id == person_id else Topic.RELATIVE_DEDUCTION
    if entry.kind is EntryKind.REVERSAL:
        return Topic.REFUND if amount_fen > 0 else Topic.REFUND_UNDONE
    if entry.kind is EntryKind.RESTITUTION:
        return Topic.RESTITUTION if amount_fen > 0 else None
    return Topic.PREMIUM if entry.kind is EntryKind.PREMIUM else Topic.PREMIUM_REFUND


def _of_transfer(entry: Entry, transfer: Transfer | None) -> Iterator[Telling]:
    if transfer is None:
        return
    sender_id, receiver_id = transfer.book_id, transfer.receiver_id
    source = f"entry-{entry.entry_id}"
    plain = Notice(
        topic=Topic.TRANSFER_SENT,
        at=entry.event_at,
        path=f"/wallet/transfers/{transfer.transfer_id}",
        amount_fen=transfer.amount_fen,
    )
    to_sender, to_receiver = replace(plain, other_id=receiver_id), replace(plain, other_id=sender_id)
    if entry.kind is EntryKind.TRANSFER:
        yield _telling(sender_id, source, to_sender)
        yield _telling(receiver_id, source, replace(to_receiver, topic=Topic.TRANSFER_TO_RECEIVE))
    elif entry.kind is EntryKind.RECEIPT:
        yield _telling(receiver_id, source, replace(to_receiver, topic=Topic.TRANSFER_RECEIVED))
    else:
        yield _telling(sender_id, source, replace(to_sender, topic=Topic.TRANSFER_RETURNED))


# Dossiers.

_SHARER, _MEMBER = 0, 1
_INVITATIONS: Final[Mapping[str, tuple[tuple[int, Topic], ...]]] = {
    OPEN: ((_MEMBER, Topic.INVITATION),),
    UNASKED: ((_MEMBER, Topic.INVITATION),),
    "accepted": ((_SHARER, Topic.INVITATION_ACCEPTED),),
    "declined": ((_SHARER, Topic.INVITATION_DECLINED),),
    "not_my_relative": ((_SHARER, Topic.INVITATION_DECLINED),),
    "withdrawn": ((_MEMBER, Topic.INVITATION_WITHDRAWN),),
    "expired": ((_SHARER, Topic.INVITATION_EXPIRED),),
    "ended": ((_SHARER, Topic.BOND_ENDED), (_MEMBER, Topic.BOND_ENDED)),
}
"""Whom the state of an invitation is told, and as what."""

_OWNER, _HELPER = 0, 1
_SHOWINGS: Final[Mapping[str, tuple[tuple[int, Topic], ...]]] = {
    "asked": ((_OWNER, Topic.SHOWING_ASKED),),
    "active": ((_HELPER, Topic.SHOWING_AGREED),),
    "declined": ((_HELPER, Topic.SHOWING_ENDED),),
    "ended": ((_OWNER, Topic.SHOWING_ENDED), (_HELPER, Topic.SHOWING_ENDED)),
}


def _of_invitation(dossier: Dossier) -> Iterator[Telling]:
    at = opened(dossier, Invitation).answered_at or dossier.made_at
    for side, topic in _INVITATIONS.get(dossier.state, ()):
        yield _of_side(dossier, side, topic, f"/family/invitations/{dossier.dossier_id}", at)


def _of_showing(dossier: Dossier) -> Iterator[Telling]:
    showing = opened(dossier, Showing)
    at = showing.ended_at or showing.agreed_at or dossier.made_at
    for side, topic in _SHOWINGS.get(dossier.state, ()):
        yield _of_side(dossier, side, topic, f"/family/showings/{dossier.dossier_id}", at)


def _of_side(dossier: Dossier, side: int, topic: Topic, path: str, at: datetime) -> Telling:
    """Return what one of the two parties of a dossier is told."""
    notice = Notice(topic=topic, at=at, path=path, other_id=dossier.parties[1 - side])
    return _telling(dossier.parties[side], f"{dossier.dossier_id} {dossier.state}", notice)


def _of_shown(dossier: Dossier) -> Iterator[Telling]:
    owner_id, *helper = dossier.parties
    notice = Notice(topic=Topic.CODE_SHOWN, at=dossier.made_at, path="/family/showings", other_id=sum(helper))
    yield _telling(owner_id, dossier.dossier_id, notice)


def _of_application(dossier: Dossier) -> Iterator[Telling]:
    decided_at = opened(dossier, Application).decided_at
    topics = {
        APPROVED: Topic.APPLICATION_DECIDED,
        REFUSED: Topic.APPLICATION_DECIDED,
        INCOMPLETE: Topic.MATERIALS_WANTED,
    }
    topic = topics.get(dossier.state)
    if topic is None or not dossier.parties:
        return
    notice = Notice(topic=topic, at=decided_at or dossier.made_at, path=f"/applications/{dossier.dossier_id}")
    yield _telling(dossier.parties[0], f"{dossier.dossier_id} {dossier.state}", notice)


def _of_look(dossier: Dossier) -> Iterator[Telling]:
    for person_id in dossier.parties:
        notice = Notice(topic=Topic.LOOKED_AT, at=dossier.made_at, path="/looks", name=dossier.office)
        yield _telling(person_id, dossier.dossier_id, notice)


def _of_session(dossier: Dossier) -> Iterator[Telling]:
    """Tell of the first session of an app: later ones make the same notice, which is there already."""
    for person_id in dossier.parties:
        client_id = opened(dossier, Session).client_id
        notice = Notice(topic=Topic.NEW_APP, at=dossier.made_at, path="/settings/apps", name=client_id)
        yield _telling(person_id, f"app {client_id}", notice)


_BY_KIND: Final[Mapping[str, Callable[[Dossier], Iterator[Telling]]]] = {
    INVITATION: _of_invitation,
    SHOWING: _of_showing,
    SHOWN: _of_shown,
    APPLICATION: _of_application,
    LOOK: _of_look,
    SESSION: _of_session,
    NUDGE: lambda dossier: iter([telling_of_nudge(dossier)]),
}


def _telling(person_id: int, source: str, notice: Notice) -> Telling:
    return Telling(person_id=person_id, source=source, notice=notice)
