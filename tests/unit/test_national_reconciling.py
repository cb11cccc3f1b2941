"""3201: the hospital's totals of some days and ours."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.requests import Scope
from tests.national_world import DRUG_A, JINAN_HOSPITAL, NOW, World, psn, refused

FATHER, SON, FROM_SHANGHAI = 1, 2, 3
WUXI, SHANGHAI = "320299", "310000"


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


def settle(client, price="300.00", number=FATHER):
    visit, total = client.visit(number, (DRUG_A, price, "1"))
    return client.done("2207", client.bill(visit, number, total, core=client.whole(total)))["setlinfo"]


def give_back(client, info):
    claim = {name: info[name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    return client.done("2208", {"data": claim})["setlinfo"]


def compared(client, total, account, count, fund="0", **more):
    data = {
        "insutype": "310",
        "clr_type": "11",
        "setl_optins": WUXI,
        "stmt_begndate": "2025-06-02",
        "stmt_enddate": "2025-06-02 23:59:59",
        "medfee_sumamt": total,
        "fund_pay_sumamt": fund,
        "acct_pay": account,
        "fixmedins_setl_cnt": count,
        "refd_setl_flag": "0",
    }
    return client.ask("3201", {"data": data | more})


def verdict(answer, office=WUXI):
    assert answer["infcode"] == 0, answer
    assert answer["output"]["stmtinfo"]["setl_optins"] == office
    return answer["output"]["stmtinfo"]["stmt_rslt"]


def test_equal_totals_are_flat_and_nothing_is_written(world, client):
    settle(client)
    settle(client, "50.00")
    before = world.snapshot()

    answer = compared(client, "350.00", 350, "2")

    assert verdict(answer) == "000000"
    assert world.snapshot() == before


def test_each_figure_that_differs_is_named_with_both_values(client):
    settle(client)

    answer = compared(client, "300.01", "299.99", 2, fund="1")

    assert verdict(answer) == "000103"
    told = answer["output"]["stmtinfo"]["stmt_rslt_dscr"]
    for part in (
        "医疗费总额：机构 300.01，平台 300.00",
        "基金支付总额：机构 1.00，平台 0.00",
        "个人账户支付：机构 299.99，平台 300.00",
        "结算笔数：机构 2，平台 1",
    ):
        assert part in told
    assert len(told) <= 200
    assert "医疗费总额" not in compared(client, 300, 300, 2)["output"]["stmtinfo"]["stmt_rslt_dscr"]


def test_who_alone_has_settlements_is_told_apart(world, client):
    assert verdict(compared(client, 0, 0, 0)) == "000000"
    assert verdict(compared(client, 300, 300, 1)) == "000102"
    settle(client)
    assert verdict(compared(client, 0, 0, 0)) == "000101"
    assert verdict(compared(client, 300, 300, 1, insutype="390")) == "000102"
    assert verdict(compared(client, 300, 300, 1, clr_type="21")) == "000102"
    assert verdict(compared(world.client(JINAN_HOSPITAL), 300, 300, 1)) == "000102"


def test_each_office_is_reconciled_by_itself(world, client):
    world.person(FROM_SHANGHAI, region="310000", money=1000_00)
    ours, theirs = settle(client), settle(client, "50.00", FROM_SHANGHAI)

    assert (ours["clr_optins"], theirs["clr_optins"]) == (WUXI, SHANGHAI)
    for office, paid in ((WUXI, "300.00"), (SHANGHAI, "50.00")):
        assert verdict(compared(client, paid, paid, 1, setl_optins=office), office) == "000000"
        assert verdict(compared(client, 350, 350, 2, setl_optins=office), office) == "000103"


def test_an_office_that_clears_nothing_here_is_flat_at_zero_only(client):
    settle(client)

    assert verdict(compared(client, 0, 0, 0, setl_optins=SHANGHAI), SHANGHAI) == "000000"
    answer = compared(client, 300, 300, 1, setl_optins=SHANGHAI)
    assert verdict(answer, SHANGHAI) == "000102"
    assert "同经办机构" in answer["output"]["stmtinfo"]["stmt_rslt_dscr"]


def test_who_moves_away_is_refunded_by_the_office_that_settled(world, client):
    info = settle(client)

    def move(books):
        books.registry.people.put(FATHER, replace(books.registry.people[FATHER], region="310000"))

    world.store.run(Scope(people={FATHER}), move)

    named = {name: info[name] for name in ("psn_no", "setl_id", "mdtrt_id")}
    assert client.done("5203", {"data": named})["setlinfo"]["clr_optins"] == WUXI
    assert give_back(client, info)["clr_optins"] == WUXI
    assert verdict(compared(client, 0, 0, 2, refd_setl_flag="1")) == "000000"
    assert verdict(compared(client, 0, 0, 0, setl_optins=SHANGHAI, refd_setl_flag="1"), SHANGHAI) == "000000"


def test_both_days_are_included(client):
    settle(client)
    client.now = NOW.replace(hour=23, minute=59, second=59)
    settle(client)
    client.now += timedelta(seconds=1)
    settle(client)

    assert verdict(compared(client, 600, 600, 2)) == "000000"
    assert verdict(compared(client, 300, 300, 1, stmt_begndate="2025-06-03", stmt_enddate="2025-06-03")) == "000000"
    assert verdict(compared(client, 900, 900, 3, stmt_enddate="2025-06-03")) == "000000"


def test_refunds_are_left_out_or_counted_as_negative(client):
    settle(client, "50.00")
    given = give_back(client, settle(client))

    assert given["medfee_sumamt"] == -300
    assert verdict(compared(client, 50, 50, 1)) == "000000"
    assert verdict(compared(client, 50, 50, 3, refd_setl_flag="1")) == "000000"
    assert verdict(compared(client, 50, 50, 1, refd_setl_flag="")) == "000000"


def test_a_day_of_nothing_but_refunds_is_below_zero(client):
    info = settle(client)
    client.wait(days=1)
    give_back(client, info)
    next_day = {"stmt_begndate": "2025-06-03", "stmt_enddate": "2025-06-03"}

    assert verdict(compared(client, "-300.00", -300, 1, refd_setl_flag="1", **next_day)) == "000000"
    assert verdict(compared(client, 300, 300, 1)) == "000102"


_ARGUMENTS = {"medfee_sumamt": "total", "fixmedins_setl_cnt": "count"}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"stmt_enddate": "2025-06-01"}, "stmt_enddate"),
        ({"stmt_begndate": "2023-06-01"}, "stmt_begndate"),
        ({"stmt_enddate": "2027-06-01"}, "stmt_enddate"),
        ({"setl_optins": "无锡市医保"}, "setl_optins"),
        ({"medfee_sumamt": "1.001"}, "medfee_sumamt"),
        ({"medfee_sumamt": "-99999999999999.99"}, "medfee_sumamt"),
        ({"fixmedins_setl_cnt": "-1"}, "fixmedins_setl_cnt"),
        ({"refd_setl_flag": "2"}, "refd_setl_flag"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_field(world, client, more, field):
    before = world.snapshot()
    asked = {"total": "300.00", "count": "1"} | {_ARGUMENTS.get(name, name): value for name, value in more.items()}

    refused(compared(client, account="300.00", **asked), "MESSAGE_MALFORMED", f"{field}：")

    assert world.snapshot() == before


def test_the_mutual_aid_of_relatives_is_part_of_what_accounts_paid(client):
    info = settle(client)

    assert (info["acct_pay"], info["acct_mulaid_pay"]) == (300, 200)
    assert verdict(compared(client, 300, 300, 1)) == "000000"
    assert info["psn_no"] == psn(FATHER)
