"""A change of rule on the command line: from the draft to the rollback, in processes of their own; some are killed."""

import json
import subprocess
import time

import pytest

from tests.journeys.test_cli import CHONGQING, ENVIRONMENT, PROGRAM, ROOT, Server, data, gongji
from tests.policy_drafts import NOTICE, WUXI, reserve, seed

__all__ = ["data"]

CASE = """
name = "Wuxi: what a sharer keeps back in 2030"
region = "320200"
at = 2030-06-01T10:00:00
source = "own"
grade = "derived"
[[person]]
id = "a"
insured = "employee"
carry_over = "10.00"
[[act]]
do = "settle"
id = "s1"
patient = "a"
personal_part = "4.00"
[act.expect]
own = "{own}"
"""


@pytest.fixture
def files(tmp_path):
    """Return a folder with a changed policy file, its notice, a case, and the result of a what-if."""
    (tmp_path / WUXI).write_bytes(reserve(start="2029-01-01"))
    (tmp_path / NOTICE[0]).write_bytes(NOTICE[1])
    (tmp_path / "case.toml").write_text(CASE.format(own="4.00"))
    (tmp_path / "bad.toml").write_text(CASE.format(own="5.00"))
    (tmp_path / "whatif").mkdir()
    (tmp_path / "whatif" / "report.html").write_text("<p>nobody loses</p>")
    return tmp_path


def draft(files, *more, check=0):
    words = ("policy", "draft", files / WUXI, "--notice", files / NOTICE[0], "--by", "王芳")
    return gongji(*words, *more, check=check)


def test_a_change_is_drafted_checked_approved_published_and_rolled_back(data, files):
    here = ("--data", data)
    told = [
        draft(files, "--why", "通知", *here),
        gongji("policy", "check", 1, "--by", "王芳", "--case", files / "bad.toml", *here, check=1),
        gongji("policy", "approve", 1, "--by", "李强", *here, check=2),
        gongji(
            "policy", "check", 1, "--by", "王芳", "--case", files / "case.toml", "--whatif", files / "whatif", *here
        ),
        gongji("policy", "approve", 1, "--by", "王芳", *here, check=2),
        gongji("policy", "approve", 1, "--by", "李强", *here),
        gongji("policy", "publish", 1, "--by", "王芳", "--at", "2020-01-01", *here, check=2),
        gongji("policy", "publish", 1, "--by", "王芳", *here),
    ]
    time.sleep(4)  # it holds from a moment on that every server knows of
    with Server(*here) as server:
        said = server.said
    shown = json.loads(gongji("policy", "show", "320200", "retained_minimum", "--on", "2029-01-01", "--json", *here))
    files_say = json.loads(gongji("policy", "show", "320200", "retained_minimum", "--on", "2029-01-01", "--json"))
    settled = json.loads(gongji("settle", CHONGQING, "--json", *here))
    told.append(gongji("policy", "rollback", "--by", "李强", "--why", "有误", *here))
    log = json.loads(gongji("policy", "log", "--json", *here))
    lines = gongji("policy", "log", *here).splitlines()

    words = [
        "Draft 1", "expected 5.00, got 4.00", "failed", "is sound", "was drafted by 王芳", "approved by 李强",
        "at: 2020-01-01", "Publication 6: draft 1", "Publication 7: publication 5 again",
    ]  # fmt: skip
    assert [word for word, line in zip(words, told, strict=True) if word not in line] == []
    assert "what-if: report.html" in told[3]
    assert "2029-01-01" in told[3]
    bundle = log[5]["told"]["bundle"]
    assert any(line.startswith(f"Publication 6: draft 1, bundle {bundle[:12]}") for line in said)
    assert [one["rows"][0]["value"]["fen"] for one in (shown, files_say)] == [1700_00, 0]
    assert settled["trace"]["bundle"] == bundle != seed().book.digest
    assert [act["told"]["type"] for act in log] == [
        "drafted", "checked", "checked", "approved", "published", "published", "published",
    ]  # fmt: skip
    assert len(lines) == 7
    assert lines[6].endswith("by 李强: 有误")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["policy", "draft", "{0}/none.toml", "--notice", "{0}/notice.txt", "--by", "a"], "none.toml: cannot be read"),
        (["policy", "draft", "{0}/320200-wuxi.toml", "--notice", "{0}/none.pdf", "--by", "a"], "none.pdf: cannot be"),
        (["policy", "draft", "{0}/320200-wuxi.toml", "--notice", "{0}/case.toml", "--by", "a"], "case.toml: a notice"),
        (["policy", "draft", "{0}/320200-wuxi.toml", "--notice", "{0}/notice.txt", "--by", " "], "by: "),
        (["policy", "check", "1", "--by", "a"], "no draft 1"),
        (["policy", "rollback", "--by", "a", "--why", "x"], "nothing was published"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(tmp_path, files, words, names):
    filled = [word.format(files) for word in words]
    last = subprocess.run(
        [*PROGRAM, *filled, "--data", tmp_path / "books"], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip

    complaint = [line for line in last.stderr.splitlines() if "PostgreSQL" not in line and "database" not in line]
    assert last.returncode == 2
    assert len(complaint) == 1
    assert names in complaint[0]


def test_a_data_folder_that_is_not_there_is_named(tmp_path):
    done = subprocess.run(
        [*PROGRAM, "policy", "show", "320200", "--data", tmp_path / "none"], cwd=ROOT, env=ENVIRONMENT,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "--data" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_publisher_that_is_killed_has_published_all_of_it_or_nothing(data, files):
    here = ("--data", data, "--now", "2026-06-01T10:00:00")
    with Server("--sample", *here):
        draft(files, *here)
        gongji("policy", "check", 1, "--by", "王芳", *here)
        gongji("policy", "approve", 1, "--by", "李强", *here)
        seen = set()
        for tenths in (3, 6, 9, 12, 15):
            publisher = subprocess.Popen(
                [*PROGRAM, "policy", "publish", "1", "--by", "王芳", *map(str, here)], cwd=ROOT, env=ENVIRONMENT,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            time.sleep(tenths / 10)
            publisher.kill()
            publisher.wait(timeout=60)
            seen.add(len(json.loads(gongji("policy", "log", "--data", data, "--json"))))
        gongji("policy", "publish", 1, "--by", "王芳", *here, check=2 if 5 in seen else 0)
        log = json.loads(gongji("policy", "log", "--data", data, "--json"))

    assert seen <= {3, 5}
    assert [act["told"]["type"] for act in log[3:]] == ["published", "published"]
    assert log[4]["told"]["since"] > log[4]["done_at"]
