"""What the endpoints of sign-in and OAuth work with; wiring puts it together."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import Any

from litestar import Request

from gongji.channels.api.callers import Caller
from gongji.channels.api.problems import ProblemError
from gongji.channels.identity.known import Known
from gongji.channels.identity.lockouts import Lockout
from gongji.channels.identity.sandbox_provider import SandboxProvider
from gongji.channels.identity.secrets import Secrets
from gongji.channels.identity.tokens import Tokens
from gongji.domain.faults import RequestFault
from gongji.services.access.signing_in import Authorities
from gongji.services.reading_together import Readers
from gongji.services.store import Store

TEN_MINUTES = timedelta(minutes=10)
QUARTER = timedelta(minutes=15)


class IdentityDesk:
    """Tokens, the provider, and who has guessed wrong lately. It is the API's `Identity`."""

    def __init__(
        self,
        tokens: Tokens,
        authorities: Authorities,
        store: Store,
        readers: Executor,
        sandbox: SandboxProvider | None = None,
        *,
        lookers: Readers,
    ) -> None:
        """Take the tokens of this deployment; without a provider people cannot sign in, and systems can.

        With `sandbox` its pages are served, too. Handlers ask the `registers` through `away`. `lookers` look tokens up:
        a provider who takes his time keeps nobody waiting who has signed in.
        """
        self.registers = authorities.registers
        self.tokens = tokens
        self.provider = authorities.provider
        self.sandbox = sandbox
        self.store = store
        self.secrets = Secrets()
        self.wrong_secrets = Lockout(10, TEN_MINUTES, QUARTER)
        self.wrong_people = Lockout(10, TEN_MINUTES, QUARTER)
        self._readers = readers
        self.known = Known(tokens, lookers)

    async def caller(self, token: str, now: datetime) -> Caller | None:
        """Return who asks; see `Known.caller`."""
        return await self.known.caller(token, now)

    async def away(self, work: Callable[[], Any]) -> Any:
        """Return the answer of `work`, done on another thread."""
        return await _done_by(self._readers, work)


def identity_of(request: Request[Any, Any, Any]) -> IdentityDesk:
    """Return what signs people in here. Raise ProblemError where nothing does."""
    found = request.app.state.desk.identity
    if not isinstance(found, IdentityDesk):
        raise ProblemError(RequestFault.NO_SUCH_PLACE)
    return found


# Helpers


async def _done_by(threads: Executor, work: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(threads, work)
