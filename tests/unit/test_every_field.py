"""Every field of every message once missing, null, empty, over-long, of a wrong type and with a wrong code.

Made from the national tables, so that what joins them is tried too. A refusal names the field, and leaves no trace.
"""

import json
import tomllib
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gongji.channels.national.door import TRANSACTIONS
from interface import build
from interface.build import ADDED, DICTIONARIES, Field, Node
from tests.national_messages import SPLIT, SPLIT_OUTSIDE, Asked, Counter, RehearsalStore, as_json, table_of
from tests.national_world import World

MISSING = object()
UNHEEDED = tomllib.loads((Path(build.__file__).parent / "unheeded.toml").read_text(encoding="utf-8"))


def envelope():
    for name, label, kind, length, code, required, _ in ADDED["envelope"]["fields"]:
        yield Field(name, label, kind, length, name if code else "", "!" if required else "", signed=False)


NODES = [(infno, node) for infno in sorted(TRANSACTIONS) for node in table_of(infno).input if node.path]

NO_TEXT: list[Any] = [{}, [], ["1"], {"a": 1}, True, False, "1\x002", "\x1b"]
NO_NUMBER: list[Any] = [{}, [], [1], True, False, "1,0", "1e5", "NaN", "一", "--1", "0x10", "1 0"]
NO_MOMENT: list[Any] = [
    {},
    [],
    True,
    False,
    20250602,
    "2025-13-01",
    "2025-02-30",
    "昨天",
    "2025-06-02 25:00:00",
    "2" * 60,
]
NO_NODE: list[Any] = ["1", 1, True, "{"]

NEEDED = {
    ("5203", "setl_id"): "setl_id",
    ("5203", "mdtrt_id"): "mdtrt_id",
    ("5303", "psn_no"): "psn_no",
    ("6201", "ecToken"): "ecToken",
    ("6201", "medListCodg"): "medListCodg",
    ("6201", "cnt"): "cnt",
    ("6203", "payAuthNo"): "ecToken",
}
"""Fields that a table leaves open and the business does not, and the field that the refusal names."""

ENVELOPE = [field for field in envelope() if field.name != "infno"]
"""The fields around every message; a transaction number that there is not has an answer of its own."""


NO_SHARERS: list[Any] = [True, {"psn_no": "1"}, [True], [{}], [None], ["1"] * 21]
NO_SWIPE: list[Any] = [0, 3, "3", True, [], {}]
EXTENSIONS: list[tuple[str, Any, str]] = [
    *(("core_split", value, "core_split") for value in ([], [1], 1, True, "{", "1")),
    *(("core_split", value, "core_split.psn_part_amt") for value in ({}, {"psn_part_amt": ""}, {"psn_part_amt": "x"})),
    ("core_split", SPLIT | {"psn_part_amt": -1}, "core_split.psn_part_amt"),
    ("core_split", SPLIT | {"fund_pay_sumamt": "1.001"}, "core_split.fund_pay_sumamt"),
    ("core_split", SPLIT | {"hosp_part_amt": {}}, "core_split.hosp_part_amt"),
    ("core_split", SPLIT | {"hifp_pay": True}, "core_split.hifp_pay"),
    ("core_split", SPLIT | {"inscp_scp_amt": "1e5"}, "core_split.inscp_scp_amt"),
    *(("sharers", value, "sharers") for value in NO_SHARERS),
    *(("swipe", value, "swipe") for value in NO_SWIPE),
]
"""What an extension may say: a part of it, a value that cannot be read, and the name in the refusal."""


class Trial(NamedTuple):
    """A value for a field or node; `taken` when the message is to be answered as before."""

    name: str
    value: Any
    taken: bool
    named: str = ""


def trials(infno: str, field: Field) -> Iterator[Trial]:
    """Yield what is tried of a field."""
    if field.kind == "扩展":
        for value in (MISSING, None, "", {}, "free text", 1, []):
            yield Trial(field.name, value, taken=True)
        return
    named = NEEDED.get((infno, field.name), "")
    needed = field.mark == "!" or bool(named)
    for value in (MISSING, None):
        yield Trial(field.name, value, taken=not needed and field.mark != "?", named=named)
    for value in ("", "  "):
        yield Trial(field.name, value, taken=not needed, named=named)
    for value in wrong(field):
        yield Trial(field.name, value, taken=False)


def node_trials(node: Node) -> Iterator[Trial]:
    """Yield what is tried of a node."""
    name = node.path[-1]
    for value in (MISSING, None):
        yield Trial(name, value, taken=not node.needed)
    for value in (*NO_NODE, *([[1], [None], [[]]] if node.many else [[], [{}]])):
        yield Trial(name, value, taken=False)


def wrong(field: Field) -> Iterator[Any]:
    """Yield values that the field cannot have."""
    if field.kind == "数值型":
        whole, _, scale = field.length.partition(",")
        digits, places = int(whole) - int(scale or 0), int(scale or 0)
        yield from NO_NUMBER
        yield from ("1" + "0" * digits, 10**digits, f"0.{'0' * places}1", 10**400)
        if not field.signed:
            yield from ("-1", -1)
    elif field.kind != "字符型":
        yield from NO_MOMENT
    else:
        yield from NO_TEXT
        yield "1" * (200 if field.code else int(field.length) + 1)
        if field.code:
            yield from ("!", "no such code")
            if not DICTIONARIES[field.code].get("pattern"):
                yield "987"


def others(field: Field) -> list[Any]:
    """Return several values that the field may have."""
    if field.kind == "数值型":
        return ["1", 2]
    if field.kind != "字符型":
        return ["2025-06-02 09:00:00", "2025-05-01"]
    return list(DICTIONARIES[field.code]["entries"]) if field.code else ["7" * int(field.length), "字"]


TOO_LONG = ("过长，最多", "数字过长", "位小数", "应当是", "含有不能显示")


def longest(field: Field) -> Iterator[Any]:
    """Yield the longest values that the field can have; of codes and times it is not the length that counts."""
    if field.kind == "数值型":
        whole, _, scale = field.length.partition(",")
        yield "9" * (int(whole) - int(scale or 0)) + (f".{'9' * int(scale)}" if scale else "")
    elif field.kind == "字符型" and not field.code:
        yield from ("字" * int(field.length), f" {'9' * int(field.length)} ")


class Tried(NamedTuple):
    """A world in which a message is well-formed, and the answer it gets there."""

    world: World
    store: RehearsalStore
    asked: Asked
    message: dict[str, Any]

    def send(self, message):
        return self.asked.client.send(as_json(message), self.asked.path, self.asked.client.now)

    def faults(self, above: tuple[str, ...], several: Iterator[Trial]) -> Iterator[str]:
        """Yield what is wrong with the answers to the message with each value tried in the node at `above`."""
        expected = self.told(self.store.rehearse(partial(self.send, self.message)))
        for trial in several:
            message = changed(self.message, above, trial.name, trial.value)
            if trial.taken:
                answer = self.told(self.store.rehearse(partial(self.send, message)))
                if without(answer, trial.name) != without(expected, trial.name):
                    yield f"{trial}: {answer}"
            else:
                yield from self.refusal_faults(trial, message)

    def refusal_faults(self, trial: Trial, message: dict[str, Any]) -> Iterator[str]:
        """Yield what is wrong with a refusal: it names the field, in the shape of refusals, and nothing is written."""
        before = self.world.snapshot()
        answer = json.loads(self.send(message))
        if not str(answer["err_msg"]).startswith(f"FSI-MESSAGE_MALFORMED: {trial.named or trial.name}："):
            yield f"{trial}: {answer['err_msg']}"
        if (answer["infcode"], answer["output"], answer["inf_refmsgid"], len(answer)) != (-1, None, None, 9):
            yield f"{trial}: {answer}"
        if self.world.snapshot() != before:
            yield f"{trial}: something was written"

    def told(self, raw: bytes) -> Any:
        """Return what an answer says besides its number: the bytes of a file, the output, or a refusal."""
        if raw.startswith(b"PK"):
            return raw
        answer = json.loads(raw)
        return answer["output"] if answer["infcode"] == 0 else answer["err_msg"]


@cache
def tried(infno: str) -> Tried:
    store = RehearsalStore()
    world = World(store)
    asked = Counter(world).asked(infno)
    return Tried(world, store, asked, asked.envelope())


def changed(content: Any, path: tuple[str, ...], name: str, value: Any) -> Any:
    """Return a copy of `content` whose node at `path` (the first row of a list) has that value under `name`."""
    if isinstance(content, list):
        return [changed(content[0], path, name, value), *content[1:]]
    if path:
        return content | {path[0]: changed(content[path[0]], path[1:], name, value)}
    rest = {key: kept for key, kept in content.items() if key != name}
    return rest if value is MISSING else rest | {name: value}


def without(output: Any, field: str) -> Any:
    if isinstance(output, list):
        return [without(row, field) for row in output]
    if isinstance(output, dict):
        return {name: without(value, field) for name, value in output.items() if name != field}
    return output


def title(part: Any) -> str:
    return part if isinstance(part, str) else ".".join(part.path)


@pytest.mark.parametrize(("infno", "node"), NODES, ids=title)
def test_a_field_that_cannot_be_read_is_named_and_nothing_is_written(infno, node):
    fields = [field for field in node.fields if not (field.name == "expContent" and infno[:4] in SPLIT_OUTSIDE)]
    several = (trial for field in fields for trial in trials(infno, field))

    assert list(tried(infno).faults(("input", *node.path), several)) == []


@pytest.mark.parametrize("infno", [infno for infno in sorted(TRANSACTIONS) if infno[:4] in SPLIT_OUTSIDE])
def test_a_part_of_an_extension_that_cannot_be_read_is_named_and_nothing_is_written(infno):
    here = tried(infno)
    node = min((node for node in table_of(infno).input if node.path), key=lambda node: len(node.path))
    several = (Trial("expContent", {name: value}, taken=False, named=named) for name, value, named in EXTENSIONS)

    assert list(here.faults(("input", *node.path), several)) == []


@pytest.mark.parametrize("field", ENVELOPE, ids=lambda field: field.name)
def test_a_field_of_the_envelope_that_cannot_be_read_is_named_and_nothing_is_written(field):
    assert list(tried("1101").faults((), trials("", field))) == []
    assert list(tried("2201").faults((), trials("", field))) == []


@pytest.mark.parametrize("infno", sorted(TRANSACTIONS))
def test_an_input_that_is_no_object_is_named_and_nothing_is_written(infno):
    several = [MISSING, None, "", " ", [], [{}], 1, True, "{", "[]", "1", "null"]

    assert list(tried(infno).faults((), (Trial("input", value, taken=False) for value in several))) == []


def test_a_message_without_a_transaction_number_is_refused():
    several = [MISSING, None, "", " ", {}, [], True]

    assert list(tried("2201").faults((), (Trial("infno", value, taken=False) for value in several))) == []


@pytest.mark.parametrize(("infno", "node"), NODES, ids=title)
def test_the_longest_text_and_number_that_a_table_allows_are_read(infno, node):
    here = tried(infno)
    for field in node.fields:
        for value in longest(field):
            message = changed(here.message, ("input", *node.path), field.name, value)

            answer = here.told(here.store.rehearse(partial(here.send, message)))

            assert not isinstance(answer, str) or not any(why in answer for why in TOO_LONG), (field.name, answer)


@pytest.mark.parametrize("value", ["0000", "2201 2", "22011111", "二二零一", "2201\x00"])
def test_an_unknown_transaction_is_answered_by_the_gateway(value):
    here = tried("2201")
    before = here.world.snapshot()

    answer = json.loads(here.send(here.message | {"infno": value}))

    assert answer.keys() == {"type", "infcode", "err_msg"}
    assert "未知交易编号" in answer["err_msg"]
    assert here.world.snapshot() == before


@pytest.mark.parametrize(("infno", "node"), NODES, ids=title)
def test_a_node_that_cannot_be_read_is_named_and_nothing_is_written(infno, node):
    assert list(tried(infno).faults(("input", *node.path[:-1]), node_trials(node))) == []


@pytest.mark.parametrize(("infno", "node"), [(infno, node) for infno, node in NODES if node.many], ids=title)
def test_a_list_of_one_may_be_that_one(infno, node):
    here = tried(infno)
    row = here.message["input"]
    for part in node.path:
        row = row[part]

    assert list(here.faults(("input", *node.path[:-1]), iter([Trial(node.path[-1], row[0], taken=True)]))) == []


@pytest.mark.parametrize("place", sorted(UNHEEDED))
def test_a_field_that_is_said_to_change_nothing_changes_nothing(place):
    infno, _, path = place.partition(".")
    here = tried(infno)
    node = next(node for node in table_of(infno).input if ".".join(node.path) == path)
    fields = {field.name: field for field in node.fields}
    expected = here.told(here.store.rehearse(partial(here.send, here.message))), here.store.written

    for name in UNHEEDED[place]:
        for value in others(fields[name]):
            message = changed(here.message, ("input", *node.path), name, value)
            assert (here.told(here.store.rehearse(partial(here.send, message))), here.store.written) == expected, name
