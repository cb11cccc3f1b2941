"""Statements of a family that tried everything add up to the fen, turns of the year and late bookings included."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from gongji.services.family import lives
from gongji.services.store import MemoryStore
from tests.contract.machine import FamilyMachine, whom
from tests.statement_checks import check_life


class WrittenLives(FamilyMachine):
    """The family machine, in which insurances end and people die too, read as statements when all is over."""

    @rule(person=whom)
    def end_insurance(self, person):
        number = self.base + person
        self.run((person,), lambda books: lives.end_insurance(books, self.book, number, self.now))

    @rule(person=whom)
    def die(self, person):
        number = self.base + person
        self.run((person,), lambda books: lives.die(books, self.book, number, self.now))

    def teardown(self):
        super().teardown()
        if hasattr(self, "store"):
            for person_id in self.numbers:
                check_life(self.store, self.book, person_id, self.now)


def test_statements_of_any_life_add_up(book):
    class InMemory(WrittenLives):
        make_store = staticmethod(MemoryStore)

    InMemory.book = book
    quick = settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(InMemory, settings=quick)
