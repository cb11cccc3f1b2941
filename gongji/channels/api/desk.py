"""What the handlers of the API work with; wiring puts it together."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from typing import TypeVar

from msgspec import Struct, field

from gongji.channels.api.callers import Identity
from gongji.channels.api.limits import Limits
from gongji.channels.post import brought
from gongji.domain.requests import Scope
from gongji.registry.codes import Codes
from gongji.rules.policybook import PolicyBook
from gongji.services.batching import Batcher
from gongji.services.policies.timetables import Timetable
from gongji.services.reading_together import Readers
from gongji.services.store import Books, Store

T = TypeVar("T")


class Desk(Struct, frozen=True, kw_only=True):
    """Books, rules, clock and identity. `tokens` makes random tokens.

    `batcher` writes, `readers` read for many at once, `hands` are threads for what else would keep others waiting.
    `codes` mints and opens e-credential codes. In a `sandbox` this very machine may be told of events.

    The clock tells the moment in Asia/Shanghai, without a zone.
    """

    store: Store
    batcher: Batcher
    rules: Timetable
    clock: Callable[[], datetime]
    tokens: Callable[[], str]
    identity: Identity
    readers: Readers
    hands: Executor
    codes: Codes
    limits: Limits = field(default_factory=Limits)
    sandbox: bool = False

    def book(self, now: datetime) -> PolicyBook:
        """Return the rules that hold at a moment."""
        return self.rules.at(now)

    async def read(self, scope: Scope, work: Callable[[Books], T]) -> T:
        """Return the answer of `work` on what `scope` names. Raise StoreError or QueueFullError."""
        return await brought(self.readers.ask(scope, work))

    async def away(self, work: Callable[[], T]) -> T:
        """Return the answer of `work`, done on a thread of its own: what asks the store otherwise goes there."""
        return await asyncio.get_running_loop().run_in_executor(self.hands, work)
