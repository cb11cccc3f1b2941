"""The sheet an officer decides by: to whom it is shown, what it tells, and what it says of the rules."""

import pytest
from msgspec.structs import replace

from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.domain.requests import Scope
from tests.api_world import problem
from tests.review_world import CHILD, MOTHER, REVIEWED, SON, Offices, done, paper_of


@pytest.fixture
def offices():
    with Offices() as found:
        yield found


def sheet(offices, number, token):
    return offices.see(f"/applications/{number}/sheet", token)


def checks(told):
    return {one["name"]: one["passed"] for one in told["checks"]}


def test_it_is_shown_to_whoever_has_the_application_and_to_nobody_else(offices):
    number = offices.applied(offices.son, kind="bind", bond_id=offices.waiting_bond())
    problem(sheet(offices, number, offices.clerk), "NOT_YOUR_TASK")
    done(offices.step(number, "claim", offices.clerk))

    assert done(sheet(offices, number, offices.clerk))["application"]["application_id"] == number

    problem(sheet(offices, number, offices.reviewer), "NOT_YOUR_TASK")
    problem(sheet(offices, number, offices.far_clerk), "NOT_YOUR_TASK")
    problem(sheet(offices, number, offices.son), "SCOPE_MISSING")
    problem(sheet(offices, "application-999", offices.clerk), "SETTLEMENT_NOT_FOUND")
    done(offices.step(number, "release", offices.clerk))
    assert sheet(offices, number, offices.clerk).status_code == 200  # his hand in it stands in its steps


def test_a_second_person_sees_what_waits_for_one(offices):
    paper = offices.material(offices.son, "court_paper")
    number = offices.applied(offices.son, kind="guardian", person=paper_of(MOTHER), materials=[paper])
    done(offices.step(number, "claim", offices.reviewer))
    problem(sheet(offices, number, offices.reviewer2), "NOT_YOUR_TASK")
    done(offices.step(number, "decision", offices.reviewer, {"approve": True}))

    told = done(sheet(offices, number, offices.reviewer2))

    problem(sheet(offices, number, offices.clerk), "NOT_YOUR_TASK")
    assert checks(told) == {"alive": True, "paper": True, "risk": False}
    assert [one["material_id"] for one in told["materials"]] == [paper]


def test_it_tells_people_by_the_register_and_the_end_of_their_numbers_alone(offices):
    number = offices.applied(offices.son, kind="bind", bond_id=offices.waiting_bond())
    done(offices.step(number, "claim", offices.clerk))

    answer = sheet(offices, number, offices.clerk)

    told = done(answer)["people"]
    assert [(one["side"], one["person_id"], one["name"]) for one in told] == [
        ("sharer", SON, "测1"), ("member", MOTHER, "测2")]  # fmt: skip
    assert [one["certno_end"] for one in told] == [paper_of(one)["certno"][-4:] for one in (SON, MOTHER)]
    assert paper_of(MOTHER)["certno"] not in answer.text


def test_a_bond_is_checked_by_the_rules_of_binding_as_if_it_were_not_there(offices):
    number = offices.applied(offices.son, kind="bind", bond_id=offices.waiting_bond())
    done(offices.step(number, "claim", offices.clerk))

    told = done(sheet(offices, number, offices.clerk))

    assert all(checks(told).values())
    assert {"sharing", "relatives", "reach", "ages", "paper"} <= checks(told).keys()
    row = offices.world.policy.on(REVIEWED, offices.now.date()).rows["relatives"]
    assert next(one for one in told["checks"] if one["name"] == "relatives")["rule"]["rule"] == row.rule_id
    assert row.rule_id in [one["rule"] for one in told["grounds"]]


def test_what_does_not_fit_is_left_to_the_officer_with_its_rule_first_among_the_grounds(offices):
    offices.world.bond(SON, CHILD, Relation.PARENT, reviewed=False)
    out = lambda books: books.registry.people.put(  # noqa: E731  # once, here
        MOTHER, replace(books.registry.people[MOTHER], insured=Insurance.NONE)
    )
    offices.store.run(Scope(people={MOTHER}), out)
    offices.world.bond(SON, MOTHER, Relation.COUSIN, reviewed=False)
    bonds = offices.see("/bonds", offices.son).json()["items"]
    numbers = [offices.applied(offices.son, kind="bind", bond_id=one["bond_id"]) for one in bonds]
    for number in numbers:
        done(offices.step(number, "claim", offices.clerk))

    young, cousin = (done(sheet(offices, number, offices.clerk)) for number in numbers)

    assert not checks(young)["ages"]
    assert (checks(cousin)["relatives"], checks(cousin)["sharing"]) == (False, False)
    failed = next(one for one in cousin["checks"] if one["name"] == "relatives")
    assert failed["reason"]["refusal"] == "NOT_A_NEAR_RELATIVE"
    first = {one["rule"].split("/")[1] for one in cousin["grounds"][:2]}
    assert first == {"relatives", "sharing"}
