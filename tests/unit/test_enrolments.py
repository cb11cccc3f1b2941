"""Enrolment: papers that are looked at, people who are there already, names, cards, and an insurance over time."""

from datetime import date, datetime

import pytest

from gongji.domain.insured import Insurance, Sex, Status, Work
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import AccountYear
from gongji.registry.certificates import is_number
from gongji.services.family import enrolments, lives
from gongji.services.family.enrolments import FIRST_ENROLLED, InsureRequest, enrol, scope_of
from gongji.services.outcomes import Done
from gongji.services.store import MemoryStore
from tests.people_files import AT, certno_of, psn_no_of, request


@pytest.fixture
def store():
    return MemoryStore()


def enter(store, book, asked):
    return store.run(scope_of(asked), lambda books: enrol(books, book, asked))


def entered(store, book, **other):
    done = enter(store, book, request(**other))
    assert isinstance(done, Done), done
    assert done.person_id is not None
    return done.person_id


def act(store, person_id, work, *papers):
    return store.run(Scope(people={person_id}, certificates=set(papers)), work)


def test_a_person_is_entered_with_papers_insurance_and_an_account_year(store, book):
    number = entered(store, book, region="310000", since=date(2026, 1, 1))

    person, identity = store.registry.people[number], store.registry.identities[number]
    assert number > FIRST_ENROLLED
    assert (person.born, person.sex, person.account) == (date(1980, 1, 1), Sex.MALE, True)
    assert (identity.sex, identity.name) == ("1", "测1")
    assert store.registry.directory[("certno", certno_of(1))] == number
    assert store.ledger.years[number] == AccountYear(date(2025, 7, 1))


def test_a_resident_has_no_account(store, book):
    number = entered(store, book, insured=Insurance.RESIDENT)

    assert not store.registry.people[number].account


@pytest.mark.parametrize(
    ("other", "reason", "field"),
    [
        ({"certno": certno_of(1)[:17] + "5"}, Refusal.MESSAGE_MALFORMED, "certno"),
        ({"certno": certno_of(1)[:17]}, Refusal.MESSAGE_MALFORMED, "certno"),
        ({"certno": certno_of(1) + " "}, Refusal.MESSAGE_MALFORMED, "certno"),
        ({"certno": ""}, Refusal.MESSAGE_MALFORMED, "certno"),
        ({"cert_type": "1"}, Refusal.MESSAGE_MALFORMED, "cert_type"),
        ({"cert_type": "08", "certno": "E" * 51, "born": date(1980, 1, 1)}, Refusal.MESSAGE_MALFORMED, "certno"),
        ({"cert_type": "08", "certno": "E1234567"}, Refusal.MESSAGE_MALFORMED, "born"),
        ({"born": date(1980, 1, 2)}, Refusal.IDENTITY_MISMATCH, "born"),
        ({"sex": "2"}, Refusal.IDENTITY_MISMATCH, "sex"),
        ({"sex": "男"}, Refusal.MESSAGE_MALFORMED, "sex"),
        ({"name": ""}, Refusal.MESSAGE_MALFORMED, "name"),
        ({"name": "王\x00"}, Refusal.MESSAGE_MALFORMED, "name"),
        ({"name": "王" * 51}, Refusal.MESSAGE_MALFORMED, "name"),
        ({"psn_no": ""}, Refusal.MESSAGE_MALFORMED, "psn_no"),
        ({"employer": "甲\x00"}, Refusal.MESSAGE_MALFORMED, "employer"),
        ({"card_no": "9" * 51}, Refusal.MESSAGE_MALFORMED, "card_no"),
        ({"region": "000000"}, Refusal.MESSAGE_MALFORMED, "region"),
        ({"region": "990000"}, Refusal.MESSAGE_MALFORMED, "region"),
        ({"region": "11"}, Refusal.MESSAGE_MALFORMED, "region"),
        ({"since": date(2026, 3, 6)}, Refusal.MESSAGE_MALFORMED, "since"),
        ({"since": date(1998, 12, 13)}, Refusal.MESSAGE_MALFORMED, "since"),
        ({"enrolled_months": -1}, Refusal.MESSAGE_MALFORMED, "enrolled_months"),
        ({"insured": Insurance.RESIDENT, "account": True}, Refusal.MESSAGE_MALFORMED, "account"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_written(store, book, other, reason, field):
    outcome = enter(store, book, request(**other))

    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.subject) == (reason, field)
    assert not len(store.registry.people)
    assert not store.registry.directory


@pytest.mark.parametrize(
    ("cert_type", "certno", "sound"),
    [
        ("01", certno_of(1), True),
        ("01", "999999198001010012", False),
        ("01", "110101198002300012", False),
        ("01", "99999919910101007" + "2", True),  # a place that no list has, with the right check digit
        ("01", certno_of(1).replace("1", "１"), False),
        ("08", "E1234567", True),
        ("08", "E 1234567", False),
    ],
)
def test_a_number_is_looked_at_as_far_as_its_kind_allows(cert_type, certno, sound):
    assert is_number(cert_type, certno) is sound


def test_who_is_there_is_not_entered_again_and_no_paper_gets_a_second_holder(store, book):
    entered(store, book, card_no="C1")

    again = enter(store, book, request(psn_no=psn_no_of(7)))
    other_number = enter(store, book, request(certno=certno_of(3)))
    other_card = enter(store, book, request(2, card_no="C1"))

    assert again == Refused(Refusal.DUPLICATE_INSURANCE, subject="certno")
    assert other_number == Refused(Refusal.IDENTITY_MISMATCH, subject="psn_no")
    assert other_card == Refused(Refusal.IDENTITY_MISMATCH, subject="card_no")
    assert len(store.registry.people) == 1


def test_two_of_one_batch_do_not_share_a_paper(store, book):
    first, second = request(1), request(2, certno=certno_of(1))
    scope = scope_of(first)
    scope.merge(scope_of(second))

    outcomes = store.run(scope, lambda books: [enrol(books, book, first), enrol(books, book, second)])

    assert isinstance(outcomes[0], Done)
    assert outcomes[1] == Refused(Refusal.DUPLICATE_INSURANCE, subject="certno")


def test_a_name_is_corrected_and_a_card_replaced(store, book):
    number = entered(store, book, card_no="C1")
    other = entered(store, book, number=2, card_no="C2")

    named = act(store, number, lambda books: enrolments.correct_name(books, number, "王丽"))
    carded = act(store, number, lambda books: enrolments.add_card(books, number, "C9", "S9"), ("card_no", "C9"))
    same = act(store, number, lambda books: enrolments.add_card(books, number, "C9", "S9"), ("card_no", "C9"))
    taken = act(store, other, lambda books: enrolments.add_card(books, other, "C9", ""), ("card_no", "C9"))

    assert isinstance(named, Done)
    assert isinstance(carded, Done)
    assert isinstance(same, Done)
    assert taken == Refused(Refusal.IDENTITY_MISMATCH, subject="card_no")
    identity = store.registry.identities[number]
    assert (identity.name, identity.card_no, identity.card_sn) == ("王丽", "C9", "S9")
    assert ("card_no", "C1") not in store.registry.directory


@pytest.mark.parametrize("name", ["", " 王丽", "王\n丽"])
def test_a_name_that_is_none_is_refused(store, book, name):
    number = entered(store, book)

    outcome = act(store, number, lambda books: enrolments.correct_name(books, number, name))

    assert outcome == Refused(Refusal.MESSAGE_MALFORMED, subject="name")


def test_an_insurance_changes_ends_comes_back_and_moves(store, book):
    number = entered(store, book)
    retires = InsureRequest(at=AT, person_id=number, work=Work.RETIRED, retired_on=date(2026, 3, 1))

    def after(work):
        done = act(store, number, work)
        assert isinstance(done, Done), done
        return store.registry.people[number]

    retired = after(lambda books: enrolments.insure(books, book, retires))
    assert (retired.work, retired.retired_on, retired.insured) == (Work.RETIRED, date(2026, 3, 1), Insurance.EMPLOYEE)
    suspended = after(lambda books: enrolments.suspend(books, book, number, AT, reason="arrears", until=None))
    assert suspended.status is Status.SUSPENDED
    assert after(lambda books: enrolments.resume(books, book, number, AT)).status is Status.ACTIVE
    assert after(lambda books: enrolments.end(books, book, number, AT)).status is Status.ENDED
    assert after(lambda books: enrolments.resume(books, book, number, AT)).status is Status.ACTIVE
    assert after(lambda books: enrolments.move(books, book, number, AT, "310000")).region == "310000"


def test_a_change_is_true_since_a_day_that_has_come(store, book):
    number = entered(store, book)

    early = act(store, number, lambda books: enrolments.end(books, book, number, AT, since=date(2026, 3, 6)))
    nowhere = act(store, number, lambda books: enrolments.move(books, book, number, AT, "990000"))

    assert early == Refused(Refusal.MESSAGE_MALFORMED, subject="since")
    assert nowhere == Refused(Refusal.MESSAGE_MALFORMED, subject="region")
    assert store.registry.people[number].status is Status.ACTIVE


def test_nobody_can_be_changed_who_is_not_there_or_dead(store, book):
    number = entered(store, book)
    act(store, number, lambda books: lives.die(books, book, number, AT))

    unknown = act(store, 5, lambda books: enrolments.resume(books, book, 5, AT))
    dead = act(store, number, lambda books: enrolments.resume(books, book, number, datetime(2026, 4, 1)))
    changed = InsureRequest(at=AT, person_id=number, tier="一档")

    assert isinstance(unknown, Refused)
    assert unknown.reason is Refusal.PERSON_UNKNOWN
    assert dead == Refused(Refusal.PERSON_UNKNOWN, subject="person")
    assert act(store, number, lambda books: enrolments.insure(books, book, changed)) == dead
    assert act(store, 5, lambda books: enrolments.correct_name(books, 5, "王")).reason is Refusal.PERSON_UNKNOWN
    assert act(store, 5, lambda books: enrolments.add_card(books, 5, "C", "")).reason is Refusal.PERSON_UNKNOWN
