"""What families do, each from the page where it begins: by keyboard alone, and with a finger but without a script."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec import Struct
from playwright.sync_api import Locator, Page, expect

from tests.pages.family_pages_world import CHILD, MOTHER, SISTER, SON, WIFE, FamilyPagesWorld
from tests.pages.money_world import BROTHER, DAY, HEFEI, QUOTA_DAY, WUHAN, MoneyWorld
from tests.pages.test_in_the_browser import opened
from tests.pages.test_money_in_the_browser import aside, sits
from tests.pages.visitors import VisitorWorld, served

pytestmark = pytest.mark.browser

TABS_MOST, OPTIONS_MOST = 90, 40
REACHED = """one => {
    if (one !== document.activeElement) { return ''; }
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    const half = length => Math.min(length, 40) / 2;
    const top = document.elementFromPoint(box.left + half(box.width), box.top + half(box.height));
    const name = one.outerHTML.slice(0, 80);
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 3) { return 'no focus is seen: ' + name; }
    if (box.top < 0 || box.top >= innerHeight || box.left < 0) { return 'out of sight: ' + name; }
    if (!top || !(one.contains(top) || top.contains(one))) { return 'something lies over it: ' + name; }
    return 'reached';
}"""


class Finger:
    """Taps and types."""

    script = False

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, name: str, role="button") -> None:
        self.page.get_by_role(role, name=name).first.click()

    def unfold(self, name: str) -> None:
        self.page.locator("summary").filter(has_text=name).click()

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)

    def tick(self, label: str) -> None:
        self.page.get_by_label(label).first.check()

    def pick(self, label: str, choice: str) -> None:
        self.page.get_by_label(label).first.select_option(label=choice)


class Keyboard(Finger):
    """Never touches anything: goes on by Tab, and by arrows within a choice. What has the focus can be seen."""

    script = True

    def press(self, name: str, role="button") -> None:
        self._reach(self.page.get_by_role(role, name=name).first)
        self.page.keyboard.press("Enter")

    def unfold(self, name: str) -> None:
        self._reach(self.page.locator("summary").filter(has_text=name))
        self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label).first
        self._reach(field)
        if field.get_attribute("type") == "date":
            year, month, day = text.split("-")
            text = f"{month}{day}{year}"
        else:
            self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def tick(self, label: str) -> None:
        self._reach(self.page.get_by_label(label).first)
        self.page.keyboard.press("Space")

    def pick(self, label: str, choice: str) -> None:
        field = self.page.get_by_label(label).first
        self._reach(field)
        for _ in range(OPTIONS_MOST):
            self.page.keyboard.press("ArrowDown")
            if field.evaluate("one => one.selectedOptions[0].text") == choice:
                return
        pytest.fail(f"never came to {choice}")

    def _reach(self, wanted: Locator) -> None:
        expect(wanted).to_be_visible()
        one = wanted.element_handle()
        for _ in range(TABS_MOST):
            self.page.keyboard.press("Tab")
            state = one.evaluate(REACHED)
            if state:
                assert state == "reached"
                return
        pytest.fail(f"never reached {one.evaluate('one => one.outerHTML.slice(0, 120)')}")


class Task(Struct, frozen=True):
    """Somebody's task: `begin` brings about what is there before, and returns where; `said` is read at last."""

    who: int
    begin: Callable[..., str]
    does: Callable[..., None]
    said: str
    quick: bool = False
    """Whether it is tried in the short form of the tests, too."""


def at(path):
    return lambda _: path


def sends(hand, _):
    hand.press("给家人转钱", "link")
    hand.press("测2")
    hand.write("转多少", "250")
    hand.press("下一步")
    hand.press("确认转 250.00 元")


def opens_a_wallet(hand, _):
    hand.press("开通我的医保钱包", "link")
    hand.press("开始")
    hand.write("手机号", "13800001234")
    hand.tick("我看完了，同意")
    hand.write("请写下您的姓名", "测4")
    hand.press("同意并开通")


def closes_the_wallet(hand, _):
    hand.press("关闭医保钱包", "link")
    hand.press("关闭医保钱包")


def looks_for_a_record(hand, _):
    hand.unfold("只看一部分")
    hand.pick("家人", "测2")
    hand.press("查看")


MONEY = {
    "send": Task(SON, at("/"), sends, "已经转出，等对方收", quick=True),
    "take what was sent": Task(
        MOTHER, lambda world: world.transferred(), lambda hand, _: hand.press("收下"), "您已经收下"
    ),
    "refuse what was sent": Task(MOTHER, lambda world: world.transferred(), lambda hand, _: hand.press("不收"), "退回"),
    "call back": Task(SON, lambda world: world.transferred(), lambda hand, _: hand.press("撤回这一笔"), "已经撤回"),
    "open a wallet": Task(BROTHER, at("/wallet"), opens_a_wallet, "医保钱包开通了。"),
    "close the wallet": Task(WIFE, at("/wallet"), closes_the_wallet, "医保钱包已经关闭"),
    "look for a record": Task(SON, lambda world: world.bill() and "/records", looks_for_a_record, "支出"),
}


def keeps(hand, _):
    hand.press("500.00 元")
    hand.press("确认给测2一共留 500.00 元")


def pays_a_premium(hand, _):
    hand.press("缴这一项 测2 城乡居民医保费")
    hand.write("金额", "400")
    hand.write("通知单号", "N-1")
    hand.press("下一步")
    hand.press("确认缴 400.00 元")


LATER = {
    "set a quota": Task(SON, at("/family/1/quota"), keeps, "改好了。"),
    "pay a premium": Task(SON, at("/premiums?year=2027"), pays_a_premium, "肆佰元整"),
}


def adds(hand, world):
    hand.press("添加家人", "link")
    hand.press("让家人用我的钱")
    hand.press("父亲或母亲")
    hand.write("姓名", world.papers(MOTHER)["name"])
    hand.write("证件号码", world.papers(MOTHER)["certno"])
    hand.press("下一步")
    hand.press("看病买药和缴费都可以")
    hand.press("一直到我取消")
    hand.press("都对，去签名")
    hand.write("请写下您的姓名", world.name_of(SON))
    hand.press("我同意，发出邀请")


def accepts(hand, world):
    hand.write("请写下您的姓名", world.name_of(WIFE))
    hand.press("我同意")


def ends(hand, _):
    hand.press("取消", "link")
    hand.press("确认取消")


def lets_him_act(hand, world):
    hand.press("请一位家人替我办", "link")
    hand.write("姓名", world.papers(SON)["name"])
    hand.write("证件号码", world.papers(SON)["certno"])
    hand.tick("看您的个人账户")
    hand.write("到哪一天", f"{world.now + timedelta(days=90):%Y-%m-%d}")
    hand.press("让他替我办")


def asks_for_a_code(hand, world):
    hand.press("请家人让我出示他的码", "link")
    hand.pick("他是您的什么人", "父亲或母亲")
    hand.write("姓名", world.papers(MOTHER)["name"])
    hand.write("证件号码", world.papers(MOTHER)["certno"])
    hand.press("问他同不同意")


def sets_things(hand, _):
    hand.tick("高对比")
    hand.press("保存")


def changes_his_number(hand, _):
    hand.write("手机号", "13800000000")
    hand.press("提交申请")


def shows_medicines(hand, world):
    hand.unfold("让他看药品明细")
    hand.write("请写下您的姓名", world.name_of(MOTHER))
    hand.press("我同意让他看到药品明细")


def invited(world):
    return world.invited(world.sits(SON), member=WIFE, relation="spouse")[0]


def told(world):
    invited(world)
    world.told()
    return "/messages"


def shared(sharer):
    return lambda world: f"/family/{world.shared(sharer, MOTHER)}"


FAMILY = {
    "add a relative": Task(SON, at("/"), adds, "已经可以用您的钱", quick=True),
    "accept": Task(WIFE, invited, accepts, "您已经答应了"),
    "decline": Task(WIFE, invited, lambda hand, _: hand.press("我不同意"), "您没有答应"),
    "take an invitation back": Task(SON, invited, lambda hand, _: hand.press("收回邀请"), "收回了"),
    "answer a message": Task(WIFE, told, lambda hand, _: hand.press("去答复"), "想用自己的医保钱帮您付"),
    "pause": Task(SISTER, shared(SISTER), lambda hand, _: hand.press("暂停一天"), "现在暂停"),
    "end": Task(SISTER, shared(SISTER), ends, "已经结束"),
    "show medicines": Task(MOTHER, shared(SON), shows_medicines, "您同意了他看药品明细"),
    "let a relative act": Task(MOTHER, at("/help/acting"), lets_him_act, "有效"),
    "ask for a code": Task(SON, at("/family/showings"), asks_for_a_code, "等他同意"),
    "settings": Task(SON, at("/settings"), sets_things, "高对比"),
    "apply": Task(CHILD, at("/applications/new?kind=change_phone"), changes_his_number, "application-"),
}
GROUPS: dict[str, tuple[Callable[[], VisitorWorld], dict[str, Task]]] = {
    "money": (lambda: MoneyWorld(DAY, HEFEI), MONEY),
    "later": (lambda: MoneyWorld(QUOTA_DAY, WUHAN), LATER),
    "family": (FamilyPagesWorld, FAMILY),
}
EVERY = [
    pytest.param(group, name, Hand, marks=[] if task.quick else [pytest.mark.soak], id=f"{name}, {Hand.__name__}")
    for group, (_, tasks) in GROUPS.items()
    for name, task in tasks.items()
    for Hand in (Keyboard, Finger)
]


@pytest.mark.parametrize(("group", "name", "hand"), EVERY)
def test_it_is_done_by_keyboard_alone_and_without_a_script(browser, group, name, hand):
    build, tasks = GROUPS[group]
    task = tasks[name]
    with build() as world, served(world) as site:
        path, cookie = aside(lambda: (task.begin(world), world.sits(task.who)))
        with opened(browser, site, "/assets/none", width=1280, java_script_enabled=hand.script) as page:
            sits(page, site, cookie)
            page.goto(site + path)
            task.does(hand(page), world)

            expect(page.locator("main")).to_contain_text(task.said)
            expect(page.locator(".trouble, .summary")).to_have_count(0)
