"""A life read as a statement: the same pages, balances and sums from every store."""

import tomllib
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.ledger.stretches import Point, Stretch, point_of
from gongji.rules.bundle import compile_book
from gongji.services.family import lives
from tests.contract.machine import FamilyMachine, whom
from tests.contract.people import COUSIN, DAUGHTER, FATHER, MORNING, NOON, family, give_back, settle
from tests.statement_checks import check_life

POLICIES = Path(__file__).parents[2] / "policies"
LATER = NOON + timedelta(days=40)


def move(store, at, recorded_at, amount_fen=1_00):
    """Turn so much of the father's carry-over into a pot, as something that fell due at `at`."""
    moves = {Account(FATHER, Pocket.CARRY_OVER): -amount_fen, Account(FATHER, Pocket.POT, DAUGHTER): amount_fen}

    def work(books):
        return books.ledger.append(EntryKind.ROLL, moves, book_id=FATHER, event_at=at, recorded_at=recorded_at)

    return store.run(Scope(people={FATHER}), work)


def ask(store, stretch):
    return store.consult(Scope(), lambda _, journal: journal.stretch_of(FATHER, stretch))


def test_entries_come_by_when_they_took_effect(store):
    bond_id = family(store)
    paid = store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))
    late = [move(store, NOON - timedelta(hours=1), LATER), move(store, NOON - timedelta(hours=1), LATER)]
    after = move(store, LATER, LATER)

    found = ask(store, Stretch(most=9))

    opening = found[0].entry_id
    assert [one.entry_id for one in found] == [opening, *(one.entry_id for one in late), paid.entry_id, after.entry_id]
    assert found[1] == late[0]
    assert ask(store, Stretch(most=9, newest_first=True)) == found[::-1]
    for count in range(1, 6):
        assert ask(store, Stretch(most=count)) == found[:count]
        assert ask(store, Stretch(most=count, newest_first=True)) == found[::-1][:count]
        place = point_of(found[count - 1])
        assert ask(store, Stretch(begin=place, most=9)) == found[count - 1 :]
        assert ask(store, Stretch(begin=place.behind, most=9)) == found[count:]
        assert ask(store, Stretch(end=place, most=9, newest_first=True)) == found[: count - 1][::-1]


def test_what_took_effect_before_counts_though_it_was_recorded_later(store):
    bond_id = family(store)
    store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))
    late = move(store, NOON, LATER)
    own, pot = Account(FATHER, Pocket.CARRY_OVER), Account(FATHER, Pocket.POT, DAUGHTER)

    def before(point):
        return store.consult(Scope(), lambda _, journal: journal.balances_before(FATHER, point))

    assert before(Point(MORNING)) == {}
    assert before(Point(NOON)) == {own: 100_00}
    assert before(point_of(late)) == {own: 70_00}
    assert before(point_of(late).behind) == before(Point(LATER)) == {own: 69_00, pot: 1_00}


def test_behind_an_entry_is_what_it_wrote_or_took_back(store):
    bond_id = family(store)
    one = store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))
    store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "two", 5_00, bond_id))
    back = store.run(
        Scope(people={DAUGHTER}, settlements={one.settle_id}), lambda books: give_back(books, one.settle_id, 10_00)
    )
    entries = ask(store, Stretch(most=9))

    def behind(number):
        chosen = [entry for entry in entries if entry.entry_id == number]
        return store.consult(Scope(), lambda _, journal: journal.behind(chosen))

    assert list(behind(one.entry_id).settlements) == [one.entry_id]
    assert behind(one.entry_id).refunds == {}
    assert behind(back.entry_id).refunds == {back.entry_id: back}
    assert behind(back.entry_id).settlements[one.entry_id].given_back == (10_00,)


def test_what_is_asked_of_the_journal_fits_the_books(store):
    family(store)

    def both(books, journal):
        return set(books.registry.people.rows), journal.balances_before(COUSIN, Point(NOON))

    people, lies = store.consult(Scope(people={COUSIN}), both)

    assert people == {COUSIN, FATHER}
    assert lies == {Account(COUSIN, Pocket.CARRY_OVER): 100_00}


def test_statements_of_any_life_add_up_in_postgresql(postgres_store):
    class InPostgres(FamilyMachine):
        make_store = staticmethod(lambda: postgres_store)
        book = compile_book({one.name: tomllib.loads(one.read_text("utf-8")) for one in POLICIES.glob("*.toml")})[0]

        @rule(person=whom)
        def die(self, person):
            number = self.base + person
            self.run((person,), lambda books: lives.die(books, self.book, number, self.now))

        def teardown(self):
            super().teardown()
            if hasattr(self, "store"):
                for person_id in self.numbers:
                    check_life(self.store, self.book, person_id, self.now)

    quick = settings(max_examples=2, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(InPostgres, settings=quick)
