"""Hospital stays that go on, one a person; visits by time; e-credential codes used once. On every store."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.requests import Scope
from gongji.registry.records import CodeUse, Visit
from gongji.services.store import Books, StaleError
from tests.contract.people import DAUGHTER, FATHER, MORNING, NOON, family, put_person

DIGEST = b"\x00\xff" * 16
STAYS = Scope(stays={"P12"})
"""Names the stay of the daughter."""


def visit(visit_id: str, book_id: int = DAUGHTER, **other: object) -> Visit:
    return replace(
        Visit(visit_id=visit_id, book_id=book_id, institution="H1", reference="M1", begun_at=MORNING, insutype="310"),
        **other,
    )


def enter(store, *visits: Visit, scope: Scope | None = None) -> None:
    def work(books: Books) -> None:
        for each in visits:
            books.registry.visits.put(each.visit_id, each)

    store.run(scope or Scope(visits={each.visit_id for each in visits}), work)


def stays(store, scope=STAYS):
    return store.read(scope, lambda books: set(books.registry.visits.rows))


@pytest.fixture(autouse=True)
def people(store):
    family(store)


# Stays.


def test_the_stay_that_goes_on_is_found_by_its_patient(store):
    enter(store, visit("v1", in_hospital=True), visit("v2"), visit("v3", FATHER, in_hospital=True))

    assert stays(store) == {"v1"}
    assert store.read(STAYS, lambda books: books.registry.visits["v1"]) == visit("v1", in_hospital=True)
    assert store.read(STAYS, lambda books: dict(books.registry.directory)) == {("psn_no", "P12"): DAUGHTER}
    assert stays(store, Scope(stays={"P12", "P11"})) == {"v1", "v3"}
    assert stays(store, Scope(stays={"P13", "P99"})) == set()
    assert stays(store, Scope(people={DAUGHTER}, certificates={("psn_no", "P12")})) == set()


@pytest.mark.parametrize("end", [{"in_hospital": False, "ended_at": NOON}, {"cancelled": True}])
def test_a_stay_that_is_over_is_not_found_and_makes_room_for_another(store, end):
    enter(store, visit("v1", in_hospital=True))

    enter(store, replace(visit("v1", in_hospital=True), **end))

    assert stays(store) == set()
    enter(store, visit("v2", in_hospital=True))
    assert stays(store) == {"v2"}


def test_the_second_of_two_admissions_at_once_is_told_to_look_again(store):
    enter(store, visit("v1", in_hospital=True))

    with pytest.raises(StaleError):  # its scope does not name the stay, as if it had been loaded before the first wrote
        enter(store, visit("v2", in_hospital=True))

    assert stays(store) == {"v1"}
    assert stays(store, Scope(visits={"v2"})) == set()


def test_a_discharge_and_the_next_admission_fit_into_one_batch(store):
    enter(store, visit("v2", in_hospital=True))

    enter(store, visit("v2", ended_at=NOON), visit("v1", in_hospital=True))

    assert stays(store) == {"v1"}


def test_two_stays_may_change_places_in_one_batch(store):
    enter(store, visit("v1", ended_at=NOON), visit("v2", in_hospital=True))

    enter(store, visit("v1", in_hospital=True), visit("v2", cancelled=True, in_hospital=True))

    assert stays(store) == {"v1"}


def test_a_discharge_is_not_taken_back_while_another_stay_goes_on(store):
    enter(store, visit("v1", ended_at=NOON))
    enter(store, visit("v2", in_hospital=True))

    with pytest.raises(StaleError):
        enter(store, visit("v1", in_hospital=True))

    assert stays(store) == {"v2"}


# Visits by time.


def test_the_visits_of_a_person_come_in_order_of_time_without_the_cancelled(store):
    first, same, last = visit("b"), visit("B"), visit("a", begun_at=NOON, told={"dr_name": "医师"}, in_hospital=True)
    enter(store, last, first, same, visit("c", cancelled=True), visit("d", FATHER))

    assert store.visits_of(DAUGHTER) == [same, first, last]
    assert store.visits_of(DAUGHTER, since=MORNING, until=NOON) == [same, first]
    assert store.visits_of(DAUGHTER, since=NOON) == [last]
    assert store.visits_of(DAUGHTER, until=MORNING) == []


# Codes.


def use(store, code: CodeUse, scope: Scope | None = None) -> None:
    store.run(scope or Scope(codes={DIGEST}), lambda books: books.registry.codes.put(code.digest, code))


def used(store):
    return store.read(Scope(codes={DIGEST, b"other"}), lambda books: books.registry.codes.get(DIGEST))


CODE = CodeUse(digest=DIGEST, book_id=DAUGHTER, visit_id="v1", used_at=NOON)


def test_a_code_nobody_used_is_not_there(store):
    assert used(store) is None


def test_a_used_code_is_found_by_its_digest_and_brings_nobody_along(store):
    use(store, CODE)

    assert used(store) == CODE
    assert store.read(Scope(codes={DIGEST}), lambda books: len(books.registry.people)) == 0


def test_a_code_pays_once(store):
    use(store, CODE)
    use(store, replace(CODE, spent_by="m1"))

    with pytest.raises(StaleError):
        use(store, replace(CODE, spent_by="m2"))

    assert used(store) == replace(CODE, spent_by="m1")


def test_a_code_used_by_two_at_once_serves_the_first(store):
    use(store, CODE)

    with pytest.raises(StaleError):  # its scope does not name the code, as if it had been loaded before the first wrote
        use(store, replace(CODE, visit_id="v2", spent_by="m2"), Scope())

    assert used(store) == CODE


@pytest.mark.parametrize("other", [{"visit_id": "v2"}, {"book_id": FATHER}, {"used_at": NOON + timedelta(days=1)}])
def test_a_used_code_changes_by_nothing_but_what_it_paid(store, other):
    use(store, CODE)

    with pytest.raises(StaleError):
        use(store, replace(CODE, spent_by="m1", **other))

    assert used(store) == CODE


def test_a_code_of_a_batch_that_was_taken_back_is_unused(store):
    def work(books: Books) -> None:
        mark = books.mark()
        books.registry.codes.put(DIGEST, CODE)
        books.rewind(mark)
        put_person(books, 15)

    store.run(Scope(codes={DIGEST}), work)

    assert used(store) is None
