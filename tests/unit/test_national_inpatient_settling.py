"""A stay paid for: quoted, settled in its middle and at its end, refunded, and the figures that were recorded."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from gongji.domain.insured import Work
from gongji.ledger.records import AccumulatorKey
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
    AMOUNTS,
    CHENGDU_HOSPITAL,
    JINAN_HOSPITAL,
    SHANGHAI_HOSPITAL,
    World,
    check_identities,
    refused,
)

FATHER, SON = 1, 2

CHONGQING = {
    "fund_pay_sumamt": 18785.39, "hifob_pay": 18785.39, "hosp_part_amt": 505.01, "psn_part_amt": 4152.06,
    "fulamt_ownpay_amt": 2533.97, "overlmt_selfpay": 1396.89, "preselfpay_amt": 703.44, "inscp_scp_amt": 18808.16,
}  # fmt: skip
HUNAN = {
    "fund_pay_sumamt": 3106.54, "hifp_pay": 3106.54, "hosp_part_amt": 0, "psn_part_amt": 2685.99, "act_pay_dedc": 800,
    "fulamt_ownpay_amt": 296.20, "overlmt_selfpay": 0, "preselfpay_amt": 522.61, "inscp_scp_amt": 4973.72,
}  # fmt: skip
QUOTED = ("setl_id", "setl_time", "clr_optins", "clr_way")


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


def accumulated(world, number, begins=date(2025, 1, 1)):
    return world.store.ledger.accumulators.get(AccumulatorKey(number, begins, inpatient=True))


@pytest.mark.parametrize(
    ("total", "core", "money", "paid"),
    [("23442.46", CHONGQING, 170_04, ("170.04", "3982.02", "505.01")), ("5792.53", HUNAN, 0, ("0", "2685.99", "0"))],
)
def test_recorded_stays_come_out_to_the_fen(world, client, total, core, money, paid):
    world.person(9, money=money)
    visit = admit(client, 9)
    upload(client, visit, 9, ("1", str(Decimal(total) - 1000)), ("2", "1000.00"))
    quote = client.done("2303", bill(client, visit, 9, total, core=core))
    client.done("2402", discharge(client, visit, 9))

    output = client.done("2304", bill(client, visit, 9, total, core=core, dscg_time="2025-06-02"))

    check_identities(output)
    info = output["setlinfo"]
    told = ("acct_pay", "psn_cash_pay", "hosp_part_amt")
    assert [info[name] for name in told] == [Decimal(amount) for amount in paid]
    stated = {name: Decimal(str(amount)) for name, amount in core.items()}
    assert {name: info[name] for name in core} == stated
    assert (info["medfee_sumamt"], info["balc"], info["med_type"], info["clr_type"]) == (Decimal(total), 0, "21", "21")
    assert [quote["setlinfo"][name] for name in AMOUNTS] == [info[name] for name in AMOUNTS]


def test_a_quote_has_no_settlement_yet_and_writes_nothing(world, client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "150.00"))
    before = world.snapshot()

    output = client.done("2303", whole(client, visit, FATHER, "150.00", acct_used_flag="", dscg_time="2025-06-05"))

    check_identities(output)
    info = output["setlinfo"]
    assert [info[name] for name in QUOTED] == [None] * 4
    assert (info["acct_pay"], info["acct_mulaid_pay"], info["balc"]) == (150, 50, 0)
    without = client.done("2303", whole(client, visit, FATHER, "150.00", acct_used_flag="0"))["setlinfo"]
    assert (without["acct_pay"], without["psn_cash_pay"]) == (0, 150)
    early = client.ask("2303", whole(client, visit, FATHER, "150.00", dscg_time="2025-06-01"))
    refused(early, "MESSAGE_MALFORMED", "dscg_time", "入院")
    assert world.snapshot() == before


def test_the_day_of_the_discharge_must_be_the_one_that_was_entered(client):
    visit = admit(client, FATHER, begntime="2025-05-30")
    upload(client, visit, FATHER, ("1", "10.00"))
    client.done("2402", discharge(client, visit, FATHER))

    wrong = client.ask("2304", whole(client, visit, FATHER, "10.00", dscg_time="2025-06-01"))

    refused(wrong, "MESSAGE_MALFORMED", "dscg_time", "2025-06-02")
    mid = client.ask("2304", whole(client, visit, FATHER, "10.00", mid="1"))
    refused(mid, "MESSAGE_MALFORMED", "mid_setl_flag")
    flag = client.ask("2304", whole(client, visit, FATHER, "10.00", acct_used_flag=""))
    refused(flag, "MESSAGE_MALFORMED", "acct_used_flag")
    settle(client, visit, FATHER, "10.00", dscg_time="2025-06-02")


def test_the_whole_amount_is_that_of_the_open_lines_less_what_was_taken_back(client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "10.00", "3"), ("2", "5.00"))
    take_back(client, visit, FATHER, "3", "1", "10.00", "1")
    client.done("2402", discharge(client, visit, FATHER))

    refused(client.ask("2304", whole(client, visit, FATHER, "35.00")), "AMOUNTS_DISAGREE", "35.00", "25.00")
    own = whole(client, visit, FATHER, "25.00", inscp_scp_amt="24.00")
    refused(client.ask("2304", own), "AMOUNTS_DISAGREE", "24.00")
    assert settle(client, visit, FATHER, "25.00")["medfee_sumamt"] == 25


def test_settlements_in_the_middle_pay_what_is_open_so_far_and_go_back_last_first(world, client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "60.00"))
    first = settle(client, visit, FATHER, "60.00", mid="1")
    client.wait(days=1)
    upload(client, visit, FATHER, ("2", "70.00"), ("3", "30.00"))
    refused(take_back(client, visit, FATHER, "4", "1", "60.00", "1"), "SETTLEMENT_NOT_FOUND", "2305")
    second = settle(client, visit, FATHER, "100.00", mid="1")
    upload(client, visit, FATHER, ("4", "5.00"))
    client.done("2402", discharge(client, visit, FATHER))
    final = settle(client, visit, FATHER, "5.00")
    assert accumulated(world, FATHER).stays == 1
    paid = (first, second, final)
    assert [(one["acct_pay"], one["acct_mulaid_pay"]) for one in paid] == [(60, 0), (100, 60), (5, 5)]

    for wrong in (first, second):
        answer = client.ask("2305", refund(visit, FATHER, wrong["setl_id"]))
        refused(answer, "SETTLEMENT_NOT_FOUND", "后一次结算")
    for one in (final, second, first):
        back = client.done("2305", refund(visit, FATHER, one["setl_id"]))
        check_identities(back)
        assert [back["setlinfo"][name] for name in AMOUNTS] == [-one[name] for name in AMOUNTS]
        assert back["setlinfo"]["hifdm_pay"] == 0
    refused(client.ask("2305", refund(visit, FATHER, final["setl_id"])), "ALREADY_REVERSED")
    assert (world.balance(FATHER), world.balance(SON), accumulated(world, FATHER).stays) == (100_00, 2000_00, 0)
    assert settle(client, visit, FATHER, "165.00")["acct_mulaid_pay"] == 65
    assert accumulated(world, FATHER).stays == 1


def sent(client, infno, content):
    message = client.msgid()
    return client.done(infno, content, msgid=message), message


def test_a_settlement_and_a_refund_are_taken_back_by_their_messages(world, client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "60.00"))
    client.done("2402", discharge(client, visit, FATHER))
    output, settling = sent(client, "2304A", whole(client, visit, FATHER, "60.00"))
    _, refunding = sent(client, "2305", refund(visit, FATHER, output["setlinfo"]["setl_id"]))
    assert world.balance(FATHER) == 100_00

    client.done("2601", reversal(FATHER, refunding, "2305"))

    assert world.balance(FATHER) == 40_00
    refused(client.ask("2405", claim(visit, FATHER)), "SETTLEMENT_NOT_FOUND", "2305")
    refused(client.ask("2601", reversal(FATHER, refunding, "2305")), "ALREADY_REVERSED")
    client.done("2601", reversal(FATHER, settling, "2304"))
    assert world.balance(FATHER) == 100_00
    client.done("2405", claim(visit, FATHER))
    client.done("2302", claim(visit, FATHER, feedetl_sn="0000"))
    client.done("2404", claim(visit, FATHER))
    assert world.store.faults() == []


@pytest.mark.parametrize("since", ["added", "taken back", "removed", "in hospital"])
def test_a_refund_stays_when_the_stay_has_gone_on(world, client, since):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "20.00", "3"))
    client.done("2402", discharge(client, visit, FATHER))
    paid = settle(client, visit, FATHER, "60.00")
    _, refunding = sent(client, "2305", refund(visit, FATHER, paid["setl_id"]))
    if since == "added":
        upload(client, visit, FATHER, ("2", "5.00"))
    elif since == "taken back":
        take_back(client, visit, FATHER, "2", "1", "20.00", "1")
    elif since == "removed":
        client.done("2302", claim(visit, FATHER, feedetl_sn="1"))
    else:
        client.done("2405", claim(visit, FATHER))

    refused(client.ask("2601", reversal(FATHER, refunding, "2305")), "ALREADY_REVERSED")

    assert world.balance(FATHER) == 100_00


def test_what_an_outside_core_put_outside_the_scope_goes_by_the_catalogue_once_refunded(client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "60.00"))
    client.done("2402", discharge(client, visit, FATHER))
    core = client.whole("60.00", fulamt_ownpay_amt=60)
    paid = client.done("2304", bill(client, visit, FATHER, "60.00", core=core))["setlinfo"]
    assert paid["fulamt_ownpay_amt"] == 60

    client.done("2305", refund(visit, FATHER, paid["setl_id"]))

    assert settle(client, visit, FATHER, "60.00")["inscp_scp_amt"] == 60


def test_the_fund_pays_by_the_schedule_of_stays_with_its_deductible_once_in_all_parts(world):
    world.person(7, region="310000", work=Work.IN_SERVICE)
    client = world.client(SHANGHAI_HOSPITAL)
    visit = admit(client, 7)
    upload(client, visit, 7, ("1", "1000.00"))
    mid = client.done("2304", bill(client, visit, 7, "1000.00", mid="1"))["setlinfo"]
    upload(client, visit, 7, ("2", "2500.00"))
    client.done("2402", discharge(client, visit, 7))

    final = client.done("2304", bill(client, visit, 7, "2500.00"))["setlinfo"]

    parts = ("act_pay_dedc", "hifp_pay", "psn_cash_pay")
    assert [mid[name] for name in parts] == [1000, 0, 1000]
    assert [final[name] for name in parts] == [500, 1700, 800]


def test_without_a_schedule_the_outside_core_has_to_split(client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "60.00"))

    refused(client.ask("2303", bill(client, visit, FATHER, "60.00")), "BENEFITS_UNKNOWN")


def test_a_stay_over_the_turn_of_the_medical_year_counts_in_the_year_of_its_admission(world):
    world.person(7, region="310000", work=Work.IN_SERVICE)
    client = world.client(SHANGHAI_HOSPITAL, now=datetime(2025, 6, 20, 9))
    visit = admit(client, 7)
    upload(client, visit, 7, ("1", "2000.00"))
    client.wait(days=20)
    client.done("2402", discharge(client, visit, 7))

    client.done("2304", bill(client, visit, 7, "2000.00"))

    assert accumulated(world, 7, date(2024, 7, 1)).stays == 1
    assert accumulated(world, 7, date(2025, 7, 1)) is None


def test_a_stay_may_last_for_more_than_a_year(client):
    visit = admit(client, FATHER)
    client.wait(days=500)
    node = admission(client, FATHER)["mdtrtinfo"]
    node |= {"mdtrt_id": visit, "ipt_otp_no": "Z1", "begntime": "2025-06-02 10:00:00"}
    client.done("2403", {"adminfo": node})
    old = fee(client, visit, FATHER, "1", "60.00", fee_ocur_time="2025-06-03")
    client.done("2301", {"feedetail": old})
    client.done("2402", discharge(client, visit, FATHER))

    assert settle(client, visit, FATHER, "60.00")["acct_pay"] == 60


def test_the_second_swipe_and_the_scan_of_a_sharer_hold_for_stays_too(world):
    for number, region, code in ((40, "370100", JINAN_HOSPITAL), (50, "510100", CHENGDU_HOSPITAL)):
        world.person(number, region=region)
        world.person(number + 1, region=region, money=1000_00)
        world.bond(number + 1, number)
        client = world.client(code)
        visit = admit(client, number)
        upload(client, visit, number, ("1", "100.00"))
        client.done("2402", discharge(client, visit, number))
        if number == 40:
            refused(client.ask("2304", whole(client, visit, number, "100.00")), "SECOND_SWIPE_NEEDED")
            client.wait(minutes=2)
            assert settle(client, visit, number, "100.00")["acct_mulaid_pay"] == 100
        else:
            scanned = whole(client, visit, number, "100.00")
            scanned["data"]["expContent"]["sharers"] = [f"3202000000000{number + 1:07d}"]
            assert client.done("2304", scanned)["setlinfo"]["acct_mulaid_pay"] == 100


def test_a_repeated_settlement_gets_its_first_answer(world, client):
    visit = admit(client, FATHER)
    upload(client, visit, FATHER, ("1", "60.00"))
    client.done("2402", discharge(client, visit, FATHER))
    output, message = sent(client, "2304", whole(client, visit, FATHER, "60.00"))
    client.wait(seconds=30)

    again = client.done("2304", whole(client, visit, FATHER, "60.00"), msgid=message)

    assert again == output
    assert world.balance(FATHER) == 40_00
