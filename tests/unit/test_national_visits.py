"""A visit before it is paid for, as a hospital sends it: sign-in, person, registration, description, fee lines."""

from decimal import Decimal

import pytest

from gongji.domain.insured import Insurance, Status
from tests.national_world import (
    CLOSED_HOSPITAL,
    DRUG_A,
    DRUG_B,
    DRUG_B_CEILING,
    TONIC,
    World,
    card,
    certno,
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


def test_an_operator_signs_in_and_out(client):
    sign = client.done("9001", {"signIn": {"opter_no": "7", "mac": "", "ip": "10.0.0.1"}})["signinoutb"]

    out = client.done("9002", {"signOut": {"sign_no": sign["sign_no"], "opter_no": "7"}})
    assert out == {"signoutoutb": {"sign_time": "2025-06-02 10:00:00"}}
    refused(client.ask("9002", {"signOut": {"sign_no": "999"}}), "SETTLEMENT_NOT_FOUND", "签到")


@pytest.mark.parametrize(
    ("kind", "shown"), [("01", lambda world: world.token(FATHER)), ("02", certno(FATHER)), ("03", card(FATHER))]
)
def test_a_person_is_found_by_token_id_number_and_card(world, client, kind, shown):
    number = shown(world) if callable(shown) else shown

    output = client.done("1101", {"data": {"mdtrt_cert_type": kind, "mdtrt_cert_no": number, "card_sn": ""}})

    assert output["baseinfo"]["psn_no"] == psn(FATHER)
    assert output["insuinfo"][0]["balc"] == Decimal("100.00")
    assert output["insuinfo"][0]["insutype"] == "310"
    assert output["idetinfo"] == []


def test_a_name_that_does_not_fit_the_number_is_refused(client):
    data = {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(FATHER)}

    refused(client.ask("1101", {"data": data | {"psn_name": "别人"}}), "IDENTITY_MISMATCH")
    refused(client.ask("1101", {"data": data | {"certno": certno(SON)}}), "IDENTITY_MISMATCH")
    assert client.ask("1101", {"data": data | {"psn_name": f"测{FATHER}", "certno": certno(FATHER)}})["infcode"] == 0


def test_nobody_is_found_by_a_number_nobody_has(client):
    refused(client.ask("1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": "X"}}), "PERSON_UNKNOWN")


def test_residents_and_uninsured_show_their_own_rows(world, client):
    world.person(5, insured=Insurance.RESIDENT, status=Status.SUSPENDED)
    world.person(6, insured=Insurance.NONE)

    def rows(number):
        return client.done("1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(number)}})["insuinfo"]

    assert [(row["insutype"], row["psn_insu_stas"], row["psn_type"]) for row in rows(5)] == [("390", "2", "1501")]
    assert rows(6) == []


def test_somebody_elses_credential_is_refused_at_the_desk_and_at_the_counter(client):
    theirs = {"mdtrt_cert_no": certno(SON)}
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))

    refused(client.ask("2201", client.register(FATHER, **theirs)), "NOT_OWN_CREDENTIAL")
    answer = client.ask("2207", client.bill(visit, FATHER, "99.00", core=client.whole(total), **theirs))
    refused(answer, "NOT_OWN_CREDENTIAL")


def test_fee_lines_are_classed_and_priced_by_the_catalogue(client):
    visit = client.done("2201", client.register(FATHER))["data"]["mdtrt_id"]
    rows = [
        client.line(visit, FATHER, DRUG_B, "4.52", "1", sn="1"),
        client.line(visit, FATHER, DRUG_B_CEILING, "35.00", "2", sn="2"),
        client.line(visit, FATHER, TONIC, "88.00", "1", sn="3"),
        client.line(visit, FATHER, "UNKNOWN", "12.345000", "2", sn="4"),
    ]

    first, second, third, fourth = client.done("2204", {"feedetail": rows})["result"]

    names = ("fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", "inscp_scp_amt", "selfpay_prop", "chrgitm_lv")
    assert [first[name] for name in names] == [0, 0, Decimal("0.23"), Decimal("4.29"), Decimal("0.05"), "02"]
    assert first["pric_uplmt_amt"] == 999999
    assert [second[name] for name in names] == [0, 10, 6, 54, Decimal("0.1"), "02"]
    assert second["pric_uplmt_amt"] == 30
    assert [third[name] for name in names] == [88, 0, 0, 0, 1, "03"]
    assert [fourth[name] for name in names] == [Decimal("24.69"), 0, 0, 0, 1, "03"]
    assert fourth["pric"] == Decimal("12.345")


def test_lines_must_multiply_up_stand_once_and_belong_to_one_visit(client):
    visit = client.done("2201", client.register(FATHER))["data"]["mdtrt_id"]
    line = client.line(visit, FATHER)

    wrong = client.ask("2204", {"feedetail": line | {"det_item_fee_sumamt": "10.01"}})
    refused(wrong, "AMOUNTS_DISAGREE", "10.01", "10.00")
    refused(client.ask("2204", {"feedetail": [line, line]}), "MESSAGE_MALFORMED", "feedetl_sn")
    stray = client.line("999", FATHER, sn="2")
    refused(client.ask("2204", {"feedetail": [line, stray]}), "MESSAGE_MALFORMED", "mdtrt_id")
    refused(client.ask("2204", {"feedetail": []}), "MESSAGE_MALFORMED", "feedetail")
    client.done("2204", {"feedetail": line})
    refused(client.ask("2204", {"feedetail": line}), "MESSAGE_MALFORMED", "feedetl_sn")


def test_unsettled_lines_are_taken_off_by_batch_or_all(client):
    visit = client.done("2201", client.register(FATHER))["data"]["mdtrt_id"]
    for batch in ("B1", "B2"):
        client.done("2204", {"feedetail": client.line(visit, FATHER, sn=batch, batch=batch)})
    data = {"mdtrt_id": visit, "psn_no": psn(FATHER)}
    settled(client, FATHER, "10.00", visit, batch="B2")

    refused(client.ask("2205", {"data": data | {"chrg_bchno": "B2"}}), "SETTLEMENT_NOT_FOUND", "明细")
    assert client.ask("2205", {"data": data | {"chrg_bchno": "B1"}})["output"] is None
    assert client.ask("2205", {"data": data | {"chrg_bchno": "0000"}})["infcode"] == 0
    refused(client.ask("2207", client.bill(visit, FATHER, "10.00")), "AMOUNTS_DISAGREE")


def test_a_registration_is_cancelled_until_it_is_settled(client):
    visit, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    data = {"psn_no": psn(FATHER), "mdtrt_id": visit, "ipt_otp_no": f"M{FATHER}"}
    info, _ = settled(client, FATHER, total, visit)

    refused(client.ask("2202", {"data": data}), "SETTLEMENT_NOT_FOUND", "退费")
    client.done("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}})
    assert client.ask("2202", {"data": data})["output"] is None
    refused(client.ask("2202", {"data": data}), "SETTLEMENT_NOT_FOUND", "就诊")


def test_a_visit_is_described_with_or_without_the_letter(client):
    visit = client.done("2201", client.register(FATHER))["data"]["mdtrt_id"]
    node = {"mdtrt_id": visit, "psn_no": psn(FATHER), "med_type": "14", "begntime": "2025-05-30 08:00:00"}
    sickness = dict.fromkeys(("diag_type", "diag_srt_no", "diag_code", "diag_name", "diag_dept", "dise_dor_no",
                              "dise_dor_name", "diag_time", "vali_flag"), "1")  # fmt: skip
    sickness["diag_time"] = "2025-05-30"

    assert client.ask("2203", {"mdtrtinfo": node})["output"] is None
    assert client.ask("2203A", {"mdtrtinfo": node, "diseinfo": sickness})["output"] is None
    inpatient = client.ask("2203A", {"mdtrtinfo": node | {"med_type": "21"}})
    refused(inpatient, "MESSAGE_MALFORMED", "med_type", "住院")
    early = client.ask("2203", {"mdtrtinfo": node | {"begntime": "2024-01-01"}})
    refused(early, "MESSAGE_MALFORMED", "begntime")


@pytest.mark.parametrize("code", [CLOSED_HOSPITAL, "H99999999999"])
def test_a_place_that_is_not_designated_is_refused(world, code):
    client = world.client(code)

    answer = client.ask("1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(FATHER)}})

    refused(answer, "PLACE_NOT_DESIGNATED")
    refused(client.ask("2201", client.register(FATHER)), "PLACE_NOT_DESIGNATED")


def test_a_visit_lies_at_most_a_year_from_now(client):
    for begntime in ("2024-05-01", "2026-06-30 00:00:00", "9999-12-31"):
        refused(client.ask("2201", client.register(FATHER, begntime=begntime)), "MESSAGE_MALFORMED", "begntime")
