"""The counters of the bench's hospitals: patients who come, and signed messages 2201, 2204 and 2207 about them."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

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
from gongji.services.store import Books
from gongji.services.visits.credentials import Credential
from gongji.services.visits.visits import Claim, NewLine, Registration, register, upload

PROFILE: Final = "zhejiang"
"""The profile that asks for HMAC-SM3 over time and body."""

INSUTYPE: Final = "310"
_ROOT: Final = "/fsi/api/"
_PATHS: Final = {
    "2201": "outpatientDocInfoService/outpatientRregistration",
    "2204": "outpatientDocInfoService/outpatientFeeListUp",
    "2207": "outpatientSettleService/saveSettletmentV2",
}
_DRUGS: Final = ("XJ01CAA040A001010100001", "XA02BCA212A001010600006")
_BATCH: Final = "B1"
_EPOCH: Final = datetime(1970, 1, 1, 8)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written
_AT_COUNTERS: Final = frozenset((0, 1, 2, 3, 4, 5, 7, 8, 10, 11, 12, 16, 17))


class Visit(Struct, frozen=True):
    """A patient at a hospital with the amounts of his fee lines; `visit_id` is "" until he is registered."""

    reference: str
    patient_id: int
    place: Institution
    fens: tuple[int, ...]
    visit_id: str = ""


def patients_at_counters(active: Sequence[int]) -> list[int]:
    """Return employees, of whom about a third have two sharers: residents have no schedule of benefits here."""
    return [one for one in active if (one - 1) % 20 in _AT_COUNTERS and seat_of(one).employed]


class Counters:
    """Draws patients, and writes the messages about them as whole HTTP requests, each with its message id."""

    def __init__(self, clock: Callable[[], datetime], patients: Sequence[int], seed: int) -> None:
        """Draw patients with `seed`."""
        self._clock = clock
        self._patients = patients
        self._random = random.Random(seed)  # noqa: S311  # no secret, the same in every run
        self._places = hospitals()
        self._catalogue = sample_catalogue()
        self._numbers: Iterator[int] = iter(range(1, 10**9))

    def coming(self) -> Visit:
        """Return a visit that is yet to be registered."""
        return Visit(
            reference=f"BENCH{next(self._numbers):015d}",
            patient_id=self._random.choice(self._patients),
            place=self._random.choice(self._places),
            fens=tuple(self._random.randrange(20, 200) * 100 for _ in _DRUGS),
        )

    def put_in(self) -> tuple[Case, Visit]:
        """Return the job that puts in a visit with its fee lines by the services themselves, and the visit."""
        drawn = self.coming()
        visit = msgspec.structs.replace(drawn, visit_id=drawn.reference)
        identity, at = identity_of(visit.patient_id), self._clock()
        registration = Registration(
            psn_no=identity.psn_no,
            credential=Credential("certno", identity.certno),
            institution=visit.place.code,
            reference=visit.reference,
            begun_at=at,
            insutype=INSUTYPE,
            at=at,
        )
        claim = Claim(psn_no=identity.psn_no, visit_id=visit.visit_id, institution=visit.place.code)
        lines = [self._line(number, code, fen) for number, code, fen in _lines_of(visit)]

        def work(books: Books) -> bytes:
            for outcome in (register(books, registration, visit_id=visit.visit_id), upload(books, claim, lines)):
                if isinstance(outcome, Refused):
                    raise BillRefusedError(f"visit {visit.visit_id}: {outcome.reason} {outcome.subject}")
            return b""

        papers = {("psn_no", identity.psn_no), ("certno", identity.certno)}
        job = Job(Scope(certificates=papers, visits={visit.visit_id}), work)
        return Case(visit.visit_id, visit.patient_id, job), visit

    def registering(self, visit: Visit) -> tuple[str, bytes]:
        """Return message 2201 of a visit, by the patient's ID card."""
        identity = identity_of(visit.patient_id)
        data = {
            "psn_no": identity.psn_no,
            "insutype": INSUTYPE,
            "begntime": f"{self._clock():%Y-%m-%d %H:%M:%S}",
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": identity.certno,
            "ipt_otp_no": visit.reference,
            "atddr_no": "D1",
            "dr_name": "医师",
            "dept_code": "01",
            "dept_name": "内科",
            "caty": "A03",
        }
        return self._message("2201", visit.place, {"data": data})

    def listing(self, visit: Visit) -> tuple[str, bytes]:
        """Return message 2204 of a registered visit, with its fee lines."""
        rows = [
            {
                "feedetl_sn": str(number),
                "mdtrt_id": visit.visit_id,
                "psn_no": identity_of(visit.patient_id).psn_no,
                "chrg_bchno": _BATCH,
                "rx_circ_flag": "0",
                "fee_ocur_time": f"{self._clock():%Y-%m-%d %H:%M:%S}",
                "med_list_codg": code,
                "medins_list_codg": f"L{number}",
                "det_item_fee_sumamt": yuan(fen),
                "cnt": "1",
                "pric": yuan(fen),
                "bilg_dept_codg": "01",
                "bilg_dept_name": "内科",
                "bilg_dr_codg": "D1",
                "bilg_dr_name": "医师",
                "hosp_appr_flag": "1",
            }
            for number, code, fen in _lines_of(visit)
        ]
        return self._message("2204", visit.place, {"feedetail": rows})

    def settling(self, visit: Visit) -> tuple[str, bytes]:
        """Return message 2207 of a visit whose fee lines are known."""
        identity = identity_of(visit.patient_id)
        data = {
            "psn_no": identity.psn_no,
            "mdtrt_cert_type": "02",
            "mdtrt_cert_no": identity.certno,
            "med_type": "11",
            "medfee_sumamt": yuan(sum(visit.fens)),
            "psn_setlway": "01",
            "mdtrt_id": visit.visit_id,
            "chrg_bchno": _BATCH,
            "insutype": INSUTYPE,
            "acct_used_flag": "1",
            "invono": visit.reference.removeprefix("BENCH"),
            "fulamt_ownpay_amt": "0.00",
            "overlmt_selfpay": "0.00",
            "preselfpay_amt": "0.00",
            "inscp_scp_amt": "0.00",
        }
        return self._message("2207", visit.place, {"data": data})

    def _line(self, number: int, code: str, fen: int) -> NewLine:
        split = self._catalogue.split(code, fen, Decimal(1))
        return NewLine(str(number), _BATCH, code, split, occurred_at=self._clock(), count="1", price=yuan(fen))

    def _message(self, infno: str, place: Institution, content: dict[str, Any]) -> tuple[str, bytes]:
        at = self._clock()
        seconds, sequence = divmod(next(self._numbers), 10_000)
        stamp = datetime.combine(at.date(), time(0)) + timedelta(seconds=seconds)
        msgid = f"{place.code}{stamp:%Y%m%d%H%M%S}{sequence:04d}"
        body = msgspec.json.encode(_envelope(infno, place, msgid, at, content))
        return msgid, _request(_ROOT + _PATHS[infno], body, place.code, at)


def secret_of(code: str) -> str:
    """Return what a hospital of the bench signs with."""
    return f"bench-{code}"


def keys_text() -> str:
    """Return the file of keys for a server that is to know the hospitals."""
    return "".join(f'[{place.code}]\nsecret = "{secret_of(place.code)}"\n' for place in hospitals())


# Helpers


def _lines_of(visit: Visit) -> list[tuple[int, str, int]]:
    return [(number, code, fen) for number, (code, fen) in enumerate(zip(_DRUGS, visit.fens, strict=True), start=1)]


def _envelope(infno: str, place: Institution, msgid: str, at: datetime, content: dict[str, Any]) -> dict[str, Any]:
    return {
        "infno": infno,
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
        "input": content,
    }


def _request(path: str, body: bytes, code: str, at: datetime) -> bytes:
    stamp = str(int((at - _EPOCH).total_seconds()))
    made = HMAC(secret_of(code).encode(), hashes.SM3())
    made.update(stamp.encode() + b"\n" + body)
    head = (
        f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"x-ca-key: {code}\r\nx-ca-signature: {stamp}:{made.finalize().hex()}\r\n\r\n"
    )
    return head.encode() + body
