"""Long lists in pages: a cursor tells where the last page ended, so that nothing is lost or told twice.

A cursor is opaque to the caller, and holds only the place in the list; what the list shows is decided anew each time.
"""

import base64
import binascii
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.params import QueryParameter
from msgspec import Struct

from gongji.channels.api.problems import ProblemError
from gongji.domain.faults import RequestFault

P = TypeVar("P")

PAGE_DEFAULT: Final = 50
PAGE_MOST: Final = 200
CURSOR_LENGTH_MAX: Final = 256

Limit = Annotated[int, QueryParameter(ge=1, le=PAGE_MOST, description="How many are told at most.")]
Cursor = Annotated[
    str | None,
    QueryParameter(max_length=CURSOR_LENGTH_MAX, description="`next` of the page before; none for the first page."),
]


def cursor_at(operation: str, place: Any) -> str:
    """Return the cursor for the page of a list that begins after `place`."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode((operation, place))).decode().rstrip("=")


def place_of(operation: str, cursor: str | None, kind: type[P]) -> P | None:
    """Return the place that a cursor of this list holds, None without one. Raise ProblemError for any other text."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        named, place = msgspec.msgpack.decode(raw, type=tuple[str, kind])  # type: ignore[valid-type]  # made at run time
    except (binascii.Error, ValueError, msgspec.DecodeError) as fault:
        raise _unknown() from fault
    if named != operation:
        raise _unknown()
    found: P = place
    return found


def paged(request: Request[Any, Any, Any], page: Struct, cursor: str | None) -> Response[Any]:
    """Return a page of a list; `cursor` begins the next one, None where this is the last."""
    headers = {"cache-control": "no-store"}
    if cursor is not None:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        headers["link"] = f'<{request.scope["path"]}?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'
    return Response(msgspec.json.encode(page), media_type=MediaType.JSON, headers=headers)


# Helpers


def _unknown() -> ProblemError:
    return ProblemError(RequestFault.NO_SUCH_PLACE, field="cursor", said="not a cursor of this list")
