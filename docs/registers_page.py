"""The JSON Schemas of the registers' protocol, made from the code: `registers.schema.json` beside `registers.md`."""

import json
from pathlib import Path

import msgspec

from gongji.services.access.registers import (
    PATHS,
    FaceAnswer,
    FaceQuestion,
    InsuranceAnswer,
    InsuranceQuestion,
    MarriageAnswer,
    MarriageQuestion,
    PersonAnswer,
    PersonQuestion,
)

SCHEMA = Path(__file__).with_name("registers.schema.json")

_PAIRS = (
    (FaceQuestion, FaceAnswer),
    (PersonQuestion, PersonAnswer),
    (MarriageQuestion, MarriageAnswer),
    (InsuranceQuestion, InsuranceAnswer),
)


def schema() -> str:
    """Return the schemas of all questions and answers, and which go with which address."""
    forms = [form for pair in _PAIRS for form in pair]
    _, components = msgspec.json.schema_components(forms, ref_template="#/$defs/{name}")
    content = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The registers' protocol, version 1",
        "addresses": {
            f"POST {PATHS[question]}": {
                "question": {"$ref": f"#/$defs/{question.__name__}"},
                "answer": {"$ref": f"#/$defs/{answer.__name__}"},
            }
            for question, answer in _PAIRS
        },
        "$defs": components,
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
