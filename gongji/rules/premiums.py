"""Premiums 共济缴费: which, for whom, when; in full or not at all."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.family import Bond, BondState
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.drawing import Candidate, Payment, Purse
from gongji.rules.drawing import take as take_shared
from gongji.rules.eligibility import pair_faults, pause_fault, sharer_faults
from gongji.rules.grounds import ground
from gongji.rules.policybook import RegionDay, amount_fen
from gongji.rules.schema import Window
from gongji.rules.setting_aside import money_fault

R = Refusal


class PremiumRequest(Struct, frozen=True, kw_only=True):
    """A premium to be paid for `insured` out of `payer`'s account; `candidate` is a bond that has the premium mode.

    `paid_at` is when it was paid already. With `paid_on` it was paid in cash on that day, and is to be given back.
    """

    at: datetime
    payer: Insured
    insured: Insured
    kind: str
    amount_fen: int
    paid_at: datetime | None = None
    paid_on: date | None = None
    candidate: Candidate | None = None


def decide_premium(
    request: PremiumRequest, purse: Purse, rules: RegionDay, insured_rules: RegionDay
) -> list[Payment] | list[Refused]:
    """Return the payments that make up the whole premium, or every reason against it (never an empty list of those)."""
    faults = _faults(request, rules, insured_rules)
    money = _money(request, purse, rules)
    if isinstance(money, Refused):
        faults.append(money)
    if faults or isinstance(money, Refused):
        return faults
    return money


def _faults(request: PremiumRequest, rules: RegionDay, insured_rules: RegionDay) -> list[Refused]:
    day = request.at.date()
    shared = request.payer.person_id != request.insured.person_id
    faults = []
    if shared:
        faults += sharer_faults(request.payer, rules, day)
        faults += _bond_faults(request.candidate.bond if request.candidate else None, rules, insured_rules, day)
    row = rules.rows["premiums"]
    allowed = (row.value.member if shared else row.value.own) if row.value is not None else None
    if allowed is not None and request.kind not in allowed:
        faults.append(Refused(R.USE_NOT_ALLOWED, ground(row, day, rules.region, kind=request.kind)))
    if request.paid_at is not None:
        figures = {"kind": request.kind, "paid_on": request.paid_at.date()}
        faults.append(Refused(R.PREMIUM_ALREADY_PAID, ground(row, day, rules.region, **figures)))
    back = rules.rows["premium_reimbursed"]
    if request.paid_on is not None and not back.in_force:
        faults.append(Refused(R.RULE_NOT_IN_FORCE, ground(back, day, rules.region)))
    window = insured_rules.rows["premium_window"]
    if window.value is not None and not in_window(request.paid_on or day, window.value):
        faults.append(Refused(R.PREMIUM_WINDOW_CLOSED, ground(window, day, insured_rules.region)))
    return faults


def _bond_faults(bond: Bond | None, rules: RegionDay, insured_rules: RegionDay, day: date) -> list[Refused]:
    mode = rules.rows["premium_mode"]
    if bond is None:
        return [Refused(R.SETTLEMENT_NOT_FOUND, ground(mode, day, rules.region), subject="bond")]
    faults = pair_faults(bond.relation, rules, insured_rules, day, quota=bond.quota_fen is not None)
    if mode.state == "not_in_force":
        faults.append(Refused(R.RULE_NOT_IN_FORCE, ground(mode, day, rules.region)))
    circle = rules.rows["premium_relatives"]
    if bond.quota_fen is None and circle.value is not None and bond.relation not in circle.value.relations:
        faults.append(Refused(R.NOT_A_NEAR_RELATIVE, ground(circle, day, rules.region, relation=bond.relation)))
    if bond.state is not BondState.ACTIVE:
        faults.append(Refused(R.AWAITING_CONFIRMATION, ground(rules.rows["sharing"], day, rules.region)))
    paused = pause_fault(bond, rules, day)
    if paused is not None:
        faults.append(paused)
    if bond.once and bond.used_fen:
        faults.append(Refused(R.CAP_REACHED, ground(rules.rows["cap"], day, rules.region, used_fen=bond.used_fen)))
    return faults


def in_window(day: date, window: Window) -> bool:
    """Tell whether `day` lies in the collection period, whose last day is included."""
    now = (day.month, day.day)
    first, last = (window.from_month, window.from_day), (window.until_month, window.until_day)
    return first <= now <= last if first <= last else now >= first or now <= last


def _money(request: PremiumRequest, purse: Purse, rules: RegionDay) -> list[Payment] | Refused:
    day = request.at.date()
    if request.kind == "commercial":
        kept_fen = amount_fen(rules, "commercial_retained") or 0
        if kept_fen and request.amount_fen > purse.carry_over_fen - kept_fen:
            row = rules.rows["commercial_retained"]
            figures = {"carry_over_fen": purse.carry_over_fen, "minimum_fen": kept_fen}
            return Refused(R.BELOW_RETAINED_MINIMUM, ground(row, day, rules.region, **figures))
    if request.candidate is None:
        return _own(request, purse, rules)
    if request.candidate.bond.quota_fen is None and not rules.rows["pot"].in_force:
        fault = money_fault(request.payer, purse, request.amount_fen, rules, day, whole=True)
        if fault is not None:
            return fault
    taken = take_shared(request.candidate, request.amount_fen, day)
    if isinstance(taken, Refused):
        return taken
    return _whole(taken, request, rules)


def _whole(taken: Sequence[Payment], request: PremiumRequest, rules: RegionDay) -> list[Payment] | Refused:
    got_fen = sum(payment.amount_fen for payment in taken)
    if got_fen == request.amount_fen:
        return list(taken)
    bond = request.candidate.bond if request.candidate is not None else None
    capped = bond is not None and bond.cap_fen is not None and rules.rows["cap"].in_force
    if capped:
        return Refused(R.CAP_REACHED, ground(rules.rows["cap"], request.at.date(), rules.region, most_fen=got_fen))
    figures = {"wanted_fen": request.amount_fen, "most_fen": got_fen}
    return Refused(R.BALANCE_SHORT, ground(rules.rows["premiums"], request.at.date(), rules.region, **figures))


def _own(request: PremiumRequest, purse: Purse, rules: RegionDay) -> list[Payment] | Refused:
    """Return what a person pays for himself: out of his account, then out of the wallet that relatives have filled."""
    owner = request.payer.person_id
    row = rules.rows["premiums"]
    commercial = request.kind == "commercial" and bool(amount_fen(rules, "commercial_retained"))
    current_fen = 0 if commercial else purse.current_year_fen  # such regions open carry-over alone to these products
    free_fen = min(purse.account_fen - purse.held_fen, current_fen + purse.carry_over_fen)
    wallet_fen = purse.wallet_fen if request.payer.wallet_open else 0
    if request.amount_fen > free_fen + wallet_fen:
        figures = {"wanted_fen": request.amount_fen, "balance_fen": free_fen + wallet_fen}
        return Refused(R.BALANCE_SHORT, ground(row, request.at.date(), rules.region, **figures))
    account_fen = min(request.amount_fen, free_fen)
    current_fen = min(account_fen, current_fen)
    amounts = (
        (Pocket.CURRENT_YEAR, current_fen),
        (Pocket.CARRY_OVER, account_fen - current_fen),
        (Pocket.WALLET, request.amount_fen - account_fen),
    )
    return [Payment(Account(owner, pocket), fen, None, (row.rule_id,)) for pocket, fen in amounts if fen]
