"""Explanations: every fen has a line with its document, in both languages, and they add up."""

from datetime import date, datetime

import pytest

from gongji.domain.account import Pocket
from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts
from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.money import yuan
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.explain import PAYING, explain, explain_refused
from gongji.rules.settling import Bill, CoreSplit, Rules, Used, decide_settlement

AT = datetime(2025, 6, 1, 10)
NAMES = {1: "老张", 2: "小张", 3: "张小妹"}


def employee(person_id, region, **more):
    return Insured(person_id=person_id, insured=Insurance.EMPLOYEE, region=region, **more)


def bond(sharer_id, *, modes=(Mode.PAY,), bond_id=None):
    return Bond(
        bond_id=bond_id or sharer_id,
        sharer_id=sharer_id,
        member_id=1,
        relation=Relation.PARENT,
        since=datetime(2023, 1, 1, 9, sharer_id),
        modes=modes,
    )


NOTHING = Purse()


def decide(book, region, *, bill, own=NOTHING, sharers=()):
    patient = employee(1, region)
    rules = book.on(region, AT.date())
    candidates = [
        Candidate(bond=one, sharer=employee(one.sharer_id, region), purse=purse, rules=rules) for one, purse in sharers
    ]
    return patient, decide_settlement(bill, patient, own, Used(), candidates, Rules(rules, rules, rules))


def parts(fen):
    return Bill(at=AT, visited_on=AT.date(), parts=Parts(copay_fen=fen))


def test_a_fathers_own_hundred_and_his_sons_five_hundred_are_told_in_that_order(book):
    sharers = [(bond(2), Purse(carry_over_fen=200000))]
    patient, decision = decide(book, "320200", bill=parts(60000), own=Purse(carry_over_fen=10000), sharers=sharers)

    told = explain(decision, patient, NAMES, book, AT.date(), "zh")

    assert [(line.step, line.who, line.amount_fen) for line in told.lines] == [
        ("own", "老张", 10000), ("shared", "小张", 50000), ("cash", "老张", 0)]  # fmt: skip
    assert "100.00" in told.lines[0].why
    assert all(line.witnesses[0].document for line in told.lines if line.amount_fen)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_lines_that_pay_add_up_to_the_bill(book, lang):
    lines = (
        FeeLine(300000, FeeClass.B, FeeKind.EXAM, 1000),
        FeeLine(5000, FeeClass.C, FeeKind.TONIC),
    )
    bill = Bill(at=AT, visited_on=AT.date(), lines=lines)
    patient, decision = decide(
        book, "310000", bill=bill, own=Purse(carry_over_fen=1234), sharers=[(bond(2), Purse(carry_over_fen=30000))]
    )

    told = explain(decision, patient, NAMES, book, AT.date(), lang)

    assert sum(line.amount_fen for line in told.lines if line.step in PAYING) == 305000 == told.total_fen
    assert [line.step for line in told.lines] == ["fund", "deductible", "own", "shared", "cash"]
    assert all(line.why and "{" not in line.why for line in told.lines)


def test_a_sharer_who_paid_nothing_is_told_why_and_what_to_do(book):
    sharers = [(bond(2), Purse(current_year_fen=9000)), (bond(3, modes=(Mode.PREMIUM,)), Purse(carry_over_fen=9000))]
    patient, decision = decide(book, "310000", bill=parts(1000), sharers=sharers)

    told = explain(decision, patient, NAMES, book, AT.date(), "zh")

    skipped = {line.who: line for line in told.lines if line.step == "skipped"}
    assert skipped["小张"].refusal == Refusal.ONLY_CARRY_OVER_SHARED
    assert ("current_year", "90.00") in skipped["小张"].figures
    assert skipped["小张"].witnesses[0].rule_id.startswith("310000/carry_over_only/")
    assert skipped["张小妹"].refusal == Refusal.MODE_NOT_CHOSEN
    assert all(line.next_step for line in skipped.values())


def test_a_bill_that_came_split_names_its_funds_and_the_institution(book):
    split = CoreSplit(layers=(("hifp_pay", 7000), ("hifob_pay", 500)), hospital_fen=500, parts=Parts(copay_fen=2000))
    patient, decision = decide(book, "320200", bill=Bill(at=AT, visited_on=AT.date(), split=split))

    told = explain(decision, patient, NAMES, book, AT.date(), "zh")

    assert [(line.step, line.amount_fen) for line in told.lines] == [
        ("fund", 7000), ("fund", 500), ("hospital", 500), ("cash", 2000)]  # fmt: skip
    assert "外部核心系统" in told.lines[0].why


def test_a_pocket_is_called_by_its_name(book):
    patient, decision = decide(book, "410100", bill=parts(300), own=Purse(current_year_fen=100, carry_over_fen=200))

    chinese = explain(decision, patient, NAMES, book, AT.date(), "zh")
    english = explain(decision, patient, NAMES, book, AT.date(), "en")

    assert [payment.account.pocket for payment in decision.own] == [Pocket.CURRENT_YEAR, Pocket.CARRY_OVER]
    assert "当年账户" in chinese.lines[0].why
    assert "历年结余" in chinese.lines[1].why
    assert "current-year" in english.lines[0].why


def test_the_data_form_has_yuan_and_documents(book):
    patient, decision = decide(book, "310000", bill=parts(990), own=Purse(carry_over_fen=990))

    data = explain(decision, patient, NAMES, book, AT.date(), "zh").as_data()

    assert data["total"] == yuan(990)
    first = data["lines"][0]
    assert (first["step"], first["amount"], first["who"]) == ("own", "9.90", "老张")
    assert first["document"]
    assert first["rules"][0]["grade"] in ("official", "portal", "assumed")


def test_a_refusal_names_rule_document_figures_and_next_step(book):
    patient, decision = decide(
        book, "320200", bill=Bill(at=AT, visited_on=AT.date(), lines=(FeeLine(1000),)), own=Purse()
    )
    assert isinstance(decision, Refused)

    told = explain_refused(decision, NAMES, book, "zh")

    assert patient.region == told.region == "320200"
    assert told.day == date(2025, 6, 1).isoformat()
    (line,) = told.lines
    assert line.refusal == Refusal.BENEFITS_UNKNOWN
    assert line.witnesses[0].rule == "outpatient_benefits"
    assert line.next_step


def test_a_refusal_without_a_rule_behind_it_is_told_all_the_same(book):
    told = explain_refused(Refused(Refusal.PERSON_UNKNOWN, subject="77"), NAMES, book, "en")

    assert told.lines[0].who == "77"
    assert told.lines[0].witnesses == ()
