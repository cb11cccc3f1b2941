"""The bench's own arithmetic: what it counts as lost and doubled, ratios of pairs, whom it draws, what it sends."""

import asyncio
from datetime import timedelta

import pytest

from gongji.channels.bench.bills import Bills
from gongji.channels.bench.checking import doubled, lost
from gongji.channels.bench.counters import PROFILE, Counters, keys_text, patients_at_counters
from gongji.channels.bench.families import AT, BLOCK, SEATS, active_people, fathers_of, mothers_of, seat_of
from gongji.channels.bench.loading import Line, Load, percentile, read_parts, write_parts
from gongji.channels.bench.ratios import ratios, spread
from gongji.channels.national.envelope import open_envelope
from gongji.channels.national.signing.keys import read_keys
from gongji.channels.national.signing.profiles import profiles
from gongji.channels.national.signing.signatures import Verifier
from tests.national_world import policy_book

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


def test_messages_are_signed_so_that_the_door_believes_them():
    counters = Counters(lambda: AT, range(1, 4), seed=1)
    _, (visit,) = counters.registering(1)

    msgid, request = counters.message(visit)

    head, _, body = request.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    message = open_envelope(body, head.split()[1].decode(), AT)
    assert (message.msgid, message.infno) == (msgid, "2207")
    verifier = Verifier(read_keys(keys_text()))
    verifier.verify(profiles()[PROFILE], headers, body, institution=visit.place.code, now=AT + timedelta(minutes=1))


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
