"""`gongji bench settle` in a very short form: its figures are all there, and what it counts comes from the books."""

import json
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from gongji.channels.bench.bills import Bills
from gongji.channels.bench.checking import check
from gongji.channels.bench.counters import Counters, patients_at_counters
from gongji.channels.bench.engine import drive
from gongji.channels.bench.families import AT, active_people, enter_papers, fill
from gongji.channels.bench.meters import Meter
from gongji.channels.bench.served import first_settlement
from gongji.gateways.scratch import Scratch, scratch
from gongji.services.batching import Batcher
from tests.journeys.test_cli import gongji
from tests.national_world import policy_book

PEOPLE = 100
TINY = ("--accounts", "200", "--active", "200", "--seconds", "0.3", "--runs", "1")
RANGED = ("engine_vs_pgbench_n", "http_vs_pgbench_n", "p99_ms_at_half_load", "hot_vs_spread", "cpu_us_per_settlement",
          "cold_vs_warm", "settlements_per_second", "pgbench_n_per_second", "http_per_second")  # fmt: skip


@pytest.fixture(scope="module")
def ground(tmp_path_factory) -> Iterator[Scratch]:
    with scratch(None, tmp_path_factory.mktemp("bench"), {}) as made:
        fill(made, PEOPLE)
        yield made


def schema(url):
    """Every index and constraint of our tables, as the database words them."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'gongji' UNION ALL"
            " SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'gongji'::regnamespace ORDER BY 1"
        ).fetchall()


def test_a_filled_database_has_sound_books_and_the_migrated_schema(ground):
    with ground.sibling() as empty, closing(ground.store(lambda: AT)) as store:
        assert store.faults() == []
        # Months are made as they come; a database that has not been filled lacks those of the bench.
        with psycopg.connect(empty.url) as connection:
            connection.execute("SELECT gongji.make_months('2026-01-05', 6)")
        assert schema(empty.url) == schema(ground.url)


def test_what_is_taken_out_of_the_books_is_reported(ground):
    people = active_people(PEOPLE, PEOPLE)
    with closing(ground.store(lambda: AT)) as store:
        enter_papers(store, people)
        with Batcher(store) as batcher:
            cases = Bills(policy_book(), lambda: AT, seed=1).draw(people, 300)
            drove = drive(batcher, cases, Meter(ground))
        sound = check(ground.url, store, drove.answers)
        assert (sound.settlements, sound.lost, sound.doubled, sound.negative, sound.unbalanced) == (300, 0, 0, 0, 0)
        assert sound.faults == ()
        assert sound.drawn_on_sharers > sound.drawn_on_two > 0

        with psycopg.connect(ground.url) as connection:
            connection.execute(
                "DELETE FROM gongji.settlement WHERE settle_id = (SELECT min(settle_id) FROM gongji.settlement)"
            )
            connection.execute("DELETE FROM gongji.request_answer WHERE msgid = %s", [cases[-1].msgid])
            connection.execute("UPDATE gongji.pocket SET balance_fen = balance_fen + 1 WHERE book_id = %s", [people[0]])
        found = check(ground.url, store, drove.answers)

    assert found.lost == 2
    assert found.faults


def test_visits_arrive_and_are_settled_at_a_server_with_a_worker(ground):
    counters = Counters(lambda: AT, patients_at_counters(range(1, PEOPLE + 1)), seed=2)
    with ground.sibling() as place:
        fill(place, PEOPLE)
        case, visit = counters.put_in()
        with closing(place.store(lambda: AT)) as store, Batcher(store) as batcher:
            enter_papers(store, range(1, PEOPLE + 1))
            drive(batcher, [case], Meter(place))

        server, seconds, first = first_settlement(place, lambda: AT, counters, visit, 1)
        with server:
            arrived = server.arrive(counters, [counters.coming() for _ in range(300)])
            loaded = server.load(counters, arrived.visits, 10)
        found = check(place.url, None, first.answers | loaded.answers)

    assert seconds > 0
    assert len({one.visit_id for one in arrived.visits}) == loaded.count == 300
    assert min(arrived.registering, arrived.listing, loaded.server_cpu) > 0
    assert 1 < loaded.batch <= 300
    assert (found.settlements, found.lost, found.doubled, found.negative) == (301, 0, 0, 0)


def test_only_what_writes_counts_as_a_commit(ground):
    meter = Meter(ground)
    with psycopg.connect(ground.url, autocommit=True) as connection:
        for _ in range(200):
            connection.execute("SELECT count(*) FROM gongji.pocket")
        reading = meter.stop()
        meter.start()
        for _ in range(200):
            connection.execute("UPDATE gongji.id_block SET next_id = next_id")
        writing = meter.stop()

    # PostgreSQL's own upkeep may take a few numbers, too.
    assert reading.commits < 100
    assert 200 <= writing.commits < 300


def figures(*words):
    told = json.loads(gongji("bench", "settle", "--json", *words))
    for name in RANGED:
        assert told[name]["min"] <= told[name]["median"] <= told[name]["max"], name
        assert told[name]["median"] > 0, name
    assert told["what"]["settlements"] == told["what"]["acknowledged"] > 0
    assert [told[name] for name in ("lost", "doubled", "negative", "unbalanced")] == [0, 0, 0, 0]
    assert told["restart_seconds"] > 0
    assert told["growth_1e7_vs_1e5"] is None
    assert [told["settings"][name] for name in ("fsync", "synchronous_commit", "full_page_writes")] == ["on"] * 3
    assert told["load_of_others"]["cores_used"]
    assert told["machine"]["cores"] >= 1
    return told


@pytest.mark.soak
def test_all_but_growth_and_peers_is_measured_in_a_short_run():
    figures("--quick", *TINY)


def test_the_engine_is_measured_and_a_figure_not_asked_for_is_told_as_none():
    told = json.loads(gongji("bench", "settle", "--json", *TINY))

    assert told["engine_vs_pgbench_n"]["median"] > 0
    assert (told["http_vs_pgbench_n"], told["hot_vs_spread"], told["restart_seconds"]) == (None, None, None)
    assert [told[name] for name in ("lost", "doubled", "negative", "unbalanced")] == [0, 0, 0, 0]
