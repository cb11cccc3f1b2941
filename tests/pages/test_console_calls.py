"""Calls at the kiosk and the desk: somebody calls, a clerk goes there, and both pages say how it stands."""

import re

import pytest
from msgspec.structs import replace

from gongji.channels.api.limits import Limits, Rate
from gongji.channels.sample_story import FATHER
from gongji.services.access.sessions import Who
from gongji.services.access.staff import Member, staff_scope, take_on
from tests.identity_world import found
from tests.pages.kiosk_visitor import KioskVisitor
from tests.pages.sample_world import sample_world

DESK = "/console/calls"
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture(scope="module")
def world():
    with sample_world() as world:
        often = Rate(1_000_000, 1_000_000)  # the clock stands still
        patient = Limits(person=often, staff=often, address=often)
        world.app.state.desk = world.desk = replace(world.desk, limits=patient)
        yield world


@pytest.fixture
def clerk(world):
    return world.sits_at_desk("clerk")


@pytest.fixture
def kiosk(world):
    """Somebody whose face the machine does not know, in line."""
    world.later(minutes=2)
    visitor = KioskVisitor(world)
    visitor.go("/kiosk/balance")
    visitor.touch("certno", world.store.registry.identities[FATHER].certno)
    visitor.touch("staff")
    return visitor


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def number_of(kiosk):
    return found(r"(K\d{3,})", kiosk.text)


def acts(world, clerk, number, step):
    """Press a button of a call's card."""
    cards = re.findall(r'<section class="card">.*?</section>', world.visit(DESK, clerk).text, re.DOTALL)
    card = next(one for one in cards if number in one)
    assert f'value="{step}"' in card
    return world.submit(DESK, clerk, **dict(HIDDEN.findall(card)), step=step)


def test_a_clerk_takes_a_call_and_the_machine_shows_that_he_is_coming(world, kiosk, clerk):
    number = number_of(kiosk)
    assert 'data-poll="' in kiosk.text
    assert "自助机前有" in text_of(world.visit("/console", clerk))
    world.later(minutes=3)

    first = acts(world, clerk, number, "take")

    assert first.headers["location"] == DESK
    shown = text_of(world.visit(DESK, clerk))  # and again, after a reload
    assert f"{number} 我 " in shown
    assert "等了 3 分钟" in shown
    kiosk.touch()
    assert "工作人员正在过来" in kiosk.text
    assert f"{world.now:%H:%M} 接的号" in kiosk.text


def test_a_call_that_is_done_leaves_the_line_with_its_time(world, kiosk, clerk):
    number = number_of(kiosk)
    acts(world, clerk, number, "take")
    acts(world, clerk, number, "release")
    acts(world, clerk, number, "take")
    world.later(minutes=4)
    acts(world, clerk, number, "answer")

    page = text_of(world.visit(DESK, clerk))
    kiosk.touch()

    assert number not in page.partition("今天去过的")[0]
    assert re.search(rf"{number} \d\d:\d\d 叫的 {world.now:%H:%M} S1001 办好了", page)
    assert "工作人员已经来过了" in kiosk.text
    assert "data-poll" not in kiosk.text


def test_a_clerk_makes_sure_by_the_number_and_the_person_goes_on_at_the_machine(world, kiosk, clerk):
    number = number_of(kiosk)
    acts(world, clerk, number, "take")
    links = re.findall(r'href="/console/presence\?reason=([^"]+)"', world.visit(DESK, clerk).text)
    page = world.ask("GET", "/console/presence", query={"reason": f"自助机 {number}"}, headers=[("cookie", clerk)])
    assert any(one.endswith(number) for one in links)
    assert f'value="自助机 {number}"' in page.text
    paper = world.store.registry.identities[FATHER]
    told = {"certno": paper.certno, "name": paper.name, "cert_type": "01", "how": "id_in_hand"}
    hidden = dict(HIDDEN.findall(page.text.partition("<main")[2]))
    kept = world.submit("/console/presence", clerk, **hidden, **told, reason=f"自助机 {number}")
    assert kept.status_code == 303

    assert f"{number} 已核身，可以在机器上接着办" in text_of(world.visit(DESK, clerk))
    assert "窗口已经核对过了" in KioskVisitor(world).go(kiosk.path).text
    kiosk.touch()

    assert kiosk.path == "/kiosk/balance"
    assert f"{number} " in text_of(world.visit(DESK, clerk)).partition("今天去过的")[2]


def test_of_two_who_take_it_one_goes_and_the_line_has_no_names(world, kiosk, clerk):
    number = number_of(kiosk)
    member = Member(staff_no="S1009", name="同事", role="clerk", office="320200", by="test")
    world.store.run(staff_scope("S1009"), lambda books: take_on(books, member, world.now))
    who = Who(role="clerk", staff_no="S1009", clerk="同事", office="320200", sandbox=True)
    other = world._let_in(who, "desk-of-another")
    cards = re.findall(r'<section class="card">.*?</section>', world.visit(DESK, other).text, re.DOTALL)
    late = dict(HIDDEN.findall(next(one for one in cards if number in one)))
    acts(world, clerk, number, "take")

    answer = world.submit(DESK, other, **late, step="take")

    assert answer.status_code == 412
    assert f"{number} S1001 {world.now:%H:%M} 去了" in text_of(answer)
    assert world.store.registry.identities[FATHER].name not in answer.text


def test_the_machine_says_in_which_office_it_stands(world, clerk):
    far = KioskVisitor(world)
    far.go("/kiosk?office=650100")
    assert far.path == "/kiosk"
    far.go("/kiosk/balance")
    far.touch("staff")
    near = KioskVisitor(world)
    near.go("/kiosk?office=wuxi")
    near.go("/kiosk/balance")
    near.touch("staff")

    listed = world.visit(DESK, clerk).text

    assert number_of(far) not in listed
    assert number_of(near) in listed
    assert "机器没有读到证件" in listed


def test_only_clerks_have_the_line_and_only_the_machine_its_call(world, kiosk):
    assert world.visit(DESK, world.sits_at_desk("reviewer")).status_code == 403
    assert world.visit("/kiosk/line/somebody-elses").status_code == 404
    secret = found(r"/kiosk/line/([\w-]+)", kiosk.path)
    looked = world.post("/api/v1/calls/look", body={"secret": secret})
    assert looked.json() | {"before": 0} == {
        "number": number_of(kiosk),
        "state": "waiting",
        "before": 0,
        "coming_since": None,
        "checked": False,
        "bring": "",
    }
    assert world.post("/api/v1/calls/look", body={"secret": "nobody"}).status_code == 404
