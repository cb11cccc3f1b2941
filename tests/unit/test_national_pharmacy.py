"""A pharmacy's counter: 2101 quotes, 2102 settles, 2103 refunds; what relatives may pay for there, region by region."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.insured import Insurance
from gongji.ledger.records import EntryKind
from tests.national_world import (
    CATCH_ALL,
    DRUG_A,
    DRUG_B,
    NOW,
    TONIC,
    WUXI_HOSPITAL,
    WUXI_PHARMACY,
    World,
    certno,
    check_identities,
    institution,
    psn,
    refused,
)

FATHER, SON = 1, 2
DEVICE = "D0701010000000100001"
CONSUMABLE = "C0208010010100100001"
DISINFECTANT = "E0101010000000100001"
COSMETIC = "G0101010000000100001"

INSURED = {"inscp_scp_amt": 40}
"""What an outside core says of goods for 40.00 that it counts to the insurance."""

JINAN, CHENGDU, WUHAN, SHENZHEN, FUZHOU = "370100", "510100", "420100", "440300", "350100"


def shop(region):
    return f"P{region}00009"


def family(region="320200", own=100_00, sons=2000_00, insured=Insurance.EMPLOYEE, **more):
    """Return a world with a father who may use his son's account, and the client of a pharmacy of that region."""
    world = World()
    world._put(
        lambda books: books.registry.institutions.update(
            {shop(region): institution(shop(region), region, kind="pharmacy", level=1)}
        )
    )
    world.person(FATHER, region=region, money=own, insured=insured)
    world.person(SON, region=region, money=sons)
    world.bond(SON, FATHER, **more)
    return world, world.client(shop(region) if region != "320200" else WUXI_PHARMACY)


def sale(client, *lines, number=FATHER, core=(), extension=None, **more):
    """Return a sale of lines given as (code, price, count); an outside core says that the funds pay nothing."""
    rows = [
        {
            "feedetl_sn": str(place),
            "rx_circ_flag": "0",
            "fee_ocur_time": f"{client.now:%Y-%m-%d %H:%M:%S}",
            "med_list_codg": code,
            "medins_list_codg": "L1",
            "det_item_fee_sumamt": str((Decimal(price) * Decimal(count)).quantize(Decimal("0.01"))),
            "cnt": count,
            "pric": price,
        }
        for place, (code, price, count) in enumerate(lines, 1)
    ]
    total = str(sum(Decimal(row["det_item_fee_sumamt"]) for row in rows))
    head = {
        "psn_no": psn(number),
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": certno(number),
        "begntime": f"{client.now:%Y-%m-%d %H:%M:%S}",
        "medfee_sumamt": total,
        "insutype": "310",
        "acct_used_flag": "1",
        "med_type": "41",
    }
    said = dict(extension or {}) | ({"core_split": client.whole(total) | dict(core or {})} if core is not None else {})
    return {"druginfo": head | ({"expContent": said} if said else {}) | more, "drugdetail": rows}


def ask(client, infno, content, **changes):
    return client.ask(infno, content, path=CATCH_ALL, **changes)


def sold(client, *lines, **more):
    answer = ask(client, "2102", sale(client, *lines, **more))
    assert answer["infcode"] == 0, answer
    check_identities(answer["output"])
    return answer["output"]["setlinfo"]


@pytest.fixture
def wuxi():
    return family()


def test_one_message_sells_drugs_out_of_the_fathers_and_then_the_sons_account(wuxi):
    world, client = wuxi

    info = sold(client, (DRUG_A, "30.00", "10"), (DRUG_B, "20.00", "1"))

    assert (info["acct_pay"], info["acct_mulaid_pay"], info["psn_cash_pay"]) == (320, 220, 0)
    assert (info["balc"], info["clr_type"], info["hosp_part_amt"]) == (0, "41", 0)
    assert info["mdtrt_id"].isdigit()
    assert (world.balance(FATHER), world.balance(SON)) == (0, 1780_00)


def test_a_quote_says_the_same_and_writes_nothing(wuxi):
    world, client = wuxi
    goods = sale(client, (DRUG_A, "30.00", "10"))
    before = world.snapshot()

    quoted = ask(client, "2101", goods)["output"]["setlinfo"]

    assert world.snapshot() == before
    settled = ask(client, "2102", goods)["output"]["setlinfo"]
    theirs = {"mdtrt_id", "setl_id", "setl_time", "clr_optins", "clr_way", "medins_setl_id"}
    assert {name: value for name, value in quoted.items() if name not in theirs} == {
        name: value for name, value in settled.items() if name not in theirs
    }
    assert [quoted[name] for name in ("setl_time", "clr_optins", "clr_way")] == [None] * 3
    assert "setl_id" not in quoted


def test_each_line_comes_back_as_it_was_split(wuxi):
    _, client = wuxi

    output = ask(client, "2101", sale(client, (DRUG_B, "20.00", "2"), (DEVICE, "9.00", "1")))["output"]

    drug, device = output["detlcutinfo"]
    assert (drug["feedetl_sn"], drug["cnt"], drug["pric"]) == ("1", 2, 20)
    assert (drug["preselfpay_amt"], drug["inscp_scp_amt"], drug["chrgitm_lv"]) == (2, 38, "02")
    assert (device["fulamt_ownpay_amt"], device["selfpay_prop"], device["chrgitm_lv"]) == (9, 1, "03")


def test_a_sale_is_refunded_under_its_own_names(wuxi):
    world, client = wuxi
    info = sold(client, (DRUG_A, "30.00", "10"))
    data = {"data": {"setl_id": info["setl_id"], "mdtrt_id": info["mdtrt_id"], "psn_no": psn(FATHER)}}

    back = ask(client, "2103", data)["output"]["setlinfo"]

    assert (back["psn_pay"], back["cash_payamt"], back["acct_mulaid_pay"], back["balc"]) == (-300, 0, -200, 100)
    assert back["setl_id"] != info["setl_id"]
    assert (world.balance(FATHER), world.balance(SON)) == (100_00, 2000_00)
    refused(ask(client, "2103", data), "ALREADY_REVERSED")


def test_a_sale_is_taken_back_by_its_message_and_so_is_its_refund(wuxi):
    world, client = wuxi
    info = sold(client, (DRUG_A, "30.00", "10"))
    data = {"data": {"setl_id": info["setl_id"], "mdtrt_id": info["mdtrt_id"], "psn_no": psn(FATHER)}}
    back = ask(client, "2103", data)["output"]["setlinfo"]

    undo = {"psn_no": psn(FATHER), "omsgid": back["medins_setl_id"], "oinfno": "2103"}
    assert ask(client, "2601", {"data": undo})["infcode"] == 0
    assert (world.balance(FATHER), world.balance(SON)) == (0, 1800_00)

    undo = {"psn_no": psn(FATHER), "omsgid": info["medins_setl_id"], "oinfno": "2102"}
    assert ask(client, "2601", {"data": undo})["infcode"] == 0
    assert (world.balance(FATHER), world.balance(SON)) == (100_00, 2000_00)
    refused(ask(client, "2601", {"data": undo}), "ALREADY_REVERSED")


def test_a_sale_sent_again_is_sold_once(wuxi):
    world, client = wuxi
    goods, msgid = sale(client, (DRUG_A, "30.00", "10")), client.msgid()

    first = client.raw("2102", goods, CATCH_ALL, msgid=msgid)
    again = client.raw("2102", goods, CATCH_ALL, msgid=msgid)

    assert first == again
    assert world.balance(SON) == 1800_00
    other = sale(client, (DRUG_A, "30.00", "9"))
    refused(ask(client, "2102", other, msgid=msgid), "SAME_REQUEST_DIFFERENT_CONTENT")


def test_a_hospital_is_no_pharmacy(wuxi):
    world, _ = wuxi
    client = world.client(WUXI_HOSPITAL)
    before = world.snapshot()

    refused(ask(client, "2102", sale(client, (DRUG_A, "30.00", "1"))), "PLACE_NOT_DESIGNATED")
    data = {"data": {"setl_id": "1", "mdtrt_id": "1", "psn_no": psn(FATHER)}}
    refused(ask(client, "2103", data), "SETTLEMENT_NOT_FOUND")

    assert world.snapshot() == before


def test_what_is_wrong_with_a_sale_is_said_and_leaves_nothing(wuxi):
    world, client = wuxi
    good = sale(client, (DRUG_A, "30.00", "2"))
    before = world.snapshot()

    refused(ask(client, "2102", good | {"drugdetail": []}), "MESSAGE_MALFORMED", "drugdetail")
    row = good["drugdetail"][0]
    refused(ask(client, "2102", good | {"drugdetail": [row | {"cnt": 0}]}), "MESSAGE_MALFORMED", "cnt")
    refused(ask(client, "2102", good | {"drugdetail": [row, row]}), "MESSAGE_MALFORMED", "feedetl_sn")
    refused(ask(client, "2102", good | {"drugdetail": [row | {"pric": "31.00"}]}), "AMOUNTS_DISAGREE", "62.00")
    short = good | {"druginfo": good["druginfo"] | {"medfee_sumamt": "59.00"}}
    refused(ask(client, "2102", short), "AMOUNTS_DISAGREE", "59.00")
    refused(ask(client, "2102", sale(client, (DRUG_A, "30.00", "2"), mdtrt_cert_no=certno(SON))), "NOT_OWN_CREDENTIAL")
    inpatient = good | {"druginfo": good["druginfo"] | {"med_type": "21"}}
    refused(ask(client, "2102", inpatient), "MESSAGE_MALFORMED", "med_type")

    assert world.snapshot() == before


@pytest.mark.parametrize(
    ("region", "code", "paid"),
    [
        ("320200", DRUG_A, True),
        ("320200", DEVICE, True),
        ("320200", CONSUMABLE, True),
        ("320200", DISINFECTANT, False),
        (FUZHOU, DISINFECTANT, True),
    ],
)
def test_relatives_pay_for_what_the_region_lets_them(region, code, paid):
    world, client = family(region, own=0, sons=9000_00)
    if region == FUZHOU:  # a region where money is set aside for the family first
        world._put(lambda books: _set_aside(books, 500_00))

    info = sold(client, (code, "40.00", "1"), core=INSURED)

    shared = {DRUG_A: 40, DEVICE: 40, CONSUMABLE: 40, DISINFECTANT: 40}.get(code, 0) if paid else 0
    assert (info["acct_mulaid_pay"], info["psn_cash_pay"]) == (shared, 40 - shared)


@pytest.mark.parametrize("region", ["320200", FUZHOU])
@pytest.mark.parametrize("code", [TONIC, COSMETIC])
def test_tonics_and_cosmetics_are_no_matter_of_any_account(region, code):
    world, client = family(region)
    before = world.snapshot()

    for infno in ("2101", "2102"):
        no = ask(client, infno, sale(client, (DRUG_A, "5.00", "1"), (code, "40.00", "1"), core={"inscp_scp_amt": 45}))
        refused(no, "USE_NOT_ALLOWED", "另收现金", "明细流水号 2")

    assert world.snapshot() == before
    assert sold(client, (code, "40.00", "1"), acct_used_flag="0")["psn_cash_pay"] == 40


def _set_aside(books, fen):
    moves = {Account(SON, Pocket.POT, FATHER): fen, Account(SON, Pocket.CREDITS): -fen}
    books.ledger.append(EntryKind.OPENING, moves, book_id=SON, event_at=NOW, recorded_at=NOW)


def test_devices_stop_at_three_hundred_a_month_in_shenzhen():
    _, client = family(SHENZHEN, own=0, sons=20_000_00)

    first = sold(client, (DEVICE, "200.00", "1"), core={"inscp_scp_amt": 200})
    second = sold(client, (DEVICE, "200.00", "1"), (DRUG_A, "10.00", "1"), core={"inscp_scp_amt": 210})

    assert (first["acct_mulaid_pay"], second["acct_mulaid_pay"], second["psn_cash_pay"]) == (200, 110, 100)
    client.wait(days=30)
    assert sold(client, (DEVICE, "200.00", "1"), core={"inscp_scp_amt": 200})["acct_mulaid_pay"] == 200


@pytest.mark.parametrize(("insured", "shared"), [(Insurance.RESIDENT, 0), (Insurance.EMPLOYEE, 40)])
def test_residents_use_no_relatives_money_in_wuhans_pharmacies(insured, shared):
    _, client = family(WUHAN, own=0, insured=insured)

    assert sold(client, (DRUG_A, "40.00", "1"))["acct_mulaid_pay"] == shared


def test_the_second_swipe_for_the_same_goods_settles_in_shandong():
    world, client = family(JINAN, own=10_00)
    goods = sale(client, (DRUG_A, "40.00", "1"))
    refused(ask(client, "2102", goods), "SECOND_SWIPE_NEEDED")
    assert (world.balance(FATHER), world.balance(SON)) == (10_00, 2000_00)

    client.wait(minutes=4)
    other = ask(client, "2102", sale(client, (DRUG_A, "50.00", "1")))
    refused(other, "SECOND_SWIPE_NEEDED")  # other goods: a first swipe of their own
    info = ask(client, "2102", sale(client, (DRUG_A, "40.00", "1")))["output"]["setlinfo"]

    assert (info["acct_pay"], info["acct_mulaid_pay"]) == (40, 30)
    refused(ask(client, "2102", sale(client, (DRUG_A, "40.00", "1"))), "SECOND_SWIPE_NEEDED")  # the next purchase


def test_a_second_swipe_after_five_minutes_is_a_first_one():
    _, client = family(JINAN, own=10_00)
    refused(ask(client, "2102", sale(client, (DRUG_A, "40.00", "1"))), "SECOND_SWIPE_NEEDED")

    client.wait(minutes=6)

    refused(ask(client, "2102", sale(client, (DRUG_A, "40.00", "1"))), "SECOND_SWIPE_NEEDED")
    told = sale(client, (DRUG_A, "40.00", "1"), extension={"swipe": 2})
    assert ask(client, "2102", told)["output"]["setlinfo"]["acct_mulaid_pay"] == 30


def test_in_sichuan_the_sharer_is_picked_at_the_counter():
    _, client = family(CHENGDU, own=0)

    assert sold(client, (DRUG_A, "40.00", "1"))["acct_mulaid_pay"] == 0
    picked = sold(client, (DRUG_A, "40.00", "1"), extension={"sharers": [psn(SON)]})
    assert picked["acct_mulaid_pay"] == 40


def test_a_code_pays_one_sale(wuxi):
    world, client = wuxi
    code = world.token(FATHER)
    shown = {"mdtrt_cert_type": "01", "mdtrt_cert_no": code}

    assert ask(client, "2101", sale(client, (DRUG_A, "10.00", "1"), **shown))["infcode"] == 0
    assert sold(client, (DRUG_A, "10.00", "1"), **shown)["acct_pay"] == 10
    refused(ask(client, "2102", sale(client, (DRUG_A, "10.00", "1"), **shown)), "CREDENTIAL_NOT_ACTIVE")


def test_times_far_off_are_refused(wuxi):
    _, client = wuxi
    long_ago = f"{datetime(2023, 1, 1):%Y-%m-%d}"

    refused(
        ask(client, "2102", sale(client, (DRUG_A, "10.00", "1"), begntime=long_ago)), "MESSAGE_MALFORMED", "begntime"
    )
    assert client.now - NOW == timedelta(0)
