"""The calendar sweep: every rule of every region has exactly one answer on every quarter day from 1998 to 2030."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from gongji.rules.coverage import is_province
from gongji.rules.policybook import EPOCH, PolicyBook, UnknownDayError
from gongji.rules.schema import RULES

PROVINCES = """110000 120000 130000 140000 150000 210000 220000 230000 310000 320000 330000 340000 350000 360000
370000 410000 420000 430000 440000 450000 460000 500000 510000 520000 530000 540000
610000 620000 630000 640000 650000 660000"""
QUARTER_DAYS = [
    date(year, month, day)
    for year in range(1998, 2031)
    for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
    if date(year, month, day) > EPOCH
]


def test_all_thirty_one_provinces_and_the_corps_have_a_file(book: PolicyBook):
    assert [region for region in book.regions if is_province(region)] == PROVINCES.split()


def test_the_quarter_days_run_from_the_first_year_of_the_book_to_2030():
    assert (QUARTER_DAYS[0], QUARTER_DAYS[-1], len(QUARTER_DAYS)) == (date(1998, 12, 31), date(2030, 12, 31), 129)


def test_every_rule_of_every_region_has_one_answer_on_every_quarter_day(book: PolicyBook):
    for region in book.regions:
        histories = {rule: book.history(region, rule) for rule in RULES}
        for day in QUARTER_DAYS:
            rules = book.on(region, day)
            assert rules.rows.keys() == RULES.keys()
            for rule, row in rules.rows.items():
                assert row in histories[rule], f"{region} {rule} {day}"
                assert row.start <= day < (row.end or date.max), f"{region} {rule} {day}"
                assert (row.value is not None) == (row.state == "value"), f"{region} {rule} {day}"
                assert row.state in {"value", "not_in_force", "unknown", "no_limit"}
                assert (row.source in book.sources) or row.state == "unknown"


def test_no_file_speaks_twice_for_one_day(book: PolicyBook):
    for region in book.regions:
        for rule in RULES:
            own = [row for row in book.history(region, rule) if row.region == region]
            assert all(one.end is not None and one.end <= two.start for one, two in pairwise(own)), rule


def test_before_the_first_document_there_is_one_answer_everywhere(book: PolicyBook):
    for region in book.regions:
        with pytest.raises(UnknownDayError):
            book.on(region, EPOCH - timedelta(days=1))
