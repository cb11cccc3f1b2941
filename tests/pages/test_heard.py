"""What a screen reader hears on the way of the money and of an invitation: landmarks, headings, names as spoken."""

import re

import pytest
from playwright.sync_api import expect

from tests.pages.money_world import DAY, HEFEI, MOTHER, MoneyWorld
from tests.pages.test_in_the_browser import opened
from tests.pages.test_matrix import at_work, family
from tests.pages.test_money_in_the_browser import aside, at_home, sits
from tests.pages.visitors import served

pytestmark = pytest.mark.browser

SITE = """
  - link "直接看正文"
  - region "样例，没有真人真钱"
  - banner:
    - link "家庭共济"
    - link "帮助"
  - main:
    - heading "我的家庭共济" [level=1]
    - heading "我的个人账户" [level=2]
    - paragraph: 5,300.00 元
    - heading "谁用了我的钱" [level=2]
    - heading "办事" [level=2]
    - heading "我的家人" [level=2]
    - navigation "我的钱"
  - contentinfo:
    - group "字号和对比度":
      - button "标准" [pressed]
"""
FAULTY = """
  - heading "转给测2" [level=1]
  - alert:
    - heading [level=2]
    - list:
      - listitem:
        - link "现在最多能转 2,000.00 元。"
  - textbox "转多少": 2000.01
"""
CHECK = """
  - heading "核对一下" [level=1]
  - term: 转给
  - definition: 测2：父亲或母亲
  - term: 转多少
  - definition: 500.00 元
  - definition:
    - link "修改 转多少"
  - term: 大写
  - definition: 伍佰元整
  - paragraph: 对方收了以后，这笔钱就是对方的，不能退回。
  - button "确认转 500.00 元"
"""
RECEIPT = """
  - heading "已经转出，等对方收" [level=1]
  - paragraph: 500.00 元
  - term: 转给
  - definition: 测2
  - term: 状态
  - definition: /等测2收，还有 \\d+ 小时/
  - term: 凭证号
  - definition: /transfer-\\d+/
  - heading "接下来" [level=2]
  - paragraph:
    - button "撤回这一笔"
"""
RECEIVED = """
  - heading "测1给您转了钱" [level=1]
  - button "收下"
  - button "不收"
"""
INVITED = """
  - heading "测1 想用自己的医保钱帮您付" [level=1]
  - paragraph: 您不用出钱。
  - list:
    - listitem
    - listitem
    - listitem
  - heading "我同意由这位家人帮我付钱" [level=2]
  - textbox "请写下您的姓名（测3）代替签名"
  - button "我同意"
  - heading "不想要？" [level=2]
  - button "我不同意"
  - button "这不是我的家人"
"""


def test_on_the_way_of_the_money_everything_has_its_name(browser):
    with MoneyWorld(DAY, HEFEI) as world, served(world) as site, opened(browser, site, "/") as page:
        at_home(page, site, world)
        expect(page.locator("body")).to_match_aria_snapshot(SITE)
        page.get_by_role("link", name="给家人转钱").click()
        expect(page.get_by_role("button", name="测2")).to_have_accessible_name("测2 父亲或母亲")
        page.get_by_role("button", name="测2").click()
        page.get_by_label("转多少").fill("2000.01")
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_role("alert").filter(visible=True)).to_be_focused()
        expect(page.get_by_label("转多少")).to_have_accessible_description(
            re.compile("错误：.*现在最多能转 2,000.00 元。")
        )
        expect(page.locator("main")).to_match_aria_snapshot(FAULTY)
        page.get_by_role("button", name="500.00 元", exact=True).click()
        expect(page.locator("main")).to_match_aria_snapshot(CHECK)
        page.get_by_role("button", name="确认转 500.00 元").click()
        expect(page.locator("main")).to_match_aria_snapshot(RECEIPT)
        sits(page, site, aside(lambda: world.sits(MOTHER)))
        page.reload()
        expect(page.locator("main")).to_match_aria_snapshot(RECEIVED)


def test_an_invitation_says_first_that_he_pays_nothing(browser):
    with at_work(family, "lived in") as (site, states), opened(browser, site, "/help") as page:
        path, _, cookie = states["invitation to answer"]
        sits(page, site, cookie)
        page.goto(site + path)
        expect(page.locator("main")).to_match_aria_snapshot(INVITED)
        page.get_by_role("button", name="我同意", exact=True).click()

        expect(page.get_by_role("alert").filter(visible=True)).to_be_focused()
        expect(page.get_by_label("请写下您的姓名")).to_have_accessible_description(
            re.compile("错误：.*请先写下您的姓名。")
        )
