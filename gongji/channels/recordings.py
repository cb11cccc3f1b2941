"""Recorded settlements settled anew: each through its own transactions, its figures compared to the fen.

What a recording does not tell (admission, lines of the bill) is made up to fit it; the outside core's split and the
balance before it are the recording's own.
"""

import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.insured import Insurance, Insured, Work
from gongji.domain.money import yuan
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.registry.catalogue import to_fen
from gongji.registry.records import Identity, Institution
from gongji.services.store import Books, Store

Handle = Callable[[bytes, datetime], bytes]
"""Takes a message at a moment and returns the answer."""

FUNDS: Final = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay")
SCOPE: Final = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
COMPARED: Final = (
    "medfee_sumamt", *SCOPE, "act_pay_dedc", *FUNDS, "fund_pay_sumamt", "hosp_part_amt", "psn_part_amt", "acct_pay",
    "acct_mulaid_pay", "psn_cash_pay", "balc",
)  # fmt: skip
"""What is compared, in the order in which it is shown."""

_ROW_NAMES: Final = {"cash_payamt": "psn_cash_pay", "inscp_amt": "inscp_scp_amt"}
"""Rows of a settlement table spell some of them otherwise."""
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_PERSON: Final = 1
_DAYS: Final = 3
"""A made-up hospital stay has lines on so many days."""


class Recording(Struct, frozen=True, forbid_unknown_fields=True):
    """A recorded settlement: the file it stands in, the transactions it goes through, and where it happened."""

    file: str
    title: str
    flow: Literal["outpatient", "inpatient", "pharmacy"]
    region: str


class Figure(Struct, frozen=True):
    """One figure as recorded (None: the recording does not have it) and as it came out, in fen."""

    name: str
    recorded_fen: int | None
    replayed_fen: int

    @property
    def same(self) -> bool:
        """Tell whether it came out as recorded, where it was."""
        return self.recorded_fen in (None, self.replayed_fen)


class Replayed(Struct, frozen=True, kw_only=True):
    """What came of a recording: the transactions sent and the figures; `refused` is the answer of one that was not."""

    recording: Recording
    sent: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    refused: str | None = None

    @property
    def same(self) -> bool:
        """Tell whether all came out as recorded."""
        return self.refused is None and all(figure.same for figure in self.figures)


def recordings(folder: Path) -> list[Recording]:
    """Return the recordings listed in `folder`. Raise msgspec.ValidationError for a list that is not sound."""
    listed = tomllib.loads((folder / "recordings.toml").read_text(encoding="utf-8"))
    return msgspec.convert(listed["recording"], list[Recording])


def replay(recording: Recording, folder: Path, store: Store, handle: Handle) -> Replayed:
    """Settle a recording in `store`, which must be empty, and give it back again; return how it came out."""
    told = _told(msgspec.json.decode((folder / recording.file).read_bytes()))
    counter = _Counter(recording, told, handle)
    counter.open(store)
    try:
        flow = {"outpatient": _outpatient, "inpatient": _inpatient, "pharmacy": _pharmacy}[recording.flow]
        paid, back = flow(counter)
    except _RefusedError as no:
        return Replayed(recording=recording, sent=tuple(counter.sent), refused=str(no))
    figures = [Figure(name, _fen(told.get(name)), _fen(paid[name]) or 0) for name in COMPARED]
    figures.append(
        Figure("refund: medfee_sumamt", -(_fen(told["medfee_sumamt"]) or 0), _fen(back["medfee_sumamt"]) or 0)
    )
    before_fen = (_fen(told["balc"]) or 0) + (_fen(told["acct_pay"]) or 0)
    figures.append(Figure("refund: balc", before_fen, _fen(back["balc"]) or 0))
    return Replayed(recording=recording, sent=tuple(counter.sent), figures=tuple(figures))


# Helpers


class _RefusedError(Exception):
    pass


class _Counter:
    """Somebody who sends the messages of one patient; the moment of the settlement is the recording's."""

    def __init__(self, recording: Recording, told: dict[str, Any], handle: Handle) -> None:
        self.recording = recording
        self.told = told
        self.sent: list[str] = []
        self.now = datetime.strptime(told["setl_time"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007  # local, as everywhere
        self._handle = handle
        pharmacy = recording.flow == "pharmacy"
        self.place = Institution(
            code=f"{'P' if pharmacy else 'H'}{recording.region}00001",
            name="样例医药机构",
            kind="pharmacy" if pharmacy else "hospital",
            level=1 if pharmacy else 3,
            region=recording.region,
        )

    def open(self, store: Store) -> None:
        """Enter the institution, and the patient with what the account held before."""
        told = self.told
        held_fen = (_fen(told["balc"]) or 0) + (_fen(told["acct_pay"]) or 0)
        person = Insured(
            person_id=_PERSON,
            insured=Insurance.EMPLOYEE,
            region=self.recording.region,
            work=Work.RETIRED if str(told["psn_type"]).startswith("12") else Work.IN_SERVICE,
            born=date.fromisoformat(str(told.get("brdy") or "1970-01-01")[:10]),
        )
        identity = Identity(
            person_id=_PERSON,
            psn_no=told["psn_no"],
            name=told.get("psn_name") or "样例人员",
            cert_type="01",
            certno=told.get("certno") or "520100197001010014",
        )

        def enter(books: Books) -> None:
            books.registry.institutions[self.place.code] = self.place
            books.registry.people.put(_PERSON, person)
            books.registry.identities.put(_PERSON, identity)
            moves = {Account(_PERSON, Pocket.CARRY_OVER): held_fen, Account(_PERSON, Pocket.CREDITS): -held_fen}
            at = self.now - timedelta(days=60)
            books.ledger.append(EntryKind.OPENING, moves, book_id=_PERSON, event_at=at, recorded_at=at)

        store.run(Scope(people={_PERSON}), enter)

    def send(self, infno: str, content: dict[str, Any], *, days_before: int = 0) -> Any:
        """Send a message and return the output of its answer."""
        self.sent.append(infno)
        at = self.now - timedelta(days=days_before)
        message = {
            "infno": infno,
            "msgid": f"{self.place.code}{at:%Y%m%d%H%M%S}{len(self.sent):04d}",
            "mdtrtarea_admvs": self.recording.region,
            "insuplc_admdvs": self.recording.region,
            "recer_sys_code": "YBXT",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "0001",
            "opter_name": "样例经办人",
            "inf_time": _moment(at),
            "fixmedins_code": self.place.code,
            "fixmedins_name": self.place.name,
            "input": content,
        }
        answer = _DECODER.decode(self._handle(msgspec.json.encode(message), at))
        if answer["infcode"] != 0:
            raise _RefusedError(f"{infno}: {answer['err_msg']}")
        return answer["output"]

    # What several messages have in common.

    @property
    def patient(self) -> dict[str, Any]:
        certno = self.told.get("certno") or "520100197001010014"
        return {"psn_no": self.told["psn_no"], "mdtrt_cert_type": "02", "mdtrt_cert_no": certno, "insutype": "310"}

    @property
    def total(self) -> str:
        return yuan(_fen(self.told["medfee_sumamt"]) or 0)

    def bill(self, **more: Any) -> dict[str, Any]:
        """Return what every settlement asks for, with the split as recorded."""
        personal_fen = (_fen(self.told["acct_pay"]) or 0) + (_fen(self.told["psn_cash_pay"]) or 0)
        stated = {name: yuan(_fen(self.told.get(name)) or 0) for name in (*FUNDS, *SCOPE, "hosp_part_amt")}
        split = stated | {
            "fund_pay_sumamt": yuan(_fen(self.told["fund_pay_sumamt"]) or 0),
            "act_pay_dedc": yuan(_fen(self.told.get("act_pay_dedc")) or 0),
            "psn_part_amt": yuan(personal_fen),
        }
        used = "1" if _fen(self.told["acct_pay"]) else "0"
        asked = {"medfee_sumamt": self.total, "psn_setlway": "01", "acct_used_flag": used, "med_type": self._med_type}
        return self.patient | asked | {"expContent": {"core_split": split}} | more

    def line(self, number: int, amount_fen: int, at: datetime) -> dict[str, Any]:
        """Return a fee line of something that no catalogue has: the outside core says how it is split."""
        return {
            "feedetl_sn": f"L{number}",
            "psn_no": self.told["psn_no"],
            "med_type": self._med_type,
            "rx_circ_flag": "0",
            "fee_ocur_time": _moment(at),
            "med_list_codg": "RECORDED",
            "medins_list_codg": "RECORDED",
            "det_item_fee_sumamt": yuan(amount_fen),
            "cnt": "1",
            "pric": yuan(amount_fen),
            "bilg_dept_codg": "01",
            "bilg_dept_name": "样例科室",
            "bilg_dr_codg": "D1",
            "bilg_dr_name": "样例医师",
            "hosp_appr_flag": "1",
        }

    @property
    def _med_type(self) -> str:
        return str(self.told["med_type"])


def _outpatient(counter: _Counter) -> tuple[dict[str, Any], dict[str, Any]]:
    now, person = counter.now, counter.told["psn_no"]
    doctor = {"atddr_no": "D1", "dr_name": "样例医师", "dept_code": "01", "dept_name": "样例科室", "caty": "A03"}
    data = counter.patient | doctor | {"begntime": _moment(now), "ipt_otp_no": "1"}
    visit = {"mdtrt_id": counter.send("2201", {"data": data})["data"]["mdtrt_id"], "psn_no": person}
    line = counter.line(1, _fen(counter.told["medfee_sumamt"]) or 0, now)
    counter.send("2204", {"feedetail": [line | visit | {"chrg_bchno": "1"}]})
    bill = {"data": counter.bill(**visit, chrg_bchno="1", **_NOTHING_STATED)}
    counter.send("2206", bill)
    paid = counter.send("2207", bill)["setlinfo"]
    return paid, counter.send("2208", {"data": visit | {"setl_id": paid["setl_id"]}})["setlinfo"]


def _inpatient(counter: _Counter) -> tuple[dict[str, Any], dict[str, Any]]:
    told, now = counter.told, counter.now
    admitted = now - timedelta(days=_DAYS)
    ward = {"adm_dept_codg": "01", "adm_dept_name": "样例科室", "adm_bed": "1", "adm_diag_dscr": "样例诊断"}
    diagnosis = {"dscg_maindiag_code": "Z00.000", "dscg_maindiag_name": "样例诊断"}
    doctor = {"ipt_no": "1", "atddr_no": "D1", "chfpdr_name": "样例医师"}
    times = {"begntime": _moment(admitted), "med_type": str(told["med_type"])}
    admission = {"mdtrtinfo": counter.patient | ward | diagnosis | doctor | times, "diseinfo": [_diagnosis(told, now)]}
    visit_id = counter.send("2401", admission, days_before=_DAYS)["result"]["mdtrt_id"]
    visit = {"mdtrt_id": visit_id, "psn_no": told["psn_no"]}
    for number, amount_fen in enumerate(_parts(_fen(told["medfee_sumamt"]) or 0), 1):
        at = admitted + timedelta(days=number - 1)
        line = counter.line(number, amount_fen, at) | visit
        counter.send("2301", {"feedetail": [line]}, days_before=_DAYS + 1 - number)
    bill = {"data": counter.bill(**visit, mid_setl_flag="0", **_NOTHING_STATED)}
    counter.send("2303", bill)
    leaving = {"dscg_dept_codg": "01", "dscg_dept_name": "样例科室", "dscg_bed": "1", "dscg_way": "1"}
    discharge = visit | leaving | {"insutype": "310", "endtime": _moment(now)}
    counter.send("2402", {"dscginfo": discharge, "diseinfo": [_diagnosis(told, now) | visit]})
    paid = counter.send("2304", bill)["setlinfo"]
    return paid, counter.send("2305", {"data": visit | {"setl_id": paid["setl_id"]}})["setlinfo"]


def _pharmacy(counter: _Counter) -> tuple[dict[str, Any], dict[str, Any]]:
    line = counter.line(1, _fen(counter.told["medfee_sumamt"]) or 0, counter.now)
    sale = {"druginfo": counter.bill(begntime=_moment(counter.now)), "drugdetail": [line]}
    counter.send("2101", sale)
    paid = counter.send("2102", sale)["setlinfo"]
    data = {"setl_id": paid["setl_id"], "mdtrt_id": paid["mdtrt_id"], "psn_no": counter.told["psn_no"]}
    return paid, counter.send("2103", {"data": data})["setlinfo"]


_NOTHING_STATED: Final = dict.fromkeys(SCOPE, 0)
"""The split of the request itself is informative; the outside core's goes with the bill."""


def _diagnosis(told: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "psn_no": told["psn_no"],
        "diag_type": "1",
        "maindiag_flag": "1",
        "diag_srt_no": 1,
        "diag_code": "Z00.000",
        "diag_name": "样例诊断",
        "diag_dept": "01",
        "dise_dor_no": "D1",
        "dise_dor_name": "样例医师",
        "diag_time": _moment(at),
    }


def _parts(total_fen: int) -> Iterator[int]:
    """Yield the bill in a part for each day; the last takes what is left."""
    for _ in range(_DAYS - 1):
        yield total_fen // _DAYS
    yield total_fen - (_DAYS - 1) * (total_fen // _DAYS)


def _told(recorded: dict[str, Any]) -> dict[str, Any]:
    """Return what a recording says of the settlement: of a recorded answer its setlinfo, else the row itself."""
    output = recorded.get("output")
    info = output["setlinfo"] if isinstance(output, dict) else recorded
    return {_ROW_NAMES.get(name, name): value for name, value in info.items()}


def _fen(value: Any) -> int | None:
    """Return an amount in yuan, however it is written, in fen; None for none."""
    return None if value in (None, "") else to_fen(Decimal(str(value)))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
