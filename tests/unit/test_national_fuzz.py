"""Whatever is sent: an answer in the caller's format, no exception, and nothing written unless it was accepted."""

import pytest

from gongji.domain.account import OWNED
from tests.national_fuzz import Fuzz, fuzzed

ROUND = 2_000
"""Messages to one world, so that it stays small."""


def fuzz_worlds(seeds, caplog):
    for seed in seeds:
        fuzz = Fuzz(seed)
        fuzzed(fuzz, ROUND, caplog)
        pockets = fuzz.world.store.ledger.pockets.rows
        assert all(one.balance_fen >= 0 for account, one in pockets.items() if account.pocket in OWNED)


@pytest.mark.parametrize("part", range(10))
def test_a_hundred_thousand_messages_do_not_break_the_door(part, caplog):
    fuzz_worlds(range(5 * part, 5 * part + 5), caplog)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
def test_a_million_messages_do_not_break_the_door(part, caplog):
    fuzz_worlds(range(1_000 + 25 * part, 1_025 + 25 * part), caplog)
