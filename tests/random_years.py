"""Random years of random persons, for tests: every word, small and huge amounts, every kind of sharer."""

from datetime import date

import numpy as np

from gongji.rules.policybook import PolicyBook
from gongji.whatif.alone import Alone
from gongji.whatif.columns import AMOUNTS, NO_CAP, NO_DAY, RELATIONS, WORDS, Bills, Ints, Sharer
from gongji.whatif.year import Tariff, run

EPOCH = date(1970, 1, 1).toordinal()
SIZES = np.array([0, 1, 3, 50, 4_999, 30_001, 200_000, 777_777, 5_000_000, 90_000_000])


def some(drawn: np.random.Generator, rows: int, zero: float = 0.4) -> Ints:
    """Random fen of all sizes, often nothing."""
    fen = drawn.choice(SIZES, rows) * drawn.integers(1, 4, rows) // drawn.integers(1, 4, rows)
    return np.where(drawn.random(rows) < zero, 0, fen).astype(np.int64)


def random_bills(seed: int, people: int, first: date, last: date, sharers: int = 3) -> Bills:
    """Bills of some persons between two days, sorted by person and day."""
    drawn = np.random.default_rng(seed)
    counts = drawn.integers(1, 14, people)
    person = np.repeat(np.arange(people), counts)
    rows = len(person)
    day = drawn.integers(first.toordinal() - EPOCH, last.toordinal() - EPOCH + 1, rows)
    day = day[np.lexsort((day, person))]
    words = {name: drawn.integers(0, len(WORDS[name]), rows).astype(np.int8) for name in WORDS}
    words["insured"] = np.repeat((drawn.random(people) < 0.2).astype(np.int8), counts)
    retired = np.where(drawn.random(rows) < 0.5, drawn.integers(10_000, 13_000, rows), NO_DAY)
    fen = {name: some(drawn, rows) for name in AMOUNTS}
    several = tuple(
        Sharer(
            np.where(
                drawn.random(rows) < 0.3, -1, drawn.integers(0, len(RELATIONS), rows) % drawn.integers(1, 12, rows)
            ),
            some(drawn, rows, 0.3),
            some(drawn, rows, 0.3),
            some(drawn, rows, 0.3),
            some(drawn, rows, 0.3),
            np.where(drawn.random(rows) < 0.5, NO_CAP, some(drawn, rows, 0.1)),
        )
        for _ in range(sharers)
    )
    age, level = drawn.integers(0, 100, rows), drawn.integers(1, 4, rows)
    return Bills(person, day, age, level, retired, drawn.random(rows) < 0.4, words, fen, several)


def differences(book: PolicyBook, region: str, bills: Bills) -> list[str]:
    """What columns and single decisions disagree about, in words."""
    tariff = Tariff(book, region)
    decided = run(tariff, bills)
    found = []
    starts = bills.starts.tolist()
    for number, (begin, end) in enumerate(zip(starts, [*starts[1:], len(bills)], strict=True)):
        alone = Alone(book, region, bills, begin)
        for row in range(begin, end):
            outcome = alone.settle(row)
            columns = {name: int(column[row]) for name, column in decided.columns.items()}
            rule_ids = frozenset(tariff.rule_ids(columns.pop("rules")))
            found += [
                f"{region} bill {row}: {name} is {mine}, alone {getattr(outcome, name)}"
                for name, mine in (columns | {"rule_ids": rule_ids}).items()
                if mine != getattr(outcome, name)
            ]
        left_fen = decided.left_fen[number].tolist()
        if left_fen != alone.left_fen():
            found.append(f"{region} person {number}: left is {left_fen}, alone {alone.left_fen()}")
    return found
