"""Plain readings: answered past the framework, and in every case just as it answers."""

import asyncio

import pytest
from litestar.routes import HTTPRoute

from gongji.channels.api.bridge import bridged, carried
from gongji.channels.api.limits import Limits, Rate
from gongji.channels.api.plain import PlainReadings
from gongji.channels.asked import Asked
from gongji.services.store import StoreDownError
from tests.api_world import CAPPED_REGION, ApiWorld

BALANCES = "/api/v1/accounts/{}/balances"
ID = ("x-request-id", "one")


@pytest.fixture
def api():
    with ApiWorld(limits=Limits(person=Rate(8, 1))) as found:
        found.world.person(1, region=CAPPED_REGION, money=100_00)
        found.world.person(2, region=CAPPED_REGION)
        yield found


def asked(path, *headers, method="GET", query=""):
    return Asked(method, path, query, [("host", "api.test"), ID, *headers], client="10.0.0.1:4711")


def bearer(token):
    return ("authorization", f"Bearer {token}")


def told(answer):
    return answer.status, sorted((name.lower(), value) for name, value in answer.headers), answer.body


def both(api, request):
    """Return the answer past the framework and the framework's, each from a fresh count of requests."""
    answers = []
    for ask in (bridged(api.app), lambda one: carried(api.app, one)):
        api.desk.limits.__init__(person=Rate(8, 1), address=Rate(2, 1))
        answers.append(told(asyncio.run(ask(request))))
    assert PlainReadings(api.app).asked_by(request) is not None
    return answers


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (bearer("nobody"),),
        (bearer("token-0"), bearer("token-0")),
        (("authorization", "Basic YTpi"),),
        (bearer("token-0"),),
        (bearer("token-0"), ("if-none-match", "*")),
        (bearer("token-0"), ("if-none-match", '"other"')),
        (bearer("token-1"),),
        (bearer("token-2"),),
        (bearer("token-3"),),
        (bearer("token-0"), ("acting-for", "2")),
        (bearer("token-0"), ("acting-for", "x")),
        (bearer("token-1"), ("accept-language", "en")),
        (bearer("token-0"), ("x-request-id", "another")),
    ],
)
def test_the_answer_is_the_frameworks(api, headers):
    api.identity.let_in(1)
    api.identity.let_in(2)
    api.identity.narrowed(api.identity.let_in(1), "bonds.read")
    api.identity.let_in(2, acting_for=1, mandate="mandate-1")
    if len({name for name, _ in headers} & {"x-request-id"}):
        headers = tuple(one for one in headers if one[0] != "x-request-id")

    plain, framed = both(api, asked(BALANCES.format(1), *headers))

    assert plain == framed


def test_each_kind_of_answer_comes_about(api):
    ask = bridged(api.app)
    mine, other = bearer(api.identity.let_in(1)), bearer(api.identity.let_in(2))
    requests = [
        asked(BALANCES.format(1), *headers) for headers in [(), (mine,), (other,), (mine, ("if-none-match", "*"))]
    ]

    assert [asyncio.run(ask(one)).status for one in requests] == [401, 200, 403, 304]


def test_a_person_who_is_not_there_and_books_that_are_away(api, monkeypatch):
    token = api.identity.let_in(77)
    plain, framed = both(api, asked(BALANCES.format(77), bearer(token)))
    assert plain == framed
    assert plain[0] == 404

    def away(*_):
        raise StoreDownError("away")

    monkeypatch.setattr(api.store, "read", away)
    plain, framed = both(api, asked(BALANCES.format(77), bearer(token)))
    assert plain == framed
    assert plain[0] == 503


def test_who_asks_too_often_is_told_so(api):
    ask, request = bridged(api.app), asked(BALANCES.format(1), bearer(api.identity.let_in(1)))

    found = [asyncio.run(ask(request)) for _ in range(9)]

    assert [one.status for one in found] == [200] * 8 + [429]
    assert dict(found[-1].headers)["retry-after"] == "1"
    assert dict(found[0].headers)["ratelimit"] == '"person";r=7;t=1'


@pytest.mark.parametrize(
    "request_",
    [
        asked(BALANCES.format(1), query="at=now"),
        asked(BALANCES.format(1), method="OPTIONS"),
        asked(BALANCES.format(1), method="POST"),
        asked(BALANCES.format(1) + "/"),
        *(asked(BALANCES.format(number)) for number in ("0", "01", "-1", "+1", "1_0", "１", "1" * 16, "x", "")),
    ],
)
def test_whatever_is_asked_in_another_way_goes_to_the_framework(api, request_):
    assert PlainReadings(api.app).asked_by(request_) is None


def test_no_guard_is_taken_to_a_thread(api):
    guards = {
        guard.func if hasattr(guard, "func") else guard
        for route in api.app.routes
        if isinstance(route, HTTPRoute) and not route.path.startswith("/api/v1/openapi")
        for handler, _ in route.route_handler_map.values()
        for guard in handler.resolve_guards()
    }

    assert guards
    assert all(asyncio.iscoroutinefunction(guard) for guard in guards), guards
