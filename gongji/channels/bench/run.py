"""One run of the bench: fill, warm, measure the references and ourselves in turn, check the books."""

import gc
from collections.abc import Sequence
from contextlib import closing

import psutil
import psycopg
from msgspec import Struct

from gongji.channels.bench import meters, reference
from gongji.channels.bench.bills import Bills, Case
from gongji.channels.bench.checking import QUERIES, Found, check
from gongji.channels.bench.counters import Counters, Waiting, patients_at_counters
from gongji.channels.bench.engine import Drove, drive
from gongji.channels.bench.families import (
    AT,
    BLOCK,
    SEALED_ALL_MAX,
    active_people,
    enter_papers,
    fathers_of,
    fill,
    mothers_of,
)
from gongji.channels.bench.meters import Meter, Span
from gongji.channels.bench.served import Loaded, first_settlement
from gongji.channels.ground import Ground
from gongji.channels.house import House, Say
from gongji.services.batching import Batcher
from gongji.services.store import Store


class Asked(Struct, frozen=True, kw_only=True):
    """What the caller wants measured. `seconds` is the length of one window, `accounts` how many people there are."""

    seconds: float
    accounts: int
    active: int
    runs: int
    hot: bool
    http: bool


class Reference(Struct, frozen=True):
    """One window of pgbench."""

    rate: float
    span: Span


class Measured(Struct, kw_only=True):
    """What was measured, run by run; the same place in lists of the same length is the same run.

    `engine_beside` are the windows of pgbench beside the engine's, `http_beside` those beside HTTP. `late` is the load
    at half of the rate, `seconds_to_first` from a server's start to its first answer, `grown_bytes` what this process
    grew by while it met the active families for the first time, `sizes` the bytes of each table before the load.
    """

    people: int
    active: int
    settings: dict[str, str]
    load_before: tuple[float, float, float]
    fill_seconds: float = 0.0
    engine_beside: list[Reference] = []
    engine: list[Drove] = []
    hot: list[Drove] = []
    cold: Drove | None = None
    http_beside: list[Reference] = []
    http: list[Loaded] = []
    late: list[Loaded] = []
    seconds_to_first: float | None = None
    grown_bytes: int = 0
    sizes: dict[str, int] = {}
    sealed_all: bool = True
    bills: int = 0
    bills_of_lines: int = 0
    bills_of_two_sharers: int = 0
    found: Found | None = None
    acknowledged: int = 0


class Bench:
    """The bench on one database."""

    def __init__(self, house: House, asked: Asked, ground: Ground, pgbench: reference.Pgbench, say: Say) -> None:
        """Measure on `ground`, beside `pgbench`."""
        self._asked = asked
        self._ground = ground
        self._pgbench = pgbench
        self._say = say
        self._clock = house.clock(AT)
        self._people = -(-asked.accounts // BLOCK) * BLOCK
        self._active = active_people(self._people, asked.active)
        self._bills = Bills(house.book(), self._clock, seed=1)
        self._bills_of_one_family = Bills(house.book(), self._clock, seed=3)
        self._counters = Counters(self._clock, patients_at_counters(self._active), seed=2)
        self._visits: list[Waiting] = []
        self._per_window = 0
        self._meter = Meter(ground)
        self._acknowledged: dict[str, str] = {}
        self.measured = Measured(
            people=self._people,
            active=len(self._active),
            settings=reference.settings(ground.url),
            load_before=meters.load_before(),
        )

    def prepare(self) -> None:
        """Fill our tables and pgbench's, and warm the latter."""
        self._say(f"Filling {self._people:,} people ...")
        self._meter.start()
        fill(self._ground, self._people)
        self.measured.fill_seconds = self._meter.stop().wall
        with psycopg.connect(self._ground.url) as connection:
            self.measured.sizes = dict(connection.execute(QUERIES["sizes"]).fetchall())
        self._pgbench.fill(self._people)
        self._pgbench.tps(1)

    def engine(self) -> None:
        """Meet every active family once, then measure pgbench, the engine and the hot family in turn."""
        asked, measured = self._asked, self.measured
        with closing(self._ground.store(self._clock)) as store, Batcher(store) as batcher:
            self._enter_papers(store)
            gc.collect()
            before = psutil.Process().memory_info().rss
            first = [self._bills.of(person_id) for person_id in fathers_of(self._active)]
            measured.cold = self._drive(batcher, first, None)
            del first
            gc.collect()
            measured.grown_bytes = psutil.Process().memory_info().rss - before
            rate = self._drive(batcher, self._bills.draw(self._active, len(self._active)), asked.seconds).rate
            for number in range(asked.runs):
                drive(batcher, self._bills.credits(mothers_of(self._active)), self._meter)
                measured.engine_beside.append(self._beside())
                wanted = round(max(rate, 500) * asked.seconds * 1.5)
                measured.engine.append(self._drive(batcher, self._bills.draw(self._active, wanted), asked.seconds))
                rate = measured.engine[-1].rate
                self._tell(number)
                if asked.hot:
                    one_family = self._bills_of_one_family.draw(self._active[-6:], wanted)
                    measured.hot.append(self._drive(batcher, one_family, asked.seconds))
            if asked.http:
                self._put_in_visits(batcher, round(0.6 * rate * asked.seconds * (asked.runs * 3 // 2 + 2)))
        measured.bills, measured.bills_of_lines = self._bills.made, self._bills.of_lines
        measured.bills_of_two_sharers = self._bills.of_two_sharers

    def http(self) -> None:
        """Measure a server of our own in turn with pgbench, then at half of the rate it reached."""
        asked, measured = self._asked, self.measured
        server, measured.seconds_to_first, first = first_settlement(
            self._ground, self._clock, self._counters, self._visits.pop()
        )
        self._acknowledged |= first.answers
        with server:
            self._acknowledged |= server.load(self._counters, self._some_visits(), asked.seconds).answers
            for _ in range(asked.runs):
                measured.http_beside.append(self._beside())
                visits = self._some_visits()
                loaded = server.load(self._counters, visits, asked.seconds)
                self._give_back(visits, loaded)
                measured.http.append(loaded)
                self._say(f"2207 over HTTP {loaded.rate:,.0f}/s beside pgbench {measured.http_beside[-1].rate:,.0f}/s")
            half = max(one.rate for one in measured.http) / 2
            for _ in range(asked.runs):
                visits = self._some_visits()
                late = server.load(self._counters, visits, asked.seconds, half)
                self._give_back(visits, late)
                measured.late.append(late)
                self._say(f"at half of it: p50 {late.p50_ms:.1f} ms, p99 {late.p99_ms:.1f} ms")

    def check(self) -> None:
        """Compare what was acknowledged with what the books hold."""
        self._say("Checking the books ...")
        with closing(self._ground.store(self._clock)) as store:
            self.measured.found = check(self._ground.url, store, self._acknowledged)
        self.measured.acknowledged = len(self._acknowledged)

    # Steps.

    def _enter_papers(self, store: Store) -> None:
        self.measured.sealed_all = self._people <= SEALED_ALL_MAX
        enter_papers(store, range(1, self._people + 1) if self.measured.sealed_all else self._active)

    def _drive(self, batcher: Batcher, cases: Sequence[Case], seconds: float | None) -> Drove:
        drove = drive(batcher, cases, self._meter, seconds)
        self._acknowledged |= drove.answers
        return drove

    def _beside(self) -> Reference:
        self._meter.start()
        rate = self._pgbench.tps(self._asked.seconds)
        return Reference(rate, self._meter.stop())

    def _put_in_visits(self, batcher: Batcher, count: int) -> None:
        self._say(f"Registering {count:,} visits ...")
        cases, self._visits = self._counters.registering(count)
        self._per_window = count // (self._asked.runs * 3 // 2 + 2)
        drive(batcher, cases, self._meter)

    def _some_visits(self) -> list[Waiting]:
        taken, self._visits = self._visits[: self._per_window], self._visits[self._per_window :]
        return taken

    def _give_back(self, visits: list[Waiting], loaded: Loaded) -> None:
        """Keep the visits that the window did not come to for the next."""
        self._acknowledged |= loaded.answers
        self._visits += visits[loaded.count :]

    def _tell(self, number: int) -> None:
        ours, beside = self.measured.engine[number], self.measured.engine_beside[number].rate
        self._say(
            f"engine {ours.rate:,.0f}/s, pgbench -N {beside:,.0f}/s: {ours.rate / beside:.2f}"
            f"; CPU a settlement {ours.cpu_us or 0:.0f} us, {ours.span.python / ours.count * 1e6:.0f} of it Python"
        )


def measure(house: House, asked: Asked, ground: Ground, pgbench: reference.Pgbench, say: Say) -> Measured:
    """Measure on an empty database, and return all but growth and peers."""
    bench = Bench(house, asked, ground, pgbench, say)
    bench.prepare()
    bench.engine()
    if asked.http:
        bench.http()
    bench.check()
    return bench.measured
