"""Which pockets pay a bill, in what order and up to what ceiling; who was asked and paid nothing, and why."""

from collections.abc import Sequence
from datetime import date
from itertools import starmap
from operator import attrgetter
from typing import Final

from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Component, FeeKind
from gongji.domain.family import Bond, BondState, Mode
from gongji.domain.insured import Insured
from gongji.domain.money import LARGEST_FEN
from gongji.domain.refusals import Ground, Refusal, Refused, first_of
from gongji.rules.benefits import Cell
from gongji.rules.eligibility import pair_faults, pause_fault, sharer_faults
from gongji.rules.grounds import ground
from gongji.rules.policybook import RegionDay, Row

R = Refusal
# Members under names of their own: this Python takes longer to read one through its class than to compare it.
_CURRENT_YEAR: Final = Pocket.CURRENT_YEAR
_CARRY_OVER: Final = Pocket.CARRY_OVER
_ACTIVE: Final = BondState.ACTIVE
_PAY: Final = Mode.PAY


class Purse(Struct, frozen=True, gc=False):
    """What lies in a person's pockets, in fen. `held_fen` is frozen by quotas inside the first two pockets."""

    current_year_fen: int = 0
    carry_over_fen: int = 0
    held_fen: int = 0
    wallet_fen: int = 0

    @property
    def account_fen(self) -> int:
        """Return current-year and carry-over money together."""
        return self.current_year_fen + self.carry_over_fen


class Candidate(Struct, frozen=True, kw_only=True, gc=False):
    """A bond that is asked to pay, with the sharer behind it and the rules of the sharer's region that day.

    `pots` are the family pots this member may draw on, the member's own before the common one;
    `cap_used_fen` is what counts against the sharer's limit already.
    """

    bond: Bond
    sharer: Insured
    purse: Purse
    rules: RegionDay
    pots: tuple[tuple[Account, int], ...] = ()
    cap_used_fen: int = 0


class Payment(Struct, frozen=True, gc=False):
    """So much out of one pocket, by the rules named."""

    account: Account
    amount_fen: int
    bond_id: int | None = None
    rule_ids: tuple[str, ...] = ()


class Skip(Struct, frozen=True):
    """A person whose money was asked for and not used, and why."""

    person_id: int
    refused: Refused
    bond_id: int | None = None


_NO_KINDS: Final[frozenset[str]] = frozenset()


class DueCell(Struct, gc=False):
    """So much that is still to be paid of one component, for one kind of goods."""

    component: Component
    kind: FeeKind
    fen: int


class Due:
    """What is still to be paid, in cells; each payer takes the cells that it may pay, in order.

    Some goods may be under a common limit (`limit`): of these no more than that is payable until it is lifted.
    """

    __slots__ = ("_limited", "_room_fen", "cells", "total_fen")

    def __init__(self, cells: Sequence[Cell]) -> None:
        """Begin with the personal part; `total_fen` is all that is still to be paid."""
        self.cells = list(starmap(DueCell, cells))
        self.total_fen = 0
        for cell in self.cells:
            self.total_fen += cell.fen
        self._limited: frozenset[str] = _NO_KINDS
        self._room_fen = 0

    def limit(self, kinds: frozenset[str], most_fen: int) -> None:
        """Let goods of these kinds be paid up to `most_fen` in all."""
        self._limited, self._room_fen = kinds, most_fen

    def lift_limit(self) -> None:
        """Let all goods be paid without a common limit."""
        self._limited, self._room_fen = _NO_KINDS, 0

    @property
    def room_fen(self) -> int:
        """Return what is left under the limit."""
        return self._room_fen

    def payable(self, components: frozenset[Component], kinds: frozenset[str] | None = None) -> int:
        """Return how much of what is due lies in these components and kinds (None: all kinds)."""
        payable_fen = 0
        limited_fen = 0
        limited = self._limited
        for cell in self.cells:
            if cell.fen and cell.component in components and (kinds is None or cell.kind in kinds):
                if limited and cell.kind in limited:
                    limited_fen += cell.fen
                else:
                    payable_fen += cell.fen
        return payable_fen + min(limited_fen, self._room_fen) if limited_fen else payable_fen

    def pay(self, most_fen: int, components: frozenset[Component], kinds: frozenset[str] | None = None) -> int:
        """Take up to `most_fen` off the cells allowed, first cell first, and return what was taken."""
        left_fen = most_fen
        limited = self._limited
        for cell in self.cells:
            fen = cell.fen
            if fen and cell.component in components and (kinds is None or cell.kind in kinds):
                if limited and cell.kind in limited:
                    fen = min(fen, left_fen, self._room_fen)
                    self._room_fen -= fen
                if fen >= left_fen:
                    cell.fen -= left_fen
                    left_fen = 0
                    break
                cell.fen -= fen
                left_fen -= fen
        self.total_fen -= most_fen - left_fen
        return most_fen - left_fen


def draw_own(due: Due, patient: Insured, purse: Purse, rules: RegionDay) -> list[Payment]:
    """Return what the patient's own account pays: this year's money before carry-over, quotas for others left alone."""
    free_fen = purse.account_fen - purse.held_fen
    payments: list[Payment] = []
    if free_fen <= 0:
        return payments
    plan = rules.plan
    for pocket, balance_fen, components in (
        (_CURRENT_YEAR, purse.current_year_fen, plan.pays.own_current_year),
        (_CARRY_OVER, purse.carry_over_fen, plan.pays.own_carry_over),
    ):
        paid_fen = due.pay(min(balance_fen, free_fen), components) if balance_fen else 0
        if paid_fen:
            free_fen -= paid_fen
            payments.append(Payment(Account(patient.person_id, pocket), paid_fen, None, plan.paid_by))
    return payments


def in_order(candidates: Sequence[Candidate], member_rules: RegionDay, scan: Sequence[int] | None) -> list[Candidate]:
    """Return the candidates in the order in which the member's region asks them.

    A rank that somebody set goes before everything; what is left in a tie is settled by the binding.
    """
    if len(candidates) < 2:
        return list(candidates)
    order = member_rules.plan.order
    if order is None:
        return sorted(candidates, key=_binding)
    several = sorted(candidates, key=_binding, reverse=order.by == "binding_last")
    if order.by == "balance":
        several.sort(key=lambda candidate: -candidate.purse.account_fen)
    elif order.by == "picked" and scan:
        picked = {sharer_id: place for place, sharer_id in reversed(list(enumerate(scan)))}
        several.sort(key=lambda candidate: picked.get(candidate.bond.sharer_id, len(picked)))
    if order.rank and _ranked(several):
        several.sort(key=lambda candidate: _LAST if candidate.bond.rank is None else candidate.bond.rank)
    return several


def _ranked(candidates: Sequence[Candidate]) -> bool:
    for candidate in candidates:  # noqa: SIM110  # a generator costs more than this walk over two or three
        if candidate.bond.rank is not None:
            return True
    return False


_LAST: Final = 2**31
_binding: Final = attrgetter("bond.since", "bond.bond_id")


class Asked(Struct, frozen=True, kw_only=True, gc=False):
    """What all candidates are asked under: the day, the member's rules and what the counter said.

    `wanted_fen` is what is due that sharers may pay.
    """

    day: date
    wanted_fen: int
    member_rules: RegionDay
    own_before_fen: int
    scan: tuple[int, ...] | None = None
    bar: Refused | None = None


def draw_shared(candidates: Sequence[Candidate], asked: Asked) -> tuple[list[Payment], list[Skip]]:
    """Return what the sharers pay, in order, and those who were asked and paid nothing.

    `asked.bar` is a reason that holds for every sharer alike (a use that is not allowed, say).
    """
    payments: list[Payment] = []
    skips: list[Skip] = []
    alone = asked.member_rules.plan.one_sharer
    payer: int | None = None
    due_fen = asked.wanted_fen
    for candidate in in_order(candidates, asked.member_rules, asked.scan):
        if not due_fen and asked.bar is None:
            break
        faults = _faults(candidate, asked)
        if alone and payer is not None and payer != candidate.bond.sharer_id:
            row = asked.member_rules.rows["one_sharer_per_settlement"]
            faults.append(Refused(R.ONE_SHARER_PER_SETTLEMENT, _ground(row, asked)))
        taken = first_of(faults) if faults else take(candidate, due_fen, asked.day)
        if not isinstance(taken, list):
            skips.append(Skip(candidate.bond.sharer_id, taken, candidate.bond.bond_id))
            continue
        for payment in taken:
            payments.append(payment)
            due_fen -= payment.amount_fen
        payer = candidate.bond.sharer_id
    return payments, skips


def take(candidate: Candidate, wanted_fen: int, day: date) -> list[Payment] | Refused:
    """Return the payments by which this sharer pays up to `wanted_fen`, or why not one fen.

    A pot or a quota is money set aside, so the retained minimum was looked at when it was, and is not again.
    """
    rules, bond, purse = candidate.rules, candidate.bond, candidate.purse
    limit_fen = _limit(candidate)
    if bond.quota_fen is not None:
        return _take_quota(candidate, min(wanted_fen, limit_fen), day)
    if rules.plan.pot:
        return _take_pots(candidate, min(wanted_fen, limit_fen), day)
    pockets = shareable(candidate.sharer.person_id, purse, rules)
    above_fen = purse.account_fen - purse.held_fen - rules.minimum_fen
    open_fen = -purse.held_fen  # quotas lie in the pockets opened to others
    for _, fen in pockets:
        open_fen += fen
    if open_fen <= 0 or above_fen <= 0:
        if rules.plan.carry_over_only and not purse.carry_over_fen and purse.current_year_fen:
            figures = {"current_year_fen": purse.current_year_fen}
            row = rules.rows["carry_over_only"]
            return Refused(R.ONLY_CARRY_OVER_SHARED, ground(row, day, rules.region, **figures))
        figures = {"balance_fen": purse.account_fen, "minimum_fen": rules.minimum_fen}
        row = rules.rows["retained_minimum"]
        return Refused(R.BELOW_RETAINED_MINIMUM, ground(row, day, rules.region, **figures))
    if not limit_fen:
        return Refused(R.CAP_REACHED, ground(rules.rows["cap"], day, rules.region, cap_fen=bond.cap_fen))
    taken_fen = min(wanted_fen, open_fen, above_fen, limit_fen)
    return _spread(pockets, taken_fen, bond.bond_id, rules.plan.drawn_by)


def room(candidate: Candidate) -> int:
    """Return how much more the sharer's limit and the quota let be paid over this bond, in fen."""
    limit_fen = _limit(candidate)
    quota_fen = candidate.bond.quota_fen
    return limit_fen if quota_fen is None else min(limit_fen, max(0, quota_fen - candidate.bond.used_fen))


def shareable(owner_id: int, purse: Purse, rules: RegionDay) -> list[tuple[Account, int]]:
    """Return the pockets of a sharer that the region opens to others and that are not empty, carry-over first."""
    pockets = [(Account(owner_id, _CARRY_OVER), purse.carry_over_fen)] if purse.carry_over_fen else []
    if purse.current_year_fen and not rules.plan.carry_over_only:
        pockets.append((Account(owner_id, _CURRENT_YEAR), purse.current_year_fen))
    return pockets


# Helpers


def _limit(candidate: Candidate) -> int:
    """Return what the sharer's own limit leaves for this payment, in fen."""
    cap = candidate.rules.plan.cap
    cap_fen = candidate.bond.cap_fen
    if cap is None or cap_fen is None:
        return LARGEST_FEN
    return cap_fen if cap.limits == "one_payment" else max(0, cap_fen - candidate.cap_used_fen)


def _take_quota(candidate: Candidate, wanted_fen: int, day: date) -> list[Payment] | Refused:
    bond, rules = candidate.bond, candidate.rules
    row = rules.rows["quota"]
    pockets = shareable(candidate.sharer.person_id, candidate.purse, rules)
    left_fen = min(max(0, (bond.quota_fen or 0) - bond.used_fen), sum(fen for _, fen in pockets))
    if not left_fen:
        return Refused(
            R.QUOTA_REACHED, ground(row, day, rules.region, quota_fen=bond.quota_fen, used_fen=bond.used_fen)
        )
    if not wanted_fen:
        return Refused(R.CAP_REACHED, ground(rules.rows["cap"], day, rules.region, cap_fen=bond.cap_fen))
    return _spread(pockets, min(wanted_fen, left_fen), bond.bond_id, (row.rule_id,))


def _take_pots(candidate: Candidate, wanted_fen: int, day: date) -> list[Payment] | Refused:
    row = candidate.rules.rows["pot"]
    left_fen = sum(fen for _, fen in candidate.pots)
    if not left_fen:
        return Refused(R.QUOTA_REACHED, ground(row, day, candidate.rules.region, pot_fen=0))
    if not wanted_fen:
        return Refused(R.CAP_REACHED, ground(candidate.rules.rows["cap"], day, candidate.rules.region))
    return _spread(candidate.pots, min(wanted_fen, left_fen), candidate.bond.bond_id, (row.rule_id,))


def _spread(
    pockets: Sequence[tuple[Account, int]], amount: int, bond_id: int | None, rule_ids: tuple[str, ...]
) -> list[Payment]:
    payments = []
    for account, fen in pockets:
        if fen >= amount:
            if amount:
                payments.append(Payment(account, amount, bond_id, rule_ids))
            break
        if fen:
            payments.append(Payment(account, fen, bond_id, rule_ids))
            amount -= fen
    return payments


def _faults(candidate: Candidate, asked: Asked) -> list[Refused]:
    bond, rules, day, mine = candidate.bond, candidate.rules, asked.day, asked.member_rules.plan
    quota = bond.quota_fen is not None
    faults = sharer_faults(candidate.sharer, rules, day)
    faults += pair_faults(bond.relation, rules, asked.member_rules, day, quota=quota)
    if rules.plan.without_pay_mode and not quota:
        faults.append(Refused(R.RULE_NOT_IN_FORCE, ground(rules.rows["pay_mode"], day, rules.region)))
    if bond.state is not _ACTIVE:
        faults.append(Refused(R.AWAITING_CONFIRMATION, ground(rules.rows["sharing"], day, rules.region)))
    paused = None if bond.paused_until is None else pause_fault(bond, rules, day)
    if paused is not None:
        faults.append(paused)
    if bond.once and bond.used_fen:
        figures = {"used_fen": bond.used_fen, "payments": 1}
        faults.append(Refused(R.CAP_REACHED, ground(rules.rows["cap"], day, rules.region, **figures)))
    if _PAY not in bond.modes:
        faults.append(Refused(R.MODE_NOT_CHOSEN, ground(rules.rows["pay_mode"], day, rules.region)))
    if asked.bar is not None:
        faults.append(asked.bar)
    if mine.order is not None and mine.order.by == "picked" and bond.sharer_id not in (asked.scan or ()):
        faults.append(Refused(R.SHARER_NOT_PICKED, _ground(asked.member_rules.rows["order"], asked)))
    if mine.own_must_be_empty and asked.own_before_fen:
        row, figures = asked.member_rules.rows["own_must_be_empty"], {"own_fen": asked.own_before_fen}
        faults.append(Refused(R.OWN_BALANCE_NOT_ZERO, ground(row, day, asked.member_rules.region, **figures)))
    return faults


def _ground(row: Row, asked: Asked) -> Ground:
    return ground(row, asked.day, asked.member_rules.region)
