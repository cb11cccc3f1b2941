"""Who pays what is left of one step of bills, on int64 columns: what `gongji.rules.settling` decides for one bill.

Pockets are changed in place. `rules` collects a bit for each row of the book that a bill rests on.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gongji.whatif.calendars import Marks
from gongji.whatif.columns import NO_CAP, Bools, Ints
from gongji.whatif.terms import BIT, MOST_FEN, Block, Terms


class Purses(NamedTuple):
    """What lies in the patients' pockets, in fen."""

    current_fen: Ints
    carry_fen: Ints
    wallet_fen: Ints


class Sharers(NamedTuple):
    """The sharers of the patients, a row of each array for each place in the order of binding; `used_fen` counts."""

    relation: Ints
    cap_fen: Ints
    current_fen: Ints
    carry_fen: Ints
    pot_fen: Ints
    used_fen: Ints

    def some(self, these: Ints, needed: tuple[bool, ...]) -> "Sharers":
        """Return those of some patients; a copy, and nothing of what is not needed."""
        several = zip(self, needed, strict=True)
        return Sharers(*(rows.take(these, axis=1) if wanted else rows[:, :0] for rows, wanted in several))

    def put(self, these: Ints, other: "Sharers") -> None:
        """Put back the pockets of those patients' sharers, as far as they were needed."""
        for rows, changed in zip(self[2:], other[2:], strict=True):
            for row, new in zip(rows, changed, strict=True):
                if len(new):
                    row[these] = new


class Sharing(NamedTuple):
    """The patients who have sharers, by their places, and which columns of Sharers are needed."""

    patients: Ints
    needed: tuple[bool, ...]


def needed_of(terms: Terms, *, counts_use: bool) -> tuple[bool, ...]:
    """Return which columns of Sharers the terms ask for; `counts_use` where some day's terms limit what is used."""
    plan = terms.rules.plan
    if plan.order is not None and plan.order.by == "balance":
        return (True,) * len(Sharers._fields)
    return (True, plan.cap is not None, not plan.pot, not plan.pot, plan.pot, counts_use)


class Goods(NamedTuple):
    """What bills are for, by number, and what is left of the limit of goods that have one, in fen."""

    terms: Terms
    number: npt.NDArray[np.int16]
    room_fen: Ints

    @property
    def allowed(self) -> Bools:
        """Tell which shared money may buy."""
        return self.terms.payable[self.number]

    @property
    def limited(self) -> Bools:
        """Tell which are under the limit."""
        return self.terms.limited[self.number]

    def some(self, these: Ints) -> "Goods":
        """Return those of some bills."""
        return Goods(self.terms, self.number[these], self.room_fen[these])


class Due:
    """What is still to be paid of each bill, in fen: an array a block of components, which are the caller's no more."""

    def __init__(self, blocks: tuple[Block, ...], fen: list[Ints]) -> None:
        """Begin with the personal part by block."""
        self.blocks = blocks
        self.fen = fen
        self._with = {flag: [one for one, block in zip(fen, blocks, strict=True) if getattr(block, flag)]
                      for flag in ("current", "carry", "shared", "wallet", "inside")}  # fmt: skip
        self.own_alike = all(block.current == block.carry for block in blocks)

    def some(self, these: Ints) -> "Due":
        """Return what is due of some of the bills; a copy."""
        return Due(self.blocks, [fen[these] for fen in self.fen])

    def put(self, these: Ints, other: "Due") -> None:
        """Put back what is still due of those bills."""
        for fen, changed in zip(self.fen, other.fen, strict=True):
            fen[these] = changed

    def inside(self) -> Ints:
        """Return what is due of the blocks with the flag `inside`, which may be none; a copy."""
        inside = self._with["inside"]
        return _sum(inside) if len(inside) > 1 else inside[0].copy() if inside else np.zeros_like(self.fen[0])

    def payable(self, flag: str) -> Ints:
        """Return what is due of the blocks with that flag; not to be changed."""
        return _sum(self._with[flag])

    def take(self, fen: Ints, flag: str) -> None:
        """Take so much off the blocks with that flag, first block first; no more than they hold."""
        *several, last = self._with[flag]
        for block in several:
            part = np.minimum(block, fen)
            block[...] -= part
            fen = fen - part
        last -= fen


class Drawn(NamedTuple):
    """What pockets and cash pay. Of the bills in `sharing` alone: what sharers pay, and what of it counts otherwise.

    `goods_fen` is paid for goods under a limit, `uncounted_fen` inside where shared money is not counted.
    """

    own_fen: Ints
    wallet_fen: Ints | None
    cash_fen: Ints
    sharing: Ints
    shared_fen: Ints
    goods_fen: Ints
    uncounted_fen: Ints


def draw(terms: Terms, due: Due, goods: Goods, purses: Purses, sharers: Sharers, asked: Sharing, rules: Marks) -> Drawn:
    """Return what each pays, and change what lies in the pockets."""
    own_first = terms.rules.plan.own_first
    before_fen = purses.current_fen + purses.carry_fen
    own_fen = _own(due, purses, before_fen, rules) if own_first else before_fen
    these = asked.patients[_sum([fen[asked.patients] for fen in due.fen]) > 0]
    left, those = due.some(these), goods.some(these)
    inside_fen = left.inside()
    if len(these):
        some, noted = sharers.some(these, asked.needed), np.zeros(len(these), np.int32)
        shared_fen = _shared(terms, left, those, before_fen[these], some, noted)
        due.put(these, left)
        rules[these] |= noted
        sharers.put(these, some)
    else:
        shared_fen = inside_fen
    if not own_first:
        own_fen = _own(due, purses, before_fen, rules)
    wallet_fen = None
    if purses.wallet_fen.any():
        wallet_fen = np.minimum(due.payable("wallet"), purses.wallet_fen) * goods.allowed
        due.take(wallet_fen, "wallet")
        purses.wallet_fen[...] -= wallet_fen
        _note(rules, wallet_fen > 0, "wallet")
    limited_fen = shared_fen * those.limited
    return Drawn(own_fen, wallet_fen, _sum(due.fen), these, shared_fen, limited_fen, inside_fen - left.inside())


# Helpers


def _sum(several: list[Ints]) -> Ints:
    total = several[0]
    for fen in several[1:]:
        total = total + fen
    return total


def _own(due: Due, purses: Purses, before_fen: Ints, rules: Marks) -> Ints:
    """Return what the own account pays: this year's money before carry-over."""
    if due.own_alike:
        own_fen = np.minimum(due.payable("current"), before_fen)
        due.take(own_fen, "current")
        current_fen = np.minimum(own_fen, purses.current_fen)
        carry_fen = own_fen - current_fen
    else:
        current_fen = np.minimum(due.payable("current"), purses.current_fen)
        due.take(current_fen, "current")
        carry_fen = np.minimum(due.payable("carry"), purses.carry_fen)
        due.take(carry_fen, "carry")
        own_fen = current_fen + carry_fen
    purses.current_fen[...] -= current_fen
    purses.carry_fen[...] -= carry_fen
    _note(rules, own_fen > 0, "own")
    return own_fen


def _shared(terms: Terms, due: Due, goods: Goods, before_fen: Ints, sharers: Sharers, rules: Marks) -> Ints:
    """Ask the sharers in the order of the region; each is skipped for the first of the reasons that hold."""
    plan = terms.rules.plan
    allowed, limited = goods.allowed, goods.limited
    wanted_fen = due.payable("shared") * allowed
    if plan.use_cap is not None:
        wanted_fen = np.where(limited, np.minimum(wanted_fen, goods.room_fen), wanted_fen)
    bar = wanted_fen == 0
    left_fen = wanted_fen.copy()
    paid_before = np.zeros(len(bar), bool)
    not_empty = before_fen > 0 if plan.own_must_be_empty else None
    order = _order(terms, sharers)
    ordered = sharers if order is None else Sharers(*(np.take_along_axis(rows, order, 0) for rows in sharers))
    for number in _places(terms, len(sharers.relation)):
        one = Sharers(*(rows[number] for rows in ordered))
        there = (one.relation >= 0) & (bar | (left_fen > 0))
        able = _without_faults(terms, there, one.relation, (bar, allowed, limited), (paid_before, not_empty), rules)
        taken_fen = _take(terms, one, left_fen * able, able, rules)
        left_fen -= taken_fen
        if len(one.used_fen):
            one.used_fen[...] += taken_fen
        if plan.one_sharer:
            paid_before |= taken_fen > 0
    if order is not None:
        for rows, changed in zip(sharers[2:], ordered[2:], strict=True):
            np.put_along_axis(rows, order, changed, 0)
    shared_fen = wanted_fen - left_fen
    due.take(shared_fen, "shared")
    return shared_fen


def _order(terms: Terms, sharers: Sharers) -> Ints | None:
    """Return the places of the sharers, richest first, where the region asks by balance."""
    order = terms.rules.plan.order
    if order is None or order.by != "balance" or len(sharers.relation) < 2:
        return None
    return np.argsort(-(sharers.current_fen + sharers.carry_fen), axis=0, kind="stable")


def _places(terms: Terms, several: int) -> range:
    order = terms.rules.plan.order
    return range(several - 1, -1, -1) if order is not None and order.by == "binding_last" else range(several)


def _without_faults(
    terms: Terms,
    there: Bools,
    relation: Ints,
    bars: tuple[Bools, Bools, Bools],
    state: tuple[Bools, Bools | None],
    rules: Marks,
) -> Bools:
    """Return who of `there` has no fault; the first fault of the others, in the order of refusals, is noted."""
    plan = terms.rules.plan
    bar, allowed, limited = bars
    paid_before, not_empty = state
    faults: list[tuple[str, Bools]] = []
    if not terms.related.all():
        faults.append(("relatives", ~terms.related[relation]))
    if not plan.shares_freely or plan.without_pay_mode:
        faults.append(("sharing" if not plan.shares_freely else "pay_mode", np.ones(len(there), bool)))
    if bar.any():
        faults += [("uses", bar & ~limited & ~allowed), ("out_of_scope", bar & ~limited & allowed)]
    if plan.one_sharer:
        faults.append(("one_sharer", paid_before))
    if not_empty is not None:
        faults.append(("own_not_empty", not_empty))
    if plan.use_cap is not None:
        faults.append(("use_cap", bar))
    able = there
    for event, fault in faults:
        _note(rules, able & fault, event)
        able = able & ~fault
    return able


def _take(terms: Terms, one: Sharers, wanted_fen: Ints, able: Bools, rules: Marks) -> Ints:
    """Return what the sharer pays of `wanted_fen`, out of his pockets or his pot; why not one fen is noted."""
    plan = terms.rules.plan
    limit_fen = _limit(terms, one)
    if plan.pot:
        taken_fen = np.minimum(wanted_fen, one.pot_fen)
        _note(rules, able & (one.pot_fen == 0), "pot_empty")
        able = able & (one.pot_fen > 0)
    else:
        above_fen = one.current_fen + one.carry_fen - terms.rules.minimum_fen
        open_fen = np.minimum(one.carry_fen, above_fen) if plan.carry_over_only else above_fen
        short = able & (open_fen <= 0)
        if plan.carry_over_only:
            only = short & (one.carry_fen == 0) & (one.current_fen > 0)
            _note(rules, only, "carry_over")
            short &= ~only
            able = able & ~only
        _note(rules, short, "minimum")
        able = able & ~short
        taken_fen = np.maximum(np.minimum(wanted_fen, open_fen), 0)
    if limit_fen is not None:
        _note(rules, able & (limit_fen == 0), "cap")
        taken_fen = np.minimum(taken_fen, limit_fen)
    _note(rules, taken_fen > 0, "pot" if plan.pot else "shared")
    if plan.pot:
        one.pot_fen[...] -= taken_fen
    else:
        carry_fen = np.minimum(taken_fen, one.carry_fen)
        one.carry_fen[...] -= carry_fen
        one.current_fen[...] -= taken_fen - carry_fen
    return taken_fen


def _limit(terms: Terms, one: Sharers) -> Ints | None:
    """Return what the sharers' own limits leave, None where the region knows none."""
    cap = terms.rules.plan.cap
    if cap is None:
        return None
    left_fen = one.cap_fen if cap.limits == "one_payment" else np.maximum(one.cap_fen - one.used_fen, 0)
    return np.where(one.cap_fen == NO_CAP, MOST_FEN, left_fen)


def _note(rules: Marks, these: Bools, event: str) -> None:
    rules |= these * np.int32(BIT[event])
