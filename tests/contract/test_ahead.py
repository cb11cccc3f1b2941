"""Batches thought out ahead of those that are still being committed: in order, on what will be, all or none."""

import random
import threading
from concurrent.futures import wait

import psycopg
import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Scope
from gongji.gateways.database import PostgresStore
from gongji.ledger.records import Entry, EntryKind, Leg
from gongji.services.batching import Batcher, Job, run_jobs
from gongji.services.store import Books, MemoryStore, RecordRefusedError, StaleError, Store
from tests.contract.conftest import KEY
from tests.contract.people import COUSIN, DAUGHTER, FATHER, FRIEND, NOON, credit, family, give_back, put_bond, settle

POCKET = Account(FATHER, Pocket.CARRY_OVER)
SCOPE = Scope(people={FATHER})


@pytest.fixture
def store(postgres_store):
    family(postgres_store)
    return postgres_store


def give(amount_fen: int):
    return lambda books: credit(books, FATHER, amount_fen).legs


def balance(store: Store) -> int:
    return store.read(SCOPE, lambda books: books.ledger.pockets[POCKET].balance_fen)


def test_a_batch_is_thought_out_on_what_the_one_before_will_have_written(store):
    first = store.think(SCOPE, give(1_00))
    second = store.think(SCOPE, lambda books: (books.ledger.pockets[POCKET], give(2_00)(books)))

    assert second.answer[0].balance_fen == 101_00
    assert balance(store) == 100_00  # readers see what is committed
    first.settle()
    second.settle()
    assert balance(store) == 103_00
    assert store.faults() == []


def test_what_is_settled_out_of_turn_is_not_settled_and_neither_is_the_other(store):
    first, second = store.think(SCOPE, give(1_00)), store.think(SCOPE, give(2_00))

    for thought in (second, first, second):
        with pytest.raises(StaleError):
            thought.settle()
    assert balance(store) == 100_00

    store.run(SCOPE, give(4_00))
    assert balance(store) == 104_00


def test_when_one_cannot_be_written_those_after_it_are_not_either(store, database):
    first, second = store.think(SCOPE, give(1_00)), store.think(Scope(people={FRIEND}), lambda b: credit(b, FRIEND, 1))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE gongji.pocket SET version = 7 WHERE book_id = 11")

    for thought in (first, second):
        with pytest.raises(StaleError):
            thought.settle()

    friend = Account(FRIEND, Pocket.CARRY_OVER)
    assert store.read(Scope(people={FRIEND}), lambda books: books.ledger.pockets[friend].balance_fen) == 100_00
    assert store.run(SCOPE, lambda books: books.ledger.pockets[POCKET].version) == 7


def test_a_record_that_is_refused_takes_those_after_it_along(store):
    def unbalanced(books: Books) -> None:
        legs = (Leg(POCKET, 5, 5, 1),)
        entry = Entry(entry_id=1, book_id=FATHER, kind=EntryKind.OPENING, event_at=NOON, recorded_at=NOON, legs=legs)
        books.ledger.entries.put(1, entry)

    first, second = store.think(SCOPE, unbalanced), store.think(SCOPE, give(1_00))

    with pytest.raises(RecordRefusedError):
        first.settle()
    with pytest.raises(StaleError):
        second.settle()
    assert balance(store) == 100_00


def test_who_has_to_be_loaded_anew_is_waited_for_until_it_is_committed(store):
    first = store.think(Scope(people={FATHER, FRIEND}), lambda books: put_bond(books, FATHER, FRIEND))
    seen: list[set[int]] = []

    def look() -> None:
        thought = store.think(SCOPE, lambda books: {bond.member_id for bond in books.registry.bonds_of_sharer(FATHER)})
        thought.settle()
        seen.append(thought.answer)

    other = threading.Thread(target=look)
    other.start()
    first.settle()
    other.join()

    assert seen == [{DAUGHTER, FRIEND}]


def test_who_waits_for_a_batch_that_falls_is_told_so(store, database):
    first = store.think(Scope(people={FATHER, FRIEND}), lambda books: put_bond(books, FATHER, FRIEND))
    faults: list[Exception] = []

    def look() -> None:
        try:
            store.think(SCOPE, lambda _: None).settle()
        except StaleError as fault:
            faults.append(fault)

    other = threading.Thread(target=look)
    other.start()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE gongji.lease SET epoch = epoch + 1")
    with pytest.raises(Exception, match="took over"):
        first.settle()
    other.join()

    assert len(faults) == 1


# Many at once come to the same as one after another.


def jobs_of(seed: int, bond_id: int) -> list[Job]:
    """Return a hundred jobs of all kinds that touch the same few people; what is refused raises and changes nothing."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    jobs = []
    for number in range(100):
        kind, person_id, fen = (
            chance.randrange(6),
            chance.choice((FATHER, DAUGHTER, COUSIN, FRIEND)),
            chance.randrange(1, 900),
        )
        jobs.append(_job(kind, number, person_id, fen, bond_id))
    return jobs


def _job(kind: int, number: int, person_id: int, fen: int, bond_id: int) -> Job:
    def work(books: Books) -> bytes:
        if kind <= 2:
            settle(books, f"m{number}", fen, bond_id)
            bond = books.registry.bonds[bond_id]
            books.registry.put_bond(replace(bond, used_fen=bond.used_fen + fen))
        elif kind == 3:
            credit(books, person_id, fen)
        elif kind == 4 and person_id != FATHER:
            put_bond(books, FATHER, person_id)
        else:
            raise ValueError("refused")
        return f"{number} {books.ledger.balance(FATHER, Pocket.CARRY_OVER)}".encode()

    return Job(Scope(people={person_id, DAUGHTER}), work)


def state(store: Store) -> object:
    people = Scope(people={FATHER, DAUGHTER, COUSIN, FRIEND})
    return store.read(
        people,
        lambda books: (
            dict(books.ledger.pockets.rows),
            sorted((bond.sharer_id, bond.member_id, bond.used_fen) for bond in books.registry.bonds),
        ),
    )


@pytest.mark.parametrize("kept", [1, 100_000])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_thought_ahead_comes_to_the_same_as_one_after_another(clean_database, seed, kept):
    plain = MemoryStore()
    expected = [outcome for job in jobs_of(seed, family(plain)) for outcome in run_jobs(plain, [job])]
    store = PostgresStore(clean_database, KEY, people_kept=kept)
    bond_id = family(store)

    with Batcher(store, most=3) as batcher:
        answers = [batcher.submit(job) for job in jobs_of(seed, bond_id)]
        wait(answers)

    found = [answer.exception() or answer.result() for answer in answers]
    assert [one if isinstance(one, bytes) else type(one) for one in found] == [
        one if isinstance(one, bytes) else type(one) for one in expected
    ]
    assert state(store) == state(plain)
    assert store.faults() == []
    store.close()


def test_a_refund_is_thought_out_on_a_settlement_that_is_not_committed_yet(store):
    def settled(books: Books) -> bytes:
        return str(settle(books, "one", 30_00, None).settle_id).encode()

    with Batcher(store, most=1) as batcher:
        settle_id = int(batcher.submit(Job(Scope(people={DAUGHTER}), settled)).result())

        def back(books: Books) -> bytes:
            return str(give_back(books, settle_id, 10_00).refund_id).encode()

        again = [batcher.submit(Job(Scope(settlements={settle_id}), back)) for _ in range(3)]
        wait(again)

    assert balance(store) == 100_00
    assert store.faults() == []
