"""Refunds of an order by phone: whole, cash first, once under their number."""

import pytest

from tests.mobile_orders import Phone, paid_of, whole
from tests.national_world import CATCH_ALL, World, psn, refused

FATHER, SON = 1, 2


@pytest.fixture
def world():
    world = World()
    world.person(FATHER, money=100_00)
    world.person(SON, money=2000_00)
    world.bond(SON, FATHER)
    return world


@pytest.fixture
def client(world):
    return world.client()


@pytest.fixture
def phone(world, client):
    return Phone(world, client, FATHER)


def mixed(phone):
    """An order of 600: 300 from the fund, 100 own, 150 from the son, 50 in cash."""
    phone.world.person(20, money=100_00)
    phone.world.person(21, money=150_00)
    phone.world.bond(21, 20)
    phone.number = 20
    phone.uploaded()
    told = phone.pay(core={"hifp_pay": "300.00", "psn_part_amt": "300.00"})
    assert (told["ownPayAmt"], told["selfAcctPay"], told["acctMulaidPay"], told["fundPay"]) == (50, 100, 150, 300)
    return told


def test_the_whole_order_goes_back_once_under_its_number(world, phone):
    told = mixed(phone)
    content = phone.returning("ALL", cash="50.00", account="250.00", fund="300.00")

    for _ in range(2):
        answer = phone.client.done("6203", content, path=CATCH_ALL)
        assert answer == {"data": {"refStatus": "SUCC"}}

    assert (world.balance(20), world.balance(21)) == (100_00, 150_00)
    assert phone.state() == "7"
    assert paid_of(phone.ask()) == paid_of(told)
    other = phone.returning("ALL", cash="50.00", account="250.00", fund="300.00", appRefdSn="R-2")
    refused(phone.refused("6203", other), "ALREADY_REVERSED")
    content["data"] |= {"cashRefdAmt": "40.00", "totlRefdAmt": "590.00", "payAuthNo": phone.code()}
    refused(phone.refused("6203", content), "SAME_REQUEST_DIFFERENT_CONTENT")
    assert world.store.faults() == []


def test_a_refund_may_leave_out_what_it_does_not_know(world, phone):
    mixed(phone)

    phone.refund("ALL", cash="50.00", totlRefdAmt="600.00")

    assert (world.balance(20), world.balance(21), phone.state()) == (100_00, 150_00, "7")


def test_cash_goes_back_in_parts_and_then_the_rest(world, phone):
    mixed(phone)
    insurance = phone.returning("HI", account="250.00", fund="300.00")
    refused(phone.refused("6203", insurance), "SETTLEMENT_NOT_FOUND", "CASH", "50.00")

    phone.refund("CASH", cash="20.00")
    assert phone.state() == "10"
    refused(phone.refused("6203", phone.returning("CASH", cash="30.01")), "NOTHING_TO_REFUND", "30.00")
    phone.refund("CASH", cash="30.00")
    assert (phone.state(), world.balance(20), world.balance(21)) == ("9", 0, 0)
    phone.client.done("6203", insurance, path=CATCH_ALL)

    assert (phone.state(), world.balance(20), world.balance(21)) == ("7", 100_00, 150_00)
    assert world.store.faults() == []


def test_cash_alone_leaves_the_fund_its_share(world, client):
    world.person(30)
    phone = Phone(world, client, 30)
    phone.uploaded()
    phone.pay(core={"hifp_pay": "550.00", "psn_part_amt": "50.00"})

    phone.refund("CASH", cash="50.00")

    (settlement,) = world.store.ledger.settlements
    assert (phone.state(), settlement.reversed, settlement.left_fen) == ("9", False, 0)
    phone.refund("HI", fund="550.00")
    (settlement,) = world.store.ledger.settlements
    assert (phone.state(), settlement.reversed) == ("7", True)
    assert world.store.faults() == []


def test_an_order_all_in_cash_is_refunded_whole_by_its_cash(world, client):
    world.person(30)
    phone = Phone(world, client, 30)
    phone.uploaded()
    phone.pay(core=whole("600.00"))

    phone.refund("CASH", cash="600.00")

    assert phone.state() == "7"


def test_insurance_alone_goes_back_where_no_cash_was_paid(world, phone):
    phone.uploaded()
    phone.pay(core=whole("600.00"))

    phone.refund("HI", account="600.00", fund="0")

    assert (phone.state(), world.balance(FATHER), world.balance(SON)) == ("8", 100_00, 2000_00)


def test_a_refund_states_the_published_figures_with_or_without_the_other_fund(world, client):
    for number, fund, total in ((50, "50.00", "100.00"), (60, "60.00", "110.00"), (70, "50.00", "110.00")):
        world.person(number, money=30_00)
        phone = Phone(world, client, number)
        phone.uploaded(phone.line(price="110.00", count="1"))
        phone.pay(core={"hifp_pay": "50.00", "oth_pay": "10.00", "psn_part_amt": "50.00"})

        phone.refund("ALL", cash="20.00", account="30.00", fund=fund, totlRefdAmt=total)

        assert (phone.state(), world.balance(number)) == ("7", 30_00)


def test_a_refund_at_the_counter_is_seen_by_the_phone(world, phone):
    phone.uploaded()
    phone.pay(core=whole("600.00"))
    claim = {"setl_id": phone.ask()["hiDocSn"], "mdtrt_id": phone.order["mdtrtId"], "psn_no": psn(FATHER)}

    phone.client.done("2208", {"data": claim})

    assert (phone.state(), world.balance(SON)) == ("7", 2000_00)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ecToken": "A" * 50}, "ecToken"),
        ({"payAuthNo": ""}, "ecToken"),
        ({"appRefdTime": "2025-06-02 10:00:00"}, "appRefdTime"),
        ({"appRefdTime": "2025062100000"}, "appRefdTime"),
        ({"payOrdId": "404"}, "payOrdId"),
        ({"refdType": "CASH", "cashRefdAmt": "0"}, "cashRefdAmt"),
        ({"refdType": "SOME"}, "refdType"),
    ],
)
def test_a_refund_that_cannot_be_read_names_the_field(phone, changes, field):
    phone.uploaded()

    refused(phone.refused("6203", phone.returning("ALL", account="600.00", **changes)), "MESSAGE_MALFORMED", field)


@pytest.mark.parametrize(
    "parts",
    [
        {"cash": "1.00", "account": "600.00"},
        {"account": "599.00"},
        {"account": "600.00", "fund": "1.00"},
        {"account": "600.00", "totlRefdAmt": "599.00"},
    ],
)
@pytest.mark.parametrize("kind", ["ALL", "HI"])
def test_amounts_that_are_not_what_is_left_are_refused(phone, kind, parts):
    phone.uploaded()
    phone.pay(core=whole("600.00"))

    refused(phone.refused("6203", phone.returning(kind, **parts)), "AMOUNTS_DISAGREE", "600.00")


def test_cash_is_not_told_together_with_what_stays(phone):
    mixed(phone)

    several = phone.returning("CASH", cash="50.00", account="250.00")

    refused(phone.refused("6203", several), "AMOUNTS_DISAGREE")
