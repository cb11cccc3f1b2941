"""From a row of the policy book to the ground of a refusal or a payment."""

from datetime import date

from gongji.domain.refusals import Ground
from gongji.rules.policybook import Row


def ground(row: Row, day: date, region: str, **figures: object) -> Ground:
    """Return the ground that `row`, read for `region` on `day`, gives; `figures` are what was compared."""
    return Ground(row.rule_id, region, day.isoformat(), tuple((name, str(value)) for name, value in figures.items()))
