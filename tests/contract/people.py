"""A father, his daughter, his friend, and the money and papers that tests about stores move around."""

from datetime import date, datetime

from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.requests import Answered, RequestKey, Scope
from gongji.ledger.records import Basis, Draw, Entry, EntryKind, Refund, Settlement
from gongji.registry.records import Identity
from gongji.services.store import Books, Store

FATHER, DAUGHTER, COUSIN, FRIEND = 11, 12, 13, 14
MORNING = datetime(2026, 3, 2, 9, 30)  # Beijing time throughout
NOON = datetime(2026, 3, 2, 12, 0)  # the same


def put_person(books: Books, person_id: int, **other: object) -> None:
    person = Insured(person_id=person_id, insured=Insurance.EMPLOYEE, region="beijing")
    books.registry.people.put(person_id, person)
    books.registry.identities.put(person_id, identity(person_id, **other))


def identity(person_id: int, **other: object) -> Identity:
    usual = {
        "psn_no": f"P{person_id}",
        "name": f"某{person_id}",
        "cert_type": "01",
        "certno": f"11010119800101{person_id:04d}",
        "card_no": f"C{person_id}",
    }
    return Identity(person_id=person_id, **(usual | other))  # type: ignore[arg-type]


def put_bond(books: Books, sharer_id: int, member_id: int) -> int:
    bond_id = books.ledger.take_id("bond")
    relation = Relation.CHILD
    books.registry.put_bond(
        Bond(bond_id=bond_id, sharer_id=sharer_id, member_id=member_id, relation=relation, since=MORNING)
    )
    return bond_id


def credit(books: Books, person_id: int, amount_fen: int, pocket: Pocket = Pocket.CARRY_OVER) -> Entry:
    moves = {Account(person_id, pocket): amount_fen, Account(person_id, Pocket.CREDITS): -amount_fen}
    return books.ledger.append(
        EntryKind.OPENING, moves, book_id=person_id, event_at=MORNING, recorded_at=MORNING, request="opening"
    )


def family(store: Store) -> int:
    """Enter the four with 100.00 each; the father shares with his daughter, the cousin with the father."""

    def work(books: Books) -> int:
        for person_id in (FATHER, DAUGHTER, COUSIN, FRIEND):
            put_person(books, person_id)
            credit(books, person_id, 100_00)
        put_bond(books, COUSIN, FATHER)
        return put_bond(books, FATHER, DAUGHTER)

    return store.run(Scope(people={FATHER, DAUGHTER, COUSIN, FRIEND}), work)


def settle(books: Books, msgid: str, amount_fen: int, bond_id: int | None, **other: object) -> Settlement:
    """Let the father pay for his daughter, and note the answer to `msgid`; `other` is what else the settlement says."""
    moves = {Account(FATHER, Pocket.CARRY_OVER): -amount_fen, Account(DAUGHTER, Pocket.INSTITUTION): amount_fen}
    entry = books.ledger.append(
        EntryKind.SETTLEMENT,
        moves,
        book_id=DAUGHTER,
        event_at=NOON,
        recorded_at=NOON,
        request=msgid,
        basis=Basis("ab" * 32, ("beijing/a/2025-01-01", "beijing/b/2025-01-01"), b'{"x":1}', 3),
    )
    settlement = Settlement(
        settle_id=books.ledger.take_id("settlement"),
        book_id=DAUGHTER,
        entry_id=entry.entry_id,
        settled_at=NOON,
        visited_on=NOON.date(),
        region="beijing",
        year_start=date(2026, 1, 1),
        total_fen=amount_fen,
        draws=(Draw(Account(FATHER, Pocket.CARRY_OVER), amount_fen, bond_id),),
        given_back=(0,),
    )
    settlement = replace(settlement, **other)
    books.ledger.settlements.put(settlement.settle_id, settlement)
    books.ledger.answers.put(key(msgid), answered(msgid, settlement.settle_id))
    return settlement


def give_back(books: Books, settle_id: int, amount_fen: int, at: datetime = NOON, *, full: bool = False) -> Refund:
    """Give the father back what he paid, or part of it, under a number of its own."""
    settled = books.ledger.settlements[settle_id]
    moves = {Account(FATHER, Pocket.CARRY_OVER): amount_fen, Account(DAUGHTER, Pocket.INSTITUTION): -amount_fen}
    entry = books.ledger.append(
        EntryKind.REVERSAL, moves, book_id=DAUGHTER, event_at=at, recorded_at=at, reverses=settled.entry_id
    )
    back = Refund(
        refund_id=books.ledger.take_id("settlement"),
        settle_id=settle_id,
        book_id=DAUGHTER,
        entry_id=entry.entry_id,
        refunded_at=at,
        back_fens=(amount_fen,),
        full=full,
    )
    after = replace(settled, given_back=(settled.given_back[0] + amount_fen,), reversed=full)
    books.ledger.settlements.put(settle_id, after)
    books.ledger.refunds.put(back.refund_id, back)
    return back


def key(msgid: str) -> RequestKey:
    return RequestKey("H11010100001", msgid, NOON.date())


def answered(msgid: str, settle_id: int | None = None) -> Answered:
    return Answered(
        key=key(msgid), kind="2207", digest=b"\x00\xff" * 16, answer=b"{}", book_id=DAUGHTER, settle_id=settle_id
    )
