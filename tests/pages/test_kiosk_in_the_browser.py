"""The kiosk and the tour in Chromium: large enough to touch, within reach, in both postures, without a script too."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from gongji.channels.sample_story import FATHER, SON
from gongji.channels.screens.kiosk.shell import ASKS_AFTER, LEAVES_AFTER
from gongji.domain.account import Pocket
from tests.pages.sample_world import sample_world
from tests.pages.states_kiosk import kiosk_states, tomorrow_states
from tests.pages.test_in_the_browser import LEAST_FONT, fits, opened, violations
from tests.pages.visitors import served

pytestmark = pytest.mark.browser

PORTRAIT, LANDSCAPE, NARROW = (1080, 1920), (1920, 1080), (320, 640)
LEAST = """all => Math.min(...all.filter(one => one.offsetParent && !one.matches('.spoken, .skip')).map(one => {
    const box = one.getBoundingClientRect();
    return Math.min(box.width, box.height);
}))"""
TOUCHED = "a, button, input:not([type=hidden])"
SHORT = ("start, devices down", "who", "balance", "add, uses", "end, check")


@pytest.fixture(scope="module")
def today():
    yield from _served(kiosk_states)


@pytest.fixture(scope="module")
def tomorrow():
    def states(world):
        world.later(days=1)
        return tomorrow_states(world)

    yield from _served(states)


def _served(build):
    """Bring a world into its states on a thread of its own: this one may have a browser's event loop."""
    with sample_world(over="http://127.0.0.1") as world, ThreadPoolExecutor(1) as hand:
        states = hand.submit(build, world).result()
        with served(world) as site:
            yield world, site, states


def shown(page, site, state):
    path, _, cookies = state
    for pair in filter(None, cookies.split("; ")):
        name, _, value = pair.partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": site}])
    page.goto(site + path)


def is_fit_for_touch(browser, found, name, posture):
    world, site, states = found
    world.later(seconds=2)  # nobody asks too fast
    with opened(browser, site, "/kiosk", width=posture[0]) as page:
        page.set_viewport_size({"width": posture[0], "height": posture[1]})
        shown(page, site, states[name])
        assert fits(page, posture[0])
        assert page.evaluate(LEAST_FONT) >= 18
        if posture is not NARROW:
            assert page.locator(TOUCHED).evaluate_all(LEAST) >= 96
        if posture is PORTRAIT:
            assert violations(page) == []


@pytest.mark.parametrize("posture", [PORTRAIT, LANDSCAPE, NARROW], ids=["portrait", "landscape", "narrow"])
@pytest.mark.parametrize("name", SHORT)
def test_the_main_states_can_be_read_and_touched(browser, today, name, posture):
    is_fit_for_touch(browser, today, name, posture)


@pytest.mark.soak
@pytest.mark.parametrize("posture", [PORTRAIT, LANDSCAPE, NARROW], ids=["portrait", "landscape", "narrow"])
def test_all_states_can_be_read_and_touched(browser, today, tomorrow, posture):
    for found in (today, tomorrow):
        for name in found[2]:
            if name != "tour":
                is_fit_for_touch(browser, found, name, posture)


@pytest.mark.parametrize("posture", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_the_four_tasks_lie_in_the_lower_part_of_the_screen(browser, today, posture):
    _, site, states = today
    with opened(browser, site, "/kiosk", width=posture[0]) as page:
        page.set_viewport_size({"width": posture[0], "height": posture[1]})
        for name in ("start", "start, devices down"):
            shown(page, site, states[name])
            boxes = [box for one in page.locator(".blocks a").all() if (box := one.bounding_box()) is not None]
            assert len(boxes) == 4
            assert min(box["y"] for box in boxes) >= 0.4 * posture[1] - 1
            assert max(box["y"] + box["height"] for box in boxes) <= posture[1]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_transfer_by_touch_alone(browser, script):
    with sample_world(over="http://127.0.0.1") as world, served(world) as site:
        world.later(days=1)
        with opened(browser, site, "/kiosk", width=1080, java_script_enabled=script) as page:
            page.get_by_role("link", name="转 给家人的医保钱包转钱").click()
            page.get_by_role("button", name="李明").click()
            page.get_by_role("button", name="认出来了", exact=True).click()
            page.get_by_role("button", name="李建国").click()
            for key in ("1", "5", "0"):
                page.get_by_role("button", name=key, exact=True).click()
            page.get_by_role("button", name="下一步").click()
            page.get_by_role("button", name="确认转 150.00 元").click()

            expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")
            expect(page.get_by_text("壹佰伍拾元整")).to_be_visible()
        assert world.store.ledger.balance(SON, Pocket.TRANSIT) == 150_00
        assert [one.receiver_id for one in world.store.ledger.transfers if one.amount_fen == 150_00] == [FATHER]


def test_untouched_it_asks_and_then_leaves(browser, today):
    _, site, states = today
    with opened(browser, site, "/kiosk", width=1080) as page:
        page.clock.install()
        shown(page, site, states["balance, little yet"])
        page.clock.run_for(1000 * (ASKS_AFTER - 5))
        page.locator("h1").click()  # a touch: it waits anew
        page.clock.run_for(1000 * (ASKS_AFTER - 5))
        expect(page.get_by_role("heading", level=1)).to_have_text("我的余额")
        page.clock.run_for(6_000)
        page.wait_for_url("**/kiosk/still-there?**")
        page.get_by_role("link", name="我还要用").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("我的余额")
        page.clock.run_for(1000 * ASKS_AFTER + 1000)
        page.wait_for_url("**/kiosk/still-there?**")
        page.clock.run_for(1000 * LEAVES_AFTER + 1000)
        page.wait_for_url("**/kiosk/leave?done=yes")
        expect(page.get_by_text("请取走您的证件。")).to_be_visible()
        page.goto(f"{site}/kiosk/balance")
        expect(page.get_by_role("heading", level=1)).to_have_text("请证明是您本人")


@pytest.mark.parametrize("size", ["s", pytest.param("xl", marks=pytest.mark.soak)])
def test_the_tour_leads_in_by_one_click(browser, today, size):
    _, site, _ = today
    with opened(browser, site, "/tour", width=320 if size == "xl" else 1280, size=size) as page:
        assert fits(page, 320 if size == "xl" else 1280)
        assert violations(page) == []
        page.get_by_role("button", name="用李明的身份进去").click()
        expect(page.locator(".sample")).to_be_visible()
        expect(page.get_by_text("王秀兰").first).to_be_visible()
