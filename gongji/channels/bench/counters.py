"""Message 2207 at the counters of the bench's hospitals: visits put in beforehand, messages written and signed."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from msgspec import Struct

from gongji.channels.bench.bills import BillRefusedError, Case
from gongji.channels.bench.families import REGION, hospitals, identity_of, seat_of
from gongji.domain.money import yuan
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.registry.catalogue import sample_catalogue
from gongji.registry.records import Institution
from gongji.services.batching import Job
from gongji.services.credentials import Credential
from gongji.services.store import Books
from gongji.services.visits import Claim, NewLine, Registration, register, upload

PROFILE: Final = "zhejiang"
"""The profile that asks for HMAC-SM3 over time and body."""

PATH: Final = "/fsi/api/outpatientSettleService/saveSettletmentV2"
_DRUG: Final = "XJ01CAA040A001010100001"
_DRUG_B: Final = "XA02BCA212A001010600006"
_BATCH: Final = "B1"
_EPOCH: Final = datetime(1970, 1, 1, 8)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written
_AT_COUNTERS: Final = frozenset((0, 1, 2, 3, 4, 5, 7, 8, 10, 11, 12, 16, 17))


class Waiting(Struct, frozen=True):
    """A visit that waits to be settled."""

    visit_id: str
    patient_id: int
    place: Institution
    total_fen: int


def patients_at_counters(active: Sequence[int]) -> list[int]:
    """Return employees, of whom about a third have two sharers: residents have no schedule of benefits here."""
    return [one for one in active if (one - 1) % 20 in _AT_COUNTERS and seat_of(one).employed]


class Counters:
    """Registers visits by the real services, and writes the messages that settle them."""

    def __init__(self, clock: Callable[[], datetime], patients: Sequence[int], seed: int) -> None:
        """Draw patients with `seed`."""
        self._clock = clock
        self._patients = patients
        self._random = random.Random(seed)  # noqa: S311  # no secret, the same in every run
        self._places = hospitals()
        self._catalogue = sample_catalogue()
        self._numbers: Iterator[int] = iter(range(1, 10**9))

    def registering(self, count: int) -> tuple[list[Case], list[Waiting]]:
        """Return the jobs that put in `count` visits with their fee lines, and the visits."""
        pairs = [self._visit() for _ in range(count)]
        return [case for case, _ in pairs], [visit for _, visit in pairs]

    def message(self, visit: Waiting) -> tuple[str, bytes]:
        """Return the message that settles a visit, as the whole HTTP request, with its message id."""
        at = self._clock()
        number = next(self._numbers)
        seconds, sequence = divmod(number, 10_000)
        stamp = datetime.combine(at.date(), time(0)) + timedelta(seconds=seconds)
        msgid = f"{visit.place.code}{stamp:%Y%m%d%H%M%S}{sequence:04d}"
        identity = identity_of(visit.patient_id)
        data = {
            "psn_no": identity.psn_no,
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": identity.certno,
            "med_type": "11",
            "medfee_sumamt": yuan(visit.total_fen),
            "psn_setlway": "01",
            "mdtrt_id": visit.visit_id,
            "chrg_bchno": _BATCH,
            "insutype": "310",
            "acct_used_flag": "1",
            "invono": f"{number:012d}",
            "fulamt_ownpay_amt": "0.00",
            "overlmt_selfpay": "0.00",
            "preselfpay_amt": "0.00",
            "inscp_scp_amt": "0.00",
        }
        body = msgspec.json.encode(_envelope(visit.place, msgid, at, data))
        return msgid, _request(body, visit.place.code, at)

    def _visit(self) -> tuple[Case, Waiting]:
        patient_id = self._random.choice(self._patients)
        place = self._random.choice(self._places)
        identity = identity_of(patient_id)
        at = self._clock()
        visit_id = f"BENCH{next(self._numbers):015d}"
        registration = Registration(
            psn_no=identity.psn_no,
            credential=Credential("certno", identity.certno),
            institution=place.code,
            reference=visit_id,
            begun_at=at,
            insutype="310",
            at=at,
        )
        claim = Claim(psn_no=identity.psn_no, visit_id=visit_id, institution=place.code)
        amounts = [(code, self._random.randrange(20, 200) * 100) for code in (_DRUG, _DRUG_B)]
        lines = [self._line(number, code, fen) for number, (code, fen) in enumerate(amounts, 1)]

        def work(books: Books) -> bytes:
            for outcome in (register(books, registration, visit_id=visit_id), upload(books, claim, lines)):
                if isinstance(outcome, Refused):
                    raise BillRefusedError(f"visit {visit_id}: {outcome.reason} {outcome.subject}")
            return b""

        papers = {("psn_no", identity.psn_no), ("certno", identity.certno)}
        job = Job(Scope(certificates=papers, visits={visit_id}), work)
        return Case(visit_id, patient_id, job), Waiting(visit_id, patient_id, place, sum(fen for _, fen in amounts))

    def _line(self, number: int, code: str, fen: int) -> NewLine:
        split = self._catalogue.split(code, fen, Decimal(1))
        return NewLine(str(number), _BATCH, code, split, occurred_at=self._clock(), count="1", price=yuan(fen))


def secret_of(code: str) -> str:
    """Return what a hospital of the bench signs with."""
    return f"bench-{code}"


def keys_text() -> str:
    """Return the file of keys for a server that is to know the hospitals."""
    return "".join(f'[{place.code}]\nsecret = "{secret_of(place.code)}"\n' for place in hospitals())


# Helpers


def _envelope(place: Institution, msgid: str, at: datetime, data: dict[str, str]) -> dict[str, object]:
    return {
        "infno": "2207",
        "msgid": msgid,
        "mdtrtarea_admvs": REGION,
        "insuplc_admdvs": REGION,
        "recer_sys_code": "YBXT",
        "dev_no": "",
        "dev_safe_info": "",
        "cainfo": "",
        "signtype": "",
        "infver": "V1.0",
        "opter_type": "1",
        "opter": "001",
        "opter_name": "收费员",
        "inf_time": f"{at:%Y-%m-%d %H:%M:%S}",
        "fixmedins_code": place.code,
        "fixmedins_name": place.name,
        "sign_no": "",
        "input": {"data": data},
    }


def _request(body: bytes, code: str, at: datetime) -> bytes:
    stamp = str(int((at - _EPOCH).total_seconds()))
    made = HMAC(secret_of(code).encode(), hashes.SM3())
    made.update(stamp.encode() + b"\n" + body)
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"x-ca-key: {code}\r\nx-ca-signature: {stamp}:{made.finalize().hex()}\r\n\r\n"
    )
    return head.encode() + body
