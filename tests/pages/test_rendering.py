"""Amounts, days and sentences as pages set them, and the shapes of charts."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from gongji.channels import figures
from gongji.channels.pages import charts, rendering


@pytest.mark.parametrize(
    ("amount_fen", "chinese", "english"),
    [
        (0, "0.00 元", "¥0.00"),
        (5, "0.05 元", "¥0.05"),
        (123450, "1,234.50 元", "¥1,234.50"),
        (-200000, "−2,000.00 元", "−¥2,000.00"),
        (10**11, "1,000,000,000.00 元", "¥1,000,000,000.00"),
    ],
)
def test_an_amount_is_grouped_with_two_decimals(amount_fen, chinese, english):
    assert figures.money(amount_fen, "zh") == chinese
    assert figures.money(amount_fen, "en") == english


@pytest.mark.parametrize(
    ("amount_fen", "said"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (123450, "壹仟贰佰叁拾肆元伍角"),
        (100000, "壹仟元整"),
        (10000500, "壹拾万零伍元整"),
    ],
)
def test_an_amount_in_capitals(amount_fen, said):
    assert figures.capitals(amount_fen) == said


def test_an_amount_in_capitals_is_never_negative():
    with pytest.raises(ValueError, match="negative"):
        figures.capitals(-1)


def test_a_sentence_of_the_rules_gets_thousands_and_full_width_punctuation():
    assert figures.polished("全省(区、市)，最多 12000.00 元", "zh") == "全省（区、市），最多 12,000.00 元"
    assert figures.polished("up to 12000.00 (each)", "en") == "up to 12,000.00 (each)"
    assert figures.polished("版本 1.2000.00", "zh") == "版本 1.2000.00"


def test_text_of_the_other_language_is_marked_for_voices():
    assert rendering.in_its_language("all provinces", "zh") == '<span lang="en">all provinces</span>'
    assert rendering.in_its_language("国办发 <2>", "en") == '<span lang="zh-CN">国办发 &lt;2&gt;</span>'
    assert rendering.in_its_language("上海 Q&A", "zh") == "上海 Q&amp;A"


def test_a_name_in_a_sentence_is_marked_by_itself():
    assert rendering.marked("陈静 <1>", "zh") == "陈静 &lt;1&gt;"
    assert rendering.marked("Add 陈静 & co", "en") == 'Add <span lang="zh-CN">陈静</span> &amp; co'


def test_a_day_is_said_in_words_and_for_machines():
    assert rendering.day(date(2026, 2, 22), "zh") == '<time datetime="2026-02-22">2026年2月22日</time>'
    assert rendering.day(date(2026, 2, 22), "en") == '<time datetime="2026-02-22">22 February 2026</time>'


def test_a_page_that_is_told_too_little_is_not_rendered():
    with pytest.raises(UndefinedError):
        rendering.render("explorer/rule.html", "zh", {"today": date(2026, 11, 23)})


def test_words_that_nobody_wrote_are_not_shown():
    with pytest.raises(KeyError):
        rendering.say("zh", "helping.nothing")


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=6))
def test_the_pieces_of_a_bar_fill_it_without_a_gap(amounts):
    drawn = charts.stacked_bar([("own", fen) for fen in amounts], "<label>")

    pieces = [(int(x), int(width)) for x, width in re.findall(r' x="(\d+)" y="0" width="(\d+)"', drawn)]
    ends = [x + width for x, width in pieces]
    assert len(pieces) == sum(fen > 0 for fen in amounts)
    assert [x for x, _ in pieces] == [0, *ends][: len(pieces)]
    assert not ends or ends[-1] == 1000
    assert "&lt;label&gt;" in drawn


def test_a_step_line_jumps_where_the_balance_did():
    drawn = charts.step_line([(0, 100), (5, 100), (10, 200)], "balance")

    assert 'points="0,50 500,50 500,50 1000,50 1000,0"' in drawn
