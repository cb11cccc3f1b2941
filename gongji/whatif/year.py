"""A year of bills on columns: each person's in order, with what they leave behind carried on from bill to bill."""

from collections import Counter
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
from msgspec import Struct

from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Visit
from gongji.domain.insured import Insurance, Insured, Work
from gongji.rules.benefits import Care, Share, pooled_share
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.whatif import kernel
from gongji.whatif.calendars import days_of
from gongji.whatif.columns import NO_DAY, SHARER_AMOUNTS, WORDS, Bills, Ints, day_of
from gongji.whatif.kernel import CODES, RESULTS, decide
from gongji.whatif.tables import Bill, Outcome, Year
from gongji.whatif.terms import Stacked, rules_behind, stacked

KEPT: Final = 3_900_000
"""An array of so many numbers, made and given up once, tells the C library to keep memory that is given up later.

Otherwise each chunk gets its memory anew from the system, page by page, which takes longer than all decisions.
"""
_OWN: Final = ("own_current_fen", "own_carry_fen", "own_wallet_fen", "own_credit_fen")
_SHARER: Final = (*SHARER_AMOUNTS, "relation", "cap_fen")


class Decided(Struct, frozen=True):
    """What came of each bill: RESULTS in fen, the last the code of its rules.

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
        self.told: Counter[str] = Counter()
        self.days = lru_cache(maxsize=None)(self._days)
        self._several: list[RegionDay] = []
        self._numbers: dict[int, int] = {}
        self._stacked: Stacked | None = None
        np.empty(KEPT, np.int64)

    @property
    def tables(self) -> Stacked:
        """Return the tables of all days asked for so far."""
        if self._stacked is None:
            self._stacked = stacked(self._several)
        return self._stacked

    def rule_ids(self, code: int) -> tuple[str, ...]:
        """Return the rows of the book that a bill with this code rests on."""
        return rules_behind(self._several[code // CODES], code % CODES)

    def _days(self, first: int, last: int) -> tuple[int, Ints]:
        return days_of(first, last, self._rules_on)

    def _rules_on(self, day: date) -> tuple[int, RegionDay]:
        rules = self.book.on(self.region, day)
        number = self._numbers.get(id(rules))
        if number is None:
            number = self._numbers[id(rules)] = len(self._several)
            self._several.append(rules)
            self._stacked = None
        return number, rules


def run(tariff: Tariff, bills: Bills) -> Decided:
    """Return what comes of `bills`, which are whole persons."""
    several, starts = len(bills), bills.starts
    persons, sharers = len(starts), len(bills.sharers)
    results, cash_fen = np.empty((len(RESULTS), several), np.int64), np.empty(persons, np.int64)
    out = Outcome(results, cash_fen, np.empty((persons, 2 + sharers), np.int64))
    if several:
        days = tariff.days(int(bills.day.min()), int(bills.day.max()))
        columns, rules, year = _columns(bills, starts), tariff.tables.rules, _year(bills, starts)
        row, state = 0, year.state
        while (row := decide(row, columns, days, rules, year, out)) < several:
            tariff.told[tariff.tables.odd[state[kernel.CELL]] or "bands: one bill crosses two"] += 1
            state[[kernel.GIVEN_FUND, kernel.GIVEN_DEDUCTIBLE]] = _shared_out(tariff, bills, row, state)
    return Decided(dict(zip(RESULTS, results, strict=True)), cash_fen, out.left_fen)


# Helpers


def _columns(bills: Bills, starts: Ints) -> Bill:
    """Return the bills as the kernel reads them, and only reads."""
    whole = [bills.day, bills.age, bills.level, bills.retired_on, bills.split]
    whole += [bills.words[name] for name in ("insured", "work", "place", "visit", "kind")]
    parts = ("fund", "deductible", "copay", "in_scope", "first_self_pay", "over_limit", "off_catalogue")
    whole += [bills.fen[f"{name}_fen"] for name in parts]
    views = [np.ascontiguousarray(column).view() for column in whole]
    for view in views:
        view.flags.writeable = False
    return Bill(np.append(starts, len(bills)), *views)


def _year(bills: Bills, starts: Ints) -> Year:
    """Return what lies there before each person's first bill, and a year that has not begun."""
    firsts = slice(None) if len(starts) == len(bills) else starts
    several, persons = len(bills.sharers), len(starts)
    own = np.empty((len(_OWN), persons), np.int64)
    for row, name in zip(own, _OWN, strict=True):
        row[...] = bills.fen[name][firsts]
    sharers = np.empty((several, len(_SHARER), persons), np.int64)
    for rows, sharer in zip(sharers, bills.sharers, strict=True):
        for row, name in zip(rows, _SHARER, strict=True):
            row[...] = getattr(sharer, name)[firsts]
        rows[kernel.CREDIT] *= rows[kernel.RELATION] >= 0
    state = np.zeros(kernel.STATE_FIELDS, np.int64)
    state[kernel.PERSON] = -1
    return Year(own, sharers, state, np.zeros((several, kernel.SHARER_FIELDS), np.int64))


def _shared_out(tariff: Tariff, bills: Bills, row: int, state: Ints) -> tuple[int, int]:
    """Return what the funds pay of one bill and the deductible, by the rule itself."""
    day, retired_on = day_of(int(bills.day[row])), int(bills.retired_on[row])
    visit = Visit(WORDS["visit"][bills.words["visit"][row]])
    rules = tariff.book.on(tariff.region, day)
    person = Insured(
        person_id=0,
        insured=Insurance(WORDS["insured"][bills.words["insured"][row]]),
        region=rules.region,
        work=Work(WORDS["work"][bills.words["work"][row]]),
        retired_on=None if retired_on == NO_DAY else day_of(retired_on),
        born=day.replace(year=day.year - int(bills.age[row]), month=1, day=1),
    )
    care = int(visit is Visit.INPATIENT)
    outpatient, stays = state[kernel.FUND : kernel.STAY_FUND].tolist(), state[kernel.STAY_FUND : kernel.STAYS].tolist()
    fund_fen, deductible_fen, burden_fen = stays if care else outpatient
    cared = Care(
        visited_on=day,
        visit=visit,
        level=int(bills.level[row]),
        used_fund_fen=fund_fen,
        used_fund_all_fen=outpatient[0] + stays[0],
        used_deductible_fen=deductible_fen,
        used_burden_fen=burden_fen,
        stays_before=int(state[kernel.STAYS]) * care,
    )
    kind = FeeKind(WORDS["kind"][bills.words["kind"][row]])
    line = FeeLine(int(bills.fen["in_scope_fen"][row]), FeeClass.A, kind)
    share = pooled_share([line], person, cared, rules)
    if not isinstance(share, Share):
        raise TypeError(f"a schedule was found, but the rule refused: {share.reason}")
    return share.fund_fen, share.deductible_fen
