"""What moved a person's money: each leg of an entry in his pockets, with what it was for and for whom."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import OWNED, Account, Pocket
from gongji.domain.family import Relation
from gongji.ledger.journal import Journal
from gongji.ledger.records import Entry, EntryKind, PremiumKey, Settlement
from gongji.ledger.stretches import Behind, Point, point_of
from gongji.rules.policybook import PolicyBook
from gongji.services.calendar import bring_up_to
from gongji.services.store import Books

FIRST_DUE: Final = 2**62
"""Numbers from here on stand for entries that are due and not recorded yet."""

_POTS: Final = (Pocket.POT, Pocket.POT_CURRENT)
_PREMIUMS: Final = (EntryKind.PREMIUM, EntryKind.PREMIUM_REFUND)
_WAYS: Final = (EntryKind.TRANSFER, EntryKind.RECEIPT, EntryKind.RETURN)


class Movement(Struct, frozen=True, kw_only=True):
    """Fen put into a pocket, or (negative) taken out of it, and what lay in it after.

    `recorded_at` is None for what is due and will be recorded when the account is used next. `person_id` is whom it
    was for: the patient, the insured of a premium, the other side of a transfer, the member of a pot; None where it
    was nobody's in particular. `place` is the kind of institution. `quota` tells that a quota had frozen the money,
    `undoes` that a refund was taken back.
    """

    point: Point
    recorded_at: datetime | None
    kind: EntryKind
    account: Account
    amount_fen: int
    balance_fen: int = 0
    person_id: int | None = None
    place: str = ""
    settle_id: int | None = None
    refund_id: int | None = None
    visit_id: str | None = None
    transfer_id: str = ""
    premium: PremiumKey | None = None
    quota: bool = False
    undoes: bool = False

    @property
    def at(self) -> datetime:
        """Return when it took effect."""
        return self.point.event_at


class Told(Struct, frozen=True):
    """What the books and the journal know of some entries.

    `settled` are the settlements by their own number, `premiums` those that the person paid, by their entry.
    """

    books: Books
    behind: Behind
    settled: Mapping[int, Settlement]
    premiums: Mapping[int, PremiumKey]


def due(books: Books, policy: PolicyBook, person_id: int, now: datetime) -> list[Entry]:
    """Return what has fallen due for that person by `now` and is not recorded yet, the earliest first.

    The books are brought up to date by it; nothing of that is kept.
    """
    bring_up_to(books, policy, [person_id], now)
    fresh = [entry for entry in books.ledger.entries if _touches(entry, person_id)]
    ordered = sorted(fresh, key=lambda entry: entry.event_at)
    return [replace(entry, entry_id=FIRST_DUE + number) for number, entry in enumerate(ordered)]


def tell(books: Books, journal: Journal, entries: list[Entry], person_id: int) -> Told:
    """Look up what is behind these entries of a person's pockets; transfers are loaded into the books."""
    transfers = {entry.request for entry in entries if entry.kind in _WAYS}
    if missing := {transfer_id for transfer_id in transfers if transfer_id not in books.ledger.transfers}:
        journal.find(books.ledger, requests=set(), settlements=set(), transfers=missing)
    recorded = [entry for entry in entries if entry.kind in (EntryKind.SETTLEMENT, EntryKind.REVERSAL)]
    behind = journal.behind(recorded) if recorded else Behind({}, {})
    settled = {one.settle_id: one for one in behind.settlements.values()}
    return Told(books, behind, settled, _premiums(books, entries, person_id))


def movements(entry: Entry, told: Told, person_id: int) -> Iterator[Movement]:
    """Yield what an entry moved in that person's pockets, without balances."""
    plain = Movement(
        point=point_of(entry),
        recorded_at=entry.recorded_at if entry.entry_id < FIRST_DUE else None,
        kind=entry.kind,
        account=Account(person_id, Pocket.CURRENT_YEAR),
        amount_fen=0,
    )
    common = _with_purpose(plain, entry, told, person_id)
    settlement = told.settled.get(common.settle_id or 0)
    for leg in entry.legs:
        if leg.account.book_id != person_id or leg.account.pocket not in OWNED:
            continue
        whose = common.person_id
        if leg.account.pocket in _POTS and entry.kind is not EntryKind.SETTLEMENT and whose is None:
            whose = leg.account.member_id or None
        yield replace(
            common,
            account=leg.account,
            amount_fen=leg.amount_fen,
            person_id=whose,
            quota=settlement is not None and _frozen(settlement, leg.account, told.books),
        )


def relations(books: Books, person_id: int) -> dict[int, Relation]:
    """Return what the people of a family are to that person, as the latest bond of each says."""
    found: dict[int, Relation] = {}
    for bond in books.registry.bonds_of_sharer(person_id):
        found[bond.member_id] = bond.relation
    return found


def names_of(books: Books, people: Iterable[int]) -> dict[int, str]:
    """Return the names of these people, as far as the books have them."""
    identities = books.registry.identities
    return {person_id: identities[person_id].name for person_id in people if person_id in identities}


# Helpers


def _touches(entry: Entry, person_id: int) -> bool:
    return any(leg.version and leg.account.book_id == person_id for leg in entry.legs)


def _with_purpose(plain: Movement, entry: Entry, told: Told, person_id: int) -> Movement:
    """Return the movement with what its entry was for."""
    if entry.kind in (EntryKind.SETTLEMENT, EntryKind.REVERSAL):
        return _of_a_bill(plain, entry, told)
    if entry.kind in _WAYS:
        transfer = told.books.ledger.transfers.get(entry.request)
        sides = (transfer.book_id, transfer.receiver_id) if transfer is not None else ()
        other = next((side for side in sides if side != person_id), None)
        return replace(plain, person_id=other, transfer_id=entry.request)
    if entry.kind in _PREMIUMS:
        key = told.premiums.get(entry.entry_id)
        return replace(plain, premium=key, person_id=key.book_id if key is not None else None)
    if entry.kind in (EntryKind.ALLOCATION, EntryKind.RELEASE):
        members = {leg.account.member_id for leg in entry.legs if leg.account.pocket in _POTS}
        return replace(plain, person_id=members.pop() or None) if len(members) == 1 else plain
    others = {leg.account.book_id for leg in entry.legs if leg.version} - {person_id}
    return replace(plain, person_id=others.pop()) if len(others) == 1 else plain


def _of_a_bill(plain: Movement, entry: Entry, told: Told) -> Movement:
    refund = told.behind.refunds.get(entry.entry_id) or told.behind.refunds.get(entry.reverses or 0)
    settlement = told.behind.settlements.get(entry.entry_id)
    if refund is not None:
        settlement = told.settled.get(refund.settle_id)
    place = told.books.registry.institutions.get(settlement.institution) if settlement is not None else None
    return replace(
        plain,
        person_id=entry.book_id,
        place=place.kind if place is not None else "",
        settle_id=settlement.settle_id if settlement is not None else None,
        visit_id=settlement.visit_id if settlement is not None else None,
        refund_id=refund.refund_id if refund is not None else None,
        undoes=refund is not None and refund.entry_id != entry.entry_id,
    )


def _frozen(settlement: Settlement, account: Account, books: Books) -> bool:
    """Tell whether money of this pocket went over a bond with a quota."""
    over = [draw.bond_id for draw in settlement.draws if draw.account == account and draw.bond_id is not None]
    bonds = [books.registry.bonds.get(bond_id) for bond_id in over]
    return any(bond is not None and bond.quota_fen is not None for bond in bonds)


def _premiums(books: Books, entries: list[Entry], payer_id: int) -> dict[int, PremiumKey]:
    """Return the premium behind each entry, by its number; older records by payer, moment and amount, each once."""
    known = {one.entry_id: one.key for one in books.ledger.premiums if one.entry_id and one.payer_id == payer_id}
    named = {entry.entry_id: entry.reverses or entry.entry_id for entry in entries if entry.kind in _PREMIUMS}
    found = {number: known[of] for number, of in named.items() if of in known}
    unnumbered = [one for one in books.ledger.premiums if one.payer_id == payer_id and not one.entry_id]
    paid = sorted(unnumbered, key=lambda premium: premium.key)
    for entry in entries:
        if entry.kind is not EntryKind.PREMIUM:
            continue
        amount_fen = sum(leg.amount_fen for leg in entry.legs if leg.account.pocket is Pocket.PREMIUMS)
        for premium in paid:
            if (premium.paid_at, premium.amount_fen) == (entry.event_at, amount_fen):
                found[entry.entry_id] = premium.key
                paid.remove(premium)
                break
    return found
