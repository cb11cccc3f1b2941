"""The pooled share: over every schedule of the book, lines and parts agree to the fen."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Visit
from gongji.domain.family import Relation, relation_from_code
from gongji.domain.insured import Insurance, Insured, Work
from gongji.domain.refusals import Refused
from gongji.rules.benefits import Care, pooled_share

money = st.integers(min_value=0, max_value=500_000_00)
small = st.integers(min_value=0, max_value=300_00)
lines = st.lists(
    st.builds(
        lambda amount, over, fee_class, kind, ratio: FeeLine(amount, fee_class, kind, ratio, min(over, amount)),
        small | money,
        small,
        st.sampled_from(list(FeeClass)),
        st.sampled_from(list(FeeKind)),
        st.integers(min_value=0, max_value=10_000),
    ),
    min_size=1,
    max_size=6,
)
people = st.builds(
    lambda insured, work, born, retired: Insured(
        person_id=1, insured=insured, region="310000", work=work, born=born, retired_on=retired
    ),
    st.sampled_from([Insurance.EMPLOYEE, Insurance.RESIDENT]),
    st.sampled_from(list(Work)),
    st.dates(date(1930, 1, 1), date(2005, 1, 1)),
    st.none() | st.dates(date(1990, 1, 1), date(2020, 1, 1)),
)


@pytest.fixture(scope="module")
def schedules(book):
    """Return every benefit row of every region that has one."""
    return [
        (region, row)
        for region in book.regions
        for rule in ("outpatient_benefits", "inpatient_benefits")
        for row in book.history(region, rule)
        if row.value is not None
    ]


@given(
    place=st.integers(min_value=0),
    several=lines,
    patient=people,
    level=st.integers(min_value=1, max_value=3),
    used=st.tuples(money, small, money),
    visit=st.sampled_from(list(Visit)),
)
@settings(max_examples=1500, deadline=None)
def test_fund_and_person_together_pay_the_lines_and_nobody_pays_below_nothing(
    book, schedules, place, several, patient, level, used, visit
):
    region, row = schedules[place % len(schedules)]
    fund_fen, deductible_fen, burden_fen = used
    care = Care(
        visited_on=row.start,
        visit=visit,
        level=level,
        used_fund_fen=fund_fen,
        used_fund_all_fen=fund_fen,
        used_deductible_fen=deductible_fen,
        used_burden_fen=burden_fen,
    )

    share = pooled_share(several, patient, care, book.on(region, row.start))

    if not isinstance(share, Refused):
        personal_fen = sum(fen for _, _, fen in share.cells)
        assert share.fund_fen + personal_fen == sum(line.amount_fen for line in several)
        assert all(fen > 0 for _, _, fen in share.cells)
        assert all(fen > 0 for _, fen in share.layers)
        assert share.deductible_fen == share.parts.deductible_fen


def test_the_high_cost_layer_pays_no_more_than_the_bill_leaves(book):
    patient = Insured(person_id=1, insured=Insurance.RESIDENT, region="320100")
    care = Care(visited_on=date(2022, 6, 1), visit=Visit.OUTPATIENT, level=1, used_burden_fen=3_000_00)

    share = pooled_share([FeeLine(100_00)], patient, care, book.on("320100", care.visited_on))

    assert not isinstance(share, Refused)
    assert share.fund_fen == 0
    assert share.parts.deductible_fen == 100_00


def test_a_deductible_by_the_visit_is_paid_once_a_visit(book):
    patient = Insured(person_id=1, insured=Insurance.EMPLOYEE, region="410100")
    day = date(2025, 6, 1)
    first = Care(visited_on=day, visit=Visit.OUTPATIENT, level=2)
    again = Care(visited_on=day, visit=Visit.OUTPATIENT, level=2, used_visit_deductible_fen=40_00)

    shares = [pooled_share([FeeLine(100_00)], patient, care, book.on("410100", day)) for care in (first, again)]

    assert [share.deductible_fen for share in shares if not isinstance(share, Refused)] == [40_00, 0]


def test_kinship_codes_are_those_of_the_standard():
    assert relation_from_code("51") is Relation.PARENT
    assert relation_from_code("12") is Relation.SPOUSE
    assert relation_from_code("56") is Relation.SPOUSE_PARENT
    assert relation_from_code("28") is Relation.CHILD_SPOUSE
    assert relation_from_code("74") is Relation.OTHER
    assert relation_from_code("43") is Relation.GRANDCHILD
    assert relation_from_code("5") is Relation.OTHER


def test_an_age_is_reached_on_the_birthday():
    born = date(1960, 2, 29)
    patient = Insured(person_id=1, insured=Insurance.EMPLOYEE, region="110000", born=born)

    assert patient.age(date(2030, 2, 28)) == 69
    assert patient.age(date(2030, 2, 28) + timedelta(days=1)) == 70
