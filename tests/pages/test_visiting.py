"""Who may come to a page, what becomes of a form, and how the pages ask the API."""

from datetime import timedelta
from typing import Any

import pytest
from litestar.handlers import HTTPRouteHandler

from gongji.channels.api.accounts import BalancesTold
from gongji.channels.api.meta import API
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.shell import OPEN, handlers
from gongji.channels.screens.inside import named, tag_in
from gongji.channels.screens.visiting import Found, Visit
from gongji.services.access.sessions import SIGN_IN_LIFE
from gongji.services.access.unfinished import LIFE
from tests.pages.visitors import VisitorWorld

SEEN: dict[str, Any] = {}


async def begin(visit: Visit) -> Found:
    return visit.to(f"/try/{await visit.begin('trial', who='mother')}")


async def trial(visit: Visit) -> Found:
    draft = visit.names["draft"]
    found = await visit.unfinished(draft, "trial")
    if found is None:
        return visit.to("/")
    if found.led_to:
        return visit.to(found.led_to)
    if visit.sent:
        await visit.fill_in(draft, **visit.form)
        return visit.to(f"/try/{draft}")
    SEEN["fields"], SEEN["guard"] = found.fields, visit.guard
    return View("citizen/welcome.html", {})


async def done(visit: Visit) -> Found:
    await visit.finish(visit.names["draft"], "/records")
    return visit.to(f"/try/{visit.names['draft']}")


async def asks(visit: Visit) -> Found:
    SEEN["balances"] = await visit.api.get(named("accounts", visit.person_id, "balances"), BalancesTold)
    SEEN["answer"] = await visit.api.answer("GET", named("accounts", visit.person_id, "balances"))
    return View("citizen/welcome.html", {})


async def asks_of_another(visit: Visit) -> Found:
    await visit.api.get(named("accounts", 2, "balances"), BalancesTold)
    raise AssertionError("another's balances were told")


def trials() -> list[HTTPRouteHandler]:
    pages = {"/try": begin, "/try/{draft:str}": trial, "/try/{draft:str}/done": done, "/asks": asks}
    return [*handlers(pages), *handlers({"/asks-of-another": asks_of_another}, OPEN)]


@pytest.fixture
def world():
    SEEN.clear()
    with VisitorWorld() as made:
        made.person(1, money=900_00)
        made.person(2, money=300_00)
        for handler in trials():
            made.app.register(handler)
        yield made


def way(answer):
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_home_tells_whoever_is_signed_in_his_money(world):
    page = world.visit("/", world.sits(1))

    assert page.status_code == 200
    assert "900.00 元" in page.text
    assert page.headers["cache-control"] == "private, no-store"


def test_home_tells_a_stranger_nothing_but_the_ways_in(world):
    page = world.visit("/en/")

    assert page.status_code == 200
    assert "900.00" not in page.text
    assert "/oauth/sign-in?back=" in page.text


def test_a_page_is_told_what_the_api_tells_its_visitor(world):
    world.visit("/asks", world.sits(1))

    assert SEEN["balances"].carry_over_fen == 900_00
    assert tag_in(SEEN["answer"]) == world.get(f"{API}/accounts/1/balances", world_token(world)).headers["etag"]


def world_token(world):
    return world.signed_in(1)["access_token"]


def test_a_page_tells_nobody_what_the_api_would_not(world):
    page = world.visit("/asks-of-another", world.sits(1))

    assert page.status_code == 403
    assert "300.00" not in page.text
    assert way(world.visit("/asks-of-another")) == "/oauth/sign-in?back=%2Fasks-of-another"


def test_whoever_is_not_signed_in_is_sent_there_and_back(world):
    assert way(world.visit("/try")) == "/oauth/sign-in?back=%2Ftry"
    assert way(world.visit("/en/asks")) == "/oauth/sign-in?back=%2Fen%2Fasks"


def test_a_clerk_is_no_citizen(world):
    assert world.visit("/asks", world.sits_at_desk()).status_code == 403


def test_a_form_is_kept_from_page_to_page(world):
    cookie = world.sits(1)
    there = way(world.visit("/try", cookie))
    world.visit(there, cookie)
    world.submit(there, cookie, guard=SEEN["guard"], amount="12")

    world.visit(there, cookie)

    assert SEEN["fields"] == {"who": "mother", "amount": "12"}


def test_a_form_of_another_visitor_is_none(world):
    there = way(world.visit("/try", world.sits(1)))

    assert way(world.visit(there, world.sits(2))) == "/"


def test_what_is_sent_after_the_sign_in_ran_out_is_there_when_he_comes_back(world):
    cookie = world.sits(1)
    there = way(world.visit("/try", cookie))
    world.visit(there, cookie)
    world.now += SIGN_IN_LIFE

    sent_away = world.submit(there, cookie, guard=SEEN["guard"], amount="12")

    assert way(sent_away).startswith("/oauth/sign-in?back=%2Ftry%2F")
    world.visit(there, world.sits(1))
    assert SEEN["fields"] == {"who": "mother", "amount": "12"}


def test_a_form_is_kept_for_a_day(world):
    there = way(world.visit("/try", world.sits(1)))
    world.now += LIFE - timedelta(seconds=1)
    assert world.visit(there, world.sits(1)).status_code == 200
    world.now += timedelta(seconds=1)
    assert way(world.visit(there, world.sits(1))) == "/"


def test_a_form_that_is_done_leads_to_what_it_came_to(world):
    cookie = world.sits(1)
    there = way(world.visit("/try", cookie))
    world.visit(f"{there}/done", cookie)

    assert way(world.visit(there, cookie)) == "/records"
    world.submit(there, cookie, guard=world.visit(there, cookie) and guard_of(world, cookie), amount="99")
    assert way(world.visit(there, cookie)) == "/records"


def guard_of(world, cookie):
    world.visit(way(world.visit("/try", cookie)), cookie)
    return SEEN["guard"]


@pytest.mark.parametrize("guard", ["", "0" * 32])
def test_a_form_without_its_guard_does_nothing(world, guard):
    cookie = world.sits(1)
    there = way(world.visit("/try", cookie))

    assert world.submit(there, cookie, guard=guard, amount="12").status_code == 403

    world.visit(there, cookie)
    assert SEEN["fields"] == {"who": "mother"}


def test_a_form_sent_from_elsewhere_does_nothing(world):
    cookie = world.sits(1)
    there = way(world.visit("/try", cookie))
    world.visit(there, cookie)
    told = [("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie), ("sec-fetch-site", "cross-site")]

    answer = world.ask("POST", there, body=f"guard={SEEN['guard']}&amount=12".encode(), headers=told)

    assert answer.status_code == 403
    world.visit(there, cookie)
    assert SEEN["fields"] == {"who": "mother"}


def test_a_guard_looks_different_in_each_page_and_each_is_good(world):
    cookie = world.sits(1)
    there = way(world.visit("/try", cookie))
    guards = []
    for amount in ("1", "2"):
        world.visit(there, cookie)
        guards.append(SEEN["guard"])
        assert way(world.submit(there, cookie, guard=guards[-1], amount=amount)) == there

    assert guards[0] != guards[1]
    assert world.submit(there, world.sits(2), guard=guards[0], amount="3").status_code == 403


def test_a_page_is_packed_for_a_browser_that_takes_it(world):
    cookie = world.sits(1)
    plain = world.visit("/", cookie)
    packed = world.visit("/", cookie, headers=[("accept-encoding", "gzip, deflate, br")])

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert "900.00 元" in packed.text
