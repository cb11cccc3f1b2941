"""Lint teaches: each problem with what to write, and the guide for contributors holds word for word."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from gongji.channels.cases.runner import run_file
from gongji.rules.bundle import PolicyError, compile_book
from gongji.rules.lessons import lesson, shape
from gongji.rules.policybook import EPOCH
from gongji.rules.schema import RULES

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "add-a-region.md").read_text(encoding="utf-8")
BLOCKS = re.compile(r"```(toml|text)\n(.*?)```", re.DOTALL)
REGION = {"region": "449000", "name": "示例市", "english": "Example"}
SOUND = {"start": date(2025, 3, 1), "source": "national-qa", "grade": "official", "quote": "…", "count": 6}


def problems(policy_files, content):
    try:
        compile_book(policy_files | {"449000-example.toml": content})
    except PolicyError as fault:
        return fault.problems
    return []


@pytest.mark.parametrize(
    ("row", "teaches"),
    [
        ({"count": "six"}, "[[members_max]] takes: count = a whole number"),
        ({"count": 6.0}, "whole number"),
        ({"start": "2025-03-01"}, "no quotes"),
        ({"end": date(2024, 1, 1)}, "first day no longer in force"),
        ({"state": "gone"}, '"not_in_force"'),
        ({"source": ""}, "[sources."),
        ({"source": "nowhere"}, "[sources."),
        ({"grade": "good"}, "assumed"),
        ({"quote": ""}, "reading ="),
        ({"grade": "assumed"}, "note ="),
        ({"checked": "today"}, "no quotes"),
    ],
)
def test_each_mistake_in_a_row_has_its_lesson(policy_files, row, teaches):
    found = problems(policy_files, REGION | {"members_max": [SOUND | row]})

    assert found
    assert all(lesson(problem) for problem in found)
    assert any(teaches in lesson(problem) for problem in found)


@pytest.mark.parametrize(
    ("heading", "teaches"),
    [
        ({"region": "44"}, "region = "),
        ({"name": 1}, "name = "),
        ({"english": None}, "english = "),
        ({"sources": {"x": {"title": "x"}}}, "publisher = "),
        ({"relativs": []}, "did you mean relatives"),
        ({"something": []}, "glossary"),
    ],
)
def test_each_mistake_in_a_heading_has_its_lesson(policy_files, heading, teaches):
    found = problems(policy_files, REGION | {"members_max": [SOUND]} | heading)

    assert any(teaches in lesson(problem) for problem in found), found


def test_a_sound_file_has_no_problem(policy_files):
    assert problems(policy_files, REGION | {"members_max": [SOUND]}) == []


def test_a_line_that_says_it_all_needs_no_lesson():
    assert lesson("x.toml: Expected '=' after a key in a key/value pair (at line 3, column 5)") == ""


def test_the_shape_of_every_rule_is_told_in_the_words_of_toml():
    told = {rule: shape(value) for rule, value in RULES.items()}

    assert told["retained_minimum"].startswith("(fen = a whole number of fen (2000 yuan are 200000))")
    assert not [rule for rule, words in told.items() if "class" in words or "typing" in words]
    assert str(EPOCH) in lesson("national.toml: order[0].start: must begin")


def blocks():
    """The TOML blocks of the guide by the file that their first line names, drafts first, and lint's words."""
    found, said = [], ""
    for kind, text in BLOCKS.findall(GUIDE):
        heading, _, body = text.partition("\n")
        if kind == "text":
            said = text
        else:
            found.append((heading.removeprefix("# "), body))
    return found, said


def test_the_guide_says_what_lint_says_of_its_draft(policy_files):
    (file, draft), *_ = blocks()[0]
    found = problems(policy_files, tomllib.loads(draft))
    lines = [f"{problem}\n    write: {lesson(problem)}" for problem in found]

    assert file == "policies/449000-example.toml"
    assert blocks()[1] == "\n".join([*lines, f"{len(found)} problems", ""])


def test_the_guides_region_loads_and_its_case_passes(policy_files, tmp_path):
    _, (_, mended), (file, case) = blocks()[0]
    book = compile_book(policy_files | {"449000-example.toml": tomllib.loads(mended)})[0]
    written = tmp_path / Path(file).name
    written.write_text(case, encoding="utf-8")

    assert run_file(written, book).ok
    assert not run_file(written, compile_book(policy_files)[0]).ok
