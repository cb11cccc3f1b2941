"""What PostgreSQL itself must see to: the last word on money, the lease, both times, sealed papers."""

from datetime import date, datetime

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import errors

from gongji.domain.account import Account, Pocket
from gongji.domain.insured import Status
from gongji.domain.requests import Scope
from gongji.gateways.connections import open_connection
from gongji.gateways.database import PostgresStore
from gongji.ledger.records import Balance, Entry, EntryKind, Leg
from gongji.registry.cipher import Seal
from gongji.registry.records import WrongKeyError
from gongji.services.store import Books, LeaseLostError, RecordRefusedError, StaleError
from tests.contract.conftest import KEY
from tests.contract.people import (
    DAUGHTER,
    FATHER,
    FRIEND,
    NOON,
    credit,
    family,
    identity,
    key,
    settle,
)


@pytest.fixture
def store(postgres_store):
    return postgres_store


def ask(database: str, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(question.encode()).fetchall()


def len_of_people(books: Books) -> int:
    return len(books.registry.people)


def tell(database: str, statement: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(statement.encode())


# Recorded is recorded.


RECORDED = [
    "posting", "entry", "settlement", "refund", "request_answer", "transfer", "premium", "bond", "insurance",
    "code_use", "dossier", "dossier_party",
]  # fmt: skip


@pytest.mark.parametrize(
    "statement",
    [
        *(f"DELETE FROM gongji.{table}" for table in [*RECORDED, "pocket", "lease", "posting_default"]),  # noqa: S608  # our own names
        *(f"TRUNCATE gongji.{table}" for table in RECORDED),
        "UPDATE gongji.posting SET amount_fen = 0",
        "UPDATE gongji.posting_default SET amount_fen = 0",
        "UPDATE gongji.entry SET leg_fens = '{}'",
        "UPDATE gongji.request_answer SET answer = ''",
        "UPDATE gongji.settlement SET total_fen = 0",
        "UPDATE gongji.settlement SET detail = '{}'",
        "UPDATE gongji.refund SET cash_fen = 0",
        "UPDATE gongji.code_use SET visit_id = ''",
        "UPDATE gongji.transfer SET amount_fen = 0",
        "UPDATE gongji.premium SET amount_fen = 0",
        "UPDATE gongji.bond SET cap_fen = 0",
        "UPDATE gongji.insurance SET region = ''",
        "INSERT INTO gongji.posting_default SELECT * FROM gongji.posting",
        "ALTER TABLE gongji.posting DISABLE TRIGGER ALL",
        "DROP TABLE gongji.posting",
        "CREATE TABLE gongji.mine ()",
    ],
)
def test_the_program_cannot_change_what_is_recorded(store, database, statement):
    family(store)

    with open_connection(database) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute(statement.encode())


@pytest.mark.parametrize("legs", ["{1,2}", "{1}", "{NULL}", "{5,NULL,-5}"])
def test_an_entry_that_does_not_add_up_is_refused_whoever_writes_it(database, legs):
    count = legs.count(",") + 1
    ones = "{" + ",".join("1" * count) + "}"
    statement = (
        "INSERT INTO gongji.entry VALUES (1, 1, '2026-01-01', '2026-01-01', 'opening', '', NULL, '', '{}', '', 0,"
        " %(ones)s::text::bigint[], %(ones)s::text::text[], %(ones)s::text::bigint[],"
        " %(legs)s::bigint[], %(ones)s::text::bigint[], %(ones)s::text::bigint[])"
    )

    with psycopg.connect(database) as connection, pytest.raises(errors.CheckViolation, match="adds_up_to_zero"):
        connection.execute(statement.encode(), {"ones": ones, "legs": legs})


def test_an_unbalanced_entry_does_not_pass_the_store_either(store):
    legs = (Leg(Account(FATHER, Pocket.CARRY_OVER), 5, 5, 1),)
    entry = Entry(entry_id=1, book_id=FATHER, kind=EntryKind.OPENING, event_at=NOON, recorded_at=NOON, legs=legs)

    with pytest.raises(RecordRefusedError, match="entry_adds_up_to_zero"):
        store.run(Scope(), lambda books: books.ledger.entries.put(1, entry))

    assert store.faults() == []


def test_a_pocket_below_zero_is_refused(store):
    family(store)
    pocket = Account(FATHER, Pocket.CARRY_OVER)

    with pytest.raises(RecordRefusedError, match="pocket_never_below_zero"):
        store.run(Scope(people={FATHER}), lambda books: books.ledger.pockets.put(pocket, Balance(-1, 2)))


@pytest.mark.parametrize("given_back", [(30_01,), (-1,), (1, 1)])
def test_no_more_is_refunded_than_was_drawn(store, given_back):
    bond_id = family(store)
    settlement = store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))
    wrong = replace(settlement, given_back=given_back)

    with pytest.raises(RecordRefusedError, match="settlement_refunds_within_draws"):
        store.run(
            Scope(settlements={settlement.settle_id}),
            lambda books: books.ledger.settlements.put(settlement.settle_id, wrong),
        )


# One writer.


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gongji.pocket SET version = version + 1 WHERE book_id = 11",
        "UPDATE gongji.settlement SET reversed = true",
        "UPDATE gongji.bond_use SET used_fen = 1",
    ],
)
def test_what_another_changed_since_it_was_loaded_is_noticed_and_nothing_written(store, database, statement):
    bond_id = family(store)
    settlement = store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))

    def work(books: Books) -> None:
        bond = books.registry.bonds[bond_id]
        books.registry.put_bond(replace(bond, used_fen=bond.used_fen + 30_00))
        books.ledger.settlements.put(settlement.settle_id, replace(settlement, given_back=(30_00,)))
        settle(books, "two", 5_00, bond_id)
        tell(database, statement)

    with pytest.raises(StaleError):
        store.run(Scope(settlements={settlement.settle_id}), work)

    assert store.read(Scope(requests={key("two")}), lambda books: len(books.ledger.answers)) == 0


def test_a_second_writer_waits_and_takes_over_when_the_first_gives_the_lease_back(store, database):
    family(store)
    successor = PostgresStore(database, KEY, lease_seconds=1)

    with pytest.raises(LeaseLostError):  # the first has its lease for five seconds; this one gives up after three
        successor.run(Scope(people={FRIEND}), lambda books: credit(books, FRIEND, 1))
    store.close()
    last = PostgresStore(database, KEY)
    last.run(Scope(people={FATHER}), lambda books: credit(books, FATHER, 1_00))

    assert last.faults() == []
    assert ask(database, "SELECT epoch FROM gongji.lease") == [(2,)]
    last.close()
    successor.close()


def test_a_writer_that_lost_its_lease_cannot_write_any_more(store, database):
    family(store)
    tell(database, "UPDATE gongji.lease SET writer = 'another', epoch = epoch + 1")

    for _ in range(2):
        with pytest.raises(LeaseLostError):
            store.run(Scope(people={FATHER}), lambda books: credit(books, FATHER, 1_00))

    pocket = Account(FATHER, Pocket.CARRY_OVER)
    assert store.read(Scope(people={FATHER}), lambda books: books.ledger.pockets[pocket]) == Balance(100_00, 1)


def test_a_successor_waits_until_a_silent_writers_lease_has_run_out(database, clean_database):
    silent = PostgresStore(clean_database, KEY, lease_seconds=1)
    family(silent)
    said: list[str] = []
    successor = PostgresStore(database, KEY, said.append, lease_seconds=1)

    successor.run(Scope(people={FATHER}), lambda books: credit(books, FATHER, 1_00))
    with pytest.raises(LeaseLostError):
        silent.run(Scope(people={FATHER}), lambda books: credit(books, FATHER, 1_00))

    assert said[0] == "Another writer held the lease; waiting for it to run out."
    successor.close()
    silent.close()


def test_a_lease_renewed_in_time_is_kept_while_idle(store, database):
    family(store)
    ((before, epoch),) = ask(database, "SELECT until::text, epoch FROM gongji.lease")

    store.renew()

    assert ask(database, f"SELECT until > '{before}', epoch FROM gongji.lease") == [(True, epoch)]  # noqa: S608  # its own answer


def test_a_lost_connection_is_opened_anew(store, database):
    family(store)
    tell(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gongji'")

    store.run(Scope(people={FATHER}), lambda books: credit(books, FATHER, 1_00))

    pocket = Account(FATHER, Pocket.CARRY_OVER)
    assert store.run(Scope(people={FATHER}), lambda books: books.ledger.pockets[pocket]) == Balance(101_00, 2)


def test_ids_go_on_above_those_of_an_earlier_writer(store, database):
    first = store.run(Scope(), lambda books: books.ledger.take_id("entry"))
    store.close()
    successor = PostgresStore(database, KEY)

    assert successor.run(Scope(), lambda books: books.ledger.take_id("entry")) > first
    successor.close()


# Both times.


def test_a_change_of_insurance_learnt_late_is_put_down_with_both_times(database, clean_database):
    now = [datetime(2026, 1, 5, 8)]  # Beijing time
    store = PostgresStore(clean_database, KEY, clock=lambda: now[0])
    family(store)

    def suspend(books: Books) -> None:
        books.registry.people.put(FATHER, replace(books.registry.people[FATHER], status=Status.SUSPENDED))
        books.true_from.put(FATHER, date(2025, 12, 1))

    now[0] = datetime(2026, 2, 1, 8)  # the same
    store.run(Scope(people={FATHER}), suspend)
    store.close()

    held = "SELECT status FROM gongji.insurance WHERE book_id = 11 AND true_from <= '{}' AND true_until > '{}'"
    known = " AND known_from <= '{}' AND known_until > '{}'"

    def status(day: str, as_known_on: str) -> list[tuple[object, ...]]:
        return ask(database, held.format(day, day) + known.format(as_known_on, as_known_on))

    assert status("2025-11-30", "2026-01-20") == [("active",)]
    assert status("2025-12-15", "2026-01-20") == [("active",)]  # nobody knew better then
    assert status("2025-11-30", "2026-02-20") == [("active",)]
    assert status("2025-12-15", "2026-02-20") == [("suspended",)]
    assert status("2026-12-15", "2026-02-20") == [("suspended",)]


def test_a_bond_keeps_its_earlier_terms_and_one_row_is_current(store, database):
    bond_id = family(store)
    for cap_fen in (50_00, 60_00):
        store.run(
            Scope(people={FATHER}),
            lambda books, cap=cap_fen: books.registry.put_bond(replace(books.registry.bonds[bond_id], cap_fen=cap)),
        )

    rows = ask(
        database,
        "SELECT version, cap_fen, true_until = 'infinity', known_until = 'infinity' FROM gongji.bond"
        " WHERE book_id = 11 ORDER BY version",
    )
    assert rows[0] == (1, None, True, False)  # what was believed to last for ever
    assert rows[1] == (2, None, False, True)  # what is known of it now
    assert rows[-1] == (5, 60_00, True, True)
    assert sum(1 for *_, true, known in rows if true and known) == 1


def test_paying_over_a_bond_makes_no_new_version_of_its_terms(store, database):
    bond_id = family(store)
    for used_fen in (5_00, 6_00):
        store.run(
            Scope(people={FATHER}),
            lambda books, used=used_fen: books.registry.put_bond(replace(books.registry.bonds[bond_id], used_fen=used)),
        )

    assert ask(database, "SELECT count(*) FROM gongji.bond WHERE book_id = 11") == [(1,)]


# Sealed papers.


def test_no_name_and_no_number_can_be_read_in_the_database(store, database):
    family(store)
    store.run(
        Scope(people={FATHER}),
        lambda books: books.registry.identities.put(FATHER, identity(FATHER, card_sn="SERIAL-OF-FATHER")),
    )

    private = identity(FATHER)
    for table in ("identity", "directory", "person"):
        for (row,) in ask(database, f"SELECT t::text FROM gongji.{table} AS t"):  # noqa: S608  # our own names
            for secret in (private.name, private.certno, f'"{private.card_no}"', "SERIAL-OF-FATHER"):
                assert secret not in str(row)
                assert secret.encode().hex() not in str(row)


def test_another_key_opens_nothing(store, database):
    family(store)
    store.close()
    other = PostgresStore(database, bytes(32))

    with pytest.raises(WrongKeyError, match="the key at hand"):
        other.read(Scope(people={FATHER}), len_of_people)
    assert other.read(Scope(certificates={("psn_no", "P11")}), lambda books: dict(books.registry.directory)) == {}
    other.close()


def test_papers_moved_to_another_person_are_noticed(store, database):
    family(store)
    tell(
        database,
        "UPDATE gongji.identity AS i SET sealed = o.sealed FROM gongji.identity AS o"
        " WHERE i.book_id = 11 AND o.book_id = 12",
    )

    with pytest.raises(WrongKeyError, match="not what was sealed"):
        store.read(Scope(people={FATHER}), len_of_people)


def test_the_same_text_is_never_sealed_the_same_way_twice():
    seal = Seal(KEY)

    one, other = seal.seal(b"same", owner="a"), seal.seal(b"same", owner="a")

    assert one != other
    assert seal.open(one, owner="a", key_id=seal.key_id) == seal.open(other, owner="a", key_id=seal.key_id) == b"same"
    assert seal.key_hash("certno", "1") == Seal(KEY).key_hash("certno", "1")
    assert seal.key_hash("certno", "1") != seal.key_hash("card_no", "1")


def test_a_key_of_another_length_is_refused():
    with pytest.raises(WrongKeyError, match="not 32"):
        Seal(b"short")
