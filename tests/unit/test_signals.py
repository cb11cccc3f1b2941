"""Signals: each at its threshold and one short of it, and none for what was refunded."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import FeeLine
from gongji.domain.insured import Insurance, Insured, Sex
from gongji.ledger.records import Draw, Settlement, Statement
from gongji.registry.records import UploadedLine, Visit
from gongji.services.office.signals import Life, signals
from tests.national_world import CHENGDU_HOSPITAL, JINAN_HOSPITAL, PLACES, WUXI_HOSPITAL, WUXI_PHARMACY

NOON = datetime(2025, 6, 2, 12)
PLACES_BY_CODE = {place.code: place for place in PLACES} | {
    "H32": replace(PLACES[0], code="H32", region="320500"),
    "H33": replace(PLACES[0], code="H33", region="320211"),
}


def bill(number, at=NOON, where=WUXI_HOSPITAL, **more):
    return Settlement(
        settle_id=number, book_id=1, entry_id=number, settled_at=at, visited_on=at.date(), region="320200",
        institution=where, year_start=date(2025, 1, 1), total_fen=100_00, **more,
    )  # fmt: skip


def found(*bills, sex=Sex.MALE, visits=()):
    person = Insured(person_id=1, insured=Insurance.EMPLOYEE, region="320200", sex=sex)
    visits = {visit.visit_id: visit for visit in visits}
    return signals(Life(person=person, settlements=bills, visits=visits, places=PLACES_BY_CODE))


def kinds(*bills, **more):
    return [(one.kind, one.settlements) for one in found(*bills, **more)]


@pytest.mark.parametrize(
    ("where", "minutes", "told"),
    [
        ("H32", 179, True),
        ("H32", 180, False),
        (CHENGDU_HOSPITAL, 359, True),
        (JINAN_HOSPITAL, 360, False),
        ("H33", 1, False),  # a district of the same city
        ("nowhere", 1, False),
    ],
)
def test_two_cities_within_hours(where, minutes, told):
    pair = bill(1), bill(2, NOON + timedelta(minutes=minutes), where)

    assert kinds(*pair) == ([("two_places", (1, 2))] if told else [])
    if told:
        (signal,) = found(*pair)
        assert dict(signal.facts)["minutes"] == str(minutes)
        assert signal.source == "assumed"


def test_what_was_refunded_tells_nothing():
    assert kinds(bill(1, reversed=True), bill(2, NOON + timedelta(minutes=5), CHENGDU_HOSPITAL)) == []


@pytest.mark.parametrize(("sex", "med_type", "told"), [
    (Sex.MALE, "52", True), (Sex.FEMALE, "52", False), (None, "52", False), (Sex.MALE, "11", False)])  # fmt: skip
def test_care_that_a_man_cannot_have(sex, med_type, told):
    one = bill(1, statement=Statement(med_type=med_type))

    assert kinds(one, sex=sex) == ([("sex_impossible", (1,))] if told else [])


def paid(number, at, where=WUXI_PHARMACY):
    return bill(number, at, where, draws=(Draw(Account(1, Pocket.CARRY_OVER), 30_00),), given_back=(0,))


@pytest.mark.parametrize(("count", "apart", "told"), [(5, 5, True), (4, 5, False), (5, 6, False)])
def test_many_bills_of_pharmacies_in_a_day(count, apart, told):
    bills = [paid(number, NOON + timedelta(hours=apart * number)) for number in range(count)]

    assert kinds(*bills) == ([("fast_cash_out", tuple(range(count)))] if told else [])
    if told:
        assert dict(found(*bills)[0].facts) == {"bills": "5", "drawn_fen": "15000"}


def visit(number, code="DRUG"):
    line = UploadedLine(
        line_no="1", batch="b", code=code, name="药", amount_fen=1, fee=FeeLine(1), off_catalogue_fen=0,
        over_limit_fen=0, first_self_pay_fen=0, in_scope_fen=1, settled_by=number,
    )  # fmt: skip
    return Visit(
        visit_id=f"v{number}", book_id=1, institution=WUXI_PHARMACY, reference="", begun_at=NOON, insutype="310",
        lines=(line,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "told"), [((0, 1, 2, 3, 6), True), ((0, 1, 2, 3, 7), False), ((0, 0, 1, 2, 3), False)]
)
def test_one_item_on_many_days_of_a_week(days, told):
    bills = [bill(number, NOON + timedelta(days=day), visit_id=f"v{number}") for number, day in enumerate(days)]

    assert bool(kinds(*bills, visits=[visit(number) for number in range(5)])) == told
    assert kinds(*bills, visits=[visit(number, f"DRUG{number}") for number in range(5)]) == []
