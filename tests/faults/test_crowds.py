"""More than the server can take at once, and callers who never listen: it stays small, honest, and there for others."""

import socket
import time

import httpx
import psutil
import psycopg
import pytest

from gongji.gateways.database import PostgresStore
from tests.faults.flood import BUYER, Sale, Till, flood, posted
from tests.faults.hospitals import at_work
from tests.faults.served import STORY, Service
from tests.faults.watching import everybody_got_something_new
from tests.national_world import CATCH_ALL

pytestmark = pytest.mark.faults

DEAF = 300
PIPELINED = 40
LINES = 2_600
"""More sales under way than the queue holds, and the batches that are thought out and committed besides."""

GROWTH_MAX = 48 << 20
"""Bytes that the server may grow by while flooded, besides what it keeps of what it settled."""

KEPT_OF_EACH = 7 << 10
"""Bytes of a sale that stay in the writer's memory, its visit and its answer: 6.5 KiB were seen. They are bounded, by a
number that a minute hardly reaches.
"""


@pytest.fixture(params=[0, 2], ids=["one process", "two workers"])
def service(tmp_path, request):
    service = Service(tmp_path / "data", workers=request.param)
    yield service
    service.remove()


def port_of(service: Service) -> int:
    return int(service.where().rpartition(":")[2])


def size(service: Service) -> int:
    """Return the bytes that the server and its workers hold; PostgreSQL is not among them."""
    server = psutil.Process(service.program.process.pid)
    return sum(each.memory_info().rss for each in [server, *service.program.workers()])


def test_callers_who_never_listen_keep_nobody_waiting(service):
    page = b"GET /sandbox/people.json HTTP/1.1\r\nhost: gongji\r\n\r\n"
    deaf, sale = [], Till(service.certnos[BUYER]).sale()
    with at_work(service.where, service.certnos, bills=2) as log:
        everybody_got_something_new(log)
        for number in range(DEAF):
            connection = socket.create_connection(("127.0.0.1", port_of(service)))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall((posted(sale.body), page * PIPELINED, page[:-4], posted(sale.body)[:-9])[number % 4])
            deaf.append(connection)
        for _ in range(3):
            everybody_got_something_new(log)

    assert service.program.stop() == 0
    for connection in deaf:
        connection.close()
    service.start()
    assert list(in_the_books(service)) == [sale.msgid], "what the deaf sent was done all the same, and once"


@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=pytest.mark.soak)])
def test_a_queue_kept_full_settles_once_or_says_busy(service, seconds):
    till = Till(service.certnos[BUYER])
    began = time.monotonic()
    done: list[Sale] = []
    sizes: list[int] = []
    for sale in flood(port_of(service), till, LINES, lambda: time.monotonic() < began + seconds):
        done.append(sale)
        if len(done) % LINES == 0:
            sizes.append(size(service) - KEPT_OF_EACH * sum(sale.settled for sale in done))
    settled = {sale.msgid: sale.answer for sale in done if sale.settled}

    assert len({sale.msgid for sale in done}) == len(done)
    assert all(sale.settled or sale.busy for sale in done)
    assert len(settled) < len(done), "the queue was never full"
    assert in_the_books(service) == settled
    assert sizes[-1] - sizes[len(sizes) // 3] < GROWTH_MAX
    with httpx.Client(base_url=service.where(), timeout=60) as http:
        later = [http.post(CATCH_ALL, content=till.sale().body).json() for _ in range(50)]
    assert [one["infcode"] for one in later] == [0] * 50, "busy with nothing to do"


def in_the_books(service: Service) -> dict[str, bytes]:
    """Return the sales that the books have, each with the answer kept, having counted that each is there once."""
    with psycopg.connect(service.database()) as connection:
        kept = connection.execute("SELECT msgid, answer FROM gongji.request_answer WHERE kind = '2102'").fetchall()
        told = connection.execute(
            "SELECT settle_id FROM gongji.request_answer WHERE kind IN ('2102', '2207A')"
        ).fetchall()
        made = connection.execute(
            "SELECT settle_id FROM gongji.settlement WHERE book_id <> ALL (%s)", [STORY]
        ).fetchall()
    assert len(kept) == len({msgid for msgid, _ in kept})
    assert sorted(told) == sorted(made), "a settlement for each answer, and none besides"
    store = PostgresStore(service.database(), (service.data / "key").read_bytes())
    try:
        assert store.faults() == []
    finally:
        store.close()
    return {msgid: bytes(answer) for msgid, answer in kept}
