"""The load generator, a program of its own: sends requests that were written beforehand over kept connections.

Called with host, port, a file of requests, a file for the answers, the seconds, and 0 (closed loop: each connection
sends its next as soon as it has an answer) or requests a second (open loop: the time a request was due counts, also
when all connections were busy). Prints one line of JSON.
"""

import asyncio
import json
import struct
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 192
"""So many at most; no more than there are requests."""

TICK_SECONDS: Final = 0.001
LAST_SECONDS_MAX: Final = 30
_LENGTH: Final = struct.Struct("<I")
_END: Final = b"\r\n\r\n"
_NAME: Final = b"content-length:"


def write_parts(file: Path, parts: Iterable[bytes]) -> None:
    """Write texts into a file, each with its length before it."""
    with file.open("wb") as out:
        for part in parts:
            out.write(_LENGTH.pack(len(part)) + part)


def read_parts(file: Path) -> Iterator[bytes]:
    """Return the texts of such a file."""
    content = file.read_bytes()
    place = 0
    while place < len(content):
        (length,) = _LENGTH.unpack_from(content, place)
        place += _LENGTH.size
        yield content[place : place + length]
        place += length


class Load:
    """What is to be sent, what was due when, and what came back; latencies in seconds."""

    def __init__(self, requests: Sequence[bytes], seconds: float, rate: float) -> None:
        """Prepare; the clock starts with `begin`."""
        self._requests = requests
        self._seconds = seconds
        self._rate = rate
        self._next = 0
        self._waiting: deque[tuple[int, float]] = deque()
        self._idle: deque[Line] = deque()
        self._began = self._cpu = 0.0
        self.done = asyncio.Event()
        self.under_way = 0
        self.answers: dict[int, bytes] = {}
        self.latencies: list[float] = []
        self.ended = 0.0

    def begin(self, lines: Sequence["Line"]) -> None:
        """Start the clock and send the first."""
        self._began = time.perf_counter()
        self._cpu = time.process_time()
        self._idle.extend(lines)
        if self._rate:
            self._tick()
        else:
            for line in lines:
                self.ask(line)

    def ask(self, line: "Line") -> None:
        """Give a connection its next request, if there is one and the time is not over."""
        now = time.perf_counter()
        if self._rate:
            if self._waiting:
                self._send(line, *self._waiting.popleft())
            else:
                self._idle.append(line)
        elif self._next < len(self._requests) and now - self._began < self._seconds:
            self._next += 1
            self._send(line, self._next - 1, now)
        self._look_for_end(now)

    def answered(self, line: "Line", number: int, due: float, body: bytes) -> None:
        """Take an answer."""
        self.ended = time.perf_counter()
        self.latencies.append(self.ended - due)
        self.answers[number] = body
        self.under_way -= 1
        self.ask(line)

    @property
    def wall(self) -> float:
        """Return the seconds from the first request to the last answer."""
        return self.ended - self._began

    @property
    def cpu(self) -> float:
        """Return the CPU seconds that sending and taking answers took so far."""
        return time.process_time() - self._cpu

    def _send(self, line: "Line", number: int, due: float) -> None:
        self.under_way += 1
        line.send(number, due, self._requests[number])

    def _tick(self) -> None:
        now = time.perf_counter()
        while self._next < self._due(now):
            self._waiting.append((self._next, self._began + self._next / self._rate))
            self._next += 1
            if self._idle:
                self._send(self._idle.popleft(), *self._waiting.popleft())
        if self._next < self._due(self._began + self._seconds):
            asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
        self._look_for_end(now)

    def _due(self, now: float) -> int:
        return min(len(self._requests), int(self._rate * min(now - self._began, self._seconds)) + 1)

    def _look_for_end(self, now: float) -> None:
        over = self._next >= len(self._requests) or now - self._began >= self._seconds
        if over and not self.under_way and not self._waiting:
            self.done.set()


class Line(asyncio.Protocol):
    """One connection: one request at a time."""

    def __init__(self, load: Load) -> None:
        """Serve `load`."""
        self._load = load
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._number = 0
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def send(self, number: int, due: float, request: bytes) -> None:
        """Send a request."""
        self._number, self._due = number, due
        if self._transport is not None:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take what arrived; a whole answer is handed on."""
        self._buffer += data
        head, end, body = self._buffer.partition(_END)
        if end and len(body) >= _length_in(head):
            self._buffer = b""
            self._load.answered(self, self._number, self._due, body)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """End all: a server that hangs up has answered nothing."""
        del exc
        self._load.done.set()


def percentile(sorted_figures: Sequence[float], share: float) -> float:
    """Return the figure that `share` of all do not exceed, 0 of none."""
    if not sorted_figures:
        return 0.0
    return sorted_figures[min(len(sorted_figures) - 1, int(share * len(sorted_figures)))]


def main() -> None:
    """Send, write down what came back, and print the figures."""
    host, port, requests, answers, seconds, rate = sys.argv[1:]
    load, cpu = asyncio.run(_run(host, int(port), list(read_parts(Path(requests))), float(seconds), float(rate)))
    write_parts(Path(answers), (f"{number}\n".encode() + body for number, body in sorted(load.answers.items())))
    latencies = sorted(load.latencies)
    figures = {
        "count": len(latencies),
        "wall": load.wall,
        "unanswered": load.under_way,
        "p50_ms": percentile(latencies, 0.5) * 1e3,
        "p99_ms": percentile(latencies, 0.99) * 1e3,
        "cpu": cpu,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


# Helpers


def _length_in(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_NAME):
            return int(line[len(_NAME) :])
    return 0


async def _run(host: str, port: int, requests: list[bytes], seconds: float, rate: float) -> tuple[Load, float]:
    load = Load(requests, seconds, rate)
    loop = asyncio.get_running_loop()
    several = range(min(CONNECTIONS, len(requests)))
    pairs = [await loop.create_connection(lambda: Line(load), host, port) for _ in several]
    load.begin([line for _, line in pairs])
    with suppress(TimeoutError):  # what is still without an answer is told
        await asyncio.wait_for(load.done.wait(), seconds + LAST_SECONDS_MAX)
    cpu = load.cpu
    for _, line in pairs:
        line.close()
    return load, cpu


if __name__ == "__main__":
    main()
