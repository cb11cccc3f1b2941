"""What the database is sent holds in its columns, whatever a message says: the short run of damaged messages."""

import pytest

from tests.national_fuzz import Fuzz, fuzzed


@pytest.mark.parametrize("seed", range(2))
def test_no_message_breaks_the_door_before_a_database(seed, postgres_store, caplog):
    fuzzed(Fuzz(seed, postgres_store), 1_500, caplog)
