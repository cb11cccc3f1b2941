"""计息 where a region's documents give one rate, or none."""

from gongji.rules.crediting import interest_for_year
from tests.made_up_rules import rules_of


def test_a_rate_of_interest_that_nobody_knows_earns_nothing():
    assert interest_for_year(10**9, 10**6, rules_of(interest={"carry_over_bp": 100})) == 10_000
    assert interest_for_year(10**6, 10**9, rules_of(interest={"current_year_bp": 50})) == 5_000
    assert interest_for_year(10**9, 10**9, rules_of(interest="unknown")) == 0
