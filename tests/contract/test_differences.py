"""Differences in both stores: each filed once, before the office it belongs to, and closed by who took it."""

from datetime import timedelta

import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.dossiers import opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.gateways.database import PostgresStore
from gongji.ledger.records import EntryKind
from gongji.services.acts import Actor
from gongji.services.office import differences
from gongji.services.office.differences import BACK, CURSOR_ID, DIFFERENCE, OPEN, Difference
from gongji.services.policies.timetables import Timetable
from gongji.services.store import LeaseLostError, StoreDownError
from tests.contract.conftest import KEY
from tests.contract.test_quote_refunds import HOSPITAL as BY
from tests.contract.test_quote_refunds import LATER, refund, settled
from tests.contract.test_quotes import REGION, bind
from tests.family_life import FATHER, SON
from tests.national_world import World, policy_book

CLERK = Actor(channel="desk", role="clerk", clerk="王", staff_no="S1", office=REGION)
FAR = Actor(channel="desk", role="clerk", clerk="远", staff_no="S9", office="510100")
OTHER = Actor(channel="desk", role="reviewer", clerk="李", staff_no="S2", office=REGION)


@pytest.fixture
def book():
    return policy_book()


@pytest.fixture
def refunded(store, book):
    """A bill of the father's, partly paid by his son, refunded whole."""
    world = World(store)
    world.person(SON, region=REGION, money=500_00)
    world.person(FATHER, region=REGION, money=30_00)
    bind(store, book)
    refund(store, book, settled(store, book, BY))


def look_through(store, book, now=LATER, most=1000):
    found = 0
    while True:
        portion = differences.next_portion(store, now, most)
        found += store.run(
            portion.scope, lambda books, portion=portion: differences.file_portion(books, book, portion, now)
        )
        if not portion.more:
            return found


def filed(store):
    return store.dossiers(Asked(kind=DIFFERENCE, most=100))


def stepped(store, act, number, *more, actor=CLERK):
    return store.run(Scope(dossiers={number}), lambda books: act(books, actor, number, *more, LATER))


@pytest.mark.usefixtures("refunded")
@pytest.mark.parametrize("most", [1, 2, 1000])
def test_money_that_came_back_is_filed_once_whatever_the_portions(store, book, most):
    found = look_through(store, book, most=most)

    assert found == len(filed(store)) == 1
    assert look_through(store, book) == 0
    (one,) = filed(store)
    assert (one.office, one.state, one.parties) == (REGION, OPEN, (FATHER,))
    form = opened(one, Difference)
    assert (form.kind, form.amount_fen) == ("reversed", 100_00)


@pytest.mark.usefixtures("refunded")
def test_two_who_look_at_once_file_it_once(store, book):
    portions = [differences.next_portion(store, LATER) for _ in range(2)]

    found = [
        store.run(one.scope, lambda books, one=one: differences.file_portion(books, book, one, LATER))
        for one in portions
    ]

    assert found == [1, 0]


def more_money_back(store, times):
    """Enter bills of the son's and their refunds."""
    account, other = Account(SON, Pocket.CARRY_OVER), Account(SON, Pocket.INSTITUTION)

    def work(books):
        when = {"book_id": SON, "event_at": LATER, "recorded_at": LATER}
        for _ in range(times):
            paid = books.ledger.append(EntryKind.SETTLEMENT, {account: -1_00, other: 1_00}, **when)
            books.ledger.append(EntryKind.REVERSAL, {account: 1_00, other: -1_00}, **when, reverses=paid.entry_id)

    store.run(Scope(people={SON}), work)


@pytest.mark.usefixtures("refunded")
@pytest.mark.parametrize(("most", "filed_most"), [(1000, 2), (3, 200)])
def test_the_server_files_a_bounded_portion_a_round_and_goes_on_where_it_was(store, book, most, filed_most):
    more_money_back(store, 4)
    rules, rounds, counts = Timetable(book), 1, []

    while differences.look_through(store, rules, store.run, LATER, most, filed_most):
        rounds += 1
        counts.append(len(filed(store)))

    assert rounds > 2
    steps = [after - before for before, after in zip([0, *counts], [*counts, len(filed(store))], strict=True)]
    assert max(steps) <= 2
    assert sum(steps) == 5
    assert not differences.look_through(store, rules, store.run, LATER)
    assert len(filed(store)) == 5


@pytest.mark.usefixtures("refunded")
def test_a_round_that_was_not_written_is_made_again(store, book):
    def broken(*_):
        raise StoreDownError("away")

    with pytest.raises(StoreDownError):
        differences.look_through(store, Timetable(book), broken, LATER)
    assert filed(store) == []

    differences.look_through(store, Timetable(book), store.run, LATER)

    assert len(filed(store)) == 1


def test_a_server_that_stands_by_files_nothing(postgres_store, database, book):
    world = World(postgres_store)
    world.person(SON, region=REGION, money=500_00)
    more_money_back(postgres_store, 1)
    standing_by = PostgresStore(database, KEY, lease_seconds=1)
    try:
        with pytest.raises(LeaseLostError):
            differences.look_through(standing_by, Timetable(book), standing_by.run, LATER)
    finally:
        standing_by.close()

    assert filed(postgres_store) == []
    assert postgres_store.read(Scope(dossiers={CURSOR_ID}), differences.checked_at) is None


@pytest.mark.usefixtures("refunded")
def test_what_is_long_gone_is_passed_over(store, book):
    assert look_through(store, book, now=LATER + BACK + timedelta(days=1)) == 0
    at = store.read(Scope(dossiers={CURSOR_ID}), differences.checked_at)
    assert at == LATER + BACK + timedelta(days=1)


@pytest.mark.usefixtures("refunded")
def test_it_is_closed_with_a_note_by_who_took_it_of_the_office_it_belongs_to(store, book):
    look_through(store, book)
    number = filed(store)[0].dossier_id
    assert stepped(store, differences.see_to, number, "核对无误") is RequestFault.CHANGED_MEANWHILE
    assert stepped(store, differences.take, number, actor=FAR) is RequestFault.NOT_YOUR_TASK
    assert stepped(store, differences.take, number).state == "taken"
    assert stepped(store, differences.take, number, actor=OTHER) is RequestFault.CHANGED_MEANWHILE
    assert stepped(store, differences.see_to, number, "核对无误", actor=OTHER) is RequestFault.CHANGED_MEANWHILE
    assert isinstance(stepped(store, differences.see_to, number, " "), Refused)
    assert isinstance(stepped(store, differences.take, "difference-0"), Refused)

    done = stepped(store, differences.see_to, number, "核对无误")

    assert done.state == "seen_to"
    assert [step.what for step in opened(done, Difference).steps] == ["taken", "seen_to"]
    assert store.faults() == []
