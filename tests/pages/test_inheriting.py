"""继承 from home: papers as photos, sent once; and what is said where it cannot be."""

import pytest
from msgspec.structs import replace

from gongji.domain.requests import Scope
from tests.pages.family_pages_world import MOTHER, SON, WIFE, FamilyPagesWorld
from tests.pages.test_people_pages import upload
from tests.review_world import picture

ROOT = "/applications/inheritance"


@pytest.fixture
def world():
    with FamilyPagesWorld() as made:
        yield made


def dies(world, number):
    """Have somebody's death known."""

    def work(books):
        person = books.registry.people[number]
        books.registry.people.put(number, replace(person, alive=False))

    world.store.run(Scope(people={number}), work)


def handed_in(world, heir, dead=WIFE, papers=("death_certificate", "hukou")):
    """Fill in the form up to its last page; return that."""
    there = world.goes(world.goes(ROOT, heir), heir, relation="spouse", **world.papers(dead))
    for paper in papers:
        answer = upload(world, there, heir, picture(), paper=paper, **world.hidden(there, heir))
        assert answer.status_code == 303, answer.text
    return there.replace("/papers", "/check")


def test_what_a_relative_left_is_applied_for_once_from_home(world):
    son = world.sits(SON)
    dies(world, WIFE)
    check = handed_in(world, son)
    page = world.visit(check, son).text
    guard = world.hidden(check, son)

    there = {world.submit(check, son, to="account", **guard).headers["location"] for _ in range(3)}
    other = handed_in(world, son)
    again = world.submit(other, son, **world.hidden(other, son), to="account").headers["location"]

    assert there == {world.visit(check, son).headers["location"]} == {again}
    assert "测3" in page
    assert world.papers(WIFE)["certno"] not in page
    mine = world.visit(again, son).text
    assert "继承账户余额" in mine
    assert "还缺这些材料" not in mine
    assert world.visit("/applications", son).text.count("等办理") == 1


def test_where_no_death_is_on_record_it_says_what_to_bring_where_and_keeps_the_form(world):
    son = world.sits(SON)
    check = handed_in(world, son)

    guard = world.hidden(check, son)
    refused = world.submit(check, son, **guard, to="cash")
    dies(world, WIFE)

    assert refused.status_code == 400
    assert "请带死亡证明和您的身份证" in refused.text
    assert "/applications/application-" in world.submit(check, son, **guard, to="cash").headers["location"]


def test_nobody_gets_to_send_it_without_both_papers_and_where_the_money_goes(world):
    son = world.sits(SON)
    dies(world, WIFE)
    check = handed_in(world, son, papers=("death_certificate",))
    papers = check.replace("/check", "/papers")

    assert world.visit(check, son).headers["location"] == papers
    assert "亲属关系证明" in world.visit(papers, son).text
    assert upload(world, papers, son, b"", paper="hukou", **world.hidden(papers, son)).status_code == 400
    assert upload(world, papers, son, picture(), paper="invoice", **world.hidden(papers, son)).status_code == 400
    assert upload(world, papers, son, picture(), paper="hukou", **world.hidden(papers, son)).status_code == 303
    assert world.sends(check, son).status_code == 400
    assert 'value="account" id="to">' in world.visit(check, son).text


def test_a_form_is_its_owner_s_and_who_comes_first(world):
    son = world.sits(SON)
    who = world.goes(ROOT, son)

    wrong = world.sends(who, son, relation="spouse", **world.papers(WIFE) | {"certno": "1"})

    assert wrong.status_code == 400
    assert world.visit(who.replace("/who", "/check"), son).headers["location"] == who
    assert world.visit(who, world.sits(MOTHER)).headers["location"] == ROOT
