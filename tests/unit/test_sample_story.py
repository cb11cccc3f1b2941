"""The story of the sample family: nothing of it is refused, its books add up, it is told once, and to nobody else."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from gongji.channels import samples
from gongji.channels.sample_story import DAUGHTER, FATHER, INVITED, MOTHER, SON, WIFE, has_story, tell_story
from gongji.channels.sandbox import load_samples, put_person
from gongji.domain.account import Pocket
from gongji.domain.family import BondState
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.ledger.records import TransferState
from gongji.services.access.links import digest_of, led_to, link_scope
from gongji.services.accounts.statements import Asked as Statements
from gongji.services.accounts.statements import sums
from gongji.services.acts import Actor
from gongji.services.office.application_kinds import APPLICATION
from gongji.services.office.mandates import MANDATE, allowed, mandate_scope
from gongji.services.store import MemoryStore
from tests.statement_checks import check_life, sure

NOW = datetime(2026, 11, 23, 10)
FAMILY = (SON, MOTHER, FATHER, WIFE, DAUGHTER)


def told(book, now=NOW):
    store = MemoryStore()
    load_samples(store, book, now)
    return store, tell_story(store, book, now)


@pytest.fixture(scope="module")
def store(book):
    return told(book)[0]


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        datetime(2026, 11, 1, 0, 5),
        datetime(2026, 1, 31, 23, 59),
        datetime(2026, 3, 1, 6, 0),
        datetime(2025, 12, 9, 5, 59),
        datetime(2027, 5, 31, 22, 30),
        datetime(2028, 2, 29, 6, 1),
    ],
    ids=str,
)
def test_nothing_is_refused_and_the_books_add_up_whenever_it_is_told(book, now):
    store, refused = told(book, now)

    assert refused == []
    assert store.faults() == []
    waiting = [one for one in store.ledger.transfers if one.state is TransferState.AWAITING_RECEIPT]
    assert [(one.book_id, one.receiver_id, one.amount_fen) for one in waiting] == [(SON, FATHER, 500_00)]
    assert waiting[0].sent_at <= now < waiting[0].return_at
    assert 6 <= waiting[0].sent_at.hour < 22
    assert all(entry.event_at <= now for entry in store.entries_after(0, 1_000))
    assert any(one.settled_at.month == now.month for one in store.ledger.settlements)


@pytest.mark.parametrize("person_id", FAMILY)
def test_the_statements_chain_to_the_fen(book, store, person_id):
    check_life(store, book, person_id, NOW)


def test_the_sons_months_come_to_what_he_paid(book, store):
    """October: 40.50 and 37.00 (given back) for his daughter, 36.20 for his father, 115.00 for himself, and so on."""
    found = sure(sums(store, book, Statements(person_id=SON), NOW))
    october = [one for one in found if one.month == "2026-10"]

    def moved(pocket):
        return sum(one.amount_fen for one in october if one.account.pocket is pocket and one.account.book_id == SON)

    assert moved(Pocket.CURRENT_YEAR) == 180_00 - 115_00
    assert moved(Pocket.CARRY_OVER) == -(40_50 + 36_20 + 300_00 + 380_00)


def test_it_leaves_something_to_do_for_everybody(store):
    bonds = {one.member_id: one.state for one in store.registry.bonds if one.sharer_id == SON}
    assert bonds == {
        MOTHER: BondState.ACTIVE,
        FATHER: BondState.ACTIVE,
        DAUGHTER: BondState.ACTIVE,
        WIFE: BondState.AWAITING_CONFIRMATION,
    }
    applied = store.dossiers(Asked(kind=APPLICATION, most=9))
    assert [(one.parties[0], one.office, one.state) for one in applied] == [
        (WIFE, "320200", "waiting"),
        (SON, "320200", "waiting"),
    ]
    assert store.dossiers(Asked(kind=MANDATE, most=9))[0].parties == (MOTHER, SON)
    son = Actor(channel="app", person_id=SON)
    assert store.read(mandate_scope(MOTHER), lambda books: allowed(books, son, MOTHER, NOW, "accounts.read"))[1]
    led = store.read(link_scope(digest_of(INVITED)), lambda books: led_to(books, digest_of(INVITED)))
    assert led.startswith("invitation-")


def test_it_is_told_once(book, store):
    before = len(store.entries_after(0, 10_000))

    assert has_story(store)
    assert tell_story(store, book, NOW) is None
    assert len(store.entries_after(0, 10_000)) == before


def test_it_is_told_only_among_samples(book):
    empty = MemoryStore()
    assert tell_story(empty, book, NOW) is None
    assert not empty.everyone().people

    mixed = MemoryStore()
    load_samples(mixed, book, NOW)
    sample = samples.people()[SON]
    somebody = replace(
        sample,
        insured=replace(sample.insured, person_id=7),
        identity=replace(sample.identity, person_id=7, psn_no="7", card_no="7", certno="7"),
    )
    mixed.run(Scope(people={7}), lambda books: put_person(books, book, somebody, NOW))

    assert tell_story(mixed, book, NOW) is None
    assert not has_story(mixed)
