"""Proving anew who one is: what a citizen may do only with a fresh face check, and how to come by one (RFC 9470)."""

from typing import Final

from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from gongji.channels.api.problems import ProblemError
from gongji.channels.api.session import Connection, caller_of
from gongji.domain.faults import RequestFault
from gongji.services.access.permissions import CITIZEN, PROOF_FRESH, PROVED_ANEW, is_fresh

BY_BODY: Final = frozenset({"answerInvitation"})
"""Of these the handlers demand a proof themselves, for some of what may be sent."""

_AT_ONCE: Final = PROVED_ANEW.keys() - BY_BODY


async def proved(connection: Connection, handler: BaseRouteHandler) -> None:
    """Refuse what has to be proved anew and is not: a guard."""
    if isinstance(handler, HTTPRouteHandler) and handler.operation_id in _AT_ONCE:
        demand_proof(connection)


def demand_proof(connection: Connection) -> None:
    """Raise ProblemError where a citizen's face check is too old for this. Staff and systems have none."""
    caller = caller_of(connection)
    if caller.role == CITIZEN and not is_fresh(caller.face, caller.proved_at, connection.app.state.desk.clock()):
        most = int(PROOF_FRESH.total_seconds())
        told = f'Bearer realm="gongji", error="insufficient_user_authentication", max_age="{most}"'
        said = f"/oauth/authorize with prompt=login or max_age={most}, and a new code"
        raise ProblemError(RequestFault.PROOF_TOO_OLD, said=said, headers={"www-authenticate": told})
