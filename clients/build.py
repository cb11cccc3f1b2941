"""Write the clients that are made from `docs/openapi.json`: `python clients/build.py [--check]`.

The models are written by datamodel-code-generator; the methods, one for each operation, by this script. With
`--check` nothing is written, and the exit status tells whether what stands there is what would be written.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
OPENAPI: Final = ROOT / "docs" / "openapi.json"
PACKAGE: Final = ROOT / "clients" / "python" / "gongji_client"

_MODEL_OPTIONS: Final = (
    "--input-file-type=openapi",
    "--output-model-type=msgspec.Struct",
    "--target-python-version=3.11",
    "--use-standard-collections",
    "--use-union-operator",
    "--use-schema-description",
    "--field-constraints",
    "--keyword-only",
    "--enum-field-as-literal=all",
    "--output-datetime-class=datetime",
    "--use-double-quotes",
    "--formatters=builtin",
    "--disable-timestamp",
    "--disable-warnings",  # of "partial-time", a time of day without an offset: a string with its pattern
)
_JSON_TYPES: Final = {"integer": "int", "string": "str", "boolean": "bool", "null": "None", "object": "dict[str, Any]"}
_HEADS: Final = {
    "client": '"""Every operation of the API, waiting for its answer; written by `python clients/build.py`."""',
    "async_client": '"""Every operation of the API, awaited; written by `python clients/build.py`."""',
}


class Parameter(NamedTuple):
    """One parameter of an operation: as the contract calls it and where it stands, and as Python does."""

    name: str
    place: str
    own: str
    kind: str
    required: bool


def generated() -> dict[str, str]:
    """Return the text of every module that is written by machine, by its name in the package."""
    document = json.loads(OPENAPI.read_text(encoding="utf-8"))
    texts = {"models.py": _models()}
    for module, head in _HEADS.items():
        texts[f"{module}.py"] = _client(document, head, waits=module == "client")
    return {name: _formatted(name, text) for name, text in texts.items()}


def stale(texts: dict[str, str], folder: Path = PACKAGE) -> list[str]:
    """Return which of the modules do not stand in `folder` as they would be written."""
    return [name for name, text in texts.items() if _standing(folder / name) != text]


# Helpers


def _standing(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _models() -> str:
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "models.py"
        command = [sys.executable, "-m", "datamodel_code_generator", *_MODEL_OPTIONS]
        # From an empty folder: the generator reads the options of the project that it is started in.
        subprocess.run([*command, f"--input={OPENAPI}", f"--output={written}"], check=True, cwd=folder)
        text = written.read_text(encoding="utf-8")
    head = '"""Every body that the API reads or tells; written by `python clients/build.py`."""'
    return f"{head}\n\n{text[text.index('from __future__') :]}"


def _formatted(name: str, text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--config", str(ROOT / "pyproject.toml")]
    told = subprocess.run(
        [*command, "--stdin-filename", name, "-"], input=text, check=True, capture_output=True, text=True
    )
    return told.stdout


def _client(document: dict[str, Any], head: str, *, waits: bool) -> str:
    operations = [(method, path, one) for path, several in document["paths"].items() for method, one in several.items()]
    name, base = ("Client", "Caller") if waits else ("AsyncClient", "AsyncCaller")
    methods = [_method(*operation, waits=waits) for operation in operations]
    body = "\n".join(methods)
    imports = [
        "from datetime import datetime" if "datetime" in body else "",
        "from typing import Any, Literal" if "Literal[" in body else "from typing import Any",
        "",
        "from gongji_client import models",
        f"from gongji_client.calling import {base}, Reply, placed",
    ]
    says = "The API; a call returns when its answer is there." if waits else "The API; a call is awaited."
    return "\n".join([head, "", *imports, "", "", f"class {name}({base}):", f'    """{says}"""', "", body])


def _method(method: str, path: str, operation: dict[str, Any], *, waits: bool) -> str:
    parameters = [_parameter(one) for one in operation.get("parameters", [])]
    sent = operation.get("requestBody")
    answered = _answered(operation["responses"])
    address = re.sub(r"\{(\w+)\}", lambda found: f"{{placed({found[1]})}}", path)
    parts = [
        f"{part}={{{', '.join(f'{json.dumps(one.name)}: {one.own}' for one in told)}}},"
        for part, place in (("query", "query"), ("headers", "header"))
        if (told := [one for one in parameters if one.place == place])
    ]
    if sent:
        parts.append("body=body,")
    prefix, wait = ("", "") if waits else ("async ", "await ")
    return "\n".join(
        [
            f"    {prefix}def {_snake(operation['operationId'])}({_signature(parameters, sent)}) -> Reply[{answered}]:",
            f"        {_docstring(operation)}",
            f"        return {wait}self._ask({answered}, {json.dumps(method.upper())}, {_quoted(address)},",
            *(f"            {part}" for part in parts),
            "        )",
            "",
        ]
    )


def _quoted(address: str) -> str:
    return f'f"{address}"' if "{" in address else f'"{address}"'


def _docstring(operation: dict[str, Any]) -> str:
    scopes = [scope for wanted in operation.get("security", []) for several in wanted.values() for scope in several]
    asks = [f"Asks for the scope {', '.join(f'`{scope}`' for scope in scopes)}."] if scopes else []
    said = [f"{operation['summary']}.", *operation["description"].splitlines(), *asks]
    first, *rest = [line.strip().replace("\\", "\\\\") for line in said]
    return f'"""{first}\n\n' + "\n".join(f"        {line}".rstrip() for line in rest) + '\n        """'


def _parameter(told: dict[str, Any]) -> Parameter:
    name = told["name"]
    kind = _kind(told["schema"])
    if not told["required"] and "None" not in kind:
        kind = f"{kind} | None"
    return Parameter(name, told["in"], name.lower().replace("-", "_"), kind, told["required"])


def _signature(parameters: list[Parameter], sent: dict[str, Any] | None) -> str:
    first = [f"{one.own}: {one.kind}" for one in parameters if one.place == "path"]
    if sent:
        first.append(f"body: {_kind(sent['content']['application/json']['schema'])}")
    rest = [one for one in parameters if one.place != "path"]
    named = [f"{one.own}: {one.kind}" for one in rest if one.required]
    named += [f"{one.own}: {one.kind} = None" for one in rest if not one.required]
    return ", ".join(["self", *first, *(["*", *named] if named else [])])


def _answered(responses: dict[str, Any]) -> str:
    kinds = {
        _kind(told["schema"]) if mime.endswith("json") else "bytes"
        for status, response in responses.items()
        if status.startswith("2")
        for mime, told in response["content"].items()
    }
    if len(kinds) != 1:
        raise ValueError(f"an operation answers in one type, not in {sorted(kinds)}")
    return kinds.pop()


def _kind(schema: dict[str, Any]) -> str:
    """Return the type in Python of what a parameter, a body or an answer may be."""
    match schema:
        case {"$ref": where}:
            return "models." + _camel(where.rpartition("/")[2])
        case {"oneOf": several} | {"anyOf": several}:
            format_told = {"format": schema["format"]} if "format" in schema else {}
            return " | ".join(_kind(one | format_told) for one in several)
        case {"format": "date-time", "type": "string"}:
            return "datetime"
        case {"enum": words}:
            return f"Literal[{', '.join(json.dumps(word) for word in words)}]"
        case {"type": kind}:
            return _JSON_TYPES[kind]
    if schema:
        raise ValueError(f"no type in Python is known for {schema}")
    return "Any"


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        old = stale(generated())
        print(f"stale: {', '.join(old)}; run python clients/build.py" if old else "the clients are fresh")
        sys.exit(bool(old))
    for module_name, content in generated().items():
        (PACKAGE / module_name).write_text(content, encoding="utf-8")
        print(f"wrote {module_name}")
