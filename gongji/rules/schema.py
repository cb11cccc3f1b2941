"""The kinds of rule a policy file may hold, each with the shape of its value.

A row in a policy file is a value and its four witnesses: dates, source, grade, quote (or `reading`, our own
words, where only a digest of the source was at hand). `RULES` is the register of all rules.
"""

from datetime import date, time
from typing import Literal

from msgspec import Struct

from gongji.domain.bill import Component, FeeKind, Visit
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance, Work

Level = Literal[1, 2, 3]


class Value(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The value of a rule on a stretch of days."""


class Flag(Value):
    """The rule is simply there; where it is not, the row says `state = "not_in_force"`."""


class Relatives(Value):
    """Who may be a member, seen from the sharer."""

    relations: frozenset[Relation]


class Reach(Value):
    """How far apart the two sides' insurance may be for instant drawing: 同统筹区, 省内, 跨省."""

    area: Literal["pool", "province", "country"]


class Pool(Value):
    """The size of a pool 统筹区: a city, or the whole province."""

    level: Literal["city", "province"]


class Pays(Value):
    """The matrix: which components of the personal part each pocket may pay."""

    own_current_year: frozenset[Component]
    own_carry_over: frozenset[Component]
    shared: frozenset[Component]
    wallet: frozenset[Component]


class Uses(Value):
    """What shared money may be spent on, by place. `residents_not_at` closes places to resident-insured members."""

    hospital: frozenset[FeeKind]
    pharmacy: frozenset[FeeKind]
    checkup: frozenset[FeeKind]
    vaccination: frozenset[FeeKind]
    other: frozenset[FeeKind] = frozenset()
    residents_not_at: frozenset[Literal["hospital", "pharmacy", "checkup", "vaccination", "other"]] = frozenset()


class Amount(Value):
    """A sum in fen, or a share of a dated figure of the same region (`of` names the rule it stands in)."""

    fen: int | None = None
    basis_points: int | None = None
    of: Literal["average_wage"] | None = None


class Count(Value):
    """A number of persons or days."""

    count: int


class Minutes(Value):
    """A number of minutes."""

    minutes: int


class Cap(Value):
    """The sharer's own limit: on one payment to a member, on all payments to a member, or on all members together."""

    limits: Literal["one_payment", "one_member", "all_members"]


class Order(Value):
    """Which sharer first. `rank` tells whether somebody may set an order, which then goes before."""

    by: Literal["binding_first", "binding_last", "balance", "picked"]
    rank: bool = False


class RelationLimits(Value):
    """How many of a relation a sharer may have; father and mother are parents by sex."""

    spouse: int | None = None
    father: int | None = None
    mother: int | None = None
    child: int | None = None


class FaceCheck(Value):
    """Members of this age and above pass a face check before they are bound."""

    age_from: int


class Proof(Value):
    """One of `any_of` is asked for; `relation` and `age_below` narrow whom it is asked of."""

    any_of: frozenset[Literal["hukou", "birth_certificate", "marriage_certificate", "pledge"]]
    relation: Relation | None = None
    age_below: int | None = None


class Proofs(Value):
    """The proofs asked for when a bond is formed."""

    asked: tuple[Proof, ...]


class Pot(Value):
    """Shared money is set aside first; `allocations_per_month` is the number of times that may happen."""

    allocations_per_month: int | None = None


class WalletTransfer(Value):
    """Transfers between wallets.

    The closed hours include their start; what is not received goes back at `return_at` of the next day.
    """

    count_per_day: int
    ceiling_fen: int
    ceiling_on: Literal["transfer", "day"] = "transfer"
    closed_from: time | None = None
    closed_until: time | None = None
    return_at: time = time(6, 0)
    one_pending: bool = True


class MedicalYear(Value):
    """The day on which the account year begins and this year's money becomes carry-over."""

    month: int
    day: int = 1


class StayYear(Value):
    """The medical year that a hospital stay over its end belongs to: that of the admission, or of the discharge."""

    by: Literal["admission", "discharge"]


class RetiredCredit(Value):
    """The fixed monthly sum of a retired person of at least `age_from` years."""

    fen_per_month: int
    age_from: int = 0
    formerly_flexible: bool = False


class Crediting(Value):
    """划入: `active_bp` of the base in service, `flexible_bp` for flexible workers (absent: as in service).

    `per_year`: the sum of the whole medical year is credited at once, on its first day.
    """

    active_bp: int
    flexible_bp: int | None = None
    per_year: bool = False
    retired: tuple[RetiredCredit, ...] = ()


class Interest(Value):
    """计息: yearly rates on what lies in each pocket when the account year ends; absent: that rate is unknown."""

    current_year_bp: int | None = None
    carry_over_bp: int | None = None


Premium = Literal["resident", "large_amount", "long_term_care", "commercial"]


class Premiums(Value):
    """Which premiums shared money may pay for a member, and which the account pays for its owner only."""

    member: frozenset[Premium]
    own: frozenset[Premium]


class Window(Value):
    """The collection period, by month and day (both included), which may run over the end of a year."""

    from_month: int
    from_day: int
    until_month: int
    until_day: int


class Band(Value):
    """Once the fund has paid `fund_above_fen` in the year, it pays this share of what follows."""

    fund_above_fen: int
    ratio_bp: tuple[int, int, int]


class Schedule(Value, kw_only=True):
    """Benefits of one kind of person: deductible, ratio by hospital level 1, 2, 3, and yearly ceiling of the fund.

    `deductible_fen` and `ratio_bp` are by level. `drugstore_bp` is the ratio in pharmacies (absent: unknown).
    `later_deductible_fen` is due for each hospital stay of a medical year but its first (absent: the same as for it).
    `ceiling` is "fen" with `ceiling_fen`, "no_limit" or "unknown"; `above_bp` is what a further layer (`layer`)
    pays above the ceiling, which counts the fund's payments for this kind of care, or for all care of the year.
    `burden_*`: once the person has borne so much in the year, this share of what follows, up to a ceiling.
    """

    scheme: Insurance
    ratio_bp: tuple[int, int, int]
    visits: frozenset[Visit] = frozenset({Visit.OUTPATIENT})
    work: frozenset[Work] | None = None
    age_from: int | None = None
    age_below: int | None = None
    retired_before: date | None = None
    retired_from: date | None = None
    months_over: int | None = None
    months_up_to: int | None = None
    tier: str | None = None
    deductible_fen: tuple[int, int, int] = (0, 0, 0)
    deductible_per: Literal["year", "visit"] = "year"
    later_deductible_fen: tuple[int, int, int] | None = None
    deductible_year_max_fen: int | None = None
    drugstore_bp: int | None = None
    bands: tuple[Band, ...] = ()
    ceiling: Literal["fen", "no_limit", "unknown"]
    ceiling_fen: int | None = None
    ceiling_over: Literal["kind", "all"] = "kind"
    above_bp: int | None = None
    layer: Literal["large_amount", "catastrophic", "aid"] = "large_amount"
    burden_above_fen: int | None = None
    burden_ratio_bp: tuple[int, int, int] | None = None
    burden_ceiling_fen: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError when a deductible that is due once a year is said to differ from stay to stay."""
        if self.later_deductible_fen is not None and self.deductible_per != "visit":
            raise ValueError('later_deductible_fen is wanted only with deductible_per = "visit"')


class Benefits(Value):
    """待遇: the schedules of a region; the first that fits a person and visit is his."""

    schedules: tuple[Schedule, ...]


class Away(Value):
    """Care outside the insured place without filing: the ratio is lowered by so many basis points."""

    unfiled_less_bp: int


class Tier(Value):
    """Only persons of these tiers may share."""

    tiers: frozenset[str]


class UseCap(Value):
    """Kinds of goods with a common monthly limit on shared money, not carried into the next month."""

    kinds: frozenset[FeeKind]
    fen_per_month: int


RULES: dict[str, type[Value]] = {
    "own_credential": Flag,
    "sharing": Flag,
    "pay_mode": Flag,
    "premium_mode": Flag,
    "relatives": Relatives,
    "premium_relatives": Relatives,
    "reach": Reach,
    "pool": Pool,
    "pays": Pays,
    "uses": Uses,
    "carry_over_only": Flag,
    "retained_minimum": Amount,
    "commercial_retained": Amount,
    "average_wage": Amount,
    "cap": Cap,
    "order": Order,
    "one_sharer_per_settlement": Flag,
    "own_first": Flag,
    "own_must_be_empty": Flag,
    "second_swipe": Minutes,
    "members_max": Count,
    "members_lifetime": Count,
    "sharers_per_member": Count,
    "one_role": Flag,
    "relation_limits": RelationLimits,
    "confirmation": Relatives,
    "quota_confirmation": Flag,
    "face_check": FaceCheck,
    "proofs": Proofs,
    "review": Flag,
    "invite_days": Count,
    "unbind_after_days": Count,
    "pause": Flag,
    "unbind_on_divorce": Flag,
    "inheritance": Flag,
    "pot": Pot,
    "wallet": Flag,
    "wallet_relatives": Relatives,
    "wallet_transfer": WalletTransfer,
    "transfer_recall": Flag,
    "wallet_reach": Reach,
    "wallet_region_change": Flag,
    "quota": Flag,
    "ends_with_insurance": Flag,
    "sharer_tier": Tier,
    "medical_year": MedicalYear,
    "stay_year": StayYear,
    "crediting": Crediting,
    "interest": Interest,
    "premiums": Premiums,
    "premium_window": Window,
    "premium_reimbursed": Flag,
    "outpatient_benefits": Benefits,
    "inpatient_benefits": Benefits,
    "benefits_away": Away,
    "shared_accumulates": Flag,
    "use_cap": UseCap,
}
"""Every rule by name. The order is the order of `gongji policy show`."""
