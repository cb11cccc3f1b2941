"""A small world for tests of the API: books, the application over them, and callers known by their tokens."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from urllib.parse import urlencode

import httpx
from litestar import Litestar, Router
from msgspec.structs import replace

from gongji.channels.api.app import application
from gongji.channels.api.bridge import bridged
from gongji.channels.api.callers import Caller
from gongji.channels.api.desk import Desk
from gongji.channels.api.limits import Limits, Rate
from gongji.channels.asked import Asked
from gongji.services.batching import Batcher
from gongji.services.policies.timetables import Timetable
from gongji.services.reading_together import Readers
from tests.national_world import NOW, World

SCOPES = frozenset({"accounts.read", "bonds.read", "bonds.write"})
CAPPED_REGION = "650100"
"""Where a sharer sets a limit of his own."""


class Tokens:
    """Identities for tests: whoever was let in, by a token that says who it is."""

    def __init__(self):
        self.known = {}

    def let_in(self, subject=0, **more):
        more.setdefault("scopes", SCOPES)
        caller = Caller(client=more.pop("client", "city-app"), subject=subject, **more)
        token = f"token-{len(self.known)}"
        self.known[token] = caller
        return token

    def narrowed(self, token, *scopes):
        self.known[token] = replace(self.known[token], scopes=frozenset(scopes))

    async def caller(self, token, now):
        """Return who asks; a citizen has just passed a face check, unless it was said when he did."""
        found = self.known.get(token)
        if found is None or found.role != "citizen" or found.face:
            return found
        return replace(found, face="passed", proved_at=now)


class ApiWorld:
    """The application with everything behind it; `ask` sends a request as the door does."""

    def __init__(self, store=None, limits=None, handlers=(), rules=None):
        self.world = World(store)
        self.store = self.world.store
        self.identity = Tokens()
        self.now = NOW
        self.batcher = Batcher(self.store)
        self.readers = Readers(self.store)
        self.hands = ThreadPoolExecutor(1)
        numbers = count(1)
        self.desk = Desk(
            store=self.store,
            batcher=self.batcher,
            rules=rules or Timetable(self.world.policy),
            clock=lambda: self.now,
            tokens=lambda: f"request-{next(numbers)}",
            identity=self.identity,
            readers=self.readers,
            hands=self.hands,
            codes=self.world.codes,
            limits=limits or Limits(),
        )
        self.app: Litestar = application(self.desk)
        if handlers:
            self.app.register(Router("/api/v1/test", route_handlers=[*handlers]))
        self.keys = count(1)

    def __enter__(self):
        self.batcher.start()
        self.readers.start()
        return self

    def __exit__(self, *_):
        self.batcher.close()
        self.readers.close()
        self.hands.shutdown()

    def later(self, **time):
        self.now += timedelta(**time)

    def ask(self, method, path, token=None, *, body=None, query=None, headers=(), client="10.0.0.1:4711"):
        """Return the answer to one request; `headers` are pairs, `body` bytes or what JSON can hold."""
        return asyncio.run(self.asked(method, path, token, body=body, query=query, headers=headers, client=client))

    async def asked(self, method, path, token=None, *, body=None, query=None, headers=(), client="10.0.0.1:4711"):
        told = [*headers] if "host" in dict(headers) else [("host", "api.test"), *headers]
        if token is not None:
            told.append(("authorization", f"Bearer {token}"))
        if body is not None and "content-type" not in dict(told):
            told.append(("content-type", "application/json"))
        raw = body if isinstance(body, bytes) else b"" if body is None else httpx.Request("POST", "/", json=body).read()
        asked = Asked(method, path, urlencode(query or {}), told, raw, client)
        answer = await bridged(self.app)(asked)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body)

    def get(self, path, token=None, **more):
        return self.ask("GET", path, token, **more)

    def post(self, path, token=None, *, key=None, headers=(), **more):
        """Send something to be done, under a key of its own unless one is given; "" is none."""
        key = f"key-{next(self.keys)}" if key is None else key
        return self.ask("POST", path, token, headers=[*headers, *([("idempotency-key", key)] if key else [])], **more)


def problem(answer, name):
    """Return a problem document, which has to be of that name and shape."""
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["type"] == f"/api/v1/problems/{name}"
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["next"]
    return told


def slow_limits():
    """Limits that a test reaches."""
    return Limits(app=Rate(6, 2), person=Rate(3, 1), staff=Rate(5, 1), address=Rate(2, 1))
