"""Coverage: the decisive slots of all provinces, counted by how well they are known."""

import copy
import json
from datetime import date, timedelta

import pytest

from gongji.rules.bundle import compile_book
from gongji.rules.coverage import FRESH_FOR, SLOTS, as_data, coverage, region_coverage
from gongji.rules.policybook import PolicyBook
from gongji.rules.schema import RULES

DAY = date(2026, 11, 22)
KEYS = ["region", "name", "slots", "official", "portal", "assumed", "unknown", "stale"]


def answers(book: PolicyBook, region: str, day: date = DAY):
    return {answer.slot: answer for answer in region_coverage(book, region, day).answers}


def test_each_slot_is_answered_by_rules_of_the_register_and_no_rule_by_two():
    rules = [rule for several in SLOTS.values() for rule in several]

    assert set(rules) <= set(RULES)
    assert len(rules) == len(set(rules))


def test_thirty_two_regions_are_counted_and_seventy_percent_of_their_slots_are_known(book: PolicyBook):
    regions = as_data(coverage(book, DAY))["regions"]

    assert [list(one) for one in regions] == [KEYS] * 32
    assert "660000" in {one["region"] for one in regions}
    for one in regions:
        assert one["slots"] == sum(int(str(one[key])) for key in ("official", "portal", "assumed", "unknown"))
    unknown = sum(int(str(one["unknown"])) for one in regions)
    slots = sum(int(str(one["slots"])) for one in regions)
    assert unknown <= 0.3 * slots


def test_no_known_value_lacks_a_source(book: PolicyBook):
    for one in coverage(book, DAY):
        for answer in one.answers:
            assert all(row.state == "unknown" or row.source in book.sources for row in answer.rows)


def test_a_slot_is_as_well_known_as_the_worst_known_of_its_rules(book: PolicyBook):
    shandong = answers(book, "370000")["members"]

    assert {row.rule: row.grade for row in shandong.rows} == {"members_max": None, "sharers_per_member": "assumed"}
    assert (shandong.standing, shandong.own) == ("unknown", True)
    assert answers(book, "140000")["modes"].standing == "portal"


def test_what_the_nation_answers_is_not_the_regions_own(book: PolicyBook):
    assert not answers(book, "340000")["relatives"].own
    assert answers(book, "130000")["relatives"].own


def test_a_value_goes_stale_when_nobody_has_read_its_document_for_a_year(book: PolicyBook):
    checked = DAY + FRESH_FOR

    assert region_coverage(book, "110000", checked).stale == 0
    aged = region_coverage(book, "110000", checked + timedelta(days=1))
    assert aged.stale == sum(answer.standing != "unknown" for answer in aged.answers)


@pytest.mark.parametrize(("day", "stale"), [(date(2024, 6, 30), False), (date(2024, 7, 1), True)])
def test_a_value_goes_stale_on_the_day_its_row_says(book: PolicyBook, day, stale):
    assert answers(book, "440300", day)["retained_minimum"].stale is stale


def test_a_row_read_again_is_fresh_again(policy_files):
    files = copy.deepcopy(policy_files)
    files["350000-fujian.toml"]["retained_minimum"][0]["checked"] = DAY + timedelta(days=300)
    book, _ = compile_book(files)

    late = DAY + FRESH_FOR + timedelta(days=10)
    assert not answers(book, "350000", late)["retained_minimum"].stale
    assert answers(book, "350000", late)["relatives"].stale


def test_the_counts_are_plain_data(book: PolicyBook):
    assert json.loads(json.dumps(as_data(coverage(book, DAY))))["regions"][0]["region"] == "110000"
