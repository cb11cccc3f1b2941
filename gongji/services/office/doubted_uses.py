"""Uses that somebody doubts 不是我家人用的: found by the record of his own account that tells of them."""

from collections.abc import Iterable
from typing import Final

from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.journal import Journal
from gongji.ledger.records import Entry, EntryKind, Settlement
from gongji.services.office.application_kinds import Doubt, DoubtedUse, taken_fen
from gongji.services.store import Books, Store

NONE: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="use")


def doubted_use(store: Store, payer_id: int, entry_id: int, why: Iterable[Doubt], words: str) -> DoubtedUse | Refused:
    """Return the report of a use of that person's money by another, named by its record; refused where it is none."""
    entry = next(iter(store.entries_after(entry_id - 1, 1)), None)
    bill = _bill_of(store, entry) if entry is not None and entry.entry_id == entry_id else None
    if bill is None or bill.book_id == payer_id or not taken_fen(bill, payer_id):
        return NONE
    return DoubtedUse(
        entry_id=entry_id,
        settle_id=bill.settle_id,
        patient_id=bill.book_id,
        used_at=bill.settled_at,
        amount_fen=taken_fen(bill, payer_id),
        why=tuple(dict.fromkeys(why)),
        words=words.strip(),
    )


# Helpers


def _bill_of(store: Store, entry: Entry) -> Settlement | None:
    if entry.kind is not EntryKind.SETTLEMENT:
        return None

    def find(_: Books, journal: Journal) -> Settlement | None:
        return journal.behind([entry]).settlements.get(entry.entry_id)

    return store.consult(Scope(), find)
