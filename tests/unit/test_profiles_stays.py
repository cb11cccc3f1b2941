"""The same for a hospital stay and a sale at a pharmacy, in every profile."""

import pytest

from gongji.channels.national.signing.profiles import profiles
from tests.national_signing import ProfileClient, as_text, decimals, door_of
from tests.national_stays import admit, bill, claim, discharge, upload
from tests.national_world import CATCH_ALL, DRUG_A, FUND_NAMES, WUXI_PHARMACY, World, certno, psn

AMOUNTS = (*FUND_NAMES, "medfee_sumamt", "fund_pay_sumamt", "acct_pay", "balc", "acct_mulaid_pay")


@pytest.fixture
def world():
    world = World()
    world.person(1, money=100_00)
    world.person(2, money=150_00)
    world.bond(2, 1)
    return world


@pytest.mark.parametrize("name", list(profiles()))
def test_every_profile_carries_a_stay_to_its_refund(world, name):
    client = ProfileClient(door_of(world, name), name)
    visit = admit(client, 1)
    upload(client, visit, 1, ("1", "200.00", "1"))
    core = {"hifp_pay": 10, "psn_part_amt": 190}
    quoted = as_text(client.raw("2303", bill(client, visit, 1, "200.00", core=core)))["output"]["setlinfo"]
    assert client.done("2402", discharge(client, visit, 1)) is None

    settled = as_text(client.raw("2304", bill(client, visit, 1, "200.00", core=core)))["output"]["setlinfo"]
    refunded = as_text(client.raw("2305", claim(visit, 1, setl_id=settled["setl_id"])))["output"]["setlinfo"]

    here, back = decimals(settled, AMOUNTS), decimals(refunded, AMOUNTS)
    assert here["acct_mulaid_pay"] == 90
    assert all(here[name] == -back[name] for name in AMOUNTS if name != "balc")
    assert (here["balc"], back["balc"]) == (0, 100)
    assert (world.balance(1), world.balance(2)) == (100_00, 150_00)
    for info, infno in ((quoted, "2303"), (settled, "2304"), (refunded, "2305")):
        for one in profiles()[name].spellings:
            if not one.transactions or infno in one.transactions:
                assert info[one.added] == info[one.of]


def test_a_client_of_chongqing_reads_the_quote_of_a_stay_by_its_second_names(world):
    client = ProfileClient(door_of(world, "chongqing"), "chongqing")
    visit = admit(client, 1)
    upload(client, visit, 1, ("1", "400.00", "1"))

    quoted = as_text(client.raw("2303", bill(client, visit, 1, "400.00", core={"psn_part_amt": 400})))

    info = quoted["output"]["setlinfo"]
    assert decimals(info, ["psn_pay", "cashPayamt"]) == {"psn_pay": 400, "cashPayamt": 150}


@pytest.mark.parametrize("name", list(profiles()))
def test_every_profile_carries_a_sale_to_its_refund(world, name):
    client = ProfileClient(door_of(world, name), name, WUXI_PHARMACY)
    at = f"{client.now:%Y-%m-%d %H:%M:%S}"
    head = {
        "psn_no": psn(1), "mdtrt_cert_type": "02", "mdtrt_cert_no": certno(1), "begntime": at, "insutype": "310",
        "medfee_sumamt": "200.00", "acct_used_flag": "1", "med_type": "41",
        "expContent": {"core_split": {"psn_part_amt": 200}},
    }  # fmt: skip
    row = {
        "feedetl_sn": "1", "rx_circ_flag": "0", "fee_ocur_time": at, "med_list_codg": DRUG_A, "medins_list_codg": "L",
        "det_item_fee_sumamt": "200.00", "cnt": "1", "pric": "200.00",
    }  # fmt: skip

    settled = as_text(client.raw("2102", {"druginfo": head, "drugdetail": row}, CATCH_ALL))["output"]["setlinfo"]
    back = {"setl_id": settled["setl_id"], "mdtrt_id": settled["mdtrt_id"], "psn_no": psn(1)}
    refunded = as_text(client.raw("2103", {"data": back}, CATCH_ALL))["output"]["setlinfo"]

    assert decimals(settled, ["acct_mulaid_pay"])["acct_mulaid_pay"] == 100
    assert decimals(refunded, ["psn_pay", "cash_payamt"]) == {"psn_pay": -200, "cash_payamt": 0}
    assert (world.balance(1), world.balance(2)) == (100_00, 150_00)


@pytest.mark.parametrize("name", list(profiles()))
def test_every_profile_reconciles_by_what_it_was_answered(world, name):
    client = ProfileClient(door_of(world, name), name)
    visit, total = client.visit(1, (DRUG_A, "200.00", "1"))
    bill = client.bill(visit, 1, total, core={"hifp_pay": 10, "psn_part_amt": 190})
    info = as_text(client.raw("2207", bill))["output"]["setlinfo"]
    told = decimals(info, ["medfee_sumamt", "fund_pay_sumamt", "acct_pay", "acct_mulaid_pay"])
    accounts = told["acct_pay"] + (told["acct_mulaid_pay"] if profiles()[name].account == "exclusive" else 0)
    data = {
        "insutype": "310", "clr_type": "11", "setl_optins": info["clr_optins"],
        "stmt_begndate": f"{client.now:%Y-%m-%d}", "stmt_enddate": f"{client.now:%Y-%m-%d}",
        "medfee_sumamt": str(told["medfee_sumamt"]),
        "fund_pay_sumamt": str(told["fund_pay_sumamt"]), "acct_pay": str(accounts), "fixmedins_setl_cnt": "1",
        "refd_setl_flag": "1",
    }  # fmt: skip

    assert client.done("3201", {"data": data})["stmtinfo"]["stmt_rslt"] == "000000"
    wrong = client.done("3201", {"data": data | {"fund_pay_sumamt": "11.00"}})["stmtinfo"]
    assert wrong["stmt_rslt"] == "000103"
