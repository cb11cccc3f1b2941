"""Who takes messages to the books: answers of one batch come together, and what only reads is bounded too."""

import asyncio
import threading

from gongji.channels import clerk as clerks
from gongji.channels.clerk import BooksClerk
from gongji.channels.national.reception import Opened
from gongji.services.batching import Batcher
from tests.national_world import CATCH_ALL, NOW, World


def registrations(world, count):
    """Return so many messages, opened and still to be carried out."""
    sent: list[bytes] = []

    def note(raw, *_):
        sent.append(raw)
        return b"{}"

    client = world.client()
    client.send = note
    for _ in range(count):
        client.ask("2201", client.register(1))
    found = [world.door.reception.opened(raw, CATCH_ALL, NOW) for raw in sent]
    return [one for one in found if isinstance(one, Opened)]


def test_answers_of_one_batch_wake_the_loop_once(monkeypatch):
    world = World()
    world.person(1)
    batcher = Batcher(world.store)  # not started yet: all of them wait for one batch
    clerk = BooksClerk(world.door, batcher, {})

    async def crowd():
        loop, told = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()
        wake, woken = loop.call_soon_threadsafe, []

        def counted(*call, **more):
            woken.append(call)
            return wake(*call, **more)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        for one in registrations(world, 50):
            clerk.take(one, told.put_nowait)
        batcher.start()
        batcher.close()  # on this thread: the loop cannot turn until the whole batch is done
        return [await told.get() for _ in range(50)], len(woken)

    answers, woken = asyncio.run(crowd())

    assert all(b'"infcode":0' in (answer or b"") for answer in answers)
    assert woken == 1


def test_more_that_only_reads_than_there_is_room_for_is_not_taken(monkeypatch):
    monkeypatch.setattr(clerks, "READING_MAX", 2)
    go = threading.Event()
    world = World()
    clerk = BooksClerk(world.door, Batcher(world.store), {"/page": lambda: b"x" if go.wait(30) else b""})

    async def crowd():
        told = asyncio.Queue[bytes | None]()
        for _ in range(3):
            clerk.page("/page", told.put_nowait)
        first = await told.get()
        go.set()
        rest = [await told.get() for _ in range(2)]
        clerk.page("/page", told.put_nowait)
        return [first, *rest, await told.get()]

    assert asyncio.run(crowd()) == [None, b"x", b"x", b"x"]
    clerk.close()
