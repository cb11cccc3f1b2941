"""Tills that do not wait for one another: many connections at once, each with one sale after the other under way."""

import json
import resource
import selectors
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from tests.faults.hospitals import MORNING, SECONDS_MAX
from tests.national_world import CATCH_ALL, DRUG_A, Client

PHARMACY, BUYER = "P32020000001", "32020000000000000081"


@dataclass
class Sale:
    """A sale as it was sent, and its answer."""

    msgid: str
    body: bytes
    answer: bytes = b""

    @property
    def settled(self) -> bool:
        return bool(json.loads(self.answer)["infcode"] == 0)

    @property
    def busy(self) -> bool:
        return str(json.loads(self.answer)["err_msg"]).startswith("FSI-BUSY")


class Till(Client):
    """Makes sales of one yuan each to one buyer."""

    def __init__(self, certno: str) -> None:
        super().__init__(None, PHARMACY, MORNING)
        self.certno, self.numbers = certno, count(1)

    def msgid(self):
        number = next(self.numbers)
        return f"{self.code}{self.now + timedelta(seconds=number // 10_000):%Y%m%d%H%M%S}{number % 10_000:04d}"

    def sale(self) -> Sale:
        row = {
            "feedetl_sn": "1",
            "rx_circ_flag": "0",
            "fee_ocur_time": f"{self.now:%Y-%m-%d %H:%M:%S}",
            "med_list_codg": DRUG_A,
            "medins_list_codg": "L1",
            "det_item_fee_sumamt": "1.00",
            "cnt": "1",
            "pric": "1.00",
        }
        head = {
            "psn_no": BUYER,
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": self.certno,
            "begntime": f"{self.now:%Y-%m-%d %H:%M:%S}",
            "medfee_sumamt": "1.00",
            "insutype": "310",
            "acct_used_flag": "1",
            "med_type": "41",
            "expContent": {"core_split": self.whole("1.00")},
        }
        envelope = self.envelope("2102", {"druginfo": head, "drugdetail": [row]})
        body = json.dumps(envelope, ensure_ascii=False).encode()
        return Sale(envelope["msgid"], body)


@dataclass
class _Line:
    """One connection, the sale under way on it, and what has come of its answer."""

    connection: socket.socket
    sale: Sale
    come: bytearray = field(default_factory=bytearray)

    def send(self) -> None:
        self.connection.sendall(posted(self.sale.body))

    def answered(self) -> bool:
        part = self.connection.recv(1 << 16)  # there is something, or it would not have been asked for
        assert part, "hung up without an answer"
        self.come += part
        head, found, body = self.come.partition(b"\r\n\r\n")
        if not found or len(body) < length_in(bytes(head)):
            return False
        self.sale.answer = bytes(body)
        self.come.clear()
        return True


def posted(body: bytes) -> bytes:
    return f"POST {CATCH_ALL} HTTP/1.1\r\nhost: gongji\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


def length_in(head: bytes) -> int:
    return next(int(line.partition(b":")[2]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-le"))


def flood(port: int, till: Till, lines: int, going_on: Callable[[], bool]) -> Iterator[Sale]:
    """Keep so many sales under way as long as it goes on, and yield each with its answer; in the end all have one."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * lines:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(2 * lines, most), most))
    with selectors.DefaultSelector() as waiting:
        for _ in range(lines):
            line = _Line(socket.create_connection(("127.0.0.1", port)), till.sale())
            waiting.register(line.connection, selectors.EVENT_READ, line)
            line.send()
        while waiting.get_map():
            ready = waiting.select(SECONDS_MAX)
            assert ready, f"no answer in {SECONDS_MAX} s"
            for key, _ in ready:
                found: _Line = key.data
                if not found.answered():
                    continue
                yield found.sale
                if going_on():
                    found.sale = till.sale()
                    found.send()
                else:
                    waiting.unregister(found.connection)
                    found.connection.close()
