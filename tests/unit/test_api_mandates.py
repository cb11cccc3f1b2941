"""Acting for another: helpers, guardians and clerks, what each may do, until when; and that the record names them."""

from datetime import datetime

import msgspec
import pytest

from gongji.domain.faults import RequestFault
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.acts import ACT, Act, Actor
from gongji.services.office.mandates import HELPER_MAY, birthday, mandate_scope, may
from tests.api_world import problem
from tests.review_world import CHILD, MOTHER, SON, STRANGER, Offices, done, paper_of

BALANCES = "/accounts/2/balances"


@pytest.fixture
def offices():
    with Offices() as found:
        yield found


def give(offices, token, **more):
    usual = {
        "holder": paper_of(SON),
        "operations": ["accounts.read", "applications.write"],
        "until": "2025-06-30T00:00:00+08:00",
    }
    return offices.do("/mandates", token, usual | more)


def test_a_helper_may_what_he_was_given_until_that_day(offices):
    problem(offices.see(BALANCES, offices.son, acting_for=MOTHER), "NOT_YOURS")

    done(give(offices, offices.mother))

    assert done(offices.see(BALANCES, offices.son, acting_for=MOTHER))["person_id"] == MOTHER
    problem(offices.see("/bonds", offices.son, acting_for=MOTHER), "SCOPE_MISSING")
    problem(offices.see(BALANCES, offices.stranger, acting_for=MOTHER), "NOT_YOURS")
    problem(offices.see(BALANCES, offices.son), "NOT_YOURS")
    offices.now = datetime(2025, 6, 29, 23, 59, 59)
    assert offices.see(BALANCES, offices.son, acting_for=MOTHER).status_code == 200
    offices.now = datetime(2025, 6, 30)
    problem(offices.see(BALANCES, offices.son, acting_for=MOTHER), "NOT_YOURS")
    (told,) = done(offices.see("/mandates", offices.mother))["items"]
    assert told["state"] == "ended"


def test_the_record_names_the_helper_and_the_mandate(offices):
    mandate_id = done(give(offices, offices.mother))["mandate_id"]

    done(offices.do("/applications", offices.son, {"kind": "change_phone", "phone": "13800000000"}, acting_for=MOTHER))

    acts = [msgspec.json.decode(one.content, type=Act) for one in offices.store.dossiers(Asked(kind=ACT))]
    (actor,) = [one.actor for one in acts if one.operation == "submitApplication"]
    assert (actor.person_id, actor.acting_for, actor.mandate) == (SON, MOTHER, mandate_id)
    (told,) = done(offices.see("/applications", offices.mother))["items"]
    assert told["steps"][0]["for_another"]


@pytest.mark.parametrize("who", ["mother", "son"])
def test_either_side_ends_it_at_once_and_a_stranger_does_not(offices, who):
    mandate_id = done(give(offices, offices.mother))["mandate_id"]
    problem(offices.do(f"/mandates/{mandate_id}/end", offices.stranger), "SETTLEMENT_NOT_FOUND")

    told = done(offices.do(f"/mandates/{mandate_id}/end", getattr(offices, who)))

    assert told["state"] == "ended"
    problem(offices.see(BALANCES, offices.son, acting_for=MOTHER), "NOT_YOURS")
    problem(offices.do(f"/mandates/{mandate_id}/end", offices.mother), "SETTLEMENT_NOT_FOUND")


def test_a_helper_gives_no_mandate_on(offices):
    assert "mandates.write" not in HELPER_MAY
    done(give(offices, offices.mother))

    problem(give_on(offices, "accounts.read"), "SCOPE_MISSING")
    problem(give(offices, offices.mother, operations=["mandates.write"]), "MESSAGE_MALFORMED")


def give_on(offices, operation):
    body = {"holder": paper_of(STRANGER), "operations": [operation], "until": "2025-06-20T00:00:00+08:00"}
    return offices.do("/mandates", offices.son, body, acting_for=MOTHER)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"until": "2025-06-02T10:00:00+08:00"}, "until"),
        ({"until": "2027-06-02T10:00:00+08:00"}, "until"),
        ({"operations": ["people.read"]}, "operations"),
        ({"holder": paper_of(MOTHER)}, "holder"),
        ({"holder": paper_of(CHILD)}, "holder"),
    ],
)
def test_a_mandate_without_measure_is_refused(offices, more, field):
    assert problem(give(offices, offices.mother, **more), "MESSAGE_MALFORMED")["field"] == field


def test_a_guardian_of_a_minor_is_one_until_the_child_is_eighteen(offices):
    paper = offices.material(offices.son, "hukou")
    number = offices.applied(offices.son, kind="guardian", person=paper_of(CHILD), materials=[paper])
    done(offices.step(number, "claim", offices.clerk))
    done(offices.step(number, "decision", offices.clerk, {"approve": True}))

    (told,) = done(offices.see("/mandates", offices.child))["items"]
    assert (told["form"], told["until"]) == ("minor", "2030-03-01T00:00:00+08:00")  # born on a 29 February
    problem(offices.do(f"/mandates/{told['mandate_id']}/end", offices.child), "SETTLEMENT_NOT_FOUND")
    offices.now = datetime(2030, 2, 28, 23, 59, 59)
    assert offices.see("/accounts/3/balances", offices.son, acting_for=CHILD).status_code == 200
    offices.now = datetime(2030, 3, 1)
    problem(offices.see("/accounts/3/balances", offices.son, acting_for=CHILD), "NOT_YOURS")


def test_a_relatives_wallet_is_opened_for_him_with_papers(offices):
    offices.world.person(20, region="320200")
    papers = [offices.material(offices.son, paper) for paper in ("id_card", "kinship_proof")]
    wish = {"kind": "open_wallet", "person": paper_of(20), "relation": "parent"}
    number = offices.applied(offices.son, **wish, materials=papers)
    clerk = offices.staff("S20", "clerk", "320200")
    done(offices.step(number, "claim", clerk))
    told = problem(offices.step(number, "decision", clerk, {"approve": True}), "PROOF_MISSING")
    assert told["subject"] == "authorisation"

    paper = offices.material(offices.son, "authorisation")
    done(offices.step(number, "materials", offices.son, {"materials": [paper]}))
    done(offices.step(number, "decision", clerk, {"approve": True}))

    person = offices.store.read(Scope(people={20}), lambda books: books.registry.people[20])
    assert person.wallet_open


def test_a_counter_elsewhere_acts_for_who_stands_before_it_on_that_day(offices):
    body = {"person": paper_of(MOTHER), "how": "id_in_hand", "reason": "跨省通办"}
    problem(offices.see(BALANCES, offices.far_clerk, acting_for=MOTHER), "NOT_YOURS")
    problem(offices.do("/counter/presences", offices.reviewer, body), "NOT_YOUR_TASK")

    done(offices.do("/counter/presences", offices.far_clerk, body))

    assert offices.see(BALANCES, offices.far_clerk, acting_for=MOTHER).status_code == 200
    wish = {"kind": "change_phone", "phone": "13800000000"}
    told = done(offices.do("/applications", offices.far_clerk, wish, acting_for=MOTHER))
    assert (told["office"], told["steps"][0]["by"], told["steps"][0]["for_another"]) == ("440500", "S7", True)
    problem(offices.see(BALANCES, offices.clerk, acting_for=MOTHER), "NOT_YOURS")
    offices.now = datetime(2025, 6, 3)
    problem(offices.see(BALANCES, offices.far_clerk, acting_for=MOTHER), "NOT_YOURS")


def test_a_mandate_of_the_dead_is_none(offices):
    done(give(offices, offices.mother))

    done(offices.do(f"/people/{MOTHER}/death", offices.clerk))

    problem(offices.see(BALANCES, offices.son, acting_for=MOTHER), "NOT_YOURS")


@pytest.mark.parametrize("number", ["", "x", "-1", "1 ", "9" * 16, "٣"])
def test_a_header_that_names_nobody_lets_nobody_in(offices, number):
    answer = offices.get("/api/v1/bonds", offices.son, headers=[("acting-for", number)])

    assert problem(answer, "NOT_YOURS")["field"] == "Acting-For"


def test_who_acts_for_himself_needs_none_and_the_check_says_which_allows_it(offices):
    mandate_id = done(give(offices, offices.mother))["mandate_id"]
    son, stranger = (Actor(channel="app", person_id=one) for one in (SON, STRANGER))

    def asked(actor, operation, person):
        return offices.store.read(
            mandate_scope(MOTHER, SON), lambda books: may(books, actor, operation, person, offices.now)
        )

    assert asked(son, "bonds.write", SON) == son
    assert asked(son, "accounts.read", MOTHER).mandate == mandate_id
    assert asked(son, "bonds.write", MOTHER) is RequestFault.NOT_YOURS
    assert asked(stranger, "accounts.read", MOTHER) is RequestFault.NOT_YOURS


@pytest.mark.parametrize(
    ("born", "day"), [("2012-02-29", "2030-03-01"), ("2012-03-01", "2030-03-01"), ("2011-12-31", "2029-12-31")]
)
def test_eighteen_is_the_day_on_which_age_says_so(born, day):
    assert birthday(datetime.fromisoformat(born).date(), 18).isoformat() == day
