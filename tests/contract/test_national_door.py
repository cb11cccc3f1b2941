"""The national interface on every store: the same day in memory and in PostgreSQL, the writer's loop included."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gongji.services.batching import Batcher
from gongji.services.store import MemoryStore, UnknownOutcomeError
from tests.national_world import (
    AMOUNTS,
    CATCH_ALL,
    DRUG_A,
    JINAN_HOSPITAL,
    NOW,
    Client,
    World,
    certno,
    check_identities,
    psn,
)

ASK = {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(1)}}


@pytest.fixture
def world(store):
    world = World(store)
    world.person(1, money=100_00)
    world.person(2, money=100_000_00)
    world.bond(2, 1)
    return world


def test_a_day_of_a_hospital(world):
    client = world.client()
    sign = client.done("9001", {"signIn": {"opter_no": "1"}})["signinoutb"]["sign_no"]
    visit, total = client.visit(1, (DRUG_A, "300.00", "2"))
    node = {"mdtrt_id": visit, "psn_no": psn(1), "med_type": "11", "begntime": "2025-06-01"}
    client.done("2203", {"mdtrtinfo": node})
    bill = client.bill(visit, 1, total, core=client.whole(total))
    client.done("2206", bill)
    message = json.dumps(client.envelope("2207", bill)).encode()
    first = client.send(message, CATCH_ALL, NOW)
    assert client.send(message, CATCH_ALL, NOW) == first
    output = json.loads(first)["output"]
    assert (output["setlinfo"]["acct_mulaid_pay"], world.balance(1), world.balance(2)) == (500, 0, 99_500_00)

    back = client.done("2601", {"data": {"psn_no": psn(1), "omsgid": json.loads(message)["msgid"], "oinfno": "2207"}})

    assert back is None
    client.done("2204", {"feedetail": client.line(visit, 1, price="50.00")})
    paid = client.done("2207", client.bill(visit, 1, "50.00", core=client.whole("50.00")))["setlinfo"]
    claim = {"data": {"setl_id": paid["setl_id"], "mdtrt_id": visit, "psn_no": psn(1)}}
    refund = client.done("2208", claim)
    check_identities(refund)
    assert [refund["setlinfo"][name] for name in AMOUNTS] == [-paid[name] for name in AMOUNTS]
    assert client.ask("2208", claim)["err_msg"].startswith("FSI-ALREADY_REVERSED")
    client.done("2205", {"data": {"psn_no": psn(1), "mdtrt_id": visit, "chrg_bchno": "0000"}})
    client.done("2202", {"data": {"psn_no": psn(1), "mdtrt_id": visit, "ipt_otp_no": "M1"}})
    client.done("9002", {"signOut": {"sign_no": sign}})
    assert client.done("1101", ASK)["insuinfo"][0]["balc"] == 100
    assert world.store.faults() == []


def test_reading_after_the_turn_of_the_year_books_nothing(world):
    world.person(3, current=70_00)
    client = world.client()
    client.done("2201", client.register(3))
    later = world.client(now=NOW + timedelta(days=300))

    ask = {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(3)}}

    assert [later.done("1101", ask)["insuinfo"][0]["balc"] for _ in range(2)] == [70, 70]


def test_a_first_swipe_is_remembered_although_it_is_refused(world):
    world.person(40, region="370100")
    world.person(41, region="370100", money=1000_00)
    world.bond(41, 40)
    client = world.client(JINAN_HOSPITAL)
    visit, total = client.visit(40, (DRUG_A, "100.00", "1"))
    bill = client.bill(visit, 40, total, core=client.whole(total))
    first = json.dumps(client.envelope("2207", bill)).encode()

    refused = client.send(first, CATCH_ALL, NOW)

    assert b"SECOND_SWIPE_NEEDED" in refused
    assert client.send(first, CATCH_ALL, NOW) == refused
    assert client.done("2207", bill)["setlinfo"]["acct_mulaid_pay"] == 100


def test_one_sharer_pays_for_many_members_in_whatever_batches_they_fall(world):
    members = range(10, 40)
    for number in members:
        world.person(number)
        world.bond(2, number)
    with Batcher(world.store) as batcher:

        def send(raw, path, now):
            prepared = world.door.prepare(raw, path, now)
            if isinstance(prepared, bytes):
                return prepared
            return batcher.submit(prepared.job).result(30) if prepared.writes else world.door.read(prepared.job, now)

        def one(number):
            client = Client(send, "H32020000001", NOW)
            client.count = number * 50
            visit, total = client.visit(number, (DRUG_A, "10.00", "1"))
            output = client.done("2207", client.bill(visit, number, total, core=client.whole(total)))
            check_identities(output)
            return output["setlinfo"]["acct_mulaid_pay"]

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(one, members)) == {10}
    assert world.balance(2) == 100_000_00 - len(members) * 10_00
    assert world.store.faults() == []


class Forgetful(MemoryStore):
    """Commits, and then loses the connection before it can say so."""

    forgets = False

    def run(self, scope, work):
        answer = super().run(scope, work)
        if self.forgets:
            self.forgets = False
            raise UnknownOutcomeError("as told")
        return answer


def test_a_commit_of_unknown_outcome_is_looked_up_and_not_done_twice():
    store = Forgetful()
    world = World(store)
    world.person(1, money=100_00)
    client = world.client()
    visit, total = client.visit(1, (DRUG_A, "10.00", "1"))
    store.forgets = True

    info = client.done("2207", client.bill(visit, 1, total, core=client.whole(total)))["setlinfo"]

    assert (info["balc"], world.balance(1)) == (90, 90_00)
    assert len(store.ledger.settlements) == 1
