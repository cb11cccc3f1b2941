"""No change of the code changes a decision: random bills under random rules come out as they always did.

A digest here may change only together with `KERNEL`, when the same input is meant to be decided otherwise.
"""

import pytest

from tests.random_decisions import digest_of

BILLS = 2500
DIGESTS = {
    "a": "b0d805bcd755c93b85603031a26d46c32f0fd9657189ace506ed4e7582628834",
    "b": "42c1a9f505e2e13ad55a727176991c53800017840b3db4eeb11c35256bdeb622",
    "c": "7bb31af532b4f0720533b0e2acdefd0c149781a687c57252ec6ef4b7a2cbf78b",
    "d": "d552b4becb3126521e533624215632a0468a4aa711b0ce7f11779089c43d7f3b",
    "e": "e0e380968293deae5d4f91995835ea5be9ac72f93363ed730f2c61fbb8e198bd",
    "f": "7342326631995122160f92135c4ceb508e5f652258b11794a826c7f87fbcb68f",
    "g": "bd936aa76cd58f1053947d804549bcac1a073125811d85925b381137bdfaabd5",
    "h": "0a4da80f3076a656afa3f8a04c0f3a4f5dda14ce1abe722e25107873fb162ff4",
}


@pytest.mark.parametrize("seed", DIGESTS)
def test_every_bill_is_decided_as_it_always_was(seed):
    assert digest_of(seed, BILLS) == DIGESTS[seed]
