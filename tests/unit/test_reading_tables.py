"""Tables of rules and traces: what a person must see stands in them, in the language asked for."""

import re
from datetime import date, datetime
from io import StringIO
from itertools import islice
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from gongji.channels import reading_tables
from gongji.channels.cli import app
from gongji.channels.cli_recheck import trace_of
from gongji.channels.policy_pages import PolicyPages
from gongji.channels.sample_bills import settled_bills
from gongji.rules.bundle import compile_book
from gongji.rules.reading import compare_days, find, timeline
from gongji.services.bills.rechecks import Difference, find_kept, recheck

GUIDE = (Path(__file__).parents[2] / "docs" / "reading-rules.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^\| .* \| `(gongji [^`]+)` \| `(/[^`]+)` \|$", GUIDE, re.MULTILINE)


def shown(table):
    console = Console(width=200, file=StringIO())
    with console.capture() as caught:
        console.print(table)
    return caught.get()


def test_a_timeline_shows_days_values_grades_and_documents(book):
    text = shown(reading_tables.timeline_tables(timeline(book, "310000", "relatives"), "zh"))

    assert "2022-07-01" in text
    assert "配偶、父母、子女" in text
    assert "官方" in text


def test_nothing_that_differs_is_said_so(book):
    same = compare_days(book, "310000", date(2025, 6, 1), date(2025, 6, 1))

    assert "没有不同" in shown(reading_tables.comparison_table(same, "zh"))
    assert "Nothing differs" in shown(reading_tables.comparison_table(same, "en"))


def test_a_word_that_is_nowhere_is_said_so_and_one_that_is_shows_where(book):
    assert "“zzz”" in shown(reading_tables.found_table(find(book, "zzz"), "en"))
    assert "quote" in shown(reading_tables.found_table(find(book, "历年结余"), "en"))


def test_a_trace_shows_payers_rules_and_how_to_mend_what_was_refused(policy_files):
    book, bundle = compile_book(policy_files)
    for bill in islice(settled_bills(book, bundle, seed=8), 400):
        kept = find_kept(bill.store, bill.number)
        assert kept is not None
        told = trace_of(recheck(kept, book))
        if told.alternatives and any(node.step == "shared" for node in told.nodes):
            break
    text = "".join(shown(reading_tables.trace_tables(told, "en", title="one bill")).split())

    assert all(node.amount in text for node in told.nodes)
    assert all("".join(one.next_step.en.split())[:12] in text for one in told.alternatives)
    assert all(cited.rule_id in text.replace("│", "") for node in told.nodes for cited in node.citations[:1])


def test_figures_that_came_out_otherwise_stand_side_by_side():
    text = shown(reading_tables.difference_table([Difference("cash", "1.00", "2.00")], "en", "as settled", "again"))

    assert re.search(r"cash\s*│\s*1\.00\s*│\s*2\.00", text)


@pytest.mark.parametrize(("command", "path"), QUESTIONS, ids=[command for command, _ in QUESTIONS])
def test_every_question_of_the_page_has_its_command_and_its_path(book, command, path):
    words = command.split()[1:]
    help_of = [*[word for word in words[:2] if word.isalpha()], "--help"]
    answer = PolicyPages(book, lambda: datetime(2025, 6, 1)).page(*path.partition("?")[::2])

    assert CliRunner().invoke(app, help_of).exit_code == 0
    assert answer.status == 200 or "sample server" in answer.body.decode()


def test_the_page_asks_ten_questions():
    assert len(QUESTIONS) == 10
