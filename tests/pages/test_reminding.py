"""再提醒一次, and 到那天提醒我取消: on the pages; once a day, and one can see from when on it goes again."""

import re
from datetime import timedelta

import pytest

from gongji.services.telling.notice_feeding import feed
from tests.pages.family_pages_world import MOTHER, SON, WIFE, FamilyPagesWorld
from tests.pages.money_world import MOTHER as RECEIVER
from tests.pages.money_world import SON as SENDER
from tests.pages.money_world import MoneyWorld


@pytest.fixture
def world():
    with FamilyPagesWorld() as made:
        yield made


def fed(world):
    while feed(world.store, world.desk.rules, world.store.run, world.now):
        pass


def inbox(world, cookie):
    return re.findall(r'name="notice" value="([^"]+)"', world.visit("/messages", cookie).text)


def test_a_receiver_is_reminded_once_a_day_however_often_it_is_tapped():
    with MoneyWorld() as world:
        there = world.transferred()
        sender, receiver = world.sits(SENDER), world.sits(RECEIVER)
        fed(world)
        before = inbox(world, receiver)
        assert "再提醒测2一次" in world.visit(there, sender).text

        for _ in range(3):
            world.sent(there, sender, what="remind")

        fed(world)
        assert len(inbox(world, receiver)) == len(before) + 1
        page = world.visit(there, sender).text
        assert "再提醒测2一次" not in page
        assert "2025年9月2日</time> 10:00 以后可以再提醒" in page
        assert "再提醒" not in world.visit(there, receiver).text
        world.later(hours=1)
        assert "From" in world.visit(f"/en{there}", world.sits(SENDER)).text


def test_somebody_invited_is_reminded_until_he_answers(world):
    there, son = world.invited(world.sits(SON), member=WIFE, relation="spouse")
    wife = world.sits(WIFE)
    world.told()

    world.goes(there, son, to=f"{there}/reminder")

    world.told()
    assert len(inbox(world, wife)) == 2
    assert "以后可以再提醒" in world.visit(there, son).text
    assert world.sends(there, wife, to=f"{there}/reminder").status_code == 404
    world.now += timedelta(days=1)
    assert "再提醒" in world.visit(there, world.sits(SON)).text


def test_a_day_to_be_told_on_is_chosen_seen_and_taken_back(world):
    bond = f"/family/{world.shared(SON, MOTHER)}"
    son = world.sits(SON)
    day = (world.now + timedelta(days=40)).date()

    wrong = world.sends(f"{bond}/ending", son, how="day", day=world.now.date().isoformat())
    there = world.goes(f"{bond}/ending", son, how="day", day=day.isoformat())

    assert (wrong.status_code, there) == (400, bond)
    assert 'href="#day"' in wrong.text
    assert "提醒我取消" in world.visit(bond, son).text
    assert str(day) in world.visit(f"{bond}/ending", son).text
    assert "不用提醒了" not in world.visit(bond, world.sits(MOTHER)).text
    world.goes(bond, son, do="day")
    assert "不用提醒了" not in world.visit(bond, son).text


def test_the_message_comes_on_that_day_and_leads_to_the_ending(world):
    bond = f"/family/{world.shared(SON, MOTHER)}"
    day = (world.now + timedelta(days=40)).date()
    world.goes(f"{bond}/ending", world.sits(SON), how="day", day=day.isoformat())
    world.now += timedelta(days=40)

    world.told()

    page = world.visit("/messages", world.sits(SON)).text
    assert "您要我们今天提醒您" in page
    assert f"{bond}/ending" in page
