"""Every transaction answers a well-formed message of a sample person, in the shape that its table has."""

import importlib
import json
import pkgutil
from decimal import Decimal
from typing import Any

import pytest
from msgspec import Struct

from gongji.channels.national import messages
from gongji.channels.national.door import TRANSACTIONS
from gongji.channels.national.envelope import PATHS
from tests.national_messages import Counter, RehearsalStore, as_json, table_of
from tests.national_tables import check_answer
from tests.national_world import CATCH_ALL, World

WANTED = {
    "1101", "1201", "1901", "2001", "9001", "9002", "9102",
    "2101", "2102", "2103",
    "2201", "2202", "2203", "2203A", "2204", "2205", "2206", "2206A", "2207", "2207A", "2208",
    "2301", "2302", "2303", "2304", "2304A", "2305", "2401", "2402", "2403", "2404", "2405", "2601",
    "3201", "5201", "5203", "5204", "5206", "5301", "5302", "5303",
    "6201", "6202", "6203", "6301", "6401",
    *(str(infno) for infno in range(1301, 1320)),
}  # fmt: skip
"""The part of the institution interface that is here."""

FILES = {"9102"}
"""Answered with a file, and no message around it."""

ANSWER = {
    "infcode",
    "inf_refmsgid",
    "refmsg_time",
    "respond_time",
    "err_msg",
    "output",
    "warn_msg",
    "cainfo",
    "signtype",
}


def structs() -> dict[str, type[Struct]]:
    modules = [
        importlib.import_module(f"{messages.__name__}.{one.name}") for one in pkgutil.iter_modules(messages.__path__)
    ]
    return {name: thing for module in modules for name, thing in vars(module).items() if isinstance(thing, type)}


STRUCTS = structs()


def check(infno: str, output: Any) -> None:
    """Hold an output to its table; a transaction whose table has none answers null."""
    number = table_of(infno).infno
    if f"Out{number}Row" in STRUCTS:
        for row in output:
            check_answer(STRUCTS[f"Out{number}Row"], row)
    elif f"Out{number}" in STRUCTS:
        check_answer(STRUCTS[f"Out{number}"], output)
    else:
        assert output is None


def test_all_transactions_of_the_interface_are_here():
    assert set(TRANSACTIONS) >= WANTED


@pytest.mark.parametrize("infno", sorted(TRANSACTIONS))
def test_a_well_formed_message_is_answered_as_its_table_has_it(infno):
    asked = Counter(World(RehearsalStore())).asked(infno)

    raw = asked.client.send(as_json(asked.envelope()), asked.path, asked.client.now)

    if infno in FILES:
        assert raw.startswith(b"PK")
        return
    answer = json.loads(raw, parse_float=Decimal)
    assert answer["infcode"] == 0, answer["err_msg"]
    assert set(answer) == ANSWER
    check(infno, answer["output"])


@pytest.mark.parametrize("infno", sorted(TRANSACTIONS))
def test_a_message_is_taken_on_the_path_for_all(infno):
    asked = Counter(World(RehearsalStore())).asked(infno)

    raw = asked.client.send(as_json(asked.envelope()), CATCH_ALL, asked.client.now)

    assert raw.startswith(b"PK") if infno in FILES else json.loads(raw)["infcode"] == 0


def test_every_path_takes_transactions_that_there_are():
    assert {infno for several in PATHS.values() for infno in several} <= set(TRANSACTIONS)
