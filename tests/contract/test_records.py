"""Each field of each record comes back from a store as it went in."""

from datetime import date, datetime
from typing import Any

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import fields, replace

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured, Sex, Status, Work
from gongji.domain.requests import Answered, RequestKey, Scope
from gongji.ledger.records import (
    AccountYear,
    Accumulated,
    AccumulatorKey,
    Balance,
    Basis,
    Draw,
    Entry,
    EntryKind,
    Leg,
    PremiumKey,
    PremiumPaid,
    Refund,
    Settlement,
    Statement,
    Transfer,
    TransferState,
)
from gongji.registry.records import CodeUse, Identity, Institution, Order, RefundType, SignIn, UploadedLine, Visit
from gongji.services.store import Books

AT = datetime(2026, 3, 2, 9, 30, 15, 123456)  # Beijing time
LATER = datetime(2026, 3, 3, 6)  # the same
DAY = date(2026, 3, 1)
HARD = "引号\"\\,{}'\t%s 、NULL"

DRAWS = (Draw(Account(1, Pocket.WALLET), 5_00), Draw(Account(2, Pocket.POT_CURRENT, 1), 7_00, 21))
LINE = UploadedLine(
    line_no="1",
    batch="b",
    code="XA01",
    name=HARD,
    amount_fen=12_00,
    fee=FeeLine(12_00, FeeClass.B, FeeKind.DRUG, 1000, 1_00),
    off_catalogue_fen=1,
    over_limit_fen=2,
    first_self_pay_fen=3,
    in_scope_fen=4,
    settled_by=31,
    ratio_bp=7000,
    refunded=True,
    deducted_fen=5,
    swiped=True,
    occurred_at=AT,
    count="-1.5",
    price="8.00",
    takes_back="0",
    told={"bilg_dr_name": HARD},
    final=True,
)
ORDER = Order(
    reference=HARD,
    batch="B1",
    total_fen=1,
    kind=VisitKind.CHRONIC,
    med_type="14",
    account_used=False,
    opened=True,
    revoked=True,
    refunded=RefundType.INSURANCE,
)
STATEMENT = Statement(
    request=HARD,
    asked_on=DAY,
    insutype="310",
    psn_type="11",
    med_type="21",
    clr_type="21",
    office="320299",
    cert_type="02",
    operator="001",
    operator_name=HARD,
    invoice="N1",
    begun_on=DAY,
    ended_on=AT.date(),
    mid_stay=True,
    scope_fens=(1, 2, 3, 4),
    ratio_bp=8500,
    balance_fen=9,
)
ENTRY = Entry(
    entry_id=41,
    book_id=1,
    kind=EntryKind.REVERSAL,
    event_at=AT,
    recorded_at=LATER,
    legs=(
        Leg(Account(1, Pocket.FUND), -12_00, 0, 0),
        Leg(Account(1, Pocket.WALLET), 5_00, 5_00, 1),
        Leg(Account(2, Pocket.POT_CURRENT, 1), 7_00, 7_00, 1),
    ),
    request=HARD,
    reverses=40,
    basis=Basis("ab" * 32, ("r/a/2025-01-01", "r/b/2026-01-01"), b"\x00\xff", 7),
)
PERSON = Insured(
    person_id=1,
    insured=Insurance.RESIDENT,
    region="wuhan",
    status=Status.SUSPENDED,
    work=Work.RETIRED,
    retired_on=DAY,
    born=date(1950, 2, 28),
    sex=Sex.FEMALE,
    account=False,
    tier=HARD,
    enrolled_months=7,
    filed_away=True,
    credential_active=False,
    own_face_check=False,
    suspended_until=date.max,
    arrears_until=DAY,
    wallet_open=True,
    wallet_region="hubei",
    alive=False,
)
BOND = Bond(
    bond_id=21,
    sharer_id=2,
    member_id=1,
    relation=Relation.SPOUSE_PARENT,
    since=AT,
    modes=(Mode.PREMIUM,),
    until=LATER,
    rank=3,
    cap_fen=100_00,
    quota_fen=0,
    used_fen=7_00,
    confirmed=False,
    reviewed=False,
    ended_at=LATER,
    paused_until=DAY,
    once=True,
)

RECORDS: dict[str, tuple[Any, Struct]] = {
    "pockets": (Account(1, Pocket.WALLET), Balance(5_00, 1)),
    "settlements": (
        31,
        Settlement(
            settle_id=31,
            book_id=1,
            entry_id=41,
            settled_at=AT,
            visited_on=DAY,
            region="wuhan",
            institution="H1",
            visit_id="v1",
            year_start=DAY,
            inpatient=True,
            total_fen=30_00,
            hospital_fen=1,
            layers=(("basic", 10_00), ("aid", 2_00)),
            parts=Parts(1, 2, 3, 4, 5),
            deductible_fen=6,
            burden_fen=7,
            goods_fen=8,
            draws=DRAWS,
            given_back=(5_00, 1),
            cash_fen=6_00,
            cash_back_fen=2,
            reversed=True,
            counts_stay=True,
            statement=STATEMENT,
        ),
    ),
    "refunds": (
        32,
        Refund(
            refund_id=32,
            settle_id=31,
            book_id=1,
            entry_id=42,
            refunded_at=LATER,
            request=HARD,
            back_fens=(5_00, 1),
            cash_fen=2,
            full=False,
            balance_fen=3,
            used=Accumulated(1, 2, 3, 4),
            undone_at=LATER,
        ),
    ),
    "accumulators": (AccumulatorKey(1, DAY, inpatient=True), Accumulated(1, 2, 3, 4)),
    "transfers": (
        "t1",
        Transfer(
            transfer_id="t1",
            book_id=1,
            receiver_id=2,
            amount_fen=12_00,
            sent_at=AT,
            return_at=LATER,
            taken=DRAWS,
            state=TransferState.RETURNED,
        ),
    ),
    "premiums": (
        PremiumKey(1, "resident", 2027, 3),
        PremiumPaid(
            key=PremiumKey(1, "resident", 2027, 3),
            payer_id=2,
            amount_fen=400_00,
            paid_at=AT,
            product=HARD,
            notice=HARD,
            receipt=HARD,
            entry_id=9,
            draws=(Draw(Account(2, Pocket.CARRY_OVER), 300_00, 5), Draw(Account(2, Pocket.WALLET), 100_00)),
            refunded_fen=50_00,
        ),
    ),
    "years": (1, AccountYear(DAY, "2026-03", 1, "2026-03", 5)),
    "answers": (
        RequestKey("H1", "m1", DAY),
        Answered(
            key=RequestKey("H1", "m1", DAY),
            kind="2207",
            digest=b"\x00",
            answer=HARD.encode(),
            book_id=1,
            settle_id=31,
            reversed_by="m2",
        ),
    ),
    "people": (1, PERSON),
    "identities": (
        1,
        Identity(
            person_id=1,
            psn_no="P1",
            name=HARD,
            cert_type="02",
            certno="N1",
            card_no="C1",
            card_sn="S1",
            sex="2",
            nation="11",
            employer=HARD,
        ),
    ),
    "bonds": (21, BOND),
    "visits": (
        "v1",
        Visit(
            visit_id="v1",
            book_id=1,
            institution="H1",
            reference=HARD,
            begun_at=AT,
            insutype="310",
            med_type="11",
            cancelled=True,
            lines=(LINE,),
            swiped_at=LATER,
            in_hospital=True,
            ended_at=LATER,
            told={"dscg_maindiag_name": HARD},
            orders={HARD: ORDER},
        ),
    ),
    "codes": (b"\x00\xff", CodeUse(digest=b"\x00\xff", book_id=1, visit_id="v1", used_at=AT, spent_by=HARD)),
    "signs": ("s1", SignIn(sign_no="s1", institution="H1", operator="o", signed_at=AT, ended_at=LATER)),
    "institutions": (
        "H1",
        Institution(
            code="H1", name=HARD, kind="pharmacy", level=2, region="wuhan", takes_wallet=False, designated=False
        ),
    ),
}
SCOPE = Scope(
    people={1, 2},
    settlements={31},
    transfers={"t1"},
    visits={"v1"},
    signs={"s1"},
    codes={b"\x00\xff"},
    requests={RequestKey("H1", "m1", DAY)},
)
CHANGING = (
    "pockets", "accumulators", "years", "people", "identities", "bonds", "visits", "signs", "codes", "institutions",
)  # fmt: skip
EXAMPLES = {name: record for name, (_, record) in RECORDS.items()} | {"lines": LINE, "statement": STATEMENT}


def table(books: Books, name: str):
    return getattr(books.ledger, name) if hasattr(books.ledger, name) else getattr(books.registry, name)


def put(books: Books, name: str, key: object, record: Struct) -> None:
    if name == "institutions":
        table(books, name)[key] = record
    elif name == "bonds" and isinstance(record, Bond):
        books.registry.put_bond(record)
    else:
        table(books, name).put(key, record)


def put_all(books: Books, change: str = "") -> None:
    for name, (key, record) in RECORDS.items():
        put(books, name, key, bare(record) if name == change else record)


def bare(record: Struct) -> Struct:
    """Return the record with its optional fields as they are when nothing is said."""
    usual = {
        field.name: field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
        for field in fields(record)
        if not field.required
    }
    return replace(record, **usual)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_leave_no_field_at_its_default(name):
    record = EXAMPLES[name]
    nothing_said = bare(record)

    left = [
        f.name for f in fields(record) if not f.required and getattr(nothing_said, f.name) == getattr(record, f.name)
    ]

    assert left == []


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_comes_back_as_it_went_in(store, name):
    store.run(SCOPE, put_all)

    key, record = RECORDS[name]
    assert store.read(SCOPE, lambda books: table(books, name)[key]) == record


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_with_nothing_said_comes_back_as_it_went_in(store, name):
    store.run(SCOPE, lambda books: put_all(books, name))

    key, record = RECORDS[name]
    assert store.read(SCOPE, lambda books: table(books, name)[key]) == bare(record)


@pytest.mark.parametrize("name", CHANGING)
def test_a_changed_record_comes_back_as_it_was_changed(store, name):
    key, record = RECORDS[name]
    store.run(SCOPE, lambda books: put_all(books, name))

    store.run(SCOPE, lambda books: put(books, name, key, record))

    assert store.read(SCOPE, lambda books: table(books, name)[key]) == record


def test_an_entry_comes_back_as_it_went_in(store):
    store.run(SCOPE, lambda books: books.ledger.entries.put(ENTRY.entry_id, ENTRY))

    assert store.entries_of(1) == [ENTRY]
    assert store.entries_of(2) == [ENTRY]  # its pot was touched
    assert store.entries_of(3) == []
