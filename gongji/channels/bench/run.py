"""One run of the bench: fill, warm, measure the references and ourselves in turn, check the books."""

import gc
import math
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Final

import psutil
import psycopg
from msgspec import Struct

from gongji.channels.bench import meters, reference
from gongji.channels.bench.bills import Bills, Case
from gongji.channels.bench.checking import QUERIES, Found, check
from gongji.channels.bench.counters import Counters, Visit, patients_at_counters
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
from gongji.channels.bench.served import Loaded, Server, first_settlement
from gongji.channels.ground import Ground
from gongji.channels.house import House, Say
from gongji.domain.dossiers import Dossier, filed
from gongji.domain.requests import Scope
from gongji.services.batching import Batcher
from gongji.services.office import differences
from gongji.services.store import Books, Store
from gongji.services.telling import notice_feeding

FIRST_VISITS: Final = 1_000
"""The first window over HTTP settles so many; it warms, and says how many the others need."""

MORE: Final = 1.25
"""A window is given so many times as many visits as the best one before would need."""

EVERYTHING: Final = 10**9
"""More entries than any bench makes."""

VISITS_AT_ONCE: Final = 20_000
"""So many arrive at once at most: a signature is good for five minutes only."""


class Asked(Struct, frozen=True, kw_only=True):
    """What the caller wants measured.

    `seconds` is the length of one window, `http_seconds` of one over HTTP, `accounts` how many people there are,
    `workers` how many processes take connections (0: the server's own does).
    """

    seconds: float
    http_seconds: float
    accounts: int
    active: int
    runs: int
    hot: bool
    http: bool
    workers: int


class Reference(Struct, frozen=True):
    """One window of pgbench."""

    rate: float
    span: Span


class Measured(Struct, kw_only=True):
    """What was measured, run by run; the same place in lists of the same length is the same run.

    `engine_beside` are the windows of pgbench beside the engine's, `http_beside` those beside HTTP. `late` is the load
    at half of the rate, `seconds_to_first` from a server's start to its first answer, `grown_bytes` what this process
    grew by while it met the active families for the first time, `sizes` the bytes of each table before the load.
    `arrived` visits were registered over HTTP, which took `registering` seconds, and `listing` for their fee lines.
    """

    asked: Asked
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
    arrived: int = 0
    registering: float = 0.0
    listing: float = 0.0
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
        self._visits: list[Visit] = []
        self._meter = Meter(ground)
        self._acknowledged: dict[str, str] = {}
        self.measured = Measured(
            asked=asked,
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
                case, visit = self._counters.put_in()
                drive(batcher, [case], self._meter)
                self._visits.append(visit)
                tell_so_far(store, self._clock())
        measured.bills, measured.bills_of_lines = self._bills.made, self._bills.of_lines
        measured.bills_of_two_sharers = self._bills.of_two_sharers

    def http(self) -> None:
        """Measure a server of our own in turn with pgbench, then at half of the rate it reached.

        Before a window its visits arrive: they are registered there, and their fee lines are uploaded.
        """
        asked, measured = self._asked, self.measured
        server, measured.seconds_to_first, first = first_settlement(
            self._ground, self._clock, self._counters, self._visits.pop(), asked.workers
        )
        self._acknowledged |= first.answers
        with server:
            self._arrive(server, FIRST_VISITS)
            rate = self._load(server, asked.http_seconds).rate
            for _ in range(asked.runs):
                self._arrive(server, math.ceil(MORE * rate * asked.http_seconds))
                measured.http_beside.append(self._beside())
                loaded = self._load(server, asked.http_seconds)
                measured.http.append(loaded)
                rate = max(rate, loaded.rate)
                self._say(
                    f"2207 over HTTP {loaded.rate:,.0f}/s, {loaded.batch:.0f} a commit"
                    f"; pgbench -N {measured.http_beside[-1].rate:,.0f}/s"
                )
            half = max(one.rate for one in measured.http) / 2
            for _ in range(asked.runs):
                self._arrive(server, math.ceil(half * asked.http_seconds))
                late = self._load(server, asked.http_seconds, half)
                measured.late.append(late)
                self._say(
                    f"at half of it: p50 {late.p50_ms:.1f} ms, p99 {late.p99_ms:.1f} ms, {late.batch:.0f} a commit"
                )

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

    def _arrive(self, server: Server, count: int) -> None:
        """Let visits arrive at `server` until `count` wait to be settled."""
        while len(self._visits) < count:
            coming = [self._counters.coming() for _ in range(min(VISITS_AT_ONCE, count - len(self._visits)))]
            arrived = server.arrive(self._counters, coming)
            self._visits += arrived.visits
            self.measured.arrived += len(arrived.visits)
            self.measured.registering += arrived.registering
            self.measured.listing += arrived.listing

    def _load(self, server: Server, seconds: float, rate: float = 0) -> Loaded:
        """Settle what waits; the visits that the window did not come to are kept for the next."""
        loaded = server.load(self._counters, self._visits, seconds, rate)
        self._acknowledged |= loaded.answers
        self._visits = self._visits[loaded.count :]
        return loaded

    def _tell(self, number: int) -> None:
        ours, beside = self.measured.engine[number], self.measured.engine_beside[number].rate
        self._say(
            f"engine {ours.rate:,.0f}/s, {ours.batch:.0f} a commit, pgbench -N {beside:,.0f}/s"
            f": {ours.rate / beside:.2f}; CPU a settlement {ours.cpu_us or 0:.0f} us"
            f", {ours.span.python / ours.count * 1e6:.0f} of it Python"
        )


def tell_so_far(store: Store, now: datetime) -> None:
    """Note that people have been told of everything recorded by `now`, as they are while a server runs.

    Else one that starts would tell of the bills of the engine's windows beside its own.
    """
    last = store.entries_of_kinds((), 0, EVERYTHING).last
    told = notice_feeding.Cursor(since=now, entry_id=last)
    looked = differences.Mark(since=now, entry_id=last, checked_at=now)
    cursors = (
        Dossier(dossier_id=notice_feeding.CURSOR_ID, kind=notice_feeding.CURSOR, made_at=now, content=filed(told)),
        Dossier(dossier_id=differences.CURSOR_ID, kind=differences.CURSOR, made_at=now, content=filed(looked)),
    )

    def note(books: Books) -> None:
        for cursor in cursors:
            books.dossiers.put(cursor)

    store.run(Scope(dossiers={cursor.dossier_id for cursor in cursors}), note)


def measure(house: House, asked: Asked, ground: Ground, pgbench: reference.Pgbench, say: Say) -> Measured:
    """Measure on an empty database, and return all but growth and peers."""
    bench = Bench(house, asked, ground, pgbench, say)
    bench.prepare()
    bench.engine()
    if asked.http:
        bench.http()
    bench.check()
    return bench.measured
