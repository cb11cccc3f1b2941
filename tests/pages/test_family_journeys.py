"""Journeys about people in Chromium: how many taps they take, by keyboard alone, without a script, and as spoken."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.pages.family_pages_world import MOTHER, SISTER, SON, WIFE, FamilyPagesWorld
from tests.pages.test_in_the_browser import fits, opened, violations
from tests.pages.visitors import served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sharing():
    """A family behind a real server, and what it has begun; each test has people of its own to act."""
    with FamilyPagesWorld() as world, served(world) as address:
        world.bond = f"/family/{world.shared(SISTER, MOTHER)}"
        yield world, address


@contextmanager
def sitting(browser, sharing, number, path, **more):
    """Open a page as somebody who has signed in, and count the taps."""
    world, address = sharing
    with opened(browser, address, "/help", **more) as page:
        name, _, value = world.sits(number).partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": address}])
        page.goto(address + path)
        yield page


class Taps:
    """Taps and types as a person does, and counts both."""

    def __init__(self, page):
        self.page, self.taps, self.typed = page, 0, 0

    def tap(self, name, role="button", **more):
        self.taps += 1
        self.page.get_by_role(role, name=name, **more).first.click()

    def type(self, label, text):
        self.typed += 1
        self.page.get_by_label(label).fill(text)


def adds(hand, papers, own_name, relation):
    """Add a relative from the first page on."""
    hand.tap("添加家人", "link")
    hand.tap("让家人用我的钱")
    hand.tap(relation)
    hand.type("姓名", papers["name"])
    hand.type("证件号码", papers["certno"])
    hand.tap("下一步")
    hand.tap("看病买药和缴费都可以")
    hand.tap("一直到我取消")
    hand.tap("都对，去签名")
    hand.type("请写下您的姓名", own_name)
    hand.tap("我同意，发出邀请")


@pytest.mark.parametrize("script", [True, pytest.param(False, id="without a script")])
def test_a_relative_is_invited_and_accepts_with_few_taps(browser, script):
    with FamilyPagesWorld() as world, served(world) as address:
        sharing = (world, address)
        with sitting(browser, sharing, SON, "/", java_script_enabled=script) as page:
            hand = Taps(page)
            adds(hand, world.papers(WIFE), world.name_of(SON), "配偶")
            expect(page.get_by_role("heading", level=1)).to_have_text("给 测3 的邀请已经发出")
            link = page.get_by_label("邀请链接").input_value()
            assert hand.taps <= 10
            assert hand.typed <= 3
        path = link.removeprefix(world.known.tokens.issuer)
        with sitting(browser, sharing, WIFE, path, java_script_enabled=script) as page:
            assert page.locator("main").inner_text().index("您不用出钱") < 60
            hand = Taps(page)
            hand.tap("去答复", "link")
            hand.type("请写下您的姓名", world.name_of(WIFE))
            hand.tap("我同意", exact=True)
            expect(page.get_by_role("status")).to_contain_text("您已经答应了")
            assert hand.taps <= 3


def test_a_bond_is_ended_with_three_taps_and_its_day_is_told_before(browser, sharing):
    with sitting(browser, sharing, SISTER, sharing[0].bond) as page:
        hand = Taps(page)
        hand.tap("取消", "link", exact=True)
        expect(page.locator("main")).to_contain_text("2026年3月2日")
        hand.tap("确认取消")
        expect(page.get_by_role("status")).to_contain_text("已经结束")

        assert hand.taps <= 3


def test_a_relative_is_added_without_a_mouse(browser, sharing):
    world, _ = sharing

    def reach(page, name):
        for _ in range(40):
            page.keyboard.press("Tab")
            focused = page.evaluate("() => document.activeElement.innerText || document.activeElement.name || ''")
            if focused.startswith(name):
                box = page.evaluate("() => document.activeElement.getBoundingClientRect().top")
                assert 0 <= box < 800
                return
        pytest.fail(f"never reached {name}")

    with sitting(browser, sharing, SON, "/family/add") as page:
        for name, question in (("让家人用我的钱", "他是您的什么人？"), ("父亲或母亲", "他叫什么名字？")):
            reach(page, name)
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text(question)
        reach(page, "name")
        page.keyboard.type(world.papers(MOTHER)["name"])
        reach(page, "certno")
        page.keyboard.type("123")
        page.keyboard.press("Enter")
        expect(page.locator(".summary")).to_be_focused()
        page.locator(".summary a").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#certno")).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type(world.papers(MOTHER)["certno"])
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", level=1)).to_have_text("您的钱给他做什么用？")


def test_an_invitation_is_read_out_as_it_is_meant(browser, sharing):
    with sitting(browser, sharing, SON, "/family/add") as page:
        expect(page.locator("main")).to_match_aria_snapshot("""
          - heading "添加家人" [level=1]
          - paragraph: 您想做哪一件事？
          - list:
            - listitem:
              - button /让家人用我的钱.*/
            - listitem:
              - button /帮家人出示医保码.*/
        """)


VOICES = """() => {
    window.said = [];
    const voices = [{lang: "zh-CN", name: "far", localService: false}, {lang: "zh-CN", name: "near", localService: %s}];
    speechSynthesis.getVoices = () => voices;
    speechSynthesis.speak = one => said.push(one.text);
    Object.defineProperty(SpeechSynthesisUtterance.prototype, "voice", {set(one) { said.push(one.name); }});
    speechSynthesis.onvoiceschanged();
}"""


def test_a_page_is_read_out_by_a_voice_of_this_device_alone(browser, sharing):
    with sitting(browser, sharing, SON, "/help") as page:
        page.context.add_cookies([{"name": "aloud", "value": "1", "url": sharing[1]}])
        page.reload()
        button = page.get_by_role("button", name="读给我听")
        page.evaluate(VOICES % "false")
        expect(button).to_be_hidden()
        page.evaluate(VOICES % "true")
        button.click()

        assert page.evaluate("() => said[0]") == "near"
        assert "打电话问" in page.evaluate("() => said[1]")


@pytest.mark.parametrize("path", ["/family", "/settings", "/help/acting/give"])
def test_pages_about_people_fit_and_keep_nobody_out(browser, sharing, path):
    with sitting(browser, sharing, SON, path, width=320, size="xl") as page:
        assert fits(page, 320)
        assert violations(page) == []
