"""划入: what is paid into a personal account, month by month."""

from datetime import date

from gongji.domain.insured import Insured, Work
from gongji.domain.money import portion
from gongji.rules.policybook import RegionDay
from gongji.rules.schema import Crediting


def credit_per_month(person: Insured, base_fen: int | None, rules: RegionDay, day: date) -> int | None:
    """Return the fen credited for one month, half a fen rounded up; None where the rule or the figure is unknown.

    The retired get a fixed sum by age, the others a share of their base; a person without an account gets nothing.
    """
    if not person.account:
        return 0
    terms: Crediting | None = rules.value("crediting")
    if terms is None:
        return None
    if person.work is Work.RETIRED:
        fitting = [item for item in terms.retired if person.age(day) >= item.age_from and not item.formerly_flexible]
        return max(fitting, key=lambda item: item.age_from).fen_per_month if fitting else None
    if base_fen is None:
        return None
    flexible = person.work is Work.FLEXIBLE and terms.flexible_bp is not None
    return portion(base_fen, terms.flexible_bp if flexible and terms.flexible_bp is not None else terms.active_bp)
