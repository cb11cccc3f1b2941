"""Hospitals that go on working while servers die: they repeat what was not answered, and note what was.

Each is one counter with one patient at a time. The five patients of Dalian share one father's account, which runs dry
on the way; those of Shanghai and Wuhan have known benefits and relatives of their own.
"""

import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from tests.national_world import CATCH_ALL, DRUG_A, Client, check_identities

SECONDS_MAX = 330  # a killed PostgreSQL may take 300 to be back, as the program itself allows
MORNING = datetime(2025, 6, 1, 10)


@dataclass(frozen=True)
class Patient:
    """Who comes to which hospital; `core` when an outside core system splits the bill, for want of known benefits."""

    psn_no: str
    hospital: str
    core: bool


PATIENTS = [
    *(Patient(f"210200000000000000{number}", "H21020000002", core=True) for number in (71, 72, 74, 75, 76)),
    Patient("31000000000000000001", "H31000000002", core=False),
    Patient("31000000000000000003", "H31000000003", core=False),
    Patient("42010000000000000030", "H42010000002", core=False),
]


@dataclass
class Asked:
    """A request as it was sent, and its answer once there is one that counts."""

    infno: str
    msgid: str
    body: bytes
    answer: bytes = b""
    cut: bool = False
    """No answer came, or one that leaves the outcome open: at least once."""

    @property
    def output(self) -> Any:
        return json.loads(self.answer, parse_float=Decimal)["output"]


@dataclass
class Log:
    """What all hospitals asked, and how often they had to ask again for want of a final answer."""

    asked: list[Asked] = field(default_factory=list)
    cut: int = 0
    busy: int = 0
    unknown: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, name: str) -> None:
        with self.lock:
            setattr(self, name, getattr(self, name) + 1)

    def answered(self, infno: str) -> list[Asked]:
        with self.lock:
            return [each for each in self.asked if each.infno == infno and each.answer]

    @property
    def open(self) -> list[Asked]:
        """Return the requests that have no answer yet."""
        with self.lock:
            return [each for each in self.asked if not each.answer]


class Hospital(Client):
    """One counter. `where` gives the address that the server has at the moment."""

    def __init__(self, patient: Patient, number: int, certno: str, where: Callable[[], str], log: Log) -> None:
        super().__init__(None, patient.hospital, MORNING)
        self.patient, self.number, self.certno, self.where, self.log = patient, number, certno, where, log
        self.names = {"psn_no": patient.psn_no, "mdtrt_cert_no": certno}
        self.dice = random.Random(number)  # noqa: S311  # repeatable, not secret
        self.heard = "nothing"
        self.http = httpx.Client(timeout=10)

    def msgid(self):
        self.count += 1
        return f"{self.code}{self.now + timedelta(seconds=self.count):%Y%m%d%H%M%S}{self.number:04d}"

    def carry(self, infno, content) -> Any:
        """Return the output of a request, asked again with the same id until there is an answer that counts."""
        envelope = self.envelope(infno, content)
        asked = Asked(infno, envelope["msgid"], json.dumps(envelope).encode())
        with self.log.lock:
            self.log.asked.append(asked)
        deadline = time.monotonic() + SECONDS_MAX
        while time.monotonic() < deadline:
            answer = self.once(asked)
            if answer is None:
                time.sleep(0.05)
                continue
            asked.answer = answer
            assert json.loads(answer)["infcode"] == 0, answer.decode()
            return asked.output
        raise AssertionError(f"{infno} {asked.msgid} got no answer in {SECONDS_MAX} s, last {self.heard}")

    def once(self, asked: Asked) -> bytes | None:
        """Return the answer; None when the caller has to ask again."""
        try:
            response = self.http.post(self.where() + CATCH_ALL, content=asked.body)
        except httpx.TransportError as fault:
            self.heard, asked.cut = repr(fault), True
            self.log.count("cut")
            return None
        answer = json.loads(response.content)
        if not (answer["err_msg"] or "").startswith("FSI-BUSY"):
            return response.content
        assert (answer["infcode"], answer["output"]) == (-1, None)
        self.heard = answer["err_msg"]
        unknown = "不清楚" in answer["err_msg"]
        asked.cut = asked.cut or unknown
        self.log.count("unknown" if unknown else "busy")
        return None

    def treat(self) -> None:
        """Register, upload, settle; one bill in four is tried out first, one in six is taken back again."""
        time.sleep(self.dice.random() / 5)
        visit = self.carry("2201", self.register(0, **self.names))["data"]["mdtrt_id"]
        price = str(Decimal(self.dice.randint(60_00, 600_00)) / 100)
        line = self.line(visit, 0, DRUG_A, price, "1", psn_no=self.patient.psn_no)
        self.carry("2204", {"feedetail": [line]})
        total = line["det_item_fee_sumamt"]
        bill = self.bill(visit, 0, total, core=self.whole(total) if self.patient.core else None, **self.names)
        if self.dice.random() < 0.25:
            check_identities(self.carry("2206A", bill))
        output = self.carry("2207A", bill)
        check_identities(output)
        if self.dice.random() < 1 / 6:
            claim = {"setl_id": output["setlinfo"]["setl_id"], "mdtrt_id": visit, "psn_no": self.patient.psn_no}
            check_identities(self.carry("2208", {"data": claim}))


@contextmanager
def at_work(where: Callable[[], str], certnos: dict[str, str], *, bills: int = 8):
    """Have all hospitals work, each on at least so many bills, and yield their log; at the end all have finished."""
    log, closing = Log(), threading.Event()

    def work(number: int, patient: Patient) -> None:
        hospital = Hospital(patient, number, certnos[patient.psn_no], where, log)
        done = 0
        with hospital.http:
            while done < bills or not closing.is_set():
                hospital.treat()
                done += 1

    with ThreadPoolExecutor(len(PATIENTS)) as pool:
        work_of_all: list[Future[None]] = [pool.submit(work, *each) for each in enumerate(PATIENTS, 1)]
        try:
            yield log
        finally:
            closing.set()
            for each in work_of_all:
                each.result()


def until(reached: Callable[[], Any], what: str) -> Any:
    """Wait until something is the case, and return it."""
    deadline = time.monotonic() + SECONDS_MAX
    while not (found := reached()):
        assert time.monotonic() < deadline, f"{what}: not within {SECONDS_MAX} s"
        time.sleep(0.01)
    return found
