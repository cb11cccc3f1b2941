"""After the load: is all there that was answered, each once, and do the books balance? All of it is counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Final

import psycopg
from msgspec import Struct

from gongji.channels.bench.bills import KIND
from gongji.domain.named_sql import named_queries
from gongji.services.store import Store

QUERIES: Final = named_queries((files("gongji.channels.bench") / "sql" / "check.sql").read_text("utf-8"))


class Found(Struct, frozen=True, kw_only=True):
    """What is wrong, counted: 0 throughout when all is well. `faults` are the store's own sentences."""

    lost: int
    doubled: int
    negative: int
    unbalanced: int
    faults: tuple[str, ...]
    settlements: int
    drawn_on_two: int
    drawn_on_sharers: int


def lost(acknowledged: Mapping[str, str], kept: Mapping[str, tuple[int, str]], settled: Iterable[int]) -> int:
    """Return how many acknowledged answers are not kept as they were told, or stand for no settlement.

    `acknowledged` has the digest of each answer by message id, `kept` the number of the settlement and the digest.
    """
    numbers = set(settled)
    return sum(
        1
        for msgid, told in acknowledged.items()
        if msgid not in kept or kept[msgid][1] != told or kept[msgid][0] not in numbers
    )


def doubled(settlements: Iterable[tuple[str | None, int]]) -> int:
    """Return how many settlements are one too many: for the same request, or under the same number."""
    several = list(settlements)
    requests = Counter(request for request, _ in several)
    numbers = Counter(settle_id for _, settle_id in several)
    return sum(count - 1 for count in requests.values()) + sum(count - 1 for count in numbers.values())


def check(url: str, store: Store | None, acknowledged: Mapping[str, str]) -> Found:
    """Compare what was acknowledged with what is there. With `store`, have it look over the books as a whole, too."""
    with psycopg.connect(url) as connection:
        kept = {
            msgid: (settle_id, told)
            for msgid, settle_id, told in connection.execute(QUERIES["answers"], {"kind": KIND}).fetchall()
        }
        settlements = connection.execute(QUERIES["settlements"]).fetchall()
        ((negative,),) = connection.execute(QUERIES["negative"]).fetchall()
        ((unbalanced,),) = connection.execute(QUERIES["unbalanced"]).fetchall()
        ((two, some, count),) = connection.execute(QUERIES["drawn"]).fetchall()
    return Found(
        lost=lost(acknowledged, kept, (settle_id for _, settle_id in settlements)),
        doubled=doubled(settlements),
        negative=negative,
        unbalanced=unbalanced,
        faults=() if store is None else tuple(store.faults()),
        settlements=count,
        drawn_on_two=two,
        drawn_on_sharers=some,
    )
