"""What falls due by itself, asked for one request at a time, as a store does: nobody was brought up to date before."""

from datetime import date, datetime

import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Parts
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured, Status
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import AccountYear, EntryKind
from gongji.rules.settling import Bill
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.calendar import bring_up_to
from gongji.services.family import lives
from gongji.services.outcomes import Done
from gongji.services.store import MemoryStore
from gongji.services.wallets import wallets

DAUGHTER, MOTHER = 1, 2


@pytest.fixture
def store():
    return MemoryStore()


def admit(store, person_id, *, at, money=(0, 0), **marks):
    """Put in a person with so much current-year and carry-over money, in yuan."""
    wallet = marks.pop("wallet", False)
    person = Insured(person_id=person_id, insured=marks.pop("insured", Insurance.EMPLOYEE), wallet_open=wallet, **marks)

    def put(books):
        books.registry.people.put(person_id, person)
        books.ledger.years.put(person_id, AccountYear(date(at.year, 1, 1)))
        current, carried = (yuan * 100 for yuan in money)
        moves = {
            Account(person_id, Pocket.CURRENT_YEAR): current,
            Account(person_id, Pocket.CARRY_OVER): carried,
            Account(person_id, Pocket.CREDITS): -current - carried,
        }
        books.ledger.append(EntryKind.OPENING, moves, book_id=person_id, event_at=at, recorded_at=at)

    store.run(Scope(people={person_id}), put)


def pockets(store, person_id):
    kept = store.ledger.pockets.rows
    return tuple(
        kept[Account(person_id, pocket)].balance_fen if Account(person_id, pocket) in kept else 0
        for pocket in (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER)
    )


def bill(at, fen):
    return Bill(at=at, visited_on=at.date(), parts=Parts(copay_fen=fen))


def test_a_patient_whose_arrears_are_over_is_settled_at_the_first_asking(store, book):
    opened, later = datetime(2025, 5, 1, 10), datetime(2025, 6, 2, 10)
    admit(store, MOTHER, at=opened, money=(0, 100), region="110000")
    store.run(
        Scope(people={MOTHER}),
        lambda books: lives.suspend(books, book, MOTHER, opened, reason="arrears", until=date(2025, 6, 1)),
    )
    request = SettleRequest(request="s1", patient_id=MOTHER, bill=bill(later, 10_00), place_region="110000")

    done = store.run(Scope(people={MOTHER}), lambda books: settle(books, book, request))

    assert isinstance(done, Done)
    assert store.registry.people[MOTHER].status is Status.ACTIVE


def test_a_turn_of_the_year_is_booked_today_for_the_day_it_fell_due(store, book):
    opened, later = datetime(2025, 5, 1, 10), datetime(2026, 8, 20, 10)
    admit(store, MOTHER, at=opened, money=(30, 0), region="110000")

    store.run(Scope(people={MOTHER}), lambda books: bring_up_to(books, book, [MOTHER], later))

    roll = store.entries_of(MOTHER)[-1]
    assert (roll.kind, roll.event_at, roll.recorded_at) == (EntryKind.ROLL, datetime(2026, 1, 1), later)
    assert pockets(store, MOTHER) == (0, 30_00)


@pytest.mark.parametrize("asked_for", [DAUGHTER, MOTHER])
def test_money_that_comes_back_after_new_year_lies_where_it_lay_whoever_is_looked_at(store, book, asked_for):
    sent, later = datetime(2025, 12, 31, 20), datetime(2026, 1, 2, 10)
    admit(store, DAUGHTER, at=sent, money=(100, 0), region="110000", wallet=True)
    admit(store, MOTHER, at=sent, region="110000", wallet=True, insured=Insurance.RESIDENT)
    request = wallets.SendRequest(
        transfer_id="t1", at=sent, sender_id=DAUGHTER, receiver_id=MOTHER, relation=Relation.PARENT, amount_fen=40_00
    )
    both = Scope(people={DAUGHTER, MOTHER}, transfers={"t1"})
    assert isinstance(store.run(both, lambda books: wallets.send(books, book, request)), Done)

    both = Scope(people={DAUGHTER, MOTHER}, transfers={"t1"})
    store.run(both, lambda books: bring_up_to(books, book, [asked_for], later))

    assert pockets(store, DAUGHTER) == (40_00, 60_00)


def test_who_moves_to_a_region_with_another_year_keeps_this_years_money_till_that_year_turns(store, book):
    moved = datetime(2025, 2, 10, 10)
    admit(store, MOTHER, at=datetime(2025, 1, 5), money=(50, 0), region="110000")
    everyone = Scope(people={MOTHER})

    store.run(everyone, lambda books: lives.move_region(books, book, MOTHER, moved, "310000"))
    store.run(everyone, lambda books: bring_up_to(books, book, [MOTHER], datetime(2025, 6, 30, 23)))
    before = pockets(store, MOTHER)
    store.run(everyone, lambda books: bring_up_to(books, book, [MOTHER], datetime(2025, 7, 1)))

    assert before == (50_00, 0)
    assert pockets(store, MOTHER) == (0, 50_00)


def test_pot_money_of_a_sharer_who_moves_where_there_are_no_pots_is_his_own_again(store, book):
    at = datetime(2025, 2, 10, 10)
    admit(store, DAUGHTER, at=at, money=(0, 100), region="350100")
    admit(store, MOTHER, at=at, region="350100", insured=Insurance.RESIDENT)

    def fill(books):
        bond = Bond(bond_id=1, sharer_id=DAUGHTER, member_id=MOTHER, relation=Relation.PARENT, since=at)
        books.registry.put_bond(bond)
        moves = {Account(DAUGHTER, Pocket.CARRY_OVER): -60_00, Account(DAUGHTER, Pocket.POT, MOTHER): 60_00}
        books.ledger.append(EntryKind.ALLOCATION, moves, book_id=DAUGHTER, event_at=at, recorded_at=at)

    store.run(Scope(people={DAUGHTER, MOTHER}), fill)
    done = store.run(Scope(people={DAUGHTER}), lambda books: lives.move_region(books, book, DAUGHTER, at, "110000"))

    assert not isinstance(done, Refused)
    assert done.freed_fen == 60_00
    assert pockets(store, DAUGHTER) == (0, 100_00)
