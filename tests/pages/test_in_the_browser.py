"""The pages in Chromium: nothing runs over the edge, nothing foreign is asked for, everybody can read and use them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.pages.states import STATES

pytestmark = pytest.mark.browser

WIDTHS = (320, 375, 1280)
SIZES = ("s", "l", "xl")
SHELLS = ("citizen", "console", "kiosk")
FOR_AXE = ("rule", "help, no", "bill, decided", "citizen")
MAIN = ("regions", "region", "rule", "help, no", "compare days", "bill, decided", "downloads")
PATHS = {name: path for name, (path, _) in STATES.items()} | {shell: f"/gallery/{shell}" for shell in SHELLS}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTROLS = (
    ".change a, button, .button, input:not([type=hidden]), select, summary, .choice, nav a, .rows a, .tiles a, .tasks a"
)
LEAST_FONT = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let least = 99;
    while (walker.nextNode()) {
        const box = walker.currentNode.parentElement;
        if (walker.currentNode.data.trim() && box.offsetParent) {
            least = Math.min(least, parseFloat(getComputedStyle(box).fontSize));
        }
    }
    return least;
}"""
LEAST_TARGET = """controls => Math.min(...controls.filter(one => one.offsetParent && !one.matches(
    '.choice input, .spoken')).map(one => one.getBoundingClientRect().height))"""


@contextmanager
def opened(browser: Browser, address: str, path: str, *, width: int = 375, size: str = "s", **more) -> Iterator[Page]:
    """Open a page as a visitor with that screen and type size; what the console says and who is asked is on `page`."""
    context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce", **more)
    context.add_cookies([{"name": "size", "value": size, "url": address}])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda fault: said.append(str(fault)))
    page.on("request", lambda asked: None if is_ours(asked.url, address) else said.append(f"foreign: {asked.url}"))
    page.goto(address + path)
    yield page
    context.close()
    assert [line for line in said if "Failed to load resource" not in line] == []


def is_ours(url: str, address: str) -> bool:
    return url.startswith((f"{address}/", "data:"))


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def fits(page: Page, width: int) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth") <= width)


def short_and_long() -> Iterator[object]:
    for name in PATHS:
        for width in WIDTHS:
            for size in SIZES:
                short = (width, size) == (320, "xl") and (name in MAIN or name in SHELLS)
                marks = [] if short else [pytest.mark.soak]
                yield pytest.param(name, width, size, marks=marks, id=f"{name} {width} {size}")


@pytest.mark.parametrize(("name", "width", "size"), [*short_and_long()])
def test_nothing_runs_over_the_edge_and_all_can_be_read_and_hit(browser, address, name, width, size):
    with opened(browser, address, PATHS[name], width=width, size=size) as page:
        assert page.evaluate("() => document.documentElement.dataset.size") == size
        assert fits(page, width)
        assert page.evaluate(LEAST_FONT) >= (14 if size == "s" else 18)
        assert page.locator(CONTROLS).evaluate_all(LEAST_TARGET) >= (48 if size == "s" else 60)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        pytest.param(name, size, marks=[] if size == "s" and name in FOR_AXE else [pytest.mark.soak])
        for name in PATHS
        for size in ("s", "xl", "xl-hc")
    ],
)
def test_nothing_keeps_anybody_out(browser, address, name, size):
    with opened(browser, address, PATHS[name], size=size) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")

        assert violations(page) == []


def test_a_first_visit_asks_three_times(browser, address):
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/rules")

    assert [url for url in asked if not url.startswith("data:")] == [
        f"{address}/rules",
        *[
            node.evaluate("one => one.href || one.src")
            for node in page.locator("link[rel=stylesheet], script[src]").all()
        ],
    ]
    context.close()


def test_without_a_script_all_questions_can_be_answered(browser, address):
    with opened(browser, address, "/rules/help", java_script_enabled=False) as page:
        page.get_by_label("您在哪里参加医保？").select_option("310000")
        page.get_by_role("button", name="下一步").click()
        for answer in ("职工医保，有个人账户", "父亲或母亲", "城乡居民医保"):
            page.get_by_label(answer, exact=True).check()
            page.get_by_role("button", name="下一步").click()
        page.get_by_label("这位家人在哪里参加医保？").select_option("310000")
        page.get_by_role("button", name="下一步").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("您能不能帮家人")
        expect(page.locator(".verdict")).to_have_text(["能", "能", "能"])
        expect(page.locator(".sizes")).to_be_hidden()


def test_without_a_mouse_all_questions_can_be_answered(browser, address):
    with opened(browser, address, "/rules/help") as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="直接看正文")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**#main")
        page.keyboard.press("Tab")
        expect(page.get_by_label("您在哪里参加医保？")).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**region=110000**")
        page.get_by_label("职工医保，有个人账户").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        expect(page.locator(".verdict")).to_have_text(["不能", "不能", "不能"])


def test_an_answer_can_be_changed_without_losing_the_others(browser, address):
    with opened(browser, address, PATHS["help, no relative"]) as page:
        page.get_by_role("link", name="修改 您想帮").click()
        page.get_by_label("父亲或母亲").check()
        page.get_by_role("button", name="下一步").click()

        expect(page.locator(".verdict")).to_have_text(["能", "能", "能"])


def test_type_size_is_chosen_once_for_all_pages(browser, address):
    with opened(browser, address, "/rules") as page:
        page.get_by_role("button", name="特大字", exact=True).click()
        body = page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")
        page.goto(f"{address}/rules/bill")

        assert 29 < body < 31
        assert page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)") == body
        expect(page.get_by_role("button", name="特大字", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_search_swaps_the_list_and_can_be_shared(browser, address):
    with opened(browser, address, "/rules") as page:
        page.evaluate("() => { window.same = true; }")
        page.get_by_label("地名或地区代码").fill("苏州")
        page.get_by_role("button", name="查找").click()

        expect(page.locator("#found").get_by_role("link", name="苏州市")).to_be_visible()
        assert page.evaluate("() => window.same") is True
        assert "q=" in page.url
        page.reload()
        expect(page.locator("#found").get_by_role("link", name="苏州市")).to_be_visible()
        page.go_back()
        expect(page.locator("#found").get_by_role("link")).to_have_count(0)


def test_faults_are_told_first_and_lead_to_their_fields(browser, address):
    with opened(browser, address, PATHS["bill, parts miss the total"]) as page:
        expect(page.locator(".summary")).to_be_focused()
        assert page.locator(".summary").evaluate("one => one.getBoundingClientRect().top") >= 0
        page.locator(".summary a").first.click()

        expect(page.locator("#total")).to_be_in_viewport()


def test_nothing_is_sent_twice_and_nothing_without_a_network(browser, address):
    with opened(browser, address, "/gallery/citizen") as page:
        sent: list[str] = []

        def answer(route: Route) -> None:
            sent.append(route.request.method)
            route.fulfill(status=204)

        page.route("**/gallery/citizen", answer)
        button = page.locator("form[method=post] > button")
        page.context.set_offline(offline=True)
        button.click()
        expect(page.locator("[data-offline]")).to_be_focused()
        assert sent == []
        page.context.set_offline(offline=False)
        button.dblclick()
        expect(page.locator("form[data-sent]")).to_have_count(1)

        assert sent == ["POST"]


def test_a_dialog_opens_takes_the_focus_and_closes_by_escape(browser, address):
    with opened(browser, address, "/gallery/console", width=1280) as page:
        page.locator("[data-dialog]").click()
        expect(page.locator("dialog")).to_be_visible()
        assert page.evaluate("() => document.querySelector('dialog').contains(document.activeElement)")
        page.keyboard.press("Escape")

        expect(page.locator("dialog")).to_be_hidden()


def test_what_is_under_way_is_asked_for_again(browser, address):
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/gallery/citizen")
    page.evaluate("() => { document.getElementById('polled').textContent = ''; }")

    page.clock.run_for(3_100)

    expect(page.locator("#polled")).to_have_text("妈妈")
    context.close()
