"""Reminder lines in both stores: what came back in the month counts off, another month begins anew."""

from datetime import timedelta

import pytest

from gongji.domain.requests import Scope
from gongji.services.policies.timetables import Timetable
from gongji.services.telling.notice_feeding import feed
from gongji.services.telling.notices import Topic
from gongji.services.telling.preferences import Preferences, preferences_scope, set_preferences
from tests.contract.people import DAUGHTER, FATHER, NOON, family, give_back, settle
from tests.contract.test_notice_feeding import told
from tests.national_world import policy_book

LATER = NOON + timedelta(days=1)


@pytest.fixture
def bond_id(store):
    found = family(store)
    wanted = Preferences(reminder_fen=50_00)
    store.run(preferences_scope(FATHER), lambda books: set_preferences(books, FATHER, wanted, NOON))
    return found


def pay(store, name, fen, bond_id):
    return store.run(Scope(people={DAUGHTER}), lambda books: settle(books, name, fen, bond_id))


def reminded(store, now=LATER):
    while feed(store, Timetable(policy_book()), store.run, now, 2):
        pass
    return [one[1:] for one in told(store, FATHER) if one[0] is Topic.REMINDER]


def test_what_came_back_in_the_month_counts_off(store, bond_id):
    first = pay(store, "one", 40_00, bond_id)
    scope = Scope(settlements={first.settle_id})
    store.run(scope, lambda books: give_back(books, first.settle_id, 30_00))
    pay(store, "two", 40_00, bond_id)
    at_the_line = reminded(store)

    pay(store, "three", 1, bond_id)

    assert at_the_line == []
    assert reminded(store) == [(50_01, DAUGHTER)]


def test_it_is_told_once_however_often_it_is_fed_and_in_which_portions(store, bond_id):
    for number in range(4):
        pay(store, f"bill {number}", 20_00, bond_id)

    assert reminded(store) == [(60_00, DAUGHTER)]
    pay(store, "more", 20_00, bond_id)
    assert reminded(store, LATER + timedelta(hours=1)) == [(60_00, DAUGHTER)]


def test_without_a_line_nothing_is_told(store):
    bond_id = family(store)
    pay(store, "one", 90_00, bond_id)

    assert reminded(store) == []
