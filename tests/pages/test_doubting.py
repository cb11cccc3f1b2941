"""不是我家人用的: reported from the records once, seen at the desk, answered there, and told to who reported it."""

from datetime import timedelta
from html import unescape

import pytest

from gongji.services.access.sessions import SIGN_IN_LIFE, Who
from gongji.services.access.staff import Member, staff_scope, take_on
from gongji.services.telling.notice_feeding import feed
from tests.pages.console_world import HIDDEN
from tests.pages.money_world import HEFEI, MOTHER, SON, MoneyWorld


@pytest.fixture
def world():
    with MoneyWorld() as found_world:
        found_world.bill()
        yield found_world
        assert found_world.store.faults() == []


def clerk(world):
    member = Member(staff_no="A-1", name="经办", role="clerk", office=HEFEI, by="test")
    world.store.run(staff_scope("A-1"), lambda books: take_on(books, member, world.now))
    who = Who(role="clerk", staff_no="A-1", clerk="经办", office=HEFEI, sandbox=True)
    return world._let_in(who, "desk")


def hidden(world, path, cookie):
    """Return what the form of a page brings back by itself."""
    return {name: unescape(value) for name, value in HIDDEN.findall(world.visit(path, cookie).text)}


def at_desk(world, path, cookie, page="", **fields):
    answer = world.submit(path, cookie, **hidden(world, page or path, cookie), **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_a_report_is_made_once_however_often_it_is_sent(world):
    son = world.sits(SON)
    form = world.doubted(cookie=son)

    there = {world.sent(form, son, why="was_not_there", words="那天她在家") for _ in range(3)}
    again = world.visit(form, son).headers["location"]
    anew = world.sent(world.doubted(cookie=son), son, why="code_lost")

    assert there == {again} == {anew}
    page = world.visit(again, son).text
    assert "家人那天没有去过" in page
    assert "那天她在家" in page
    assert "120.00 元" in page
    mine = world.visit("/applications", son).text
    assert mine.count("报告：不是我家人用的") == 1
    doubt = world.visit(f"/records/doubt?person={MOTHER}&at={world.now.isoformat()}", son).text
    assert f'href="{again}"' in doubt


def test_a_reason_is_wanted_and_what_was_typed_stays(world):
    son = world.sits(SON)
    form = world.doubted(cookie=son)

    none = world.submit(form, son, guard=world.guard(son), words="不知道")
    other = world.submit(form, son, guard=world.guard(son), why="other")

    assert (none.status_code, other.status_code) == (400, 400)
    assert "不知道" in none.text
    assert 'href="#words"' in other.text


def test_what_was_typed_survives_a_sign_in_that_ran_out(world):
    son = world.sits(SON)
    form, guard = world.doubted(cookie=son), world.guard(son)
    world.now += SIGN_IN_LIFE + timedelta(minutes=1)

    sent = world.submit(form, son, guard=guard, why="code_lost", words="卡丢了")

    assert "/oauth/sign-in" in sent.headers["location"]
    assert "卡丢了" in world.visit(form, world.sits(SON)).text


@pytest.mark.parametrize(("page", "says"), [("approval", "查实了"), ("refusal", "没有查实")])
def test_a_clerk_answers_by_what_was_found_and_the_one_who_reported_is_told(world, page, says):
    son, desk = world.sits(SON), clerk(world)
    there = world.sent(world.doubted(cookie=son), son, why="code_lost", words="卡丢了")
    case = f"/console/cases/{there.rpartition('/')[2]}"
    before = world.world.snapshot()
    assert "报告：不是家人用的" in world.visit("/console", desk).text

    at_desk(world, case, desk, step="claim")
    read = world.visit(case, desk).text
    empty = world.submit(f"{case}/{page}", desk, **hidden(world, f"{case}/{page}", desk))
    at_desk(world, f"{case}/{page}", desk, why="调了录像，刷卡的是旁人。")

    assert all(words in read for words in ("卡丢了", "记录：120.00 元", "测2", "到稽核立案"))
    assert empty.status_code == 400
    told = world.visit(there, son).text
    assert says in told
    assert "调了录像，刷卡的是旁人。" in told
    assert world.world.snapshot() == before
    while feed(world.store, world.desk.rules, world.store.run, world.now):
        pass
    assert "您的申请有结果了" in world.visit("/messages", son).text


def test_the_desk_reads_in_english_too(world):
    son, desk = world.sits(SON), clerk(world)
    there = world.sent(world.doubted(cookie=son), son, why="other", words="see above")
    case = f"/console/cases/{there.rpartition('/')[2]}"
    at_desk(world, case, desk, step="claim")

    for path in (case, f"{case}/approval", f"{case}/refusal", f"{case}/print/record", f"{case}/print/application"):
        assert world.visit(f"/en{path}", desk).status_code == 200
    assert "On record: " in world.visit(f"/en{case}", desk).text
