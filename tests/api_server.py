"""Serves a small world with its API on a free port, over PostgreSQL in a data folder; ends at SIGTERM or SIGINT.

Arguments: the data folder, and how many workers, none to serve in one process. Person N is known by the token person-N.
"""

import sys
from contextlib import closing
from pathlib import Path

from gongji.channels.api.callers import Caller
from gongji.channels.api.limits import Limits, Rate
from gongji.channels.api.opening import opened
from gongji.channels.clerk import BooksClerk
from gongji.channels.http import HttpDoor
from gongji.channels.serving.crew import serve_by_workers
from gongji.channels.serving.frames import Settings
from gongji.channels.serving.leaving import leave
from gongji.channels.serving.listening import listen, serve
from gongji.domain.requests import Scope
from gongji.services.batching import Batcher
from gongji.services.policies.timetables import Timetable
from gongji.wiring import Wiring
from tests.api_world import CAPPED_REGION, SCOPES
from tests.national_server import ahead, ready, say
from tests.national_world import NOW, World

PEOPLE = range(1, 6)
NO_LIMIT = Rate(1_000_000, 1_000_000)


class PeopleByNumber:
    async def caller(self, token, _now):
        kind, _, number = token.partition("-")
        known = kind == "person" and number.isdecimal()
        return Caller(client="city-app", subject=int(number), scopes=SCOPES) if known else None


def filled(store):
    world = World(store)
    if not store.read(Scope(people={1}), lambda books: 1 in books.registry.people.rows):
        for number in PEOPLE:
            world.person(number, region=CAPPED_REGION, money=number * 100_00)
        for number in PEOPLE[1:]:
            world.bond(1, number)
    return world


def serving(house, store, workers):
    world = filled(store)
    pages = {"/sandbox/people.json": lambda: b"[]"}
    limits = Limits(app=NO_LIMIT, person=NO_LIMIT, staff=NO_LIMIT, address=NO_LIMIT)
    rules = Timetable(world.policy)
    with (
        Batcher(store) as batcher,
        opened(
            store,
            batcher,
            rules,
            clock=lambda: NOW,
            tokens=house.token,
            identity=PeopleByNumber(),
            codes=world.codes,
            limits=limits,
        ) as api,
        closing(BooksClerk(world.door, batcher, pages, None, api.app)) as clerk,
    ):
        listening = listen("127.0.0.1", 0)
        if workers:
            settings = Settings("plain", sandbox=False, keys={}, pages=list(pages), ahead=ahead(), paths=api.paths)
            serve_by_workers(workers, clerk, lambda: settings, listening, on_ready=ready, say=say)
        else:
            serve(HttpDoor(world.door.reception, clerk, lambda: NOW, pages, api.paths), listening, ready)


def main():
    folder, workers = Path(sys.argv[1]), int(sys.argv[2])
    house = Wiring({})
    with house.store(folder, say) as store:
        serving(house, store, workers)
        say(f"faults {store.faults()}")
    leave()


if __name__ == "__main__":
    main()
