"""The headers that go with every answer."""

from typing import Any

from gongji.channels.api.problems import SAFE
from gongji.channels.api.request_ids import HEADER, request_id_of
from gongji.channels.api.session import LIMITS


def added_headers(scope: Any) -> dict[str, str]:
    """Return what goes with the answer to a request, where that does not say otherwise itself; `scope` is of ASGI."""
    return {**SAFE, HEADER: request_id_of(scope), **dict(scope["state"].get(LIMITS, ()))}
