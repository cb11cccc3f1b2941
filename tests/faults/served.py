"""`gongji serve --sample` in a process of its own, killed and started again; and the check of its books."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import psutil
import psycopg

from gongji.channels import samples
from gongji.channels.sample_story import KEY
from gongji.gateways.database import PostgresStore
from gongji.gateways.embedded import EmbeddedPostgres
from tests.faults.hospitals import MORNING, PATIENTS, Log, until
from tests.national_world import CATCH_ALL

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from gongji.wiring import main; main()", "serve", "--sample", "--port", "0"]


class Program:
    """One run of the server. Its process group is its own; PostgreSQL has a session of its own and is not in it."""

    def __init__(self, data: Path, number: int = 0, url: str | None = None, workers: int = 0) -> None:
        environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        if url is not None:
            environment["GONGJI_DATABASE_URL"] = url
        now = MORNING + timedelta(minutes=number)
        self.process = subprocess.Popen(
            [*PROGRAM, "--data", str(data), "--now", now.isoformat(), "--workers", str(workers)],
            cwd=ROOT, env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.said: list[str] = []
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.said.append(line.rstrip())

    def says(self, words: str) -> str | None:
        """Return the first line with these words, if it was said already."""
        return next((line for line in [*self.said] if words in line), None)

    def hear(self, words: str) -> str:
        """Wait for a line with these words, and return it."""
        line = until(lambda: self.says(words) or self.process.poll() is not None, f"{words!r} in {self.said}")
        assert isinstance(line, str), f"ended with {self.process.returncode}: {self.said}"
        return line

    def ready(self) -> str:
        """Wait until it serves, and return its address."""
        return self.hear("ready http").split()[1]

    def kill(self) -> None:
        """Kill its whole process group at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.ended()

    def kill_alone(self) -> None:
        """Kill the writer and nothing else; its workers have to notice."""
        workers = self.workers()
        self.process.kill()
        self.ended()
        until(lambda: not any(each.is_running() for each in workers), "workers gone with their writer")

    def workers(self) -> list[psutil.Process]:
        """Return its workers that live."""
        children = psutil.Process(self.process.pid).children()
        return [each for each in children if is_worker(each)]

    def stop(self) -> int:
        """Ask it to end, wait for that, and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Wait until it has ended, and return its exit status."""
        status = self.process.wait(timeout=120)
        self._listener.join(timeout=30)
        if self.process.stdout:
            self.process.stdout.close()
        return status


class Service:
    """A data folder and the server over it, one run after the other. `where` is its address at the moment."""

    def __init__(self, data: Path, url: str | None = None, program: Program | None = None, workers: int = 0) -> None:
        self.data, self.url, self.runs, self.workers = data, url, 0, workers
        self.take(program or self._next())
        people = httpx.get(f"{self.where()}/sandbox/people.json", timeout=60).json()
        self.certnos = {one["psn_no"]: one["certno"] for one in people}
        self.sharers = {b["sharer"] for one in people for b in one["bonds"] if b["member"] in MEMBERS} - MEMBERS
        self.opening_fen = self.family_fen(people)

    def start(self) -> None:
        """Start the next run, and wait until it serves."""
        self.take(self._next())

    def take(self, program: Program) -> None:
        """Wait until that program serves; from then on it is the server."""
        self._where = program.ready()
        self.program = program

    def _next(self) -> Program:
        self.runs += 1
        return Program(self.data, self.runs, self.url, self.workers)

    def where(self) -> str:
        return self._where

    def family_fen(self, people: Iterable[dict]) -> int:  # type: ignore[type-arg]  # JSON
        """Return what the families at the hospitals have together."""
        pockets = [one["pockets"] for one in people if one["psn_no"] in MEMBERS | self.sharers]
        return sum(int(Decimal(yuan) * 100) for each in pockets for yuan in each.values())

    def database(self) -> str:
        return self.url or EmbeddedPostgres(self.data).url

    def written(self, msgids: Iterable[str]) -> set[str]:
        """Return which of these requests have been written."""
        with psycopg.connect(self.database()) as connection:
            rows = connection.execute(
                "SELECT msgid FROM gongji.request_answer WHERE msgid = ANY (%s)", [list(msgids)]
            ).fetchall()
        return {msgid for (msgid,) in rows}

    def check(self, log: Log) -> None:
        """Assert that the books say what the hospitals were told: each bill once, no fen lost, none below zero."""
        assert log.open == []
        self._repeat(log)
        settled = [each.output["setlinfo"] for each in log.answered("2207A")]
        refunded = [each.output["setlinfo"] for each in log.answered("2208")]
        given = {info["setl_id"] for info in (*settled, *refunded)}
        assert len(given) == len(settled) + len(refunded)
        with psycopg.connect(self.database()) as connection:
            rows = connection.execute(
                "SELECT settle_id::text, reversed FROM gongji.settlement WHERE book_id <> ALL (%s)", [STORY]
            ).fetchall()
            lowest = connection.execute("SELECT min(balance_fen) FROM gongji.pocket").fetchone()
        assert len(rows) == len({settle_id for settle_id, _ in rows})
        assert {settle_id for settle_id, _ in rows} >= {info["setl_id"] for info in settled}
        assert len(rows) == len(settled)
        assert sum(reversed_ for _, reversed_ in rows) == len(refunded)
        assert lowest is not None
        assert lowest[0] >= 0
        people = httpx.get(f"{self.where()}/sandbox/people.json", timeout=60).json()
        paid_fen = sum(int(info["acct_pay"] * 100) for info in (*settled, *refunded))
        assert self.family_fen(people) == self.opening_fen - paid_fen
        assert self._faults() == []

    def _repeat(self, log: Log) -> None:
        """What was acknowledged is kept byte for byte; what was ever in doubt, and much of the rest, is sent again."""
        writing = [each for each in log.asked if each.infno != "2206A"]  # a trial is reckoned anew each time
        with psycopg.connect(self.database()) as connection:
            rows = connection.execute("SELECT msgid, answer FROM gongji.request_answer").fetchall()
        kept = {msgid: bytes(answer) for msgid, answer in rows if not msgid.startswith("SAMPLE-")}
        assert kept == {each.msgid: each.answer for each in writing}
        with httpx.Client(timeout=60) as http:
            for each in [each for each in writing if each.cut] + writing[:: len(writing) // 100 + 1]:
                again = http.post(self.where() + CATCH_ALL, content=each.body).content
                assert again == each.answer, f"{each.infno} {each.msgid}"

    def _faults(self) -> list[str]:
        store = PostgresStore(self.database(), (self.data / "key").read_bytes())
        try:
            return store.faults()
        finally:
            store.close()

    def remove(self) -> None:
        """End the server, and its PostgreSQL with all it holds; what it said last is shown when the test has failed."""
        sys.stdout.write("\n".join(self.program.said[-100:]))
        if self.program.process.poll() is None:
            self.program.kill()
        if self.url is None:
            server = EmbeddedPostgres(self.data)
            server.start()
            server.remove()


def is_worker(process: psutil.Process) -> bool:
    """Tell whether a process is a worker; one that has just ended is none."""
    try:
        return "http-worker" in process.cmdline()
    except psutil.Error:
        return False


STORY = [samples.person_id(person.number) for person in samples.family_of(KEY).person]
"""The sample family whose story a sample server tells by itself: its bills came from no hospital here."""

MEMBERS = {patient.psn_no for patient in PATIENTS}


def landed(service: Service, cut: set[str]) -> str:
    """Tell where a kill landed, from the requests that had no answer then."""
    if not cut:
        return "nothing under way"
    return "between commit and answer" if service.written(cut) else "between receipt and commit"
