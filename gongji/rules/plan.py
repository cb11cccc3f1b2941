"""What the rows of one region-day come to for a settlement: flags, sums, sets and rule ids, worked out once.

Nothing is decided here: a plan only spares the decision the walk through the rows, which stay the ground of a refusal.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from gongji.domain.bill import Place, Visit
from gongji.domain.insured import Insurance
from gongji.rules.schema import Benefits, Cap, MedicalYear, Order, Pays, Relatives, Schedule, Tier, UseCap

SCHEMES: Final = tuple(Insurance)
PLACES: Final = tuple(Place)


class Ruled(Protocol):
    """What a plan reads of a row."""

    @property
    def rule_id(self) -> str:
        """Return the name of the row."""
        ...

    @property
    def state(self) -> str:
        """Return "value", or the kind of its absence."""
        ...

    @property
    def value(self) -> Any:
        """Return the value, None where there is none."""
        ...


class Plan:
    """The plan of one region-day. What is None is not in force, unknown or without limit; ids are names of rows.

    `kinds` tells by insurance and place what shared money may buy; `drawn_by` are the rows behind every instant draw.
    `schedules` tells by visit and insurance which schedules may fit. Immutable by custom.
    """

    __slots__ = (
        "cap",
        "carry_over_only",
        "counts_shared",
        "drawn_by",
        "kinds",
        "medical_year",
        "one_sharer",
        "order",
        "own_first",
        "own_must_be_empty",
        "paid_by",
        "pays",
        "pot",
        "relatives",
        "schedules",
        "shares_freely",
        "shares_quotas",
        "stay_by_discharge",
        "swipe_minutes",
        "tiers",
        "use_cap",
        "wallet_by",
        "wallet_relatives",
        "without_pay_mode",
    )

    def __init__(self, rows: Mapping[str, Ruled]) -> None:
        """Read `rows`, one for each rule of the register."""
        tier: Tier | None = rows["sharer_tier"].value
        relatives: Relatives | None = rows["relatives"].value
        wallet_relatives: Relatives | None = rows["wallet_relatives"].value
        stay_year = rows["stay_year"].value
        swipe = rows["second_swipe"].value
        self.pays: Pays = rows["pays"].value
        self.cap: Cap | None = rows["cap"].value
        self.order: Order | None = rows["order"].value
        self.use_cap: UseCap | None = rows["use_cap"].value
        self.medical_year: MedicalYear | None = rows["medical_year"].value
        self.tiers = None if tier is None else tier.tiers
        self.relatives = None if relatives is None else relatives.relations
        self.wallet_relatives = None if wallet_relatives is None else wallet_relatives.relations
        self.swipe_minutes: int | None = None if swipe is None else swipe.minutes
        self.stay_by_discharge: bool = stay_year is not None and stay_year.by == "discharge"
        self.own_first = rows["own_first"].state == "value"
        self.own_must_be_empty = rows["own_must_be_empty"].state == "value"
        self.one_sharer = rows["one_sharer_per_settlement"].state == "value"
        self.carry_over_only = rows["carry_over_only"].state == "value"
        self.pot = rows["pot"].state == "value"
        self.shares_freely = rows["sharing"].state != "not_in_force"
        self.shares_quotas = rows["quota"].state != "not_in_force"
        self.without_pay_mode = rows["pay_mode"].state == "not_in_force"
        self.counts_shared = rows["shared_accumulates"].state != "not_in_force"
        self.paid_by = (rows["pays"].rule_id,)
        self.wallet_by = (rows["wallet"].rule_id,)
        capped_by = (rows["cap"].rule_id,) if rows["cap"].state == "value" else ()
        self.drawn_by = (rows["retained_minimum"].rule_id, *capped_by)
        self.kinds = {scheme: _kinds(rows["uses"].value, scheme) for scheme in SCHEMES}
        self.schedules = {
            visit: _by_scheme(rows["inpatient_benefits" if visit is Visit.INPATIENT else "outpatient_benefits"].value)
            for visit in Visit
        }


# Helpers


def _kinds(uses: Any, scheme: Insurance) -> dict[Place, frozenset[str]]:
    if uses is None:
        return dict.fromkeys(PLACES, frozenset())
    closed = uses.residents_not_at if scheme is Insurance.RESIDENT else ()
    return {place: frozenset() if place in closed else getattr(uses, place) for place in PLACES}


def _by_scheme(benefits: Benefits | None) -> dict[Insurance, tuple[Schedule, ...]]:
    schedules = benefits.schedules if benefits is not None else ()
    return {scheme: tuple([one for one in schedules if one.scheme is scheme]) for scheme in SCHEMES}
