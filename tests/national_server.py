"""Serves a small world on a free port, for tests over a real socket: prints the address, ends at SIGTERM or SIGINT."""

import sys

from gongji.channels.http import application, serve
from gongji.services.batching import Batcher
from tests.national_world import NOW, World

MEMBERS = range(1, 41)
SHARER = 100


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main():
    world = World()
    world.person(SHARER, money=100_000_00)
    for number in MEMBERS:
        world.person(number, money=50_00)
        world.bond(SHARER, number)
    with Batcher(world.store) as batcher:
        extra = {"/sandbox/people.json": lambda: b'[{"psn_no":"1"}]'}
        app = application(world.door, batcher, clock=lambda: NOW, extra=extra)
        serve(app, "127.0.0.1", int(sys.argv[1]), lambda url: say(f"ready {url}"))
    say(f"faults {world.store.faults()} shared {world.balance(SHARER)}")


if __name__ == "__main__":
    main()
