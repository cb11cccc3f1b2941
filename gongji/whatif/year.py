"""A year of bills on columns: the first bills of all persons are one step, their second ones the next, and so on.

Before a bill the months since the person's last one are credited, the account year turns, and where the region has
pots each sharer sets aside all he may, once a month.
"""

from collections import Counter
from typing import Final, NamedTuple

import numpy as np
from msgspec import Struct

from gongji.domain.bill import Component
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.whatif.calendars import Days, Marks, apart, marks_of
from gongji.whatif.columns import Bills, Bools, Ints
from gongji.whatif.draws import Due, Goods, Purses, Sharers, Sharing, draw, needed_of
from gongji.whatif.prepared import COMPUTED, INPATIENT, Prepared, Stretch, due_of, pieces
from gongji.whatif.shares import Asked, Year, shares_of
from gongji.whatif.terms import BIT, NO_CELL, Terms, cells_of, day_of, rules_behind, terms_of

AT_ONCE: Final = 1 << 14
"""So many bills of a step are worked on together: their columns then stay next to the processor."""
KEPT: Final = 3_900_000
"""An array of so many numbers, made and given up once, tells the C library to keep memory that is given up later.

Otherwise each chunk gets its memory anew from the system, page by page, which takes longer than all decisions.
"""
_ACCOUNTS_AND_POTS: Final = (True, False, True, True, True, False)
CODES: Final = 1 << 20
"""A code of rules is its bits, and this times the number of the terms."""
RESULTS: Final = (
    "fund_fen",
    "deductible_fen",
    "own_fen",
    "shared_fen",
    "wallet_fen",
    "cash_fen",
    "burden_fen",
    "rules",
)


class Decided(Struct, frozen=True):
    """What came of each bill, in the order they are laid out in: RESULTS in fen, the last the code of its rules.

    By person: `cash_fen` is what he paid in cash, `left_fen` what is left at the end of his own account, of his wallet,
    and of each sharer's account and pot.
    """

    columns: dict[str, Ints]
    cash_fen: Ints
    left_fen: Ints


class Tariff:
    """The terms of a region on the days of bills. `told` counts the bills decided one by one, by what was odd."""

    def __init__(self, book: PolicyBook, region: str) -> None:
        """Read `region` in `book`."""
        self.book = book
        self.region = region
        self.terms: list[Terms] = []
        self.told: Counter[str] = Counter()
        self.days = Days(self.rules_on)
        self._numbers: dict[int, int] = {}
        np.empty(KEPT, np.int64)

    def rules_on(self, day: int) -> RegionDay:
        """Return the rules on the day that is so many days after 1970-01-01."""
        return self.book.on(self.region, day_of(day))

    def number_of(self, rules: RegionDay) -> int:
        """Return the number of the terms of these rules."""
        number = self._numbers.get(id(rules))
        if number is None:
            number = self._numbers[id(rules)] = len(self.terms)
            self.terms.append(terms_of(rules))
        return number

    def rule_ids(self, code: int) -> tuple[str, ...]:
        """Return the rows of the book that a bill with this code rests on."""
        return rules_behind(self.terms[code // CODES], code % CODES)


class _State(NamedTuple):
    """What the persons' years have come to so far; sums by kind of care (0 outpatient, 1 inpatient)."""

    purses: Purses
    credit_fen: Ints
    sharers: Sharers
    shared_credit_fen: Ints
    fund_fen: Ints
    deductible_fen: Ints
    burden_fen: Ints
    stays: Ints
    goods_fen: Ints
    cash_fen: Ints


def run(tariff: Tariff, bills: Bills, prepared: Prepared) -> Decided:
    """Return what comes of `bills`, which are whole persons, laid out with the days of `tariff`."""
    columns = _blank(prepared)
    state = _opening(bills, prepared.starts)
    if len(bills):
        marks = prepared.laid(marks_of(bills.day, prepared.starts, tariff.days))
        numbers = [tariff.number_of(tariff.rules_on(one.day)) for one in prepared.stretches]
        stretches = {
            number: _Stretch(tariff, number, bills, prepared, marks, columns) for number in dict.fromkeys(numbers)
        }
        for number, one in zip(numbers, prepared.stretches, strict=True):
            _run_stretch(stretches[number], one, state)
    sharers = state.sharers
    own_fen = [state.purses.current_fen + state.purses.carry_fen, state.purses.wallet_fen]
    left_fen = np.array([*own_fen, *(sharers.current_fen + sharers.carry_fen + sharers.pot_fen)]).T
    return Decided(columns, state.cash_fen, left_fen)


# Helpers


def _blank(prepared: Prepared) -> dict[str, Ints]:
    """Return the columns of results as they are where nobody changes them."""
    bills = len(prepared.case)
    columns = {name: np.zeros(bills, np.int64) for name in ("shared_fen", "wallet_fen")}
    columns |= {name: np.empty(bills, np.int64) for name in ("own_fen", "cash_fen", "burden_fen")}
    for name, given_fen in (("fund_fen", prepared.fund_fen), ("deductible_fen", prepared.deductible_fen)):
        columns[name] = np.zeros(bills, np.int64) if given_fen is None else given_fen.copy()
    columns["rules"] = np.empty(bills, np.int32)
    return {name: columns[name] for name in RESULTS}


def _run_stretch(stretch: "_Stretch", bills: Stretch, state: _State) -> None:
    """Decide the bills of one stretch, and carry the state on."""
    persons = bills.persons
    working = state if isinstance(persons, slice) else _state([rows.take(persons, axis=-1) for rows in _arrays(state)])
    asked: Bools = np.logical_or.reduce(working.sharers.relation >= 0, axis=0)
    for some, places in pieces(bills, AT_ONCE):
        part = _state([rows[..., some] for rows in _arrays(working)])
        stretch.decide(places, part, np.flatnonzero(asked[some]))
    if not isinstance(persons, slice):  # a slice is worked on in its place
        for rows, changed in zip(_arrays(state), _arrays(working), strict=True):
            rows[..., persons] = changed


def _opening(bills: Bills, starts: Ints) -> _State:
    """Return the state before the first bills."""
    firsts = slice(None) if len(starts) == len(bills) else starts
    names = ("own_current_fen", "own_carry_fen", "own_wallet_fen", "own_credit_fen")
    own = [np.array(bills.fen[name][firsts]) for name in names]

    def of_each(name: str) -> Ints:
        several = np.empty((len(bills.sharers), len(starts)), np.int64)
        for row, sharer in zip(several, bills.sharers, strict=True):
            row[...] = getattr(sharer, name)[firsts]
        return several

    relation = of_each("relation")
    cap_fen, *pockets = (of_each(f"{name}_fen") for name in ("cap", "current", "carry", "pot"))
    credit_fen = of_each("credit_fen")
    credit_fen *= relation >= 0
    zero, two = np.zeros(len(starts), np.int64), np.zeros((2, len(starts)), np.int64)
    return _State(
        Purses(own[0], own[1], own[2]), own[3],
        Sharers(relation, cap_fen, pockets[0], pockets[1], pockets[2], np.zeros_like(relation)),
        credit_fen,
        two, two.copy(), two.copy(), zero, zero.copy(), zero.copy(),
    )  # fmt: skip


def _arrays(state: _State) -> list[Ints]:
    return [*state.purses, state.credit_fen, *state.sharers, *state[3:]]


def _state(arrays: list[Ints]) -> _State:
    """Return the state of these arrays, which are as `_arrays` gives them."""
    return _State(Purses(*arrays[:3]), arrays[3], Sharers(*arrays[4:10]), *arrays[10:])


class _Stretch:
    """The bills under one region-day's terms: `decide` takes some of them, each of another person."""

    def __init__(
        self, tariff: Tariff, number: int, bills: Bills, prepared: Prepared, marks: Marks, columns: dict[str, Ints]
    ) -> None:
        """Look the bills up in the terms of that number, and put what comes of them into `columns`."""
        self._told, self._terms, self._bills, self._prepared = tariff.told, tariff.terms[number], bills, prepared
        self._marks, self._columns, self._base = marks, columns, number * CODES
        counts_use = any(one.rules.plan.cap is not None for one in tariff.terms)
        self._needed = needed_of(self._terms, counts_use=counts_use)
        self._due = [due_of(prepared, block) for block in self._terms.blocks]
        self._retired_on = prepared.laid(bills.retired_on) if len(self._terms.thresholds) else bills.retired_on

    def decide(self, some: slice, state: _State, asked: Ints) -> None:
        """Decide one bill of each of some persons, and carry their years on; `asked` are those who have sharers."""
        terms, prepared = self._terms, self._prepared
        _turn(terms, self._marks[some], state, asked)
        case = prepared.case[some]
        stays = np.flatnonzero(case & INPATIENT)
        rules, cell, refused = self._looked_up(some, case, stays)
        burden_fen, due_fen = prepared.inside_fen[some], [fen[some] for fen in self._due]
        if refused is not None:
            burden_fen = burden_fen * ~refused
            for fen in due_fen:
                fen[...] *= ~refused
        if cell is not None:
            rows = prepared.rows[some] if prepared.rows is not None else np.arange(some.start, some.stop)
            asked_of = Asked(cell, burden_fen, rows)
            fund_fen, deductible_fen = shares_of(terms, self._bills, asked_of, _used(state, stays), self._told)
            _after_funds(terms, due_fen, fund_fen, deductible_fen)
            burden_fen = burden_fen - fund_fen
            self._put(some, "fund_fen", fund_fen)
            self._put(some, "deductible_fen", deductible_fen)
        goods, those = self._goods_of(some, state), Sharing(asked, self._needed)
        drawn = draw(terms, Due(terms.blocks, due_fen), goods, state.purses, state.sharers, those, rules)
        self._columns["burden_fen"][some] = burden_fen
        burden_fen = self._columns["burden_fen"][some]
        burden_fen[drawn.sharing] -= drawn.uncounted_fen
        state.goods_fen[drawn.sharing] += drawn.goods_fen
        state.cash_fen[...] += drawn.cash_fen
        columns = self._columns
        columns["own_fen"][some], columns["cash_fen"][some] = drawn.own_fen, drawn.cash_fen
        columns["shared_fen"][some][drawn.sharing] = drawn.shared_fen
        if drawn.wallet_fen is not None:
            columns["wallet_fen"][some] = drawn.wallet_fen
        columns["rules"][some] = rules
        self._count(some, state, burden_fen, stays if refused is None else stays[~refused[stays]])

    def _looked_up(self, some: slice, case: Marks, stays: Ints) -> tuple[Marks, Ints | None, Bools | None]:
        """Return the marks that bills begin with, the cells of their schedules, and who is refused; None for none."""
        terms = self._terms
        computed = (case & COMPUTED) != 0
        rules = np.where(computed, np.int32(self._base + BIT["outpatient"]), np.int32(self._base))
        rules[stays] = np.where(computed[stays], self._base + BIT["inpatient"], self._base)
        if not computed.any():
            return rules, None, None
        case = case & (COMPUTED - 1)
        cell = cells_of(terms, case, self._retired_on[some])
        cell = np.where(computed, cell, NO_CELL)
        without = np.flatnonzero(computed & (cell == NO_CELL))
        lost = without[(self._prepared.inside_fen[some][without] > 0) | ~terms.known[case[without]]]
        if not len(lost):
            return rules, cell if len(terms.table.first_fen) else None, None
        refused = np.zeros(len(case), bool)
        refused[lost] = True
        rules[lost] |= BIT["refused"]
        return rules, cell if len(terms.table.first_fen) else None, refused

    def _goods_of(self, some: slice, state: _State) -> Goods:
        limit = self._terms.rules.plan.use_cap
        room_fen = state.goods_fen if limit is None else np.maximum(limit.fen_per_month - state.goods_fen, 0)
        return Goods(self._terms, self._prepared.goods[some], room_fen)

    def _put(self, some: slice, name: str, fen: Ints) -> None:
        """Put what the schedules give beside what was given."""
        if self._prepared.fund_fen is None:
            self._columns[name][some] = fen
        else:
            self._columns[name][some] += fen

    def _count(self, some: slice, state: _State, burden_fen: Ints, stays: Ints) -> None:
        """Count the bills in their years; `stays` are the hospital stays that were not refused."""
        several = (
            (state.fund_fen, self._columns["fund_fen"][some]),
            (state.deductible_fen, self._columns["deductible_fen"][some]),
            (state.burden_fen, burden_fen),
        )
        for two, fen in several:
            two[0] += fen
            if len(stays):
                two[0][stays] -= fen[stays]
                two[1][stays] += fen[stays]
        state.stays[stays] += 1


def _after_funds(terms: Terms, due_fen: list[Ints], funded_fen: Ints, deducted_fen: Ints) -> None:
    """Take what the funds pay off what is due; a block with the deductible and the co-pay holds both already."""
    for block, fen in zip(terms.blocks, due_fen, strict=True):
        if Component.COPAY in block.components:
            fen[...] -= funded_fen
        if (Component.DEDUCTIBLE in block.components) != (Component.COPAY in block.components):
            fen[...] += deducted_fen if Component.DEDUCTIBLE in block.components else -deducted_fen


def _used(state: _State, stays: Ints) -> Year:
    """Return what the year has used up; `stays` are the places of hospital stays, which are counted apart."""
    sums = (state.fund_fen, state.deductible_fen, state.burden_fen)
    before = np.zeros_like(state.stays)
    if not len(stays):
        return Year(sums[0][0], sums[0][0] + sums[0][1], sums[1][0], sums[2][0], before)
    mine = [two[0].copy() for two in sums]
    for fen, two in zip(mine, sums, strict=True):
        fen[stays] = two[1][stays]
    before[stays] = state.stays[stays]
    return Year(mine[0], state.fund_fen[0] + state.fund_fen[1], mine[1], mine[2], before)


def _turn(terms: Terms, marks: Marks, state: _State, asked: Ints) -> None:
    """Credit what fell due since the last bill, turn the account year, and set aside what may be."""
    sharers = state.sharers
    if int(marks.max()) > 1:
        when = apart(marks)
        accounts = [(state.purses.current_fen, state.purses.carry_fen, state.credit_fen)]
        accounts += list(zip(sharers.current_fen, sharers.carry_fen, state.shared_credit_fen, strict=True))
        turned = np.flatnonzero(when.turned)
        for current_fen, carry_fen, credit_fen in accounts:
            if len(turned):
                carry_fen[turned] += current_fen[turned] + credit_fen[turned] * when.before_turn[turned]
                current_fen[turned] = 0
            current_fen[...] += credit_fen * when.months
        for sums in (state.fund_fen, state.deductible_fen, state.burden_fen, state.stays) if len(turned) else ():
            sums[..., turned] = 0
    if terms.rules.plan.use_cap is not None:
        state.goods_fen[...] *= (marks & 1) == 0
    if terms.rules.plan.pot:
        these = asked[(marks[asked] & 1) == 1]
        if len(these):
            some = sharers.some(these, _ACCOUNTS_AND_POTS)
            _set_aside(terms, some)
            sharers.put(these, some)


def _set_aside(terms: Terms, sharers: Sharers) -> None:
    account_fen = sharers.carry_fen + sharers.current_fen
    most_fen = account_fen - terms.rules.minimum_fen
    if terms.rules.plan.carry_over_only:
        most_fen = np.minimum(sharers.carry_fen, most_fen)
    most_fen = np.maximum(most_fen, 0) * (sharers.relation >= 0)
    carry_fen = np.minimum(most_fen, sharers.carry_fen)
    sharers.carry_fen[...] -= carry_fen
    sharers.current_fen[...] -= most_fen - carry_fen
    sharers.pot_fen[...] += most_fen
