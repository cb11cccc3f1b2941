"""Every page about money in every state: what it has to have whatever it shows, and what no page may say."""

import re
from contextlib import ExitStack

import pytest

from gongji.channels.pages.rendering import HAN
from tests.identity_world import found
from tests.pages.money_world import MOTHER, SON
from tests.pages.states_money import STATES, WORLDS, address, opened_world

BARE = re.compile(r"(?<![\d,.])(?!\d{1,3}(?:,\d{3})*\.\d{2} 元)[\d,.]*\d ?元")
"""An amount that is not grouped, or has not two decimals."""
QUOTED = re.compile(r'<p class="quote">.*?</p>|<cite>.*?</cite>', re.DOTALL)
FORBIDDEN = ("被共济人", "统筹区", "授权", "接口", "系统异常")
FOREIGN = re.compile(r'<(\w+)[^>]*\blang="zh-CN"[^>]*>.*?</\1>', re.DOTALL)
OPEN_FORMS = re.compile(r'<form method="post"(?! action="/oauth/sign-out")[^>]*>(.*?)</form>', re.DOTALL)


@pytest.fixture(scope="module")
def worlds():
    with ExitStack() as several:
        yield {name: several.enter_context(opened_world(name)) for name in WORLDS}


PAGES: dict[object, str] = {}
"""Every page is asked for once."""


def seen(worlds, name, *, english=False):
    in_world, _, status, who = STATES[name]
    world = worlds[in_world]
    if (world, name, english) in PAGES:
        return PAGES[world, name, english]
    page = world.visit(("/en" if english else "") + address(world, name), world.sits(who) if who else "")
    assert page.status_code == status, page.text
    PAGES[world, name, english] = page
    return page


def main_of(page):
    return page.text.partition('<main id="main">')[2].partition("</main>")[0]


@pytest.mark.parametrize("name", STATES)
def test_a_page_has_one_heading_and_sound_amounts_and_plain_words(worlds, name):
    page = seen(worlds, name)
    main = main_of(page)
    own = QUOTED.sub("", main)

    assert len(re.findall(r"<h1[ >]", main)) == 1
    assert BARE.findall(re.sub(r"<[^>]+>", " ", own)) == []
    assert [word for word in FORBIDDEN if word in own] == []
    assert "style=" not in page.text
    assert page.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("name", STATES)
def test_no_chinese_is_left_in_english(worlds, name):
    main = re.sub(r"测\d", "", main_of(seen(worlds, name, english=True)))

    assert HAN.findall(FOREIGN.sub("", main)) == []


@pytest.mark.parametrize("name", STATES)
def test_every_form_brings_its_guard_and_nobody_is_chosen_beforehand(worlds, name):
    main = main_of(seen(worlds, name))

    assert all('name="guard"' in form and "data-offline" in form for form in OPEN_FORMS.findall(main))
    assert not re.search(r'name="receiver_id"[^>]*checked', main)


def test_home_says_who_used_my_money_before_any_tap(worlds):
    main = main_of(seen(worlds, "home"))

    used = main.partition("谁用了我的钱")[2].partition("</section>")[0]
    assert "这个月一共用了" in used
    assert "测2" in used
    assert "120.00 元" in used


def test_home_says_what_waits_for_an_answer(worlds):
    assert "测1给您转了钱，等您收：" in main_of(seen(worlds, "home, to receive"))
    assert "您转给测2的钱，还没有收：" in main_of(seen(worlds, "home, things wait"))


@pytest.mark.parametrize(
    ("name", "offered", "hidden"),
    [("home", "给家人转钱", "给家人留一笔钱"), ("home, quotas", "给家人留一笔钱", "给家人转钱")],
)
def test_home_offers_the_one_way_that_the_rules_have(worlds, name, offered, hidden):
    main = main_of(seen(worlds, name))

    assert offered in main
    assert hidden not in main


def test_four_ways_in_stand_on_one_page(worlds):
    main = main_of(seen(worlds, "ways in"))

    assert [way in main for way in ("用手机进来", "到窗口", "请家人在旁边帮忙", "请人上门")] == [True] * 4


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("send, closed", "2025年9月2日</time> 06:00"),
        ("send, used up", "今天"),
        ("send, no wallet", "请测4先开通医保钱包"),
        ("send, one waits", "/wallet/transfers/"),
    ],
)
def test_what_cannot_be_sent_is_said_before_anything_is_typed(worlds, name, said):
    main = main_of(seen(worlds, name))

    assert 'name="amount"' not in main
    assert "钱没有动。" in main
    assert "/rules/" in main
    assert said in main


def test_limits_stand_above_the_amount(worlds):
    before = main_of(seen(worlds, "send, how much")).partition('name="amount"')[0]

    assert "3 次（每天最多 3 次）" in before
    assert "每笔最多" in before
    assert "06:00 到 22:00" in before
    assert re.search(r"您现在最多能转</dt><dd class=\"money\">2,000\.00 元", before)


def test_the_first_button_of_an_amount_is_next_and_not_an_amount(worlds):
    buttons = re.findall(r"<button[^>]*>", main_of(seen(worlds, "send, how much")))

    assert buttons[0] == "<button>"
    assert 'name="chip"' in buttons[1]


def test_the_check_page_says_capitals_and_that_nothing_comes_back_with_its_document(worlds):
    main = main_of(seen(worlds, "send, check"))

    assert "伍佰元整" in main
    assert "不能退回" in main
    assert "/rules/000000/wallet_transfer/2024-12-02" in main
    assert "<button>确认转 500.00 元</button>" in main


def test_a_receipt_has_number_people_time_state_what_is_next_and_undo(worlds):
    main = main_of(seen(worlds, "transfer, waits"))

    for said in ("凭证号", "测2", "等测2收", "还有 20 小时", "接下来", "撤回这一笔", "伍佰元整"):
        assert said in main


def test_a_bill_says_why_of_each_line_with_rule_and_document(worlds):
    main = main_of(seen(worlds, "bill"))
    lines = main.partition("一项一项看")[2].split('<section class="card">')[1:]

    assert len(lines) == 2
    for line in lines:
        assert "为什么" in line
        assert "/rules/" in line
        assert "<cite>" in line
    assert "现金（自己付）" in lines[-1]


def test_a_bill_says_who_was_not_used_and_why(worlds):
    main = main_of(seen(worlds, "bill, a relative not used"))

    skipped = main.partition("没有用到的家人，和原因")[2]
    assert "测3" in skipped
    assert "/rules/" in skipped
    assert "基本医保统筹基金" in main_of(seen(worlds, "bill, funds")).partition("一项一项看")[0]


def test_a_bill_says_what_came_back(worlds):
    assert '已经退回：<span class="money">20.00 元</span>' in main_of(seen(worlds, "bill, partly back"))
    assert "，全部退完了" in main_of(seen(worlds, "bill, all back"))


def test_a_quota_shows_three_sums_and_that_it_is_still_his(worlds):
    main = main_of(seen(worlds, "quota, used"))

    assert [f"{fen} 元" in main for fen in ("500.00", "480.00", "20.00")] == [True] * 3
    assert "还是您的，没用完会回来" in main


def test_another_who_has_paid_a_premium_is_told_without_his_name(worlds):
    main = main_of(seen(worlds, "premiums, another paid"))

    card = main.partition("测2")[2].partition("</section>")[0]
    assert "另一位家人缴的" in card
    assert "缴这一项" not in card.partition("<details>")[0]


def test_records_are_grouped_by_day_with_the_balance_after_each(worlds):
    main = main_of(seen(worlds, "records"))

    assert re.search(r"<h2><time datetime=\"2025-09-01\">.*<h2><time datetime=\"2025-06-02\">", main, re.DOTALL)
    assert "往年结余还有" in main
    assert "支出 −500.00 元" in main


def test_a_use_that_is_not_known_is_two_taps_from_stopping_it(worlds):
    link = found(r'href="(/records/doubt[^"]*)"', main_of(seen(worlds, "records, filtered")))
    world = worlds["day"]

    page = world.visit(link.replace("&amp;", "&"), world.sits(SON))

    assert 'href="/family/1"' in main_of(page)
    assert world.visit(link.replace("&amp;", "&"), world.sits(MOTHER)).status_code == 404


def test_the_balance_names_the_cause_of_each_jump(worlds):
    main = main_of(seen(worlds, "balance"))

    assert "看病买药 测2" in main
    assert "钱包转账转出 测2" in main
    assert '<polyline class="line"' in main


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_records_can_be_kept_as_files(worlds, kind):
    world = worlds["day"]

    page = world.visit(f"/records/file?as_a={kind}&month=2025-09", world.sits(SON))

    assert page.status_code == 200
    assert page.headers["content-disposition"] == f'attachment; filename="records-20250901.{kind}"'
    assert page.content


def test_a_bill_can_be_kept_as_a_paper(worlds):
    world = worlds["day"]

    assert world.visit(f"{world.paths['bill']}/file", world.sits(MOTHER)).content.startswith(b"%PDF")
    assert world.visit(f"{world.paths['bill']}/file", world.sits(SON)).status_code == 404
