"""`python -m bench.balances`: balance reads a second over HTTP, each with a token, beside `pgbench -S`.

The server is `gongji serve` as a program of its own; tokens are those of people who signed in to one app. Both take
turns: five windows each, medians with their range, and the ratio of the medians.
"""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Final
from urllib.parse import urlsplit

from gongji.channels.bench.counters import PROFILE, keys_text
from gongji.channels.bench.reference import Pgbench
from gongji.channels.ground import Ground
from gongji.channels.identity.tokens import Tokens
from gongji.domain.account import Account, Pocket
from gongji.domain.insured import Insurance, Insured
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.registry.records import Identity
from gongji.services.access.channel_apps import AppKind, ChannelApp, GrantType, app_scope, register
from gongji.services.access.sessions import Session, Who, begin
from gongji.services.store import Books, Store
from gongji.wiring import Wiring

PEOPLE: Final = 500
CONNECTIONS: Final = 64
WINDOWS: Final = 5
BAR: Final = 1_000
CLIENT: Final = "bench-app"
ISSUER: Final = "https://bench.test"
ACCOUNTS: Final = 100_000
_PROGRAM: Final = (
    sys.executable,
    "-c",
    "from gongji.wiring import main; main()",
    "serve",
    "--port",
    "0",
    "--profile",
    PROFILE,
)


def main(seconds: float = 3.0) -> None:
    """Measure and print."""
    house = Wiring({"GONGJI_PUBLIC_URL": ISSUER})
    with house.scratch(None) as ground, ground.beside("pgbench") as url:
        pgbench = Pgbench(ground, url)
        pgbench.fill(ACCOUNTS)
        requests = _filled(ground)
        reads, selects = [], []
        with _served(ground) as address:
            asyncio.run(_read(address, requests, 1.0))
            for _ in range(WINDOWS):
                reads.append(asyncio.run(_read(address, requests, seconds)))
                selects.append(pgbench.script_tps(seconds, "-S"))
    _print("balance reads a second over HTTP", reads)
    _print("pgbench -S", selects)
    print(f"ratio {statistics.median(reads) / statistics.median(selects):.3f}; the bar is {BAR} reads a second")


# Helpers


def _print(name: str, figures: Sequence[float]) -> None:
    print(f"{name:<36} {statistics.median(figures):>10,.0f}   ({min(figures):,.0f} to {max(figures):,.0f})")


def _filled(ground: Ground) -> list[bytes]:
    """Enter people with money who are signed in, and return a request of each."""
    house = Wiring(ground.environment)
    clock = house.clock(None)
    now = clock()
    tokens = Tokens(house.token_keys(None, print), ISSUER)
    store = ground.store(clock)
    try:
        app = ChannelApp(
            client_id=CLIENT,
            name_zh="测量",
            name_en="Bench",
            kind=AppKind.CITY_APP,
            grant_types=(GrantType.CODE,),
            redirect_uris=("https://bench.test/back",),
            scopes=("accounts.read",),
            registered_by="bench",
        )
        store.run(app_scope(CLIENT), lambda books: register(books, app, now))
        return [_signed_in(store, tokens, number, now) for number in range(1, PEOPLE + 1)]
    finally:
        store.close()


def _signed_in(store: Store, tokens: Tokens, number: int, now: datetime) -> bytes:
    who = Who(role="citizen", person_id=number)
    scopes = ("accounts.read",)
    session = Session(client_id=CLIENT, who=who, scopes=scopes, until=now + timedelta(days=1))

    def enter(books: Books) -> None:
        person = Insured(person_id=number, insured=Insurance.EMPLOYEE, region="320200", born=date(1985, 4, 1))
        books.registry.people.put(number, person)
        papers = Identity(person_id=number, psn_no=f"{number:020}", name="测", cert_type="01", certno=f"B{number}")
        books.registry.identities.put(number, papers)
        money = {Account(number, Pocket.CARRY_OVER): number * 100, Account(number, Pocket.CREDITS): -number * 100}
        books.ledger.append(EntryKind.OPENING, money, book_id=number, event_at=now, recorded_at=now)
        begin(books, f"bench-{number}", session, now)

    store.run(Scope(people={number}, dossiers={f"session-bench-{number}"}), enter)
    token = tokens.access(f"bench-{number}", session, scopes[0], token_id=str(number), at=now)
    path = f"/api/v1/accounts/{number}/balances"
    return f"GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n".encode()


@contextmanager
def _served(ground: Ground) -> Iterator[tuple[str, int]]:
    """Start the server on the same data, and yield where it listens."""
    ground.keys_file.write_text(keys_text(), encoding="utf-8")
    ground.keys_file.chmod(0o600)
    with subprocess.Popen(
        [*_PROGRAM, "--workers", "1"],
        env=dict(ground.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            said = []
            for line in server.stdout or ():
                said.append(line)
                if line.startswith("ready "):
                    break
            else:
                raise RuntimeError("the server did not start: " + " / ".join(said))
            found = urlsplit(line.split()[1])
            yield found.hostname or "", found.port or 0
        finally:
            server.terminate()


async def _read(address: tuple[str, int], requests: Sequence[bytes], seconds: float) -> float:
    """Return how many reads were answered with 200 a second, over connections that each wait for their answer."""
    turns, ends = cycle(requests), time.perf_counter() + seconds
    counts = await asyncio.gather(*(_one(address, lambda: next(turns), ends) for _ in range(CONNECTIONS)))
    return sum(counts) / seconds


async def _one(address: tuple[str, int], request: Callable[[], bytes], ends: float) -> int:
    reader, writer = await asyncio.open_connection(*address)
    count = 0
    while time.perf_counter() < ends:
        writer.write(request())
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(body.decode())
        count += 1
    writer.close()
    return count


if __name__ == "__main__":
    main()
