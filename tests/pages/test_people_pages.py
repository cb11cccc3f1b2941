"""One relative, endings, codes shown, messages, acting for others, applications and settings: what the forms do."""

import re
from datetime import timedelta

import pytest

from gongji.domain.family import BondState
from gongji.domain.requests import Scope
from gongji.services.family.consents import consent_scope, may_see_details
from gongji.services.telling.preferences import preferences_of, preferences_scope
from tests.identity_world import found
from tests.pages.family_pages_world import CAPPED, CHILD, LONER, MOTHER, SISTER, SON, WIFE, FamilyPagesWorld
from tests.review_world import picture


@pytest.fixture
def world():
    with FamilyPagesWorld() as made:
        yield made


def state(world, sharer):
    return [bond.state for bond in world.bonds(sharer)]


def test_the_one_who_pays_sees_no_medicines_unless_the_patient_agrees(world):
    bond = f"/family/{world.shared(SON, MOTHER)}"
    world.bill()
    page = world.visit(bond, world.sits(SON)).text
    assert "380.00 元" in page
    assert "医院" in page
    assert "样例H32020000001" not in page

    mother = world.sits(MOTHER)
    assert world.sends(bond, mother, do="show", signed="别人").status_code == 400
    assert not agreed_to_details(world)
    assert world.goes(bond, mother, do="show", signed=world.name_of(MOTHER)) == bond
    assert agreed_to_details(world)
    assert "您同意了他看药品明细" in world.visit(bond, mother).text
    assert "让他看药品明细" not in world.visit(bond, world.sits(SON)).text

    assert world.goes(bond, mother, do="hide") == bond
    assert not agreed_to_details(world)
    assert "您同意了" not in world.visit(bond, mother).text


def agreed_to_details(world):
    return world.store.read(consent_scope(SON, MOTHER), lambda books: may_see_details(books, SON, MOTHER))


def test_a_pause_stands_beside_the_ending_and_can_be_taken_back(world):
    bond = f"/family/{world.shared(SISTER, MOTHER)}"
    sister = world.sits(SISTER)

    world.goes(bond, sister, do="rest", days="day")
    assert world.bonds(SISTER)[0].paused_until == world.now.date() + timedelta(days=1)
    assert "恢复使用" in world.visit(bond, sister).text

    world.goes(bond, sister, do="rest")
    world.goes(bond, sister, do="rest", days="day")
    world.goes(bond, sister, do="rest")
    assert world.bonds(SISTER)[0].paused_until is None


def test_where_no_pause_is_allowed_none_is_offered(world):
    bond = f"/family/{world.shared(SON, MOTHER)}"

    assert "暂停一天" not in world.visit(bond, world.sits(SON)).text
    assert "暂停一天" in world.visit(f"/family/{world.shared(SISTER, MOTHER)}", world.sits(SISTER)).text


def test_limit_and_order_are_changed_where_the_rules_have_them(world):
    world.person(8, region=CAPPED, money=100_00)
    world.person(9, region=CAPPED)
    bond = f"/family/{world.shared(8, 9)}"
    cookie = world.sits(8)
    assert world.sends(bond, cookie, do="cap", cap="").status_code == 400
    assert world.sends(bond, cookie, do="rank", rank="0").status_code == 400

    world.goes(bond, cookie, do="cap", cap="300")
    world.goes(bond, world.sits(9), do="rank", rank="2")

    assert (world.bonds(8)[0].cap_fen, world.bonds(8)[0].rank) == (300_00, 2)
    assert "改上限" not in world.visit(f"/family/{world.shared(SON, MOTHER)}", world.sits(SON)).text


def test_an_ending_tells_its_day_before_it_is_confirmed(world):
    bond = f"/family/{world.shared(SISTER, MOTHER)}"
    cookie = world.sits(SISTER)
    page = world.visit(f"{bond}/ending", cookie).text
    assert page.index("2026年3月2日") < page.index("确认取消")
    assert state(world, SISTER) == [BondState.ACTIVE]

    fields = world.hidden(f"{bond}/ending", cookie)
    first, second = (world.submit(f"{bond}/ending", cookie, **fields) for _ in range(2))

    assert first.headers["location"] == second.headers["location"] == bond
    assert state(world, SISTER) == [BondState.ENDED]
    assert "已经结束" in world.visit(bond, cookie).text


def test_an_ending_that_has_to_wait_names_the_day_and_the_rule(world):
    bond = f"/family/{world.shared(SON, MOTHER)}"

    page = world.visit(f"{bond}/ending", world.sits(SON)).text
    assert "2026年3月22日" in page
    assert "329900/unbind_after_days/2020-01-01" in page
    assert "确认取消" not in page

    world.goes(f"{bond}/ending", world.sits(MOTHER))
    assert state(world, SON) == [BondState.ENDED]


def test_spouses_who_part_end_both_directions(world):
    there, _ = world.invited(world.sits(SON), member=WIFE, relation="spouse")
    world.goes(there, world.sits(WIFE), how="accepted", signed=world.name_of(WIFE))
    bond = f"/family/{world.bonds()[0].bond_id}"

    fields = re.findall(r'name="(guard|once)" value="([^"]*)"', world.visit(f"{bond}/ending", world.sits(SON)).text)
    answer = world.submit(f"{bond}/ending", world.sits(SON), how="divorce", **dict(fields[-2:]))

    assert answer.status_code == 303
    assert state(world, SON) == [BondState.ENDED]


def test_a_code_is_shown_once_its_owner_has_agreed_and_each_time_is_told(world):
    wife, mother = world.sits(WIFE), world.sits(MOTHER)
    there = world.goes("/family/showings/ask", wife, relation="parent", **world.papers(MOTHER))
    assert world.visit(f"{there}/code", wife).headers["location"] == there
    assert world.sends(there, mother, how="yes", signed="").status_code == 400

    world.goes(there, mother, how="yes", signed=world.name_of(MOTHER))
    code = world.visit(f"{there}/code", wife)

    assert "data:image/svg+xml;base64," in code.text
    assert "测3 出示了您（测2）的码" in world.visit("/family/showings", mother).text
    ends = world.hidden(there, mother)
    assert world.submit(there, mother, how="end", **ends).headers["location"] == there
    assert world.visit(f"{there}/code", wife).headers["location"] == there


def test_a_message_ends_where_it_can_be_answered(world):
    there, _ = world.invited(world.sits(SON), member=WIFE, relation="spouse")
    world.told()
    wife = world.sits(WIFE)
    page = world.visit("/messages", wife).text
    assert "1 条没看过" in page
    notice, path = (found(rf'name="{name}" value="([^"]+)"', page) for name in ("notice", "there"))
    assert path == there

    fields = world.hidden("/messages", wife)
    assert world.submit("/messages", wife, notice=notice, there=path, **fields).headers["location"] == there
    assert "条没看过" not in world.visit("/messages", wife).text


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/api/v1/people"])
def test_a_message_leads_to_our_own_pages_alone(world, path):
    wife = world.sits(WIFE)
    fields = {"guard": world.hidden("/settings", wife)["guard"]}

    assert world.submit("/messages", wife, there=path, **fields).headers["location"] == "/messages"


def test_a_helper_acts_and_stops_and_can_be_dismissed(world):
    mother, son = world.sits(MOTHER), world.sits(SON)
    give = world.sends("/help/acting/give", mother, **world.papers(SON), until="2028-01-01")
    assert give.status_code == 400
    assert re.findall(r'<li><a href="#(\w+)"', give.text) == ["may", "until"]
    world.goes("/help/acting/give", mother, **world.papers(SON), may=["accounts.read"], until="2026-06-30")

    begun = world.sends("/help/acting", son, do="begin", person=str(MOTHER))
    acting = begun.headers["set-cookie"].partition(";")[0]
    assert acting == f"gongji-acting={MOTHER}"
    both = f"{son}; {acting}"
    assert "正在替 测2 办理" in world.visit("/help/acting", both).text
    assert world.visit("/settings/apps", both).status_code == 200
    stopped = world.sends("/help/acting", both, do="stop")
    assert 'gongji-acting="";' in stopped.headers["set-cookie"].replace("gongji-acting=;", 'gongji-acting="";')

    page = world.visit("/help/acting", mother).text
    mandate = found(r'name="mandate" value="([^"]+)"', page)
    world.goes("/help/acting", mother, do="end", mandate=mandate)
    assert "set-cookie" not in world.sends("/help/acting", son, do="begin", person=str(MOTHER)).headers


def test_nobody_acts_for_another_by_a_cookie_alone(world):
    cookie = f"{world.sits(LONER)}; gongji-acting={MOTHER}"

    assert "正在替" not in world.visit("/help/acting", cookie).text


def upload(world, path, cookie, content, **fields):
    """Send a form with a file as a browser does."""
    parts = [f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    head = '--B\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    body = "".join([*parts, head]).encode() + content + b"\r\n--B--\r\n"
    told = [("content-type", "multipart/form-data; boundary=B"), ("cookie", cookie), ("content-length", str(len(body)))]
    return world.ask("POST", path, body=body, headers=told)


def test_papers_that_are_missing_are_handed_in_from_the_phone(world):
    son = world.sits(SON)
    there = world.goes("/applications/new?kind=guardian", son, kind="guardian", **world.papers(CHILD))
    assert "还缺这些材料" in world.visit(there, son).text
    fields = world.hidden(there, son)

    assert upload(world, there, son, b"", do="add", paper="hukou", **fields).status_code == 400
    assert upload(world, there, son, b"no picture", do="add", paper="hukou", **fields).status_code == 400
    answer = upload(world, there, son, picture(), do="add", paper="hukou", **world.hidden(there, son))

    assert answer.status_code == 303, answer.text
    page = world.visit(there, son).text
    assert "还缺这些材料" not in page
    assert "1 份" in page


def test_an_application_is_the_applicants_own(world):
    son = world.sits(SON)
    there = world.goes("/applications/new?kind=change_phone", son, kind="change_phone", phone="13800000000")
    assert world.sends("/applications/new?kind=change_phone", son, kind="change_phone", phone="138").status_code == 400

    assert world.visit(there, world.sits(LONER)).status_code == 404
    fields = re.findall(r'name="(guard|once)" value="([^"]*)"', world.visit(there, son).text)
    assert world.submit(there, son, do="withdraw", **dict(fields[2:4])).headers["location"] == there
    assert "已经撤回" in world.visit(there, son).text


SETTINGS = {"text_size": "standard", "language": "zh", "quiet_from": "22:00", "quiet_until": "07:00"}


def test_settings_are_kept_for_every_door_and_brought_to_this_one(world):
    son = world.sits(SON)
    answer = world.sends(
        "/settings", son, **(SETTINGS | {"easy_mode": "yes", "high_contrast": "yes", "reminder": "500"})
    )

    assert answer.headers["location"] == "/settings?kept=yes"
    pairs = (told.partition(";")[0].partition("=") for told in answer.headers.get_list("set-cookie"))
    assert {name: value for name, _, value in pairs} == {"size": "l-hc", "easy": "1", "aloud": "1"}
    kept = world.store.read(preferences_scope(SON), lambda books: preferences_of(books, SON))
    assert (kept.easy_mode, kept.high_contrast, kept.reminder_fen) == (True, True, 500_00)
    followed = world.visit("/settings/follow?back=/family", son)
    assert followed.headers["location"] == "/family"
    assert followed.headers.get_list("set-cookie") == answer.headers.get_list("set-cookie")
    assert world.visit("/settings/follow?back=//evil.example", son).headers["location"] == "/"
    assert world.visit("/settings/follow?back=/family").headers["location"] == "/family"


def test_settings_that_are_not_sound_are_told_at_their_field(world):
    son = world.sits(SON)

    page = world.sends("/settings", son, **(SETTINGS | {"channels": "sms", "quiet_from": "25:00", "reminder": "x"}))

    assert page.status_code == 400
    assert re.findall(r'<li><a href="#(\w+)"', page.text) == ["phone", "quiet_from", "reminder"]


def test_english_is_chosen_for_all_pages(world):
    answer = world.sends("/settings", world.sits(SON), **(SETTINGS | {"language": "en"}))

    assert answer.headers["location"] == "/en/settings?kept=yes"


def test_the_simple_mode_has_four_tasks_and_asks_one_question_a_page(world):
    cookie = f"{world.sits(SON)}; easy=1; aloud=1"
    page = world.visit("/", cookie).text
    assert page.count('<ul class="tasks">') == 1
    assert page.count("<li><a href=") == 4
    assert "data-aloud" in page
    there = world.begun(cookie, upto="who")

    for name, text in world.papers(MOTHER).items():
        fields = re.findall(r'<(?:input|select) id="(\w+)"', world.visit(there, cookie).text)
        assert fields == [name]
        there = world.goes(there, cookie, ask=name, **{name: text})

    assert there.endswith("/uses")


def test_apps_are_seen_and_ended(world):
    tokens = world.signed_in(SON)
    son = world.sits(SON)
    page = world.visit("/settings/apps", son).text
    number = found(r'name="session" value="([^"]+)"', page)

    world.goes("/settings/apps", son, session=number)

    assert 'name="session"' not in world.visit("/settings/apps", son).text
    assert tokens["access_token"]


def test_nothing_of_the_region_is_known_of_a_stranger(world):
    world.looked_at(SON)

    assert "窗口咨询" in world.visit("/looks", world.sits(SON)).text
    assert "窗口咨询" not in world.visit("/looks", world.sits(LONER)).text
    assert world.store.read(Scope(people={SON}), lambda books: books.registry.people[SON].region) == "329900"
