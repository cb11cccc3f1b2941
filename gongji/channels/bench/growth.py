"""Growth: the engine on a small and a large population in the same server, window by window in turn."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any, Final

from msgspec import Struct

from gongji.channels.bench.bills import Bills, Case
from gongji.channels.bench.checking import Found, check
from gongji.channels.bench.counters import Counters, patients_at_counters
from gongji.channels.bench.engine import Drove, drive
from gongji.channels.bench.families import AT, active_people, enter_papers, fathers_of, fill
from gongji.channels.bench.meters import Meter
from gongji.channels.bench.ratios import Spread, ratios, spread
from gongji.channels.bench.served import first_settlement
from gongji.channels.ground import Ground
from gongji.channels.house import House, Say
from gongji.services.batching import Batcher

SMALL: Final = 100_000
LARGE: Final = 1_000_000


class Grown(Struct, kw_only=True):
    """Windows on `SMALL` people and on `people`, in turn; what filling and starting took, in seconds."""

    people: int
    small: list[Drove] = []
    large: list[Drove] = []
    cold: Drove | None = None
    found: list[Found] = []
    fill_seconds: float = 0.0
    seconds_to_first: float = 0.0

    @property
    def ratio(self) -> Spread | None:
        """Return the large population's rate against the small one's, window by window."""
        return ratios([one.rate for one in self.large], [one.rate for one in self.small])

    def told(self) -> dict[str, Any]:
        """Return it as data."""
        large = [one.rate for one in self.large]
        return {
            "people": self.people,
            "ratio_to_100000": self.ratio,
            "per_second": spread(large),
            "cold_vs_warm": None if self.cold is None else ratios([self.cold.rate] * len(large), large),
            "fill_seconds": round(self.fill_seconds, 1),
            "restart_seconds": round(self.seconds_to_first, 2),
        }


class _Site:
    """One population, warmed, behind a writer of its own."""

    def __init__(self, house: House, ground: Ground, batcher: Batcher, active: Sequence[int]) -> None:
        self.told: dict[str, str] = {}
        self._batcher = batcher
        self._active = active
        self._bills = Bills(house.book(), house.clock(AT), seed=1)
        self._meter = Meter(ground)
        self.cold = self._drive([self._bills.of(person_id) for person_id in fathers_of(active)], None)

    def window(self, seconds: float, rate: float) -> Drove:
        """Measure for so many seconds; `rate` says how many bills that may take."""
        return self._drive(self._bills.draw(self._active, round(rate * seconds * 1.5)), seconds)

    def _drive(self, cases: Sequence[Case], seconds: float | None) -> Drove:
        drove = drive(self._batcher, cases, self._meter, seconds)
        self.told |= drove.answers
        return drove


def measure_growth(
    house: House, ground: Ground, people: int, active: int, seconds: float, *, runs: int, workers: int, say: Say
) -> Grown:
    """Fill two databases beside `ground`, of `SMALL` and of `people`, and measure them in turn."""
    grown = Grown(people=people)
    with ExitStack() as stack:
        small, large = (stack.enter_context(ground.sibling()) for _ in range(2))
        meter = Meter(ground)
        for place, size in ((small, SMALL), (large, people)):
            say(f"Filling {size:,} people ...")
            meter.start()
            fill(place, size)
            grown.fill_seconds = meter.stop().wall
        with _opened(house, small, SMALL, active) as few, _opened(house, large, people, active) as many:
            grown.cold = many.cold
            rate = max(few.window(seconds, 4 * few.cold.rate).rate, many.window(seconds, 4 * many.cold.rate).rate)
            for _ in range(runs):
                grown.small.append(few.window(seconds, 1.5 * rate))
                grown.large.append(many.window(seconds, 1.5 * rate))
                say(f"{people:,} people {grown.large[-1].rate:,.0f}/s, {SMALL:,} people {grown.small[-1].rate:,.0f}/s")
        for site, ground_of_it, size in ((few, small, SMALL), (many, large, people)):
            grown.found.append(_checked(house, ground_of_it, size, site.told))
        grown.seconds_to_first = _start(house, large, active_people(people, active), workers)
    return grown


# Helpers


@contextmanager
def _opened(house: House, ground: Ground, people: int, active: int) -> Iterator[_Site]:
    chosen = active_people(people, active)
    with closing(ground.store(house.clock(AT))) as store, Batcher(store) as batcher:
        enter_papers(store, chosen)
        yield _Site(house, ground, batcher, chosen)


def _checked(house: House, ground: Ground, people: int, told: dict[str, str]) -> Found:
    """Check the books; as a whole only where that does not take longer than the measurement."""
    if people > LARGE:
        return check(ground.url, None, told)
    with closing(ground.store(house.clock(AT))) as store:
        return check(ground.url, store, told)


def _start(house: House, ground: Ground, active: Sequence[int], workers: int) -> float:
    """Return the seconds from starting a server to its first settlement."""
    clock = house.clock(AT)
    counters = Counters(clock, patients_at_counters(active), seed=2)
    case, visit = counters.put_in()
    with closing(ground.store(clock)) as store, Batcher(store) as batcher:
        drive(batcher, [case], Meter(ground))
    server, seconds, _ = first_settlement(ground, clock, counters, visit, workers)
    server.stop()
    return seconds
