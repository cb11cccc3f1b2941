"""Mobile payment on every store: an order from upload to refund, and orders paid, refunded and revoked at once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from gongji.services.batching import Batcher, run_jobs
from tests.mobile_orders import Phone, check_order, whole
from tests.national_world import CATCH_ALL, NOW, World

FATHER, SON = 1, 2


@pytest.fixture
def world(store):
    world = World(store)
    world.person(FATHER, money=100_00)
    world.person(SON, money=2000_00)
    world.bond(SON, FATHER)
    return world


@pytest.fixture
def phone(world):
    phone = Phone(world, world.client(), FATHER)
    phone.uploaded()
    return phone


def raced(world, phone, *several, at_once):
    """Send messages of (infno, input) together, in one batch or in as many as there are threads; return the answers."""
    raws = [json.dumps(phone.client.envelope(infno, content)).encode() for infno, content in several]
    jobs = [world.door.prepare(raw, CATCH_ALL, NOW).job for raw in raws]
    if at_once:
        return [json.loads(answer) for answer in run_jobs(world.store, jobs) if isinstance(answer, bytes)]
    with Batcher(world.store, most=1) as batcher, ThreadPoolExecutor(len(jobs)) as pool:
        return [json.loads(answer) for answer in pool.map(lambda job: batcher.submit(job).result(30), jobs)]


def reasons(answers):
    """Return the names of the refusals among the answers."""
    return [answer["err_msg"].partition(":")[0] for answer in answers if answer["infcode"]]


def test_an_order_from_upload_to_refund(world, phone):
    assert phone.state() == "0"
    message = json.dumps(phone.client.envelope("6202", phone.payment(core=whole("600.00"))))
    first = phone.client.send(message.encode(), CATCH_ALL, NOW)
    assert phone.client.send(message.encode(), CATCH_ALL, NOW) == first
    told = json.loads(first)["output"]["data"]
    check_order(told)
    assert (told["selfAcctPay"], told["acctMulaidPay"], told["ordStas"]) == (100, 500, "6")

    asked = phone.ask()
    assert {name: asked[name] for name in told if name != "extData"} == {
        name: value for name, value in told.items() if name != "extData"
    }
    phone.refund("ALL", account="600.00", fund="0")
    assert (phone.state(), world.balance(FATHER), world.balance(SON)) == ("7", 100_00, 2000_00)
    assert world.store.faults() == []


def test_cash_first_and_the_rest_later(world, phone):
    phone.pay(core={"hifp_pay": "500.00", "psn_part_amt": "100.00"}, acctUsedFlag="0")
    phone.refund("CASH", cash="40.00")
    assert phone.state() == "10"
    phone.refund("CASH", cash="60.00")
    assert phone.state() == "9"
    assert world.store.faults() == []

    phone.refund("HI", fund="500.00")

    assert phone.state() == "7"
    assert world.store.faults() == []


def test_a_revoked_order_leaves_nothing_to_pay(world, phone):
    phone.client.done("6401", phone.question(), path=CATCH_ALL)

    assert phone.state() == "12"
    assert phone.client.ask("6202", phone.payment(), path=CATCH_ALL)["err_msg"].startswith("FSI-SETTLEMENT_NOT_FOUND")
    assert (world.balance(FATHER), world.balance(SON)) == (100_00, 2000_00)


@pytest.mark.parametrize("at_once", [True, False])
def test_an_order_paid_by_two_messages_at_once_is_paid_once(world, phone, at_once):
    several = [("6202", phone.payment(core=whole("600.00"), orgBizSer=str(number))) for number in range(4)]

    answers = raced(world, phone, *several, at_once=at_once)

    assert reasons(answers) == ["FSI-SETTLEMENT_NOT_FOUND"] * 3
    assert (world.balance(FATHER), world.balance(SON), phone.state()) == (0, 1500_00, "6")
    assert world.store.faults() == []


@pytest.mark.parametrize("at_once", [True, False])
def test_an_order_is_either_paid_or_revoked(world, phone, at_once):
    several = [("6202", phone.payment(core=whole("600.00"))), ("6401", phone.question())]

    answers = raced(world, phone, *several, at_once=at_once)

    assert reasons(answers) == ["FSI-SETTLEMENT_NOT_FOUND"]
    assert (phone.state(), world.balance(SON)) in [("6", 1500_00), ("12", 2000_00)]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_refund_sent_twice_at_once_gives_back_once(world, phone, at_once):
    phone.pay(core=whole("600.00"))
    content = phone.returning("ALL", account="600.00", fund="0")

    answers = raced(world, phone, ("6203", content), ("6203", content), at_once=at_once)

    assert [answer["output"] for answer in answers] == [{"data": {"refStatus": "SUCC"}}] * 2
    assert (world.balance(FATHER), world.balance(SON)) == (100_00, 2000_00)
    assert world.store.faults() == []
