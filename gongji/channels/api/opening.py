"""Opening the application beside the national door, over the same books."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from litestar.types import ControllerRouterHandler
from msgspec import Struct

from gongji.channels.api.app import application
from gongji.channels.api.bridge import bridged, paths_of
from gongji.channels.api.callers import Identity
from gongji.channels.api.desk import Desk
from gongji.channels.api.limits import Limits
from gongji.channels.clerk import App
from gongji.channels.pages import assets, explorer
from gongji.registry.codes import Codes
from gongji.services.batching import Batcher
from gongji.services.policies.timetables import Timetable
from gongji.services.reading_together import Readers
from gongji.services.store import Store

HANDS: Final = 4
"""So many threads do for the application what would keep others waiting."""


class Opened(Struct, frozen=True):
    """The application as the clerk asks it, and with what its addresses begin."""

    app: App
    paths: list[str]


@contextmanager
def opened(  # noqa: PLR0913  # all that the application works with, by name
    store: Store,
    batcher: Batcher,
    rules: Timetable,
    *,
    clock: Callable[[], datetime],
    tokens: Callable[[], str],
    identity: Identity,
    codes: Codes,
    limits: Limits | None = None,
    more: Sequence[ControllerRouterHandler] = (),
    sandbox: bool = False,
) -> Iterator[Opened]:
    """Open the application with the public pages and `more` handlers; at the end its threads are let go, unasked."""
    with Readers(store) as readers, ThreadPoolExecutor(HANDS, thread_name_prefix="gongji-hand") as hands:
        app = application(
            Desk(
                store=store,
                batcher=batcher,
                rules=rules,
                clock=clock,
                tokens=tokens,
                identity=identity,
                readers=readers,
                hands=hands,
                codes=codes,
                limits=limits or Limits(),
                sandbox=sandbox,
            ),
            [*more, *explorer.routes(rules, clock), *assets.routes()],
        )
        yield Opened(bridged(app), paths_of(app))
