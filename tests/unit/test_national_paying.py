"""Paying at the counter as a hospital sends it: quote, settlement, refund, reversal, and what regions ask for."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from gongji.domain.account import Pocket
from gongji.domain.family import Relation
from gongji.domain.insured import Status
from tests.national_world import (
    AMOUNTS,
    CASH_ONLY_HOSPITAL,
    CATCH_ALL,
    CHENGDU_HOSPITAL,
    DRUG_A,
    DRUG_B,
    JINAN_HOSPITAL,
    NOW,
    SHANGHAI_HOSPITAL,
    TONIC,
    VACCINE,
    WUHAN_HOSPITAL,
    WUXI_PHARMACY,
    World,
    certno,
    check_identities,
    psn,
    refused,
    settled,
)

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


def test_the_fathers_own_hundred_first_then_five_hundred_from_his_son(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "300.00", "2"))

    info, detail = settled(client, FATHER, total, visit)

    assert (info["acct_pay"], info["acct_mulaid_pay"], info["psn_cash_pay"]) == (600, 500, 0)
    assert info["balc"] == 0
    assert [(row["fund_pay_type"], row["fund_pay_type_name"], row["fund_payamt"]) for row in detail] == [
        ("310200", "城镇职工基本医疗保险个人账户基金", 100),
        ("310200", "个人账户共济支付", 500),
    ]
    assert detail[1]["setl_proc_info"] == f"测{SON}({psn(SON)}) 500.00"
    assert (world.balance(FATHER), world.balance(SON)) == (0, 1500_00)
    assert world.store.faults() == []


def test_a_quote_says_what_the_settlement_will_and_writes_nothing(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "300.00", "2"))
    before = world.snapshot()

    quote = client.done("2206A", client.bill(visit, FATHER, total, core=client.whole(total)))

    assert world.snapshot() == before
    check_identities(quote)
    assert [quote["setlinfo"][name] for name in ("setl_id", "setl_time", "clr_optins", "clr_way")] == [None] * 4
    info, _ = settled(client, FATHER, total, visit)
    assert {name: info[name] for name in (*AMOUNTS, "balc")} == {
        name: quote["setlinfo"][name] for name in (*AMOUNTS, "balc")
    }
    assert (info["clr_optins"], info["clr_way"], info["clr_type"]) == ("320299", "1", "11")


def test_a_refund_has_its_own_number_negated_amounts_and_the_balance_restored(world, client):
    visit, total = client.visit(FATHER, (DRUG_B, "300.00", "2"))
    info, detail = settled(client, FATHER, total, visit)
    claim = {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}

    output = client.done("2208", {"data": claim})

    check_identities(output)
    back = output["setlinfo"]
    assert back["setl_id"] != info["setl_id"]
    assert all(back[name] == -info[name] for name in AMOUNTS)
    assert back["pdn_cash_pay"] == back["psn_cash_pay"] == -info["psn_cash_pay"]
    assert back["balc"] == 100
    assert back["med_type"] == "11"
    assert [row["fund_payamt"] for row in output["setldetail"]] == [-row["fund_payamt"] for row in detail]
    assert (world.balance(FATHER), world.balance(SON)) == (100_00, 2000_00)
    refused(client.ask("2208", {"data": claim}), "ALREADY_REVERSED")


def test_no_zero_is_ever_negative(client):
    visit, total = client.visit(FATHER, (DRUG_A, "3.00", "2"))
    info, _ = settled(client, FATHER, total, visit)

    raw = client.raw("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}})

    assert b"-0.0" not in raw
    assert b":-6.00" in raw


@pytest.mark.parametrize("wrong", ["setl_id", "mdtrt_id", "psn_no"])
def test_a_refund_needs_settlement_visit_and_person_to_agree(world, client, wrong):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    other, _ = client.visit(STRANGER, (DRUG_A, "10.00", "1"))
    info, _ = settled(client, FATHER, total, visit)
    claim = {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}
    bad = {"setl_id": "4711", "mdtrt_id": other, "psn_no": psn(STRANGER)}

    refused(client.ask("2208", {"data": claim | {wrong: bad[wrong]}}), "SETTLEMENT_NOT_FOUND")
    refused(world.client(SHANGHAI_HOSPITAL).ask("2208", {"data": claim}), "SETTLEMENT_NOT_FOUND")
    assert world.balance(FATHER) == 90_00


def test_after_a_refund_the_lines_are_uploaded_anew(client):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    info, _ = settled(client, FATHER, total, visit)
    client.done("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}})

    refused(client.ask("2207", client.bill(visit, FATHER, total, core=client.whole(total))), "AMOUNTS_DISAGREE")
    client.done("2204", {"feedetail": client.line(visit, FATHER)})
    again, _ = settled(client, FATHER, total, visit)

    assert again["setl_id"] != info["setl_id"]


def test_a_message_takes_back_what_it_settled(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "600.00", "1"))
    message = client.envelope("2207A", client.bill(visit, FATHER, total, core=client.whole(total)))
    client.send(json.dumps(message).encode(), CATCH_ALL, client.now)
    data = {"psn_no": psn(FATHER), "omsgid": message["msgid"], "oinfno": "2207A"}

    refused(client.ask("2601", {"data": data | {"psn_no": psn(SON)}}), "SETTLEMENT_NOT_FOUND")
    refused(client.ask("2601", {"data": data | {"omsgid": client.msgid()}}), "SETTLEMENT_NOT_FOUND")
    refused(client.ask("2601", {"data": data | {"oinfno": "2201"}}), "MESSAGE_MALFORMED", "oinfno")
    refused(client.ask("2601", {"data": data | {"oinfno": "2208"}}), "SETTLEMENT_NOT_FOUND")
    assert client.ask("2601", {"data": data})["output"] is None
    assert (world.balance(FATHER), world.balance(SON)) == (100_00, 2000_00)
    refused(client.ask("2601", {"data": data}), "ALREADY_REVERSED")


def test_the_total_must_be_that_of_the_uploaded_lines(client):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))

    refused(client.ask("2207", client.bill(visit, FATHER, "9.00")), "AMOUNTS_DISAGREE", "9.00", "10.00")
    stated = {"fulamt_ownpay_amt": 1, "inscp_scp_amt": 8}
    refused(
        client.ask("2207", client.bill(visit, FATHER, total, core=client.whole(total), **stated)), "AMOUNTS_DISAGREE"
    )
    refused(client.ask("2207", client.bill("4711", FATHER, total)), "SETTLEMENT_NOT_FOUND", "就诊")
    refused(client.ask("2207", client.bill(visit, SON, total, mdtrt_cert_no=certno(SON))), "SETTLEMENT_NOT_FOUND")


@pytest.mark.parametrize(
    "core",
    [
        {"fund_pay_sumamt": 1, "hosp_part_amt": 0, "psn_part_amt": 10},
        {"hifp_pay": 3, "fund_pay_sumamt": 2, "psn_part_amt": 8},
        {"hifp_pay": 3, "fund_pay_sumamt": 3, "psn_part_amt": 8},
        {"psn_part_amt": 10, "inscp_scp_amt": 9},
    ],
)
def test_an_outside_split_that_does_not_add_up_is_refused(client, core):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))

    refused(client.ask("2207", client.bill(visit, FATHER, total, core=core)), "AMOUNTS_DISAGREE")


@pytest.mark.parametrize("core", [3, "{", "[]", {}, {"psn_part_amt": -1}, {"psn_part_amt": "x"}, {"psn_part_amt": []}])
def test_an_outside_split_that_cannot_be_read_is_malformed(client, core):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    bill = client.bill(visit, FATHER, total)
    bill["data"]["expContent"] = {"core_split": core}

    refused(client.ask("2207", bill), "MESSAGE_MALFORMED", "core_split")


def test_every_fund_of_an_outside_split_comes_back_under_its_own_name(client):
    visit, total = client.visit(FATHER, (DRUG_A, "500.00", "2"))
    core = {
        "hifp_pay": "100.00", "cvlserv_pay": 20, "hifes_pay": 30, "hifmi_pay": 40, "hifob_pay": 50, "maf_pay": 60,
        "oth_pay": 70, "fund_pay_sumamt": 370, "hosp_part_amt": 30, "psn_part_amt": 600, "act_pay_dedc": 200,
    }  # fmt: skip

    output = client.done("2207", client.bill(visit, FATHER, total) | {
        "data": client.bill(visit, FATHER, total)["data"] | {"expContent": json.dumps({"core_split": json.dumps(core)})}
    })  # fmt: skip

    check_identities(output)
    info = output["setlinfo"]
    assert all(info[name] == Decimal(str(value)) for name, value in core.items())
    types = [row["fund_pay_type"] for row in output["setldetail"]]
    assert types == ["310100", "320100", "370100", "390200", "330100", "610100", "999997", "310200", "310200", "999996"]


def test_what_the_lines_leave_off_the_catalogue_the_son_does_not_pay(client):
    visit, total = client.visit(FATHER, (DRUG_A, "300.00", "1"), (TONIC, "200.00", "1"))

    info, _ = settled(client, FATHER, total, visit)

    assert (info["fulamt_ownpay_amt"], info["inscp_scp_amt"]) == (200, 300)
    assert (info["acct_mulaid_pay"], info["psn_cash_pay"]) == (200, 200)


def test_the_scope_an_outside_core_states_goes_before_our_catalogue(client):
    visit, total = client.visit(FATHER, ("UNKNOWN", "300.00", "1"))
    core = client.whole(total, fulamt_ownpay_amt=50, overlmt_selfpay=0, preselfpay_amt=25, inscp_scp_amt=225)

    info, _ = settled(client, FATHER, total, visit, core=core)

    assert (info["fulamt_ownpay_amt"], info["preselfpay_amt"], info["inscp_scp_amt"]) == (50, 25, 225)
    assert (info["acct_mulaid_pay"], info["psn_cash_pay"]) == (150, 50)
    back = client.done("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}})
    assert back["setlinfo"]["fulamt_ownpay_amt"] == -50


def test_without_a_split_a_region_needs_a_schedule(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    refused(client.ask("2207", client.bill(visit, FATHER, total)), "BENEFITS_UNKNOWN")

    world.person(20, region="420100", money=50_00)
    world.person(21, region="420100", money=5000_00)
    world.bond(21, 20)
    wuhan = world.client(WUHAN_HOSPITAL)
    visit, total = wuhan.visit(20, (DRUG_A, "1000.00", "2"))
    output = wuhan.done("2207", wuhan.bill(visit, 20, total))
    check_identities(output)
    info = output["setlinfo"]
    assert info["hifp_pay"] > 0
    assert info["pool_prop_selfpay"] > 0
    assert info["acct_mulaid_pay"] > 0
    back = wuhan.done("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(20)}})
    check_identities(back)
    assert back["setlinfo"]["act_pay_dedc"] == -info["act_pay_dedc"]
    assert back["setlinfo"]["pool_prop_selfpay"] == info["pool_prop_selfpay"]


def test_with_the_account_flag_off_nobodys_account_is_touched(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "600.00", "1"))

    info, detail = settled(client, FATHER, total, visit, acct_used_flag="0")

    assert (info["acct_pay"], info["acct_mulaid_pay"], info["psn_cash_pay"], info["balc"]) == (0, 0, 600, 100)
    assert detail == []
    assert world.balance(SON) == 2000_00
    refused(
        client.ask("2206", client.bill(visit, FATHER, total, acct_used_flag="2")), "MESSAGE_MALFORMED", "acct_used_flag"
    )


def test_a_sharer_is_picked_at_the_counter_where_the_region_asks_for_it(world):
    for number in (30, 31, 32):
        world.person(number, region="510100", money=1000_00 if number > 30 else 0)
    world.bond(31, 30, relation=Relation.SPOUSE)
    world.bond(32, 30)
    client = world.client(CHENGDU_HOSPITAL)
    visit, total = client.visit(30, (DRUG_A, "100.00", "1"))

    nobody = client.done("2206", client.bill(visit, 30, total, core=client.whole(total)))["setlinfo"]
    picked = {"sharers": [psn(32)]}
    info, _ = settled(client, 30, total, visit, expContent=picked)

    assert nobody["acct_mulaid_pay"] == 0
    assert (info["acct_mulaid_pay"], world.balance(31), world.balance(32)) == (100, 1000_00, 900_00)
    unknown = client.bill(visit, 30, total, core=client.whole(total), expContent={"sharers": ["nobody"]})
    refused(client.ask("2206", unknown), "PERSON_UNKNOWN")


def test_where_a_second_swipe_is_asked_for_the_first_one_settles_nothing(world):
    world.person(40, region="370100", money=10_00)
    world.person(41, region="370100", money=1000_00)
    world.bond(41, 40)
    client = world.client(JINAN_HOSPITAL)
    visit, total = client.visit(40, (DRUG_A, "100.00", "1"))
    bill = client.bill(visit, 40, total, core=client.whole(total))
    first = client.envelope("2207", bill)

    def send(message):
        return json.loads(client.send(json.dumps(message).encode(), CATCH_ALL, client.now))

    refused(send(first), "SECOND_SWIPE_NEEDED")
    assert world.balance(40) == 10_00
    client.wait(minutes=1)
    refused(send(first), "SECOND_SWIPE_NEEDED")
    info = client.done("2207", bill)["setlinfo"]
    assert (info["acct_mulaid_pay"], world.balance(41)) == (90, 910_00)

    visit, total = client.visit(40, (DRUG_A, "100.00", "1"))
    bill = client.bill(visit, 40, total, core=client.whole(total))
    refused(client.ask("2207", bill), "SECOND_SWIPE_NEEDED")
    client.wait(minutes=6)
    refused(client.ask("2207", bill), "SECOND_SWIPE_NEEDED")
    told = client.bill(visit, 40, total, core=client.whole(total), expContent={"swipe": 2})
    client.wait(minutes=6)
    assert client.done("2207", told)["setlinfo"]["acct_mulaid_pay"] == 100


def test_the_wallet_pays_last_and_only_where_it_is_taken(world):
    world.person(50, money=10_00, wallet=40_00)
    client = world.client()
    visit, total = client.visit(50, (DRUG_A, "60.00", "1"))

    info, detail = settled(client, 50, total, visit)

    assert (info["acct_pay"], info["acct_mulaid_pay"], info["psn_cash_pay"]) == (50, 0, 10)
    assert [(row["fund_pay_type_name"], row["fund_payamt"], row["setl_proc_info"]) for row in detail] == [
        ("城镇职工基本医疗保险个人账户基金", 50, "其中医保钱包 40.00")
    ]
    back = client.done("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(50)}})
    check_identities(back)
    assert world.balance(50, Pocket.WALLET) == 40_00
    elsewhere = world.client(CASH_ONLY_HOSPITAL)
    visit, total = elsewhere.visit(50, (DRUG_A, "60.00", "1"))
    assert settled(elsewhere, 50, total, visit)[0]["psn_cash_pay"] == 50


def test_a_pharmacy_sells_and_clears_as_one(world):
    client = world.client(WUXI_PHARMACY)
    visit, total = client.visit(FATHER, (DRUG_A, "20.00", "1"))

    assert settled(client, FATHER, total, visit, med_type="41")[0]["clr_type"] == "41"


def test_a_vaccine_is_shared_only_where_the_region_names_it(client):
    visit, total = client.visit(FATHER, (VACCINE, "150.00", "1"))

    info, _ = settled(client, FATHER, total, visit)

    assert info["fulamt_ownpay_amt"] == 150
    assert info["acct_pay"] + info["psn_cash_pay"] == 150


def test_a_suspended_member_is_refused_by_name(world, client):
    world.person(60, status=Status.SUSPENDED, money=10_00)
    visit, total = client.visit(60, (DRUG_A, "10.00", "1"))

    refused(client.ask("2207", client.bill(visit, 60, total, core=client.whole(total))), "MEMBER_NOT_ACTIVE")


def test_what_happens_at_settlement_time_follows_the_servers_clock(world):
    client = world.client()
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"), begntime="2024-08-01")

    client.now = NOW + timedelta(days=90)

    refused(
        client.ask("2207", client.bill(visit, FATHER, total, core=client.whole(total))), "MESSAGE_MALFORMED", "begntime"
    )


def test_whoever_explains_is_told_of_the_decision(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "600.00", "1"))

    settled(client, FATHER, total, visit)

    (watched,) = world.watched
    assert watched.patient.person_id == FATHER
    assert watched.names[SON] == f"测{SON}"
    assert watched.decision.total_fen == 600_00
