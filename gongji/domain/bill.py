"""A bill: its fee lines, and the personal part by component."""

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct


class Component(StrEnum):
    """个人负担 by component, in the order in which a pocket pays them."""

    DEDUCTIBLE = "deductible"
    COPAY = "copay"
    FIRST_SELF_PAY = "first_self_pay"
    OVER_LIMIT = "over_limit"
    OFF_CATALOGUE = "off_catalogue"


COMPONENTS = tuple(Component)
"""The components as a tuple, which is quicker to walk than the class."""


class Parts(NamedTuple):
    """Fen of each component, in the order of `Component`: 起付, 自付比例, 先行自付, 超限, 目录外."""

    deductible_fen: int = 0
    copay_fen: int = 0
    first_self_pay_fen: int = 0
    over_limit_fen: int = 0
    off_catalogue_fen: int = 0


class FeeClass(StrEnum):
    """甲, 乙, 丙."""

    A = "A"
    B = "B"
    C = "C"


class FeeKind(StrEnum):
    """What was bought."""

    DRUG = "drug"
    DEVICE = "device"
    CONSUMABLE = "consumable"
    DISINFECTANT = "disinfectant"
    TREATMENT = "treatment"
    EXAM = "exam"
    CHECKUP = "checkup"
    VACCINE = "vaccine"
    REGISTRATION = "registration"
    TONIC = "tonic"
    COSMETIC = "cosmetic"
    FITNESS = "fitness"
    OTHER = "other"


class Place(StrEnum):
    """Where."""

    HOSPITAL = "hospital"
    PHARMACY = "pharmacy"
    CHECKUP = "checkup"
    VACCINATION = "vaccination"
    OTHER = "other"


class Visit(StrEnum):
    """普通门诊, 住院, 门诊慢特病, 药店."""

    OUTPATIENT = "outpatient"
    INPATIENT = "inpatient"
    CHRONIC = "chronic"
    DRUGSTORE = "drugstore"


class FeeLine(Struct, frozen=True, gc=False):
    """One line. `over_limit_fen` is the part above the price ceiling; `first_self_pay` in basis points of the rest.

    `first_self_pay_fen` stands where somebody has rounded 先行自付 line by line already; it is then taken as it is.
    """

    amount_fen: int
    fee_class: FeeClass = FeeClass.A
    kind: FeeKind = FeeKind.TREATMENT
    first_self_pay: int = 0
    over_limit_fen: int = 0
    first_self_pay_fen: int | None = None


KIND_AT_PLACE = {
    Place.HOSPITAL: FeeKind.TREATMENT,
    Place.PHARMACY: FeeKind.DRUG,
    Place.CHECKUP: FeeKind.CHECKUP,
    Place.VACCINATION: FeeKind.VACCINE,
    Place.OTHER: FeeKind.OTHER,
}
"""What a bill without lines is taken to be for."""
