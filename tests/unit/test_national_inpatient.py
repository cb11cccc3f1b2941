"""A hospital stay as the hospital sends it: admitted, changed, fees over days, discharged, and taken back in order."""

from datetime import datetime
from decimal import Decimal

import pytest

from tests.national_stays import (
    admission,
    admit,
    bill,
    claim,
    discharge,
    fee,
    refund,
    reversal,
    settle,
    take_back,
    upload,
    whole,
)
from tests.national_world import (
    CATCH_ALL,
    DRUG_B,
    DRUG_B_CEILING,
    JINAN_HOSPITAL,
    WUXI_PHARMACY,
    World,
    certno,
    psn,
    refused,
    settled,
)

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


def visit_of(world, visit):
    return world.store.registry.visits[visit]


def test_what_is_told_of_an_admission_is_kept_but_no_contacts(world, client):
    visit = visit_of(world, admit(client, FATHER))

    assert (visit.in_hospital, visit.med_type, visit.reference) == (True, "21", f"Z{FATHER}")
    assert visit.told == {
        "mdtrt_cert_type": "02",
        "medrcdno": "B7",
        "atddr_no": "D1",
        "chfpdr_name": "医师",
        "adm_diag_dscr": "肺炎",
        "adm_dept_codg": "01",
        "adm_dept_name": "内科",
        "adm_bed": "12",
        "dscg_maindiag_code": "J18.900",
        "dscg_maindiag_name": "肺炎",
    }


def test_nobody_lies_in_two_hospitals(world, client):
    admit(client, FATHER)
    elsewhere = world.client(JINAN_HOSPITAL)

    answer = elsewhere.ask("2401", admission(elsewhere, FATHER))

    words = "该人员是在院状态不能办理入院，在院信息：机构编号：H32020000001 机构名称：样例H32020000001"
    refused(answer, "STAY_OPEN", words, "出院")
    refused(client.ask("2401", admission(client, FATHER)), "STAY_OPEN")
    assert client.ask("2401", admission(client, SON))["infcode"] == 0


def test_an_admission_is_the_patients_own_in_a_hospital_and_of_an_inpatient_kind(world, client):
    stranger = admission(client, FATHER, mdtrt_cert_no=certno(SON))
    refused(client.ask("2401", stranger), "NOT_OWN_CREDENTIAL")
    refused(client.ask("2401", admission(client, FATHER, med_type="11")), "MESSAGE_MALFORMED", "med_type")
    refused(client.ask("2401", admission(client, FATHER, begntime="2024-01-01")), "MESSAGE_MALFORMED", "begntime")
    refused(client.ask("2401", admission(client, FATHER, ipt_no="")), "MESSAGE_MALFORMED", "ipt_no")
    pharmacy = world.client(WUXI_PHARMACY)
    refused(pharmacy.ask("2401", admission(pharmacy, FATHER)), "PLACE_NOT_DESIGNATED", "医院")
    assert not world.store.registry.visits.rows
    for med_type in ("52", "2106"):
        client.done("2404", claim(admit(client, FATHER, med_type=med_type), FATHER))


def test_outpatient_and_inpatient_do_not_take_each_others_visits(client):
    stay = admit(client, FATHER)
    visit = client.done("2201", client.register(SON))["data"]["mdtrt_id"]
    node = {"mdtrt_id": stay, "psn_no": psn(FATHER), "med_type": "11", "begntime": "2025-06-01"}
    cancelled = {"data": {"psn_no": psn(FATHER), "mdtrt_id": stay, "ipt_otp_no": f"Z{FATHER}"}}

    for infno, content in (
        ("2202", cancelled),
        ("2203", {"mdtrtinfo": node}),
        ("2204", {"feedetail": client.line(stay, FATHER)}),
        ("2205", claim(stay, FATHER, chrg_bchno="0000")),
        ("2206", client.bill(stay, FATHER, "10.00")),
        ("2207", client.bill(stay, FATHER, "10.00")),
        ("2301", {"feedetail": fee(client, visit, SON, "1")}),
        ("2302", {"data": claim(visit, SON, feedetl_sn="0000")["data"]}),
        ("2303", bill(client, visit, SON, "10.00")),
        ("2304", bill(client, visit, SON, "10.00")),
        ("2402", discharge(client, visit, SON)),
        ("2404", claim(visit, SON)),
        ("2405", claim(visit, SON)),
    ):
        answer = client.ask(infno, content)
        assert answer["infcode"] == -1, infno
        assert "SETTLEMENT_NOT_FOUND" in answer["err_msg"] or "AMOUNTS_DISAGREE" in answer["err_msg"], infno


def test_a_refund_of_one_kind_does_not_take_the_others_settlement(client):
    stay = admit(client, FATHER)
    upload(client, stay, FATHER, ("1", "10.00"))
    client.done("2402", discharge(client, stay, FATHER))
    paid = settle(client, stay, FATHER, "10.00")
    visit, total = client.visit(SON, ("XX", "10.00", "1"))
    bought, _ = settled(client, SON, total, visit)

    refused(client.ask("2208", refund(stay, FATHER, paid["setl_id"])), "SETTLEMENT_NOT_FOUND")
    refused(client.ask("2305", refund(visit, SON, bought["setl_id"])), "SETTLEMENT_NOT_FOUND")


def test_an_admission_is_changed_until_the_discharge(world, client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "10.00"))
    node = admission(client, FATHER)["mdtrtinfo"] | {"mdtrt_id": visit, "ipt_otp_no": "Z9", "adm_bed": "30"}
    node |= {"med_type": "2102", "begntime": "2025-06-01 20:00:00"}

    assert client.ask("2403", {"adminfo": node})["output"] is None

    changed = visit_of(world, visit)
    assert (changed.med_type, changed.reference, changed.begun_at) == ("2102", "Z9", datetime(2025, 6, 1, 20))
    assert changed.told["adm_bed"] == "30"
    late = client.ask("2403", {"adminfo": node | {"begntime": "2025-06-03"}})
    refused(late, "MESSAGE_MALFORMED", "begntime", "明细")
    far = client.ask("2403", {"adminfo": node | {"begntime": "2023-06-03"}})
    refused(far, "MESSAGE_MALFORMED", "begntime", "一年")
    ends = client.ask("2403", {"adminfo": node | {"endtime": "2025-05-01"}})
    refused(ends, "MESSAGE_MALFORMED", "endtime")
    settle(client, visit, FATHER, "10.00", mid="1")
    moved = client.ask("2403", {"adminfo": node | {"begntime": "2025-05-31"}})
    refused(moved, "SETTLEMENT_NOT_FOUND", "2305")
    client.done("2402", discharge(client, visit, FATHER))
    refused(client.ask("2403", {"adminfo": node}), "SETTLEMENT_NOT_FOUND", "2405")


def test_fees_lie_within_the_stay_by_the_day(client):
    visit = admit(client, FATHER, begntime="2025-05-30 20:00:00")
    first = fee(client, visit, FATHER, "1", fee_ocur_time="2025-05-30 08:00:00")

    early = client.ask("2301", {"feedetail": first | {"fee_ocur_time": "2025-05-29 23:59:59"}})
    refused(early, "MESSAGE_MALFORMED", "fee_ocur_time", "明细流水号 1")
    late = client.ask("2301", {"feedetail": first | {"fee_ocur_time": "2025-06-04"}})
    refused(late, "MESSAGE_MALFORMED", "fee_ocur_time")
    client.done("2301", {"feedetail": first})
    client.done("2402", discharge(client, visit, FATHER, endtime="2025-06-01 12:00:00"))
    after = fee(client, visit, FATHER, "2", fee_ocur_time="2025-06-02 08:00:00")
    refused(client.ask("2301", {"feedetail": after}), "MESSAGE_MALFORMED", "fee_ocur_time")
    client.done("2301", {"feedetail": after | {"fee_ocur_time": "2025-06-01 18:00:00"}})


def test_a_discharge_lies_after_the_admission_and_the_fees_and_not_in_the_future(world, client):
    visit = admit(client, FATHER, begntime="2025-05-30 20:00:00")
    upload(client, visit, FATHER, ("1", "10.00"))

    for endtime in ("2025-05-29", "2025-05-30 19:59:59", "2025-06-03 10:00:01"):
        refused(client.ask("2402", discharge(client, visit, FATHER, endtime=endtime)), "MESSAGE_MALFORMED", "endtime")
    before_fees = client.ask("2402", discharge(client, visit, FATHER, endtime="2025-06-01"))
    refused(before_fees, "MESSAGE_MALFORMED", "endtime", "明细")
    assert client.ask("2402", discharge(client, visit, FATHER, dscg_bed="3"))["output"] is None
    ended = visit_of(world, visit)
    assert (ended.in_hospital, ended.told["dscg_way"], ended.told["dscg_bed"]) == (False, "1", "3")
    refused(client.ask("2402", discharge(client, visit, FATHER)), "SETTLEMENT_NOT_FOUND", "2405")


def test_lines_of_the_same_day_by_date_alone_leave_on_that_day(client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "10.00"))

    assert client.ask("2402", discharge(client, visit, FATHER, endtime="2025-06-02"))["infcode"] == 0


def test_what_is_taken_back_leaves_what_the_catalogue_makes_of_the_rest(client):
    visit = admit(client, FATHER)
    client.done("2301", {"feedetail": fee(client, visit, FATHER, "1", "35.00", "3", code=DRUG_B_CEILING)})
    row = fee(client, visit, FATHER, "2", "35.00", "-1", code=DRUG_B_CEILING, init_feedetl_sn="1")

    back = client.done("2301", {"feedetail": row})["result"][0]

    names = ("det_item_fee_sumamt", "cnt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt", "fulamt_ownpay_amt")
    assert [back[name] for name in names] == [-35, -1, -5, -3, -27, 0]
    info = client.done("2303", whole(client, visit, FATHER, "70.00"))["setlinfo"]
    assert (info["overlmt_selfpay"], info["preselfpay_amt"], info["inscp_scp_amt"]) == (10, 6, 54)


def test_roundings_of_what_is_taken_back_bit_by_bit_leave_no_part_below_zero(client):
    visit = admit(client, FATHER)
    client.done("2301", {"feedetail": fee(client, visit, FATHER, "0", "0.10", "10", code=DRUG_B)})

    for place in range(1, 11):
        row = fee(client, visit, FATHER, str(place), "0.10", "-1", code=DRUG_B, init_feedetl_sn="0")
        client.done("2301", {"feedetail": row})
        left = Decimal("0.10") * (10 - place)
        if left:
            info = client.done("2303", whole(client, visit, FATHER, str(left)))["setlinfo"]
            assert info["preselfpay_amt"] >= 0
            assert info["preselfpay_amt"] + info["inscp_scp_amt"] == left
    client.done("2402", discharge(client, visit, FATHER))
    refused(client.ask("2304", whole(client, visit, FATHER, "0.00")), "AMOUNTS_DISAGREE")


def test_no_more_is_taken_back_than_is_left_of_an_open_line_of_that_code_and_price(client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "10.00", "3"))

    refused(take_back(client, visit, FATHER, "2", "1", "10.00", "4"), "AMOUNTS_DISAGREE", "原明细还剩 30.00")
    refused(take_back(client, visit, FATHER, "2", "9", "10.00", "1"), "SETTLEMENT_NOT_FOUND", "明细流水号 9")
    refused(take_back(client, visit, FATHER, "2", "1", "9.00", "1"), "MESSAGE_MALFORMED", "init_feedetl_sn")
    for wrong, name in (
        ({"init_feedetl_sn": ""}, "init_feedetl_sn"),
        ({"det_item_fee_sumamt": "10.00"}, "det_item_fee_sumamt"),
        ({"cnt": "0"}, "cnt"),
        ({"cnt": "1", "det_item_fee_sumamt": "10.00"}, "init_feedetl_sn"),
        ({"med_type": "11"}, "med_type"),
    ):
        row = fee(client, visit, FATHER, "2", "10.00", "-1", init_feedetl_sn="1") | wrong
        refused(client.ask("2301", {"feedetail": row}), "MESSAGE_MALFORMED", name)
    assert take_back(client, visit, FATHER, "2", "1", "10.00", "2")["infcode"] == 0
    refused(take_back(client, visit, FATHER, "3", "1", "10.00", "2"), "AMOUNTS_DISAGREE", "原明细还剩 10.00")
    refused(take_back(client, visit, FATHER, "3", "2", "10.00", "1"), "SETTLEMENT_NOT_FOUND")
    assert take_back(client, visit, FATHER, "3", "1", "10.00", "1")["infcode"] == 0


def test_one_message_may_bring_a_line_and_take_it_back_or_nothing_at_all(world, client):
    visit = admit(client, FATHER)
    line = fee(client, visit, FATHER, "1", "10.00", "2")
    back = fee(client, visit, FATHER, "2", "10.00", "-1", init_feedetl_sn="1")

    wrong = client.ask("2301", {"feedetail": [line, back, back | {"feedetl_sn": "2"}]})
    refused(wrong, "MESSAGE_MALFORMED", "feedetl_sn")
    off = client.ask("2301", {"feedetail": [line, back | {"det_item_fee_sumamt": "-10.02"}]})
    refused(off, "AMOUNTS_DISAGREE", "10.02")
    refused(client.ask("2301", {"feedetail": []}), "MESSAGE_MALFORMED", "feedetail")
    refused(client.ask("2301", {"feedetail": line | {"feedetl_sn": "0000"}}), "MESSAGE_MALFORMED", "feedetl_sn")
    stray = back | {"mdtrt_id": "7"}
    refused(client.ask("2301", {"feedetail": [line, stray]}), "MESSAGE_MALFORMED", "mdtrt_id")
    assert visit_of(world, visit).lines == ()
    client.done("2301", {"feedetail": [line, back]})
    assert [one.amount_fen for one in visit_of(world, visit).lines] == [20_00, -10_00]


def test_lines_are_taken_off_by_number_several_at_once_or_all(world, client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, *((str(number), "10.00", "2") for number in range(1, 6)))
    take_back(client, visit, FATHER, "6", "1", "10.00", "1")

    def remove(*numbers):
        return client.ask("2302", {"data": [claim(visit, FATHER, feedetl_sn=one)["data"] for one in numbers]})

    refused(remove("1"), "SETTLEMENT_NOT_FOUND", "退单", "明细流水号 6")
    refused(remove("2", "77"), "SETTLEMENT_NOT_FOUND", "明细流水号 77")
    stray = [claim(visit, FATHER, feedetl_sn="2")["data"], claim("9", FATHER, feedetl_sn="3")["data"]]
    refused(client.ask("2302", {"data": stray}), "MESSAGE_MALFORMED", "mdtrt_id")
    assert remove("1", "6", "2")["output"] is None
    assert [line.line_no for line in visit_of(world, visit).lines] == ["3", "4", "5"]
    assert client.ask("2302", claim(visit, FATHER, feedetl_sn="4"))["output"] is None
    assert remove("0000")["output"] is None
    assert visit_of(world, visit).lines == ()


def test_a_stay_is_taken_back_step_by_step_and_only_in_order(world, client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "150.00"))
    refused(client.ask("2405", claim(visit, FATHER)), "SETTLEMENT_NOT_FOUND", "没有办理出院")
    refused(client.ask("2404", claim(visit, FATHER)), "SETTLEMENT_NOT_FOUND", "2302")
    refused(client.ask("2304", whole(client, visit, FATHER, "150.00")), "STAY_OPEN", "2402")
    client.done("2402", discharge(client, visit, FATHER))
    refused(client.ask("2404", claim(visit, FATHER)), "SETTLEMENT_NOT_FOUND", "2405")
    paid = settle(client, visit, FATHER, "150.00")
    assert (world.balance(FATHER), world.balance(SON)) == (0, 1950_00)

    refused(client.ask("2301", {"feedetail": fee(client, visit, FATHER, "2")}), "SETTLEMENT_NOT_FOUND", "2305")
    refused(client.ask("2302", claim(visit, FATHER, feedetl_sn="0000")), "SETTLEMENT_NOT_FOUND", "2305")
    refused(client.ask("2303", whole(client, visit, FATHER, "150.00")), "SETTLEMENT_NOT_FOUND", "2305")
    refused(client.ask("2304", whole(client, visit, FATHER, "150.00")), "SETTLEMENT_NOT_FOUND", "2305")
    refused(client.ask("2405", claim(visit, FATHER)), "SETTLEMENT_NOT_FOUND", "2305")
    refused(client.ask("2404", claim(visit, FATHER)), "SETTLEMENT_NOT_FOUND", "2305")
    client.done("2305", refund(visit, FATHER, paid["setl_id"]))
    assert (world.balance(FATHER), world.balance(SON)) == (100_00, 2000_00)
    assert client.ask("2405", claim(visit, FATHER))["output"] is None
    assert "dscg_way" not in visit_of(world, visit).told
    assert client.ask("2302", claim(visit, FATHER, feedetl_sn="1"))["output"] is None
    assert client.ask("2404", claim(visit, FATHER))["output"] is None
    refused(client.ask("2404", claim(visit, FATHER)), "SETTLEMENT_NOT_FOUND", "就诊")
    assert admit(client, FATHER) != visit


def test_a_discharge_is_not_undone_while_the_patient_lies_elsewhere(world, client):
    visit = admit(client, FATHER)
    client.done("2402", discharge(client, visit, FATHER))
    elsewhere = world.client(JINAN_HOSPITAL)
    other = admit(elsewhere, FATHER)

    refused(client.ask("2405", claim(visit, FATHER)), "STAY_OPEN", JINAN_HOSPITAL)
    elsewhere.done("2404", claim(other, FATHER))
    assert client.ask("2405", claim(visit, FATHER))["infcode"] == 0


def test_an_admission_is_taken_back_by_its_message_while_nothing_has_followed(client):
    def ask(infno, content):
        message = client.envelope(infno, content)
        return client.ask(infno, content, msgid=message["msgid"]), message["msgid"]

    answer, sent = ask("2401", admission(client, FATHER))
    visit = answer["output"]["result"]["mdtrt_id"]
    upload(client, visit, FATHER, ("1", "10.00"))
    refused(client.ask("2601", reversal(FATHER, sent, "2401")), "SETTLEMENT_NOT_FOUND", "2302")
    refused(client.ask("2601", reversal(SON, sent, "2401")), "SETTLEMENT_NOT_FOUND")
    client.done("2302", claim(visit, FATHER, feedetl_sn="0000"))

    assert client.ask("2601", reversal(FATHER, sent, "2401"))["output"] is None
    refused(client.ask("2601", reversal(FATHER, sent, "2401")), "SETTLEMENT_NOT_FOUND", "入院")
    refused(client.ask("2404", claim(visit, FATHER)), "SETTLEMENT_NOT_FOUND")
    answer, sent = ask("2401", admission(client, FATHER))
    visit = answer["output"]["result"]["mdtrt_id"]
    client.done("2402", discharge(client, visit, FATHER))
    refused(client.ask("2601", reversal(FATHER, sent, "2401")), "SETTLEMENT_NOT_FOUND", "出院")


def test_a_code_is_tied_to_the_stay_and_pays_it_once(world, client):
    code = world.token(FATHER)
    shown = {"mdtrt_cert_type": "01", "mdtrt_cert_no": code}
    visit = admit(client, FATHER, **shown)
    upload(client, visit, FATHER, ("1", "10.00"))
    client.done("2402", discharge(client, visit, FATHER))
    paid = settle(client, visit, FATHER, "10.00", **shown)

    client.done("2305", refund(visit, FATHER, paid["setl_id"]))

    refused(client.ask("2304", whole(client, visit, FATHER, "10.00", **shown)), "CREDENTIAL_NOT_ACTIVE")
    settle(client, visit, FATHER, "10.00", mdtrt_cert_type="01", mdtrt_cert_no=world.token(FATHER))


def test_every_path_of_a_stay_and_the_catch_all(client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "10.00"))
    client.done("2402", discharge(client, visit, FATHER))

    paid = settle(client, visit, FATHER, "10.00", infno="2304")
    client.done("2305", refund(visit, FATHER, paid["setl_id"]))

    content = whole(client, visit, FATHER, "10.00")
    assert client.ask("2304A", content, path=CATCH_ALL)["output"]["setlinfo"]["mdtrt_id"] == visit
    assert "未知交易编号" in client.ask("2304", content, path="/fsi/api/hospSettService/preSett")["err_msg"]
