"""Messages read into the structs of their tables, quickly where a client writes as they do, and answers shaped.

Both ways of reading end in the same struct, or in a MalformedError that names the field. Numbers may come as strings,
optional ones as "", dates with or without time, one object where a list belongs, an extension as a JSON string.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache, partial
from typing import Any, Final, Protocol, TypeVar

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.inspect import (
    CustomType,
    DateTimeType,
    DictType,
    Metadata,
    NoneType,
    StrType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)
from msgspec.inspect import Field as Told

from gongji.channels.national.dictionaries import dictionaries
from gongji.channels.national.fields import MalformedError, Number, extension_of, moment_of, number_of, text_of

Read = TypeVar("Read", bound=Struct)

LONGEST_CODE: Final = 20
"""Characters of a code that are looked at; none is as long."""


class Carrier(Protocol):
    """Whatever has the input of a message."""

    @property
    def content(self) -> dict[str, Any]:
        """Return the input."""


class Column(Struct, frozen=True, kw_only=True):
    """A field or node of a struct, and how it is read.

    `present`: it must be there; `filled`: and not empty. `check` looks at what came once more where the quick way
    lets through what the liberal way refuses or reads otherwise.
    """

    name: str
    reader: Callable[[Any], Any]
    present: bool = False
    filled: bool = False
    check: Callable[[Any], bool] | None = None


def read(kind: type[Read], message: Carrier) -> Read:
    """Return the input of a message as `kind`. Raise MalformedError naming the first field that cannot be read."""
    return read_struct(kind, "input", message.content)


def read_struct(kind: type[Read], name: str, content: Any) -> Read:
    """Return `content`, called `name`, as `kind`. Raise MalformedError naming the first field that cannot be read."""
    return read_quickly(kind, content) or read_liberally(kind, name, content)


def read_quickly(kind: type[Read], content: Any) -> Read | None:
    """Return `content` as `kind` where it is written as the tables have it; None where it has to be read liberally."""
    try:
        found = msgspec.convert(content, kind, builtin_types=(Decimal,), dec_hook=_number)
    except (msgspec.ValidationError, RecursionError):
        return None
    return found if _stands(kind, content) else None


def read_liberally(kind: type[Read], name: str, content: Any) -> Read:
    """Return `content`, called `name`, as `kind`, however it is written. Raise MalformedError naming the field."""
    if not isinstance(content, dict):
        raise MalformedError(name, "应当是一个对象")
    return kind(**{column.name: _value(column, content.get(column.name)) for column in _columns(kind)})


def shape(kind: type[Read], known: Mapping[str, Any]) -> Read:
    """Return a `kind` with the fields and nodes that its table has out of `known`; a node is known as a mapping.

    A field that the table requires and nobody knows is our own mistake: TypeError.
    """
    nodes = _nodes(kind)
    return kind(
        **{
            name: _shaped(nodes[name], known[name]) if name in nodes else known[name]
            for name in kind.__struct_fields__
            if name in known
        }
    )


# Helpers


def _number(kind: type, raw: Any) -> Number:
    if not issubclass(kind, Number):
        raise TypeError(f"no field is a {kind}")
    try:
        value = number_of("", kind, raw)
    except MalformedError as fault:
        raise ValueError(fault.why) from fault
    if value is None:
        raise ValueError
    return value


def _stands(kind: type[Struct], content: dict[str, Any]) -> bool:
    return all(check(content.get(name)) for name, check in _checks(kind))


@cache
def _checks(kind: type[Struct]) -> tuple[tuple[str, Callable[[Any], bool]], ...]:
    """Return, by field, what is looked at once more."""
    return tuple((column.name, column.check) for column in _columns(kind) if column.check is not None)


def _value(column: Column, raw: Any) -> Any:
    if column.present and raw is None:
        raise MalformedError(column.name, "没有填")
    value = column.reader(raw)
    if column.filled and value in (None, ""):
        raise MalformedError(column.name, "没有填")
    return value


@cache
def _columns(kind: type[Struct]) -> tuple[Column, ...]:
    told = type_info(kind)
    if not isinstance(told, StructType):
        raise TypeError(f"{kind} is no struct")
    return tuple(_column(field) for field in told.fields)


def _column(field: Told) -> Column:
    needed = field.default is NODEFAULT and field.default_factory is NODEFAULT
    kind, none, codes = field.type, False, ""
    if isinstance(kind, UnionType):
        kind, none = next(one for one in kind.types if not isinstance(one, NoneType)), True
    if isinstance(kind, Metadata):
        codes = (kind.extra or {})["codes"]
        kind = kind.type
    reader = _scalar(field.name, kind, codes)
    if reader is None:
        return _node(field.name, kind, needed=needed)
    blank = none or (
        isinstance(kind, StrType) and not kind.min_length and re.search(kind.pattern or "", "") is not None
    )
    check = _plain_moment if isinstance(kind, DateTimeType) else None
    if needed and none:
        check = partial(_there, check)
    return Column(name=field.name, reader=reader, present=needed, filled=needed and not blank, check=check)


def _scalar(name: str, kind: Type, codes: str) -> Callable[[Any], Any] | None:
    match kind:
        case StrType() if codes:
            return partial(_code, name, codes, re.compile(kind.pattern or ""))
        case StrType():
            return partial(text_of, name, kind.max_length or 0)
        case CustomType(cls=number) if issubclass(number, Number):
            return partial(number_of, name, number)
        case DateTimeType():
            return partial(moment_of, name)
    return None


def _node(name: str, kind: Type, *, needed: bool) -> Column:
    match kind:
        case DictType():
            return Column(name=name, reader=partial(extension_of, name))
        case StructType(cls=node):
            read_node = partial(read_liberally, node, name)
            reader = read_node if needed else lambda raw: None if raw is None else read_node(raw)
            check = partial(_stands_or_none, node) if _checks(node) else None
            return Column(name=name, reader=reader, check=check)
        case VarTupleType(item_type=StructType(cls=node)):
            check = partial(_all_stand, node) if _checks(node) else None
            return Column(name=name, reader=partial(_rows, node, name, needed), check=check)
    return Column(name=name, reader=lambda raw: raw)


def _rows(node: type[Struct], name: str, needed: bool, raw: Any) -> tuple[Struct, ...]:  # noqa: FBT001  # a reader
    if not needed and not raw:
        return ()
    rows = [raw] if isinstance(raw, dict) else raw
    if not isinstance(rows, list):
        raise MalformedError(name, "应当是一个列表")
    return tuple(read_liberally(node, name, row) for row in rows)


def _code(name: str, codes: str, pattern: re.Pattern[str], raw: Any) -> str:
    text = text_of(name, LONGEST_CODE, raw)
    if text and not pattern.search(text):
        raise MalformedError(name, dictionaries()[codes].told())
    return text


def _all_stand(node: type[Struct], rows: list[dict[str, Any]] | None) -> bool:
    return all(_stands(node, row) for row in rows or ())


def _stands_or_none(node: type[Struct], content: dict[str, Any] | None) -> bool:
    return content is None or _stands(node, content)


def _plain_moment(raw: str | None) -> bool:
    """Tell whether a moment has no fraction of a second, which would be rounded, and no small t."""
    return raw is None or (len(raw) == _PLAIN_MOMENT and raw[10] in "T ")


_PLAIN_MOMENT: Final = len("2025-06-01 08:30:00")


def _there(check: Callable[[Any], bool] | None, raw: Any) -> bool:
    return raw is not None and (check is None or check(raw))


def _shaped(node: type[Struct], known: Any) -> Any:
    if isinstance(known, Mapping):
        return shape(node, known)
    return tuple(shape(node, row) if isinstance(row, Mapping) else row for row in known)


@cache
def _nodes(kind: type[Struct]) -> dict[str, type[Struct]]:
    told = type_info(kind)
    fields = told.fields if isinstance(told, StructType) else ()
    found = {field.name: _struct_in(field.type) for field in fields}
    return {name: node for name, node in found.items() if node is not None}


def _struct_in(kind: Type) -> type[Struct] | None:
    match kind:
        case StructType(cls=node) | VarTupleType(item_type=StructType(cls=node)):
            return node
        case UnionType(types=several):
            return next(filter(None, map(_struct_in, several)), None)
    return None
