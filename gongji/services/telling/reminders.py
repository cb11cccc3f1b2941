"""Reminders 提醒线: who set a line is told, once a month for each relative, that the relative's bills passed it."""

from collections.abc import Iterable
from typing import Final

from gongji.domain.account import OWNED
from gongji.ledger.records import Entry, EntryKind
from gongji.services.store import Store
from gongji.services.telling.notices import Notice, Telling, Topic
from gongji.services.telling.preferences import preferences_of, preferences_scope

_BILLS: Final = (EntryKind.SETTLEMENT, EntryKind.REVERSAL)


def reminders(store: Store, entries: Iterable[Entry]) -> list[Telling]:
    """Return what sharers are to be told of bills that took a relative's month past the line they set."""
    paid = [
        (entry, person_id) for entry in entries if entry.kind is EntryKind.SETTLEMENT for person_id in _payers(entry)
    ]
    people = {person_id for _, person_id in paid}
    if not people:
        return []
    lines = store.read(
        preferences_scope(*people),
        lambda books: {person_id: preferences_of(books, person_id).reminder_fen for person_id in people},
    )
    found = []
    for entry, person_id in paid:
        line_fen = lines[person_id]
        used_fen = _used_fen(store, entry, person_id) if line_fen is not None else 0
        if line_fen is not None and used_fen > line_fen:
            source = f"reminder {entry.book_id} {entry.event_at:%Y-%m} {line_fen}"
            notice = Notice(
                topic=Topic.REMINDER, at=entry.event_at, path="/records", amount_fen=used_fen, other_id=entry.book_id
            )
            found.append(Telling(person_id=person_id, source=source, notice=notice))
    return found


# Helpers


def _payers(entry: Entry) -> set[int]:
    """Return those who paid for somebody else by an entry."""
    return {leg.account.book_id for leg in entry.legs if leg.account.pocket in OWNED} - {entry.book_id}


def _used_fen(store: Store, entry: Entry, person_id: int) -> int:
    """Return what the patient's bills took out of that person's pockets in the month of an entry, up to it."""
    month = entry.event_at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return -sum(
        leg.amount_fen
        for one in store.entries_of(person_id, since=month)
        if one.kind in _BILLS and one.book_id == entry.book_id and one.entry_id <= entry.entry_id
        for leg in one.legs
        if leg.account.book_id == person_id and leg.account.pocket in OWNED
    )
