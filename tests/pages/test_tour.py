"""The tour: one click and one is in, marked as a sample; nowhere but on a sample server."""

import re

import pytest

from gongji.channels.sample_story import INVITED, MOTHER, SON
from gongji.services.access.sessions import sign_in_of, sign_in_scope
from tests.pages.sample_world import sample_world
from tests.pages.visitors import VisitorWorld

PEOPLE = ("9000160", "9000161", "9000162", "9000163")
STAFF = {"S1001": "/console", "S1002": "/console", "S1003": "/console/inspections", "S1004": "/console/audit"}


@pytest.fixture(scope="module")
def world():
    with sample_world() as world:
        yield world


def kept(answer):
    """Return what the browser keeps by name."""
    told = [one.partition(";")[0].partition("=") for one in answer.headers.get_list("set-cookie")]
    return {name: value.strip('"') for name, _, value in told}


def go_in(world, who, cookie="", path="/tour"):
    answer = world.submit(path, cookie, who=who)
    assert answer.status_code == 303, answer.text
    return answer, f"__Host-gongji-signin={kept(answer)['__Host-gongji-signin']}"


def test_it_offers_every_side_and_says_that_all_is_sample(world):
    text = world.visit("/tour").text

    assert "data-sandbox" in text
    assert set(re.findall(r'name="who" value="([^"]+)"', text)) == {*PEOPLE, *STAFF}
    for way in ("/kiosk", "/rules", f"/i/{INVITED}", "/api/v1/openapi.json"):
        assert f'href="{way}"' in text
    assert "李明" in world.visit("/en/tour").text


@pytest.mark.parametrize("who", PEOPLE)
def test_one_click_and_one_is_a_member_of_the_family(world, who):
    answer, cookie = go_in(world, who)

    assert answer.headers["location"] == "/"
    home = world.visit("/", cookie)
    assert home.status_code == 200
    assert 'class="sample"' in home.text
    secret = cookie.partition("=")[2]
    who_sits = world.store.read(sign_in_scope(secret), lambda books: sign_in_of(books, secret, world.now)).who
    assert (str(who_sits.person_id), who_sits.sandbox, who_sits.face) == (who, True, "passed")


@pytest.mark.parametrize(("who", "first"), STAFF.items())
def test_one_click_and_one_is_at_a_desk(world, who, first):
    answer, cookie = go_in(world, who, path="/en/tour")

    assert answer.headers["location"] == f"/en{first}"
    assert world.visit(f"/en{first}", cookie).status_code == 200


def test_the_next_click_ends_the_sign_in_before(world):
    _, first = go_in(world, str(SON))
    answer, second = go_in(world, str(MOTHER), first)

    assert answer.headers["location"] == "/"
    assert first != second
    secret = first.partition("=")[2]
    assert world.store.read(sign_in_scope(secret), lambda books: sign_in_of(books, secret, world.now)) is None


def test_nobody_else_can_be_picked(world):
    for who in ("", "1", "9000164", "S9999"):
        answer = world.submit("/tour", who=who)
        assert (answer.status_code, answer.headers["location"]) == (303, "/tour")
        assert not kept(answer)


def test_a_click_elsewhere_signs_nobody_in(world):
    told = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "cross-site")]
    answer = world.ask("POST", "/tour", body=b"who=9000160", headers=told)

    assert answer.status_code == 403
    assert not kept(answer)


def test_it_says_so_where_the_family_is_not_there():
    with VisitorWorld() as world:
        answer = world.submit("/tour", who=str(SON))

        assert answer.status_code == 403
        assert not kept(answer)
        assert 'role="alert"' in answer.text


def test_there_is_none_outside_a_sandbox():
    with sample_world() as world:
        world.known.sandbox = None

        assert world.visit("/tour").status_code == 404
        answer = world.submit("/tour", who=str(SON))
        assert answer.status_code == 404
        assert not kept(answer)
        home = world.visit("/").text
        assert "/tour" not in home
        assert 'class="sample"' not in home


def test_a_visitor_who_is_not_signed_in_is_offered_it(world):
    assert 'href="/tour"' in world.visit("/").text
