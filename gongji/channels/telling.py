"""Telling people and apps what happened, behind the settlements: five threads of a server, none in anybody's way.

One makes notices of what was recorded, one sends messages, one pushes events, one looks for money that came back, one
forgets what is kept for a time only. They go on where the last program stopped, since all of how far they have come
stands in the books.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from gongji.domain.dossiers import Dossier
from gongji.domain.requests import Scope
from gongji.services.batching import Batcher, Job, QueueFullError
from gongji.services.office.differences import look_through
from gongji.services.policies.timetables import Timetable
from gongji.services.retention import EVERY, sweep
from gongji.services.store import Books, Store, StoreError
from gongji.services.telling.deliveries import Messenger, deliver
from gongji.services.telling.notice_feeding import feed
from gongji.services.telling.pushing import Poster, lines_due, push_line
from gongji.services.telling.webhooks import ACTIVE

SECONDS: Final = 1.0
LINES_AT_ONCE: Final = 4

BESIDES: Final = 3
"""While others settle, a portion is followed by a rest so many times as long as it took, and never longer than SECONDS:
what took long may have waited for somebody's gateway.
"""

LOOKS_EVERY: Final = timedelta(minutes=1)
"""So often the journal is looked through for differences: each look is one small record more to be written."""

_log = logging.getLogger(__name__)  # tracebacks without values: no name or number ends in a log


class Gateways(Protocol):
    """What takes messages and events."""

    @property
    def messenger(self) -> Messenger:
        """Return what sends messages."""

    @property
    def poster(self) -> Poster:
        """Return what posts events."""


class Teller:
    """Does each of the five once. What is written goes through the batches of the settlement loop."""

    def __init__(
        self, store: Store, batcher: Batcher, rules: Timetable, gateways: Gateways, clock: Callable[[], datetime]
    ) -> None:
        """Tell over the books of `store`."""
        self._store = store
        self._batcher = batcher
        self._rules = rules
        self._gateways = gateways
        self._clock = clock
        self._pushing: set[str] = set()
        self._turn = threading.Lock()
        self._written = 0
        self._next_sweep = self._next_look = clock()

    def write(self, scope: Scope, work: Callable[[Books], bytes]) -> bytes:
        """Have something written, and wait until it is."""
        with self._turn:
            self._written += 1
        return self._batcher.submit(Job(scope, work)).result()

    def paced(self, work: Callable[[], bool]) -> float | None:
        """Do a portion, and return how many seconds to rest before the next; None when there is none.

        Where nobody else had anything written meanwhile there is no rest.
        """
        begun, before = time.monotonic(), self._of_others()
        if not work():
            return None
        return min(BESIDES * (time.monotonic() - begun), SECONDS) if self._of_others() > before else 0.0

    def feed(self) -> bool:
        """Tell what was recorded, a portion; tell whether there is more."""
        return feed(self._store, self._rules, self.write, self._clock())

    def deliver(self) -> bool:
        """Send messages that are due; tell whether there may be more."""
        return deliver(self._store, self.write, self._gateways.messenger, self._clock()) > 0

    def forget(self) -> bool:
        """Forget, once in a while, what has been kept long enough, a portion; tell whether there is more."""
        now = self._clock()
        if now < self._next_sweep:
            return False
        if sweep(self._store, now):
            return True
        self._next_sweep = now + EVERY
        return False

    def look_through(self) -> bool:
        """Find differences, once in a while, a portion; tell whether there is more."""
        now = self._clock()
        if now < self._next_look:
            return False
        if look_through(self._store, self._rules, self.write, now):
            return True
        self._next_look = now + LOOKS_EVERY
        return False

    def push(self, hands: ThreadPoolExecutor, done: threading.Event) -> bool:
        """Set hands to the lines that are due and at which none are yet."""
        for webhook in lines_due(self._store, self._clock()):
            with self._turn:
                if webhook.dossier_id in self._pushing:
                    continue
                self._pushing.add(webhook.dossier_id)
            hands.submit(self.push_all, webhook.dossier_id, done)
        return False

    def push_all(self, webhook_id: str, done: threading.Event) -> None:
        """Push what is due in a line, until it is empty or has to wait."""
        try:
            while not done.is_set() and (webhook := self._due(webhook_id)) is not None:
                push_line(self._store, self.write, self._gateways.poster, webhook, self._clock())
        except (StoreError, QueueFullError) as fault:
            _log.warning("%s is left for later: %s", webhook_id, fault)
        except Exception:  # noqa: BLE001  # the other lines go on
            _log.exception("%s could not be pushed", webhook_id)
        finally:
            with self._turn:
                self._pushing.discard(webhook_id)

    def _of_others(self) -> int:
        """Return how much others have had written."""
        return self._batcher.taken - self._written

    def _due(self, webhook_id: str) -> Dossier | None:
        found = self._store.read(Scope(dossiers={webhook_id}), lambda books: books.dossiers.get(webhook_id))
        if found is None or found.state != ACTIVE or found.due_at is None:
            return None
        return found if found.due_at <= self._clock() else None


@contextmanager
def telling(teller: Teller, say: Callable[[str], None], seconds: float = SECONDS) -> Iterator[None]:
    """Have it done again and again, every so many seconds. What goes wrong is said once."""
    done = threading.Event()
    with ThreadPoolExecutor(LINES_AT_ONCE, thread_name_prefix="gongji-push") as hands:
        works = {
            "gongji-notices": teller.feed,
            "gongji-messages": teller.deliver,
            "gongji-retention": teller.forget,
            "gongji-differences": teller.look_through,
            "gongji-pushes": lambda: teller.push(hands, done),
        }
        threads = [
            threading.Thread(
                target=_again_and_again, args=(partial(teller.paced, work), done, say, seconds), name=name, daemon=True
            )
            for name, work in works.items()
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            done.set()
            for thread in threads:
                thread.join()


# Helpers


def _again_and_again(
    work: Callable[[], float | None], done: threading.Event, say: Callable[[str], None], seconds: float
) -> None:
    told = ""
    while not done.wait(seconds):
        try:
            while (rest := work()) is not None and not done.wait(rest):
                pass
            told = ""
        except (StoreError, QueueFullError) as fault:
            if str(fault) != told:
                say(f"Notices wait: {fault}")
            told = str(fault)
        except Exception:  # noqa: BLE001  # one thing that cannot be told must not end the thread that tells
            _log.exception("notices wait")
