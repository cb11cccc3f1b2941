"""Strong entity tags: who has an answer need not fetch it again, and who changes something says what he saw."""

import hashlib
import re
from typing import Any, Final

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from msgspec import Struct

_HAD: Final = b"if-none-match"
_TAG: Final = re.compile(r'(W/)?("[\x21\x23-\x7e]*")')


def tag_of(body: bytes) -> str:
    """Return the tag of an answer: equal bytes have equal tags."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def names(header: str, tag: str, *, weak: bool) -> bool:
    """Tell whether a header of tags names this one, or any; with `weak` a weak tag counts as well."""
    if header.strip() == "*":
        return True
    return any(found == tag and (weak or not mark) for mark, found in _TAG.findall(header))


def tagged(request: Request[Any, Any, Any], content: Struct) -> Response[Any]:
    """Return one resource with its tag; without it, for a caller who has it already."""
    body = msgspec.json.encode(content)
    tag = tag_of(body)
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "authorization"}
    had = next((value for name, value in request.scope["headers"] if name == _HAD), None)
    if had is not None and names(had.decode("latin-1"), tag, weak=True):
        return Response(b"", status_code=304, media_type=MediaType.JSON, headers=headers)
    return Response(body, media_type=MediaType.JSON, headers=headers)
