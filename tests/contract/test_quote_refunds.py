"""Refunds of bills settled by a quote, in both stores: the right pockets, the right people, to the fen."""

from datetime import timedelta

import pytest

from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.acts import Actor
from gongji.services.bills import quote_refunds, quotes
from gongji.services.bills.quote_refunds import QuoteRefund
from gongji.services.bills.quotes import quote_scope
from gongji.services.policies.timetables import Timetable
from gongji.services.telling.notice_feeding import feed
from gongji.services.telling.notices import Topic
from tests.contract.test_notice_feeding import told
from tests.contract.test_quotes import MINUTE, REGION, balance, bind, quoted
from tests.family_life import FATHER, NOW, SON, run
from tests.national_world import World, policy_book
from tests.statement_checks import check_life, sure

HOSPITAL = Actor(channel="hospital", role="system")
COUNTER = Actor(channel="desk", role="clerk", clerk="王", staff_no="S1", office="320200")
LATER = NOW + timedelta(hours=2)


@pytest.fixture
def book():
    return policy_book()


@pytest.fixture
def quote_id(store, book):
    """A bill of the father's over 100.00: his own 30.00, and 70.00 of his son's; settled by the hospital."""
    world = World(store)
    world.person(SON, region=REGION, money=500_00)
    world.person(FATHER, region=REGION, money=30_00)
    bind(store, book)
    return settled(store, book, HOSPITAL)


def settled(store, book, by, fen=100_00):
    quote = quoted(store, book, fen)
    scope = quote_scope(FATHER, quote.quote_id)

    def work(books):
        return quotes.settle_quote(
            books, book, book, by, sure(quotes.found(books, quote.quote_id, FATHER)), NOW + MINUTE
        )

    assert run(store, scope, work).settle_id is not None
    return quote.quote_id


def refund(store, book, quote_id, amount_fen=None, by=HOSPITAL, at=LATER):
    """Refund as the API does: the quote is looked up first, and with it what has to be loaded."""
    quote = store.read(
        Scope(dossiers={quote_id}), lambda books: quote_refunds.settled_by(books.dossiers.get(quote_id), by)
    )
    if isinstance(quote, Refused):
        return quote
    asked = QuoteRefund(at=at, quote_id=quote_id, amount_fen=amount_fen)
    scope = quote_refunds.refund_scope(quote, quote_id)
    return run(store, scope, lambda books: quote_refunds.refund_quote(books, book, by, asked))


def state(store, quote_id):
    return store.read(quote_scope(FATHER, quote_id), lambda books: sure(quotes.found(books, quote_id, FATHER)).state)


def test_a_part_goes_back_to_the_sharer_first_and_the_rest_to_both(store, book, quote_id):
    part = refund(store, book, quote_id, 20_00)
    after_part = (balance(store, SON), balance(store, FATHER), state(store, quote_id))
    rest = refund(store, book, quote_id)

    assert (part.returned, part.cash_fen, part.left_fen, part.refund.full) == (((SON, 20_00),), 0, 80_00, False)
    assert after_part == (450_00, 0, "settled")
    assert dict(rest.returned) == {SON: 50_00, FATHER: 30_00}
    assert (rest.left_fen, rest.refund.full, state(store, quote_id)) == (0, True, "refunded")
    assert (balance(store, SON), balance(store, FATHER)) == (500_00, 30_00)
    assert [one.amount_fen for one in check_life(store, book, SON, LATER)][-3:] == [-70_00, 20_00, 50_00]
    assert [one.amount_fen for one in check_life(store, book, FATHER, LATER)][-2:] == [-30_00, 30_00]
    assert store.faults() == []


def test_the_family_is_told_of_what_came_back(store, book, quote_id):
    refund(store, book, quote_id, 20_00)

    while feed(store, Timetable(book), store.run, LATER):
        pass

    assert [one for one in told(store, SON) if one[0] is Topic.REFUND] == [(Topic.REFUND, 20_00, FATHER)]
    assert not [one for one in told(store, FATHER) if one[0] is Topic.REFUND]


@pytest.mark.parametrize(
    "by",
    [
        Actor(channel="another-hospital", role="system"),
        Actor(channel="hospital", role="clerk", clerk="王", staff_no="S1"),
        Actor(channel="hospital", role="clerk", clerk="王", staff_no="S1", office="320200"),
        Actor(channel="hospital", person_id=FATHER),
    ],
)
def test_nobody_else_refunds_what_a_system_settled(store, book, quote_id, by):
    assert refund(store, book, quote_id, by=by) == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="quote")


def test_the_counter_of_the_office_that_settled_refunds_whoever_sits_there(store, book, quote_id):
    at_counter = settled(store, book, COUNTER, 10_00)
    colleague = Actor(channel="other-desk", role="clerk", clerk="李", staff_no="S2", office="320200")
    elsewhere = Actor(channel="desk", role="clerk", clerk="王", staff_no="S1", office="320500")

    told_elsewhere, done = (refund(store, book, at_counter, by=by) for by in (elsewhere, colleague))

    assert told_elsewhere == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="quote")
    assert done.refund.full is True
    assert state(store, quote_id) == "settled"


@pytest.mark.parametrize(("amount_fen", "name"), [(0, "MESSAGE_MALFORMED"), (100_01, "NOTHING_TO_REFUND")])
def test_an_amount_that_cannot_go_back_moves_nothing(store, book, quote_id, amount_fen, name):
    before = balance(store, SON)

    assert refund(store, book, quote_id, amount_fen).reason is Refusal(name)
    assert (balance(store, SON), state(store, quote_id)) == (before, "settled")


def test_what_went_back_whole_does_not_go_back_again_and_an_open_quote_not_at_all(store, book, quote_id):
    refund(store, book, quote_id)
    still_open = quoted(store, book, 5_00, NOW + 2 * MINUTE)

    assert refund(store, book, quote_id).reason is Refusal.ALREADY_REVERSED
    assert refund(store, book, still_open.quote_id) == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="quote")
    assert refund(store, book, "quote-999") == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="quote")
