"""E-credential codes: opaque, of fixed length, bound to key, person and moment, and spelt in one way only."""

import os
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongji.registry.codes import LENGTH, Codes

KEY = bytes(range(32))
AT = datetime(2025, 6, 2, 10, 0, 0)
FATHER = 9_000_001
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def codes():
    return Codes(KEY, os.urandom)


@given(
    st.integers(min_value=0, max_value=2**40 - 1),
    st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2155, 12, 31)),
)
def test_a_code_says_whose_it_is_and_how_long_it_lives(person_id, at):
    codes = Codes(KEY, os.urandom)

    code = codes.mint(person_id, at)
    opened = codes.open(code)

    assert len(code) == LENGTH == 50
    assert opened is not None
    assert (opened.person_id, opened.minted_at) == (person_id, at.replace(microsecond=0))
    assert opened.until - opened.minted_at == timedelta(minutes=10)
    assert len(opened.digest) == 32


def test_two_codes_of_one_moment_have_nothing_in_common_to_see(codes):
    several = [codes.mint(FATHER, AT) for _ in range(100)]

    assert len(set(several)) == 100
    assert len({codes.open(code).digest for code in several}) == 100
    assert min(len({code[place] for code in several}) for place in range(48)) > 20


def test_a_changed_letter_opens_nothing(codes):
    code = codes.mint(FATHER, AT)

    for place, letter in enumerate(code):
        other = LETTERS[LETTERS.index(letter) ^ 1]
        assert codes.open(code[:place] + other + code[place + 1 :]) is None, place


def test_a_code_has_one_spelling(codes):
    """The last of fifty letters carries two bits: read carelessly, sixteen texts would be one code."""
    code = codes.mint(FATHER, AT)

    assert [letter for letter in LETTERS if codes.open(code[:-1] + letter) is not None] == [code[-1]]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda code: code[:-1],
        lambda code: code + "A",
        lambda code: code[:-2] + "==",
        lambda code: f"{code[:20]}\n{code[20:-1]}",
        lambda code: code[:-1] + "码",
        lambda _: "!" * 50,
        lambda code: code.swapcase(),
    ],
)
def test_what_is_no_code_opens_nothing(codes, change):
    assert codes.open(change(codes.mint(FATHER, AT))) is None


def test_another_key_opens_nothing(codes):
    others = Codes(bytes(32), os.urandom)

    assert others.open(codes.mint(FATHER, AT)) is None
    assert codes.open(others.mint(FATHER, AT)) is None


def test_a_person_or_moment_without_room_in_a_code_is_refused(codes):
    for person_id, at in ((2**40, AT), (-1, AT), (FATHER, datetime(2019, 12, 31)), (FATHER, datetime(2160, 1, 1))):
        with pytest.raises(OverflowError):
            codes.mint(person_id, at)


def test_the_life_of_a_code_is_a_setting():
    codes = Codes(KEY, os.urandom, minutes=3)

    opened = codes.open(codes.mint(FATHER, AT))

    assert opened is not None
    assert opened.until == AT + timedelta(minutes=3)
