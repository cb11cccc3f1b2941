"""Write the message structs from the tables: `python interface/build.py`, with `--check` compare only.

The tables are fields.json and more.json, with what additions.toml adds; the codes are those of dictionaries.toml.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

HERE: Final = Path(__file__).parent
NATIONAL: Final = HERE.parent / "gongji" / "channels" / "national"
MESSAGES: Final = NATIONAL / "messages"
MODULE_LINES_MAX: Final = 400

FAMILIES: Final = {
    "identity": ("9", "1101", "1162", "12", "20"),
    "pharmacy": ("21",),
    "visits": ("2201", "2202", "2203", "2204", "2205"),
    "outpatient": ("2206", "2207", "2208"),
    "inpatient": ("23",),
    "admission": ("24",),
    "reconciling": ("26", "3"),
    "queries": ("5201", "5203", "5206"),
    "details": ("5204", "53"),
    "catalogues": ("1301", "1304", "1312", "1901"),
    "matching": ("1316", "1317", "1318", "1319"),
    "orders": ("6201", "6401"),
    "mobile": ("6202", "6203", "63"),
}
"""The modules, and how the numbers of their transactions begin."""

_WRITTEN: Final = "Written by `python interface/build.py` from the national tables."
_KINDS: Final = "from gongji.channels.national.messages import kinds"


class Field(NamedTuple):
    """A line of a table, with our marks: "!" filled, "?" there but maybe empty, "" optional."""

    name: str
    label: str
    kind: str
    length: str
    code: str
    mark: str
    signed: bool


class Node(NamedTuple):
    """A node of a message by its path; `many` for a list. One without a path has its fields in the message itself."""

    path: tuple[str, ...]
    many: bool
    needed: bool
    fields: tuple[Field, ...]


class Table(NamedTuple):
    """A transaction."""

    infno: str
    title: str
    input: tuple[Node, ...]
    output: tuple[Node, ...]


def written() -> dict[Path, str]:
    """Return every generated file with its text."""
    known = list(tables())
    used = _Kinds()
    files = {
        MESSAGES / f"{family}.py": _module(family, [table for table in known if table.infno.startswith(start)], used)
        for family, start in FAMILIES.items()
    }
    files[MESSAGES / "envelope.py"] = _envelope_module(used)
    files[MESSAGES / "kinds.py"] = used.module()
    files[MESSAGES / "__init__.py"] = f'"""The messages, one module a family. {_WRITTEN}"""\n'
    long = [path.name for path, text in files.items() if text.count("\n") > MODULE_LINES_MAX]
    if long:
        raise ValueError(f"longer than {MODULE_LINES_MAX} lines: {', '.join(long)}; split their families")
    return files


def main() -> None:
    """Write what differs, or with `--check` only name it and fail."""
    stale = [path for path, text in written().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(f"{'stale' if '--check' in sys.argv else 'wrote'} {path.name}")
        if "--check" not in sys.argv:
            path.write_text(written()[path], encoding="utf-8")
    if stale and "--check" in sys.argv:
        sys.exit(1)


# The tables


def _load(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    loaded: dict[str, Any] = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    return loaded


ADDED: Final = _load(HERE / "additions.toml")
DICTIONARIES: Final = _load(NATIONAL / "data" / "dictionaries.toml")
_DICTIONARY_OF: Final = {field: name for name, entry in DICTIONARIES.items() for field in entry.get("fields", [name])}
"""The dictionary of each field that has a code mark; a field that is not here is checked by its length."""


def _raw_tables() -> dict[str, Any]:
    raw: dict[str, Any] = {}
    for name in ("fields.json", "more.json"):
        raw |= _load(HERE / name)
    skipped = {*ADDED["left_out"], *ADDED["same_as_1301"]}
    return {infno: raw[infno] for infno in sorted(raw) if infno not in skipped}


def tables() -> Iterator[Table]:
    """Yield the transactions."""
    raw = _raw_tables()
    for infno, table in raw.items():
        yield Table(infno, table["title"], *(tuple(_nodes(raw, infno, side)) for side in ("input", "output")))


def _nodes(raw: dict[str, Any], infno: str, side: str) -> Iterator[Node]:
    have: set[tuple[str, ...]] = {()}
    optional = ADDED["marks"]["optional_nodes"]
    for name, many, lines in raw[infno][side]:
        place = f"{infno}.{side}.{name}"
        path = () if name.startswith("(") else tuple(name.split("."))
        rows = [*lines, *_also(raw, place), *ADDED["fields"].get(place, [])]
        if side == "input" and all(row[0] != ADDED["extension"] for row in rows):
            rows.append([ADDED["extension"], "扩展字段", "扩展", "", "", "", ""])
        if place in ADDED["exp_content"]["nodes"]:
            rows.append(_EXP_CONTENT)
        for depth in range(1, len(path)):
            if path[:depth] not in have:
                above = f"{infno}.{side}.{'.'.join(path[:depth])}"
                yield Node(path[:depth], many=False, needed=above not in optional, fields=())
                have.add(path[:depth])
        have.add(path)
        yield Node(path, many, place not in optional, tuple(_fields(raw, rows, place, side)))
    if infno in ADDED["exp_content"]["beside"] and side == "output":
        beside = _fields(raw, [_EXP_CONTENT], f"{infno}.{side}", side)
        yield Node((), many=False, needed=True, fields=tuple(beside))


_EXP_CONTENT: Final = ["exp_content", "扩展字段", "字符型", "4000", "", "", ""]


def _also(raw: dict[str, Any], place: str) -> list[list[str]]:
    other = ADDED["also"].get(place)
    if other is None:
        return []
    have = {row[0] for row in _rows(raw, place)}
    return [[*row[:5], "", row[6]] for row in _rows(raw, other) if row[0] not in have]


def _rows(raw: dict[str, Any], place: str) -> list[list[str]]:
    infno, side, name = place.split(".", maxsplit=2)
    return next(rows for node, _, rows in raw[infno][side] if node == name)


def _fields(raw: dict[str, Any], rows: list[list[str]], place: str, side: str) -> Iterator[Field]:
    for name, label, stated, length, code, required, _ in rows:
        kind = "扩展" if name in ADDED["extensions"] and side == "input" else stated
        marks, path = ADDED["marks"], f"{place}.{name}"
        mark = "!" if required == "Y" else ""
        if mark and side == "input" and {_snake(name), path} & {*marks["may_be_empty"]}:
            mark = "?"
        if path in marks["optional"] or path in marks["nullable"]:
            mark = ""
        dictionary = _DICTIONARY_OF.get(name, _DICTIONARY_OF.get(_snake(name), "")) if code == "Y" else ""
        size = _length(raw, name, path, kind, length)
        yield Field(name, label, kind, size, dictionary, mark, signed=path in marks["signed"])


def _length(raw: dict[str, Any], name: str, path: str, kind: str, length: str) -> str:
    lengths = ADDED["lengths"]
    found = lengths.get(path, lengths.get(name, length)) or _lengths_by_name(raw).get((_snake(name), kind))
    return str(found or ADDED["unstated"].get(kind, "")).removesuffix(",0")


def _lengths_by_name(raw: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Return the length of every field that has one: camelCase names of the mobile messages have it from there."""
    return {
        (row[0], row[2]): row[3]
        for table in raw.values()
        for side in ("input", "output")
        for _, _, rows in table[side]
        for row in rows
        if row[3]
    }


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


# The modules


def _module(family: str, tables: Iterable[Table], used: "_Kinds") -> str:
    classes = [text for table in tables for text in _classes(table, used)]
    needs_any = any("Any" in text for text in classes)
    needs_kinds = any("kinds." in text for text in classes)
    head = [f'"""Messages: {family}. {_WRITTEN}"""', ""]
    head += ["from typing import Any", ""] if needs_any else []
    head += ["from msgspec import Struct", ""] if classes else []
    head += [_KINDS] if needs_kinds else []
    return "\n".join(head) + "\n" + "".join(f"\n\n{text}\n" for text in classes)


def _envelope_module(used: "_Kinds") -> str:
    fields = _fields({}, ADDED["envelope"]["fields"], "envelope.input.message", "input")
    lines = [*(used.line(field, "input") for field in fields), "    input: Any  # 交易输入"]
    told = "报文: the envelope; its input is read by the table of its transaction"
    head = [f'"""The envelope around every message. {_WRITTEN}"""', "", "from typing import Any", ""]
    head += ["from msgspec import Struct", "", _KINDS]
    return "\n".join(head) + f"\n\n\n{_class('Envelope', told, lines)}\n"


def _classes(table: Table, used: "_Kinds") -> Iterator[str]:
    for side, nodes in (("input", table.input), ("output", table.output)):
        prefix = f"{'In' if side == 'input' else 'Out'}{table.infno}"
        for node in sorted(nodes, key=lambda node: -len(node.path)):
            lines = _lines(prefix, node, nodes, side, used)
            if node.path or node.many:
                name = ".".join(node.path) or "row"
                yield _class(f"{prefix}{_camel(name)}", f"{table.infno} {table.title}: {name}", lines)
        roots = [node for node in nodes if not node.path and not node.many]
        lines = [line for root in roots for line in _own_lines(root, side, used)]
        lines += [_child_line(prefix, node, side) for node in nodes if len(node.path) == 1]
        if lines:
            yield _class(prefix, f"{table.infno} {table.title}: {side}", lines)


def _lines(prefix: str, node: Node, nodes: Iterable[Node], side: str, used: "_Kinds") -> list[str]:
    children = [
        one for one in nodes if len(one.path) == len(node.path) + 1 and one.path[:-1] == node.path and node.path
    ]
    return [*_own_lines(node, side, used), *(_child_line(prefix, child, side) for child in children)]


def _own_lines(node: Node, side: str, used: "_Kinds") -> list[str]:
    return [used.line(field, side) for field in node.fields]


def _child_line(prefix: str, node: Node, side: str) -> str:
    struct = f"{prefix}{_camel('.'.join(node.path))}"
    if node.many:
        return f"    {node.path[-1]}: tuple[{struct}, ...]{' = ()' if side == 'output' or not node.needed else ''}"
    return f"    {node.path[-1]}: {struct}" + ("" if node.needed else " | None = None")


def _class(name: str, told: str, lines: list[str]) -> str:
    head = [f"class {name}(Struct, frozen=True, kw_only=True):", f'    """{told}."""', ""]
    return "\n".join([*head, *lines])


def _camel(name: str) -> str:
    return "".join(part[0].upper() + part[1:] for part in re.split(r"[._]", name))


# The kinds of fields


class _Kinds:
    """The kinds of fields, as they are found to be used."""

    def __init__(self) -> None:
        self._texts: set[tuple[str, int]] = set()
        self._codes: set[tuple[str, str]] = set()
        self._numbers: set[tuple[str, str]] = set()
        self._names = {digits: name for name, digits in ADDED["numbers"].items()}

    def line(self, field: Field, side: str) -> str:
        """Return the line of a struct for a field."""
        kind, none = self._input(field) if side == "input" else self._output(field)
        default = "" if field.mark == "!" or (field.mark == "?" and side == "input") else f" = {none}"
        if none == "None" and (default or field.mark == "?"):
            kind += " | None"
        return f"    {field.name}: {kind}{default}" + (f"  # {field.label}" if field.label else "")

    def _input(self, field: Field) -> tuple[str, str]:
        if field.kind == "扩展":
            return "dict[str, Any]", "{}"
        if field.kind in ("日期型", "日期时间型"):
            return "kinds.Moment", "None"
        if field.kind == "数值型":
            return f"kinds.{self._number(field, 'Signed' if field.signed else '')}", "None"
        return f"kinds.{self._text(field, filled=field.mark == '!')}", '""'

    def _output(self, field: Field) -> tuple[str, str]:
        if field.kind in ("日期型", "日期时间型"):
            day = field.kind == "日期型" and not field.name.endswith("_time")
            return "kinds.DayText" if day else "kinds.MomentText", "None"
        if field.kind == "数值型":
            return f"kinds.{self._number(field, 'Written')}", "None"
        if field.kind == "布尔型":
            return "bool", "None"
        if field.kind != "字符型":
            return "Any", "None"
        return f"kinds.{self._text(field, filled=field.mark == '!')}", "None"

    def _text(self, field: Field, *, filled: bool) -> str:
        if field.code:
            prefix = "" if filled else "Maybe"
            self._codes.add((prefix, field.code))
            return f"{prefix}{_camel(field.code)}"
        prefix = "Filled" if filled else "Text"
        self._texts.add((prefix, int(field.length)))
        return f"{prefix}{field.length}"

    def _number(self, field: Field, prefix: str) -> str:
        if field.length not in self._names:
            raise ValueError(f"{field.name}: additions.toml names no number of {field.length} digits")
        self._numbers.add((prefix, field.length))
        return f"{prefix}{self._names[field.length]}"

    def module(self) -> str:
        """Return the module of kinds."""
        lines = [_KINDS_HEAD]
        for prefix, size in sorted(self._texts):
            least = "min_length=1, " if prefix == "Filled" else ""
            lines.append(f"{prefix}{size} = Annotated[str, Meta({least}max_length={size})]")
        lines.append("")
        for prefix, code in sorted(self._codes, key=lambda pair: (pair[1], pair[0])):
            lines.append(_code_kind(prefix, code))
        lines.append("")
        lines += [self._written(digits) for prefix, digits in sorted(self._numbers) if prefix == "Written"]
        classes = [text for digits in ADDED["numbers"].values() for text in self._number_classes(digits)]
        return "\n".join(lines) + "\n" + "".join(f"\n\n{text}\n" for text in classes)

    def _written(self, digits: str) -> str:
        whole, _, scale = digits.partition(",")
        extra = f'{{"digits": {whole}, "scale": {scale or 0}}}'
        return f"Written{self._names[digits]} = Annotated[Raw, Meta(extra={extra})]"

    def _number_classes(self, digits: str) -> Iterator[str]:
        name = self._names[digits]
        whole, _, scale = digits.partition(",")
        if {("", digits), ("Signed", digits)} & self._numbers:
            told = f"At most {whole} digits, {scale or 'none'} of them after the point."
            yield _number_class(name, "Number", told, f"digits = {whole}", f"scale = {scale or 0}")
        if ("Signed", digits) in self._numbers:
            yield _number_class(f"Signed{name}", name, "The same, and may be below zero.", "signed = True")


def _number_class(name: str, base: str, told: str, *lines: str) -> str:
    return "\n    ".join([f"class {name}({base}):", f'"""{told}"""\n', "__slots__ = ()\n", *lines])


def _code_kind(prefix: str, code: str) -> str:
    entry = DICTIONARIES[code]
    pattern = entry.get("pattern") or "|".join(sorted(entry["entries"]))
    kind = f'str, Meta(pattern=r"\\A(?:{pattern}){"?" if prefix else ""}\\Z", extra={{"codes": "{code}"}})'
    line = f"{prefix}{_camel(code)} = Annotated[{kind}]"
    return line if len(line) <= 120 else f"{prefix}{_camel(code)} = Annotated[\n    {kind}\n]"


_KINDS_HEAD: Final = f'''"""The kinds of fields that messages have. {_WRITTEN}

Text is so many characters long; Filled text is not empty. A code is as its dictionary
has it, or empty where it is a Maybe. A Written number is text that is a JSON number; answers have them.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Raw

from gongji.channels.national.fields import Number

Moment = Annotated[datetime, Meta(tz=False)]
MomentText = Annotated[str, Meta(pattern=r"\\A\\d{{4}}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\Z")]
DayText = Annotated[str, Meta(pattern=r"\\A\\d{{4}}-\\d\\d-\\d\\d\\Z")]
'''


if __name__ == "__main__":
    main()
