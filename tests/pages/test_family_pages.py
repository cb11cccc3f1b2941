"""Pages about people: the network, adding a relative, answering an invitation."""

import re
from datetime import date, timedelta

import pytest

from gongji.domain.family import BondState, Relation
from gongji.domain.requests import Scope
from tests.identity_world import found
from tests.pages.visitors import VisitorWorld

HIDDEN = re.compile(r'name="(guard|once)" value="([^"]*)"')


@pytest.fixture
def world():
    with VisitorWorld() as made:
        made.person(1, money=900_00)
        made.person(2, money=300_00, born=date(1958, 4, 1))
        yield made


def way(answer):
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def hidden(page):
    """Return what the first form of a page brings back by itself."""
    return dict(reversed(HIDDEN.findall(page.text)))


def sends(world, path, cookie, **fields):
    """Look at a page and send its form."""
    return world.submit(path, cookie, **hidden(world.visit(path, cookie)), **fields)


def begun(world, cookie, relation="parent", number=2, born=date(1958, 4, 1), **terms):
    """Go through adding a relative up to the check page; return its address."""
    there = way(sends(world, "/family/add", cookie, what="money"))
    there = way(sends(world, there, cookie, relation=relation))
    certno = world.number_of(number, born)
    there = way(sends(world, there, cookie, name=world.name_of(number), cert_type="01", certno=certno))
    there = way(sends(world, there, cookie, uses="both"))
    return way(sends(world, there, cookie, **({"lasts": "cancelled"} | terms)))


def invited(world, cookie, **more):
    """Add a relative; return the page of the invitation, and the cookies with its link."""
    there = way(sends(world, begun(world, cookie, **more), cookie))
    sent = sends(world, there, cookie, signed=world.name_of(1))
    return way(sent), f"{cookie}; {sent.headers['set-cookie'].split(';')[0]}"


def bonds(world, number=1):
    return world.store.read(Scope(people={number}), lambda books: books.registry.bonds_of_sharer(number))


def test_nobody_in_the_network_leads_to_adding_one(world):
    page = world.visit("/family", world.sits(1))

    assert page.status_code == 200
    assert "/family/add" in page.text


def test_both_directions_stand_on_one_page(world):
    world.person(3)
    world.world.bond(1, 2)
    world.world.bond(3, 1, relation=Relation.SPOUSE)

    page = world.visit("/family", world.sits(1)).text

    assert page.index("我帮谁") < page.index("测2") < page.index("谁帮我") < page.index("测3")
    assert "长辈" in page


def test_a_relative_is_added_question_by_question(world):
    cookie = world.sits(1)
    there, with_link = invited(world, cookie)

    (bond,) = bonds(world)
    assert (bond.member_id, bond.relation, bond.state) == (2, Relation.PARENT, BondState.ACTIVE)
    page = world.visit(there, with_link)
    assert "已经可以用您的钱" in page.text
    assert re.search(r"readonly>https://gongji.test/i/[^<]+<", page.text)


def test_sent_twice_it_comes_to_one_invitation(world):
    cookie = world.sits(1)
    there = way(sends(world, begun(world, cookie), cookie))
    fields = hidden(world.visit(there, cookie)) | {"signed": world.name_of(1)}

    first, second = world.submit(there, cookie, **fields), world.submit(there, cookie, **fields)

    assert way(first) == way(second)
    assert way(world.visit(there, cookie)) == way(first)
    assert len(bonds(world)) == 1


def test_what_was_filled_in_is_there_a_day_later(world):
    there = begun(world, world.sits(1))
    world.now += timedelta(hours=23, minutes=59)
    assert "测2" in world.visit(there, world.sits(1)).text
    world.now += timedelta(minutes=1)
    assert way(world.visit(there, world.sits(1))) == "/family/add"


def test_a_name_that_does_not_fit_is_told_where_it_was_typed(world):
    cookie = world.sits(1)
    there = way(sends(world, "/family/add", cookie, what="money"))
    there = way(sends(world, there, cookie, relation="parent"))

    page = sends(world, there, cookie, name="别人", cert_type="01", certno=world.number_of(2, date(1958, 4, 1)))

    assert page.status_code == 400
    assert 'value="别人"' in page.text
    assert "钱没有动" in page.text


def test_a_number_that_is_none_is_told_before_anybody_is_looked_up(world):
    cookie = world.sits(1)
    there = way(sends(world, "/family/add", cookie, what="money"))
    there = way(sends(world, there, cookie, relation="parent"))

    page = sends(world, there, cookie, name="", cert_type="01", certno="123")

    assert page.status_code == 400
    assert re.findall(r'<li><a href="#(\w+)"', page.text) == ["name", "certno"]


def test_where_the_rules_say_no_nobody_gets_to_sign(world):
    cookie = world.sits(1)
    there = begun(world, cookie, relation="cousin")

    page = world.visit(there, cookie)
    assert "现在还不能添加" in page.text
    assert "/rules/320000/relatives/2024-10-14" in page.text
    assert "去签名" not in page.text
    assert hidden(page) == {}
    assert bonds(world) == []


@pytest.mark.parametrize(("signed", "said"), [("", "请先写下您的姓名"), ("别人", "登记的姓名不一样")])
def test_only_the_own_name_signs(world, signed, said):
    cookie = world.sits(1)
    there = way(sends(world, begun(world, cookie), cookie))

    page = sends(world, there, cookie, signed=signed)

    assert page.status_code == 400
    assert said in page.text
    assert bonds(world) == []


def test_until_a_day_wants_the_day(world):
    cookie = world.sits(1)
    there = begun(world, cookie)
    terms = there.replace("check", "terms")

    page = sends(world, terms, cookie, lasts="day")
    assert page.status_code == 400
    assert way(sends(world, terms, cookie, lasts="day", until="2026-12-31")) == there
    assert "2026年12月31日" in world.visit(there, cookie).text


def test_the_link_shows_that_he_pays_nothing_and_no_whole_name(world):
    there, cookie = invited(world, world.sits(1), relation="spouse", number=2)
    link = found(r"readonly>https://gongji.test(/i/[^<]+)<", world.visit(there, cookie).text)

    page = world.visit(link)

    assert page.status_code == 200
    assert page.text.index("您不用出钱") < page.text.index("他的钱可以付")
    assert "测1" not in page.text
    assert there in page.text
    assert way(world.visit(there)).startswith("/oauth/sign-in?back=")


def test_a_link_that_was_replaced_leads_nowhere(world):
    there, cookie = invited(world, world.sits(1), relation="spouse")
    link = found(r"readonly>https://gongji.test(/i/[^<]+)<", world.visit(there, cookie).text)
    page = world.visit(there, cookie.partition(";")[0])
    sent = world.submit(f"{there}/link", cookie, **hidden(page))

    assert way(sent) == there
    assert "gongji-link" in sent.headers["set-cookie"]
    assert world.visit(link).status_code == 404
    assert world.visit("/en/i/nothing").status_code == 404


def test_he_accepts_by_his_name(world):
    there, _ = invited(world, world.sits(1), relation="spouse")
    cookie = world.sits(2)
    assert bonds(world)[0].state is BondState.AWAITING_CONFIRMATION
    page = sends(world, there, cookie, how="accepted", signed="")
    assert page.status_code == 400

    assert way(sends(world, there, cookie, how="accepted", signed=world.name_of(2))) == there

    assert bonds(world)[0].state is BondState.ACTIVE
    assert "您已经答应了" in world.visit(there, cookie).text


@pytest.mark.parametrize(("how", "said"), [("declined", "您没有答应"), ("not_my_relative", "不是您的家人")])
def test_he_says_no_without_a_reason(world, how, said):
    there, _ = invited(world, world.sits(1), relation="spouse")
    cookie = world.sits(2)

    assert way(sends(world, there, cookie, how=how)) == there

    assert bonds(world)[0].state is BondState.ENDED
    assert said in world.visit(there, cookie).text
    assert "重新添加" in world.visit(there, world.sits(1)).text or how == "not_my_relative"


def test_who_sent_it_takes_it_back(world):
    cookie = world.sits(1)
    there, _ = invited(world, cookie, relation="spouse")

    assert way(world.submit(f"{there}/withdrawal", cookie, **hidden(world.visit(there, cookie)))) == there

    assert bonds(world)[0].state is BondState.ENDED
    assert "收回" in world.visit(there, cookie).text
    assert "把邀请收回了" in world.visit(there, world.sits(2)).text


def test_an_invitation_is_nobody_elses(world):
    world.person(3)
    there, _ = invited(world, world.sits(1), relation="spouse")

    assert world.visit(there, world.sits(3)).status_code == 404
