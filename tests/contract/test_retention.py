"""What is kept for a time only is forgotten then, a portion at a time; nothing else can be deleted at all."""

from datetime import timedelta

import psycopg
import pytest
from msgspec.structs import replace
from psycopg import errors

from gongji.domain.dossiers import PERISHABLE, Dossier
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.gateways.connections import open_connection
from gongji.registry.records import CodeUse
from gongji.services.access.sessions import (
    CODE_LIFE,
    SESSION_LIFE,
    Session,
    Who,
    agreed,
    begin,
    code_scope,
    consent_of,
    put_code,
    session_of,
    session_scope,
)
from gongji.services.acts import ACT
from gongji.services.family.consents import CONSENT
from gongji.services.office.application_kinds import APPLICATION
from gongji.services.office.looks import LOOK
from gongji.services.office.mandates import MANDATE
from gongji.services.retention import KEPT, USED_CODES, sweep
from gongji.services.store import RecordRefusedError, StaleError
from tests.contract.people import DAUGHTER, FATHER, NOON
from tests.contract.test_sessions import CONSENT as AGREED

DAY = timedelta(days=1)
FOR_EVER = [ACT, LOOK, CONSENT, MANDATE, APPLICATION, "session2", ""]


def filed(store, kind, *ages, now=NOON, parties=(FATHER, DAUGHTER)):
    """File dossiers of those ages, numbered from 1 on."""

    def work(books):
        for number, age in enumerate(ages, 1):
            books.dossiers.put(Dossier(dossier_id=f"{kind}-{number}", kind=kind, made_at=now - age, parties=parties))

    store.run(Scope(), work)


def ids(store, kind, **more):
    return [one.dossier_id for one in store.dossiers(Asked(kind=kind, **more))]


def test_the_oldest_go_first_a_portion_at_a_time(store):
    filed(store, "signin", 5 * DAY, 4 * DAY, 3 * DAY, DAY)

    gone = [store.forget("signin", NOON - 2 * DAY, 2) for _ in range(3)]

    assert gone == [2, 1, 0]
    assert ids(store, "signin") == ["signin-4"]
    assert ids(store, "signin", party=FATHER) == ["signin-4"]
    assert store.read(Scope(dossiers_of={("signin", DAUGHTER)}), lambda books: len(books.dossiers.dossiers)) == 1


def test_what_was_made_at_that_very_moment_stays(store):
    filed(store, "code", 2 * DAY)

    assert store.forget("code", NOON - 2 * DAY, 9) == 0
    assert store.forget("code", NOON - 2 * DAY + timedelta(microseconds=1), 9) == 1


def test_a_kind_is_forgotten_alone(store):
    filed(store, "code", 9 * DAY)
    filed(store, "link", 9 * DAY)

    assert store.forget("code", NOON, 9) == 1
    assert ids(store, "link") == ["link-1"]


@pytest.mark.parametrize("kind", FOR_EVER)
def test_what_stays_on_record_cannot_be_deleted(store, kind):
    if kind:
        filed(store, kind, 9999 * DAY)

    with pytest.raises(RecordRefusedError, match="stay for ever"):
        store.forget(kind, NOON, 9)

    assert not kind or ids(store, kind) == [f"{kind}-1"]
    filed(store, "code", 9 * DAY)
    assert store.forget("code", NOON, 9) == 1, "the store goes on"


@pytest.mark.parametrize("kind", FOR_EVER)
def test_the_database_itself_refuses_whoever_asks_as_the_program(postgres_store, clean_database, kind):
    filed(postgres_store, "act", 9999 * DAY)

    with open_connection(clean_database) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("SELECT gongji.forget_dossiers(%s, '2999-01-01', 9)", [kind])


def test_the_database_and_the_program_have_one_list(postgres_store, clean_database):
    filed(postgres_store, "act", DAY)

    with psycopg.connect(clean_database) as connection:
        (made,) = connection.execute("SELECT pg_get_functiondef('gongji.forget_dossiers'::regproc)").fetchone() or ("",)

    listed = made.partition("NOT IN (")[2].partition(")")[0]
    assert {one.strip(" '") for one in listed.split(",")} == PERISHABLE
    assert set(KEPT) == PERISHABLE | {USED_CODES}


def test_what_is_changed_by_somebody_meanwhile_is_not_written_over_a_gap(postgres_store):
    filed(postgres_store, "signin", 9 * DAY)
    named = Scope(dossiers={"signin-1"})

    def work(books):
        books.dossiers.put(replace(books.dossiers.get("signin-1"), state="over"))

    thought = postgres_store.think(named, work)
    assert postgres_store.forget("signin", NOON, 9) == 1

    with pytest.raises(StaleError):
        thought.settle()
    assert postgres_store.read(named, lambda books: books.dossiers.get("signin-1")) is None


def test_an_id_that_was_forgotten_may_come_again(store):
    filed(store, "link", 9 * DAY)
    store.forget("link", NOON, 9)
    filed(store, "link", DAY)

    assert ids(store, "link", party=DAUGHTER) == ["link-1"]


def test_what_changed_is_told_without_what_was_forgotten(store):
    filed(store, "session", 9 * DAY, DAY)
    store.forget("session", NOON - 2 * DAY, 9)

    assert [one.dossier_id for _, one in store.changed_dossiers(["session"], 0, 9)] == ["session-2"]


# The sweep.


def test_each_kind_goes_when_its_time_is_over_and_not_before(store):
    second = timedelta(seconds=1)
    for kind in PERISHABLE:
        filed(store, kind, KEPT[kind] + second, KEPT[kind])
    filed(store, ACT, 9999 * DAY)

    more = sweep(store, NOON, 2)

    assert not more
    assert {kind: ids(store, kind) for kind in PERISHABLE} == {kind: [f"{kind}-2"] for kind in PERISHABLE}
    assert ids(store, ACT) == ["act-1"]


def test_a_sweep_tells_whether_there_may_be_more(store):
    filed(store, "code", 9 * DAY, 8 * DAY, 7 * DAY)

    assert [sweep(store, NOON, 2) for _ in range(2)] == [True, False]


def test_uses_of_codes_are_forgotten_long_after_the_codes_have_run_out(store):
    def work(books):
        for number, age in enumerate((KEPT[USED_CODES] + DAY, DAY)):
            digest = bytes([number]) * 32
            use = CodeUse(digest=digest, book_id=DAUGHTER, visit_id=f"v{number}", used_at=NOON - age)
            books.registry.codes.put(digest, use)

    store.run(Scope(), work)
    sweep(store, NOON)

    names = Scope(codes={bytes(32), b"\1" * 32})
    found = store.read(names, lambda books: [code.visit_id for code in books.registry.codes])
    assert found == ["v1"]


def test_no_session_that_goes_on_is_ever_forgotten(store):
    who = Who(role="citizen", person_id=FATHER)
    session = Session(client_id="app", who=who, scopes=(), until=NOON + SESSION_LIFE)
    store.run(Scope(), lambda books: begin(books, "1", session, NOON))
    last = NOON + SESSION_LIFE - timedelta(seconds=1)

    sweep(store, last)

    assert store.read(session_scope("1"), lambda books: session_of(books, "1", last)) == session


def test_a_code_that_was_forgotten_is_good_for_nothing(store):
    store.run(code_scope("c"), lambda books: put_code(books, "c", AGREED, NOON))
    later = NOON + KEPT["code"] + timedelta(seconds=1)

    sweep(store, later)

    found = store.read(code_scope("c"), lambda books: consent_of(books, "c", AGREED.client_id, later))
    assert found is None
    assert KEPT["code"] > CODE_LIFE
    assert agreed(AGREED, NOON).until - NOON < KEPT["session"]
