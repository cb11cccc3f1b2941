"""Fields of national messages are read liberally, exactly, and refused by name."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongji.channels.national.amounts import amount, ratio
from gongji.channels.national.fields import MalformedError, amount_of, fen_of, moment_of, normalised, parse
from gongji.channels.national.messages.outpatient import In2206
from gongji.channels.national.messages.visits import In2203
from gongji.channels.national.reading import read_struct
from gongji.domain.money import LARGEST_FEN
from gongji.domain.requests import content_digest

BILL = {
    "psn_no": "1", "mdtrt_cert_type": "02", "mdtrt_cert_no": "3", "med_type": "11", "medfee_sumamt": 9,
    "psn_setlway": "01", "mdtrt_id": "7", "chrg_bchno": "B", "acct_used_flag": "1", "insutype": "310",
}  # fmt: skip


def bill(**changes):
    return read_struct(In2206, "input", {"data": BILL | changes}).data


def medfee(value):
    return fen_of("medfee_sumamt", bill(medfee_sumamt=value).medfee_sumamt)


def diseases(node):
    visit = {"mdtrt_id": "7", "psn_no": "1", "med_type": "11", "begntime": "2025-06-01"}
    return read_struct(In2203, "input", {"mdtrtinfo": visit, "diseinfo": node}).diseinfo


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        (9, 900),
        ("9", 900),
        ("9.00", 900),
        (Decimal("9.10"), 910),
        ("0.01", 1),
        (" 12.3 ", 1230),
        ("9.000", 900),
        (Decimal("1E+2"), 10000),
        ("9999999999999.99", 999999999999999),
    ],
)
def test_amounts_are_read_as_numbers_or_strings(value, fen):
    assert medfee(value) == fen


@pytest.mark.parametrize(
    "value",
    [
        -1, "-0.01", "9.001", "abc", "", None, True, [], {}, "1e5", "１２", "1_000", "NaN", "Infinity",
        "10000000000000.00", "123456789012345678901234567890", Decimal("1E+60"), "--1", "9,00", "9.", " ",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_by_name(value):
    if value == "9.":
        assert medfee(value) == 900
        return
    with pytest.raises(MalformedError) as fault:
        medfee(value)

    assert fault.value.field == "medfee_sumamt"


@pytest.mark.parametrize("name", sorted(set(BILL)))
def test_a_missing_field_is_named(name):
    content = {key: value for key, value in BILL.items() if key != name}

    with pytest.raises(MalformedError) as fault:
        read_struct(In2206, "input", {"data": content})

    assert fault.value.field == name


@pytest.mark.parametrize("value", [[], {}, True, "x" * 31, "a\x00b", "a\x1fb"])
def test_a_text_of_the_wrong_kind_or_length_is_named(value):
    with pytest.raises(MalformedError) as fault:
        bill(psn_no=value)

    assert fault.value.field == "psn_no"


def test_a_number_is_taken_for_its_digits_where_a_text_belongs_and_blanks_are_cut():
    data = bill(psn_no=12345, mdtrt_id=" 7 ", unknown={"deep": 1})

    assert (data.psn_no, data.mdtrt_id) == ("12345", "7")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-01-21 10:00:00", datetime(2022, 1, 21, 10)),
        ("2022-01-21", datetime(2022, 1, 21)),
        ("2022-01-21 10 :00:00", datetime(2022, 1, 21, 10)),
        ("2022-01-2110:00:00", datetime(2022, 1, 21, 10)),
        ("2022-01-21T10:00:05.123", datetime(2022, 1, 21, 10, 0, 5)),
        (" 2022-1-2 1:02 ", datetime(2022, 1, 2, 1, 2)),
    ],
)
def test_dates_come_with_and_without_time(text, moment):
    assert moment_of("begntime", text) == moment


@pytest.mark.parametrize(
    "text", ["2022-02-30", "20220121", "yesterday", "0000-01-01", "2022-01-21 25:00:00", "2022/01/21"]
)
def test_what_is_no_date_is_named(text):
    with pytest.raises(MalformedError) as fault:
        moment_of("begntime", text)

    assert fault.value.field == "begntime"


def test_one_object_is_a_list_of_one_and_anything_else_is_no_list():
    row = dict.fromkeys(("diag_type", "diag_srt_no", "diag_code", "diag_name", "diag_dept", "dise_dor_no",
                         "dise_dor_name", "diag_time", "vali_flag"), "")  # fmt: skip

    assert len(diseases(row)) == len(diseases([row])) == 1
    assert diseases(None) == ()
    for wrong in ("x", 3, [3]):
        with pytest.raises(MalformedError) as fault:
            diseases(wrong)
        assert fault.value.field == "diseinfo"


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, '{"a":NaN}', b"\xff\xfe", '"\\ud800"', "1" * 5000, '{"a":1,}']
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(MalformedError):
        parse(text, "input")


def test_numbers_beyond_all_bounds_do_no_harm():
    content = parse('{"a": 1e400, "b": 1e-999999999, "c": 1e999999999999, "d": 0.%s}' % ("1" * 5000), "input")

    assert all(len(str(normalised(value))) < 100 for value in content.values())
    with pytest.raises(MalformedError):
        amount_of("a", content["a"])


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False))
def test_equal_numbers_are_written_one_way(number):
    written = {
        normalised(number),
        normalised(str(number)),
        normalised(f"{number}0"),
        normalised(Decimal(f"{number}000")),
    }

    assert len(written) == 1
    if number == int(number):
        assert normalised(int(number)) in written


def test_codes_with_leading_zeros_are_no_numbers():
    assert normalised({"a": "01", "b": ["001.50", "1.50", True, None]}) == {
        "a": "01",
        "b": ["001.50", "1.5", True, None],
    }


@given(st.integers(-(10**15), 10**15))
def test_amounts_are_written_exactly(fen):
    assert Decimal(bytes(amount(fen)).decode()) * 100 == fen


def test_a_zero_has_no_sign_and_a_ratio_four_decimals():
    assert (bytes(amount(-0)), bytes(ratio(500)), bytes(ratio(10_000))) == (b"0.00", b"0.0500", b"1.0000")


def test_the_digest_of_a_content_is_the_one_that_older_records_have():
    content = parse(
        '{"b":[1,-0,0.0,"-0","-0.00","10","100","1.50","01.50","1e2","1200.00",12.5E1,1E-7,true,null,""],'
        '"a":{"z":"\\u6d4b\\n","y":600.10,"x":-3.000,"w":12345678901234567890,"v":"0.","u":".0","t":"+1.0"}}',
        "input",
    )

    digest = content_digest({"infno": "2207", "input": normalised(content)})

    assert digest.hex() == "e731c2583b89f48b64e6f6eef55fbadcd4537ebab36ba2b67a3d02b670ab68ce"


def test_a_whole_amount_is_taken_up_to_the_largest_and_no_further():
    assert amount_of("x", LARGEST_FEN // 100 - 1) == LARGEST_FEN - 100
    for wrong in (LARGEST_FEN // 100, -1, True, False):
        with pytest.raises(MalformedError):
            amount_of("x", wrong)
