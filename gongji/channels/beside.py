"""Orders beside a running server: who has the data folder gives them through a socket in it, and needs no lease.

The socket is a file that only the account of the server can reach, as it can reach keys and books. It takes one order
to a connection, carries it out in the batches of the settlement loop, and says what came of it.
"""

import os
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from gongji.domain.refusals import Refused
from gongji.services.access.orders import Order, carry_out, order_scope
from gongji.services.batching import Batcher, Job, QueueFullError
from gongji.services.store import Books, StoreError

SOCKET: Final = "server.sock"

SECONDS_MAX: Final = 15
LONGEST: Final = 1 << 16


class Carried(Struct, frozen=True, kw_only=True):
    """What came of an order: done, refused, or (`fault`) not carried out, nobody knows how far."""

    refused: Refused | None = None
    fault: str = ""


def ordered(folder: Path, order: Order) -> Carried | None:
    """Have the server of a data folder carry out an order; None where none runs there."""
    with _place(folder) as place, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(SECONDS_MAX)
        try:
            line.connect(place)
        except OSError:
            return None
        try:
            line.sendall(msgspec.msgpack.encode(order))
            line.shutdown(socket.SHUT_WR)
            told = b"".join(iter(lambda: line.recv(LONGEST), b""))
            return msgspec.msgpack.decode(told, type=Carried)
        except (OSError, msgspec.DecodeError):
            return Carried(fault="the server did not say what came of it: look, and ask again")


@contextmanager
def taking_orders(
    folder: Path, batcher: Batcher, clock: Callable[[], datetime], say: Callable[[str], None]
) -> Iterator[None]:
    """Take orders for the books of a data folder, which this program alone writes to."""

    class Orders(socketserver.ThreadingUnixStreamServer):
        """Does not wait for one who gives no order."""

        daemon_threads = True

    class Taker(socketserver.StreamRequestHandler):
        """Takes one order."""

        timeout = SECONDS_MAX

        def handle(self) -> None:
            with suppress(OSError):
                self.wfile.write(msgspec.msgpack.encode(_carried(self.rfile.read(LONGEST), batcher, clock)))

    with _place(folder) as place:
        with suppress(OSError):
            os.unlink(place)  # noqa: PTH108  # a path through a descriptor: of one that ended without taking it away
        try:
            server = Orders(place, Taker)
        except OSError as fault:
            say(f"Orders are not taken beside this server: {fault.strerror or fault}.")
            yield
            return
        os.chmod(place, 0o600)  # noqa: PTH101  # the same
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="gongji-orders", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            with suppress(OSError):
                os.unlink(place)  # noqa: PTH108  # the same


# Helpers

_DESCRIPTORS: Final = Path("/proc/self/fd")


@contextmanager
def _place(folder: Path) -> Iterator[str]:
    """Give a path to the socket that is short enough for one, however long that of the folder is."""
    if not _DESCRIPTORS.is_dir() or not folder.is_dir():
        yield str(folder / SOCKET)
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        yield f"{_DESCRIPTORS}/{opened}/{SOCKET}"
    finally:
        os.close(opened)


def _carried(told: bytes, batcher: Batcher, clock: Callable[[], datetime]) -> Carried:
    try:
        order: Order = msgspec.msgpack.decode(told, type=Order)
    except msgspec.DecodeError as fault:
        return Carried(fault=f"no order of this release: {fault}")

    def work(books: Books) -> bytes:
        return msgspec.msgpack.encode(carry_out(books, order, clock()))

    try:
        done = batcher.submit(Job(order_scope(order), work)).result(SECONDS_MAX)
    except (StoreError, QueueFullError, TimeoutError) as fault:
        return Carried(fault=str(fault) or "there is no room just now")
    return Carried(refused=msgspec.msgpack.decode(done, type=Refused | None))
