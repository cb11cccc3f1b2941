"""PostgreSQL or the writer is killed in mid-batch: all that was acknowledged is there, nothing is torn."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Scope
from gongji.domain.writes import Write
from gongji.gateways.database import PostgresStore
from gongji.gateways.embedded import EmbeddedPostgres
from gongji.gateways.migrating import migrate
from gongji.services.store import Books, Store, StoreDownError, UnknownOutcomeError
from tests.contract.people import DAUGHTER, FATHER, credit, family, key, settle

pytestmark = pytest.mark.faults

KEY = bytes(range(32))
BATCH = 20
OPENING_FEN = 1_000_000_00
EACH_FEN = 1_00


@pytest.fixture
def server(tmp_path):
    server = EmbeddedPostgres(tmp_path / "data")
    migrate(server.start(), say=lambda _: None)
    yield server
    server.remove()


def prepare(store: Store) -> int:
    """Enter the family, the father with enough money for every batch to come, and return the bond."""
    bond_id = family(store)
    store.run(Scope(people={FATHER}), lambda books: credit(books, FATHER, OPENING_FEN))
    return bond_id


def run_batch(store: Store, number: int, bond_id: int) -> None:
    names = [f"{number}/{place}" for place in range(BATCH)]
    scope = Scope(people={DAUGHTER}, requests={key(name) for name in names})

    def work(books: Books) -> None:
        for name in names:
            if key(name) not in books.ledger.answers:
                settle(books, name, EACH_FEN, bond_id)

    store.run(scope, work)


def found(store: Store, numbers: range) -> dict[int, int]:
    """Return how many answers of each batch are in the database."""
    scope = Scope(requests={key(f"{number}/{place}") for number in numbers for place in range(BATCH)})
    names = store.read(scope, lambda books: [each.key.msgid for each in books.ledger.answers])
    return {number: sum(name.startswith(f"{number}/") for name in names) for number in numbers}


def check(store: Store, acknowledged: list[int], attempted: int) -> None:
    """Assert that every acknowledged batch is there, each batch whole or not at all, and the money with it."""
    counts = found(store, range(attempted))

    assert [number for number in acknowledged if counts[number] != BATCH] == []
    assert set(counts.values()) <= {0, BATCH}
    assert store.faults() == []
    settlements = sum(counts.values())
    left_fen = store.read(Scope(people={FATHER}), lambda books: books.ledger.balance(FATHER, Pocket.CARRY_OVER))
    assert left_fen == 100_00 + OPENING_FEN - settlements * EACH_FEN
    paid = [entry for entry in store.entries_of(DAUGHTER) if entry.kind == "settlement"]
    assert len(paid) == len({entry.entry_id for entry in paid}) == settlements
    version = store.read(Scope(people={FATHER}), lambda b: b.ledger.pockets[Account(FATHER, Pocket.CARRY_OVER)].version)
    assert version == settlements + 2


@pytest.mark.parametrize("wait_seconds", [0.15, 0.4, 0.75])
def test_postgresql_killed_in_mid_batch_loses_nothing_it_acknowledged(server, wait_seconds):
    store = PostgresStore(server.url, KEY, lease_seconds=1)
    bond_id = prepare(store)
    acknowledged: list[int] = []
    attempted = [0]
    ended: list[BaseException] = []

    def write() -> None:
        try:
            for number in itertools.count():
                attempted[0] = number + 1
                run_batch(store, number, bond_id)
                acknowledged.append(number)
        except (StoreDownError, UnknownOutcomeError) as fault:
            ended.append(fault)

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(wait_seconds)
    server.kill_immediately()
    writer.join(timeout=30)
    server.start()

    assert len(ended) == 1
    assert acknowledged
    again = PostgresStore(server.url, KEY, lease_seconds=1)
    check(again, acknowledged, attempted[0])
    # The caller who got no answer asks again with the same ids, and all are settled once.
    run_batch(again, attempted[0] - 1, bond_id)
    check(again, [*acknowledged, attempted[0] - 1], attempted[0])
    again.close()
    store.close()


def test_the_same_store_goes_on_when_postgresql_has_come_back(server):
    store = PostgresStore(server.url, KEY, lease_seconds=1)
    bond_id = prepare(store)
    run_batch(store, 0, bond_id)

    server.kill_immediately()
    with pytest.raises(StoreDownError):
        run_batch(store, 1, bond_id)
    server.start()
    run_batch(store, 1, bond_id)

    check(store, [0, 1], 2)
    store.close()


def test_a_connection_that_breaks_at_the_commit_leaves_the_outcome_unknown(server, monkeypatch):
    store = PostgresStore(server.url, KEY, lease_seconds=1)
    bond_id = prepare(store)
    run_batch(store, 0, bond_id)
    connection = store._writing.connection
    commit = type(connection).commit

    def commit_and_break(_: object) -> None:
        server.kill_immediately()
        commit(connection)

    monkeypatch.setattr(type(connection), "commit", commit_and_break)
    with pytest.raises(UnknownOutcomeError):
        run_batch(store, 1, bond_id)
    monkeypatch.undo()
    server.start()

    run_batch(store, 1, bond_id)
    check(store, [0, 1], 2)
    store.close()


def test_a_connection_that_is_gone_before_the_commit_commits_nothing_and_says_so(server, monkeypatch):
    store = PostgresStore(server.url, KEY, lease_seconds=1)
    bond_id = prepare(store)
    run_batch(store, 0, bond_id)
    carry_out = store._carry_out

    def carry_out_and_close(writes: list[Write]) -> None:
        carry_out(writes)
        store._writing.connection.close()

    monkeypatch.setattr(store, "_carry_out", carry_out_and_close)
    with pytest.raises(StoreDownError):
        run_batch(store, 1, bond_id)
    monkeypatch.undo()

    run_batch(store, 1, bond_id)
    check(store, [0, 1], 2)
    store.close()


WRITER = """
import itertools, sys
from gongji.domain.writes import Write
from gongji.gateways.database import PostgresStore
from tests.faults.test_store_kill import KEY, prepare, run_batch
store = PostgresStore(sys.argv[1], KEY, lease_seconds=1)
bond_id = prepare(store)
print("bond", bond_id, flush=True)
for number in itertools.count():
    run_batch(store, number, bond_id)
    print(number, flush=True)
"""


def test_a_writer_killed_in_mid_batch_leaves_whole_batches_and_its_successor_goes_on(server):
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, server.url]
    environment = {"PYTHONPATH": str(root), "PATH": os.defpath}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=environment) as writer:
        if writer.stdout is None:
            raise RuntimeError("no pipe")
        bond_id = int(writer.stdout.readline().split()[1])
        lines = [writer.stdout.readline() for _ in range(5)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
    acknowledged = [int(line) for line in lines if line.endswith("\n")]

    successor = PostgresStore(server.url, KEY, lease_seconds=1)
    attempted = len(acknowledged) + 1
    check(successor, acknowledged, attempted)
    run_batch(successor, attempted - 1, bond_id)

    check(successor, [*acknowledged, attempted - 1], attempted)
    successor.close()
