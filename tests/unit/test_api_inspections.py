"""Inspections over the API: a hearing, a decision of two, owners paid back once, lifting, objecting; looks, audit."""

from datetime import datetime

import pytest

from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from tests.api_world import problem
from tests.inspection_acts import begun, decided, opened, settled, step, verdict
from tests.national_world import CHENGDU_HOSPITAL
from tests.review_world import API, MOTHER, SON, STRANGER, Offices, done, paper_of


@pytest.fixture
def offices():
    with Offices() as found:
        yield found


def suspended_until(offices, person=STRANGER):
    return offices.store.read(Scope(people={person}), lambda books: books.registry.people[person].suspended_until)


def test_signals_are_found_in_what_was_settled_and_the_person_sees_who_looked(offices):
    at = datetime(2025, 5, 20, 9)
    numbers = [
        settled(offices, SON, SON, 10_00, at),
        settled(offices, SON, SON, 5_00, at.replace(hour=11), CHENGDU_HOSPITAL),
    ]

    told = done(begun(offices, SON, open=False, reported=None))

    assert [(one["kind"], one["settlements"]) for one in told["signals"]] == [("two_places", numbers)]
    assert told["case"] is None
    (look,) = done(offices.see("/looks", offices.son))["items"]
    assert (look["by"], look["what"], look["reason"]) == ("S4", "care", "举报线索")


def test_a_case_without_a_signal_is_none_and_there_is_one_at_a_time(offices):
    problem(begun(offices, SON, reported=None), "MESSAGE_MALFORMED")
    assert done(offices.see("/looks", offices.son))["items"] == []
    opened(offices)
    problem(begun(offices), "ALREADY_BOUND")


def test_the_owner_is_paid_back_once_and_settlement_is_suspended(offices):
    number = settled(offices, STRANGER, SON, 60_00, datetime(2025, 5, 20, 9))
    owed = {"settle_id": number, "owner_id": SON, "amount_fen": 60_00}
    assert offices.world.balance(SON) == 840_00

    case, told = decided(offices, restitutions=[owed], fine_fen=200_00)

    assert (told["state"], told["suspended_until"], told["fine_fen"]) == ("decided", "2025-09-02", 200_00)
    assert offices.world.balance(SON) == 900_00
    assert offices.world.balance(STRANGER) == 0
    assert suspended_until(offices).isoformat() == "2025-09-02"
    assert [one.kind for one in offices.store.entries_of(SON)].count(EntryKind.RESTITUTION) == 1
    assert offices.store.faults() == []
    problem(step(offices, case, "check", offices.inspector2, {"agree": True}), "CHANGED_MEANWHILE")

    again = opened(offices)
    done(step(offices, again, "hearing", offices.inspector))
    done(step(offices, again, "words", offices.stranger, {"words": "已经退过了"}))
    problem(
        step(offices, again, "proposal", offices.inspector, verdict(offices, restitutions=[owed])), "ALREADY_REVERSED"
    )


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"months": 2}, "MESSAGE_MALFORMED"),
        ({"months": 13}, "MESSAGE_MALFORMED"),
        ({"fine_fen": 199_99}, "MESSAGE_MALFORMED"),
        ({"fine_fen": 500_01}, "MESSAGE_MALFORMED"),
        ({"rule_id": "000000/uses/2021-05-01"}, "MESSAGE_MALFORMED"),
        ({"restitutions": [{"settle_id": 999, "owner_id": SON, "amount_fen": 1}]}, "SETTLEMENT_NOT_FOUND"),
    ],
)
def test_a_verdict_without_measure_is_refused(offices, more, name):
    number = opened(offices)
    done(step(offices, number, "hearing", offices.inspector))
    done(step(offices, number, "words", offices.stranger, {"words": "没有"}))

    problem(step(offices, number, "proposal", offices.inspector, verdict(offices, **more)), name)


def test_more_than_was_drawn_on_the_owner_is_refused(offices):
    number = settled(offices, STRANGER, SON, 60_00, datetime(2025, 5, 20, 9))
    case = opened(offices)
    done(step(offices, case, "hearing", offices.inspector))
    done(step(offices, case, "words", offices.stranger, {"words": "没有"}))
    for owed, name in (((SON, 60_01), "NOTHING_TO_REFUND"), ((MOTHER, 1), "NOTHING_TO_REFUND")):
        one = {"settle_id": number, "owner_id": owed[0], "amount_fen": owed[1]}
        problem(step(offices, case, "proposal", offices.inspector, verdict(offices, restitutions=[one])), name)


def test_nobody_is_decided_on_before_he_could_speak(offices):
    number = opened(offices)
    problem(step(offices, number, "proposal", offices.inspector, verdict(offices)), "CHANGED_MEANWHILE")
    told = done(step(offices, number, "hearing", offices.inspector))
    assert told["hearing_until"] == "2025-06-18T00:00:00+08:00"
    problem(step(offices, number, "proposal", offices.inspector, verdict(offices)), "CHANGED_MEANWHILE")

    offices.now = datetime(2025, 6, 18)

    problem(step(offices, number, "words", offices.stranger, {"words": "晚了"}), "CHANGED_MEANWHILE")
    done(step(offices, number, "proposal", offices.inspector, verdict(offices)))
    problem(step(offices, number, "check", offices.inspector, {"agree": True}), "NOT_YOUR_TASK")
    assert suspended_until(offices) is None
    assert done(step(offices, number, "check", offices.inspector2, {"agree": False}))["state"] == "hearing"


def test_an_objection_is_answered_by_another_and_a_suspension_lifted(offices):
    case, _ = decided(offices)
    problem(step(offices, case, "upholding", offices.inspector, {"reason": "维持"}), "CHANGED_MEANWHILE")

    done(step(offices, case, "appeal", offices.stranger, {"reason": "事出有因"}))
    problem(step(offices, case, "appeal", offices.stranger, {"reason": "再一次"}), "CHANGED_MEANWHILE")
    for token in (offices.inspector, offices.inspector2):
        problem(step(offices, case, "upholding", token, {"reason": "维持"}), "NOT_YOUR_TASK")
        problem(step(offices, case, "lifting", token, {"reason": "解除"}), "NOT_YOUR_TASK")
    third = offices.staff("S9", "inspector")
    told = done(step(offices, case, "lifting", third, {"reason": "证据不足"}))

    assert (told["state"], told["suspended_until"]) == ("lifted", "2025-06-02")
    assert suspended_until(offices) == offices.now.date()


def test_the_person_sees_his_case_and_nobody_else_does(offices):
    number = opened(offices)

    assert [one["inspection_id"] for one in done(offices.see("/inspections", offices.stranger))["items"]] == [number]
    assert done(offices.see(f"/inspections/{number}", offices.stranger))["state"] == "opened"
    assert done(offices.see("/inspections", offices.son))["items"] == []
    problem(offices.see(f"/inspections/{number}", offices.son), "SETTLEMENT_NOT_FOUND")
    problem(offices.see(f"/inspections/{number}", offices.clerk), "NOT_YOUR_TASK")
    problem(offices.see(f"/inspections/{number}", offices.far_inspector), "NOT_YOUR_TASK")
    problem(begun(offices, SON, offices.far_inspector), "NOT_YOUR_TASK")
    problem(begun(offices, SON, offices.far_inspector, open=False), "NOT_YOUR_TASK")
    bodies = {"proposal": verdict(offices), "check": {"agree": True}, "closing": {"reason": "没有"},
              "lifting": {"reason": "没有"}, "upholding": {"reason": "没有"}, "hearing": None}  # fmt: skip
    for name, body in bodies.items():
        for token in (offices.far_inspector, offices.clerk, offices.reviewer, offices.auditor, offices.stranger):
            answer = step(offices, number, name, token, body)
            assert answer.json()["type"].rpartition("/")[2] in ("NOT_YOUR_TASK", "SCOPE_MISSING"), (name, answer.text)
    problem(step(offices, number, "words", offices.son, {"words": "我来说"}), "SETTLEMENT_NOT_FOUND")
    assert [one["inspection_id"] for one in done(offices.see("/queues/inspections", offices.inspector))["items"]] == [
        number
    ]
    assert done(step(offices, number, "closing", offices.inspector, {"reason": "没有问题"}))["state"] == "closed"


def test_a_lookup_wants_a_reason_and_is_seen(offices):
    offices.world.bond(SON, MOTHER)
    problem(
        offices.do("/counter/lookups", offices.clerk, {"person": paper_of(SON), "reason": " \t "}), "MESSAGE_MALFORMED"
    )
    problem(
        offices.do("/counter/lookups", offices.auditor, {"person": paper_of(SON), "reason": "查一查"}), "NOT_YOUR_TASK"
    )

    told = done(offices.do("/counter/lookups", offices.clerk, {"person": paper_of(SON), "reason": "来人咨询"}))

    assert (told["person_id"], [one["member_id"] for one in told["bonds"]]) == (SON, [MOTHER])
    assert [one["reason"] for one in done(offices.see("/looks", offices.son))["items"]] == ["来人咨询"]
    assert done(offices.see("/looks", offices.mother))["items"] == []


def test_the_audit_tells_in_sentences_who_did_what_and_only_of_its_office(offices):
    number = offices.applied(offices.son, kind="change_phone", phone="13800000000")
    done(offices.step(number, "claim", offices.clerk))
    done(offices.do("/counter/lookups", offices.far_clerk, {"person": paper_of(SON), "reason": "=1+1"}))

    items = done(offices.see("/audit", offices.auditor))["items"]

    assert [one["sentence"] for one in items] == ["2025-06-02 10:00 同名（S1）领取了申请"]
    english = offices.get(f"{API}/audit", offices.auditor, headers=[("accept-language", "en")]).json()["items"]
    assert english[0]["sentence"] == "2025-06-02 10:00 同名 (S1) took an application"
    problem(offices.see("/audit", offices.clerk), "NOT_YOUR_TASK")
    file = offices.see("/audit/acts.csv", offices.auditor)
    assert file.headers["content-disposition"] == 'attachment; filename="acts.csv"'
    lines = file.content.decode("utf-8-sig").splitlines()
    assert lines[-1].split(",")[1] == "S1"
    assert "S7" not in file.text
