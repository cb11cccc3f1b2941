"""Applications over the API: one notice, two clerks, two persons, one objection; and nothing for a stranger."""

from datetime import timedelta

import pytest

from gongji.domain.insured import Insurance
from tests.api_world import problem
from tests.review_world import (
    API,
    CHILD,
    MOTHER,
    REVIEWED,
    SON,
    Offices,
    done,
    in_base64,
    paper_of,
    pdf,
    picture,
    scripted,
)


@pytest.fixture
def offices():
    with Offices() as found:
        yield found


def test_a_bond_is_reviewed_and_active(offices):
    bond_id = offices.waiting_bond()
    number = offices.applied(offices.son, kind="bind", bond_id=bond_id)
    assert offices.see("/bonds", offices.son).json()["items"][0]["state"] == "awaiting_review"

    done(offices.step(number, "claim", offices.clerk))
    told = done(offices.step(number, "decision", offices.clerk, {"approve": True}))

    assert (told["state"], told["effect"]["what"]) == ("approved", "reviewed")
    assert [(step["what"], step["by"]) for step in told["steps"]] == [
        ("submitted", "citizen"), ("claimed", "S1"), ("approved", "S1")]  # fmt: skip
    assert offices.see("/bonds", offices.son).json()["items"][0]["state"] == "active"
    assert offices.store.faults() == []


def test_of_two_clerks_one_gets_it_and_the_other_is_told(offices):
    number = offices.applied(offices.son, kind="change_phone", phone="13800000000")

    done(offices.step(number, "claim", offices.clerk))

    problem(offices.step(number, "claim", offices.reviewer), "CHANGED_MEANWHILE")
    problem(offices.step(number, "decision", offices.reviewer, {"approve": True}), "CHANGED_MEANWHILE")
    problem(offices.step(number, "release", offices.reviewer), "CHANGED_MEANWHILE")
    done(offices.step(number, "release", offices.clerk))
    assert done(offices.step(number, "claim", offices.reviewer))["holder"] == "S2"


def test_what_is_missing_is_told_once_and_by_the_rules_list(offices):
    number = offices.applied(offices.son, kind="guardian", person=paper_of(CHILD))
    done(offices.step(number, "claim", offices.clerk))

    problem(offices.step(number, "decision", offices.clerk, {"approve": True}), "PROOF_MISSING")
    told = done(offices.step(number, "notice", offices.clerk))
    assert told["state"] == "incomplete"
    assert [one["any_of"] for one in told["told"]] == [["birth_certificate", "hukou"]]
    problem(offices.step(number, "notice", offices.clerk), "CHANGED_MEANWHILE")

    paper = offices.material(offices.son, "birth_certificate")
    told = done(offices.step(number, "materials", offices.son, {"materials": [paper]}))
    assert (told["state"], told["missing"], told["holder"]) == ("claimed", [], "S1")
    problem(offices.step(number, "notice", offices.clerk), "CHANGED_MEANWHILE")
    assert done(offices.step(number, "decision", offices.clerk, {"approve": True}))["effect"]["what"] == "mandate"


def test_a_guardian_of_an_adult_wants_a_second_person_who_is_another(offices):
    paper = offices.material(offices.son, "court_paper", pdf())
    number = offices.applied(offices.son, kind="guardian", person=paper_of(MOTHER), materials=[paper])
    done(offices.step(number, "claim", offices.reviewer))

    told = done(offices.step(number, "decision", offices.reviewer, {"approve": True}))

    assert (told["state"], [one["name"] for one in told["risks"]]) == ("proposed", ["adult_ward"])
    problem(offices.see("/accounts/2/balances", offices.son, acting_for=MOTHER), "NOT_YOURS")
    problem(offices.step(number, "check", offices.reviewer, {"agree": True}), "NOT_YOUR_TASK")
    problem(offices.step(number, "check", offices.clerk, {"agree": True}), "NOT_YOUR_TASK")
    assert done(offices.step(number, "check", offices.reviewer2, {"agree": True}))["state"] == "approved"
    assert offices.see("/accounts/2/balances", offices.son, acting_for=MOTHER).status_code == 200


def test_what_a_second_person_sends_back_is_decided_anew(offices):
    paper = offices.material(offices.son, "court_paper")
    number = offices.applied(offices.son, kind="guardian", person=paper_of(MOTHER), materials=[paper])
    done(offices.step(number, "claim", offices.reviewer))
    done(offices.step(number, "decision", offices.reviewer, {"approve": True}))

    told = done(offices.step(number, "check", offices.reviewer2, {"agree": False}))

    assert (told["state"], told["effect"], told["holder"]) == ("waiting", None, "")


def test_a_refusal_names_a_rule_that_speaks_there_and_is_objected_to_once(offices):
    bond_id = offices.waiting_bond()
    number = offices.applied(offices.son, kind="bind", bond_id=bond_id)
    rule = offices.world.policy.on(REVIEWED, offices.now.date()).rows["proofs"].rule_id
    done(offices.step(number, "claim", offices.clerk))
    for name in ("", "no/such/row", "320200/uses/2023-01-01"):
        problem(
            offices.step(number, "decision", offices.clerk, {"approve": False, "rule_id": name}), "MESSAGE_MALFORMED"
        )

    told = done(offices.step(number, "decision", offices.clerk, {"approve": False, "rule_id": rule}))
    assert (told["state"], told["refused_by"]["rule"]) == ("refused", rule)
    assert told["refused_by"]["words"]

    problem(offices.step(number, "appeal", offices.mother, {"reason": "不同意"}), "SETTLEMENT_NOT_FOUND")
    assert done(offices.step(number, "appeal", offices.son, {"reason": "材料是齐的"}))["state"] == "waiting"
    problem(offices.step(number, "claim", offices.clerk), "NOT_YOUR_TASK")
    done(offices.step(number, "claim", offices.reviewer))
    done(offices.step(number, "decision", offices.reviewer, {"approve": False, "rule_id": rule}))
    problem(offices.step(number, "appeal", offices.son, {"reason": "再一次"}), "CHANGED_MEANWHILE")


def test_an_objection_comes_in_time_or_not_at_all(offices):
    number = offices.applied(offices.son, kind="change_phone", phone="13800000000")
    rule = offices.world.policy.on(REVIEWED, offices.now.date()).rows["own_credential"].rule_id
    done(offices.step(number, "claim", offices.clerk))
    told = done(offices.step(number, "decision", offices.clerk, {"approve": False, "rule_id": rule}))
    assert told["appeal_until"] == "2025-08-02T00:00:00+08:00"

    offices.now = offices.now.replace(month=8, day=2, hour=0)

    problem(offices.step(number, "appeal", offices.son, {"reason": "晚了"}), "CHANGED_MEANWHILE")


def test_who_took_it_in_at_the_counter_does_not_decide_it(offices):
    body = {"person": paper_of(MOTHER), "how": "id_in_hand", "reason": "窗口办理"}
    done(offices.do("/counter/presences", offices.clerk, body))
    wish = {"kind": "change_phone", "phone": "13800000000"}
    number = done(offices.do("/applications", offices.clerk, wish, acting_for=MOTHER))["application_id"]

    problem(offices.step(number, "claim", offices.clerk), "NOT_YOUR_TASK")

    assert done(offices.step(number, "claim", offices.reviewer))["holder"] == "S2"


def test_what_is_withdrawn_is_over(offices):
    number = offices.applied(offices.son, kind="change_phone", phone="13800000000")
    done(offices.step(number, "claim", offices.clerk))

    assert done(offices.step(number, "withdrawal", offices.son))["state"] == "withdrawn"

    problem(offices.step(number, "decision", offices.clerk, {"approve": True}), "CHANGED_MEANWHILE")
    problem(offices.step(number, "withdrawal", offices.son), "CHANGED_MEANWHILE")
    assert done(offices.see("/queues/applications", offices.clerk))["items"] == []


def test_what_is_due_first_stands_on_top_and_parking_does_not_move_it(offices):
    phone = offices.applied(offices.son, kind="change_phone", phone="13800000000")
    offices.later(minutes=1)
    bill = offices.applied(offices.mother, kind="reimbursement", receipts=["A1"], total_fen=100)

    done(offices.step(bill, "claim", offices.clerk))
    done(offices.step(bill, "parking", offices.clerk, {"why": "source_down"}))

    queue = done(offices.see("/queues/applications", offices.reviewer))["items"]
    assert [(one["application_id"], one["due_at"]) for one in queue] == [
        (bill, "2025-07-15T00:00:00+08:00"), (phone, None)]  # fmt: skip
    assert queue[0]["state"] == "parked"
    problem(offices.step(bill, "decision", offices.clerk, {"approve": True}), "CHANGED_MEANWHILE")
    assert done(offices.step(bill, "parking", offices.clerk, {"why": None}))["state"] == "claimed"


def test_an_heir_is_paid_by_two(offices):
    offices.world.person(9, region=REVIEWED, money=70_00)
    offices.world.person(10, region=REVIEWED)
    heir = offices.citizen(10)
    done(offices.do("/people/9/death", offices.clerk))
    claim = {"dead": paper_of(9), "relation": "child", "proofs": ["x"]}
    inheritance = done(offices.do("/inheritances", heir, claim))["inheritance_id"]
    papers = [offices.material(heir, paper) for paper in ("death_certificate", "kinship_proof")]
    number = offices.applied(heir, kind="inheritance", inheritance_id=inheritance, to="account", materials=papers)
    done(offices.step(number, "claim", offices.clerk))

    assert done(offices.step(number, "decision", offices.clerk, {"approve": True}))["state"] == "proposed"
    assert offices.world.balance(10) == 0
    told = done(offices.step(number, "check", offices.reviewer, {"agree": True}))

    assert (told["effect"]["paid_fen"], offices.world.balance(10), offices.world.balance(9)) == (70_00, 70_00, 0)
    assert offices.store.faults() == []


def test_a_new_account_with_a_large_quota_wants_two(offices):
    offices.world.person(11, region=REVIEWED, money=9000_00, wallet=0, enrolled_months=2)
    offices.world.person(12, region=REVIEWED, insured=Insurance.RESIDENT, wallet=0)
    offices.world.bond(11, 12, reviewed=False, quota_fen=6000_00)
    owner = offices.citizen(11)
    bond_id = offices.see("/bonds", owner).json()["items"][0]["bond_id"]
    number = offices.applied(owner, kind="bind", bond_id=bond_id)
    done(offices.step(number, "claim", offices.clerk))

    told = done(offices.step(number, "decision", offices.clerk, {"approve": True}))

    assert [one["name"] for one in told["risks"]] == ["new_account_large_quota"]


@pytest.mark.parametrize(("hours", "state"), [(23, "proposed"), (25, "approved")])
def test_a_bond_within_a_day_of_another_phone_wants_two(offices, hours, state):
    offices.applied(offices.son, kind="change_phone", phone="13800000000")
    bond_id = offices.waiting_bond()
    number = offices.applied(offices.son, kind="bind", bond_id=bond_id)
    offices.now += timedelta(hours=hours)
    done(offices.step(number, "claim", offices.clerk))

    assert done(offices.step(number, "decision", offices.clerk, {"approve": True}))["state"] == state


def test_another_desk_a_stranger_and_a_wrong_role_get_nothing(offices):
    number = offices.applied(offices.son, kind="change_phone", phone="13800000000")

    problem(offices.see(f"/applications/{number}", offices.stranger), "SETTLEMENT_NOT_FOUND")
    problem(offices.step(number, "withdrawal", offices.stranger), "SETTLEMENT_NOT_FOUND")
    problem(offices.see(f"/applications/{number}", offices.far_clerk), "NOT_YOUR_TASK")
    assert done(offices.see("/applications", offices.stranger))["items"] == []
    assert done(offices.see("/queues/applications", offices.far_clerk))["items"] == []
    for name in ("claim", "release", "parking", "notice", "decision", "check"):
        body = {"parking": {"why": None}, "decision": {"approve": True}, "check": {"agree": True}}.get(name)
        for token in (offices.far_clerk, offices.inspector, offices.auditor, offices.son):
            answer = offices.step(number, name, token, body)
            assert answer.json()["type"].rpartition("/")[2] in ("NOT_YOUR_TASK", "SCOPE_MISSING"), (name, answer.text)
    assert done(offices.see(f"/applications/{number}", offices.son))["state"] == "waiting"


def test_a_material_is_for_its_person_and_for_staff_who_say_why(offices):
    number = offices.material(offices.son, "id_card")
    where = f"/materials/{number}"

    shown = offices.see(f"{where}/content", offices.son)
    assert shown.headers["content-disposition"] == f'attachment; filename="{number}.png"'
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.content.startswith(b"\x89PNG")
    problem(offices.see(f"{where}/content", offices.stranger), "SETTLEMENT_NOT_FOUND")
    problem(offices.see(f"{where}/content", offices.clerk), "NOT_YOUR_TASK")
    problem(offices.do(f"{where}/looks", offices.far_clerk, {"reason": "看看"}), "NOT_YOUR_TASK")

    done(offices.do(f"{where}/looks", offices.clerk, {"reason": "核对身份"}))

    assert offices.see(f"{where}/content", offices.clerk).content == shown.content
    problem(offices.see(f"{where}/content", offices.reviewer), "NOT_YOUR_TASK")
    (look,) = done(offices.see("/looks", offices.son))["items"]
    assert (look["by"], look["what"], look["reason"]) == ("S1", number, "核对身份")
    offices.later(minutes=15)
    problem(offices.see(f"{where}/content", offices.clerk), "NOT_YOUR_TASK")


def test_a_stranger_s_material_proves_nothing(offices):
    foreign = offices.material(offices.stranger, "birth_certificate")

    answer = offices.do(
        "/applications", offices.son, {"kind": "guardian", "person": paper_of(CHILD), "materials": [foreign]}
    )

    problem(answer, "SETTLEMENT_NOT_FOUND")
    assert done(offices.see("/applications", offices.son))["items"] == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90 a program", "KIND_NOT_TAKEN"),
        (b"%PDF-" + b" " * (5 << 20), "BODY_TOO_LONG"),
        (pdf(scripted), "MESSAGE_MALFORMED"),
        (picture("GIF"), "KIND_NOT_TAKEN"),
    ],
)
def test_what_is_no_paper_is_refused_by_field(offices, content, name):
    told = problem(offices.do("/materials", offices.son, {"paper": "other", "content": in_base64(content)}), name)

    assert told["field"] in ("/content", "content-length")
    assert done(offices.see("/materials", offices.son))["items"] == []


def test_the_same_wish_twice_and_the_same_key_twice_are_one(offices):
    wish = {"kind": "change_phone", "phone": "13800000000"}
    first = offices.do("/applications", offices.son, wish, key="k")

    assert offices.do("/applications", offices.son, wish, key="k").content == first.content
    told = problem(offices.do("/applications", offices.son, wish), "ALREADY_BOUND")
    assert told["subject"] == first.json()["application_id"]


def test_an_application_that_was_changed_meanwhile_is_left_as_it_is(offices):
    number = offices.applied(offices.son, kind="change_phone", phone="13800000000")
    tag = offices.see(f"/applications/{number}", offices.clerk).headers["etag"]
    done(offices.step(number, "claim", offices.clerk))

    answer = offices.post(f"{API}/applications/{number}/release", offices.clerk, headers=[("if-match", tag)])

    problem(answer, "CHANGED_MEANWHILE")
    assert done(offices.see(f"/applications/{number}", offices.son))["state"] == "claimed"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kind": "bind"}, "/bond_id"),
        ({"kind": "reimbursement", "receipts": ["A"]}, "/total_fen"),
        ({"kind": "reimbursement", "receipts": ["A", "A"], "total_fen": 1}, "receipts"),
        ({"kind": "open_wallet", "person": paper_of(SON), "relation": "child"}, "person_id"),
        ({"kind": "guardian", "person": paper_of(SON)}, "ward_id"),
        ({"kind": "change_phone", "phone": "1"}, "/phone"),
    ],
)
def test_a_wish_that_says_too_little_is_refused_by_field(offices, wish, field):
    assert problem(offices.do("/applications", offices.son, wish), "MESSAGE_MALFORMED")["field"] == field
