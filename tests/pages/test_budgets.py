"""What a visit costs: bytes and requests by the wire, and how soon something stands there on a slow phone."""

import statistics

import pytest

from tests.pages.money_world import DAY, HEFEI, SON, MoneyWorld
from tests.pages.test_money_in_the_browser import sits
from tests.pages.visitors import served

pytestmark = pytest.mark.browser

FIRST_BYTES, FIRST_REQUESTS, AGAIN_BYTES = 15 * 1024, 4, 5 * 1024
PAGES = ("/", "/family", "/wallet/send", "/records", "/settings")
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 700_000 / 8, "uploadThroughput": 700_000 / 8}
PAINTED = """() => performance.getEntriesByName('first-contentful-paint')[0].startTime"""
BLOCKED = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => { sum += Math.max(0, one.duration - 50); }))
        .observe({type: 'longtask', buffered: true});
    setTimeout(() => done(sum), 200);
})"""
SHIFTED = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value; }))
        .observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done(sum), 200);
})"""


@pytest.fixture(scope="module")
def world():
    with MoneyWorld(DAY, HEFEI) as found:
        found.bill()
        yield found


@pytest.fixture(scope="module")
def site(world):
    with served(world) as found:
        yield found


def measured(page):
    """Return a list that grows by what each request, from here on, brought over the wire, in bytes."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    brought: list[int] = []
    wire.on("Network.loadingFinished", lambda told: brought.append(int(told["encodedDataLength"])))
    return brought


@pytest.mark.parametrize("path", PAGES)
def test_a_first_visit_is_small_and_the_next_smaller(world, site, browser, path):
    context = browser.new_context(viewport={"width": 375, "height": 800})
    page = context.new_page()
    sits(page, site, world.sits(SON))
    brought = measured(page)
    page.goto(site + path, wait_until="networkidle")
    first = [one for one in brought if one]
    brought.clear()
    page.goto(site + path, wait_until="networkidle")
    context.close()

    assert sum(first) <= FIRST_BYTES
    assert len(first) <= FIRST_REQUESTS
    assert sum(brought) <= AGAIN_BYTES


def slowly(browser, world, site):
    """Return when something stood there and how long the page was blocked (ms), and how far things moved.

    On a slow phone's first visit, behind a slow network.
    """
    context = browser.new_context(viewport={"width": 375, "height": 800})
    page = context.new_page()
    sits(page, site, world.sits(SON))
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.goto(site, wait_until="load")
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    found = page.evaluate(PAINTED), page.evaluate(BLOCKED), page.evaluate(SHIFTED)
    context.close()
    return found


def test_on_a_slow_phone_nothing_moves_once_it_stands_there(world, site, browser, record_property):
    several = [slowly(browser, world, site) for _ in range(5)]
    for name, of in (("first paint, ms", 0), ("blocked, ms", 1)):
        told = [one[of] for one in several]
        record_property(name, f"{statistics.median(told):.0f} ({min(told):.0f} to {max(told):.0f})")

    assert max(moved for _, _, moved in several) <= 0.02
