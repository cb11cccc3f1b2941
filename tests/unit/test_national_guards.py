"""What a caller may not do: claim care that no schedule is for, settle the future, be believed by his word alone."""

import json
from datetime import timedelta

import pytest

from gongji.channels.national.door import Door
from gongji.registry.catalogue import sample_catalogue
from tests.national_stays import admission
from tests.national_world import (
    CATCH_ALL,
    CHENGDU_HOSPITAL,
    DRUG_A,
    NOW,
    SHANGHAI_HOSPITAL,
    Client,
    World,
    certno,
    institution,
    psn,
    refused,
    settled,
)

FATHER, SON = 1, 2
CHECKUP_CENTRE = "H31000000088"


@pytest.fixture
def world():
    world = World()
    for number in (FATHER, SON):
        world.person(number, region="310000", money=2000_00)
    world._put(
        lambda books: books.registry.institutions.update(
            {CHECKUP_CENTRE: institution(CHECKUP_CENTRE, "310000", kind="checkup")}
        )
    )
    return world


@pytest.fixture
def client(world):
    return world.client(SHANGHAI_HOSPITAL)


@pytest.mark.parametrize(("med_type", "known"), [("11", True), ("13", True), ("51", False), ("9107", False)])
def test_the_fund_pays_by_schedule_for_ordinary_care_alone(client, med_type, known):
    visit, total = client.visit(FATHER, (DRUG_A, "100.00", "30"))

    answer = client.ask("2206", client.bill(visit, FATHER, total, med_type=med_type))

    if known:
        assert answer["output"]["setlinfo"]["fund_pay_sumamt"] > 0
    else:
        refused(answer, "BENEFITS_UNKNOWN", "core_split")
        core = client.whole(total)
        assert client.ask("2206", client.bill(visit, FATHER, total, med_type=med_type, core=core))["infcode"] == 0


def test_no_schedule_is_written_for_a_checkup_centre(world):
    client = world.client(CHECKUP_CENTRE)
    visit, total = client.visit(FATHER, (DRUG_A, "100.00", "30"))

    refused(client.ask("2206", client.bill(visit, FATHER, total)), "BENEFITS_UNKNOWN")


def test_what_is_yet_to_come_is_not_booked(world, client):
    later = f"{NOW + timedelta(days=2):%Y-%m-%d %H:%M:%S}"
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    before = world.snapshot()

    refused(client.ask("2201", client.register(FATHER, begntime=later)), "MESSAGE_MALFORMED", "begntime")
    described = {"mdtrt_id": visit, "psn_no": psn(FATHER), "med_type": "11", "begntime": later}
    refused(client.ask("2203", {"mdtrtinfo": described, "diseinfo": []}), "MESSAGE_MALFORMED", "begntime")
    row = client.line(visit, FATHER, sn="9", fee_ocur_time=later)
    refused(client.ask("2204", {"feedetail": [row]}), "MESSAGE_MALFORMED", "fee_ocur_time")
    refused(client.ask("2401", admission(client, FATHER, begntime=later)), "MESSAGE_MALFORMED", "begntime")

    assert world.snapshot() == before
    tomorrow = f"{NOW + timedelta(hours=20):%Y-%m-%d %H:%M:%S}"  # clocks apart
    assert client.ask("2201", client.register(FATHER, begntime=tomorrow))["infcode"] == 0
    assert total == "10.00"


def test_all_batches_is_no_name_of_one(client):
    visit, _ = client.visit(FATHER, (DRUG_A, "10.00", "1"))

    answer = client.ask("2204", {"feedetail": [client.line(visit, FATHER, sn="2", batch="0000")]})

    refused(answer, "MESSAGE_MALFORMED", "chrg_bchno")


def test_no_fund_pays_more_than_lies_in_scope(client):
    visit, total = client.visit(FATHER, (DRUG_A, "100.00", "1"))
    core = {"hifp_pay": 90, "psn_part_amt": 10, "inscp_scp_amt": 80, "fulamt_ownpay_amt": 20}

    refused(client.ask("2206", client.bill(visit, FATHER, total, core=core)), "AMOUNTS_DISAGREE", "90.00", "80.00")


def test_a_split_is_taken_only_where_institutions_are_believed(world):
    strict = Door(world.store, world.policy, sample_catalogue(), codes=world.codes, believes_split=False)
    client = Client(strict.handle, SHANGHAI_HOSPITAL, NOW)
    visit, total = client.visit(FATHER, (DRUG_A, "100.00", "30"))
    before = world.snapshot()

    refused(
        client.ask("2207", client.bill(visit, FATHER, total, core=client.whole(total))),
        "MESSAGE_MALFORMED",
        "core_split",
    )

    assert world.snapshot() == before
    assert client.ask("2207", client.bill(visit, FATHER, total))["infcode"] == 0


def test_a_sharer_whom_nobody_knows_is_named_as_such(world):
    world.person(3, region="510100", money=100_00)
    client = world.client(CHENGDU_HOSPITAL)
    visit, total = client.visit(3, (DRUG_A, "10.00", "1"))
    bill = client.bill(visit, 3, total, core=client.whole(total), expContent={"sharers": ["nope"]})

    refused(client.ask("2207", bill), "PERSON_UNKNOWN", "sharers")


def test_a_code_that_is_none_of_ours_is_told_to_be_unreadable(client):
    shown = {"mdtrt_cert_type": "01", "mdtrt_cert_no": "garbage"}

    refused(client.ask("2201", client.register(FATHER, **shown)), "NOT_OWN_CREDENTIAL", "读不出来")
    refused(client.ask("1101", {"data": shown}), "NOT_OWN_CREDENTIAL", "读不出来")


def test_a_reversal_that_overtakes_its_message_holds(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    late = client.envelope("2207", client.bill(visit, FATHER, total, core=client.whole(total)))
    undo = {"data": {"psn_no": psn(FATHER), "omsgid": late["msgid"], "oinfno": "2207"}}
    refused(client.ask("2601", undo), "SETTLEMENT_NOT_FOUND")

    answer = json.loads(client.send(json.dumps(late).encode(), CATCH_ALL, client.now))

    refused(answer, "ALREADY_REVERSED", "换一个报文编号")
    assert world.balance(FATHER) == 2000_00
    info, _ = settled(client, FATHER, total, visit)
    assert info["acct_pay"] == 10


def test_a_message_that_was_taken_back_has_no_first_answer_any_more(world, client):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    message = client.envelope("2207", client.bill(visit, FATHER, total, core=client.whole(total)))
    raw = json.dumps(message).encode()
    first = client.send(raw, CATCH_ALL, client.now)
    assert client.send(raw, CATCH_ALL, client.now) == first
    undo = {"data": {"psn_no": psn(FATHER), "omsgid": message["msgid"], "oinfno": "2207"}}
    assert client.ask("2601", undo)["infcode"] == 0

    again = json.loads(client.send(raw, CATCH_ALL, client.now))

    refused(again, "ALREADY_REVERSED", "已经冲正")
    assert world.balance(FATHER) == 2000_00


def test_a_refund_says_by_which_credential_it_was_paid(client):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    info, _ = settled(client, FATHER, total, visit)

    back = client.done("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}})

    assert back["setlinfo"]["mdtrt_cert_type"] == info["mdtrt_cert_type"] == "02"


def test_a_lost_card_tells_nobody_whose_it_is(world):
    world.person(4, region="310000", credential_active=False)
    client = world.client(SHANGHAI_HOSPITAL)

    answer = client.ask("1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(4)}})

    refused(answer, "CREDENTIAL_NOT_ACTIVE")


@pytest.mark.parametrize("oinfno", ["2207", "2208", "2401", "2102"])
def test_a_message_that_never_came_is_as_unknown_the_second_time(client, oinfno):
    undo = {"data": {"psn_no": psn(FATHER), "omsgid": client.msgid(), "oinfno": oinfno}}

    for _ in range(2):
        refused(client.ask("2601", undo), "SETTLEMENT_NOT_FOUND", "冲正的结算报文")
