"""What refusals say to people."""

import re

import pytest

from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal
from gongji.domain.texts import FAULT_TEXTS, TEXTS, next_step, sentence

REASONS = [*Refusal, *RequestFault]
CHINESE = re.compile(r"[\u3400-\u9fff]")


def test_every_refusal_and_fault_has_its_text_in_the_order_of_the_list():
    assert [*TEXTS, *FAULT_TEXTS] == REASONS


@pytest.mark.parametrize("reason", REASONS)
def test_a_cashier_can_read_it_in_one_breath(reason):
    for words in (sentence(reason, "zh"), next_step(reason, "zh")):
        assert 0 < len(words) <= 60
        assert words.endswith("。")


@pytest.mark.parametrize("reason", REASONS)
def test_chinese_text_has_chinese_punctuation_and_no_office_words(reason):
    words = sentence(reason, "zh") + next_step(reason, "zh")

    assert not re.search(r"[,.;:?!()\"' ]", words)
    for office in ("被共济人", "统筹区", "授权", "接口", "系统异常"):
        assert office not in words


@pytest.mark.parametrize("reason", REASONS)
def test_english_text_is_english(reason):
    for words in (sentence(reason, "en"), next_step(reason, "en")):
        assert not CHINESE.search(words)
        assert words[0].isupper()
        assert words.endswith(".")


def test_no_two_refusals_say_the_same():
    texts = [*TEXTS.values(), *FAULT_TEXTS.values()]

    assert len({text.zh for text in texts}) == len(REASONS)
    assert len({text.en for text in texts}) == len(REASONS)
