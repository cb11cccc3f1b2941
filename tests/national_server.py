"""Serves a small world on a free port, for tests over a real socket: prints the address, ends at SIGTERM or SIGINT.

Arguments: the port, and how many workers, none to serve in one process.
"""

import sys
from contextlib import closing

from gongji.channels.clerk import BooksClerk
from gongji.channels.http import HttpDoor
from gongji.channels.serving.crew import serve_by_workers
from gongji.channels.serving.frames import Settings
from gongji.channels.serving.leaving import leave
from gongji.channels.serving.listening import listen, serve
from gongji.services.batching import Batcher
from gongji.wiring import Wiring
from tests.national_world import NOW, World

MEMBERS = range(1, 41)
SHARER = 100


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def ready(url):
    say(f"ready {url}")


def ahead():
    """Return how far the clock of a test is before that of the machine."""
    return NOW - Wiring({}).clock(None)()


def served(world, batcher, port, workers):
    pages = {"/sandbox/people.json": lambda: b'[{"psn_no":"1"}]'}
    with closing(BooksClerk(world.door, batcher, pages)) as clerk:
        if workers:
            settings = Settings("plain", sandbox=False, keys={}, pages=list(pages), ahead=ahead())
            listening = listen("127.0.0.1", port)
            serve_by_workers(workers, clerk, lambda: settings, listening, on_ready=ready, say=say)
        else:
            serve(HttpDoor(world.door.reception, clerk, lambda: NOW, pages), listen("127.0.0.1", port), ready)


def main():
    world = World()
    world.person(SHARER, money=100_000_00)
    for number in MEMBERS:
        world.person(number, money=50_00)
        world.bond(SHARER, number)
    with Batcher(world.store) as batcher:
        served(world, batcher, *map(int, sys.argv[1:]))
    say(f"faults {world.store.faults()} shared {world.balance(SHARER)}")
    leave()


if __name__ == "__main__":
    main()
