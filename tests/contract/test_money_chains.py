"""Refunds and 冲正 one after the other, each in a batch of its own and all in one, on every store."""

import json

import pytest

from gongji.domain.requests import Scope
from gongji.services.batching import run_jobs
from tests.mobile_orders import Phone, whole
from tests.national_stays import admit, discharge, settle, upload
from tests.national_world import CATCH_ALL, DRUG_A, WUXI_PHARMACY, World, certno, psn, settled

FATHER, SON = 1, 2


@pytest.fixture
def world(store):
    world = World(store)
    world.person(FATHER, money=100_00, wallet=30_00)
    world.person(SON, money=600_00)
    world.bond(SON, FATHER)
    return world


def in_turn(world, client, messages, *, one_batch):
    """Send messages in turn, and return whether each was carried out. Each is sent twice, which changes nothing."""
    raw = [
        json.dumps(client.envelope(infno, content, msgid=msgid), ensure_ascii=False).encode()
        for infno, content, msgid in messages
    ]
    raw = [one for one in raw for _ in range(2)]
    if one_batch:
        jobs = [world.door.prepare(one, CATCH_ALL, client.now).job for one in raw]
        answers = [answer for answer in run_jobs(world.store, jobs) if isinstance(answer, bytes)]
    else:
        answers = [world.door.handle(one, CATCH_ALL, client.now) for one in raw]
    codes = [json.loads(answer)["infcode"] == 0 for answer in answers]
    assert codes[::2] == codes[1::2]
    assert [one for one, code in zip(answers[::2], codes[::2], strict=True) if code] == [
        one for one, code in zip(answers[1::2], codes[1::2], strict=True) if code
    ]
    return codes[::2]


def reversal(message, infno):
    return "2601", {"data": {"psn_no": psn(FATHER), "omsgid": message, "oinfno": infno}}


def counted(world):
    """Return what lies where, what the son's limit counts, and what the medical year counts."""

    def look(books):
        used = [(one.fund_fen, one.deductible_fen, one.burden_fen, one.stays) for one in books.ledger.accumulators]
        return (
            {account: balance.balance_fen for account, balance in books.ledger.pockets.rows.items()},
            [bond.used_fen for bond in books.registry.bonds],
            [sum(column) for column in zip(*used, strict=True)],
        )

    assert world.store.faults() == []
    return world.store.read(Scope(people={FATHER, SON}), look)


def paid_at_a_counter(client):
    visit, total = client.visit(FATHER, (DRUG_A, "75.00", "10"))
    info, _ = settled(client, FATHER, total, visit)
    return "2207", "2208", visit, info


def sold(client):
    row = client.line("", FATHER, DRUG_A, "75.00", "10")
    head = {
        "psn_no": psn(FATHER), "mdtrt_cert_type": "02", "mdtrt_cert_no": certno(FATHER), "insutype": "310",
        "begntime": f"{client.now:%Y-%m-%d %H:%M:%S}", "medfee_sumamt": "750.00", "acct_used_flag": "1",
        "med_type": "41", "expContent": {"core_split": client.whole("750.00")},
    }  # fmt: skip
    info = client.done("2102", {"druginfo": head, "drugdetail": row}, path=CATCH_ALL)["setlinfo"]
    return "2102", "2103", info["mdtrt_id"], info


def stayed(client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "75.00", "10"))
    client.done("2402", discharge(client, visit, FATHER))
    return "2304", "2305", visit, settle(client, visit, FATHER, "750.00")


@pytest.mark.parametrize("one_batch", [False, True])
@pytest.mark.parametrize("paid", [paid_at_a_counter, sold, stayed])
def test_refunds_and_reversals_in_turn_end_where_they_began(world, paid, one_batch):
    client = world.client(WUXI_PHARMACY) if paid is sold else world.client()
    before = counted(world)
    infno, back, visit, info = paid(client)
    message = info["medins_setl_id"]
    after = counted(world)
    assert after[1] == [600_00]
    refund = back, {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}}
    names = [client.msgid() for _ in range(9)]
    turn = [
        (*refund, names[0]),
        (*refund, names[1]),  # given back already
        (*reversal(message, infno), names[2]),  # the same
        (*reversal(names[0], infno), names[3]),  # no settlement of that message
        (*reversal(names[0], back), names[4]),  # stands again
        (*reversal(names[0], back), names[5]),  # once
        (*reversal(names[1], back), names[6]),  # gave nothing back
    ]

    assert in_turn(world, client, turn, one_batch=one_batch) == [True, False, False, False, True, False, False]
    assert counted(world) == after
    rest = [
        (*reversal(message, infno), names[7]),
        (*reversal(message, infno), names[8]),
        (*reversal(names[7], back), client.msgid()),  # a reversal is no refund of that number
        (*reversal(names[0], back), client.msgid()),
        (*refund, client.msgid()),
    ]
    assert in_turn(world, client, rest, one_batch=one_batch) == [True, False, False, False, False]
    accounts, limits, year = counted(world)
    assert {account: fen for account, fen in accounts.items() if fen} == before[0]
    assert (limits, year) == ([0], [0, 0, 0, 0])


@pytest.mark.parametrize("one_batch", [False, True])
def test_what_an_order_paid_is_taken_back_by_no_message_but_refunded_at_the_counter(world, one_batch):
    client = world.client()
    phone = Phone(world, client, FATHER)
    phone.uploaded()
    paying = client.msgid()
    client.done("6202", phone.payment(core=whole("600.00")), path=CATCH_ALL, msgid=paying)
    after = counted(world)
    refund = {"setl_id": phone.ask()["hiDocSn"], "mdtrt_id": phone.order["mdtrtId"], "psn_no": psn(FATHER)}
    back = client.msgid()
    turn = [
        (*reversal(paying, "2207"), client.msgid()),
        ("2208", {"data": refund}, back),
        (*reversal(back, "2208"), client.msgid()),
    ]

    assert in_turn(world, client, turn, one_batch=one_batch) == [False, True, True]

    assert counted(world) == after
    assert phone.state() == "6"
