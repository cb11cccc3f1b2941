"""Enrolment over the API: lines of people and of credits, each once, each told what came of it."""

from datetime import datetime

import pytest

from tests.api_world import ApiWorld, problem
from tests.people_files import certno_of

SCOPES = frozenset({"enrolment.write", "accounts.read"})


@pytest.fixture
def api():
    with ApiWorld() as found:
        found.now = datetime(2025, 9, 1, 10)
        yield found
        assert found.store.faults() == []


@pytest.fixture
def bureau(api):
    return api.identity.let_in(role="system", client="bureau", scopes=SCOPES)


def line(number, **more):
    usual = {"psn_no": f"B{number}", "name": f"测{number}", "cert_type": "01", "certno": certno_of(number)}
    return usual | {"region": "310000", "insured": "employee"} | more


def people(api, token, *lines):
    return api.post("/api/v1/imports/people", token, body={"lines": [*lines]})


def test_lines_are_entered_once_and_a_refused_one_stops_no_other(api, bureau):
    told = people(api, bureau, line(1), line(2, region="999999"), line(3)).json()
    again = people(api, bureau, line(1), line(3), line(3, psn_no="B9")).json()

    assert (told["entered"], told["known"]) == (2, 0)
    assert [(one["line"], one["refusal"], one["field"]) for one in told["refused"]] == [
        (1, "MESSAGE_MALFORMED", "region")
    ]
    assert (again["entered"], again["known"]) == (0, 2)
    assert [(one["line"], one["refusal"]) for one in again["refused"]] == [(2, "DUPLICATE_INSURANCE")]


def test_a_month_is_credited_once(api, bureau):
    people(api, bureau, line(1, region="320200"))
    body = {"month": "2025-08-01", "lines": [{"psn_no": "B1", "base_fen": 10_000_00}, {"psn_no": "B2", "base_fen": 1}]}

    told = api.post("/api/v1/imports/credits", bureau, body=body).json()
    again = api.post("/api/v1/imports/credits", bureau, body=body).json()

    assert (told["entered"], [(one["line"], one["refusal"]) for one in told["refused"]]) == (
        1, [(1, "PERSON_UNKNOWN")],
    )  # fmt: skip
    assert (again["entered"], again["known"]) == (0, 1)
    person = next(iter(api.store.registry.people)).person_id
    assert api.world.balance(person) == 200_00


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"insured": "pensioner"}, "/lines/0/insured"),
        ({"born": "yesterday"}, "/lines/0/born"),
        ({"x": 1}, "/lines/0/x"),
    ],
)
def test_a_line_of_another_form_is_refused_by_its_field(api, bureau, changed, field):
    told = problem(people(api, bureau, line(1) | changed), "MESSAGE_MALFORMED")

    assert told["field"] == field
    assert not list(api.store.registry.people)


def test_only_an_office_enrols(api):
    problem(people(api, api.identity.let_in(1, scopes=SCOPES), line(1)), "NOT_YOUR_TASK")


def test_a_clerk_enrols_and_credits_in_the_region_of_the_office_alone(api, bureau):
    clerk = api.identity.let_in(role="clerk", clerk="王", office="320200", scopes=SCOPES)
    lines = [{"psn_no": f"B{number}", "base_fen": 10_000_00} for number in range(1, 4)]
    month = {"month": "2025-08-01", "lines": lines}
    people(api, bureau, line(1))

    told = problem(people(api, clerk, line(2, region="320200"), line(3)), "NOT_YOUR_TASK")
    entered = people(api, clerk, line(2, region="320200")).json()["entered"]
    credited = api.post("/api/v1/imports/credits", clerk, body=month).json()

    assert (told["field"], entered) == ("/lines/1/region", 1)
    assert credited["entered"] == 1
    assert [(one["line"], one["refusal"]) for one in credited["refused"]] == [
        (0, "PERSON_UNKNOWN"), (2, "PERSON_UNKNOWN"),
    ]  # fmt: skip
    assert sorted(api.world.balance(one.person_id) for one in api.store.registry.people) == [0, 200_00]


def test_a_wrong_base_is_corrected_once_by_the_bureaus_system(api, bureau):
    people(api, bureau, line(1, region="320200"))
    api.post(
        "/api/v1/imports/credits",
        bureau,
        body={"month": "2025-08-01", "lines": [{"psn_no": "B1", "base_fen": 10_000_00}]},
    )
    body = {"psn_no": "B1", "month": "2025-08-01", "base_fen": 9_000_00, "reason": "单位报错基数"}
    clerk = api.identity.let_in(role="clerk", clerk="王", office="320200", scopes=SCOPES)

    problem(api.post("/api/v1/credits/corrections", clerk, body=body), "NOT_YOUR_TASK")
    problem(api.post("/api/v1/credits/corrections", bureau, body=body | {"reason": " "}), "MESSAGE_MALFORMED")
    problem(
        api.post("/api/v1/credits/corrections", bureau, body=body | {"month": "2025-07-01"}), "SETTLEMENT_NOT_FOUND"
    )
    told = api.post("/api/v1/credits/corrections", bureau, body=body, key="c")
    again = api.post("/api/v1/credits/corrections", bureau, body=body, key="c")

    assert again.content == told.content
    assert told.json() == {
        "month": "2025-08-01", "should_fen": 180_00, "was_fen": 200_00, "moved_fen": -20_00, "owed_fen": 0,
        "at": "2025-09-01T10:00:00+08:00",
    }  # fmt: skip
    person = next(iter(api.store.registry.people)).person_id
    assert api.world.balance(person) == 180_00
