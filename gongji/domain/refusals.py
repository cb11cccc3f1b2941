"""Every "no" is one of these names, in this order of speaking: the closed list."""

from enum import StrEnum

from msgspec import Struct


class Refusal(StrEnum):
    """Why something is refused, or why a sharer was skipped. When several apply, the first in this order speaks."""

    NOT_OWN_CREDENTIAL = "NOT_OWN_CREDENTIAL"
    CREDENTIAL_NOT_ACTIVE = "CREDENTIAL_NOT_ACTIVE"
    IDENTITY_MISMATCH = "IDENTITY_MISMATCH"
    SETTLEMENT_SUSPENDED = "SETTLEMENT_SUSPENDED"
    MESSAGE_MALFORMED = "MESSAGE_MALFORMED"
    PERSON_UNKNOWN = "PERSON_UNKNOWN"
    AMOUNTS_DISAGREE = "AMOUNTS_DISAGREE"
    SETTLEMENT_NOT_FOUND = "SETTLEMENT_NOT_FOUND"
    SAME_REQUEST_DIFFERENT_CONTENT = "SAME_REQUEST_DIFFERENT_CONTENT"
    BENEFITS_UNKNOWN = "BENEFITS_UNKNOWN"
    PLACE_NOT_DESIGNATED = "PLACE_NOT_DESIGNATED"
    STAY_OPEN = "STAY_OPEN"
    MEMBER_NOT_INSURED = "MEMBER_NOT_INSURED"
    MEMBER_NOT_ACTIVE = "MEMBER_NOT_ACTIVE"
    DUPLICATE_INSURANCE = "DUPLICATE_INSURANCE"
    SHARER_NOT_EMPLOYEE = "SHARER_NOT_EMPLOYEE"
    SHARER_HAS_NO_ACCOUNT = "SHARER_HAS_NO_ACCOUNT"
    SHARER_NOT_ACTIVE = "SHARER_NOT_ACTIVE"
    NOT_A_NEAR_RELATIVE = "NOT_A_NEAR_RELATIVE"
    RELATION_NOT_UNIQUE = "RELATION_NOT_UNIQUE"
    REGION_NOT_COVERED = "REGION_NOT_COVERED"
    RULE_NOT_IN_FORCE = "RULE_NOT_IN_FORCE"
    MEMBER_LIMIT_REACHED = "MEMBER_LIMIT_REACHED"
    LIFETIME_LIMIT_REACHED = "LIFETIME_LIMIT_REACHED"
    MEMBER_ALREADY_BOUND = "MEMBER_ALREADY_BOUND"
    MEMBER_IS_SHARER = "MEMBER_IS_SHARER"
    SHARER_IS_MEMBER = "SHARER_IS_MEMBER"
    ALREADY_BOUND = "ALREADY_BOUND"
    PROOF_MISSING = "PROOF_MISSING"
    FACE_CHECK_MISSING = "FACE_CHECK_MISSING"
    AWAITING_CONFIRMATION = "AWAITING_CONFIRMATION"
    INVITE_EXPIRED = "INVITE_EXPIRED"
    UNBIND_NOT_YET = "UNBIND_NOT_YET"
    BOND_PAUSED = "BOND_PAUSED"
    MODE_NOT_CHOSEN = "MODE_NOT_CHOSEN"
    USE_NOT_ALLOWED = "USE_NOT_ALLOWED"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    SHARER_NOT_PICKED = "SHARER_NOT_PICKED"
    SECOND_SWIPE_NEEDED = "SECOND_SWIPE_NEEDED"
    ONE_SHARER_PER_SETTLEMENT = "ONE_SHARER_PER_SETTLEMENT"
    OWN_BALANCE_NOT_ZERO = "OWN_BALANCE_NOT_ZERO"
    ONLY_CARRY_OVER_SHARED = "ONLY_CARRY_OVER_SHARED"
    ALLOCATION_ONCE_A_MONTH = "ALLOCATION_ONCE_A_MONTH"
    BELOW_RETAINED_MINIMUM = "BELOW_RETAINED_MINIMUM"
    CAP_REACHED = "CAP_REACHED"
    CAP_NOT_ADJUSTABLE = "CAP_NOT_ADJUSTABLE"
    RANK_NOT_ADJUSTABLE = "RANK_NOT_ADJUSTABLE"
    QUOTA_REACHED = "QUOTA_REACHED"
    QUOTA_BELOW_USED = "QUOTA_BELOW_USED"
    BALANCE_SHORT = "BALANCE_SHORT"
    WALLET_NOT_OPEN = "WALLET_NOT_OPEN"
    WALLET_NOT_ACCEPTED_HERE = "WALLET_NOT_ACCEPTED_HERE"
    WALLET_HOURS = "WALLET_HOURS"
    TRANSFER_TOO_LARGE = "TRANSFER_TOO_LARGE"
    TRANSFER_COUNT_REACHED = "TRANSFER_COUNT_REACHED"
    TRANSFER_PENDING = "TRANSFER_PENDING"
    TRANSFER_NOT_PENDING = "TRANSFER_NOT_PENDING"
    PREMIUM_ALREADY_PAID = "PREMIUM_ALREADY_PAID"
    PREMIUM_WINDOW_CLOSED = "PREMIUM_WINDOW_CLOSED"
    RECEIPT_ALREADY_USED = "RECEIPT_ALREADY_USED"
    ALREADY_REVERSED = "ALREADY_REVERSED"
    NOTHING_TO_REFUND = "NOTHING_TO_REFUND"
    BUSY = "BUSY"


RANK: dict[Refusal, int] = {reason: rank for rank, reason in enumerate(Refusal)}
"""The place of each refusal in the closed list; the lower speaks first."""


class Ground(Struct, frozen=True):
    """What a refusal or a payment rests on: the rule, where and on which day it was read, and its row in the book.

    `rule_id` is "region/rule/start" and names one row of the bundle; figures are fen, counts or dates as text.
    """

    rule_id: str
    region: str
    day: str
    figures: tuple[tuple[str, str], ...] = ()


class Refused(Struct, frozen=True):
    """A no, with what it rests on. `others` are the further reasons, in order; `subject` what is named."""

    reason: Refusal
    ground: Ground | None = None
    others: tuple[Refusal, ...] = ()
    subject: str | None = None


def first_of(reasons: list[Refused]) -> Refused:
    """Return the reason that speaks first, the rest listed after it. Raise ValueError for an empty list."""
    ordered = sorted(reasons, key=lambda refused: RANK[refused.reason])
    head, *rest = ordered
    return Refused(head.reason, head.ground, tuple(refused.reason for refused in rest), head.subject)
