"""划入 and 计息: what is paid into a personal account month by month, and when its year ends."""

from datetime import date

from gongji.domain.insured import Insured, Work
from gongji.domain.money import BASIS, portion
from gongji.rules.policybook import RegionDay
from gongji.rules.schema import Crediting, Interest


def credit_for(person: Insured, base_fen: int | None, rules: RegionDay, day: date, *, months: int = 1) -> int | None:
    """Return the fen credited for so many months, half a fen rounded up; None where rule or figure is unknown.

    The retired get a fixed sum by age, the others a share of their base; a person without an account gets nothing.
    """
    if not person.account:
        return 0
    terms: Crediting | None = rules.value("crediting")
    if terms is None:
        return None
    if person.work is Work.RETIRED:
        fitting = [item for item in terms.retired if person.age(day) >= item.age_from and not item.formerly_flexible]
        return months * max(fitting, key=lambda item: item.age_from).fen_per_month if fitting else None
    if base_fen is None:
        return None
    flexible = person.work is Work.FLEXIBLE and terms.flexible_bp is not None
    return portion(
        months * base_fen, terms.flexible_bp if flexible and terms.flexible_bp is not None else terms.active_bp
    )


def interest_for_year(current_year_fen: int, carry_over_fen: int, rules: RegionDay) -> int:
    """Return the fen of interest on what lies in the two pockets when the account year ends.

    Both are reckoned together and rounded once, half a fen up. A rate that is unknown earns nothing.
    """
    terms: Interest | None = rules.value("interest")
    if terms is None:
        return 0
    earned = current_year_fen * (terms.current_year_bp or 0) + carry_over_fen * (terms.carry_over_bp or 0)
    return (2 * earned + BASIS) // (2 * BASIS)
