"""A settlement can be decided again from its entry for ever: by the rules of today, or by those that were kept."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Parts
from gongji.domain.insured import Insurance, Insured
from gongji.domain.requests import RequestKey, Scope
from gongji.ledger.records import EntryKind
from gongji.registry.records import Identity
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill
from gongji.services.bills.replays import NotReplayableError, replay, replay_request
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.requests import once
from gongji.services.store import MemoryStore

AT = datetime(2025, 6, 1, 10)
KEY = RequestKey("H1", "m1", AT.date())


@pytest.fixture
def store(book):
    """Books in which Li has paid 3.00 of 10.00 out of his account."""
    store = MemoryStore()

    def act(books):
        li = Insured(person_id=1, insured=Insurance.EMPLOYEE, region="310000")
        books.registry.people.put(1, li)
        books.registry.identities.put(1, Identity(person_id=1, psn_no="1", name="李", cert_type="01", certno="x"))
        moves = {Account(1, Pocket.CARRY_OVER): 300, Account(1, Pocket.CREDITS): -300}
        books.ledger.append(EntryKind.OPENING, moves, book_id=1, event_at=AT, recorded_at=AT)
        bill = Bill(at=AT, visited_on=AT.date(), parts=Parts(copay_fen=1000))
        request = SettleRequest(request="m1", patient_id=1, bill=bill, place_region="310000")
        return once(books, KEY, "2207", b"digest", lambda: settle(books, book, request))

    store.run(Scope(people={1}, requests={KEY}), act)
    return store


def test_what_was_settled_is_decided_again_with_the_same_outcome(book, store):
    replayed = replay_request(store, book, KEY)

    assert replayed is not None
    assert [payment.amount_fen for payment in replayed.decision.own] == [300]
    assert replayed.decision.cash_fen == 700
    assert replayed.names == {1: "李"}


def test_a_request_that_settled_nothing_has_nothing_to_decide_again(book, store):
    assert replay_request(store, book, RequestKey("H1", "other", AT.date())) is None


def test_the_rules_it_was_settled_by_are_wanted_not_those_of_today(store):
    today = PolicyBook([], {}, {}, "another digest")

    with pytest.raises(NotReplayableError, match="not kept"):
        replay_request(store, today, KEY)


def test_an_entry_that_is_decided_otherwise_is_told(book, store):
    entry = next(one for one in store.entries_of(1) if one.kind is EntryKind.SETTLEMENT)
    other = replace(entry, legs=tuple(replace(leg, amount_fen=2 * leg.amount_fen) for leg in entry.legs))

    with pytest.raises(NotReplayableError, match="otherwise"):
        replay(other, {}, book)
