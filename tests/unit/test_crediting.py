"""Monthly credits once each, the turn of the year with the interest before it, and a run that is killed half-way."""

from datetime import date, datetime

import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.insured import Insurance, Work
from gongji.domain.refusals import Refusal
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.rules.crediting import interest_for_year
from gongji.services.accounts.crediting import MonthRequest, month_job, retired_of
from gongji.services.calendar import bring_up_to
from gongji.services.family import lives
from gongji.services.family.enrolments import enrol, scope_of
from gongji.services.outcomes import Done
from gongji.services.runs import AT_ONCE, run
from gongji.services.store import MemoryStore, StoreDownError
from tests.people_files import psn_no_of, request

MARCH = date(2026, 3, 1)
AT = datetime(2026, 4, 2, 9)  # Beijing time


class Failing(MemoryStore):
    """Keeps the first batches it is given, then is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.batches_left: int | None = None

    def run(self, scope, work):
        if self.batches_left is not None:
            if not self.batches_left:
                raise StoreDownError("gone")
            self.batches_left -= 1
        return super().run(scope, work)


@pytest.fixture
def store():
    return Failing()


def entered(store, book, number=1, **other):
    asked = request(number, **other)
    done = store.run(scope_of(asked), lambda books: enrol(books, book, asked))
    assert isinstance(done, Done), done
    assert done.person_id is not None
    return done.person_id


def credited(store, book, *several, at=AT):
    """Credit, and return the refusals by number, None where there is none, and whether each was known."""
    jobs = ((one.psn_no, month_job(book, one, at)) for one in several)
    return [(came.known, came.refused.reason if came.refused else None) for _, came in run(store, jobs)]


def pockets(store, person_id, *pocket):
    rows = store.ledger.pockets.rows
    return tuple(rows[Account(person_id, one)].balance_fen if Account(person_id, one) in rows else 0 for one in pocket)


def both(store, person_id):
    return pockets(store, person_id, Pocket.CURRENT_YEAR, Pocket.CARRY_OVER)


def turn(store, book, person_id, at):
    store.run(Scope(people={person_id}), lambda books: bring_up_to(books, book, [person_id], at))


def month(number=1, base=8000_00, first=MARCH):
    return MonthRequest(psn_no=psn_no_of(number), month=first, base_fen=base)


def test_a_month_is_credited_once_by_its_base(store, book):
    number = entered(store, book)

    assert credited(store, book, month(), month(first=date(2026, 2, 1))) == [(False, None), (False, None)]
    assert credited(store, book, month()) == [(True, None)]
    assert credited(store, book, month(base=9000_00)) == [(False, Refusal.SAME_REQUEST_DIFFERENT_CONTENT)]

    assert both(store, number) == (320_00, 0)
    entry = store.entries_of(number)[0]
    assert (entry.kind, entry.request) == (EntryKind.CREDIT, "credits 2026-03")
    assert entry.basis.rule_ids == ("110000/crediting/2022-09-01",)
    assert store.faults() == []


def test_a_retired_persons_month_goes_by_the_age_on_its_first_day(store, book):
    born = date(1956, 3, 2)  # seventy on the second of March
    number = entered(store, book, cert_type="08", certno="E1234567", born=born, work=Work.RETIRED)

    credited(store, book, month(base=None), month(base=None, first=date(2026, 4, 1)))

    assert both(store, number) == (100_00 + 110_00, 0)


@pytest.mark.parametrize(
    ("other", "asked", "reason"),
    [
        ({}, month(2), Refusal.PERSON_UNKNOWN),
        ({}, month(base=None), Refusal.MESSAGE_MALFORMED),
        ({}, month(base=-1), Refusal.MESSAGE_MALFORMED),
        ({}, month(base=10**15), Refusal.MESSAGE_MALFORMED),
        ({}, month(first=date(2026, 3, 2)), Refusal.MESSAGE_MALFORMED),
        ({}, month(first=date(2026, 5, 1)), Refusal.MESSAGE_MALFORMED),
        ({}, month(first=date(1998, 12, 1)), Refusal.MESSAGE_MALFORMED),
        ({}, month(first=date(2022, 8, 1)), Refusal.RULE_NOT_IN_FORCE),
        ({"region": "340000", "work": Work.RETIRED}, month(base=None), Refusal.RULE_NOT_IN_FORCE),
        ({"work": Work.RETIRED}, month(), Refusal.MESSAGE_MALFORMED),
        ({"insured": Insurance.RESIDENT}, month(), Refusal.SHARER_NOT_EMPLOYEE),
        ({"account": False}, month(), Refusal.SHARER_HAS_NO_ACCOUNT),
    ],
)
def test_a_month_that_cannot_be_credited_is_refused_and_stays_open(store, book, other, asked, reason):
    number = entered(store, book, **other)

    assert credited(store, book, asked) == [(False, reason)]
    assert both(store, number) == (0, 0)
    assert not len(store.ledger.answers)


def test_the_dead_get_nothing_more(store, book):
    number = entered(store, book)
    store.run(Scope(people={number}), lambda books: lives.die(books, book, number, AT))

    assert credited(store, book, month()) == [(False, Refusal.SHARER_NOT_ACTIVE)]


def test_a_run_that_was_killed_half_way_is_done_again_and_credits_nobody_twice(store, book):
    count = 2 * AT_ONCE + 10
    people = [
        entered(store, book, number, cert_type="08", certno=f"E{number:07d}", born=date(1980, 1, 1))
        for number in range(count)
    ]
    several = [month(number) for number in range(count)]

    store.batches_left = 1
    with pytest.raises(StoreDownError):
        credited(store, book, *several)
    paid = sum(both(store, person)[0] for person in people)
    store.batches_left = None
    again = credited(store, book, *several)

    assert paid == AT_ONCE * 160_00
    assert [known for known, _ in again] == [True] * AT_ONCE + [False] * (count - AT_ONCE)
    assert {both(store, person) for person in people} == {(160_00, 0)}
    assert store.faults() == []


def test_one_whose_job_fails_by_our_own_mistake_keeps_nobody_else_back(store, book, caplog):
    number = entered(store, book)
    broken = month_job(None, month(first=date(2026, 1, 1)), AT)  # type: ignore[arg-type]  # no rules at all

    came = [one for _, one in run(store, [(0, broken), (1, month_job(book, month(), AT))])]

    assert came[0].refused is not None
    assert came[0].refused.reason is Refusal.BUSY
    assert came[1].refused is None
    assert both(store, number) == (160_00, 0)
    assert "a job of a run failed" in caplog.text


def test_the_retired_of_a_region_are_those_with_an_active_account_there(store, book):
    entered(store, book, 1, work=Work.RETIRED)
    entered(store, book, 2)
    entered(store, book, 3, work=Work.RETIRED, region="310000")
    entered(store, book, 4, work=Work.RETIRED, account=False)
    ended = entered(store, book, 5, work=Work.RETIRED)
    store.run(Scope(people={ended}), lambda books: lives.end_insurance(books, book, ended, AT))
    entered(store, book, 6, work=Work.RETIRED, region="110105")  # a district of the same city

    assert list(retired_of(store, "110000")) == [psn_no_of(1), psn_no_of(6)]
    assert credited(store, book, month(6, base=None)) == [(False, None)]


@pytest.mark.parametrize(
    ("region", "eve", "new_year", "carried"),
    [
        # Beijing: 160.00 of December turn on 1 January, those of January stay; no interest is known.
        ("110000", datetime(2025, 12, 31, 23, 59, 59), datetime(2026, 1, 1), 160_00),
        # Taizhou: 3.5 per mille of 160.00 are 0.56.
        ("321200", datetime(2025, 12, 31, 23, 59, 59), datetime(2026, 1, 1), 160_56),
    ],
)
def test_credits_on_both_sides_of_the_turn_lie_in_their_years_with_interest_between(
    store, book, region, eve, new_year, carried
):
    number = entered(store, book, region=region, at=datetime(2025, 5, 5), since=date(2025, 1, 1))

    credited(store, book, month(first=eve.date().replace(day=1)), at=eve)
    before = both(store, number)
    credited(store, book, month(first=new_year.date()), at=new_year)

    assert before == (160_00, 0)
    assert both(store, number) == (160_00, carried)
    assert store.faults() == []


SHANGHAI = "310000"
JULY = date(2025, 7, 1)
IN_JULY = datetime(2025, 7, 3, 9)


def test_where_a_year_is_credited_at_once_its_sum_comes_once_and_no_month_does(store, book):
    worker = entered(store, book, region=SHANGHAI)
    born = date(1950, 7, 2)  # seventy-five on the day after
    papers = {"cert_type": "08", "certno": "E1234567", "born": born}
    retired = entered(store, book, 2, region=SHANGHAI, work=Work.RETIRED, **papers)

    asked = [month(base=7310_33, first=JULY), month(2, base=None, first=JULY)]
    first, again = (credited(store, book, *asked, at=at) for at in (IN_JULY, datetime(2025, 9, 1)))
    august = credited(store, book, month(first=date(2025, 8, 1)), at=datetime(2025, 9, 1))

    assert (first, again) == ([(False, None)] * 2, [(True, None)] * 2)
    assert both(store, worker) == (1754_48, 0)  # 12 x 7310.33 x 2 % rounded once
    assert both(store, retired) == (1680_00, 0)
    assert august == [(False, Refusal.MESSAGE_MALFORMED)]
    assert store.faults() == []


def test_before_a_year_was_credited_at_once_its_months_were(store, book):
    number = entered(store, book, region=SHANGHAI, at=datetime(2023, 5, 5), since=date(2023, 1, 1))

    told = credited(store, book, month(first=date(2023, 6, 1)), at=datetime(2023, 6, 30, 23, 59, 59))
    turn(store, book, number, datetime(2023, 7, 1))

    assert told == [(False, None)]
    assert both(store, number) == (0, 160_00)


def test_interest_of_years_that_nobody_looked_is_paid_year_by_year_before_each_turn(store, book):
    number = entered(store, book, region="370200", at=datetime(2023, 2, 1), since=date(2023, 1, 1))
    credited(store, book, month(first=date(2023, 2, 1), base=50_000_00), at=datetime(2023, 2, 1))

    turn(store, book, number, datetime(2026, 2, 1))

    entries = [(one.kind, one.event_at) for one in store.entries_of(number)][1:]
    assert entries == [
        (EntryKind.INTEREST, datetime(2023, 12, 31, 23, 59, 59)),
        (EntryKind.ROLL, datetime(2024, 1, 1)),
        (EntryKind.INTEREST, datetime(2024, 12, 31, 23, 59, 59)),
        (EntryKind.ROLL, datetime(2025, 1, 1)),
        (EntryKind.INTEREST, datetime(2025, 12, 31, 23, 59, 59)),
        (EntryKind.ROLL, datetime(2026, 1, 1)),
    ]
    # 1000.00 at 0.35 %: 3.50; 1003.50 at 1.10 %: 11.0385; 1014.54 at 1.10 %: 11.15994.
    assert both(store, number) == (0, 1000_00 + 3_50 + 11_04 + 11_16)
    assert store.entries_of(number)[1].basis.rule_ids == ("370200/interest/2022-06-23",)
    assert store.faults() == []


@pytest.mark.parametrize(
    ("region", "current", "carried", "interest"),
    [
        ("321200", 143, 0, 1),  # 0.5005 fen
        ("321200", 142, 0, 0),  # 0.497 fen
        ("321200", 100, 43, 1),  # together, not each by itself
        ("370200", 0, 100_00, 1_10),
        ("370200", 100_00, 0, 35),
        ("110000", 100_00, 100_00, 0),  # unknown
    ],
)
def test_interest_is_rounded_once_half_a_fen_up(book, region, current, carried, interest):
    assert interest_for_year(current, carried, book.on(region, date(2025, 12, 31))) == interest
