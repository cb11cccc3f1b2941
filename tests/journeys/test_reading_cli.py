"""Reading the rules and replaying bills on the command line, in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from gongji.wiring import main; main()"]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LANG": "C.UTF-8", "COLUMNS": "160"}


def gongji(*words, check=0):
    """Run a command to its end and return what it printed: the answer, or when it should fail the complaint."""
    done = subprocess.run(
        [*PROGRAM, *map(str, words)], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == check, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stderr if check else done.stdout


def test_the_rules_are_read_over_time_side_by_side_and_by_a_word():
    timeline = gongji("policy", "timeline", "310000", "relatives")
    days = gongji("policy", "diff", "350000", "--on", "2024-12-05", "--on", "2024-12-06", "--lang", "en")
    regions = json.loads(gongji("policy", "diff", "320200", "320500", "--on", "2025-06-01", "--json"))
    found = json.loads(gongji("policy", "find", "历年结余", "--json"))

    assert "2022-07-01" in timeline
    assert "可共济的亲属" in timeline
    assert "siblings" in days
    assert {"rule", "left", "right"} <= regions["differences"][0].keys()
    assert "310000" in {hit["row"]["region"] for hit in found["hits"]}


def test_a_region_is_printed_for_a_lawyer(tmp_path):
    file = tmp_path / "shanghai.html"

    gongji("policy", "print", "310000", "--on", "2025-06-01", "--out", file)

    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "### 1. Family sharing is open `sharing`" in gongji("policy", "print", "310000", "--lang", "en")
    assert json.loads(gongji("policy", "print", "310000", "--json"))["title"].startswith("上海市")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["policy", "timeline", "31"], "31"),
        (["policy", "diff", "310000"], "--on"),
        (["policy", "diff", "310000", "320000", "--on", "1990-01-01"], "1990-01-01"),
        (["policy", "find", " "], "word"),
        (["policy", "print", "310000", "--out", "x.pdf"], "x.pdf"),
        (["policy", "print", "310000", "--out", "/nowhere/x.md"], "cannot be written"),
        (["replay"], "--sample"),
    ],
)
def test_what_is_asked_wrongly_is_named(words, names):
    assert names in gongji(*words, check=2)


def test_sample_bills_are_settled_and_replayed():
    run = json.loads(gongji("replay", "--sample", "60", "--seed", "9", "--json"))

    assert (run["replayed"], run["equal"], run["seed"]) == (60, 60, 9)
    assert "40 of 40 sample settlements came out the same" in gongji("replay", "--sample", "40")


def test_a_settled_bill_is_explained_and_replayed_from_its_data_folder(tmp_path):
    message = ROOT / "samples" / "2207_request_chongqing_input.json"
    settled = json.loads(
        gongji("settle", message, "--data", tmp_path / "books", "--now", "2025-06-01T10:00:00", "--json")
    )
    number = settled["answer"]["output"]["setlinfo"]["setl_id"]

    trace = json.loads(gongji("policy", "why", number, "--data", tmp_path / "books", "--json"))
    replayed = json.loads(gongji("replay", number, "--data", tmp_path / "books", "--json"))
    shown = gongji("replay", number, "--data", tmp_path / "books", "--lang", "en")

    assert trace["trace"] == 1
    assert trace == settled["trace"]
    assert {node["who"] for node in trace["nodes"]} == {"冉光明"}
    assert replayed["equal"]
    assert replayed["today"]["same"]
    assert replayed["trace"] == trace
    assert "every fen and every rule is the same" in shown
    assert "4711" in gongji("policy", "why", "4711", "--data", tmp_path / "books", check=2)
    assert "abc" in gongji("replay", "abc", "--data", tmp_path / "books", check=2)
