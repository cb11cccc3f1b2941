"""Money set aside for a member: pots filled out of the account, quotas frozen inside it, and the limits of both."""

from datetime import date

from msgspec import Struct

from gongji.domain.family import Bond
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.drawing import Purse, shareable
from gongji.rules.eligibility import may_rank, sharer_faults
from gongji.rules.grounds import ground
from gongji.rules.policybook import RegionDay, Row

R = Refusal


class Room(Struct, frozen=True):
    """How much a sharer can set aside or send: `most_fen`, and the row that keeps him from more."""

    most_fen: int
    minimum_fen: int
    row: Row


def room(sharer: Insured, purse: Purse, rules: RegionDay) -> Room:
    """Return what the sharer can part with: of the pockets opened to others, above minimum and frozen quotas."""
    minimum_fen = rules.minimum_fen
    open_fen = sum(fen for _, fen in shareable(sharer.person_id, purse, rules)) - purse.held_fen
    above_fen = purse.account_fen - purse.held_fen - minimum_fen
    return Room(max(0, min(open_fen, above_fen)), minimum_fen, rules.rows["retained_minimum"])


def money_fault(
    sharer: Insured, purse: Purse, wanted_fen: int, rules: RegionDay, day: date, *, whole: bool
) -> Refused | None:
    """Return why `wanted_fen` cannot be parted with, or None.

    `whole` is for what cannot be paid in part (a premium, a transfer): without a minimum it is then BALANCE_SHORT.
    """
    found = room(sharer, purse, rules)
    if wanted_fen <= found.most_fen:
        return None
    figures = {"wanted_fen": wanted_fen, "most_fen": found.most_fen, "minimum_fen": found.minimum_fen}
    only = rules.rows["carry_over_only"]
    if only.in_force and not purse.carry_over_fen and purse.current_year_fen:
        return Refused(R.ONLY_CARRY_OVER_SHARED, ground(only, day, rules.region, **figures))
    reason = R.BALANCE_SHORT if whole and not found.minimum_fen else R.BELOW_RETAINED_MINIMUM
    return Refused(reason, ground(found.row, day, rules.region, **figures))


def allocation_faults(
    sharer: Insured, purse: Purse, wanted_fen: int, allocations_this_month: int, rules: RegionDay, day: date
) -> list[Refused]:
    """Return why this cannot be moved into the family pot."""
    pot = rules.rows["pot"]
    if pot.value is None:
        return [Refused(R.RULE_NOT_IN_FORCE, ground(pot, day, rules.region))]
    faults = sharer_faults(sharer, rules, day)
    if _spent(pot, allocations_this_month):
        figures = {"allocations": allocations_this_month}
        faults.append(Refused(R.ALLOCATION_ONCE_A_MONTH, ground(pot, day, rules.region, **figures)))
    fault = money_fault(sharer, purse, wanted_fen, rules, day, whole=False)
    return faults + ([fault] if fault is not None else [])


def most_allocatable(sharer: Insured, purse: Purse, allocations_this_month: int, rules: RegionDay) -> int:
    """Return the largest amount that would be accepted into the pot now, in fen."""
    pot = rules.rows["pot"]
    if pot.value is None or _spent(pot, allocations_this_month):
        return 0
    return room(sharer, purse, rules).most_fen


def quota_fault(
    bond: Bond, quota_fen: int, sharer: Insured, purse: Purse, rules: RegionDay, day: date
) -> Refused | None:
    """Return why the quota of `bond` cannot be set to this, or None. Lowering frees money, raising freezes more."""
    row = rules.rows["quota"]
    if not row.in_force:
        return Refused(R.RULE_NOT_IN_FORCE, ground(row, day, rules.region))
    if quota_fen < bond.used_fen:
        figures = {"quota_fen": quota_fen, "used_fen": bond.used_fen}
        return Refused(R.QUOTA_BELOW_USED, ground(row, day, rules.region, **figures))
    more_fen = quota_fen - bond.used_fen - bond.held_fen
    return money_fault(sharer, purse, more_fen, rules, day, whole=False) if more_fen > 0 else None


def cap_fault(cap_fen: int, used_fen: int, rules: RegionDay, day: date) -> Refused | None:
    """Return why the sharer's limit cannot be set to this, or None."""
    row = rules.rows["cap"]
    if row.value is None:
        return Refused(R.CAP_NOT_ADJUSTABLE, ground(row, day, rules.region))
    if row.value.limits != "one_payment" and cap_fen < used_fen:
        figures = {"cap_fen": cap_fen, "used_fen": used_fen}
        return Refused(R.QUOTA_BELOW_USED, ground(row, day, rules.region, **figures))
    return None


def rank_fault(member_rules: RegionDay, day: date) -> Refused | None:
    """Return why nobody may set an order, or None."""
    if may_rank(member_rules):
        return None
    return Refused(R.RANK_NOT_ADJUSTABLE, ground(member_rules.rows["order"], day, member_rules.region))


def _spent(pot: Row, allocations_this_month: int) -> bool:
    most = pot.value.allocations_per_month
    return most is not None and allocations_this_month >= most
