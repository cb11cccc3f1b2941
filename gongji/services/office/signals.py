"""Signals 疑点 of a credential used by another 冒名就医, found in a person's settlements and visits.

A signal is a reason to ask, and never a verdict. Each says which settlements it rests on and whose threshold it is.
Where another's card or code was shown there is no settlement, since it is refused: an institution reports that.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from gongji.domain.insured import Insured, Sex
from gongji.ledger.records import Settlement
from gongji.registry.records import Institution, Visit

SignalKind = Literal["another_credential", "two_places", "sex_impossible", "bulk_purchase", "fast_cash_out"]

ASSUMED: Final = "assumed"
NATIONAL_TABLE: Final = "医疗类别 med_type，全国统一接口字典"


class Threshold(Struct, frozen=True, kw_only=True):
    """What has to be reached: a count within some hours; whose threshold it is."""

    count: int
    hours: int
    source: str


THRESHOLDS: Final[dict[SignalKind, Threshold]] = {
    "two_places": Threshold(count=2, hours=3, source=ASSUMED),
    "sex_impossible": Threshold(count=1, hours=0, source=NATIONAL_TABLE),
    "bulk_purchase": Threshold(count=5, hours=7 * 24, source=ASSUMED),
    "fast_cash_out": Threshold(count=5, hours=24, source=ASSUMED),
}
"""Two cities within 3 hours (6 between provinces); one item on 5 days of a week; 5 bills of pharmacies in a day."""

BIRTH: Final = frozenset({"51", "52"})
"""生育门诊, 生育住院: care of a woman."""


class Signal(Struct, frozen=True, kw_only=True):
    """Why somebody should ask: the kind, the settlements it rests on, the facts in words, whose threshold it is."""

    kind: SignalKind
    settlements: tuple[int, ...]
    facts: tuple[tuple[str, str], ...]
    source: str


class Life(Struct, frozen=True, kw_only=True):
    """What is looked through: a person, his settlements in order of time, his visits, and the institutions by code."""

    person: Insured
    settlements: Sequence[Settlement]
    visits: dict[str, Visit]
    places: dict[str, Institution]


def signals(life: Life) -> list[Signal]:
    """Return the signals in a person's settlements; what was refunded in full counts for nothing."""
    kept = [one for one in life.settlements if not one.reversed]
    living = Life(person=life.person, settlements=kept, visits=life.visits, places=life.places)
    return [signal for find in _FINDERS for signal in find(living)]


# Helpers


def _two_places(life: Life) -> Iterator[Signal]:
    term = THRESHOLDS["two_places"]
    for one, other in zip(life.settlements, life.settlements[1:], strict=False):
        here, there = _city(life, one), _city(life, other)
        hours = term.hours * (1 if here[:2] == there[:2] else 2)
        between = other.settled_at - one.settled_at
        if here and there and here != there and between < timedelta(hours=hours):
            facts = (("first", here), ("then", there), ("minutes", str(between // timedelta(minutes=1))))
            yield _signal("two_places", (one, other), facts)


def _sex_impossible(life: Life) -> Iterator[Signal]:
    if life.person.sex is not Sex.MALE:
        return
    for one in life.settlements:
        if one.statement.med_type in BIRTH:
            yield _signal("sex_impossible", (one,), (("med_type", one.statement.med_type), ("sex", "male")))


def _bulk(life: Life) -> Iterator[Signal]:
    bought: dict[str, list[Settlement]] = {}
    for one in life.settlements:
        visit = life.visits.get(one.visit_id or "")
        codes = {line.code for line in visit.lines if line.settled_by == one.settle_id} if visit is not None else ()
        for code in sorted(codes):
            bought.setdefault(code, []).append(one)
    for code, several in bought.items():
        days = list({one.settled_at.date(): one for one in several}.values())
        for run in _runs(days, THRESHOLDS["bulk_purchase"]):
            yield _signal("bulk_purchase", run, (("item", code), ("days", str(len(run)))))


def _cash_out(life: Life) -> Iterator[Signal]:
    paid = [one for one in life.settlements if one.draws and _kind(life, one) == "pharmacy"]
    for run in _runs(paid, THRESHOLDS["fast_cash_out"]):
        drawn_fen = sum(draw.amount_fen for one in run for draw in one.draws)
        yield _signal("fast_cash_out", run, (("bills", str(len(run))), ("drawn_fen", str(drawn_fen))))


_FINDERS: Final[tuple[Callable[[Life], Iterator[Signal]], ...]] = (_two_places, _sex_impossible, _bulk, _cash_out)


def _runs(several: Sequence[Settlement], term: Threshold) -> Iterator[Sequence[Settlement]]:
    """Yield runs that reach a threshold, each as long as it is; they do not overlap."""
    begin = 0
    while begin < len(several):
        end_at: datetime = several[begin].settled_at + timedelta(hours=term.hours)
        run = [one for one in several[begin:] if one.settled_at < end_at]
        if len(run) >= term.count:
            yield run
            begin += len(run)
        else:
            begin += 1


def _signal(kind: SignalKind, several: Iterable[Settlement], facts: tuple[tuple[str, str], ...]) -> Signal:
    numbers = tuple(one.settle_id for one in several)
    return Signal(kind=kind, settlements=numbers, facts=facts, source=THRESHOLDS[kind].source)


def _city(life: Life, one: Settlement) -> str:
    place = life.places.get(one.institution)
    region = place.region if place is not None else ""
    return region[:4] if region[2:4] != "00" else region[:2]


def _kind(life: Life, one: Settlement) -> str:
    place = life.places.get(one.institution)
    return place.kind if place is not None else ""
