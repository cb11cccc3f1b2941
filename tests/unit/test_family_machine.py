"""The family machine on the store in memory."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from gongji.services.store import MemoryStore
from tests.contract.machine_back import MoneyBackMachine


def test_a_family_cannot_lose_a_fen_in_memory(book):
    class InMemory(MoneyBackMachine):
        pass

    InMemory.make_store = staticmethod(MemoryStore)
    InMemory.book = book
    quick = settings(max_examples=150, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(InMemory, settings=quick)
