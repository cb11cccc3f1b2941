"""The family machine on a real PostgreSQL."""

import tomllib
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from gongji.rules.bundle import compile_book
from gongji.services.store import Store
from tests.contract.machine_back import MoneyBackMachine

POLICIES = Path(__file__).parents[2] / "policies"


def test_a_family_cannot_lose_a_fen_in_postgresql(postgres_store: Store):
    class InPostgres(MoneyBackMachine):
        pass

    files = {file.name: tomllib.loads(file.read_text(encoding="utf-8")) for file in POLICIES.glob("*.toml")}
    InPostgres.make_store = staticmethod(lambda: postgres_store)
    InPostgres.book = compile_book(files)[0]
    quick = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(InPostgres, settings=quick)
