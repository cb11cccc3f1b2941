"""Hospital stays: a lower deductible from the second of a medical year, and stays over the end of one."""

import tomllib
from datetime import date, datetime

import msgspec
import pytest

from gongji.channels.cases.runner import as_lines, run_file
from gongji.domain.bill import FeeLine, Visit
from gongji.domain.insured import Insurance, Insured
from gongji.domain.refusals import Refused
from gongji.ledger.records import AccumulatorKey
from gongji.rules.bundle import PolicyError, book_from_bundle, compile_book
from gongji.rules.explain import explain
from gongji.rules.settling import Bill
from gongji.services.bills.facts import read
from gongji.services.bills.replays import replay
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.store import Books

MADE_UP = """
region  = "{region}"
name    = "某市"
english = "Made-up city"

[sources.made-up-{region}]
title     = "A city of this test"
publisher = "this test"
kind      = "official"
checked   = 2026-11-22

[[inpatient_benefits]]
start   = 2024-01-01
source  = "made-up-{region}"
grade   = "official"
reading = "1000 yuan for the first stay of a year, 500 for later ones; 80 %."

[[inpatient_benefits.schedules]]
scheme               = "employee"
visits               = ["inpatient"]
deductible_fen       = [100000, 100000, 100000]
later_deductible_fen = [50000, 50000, 50000]
deductible_per       = "visit"
ratio_bp             = [8000, 8000, 8000]
ceiling              = "no_limit"

[[inpatient_benefits]]
start   = 2025-01-01
source  = "made-up-{region}"
grade   = "official"
reading = "From 2025 the first stay costs 1200 yuan, later ones 600."

[[inpatient_benefits.schedules]]
scheme               = "employee"
visits               = ["inpatient"]
deductible_fen       = [120000, 120000, 120000]
later_deductible_fen = [60000, 60000, 60000]
deductible_per       = "visit"
ratio_bp             = [8000, 8000, 8000]
ceiling              = "no_limit"
"""
STAY_YEAR = """
[[stay_year]]
start   = 2024-01-01
by      = "{by}"
source  = "made-up-{region}"
grade   = "official"
reading = "The medical year of the {by}."
"""
UNTOLD, ADMISSION, DISCHARGE = "990100", "990200", "990300"
CASE = """
name   = "One after the other"
region = "990100"
at     = 2024-03-01T10:00:00
[[person]]
id = "p"
insured = "employee"
used = {{ stays = {stays} }}
"""
STAY = """
[[act]]
do = "settle"
id = "{id}"
patient = "p"
visit = "{visit}"
at = {at}T10:00:00
[[act.fee]]
amount = "2000.00"
[act.expect]
{expected}
"""
REFUND = """
[[act]]
do = "refund"
of = "{of}"
{amount}
[act.expect]
cash_back = "{back}"
"""


@pytest.fixture(scope="module")
def made_up(policy_files):
    """Return the files of the book and three made-up cities: one silent on stays over the year, one of each way."""
    files = {f"{UNTOLD}-made-up.toml": MADE_UP.format(region=UNTOLD)}
    for region, by in ((ADMISSION, "admission"), (DISCHARGE, "discharge")):
        files[f"{region}-made-up.toml"] = MADE_UP.format(region=region) + STAY_YEAR.format(region=region, by=by)
    return policy_files | {name: tomllib.loads(text) for name, text in files.items()}


@pytest.fixture(scope="module")
def policy(made_up):
    return compile_book(made_up)[0]


def stay(name: str, fund: str | None, *, at: str = "2024-03-01", visit: str = "inpatient") -> str:
    expected = f'fund = "{fund}"' if fund is not None else 'refused = "BENEFITS_UNKNOWN"'
    return STAY.format(id=name, visit=visit, at=at, expected=expected)


FIRST, LATER = "800.00", "1200.00"


@pytest.mark.parametrize(
    ("stays", "acts"),
    [
        (0, [stay("s1", FIRST), stay("s2", LATER), stay("s3", LATER)]),
        (1, [stay("s1", LATER)]),
        (
            0,
            [
                stay("s1", FIRST),
                REFUND.format(of="s1", amount="", back="1200.00"),
                stay("s2", FIRST),
                stay("s3", LATER),
            ],
        ),
        (0, [stay("s1", FIRST), REFUND.format(of="s1", amount='amount = "1.00"', back="1.00"), stay("s2", LATER)]),
        (0, [stay("s1", FIRST), stay("s2", LATER, at="2024-12-31"), stay("s3", "640.00", at="2025-01-01")]),
        (0, [stay("s1", None, visit="outpatient"), stay("s2", FIRST)]),
        (0, [stay("s1", FIRST), stay("s1", FIRST), stay("s2", LATER)]),
    ],
    ids=["later ones", "one before", "refunded", "refunded in part", "a new year", "no stay", "a repeat"],
)
def test_the_first_stay_of_a_year_has_the_whole_deductible_and_later_ones_the_lower(stays, acts, policy, tmp_path):
    file = tmp_path / "case.toml"
    file.write_text(CASE.format(stays=stays) + "".join(acts), encoding="utf-8")

    result = run_file(file, policy)

    assert result.ok, "\n".join(as_lines(result))


def settled(books, policy, region, at, **bill):
    """Settle a bill of Li, who is insured in `region`, and return what was done."""
    if 1 not in books.registry.people:
        books.registry.people.put(1, Insured(person_id=1, insured=Insurance.EMPLOYEE, region=region))
    bill = {"visited_on": at.date(), "visit": Visit.INPATIENT, "lines": (FeeLine(200000),)} | bill
    request = SettleRequest(request="r", patient_id=1, bill=Bill(at=at, **bill), place_region=region)
    done = settle(books, policy, request)
    assert not isinstance(done, Refused)
    return done


def stays_in(books, year):
    return books.ledger.accumulated(1, date(year, 1, 1), inpatient=True).stays


def test_a_stay_settled_in_parts_counts_once_and_has_one_deductible(policy):
    books = Books()
    some = (FeeLine(70000),)
    admitted = date(2024, 5, 1)

    first = settled(books, policy, UNTOLD, datetime(2024, 5, 10), visited_on=admitted, lines=some, counts_stay=True)
    rest = settled(books, policy, UNTOLD, datetime(2024, 5, 20), visited_on=admitted, deducted_fen=70000)
    after = settled(books, policy, UNTOLD, datetime(2024, 6, 1), counts_stay=True)

    assert [one.settlement.deductible_fen for one in (first, rest, after)] == [70000, 30000, 50000]
    assert stays_in(books, 2024) == 2


def test_a_full_refund_of_the_settlement_that_counted_a_stay_takes_it_out_again(policy):
    books = Books()
    first = settled(books, policy, UNTOLD, datetime(2024, 5, 10), counts_stay=True)

    refund(books, policy, RefundRequest(request="b", settle_id=first.settlement.settle_id, at=datetime(2024, 5, 11)))

    assert stays_in(books, 2024) == 0


@pytest.mark.parametrize(
    ("region", "year", "deductible_fen"),
    [(UNTOLD, 2024, 100000), (ADMISSION, 2024, 100000), (DISCHARGE, 2025, 120000)],
)
def test_a_stay_over_the_end_of_the_year_falls_in_the_year_that_the_region_says(policy, region, year, deductible_fen):
    books = Books()

    done = settled(books, policy, region, datetime(2025, 1, 3), visited_on=date(2024, 12, 28), counts_stay=True)

    assert done.settlement.deductible_fen == deductible_fen
    assert done.settlement.year_start == date(year, 1, 1)
    assert set(books.ledger.accumulators.rows) == {AccumulatorKey(1, date(year, 1, 1), inpatient=True)}


def test_a_stay_that_ended_in_the_old_year_belongs_to_it_whenever_it_is_settled(policy):
    days = {"visited_on": date(2024, 12, 20), "discharged_on": date(2024, 12, 31)}

    done = settled(Books(), policy, DISCHARGE, datetime(2025, 1, 3), **days)

    assert done.settlement.year_start == date(2024, 1, 1)
    assert done.settlement.deductible_fen == 100000


def test_only_a_hospital_stay_goes_by_the_discharge(book):
    done = settled(Books(), book, "310000", datetime(2024, 7, 2), visited_on=date(2024, 6, 30), visit=Visit.OUTPATIENT)

    assert done.settlement.year_start == date(2023, 7, 1)


def test_that_a_region_is_silent_on_stays_over_the_year_is_told_only_where_it_matters(policy):
    row = policy.on(UNTOLD, date(2025, 1, 3)).rows["stay_year"]

    over = settled(Books(), policy, UNTOLD, datetime(2025, 1, 3), visited_on=date(2024, 12, 28))
    within = settled(Books(), policy, UNTOLD, datetime(2024, 12, 31), visited_on=date(2024, 12, 28))

    assert row.state == "unknown"
    assert over.unknown == (row.rule_id,)
    assert within.unknown == ()


def test_a_region_that_says_whose_year_it_is_stands_among_the_grounds(policy):
    done = settled(Books(), policy, ADMISSION, datetime(2025, 1, 3), visited_on=date(2024, 12, 28))

    assert f"{ADMISSION}/stay_year/2024-01-01" in done.decision.rule_ids
    assert done.unknown == ()


@pytest.mark.parametrize(("lang", "words"), [("zh", "再次住院"), ("en", "later stay")])
def test_the_explanation_names_the_deductible_of_a_later_stay(policy, lang, words):
    books = Books()
    at = datetime(2024, 5, 10)
    told = []

    for _ in range(2):
        done = settled(books, policy, UNTOLD, at, counts_stay=True)
        lines = explain(done.decision, books.registry.people[1], {1: "李"}, policy, at.date(), lang).lines
        told.append(next(line.why for line in lines if line.step == "deductible"))

    assert [words in why for why in told] == [False, True]
    assert "500.00" in told[1]


def entry_of(books, done):
    return next(entry for entry in books.ledger.entries if entry.entry_id == done.settlement.entry_id)


def test_a_stay_over_the_year_is_decided_again_by_the_same_year(policy):
    books = Books()
    settled(books, policy, DISCHARGE, datetime(2025, 1, 2), counts_stay=True)
    done = settled(books, policy, DISCHARGE, datetime(2025, 1, 3), visited_on=date(2024, 12, 28), counts_stay=True)

    replayed = replay(entry_of(books, done), {}, policy)

    assert replayed.decision == done.decision
    assert replayed.decision.share.deductible_fen == 60000


def test_what_was_decided_before_stays_were_counted_is_decided_again_as_it_was(made_up):
    policy, bundle = compile_book(made_up)
    books = Books()
    done = settled(books, policy, UNTOLD, datetime(2024, 5, 10))
    entry = entry_of(books, done)
    facts = msgspec.to_builtins(read(entry.basis.decision))
    del facts["used"]["stays"], facts["bill"]["counts_stay"], facts["bill"]["discharged_on"]
    old = msgspec.structs.replace(
        entry, basis=msgspec.structs.replace(entry.basis, decision=msgspec.json.encode(facts))
    )
    content = msgspec.json.decode(bundle)
    content["rows"] = [row for row in content["rows"] if row["rule"] != "stay_year"]

    replayed = replay(old, {}, book_from_bundle(msgspec.json.encode(content)))

    assert replayed.decision == done.decision


def test_a_deductible_due_once_a_year_cannot_differ_from_stay_to_stay(made_up):
    name = f"{UNTOLD}-made-up.toml"
    wrong = tomllib.loads(MADE_UP.format(region=UNTOLD).replace('deductible_per       = "visit"\n', "", 1))

    with pytest.raises(PolicyError, match="later_deductible_fen") as fault:
        compile_book(made_up | {name: wrong})

    assert len(fault.value.problems) == 1
    assert fault.value.problems[0].startswith(f"{name}: inpatient_benefits[0].value")


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ("stays = -1", "stays"),
        ('admitted = 2024-03-02\nvisit = "inpatient"', "act[0].admitted"),
        ('admitted = 2024-02-28\nvisit = "outpatient"', "act[0].admitted"),
    ],
)
def test_a_case_with_an_impossible_stay_is_refused_by_its_key(bad, named, policy, tmp_path):
    case = CASE.format(stays=0) + stay("s1", FIRST)
    wanted = "stays = 0" if "stays" in bad else 'visit = "inpatient"'
    file = tmp_path / "case.toml"
    file.write_text(case.replace(wanted, bad), encoding="utf-8")

    result = run_file(file, policy)

    assert named in (result.error or "")
