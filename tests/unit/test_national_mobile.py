"""Paying by phone: an order is uploaded, paid out of the family's pockets, asked for, refunded, revoked."""

from decimal import Decimal

import pytest

from tests.mobile_orders import AMOUNTS, Phone, check_order, paid_of, whole
from tests.national_world import CATCH_ALL, DRUG_A, JINAN_HOSPITAL, World, psn, refused

FATHER, SON, STRANGER = 1, 2, 3


@pytest.fixture
def world():
    world = World()
    world.person(FATHER, money=100_00)
    world.person(SON, money=2000_00)
    world.person(STRANGER, money=500_00)
    world.bond(SON, FATHER)
    return world


@pytest.fixture
def client(world):
    return world.client()


@pytest.fixture
def phone(world, client):
    return Phone(world, client, FATHER)


def test_the_fathers_own_hundred_and_five_hundred_of_his_sons_are_told_apart(world, phone):
    phone.uploaded()

    told = phone.pay(core=whole("600.00"))

    check_order(told)
    assert (told["psnAcctPay"], told["selfAcctPay"], told["acctMulaidPay"]) == (600, 100, 500)
    assert (told["ordStas"], told["ownPayAmt"]) == ("6", 0)
    quote = told["extData"]["preSetl"]
    assert (quote["acct_pay"], quote["acct_mulaid_pay"], quote["psn_no"]) == (600, 500, psn(FATHER))
    assert (world.balance(FATHER), world.balance(SON)) == (0, 1500_00)
    assert world.store.faults() == []


def test_the_published_figures_come_out_to_the_fen(world, client):
    world.person(10, money=25_00)
    world.person(11, money=5_00)
    world.bond(11, 10)
    phone = Phone(world, client, 10)
    phone.uploaded(phone.line(price="110.00", count="1"))
    core = {"hifp_pay": "50.00", "oth_pay": "10.00", "hosp_part_amt": 0, "psn_part_amt": "50.00"}

    told = phone.pay(core=core)

    check_order(told)
    assert paid_of(told) == dict(zip(AMOUNTS, (110, 20, 30, 50, 10, 0, 5, 25), strict=True))
    assert told["ordStas"] == "4"
    assert paid_of(phone.ask()) == paid_of(told)


def test_what_the_hospital_bears_stands_outside_the_sum(phone):
    phone.uploaded()

    told = phone.pay(core=whole("590.00", hosp_part_amt="10.00"))

    check_order(told)
    assert (told["feeSumamt"], told["hospPartAmt"], told["extData"]["preSetl"]["medfee_sumamt"]) == (590, 10, 600)


@pytest.mark.parametrize(
    ("uploaded", "paid", "account"),
    [("", "", 600), ("1", "", 600), ("", "1", 600), ("0", "", 0), ("", "0", 0), ("1", "0", 0)],
)
def test_accounts_stay_untouched_where_either_message_says_so(phone, uploaded, paid, account):
    phone.uploaded(acctUsedFlag=uploaded)

    told = phone.pay(core=whole("600.00"), acctUsedFlag=paid)

    assert (told["psnAcctPay"], told["ownPayAmt"]) == (account, 600 - account)


def test_an_order_is_asked_for_before_and_after(phone):
    phone.uploaded()
    assert phone.ask() == {
        "ordStas": "0", "callType": None, "payOrdId": phone.order["payOrdId"], "medOrgOrd": "ORDER-1",
        "traceTime": None, **dict.fromkeys(AMOUNTS), "deposit": None, "delvFee": None, "hiChrgTime": None,
        "hiDocSn": None, "hiRgstSn": None, "orgName": None, "orgCode": None, "ecCode": None, "setlType": None,
        "revsToken": None,
    }  # fmt: skip
    told = phone.pay(core=whole("600.00"))
    phone.client.wait(days=20)
    before = phone.world.snapshot()

    asked = phone.ask()

    assert phone.world.snapshot() == before
    assert paid_of(asked) == paid_of(told)
    assert (asked["ordStas"], asked["callType"], asked["medOrgOrd"]) == ("6", "02", "ORDER-1")
    assert (asked["hiRgstSn"], asked["orgCode"]) == (phone.order["mdtrtId"], phone.client.code)
    assert asked["traceTime"] == asked["hiChrgTime"] == "2025-06-02 10:00:00"


def test_an_answer_that_never_came_is_told_by_the_query_and_by_the_same_message(phone):
    phone.uploaded()
    lost = phone.payment(core=whole("600.00"))
    msgid = phone.client.msgid()
    first = phone.client.ask("6202", lost, path=CATCH_ALL, msgid=msgid)

    assert paid_of(phone.ask()) == paid_of(first["output"]["data"])
    assert phone.client.ask("6202", lost, path=CATCH_ALL, msgid=msgid) == first
    refused(phone.refused("6202", phone.payment()), "SETTLEMENT_NOT_FOUND", "已经支付", "6301")
    assert phone.world.balance(SON) == 1500_00


def test_the_code_of_the_upload_pays_and_serves_nothing_else(phone):
    code = phone.code()
    visit, _ = phone.client.visit(FATHER, (DRUG_A, "1.00", "1"))
    phone.uploaded(ecToken="", payAuthNo=code, mdtrtId=visit, chrgBchno="P1")

    phone.pay(core=whole("600.00"), payAuthNo=code)

    refused(phone.refused("6201", phone.upload(ecToken=code)), "CREDENTIAL_NOT_ACTIVE", "已用过")
    assert phone.refund("ALL", account="600.00", fund="0", payAuthNo=code) == {"refStatus": "SUCC"}


def test_two_orders_of_one_visit_are_told_apart(phone):
    visit, _ = phone.client.visit(FATHER, (DRUG_A, "1.00", "1"))
    first = dict(phone.uploaded(mdtrtId=visit, chrgBchno="P1"))
    second = dict(phone.uploaded(phone.line(price="50.00", count="1"), mdtrtId=visit, chrgBchno="P2"))

    assert first["payOrdId"] != second["payOrdId"]
    assert (first["mdtrtId"], second["mdtrtId"]) == (visit, visit)
    assert phone.pay(core=whole("50.00"))["selfAcctPay"] == 50
    phone.order = first
    assert phone.state() == "0"
    assert phone.pay(core=whole("600.00"))["acctMulaidPay"] == 550
    again = phone.upload(mdtrtId=visit, chrgBchno="B1")
    refused(phone.refused("6201", again), "MESSAGE_MALFORMED", "chrgBchno")


def test_a_region_with_two_swipes_asks_the_phone_for_the_second(world):
    world.person(40, region="370100")
    world.person(41, region="370100", money=1000_00)
    world.bond(41, 40)
    phone = Phone(world, world.client(JINAN_HOSPITAL), 40)
    phone.uploaded(phone.line(price="100.00", count="1"))

    first = phone.client.ask("6202", phone.payment(core=whole("100.00")), path=CATCH_ALL)

    refused(first, "SECOND_SWIPE_NEEDED")
    phone.client.wait(minutes=2)
    assert phone.pay(core=whole("100.00"))["acctMulaidPay"] == 100


def test_an_order_that_is_not_paid_is_revoked_with_its_visit(world, phone):
    phone.uploaded()

    assert phone.client.done("6401", phone.question(), path=CATCH_ALL) is None

    assert phone.state() == "12"
    refused(phone.refused("6202", phone.payment()), "SETTLEMENT_NOT_FOUND", "已经撤销")
    refused(phone.refused("6401", phone.question()), "SETTLEMENT_NOT_FOUND", "已经撤销")
    assert world.store.registry.visits[phone.order["mdtrtId"]].cancelled


def test_a_visit_that_was_there_before_outlives_its_revoked_order(world, phone):
    visit, total = phone.client.visit(FATHER, (DRUG_A, "30.00", "1"))
    phone.uploaded(mdtrtId=visit, chrgBchno="P1")

    phone.client.done("6401", phone.question(), path=CATCH_ALL)

    kept = world.store.registry.visits[visit]
    assert ([line.batch for line in kept.lines], kept.cancelled, phone.state()) == (["B1"], False, "12")
    phone.client.done("2207", phone.client.bill(visit, FATHER, total, core=whole(total)))


def test_a_paid_order_is_refunded_before_it_could_be_revoked(phone):
    phone.uploaded()
    refused(phone.refused("6203", phone.returning("ALL", account="600.00")), "SETTLEMENT_NOT_FOUND", "6401")
    phone.pay(core=whole("600.00"))

    refused(phone.refused("6401", phone.question()), "SETTLEMENT_NOT_FOUND", "已经支付")


def test_lines_that_the_counter_took_are_no_longer_the_orders(world, phone):
    phone.uploaded()
    bill = phone.client.bill(phone.order["mdtrtId"], FATHER, "600.00", core=whole("600.00"))
    phone.client.done("2207", bill)

    refused(phone.refused("6301", phone.question()), "SETTLEMENT_NOT_FOUND", "5203")
    refused(phone.refused("6202", phone.payment()), "AMOUNTS_DISAGREE")
    assert world.balance(SON) == 1500_00


def test_the_other_queries_know_the_order_too(phone):
    phone.uploaded()
    phone.pay(core=whole("600.00"))
    visit, setl_id = phone.order["mdtrtId"], phone.ask()["hiDocSn"]
    named = {"psn_no": psn(FATHER), "setl_id": setl_id, "mdtrt_id": visit}

    info = phone.client.done("5203", {"data": named})["setlinfo"]
    lines = phone.client.done("5204", {"data": named})

    assert (info["acct_pay"], info["acct_mulaid_pay"], info["mdtrt_cert_type"], info["med_type"]) == (
        600, 500, "01", "11",
    )  # fmt: skip
    assert [(line["det_item_fee_sumamt"], line["cnt"], line["pric"]) for line in lines] == [(600, 2, 300)]


def test_each_answer_has_amounts_as_numbers(phone):
    phone.uploaded()

    told = phone.pay(core=whole("600.00"))

    assert {type(told[name]) for name in AMOUNTS} <= {int, Decimal}
