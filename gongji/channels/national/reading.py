"""Messages read into the structs of their tables, quickly where a client writes as they do, and answers shaped.

Both ways of reading end in the same struct, or in a MalformedError that names the field. Numbers may come as strings,
optional ones as "", dates with or without time, one object where a list belongs, an extension as a JSON string.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache, partial
from operator import attrgetter
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
    """A field or node of a struct, and how it is read: `present`, it must be there; `filled`, and not empty."""

    name: str
    reader: Callable[[Any], Any]
    present: bool = False
    filled: bool = False


class Once(Struct, frozen=True, kw_only=True):
    """What is looked at once more, where the quick way lets through what the liberal way refuses or reads otherwise.

    `texts` and `there` return the texts of a struct and what may not be None in it; `moments` are names of fields,
    `nodes` those of nodes, for a list True, with what is looked at in them.
    """

    texts: Callable[[Struct], tuple[str, ...]] | None
    there: Callable[[Struct], tuple[Any, ...]] | None
    moments: tuple[str, ...]
    nodes: tuple[tuple[str, bool, "Once"], ...]


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
    return found if _stands(_once(kind), found, content) else None


def read_liberally(kind: type[Read], name: str, content: Any) -> Read:
    """Return `content`, called `name`, as `kind`, however it is written. Raise MalformedError naming the field."""
    if not isinstance(content, dict):
        raise MalformedError(name, "应当是一个对象")
    return kind(**{column.name: _value(column, content.get(column.name)) for column in _columns(kind)})


def shape(kind: type[Read], known: Mapping[str, Any]) -> Read:
    """Return a `kind` with the fields and nodes that its table has out of `known`; a node is known as a mapping.

    A field that the table requires and nobody knows is our own mistake: TypeError.
    """
    nodes, told = _nodes(kind), {name: known[name] for name in kind.__struct_fields__ if name in known}
    for name, node in nodes.items():
        if name in told:
            told[name] = _shaped(node, told[name])
    return kind(**told)


# Helpers


def _number(kind: type[Number], raw: Any) -> Number:
    try:
        value = number_of("", kind, raw)
    except MalformedError as fault:
        raise ValueError(fault.why) from fault
    if value is None:
        raise ValueError
    return value


def _stands(once: Once, found: Struct, content: dict[str, Any]) -> bool:
    """Tell whether `found`, read quickly out of `content`, is what the liberal way would have read."""
    # Most often nothing is wrong, so all texts are looked at in one: a stroke keeps the ends of each to be seen.
    if once.texts is not None:
        texts = f"|{'|'.join(once.texts(found))}|"
        if "| " in texts or " |" in texts or not texts.isprintable():
            return False
    if once.there is not None and None in once.there(found):
        return False
    for name in once.moments:
        if not _plain_moment(content.get(name)):
            return False
    for name, many, within in once.nodes:
        node, told = getattr(found, name), content.get(name)
        if not node or told is None:
            continue
        if not many and not _stands(within, node, told):
            return False
        if many and not all(_stands(within, row, one) for row, one in zip(node, told, strict=True)):
            return False
    return True


@cache
def _once(kind: type[Struct]) -> Once:
    fields = _told(kind)
    # A code's own pattern has neither blanks nor anything else that cannot be shown.
    texts = [field.name for field in fields if isinstance(_bare(field.type), StrType) and not _codes(field.type)]
    there = [field.name for field in fields if _needed(field) and isinstance(field.type, UnionType)]
    moments = [field.name for field in fields if isinstance(_bare(field.type), DateTimeType)]
    nodes = [
        (field.name, isinstance(field.type, VarTupleType), _once(node))
        for field in fields
        if (node := _struct_in(field.type)) is not None
    ]
    return Once(texts=_getter(texts), there=_getter(there), moments=tuple(moments), nodes=tuple(nodes))


def _getter(names: Sequence[str]) -> Callable[[Struct], tuple[Any, ...]] | None:
    """Return what takes these fields out of a struct, None for no fields."""
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda found: (getattr(found, names[0]),)) if names else None


def _value(column: Column, raw: Any) -> Any:
    if column.present and raw is None:
        raise MalformedError(column.name, "没有填")
    value = column.reader(raw)
    if column.filled and value in (None, ""):
        raise MalformedError(column.name, "没有填")
    return value


@cache
def _columns(kind: type[Struct]) -> tuple[Column, ...]:
    return tuple(_column(field) for field in _told(kind))


def _told(kind: type[Struct]) -> tuple[Told, ...]:
    told = type_info(kind)
    if not isinstance(told, StructType):
        raise TypeError(f"{kind} is no struct")
    return told.fields


def _needed(field: Told) -> bool:
    return field.default is NODEFAULT and field.default_factory is NODEFAULT


def _bare(kind: Type) -> Type:
    """Return a type without None and without what is told of it."""
    if isinstance(kind, UnionType):
        kind = next(one for one in kind.types if not isinstance(one, NoneType))
    return kind.type if isinstance(kind, Metadata) else kind


def _codes(kind: Type) -> str:
    """Return the dictionary of a type, "" for none."""
    if isinstance(kind, UnionType):
        kind = next(one for one in kind.types if not isinstance(one, NoneType))
    return str((kind.extra or {})["codes"]) if isinstance(kind, Metadata) else ""


def _column(field: Told) -> Column:
    needed = _needed(field)
    kind, none, codes = _bare(field.type), isinstance(field.type, UnionType), _codes(field.type)
    reader = _scalar(field.name, kind, codes)
    if reader is None:
        return _node(field.name, kind, needed=needed)
    blank = none or (
        isinstance(kind, StrType) and not kind.min_length and re.search(kind.pattern or "", "") is not None
    )
    return Column(name=field.name, reader=reader, present=needed, filled=needed and not blank)


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
            return Column(name=name, reader=reader)
        case VarTupleType(item_type=StructType(cls=node)):
            return Column(name=name, reader=partial(_rows, node, name, needed))
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


def _plain_moment(raw: str | None) -> bool:
    """Tell whether a moment has no fraction of a second, which would be rounded, and no small t."""
    return raw is None or (len(raw) == _PLAIN_MOMENT and raw[10] in "T ")


_PLAIN_MOMENT: Final = len("2025-06-01 08:30:00")


def _shaped(node: type[Struct], known: Any) -> Any:
    if isinstance(known, dict):
        return shape(node, known)
    return tuple([shape(node, row) if isinstance(row, dict) else row for row in known])


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
