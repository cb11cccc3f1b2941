"""The desk in Chromium: a routine case by four keys, without a mouse, without a script, in few bytes."""

import gzip
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from gongji.domain.requests import Scope
from tests.pages.console_world import MOTHER, ConsoleWorld
from tests.pages.states_console import console_states
from tests.pages.test_in_the_browser import CONTROLS, LEAST_FONT, LEAST_TARGET, fits, opened, violations
from tests.pages.visitors import served

pytestmark = pytest.mark.browser

SHORT = ("queue", "case, papers", "case, second person", "refusal, rule picked", "intake", "differences, another")
KEYS_MOST = 4
BYTES_MOST, REQUESTS_MOST = 40 * 1024, 6


@pytest.fixture(scope="module")
def office():
    with ConsoleWorld() as world:
        yield world


@pytest.fixture(scope="module")
def states(office):
    return console_states(office)


@pytest.fixture(scope="module", autouse=True)
def address(office, states):
    """Brought about before the browser opens: while it is open, nothing else runs an event loop in this thread."""
    with served(office) as where:
        assert states
        yield where


@contextmanager
def sits(browser, address, path, cookie, **more):
    """Open a page as somebody who has signed in."""
    name, _, value = cookie.partition("=")
    with opened(browser, address, "/assets/none", **more) as page:
        page.context.add_cookies([{"name": name, "value": value, "url": address}])
        page.goto(address + path)
        yield page


def press_alt(page, letter):
    """Press a shortcut as a keyboard does: with the letter that it would have been without Alt."""
    keys = page.context.new_cdp_session(page)
    told = {"modifiers": 1, "key": letter, "code": f"Key{letter.upper()}", "windowsVirtualKeyCode": ord(letter.upper())}
    with page.expect_navigation():
        keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "unmodifiedText": letter, **told})
        keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **told})


def state_of(office, number):
    return office.store.read(Scope(dossiers={number}), lambda books: books.dossiers.get(number)).state


@pytest.mark.parametrize("name", SHORT)
def test_a_page_fits_a_small_screen_in_the_largest_type_and_keeps_nobody_out(browser, address, states, name):
    path, _, cookie = states[name]
    with sits(browser, address, path, cookie, width=320, size="xl") as page:
        assert fits(page, 320)
        assert page.evaluate(LEAST_FONT) >= 18
        assert page.locator(CONTROLS).evaluate_all(LEAST_TARGET) >= 60
    with sits(browser, address, path, cookie, width=1280) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
        assert fits(page, 1280)
        assert violations(page) == []


def test_a_routine_case_is_decided_by_four_keys_at_most(browser, address, office):
    number = office.applied(MOTHER, office.phone("13700000000"), "id_card")
    keys = []
    with sits(browser, address, f"/console/cases/{number}", office.at("clerk"), width=1280) as page:
        for heading in ("更换手机号", "确认通过", "已通过"):
            keys.append("a")
            press_alt(page, keys[-1])
            expect(page.get_by_role("heading", level=1)).to_contain_text(heading)

    assert len(keys) <= KEYS_MOST
    assert state_of(office, number) == "approved"


def test_without_a_mouse_a_case_is_refused_by_a_rule(browser, address, office):
    number = office.applied(MOTHER, office.phone("13700000001"), "id_card")
    with sits(browser, address, f"/console/cases/{number}", office.at("clerk"), width=1280) as page:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="直接看正文")).to_be_focused()
        press_alt(page, "a")
        press_alt(page, "d")
        page.get_by_label("依据哪一条规定").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="看告知书")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_text("申请人会收到这段话")).to_be_visible()
        press_alt(page, "a")
        expect(page.get_by_role("heading", level=1)).to_have_text("已不予受理")

    assert state_of(office, number) == "refused"


def test_without_a_script_a_case_goes_from_the_queue_to_a_decision(browser, address, office):
    number = office.applied(MOTHER, office.phone("13700000002"), "id_card")
    with sits(browser, address, "/console", office.at("clerk"), width=1280, java_script_enabled=False) as page:
        page.locator("li.row").filter(has_text=number).get_by_role("button", name="领取").click()
        page.get_by_role("button", name="说明理由并打开").click()
        expect(page.get_by_role("img", name="身份证的扫描件")).to_be_visible()
        page.get_by_role("link", name="通过", exact=False).first.click()
        page.get_by_role("button", name="确认通过").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("已通过")

    assert state_of(office, number) == "approved"


def test_a_first_visit_takes_few_bytes_and_requests(browser, address, states):
    path, _, cookie = states["case, bind"]
    asked = []
    name, _, value = cookie.partition("=")
    context = browser.new_context()
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address + path)
    context.close()
    asked = [url for url in asked if not url.startswith("data:")]

    told = 0
    for url in asked:
        with urlopen(Request(url, headers={"cookie": cookie})) as answer:  # noqa: S310  # our own server
            told += len(gzip.compress(answer.read()))

    assert len(asked) <= REQUESTS_MOST
    assert told <= BYTES_MOST
