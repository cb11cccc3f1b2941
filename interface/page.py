"""The page of the institution interface, from the tables, the transactions that there are, and the profiles.

What it says besides stands in page.toml. Written by `python docs/build.py`.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from gongji.channels.national.dictionaries import dictionaries
from gongji.channels.national.door import TRANSACTIONS
from gongji.channels.national.envelope import PATHS
from gongji.channels.national.signing.profiles import Profile, profiles
from interface.build import ADDED, Field, Node, Table, tables

HERE: Final = Path(__file__).parent


def page() -> str:
    """Return the page."""
    told, found = _load("page.toml"), {table.infno: table for table in tables()}
    parts = [
        told["head"].strip(),
        "## The envelope",
        *_envelope(),
        "## Transactions",
        told["paths"].strip(),
        *_transactions(found, told),
        "## Not supported",
        *_unsupported(told),
        "## How we read",
        told["liberal"].strip(),
        "## Extensions of ours",
        told["extensions"].strip(),
        "## Profiles of provinces",
        *_profiles(),
        told["signatures"].strip(),
        "## Fields",
        _LEGEND,
        *(part for table in found.values() for part in _table(table)),
        "## Code dictionaries",
        *_dictionaries(),
    ]
    return "\n\n".join(parts) + "\n"


# Helpers

_LEGEND: Final = """\
The type of a text is followed by its longest length, of a number by its digits in all and after the point; ± may be
below zero. *no effect*: it is checked as its table has it, and changes neither answer nor books. Each node of an input
may also carry `expContent`, which is not listed again."""
_PROFILES: Final = """\
`gongji serve --profile NAME` speaks as one region, `by-region` as the region that each message names. A sample server
speaks all of them below `/profiles/NAME`. What a region spells otherwise is added, never put in the place of what is
national; two profiles count `acct_pay` or `fund_pay_sumamt` otherwise, and say so. Nonces are remembered while the
program runs: after a restart the time alone bounds what can be sent again."""


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


_TITLES: Final[dict[str, str]] = {
    infno: table["title"]
    for name in ("fields.json", "more.json")
    for infno, table in json.loads((HERE / name).read_text(encoding="utf-8")).items()
}
_UNHEEDED: Final[dict[str, list[str]]] = _load("unheeded.toml")


def _grid(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|".join(["", *("---" for _ in heads), ""])]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _envelope() -> Iterator[str]:
    rows = []
    for name, label, kind, length, code, required, _ in ADDED["envelope"]["fields"]:
        mark = "!" if required else ""
        field = Field(name, label, kind, length, name if code else "", mark, signed=False)
        rows.append((f"`{name}`", label, _type(field), _MARKS[mark]))
    yield _grid(("field", "中文", "type", ""), [*rows, ("`input`", "交易输入", "object", "required")])


def _transactions(found: dict[str, Table], told: dict[str, Any]) -> Iterator[str]:
    rows = []
    for infno in sorted(TRANSACTIONS):
        table = found.get(infno) or found.get(infno.removesuffix("A"))
        title = _TITLES.get(infno) or f"{_TITLES[infno.removesuffix('A')]}（A）"
        paths = "<br>".join(f"`{path}`" for path, several in PATHS.items() if infno in several) or "`callService`"
        rows.append(
            (f"[{infno}](#{_anchor(table)})", title, told["titles"][infno], paths, told["notes"].get(infno, ""))
        )
    yield _grid(("infno", "中文", "English", "path below `/fsi/api/`", "remark"), rows)


def _anchor(table: Table | None) -> str:
    return f"t{(table.infno if table is not None else '1301').lower()}"


def _unsupported(told: dict[str, Any]) -> Iterator[str]:
    rows = [(infno, told["titles"].get(infno, ""), why) for infno, why in told["unsupported"].items()]
    yield _grid(("infno", "English", "why"), rows)


def _profiles() -> Iterator[str]:
    yield _PROFILES
    rows = [(f"`{one.name}`", one.title, "、".join(one.regions), *_ways(one), one.seen) for one in profiles().values()]
    yield _grid(("profile", "中文", "regions", "signature", "replay window", "adds", "what was seen"), rows)


def _ways(profile: Profile) -> tuple[str, str, str]:
    minutes = profile.replay_minutes
    adds = [f"path `{path}`" for path in profile.paths]
    adds += ["infcode as text"] if profile.infcode == "string" else []
    for spelling in profile.spellings:
        where = f" in {', '.join(spelling.transactions)}" if spelling.transactions else ""
        adds.append(f"`{spelling.added}` = `{spelling.of}`{where}")
    adds += ["`acct_pay` without the relatives' part"] if profile.account == "exclusive" else []
    adds += ["`fund_pay_sumamt` with `acct_pay`"] if profile.fund_includes_account else []
    window = f"{minutes} minutes" if minutes is not None else ""
    return f"`{profile.signature}`", window, "; ".join(adds)


def _table(table: Table) -> Iterator[str]:
    served = any(infno in (table.infno, f"{table.infno}A") for infno in TRANSACTIONS)
    yield f'<a id="{_anchor(table)}"></a>\n\n### {table.infno} {table.title}{"" if served else " (not supported)"}'
    for side, nodes in (("input", table.input), ("output", table.output)):
        if not nodes:
            yield f"{side}: null" if side == "output" else f"{side}: nothing"
        for node in nodes:
            yield _node_head(side, node)
            if node.fields:
                yield _grid(("field", "中文", "type", ""), [_row(table, side, node, field) for field in _listed(node)])


def _node_head(side: str, node: Node) -> str:
    name = ".".join((side, *node.path))
    parts = [f"`{name}`", "a list" if node.many else "", "" if node.needed or side == "output" else "may be left out"]
    return ", ".join(part for part in parts if part)


def _listed(node: Node) -> list[Field]:
    return [field for field in node.fields if field.name != ADDED["extension"]]


_MARKS: Final = {"!": "required", "?": "may be empty", "": ""}


def _row(table: Table, side: str, node: Node, field: Field) -> tuple[str, ...]:
    unheeded = _UNHEEDED.get(f"{table.infno}.{'.'.join(node.path)}", []) if side == "input" else []
    marks = [_MARKS[field.mark], "no effect" if field.name in unheeded else ""]
    return f"`{field.name}`", field.label, _type(field), ", ".join(mark for mark in marks if mark)


def _type(field: Field) -> str:
    if field.code:
        return f"[{field.code}](#d-{field.code})"
    kinds = {"字符型": "text", "数值型": "number", "日期型": "date", "日期时间型": "time", "布尔型": "true or false"}
    kind = kinds.get(field.kind, "object")
    return f"{'±' if field.signed else ''}{kind} {field.length}".strip() if kind in ("text", "number") else kind


def _dictionaries() -> Iterator[str]:
    for name, one in dictionaries().items():
        yield f'<a id="d-{name}"></a>\n\n### {name} {one.name}'
        entries = "、".join(f"`{code}` {label}" for code, label in one.entries.items())
        open_ended = "Provinces add codes" if one.entries else "What they mean is not listed here"
        pattern = f"{open_ended}; a code looks like `{one.pattern}`." if one.pattern else ""
        yield " ".join(part for part in (f"{entries}." if entries else "", pattern) if part)
