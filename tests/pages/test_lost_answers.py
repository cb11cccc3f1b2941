"""An answer that does not come: nothing is said to have stayed as it was that may have happened; then it is found."""

import pytest
from playwright.sync_api import Page, Route, expect

from gongji.channels.sample_story import FATHER
from gongji.domain.family import BondState
from tests.pages.family_pages_world import MOTHER, SISTER, FamilyPagesWorld
from tests.pages.money_world import DAY, HEFEI, SON, MoneyWorld
from tests.pages.sample_world import sample_world
from tests.pages.states_kiosk import at_task
from tests.pages.test_in_the_browser import opened
from tests.pages.test_money_in_the_browser import aside, sits, to_check, transit
from tests.pages.visitors import served

pytestmark = pytest.mark.browser

UNKNOWN, STILL = "结果还没有回来，我们正在核对。请不要再办一次。", "网络没有连上，钱没有动。"


@pytest.fixture
def world():
    with MoneyWorld(DAY, HEFEI) as found:
        yield found
        assert found.store.faults() == []


@pytest.fixture
def site(world):
    with served(world) as found:
        yield found


def lose(route: Route) -> None:
    """Let the server act, and keep its answer back."""
    if route.request.method != "POST":
        return route.continue_()
    route.fetch(max_redirects=0)
    return route.abort()


def confirm(page: Page):
    return page.get_by_role("button", name="确认转 500.00 元")


def stands_before_the_act(page: Page, site: str, world: MoneyWorld) -> None:
    """Go to the last page before the act, and wait for it: what is set up on its way there might miss it."""
    to_check(page, site, world)
    expect(confirm(page)).to_be_visible()
    page.wait_for_load_state()


def is_told_unknown(page: Page) -> None:
    """The note has the focus, nothing denies that money moved, and nothing invites to send it again."""
    expect(page.locator("[data-lost]").filter(visible=True)).to_contain_text(UNKNOWN)
    expect(page.locator("[data-lost]").filter(visible=True)).to_be_focused()
    expect(page.get_by_text(STILL)).to_be_hidden()
    expect(confirm(page)).to_be_hidden()


def test_an_answer_dropped_after_the_commit_is_told_and_found_by_its_key(browser, world, site):
    with opened(browser, site, "/") as page:
        stands_before_the_act(page, site, world)
        page.route("**/check", lose)
        confirm(page).click()
        is_told_unknown(page)
        page.unroute("**/check")
        page.get_by_role("link", name="看结果").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")
        assert transit(world) == 500_00


def test_once_the_network_is_back_the_outcome_comes_by_itself(browser, world, site):
    with opened(browser, site, "/") as page:
        stands_before_the_act(page, site, world)
        page.route("**/check", lose)
        confirm(page).click()
        is_told_unknown(page)
        page.unroute("**/check")
        page.context.set_offline(offline=True)
        is_told_unknown(page)
        page.context.set_offline(offline=False)

        expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")
        assert transit(world) == 500_00


def test_what_never_arrived_can_be_sent_after_all(browser, world, site):
    with opened(browser, site, "/") as page:
        stands_before_the_act(page, site, world)
        page.route("**/check", lambda route: route.abort())
        confirm(page).click()
        is_told_unknown(page)
        assert transit(world) == 0
        page.unroute("**/check")
        page.get_by_role("link", name="看结果").click()
        confirm(page).click()

        expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")
        assert transit(world) == 500_00


def test_an_answer_that_is_late_is_told_to_be_and_shown_when_it_comes(browser, world, site):
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.method == "POST":
            held.append(route)
        else:
            route.continue_()

    with opened(browser, site, "/") as page:
        page.clock.install()
        stands_before_the_act(page, site, world)
        page.route("**/check", hold)
        confirm(page).click()
        page.clock.run_for(5_000)
        expect(confirm(page)).to_be_visible()
        page.clock.run_for(16_000)
        is_told_unknown(page)
        held[0].continue_()

        expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")
        assert transit(world) == 500_00


def test_offline_before_it_was_sent_nothing_has_moved(browser, world, site):
    with opened(browser, site, "/") as page:
        stands_before_the_act(page, site, world)
        page.context.set_offline(offline=True)
        confirm(page).click()
        expect(page.get_by_text(STILL)).to_be_focused()
        expect(page.get_by_text(UNKNOWN)).to_be_hidden()
        assert transit(world) == 0
        page.context.set_offline(offline=False)
        confirm(page).click()

        expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")


def test_a_refusal_of_what_was_sent_from_behind_the_page_is_told_on_it(browser, world, site):
    with opened(browser, site, "/") as page:
        stands_before_the_act(page, site, world)
        world.now = world.now.replace(hour=22)
        sits(page, site, aside(lambda: world.sits(SON)))
        page.reload()
        confirm(page).click()

        expect(page.locator(".trouble")).to_be_focused()
        expect(page.locator(".trouble")).to_contain_text("钱没有动。")
        assert page.title().startswith("错误：")
        assert transit(world) == 0


def test_whose_sign_in_ran_out_signs_in_and_comes_back_to_the_same_form(browser, world, site):
    with opened(browser, site, "/") as page:
        stands_before_the_act(page, site, world)
        page.context.clear_cookies()
        page.route("**/oauth/**", lambda route: route.fulfill(status=204))
        with page.expect_request("**/oauth/sign-in?**") as asked:
            confirm(page).click()

        assert "back=%2Fwallet%2Fsend%2F" in asked.value.url
        assert transit(world) == 0


def test_without_a_script_the_lost_answer_is_found_on_the_same_page(browser, world, site):
    with opened(browser, site, "/", java_script_enabled=False) as page:
        stands_before_the_act(page, site, world)
        check = page.url
        page.route("**/check", lose)
        with page.expect_event("requestfailed"):
            confirm(page).click(no_wait_after=True)
        page.unroute("**/check")
        page.goto(check)

        expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")
        assert transit(world) == 500_00


def test_the_lost_answer_to_an_ending_is_found_too(browser):
    with FamilyPagesWorld() as world, served(world) as site, opened(browser, site, "/help") as page:
        bond = f"/family/{world.shared(SISTER, MOTHER)}"
        sits(page, site, aside(lambda: world.sits(SISTER)))
        page.goto(f"{site}{bond}/ending")
        page.route("**/ending", lose)
        page.get_by_role("button", name="确认取消").click()
        expect(page.locator("[data-lost]").filter(visible=True)).to_be_focused()
        page.unroute("**/ending")
        page.get_by_role("link", name="看结果").click()

        expect(page.locator("main")).to_contain_text("已经结束")
        assert [one.state for one in world.bonds(SISTER)] == [BondState.ENDED]


def test_a_kiosk_without_a_network_says_so_and_finds_the_lost_answer(browser):
    with sample_world(over="http://127.0.0.1") as world, served(world) as site:
        world.later(days=1)
        kiosk = aside(lambda: amount_at_kiosk(world))
        with opened(browser, site, "/kiosk", width=1080) as page:
            for name, value in kiosk.cookies.items():
                page.context.add_cookies([{"name": name, "value": value, "url": site}])
            page.goto(site + kiosk.path)
            page.context.set_offline(offline=True)
            page.get_by_role("button", name="确认转 150.00 元").click()
            expect(page.get_by_text(STILL)).to_be_focused()
            page.context.set_offline(offline=False)
            page.route("**/check", lose)
            page.get_by_role("button", name="确认转 150.00 元").click()
            expect(page.locator("[data-lost]")).to_be_focused()
            page.unroute("**/check")
            page.get_by_role("link", name="看结果").click()

            expect(page.get_by_role("heading", level=1)).to_have_text("已经转出，等对方收")
        assert [one.amount_fen for one in world.store.ledger.transfers].count(150_00) == 1


def amount_at_kiosk(world):
    """Return somebody who has only to confirm."""
    kiosk = at_task(world, "send")
    kiosk.touch("receiver_id", str(FATHER))
    kiosk.types("150")
    kiosk.touch()
    return kiosk
