"""Presences at a counter, on both stores: a clerk's word opens the records, and a fresh check alone moves money."""

import msgspec
import pytest
from msgspec.structs import replace

from gongji.channels.api.openapi_file import document
from gongji.domain.faults import RequestFault
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.acts import ACT, Act, Actor
from gongji.services.office.mandates import COUNTER_MAY
from gongji.services.office.presences import CHECKED, unchecked
from tests.api_walk import operations
from tests.api_world import ApiWorld, problem
from tests.review_world import MOTHER, SON, Offices, done, paper_of

UNMOVED = {
    "setRank": "the order of those who pay, not what they pay",
    "pauseBond": "nothing is paid while a bond rests",
    "withdrawInvitation": "an invitation is no bond yet",
    "sendInvitationAgain": "another link, for the same relative",
    "setDetails": "what is shown of bills",
    "addMaterials": "papers, for a matter that is reviewed",
    "appealApplication": "a matter that is reviewed",
    "handInMaterial": "by this a check becomes possible",
    "submitApplication": "a matter that is reviewed",
    "withdrawApplication": "a matter that ends as it began",
    "speakInspection": "words",
    "appealInspection": "words",
    "endMandate": "takes away, and gives nothing",
    "lookAtMaterial": "the staff's own act, with a reason",
    "refundPremium": "the office's own act: it needs nobody before it",
    "quoteBill": "a quote moves no money",
    "markNoticeRead": "a notice",
    "markNoticesRead": "notices",
    "setPreferences": "how things are shown",
    "remindOfTransfer": "the same notice once more",
    "remindOfInvitation": "the same notice once more",
    "chooseEndingReminder": "a notice on a day",
}
"""What a clerk may write on his word alone for one who stands before him, and why."""


@pytest.fixture
def offices(store):
    with Offices(store) as found:
        found.world.bond(SON, MOTHER)
        yield found
        assert found.store.faults() == []


def stand(offices, **more):
    body = {"person": paper_of(SON), "how": "id_in_hand", "reason": "本人到窗口"} | more
    return offices.do("/counter/presences", offices.clerk, body)


def end(offices, **more):
    (bond,) = done(offices.see("/bonds", offices.clerk, acting_for=SON))["items"]
    return offices.do(f"/bonds/{bond['bond_id']}/ending", offices.clerk, acting_for=SON, **more)


def code_of(offices, person=SON):
    return offices.world.token(person, offices.now)


def taken_in(offices, paper="id_card", clerk=None):
    return offices.material(clerk or offices.clerk, paper, acting_for=SON)


def test_on_his_word_alone_a_clerk_sees_and_ends_nothing(offices):
    told = done(stand(offices))

    answer = problem(end(offices), "PROOF_TOO_OLD")

    assert told["checked_by"] is None
    assert (answer["status"], answer["field"]) == (401, "Acting-For")
    assert done(offices.see("/accounts/1/balances", offices.clerk, acting_for=SON))["person_id"] == SON
    assert done(offices.see("/bonds", offices.son))["items"][0]["state"] == "active"


def test_a_code_that_was_shown_is_a_check_and_is_used_up_by_it(offices):
    code = code_of(offices)
    told = done(stand(offices, code=code))

    ended = end(offices)

    assert told["checked_by"] == "code"
    assert ended.status_code == 200
    assert problem(stand(offices, code=code), "CREDENTIAL_NOT_ACTIVE")["subject"] == "code_used"
    acts = [msgspec.json.decode(one.content, type=Act) for one in offices.store.dossiers(Asked(kind=ACT))]
    (actor,) = [one.actor for one in acts if one.operation == "endBond"]
    assert (actor.acting_for, actor.mandate) == (SON, told["mandate_id"])


def test_another_s_code_an_old_one_and_no_code_show_nothing(offices):
    old = code_of(offices)
    offices.later(minutes=10)

    problem(stand(offices, code=code_of(offices, MOTHER)), "NOT_OWN_CREDENTIAL")
    problem(stand(offices, code="x" * 50), "NOT_OWN_CREDENTIAL")
    assert problem(stand(offices, code=old), "CREDENTIAL_NOT_ACTIVE")["subject"] == "code_expired"
    problem(offices.see("/bonds", offices.clerk, acting_for=SON), "NOT_YOURS")


def test_a_paper_that_this_clerk_has_just_taken_in_is_a_check(offices):
    done(stand(offices))
    paper = taken_in(offices)

    told = done(stand(offices, material=paper))

    assert told["checked_by"] == "material"
    assert end(offices).status_code == 200


def test_a_paper_of_another_kind_person_or_clerk_or_an_old_one_is_none(offices):
    done(stand(offices))
    invoice, card = taken_in(offices, "invoice"), taken_in(offices)
    of_the_son = offices.material(offices.son, "id_card")
    of_the_mother = offices.material(offices.mother, "id_card")

    for paper in (invoice, of_the_son):
        assert problem(stand(offices, material=paper), "PROOF_MISSING")["subject"] == "material"
    problem(stand(offices, material=of_the_mother), "SETTLEMENT_NOT_FOUND")
    problem(stand(offices, material="material-999"), "SETTLEMENT_NOT_FOUND")
    offices.later(minutes=30)
    problem(stand(offices, material=card), "PROOF_MISSING")


@pytest.mark.parametrize(("minutes", "seconds", "holds"), [(30, 0, True), (30, 1, False)])
def test_a_check_holds_for_half_an_hour(offices, minutes, seconds, holds):
    done(stand(offices, code=code_of(offices)))
    offices.later(minutes=minutes, seconds=seconds)

    answer = end(offices)

    assert (answer.status_code == 200) is holds
    if not holds:
        problem(answer, "PROOF_TOO_OLD")
        done(stand(offices, code=code_of(offices)))
        done(end(offices))


def test_a_fresh_check_is_not_lost_by_standing_there_once_more(offices):
    checked = done(stand(offices, code=code_of(offices)))
    done(stand(offices))

    done(end(offices))

    acts = [msgspec.json.decode(one.content, type=Act) for one in offices.store.dossiers(Asked(kind=ACT))]
    (actor,) = [one.actor for one in acts if one.operation == "endBond"]
    assert actor.mandate == checked["mandate_id"]


def test_what_was_done_with_a_check_is_answered_again_after_it(offices):
    done(stand(offices, code=code_of(offices)))
    first = end(offices, key="e")
    offices.later(hours=2)

    done(stand(offices))
    again = offices.do("/bonds/1/ending", offices.clerk, acting_for=SON, key="e")

    assert (first.status_code, again.content) == (200, first.content)


def test_in_a_sandbox_the_clerk_s_word_is_a_check_and_is_called_one(offices):
    offices.clerk = offices.identity.let_in(
        0, role="clerk", clerk="甲", staff_no="X1", office="440500", client="desk", sandbox=True,
        scopes=frozenset({"people.read", *COUNTER_MAY}),
    )  # fmt: skip

    told = done(stand(offices))

    assert told["checked_by"] == "sandbox"
    done(end(offices))


OPERATIONS = {one.name: one for one in operations(ApiWorld().app)}


def test_whatever_a_clerk_may_write_for_somebody_is_named_with_its_reason():
    made = document(ApiWorld().app)
    scopes = {
        told["operationId"]: {name for one in told.get("security", ()) for several in one.values() for name in several}
        for several in made["paths"].values()
        for told in several.values()
    }
    reachable = {
        name for name, one in OPERATIONS.items() if one.writes and scopes[name] and scopes[name] <= COUNTER_MAY
    }

    assert reachable == set(CHECKED) | set(UNMOVED)
    assert not set(CHECKED) & set(UNMOVED)


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_each_of_them_wants_a_check_of_who_acts_for_another_at_a_counter_alone(offices, name):
    word, check = (done(stand(offices, **more))["mandate_id"] for more in ({}, {"code": code_of(offices)}))
    clerk = Actor(channel="desk", role="clerk", clerk="同名", staff_no="S1", acting_for=SON)

    def asked(actor, mandate_id=""):
        several = Scope(dossiers={mandate_id} - {""})
        there = replace(actor, mandate=mandate_id)
        return offices.store.read(several, lambda books: unchecked(books, there, name, offices.now))

    assert asked(clerk, word) is asked(clerk) is RequestFault.PROOF_TOO_OLD
    assert asked(clerk, check) is None
    assert asked(replace(clerk, acting_for=0)) is None
    assert asked(Actor(channel="city-app", person_id=MOTHER, acting_for=SON)) is None
