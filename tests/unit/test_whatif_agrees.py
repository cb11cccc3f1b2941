"""Columns and the single decision agree to the fen and to the rule, in every region and over every change of rules."""

import tomllib
from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongji.rules.bundle import compile_book
from gongji.whatif.year import Tariff, run
from tests.random_years import differences, random_bills

YEARS = (date(2022, 3, 1), date(2023, 6, 15), date(2024, 7, 1), date(2025, 7, 1))
STRANGE = """
[[outpatient_benefits]]
start  = 2024-01-01
source = "reform"
grade  = "assumed"
reading = "Bands, a layer above the ceiling, and one by what was borne."
note   = "For a test."

[[outpatient_benefits.schedules]]
scheme = "employee"
work = ["retired"]
visits = ["outpatient", "chronic"]
deductible_fen = [10, 20, 30]
ratio_bp = [3333, 7000, 6667]
bands = [{fund_above_fen = 7000, ratio_bp = [5000, 4999, 3]}, {fund_above_fen = 50001, ratio_bp = [1, 9000, 10000]}]
ceiling = "fen"
ceiling_fen = 777777
ceiling_over = "all"
above_bp = 8001

[[outpatient_benefits.schedules]]
scheme = "employee"
deductible_fen = [4000, 4000, 4000]
deductible_per = "visit"
drugstore_bp = 8500
ratio_bp = [9000, 8000, 7000]
ceiling = "no_limit"
burden_above_fen = 100000
burden_ratio_bp = [6000, 5000, 4000]
burden_ceiling_fen = 200000
"""


def test_every_region_is_decided_alike(book):
    found = [
        difference
        for number, region in enumerate(book.regions)
        for difference in differences(book, region, random_bills(number, 12, YEARS[number % 4], date(2026, 3, 1)))
    ]

    assert not found, found[:5]


@settings(max_examples=25, deadline=None)
@given(
    region=st.sampled_from(["110000", "310000", "350000", "370000", "410100", "430100", "440300", "500000", "650000"]),
    seed=st.integers(0, 2**32 - 1),
    first=st.dates(date(2020, 1, 1), date(2025, 12, 31)),
    days=st.integers(0, 800),
)
def test_any_year_is_decided_alike(book, region, seed, first, days):
    last = date.fromordinal(first.toordinal() + days)

    assert not differences(book, region, random_bills(seed, 6, first, last))


def test_what_columns_cannot_say_is_decided_alike_and_counted(policy_files):
    strange = tomllib.loads(STRANGE)["outpatient_benefits"][0]
    liaoning = policy_files["210000-liaoning.toml"]
    source = {"title": "A test", "publisher": "us", "kind": "other", "checked": date(2024, 1, 1)}
    sources = {**liaoning.get("sources", {}), "reform": source}
    book, _ = compile_book(
        {**policy_files, "210000-liaoning.toml": {**liaoning, "sources": sources, "outpatient_benefits": [strange]}}
    )
    bills = random_bills(3, 300, date(2024, 1, 1), date(2024, 12, 31))

    assert not differences(book, "210000", bills)
    tariff = Tariff(book, "210000")
    run(tariff, bills)
    assert tariff.told.keys() == {
        "bands: one bill crosses two",
        "burden_above_fen: a layer by what the person has borne",
    }
    assert min(tariff.told.values()) > 3


@pytest.mark.parametrize("region", ["310000", "350000", "410000"])
def test_the_order_of_persons_changes_nothing(book, region):
    bills = random_bills(9, 40, date(2024, 1, 1), date(2025, 12, 31))
    turned = _turned_round(bills)
    tariff = Tariff(book, region)

    whole, again = (run(tariff, one) for one in (bills, turned))

    rows = [Counter(zip(*(column.tolist() for column in one.columns.values()), strict=True)) for one in (whole, again)]
    assert rows[0] == rows[1]
    assert (again.left_fen[::-1] == whole.left_fen).all()
    assert (again.cash_fen[::-1] == whole.cash_fen).all()


def _turned_round(bills):
    """The same bills with the last person first."""
    starts = bills.starts
    ends = np.append(starts[1:], len(bills))
    rows = np.concatenate([np.arange(begin, end) for begin, end in zip(starts[::-1], ends[::-1], strict=True)])

    def of(thing):
        if isinstance(thing, dict):
            return {name: of(column) for name, column in thing.items()}
        return thing[rows]

    fields = {name: of(getattr(bills, name)) for name in bills.__struct_fields__ if name != "sharers"}
    sharers = [type(one)(*(getattr(one, name)[rows] for name in one.__struct_fields__)) for one in bills.sharers]
    return type(bills)(**fields, sharers=tuple(sharers))
