"""Somebody who damages well-formed messages of every transaction and sends them to the application, many at once.

Whatever is sent: an answer in the caller's format, no exception, and nothing written unless it was accepted.
"""

import asyncio
import json
import logging
import random
from typing import Any, NamedTuple

from gongji.channels.http import application
from gongji.channels.national.door import TRANSACTIONS
from gongji.channels.national.signing.profiles import BY_REGION, SANDBOX, profiles
from gongji.services.batching import Batcher
from gongji.services.store import MemoryStore
from tests.national_messages import Asked, Counter, as_json, every
from tests.national_signing import KEYS, WAYS, door_of
from tests.national_world import CATCH_ALL, NOW, PATH_OF, WUXI_HOSPITAL, World
from tests.rsgi import called

AT_ONCE = 50
"""Messages under way together; of each such crowd one comes alone, and the books are looked at before and after."""

JUNK: list[Any] = [
    None, True, [], {}, [[]], {"data": None}, 0, -1, 1, 10**30, -0.5, 1e300,
    "", " ", "x" * 5000, "\x00", "𠮷", "'; --", "-1", "1e5", "NaN", "0000", "9999-12-31 23:59:59", "2025-13-01",
    "9223372036854775808", "{", "[1", '{"a":1}', "0001-01-01", "2025-06-02", "99999999999999.99", "0.01", "-0.01",
    "01", "03", "21", "41", "390", "PAY20250602-1-1", "\ud800", {"core_split": {"psn_part_amt": "1"}},
    [{"psn_no": "1"}],
]  # fmt: skip

BODIES = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 100_000,
    b'{"infno":"2207","infno":"2208"}', b"\x1f\x8b\x08\x00", b'{"infno":' + b"9" * 100_000 + b"}", b"{}" * 3,
]  # fmt: skip

PATHS = [
    "/", "/fsi/api/", "/fsi/api", "/fsi/api/callService/", "/fsi/api/x/callService", "/fsi/api/reverseService/x",
    "/profiles/", "/profiles/nobody/fsi/api/callService", "/fsi/api/../callService", "//fsi/api//callService", "/\x00",
]  # fmt: skip

REGIONS = ["320200", "130100", "150100", "330100", "430100", "440100", "460400", "500000", "0", "3202 "]

METHODS = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "post", ""]

SHAPES = [
    {"infcode", "inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "output", "warn_msg", "cainfo", "signtype"},
    {"type", "infcode", "err_msg"},
]


class Sent(NamedTuple):
    """A request, as a hospital's system or anybody else sends it."""

    body: bytes
    path: str
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()


class Got(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class Fuzz:
    """A world, a door of HTTP before it, and somebody who damages well-formed messages; the same ones for a seed."""

    def __init__(self, seed, store=None):
        self.chance = random.Random(seed)  # noqa: S311  # the same messages every time
        self.world = World(store)
        self.counter = Counter(self.world)
        self.messages = list(every(self.counter))
        self.world.bond(self.counter.patient(), 1)
        name = self.chance.choice(["plain", "plain", BY_REGION])
        self.batcher = Batcher(self.world.store)
        self.app = application(door_of(self.world, name, sandbox=True), self.batcher, clock=lambda: NOW)
        self.sent: list[Sent] = []
        self.values: dict[str, list[Any]] = {"infno": sorted(TRANSACTIONS), "mdtrtarea_admvs": REGIONS}
        for asked in self.messages:
            self._note(asked.content)

    async def post(self, sent):
        """Return the answer of the application, called as a server calls it."""
        headers = {name.lower(): value for name, value in sent.headers}
        got = await called(self.app, sent.method, sent.path, headers, sent.body)
        return Got(got.status_code, got.content)

    async def round(self, count: int) -> None:
        """Send `count` messages, many at once, and look at every answer."""
        for _ in range(0, count, AT_ONCE):
            self.renew()
            crowd = [self.request() for _ in range(AT_ONCE - 1)]
            for sent, got in zip(crowd, await asyncio.gather(*map(self.post, crowd)), strict=True):
                look(sent, got)
            alone, before = self.request(), self.state()
            if not look(alone, await self.post(alone)):
                assert self.state() == before, alone

    def state(self):
        """Return everything the books keep, where they can be looked into."""
        return self.world.snapshot() if isinstance(self.world.store, MemoryStore) else None

    def renew(self) -> None:
        """Put a message that nothing has come of yet in the place of one that may have been accepted by now."""
        place = self.chance.randrange(len(self.messages))
        self.messages[place] = self.counter.asked(self.messages[place].infno)
        self._note(self.messages[place].content)

    def request(self) -> Sent:
        """Return one more request."""
        chance = self.chance
        which = chance.random()
        if which < 0.02:
            return Sent(chance.choice(BODIES), chance.choice([CATCH_ALL, *PATH_OF.values()]))
        if which < 0.06 and self.sent:
            return chance.choice(self.sent)
        asked = chance.choice(self.messages)
        message = asked.envelope()
        if which < 0.60:
            message["input"] = self.mutated(asked.content)
        elif which < 0.75:
            message = self.mutated(message)
        body = json.dumps(message).encode() if which > 0.85 or chance.random() < 0.5 else safely(message)
        if which > 0.90:
            body = self.damaged(body)
        sent = self.addressed(asked, body)
        if chance.random() < 0.1:
            self.sent.append(sent)
        return sent

    def addressed(self, asked: Asked, body: bytes) -> Sent:
        """Return a request with that body: mostly on the right path, sometimes to a profile, signed well or badly."""
        chance = self.chance
        which = chance.random()
        if which < 0.80:
            return Sent(body, chance.choice([asked.path, CATCH_ALL]))
        if which < 0.84:
            return Sent(body, chance.choice([*PATHS, *PATH_OF.values()]))
        if which < 0.86:
            return Sent(body, asked.path, chance.choice(METHODS))
        profile = chance.choice(list(profiles().values()))
        headers: dict[str, str] = {}
        if chance.random() < 0.7:
            code = asked.client.code if asked.client.code in KEYS else WUXI_HOSPITAL
            body, headers = signed(profile.signature, body, code)
        if headers and chance.random() < 0.5:
            name = chance.choice(sorted(headers))
            headers[name] = chance.choice(["", "0", "x" * 3000, headers[name][:-1], "é", f"{headers[name]}:"])
        inner = chance.choice([asked.path, CATCH_ALL, *profile.paths])
        path = chance.choice([f"{SANDBOX}{profile.name}{inner}", inner])
        return Sent(body, path, headers=tuple(headers.items()))

    def mutated(self, content: Any) -> Any:
        """Return `content` with one thing in it replaced, removed, doubled, added or taken from another message."""
        chance = self.chance
        if isinstance(content, dict) and content and chance.random() < 0.9:
            key = chance.choice(sorted(content))
            changed = dict(content)
            what = chance.random()
            if what < 0.12:
                del changed[key]
            elif what < 0.16:
                changed["unheard_of"] = chance.choice(JUNK)
            elif what < 0.45 and not isinstance(changed[key], dict | list):
                changed[key] = chance.choice(self.values.get(key, JUNK))
            else:
                changed[key] = self.mutated(content[key])
            return changed if chance.random() < 0.7 else self.mutated(changed)
        if isinstance(content, list) and content and chance.random() < 0.8:
            return chance.choice([[*content, self.mutated(content[0])], [self.mutated(content[0])], content * 2])
        if isinstance(content, str) and content and chance.random() < 0.3:
            return content[: chance.randrange(len(content))] + chance.choice(["", "'", "9", "é", "\x00"])
        return chance.choice(JUNK)

    def damaged(self, body: bytes) -> bytes:
        """Return bytes with some flipped, cut out or put in."""
        place = self.chance.randrange(len(body))
        noise = bytes(self.chance.randrange(256) for _ in range(self.chance.randrange(4)))
        return body[:place] + noise + body[place + self.chance.randrange(3) :]

    def _note(self, content: Any) -> None:
        for key, value in content.items() if isinstance(content, dict) else []:
            for row in value if isinstance(value, list) else [value]:
                if isinstance(row, dict):
                    self._note(row)
                else:
                    self.values.setdefault(key, []).append(row)


def safely(message):
    """Return a message as UTF-8; a half of a surrogate pair, which has none, goes as an escape."""
    try:
        return as_json(message)
    except UnicodeEncodeError:
        return json.dumps(message).encode()


def signed(way, body, code):
    """Return the message signed as a province asks; one that a client could not read it signs as it is."""
    try:
        return WAYS[way](body, code, NOW)
    except (ValueError, TypeError, AttributeError):
        return body, {}


def look(sent: Sent, got: Got) -> bool:
    """Look at one answer; return whether something may have been done."""
    assert got.status in (200, 404, 405, 413), (sent, got)
    if got.body.startswith(b"PK") and b"9102" in sent.body:
        return True
    answer = json.loads(got.body)
    if got.status in (404, 405):
        assert answer.keys() == {"error"}, (sent, got)
        return False
    assert set(answer) in SHAPES, (sent, got)
    assert str(answer["infcode"]) in ("0", "-1"), (sent, got)
    if str(answer["infcode"]) == "0":
        return True
    assert answer["err_msg"].startswith("FSI-"), (sent, got)
    assert "FSI-BUSY" not in answer["err_msg"], (sent, got)
    assert len(answer["err_msg"]) <= 200, (sent, got)
    assert answer.get("output") is None, (sent, got)
    return False


def fuzzed(fuzz, count, caplog):
    """Send so many messages; no handler has failed, the books balance, and who comes after is served."""
    with caplog.at_level(logging.ERROR, logger="gongji"), fuzz.batcher:
        asyncio.run(fuzz.round(count))
    assert caplog.text == ""
    assert fuzz.world.store.faults() == []
    assert fuzz.counter.paid(fuzz.counter.patient())["setl_id"]
