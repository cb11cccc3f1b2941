"""What a settlement was decided on is kept with its entry: short, read in every form it ever had, decided alike."""

import base64
from datetime import date, datetime

import msgspec
import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Component, FeeClass, FeeKind, FeeLine, Parts, Visit
from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured, Sex
from gongji.ledger.records import Basis, Entry, EntryKind
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.settling import Bill, CoreSplit, Used, decide_settlement
from gongji.services.bills.facts import BondFacts, Facts, read, written
from gongji.services.bills.replays import decide_again
from tests.random_decisions import Dice, book_of, thrown

NAMED = b"""{"bill":{"at":"2025-06-01T10:00:07","visited_on":"2025-05-31","place":"hospital","visit":"inpatient",
"level":2,"designated":true,"takes_wallet":true,"own_credential":true,"account_used":true,"lines":[{"amount_fen":1005,
"fee_class":"B","kind":"drug","first_self_pay":1000,"over_limit_fen":5,"first_self_pay_fen":null}],"parts":null,
"split":{"layers":[["basic",700]],"hospital_fen":5,"parts":[0,300,0,0,0],"cells":[["copay","drug",300]]},"scan":[2],
"swipe":null,"deducted_fen":0,"discharged_on":"2025-06-01","counts_stay":false,"ordinary":true},
"patient":{"person_id":1,"insured":"resident","region":"310000","status":"active","work":"in_service",
"retired_on":null,"born":"2015-01-02","sex":"female","account":true,"tier":null,"enrolled_months":24,
"filed_away":false,"credential_active":true,"own_face_check":true,"suspended_until":null,"arrears_until":null,
"wallet_open":false,"wallet_region":null,"alive":true},"purse":{"current_year_fen":1,"carry_over_fen":2,
"held_fen":3,"wallet_fen":4},"used":{"fund_fen":10,"fund_all_fen":20,"deductible_fen":30,"burden_fen":40,
"goods_fen":50,"stays":1},"place_region":"320100","bonds":[{"bond":{"bond_id":9,"sharer_id":2,"member_id":1,
"relation":"child","since":"2025-01-01T09:00:00","modes":["pay"],"until":null,"rank":1,"cap_fen":null,
"quota_fen":5000,"used_fen":70,"confirmed":true,"reviewed":true,"ended_at":null},"sharer":{"person_id":2,
"insured":"employee","region":"320100","status":"active","work":"in_service","retired_on":null,"born":"1980-01-01",
"sex":null,"account":true,"tier":null,"enrolled_months":24,"filed_away":false,"credential_active":true,
"own_face_check":true,"suspended_until":null,"arrears_until":null,"wallet_open":true,"wallet_region":"320000",
"alive":true},"purse":{"current_year_fen":5,"carry_over_fen":6,"held_fen":7,"wallet_fen":8},"pots":[[{"book_id":2,
"pocket":"pot","member_id":1},250]],"cap_used":70}]}"""
ROWS = base64.b64decode(
    "ApbcABKzMjAyNS0wNi0wMVQxMDowMDowN6oyMDI1LTA1LTMxqGhvc3BpdGFsqWlucGF0aWVudALDw8PDkZbNA+2hQqRkcnVnzQPoBcDAlJGS"
    "pWJhc2ljzQK8BZUAzQEsAAAAkZOlY29wYXmkZHJ1Z80BLJECwACqMjAyNS0wNi0wMcLD3AATAahyZXNpZGVudKYzMTAwMDCmYWN0aXZlqmlu"
    "X3NlcnZpY2XAqjIwMTUtMDEtMDKmZmVtYWxlw8AYwsPDwMDCwMOUAQIDBJYKFB4oMgGmMzIwMTAwkZWeCQIBpWNoaWxkszIwMjUtMDEtMDFU"
    "MDk6MDA6MDCRo3BhecABwM0TiEbDw8DcABMCqGVtcGxveWVlpjMyMDEwMKZhY3RpdmWqaW5fc2VydmljZcCqMTk4MC0wMS0wMcDDwBjCw8PA"
    "wMOmMzIwMDAww5QFBgcIkZKTAqNwb3QBzPpG"
)
"""The facts of one bill as entries hold them: as they were written first, with names, and as they are now."""


def facts_of_the_samples():
    daughter = Insured(person_id=1, insured=Insurance.RESIDENT, region="310000", born=date(2015, 1, 2), sex=Sex.FEMALE)
    father = Insured(person_id=2, insured=Insurance.EMPLOYEE, region="320100", wallet_open=True, wallet_region="320000")
    bond = Bond(
        bond_id=9,
        sharer_id=2,
        member_id=1,
        relation=Relation.CHILD,
        since=datetime(2025, 1, 1, 9),
        modes=(Mode.PAY,),
        rank=1,
        quota_fen=5000,
        used_fen=70,
    )
    bill = Bill(
        at=datetime(2025, 6, 1, 10, 0, 7),
        visited_on=date(2025, 5, 31),
        visit=Visit.INPATIENT,
        lines=(FeeLine(1005, FeeClass.B, FeeKind.DRUG, 1000, 5),),
        split=CoreSplit(
            layers=(("basic", 700),),
            hospital_fen=5,
            parts=Parts(copay_fen=300),
            cells=((Component.COPAY, FeeKind.DRUG, 300),),
        ),
        scan=(2,),
        discharged_on=date(2025, 6, 1),
    )
    pots = ((Account(2, Pocket.POT, 1), 250),)
    return Facts(
        bill=bill,
        patient=daughter,
        purse=Purse(1, 2, 3, 4),
        used=Used(10, 20, 30, 40, 50, 1),
        place_region="320100",
        bonds=(BondFacts(bond, father, Purse(5, 6, 7, 8), pots, 70),),
    )


def named(facts):
    """Write facts as they were written first."""
    return msgspec.json.encode(facts)


def in_rows(facts, rules):
    candidates = [
        Candidate(
            bond=one.bond, sharer=one.sharer, purse=one.purse, rules=rules, pots=one.pots, cap_used_fen=one.cap_used
        )
        for one in facts.bonds
    ]
    return written(facts.bill, facts.patient, facts.purse, facts.used, facts.place_region, candidates)


def entry_with(content):
    at = datetime(2025, 6, 1)
    basis = Basis(decision=content)
    return Entry(entry_id=1, book_id=1, kind=EntryKind.SETTLEMENT, event_at=at, recorded_at=at, legs=(), basis=basis)


@pytest.mark.parametrize("content", [NAMED, ROWS], ids=["named", "rows"])
def test_what_was_ever_written_is_read(content):
    assert read(content) == facts_of_the_samples()


def test_a_field_that_came_later_has_its_default_in_what_was_written_before():
    rows = msgspec.msgpack.decode(ROWS[1:])
    rows[0].pop()  # the last field of a bill, true where nothing is told

    assert read(NAMED.replace(b',"ordinary":true', b"")) == facts_of_the_samples()
    assert read(ROWS[:1] + msgspec.msgpack.encode(rows)) == facts_of_the_samples()


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_every_bill_is_decided_again_as_it_was_from_either_form(seed):
    dice, book = Dice(f"facts {seed}"), book_of(seed)
    for _ in range(500):
        bill, patient, purse, used, candidates, rules = thrown(dice, book)
        decision = decide_settlement(bill, patient, purse, used, candidates, rules)
        bonds = tuple(BondFacts(one.bond, one.sharer, one.purse, one.pots, one.cap_used_fen) for one in candidates)
        facts = Facts(bill, patient, purse, used, rules.place.region, bonds)
        short = in_rows(facts, rules=None)

        assert read(short) == facts
        for content in (named(facts), short):
            again = decide_again(entry_with(content), book)
            assert (again.bill, again.patient, again.decision) == (bill, patient, decision)


def test_the_facts_of_a_bill_with_three_sharers_are_short():
    facts = facts_of_the_samples()
    family = msgspec.structs.replace(facts, bonds=facts.bonds * 3)

    assert len(in_rows(family, rules=None)) < 900
    assert len(in_rows(family, rules=None)) * 4 < len(named(family))


@pytest.mark.parametrize("content", [b"", b"\x09\x90", b"{}", b"\x02", b"\x02\x96", b"\x02\x91\x90"])
def test_what_is_no_facts_is_refused(content):
    with pytest.raises(msgspec.DecodeError):
        read(content)
