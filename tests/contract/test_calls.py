"""Calls at a kiosk in both stores: before the office where the machine stands, taken by one, with the time of each."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.dossiers import opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.acts import Actor
from gongji.services.office import calls
from gongji.services.office.calls import CALL, OPEN, Call, call_scope, calls_scope
from gongji.services.office.presences import Standing, stand_before
from tests.national_world import NOW, World

HERE, FAR = "320200", "650100"
CLERK = Actor(channel="desk", role="clerk", clerk="王", staff_no="S1", office=HERE)
OTHER = replace(CLERK, staff_no="S2")
FAR_CLERK = replace(CLERK, staff_no="S9", office=FAR)
REVIEWER = replace(CLERK, role="reviewer", staff_no="S3")


@pytest.fixture
def call(store):
    World(store).person(1, region=FAR)
    return put(store, "secret", 1, office=HERE)


def put(store, secret, person=0, at=NOW, office=""):
    people = [person] if person else []
    return store.run(
        call_scope(secret, *people), lambda books: calls.put_call(books, secret, person, at, office=office)
    )


def step(store, call, name, actor=CLERK, at=NOW):
    scope = calls_scope(call.call_id, people=(1,))
    return store.run(scope, lambda books: calls.step(books, actor, call.call_id, name, at))


def line(store, office):
    return [one.dossier_id for one in store.dossiers(Asked(kind=CALL, office=office, states=OPEN))]


def test_a_call_stands_before_the_office_of_the_machine_or_else_of_the_person(store, call):
    elsewhere, nobody = put(store, "another", 1), put(store, "nobody")

    assert line(store, HERE) == [call.call_id]
    assert line(store, FAR) == [elsewhere.call_id]
    assert line(store, calls.ANYWHERE) == [nobody.call_id]


def test_one_takes_it_and_says_when_he_has_been_there(store, call):
    assert step(store, call, "answer") is RequestFault.CHANGED_MEANWHILE
    taken = step(store, call, "take", at=NOW + timedelta(minutes=2))
    assert (taken.state, taken.holder) == ("taken", "S1")
    assert step(store, call, "take", OTHER) is RequestFault.CHANGED_MEANWHILE
    assert step(store, call, "take") is RequestFault.CHANGED_MEANWHILE
    assert step(store, call, "answer", OTHER) is RequestFault.CHANGED_MEANWHILE
    assert step(store, call, "release").state == "waiting"
    assert step(store, call, "take", OTHER).holder == "S2"

    over = step(store, call, "answer", OTHER, NOW + timedelta(minutes=9))

    assert (over.state, line(store, HERE)) == ("answered", [])
    dossier = store.read(Scope(dossiers={call.call_id}), lambda books: books.dossiers.get(call.call_id))
    steps = [(one.what, one.actor.officer, one.at) for one in opened(dossier, Call).steps]
    assert steps == [
        ("taken", "S1", NOW + timedelta(minutes=2)),
        ("released", "S1", NOW),
        ("taken", "S2", NOW),
        ("answered", "S2", NOW + timedelta(minutes=9)),
    ]
    assert store.faults() == []


def test_another_office_another_role_and_another_day_have_no_part_in_it(store, call):
    assert step(store, call, "take", FAR_CLERK) is RequestFault.NOT_YOUR_TASK
    assert step(store, call, "take", REVIEWER) is RequestFault.NOT_YOUR_TASK
    assert isinstance(step(store, call, "take", at=NOW + timedelta(days=1)), Refused)
    assert isinstance(step(store, replace(call, call_id="call-of-nobody"), "take"), Refused)
    assert step(store, put(store, "nobody"), "take", FAR_CLERK).state == "taken"  # before every desk


def test_who_was_made_sure_of_goes_on_whether_the_call_was_closed_or_not(store, call):
    step(store, call, "take")
    asked = Standing(at=NOW, person_id=1, how="id_in_hand", reason=f"自助机 {call.number}")
    store.run(asked.scope, lambda books: stand_before(books, CLERK, asked))
    step(store, call, "answer")

    store.run(call_scope("secret", 1), lambda books: calls.serve(books, "secret"))

    found = store.read(call_scope("secret", 1), lambda books: calls.call_of(books, "secret", NOW))
    assert (found.state, found.holder) == ("served", "S1")
