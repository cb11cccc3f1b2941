"""Keeping the program's own PostgreSQL up: when it dies under us, it is started again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from gongji.gateways.embedded import EmbeddedPostgres
from gongji.gateways.programs import EmbeddedPostgresError

_LOOK_SECONDS: Final = 0.25
_PAUSE_SECONDS_MAX: Final = 15.0


@contextmanager
def kept_up(server: EmbeddedPostgres, say: Callable[[str], None]) -> Iterator[None]:
    """Within this, start the server again whenever it has died, and say so; after a failure, wait longer each time.

    Whoever uses the database meanwhile finds that it cannot be reached, and asks again. A process keeps a folder's
    server up once, however often it opens it: two who start it again would be in each other's way.
    """
    with _turn:
        ours = server.folder not in _kept
        _kept.add(server.folder)
    if not ours:
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_keep, args=(server, say, done), name="gongji-postgres", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        _kept.discard(server.folder)


# Helpers

_turn = threading.Lock()
_kept: Final[set[Path]] = set()


def _keep(server: EmbeddedPostgres, say: Callable[[str], None], done: threading.Event) -> None:
    pause, told, down = _LOOK_SECONDS, "", False
    while not done.wait(pause):
        if server.pid is not None and not down:
            continue
        if not down:
            say("PostgreSQL has died and is started again; until then every request is told to come back.")
        # Until a start has gone well, even where a server runs: it may be the one that could not be reached.
        down = True
        try:
            server.start()
        except (EmbeddedPostgresError, OSError, psycopg.Error) as fault:
            if str(fault) != told:
                say(f"PostgreSQL could not be started again, which is tried on: {fault}")
            told = str(fault)
            pause = min(2 * pause, _PAUSE_SECONDS_MAX)
        else:
            say("PostgreSQL is back.")
            pause, told, down = _LOOK_SECONDS, "", False
