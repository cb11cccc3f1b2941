"""Enrolment, late news and monthly credits, in memory and in PostgreSQL alike."""

from datetime import date, datetime

import psycopg
import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.insured import Status, Work
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.gateways.database import PostgresStore
from gongji.services.accounts.crediting import MonthRequest, month_job, retired_of
from gongji.services.calendar import bring_up_to
from gongji.services.family import enrolments
from gongji.services.family.enrolments import InsureRequest, enrol, enrol_job, scope_of
from gongji.services.outcomes import Done
from gongji.services.runs import AT_ONCE, run
from gongji.services.store import StoreDownError
from gongji.wiring import Wiring
from tests.contract.conftest import KEY
from tests.people_files import AT, certno_of, psn_no_of, request

COUNT = AT_ONCE + 20
TOLD = {"psn_no": "told"}


@pytest.fixture(scope="module")
def book():
    return Wiring({}).book()


def entered(store, book, **other):
    asked = request(**other)
    done = store.run(scope_of(asked), lambda books: enrol(books, book, asked))
    assert isinstance(done, Done), done
    assert done.person_id is not None
    return done.person_id


def persons(book, count):
    """Jobs that enrol so many, every fourth retired, with what stands in their lines."""
    for number in range(count):
        work = Work.RETIRED if number % 4 == 0 else Work.IN_SERVICE
        certno = certno_of(number % 999, date(1980 + number // 999, 1, 1))
        yield number, enrol_job(book, request(number, certno=certno, work=work), TOLD | {"n": str(number)})


def months(book, count, at=AT):
    for number in range(count):
        base_fen = None if number % 4 == 0 else 8000_00
        asked = MonthRequest(psn_no=psn_no_of(number), month=date(2026, 3, 1), base_fen=base_fen)
        yield number, month_job(book, asked, at)


def killed_after(store, batches, monkeypatch):
    """Let the store be gone after so many batches."""
    real, left = store.run, iter(range(batches))

    def gone(scope, work):
        if next(left, None) is None:
            raise StoreDownError("gone")
        return real(scope, work)

    monkeypatch.setattr(store, "run", gone)


def test_who_is_enrolled_is_found_by_his_papers_with_an_empty_account(store, book):
    number = entered(store, book, card_no="C1")
    papers = {("certno", certno_of(1)), ("psn_no", psn_no_of(1)), ("card_no", "C1")}

    found = store.read(
        Scope(certificates=papers),
        lambda books: (dict(books.registry.directory), dict(books.registry.people.rows), books.ledger.years[number]),
    )

    assert found[0] == dict.fromkeys(papers, number)
    assert found[1][number].region == "110000"
    assert found[2].year_start == date(2026, 1, 1)


def test_a_paper_has_one_holder_in_one_batch_and_in_the_next(store, book):
    first, second = request(1), request(2, certno=certno_of(1))
    scope = scope_of(first)
    scope.merge(scope_of(second))

    outcomes = store.run(scope, lambda books: [enrol(books, book, first), enrol(books, book, second)])
    later = store.run(scope_of(second), lambda books: enrol(books, book, second))

    assert isinstance(outcomes[0], Done)
    assert outcomes[1] == later == Refused(Refusal.DUPLICATE_INSURANCE, subject="certno")


def test_a_card_goes_from_one_to_another_in_one_batch(store, book):
    holder, other = entered(store, book, card_no="C1"), entered(store, book, number=2)

    def work(books):
        return [
            enrolments.add_card(books, holder, "C2", ""),
            enrolments.add_card(books, other, "C1", ""),
            enrolments.add_card(books, holder, "C1", ""),
        ]

    scope = Scope(people={holder, other}, certificates={("card_no", "C1"), ("card_no", "C2")})
    outcomes = store.run(scope, work)

    assert [isinstance(one, Done) for one in outcomes] == [True, True, False]
    found = store.read(Scope(certificates=scope.certificates), lambda books: dict(books.registry.directory))
    assert found == {("card_no", "C1"): other, ("card_no", "C2"): holder}


def test_runs_that_ended_half_way_are_repeated_and_nobody_is_entered_or_credited_twice(store, book, monkeypatch):
    for make in (persons, months):
        with monkeypatch.context() as patch:
            killed_after(store, 1, patch)
            with pytest.raises(StoreDownError):
                list(run(store, make(book, COUNT)))

        came = [one for _, one in run(store, make(book, COUNT))]

        assert [one.known for one in came] == [True] * AT_ONCE + [False] * (COUNT - AT_ONCE)
        assert not [one.refused for one in came if one.refused is not None]
    assert len(store.everyone().people) == COUNT
    assert len(list(retired_of(store, "110000"))) == COUNT // 4
    balances = store.read(store.everyone(), lambda books: [one.balance_fen for one in books.ledger.pockets])
    assert sorted(balances) == [100_00] * (COUNT // 4) + [160_00] * (COUNT - COUNT // 4)
    assert store.faults() == []


def test_another_line_for_the_same_person_is_refused(store, book):
    jobs = [(1, enrol_job(book, request(), {"name": "a"})), (2, enrol_job(book, request(), {"name": "b"}))]

    came = [one.refused for _, one in run(store, jobs)]

    assert came[0] is None
    assert came[1] is not None
    assert came[1].reason is Refusal.SAME_REQUEST_DIFFERENT_CONTENT


def test_interest_and_the_turn_of_the_year_are_kept(store, book):
    number = entered(store, book, region="321200", at=datetime(2025, 11, 1), since=date(2025, 1, 1))
    asked = MonthRequest(psn_no=psn_no_of(1), month=date(2025, 11, 1), base_fen=8000_00)
    assert [one.refused for _, one in run(store, [(1, month_job(book, asked, datetime(2025, 11, 5)))])] == [None]

    store.run(Scope(people={number}), lambda books: bring_up_to(books, book, [number], AT))

    kinds = [entry.kind.value for entry in store.entries_of(number)]
    pockets = store.read(Scope(people={number}), lambda books: dict(books.ledger.pockets.rows))
    assert kinds == ["credit", "interest", "roll"]
    assert pockets[Account(number, Pocket.CARRY_OVER)].balance_fen == 160_56
    assert store.faults() == []


def test_late_news_are_true_since_their_day_and_what_was_known_stays_beside_it(clean_database, book):
    store = PostgresStore(clean_database, KEY, clock=lambda: AT)
    number = entered(store, book, at=datetime(2025, 1, 5), since=date(2024, 12, 1))
    retires = InsureRequest(at=AT, person_id=number, work=Work.RETIRED, since=date(2026, 1, 1))
    scope = Scope(people={number})

    store.run(scope, lambda books: enrolments.insure(books, book, retires))
    store.run(scope, lambda books: enrolments.end(books, book, number, AT, since=date(2026, 3, 1)))
    now = store.read(scope, lambda books: books.registry.people[number])
    store.close()

    assert (now.work, now.status) == (Work.RETIRED, Status.ENDED)
    with psycopg.connect(clean_database) as connection:
        rows = connection.execute(
            b"SELECT true_from::text, true_until::text, work, status FROM gongji.insurance"
            b" WHERE known_until = 'infinity' ORDER BY true_from"
        ).fetchall()
    assert rows == [
        ("2024-12-01", "2026-01-01", "in_service", "active"),
        ("2026-01-01", "2026-03-01", "retired", "active"),
        ("2026-03-01", "infinity", "retired", "ended"),
    ]
