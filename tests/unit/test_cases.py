"""Case files: every case of ours passes, and a file that is no case is told so with its key."""

import json
import tomllib
from pathlib import Path

import pytest

from gongji.channels.cases.runner import as_json, as_lines, run_file, run_paths, summary
from gongji.rules.coverage import is_province
from gongji.rules.policybook import PolicyBook

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "cases").rglob("*.toml"))
GOOD = (ROOT / "cases/acceptance/wuxi-own-first.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", CASES, ids=lambda file: str(file.relative_to(ROOT / "cases")))
def test_the_case_passes(file: Path, book: PolicyBook):
    result = run_file(file, book)

    assert result.ok, "\n".join(as_lines(result))


def test_there_are_two_hundred_cases_of_our_own_and_no_two_of_one_name(book: PolicyBook):
    names = [result.name for result in run_paths([ROOT / "cases"], book)]

    assert len([file for file in CASES if file.parent.name != "acceptance"]) >= 200
    assert len(names) == len(set(names))


def test_every_province_has_cases_of_its_own(book: PolicyBook):
    places = {tomllib.loads(file.read_text(encoding="utf-8"))["region"][:2] for file in CASES}

    assert {region[:2] for region in book.regions if is_province(region)} <= places


@pytest.mark.parametrize(
    ("good", "bad", "named"),
    [
        ("place", "place", None),
        ('cash = "0.00"', "cash = 0.0", "$.act[0].expect.cash"),
        ('cash = "0.00"', 'cash = "0"', "$.act[0].expect.cash"),
        ('carry_over = "100.00"', 'carry_over = "-1.00"', "$.person[1].carry_over"),
        ('member = "lao_zhang"', 'member = "nobody"', "bond[0]"),
        ('personal_part = "600.00"', 'personal_part = "600.00"\ncolour = "red"', "colour"),
        ('personal_part = "600.00"', "", "personal_part"),
        ("refused", "refused", None),
        ('own = "100.00"', 'refused = "NO_SUCH_REFUSAL"', "refused"),
        ('do = "settle"', 'do = "steal"', "steal"),
        ('insured = "employee"', 'insured = "pirate"', "pirate"),
        ("name   =", "title   =", "title"),
    ],
)
def test_a_file_that_is_no_case_names_the_key(good, bad, named, tmp_path: Path, book: PolicyBook):
    file = tmp_path / "case.toml"
    file.write_text(GOOD.replace(good, bad, 1), encoding="utf-8")

    result = run_file(file, book)

    assert result.ok is (named is None)
    if named is not None:
        assert str(file) in (result.error or "")
        assert named in (result.error or "")


def test_an_act_without_an_expectation_is_an_error(tmp_path: Path, book: PolicyBook):
    file = tmp_path / "case.toml"
    file.write_text(GOOD.split("[act.expect]")[0] + "[act.expect]\n", encoding="utf-8")

    result = run_file(file, book)

    assert "act[0].expect" in (result.error or "")


def test_a_broken_file_fails_and_the_others_still_run(tmp_path: Path, book: PolicyBook):
    (tmp_path / "a.toml").write_text("this is = = no TOML", encoding="utf-8")
    (tmp_path / "b.toml").write_text(GOOD, encoding="utf-8")

    results = list(run_paths([tmp_path, tmp_path / "missing.toml"], book))

    assert [result.ok for result in results] == [False, True, False]
    assert summary(results) == "1 passed, 2 failed"


def test_what_differs_is_told_by_act_and_key(tmp_path: Path, book: PolicyBook):
    file = tmp_path / "case.toml"
    file.write_text(GOOD.replace('cash = "0.00"', 'cash = "10.00"', 1), encoding="utf-8")

    told = json.loads(as_json([run_file(file, book)]))

    assert told["failed"] == 1
    assert told["cases"][0]["differences"] == [{"act": 1, "key": "cash", "expected": "10.00", "got": "0.00"}]


def test_a_refusal_that_was_not_expected_fails_the_case(tmp_path: Path, book: PolicyBook):
    file = tmp_path / "case.toml"
    file.write_text(GOOD.replace('id = "lao_zhang"\ninsured = "employee"', 'id = "lao_zhang"\ninsured = "none"', 1))

    differences = run_file(file, book).differences

    assert any(one.key == "refused" and one.got == "MEMBER_NOT_INSURED" for one in differences)
