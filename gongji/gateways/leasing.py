"""The writer's lease while a program has the books open: waited for, and renewed when nothing is written."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, Final

from gongji.services.store import LeaseLostError, StoreDownError, StoreError, UnknownOutcomeError

if TYPE_CHECKING:
    from gongji.gateways.database import PostgresStore

RENEW_SECONDS: Final = 2


def await_turn(store: "PostgresStore", say: Callable[[str], None]) -> None:
    """Return when the lease is ours. A database that goes away meanwhile is waited for, too."""
    told = False
    while True:
        try:
            store.renew()
        except (LeaseLostError, StoreDownError, UnknownOutcomeError) as fault:
            if store.lost:
                raise
            if not told:
                say(f"Waiting as standby: {fault}.")
            told = True
            sleep(RENEW_SECONDS)
        else:
            return


@contextmanager
def renewing(store: "PostgresStore", say: Callable[[str], None]) -> Iterator[None]:
    """Renew the writer's lease while nothing is written, so that nobody takes it for dead.

    A program that has lost the lease can write no more: it is asked to end, rather than refuse everything for ever.
    """
    done = threading.Event()

    def loop() -> None:
        told = False
        while not done.wait(RENEW_SECONDS):
            try:
                store.renew()
                if told:
                    say("The writer's lease is renewed again.")
                told = False
            except StoreError as fault:
                if not told:
                    say(f"The writer's lease was not renewed: {fault}")
                told = True
                if store.lost:
                    os.kill(os.getpid(), signal.SIGTERM)
                    return

    thread = threading.Thread(target=loop, name="gongji-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
