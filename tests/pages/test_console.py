"""The desk without a browser: every page in every state, what becomes of a case, and who sees what."""

import re

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

from gongji.channels.pages.rendering import HAN
from gongji.domain.family import BondState
from gongji.domain.requests import Scope
from gongji.services.office.looks import LOOK
from gongji.services.office.mandates import MANDATE
from tests.national_world import WUXI_HOSPITAL
from tests.pages.console_world import CHILD, MOTHER, SON, WIFE, ConsoleWorld
from tests.pages.states_console import console_states
from tests.pages.test_pages import HALF_WIDTH, words
from tests.review_world import picture


@pytest.fixture(scope="module")
def states():
    with ConsoleWorld() as world:
        yield world, console_states(world)


@pytest.fixture
def desk():
    with ConsoleWorld() as world:
        yield world


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def state_of(desk, number):
    return desk.store.read(Scope(dossiers={number}), lambda books: books.dossiers.get(number)).state


def of_kind(desk, kind, person):
    scope = Scope(people={person}, dossiers_of={(kind, person)})
    return desk.store.read(scope, lambda books: books.dossiers.of(kind, person))


def claimed(desk, number, role="clerk", staff=None):
    cookie = desk.at(role, staff)
    assert desk.goes(f"/console/cases/{number}", cookie, step="claim").endswith(number)
    return cookie


def test_every_page_in_every_state_answers_in_both_languages(states):
    world, several = states
    for name, (path, status, cookie) in several.items():
        for prefix in ("", "/en"):
            page = world.visit(f"{prefix}{path}", cookie)
            assert (name, page.status_code) == (name, status), page.text[:2000]
            assert page.text.count("<h1") == 1, name
            assert page.headers["cache-control"] == "private, no-store"


def test_english_pages_have_no_chinese_but_what_is_marked_and_chinese_ones_full_width_marks(states):
    world, several = states
    for name, (path, _, cookie) in several.items():
        english = LexborHTMLParser(world.visit(f"/en{path}", cookie).text)
        chinese = LexborHTMLParser(world.visit(path, cookie).text)

        assert (name, HAN.findall(words(english, "[lang='zh-CN'], input"))) == (name, [])
        assert (name, HALF_WIDTH.findall(words(chinese, "q, cite, .verbatim"))) == (name, [])


def test_a_citizen_has_no_desk_and_each_role_its_own(desk):
    citizen, reviewer = desk.sits(SON), desk.at("reviewer")

    assert desk.visit("/console", citizen).status_code == 403
    assert desk.visit("/console").headers["location"] == "/oauth/sign-in?back=%2Fconsole"
    assert desk.visit("/console/intake", reviewer).status_code == 403
    assert desk.visit("/console", desk.at("inspector")).headers["location"] == "/console/inspections"
    assert desk.visit("/console", desk.at("auditor")).headers["location"] == "/console/audit"


def test_an_empty_queue_tells_what_was_done_today(desk):
    number = desk.applied(WIFE, desk.phone("13800000000"), "id_card")
    clerk = claimed(desk, number)
    desk.goes(f"/console/cases/{number}/approval", clerk)

    told = text_of(desk.visit("/console", clerk))

    assert "现在没有待办" in told
    assert "今日已办 1 件" in told


def test_the_queue_has_what_is_due_first_on_top(desk):
    numbers = desk.one_of_each()

    told = text_of(desk.visit("/console", desk.at("clerk")))

    listed = re.findall(r"application-\d+", told)
    assert listed[0] == numbers["reimbursement"]
    assert sorted(listed) == sorted(numbers.values())
    assert "还剩 42 天 14 小时" in told


def test_nobody_sees_the_applicant_before_he_has_taken_the_case(desk):
    number = desk.bond_to_review()

    closed = desk.visit(f"/console/cases/{number}", desk.at("clerk"))
    clerk = claimed(desk, number)

    assert desk.name_of(MOTHER) not in closed.text
    assert desk.name_of(MOTHER) in desk.visit(f"/console/cases/{number}", clerk).text
    held = desk.visit(f"/console/cases/{number}", desk.at("reviewer"))
    assert "S1001 正在办" in held.text
    assert desk.name_of(MOTHER) not in held.text


def test_of_two_who_take_it_one_gets_it_and_the_other_is_told(desk):
    number = desk.bond_to_review()
    path, reviewer = f"/console/cases/{number}", desk.at("reviewer")
    late = desk.form_of(path, reviewer)
    claimed(desk, number)

    answer = desk.submit(path, reviewer, **late, step="claim")

    assert answer.status_code in (409, 412)
    assert "S1001 正在办" in answer.text


def test_a_case_given_back_can_be_taken_again_out_of_the_queue(desk):
    number = desk.bond_to_review()
    clerk = desk.at("clerk")
    for _ in range(2):
        desk.goes("/console", clerk, at=f"/console/cases/{number}", step="claim")
        assert state_of(desk, number) == "claimed"
        desk.goes(f"/console/cases/{number}", clerk, holding="release", step="release")
        assert state_of(desk, number) == "waiting"


def test_a_routine_case_is_passed_by_the_rules_and_approved_once(desk):
    number = desk.bond_to_review()
    clerk = claimed(desk, number)
    page = text_of(desk.visit(f"/console/cases/{number}", clerk))
    form = desk.form_of(f"/console/cases/{number}/approval", clerk)

    answers = [desk.submit(f"/console/cases/{number}/approval", clerk, **form) for _ in range(2)]

    assert "7 项通过 · 0 项要您看" in page
    assert {one.headers["location"] for one in answers} == {f"/console/cases/{number}/outcome"}
    assert state_of(desk, number) == "approved"
    bonds = desk.store.read(Scope(people={SON}), lambda books: [*books.registry.bonds_of_sharer(SON)])
    assert [one.state for one in bonds] == [BondState.ACTIVE]
    assert "共济已经生效" in desk.visit(f"/console/cases/{number}/outcome", clerk).text


def test_a_bill_paid_in_cash_is_reimbursed_by_the_figures_of_its_receipts(desk):
    number = desk.one_of_each()["reimbursement"]
    clerk = claimed(desk, number)
    path = f"/console/cases/{number}/approval"
    told = {"institution": WUXI_HOSPITAL, "visited_on": "2025-05-30"}
    missing = desk.sends(path, clerk, **told)
    assert missing.status_code == 400
    assert "请填合计金额" in missing.text
    assert desk.sends(path, clerk, **told, copay="600").status_code == 422  # not what was applied for
    assert state_of(desk, number) == "claimed"

    desk.goes(path, clerk, **told, copay="600", off_catalogue="80.50")

    assert state_of(desk, number) == "approved"
    assert "已经报销" in desk.visit(f"/console/cases/{number}/outcome", clerk).text
    assert desk.store.faults() == []


def test_a_refusal_without_a_rule_is_none_and_its_text_is_made_of_the_rule(desk):
    number = desk.bond_to_review()
    clerk = claimed(desk, number)
    path = f"/console/cases/{number}/refusal"
    guard = desk.form_of(f"/console/cases/{number}/approval", clerk)

    for rule in ("", "440500/proofs/2022-11-01", "nothing"):
        answer = desk.submit(path, clerk, **guard, rule_id=rule)
        assert answer.status_code == 400
        assert "请选一条规定" in answer.text
    assert state_of(desk, number) == "claimed"

    rule = "320000/relatives/2024-10-14"
    shown = text_of(desk.visit(f"{path}?rule_id={rule}", clerk))
    assert "依据：可共济的亲属：配偶、父母、子女" in shown
    desk.goes(f"{path}?rule_id={rule}", clerk, at=path)
    assert state_of(desk, number) == "refused"
    assert rule in desk.visit(f"/console/cases/{number}/outcome", clerk).text
    assert "依据：可共济的亲属" in text_of(desk.visit(f"/console/cases/{number}/print/refusal", clerk))


def test_what_is_missing_is_told_once_and_nothing_is_approved_before(desk):
    number = desk.one_of_each()["guardian"]
    clerk = claimed(desk, number)
    page = desk.visit(f"/console/cases/{number}", clerk)
    assert f"{number}/approval" not in page.text
    assert "还缺：出生医学证明 或 户口簿，交一份就行" in page.text

    desk.goes(f"/console/cases/{number}/notice", clerk)

    assert state_of(desk, number) == "incomplete"
    assert "户口簿" in desk.visit(f"/console/cases/{number}/print/notice", clerk).text


def test_the_second_person_sees_what_differs_and_decides(desk):
    number = desk.one_of_each()["adult"]
    first = claimed(desk, number, "reviewer")
    desk.goes(f"/console/cases/{number}/approval", first)
    second = desk.at("reviewer", "S2002")
    page = desk.visit(f"/console/cases/{number}", second)
    shown = page.text.partition("<details")[0] + page.text.partition("</details>")[2].partition("<details")[0]
    assert "85 岁，成年人" in shown
    assert "证件尾号" not in shown

    desk.goes(f"/console/cases/{number}", second, at=f"/console/cases/{number}/check", agree="yes")

    assert state_of(desk, number) == "approved"


def test_a_paper_is_seen_with_a_reason_and_its_owner_sees_who_looked(desk):
    number = desk.one_of_each()["reimbursement"]
    clerk, paper = claimed(desk, number), desk.papers_of(number)[0]
    assert desk.visit(f"/console/materials/{paper}", clerk).status_code == 403

    there = desk.goes(f"/console/cases/{number}", clerk, holding="reason", step="look", reason="核对发票")

    assert f'src="/console/materials/{paper}"' in desk.visit(there, clerk).text
    scan = desk.visit(f"/console/materials/{paper}", clerk)
    assert scan.headers["content-type"] == "image/png"
    assert scan.content.startswith(b"\x89PNG")
    assert len(of_kind(desk, LOOK, WIFE)) == 1


def test_a_look_at_a_person_is_one_however_often_its_page_is_shown(desk):
    clerk = desk.at("clerk")
    assert desk.sends("/console/people", clerk, **desk.fields_of(SON), reason="").status_code == 400
    there = desk.goes("/console/people", clerk, **desk.fields_of(SON), reason="电话核对")

    pages = [desk.visit(there, clerk) for _ in range(3)]

    assert all("电话核对" in page.text for page in pages)
    assert len(of_kind(desk, LOOK, SON)) == 1
    assert desk.visit(there, desk.at("reviewer")).headers["location"] == "/console/people"


def test_who_stands_at_the_counter_is_on_record_with_how_and_why(desk):
    clerk = desk.at("clerk")
    wrong = desk.sends("/console/presence", clerk, **desk.fields_of(WIFE) | {"certno": "320200198604011234"})
    assert wrong.status_code == 400
    assert "证件号码不对" in wrong.text
    form = desk.form_of("/console/presence", clerk)

    for _ in range(2):
        desk.submit("/console/presence", clerk, **form, **desk.fields_of(WIFE), how="home_visit", reason="上门")

    assert len(of_kind(desk, MANDATE, WIFE)) == 1


def test_sharing_is_taken_in_at_the_counter_at_once_with_no_paper_that_no_rule_wants(desk):
    clerk = desk.at("clerk")
    check = desk.begins_sharing(WIFE, SON, "spouse")
    page = desk.visit(check, clerk).text
    assert "这一件规则不要材料" in page
    assert "sign_member" in page  # a spouse confirms in this region
    assert desk.sends(check, clerk, sign_sharer=desk.name_of(WIFE), sign_member="").status_code == 400
    form = desk.form_of(check, clerk)
    signed = {"sign_sharer": desk.name_of(WIFE), "sign_member": desk.name_of(SON)}

    ways = {desk.submit(check, clerk, **form, **signed).headers["location"] for _ in range(2)}

    assert len(ways) == 1
    assert "共济已经生效" in desk.visit(ways.pop(), clerk).text
    bonds = desk.store.read(Scope(people={WIFE}), lambda books: [*books.registry.bonds_of_sharer(WIFE)])
    assert [(one.member_id, one.state) for one in bonds] == [(SON, BondState.ACTIVE)]


def test_what_the_rules_forbid_is_told_before_anybody_signs(desk):
    desk.bond_to_review()
    terms = desk.asks_terms(WIFE, SON, "spouse")

    page = desk.visit(terms, desk.at("clerk")).text

    assert "规则不允许" in page
    assert 'name="uses"' not in page
    assert "/rules/320000/one_role/2022-01-01" in page


def test_an_application_is_taken_in_and_asks_for_the_rules_papers_alone(desk):
    clerk = desk.at("clerk")
    begun = desk.goes("/console/intake", clerk, kind="guardian", **desk.fields_of(SON), how="card", reason="窗口")
    there = desk.goes(desk.goes(begun, clerk, **desk.fields_of(CHILD, "r_")), clerk)
    page = desk.visit(there, clerk).text
    assert "出生医学证明 或 户口簿" in page
    assert 'value="invoice"' not in page

    form = desk.form_of(there, clerk, "scan") | {"paper": "hukou"}
    request = httpx.Request("POST", "https://any", data=form, files={"scan": ("a.png", picture(), "image/png")})
    body = request.read()
    told = [("content-type", request.headers["content-type"]), ("content-length", str(len(body))), ("cookie", clerk)]
    assert desk.ask("POST", there, body=body, headers=told).status_code == 303

    number = re.findall(r"application-\d+", page)[0]
    assert "材料齐了" in desk.visit(there, clerk).text
    assert desk.sends(f"/console/cases/{number}", clerk, step="claim").status_code == 403  # another decides


def test_shortcuts_are_shown_and_can_be_switched_off(desk):
    number, clerk = desk.bond_to_review(), desk.at("clerk")
    shown = desk.visit(f"/console/cases/{number}", clerk).text
    assert 'accesskey="a"' in shown
    assert "Alt+A" in shown
    saved = desk.sends("/console/settings", clerk, keys="off")

    hidden = desk.visit(f"/console/cases/{number}", f"{clerk}; {saved.headers['set-cookie'].partition(';')[0]}").text

    assert "accesskey" not in hidden
    assert "Alt+" not in hidden


def test_no_shortcut_is_on_a_page_twice(states):
    world, several = states
    for name, (path, _, cookie) in several.items():
        keys = re.findall(r'accesskey="(\w)"', world.visit(path, cookie).text)
        assert len(keys) == len(set(keys)), (name, keys)


def test_differences_have_an_owner_a_next_step_and_an_end(desk):
    clerk = desk.at("clerk")
    assert "还没有核对过" in desk.visit("/console/differences", clerk).text
    desk.goes("/console/differences", clerk, step="check")
    assert "没有差错" in desk.visit("/console/differences", clerk).text
    desk.money_back(SON, 60_00)
    desk.goes("/console/differences", clerk, step="check")
    page = text_of(desk.visit("/console/differences", clerk))
    assert "结算冲正（退费） 60.00 元" in page
    assert "还没有人认领" in page
    assert "核对退回的钱和原来扣的是不是一样" in page

    desk.goes("/console/differences", clerk, holding="difference", step="take")
    held = desk.visit("/console/differences", desk.at("reviewer")).text
    desk.goes("/console/differences", clerk, holding="difference", step="see_to", note="和医院核对无误")

    assert "S1001" in held
    assert 'value="see_to"' not in held
    assert "没有差错" in desk.visit("/console/differences", clerk).text


def test_the_audit_reads_in_sentences_and_leaves_as_a_file(desk):
    number = desk.bond_to_review()
    claimed(desk, number)
    auditor = desk.at("auditor")

    page = text_of(desk.visit("/console/audit", auditor))
    file = desk.visit("/console/audit/acts.csv", auditor)

    assert "样例经办（S1001）领取了申请" in page
    assert file.headers["content-type"].startswith("text/csv")
    assert "领取了申请" in file.content.decode("utf-8-sig")


def test_an_inspection_goes_from_a_report_to_a_decision_of_two_and_is_lifted(desk):
    first, second = desk.at("inspector"), desk.at("inspector", "S2003")
    begun = desk.fields_of(WIFE) | {"reason": "举报", "reported": "持他人码", "open": "yes"}
    case = desk.goes("/console/inspections/begin", first, **begun)
    desk.goes(case, first, step="hearing")
    assert "等本人陈述" in desk.visit(case, first).text
    desk.later(days=20)
    first = desk.seats["inspector", None] = desk.sits_at_desk("inspector")
    second = desk.seats["inspector", "S2003"] = desk._sits("inspector", "S2003")  # the sign-in ran out

    wrong = desk.sends(case, first, holding="months", step="proposal", months="3", sum="100", fine="1")
    assert wrong.status_code == 400
    desk.goes(case, first, holding="months", step="proposal", months="3", sum="100", fine="200")
    assert "等另一位稽核人员复核" in desk.visit(case, first).text
    desk.goes(case, second, holding="agree", step="check", agree="yes")

    until = lambda books: books.registry.people[WIFE].suspended_until  # noqa: E731  # read twice, here
    assert desk.store.read(Scope(people={WIFE}), until).isoformat() == "2025-09-22"
    desk.goes(case, second, holding="lifting", step="lifting", reason="本人提供了证明")
    assert desk.store.read(Scope(people={WIFE}), until).isoformat() == "2025-06-22"
