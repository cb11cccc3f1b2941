"""The OpenAPI document of the application, as it is served and kept with the documentation."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from litestar import Litestar

_SCHEMAS: Final = "#/components/schemas/"


def document(app: Litestar) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document. What is sent to us has no fields but those it names."""
    made: dict[str, Any] = _whole(msgspec.json.decode(msgspec.json.encode(app.openapi_schema.to_schema())))
    schemas: dict[str, Any] = made["components"]["schemas"]
    waiting = [name for operation in _operations(made) for name in _named(operation.get("requestBody", {}))]
    closed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in closed:
            closed.add(name)
            waiting += _named(schemas[name])
            if schemas[name].get("type") == "object":
                schemas[name]["additionalProperties"] = False
    return made


# Helpers


def _operations(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in made["paths"].values():
        yield from (operation for operation in path.values() if isinstance(operation, dict))


def _named(part: Any) -> Iterator[str]:
    """Yield the names of the schemas that a part of the document refers to."""
    if isinstance(part, dict):
        if isinstance(name := part.get("$ref"), str):
            yield name.removeprefix(_SCHEMAS)
        for inner in part.values():
            yield from _named(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _named(inner)


def _whole(part: Any) -> Any:
    """Return a part with limits as whole numbers, which Litestar writes with a decimal point."""
    if isinstance(part, dict):
        return {name: _whole(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [_whole(inner) for inner in part]
    return int(part) if isinstance(part, float) and part.is_integer() else part
