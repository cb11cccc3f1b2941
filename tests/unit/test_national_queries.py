"""5203 and 5204: what was settled is told again to the institution that settled it, and to no other."""

import json
from decimal import Decimal

import pytest

from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.services.bills.reversals import RefundRequest, refund
from tests.national_messages import Counter, as_json
from tests.national_world import (
    AMOUNTS,
    CATCH_ALL,
    DRUG_A,
    DRUG_B,
    JINAN_HOSPITAL,
    NOW,
    World,
    psn,
    refused,
)

FATHER, SON, STRANGER = 1, 2, 3
RENAMED = {"psn_part_amt": "psn_pay", "psn_cash_pay": "cash_payamt"}
TOLD = [name for name in AMOUNTS if name != "hosp_part_amt"]


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


def settled(client, number=FATHER, *lines):
    """Settle a bill and return the message, its bytes and the setlinfo it was answered with."""
    visit, total = client.visit(number, *(lines or ((DRUG_A, "300.00", "2"),)))
    core = client.whole(total) | {"preselfpay_amt": "6.00", "inscp_scp_amt": "594.00"} if not lines else None
    message = client.envelope("2207", client.bill(visit, number, total, core=core or client.whole(total), invono="F1"))
    raw = json.dumps(message).encode()
    output = json.loads(client.send(raw, CATCH_ALL, client.now), parse_float=str)["output"]
    return message, raw, output


def asked(client, number=FATHER, **named):
    return client.done("5203", {"data": {"psn_no": psn(number)} | named})


def amounts(info):
    return [str(info[RENAMED.get(name, name)]) for name in (*TOLD, "balc", "pool_prop_selfpay")]


def first_amounts(info):
    return [str(info[name]) for name in (*TOLD, "balc", "pool_prop_selfpay")]


def test_a_settlement_is_told_again_to_the_fen(world, client):
    message, _, output = settled(client)
    first = output["setlinfo"]
    world.person(9, money=1)
    before = world.snapshot()
    client.wait(days=3)

    again = asked(client, setl_id=first["setl_id"], mdtrt_id=first["mdtrt_id"])

    assert world.snapshot() == before
    info = again["setlinfo"]
    assert amounts(info) == first_amounts(first)
    assert (info["acct_mulaid_pay"], info["preselfpay_amt"], info["medins_setl_id"]) == (500, 6, message["msgid"])
    same = (
        "setl_time",
        "med_type",
        "clr_type",
        "clr_way",
        "clr_optins",
        "mdtrt_cert_type",
        "insutype",
        "psn_type",
        "age",
    )
    assert [str(info[name]) for name in same] == [str(first[name]) for name in same]
    assert (info["refd_setl_flag"], info["year"], info["begndate"], info["enddate"]) == (
        "0", "2025", "2025-06-02", "2025-06-02",
    )  # fmt: skip
    assert (info["pay_loc"], info["invono"], info["opter_id"], info["opter_name"]) == ("2", "F1", "001", "收费员")
    detail = [{name: str(value) for name, value in row.items()} for row in again["setldetail"]]
    assert detail == [{name: str(value) for name, value in row.items()} for row in output["setldetail"]]


def test_whoever_got_no_answer_asks_by_his_message_and_sends_again(world, client):
    _, raw, output = settled(client)  # and the answer is lost
    msgid = json.loads(raw)["msgid"]

    told = asked(client, medins_setl_id=msgid)["setlinfo"]
    again = json.loads(client.send(raw, CATCH_ALL, client.now), parse_float=str)["output"]

    assert amounts(told) == first_amounts(output["setlinfo"])
    assert again == output
    assert world.balance(SON) == 1500_00


def test_a_message_that_settled_nothing_is_not_found_and_may_be_sent_again(client):
    visit, total = client.visit(FATHER, (DRUG_A, "300.00", "2"))
    bill = client.bill(visit, FATHER, total, core=client.whole(total))
    quote = client.envelope("2206", bill)
    client.send(json.dumps(quote).encode(), CATCH_ALL, client.now)
    message = client.envelope("2207", bill)

    for msgid in (quote["msgid"], message["msgid"]):
        answer = client.ask("5203", {"data": {"psn_no": psn(FATHER), "medins_setl_id": msgid}})
        refused(answer, "SETTLEMENT_NOT_FOUND", "没有记账")
    json.loads(client.send(json.dumps(message).encode(), CATCH_ALL, client.now))
    assert asked(client, medins_setl_id=message["msgid"])["setlinfo"]["medfee_sumamt"] == 600


def test_a_refund_is_told_again_negated_and_its_settlement_as_refunded(client):
    message, _, output = settled(client)
    first = output["setlinfo"]
    claim = {name: first[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    client.wait(minutes=1)
    back = client.envelope("2208", {"data": claim})
    given = json.loads(client.send(json.dumps(back).encode(), CATCH_ALL, client.now), parse_float=str)["output"]

    for named in (
        {"setl_id": given["setlinfo"]["setl_id"], "mdtrt_id": first["mdtrt_id"]},
        {"medins_setl_id": back["msgid"]},
    ):
        told = asked(client, **named)
        info = told["setlinfo"]
        assert amounts(info) == first_amounts(given["setlinfo"])
        assert (info["medfee_sumamt"], info["balc"], info["refd_setl_flag"]) == (-600, 100, "1")
        assert (info["setl_time"], info["medins_setl_id"]) == ("2025-06-02 10:01:00", back["msgid"])
        assert sum(row["fund_payamt"] for row in told["setldetail"]) == -600
    info = asked(client, medins_setl_id=message["msgid"])["setlinfo"]
    assert (info["refd_setl_flag"], info["balc"], amounts(info)) == ("1", 0, first_amounts(first))


def test_a_refund_taken_back_is_found_no_more(client):
    _, _, output = settled(client)
    claim = {name: output["setlinfo"][name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    back = client.envelope("2208", {"data": claim})
    number = json.loads(client.send(json.dumps(back).encode(), CATCH_ALL, client.now))["output"]["setlinfo"]["setl_id"]
    client.done("2601", {"data": {"psn_no": psn(FATHER), "omsgid": back["msgid"], "oinfno": "2208"}})

    for named in ({"setl_id": number, "mdtrt_id": claim["mdtrt_id"]}, {"medins_setl_id": back["msgid"]}):
        answer = client.ask("5203", {"data": {"psn_no": psn(FATHER)} | named})
        refused(answer, "SETTLEMENT_NOT_FOUND")
    assert asked(client, setl_id=claim["setl_id"], mdtrt_id=claim["mdtrt_id"])["setlinfo"]["refd_setl_flag"] == "0"


def test_a_refund_of_a_part_is_told_as_what_it_gave_back(world, client):
    _, _, output = settled(client)
    first = output["setlinfo"]

    def part(books):
        done = refund(books, world.policy, RefundRequest(request="part", settle_id=1, at=NOW, amount_fen=40_00))
        assert not isinstance(done, Refused)
        assert done.refund is not None
        return done.refund.refund_id

    number = str(world.store.run(Scope(settlements={int(first["setl_id"])}), part))

    told = asked(client, setl_id=number, mdtrt_id=first["mdtrt_id"])["setlinfo"]
    lines = client.done("5204", {"data": {"psn_no": psn(FATHER), "mdtrt_id": first["mdtrt_id"], "setl_id": number}})

    assert (told["medfee_sumamt"], told["acct_mulaid_pay"], told["refd_setl_flag"]) == (-40, -40, "1")
    assert lines == []
    assert asked(client, setl_id=first["setl_id"], mdtrt_id=first["mdtrt_id"])["setlinfo"]["refd_setl_flag"] == "0"


def test_only_the_institution_and_the_patient_of_a_settlement_are_told(world, client):
    message, _, output = settled(client)
    first = output["setlinfo"]
    named = {"setl_id": first["setl_id"], "mdtrt_id": first["mdtrt_id"]}
    other = settled(client, STRANGER, (DRUG_A, "10.00", "1"))[2]["setlinfo"]
    elsewhere = world.client(JINAN_HOSPITAL)

    for asking, data in (
        (elsewhere, {"psn_no": psn(FATHER)} | named),
        (elsewhere, {"psn_no": psn(FATHER), "medins_setl_id": message["msgid"]}),
        (client, {"psn_no": psn(STRANGER)} | named),
        (client, {"psn_no": psn(FATHER)} | named | {"mdtrt_id": other["mdtrt_id"]}),
        (client, {"psn_no": psn(FATHER)} | named | {"setl_id": "999"}),
        (client, {"psn_no": psn(FATHER)} | named | {"setl_id": "1x"}),
        (
            client,
            {"psn_no": psn(FATHER), "medins_setl_id": message["msgid"], "setl_id": other["setl_id"], "mdtrt_id": "2"},
        ),
    ):
        refused(asking.ask("5203", {"data": data}), "SETTLEMENT_NOT_FOUND")
    refused(client.ask("5203", {"data": {"psn_no": "no-one"} | named}), "PERSON_UNKNOWN")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "setl_id"),
        ({"setl_id": "1"}, "mdtrt_id"),
        ({"medins_setl_id": "not-a-message"}, "medins_setl_id"),
        ({"medins_setl_id": "H3202000000120200602100000" + "0001"}, "medins_setl_id"),
        ({"setl_id": "1" * 31, "mdtrt_id": "1"}, "setl_id"),
    ],
)
def test_a_question_that_names_nothing_is_refused_by_field(world, client, data, field):
    before = world.snapshot()

    refused(client.ask("5203", {"data": {"psn_no": psn(FATHER)} | data}), "MESSAGE_MALFORMED", f"{field}：")

    assert world.snapshot() == before


def test_the_fee_lines_of_a_visit_stand_directly_in_the_output(client):
    visit, total = client.visit(FATHER, (DRUG_A, "300.00", "2"), (DRUG_B, "10.00", "1"))
    paid = client.done("2207", client.bill(visit, FATHER, total, core=client.whole(total)))["setlinfo"]
    client.done("2204", {"feedetail": client.line(visit, FATHER, sn="9", batch="B2", prd_days="1")})

    of_visit = client.done("5204", {"data": {"psn_no": psn(FATHER), "mdtrt_id": visit}})
    of_bill = client.done("5204", {"data": {"psn_no": psn(FATHER), "mdtrt_id": visit, "setl_id": paid["setl_id"]}})

    assert [(row["feedetl_sn"], row["setl_id"]) for row in of_visit] == [
        ("1", paid["setl_id"]), ("2", paid["setl_id"]), ("9", ""),
    ]  # fmt: skip
    assert of_bill == of_visit[:2]
    first, second = of_bill
    assert (first["cnt"], first["pric"], first["det_item_fee_sumamt"], first["pric_uplmt_amt"]) == (2, 300, 600, 999999)
    assert (first["fee_ocur_time"], first["list_type"], first["chrgitm_lv"]) == ("2025-06-02 10:00:00", "101", "01")
    assert (second["selfpay_prop"], second["preselfpay_amt"], second["bilg_dr_name"]) == (
        Decimal("0.05"), Decimal("0.5"), "医师",
    )  # fmt: skip


def test_the_lines_of_a_refund_are_negated_and_no_longer_among_those_of_the_visit(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "300.00", "2"))
    paid = client.done("2207", client.bill(visit, FATHER, total, core=client.whole(total)))["setlinfo"]
    claim = {"setl_id": paid["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}
    back = client.done("2208", {"data": claim})["setlinfo"]

    lines = client.done("5204", {"data": claim | {"setl_id": back["setl_id"]}})

    assert [(row["cnt"], row["pric"], row["inscp_scp_amt"]) for row in lines] == [(-2, 300, -600)]
    assert client.done("5204", {"data": {"psn_no": psn(FATHER), "mdtrt_id": visit}}) == []
    refused(client.ask("5204", {"data": claim | {"setl_id": "77"}}), "SETTLEMENT_NOT_FOUND")
    elsewhere = world.client(JINAN_HOSPITAL)
    refused(elsewhere.ask("5204", {"data": claim}), "SETTLEMENT_NOT_FOUND")


@pytest.mark.parametrize(
    ("settling", "refunding"),
    [("2207", "2208"), ("2102", "2103"), ("2304", "2305")],
    ids=["clinic", "pharmacy", "stay"],
)
def test_every_kind_of_settlement_and_its_refund_are_told_again_with_their_lines(settling, refunding):
    counter = Counter(World())

    def told_again(asked):
        message = asked.envelope()
        first = json.loads(asked.client.send(as_json(message), asked.path, asked.client.now), parse_float=str)["output"]
        info = first["setlinfo"]
        data = {"psn_no": info["psn_no"], "mdtrt_id": info["mdtrt_id"], "setl_id": info["setl_id"]}
        by_message = asked.client.done("5203", {"data": {"psn_no": info["psn_no"], "medins_setl_id": message["msgid"]}})
        assert asked.client.done("5203", {"data": data}) == by_message
        told = by_message["setlinfo"]
        assert amounts(told) == first_amounts(info)
        assert (told["clr_type"], told["med_type"]) == (info["clr_type"], info["med_type"])
        lines = asked.client.done("5204", {"data": data})
        assert sum(line["det_item_fee_sumamt"] for line in lines) == told["medfee_sumamt"]
        return told["medfee_sumamt"]

    assert told_again(counter.asked(settling)) > 0
    assert told_again(counter.asked(refunding)) < 0
