"""5201, 5203, 5204, 5206 and 3201 on every store: what was settled is told again, and added up, alike."""

import json
from datetime import timedelta

import pytest

from tests.national_world import CATCH_ALL, DRUG_A, DRUG_B, NOW, World, psn, refused

FATHER, SON = 1, 2
TOLD_AGAIN = ("medfee_sumamt", "preselfpay_amt", "fund_pay_sumamt", "acct_pay", "acct_mulaid_pay", "balc")


@pytest.fixture
def world(store):
    world = World(store)
    world.person(FATHER, money=100_00)
    world.person(SON, money=2000_00)
    world.bond(SON, FATHER)
    return world


@pytest.fixture
def client(world):
    return world.client()


def settled(client):
    visit, total = client.visit(FATHER, (DRUG_A, "150.00", "2"), (DRUG_B, "10.00", "1"))
    raw = json.dumps(client.envelope("2207", client.bill(visit, FATHER, total, core=client.whole(total)))).encode()
    answer = client.send(raw, CATCH_ALL, client.now)
    return raw, json.loads(answer, parse_float=str)["output"]["setlinfo"]


def told(client, **named):
    info = client.done("5203", {"data": {"psn_no": psn(FATHER)} | named})["setlinfo"]
    return [str(info[name]) for name in TOLD_AGAIN], info["refd_setl_flag"]


def totals(client, total, count, **more):
    data = {
        "insutype": "310",
        "clr_type": "11",
        "setl_optins": "320299",
        "stmt_begndate": f"{NOW:%Y-%m-%d}",
        "stmt_enddate": f"{NOW:%Y-%m-%d}",
        "medfee_sumamt": total,
        "fund_pay_sumamt": 0,
        "acct_pay": total,
        "fixmedins_setl_cnt": count,
    }
    return client.done("3201", {"data": data | more})["stmtinfo"]["stmt_rslt"]


def test_an_answer_that_was_lost_is_learnt_by_the_message_and_sent_again(client):
    raw, first = settled(client)
    msgid = json.loads(raw)["msgid"]

    again = told(client, medins_setl_id=msgid)

    assert again == ([str(first[name]) for name in TOLD_AGAIN], "0")
    assert again == told(client, setl_id=first["setl_id"], mdtrt_id=first["mdtrt_id"])
    assert json.loads(client.send(raw, CATCH_ALL, NOW), parse_float=str)["output"]["setlinfo"] == first
    unsent = msgid[:-4] + "9999"
    refused(client.ask("5203", {"data": {"psn_no": psn(FATHER), "medins_setl_id": unsent}}), "SETTLEMENT_NOT_FOUND")


def test_a_refund_is_told_by_its_number_and_by_its_message(client):
    _, first = settled(client)
    claim = {name: first[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    back = client.envelope("2208", {"data": claim})
    given = json.loads(client.send(json.dumps(back).encode(), CATCH_ALL, NOW), parse_float=str)["output"]["setlinfo"]

    figures = [str(given[name]) for name in TOLD_AGAIN]
    assert told(client, medins_setl_id=back["msgid"]) == (figures, "1")
    assert told(client, setl_id=given["setl_id"], mdtrt_id=first["mdtrt_id"]) == (figures, "1")
    assert told(client, setl_id=first["setl_id"], mdtrt_id=first["mdtrt_id"])[1] == "1"
    lines = client.done("5204", {"data": claim | {"setl_id": given["setl_id"]}})
    assert [(row["feedetl_sn"], row["cnt"], row["det_item_fee_sumamt"]) for row in lines] == [
        ("1", -2, -300), ("2", -1, -10),
    ]  # fmt: skip


def test_visits_lines_and_sums_of_a_person(client):
    _, first = settled(client)
    span = {"begntime": f"{NOW:%Y-%m-%d}", "endtime": f"{NOW:%Y-%m-%d}", "med_type": "11"}

    [visit] = client.ask("5201", {"data": {"psn_no": psn(FATHER)} | span}, CATCH_ALL)["output"]["mdtrtinfo"]
    lines = client.done("5204", {"data": {"psn_no": psn(FATHER), "mdtrt_id": first["mdtrt_id"]}})
    sums = client.done("5206", {"data": {"psn_no": psn(FATHER)}})["cuminfo"]

    assert (visit["mdtrt_id"], visit["ipt_otp_no"]) == (first["mdtrt_id"], "M1")
    assert [(row["setl_id"], row["cnt"], row["pric"]) for row in lines] == [
        (first["setl_id"], 2, 150), (first["setl_id"], 1, 10),
    ]  # fmt: skip
    assert {row["cum_type_code"]: row["cum"] for row in sums} == {"C0000_BIZ11": 1, "F0000_BIZ11": 310}


def test_the_days_totals_with_and_without_refunds(client):
    _, kept = settled(client)
    _, gone = settled(client)
    claim = {name: gone[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    client.wait(hours=1)
    client.done("2208", {"data": claim})

    assert totals(client, kept["medfee_sumamt"], 1) == "000000"
    assert totals(client, kept["medfee_sumamt"], 3, refd_setl_flag="1") == "000000"
    assert totals(client, "620.00", 2) == "000103"
    tomorrow = {"stmt_begndate": f"{NOW + timedelta(days=1):%Y-%m-%d}", "stmt_enddate": "2025-06-30"}
    assert totals(client, "620.00", 2, **tomorrow) == "000102"
    assert totals(client, 0, 0) == "000101"
