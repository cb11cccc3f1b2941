"""The people of the bench: families of two to six in one real region, the same in every run, put in set-wise."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from importlib.resources import files
from typing import Final, NamedTuple

import psycopg

from gongji.channels.ground import Ground
from gongji.domain.named_sql import named_queries
from gongji.domain.requests import Scope
from gongji.registry.records import Identity, Institution
from gongji.services.store import Books, Store

REGION: Final = "420100"
"""武汉: a schedule of outpatient benefits without a deductible, and no limit to the sharers of a member."""

OPENED_AT: Final = datetime(2026, 1, 5, 9, 0, 0)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written
AT: Final = datetime(2026, 3, 2, 10, 0, 0)  # noqa: DTZ001  # the same
"""The moment of the first bill; the clock of the bench ticks on from there."""

BLOCK: Final = 20
"""So many people are five families, one of each size."""

SEALED_ALL_MAX: Final = 200_000
"""Up to so many people all have their papers; of more, those who fall ill in the bench."""

PLENTY_FEN: Final = 5_000_000_000
SHORT_FEN: Final = 6_000
STEPS: Final = 2
"""A mother who shares besides the father holds once or twice `SHORT_FEN`: so some bills draw on both."""

_QUERIES: Final = named_queries((files("gongji.channels.bench") / "sql" / "fill.sql").read_text("utf-8"))
_HELPERS: Final = ("seats", "people", "bonds")
_TABLES: Final = (("person", "insurance", "bond", "bond_mirror"),
                  ("pocket", "entry", "posting", "account_year", "bond_use"))  # fmt: skip
"""What is filled over two connections at once, each in order."""

_CHUNK: Final = 500


class Seat(NamedTuple):
    """Where a person stands in his family: of how many, and as which (0 father, 1 mother, 2-3 retired, 4-5 child)."""

    size: int
    place: int

    @property
    def employed(self) -> bool:
        """Tell whether he is insured as an employee, in service or retired."""
        return self.place < 4

    @property
    def sharers(self) -> int:
        """Return how many share with him."""
        return 0 if self.place == 0 else 2 if self.place > 1 and self.size in (4, 6) else 1


SEATS: Final = tuple(Seat(size, place) for size in range(2, 7) for place in range(size))


def seat_of(person_id: int) -> Seat:
    """Return the seat of a person."""
    return SEATS[(person_id - 1) % BLOCK]


def active_people(people: int, wanted: int) -> list[int]:
    """Return whole families of about `wanted` people, scattered over all of them."""
    blocks = random.Random(4).sample(range(people // BLOCK), max(1, min(people, wanted) // BLOCK))  # noqa: S311  # no secret, the same in every run
    return [block * BLOCK + number for block in blocks for number in range(1, BLOCK + 1)]


def fathers_of(people: Sequence[int]) -> list[int]:
    """Return one of each family."""
    return [person_id for person_id in people if seat_of(person_id).place == 0]


def mothers_of(people: Sequence[int]) -> list[int]:
    """Return those who share besides a father, and have little."""
    return [person_id for person_id in people if seat_of(person_id).place == 1 and seat_of(person_id).size in (4, 6)]


def hospitals() -> list[Institution]:
    """Return the hospitals of the bench, of all three levels."""
    return [
        Institution(code=f"H{REGION}{n:05d}", name=f"测试医院{n}", kind="hospital", level=1 + n % 3, region=REGION)
        for n in range(1, 41)
    ]


def identity_of(person_id: int) -> Identity:
    """Return the papers of a person, which belong to nobody."""
    seat = seat_of(person_id)
    return Identity(
        person_id=person_id,
        psn_no=f"{REGION}{person_id:014d}",
        name=f"测{person_id}",
        cert_type="01",
        certno=f"{REGION}1985{person_id:08d}",
        sex="2" if person_id % 2 == 0 else "1",
        employer="测试单位" if seat.employed else "",
    )


def fill(ground: Ground, people: int) -> None:
    """Put in `people` (a multiple of BLOCK) with pockets, openings and bonds, as the ledger and the registry would."""
    names = {
        "people": people,
        "region": REGION,
        "opened_at": OPENED_AT,
        "year_start": date(AT.year, 1, 1),
        "plenty_fen": PLENTY_FEN,
        "short_fen": SHORT_FEN,
        "steps": STEPS,
    }
    with psycopg.connect(ground.url) as connection:
        connection.execute("SELECT gongji.make_months(%s, 6)", [OPENED_AT.date()])
        for query in (*_HELPERS, "ids"):
            connection.execute(_QUERIES[query], names)
    with ThreadPoolExecutor(len(_TABLES)) as pool:
        list(pool.map(lambda tables: _fill_tables(ground.url, tables, names), _TABLES))
    with psycopg.connect(ground.url, autocommit=True) as connection:
        connection.execute(_QUERIES["drop_helpers"])
        connection.execute("CHECKPOINT")


def enter_papers(store: Store, people: Sequence[int]) -> None:
    """Enter hospitals and the papers of `people` by the registry itself, which seals them."""
    for begin in range(0, len(people), _CHUNK):
        chunk = people[begin : begin + _CHUNK]
        store.run(Scope(), lambda books, chunk=chunk: _enter(books, chunk))  # type: ignore[misc]  # mypy: a default


# Helpers


def _fill_tables(url: str, tables: Sequence[str], names: dict[str, object]) -> None:
    """Fill tables, with their indexes built afterwards, as they were."""
    named = {"tables": [f"gongji.{table}" for table in tables]}
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET maintenance_work_mem = '256MB'")
        keys = connection.execute(_QUERIES["primary_keys"], named).fetchall()
        indexes = connection.execute(_QUERIES["further_indexes"], named).fetchall()
        for table, name, _ in keys:
            connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}".encode())
        for table in tables:
            connection.execute(_QUERIES[table], names)
        for table, name, definition in keys:
            connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}".encode())
        for _, definition in indexes:
            connection.execute(definition.encode())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"VACUUM (ANALYZE) {', '.join(named['tables'])}".encode())


def _enter(books: Books, people: Sequence[int]) -> None:
    if not books.registry.institutions:
        for place in hospitals():
            books.registry.institutions[place.code] = place
    for person_id in people:
        books.registry.identities.put(person_id, identity_of(person_id))
