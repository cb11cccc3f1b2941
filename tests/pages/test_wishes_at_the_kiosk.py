"""How somebody wants to be shown things follows him to the kiosk, and leaves with him."""

import pytest
from playwright.sync_api import expect

from gongji.channels.sample_story import FATHER, SON
from gongji.services.telling.preferences import Preferences, preferences_scope, set_preferences
from tests.pages.kiosk_visitor import KioskVisitor
from tests.pages.sample_world import sample_world
from tests.pages.states_kiosk import at_task
from tests.pages.test_family_journeys import VOICES
from tests.pages.test_in_the_browser import LEAST_FONT, fits, opened, violations
from tests.pages.test_kiosk_in_the_browser import LANDSCAPE, LEAST, PORTRAIT, TOUCHED
from tests.pages.test_money_in_the_browser import aside
from tests.pages.visitors import served

WISHES = Preferences(text_size="largest", high_contrast=True, read_aloud=True)


@pytest.fixture(scope="module")
def world():
    with sample_world(over="http://127.0.0.1") as made:
        work = lambda books: set_preferences(books, SON, WISHES, made.now)  # noqa: E731  # once, here
        made.store.run(preferences_scope(SON), work)
        yield made


def test_they_come_with_him_and_go_with_him(world):
    kiosk = at_task(world, "balance")

    assert (kiosk.cookies["size"], kiosk.cookies["aloud"]) == ("xl-hc", "1")
    assert 'data-size="xl-hc"' in kiosk.text
    assert "data-aloud" in kiosk.text
    kiosk.go("/kiosk/leave")
    assert (kiosk.cookies["size"], kiosk.cookies["aloud"]) == ("s", "")
    assert "data-aloud" not in kiosk.go("/kiosk").text


def test_who_asked_for_nothing_gets_none_of_the_last_ones(world):
    kiosk = at_task(world, "balance")
    kiosk.go("/kiosk/who?back=%2Fkiosk%2Fbalance")
    kiosk.shows(FATHER)

    assert kiosk.path == "/kiosk/balance"
    assert kiosk.cookies["size"] == "s"
    assert "data-aloud" not in kiosk.text


def test_who_stands_beside_changes_nothing(world):
    kiosk = KioskVisitor(world)
    kiosk.go("/kiosk/add")
    kiosk.shows(FATHER)
    kiosk.touch("relation", "child")
    kiosk.shows(SON)

    assert kiosk.cookies["size"] == "s"


@pytest.mark.browser
@pytest.mark.parametrize("posture", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_the_kiosk_is_larger_starker_and_reads_with_its_own_voice(browser, world, posture):
    kiosk = aside(lambda: at_task(world, "balance"))
    with served(world) as site, opened(browser, site, "/kiosk", width=posture[0]) as page:
        page.set_viewport_size({"width": posture[0], "height": posture[1]})
        small = page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")
        for name, value in kiosk.cookies.items():
            page.context.add_cookies([{"name": name, "value": value, "url": site}])
        for path in ("/kiosk/balance", "/kiosk/add", "/kiosk/send", "/kiosk/end", "/kiosk"):
            page.goto(site + path)
            assert page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)") > 1.4 * small
            assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
            assert page.evaluate(LEAST_FONT) >= 18
            assert page.locator(TOUCHED).evaluate_all(LEAST) >= 96
            assert fits(page, posture[0])
            assert violations(page) == []
        page.goto(f"{site}/kiosk/balance")
        button = page.get_by_role("button", name="读给我听")
        page.evaluate(VOICES % "false")
        expect(button).to_be_hidden()
        page.evaluate(VOICES % "true")
        button.click()

        assert page.evaluate("() => said[0]") == "near"
        assert "我的余额" in page.evaluate("() => said[1]")
