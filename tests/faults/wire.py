"""A wire to PostgreSQL that can be held and cut at the one moment that matters: the commit of a batch."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gongji.gateways.programs import EmbeddedPostgresError

_COMMIT = b"COMMIT\x00"
_ANSWERS = b"INSERT INTO gongji.request_answer"


class Point(StrEnum):
    """Where a batch is held."""

    BEFORE_COMMIT = "before the commit reaches the database"
    AFTER_COMMIT = "before the database's word of the commit reaches the program"


@dataclass
class _Call:
    """One connection, which of its prepared statements keep answers, and whether its transaction has kept some."""

    client: socket.socket
    server: socket.socket
    keeping: set[bytes] = field(default_factory=set)
    is_batch: bool = False

    def close(self) -> None:
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def hears(self, message: bytes) -> None:
        """A batch of requests keeps answers; ids, renewals and notices are none."""
        kind, words = message[:1], message[5:].split(b"\0", 2)
        if kind == b"P":
            name, query, _ = words
            (self.keeping.add if _ANSWERS in query else self.keeping.discard)(name)
        elif kind == b"B" and words[1] in self.keeping:
            self.is_batch = True


class Wire:
    """Passes everything on between 127.0.0.1 and the server at `url()`, which may come and go."""

    def __init__(self, url: Callable[[], str]) -> None:
        self._server = url
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._calls: list[_Call] = []
        self._armed: Point | None = None
        self._cut = threading.Event()
        self._lock = threading.Lock()
        self.held = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        host, port = self._listener.getsockname()
        names = {"host": host, "port": port, "sslmode": "disable", "gssencmode": "disable"}
        return make_conninfo(self._server(), **names)

    def hold(self, point: Point) -> None:
        """Hold the next batch at that point; `held` is set when one has come there."""
        self.held.clear()
        self._cut.clear()
        self._armed = point

    def cut(self) -> None:
        """Break all connections. What is held is never passed on; later calls are."""
        with self._lock:
            calls, self._calls = self._calls, []
        self._armed = None
        for call in calls:
            call.close()
        self._cut.set()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each small message waits 40 ms
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        try:
            names = conninfo_to_dict(self._server())
            server.connect(f"{names['host']}/.s.PGSQL.{names['port']}")
        except (EmbeddedPostgresError, OSError):  # the server is away: whoever called finds the line dead
            server.close()
            client.close()
            return
        call = _Call(client, server)
        with self._lock:
            self._calls.append(call)
        threading.Thread(target=self._pass, args=(call, server, client, self._from_server), daemon=True).start()
        self._pass(call, client, server, self._from_client)

    def _pass(
        self, call: _Call, source: socket.socket, target: socket.socket, look: Callable[[_Call, bytes], bool]
    ) -> None:
        untyped = source is call.client  # the first message of a client has no type
        with suppress(OSError, ValueError), source.makefile("rb") as stream:
            while head := stream.read(4 if untyped else 5):
                message = head + stream.read(int.from_bytes(head[-4:]) - 4)
                untyped = False
                if not look(call, message):
                    break
                target.sendall(message)
        call.close()

    def _from_client(self, call: _Call, message: bytes) -> bool:
        call.hears(message)
        return not (_COMMIT in message and self._holds(call, Point.BEFORE_COMMIT))

    def _from_server(self, call: _Call, message: bytes) -> bool:
        if message[:1] != b"C":
            return True
        tag = message[5:-1].decode().partition(" ")[0]
        if tag == "COMMIT" and self._holds(call, Point.AFTER_COMMIT):
            return False
        if tag in ("COMMIT", "ROLLBACK"):
            call.is_batch = False
        return True

    def _holds(self, call: _Call, point: Point) -> bool:
        with self._lock:
            if self._armed is not point or not call.is_batch:
                return False
            self._armed = None
        self.held.set()
        self._cut.wait()
        return True
