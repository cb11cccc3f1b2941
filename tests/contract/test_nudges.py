"""Told again, and told on a day, in both stores: once a day and no more, only while there is something to do."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.family import Relation
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.ledger.records import Draw, Transfer, TransferState
from gongji.services.acts import Actor
from gongji.services.family.consents import Terms
from gongji.services.family.invitations import Invitation
from gongji.services.policies.timetables import Timetable
from gongji.services.telling.ending_days import choose_ending_day, ending_day, ending_day_scope
from gongji.services.telling.notice_feeding import feed
from gongji.services.telling.notices import NOTICE, Notice
from gongji.services.telling.nudges import EVERY, nudge_about_invitation, nudge_about_transfer, nudge_id
from tests.contract.people import DAUGHTER, FATHER, NOON, family
from tests.national_world import policy_book

RULES = Timetable(policy_book())
LATER = NOON + timedelta(hours=1)
NEXT_DAY = LATER + EVERY
DAY = date(2026, 3, 20)
NINE = datetime(2026, 3, 20, 9)


@pytest.fixture
def bond_id(store):
    return family(store)


def told(store, person_id, now):
    while feed(store, RULES, store.run, now, 2):
        pass
    several = [opened(one, Notice) for one in store.dossiers(Asked(kind=NOTICE, party=person_id))]
    return sorted((one.topic.value, one.at, one.path, one.other_id) for one in several)


def waiting(store, state=TransferState.AWAITING_RECEIPT):
    """Enter a transfer of the father's for his daughter; return its number."""
    transfer = Transfer(
        transfer_id="transfer-1",
        book_id=FATHER,
        receiver_id=DAUGHTER,
        amount_fen=50_00,
        sent_at=NOON,
        return_at=NOON + timedelta(days=2),
        taken=(Draw(Account(FATHER, Pocket.CARRY_OVER), 50_00),),
        state=state,
    )
    store.run(Scope(people={FATHER}), lambda books: books.ledger.transfers.put("transfer-1", transfer))
    return "transfer-1"


def invited(store, state="open"):
    form = Invitation(
        bond_id=1,
        relation=Relation.CHILD,
        terms=Terms(modes=(), lasts="cancelled"),
        asked_by=Actor(channel="city-app", person_id=FATHER),
        link_digest="",
    )
    dossier = Dossier(
        dossier_id="invitation-1",
        kind="invitation",
        made_at=NOON,
        parties=(FATHER, DAUGHTER),
        state=state,
        due_at=NOON + timedelta(days=3),
        content=filed(form),
    )
    store.run(Scope(), lambda books: books.dossiers.put(dossier))
    return "invitation-1"


def nudge(store, how, matter, now, by=FATHER):
    scope = Scope(people={by}, transfers={matter}, dossiers={matter, nudge_id(matter)})
    return store.run(scope, lambda books: how(books, by, matter, now))


@pytest.mark.usefixtures("bond_id")
@pytest.mark.parametrize(
    ("enter", "how", "path"),
    [
        (waiting, nudge_about_transfer, "/wallet/transfers/transfer-1"),
        (invited, nudge_about_invitation, "/family/invitations/invitation-1"),
    ],
)
def test_the_other_side_is_told_again_once_a_day(store, enter, how, path):
    matter = enter(store)
    before = told(store, DAUGHTER, NOON)

    first = nudge(store, how, matter, LATER)
    early = nudge(store, how, matter, NEXT_DAY - timedelta(seconds=1))
    after = told(store, DAUGHTER, NEXT_DAY)
    again = nudge(store, how, matter, NEXT_DAY)

    assert (first.done, early.done, again.done) == (True, False, True)
    assert (early.last_at, early.again_at) == (LATER, NEXT_DAY)
    fresh = [one for one in after if one not in before]
    assert [(one[1:]) for one in fresh] == [(LATER, path, FATHER)]
    assert len(told(store, DAUGHTER, NEXT_DAY)) == len(after) + 1
    assert not [one for one in told(store, FATHER, NEXT_DAY) if one[2] == path]


@pytest.mark.usefixtures("bond_id")
@pytest.mark.parametrize("by", [DAUGHTER, FATHER])
def test_nobody_is_told_again_of_what_does_not_wait_or_by_anybody_else(store, by):
    over = by == FATHER
    transfer = waiting(store, TransferState.RECALLED if over else TransferState.AWAITING_RECEIPT)
    invitation = invited(store, "declined" if over else "open")

    answers = [
        nudge(store, nudge_about_transfer, transfer, LATER, by),
        nudge(store, nudge_about_invitation, invitation, LATER, by),
    ]

    assert [type(one) for one in answers] == [Refused, Refused]


@pytest.mark.usefixtures("bond_id")
def test_nothing_waits_any_more_after_its_time(store):
    late = NOON + timedelta(days=3)
    for how, matter in ((nudge_about_transfer, waiting(store)), (nudge_about_invitation, invited(store))):
        assert isinstance(nudge(store, how, matter, late), Refused)


def choose(store, bond_id, day, now=NOON, by=FATHER):
    scope = ending_day_scope(bond_id, by)
    return store.run(scope, lambda books: choose_ending_day(books, bond_id, by, day, now))


def days_told(store, now):
    return [one for one in told(store, FATHER, now) if one[0] == "ending_day"]


def test_who_chose_a_day_is_told_on_its_morning_once(store, bond_id):
    chosen = choose(store, bond_id, DAY)

    before = days_told(store, NINE - timedelta(seconds=1))
    after = days_told(store, NINE)

    assert (chosen, before) == (DAY, [])
    assert after == [("ending_day", NINE, f"/family/{bond_id}/ending", DAUGHTER)]
    assert days_told(store, NINE + timedelta(days=9)) == after
    kept = store.read(ending_day_scope(bond_id, FATHER), lambda books: ending_day(books, bond_id, FATHER))
    assert kept is None


def test_a_day_is_changed_and_taken_back(store, bond_id):
    choose(store, bond_id, DAY)
    choose(store, bond_id, DAY + timedelta(days=1))
    moved = days_told(store, NINE)
    choose(store, bond_id, None, NINE)

    assert moved == []
    assert days_told(store, NINE + timedelta(days=9)) == []
    assert choose(store, bond_id, DAY + timedelta(days=5), NINE) == DAY + timedelta(days=5)
    assert len(days_told(store, NINE + timedelta(days=9))) == 1


def test_of_a_bond_that_has_ended_nobody_is_told(store, bond_id):
    choose(store, bond_id, DAY)

    def end(books):
        books.registry.put_bond(replace(books.registry.bonds[bond_id], ended_at=NOON))

    store.run(Scope(people={FATHER}), end)

    assert days_told(store, NINE) == []
    assert isinstance(choose(store, bond_id, DAY), Refused)


@pytest.mark.parametrize("day", [NOON.date(), NOON.date() - timedelta(days=1), NOON.date() + timedelta(days=1099)])
def test_a_day_lies_ahead_and_not_for_ever(store, bond_id, day):
    refused = choose(store, bond_id, day)

    assert isinstance(refused, Refused)
    assert refused.subject == "day"


def test_another_s_bond_takes_no_day(store, bond_id):
    assert isinstance(choose(store, bond_id, DAY, by=999), Refused)
