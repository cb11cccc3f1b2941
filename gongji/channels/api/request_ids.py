"""The id of a request: the caller's own, where he sends a sound one, or one of ours."""

import re
from typing import Final

from litestar.types import Scope

HEADER: Final = "x-request-id"

_SOUND: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def request_id_of(scope: Scope) -> str:
    """Return the id of a request, the same as often as it is asked."""
    state = scope["state"]
    if HEADER not in state:
        told = [value for name, value in scope["headers"] if name == HEADER.encode()]
        sound = len(told) == 1 and _SOUND.fullmatch(told[0])
        state[HEADER] = told[0].decode() if sound else scope["litestar_app"].state.desk.tokens()
    found: str = state[HEADER]
    return found
