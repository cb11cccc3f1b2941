"""Insured persons: what the rules need to know of one, and nothing by which a stranger could be told who it is."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from gongji.domain.periods import age_on


class Insurance(StrEnum):
    """险种: which basic medical insurance."""

    EMPLOYEE = "employee"
    RESIDENT = "resident"
    NONE = "none"


class Status(StrEnum):
    """参保状态: active 正常, suspended 暂停, ended 终止."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Work(StrEnum):
    """在职, 退休, 灵活就业."""

    IN_SERVICE = "in_service"
    RETIRED = "retired"
    FLEXIBLE = "flexible"


class Sex(StrEnum):
    """As in GB/T 2261.1: 1 male, 2 female."""

    MALE = "male"
    FEMALE = "female"


class Insured(Struct, frozen=True, kw_only=True, gc=False):
    """One person as the rules see him on one day: his insurance relation and the marks that rules ask for.

    `person_id` is also the number of the book that holds his accounts. `suspended_until` is the first moment
    at which networked settlement is open again after a violation, `arrears_until` the day on which an insurance
    suspended for arrears is active again.
    """

    person_id: int
    insured: Insurance
    region: str
    status: Status = Status.ACTIVE
    work: Work = Work.IN_SERVICE
    retired_on: date | None = None
    born: date = date(1980, 1, 1)
    sex: Sex | None = None
    account: bool = True
    tier: str | None = None
    enrolled_months: int = 24
    filed_away: bool = False
    credential_active: bool = True
    own_face_check: bool = True
    suspended_until: date | None = None
    arrears_until: date | None = None
    wallet_open: bool = False
    wallet_region: str | None = None
    alive: bool = True

    def age(self, day: date) -> int:
        """Return the completed years of age on `day`."""
        return age_on(self.born, day)
