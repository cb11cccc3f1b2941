"""The table of goals in docs/screens.md: every goal once, and every test that it names is there."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "screens.md"
ROW = re.compile(r"^\| (U\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def rows():
    return ROW.findall(PAGE.read_text(encoding="utf-8"))


def found_in(file):
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_goal_stands_there_once_with_what_proves_it():
    assert [goal for goal, _, _ in rows()] == [f"U{number}" for number in range(1, 31)]
    assert [goal for goal, _, proved in rows() if not NAMED.search(proved)] == []


def test_every_test_that_the_table_names_is_there():
    named = {pair for _, _, proved in rows() for pair in NAMED.findall(proved)}

    assert len(named) > 60
    assert sorted((file, test) for file, test in named if test not in found_in(file)) == []


def test_what_nobody_has_tried_is_called_open():
    said = {goal: proved for goal, _, proved in rows()}

    assert "**Open**" in said["U16"]
    assert "no real phone" in PAGE.read_text(encoding="utf-8")
