"""Money in Chromium: taps, no script, no network, answers that are lost, and the pages in the largest type."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Route, expect

from gongji.domain.account import Pocket
from tests.pages.money_world import DAY, HEFEI, MOTHER, SON, MoneyWorld
from tests.pages.states_money import STATES, address, opened_world
from tests.pages.test_in_the_browser import CONTROLS, LEAST_FONT, LEAST_TARGET, fits, opened, violations
from tests.pages.visitors import served

pytestmark = pytest.mark.browser

MAIN = ("home, things wait", "send, how much", "transfer, waits", "bill", "records", "premiums")
"""States that are looked at in the short form, too; test_matrix has all of them."""


@pytest.fixture
def world():
    with MoneyWorld(DAY, HEFEI) as found:
        yield found
        assert found.store.faults() == []


@pytest.fixture
def site(world):
    with served(world) as found:
        yield found


def aside(act):
    """Return what an act comes to that runs an event loop of its own: while Chromium is open, this thread cannot."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(act).result()


def sits(page, site, cookie):
    name, _, value = cookie.partition("=")
    page.context.add_cookies([{"name": name, "value": value, "url": site}])


def at_home(page, site, world, who=SON):
    sits(page, site, world.sits(who))
    page.goto(site)


def to_check(page, site, world):
    at_home(page, site, world)
    page.get_by_role("link", name="给家人转钱").click()
    page.get_by_role("button", name="测2").click()
    page.get_by_role("button", name="500.00 元", exact=True).click()


def transit(world):
    return world.world.balance(SON, Pocket.TRANSIT)


@pytest.mark.parametrize("script", [True, False])
def test_a_transfer_takes_four_taps_with_and_without_a_script(browser, world, site, script):
    with opened(browser, site, "/", java_script_enabled=script) as page:
        to_check(page, site, world)
        page.get_by_role("button", name="确认转 500.00 元").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")
        assert transit(world) == 500_00


def test_a_double_tap_back_and_a_refresh_send_once(browser, world, site):
    with opened(browser, site, "/") as page:
        to_check(page, site, world)
        page.get_by_role("button", name="确认转 500.00 元").dblclick()
        expect(page.get_by_text("撤回这一笔")).to_be_visible()
        receipt = page.url
        page.go_back()
        page.reload()
        page.wait_for_url(receipt)

        assert transit(world) == 500_00


def test_nothing_is_sent_without_a_network_and_what_was_typed_stays(browser, world, site):
    with opened(browser, site, "/") as page:
        at_home(page, site, world)
        page.get_by_role("link", name="给家人转钱").click()
        page.get_by_role("button", name="测2").click()
        page.get_by_label("转多少").fill("321")
        page.context.set_offline(offline=True)
        page.get_by_role("button", name="下一步").click()

        expect(page.get_by_text("网络没有连上，钱没有动。")).to_be_focused()
        expect(page.get_by_label("转多少")).to_have_value("321")
        page.context.set_offline(offline=False)
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_text("321.00 元").first).to_be_visible()


def test_an_answer_that_is_lost_is_found_again_and_nothing_is_sent_twice(browser, world, site):
    with opened(browser, site, "/") as page:
        to_check(page, site, world)
        check = page.url

        def lose(route: Route) -> None:
            if route.request.method != "POST":
                return route.continue_()
            route.fetch(max_redirects=0)
            return route.abort()

        page.route("**/check", lose)
        with page.expect_event("requestfailed"):
            page.get_by_role("button", name="确认转 500.00 元").click(no_wait_after=True)
        page.unroute("**/check")
        page.goto(check)

        expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")
        assert transit(world) == 500_00


def test_by_keyboard_alone_money_is_sent(browser, world, site):
    with opened(browser, site, "/") as page:
        at_home(page, site, world)
        page.get_by_role("link", name="给家人转钱").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="测2").focus()
        page.keyboard.press("Enter")
        page.get_by_label("转多少").focus()
        page.keyboard.type("250")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="确认转 250.00 元")).to_be_visible()
        page.get_by_role("button", name="确认转 250.00 元").focus()
        page.keyboard.press("Enter")

        expect(page.get_by_text("撤回这一笔")).to_be_visible()
        assert transit(world) == 250_00


def test_money_is_accepted_by_one_tap_from_its_message(browser, world, site):
    receipt = aside(world.transferred)
    with opened(browser, site, "/") as page:
        sits(page, site, world.sits(MOTHER))
        page.goto(site + receipt)
        page.get_by_role("button", name="收下").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("您已经收下")
        assert world.world.balance(MOTHER, Pocket.WALLET) == 500_00


def test_who_used_my_money_is_in_sight_without_a_tap(browser, world, site):
    aside(world.bill)
    with opened(browser, site, "/") as page:
        at_home(page, site, world)

        for said in ("谁用了我的钱", "这个月一共用了", "测2", "120.00 元"):
            expect(page.locator("main").get_by_text(said).first).to_be_in_viewport()


def test_a_receipt_fits_one_screen_and_prints_on_one_sheet(browser, world, site):
    receipt = aside(world.transferred)
    with opened(browser, site, "/") as page:
        sits(page, site, world.sits(SON))
        page.goto(site + receipt)

        for said in (
            "已经转出，等对方收",
            "500.00 元",
            "伍佰元整",
            "等测2收",
            "2025年9月1日",
            "transfer-1",
            "钱会自动退回您",
        ):
            expect(page.locator("main").get_by_text(said).first).to_be_in_viewport()
        expect(page.get_by_role("button", name="撤回这一笔")).to_be_in_viewport()
        assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


@pytest.fixture(scope="module")
def sites():
    opened_ones = {}

    def site_of(name):
        if name not in opened_ones:
            world = opened_world(name)
            found = aside(world.__enter__)
            server = served(found)
            opened_ones[name] = (found, server.__enter__(), server, world)
        return opened_ones[name][:2]

    yield site_of
    for _, _, server, world in opened_ones.values():
        server.__exit__(None, None, None)
        world.__exit__(None, None, None)


@pytest.mark.parametrize("name", MAIN)
def test_the_main_states_can_be_read_hit_and_heard(browser, sites, name):
    in_world, _, status, who = STATES[name]
    world, site = sites(in_world)
    with opened(browser, site, "/rules", width=320, size="xl") as page:
        if who:
            sits(page, site, world.sits(who))
        answer = page.goto(site + address(world, name))
        assert answer is not None
        assert answer.status == status
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")

        assert fits(page, 320)
        assert page.evaluate(LEAST_FONT) >= 18
        assert page.locator(CONTROLS).evaluate_all(LEAST_TARGET) >= 60
        assert violations(page) == []
