"""What handlers declare in common: who may, which problems may come, which headers are read and sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from litestar.datastructures import ResponseHeader
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIType, Operation, Parameter, Schema

from gongji.channels.api.callers import Role
from gongji.channels.api.problems import KIND, Problem
from gongji.channels.api.proving import proved
from gongji.channels.api.session import PUBLIC, requires, role
from gongji.channels.api.writing import keyed

BEARER: Final = "bearer"
"""The name of the security scheme in the OpenAPI file."""

_OPEN: Final = (400, 429, 500)
_READ: Final = (400, 401, 403, 404, 429, 500, 503)
_WRITE: Final = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)

_KEY: Final = Parameter(
    name="Idempotency-Key",
    param_in="header",
    required=True,
    description="One for each new request; a repetition with the same key gets the first answer.",
    schema=Schema(type=OpenAPIType.STRING, pattern="^[!-~]{1,64}$", min_length=1, max_length=64),
)
_IF_MATCH: Final = Parameter(
    name="If-Match",
    param_in="header",
    required=False,
    description="The ETag of what was seen: the change is made only while that still stands.",
    schema=Schema(type=OpenAPIType.STRING),
)
_IF_NONE_MATCH: Final = Parameter(
    name="If-None-Match",
    param_in="header",
    required=False,
    description="The ETag of what the caller has already: 304 while that still stands.",
    schema=Schema(type=OpenAPIType.STRING),
)
_ETAG: Final = ResponseHeader(name="ETag", documentation_only=True, description="A strong tag of this answer.")
_LINK: Final = ResponseHeader(name="Link", documentation_only=True, description="The next page, rel=next.")
_UNCHANGED: Final = ResponseSpec(None, generate_examples=False, description="What the caller has still stands.")


def public(*, missing: bool = False) -> dict[str, Any]:
    """Return what a handler declares that answers everybody; `missing` tells that there may be nothing."""
    return {"opt": {PUBLIC: True}, "responses": _problems((*_OPEN, 404) if missing else _OPEN)}


def reads(*scopes: str, roles: Iterable[Role] = ()) -> dict[str, Any]:
    """Return what a handler declares that tells one resource, by `etags.tagged`."""
    declared = _guarded(scopes, roles, _READ)
    return {
        **declared,
        "responses": {304: _UNCHANGED, **declared["responses"]},
        "operation_class": _TaggedOperation,
        "response_headers": [_ETAG],
    }


def lists(*scopes: str, roles: Iterable[Role] = ()) -> dict[str, Any]:
    """Return what a handler declares that tells a page of a list, by `paging.paged`."""
    return {**_guarded(scopes, roles, _READ), "response_headers": [_LINK]}


def writes(*scopes: str, roles: Iterable[Role] = ()) -> dict[str, Any]:
    """Return what a handler declares that writes, by `writing.write`; one of 200 unless it says otherwise."""
    return {**_keyed(scopes, roles, _WRITE), "operation_class": _WriteOperation, "status_code": 200}


def changes(*scopes: str, roles: Iterable[Role] = ()) -> dict[str, Any]:
    """Return what a handler declares that changes a resource told by GET: by `writing.write` with `seen`."""
    return {
        **_keyed(scopes, roles, (*_WRITE, 412)),
        "operation_class": _ChangeOperation,
        "status_code": 200,
        "response_headers": [_ETAG],
    }


# Helpers


@dataclass
class _TaggedOperation(Operation):
    def __post_init__(self) -> None:
        self.parameters = [*(self.parameters or ()), _IF_NONE_MATCH]


@dataclass
class _WriteOperation(Operation):
    def __post_init__(self) -> None:
        self.parameters = [*(self.parameters or ()), _KEY]


@dataclass
class _ChangeOperation(Operation):
    def __post_init__(self) -> None:
        self.parameters = [*(self.parameters or ()), _KEY, _IF_MATCH]


def _guarded(scopes: tuple[str, ...], roles: Iterable[Role], statuses: Iterable[int]) -> dict[str, Any]:
    several = tuple(roles)
    return {
        "guards": [*([requires(*scopes)] if scopes else []), *([role(*several)] if several else [])],
        "security": [{BEARER: list(scopes)}],
        "responses": _problems(statuses),
    }


def _keyed(scopes: tuple[str, ...], roles: Iterable[Role], statuses: Iterable[int]) -> dict[str, Any]:
    declared = _guarded(scopes, roles, statuses)
    return {**declared, "guards": [*declared["guards"], proved, keyed]}


def _problems(statuses: Iterable[int]) -> dict[int, ResponseSpec]:
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=HTTPStatus(status).phrase, media_type=KIND)
        for status in sorted(statuses)
    }
