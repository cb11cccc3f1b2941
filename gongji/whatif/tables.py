"""What the kernel reads and writes: columns of bills, tables of rules, and the year of the person at hand, in fen."""

from typing import NamedTuple

from gongji.whatif.columns import Bools, Codes, Ints


class Bill(NamedTuple):
    """The columns of the bills; `first` is the row of each person's first one, with the end behind them."""

    first: Ints
    day: Ints
    age: Ints
    level: Ints
    retired_on: Ints
    split: Bools
    insured: Codes
    work: Codes
    place: Codes
    visit: Codes
    kind: Codes
    fund_fen: Ints
    deductible_fen: Ints
    copay_fen: Ints
    in_scope_fen: Ints
    first_self_pay_fen: Ints
    over_limit_fen: Ints
    off_catalogue_fen: Ints


class Rules(NamedTuple):
    """The plans of region-days by number: `plan` by the fields of the kernel, `pays` the payers' bits by component.

    `use` has the bits of what shared money may buy, by insurance, place and kind of goods. `cell` gives the cell of a
    schedule by visit, insurance, work, age, level, and how many of the days `retired` the person's retirement is not
    before; NO_CELL for none. `known` tells by visit whether there are schedules at all.

    `schedules` are by cell, one for each schedule, level and ratio (in drugstores or not). Behind the kernel's fields
    stand the stops, two numbers each: the funds' fen at which a band or the ceiling begins, and the ratio from there.
    """

    plan: Ints
    pays: Ints
    use: Ints
    cell: Ints
    retired: Ints
    known: Bools
    inpatient: Bools
    schedules: Ints


class Year(NamedTuple):
    """What lies there before the first bills, by person; and what the year of the person at hand has come to.

    `own` are pockets by person. `sharers` are pockets, relation and limit by sharer and person. `state` has the
    kernel's fields, `sharing` those of each sharer.
    """

    own: Ints
    sharers: Ints
    state: Ints
    sharing: Ints


class Outcome(NamedTuple):
    """What came of each bill (RESULTS, a row each), and of each person: cash paid, and what is left in the end."""

    results: Ints
    cash_fen: Ints
    left_fen: Ints
