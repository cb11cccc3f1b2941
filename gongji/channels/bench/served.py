"""`gongji serve` as a program of its own on the bench's data, and the load generator that sends to it."""

import json
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gongji.channels.bench.counters import PROFILE, Counters, Visit, keys_text
from gongji.channels.bench.engine import digest
from gongji.channels.bench.loading import read_parts, write_parts
from gongji.channels.bench.meters import Meter, Span, cpu_of
from gongji.channels.ground import Ground

READY_SECONDS_MAX: Final = 60
ARRIVING_SECONDS_MAX: Final = 120
_PROGRAM: Final = (sys.executable, "-c", "from gongji.wiring import main; main()")


class ServerError(RuntimeError):
    """The server did not start, or refused what it should have settled; the message says what it said."""


class Answer(Struct):
    """What an answer is looked at for."""

    infcode: int | str
    err_msg: str | None = None


class Numbered(Struct):
    """The number that a visit got."""

    mdtrt_id: str


class RegisteredOutput(Struct):
    """The output of 2201, as far as it is looked at."""

    data: Numbered


class Registered(Struct):
    """The answer to 2201, as far as it is looked at."""

    output: RegisteredOutput


class Arrived(Struct, frozen=True):
    """Visits that were registered and whose fee lines were uploaded; the seconds that 2201 and 2204 took for all."""

    visits: list[Visit]
    registering: float
    listing: float


class Loaded(Struct, frozen=True):
    """One window of load over HTTP: answers by message id (as digests), its span, CPU seconds, and how late in ms."""

    count: int
    rate: float
    answers: dict[str, str]
    span: Span
    server_cpu: float
    generator_cpu: float
    p50_ms: float
    p99_ms: float

    @property
    def batch(self) -> float:
        """Return the settlements a commit."""
        return self.count / max(1, self.span.commits)


class Server:
    """The server; as a context it is asked to end at the end."""

    def __init__(self, ground: Ground, now: datetime, workers: int) -> None:
        """Start it with its clock at `now`, and wait until it is ready. Raise ServerError when it is not.

        `workers` processes take its connections; 0: it does all itself.
        """
        ground.keys_file.write_text(keys_text(), encoding="utf-8")
        ground.keys_file.chmod(0o600)
        self._ground = ground
        self._said: queue.Queue[str | None] = queue.Queue()
        self.started = time.perf_counter()
        words = ("serve", "--port", "0", "--profile", PROFILE, "--workers", str(workers))
        self.process = subprocess.Popen(  # noqa: S603  # our own program
            [*_PROGRAM, *words, "--now", f"{now:%Y-%m-%dT%H:%M:%S}"],
            env=dict(ground.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.address = urlsplit(self._until_ready())

    def arrive(self, counters: Counters, visits: Sequence[Visit]) -> Arrived:
        """Register `visits` and upload their fee lines over HTTP, as fast as it goes. Raise ServerError."""
        figures, answers = self._send([counters.registering(visit) for visit in visits], ARRIVING_SECONDS_MAX)
        numbers = [
            msgspec.json.decode(body, type=Registered).output.data.mdtrt_id for _, body in sorted(answers.items())
        ]
        known = [replace(visit, visit_id=number) for visit, number in zip(visits, numbers, strict=True)]
        uploaded, _ = self._send([counters.listing(visit) for visit in known], ARRIVING_SECONDS_MAX)
        return Arrived(known, figures["wall"], uploaded["wall"])

    def load(self, counters: Counters, visits: Sequence[Visit], seconds: float, rate: float = 0) -> Loaded:
        """Settle `visits` over HTTP for `seconds`: as fast as it goes, or at `rate` a second. Raise ServerError."""
        messages = [counters.settling(visit) for visit in visits]
        meter = Meter(self._ground, (self.process.pid,))
        before = cpu_of(self.process.pid)
        figures, answers = self._send(messages, seconds, rate)
        server_cpu = cpu_of(self.process.pid) - before
        span = meter.stop()
        return Loaded(
            count=len(answers),
            rate=len(answers) / figures["wall"] if answers else 0.0,
            answers={messages[number][0]: digest(body) for number, body in answers.items()},
            span=span,
            server_cpu=server_cpu,
            generator_cpu=figures["cpu"],
            p50_ms=figures["p50_ms"],
            p99_ms=figures["p99_ms"],
        )

    def stop(self) -> None:
        """Ask it to end, and wait for that."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(READY_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._listener.join(READY_SECONDS_MAX)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _send(
        self, messages: Sequence[tuple[str, bytes]], seconds: float, rate: float = 0
    ) -> tuple[dict[str, float], dict[int, bytes]]:
        """Return the generator's figures and the answers by place. Raise ServerError when one is missing or a no."""
        sent, back = self._ground.folder / "requests", self._ground.folder / "answers"
        write_parts(sent, (raw for _, raw in messages))
        figures = self._generate(sent, back, seconds, rate)
        answers = {}
        for part in read_parts(back):
            number, _, body = part.partition(b"\n")
            answer = msgspec.json.decode(body, type=Answer)
            if str(answer.infcode) != "0":
                raise ServerError(f"a message of the bench was refused: {answer.err_msg} {self._last_words()}")
            answers[int(number)] = body
        return figures, answers

    def _generate(self, sent: Path, back: Path, seconds: float, rate: float) -> dict[str, float]:
        host, port = self.address.hostname or "", str(self.address.port)
        words = (host, port, str(sent), str(back), str(seconds), str(rate))
        command = [sys.executable, "-m", "gongji.channels.bench.loading", *words]
        done = subprocess.run(  # noqa: S603  # our own program
            command, check=False, capture_output=True, text=True, env=dict(self._ground.environment)
        )
        if done.returncode:
            raise ServerError(done.stderr)
        figures: dict[str, float] = json.loads(done.stdout)
        if figures["unanswered"]:
            raise ServerError(f"{figures['unanswered']:.0f} messages got no answer")
        return figures

    def _listen(self) -> None:
        if self.process.stdout is not None:
            with self.process.stdout as lines:
                for line in lines:
                    self._said.put(line.rstrip())
        self._said.put(None)

    def _last_words(self) -> str:
        """Return what the server has said since it was ready, the last of it."""
        said = [self._said.get_nowait() for _ in range(self._said.qsize())]
        return " / ".join(line for line in said[-20:] if line)

    def _until_ready(self) -> str:
        told: list[str] = []
        while True:
            try:
                line = self._said.get(timeout=READY_SECONDS_MAX)
            except queue.Empty:
                line = None
            if line is None:
                self.stop()
                raise ServerError("the server did not start: " + " / ".join(told))
            told.append(line)
            if line.startswith("ready "):
                return line.split()[1]


def first_settlement(
    ground: Ground, clock: Callable[[], datetime], counters: Counters, visit: Visit, workers: int
) -> tuple[Server, float, Loaded]:
    """Start a server and settle one visit; return the server, the seconds from its start to the answer, the answer."""
    server = Server(ground, clock(), workers)
    loaded = server.load(counters, [visit], seconds=10)
    return server, time.perf_counter() - server.started, loaded
