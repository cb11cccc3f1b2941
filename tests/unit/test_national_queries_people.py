"""1201, 2001, 5201, 5206 and 5301 to 5303: what an institution is told of institutions and people."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from gongji.domain.insured import Insurance, Status
from gongji.domain.requests import Scope
from gongji.registry.records import Visit
from tests.national_world import (
    CATCH_ALL,
    CLOSED_HOSPITAL,
    DRUG_A,
    JINAN_HOSPITAL,
    NOW,
    SHANGHAI_HOSPITAL,
    WUHAN_HOSPITAL,
    WUXI_HOSPITAL,
    WUXI_PHARMACY,
    World,
    psn,
    refused,
)

FATHER, CHILD = 1, 2


@pytest.fixture
def world():
    world = World()
    world.person(FATHER, money=100_00)
    world.person(CHILD, insured=Insurance.RESIDENT)
    return world


@pytest.fixture
def client(world):
    return world.client()


def done(client, infno, content):
    answer = client.ask(infno, content, CATCH_ALL)
    assert answer["infcode"] == 0, answer
    return answer["output"]


def malformed(client, infno, content, field):
    refused(client.ask(infno, content, CATCH_ALL), "MESSAGE_MALFORMED", f"{field}：")


def institutions(client, **asked):
    rows = done(client, "1201", {"medinsinfo": {"fixmedins_type": "1"} | asked})["medinsinfo"]
    return [row["fixmedins_code"] for row in rows]


def test_institutions_are_found_by_type_a_part_of_the_name_and_code(client):
    assert institutions(client, fixmedins_type="2") == [WUXI_PHARMACY]
    assert WUXI_HOSPITAL in institutions(client)
    assert not {WUXI_PHARMACY, CLOSED_HOSPITAL} & set(institutions(client))
    assert institutions(client, fixmedins_name="例H3702") == []
    assert institutions(client, fixmedins_name="例H3701") == [JINAN_HOSPITAL]
    assert institutions(client, fixmedins_code=JINAN_HOSPITAL) == [JINAN_HOSPITAL]
    assert institutions(client, fixmedins_code=WUXI_PHARMACY) == []
    assert institutions(client, fixmedins_type="3") == []


def test_no_more_institutions_than_two_hundred_are_told(world, client):
    def many(books):
        for number in range(201):
            code = f"P{number:011d}"
            books.registry.institutions[code] = replace(
                books.registry.institutions[WUXI_PHARMACY], code=code, name="多"
            )

    world.store.run(Scope(), many)

    rows = done(client, "1201", {"medinsinfo": {"fixmedins_type": "2", "fixmedins_name": "多"}})["medinsinfo"]

    assert len(rows) == 200
    assert {(row["uscc"], row["hosp_lv"]) for row in rows} == {("", "11")}


def benefits(client, number, insutype="310", **more):
    data = {"psn_no": psn(number), "insutype": insutype, "med_type": "11", "begntime": "2025-06-02 10:00:00"} | more
    rows = done(client, "2001", {"data": data})["trtinfo"]
    return [(row["fund_pay_type"], row["trt_enjymnt_flag"], row["trt_chk_rslt"]) for row in rows]


def without_account(world, number):
    def change(books):
        books.registry.people.put(number, replace(books.registry.people[number], account=False))

    world.store.run(Scope(people={number}), change)


def test_an_employee_of_wuhan_enjoys_the_pooled_fund_and_his_account(world):
    world.person(4, region="420100")
    world.person(5, region="420100")
    without_account(world, 5)
    wuhan = world.client(WUHAN_HOSPITAL)

    assert benefits(wuhan, 4) == [("310100", "1", None), ("310200", "1", None)]
    assert benefits(wuhan, 4, fixmedins_code=WUXI_PHARMACY) == benefits(wuhan, 4, med_type="41")
    assert [row[:2] for row in benefits(wuhan, 5)] == [("310100", "1"), ("310200", "0")]


def test_shanghai_has_a_layer_above_the_basic_fund(world):
    world.person(4, region="310000")

    found = benefits(world.client(SHANGHAI_HOSPITAL), 4, med_type="21")

    assert [row[:2] for row in found] == [("310100", "1"), ("330100", "1"), ("310200", "1")]


def test_where_the_book_knows_no_benefits_it_says_so(client):
    [(fund, flag, why), _] = benefits(client, FATHER)

    assert (fund, flag) == ("310100", "1")
    assert "没有这一类待遇的标准" in why
    assert benefits(client, CHILD, insutype="390")[0][:2] == ("390100", "1")


@pytest.mark.parametrize(
    ("person", "more", "words"),
    [
        ({"status": Status.SUSPENDED}, {}, "参保已暂停"),
        ({"status": Status.ENDED}, {}, "终止"),
        ({"suspended_until": date(2025, 7, 1)}, {}, "暂停"),
        ({"credential_active": False}, {}, "激活"),
        ({}, {"fixmedins_code": CLOSED_HOSPITAL}, "定点"),
        ({}, {"fixmedins_code": "H999"}, "定点"),
    ],
)
def test_who_or_where_nothing_is_paid_is_told_why(world, client, person, more, words):
    world.person(9, **person)

    found = benefits(client, 9, **more)

    assert [row[:2] for row in found] == [("310100", "0"), ("310200", "0")]
    assert all(words in row[2] for row in found)


def test_another_insurance_than_his_own_pays_nothing(client):
    assert benefits(client, CHILD) == [("310100", "0", "没有参加这个险种。")]
    assert benefits(client, FATHER, insutype="340") == []


def test_a_benefit_check_of_nobody_or_of_no_time_is_refused(client):
    ask = {"psn_no": psn(FATHER), "insutype": "310", "med_type": "11", "begntime": "2025-06-02 10:00:00"}
    refused(client.ask("2001", {"data": ask | {"psn_no": "nobody"}}, CATCH_ALL), "PERSON_UNKNOWN")
    malformed(client, "2001", {"data": ask | {"begntime": "1990-01-01"}}, "begntime")
    malformed(client, "2001", {"data": ask | {"endtime": "2025-06-01"}}, "endtime")


def visits(client, number=FATHER, **more):
    data = {"psn_no": psn(number), "begntime": "2025-06-01", "endtime": "2025-06-03", "med_type": ""} | more
    return [row["mdtrt_id"] for row in done(client, "5201", {"data": data})["mdtrtinfo"]]


def test_visits_are_those_here_in_the_time_asked_for(world, client):
    first, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    client.done("2207", client.bill(first, FATHER, total, core=client.whole(total)))
    world.client(JINAN_HOSPITAL).visit(FATHER, (DRUG_A, "10.00", "1"))
    client.wait(hours=20)
    second, _ = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    before = world.snapshot()

    assert visits(client) == [first, second]
    assert visits(client, begntime="2025-06-02 10:00:00", endtime="2025-06-02 10:00:00") == [first]
    assert visits(client, endtime="2025-06-02") == [first]
    assert visits(client, begntime="2025-06-02 08:00:00", endtime="2025-06-02") == [first]  # to the end of the day
    assert visits(client, begntime="2025-06-02 10:00:01") == [second]
    assert visits(client, med_type="11") == [first]
    assert visits(client, mdtrt_id=second) == [second]
    assert visits(client, CHILD) == []
    assert world.snapshot() == before


def test_visits_of_nobody_or_of_no_time_are_refused(client):
    ask = {"psn_no": psn(FATHER), "begntime": "2025-06-02", "endtime": "2025-06-03", "med_type": "11"}
    refused(client.ask("5201", {"data": ask | {"psn_no": "nobody"}}, CATCH_ALL), "PERSON_UNKNOWN")
    malformed(client, "5201", {"data": ask | {"endtime": "2025-06-01"}}, "endtime")
    malformed(client, "5201", {"data": ask | {"endtime": "9999-12-31"}}, "endtime")


def stay(world, visit_id, institution=WUXI_HOSPITAL, **more):
    def admit(books):
        books.registry.visits.put(
            visit_id,
            Visit(
                visit_id=visit_id,
                book_id=FATHER,
                institution=institution,
                reference="Z1",
                begun_at=NOW - timedelta(days=3),
                insutype="310",
                med_type="21",
                told={"adm_bed": "12", "chfpdr_name": "主治", "geso_val": "39"},
                **more,
            ),
        )

    world.store.run(Scope(people={FATHER}), admit)


def test_a_stay_that_goes_on_here_is_told_with_what_was_said_at_admission(world, client):
    stay(world, "900", in_hospital=True)
    ask = {"psn_no": psn(FATHER), "begntime": "2025-05-01", "endtime": "2025-06-02"}

    [row] = done(client, "5303", {"data": ask})["data"]

    assert (row["mdtrt_id"], row["begndate"], row["med_type"], row["ipt_otp_no"]) == ("900", "2025-05-30", "21", "Z1")
    assert done(client, "5303", {"data": ask | {"begntime": "2025-05-31"}})["data"] == []
    assert done(client, "5303", {"data": {name: ask[name] for name in ("psn_no", "begntime")}})["data"] == [row]
    assert done(world.client(JINAN_HOSPITAL), "5303", {"data": ask})["data"] == []
    [info] = done(client, "5201", {"data": ask | {"med_type": "21"}})["mdtrtinfo"]
    assert (info["inhosp_stas"], info["adm_bed"], info["chfpdr_name"], info["endtime"]) == ("1", "12", "主治", None)
    assert info["geso_val"] == 39


def test_after_the_discharge_nobody_lies_there(world, client):
    stay(world, "900", ended_at=NOW)
    ask = {"psn_no": psn(FATHER), "begntime": "2025-05-01", "endtime": "2025-06-02", "med_type": "21"}

    [info] = done(client, "5201", {"data": ask})["mdtrtinfo"]

    assert (info["inhosp_stas"], info["endtime"]) == ("0", "2025-06-02 10:00:00")
    assert done(client, "5303", {"data": ask})["data"] == []
    malformed(client, "5303", {"data": ask | {"psn_no": ""}}, "psn_no")


def sums(client, **more):
    rows = done(client, "5206", {"data": {"psn_no": psn(4)} | more})["cuminfo"]
    assert {(row["insutype"], row["year"]) for row in rows} <= {("310", "2025")}
    return {row["cum_type_code"]: row["cum"] for row in rows}


def test_what_has_accumulated_is_summed_by_code_and_kind_of_care(world):
    world.person(4, region="420100", money=10_000_00)
    client = world.client(WUHAN_HOSPITAL)
    visit, total = client.visit(4, (DRUG_A, "500.00", "2"))
    paid = client.done("2207", client.bill(visit, 4, total))["setlinfo"]
    client.wait(days=40)
    again, total = client.visit(4, (DRUG_A, "100.00", "1"))
    back = client.done("2207", client.bill(again, 4, total))["setlinfo"]
    fund = paid["hifp_pay"] + back["hifp_pay"]
    assert fund > 0

    assert sums(client) == {
        "C0000_BIZ11": 2, "D310101": fund, "D310101_BIZ11": fund, "F0000_BIZ11": 1100,
    }  # fmt: skip
    assert sums(client, cum_ym="202506")["F0000_BIZ11"] == Decimal(1000)
    assert sums(client, cum_ym="202505") == {}
    client.done("2208", {"data": {"psn_no": psn(4), "mdtrt_id": again, "setl_id": back["setl_id"]}})
    assert sums(client)["F0000_BIZ11"] == Decimal(1000)
    for wrong in ("2025", "202513", "abcdef", "199001"):
        malformed(client, "5206", {"data": {"psn_no": psn(4), "cum_ym": wrong}}, "cum_ym")
    refused(client.ask("5206", {"data": {"psn_no": "nobody"}}), "PERSON_UNKNOWN")


def test_the_register_has_no_filings_and_says_so_with_an_empty_list(client):
    assert done(client, "5301", {"data": {"psn_no": psn(FATHER)}}) == {"feedetail": []}
    assert done(client, "5302", {"data": {"psn_no": psn(FATHER), "biz_appy_type": "03"}}) == {"psnfixmedin": []}
    refused(client.ask("5301", {"data": {"psn_no": "nobody"}}), "PERSON_UNKNOWN")
