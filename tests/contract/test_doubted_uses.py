"""不是我家人用的, on both stores: the owner of the money reports a use once, a clerk answers, and no money moves."""

import pytest

from tests.api_world import problem
from tests.review_world import MOTHER, REVIEWED, SON, STRANGER, Offices, done, paper_of

BILL = {"region": REVIEWED, "parts": {"copay_fen": 120_00}}
FOUND = "刷卡的是别人，视频里看得到。"


@pytest.fixture
def offices(store):
    with Offices(store) as found:
        found.world.bond(SON, MOTHER)
        claim = {"patient": paper_of(MOTHER), "bill": BILL, "visited_on": "2025-05-20", "receipts": ["R-1"]}
        done(found.do("/reimbursements", found.clerk, claim))
        yield found
        assert found.store.faults() == []


def use_of(offices):
    """Return the record of the son's by which he knows of the use."""
    rows = done(offices.see(f"/accounts/{SON}/statement", offices.son))["items"]
    return next(one for one in rows if one["person_id"] == MOTHER)


def reported(offices, token=None, **more):
    wish = {"kind": "doubted_use", "entry_id": use_of(offices)["entry_id"], "why": ["was_not_there"]} | more
    return offices.do("/applications", token or offices.son, wish)


def decided(offices, number, **decision):
    done(offices.step(number, "claim", offices.clerk))
    return offices.step(number, "decision", offices.clerk, decision)


@pytest.mark.parametrize(("approve", "state", "what"), [(True, "approved", "use_confirmed"), (False, "refused", None)])
def test_a_clerk_answers_in_his_own_words_and_no_money_moves(offices, approve, state, what):
    told = done(reported(offices, words="妈妈那天在家"))
    entries = len(offices.store.entries_after(0, 999))

    over = done(decided(offices, told["application_id"], approve=approve, why=FOUND))

    assert told["use"] == {
        "entry_id": use_of(offices)["entry_id"],
        "at": use_of(offices)["at"],
        "patient_id": MOTHER,
        "amount_fen": 120_00,
        "why": ["was_not_there"],
        "words": "妈妈那天在家",
    }
    assert (over["state"], over["steps"][-1]["why"], over["refused_by"]) == (state, FOUND, None)
    assert (over["effect"] or {"what": None})["what"] == what
    assert len(offices.store.entries_after(0, 999)) == entries
    seen = done(offices.see(f"/applications/{told['application_id']}", offices.son))
    assert seen["steps"][-1]["why"] == FOUND
    assert (seen["appeal_until"] is None) == approve


def test_a_use_is_reported_once_while_it_is_looked_into_and_again_after_that(offices):
    first = done(reported(offices))["application_id"]

    again = problem(reported(offices, why=["code_lost"]), "ALREADY_BOUND")
    done(decided(offices, first, approve=False, why=FOUND))
    anew = done(reported(offices, why=["code_lost"]))

    assert again["subject"] == first
    assert anew["application_id"] != first


def test_nobody_but_the_owner_of_the_money_reports_it(offices):
    for token in (offices.mother, offices.stranger):
        problem(reported(offices, token), "SETTLEMENT_NOT_FOUND")
    problem(reported(offices, entry_id=10**9), "SETTLEMENT_NOT_FOUND")
    until = "2025-06-30T00:00:00+08:00"
    mandate = {"holder": paper_of(STRANGER), "operations": ["applications.write"], "until": until}
    done(offices.do("/mandates", offices.son, mandate))
    wish = {"kind": "doubted_use", "entry_id": use_of(offices)["entry_id"], "why": ["code_lost"]}

    told = done(offices.do("/applications", offices.stranger, wish, acting_for=SON))

    assert told["applicant_id"] == SON
    problem(offices.see(f"/applications/{told['application_id']}", offices.mother), "SETTLEMENT_NOT_FOUND")


@pytest.mark.parametrize(
    ("wish", "decision"),
    [
        ({"why": ["other"]}, None),
        ({"why": []}, None),
        ({}, {"approve": True}),
        ({}, {"approve": False}),
        ({}, {"approve": False, "why": FOUND, "rule_id": "330000/sharing/2025-01-01"}),
    ],
)
def test_a_report_wants_a_reason_and_an_answer_what_was_found(offices, wish, decision):
    if decision is None:
        told = problem(reported(offices, **wish), "MESSAGE_MALFORMED")
    else:
        told = problem(decided(offices, done(reported(offices))["application_id"], **decision), "MESSAGE_MALFORMED")

    assert "why" in told.get("subject", "") + told.get("field", "")


def test_words_belong_to_no_other_kind_and_a_sheet_tells_the_bill_without_what_was_bought(offices):
    phone = offices.applied(offices.son, kind="change_phone", phone="13800000000")
    problem(decided(offices, phone, approve=True, why=FOUND), "MESSAGE_MALFORMED")
    number = done(reported(offices))["application_id"]
    done(offices.step(number, "claim", offices.clerk))

    sheet = done(offices.see(f"/applications/{number}/sheet", offices.clerk))

    assert (sheet["use"]["taken_fen"], sheet["use"]["back_fen"], sheet["use"]["region"]) == (120_00, 0, REVIEWED)
    assert [(one["side"], one["person_id"]) for one in sheet["people"]] == [("applicant", SON), ("about", MOTHER)]
    assert sheet["grounds"] == []
