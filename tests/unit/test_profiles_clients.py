"""Per profile, a client that does what clients of that province were seen to do, through a whole outpatient visit."""

from decimal import Decimal

import pytest

from gongji.channels.national.signing.profiles import profiles
from tests.national_signing import ProfileClient, as_text, decimals, door_of
from tests.national_world import CATCH_ALL, DRUG_A, EXAM, FUND_NAMES, World, certno, check_identities, psn

NEVER_NULL = (
    "medfee_sumamt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc", "pool_prop_selfpay",
    *FUND_NAMES, "fund_pay_sumamt", "acct_pay", "psn_part_amt", "psn_cash_pay", "hosp_part_amt", "balc",
    "acct_mulaid_pay",
)  # fmt: skip
"""What clients make a number or a text of without asking whether it is null."""

RIO = "/ebus/rio_fsi"


@pytest.fixture
def world():
    world = World()
    world.person(1, money=100_00)
    world.person(2, money=150_00)
    world.bond(2, 1)
    return world


def visit_of(client):
    """Everything from signing in to the refund; return setlinfo of 2206, 2207 and 2208, numbers as their texts."""
    client.done("9001", {"signIn": {"opter_no": "1", "mac": "m", "ip": "i"}})
    balance = client.done("1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(1)}})
    assert balance["insuinfo"][0]["balc"] == 100
    visit = client.done("2201", client.register(1))["data"]["mdtrt_id"]
    described = {
        "mdtrt_id": visit,
        "psn_no": psn(1),
        "med_type": "11",
        "begntime": f"{client.now:%Y-%m-%d %H:%M:%S}",
        "main_cond_dscr": "",
    }
    assert client.done("2203", {"mdtrtinfo": described, "diseinfo": []}) is None
    client.done("2204", {"feedetail": [client.line(visit, 1, DRUG_A, "300.00"), client.line(visit, 1, EXAM, sn="2")]})
    bill = client.bill(visit, 1, "310.00", core={"hifp_pay": 10, "psn_part_amt": 300})
    told = [as_text(client.raw("2206", bill)), as_text(client.raw("2207", bill))]
    claim = {"setl_id": told[1]["output"]["setlinfo"]["setl_id"], "mdtrt_id": visit, "psn_no": psn(1)}
    told.append(as_text(client.raw("2208", {"data": claim})))
    assert {answer["infcode"] for answer in told} == {"0"}
    return [answer["output"]["setlinfo"] for answer in told]


@pytest.mark.parametrize("name", list(profiles()))
def test_every_profile_carries_a_visit_to_its_refund(world, name):
    quoted, settled, refunded = visit_of(ProfileClient(door_of(world, name), name))

    for info in (quoted, settled, refunded):
        numbers = decimals(info, NEVER_NULL)
        assert numbers["medfee_sumamt"] in (Decimal(310), Decimal(-310))
        assert numbers["hosp_part_amt"] == 0
    assert (quoted["setl_id"], quoted["setl_time"]) == (None, None)
    assert settled["setl_id"] != refunded["setl_id"]
    assert all(decimals(settled, [one])[one] == -decimals(refunded, [one])[one] for one in ("acct_pay", "psn_cash_pay"))
    assert decimals(settled, ["acct_mulaid_pay"])["acct_mulaid_pay"] == 150
    assert (world.balance(1), world.balance(2)) == (100_00, 150_00)
    assert world.store.faults() == []


INCLUSIVE = [name for name, profile in profiles().items() if profile.account == "inclusive"]


@pytest.mark.parametrize("name", INCLUSIVE)
def test_the_cash_a_client_works_out_itself_is_the_cash_due(world, name):
    for info in visit_of(ProfileClient(door_of(world, name), name)):
        numbers = decimals(info, NEVER_NULL)

        assert numbers["psn_part_amt"] - numbers["acct_pay"] == numbers["psn_cash_pay"]


def test_a_client_of_guangzhou_finds_its_spelling_and_its_balance(world):
    for info in visit_of(ProfileClient(door_of(world, "guangzhou"), "guangzhou")):
        read = decimals(info, ["medfee_sumamt", "psn_part_am", "acct_pay", "fund_pay_sumamt"])

        own = read["psn_part_am"] - read["acct_pay"]
        assert read["medfee_sumamt"] == own + read["fund_pay_sumamt"] + read["acct_pay"]
        assert info["psn_part_amt"] == info["psn_part_am"]


def test_a_client_of_guangdong_takes_the_account_out_of_the_funds(world):
    for info in visit_of(ProfileClient(door_of(world, "guangdong"), "guangdong")):
        read = decimals(info, ["medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_part_amt", *FUND_NAMES])

        assert read["fund_pay_sumamt"] - read["acct_pay"] == sum(read[name] for name in FUND_NAMES)
        assert read["medfee_sumamt"] == read["fund_pay_sumamt"] - read["acct_pay"] + read["psn_part_amt"]


def test_where_the_account_leaves_out_relatives_the_three_add_up(world):
    for info in visit_of(ProfileClient(door_of(world, "exclusive"), "exclusive")):
        read = decimals(info, ["psn_part_amt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay"])

        assert read["psn_part_amt"] == read["acct_pay"] + read["acct_mulaid_pay"] + read["psn_cash_pay"]
        assert abs(read["acct_pay"]) == 100


@pytest.mark.parametrize("name", ["hunan", "hainan"])
def test_a_client_that_compares_infcode_with_a_text_understands_yes_and_no(world, name):
    client = ProfileClient(door_of(world, name), name)

    unknown = client.ask("2201", client.register(9))
    gateway = client.ask("8888", {}, path=CATCH_ALL)

    assert client.ask("2201", client.register(1))["infcode"] == "0"
    assert unknown["infcode"] == gateway["infcode"] == "-1"
    assert set(gateway) == {"type", "infcode", "err_msg"}


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name, profile in profiles().items() for path in profile.paths]
    + [("hebei", f"{RIO}{CATCH_ALL}"), ("hebei", f"{RIO}/fsi/api/outpatientDocInfoService/outpatientRregistration")],
)
def test_the_paths_of_a_province_take_its_messages(world, name, path):
    client = ProfileClient(door_of(world, name), name)

    assert client.ask("2201", client.register(1), path=path)["infcode"] == 0
    assert "未知交易编号" in client.ask("8888", {}, path=path)["err_msg"]


def test_a_path_of_one_province_is_none_of_another(world):
    client = ProfileClient(door_of(world), "plain")

    answer = client.ask("2201", client.register(1), path="/mss/web/api/fsi/callService")

    assert "未知交易编号" in answer["err_msg"]


def test_a_message_sent_twice_gets_its_first_answer_as_it_was_sent(world):
    client = ProfileClient(door_of(world, "guangzhou"), "guangzhou")
    visit, total = client.visit(1, (DRUG_A, "300.00", "1"))
    message = client.envelope("2207", client.bill(visit, 1, total, core=client.whole(total)))
    again = {"path": CATCH_ALL, "msgid": message["msgid"]}

    first = client.raw("2207", message["input"], **again)

    assert b'"psn_part_am":' in first
    assert client.raw("2207", message["input"], **again) == first
    plain = ProfileClient(door_of(world), "plain")
    assert plain.raw("2207", message["input"], **again) == first


def test_the_national_identities_hold_where_no_switch_is_set(world):
    client = ProfileClient(door_of(world, "zhejiang"), "zhejiang")
    visit, total = client.visit(1, (DRUG_A, "300.00", "1"))

    check_identities(client.done("2207", client.bill(visit, 1, total, core=client.whole(total))))
