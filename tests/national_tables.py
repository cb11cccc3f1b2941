"""The tables of the national messages, for tests: a message of every transaction, each of its fields, and answers held
to their tables."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.inspect import (
    AnyType,
    BoolType,
    CustomType,
    DateTimeType,
    DictType,
    Metadata,
    NoneType,
    RawType,
    StrType,
    StructType,
    UnionType,
    VarTupleType,
    type_info,
)

from gongji.channels.national import messages
from gongji.channels.national.dictionaries import dictionaries


def inputs() -> Iterator[type[Struct]]:
    """The inputs of all transactions that have tables."""
    for found in pkgutil.iter_modules(messages.__path__):
        module = importlib.import_module(f"{messages.__name__}.{found.name}")
        yield from (
            thing for name, thing in vars(module).items() if name[:2] == "In" and name[2:].rstrip("A").isdigit()
        )


INPUTS = sorted(inputs(), key=lambda kind: kind.__name__)


def fields_of(kind: type[Struct]):
    told = type_info(kind)
    assert isinstance(told, StructType)
    return told.fields


def sample(kind: Any, code: str = "") -> Any:
    """Something that a field of this kind takes, as the tables write it."""
    match kind:
        case UnionType(types=[first, *_]):
            told = sample(first)
        case Metadata(type=inner, extra=dict(extra)):
            told = sample(inner, extra["codes"])
        case StructType(cls=node):
            told = message(node)
        case VarTupleType(item_type=row):
            told = [sample(row)]
        case DictType():
            told = {"sharers": ["1"]}
        case DateTimeType():
            told = "2025-06-01 08:30:00"
        case CustomType():
            told = 1
        case _:
            told = next(iter(dictionaries()[code].entries), "1") if code else "1"
    return told


def message(kind: type[Struct]) -> dict[str, Any]:
    return {field.name: sample(field.type) for field in fields_of(kind)}


def places(kind: type[Struct], *path: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every field of a message with the way to it."""
    for field in fields_of(kind):
        way = (*path, field.name)
        if isinstance(field.type, StructType):
            yield from places(field.type.cls, *way)
        elif isinstance(field.type, VarTupleType) and isinstance(field.type.item_type, StructType):
            yield from places(field.type.item_type.cls, *way, 0)
        else:
            yield way, field


def replaced(content: Any, way: tuple[Any, ...], value: Any) -> Any:
    first, *rest = way
    changed = list(content) if isinstance(content, list) else dict(content)
    changed[first] = replaced(content[first], tuple(rest), value) if rest else value
    return changed


def without(content: Any, way: tuple[Any, ...]) -> Any:
    first, *rest = way
    changed = list(content) if isinstance(content, list) else dict(content)
    if rest:
        changed[first] = without(content[first], tuple(rest))
    else:
        del changed[first]
    return changed


def check_answer(kind: Any, output: Any, name: str = "output") -> None:
    """Hold an answer to its table: every field is in it and there is no other, its length, its digits, its code."""
    assert set(output) == {field.name for field in fields_of(kind)}, name
    for field in fields_of(kind):
        if output[field.name] is None:
            assert isinstance(field.type, UnionType), f"{name}.{field.name} is null"
        else:
            _check(field.type, output[field.name], f"{name}.{field.name}")


def _check(kind: Any, value: Any, name: str) -> None:
    if isinstance(kind, UnionType):
        kind = next(one for one in kind.types if not isinstance(one, NoneType))
    match kind:
        case Metadata(type=RawType(), extra={"digits": digits, "scale": scale}):
            assert isinstance(value, int | Decimal), name
            assert abs(value) < 10 ** (digits - scale), name
            assert value == round(value, scale), name
        case Metadata(type=StrType(pattern=pattern), extra={"codes": _}) | StrType(pattern=pattern, max_length=None):
            assert isinstance(value, str), name
            assert re.search(pattern or "", value), name
        case StrType(pattern=pattern, max_length=size, min_length=least):
            assert isinstance(value, str), name
            assert (least or 0) <= len(value) <= (size or 0), name
            assert re.search(pattern or "", value), name
            assert value == value.strip(), name
            assert not re.search(r"[\x00-\x1f\x7f]", value), name
        case BoolType():
            assert isinstance(value, bool), name
        case StructType(cls=node):
            check_answer(node, value, name)
        case VarTupleType(item_type=StructType(cls=node)):
            for row in value:
                check_answer(node, row, name)
        case _:
            assert isinstance(kind, AnyType), name
