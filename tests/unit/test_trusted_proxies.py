"""Behind proxies: who is limited and shut out is the one who asked, not the proxy; and only proxies are believed."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongji.channels.api.bridge import bridged
from gongji.channels.api.forwarded import client_of, proxies_of, seen_through
from gongji.channels.asked import Answered, Asked
from gongji.wiring import SettingError, Wiring
from tests.api_world import ApiWorld, problem, slow_limits

PROXY = "10.0.0.7:40000"
BY_LIST = proxies_of("X-Forwarded-For 10.0.0.0/8 2001:db8:ff::/48")
BY_RFC = proxies_of("Forwarded 10.0.0.0/8 2001:db8:ff::/48")


def came(proxies, *values, peer=PROXY, header=None):
    headers = [(header or proxies.header, value) for value in values]
    return client_of(proxies, Asked("GET", "/", headers=headers, client=peer))


@pytest.mark.parametrize(
    ("values", "client"),
    [
        (["203.0.113.5"], "203.0.113.5:0"),
        (["203.0.113.5:1234"], "203.0.113.5:0"),
        (["203.0.113.5, 10.1.1.1"], "203.0.113.5:0"),
        (["203.0.113.5", "10.1.1.1"], "203.0.113.5:0"),
        (["198.51.100.1, 203.0.113.5, 10.1.1.1"], "203.0.113.5:0"),
        (["2001:db8::9, 2001:db8:ff::1"], "[2001:db8::9]:0"),
        (["[2001:db8::9]:443"], "[2001:db8::9]:0"),
        (["::ffff:203.0.113.5"], "203.0.113.5:0"),
        (["nonsense, 203.0.113.5"], "203.0.113.5:0"),
        (["10.1.1.1, 10.1.1.2"], "10.1.1.1:0"),
        ([], PROXY),
    ],
)
def test_the_last_on_the_way_who_is_no_trusted_proxy_has_asked(values, client):
    assert came(BY_LIST, *values) == client


@pytest.mark.parametrize(
    ("values", "client"),
    [
        (["for=203.0.113.5"], "203.0.113.5:0"),
        (["For=203.0.113.5;proto=https;by=10.0.0.7"], "203.0.113.5:0"),
        (['proto=https ; for="[2001:db8::9]:4711"'], "[2001:db8::9]:0"),
        (['for="203.0.113.5:80", for=10.1.1.1'], "203.0.113.5:0"),
        (["for=198.51.100.1", "for=203.0.113.5, for=10.1.1.1"], "203.0.113.5:0"),
        (['host="a,b;for=198.51.100.1";for=203.0.113.5'], "203.0.113.5:0"),
        (["for=unknown, for=203.0.113.5"], "203.0.113.5:0"),
        ([r'for="203.0\.113.5"'], "203.0.113.5:0"),
    ],
)
def test_the_header_of_the_standard_is_read_as_it_says(values, client):
    assert came(BY_RFC, *values) == client


@pytest.mark.parametrize(
    ("proxies", "value"),
    [
        (BY_LIST, "203.0.113.5, nonsense"),
        (BY_LIST, "203.0.113.5,"),
        (BY_LIST, "203.0.113.5, 10.1.1.300"),
        (BY_LIST, "fe80::1%eth0"),
        (BY_LIST, ""),
        (BY_RFC, "for=203.0.113.5, for=unknown"),
        (BY_RFC, "for=203.0.113.5, for=_hidden"),
        (BY_RFC, "for=203.0.113.5, proto=https"),
        (BY_RFC, 'for="203.0.113.5'),
        (BY_RFC, 'for=203.0.113.5, for="10.1.1.1'),
        (BY_RFC, "for=203.0.113.5;for=203.0.113.6"),
        (BY_RFC, "203.0.113.5"),
    ],
)
def test_a_way_that_cannot_be_read_leads_to_who_asked_us(proxies, value):
    assert came(proxies, value) == PROXY


def test_who_is_no_trusted_proxy_is_not_believed():
    stranger = "203.0.113.66:5"

    assert came(BY_LIST, "10.9.9.9", peer=stranger) == stranger
    assert came(BY_RFC, "for=10.9.9.9", peer=stranger) == stranger


def test_the_header_that_proxies_hand_on_unread_is_not_read():
    assert came(BY_LIST, "for=198.51.100.1", header="forwarded") == PROXY
    assert came(BY_RFC, "198.51.100.1", header="x-forwarded-for") == PROXY


@given(st.lists(st.text(max_size=30), max_size=3), st.sampled_from([BY_LIST, BY_RFC]))
def test_whatever_somebody_writes_the_address_that_a_proxy_adds_counts(written, proxies):
    own = "203.0.113.5" if proxies is BY_LIST else "for=203.0.113.5"

    assert came(proxies, *written, own) in ("203.0.113.5:0", PROXY)
    assert came(BY_LIST, *written, "203.0.113.5") == "203.0.113.5:0"


@given(st.text(alphabet=' \tfor="\\;,.:[]_019a', max_size=80))
def test_no_header_breaks_anything(value):
    for proxies in (BY_LIST, BY_RFC):
        assert came(proxies, value).rpartition(":")[2].isdecimal()


@pytest.mark.parametrize(
    "setting", ["10.0.0.0/8", "Forwarded", "Via 10.0.0.1", "Forwarded 10.0.0.1/8", "X-Forwarded-For proxy.example"]
)
def test_a_setting_that_is_not_sound_is_told(setting):
    with pytest.raises(SettingError, match="GONGJI_TRUSTED_PROXIES"):
        Wiring({"GONGJI_TRUSTED_PROXIES": setting}).trusted_proxies()


def test_without_a_setting_no_proxy_is_believed():
    assert Wiring({}).trusted_proxies() is None
    assert Wiring({"GONGJI_TRUSTED_PROXIES": " "}).trusted_proxies() is None


def statuses(app, *clients):
    async def all_of_them():
        headers = [("host", "api.test"), ("authorization", "Bearer guess")]
        several = [[*headers, ("x-forwarded-for", client)] for client in clients]
        return [await app(Asked("GET", "/api/v1/family", headers=one, client=PROXY)) for one in several]

    answers: list[Answered] = asyncio.run(all_of_them())
    return [answer.status for answer in answers]


@pytest.mark.parametrize(("proxies", "last"), [(BY_LIST, [401, 429]), (None, [429, 429])])
def test_behind_a_proxy_one_who_guesses_shuts_out_nobody_else(proxies, last):
    with ApiWorld(limits=slow_limits()) as api:
        app = seen_through(proxies, bridged(api.app))
        found = statuses(app, "203.0.113.5", "203.0.113.5", "203.0.113.6", "203.0.113.5")

    assert found == [401, 401, *last]


def test_without_the_setting_what_somebody_writes_changes_nothing():
    with ApiWorld(limits=slow_limits()) as api:
        answers = [
            api.get(
                "/api/v1/family", "guess", headers=[("x-forwarded-for", f"203.0.113.{n}"), ("forwarded", f"for=::{n}")]
            )
            for n in range(1, 4)
        ]

    assert [one.status_code for one in answers] == [401, 401, 429]
    problem(answers[-1], "RATE_REACHED")
