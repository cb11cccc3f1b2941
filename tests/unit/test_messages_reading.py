"""Messages are read into the structs of their tables: quickly or liberally, never otherwise."""

import importlib.util
import json
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import NODEFAULT
from msgspec.inspect import DictType, Metadata, StrType

from gongji.channels.national.fields import MalformedError, fen_of, parse
from gongji.channels.national.messages.envelope import Envelope
from gongji.channels.national.messages.identity import Out1101
from gongji.channels.national.messages.inpatient import In2301, In2302
from gongji.channels.national.messages.outpatient import In2206, In2207, Out2206, Out2207, Out2208
from gongji.channels.national.messages.queries import In5203
from gongji.channels.national.messages.reconciling import In2601, In3201
from gongji.channels.national.messages.visits import In2203A, In2204, Out2201, Out2204
from gongji.channels.national.reading import read_liberally, read_quickly, read_struct, shape
from tests.national_tables import INPUTS, check_answer, fields_of, message, places, replaced, without
from tests.national_world import DRUG_A, World, certno

ROOT = Path(__file__).parents[2]


CASES = [pytest.param(kind, id=kind.__name__) for kind in INPUTS]


def test_every_generated_file_is_fresh():
    spec = importlib.util.spec_from_file_location("interface_build", ROOT / "interface" / "build.py")
    assert spec
    assert spec.loader
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)

    stale = [path.name for path, text in build.written().items() if path.read_text(encoding="utf-8") != text]

    assert not stale, "run: python interface/build.py"
    assert {path.name for path in build.MESSAGES.glob("*.py")} == {path.name for path in build.written()}


@pytest.mark.parametrize("kind", CASES)
def test_a_message_as_the_tables_have_it_is_read_quickly_and_alike(kind):
    content = message(kind)

    assert read_quickly(kind, content) is not None
    assert read_quickly(kind, content) == read_liberally(kind, "input", content)


@pytest.mark.parametrize("kind", CASES)
def test_what_is_required_is_missed_by_name_and_what_is_not_is_not(kind):
    content = message(kind)
    for way, field in places(kind):
        needed = field.default is NODEFAULT and field.default_factory is NODEFAULT
        for bad in (without(content, way), replaced(content, way, None)):
            if needed:
                with pytest.raises(MalformedError) as fault:
                    read_struct(kind, "input", bad)
                assert fault.value.field == way[-1]
            else:
                assert read_struct(kind, "input", bad)


@pytest.mark.parametrize("kind", CASES)
def test_a_value_of_the_wrong_kind_or_length_is_refused_by_name(kind):
    content = message(kind)
    for way, field in places(kind):
        if isinstance(field.type, DictType):
            continue
        for wrong in WRONG:
            with pytest.raises(MalformedError) as fault:
                read_struct(kind, "input", replaced(content, way, wrong))
            assert fault.value.field == way[-1], (way, wrong)


@pytest.mark.parametrize("kind", CASES)
def test_a_code_that_is_in_no_dictionary_is_refused_by_name(kind):
    content = message(kind)
    for way, field in places(kind):
        if isinstance(field.type, Metadata):
            with pytest.raises(MalformedError, match=r"应为|不是") as fault:
                read_struct(kind, "input", replaced(content, way, "是"))
            assert fault.value.field == way[-1]


WRONG: list[Any] = [True, [], {}, [{}], "x" * 5001, "a\x00", "x\x7f", 10**4000]
JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 7.5, "", " ", "0", "1", " 1 ", "01", "1.0", "1.50", "1e5", "1_0", "１２", "+1", "-1",
    "NaN", "-0", ".5", "5.", 10**15, 10**30, 1e300, -0.0, "2025-06-01", "2025-06-01 08:30:00", "2025-06-01T08:30:00",
    "2025-06-01t08:30:00", "2025-06-01t08:30:00.5", "2025-06-01 08:30", "2025-06-01T08:30:00Z",
    "2025-06-01T08:30:00+08:00", "2025-06-01 24:00:00", "2025-06-01 23:59:60", "0000-01-01 00:00:00",
    "2025-02-29 00:00:00", "2025-06-01 08:30:00.0000001", "2025-06-01 08:30:00.9999999", "2025-06-01 08:30:00.000001",
    "2025-06-01 08:30:00.123456789", "x" * 31, "\x00", "a\tb", "a\u2028b", "\u3000a", "a\x85", "𠮷", [], {}, [[]], [{}],
    {"a": 1}, '{"a":1}', "{", "٣", "١١", "1\n", "310\n",
]  # fmt: skip


@pytest.mark.parametrize("kind", [*CASES, pytest.param(Envelope, id="Envelope")])
def test_what_is_read_quickly_is_read_alike_liberally(kind):
    chance = random.Random(kind.__name__)  # noqa: S311  # the same messages every time
    content = message(kind) if kind is not Envelope else message(Envelope) | {"input": {}}
    ways = [way for way, _ in places(kind)]
    quick = 0
    for _ in range(300):
        changed = content
        for way in chance.sample(ways, min(len(ways), chance.randrange(1, 3))):
            changed = replaced(changed, way, chance.choice(JUNK))
        content_read = parse(json.dumps(changed), "input")
        found = read_quickly(kind, content_read)
        if found is not None:
            quick += 1
            assert found == read_liberally(kind, "input", content_read), changed
    assert quick


def test_numbers_as_strings_and_days_without_a_time_are_read_liberally_into_the_same():
    bill = message(In2207)
    as_text = replaced(bill, ("data", "medfee_sumamt"), "1.00")
    stay = message(In2203A)
    by_day = replaced(stay, ("mdtrtinfo", "begntime"), "2025-06-01")

    assert read_struct(In2207, "input", as_text) == read_struct(In2207, "input", bill)
    assert read_quickly(In2203A, by_day) is None
    assert read_struct(In2203A, "input", by_day).mdtrtinfo.begntime == datetime(2025, 6, 1)


def test_one_object_is_a_list_of_one_and_a_list_that_is_required_has_to_be_there():
    row = message(In2302)["data"][0]

    assert read_struct(In2302, "input", {"data": row}) == read_struct(In2302, "input", {"data": [row]})
    for wrong in ({}, {"data": None}, {"data": "x"}, {"data": 3}):
        with pytest.raises(MalformedError) as fault:
            read_struct(In2302, "input", wrong)
        assert fault.value.field == "data"


def test_an_extension_comes_as_an_object_or_as_a_text_of_one_and_free_text_says_nothing():
    bill = message(In2206)

    def extension(value):
        return read_struct(In2206, "input", replaced(bill, ("data", "expContent"), value)).data.expContent

    assert extension({"swipe": 2}) == extension('{"swipe": 2}') == {"swipe": 2}
    assert extension(None) == extension("") == extension("门诊") == extension([1]) == {}
    with pytest.raises(MalformedError, match="expContent"):
        extension('{"swipe": ')


def test_only_the_amounts_of_credit_notes_and_of_totals_may_be_below_zero():
    def line(kind, name):
        return replaced(message(kind), ("feedetail", 0, name), "-1.50")

    assert read_struct(In2301, "input", line(In2301, "cnt")).feedetail[0].cnt < 0
    assert read_struct(In2301, "input", line(In2301, "det_item_fee_sumamt")).feedetail[0].det_item_fee_sumamt < 0
    acct_pay = read_struct(In3201, "input", replaced(message(In3201), ("data", "acct_pay"), -1)).data.acct_pay
    assert fen_of("acct_pay", acct_pay) == -100
    for kind, name in ((In2301, "pric"), (In2204, "cnt"), (In2204, "det_item_fee_sumamt")):
        with pytest.raises(MalformedError, match="不能是负数"):
            read_struct(kind, "input", line(kind, name))


def test_the_longer_codes_of_newer_versions_are_taken():
    assert (
        read_struct(In2601, "input", {"data": {"psn_no": "1", "omsgid": "m", "oinfno": "2304A"}}).data.oinfno == "2304A"
    )


def test_a_settlement_is_asked_for_by_its_message_too():
    asked = read_struct(In5203, "input", {"data": {"psn_no": "1", "medins_setl_id": "m"}}).data

    assert (asked.setl_id, asked.mdtrt_id, asked.medins_setl_id) == ("", "", "m")


def test_a_closed_dictionary_says_what_it_takes_and_an_open_one_takes_what_looks_like_a_code():
    bill = message(In2206)

    with pytest.raises(MalformedError, match="应为 0 不用、1 使用"):
        read_struct(In2206, "input", replaced(bill, ("data", "acct_used_flag"), "2"))
    with pytest.raises(MalformedError, match="不是医疗类别的代码"):
        read_struct(In2206, "input", replaced(bill, ("data", "med_type"), "A1"))
    assert read_struct(In2206, "input", replaced(bill, ("data", "med_type"), "990404")).data.med_type == "990404"


@pytest.mark.parametrize("kind", CASES)
def test_a_text_may_be_as_long_as_its_table_says_and_no_longer(kind):
    content = message(kind)
    for way, field in places(kind):
        if isinstance(field.type, StrType):
            size = field.type.max_length or 0
            assert read_struct(kind, "input", replaced(content, way, "医" * size))
            with pytest.raises(MalformedError, match=f"过长，最多 {size} 个字") as fault:
                read_struct(kind, "input", replaced(content, way, "医" * (size + 1)))
            assert fault.value.field == way[-1]


def test_an_answer_takes_the_fields_of_its_table_out_of_all_that_is_known():
    setlinfo = next(field.type.cls for field in fields_of(Out2208) if field.name == "setlinfo")
    known = dict.fromkeys(setlinfo.__struct_fields__, "1") | {"unheard_of": "1"}

    info = shape(Out2208, {"setlinfo": known, "setldetail": []}).setlinfo

    assert all(getattr(info, name) == "1" for name in ("setl_id", "psn_name", "pdn_cash_pay", "psn_cash_pay"))
    with pytest.raises(TypeError):
        shape(Out2206, {"setlinfo": {}, "setldetail": []})


def test_answers_are_as_their_tables_have_them():
    world = World()
    world.person(1, money=10_000_00)
    client = world.client()
    check_answer(Out1101, client.done("1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno(1)}}))
    registered = client.done("2201", client.register(1))
    check_answer(Out2201, registered)
    visit = registered["data"]["mdtrt_id"]
    check_answer(Out2204, client.done("2204", {"feedetail": client.line(visit, 1, DRUG_A)}))
    bill = client.bill(visit, 1, "10.00", core=client.whole("10.00"))
    check_answer(Out2206, client.done("2206", bill))
    settled = client.done("2207", bill)
    check_answer(Out2207, settled)
    claim = {name: settled["setlinfo"][name] for name in ("setl_id", "mdtrt_id", "psn_no")}
    check_answer(Out2208, client.done("2208", {"data": claim}))
