"""A refund taken back 冲正 lets nobody pay more than if there had been none; and figures of what was left to refund."""

from datetime import datetime

import pytest

from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.registry.records import Institution
from gongji.services.bills.reversals import RefundRequest, refund, undo_refund
from tests.mobile_orders import Phone
from tests.national_stays import admit, bill, discharge, upload
from tests.national_world import (
    CATCH_ALL,
    DRUG_A,
    SHANGHAI_HOSPITAL,
    World,
    certno,
    check_identities,
    psn,
    refused,
    settled,
)

FATHER, SON = 1, 2
SHOP = "P44030000009"
DEVICE = "D0701010000000100001"
JANUARY = datetime(2025, 1, 31, 20, 0)


@pytest.fixture
def shenzhen():
    world = World()
    place = Institution(code=SHOP, name="样例药店", kind="pharmacy", level=1, region="440300")
    world._put(lambda books: books.registry.institutions.update({SHOP: place}))
    world.person(FATHER, region="440300")
    world.person(SON, region="440300", money=50_000_00)
    world.bond(SON, FATHER, since=datetime(2024, 2, 1, 9, 0))
    return world, world.client(SHOP, now=JANUARY)


def sold(client, yuan):
    """Sell a device, and return what the son paid, with the names of the settlement."""
    row = {
        "feedetl_sn": "1", "rx_circ_flag": "0", "fee_ocur_time": f"{client.now:%Y-%m-%d %H:%M:%S}",
        "med_list_codg": DEVICE, "medins_list_codg": "L1", "det_item_fee_sumamt": yuan, "cnt": "1", "pric": yuan,
    }  # fmt: skip
    head = {
        "psn_no": psn(FATHER), "mdtrt_cert_type": "02", "mdtrt_cert_no": certno(FATHER), "insutype": "310",
        "begntime": f"{client.now:%Y-%m-%d %H:%M:%S}", "medfee_sumamt": yuan, "acct_used_flag": "1", "med_type": "41",
        "expContent": {"core_split": client.whole(yuan, preselfpay_amt=yuan)},
    }  # fmt: skip
    answer = client.done("2102", {"druginfo": head, "drugdetail": row}, path=CATCH_ALL)
    check_identities(answer)
    return answer["setlinfo"]


def returned(client, info):
    data = {"setl_id": info["setl_id"], "mdtrt_id": info["mdtrt_id"], "psn_no": psn(FATHER)}
    client.done("2103", {"data": data}, path=CATCH_ALL)
    return f"{client.code}{client.now:%Y%m%d%H%M%S}{client.count:04d}"


def undone(client, message, infno="2103"):
    return client.ask("2601", {"data": {"psn_no": psn(FATHER), "omsgid": message, "oinfno": infno}})


def goods(world):
    def look(books):
        year = books.ledger.years[FATHER]
        return year.goods_month, year.goods_fen

    return world.store.read(Scope(people={FATHER}), look)


def test_goods_count_again_when_their_refund_is_taken_back(shenzhen):
    world, client = shenzhen
    message = returned(client, sold(client, "200.00"))
    assert goods(world) == ("2025-01", 0)

    assert undone(client, message)["infcode"] == 0

    assert goods(world) == ("2025-01", 200_00)
    assert sold(client, "200.00")["acct_mulaid_pay"] == 100


def test_a_refund_stands_once_the_months_limit_on_goods_has_been_used_anew(shenzhen):
    world, client = shenzhen
    message = returned(client, sold(client, "300.00"))
    assert sold(client, "300.00")["acct_mulaid_pay"] == 300

    refused(undone(client, message), "ALREADY_REVERSED")

    assert goods(world) == ("2025-01", 300_00)


def test_a_refund_of_last_month_leaves_this_months_goods_counted(shenzhen):
    world, client = shenzhen
    message = returned(client, sold(client, "300.00"))
    client.wait(days=1)
    assert sold(client, "300.00")["acct_mulaid_pay"] == 300

    refused(undone(client, message), "ALREADY_REVERSED")

    assert goods(world) == ("2025-02", 300_00)
    assert sold(client, "100.00")["acct_mulaid_pay"] == 0


def test_a_refund_stands_once_a_hospital_stay_has_counted_in_the_same_year():
    world = World()
    world.person(FATHER, region="310000")
    client = world.client(SHANGHAI_HOSPITAL)
    visit, total = client.visit(FATHER, (DRUG_A, "1000.00", "10"))
    first = client.done("2207", client.bill(visit, FATHER, total))["setlinfo"]
    data = {"setl_id": first["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}
    message = client.done("2208", {"data": data})["setlinfo"]["medins_setl_id"]
    stay = admit(client, FATHER)
    upload(client, stay, FATHER, ("1", "1000.00", "20"))
    client.done("2402", discharge(client, stay, FATHER))
    second = client.done("2304", bill(client, stay, FATHER, "20000.00"))["setlinfo"]
    assert min(first["fund_pay_sumamt"], second["fund_pay_sumamt"]) > 0

    refused(undone(client, message, "2208"), "ALREADY_REVERSED")


def test_a_refund_in_part_stands_once_the_rest_has_gone_back_too():
    world = World()
    world.person(FATHER, money=100_00)
    client = world.client()
    visit, total = client.visit(FATHER, ("NOSUCHCODE", "150.00", "1"))
    number = int(settled(client, FATHER, total, visit)[0]["setl_id"])
    part = RefundRequest(request="part", settle_id=number, at=client.now, amount_fen=20_00)
    rest = RefundRequest(request="rest", settle_id=number, at=client.now)

    def work(books):
        refund(books, world.policy, part)
        (given,) = books.ledger.refunds
        refund(books, world.policy, rest)
        return undo_refund(books, world.policy, given.refund_id, "undo", client.now)

    assert isinstance(world.store.run(Scope(settlements={number}), work), Refused)
    assert world.balance(FATHER) == 100_00


def test_what_is_left_of_a_bill_off_the_catalogue_goes_back_as_such():
    world = World()
    world.person(FATHER)
    phone = Phone(world, world.client(), FATHER)
    phone.uploaded(phone.line(code="NOSUCHCODE", price="600.00", count="1"))
    phone.pay(core={"psn_part_amt": "600.00"})
    phone.refund("CASH", cash="200.00")
    (settlement,) = world.store.ledger.settlements
    data = {"setl_id": str(settlement.settle_id), "mdtrt_id": phone.order["mdtrtId"], "psn_no": psn(FATHER)}

    back = phone.client.done("2208", {"data": data})

    check_identities(back)
    info = back["setlinfo"]
    assert (info["medfee_sumamt"], info["fulamt_ownpay_amt"], info["inscp_scp_amt"]) == (-400, -400, 0)
