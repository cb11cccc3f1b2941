"""The OpenAPI document of the application, as it is served and kept with the documentation."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from gongji.channels.api.periods import KINDS

_SCHEMAS: Final = "#/components/schemas/"


def document(app: Litestar) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document. What is sent to us has no fields but those it names."""
    made: dict[str, Any] = _whole(msgspec.json.decode(msgspec.json.encode(app.openapi_schema.to_schema())))
    schemas: dict[str, Any] = made["components"]["schemas"]
    schemas.update(_exact(app, schemas))
    for operation in _operations(made):
        if any(one["name"] == "file_format" for one in operation.get("parameters", ())):
            operation["responses"]["200"]["content"] = {kind: {"schema": _FILE} for kind in KINDS.values()}
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


_FILE: Final = {"type": "string", "format": "binary"}
_CLOCK: Final = {"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"}
"""A time of the day; the format `time` of JSON Schema wants an offset, which ours has not."""


def _exact(app: Litestar, schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas of what is sent as the library has them that reads it.

    Litestar knows nothing of the limits of what is in a list.
    """
    handlers = [one for route in app.routes if isinstance(route, HTTPRoute) for one in route.route_handlers]
    fields = [one.parsed_fn_signature.parameters.get("data") for one in handlers if one.resolve_include_in_schema()]
    bodies = dict.fromkeys(field.annotation for field in fields if field is not None)
    _, found = msgspec.json.schema_components(bodies, ref_template=_SCHEMAS + "{name}")
    names = {name: _called(name, part, schemas) for name, part in found.items()}
    exact = {names[name]: _renamed(part, names) for name, part in found.items()}
    kept: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(exact))
    return kept


def _called(name: str, part: dict[str, Any], schemas: dict[str, Any]) -> str:
    """Return the name of a schema in the document, where two of one title have longer names."""
    title, fields = part.get("title", name), part.get("properties", {}).keys()
    several = [one for one in schemas if one == title or one.endswith(f"_{title}")]
    return next((one for one in several if schemas[one].get("properties", {}).keys() == fields), name)


def _renamed(part: Any, names: dict[str, str]) -> Any:
    if isinstance(part, dict):
        if part.get("format") == "time":
            return _CLOCK
        if "$ref" in part:
            return {"$ref": _SCHEMAS + names[part["$ref"].removeprefix(_SCHEMAS)]}
        return {name: _renamed(inner, names) for name, inner in part.items()}
    return [_renamed(inner, names) for inner in part] if isinstance(part, list) else part


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
        return _CLOCK if part.get("format") == "time" else {name: _whole(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [_whole(inner) for inner in part]
    return int(part) if isinstance(part, float) and part.is_integer() else part
