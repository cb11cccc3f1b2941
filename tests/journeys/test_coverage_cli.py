"""`gongji policy coverage` as a person and as a program read it, and `policy show` with what a value won over."""

import json

import pytest
from typer.testing import CliRunner

from gongji.channels.cli import app
from gongji.wiring import Wiring


def gongji(*words: str) -> str:
    done = CliRunner().invoke(app, list(words), obj=Wiring({}))
    assert done.exit_code == 0, done.output
    return done.output


def test_coverage_counts_thirty_two_regions_as_data():
    regions = json.loads(gongji("policy", "coverage", "--on", "2026-11-22", "--json"))["regions"]

    assert len(regions) == 32
    assert regions[-1] == {
        "region": "660000", "name": "新疆生产建设兵团 Xinjiang Production and Construction Corps", "slots": 10,
        "official": 4, "portal": 0, "assumed": 4, "unknown": 2, "stale": 0,
    }  # fmt: skip


def test_coverage_shows_each_slot_of_each_region_to_a_person():
    table = gongji("policy", "coverage", "--on", "2026-11-22")

    [beijing] = [line for line in table.splitlines() if "110000" in line]
    assert [cell.strip() for cell in beijing.strip("│ ").split("│")][1:] == list("OOaaoO?aaA")
    assert "? unknown" in table


@pytest.mark.parametrize(("day", "mark"), [("2027-11-23", "O"), ("2027-11-24", "O*")])
def test_coverage_marks_what_nobody_has_read_for_a_year(day, mark):
    [line] = [line for line in gongji("policy", "coverage", "--on", day).splitlines() if "130000" in line]

    assert line.strip("│ ").split("│")[1].strip() == mark


def test_coverage_before_the_book_is_refused():
    done = CliRunner().invoke(app, ["policy", "coverage", "--on", "1998-12-13"], obj=Wiring({}))

    assert done.exit_code == 2
    assert "1998-12-14" in done.output


def test_a_row_shows_what_it_won_over_and_what_it_overrides():
    shown = gongji("policy", "show", "500000", "members_max")
    assert "contradicted: 一次只能关联1人" in shown
    assert "won as later" in shown

    [row] = json.loads(gongji("policy", "show", "370100", "relatives", "--on", "2025-01-01", "--json"))["rows"]
    assert (row["overrides"], row["checked"], row["stale_from"]) == ("370000", "2026-11-22", None)
