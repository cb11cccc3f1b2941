"""Acting for another: the header names him, and a mandate has to allow it; the record names both."""

from datetime import datetime
from typing import Final

from litestar.types import Scope as AsgiScope
from msgspec.structs import replace

from gongji.channels.api.callers import Caller
from gongji.channels.api.desk import Desk
from gongji.channels.api.problems import ProblemError
from gongji.domain.faults import RequestFault
from gongji.services.office.mandates import allowed, mandate_scope

HEADER: Final = "Acting-For"


async def acting(desk: Desk, caller: Caller, scope: AsgiScope, now: datetime) -> Caller:
    """Return the caller, or the caller as he acts for whom the header names. Raise ProblemError without a mandate."""
    told = [value for name, value in scope["headers"] if name == HEADER.lower().encode()]
    if not told:
        return caller
    number = told[0].decode("latin-1")
    if len(told) > 1 or not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise ProblemError(RequestFault.NOT_YOURS, field=HEADER)
    person_id = int(number)
    found = await desk.read(mandate_scope(person_id), lambda books: allowed(books, caller.actor, person_id, now))
    if isinstance(found, RequestFault):
        raise ProblemError(found, field=HEADER)
    actor, operations = found
    return replace(caller, acting_for=person_id, mandate=actor.mandate, scopes=caller.scopes & operations)
