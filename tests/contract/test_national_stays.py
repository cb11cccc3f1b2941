"""Hospital stays on every store: a stay whole and taken back, and hospitals that ask for the same patient at once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from gongji.services.batching import Batcher, run_jobs
from tests.national_stays import (
    admission,
    admit,
    bill,
    claim,
    discharge,
    refund,
    reversal,
    settle,
    take_back,
    upload,
    whole,
)
from tests.national_world import (
    AMOUNTS,
    CATCH_ALL,
    JINAN_HOSPITAL,
    NOW,
    SHANGHAI_HOSPITAL,
    WUXI_HOSPITAL,
    Client,
    World,
    check_identities,
    refused,
)


@pytest.fixture
def world(store):
    world = World(store)
    world.person(1, money=100_00)
    world.person(2, money=2000_00)
    world.bond(2, 1)
    return world


def test_a_stay_from_admission_to_its_end_and_back_again(world):
    client = world.client()
    visit = admit(client, 1)
    first = upload(client, visit, 1, ("1", "60.00", "3"), ("2", "20.00"))
    assert [row["inscp_scp_amt"] for row in first] == [180, 20]
    assert take_back(client, visit, 1, "3", "1", "60.00", "1")["infcode"] == 0
    mid = settle(client, visit, 1, "140.00", mid="1")
    client.wait(days=2)
    upload(client, visit, 1, ("4", "30.00"))
    quote = client.done("2303", whole(client, visit, 1, "30.00"))["setlinfo"]
    client.done("2402", discharge(client, visit, 1))
    final = settle(client, visit, 1, "30.00", dscg_time=f"{client.now:%Y-%m-%d}")
    assert [quote[name] for name in AMOUNTS] == [final[name] for name in AMOUNTS]
    assert (world.balance(1), world.balance(2)) == (0, 1930_00)

    refused(client.ask("2305", refund(visit, 1, mid["setl_id"])), "SETTLEMENT_NOT_FOUND")
    message = client.msgid()
    client.done("2305", refund(visit, 1, final["setl_id"]), msgid=message)
    client.done("2601", reversal(1, message, "2305"))
    assert world.balance(2) == 1930_00
    back = client.done("2305", refund(visit, 1, final["setl_id"]))
    check_identities(back)
    client.done("2305", refund(visit, 1, mid["setl_id"]))
    assert (world.balance(1), world.balance(2)) == (100_00, 2000_00)
    client.done("2405", claim(visit, 1))
    client.done("2302", claim(visit, 1, feedetl_sn="0000"))
    client.done("2404", claim(visit, 1))
    refused(client.ask("2402", discharge(client, visit, 1)), "SETTLEMENT_NOT_FOUND")
    assert world.store.faults() == []


def test_an_admission_taken_back_by_its_message_leaves_the_patient_free(world):
    client = world.client()
    message = client.msgid()
    client.done("2401", admission(client, 1), msgid=message)

    client.done("2601", reversal(1, message, "2401"))

    admit(world.client(JINAN_HOSPITAL), 1)


def test_the_deductible_of_a_stay_is_counted_once_over_its_settlements(world):
    world.person(7, region="310000")
    client = world.client(SHANGHAI_HOSPITAL)
    visit = admit(client, 7)
    upload(client, visit, 7, ("1", "1000.00"))
    client.done("2304", bill(client, visit, 7, "1000.00", mid="1"))
    upload(client, visit, 7, ("2", "2500.00"))
    client.done("2402", discharge(client, visit, 7))

    final = client.done("2304", bill(client, visit, 7, "2500.00"))["setlinfo"]

    assert (final["act_pay_dedc"], final["hifp_pay"]) == (500, 1700)


def test_of_two_hospitals_in_one_batch_one_admits(world):
    jobs = []
    for code in (WUXI_HOSPITAL, JINAN_HOSPITAL):
        client = world.client(code)
        raw = json.dumps(client.envelope("2401", admission(client, 1))).encode()
        jobs.append(world.door.prepare(raw, CATCH_ALL, NOW).job)

    outcomes = run_jobs(world.store, jobs)

    first, second = (json.loads(outcome) for outcome in outcomes if isinstance(outcome, bytes))

    assert first["infcode"] == 0
    refused(second, "STAY_OPEN", WUXI_HOSPITAL)


def test_of_many_hospitals_at_once_one_admits(world):
    with Batcher(world.store, most=2) as batcher:

        def send(raw, path, now):
            return batcher.submit(world.door.prepare(raw, path, now).job).result(30)

        def one(number):
            client = Client(send, (WUXI_HOSPITAL, JINAN_HOSPITAL)[number % 2], NOW)
            client.count = number * 10
            return client.ask("2401", admission(client, 1))["infcode"]

        with ThreadPoolExecutor(8) as pool:
            outcomes = sorted(pool.map(one, range(12)))

    assert outcomes == [-1] * 11 + [0]
