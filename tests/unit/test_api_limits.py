"""How much one may ask in a time."""

from copy import deepcopy
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gongji.channels.api import limits
from gongji.channels.api.callers import Caller
from gongji.channels.api.limits import Buckets, Rate
from tests.api_world import ApiWorld, problem, slow_limits
from tests.national_world import NOW

BALANCES = "/api/v1/accounts/1/balances"


@pytest.fixture
def api():
    with ApiWorld(limits=slow_limits()) as found:
        found.world.person(1)
        found.world.person(2)
        yield found


def test_a_person_who_asks_too_much_is_told_when_to_come_again(api):
    token = api.identity.let_in(1)
    answers = [api.get(BALANCES, token) for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert problem(answers[-1], "RATE_REACHED")["money_moved"] is False
    assert [one.headers["ratelimit"] for one in answers] == [
        '"person";r=2;t=1',
        '"person";r=1;t=2',
        '"person";r=0;t=3',
        '"person";r=0;t=3',
    ]
    assert answers[0].headers["ratelimit-policy"] == '"person";q=3;w=3'

    api.later(seconds=int(answers[-1].headers["retry-after"]))

    assert api.get(BALANCES, token).status_code == 200


def test_one_who_asks_too_much_harms_no_other(api):
    mine, his = api.identity.let_in(1), api.identity.let_in(2)
    for _ in range(4):
        api.get(BALANCES, mine)

    assert api.get("/api/v1/accounts/2/balances", his).status_code == 200


def test_one_of_the_staff_has_a_limit_of_his_own_by_his_number(api):
    desk = {"role": "clerk", "clerk": "同名", "office": "320200", "client": "desk"}
    scopes = frozenset({"people.read"})
    first, second = (api.identity.let_in(staff_no=number, scopes=scopes, **desk) for number in ("S1", "S2"))
    path = "/api/v1/calls"

    answers = [api.get(path, first) for _ in range(6)]

    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert answers[0].headers["ratelimit-policy"] == '"staff";q=5;w=5'
    api.later(seconds=5)  # the app's own
    assert api.get(path, second).headers["ratelimit"] == '"staff";r=4;t=1'


def test_who_works_fast_at_a_desk_is_not_held_up_and_who_reads_all_day_without_a_pause_is():
    told, now = limits.Limits(), NOW
    clerk = Caller(client="own-pages", role="clerk", clerk="王", staff_no="S1", office="320200")
    citizen = Caller(client="own-pages", subject=1)

    waits = [told.take(clerk, now + timedelta(milliseconds=50 * turn)).wait_seconds for turn in range(1200)]
    at_once = [told.take(citizen, now).wait_seconds for _ in range(121)]
    reading = [told.take(replace(clerk, staff_no="S2"), now).wait_seconds for _ in range(601)]

    assert max(waits) == 0  # a minute at twenty requests a second
    assert (at_once[119], at_once[120]) == (0, 1)
    assert (reading[599], reading[600]) == (0, 1)


def test_an_app_has_a_limit_over_all_its_people(api):
    tokens = [api.identity.let_in(number, client="busy-app") for number in range(1, 9)]

    answers = [api.get("/api/v1", token) for token in tokens]

    assert [one.status_code for one in answers] == [200] * 6 + [429] * 2
    assert answers[-1].headers["ratelimit-policy"] == '"app";q=6;w=3'


def test_who_tries_many_tokens_is_stopped_by_his_address(api):
    answers = [api.get(BALANCES, f"guess-{number}") for number in range(3)]

    assert [one.status_code for one in answers] == [401, 401, 429]
    assert api.get(BALANCES, api.identity.let_in(1)).status_code == 200, "who is known is not counted by address"
    assert api.get(BALANCES, "guess", client="10.0.0.2:1").status_code == 401


def test_who_has_a_whole_network_to_himself_is_counted_as_one(api):
    answers = [api.get(BALANCES, "guess", client=f"[2001:db8::{number}]:1") for number in range(3)]

    assert [one.status_code for one in answers] == [401, 401, 429]
    assert api.get(BALANCES, "guess", client="[2001:db8:0:1::1]:1").status_code == 401


@pytest.mark.parametrize(
    ("address", "place"),
    [("::ffff:10.0.0.1", "10.0.0.1"), ("10.0.0.1", "10.0.0.1"), ("", ""), ("[2001:db8::1]", "2001:db8::/64")],
)
def test_by_what_a_stranger_is_counted(address, place):
    assert limits.network_of(address) == place


def test_a_clock_that_goes_back_gives_nothing_away(api):
    token = api.identity.let_in(1)
    for _ in range(3):
        api.get(BALANCES, token)
    api.later(hours=-1)

    assert api.get(BALANCES, token).status_code == 429


def test_so_many_buckets_are_kept_and_no_more(monkeypatch):
    monkeypatch.setattr(limits, "BUCKETS_MOST", 10)
    buckets = Buckets("address", Rate(1, 1))

    for number in range(1000):
        buckets.take(number, NOW)

    assert len(buckets._full_at) <= 20


@given(st.integers(1, 20), st.integers(1, 50), st.lists(st.integers(0, 3_000_000), max_size=60))
def test_no_more_is_ever_taken_than_the_rate_allows(burst, per_second, pauses):
    buckets, now, begun, taken = Buckets("person", Rate(burst, per_second)), NOW, NOW, 0

    for pause in pauses:
        now += timedelta(microseconds=pause)
        left = buckets.take("me", now)
        taken += not left.wait_seconds
        if left.wait_seconds:
            after = deepcopy(buckets)
            assert not after.take("me", now + timedelta(seconds=left.wait_seconds)).wait_seconds

    # one microsecond of slack: a request's share of a second is rounded to whole ones
    assert taken <= burst + (now - begun + timedelta(microseconds=len(pauses))) // (timedelta(seconds=1) / per_second)
