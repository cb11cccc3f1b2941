"""The page of the trace format, made from its shapes; `docs/build.py` writes it, and a test keeps it fresh."""

import inspect
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from gongji.rules.citing import Citation, Document, Loser
from gongji.rules.reading_titles import Said
from gongji.rules.trace import TRACE, Alternative, Node, Reason, Trace

SHAPES: Final[tuple[type[Struct], ...]] = (Trace, Node, Alternative, Reason, Citation, Document, Loser, Said)

_HEAD: Final = """# The trace of a settled bill 结算说明

Why a bill was paid as it was: one node for each payer, each with the rows of the policy book behind it; the
alternatives that were not taken, each with the way to mend it; and what no document settles. This is a public format,
for screens, statements and audits. `gongji policy why SETTLEMENT --json` prints it, `gongji replay SETTLEMENT --json`
carries it under `trace`, a sample server answers it at `/policy/why/SETTLEMENT`, and in Python `gongji.rules.trace`
makes it of a decision and a book. As JSON Schema it is [trace.schema.json](trace.schema.json).

What a reader may rely on:

* `trace` is the version of the format, {version} now. It grows when a field goes away or means something else; a new
  field may come without that, so skip what you do not know.
* Amounts are text: yuan with two decimals. Inside the `value` of a citation sums are whole fen, as in the policy files.
* The amounts of the nodes with `counts` add up to `total`. Nodes stand in the order of payment.
* Every node either cites rows (`rests_on` is `"rules"`, the main one first) or rests on the bill itself.
* Every citation has rule, version and value; one whose `state` is not `"unknown"` also has grade, source, and the
  document's words (`quote`) or their meaning (`reading`). One that is unknown has a `note` that says what is.
* Texts stand in Chinese (`zh`) and English (`en`). Names of people are as the books have them.
* A trace is made by the rules as they were known when the bill was settled: `bundle` names them for ever.

A trace, shortened:

```json
{example}
```

This page is written by `python docs/build.py` from `gongji/rules/trace.py` and `gongji/rules/citing.py`.
"""

EXAMPLE: Final[dict[str, Any]] = {
    "trace": 1,
    "bundle": "6d8529ee…",
    "kernel": 1,
    "region": "310000",
    "day": "2025-06-01",
    "settled": True,
    "total": "9.90",
    "nodes": [
        {
            "step": "shared",
            "who": "王小明",
            "pocket": "carry_over",
            "amount": "9.90",
            "counts": True,
            "why": {
                "zh": "家庭共济：由王小明账户的历年结余付 9.90 元。",
                "en": "Family sharing: 王小明's account pays 9.90 of carry-over money.",
            },
            "rests_on": "rules",
            "citations": [
                {
                    "rule": "carry_over_only",
                    "title": {"zh": "仅限历年结余", "en": "Only carry-over is shared"},
                    "rule_id": "310000/carry_over_only/2022-07-01",
                    "region": "310000",
                    "region_name": "上海市 Shanghai",
                    "version": "2022-07-01",
                    "until": None,
                    "state": "value",
                    "value": {},
                    "words": {"zh": "有此规定", "en": "in force"},
                    "grade": "official",
                    "source": {
                        "key": "shanghai-qa-2025",
                        "title": "Questions and answers on family sharing in 上海",
                        "publisher": "Shanghai Q&A article",
                        "kind": "official",
                        "date": "2025-03-13",
                        "url": None,
                        "checked": "2026-11-22",
                        "note": None,
                        "title_zh": "上海家庭共济问答",
                        "publisher_zh": "上海问答文章",
                    },
                    "quote": "历年结余",
                    "reading": None,
                    "note": None,
                    "checked": "2026-11-22",
                    "stale_from": None,
                    "overrides": None,
                    "contradicts": [],
                    "reading_zh": None,
                    "note_zh": None,
                }
            ],
        }
    ],
    "alternatives": [
        {
            "about": "sharer",
            "who": "王大明",
            "reason": "MODE_NOT_CHOSEN",
            "why": {"zh": "该家庭成员的共济关系不包含共济支付。", "en": "This bond does not include paying bills."},
            "next_step": {"zh": "请共济人开通共济支付。", "en": "Ask the sharer to choose paying bills."},
            "others": [],
            "figures": {},
            "citations": [],
        }
    ],
    "unknown": [],
}
"""A trace as the page shows it; a test reads it by the format."""


def page() -> str:
    """Return the page: what may be relied on, an example, and a table of fields for each shape."""
    example = msgspec.json.format(msgspec.json.encode(EXAMPLE), indent=2).decode()
    parts = [_HEAD.format(version=TRACE, example=example)]
    for shape in SHAPES:
        parts += [f"## {shape.__name__}", "", inspect.getdoc(shape) or "", "", "| field | type |", "|---|---|"]
        parts += [f"| `{field.encode_name}` | {_type(field.type)} |" for field in structs.fields(shape)]
        parts.append("")
    return "\n".join(parts)


def schema() -> str:
    """Return the format as JSON Schema."""
    return msgspec.json.format(msgspec.json.encode(msgspec.json.schema(Trace)), indent=2).decode() + "\n"


# Helpers


def _type(told: Any) -> str:
    """Return a type in the words of JSON."""
    described = msgspec.json.schema(told)
    return _words(described, described.get("$defs", {}))


def _words(described: dict[str, Any], others: dict[str, Any]) -> str:
    if "$ref" in described:
        name = str(described["$ref"]).rpartition("/")[2]
        return _words(others[name], others) if "enum" in others[name] else name
    if "anyOf" in described:
        return " or ".join(_words(one, others) for one in described["anyOf"])
    if "enum" in described:
        return ", ".join(f'`"{one}"`' for one in described["enum"])
    if described.get("type") == "array":
        return f"list of {_words(described['items'], others)}"
    if described.get("type") == "object":
        return "object of text"
    names = {"string": described.get("format", "text"), "integer": "number", None: "any value"}
    return str(names.get(described.get("type"), described.get("type")))
