"""A bill at the door: a signed 2207 from bytes to job, its signature alone, and the answer from what was paid."""

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from bench.decoding import AT, PATH, bill, fee_lines, written
from gongji.channels.national.answers import accepted
from gongji.channels.national.desk import Desk
from gongji.channels.national.door import Door
from gongji.channels.national.envelope import open_envelope
from gongji.channels.national.messages.outpatient import Out2207
from gongji.channels.national.signing.keys import InstitutionKey, KeyRing
from gongji.channels.national.signing.profiles import chosen
from gongji.channels.national.signing.signatures import Verifier
from gongji.channels.national.transactions.billing import answer, bill_heading
from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Visit
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.registry.catalogue import sample_catalogue
from gongji.registry.codes import Codes
from gongji.registry.records import Identity, Institution
from gongji.rules.policybook import PolicyBook
from gongji.services.policies.timetables import Quotes, Timetable
from gongji.services.store import Books, MemoryStore
from gongji.services.visits.credentials import Credential
from gongji.services.visits.visit_bills import OutsideSplit
from gongji.services.visits.visit_settlements import VisitBill, settle_visit
from gongji.services.visits.visits import Claim

HOSPITAL = "H32020000001"
SECRET = "bench"  # noqa: S105  # nobody's key
SIGNED = "zhejiang"
PEOPLE = {1: "32020000000000000001", 2: "32020000000000000002"}
"""The patient, and the father who shares with her, by their numbers."""

BILL, BILL_FEN = "600.12", 600_12


def works(policy: PolicyBook) -> dict[str, Callable[[], object]]:
    """Return what is timed: a daughter's bill, for which her father pays what her account does not."""
    store = _books()
    desk = Desk(
        policy=policy,
        timetable=Timetable(policy),
        quotes=Quotes(),
        catalogue=sample_catalogue(),
        codes=Codes(bytes(32), bytes),
    )
    plain = Door(store, policy, sample_catalogue(), codes=desk.codes)
    visit_id = _visit(plain)
    raw = written("2207", {"data": bill()["data"] | {"mdtrt_id": visit_id}})
    keys = KeyRing({HOSPITAL: InstitutionKey(secret=SECRET)})
    signed = Door(store, policy, sample_catalogue(), codes=desk.codes, choice=chosen(SIGNED), keys=keys)
    headers = _headers(raw)
    prepared = signed.prepare(raw, PATH, AT, headers)
    if isinstance(prepared, bytes):
        raise TypeError(f"the message of the bench was refused: {prepared.decode()}")
    verifier, profile = Verifier(keys), chosen(SIGNED).profile
    if profile is None:
        raise TypeError("the profile of the bench is by region")
    return {
        "signed_2207_to_job": lambda: signed.prepare(raw, PATH, AT, headers),
        "verify_hmac_sm3": lambda: verifier.verify(profile, headers, raw, institution=HOSPITAL, now=AT),
        "answer_2207": store.read(prepared.job.scope, lambda books: _answering(books, desk, raw, visit_id)),
    }


# Helpers


def _answering(books: Books, desk: Desk, raw: bytes, visit_id: str) -> Callable[[], object]:
    message = open_envelope(raw, PATH, AT)
    asked = VisitBill(
        claim=Claim(visit_id, PEOPLE[1], HOSPITAL),
        credential=Credential("certno", bill()["data"]["mdtrt_cert_no"]),
        batch="B1",
        total_fen=BILL_FEN,
        kind=Visit.OUTPATIENT,
        med_type="11",
        request=message.msgid,
        at=AT,
        split=OutsideSplit(layers=(), fund_fen=0, hospital_fen=0, personal_fen=BILL_FEN, deductible_fen=BILL_FEN),
    )
    paid = settle_visit(books, desk.policy, asked)
    if isinstance(paid, Refused):
        raise TypeError(f"the bill of the bench was refused: {paid.reason}")
    heading = bill_heading(asked, paid)

    def answered() -> bytes:
        output = answer(Out2207, desk, message, books, paid, heading)
        return accepted(output.content, region="320200", sequence=1, now=AT, infno="2207")

    return answered


def _books() -> MemoryStore:
    store = MemoryStore()

    def enter(books: Books) -> None:
        place = Institution(code=HOSPITAL, name="样例医院", kind="hospital", level=2, region="320200")
        books.registry.institutions[HOSPITAL] = place
        for person_id, own_fen in ((1, 100_00), (2, 10_000_00)):
            _person(books, person_id, own_fen)
        since = datetime(2025, 2, 1, 9, 0, 0)
        books.registry.put_bond(Bond(bond_id=1, sharer_id=2, member_id=1, relation=Relation.PARENT, since=since))

    store.run(Scope(), enter)
    return store


def _person(books: Books, person_id: int, own_fen: int) -> None:
    person = Insured(
        person_id=person_id, insured=Insurance.EMPLOYEE, region="320200", account=True, born=date(1985, 4, 1)
    )
    identity = Identity(
        person_id=person_id,
        psn_no=PEOPLE[person_id],
        name="样例",
        cert_type="01",
        certno=f"32020019850401{person_id:04d}",
        sex="1",
    )
    books.registry.people.put(person_id, person)
    books.registry.identities.put(person_id, identity)
    moves = {Account(person_id, Pocket.CARRY_OVER): own_fen, Account(person_id, Pocket.CREDITS): -own_fen}
    books.ledger.append(EntryKind.OPENING, moves, book_id=person_id, event_at=AT, recorded_at=AT)


def _visit(door: Door) -> str:
    """Register a visit, upload a line of the bill, and return the number of the visit."""
    shown = {name: bill()["data"][name] for name in ("psn_no", "mdtrt_cert_type", "mdtrt_cert_no", "insutype")}
    place = {"dept_code": "01", "dept_name": "内科", "atddr_no": "D1", "dr_name": "医师", "caty": "A03"}
    data = shown | place | {"begntime": f"{AT:%Y-%m-%d %H:%M:%S}", "ipt_otp_no": "M1"}
    visit_id = str(_done(door, "2201", {"data": data})["data"]["mdtrt_id"])
    amounts = {"pric": BILL, "cnt": "1", "det_item_fee_sumamt": BILL}
    _done(door, "2204", {"feedetail": fee_lines()["feedetail"][0] | amounts | {"mdtrt_id": visit_id}})
    return visit_id


def _done(door: Door, infno: str, content: dict[str, Any]) -> dict[str, Any]:
    answered = json.loads(door.handle(written(infno, content), PATH, AT))
    if answered["infcode"] != 0:
        raise TypeError(f"the {infno} of the bench was refused: {answered['err_msg']}")
    output: dict[str, Any] = answered["output"]
    return output


def _headers(raw: bytes) -> dict[str, str]:
    stamp = str(int((AT - datetime(1970, 1, 1, 8)).total_seconds()))
    made = HMAC(SECRET.encode(), hashes.SM3())
    made.update(stamp.encode() + b"\n" + raw)
    return {"x-ca-key": HOSPITAL, "x-ca-signature": f"{stamp}:{made.finalize().hex()}"}
