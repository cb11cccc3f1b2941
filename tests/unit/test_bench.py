"""The bench's own arithmetic: what it counts as lost and doubled, ratios of pairs, whom it draws, what it sends."""

import asyncio
import json
import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from docs import bench_page
from gongji.channels.bench.bills import Bills
from gongji.channels.bench.checking import doubled, lost
from gongji.channels.bench.counters import PROFILE, Counters, keys_text, patients_at_counters
from gongji.channels.bench.families import (
    AT,
    BLOCK,
    REGION,
    SEATS,
    active_people,
    enter_papers,
    fathers_of,
    mothers_of,
    seat_of,
)
from gongji.channels.bench.loading import Line, Load, percentile, read_parts, write_parts
from gongji.channels.bench.ratios import ratios, spread
from gongji.channels.bench.report import BARS, rows, sentences
from gongji.channels.national.door import Door
from gongji.channels.national.signing.keys import read_keys
from gongji.channels.national.signing.profiles import chosen
from gongji.domain.account import Account, Pocket
from gongji.domain.insured import Insurance, Insured
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.registry.catalogue import sample_catalogue
from gongji.registry.codes import Codes
from gongji.services.store import MemoryStore
from tests.national_world import policy_book

ROOT = Path(__file__).parents[2]

TOLD = {"m1": "aa", "m2": "bb"}
KEPT = {"m1": (1, "aa"), "m2": (2, "bb")}


def test_nothing_is_lost_when_every_answer_is_kept_and_stands_for_a_settlement():
    assert lost(TOLD, KEPT, [1, 2]) == 0
    assert doubled([("m1", 1), ("m2", 2)]) == 0


@pytest.mark.parametrize(
    ("kept", "settled"),
    [
        ({"m1": (1, "aa")}, [1, 2]),  # an answer that is not kept
        (KEPT | {"m2": (2, "other")}, [1, 2]),  # one that is kept otherwise
        (KEPT, [1]),  # a settlement that is gone
    ],
)
def test_an_acknowledged_answer_without_its_record_is_lost(kept, settled):
    assert lost(TOLD, kept, settled) == 1


def test_a_second_settlement_of_a_request_or_under_a_number_is_one_too_many():
    assert doubled([("m1", 1), ("m1", 2)]) == 1
    assert doubled([("m1", 1), ("m2", 1)]) == 1


def test_ratios_are_those_of_pairs_in_turn():
    assert ratios([10.0, 30.0, 20.0], [5.0, 10.0, 5.0]) == {"median": 3.0, "min": 2.0, "max": 4.0}
    assert spread([]) is None


def test_families_have_two_to_six_people_and_three_in_ten_have_two_sharers():
    sizes = [seat.size for seat in SEATS if seat.place == 0]

    assert (len(SEATS), sizes) == (BLOCK, [2, 3, 4, 5, 6])
    assert sum(seat.sharers > 1 for seat in SEATS) == 6
    assert seat_of(1) == seat_of(BLOCK + 1) == SEATS[0]


def test_those_who_fall_ill_are_whole_families_and_the_same_each_time():
    active = active_people(1_000, 200)

    assert active == active_people(1_000, 200)
    assert len(set(active)) == 200
    assert len(fathers_of(active)) == 50
    assert len(mothers_of(active)) == 20
    assert all(seat_of(one).employed for one in patients_at_counters(active))


def test_bills_are_the_same_for_a_seed_and_no_id_comes_twice():
    first, again = (Bills(policy_book(), lambda: AT, seed=1).draw(range(1, 101), 50) for _ in range(2))
    other = Bills(policy_book(), lambda: AT, seed=2).draw(range(1, 101), 50)

    assert [(one.msgid, one.patient_id, one.by_lines) for one in first] == [
        (one.msgid, one.patient_id, one.by_lines) for one in again
    ]
    assert len({one.msgid for one in first + other}) == 100


def world_of(person_id):
    """The door of a server under the bench's profile and keys, before books with one family's father."""
    store = MemoryStore()

    def enter(books):
        insured = Insured(
            person_id=person_id, insured=Insurance.EMPLOYEE, region=REGION, account=True, born=date(1980, 1, 1)
        )
        books.registry.people.put(person_id, insured)
        moves = {Account(person_id, Pocket.CARRY_OVER): 10_000_00, Account(person_id, Pocket.CREDITS): -10_000_00}
        books.ledger.append(EntryKind.OPENING, moves, book_id=person_id, event_at=AT, recorded_at=AT)

    store.run(Scope(), enter)
    enter_papers(store, [person_id])
    codes = Codes(bytes(32), os.urandom)
    keys = read_keys(keys_text())
    return Door(store, policy_book(), sample_catalogue(), codes=codes, choice=chosen(PROFILE), keys=keys)


def sent(door, request):
    """The answer of the door to a whole HTTP request, a minute later."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in rest)
    assert int(headers["content-length"]) == len(body)
    answer = json.loads(door.handle(body, first.split()[1], AT + timedelta(minutes=1), headers))
    assert answer["infcode"] == 0, answer
    return answer["output"]


def test_a_visit_arrives_and_is_settled_by_messages_that_the_door_believes():
    door, counters = world_of(1), Counters(lambda: AT, [1], seed=1)
    visit = counters.coming()
    told = [counters.registering(visit)]
    number = sent(door, told[0][1])["data"]["mdtrt_id"]
    known = replace(visit, visit_id=number)
    told += [counters.listing(known), counters.settling(known)]

    lines = sent(door, told[1][1])["result"]
    paid = sent(door, told[2][1])["setlinfo"]

    assert [Decimal(line["det_item_fee_sumamt"]) * 100 for line in lines] == list(visit.fens)
    assert Decimal(paid["medfee_sumamt"]) * 100 == sum(visit.fens)
    assert (visit.visit_id, paid["mdtrt_id"]) == ("", number)
    assert len({msgid for msgid, _ in told}) == 3


def test_a_message_that_was_tampered_with_is_not_believed():
    door, counters = world_of(1), Counters(lambda: AT, [1], seed=1)
    _, request = counters.registering(counters.coming())

    with pytest.raises(AssertionError, match="infcode"):
        sent(door, request.replace("内科".encode(), "外科".encode()))


def test_texts_go_into_a_file_and_come_back_whole(tmp_path):
    parts = [b"", b"one\n", b"\x00" * 300]
    write_parts(tmp_path / "parts", parts)

    assert list(read_parts(tmp_path / "parts")) == parts


def test_percentiles():
    assert percentile([], 0.99) == 0
    assert percentile(list(range(100)), 0.99) == 99
    assert percentile(list(range(100)), 0.5) == 50


class Echo(asyncio.Protocol):
    """Answers each request in two pieces with what it was asked."""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        body = data.partition(b"\r\n\r\n")[2]
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:1])
        self.transport.write(body[1:])


@pytest.mark.parametrize("rate", [0.0, 400.0])
def test_the_load_generator_takes_each_answer_to_its_request(rate):
    requests = [b"POST / HTTP/1.1\r\n\r\nrequest %d" % number for number in range(40)]

    async def run():
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Echo, "127.0.0.1", 0)
        load = Load(requests, 5, rate)
        port = server.sockets[0].getsockname()[1]
        lines = [(await loop.create_connection(lambda: Line(load), "127.0.0.1", port))[1] for _ in range(4)]
        load.begin(lines)
        await asyncio.wait_for(load.done.wait(), 20)
        for line in lines:
            line.close()
        server.close()
        return load

    load = asyncio.run(run())

    assert load.answers == {number: b"request %d" % number for number in range(40)}
    assert (len(load.latencies), load.under_way) == (40, 0)


def told():
    return json.loads(bench_page.FIGURES.read_text(encoding="utf-8"))


def test_the_page_of_the_bench_is_fresh_and_knows_each_figure():
    assert set(bench_page.MEANINGS) == set(BARS)
    assert (ROOT / "docs" / "bench.md").read_text(encoding="utf-8") == bench_page.page(), "run: python docs/build.py"


@pytest.mark.parametrize(
    ("key", "better", "worse"),
    [("engine_vs_pgbench_n", 4, 3.9), ("p99_ms_at_half_load", 40, 41), ("lost", 0, 1)],
)
def test_a_bar_is_met_by_the_median_on_the_right_side_of_it(key, better, worse):
    def met(figure):
        value = figure if key == "lost" else {"median": figure, "min": 0, "max": 99}
        return next(row.met for row in rows(told() | {key: value}) if row.key == key)

    assert (met(better), met(worse)) == ("met", "NOT met")


def test_what_was_not_measured_is_told_so():
    row = next(row for row in rows(told() | {"http_vs_pgbench_n": None}) if row.key == "http_vs_pgbench_n")

    assert (row.median, row.met) == ("not measured", "")
    assert not any("connections" in said for said in sentences(told() | {"http_per_second": None}))


def test_over_how_many_connections_and_how_the_visits_came_is_told():
    (said,) = (said for said in sentences(told()) if "connections" in said)

    assert "192 connections" in said
    assert "2201 at" in said
    assert "a commit" in said
