"""Schedules of benefits: whom one fits to the day, the month and the year, and what it leaves to the person."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts, Visit
from gongji.domain.insured import Insurance, Work
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.benefits import Care, Share, find_schedule, pooled_share
from gongji.rules.schema import Schedule
from gongji.rules.settling import Bill, Rules, Used, share_of
from tests.made_up_rules import AT, NEXT_TOWN, no, person, rules_of

PLAIN = {"scheme": "employee", "ratio_bp": [9_000, 8_000, 7_000], "ceiling": "no_limit"}


def care(visit=Visit.OUTPATIENT, level=2, **other):
    return Care(visited_on=AT.date(), visit=visit, level=level, **other)


def fits(terms, patient=None, visit=Visit.OUTPATIENT):
    schedule = msgspec.convert(PLAIN | terms, Schedule)
    return find_schedule([schedule], patient or person(), care(visit)) is schedule


def shared(lines, terms, patient=None, asked=None, **said):
    """Return the pooled share of `lines` under one schedule."""
    several = {"schedules": [PLAIN | terms]}
    rules = rules_of(outpatient_benefits=several, inpatient_benefits=several, **said)
    found = pooled_share(lines, patient or person(), asked or care(), rules)
    assert not isinstance(found, Refused)
    return found


# Whom it fits


def test_a_schedule_fits_its_insurance_and_its_work():
    assert fits({})
    assert not fits({}, person(insured=Insurance.RESIDENT))
    assert fits({"work": ["in_service", "flexible"]})
    assert not fits({"work": ["retired", "flexible"]})


def test_ages_include_the_first_and_leave_out_the_last():  # who is asked about is 46 that day
    assert fits({"age_from": 46})
    assert not fits({"age_from": 47})
    assert fits({"age_below": 47})
    assert not fits({"age_below": 46})
    assert not fits({"age_from": 46}, person(born=date(1980, 3, 3)))


def test_days_of_retirement_include_the_first_and_leave_out_the_last():
    retired = person(work=Work.RETIRED, retired_on=date(2010, 5, 1))

    assert fits({"retired_from": "2010-05-01"}, retired)
    assert not fits({"retired_from": "2010-05-02"}, retired)
    assert fits({"retired_before": "2010-05-02"}, retired)
    assert not fits({"retired_before": "2010-05-01"}, retired)
    between = {"retired_from": "2010-01-01", "retired_before": "2011-01-01"}
    assert fits(between, retired)
    assert not fits(between, person(retired_on=date(2010, 5, 1)))
    assert not fits(between, person(work=Work.RETIRED, retired_on=date(2009, 12, 31)))


def test_who_retired_on_no_known_day_did_so_lately():
    unknown = person(work=Work.RETIRED)

    assert fits({"retired_from": "2024-01-01"}, unknown)
    assert not fits({"retired_before": "2024-01-01"}, unknown)
    assert not fits({"retired_from": "2024-01-01"})
    assert not fits({"retired_before": "2024-01-01"})


def test_months_of_enrolment_and_tiers():
    half_a_year = person(enrolled_months=6, tier="first")

    assert not fits({"months_over": 6}, half_a_year)
    assert fits({"months_over": 5}, half_a_year)
    assert fits({"months_up_to": 6}, half_a_year)
    assert not fits({"months_up_to": 5}, half_a_year)
    assert fits({"tier": "first"}, half_a_year)
    assert not fits({"tier": "second"}, half_a_year)
    assert not fits({"tier": "first"})


def test_visits():
    assert not fits({"visits": ["chronic"]})
    assert fits({"visits": ["chronic"]}, visit=Visit.CHRONIC)
    assert fits({"visits": ["chronic"]}, visit=Visit.INPATIENT)
    assert not fits({"visits": ["drugstore"]}, visit=Visit.DRUGSTORE)
    assert fits({"drugstore_bp": 0}, visit=Visit.DRUGSTORE)


def test_the_first_that_fits_is_taken():
    several = [msgspec.convert(PLAIN | {"age_from": age}, Schedule) for age in (60, 40, 20)]

    assert find_schedule(several, person(), care()) is several[1]
    assert find_schedule(several[:1], person(), care()) is None


# What it comes to


def test_a_line_falls_into_its_parts_and_a_bill_into_its_layers():
    line = FeeLine(1_000_00, FeeClass.B, FeeKind.DRUG, 1_000, 100_00)
    off = FeeLine(5_00, FeeClass.C, FeeKind.TONIC)

    found = shared([line, off], {"deductible_fen": [0, 10_00, 0]})

    assert found.in_scope_fen == 810_00
    assert found.layers == (("basic", 640_00),)
    assert found.parts == Parts(10_00, 160_00, 90_00, 100_00, 5_00)
    assert (found.ratio_bp, found.deductible_fen, found.later_stay, found.unknown) == (8_000, 10_00, False, ())


def test_first_self_pay_that_somebody_rounded_is_taken_as_it_is():
    line = FeeLine(100_01, FeeClass.B, FeeKind.DRUG, 9_999, 1, 30_00)

    assert shared([line], {}).parts == Parts(copay_fen=14_00, first_self_pay_fen=30_00, over_limit_fen=1)


@pytest.mark.parametrize(("level", "fund_fen"), [(1, 81_00), (2, 64_00), (3, 49_00)])
def test_deductible_and_ratio_go_by_the_level(level, fund_fen):
    terms = {"deductible_fen": [10_00, 20_00, 30_00]}

    assert shared([FeeLine(100_00)], terms, asked=care(level=level)).fund_fen == fund_fen


def test_a_deductible_is_due_once_a_year_or_once_a_visit():
    once_a_year = {"deductible_fen": [0, 50_00, 0]}
    once_a_visit = once_a_year | {"deductible_per": "visit"}
    used = care(used_deductible_fen=30_00, used_visit_deductible_fen=20_00)

    assert shared([FeeLine(100_00)], once_a_year, asked=used).deductible_fen == 20_00
    assert shared([FeeLine(100_00)], once_a_visit, asked=used).deductible_fen == 30_00
    assert shared([FeeLine(25_00)], once_a_visit, asked=used).deductible_fen == 25_00
    for terms in (once_a_year, once_a_visit):
        spent = care(used_deductible_fen=51_00, used_visit_deductible_fen=51_00)
        assert shared([FeeLine(100_00)], terms, asked=spent).deductible_fen == 0


def test_a_year_has_a_most_of_deductibles():
    terms = {"deductible_fen": [0, 50_00, 0], "deductible_year_max_fen": 40_00}

    assert shared([FeeLine(100_00)], terms, asked=care(used_deductible_fen=15_00)).deductible_fen == 25_00
    assert shared([FeeLine(100_00)], terms, asked=care(used_deductible_fen=41_00)).deductible_fen == 0


def test_a_later_stay_has_a_deductible_of_its_own():
    terms = {"deductible_fen": [0, 50_00, 0], "deductible_per": "visit", "later_deductible_fen": [0, 20_00, 0]}
    first, later = (care(Visit.INPATIENT, stays_before=number) for number in (0, 1))

    assert [shared([FeeLine(100_00)], terms, asked=one).deductible_fen for one in (first, later)] == [50_00, 20_00]
    assert [shared([FeeLine(100_00)], terms, asked=one).later_stay for one in (first, later)] == [False, True]
    assert shared([FeeLine(100_00)], terms, asked=care(stays_before=1)).deductible_fen == 50_00


def test_a_drugstore_has_a_ratio_of_its_own():
    assert shared([FeeLine(100_00)], {"drugstore_bp": 5_000}, asked=care(Visit.DRUGSTORE)).fund_fen == 50_00


def test_away_without_filing_the_ratio_is_lower():
    away = care(at_home=False)
    less = {"benefits_away": {"unfiled_less_bp": 1_000}}

    assert shared([FeeLine(100_00)], {}, asked=away, **less).fund_fen == 70_00
    assert shared([FeeLine(100_00)], {}, person(filed_away=True), away, **less).fund_fen == 80_00
    assert shared([FeeLine(100_00)], {}, asked=care(), **less).fund_fen == 80_00
    assert shared([FeeLine(100_00)], {}, asked=away, benefits_away={"unfiled_less_bp": 9_000}).fund_fen == 0
    unknown = shared([FeeLine(100_00)], {}, asked=away, benefits_away="unknown")
    assert (unknown.fund_fen, unknown.unknown) == (80_00, ("990100/benefits_away/1998-12-14",))
    assert shared([FeeLine(100_00)], {}, asked=away).unknown == ()


def test_above_a_ceiling_a_layer_pays_or_nobody():
    capped = {"ceiling": "fen", "ceiling_fen": 100_00}
    layered = capped | {"above_bp": 5_000, "layer": "aid"}
    asked = care(used_fund_fen=60_00, used_fund_all_fen=90_00)

    assert shared([FeeLine(100_00)], capped, asked=asked).layers == (("basic", 40_00),)
    assert shared([FeeLine(100_00)], layered, asked=asked).layers == (("basic", 40_00), ("aid", 25_00))
    assert shared([FeeLine(100_00)], capped | {"ceiling_over": "all"}, asked=asked).layers == (("basic", 10_00),)
    assert shared([FeeLine(50_00)], layered, asked=asked).layers == (("basic", 40_00),)
    assert shared([FeeLine(50_00)], layered, asked=care(used_fund_fen=200_00)).layers == (("aid", 25_00),)


def test_bands_change_the_ratio_once_the_fund_has_paid_so_much():
    bands = [
        {"fund_above_fen": 160_00, "ratio_bp": [0, 1_000, 0]},
        {"fund_above_fen": 80_00, "ratio_bp": [0, 5_000, 0]},
    ]

    found = shared([FeeLine(400_00)], {"bands": bands})  # 100.00 at 80 %, 160.00 at 50 %, 140.00 at 10 %

    assert found.fund_fen == 80_00 + 80_00 + 14_00


def test_by_what_was_borne_a_layer_pays_of_the_rest_up_to_its_ceiling():
    terms = {"burden_above_fen": 100_00, "burden_ratio_bp": [0, 5_000, 0], "layer": "catastrophic"}

    def layers(asked, **other):
        return shared([FeeLine(1_000_00)], terms | other, asked=asked).layers

    assert layers(care()) == (("basic", 800_00), ("catastrophic", 50_00))
    assert layers(care(used_burden_fen=60_00)) == (("basic", 800_00), ("catastrophic", 80_00))
    assert layers(care(used_burden_fen=500_00)) == (("basic", 800_00), ("catastrophic", 100_00))
    assert layers(care(), burden_ceiling_fen=30_00) == (("basic", 800_00), ("catastrophic", 30_00))
    used = care(used_fund_fen=120_00)
    capped = {"ceiling": "fen", "ceiling_fen": 100_00, "burden_ceiling_fen": 30_00}
    assert layers(used, **capped) == (("catastrophic", 10_00),)


def test_what_nobody_knows_is_named():
    found = shared([FeeLine(100_00)], {"ceiling": "unknown"})

    assert (found.fund_fen, found.unknown) == (80_00, ("990100/outpatient_benefits/1998-12-14",))


def test_without_a_schedule_nothing_in_scope_is_settled():
    resident = person(insured=Insurance.RESIDENT)
    rules = rules_of(NEXT_TOWN, outpatient_benefits={"schedules": [PLAIN]})
    off = [FeeLine(5_00, FeeClass.C, FeeKind.TONIC)]

    assert pooled_share([FeeLine(1)], resident, care(), rules) == no(
        Refusal.BENEFITS_UNKNOWN, "outpatient_benefits", NEXT_TOWN
    )
    assert pooled_share([FeeLine(1)], person(), care(ordinary=False), rules) == no(
        Refusal.BENEFITS_UNKNOWN, "outpatient_benefits", NEXT_TOWN
    )
    assert pooled_share(off, person(), care(Visit.INPATIENT), rules) == no(
        Refusal.BENEFITS_UNKNOWN, "inpatient_benefits", NEXT_TOWN
    )
    found = pooled_share(off, resident, care(), rules)
    assert not isinstance(found, Refused)
    assert found.parts == Parts(off_catalogue_fen=5_00)
    assert found.rule_ids == ("990200/outpatient_benefits/1998-12-14",)


@pytest.mark.parametrize("terms", [{}, {"ceiling": "fen", "ceiling_fen": 10**12}])
@pytest.mark.parametrize("billions", [0, 1])
def test_half_a_fen_less_a_hundred_millionth_is_rounded_down(terms, billions):
    # One ten-thousandth of 7 142 857 fen, of which seven ten-thousandths are in scope, is 0.49999999 fen.
    lines = [FeeLine(7_142_857, FeeClass.B, FeeKind.DRUG, 9_993), FeeLine(billions * 10**13)]

    assert shared(lines, terms | {"ratio_bp": [0, 1, 0]}).fund_fen == billions * 10**9
    more = [*lines, FeeLine(1, FeeClass.B, FeeKind.DRUG, 9_999)]
    assert shared(more, terms | {"ratio_bp": [0, 1, 0]}).fund_fen == billions * 10**9 + 1


def test_a_stay_over_the_end_of_a_medical_year_names_the_row_that_chose_its_year():
    terms = {"schedules": [PLAIN]}
    year: dict[str, Any] = {"medical_year": {"month": 2, "day": 20}, "inpatient_benefits": terms}

    def rule_ids(days, **said):
        bill = Bill(at=AT, visited_on=AT.date() - timedelta(days), visit=Visit.INPATIENT, lines=(FeeLine(100_00),))
        rules = rules_of(**year, **said)
        found = share_of(bill, person(), Used(), Rules(rules, rules, rules))
        assert isinstance(found, Share)
        return found.rule_ids[1:], found.unknown

    chosen = ("990100/stay_year/1998-12-14",)
    assert rule_ids(11, stay_year={"by": "discharge"}) == (chosen, ())  # from the 19th of February to the 2nd of March
    assert rule_ids(10, stay_year={"by": "discharge"}) == ((), ())
    assert rule_ids(11, stay_year="unknown") == ((), chosen)
    assert rule_ids(11) == ((), ())
