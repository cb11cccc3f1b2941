"""Quotes, showings and inheritances in both stores: what was quoted is settled, or the answer says what changed."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Parts
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked as AskedFor
from gongji.rules.settling import Bill
from gongji.services.bills import quotes
from gongji.services.bills.quotes import Asked, quote_scope
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.family import bond_endings, inheritances, networks, showings
from gongji.services.family.inheritances import Payment, inheritance_scope
from gongji.services.wallets.premiums import PayPremium, pay_premium
from tests.family_life import FATHER, NOW, SON, citizen, promise, propose, run, wish
from tests.national_world import World, policy_book

SPOUSE = 2
MINUTE = timedelta(minutes=1)
REGION = "110000"


@pytest.fixture
def book():
    return policy_book()


@pytest.fixture
def world(store):
    found = World(store)
    found.person(SON, region=REGION, money=500_00)
    found.person(SPOUSE, region=REGION, money=80_00)
    found.person(FATHER, region=REGION, money=30_00)
    return found


def bind(store, book, sharer=SON, **more):
    return propose(store, book, wish(sharer, FATHER, Relation.PARENT, **more)).bond_id


def bill(fen=100_00, at=NOW):
    return Bill(at=at, visited_on=at.date(), parts=Parts(copay_fen=fen))


def quoted(store, book, fen=100_00, at=NOW):
    asked = Asked(patient_id=FATHER, bill=bill(fen, at), place_region=REGION)
    made = run(store, quote_scope(FATHER), lambda books: quotes.make(books, book, citizen(FATHER), asked))
    return made[0]


def found(books, quote_id, whose=FATHER):
    return quotes.found(books, quote_id, whose)


def settled(store, book, quote_id, at=NOW + MINUTE, pinned="same"):
    def work(books):
        told = found(books, quote_id)
        if isinstance(told, Refused):
            return told
        rules = book if pinned == "same" else pinned
        return quotes.settle_quote(books, book, rules, citizen(FATHER), told, at)

    return run(store, quote_scope(FATHER, quote_id), work)


def paid(quote):
    return [(one.person_id, one.amount_fen) for one in quote.quote.shares]


def balance(store, person_id):
    pockets = (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER)
    return store.read(
        Scope(people={person_id}), lambda books: sum(books.ledger.balance(person_id, pocket) for pocket in pockets)
    )


@pytest.mark.usefixtures("world")
def test_a_quote_is_settled_as_it_says_and_once(store, book):
    bind(store, book)
    quote = quoted(store, book)

    before = balance(store, SON)
    done = settled(store, book, quote.quote_id)
    again = settled(store, book, quote.quote_id)

    assert paid(quote) == [(FATHER, 30_00), (SON, 70_00)]
    assert (before, balance(store, SON), balance(store, FATHER)) == (500_00, 430_00, 0)
    assert done.settle_id is not None
    assert done.changes == ()
    assert again == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="quote_settled")
    assert store.faults() == []


@pytest.mark.usefixtures("world")
def test_a_quote_is_void_for_a_sharer_whose_bond_has_ended_and_settling_says_so(store, book):
    bond_id = bind(store, book)
    bind(store, book, sharer=SPOUSE, at=NOW + MINUTE)
    quote = quoted(store, book, at=NOW + MINUTE)
    later = NOW + 5 * MINUTE
    scope = bond_endings.endings_scope(SON, FATHER)
    view = store.read(scope, lambda books: bond_endings.outlook(books, book, citizen(SON), bond_id, later))
    run(store, scope, lambda books: bond_endings.end(books, book, citizen(SON), bond_id, later))

    void = store.read(quote_scope(FATHER), lambda books: quotes.void(books, quote.quote, later))
    told = settled(store, book, quote.quote_id, at=later)

    assert view.quotes == (quote.quote_id,)
    assert [(one.why, one.person_id, one.bond_id) for one in void] == [("bond_ended", SON, bond_id)]
    assert told.settle_id is None
    assert [(one.why, one.person_id) for one in told.changes] == [("bond_ended", SON), ("balance", SPOUSE)]
    assert paid(told.anew) == [(FATHER, 30_00), (SPOUSE, 70_00)]
    assert balance(store, SPOUSE) == 80_00
    done = settled(store, book, told.anew.quote_id, at=later + MINUTE)
    assert done.settle_id is not None
    assert balance(store, SPOUSE) == 10_00


@pytest.mark.usefixtures("world")
def test_what_else_changed_is_named_to_the_fen(store, book):
    bind(store, book)
    quote = quoted(store, book, fen=520_00)
    request = SettleRequest(request="own", patient_id=SON, bill=bill(40_00, NOW + MINUTE), place_region=REGION)
    run(store, Scope(people={SON}), lambda books: settle(books, book, request))

    told = settled(store, book, quote.quote_id, at=NOW + 2 * MINUTE)

    assert [(one.why, one.person_id, one.was_fen, one.is_fen) for one in told.changes] == [
        ("balance", SON, 490_00, 460_00)
    ]
    assert told.anew.quote.cash_fen == 30_00


def test_the_same_sum_out_of_other_pockets_is_not_what_was_quoted(store, book):
    World(store).person(FATHER, region=REGION, money=500_00, current=70_00)
    quote = quoted(store, book, fen=70_00)
    request = SettleRequest(request="own", patient_id=FATHER, bill=bill(30_00, NOW + MINUTE), place_region=REGION)
    run(store, Scope(people={FATHER}), lambda books: settle(books, book, request))
    before = balance(store, FATHER)

    told = settled(store, book, quote.quote_id, at=NOW + 2 * MINUTE)

    assert [(one.why, one.person_id, one.was_fen, one.is_fen) for one in told.changes] == [
        ("own", FATHER, 70_00, 70_00)
    ]
    assert told.settle_id is None
    assert balance(store, FATHER) == before
    pockets = [(one.pocket, one.amount_fen) for one in told.anew.quote.shares]
    assert pockets == [(Pocket.CURRENT_YEAR, 40_00), (Pocket.CARRY_OVER, 30_00)]
    assert settled(store, book, told.anew.quote_id, at=NOW + 3 * MINUTE).settle_id is not None


@pytest.mark.usefixtures("world")
def test_a_paused_bond_a_new_one_and_another_rank_are_told_apart(store, book):
    bond_id = bind(store, book)
    quote = quoted(store, book)
    scope = bond_endings.endings_scope(SON, FATHER)
    until = (NOW + timedelta(days=3)).date()
    run(store, scope, lambda books: bond_endings.pause(books, book, citizen(SON), bond_id, NOW, until))
    bind(store, book, sharer=SPOUSE, at=NOW + MINUTE)

    told = settled(store, book, quote.quote_id, at=NOW + 2 * MINUTE)

    assert [(one.why, one.person_id) for one in told.changes] == [("bond_paused", SON), ("bond_new", SPOUSE)]
    (skip,) = [one for one in told.anew.quote.skips if one.person_id == SON]
    assert skip.refused.reason is Refusal.BOND_PAUSED
    assert dict(skip.refused.ground.figures) == {"paused_until": str(until)}


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("late", "whole"), [(30 * MINUTE - timedelta(seconds=1), True), (30 * MINUTE, False)])
def test_a_quote_lives_for_half_an_hour_to_the_second(store, book, late, whole):
    bind(store, book)
    quote = quoted(store, book)

    told = settled(store, book, quote.quote_id, at=NOW + late)

    assert (told.settle_id is not None) is whole
    assert [one.why for one in told.changes] == ([] if whole else ["expired"])


@pytest.mark.usefixtures("world")
def test_rules_that_are_gone_are_named_where_they_matter(store, book):
    bind(store, book)
    quote = quoted(store, book)
    other = type(book)(book.rows, book.sources, book.names, "another bundle")

    def work(books):
        told = found(books, quote.quote_id)
        moved = replace(told, quote=replace(told.quote, cash_fen=1_00))
        return quotes.settle_quote(books, other, None, citizen(FATHER), moved, NOW + MINUTE)

    told = run(store, quote_scope(FATHER, quote.quote_id), work)

    assert [one.why for one in told.changes] == ["rules"]
    assert told.anew.quote.bundle == "another bundle"


@pytest.mark.usefixtures("world")
def test_a_quote_is_told_to_its_patient_alone(store, book):
    quote = quoted(store, book)

    mine, theirs = (
        store.read(quote_scope(FATHER, quote.quote_id), lambda books, one=one: found(books, quote.quote_id, one))
        for one in (FATHER, SON)
    )

    assert mine.quote_id == quote.quote_id
    assert theirs == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="quote")


# Bonds for one payment, and bonds at rest.


@pytest.mark.usefixtures("world")
def test_a_bond_for_one_payment_pays_one(store, book):
    bind(store, book, lasts="once")

    def pay(number, fen):
        at = NOW + number * MINUTE
        request = SettleRequest(request=f"s{number}", patient_id=FATHER, bill=bill(fen, at), place_region=REGION)
        done = run(store, Scope(people={FATHER}), lambda books: settle(books, book, request))
        return [(one.account.book_id, one.amount_fen) for one in done.settlement.draws], done.decision.skips

    first, _ = pay(1, 50_00)
    second, skips = pay(2, 50_00)

    assert first == [(FATHER, 30_00), (SON, 20_00)]
    assert second == []
    assert [one.refused.reason for one in skips] == [Refusal.CAP_REACHED]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("how", "reason"), [("pause", Refusal.BOND_PAUSED), ("once", Refusal.CAP_REACHED), ("", None)])
def test_a_bond_that_rests_or_is_used_up_pays_no_premium_either(store, book, world, how, reason):
    at = datetime(2026, 10, 10, 10)
    child = world.person(9, region=REGION, insured=Insurance.RESIDENT)
    asked = propose(
        store, book, wish(SON, child, Relation.CHILD, at=at, lasts="once" if how == "once" else "cancelled")
    )
    both = bond_endings.endings_scope(SON, child)
    if how == "pause":
        run(store, both, lambda books: networks.pause(books, book, SON, child, at, date(2026, 10, 12)))
    if how == "once":
        request = SettleRequest(request="s", patient_id=child, bill=bill(1_00, at), place_region=REGION)
        run(store, Scope(people={child}), lambda books: settle(books, book, request))
    premium = PayPremium(
        request="p", at=at, payer_id=SON, insured_id=child, kind="resident", amount_fen=40_00, year=2027
    )

    told = run(store, both, lambda books: pay_premium(books, book, premium))

    assert asked.bond_id
    assert (told.reason if isinstance(told, Refused) else None) is reason


# What the dead leave.


def die(store, book, person_id=SON):
    scope = bond_endings.endings_scope(person_id)
    return run(store, scope, lambda books: bond_endings.death(books, book, None, person_id, NOW))


def claim(store, book, heir, proofs=("material-1",)):
    scope = inheritance_scope(SON, heir)
    return run(
        store,
        scope,
        lambda books: inheritances.claim(
            books, book, citizen(heir), SON, heir, Relation.SPOUSE, proofs=proofs, at=NOW + MINUTE
        ),
    )


def inherit(store, book, claimed, heir, to, amount_fen=None):
    payment = Payment(at=NOW + 2 * MINUTE, inheritance_id=claimed.inheritance_id, to=to, amount_fen=amount_fen)
    scope = inheritance_scope(SON, heir, inheritance_id=claimed.inheritance_id)
    return run(store, scope, lambda books: inheritances.pay(books, book, citizen(0, clerk="王"), payment))


@pytest.mark.usefixtures("world")
def test_heirs_are_paid_into_their_account_or_in_cash_out_of_what_is_left(store, book):
    alive = claim(store, book, SPOUSE)
    die(store, book)
    unproven = claim(store, book, SPOUSE, proofs=())
    claimed, twice = claim(store, book, SPOUSE), claim(store, book, SPOUSE)

    too_much = inherit(store, book, claimed, SPOUSE, "account", 500_01)
    done = inherit(store, book, claimed, SPOUSE, "account", 300_00)
    again = inherit(store, book, claimed, SPOUSE, "account", 1)
    rest = inherit(store, book, claim(store, book, FATHER), FATHER, "cash")

    assert alive == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="inheritance")
    assert unproven.reason is Refusal.PROOF_MISSING
    assert (claimed.state, claimed.left_fen, twice.reason) == ("open", 500_00, Refusal.ALREADY_BOUND)
    assert too_much.reason is Refusal.BALANCE_SHORT
    assert (done.state, done.paid_fen, done.left_fen) == ("paid", 300_00, 200_00)
    assert again == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="inheritance")
    assert (rest.paid_fen, rest.left_fen) == (200_00, 0)
    assert (balance(store, SPOUSE), balance(store, FATHER), balance(store, SON)) == (380_00, 30_00, 0)
    cash = store.read(Scope(people={SON}), lambda books: books.ledger.pockets.get(Account(SON, Pocket.CASH)))
    assert cash is None or cash.balance_fen == 200_00
    assert store.faults() == []


def test_an_heir_without_an_account_is_paid_in_cash(store, book, world):
    heir = world.person(9, region=REGION, insured=Insurance.RESIDENT)
    die(store, book)
    claimed = claim(store, book, heir)

    assert inherit(store, book, claimed, heir, "account").reason is Refusal.SHARER_HAS_NO_ACCOUNT
    assert inherit(store, book, claimed, heir, "cash").paid_fen == 500_00


# Codes shown for a relative.


def show(store, actor, owner=FATHER):
    return store.read(
        showings.showing_scope(owner, actor.concerned), lambda books: showings.may_show(books, actor, owner)
    )


def act(store, people, work):
    return run(store, showings.showing_scope(*people), work)


@pytest.mark.usefixtures("world")
def test_a_code_is_shown_for_a_relative_only_after_he_has_agreed(store, book):
    bind(store, book)  # paying for him is no right to show his code
    helper = citizen(SON)
    assert show(store, helper).reason is Refusal.NOT_OWN_CREDENTIAL
    asked = act(store, (FATHER, SON), lambda books: showings.ask(books, helper, SON, FATHER, Relation.PARENT, NOW))
    twice = act(store, (FATHER, SON), lambda books: showings.ask(books, helper, SON, FATHER, Relation.PARENT, NOW))
    assert show(store, helper).reason is Refusal.NOT_OWN_CREDENTIAL

    def agree(actor, agreed, *, yes=True):
        return act(
            store,
            (FATHER, SON),
            lambda books: showings.agree(books, actor, asked.showing_id, NOW, yes=yes, agreed=agreed),
        )

    by_helper = agree(helper, promise(SON))
    unsigned = agree(citizen(FATHER), None)
    agreed = agree(citizen(FATHER), promise(FATHER))

    assert twice.reason is Refusal.ALREADY_BOUND
    assert by_helper == Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="showing")
    assert unsigned == Refused(Refusal.MESSAGE_MALFORMED, subject="agreed")
    assert agreed.state == "active"
    assert show(store, helper) == asked.showing_id
    assert show(store, citizen(SPOUSE)).reason is Refusal.NOT_OWN_CREDENTIAL
    assert show(store, citizen(FATHER)) == ""

    act(store, (FATHER, SON), lambda books: showings.end(books, citizen(FATHER), asked.showing_id, NOW))
    assert show(store, helper).reason is Refusal.NOT_OWN_CREDENTIAL


@pytest.mark.usefixtures("world")
def test_a_guardian_agrees_for_a_minor_and_each_showing_names_him(store):
    guardian = citizen(SON, acting_for=FATHER, mandate="mandate-1")
    asked = act(store, (FATHER, SON), lambda books: showings.ask(books, citizen(SON), SON, FATHER, Relation.CHILD, NOW))

    agreed = act(
        store,
        (FATHER, SON),
        lambda books: showings.agree(books, guardian, asked.showing_id, NOW, yes=True, agreed=promise(SON)),
    )
    act(store, (FATHER, SON), lambda books: showings.note_shown(books, citizen(SON), FATHER, asked.showing_id, NOW))
    act(store, (FATHER,), lambda books: showings.note_shown(books, citizen(FATHER), FATHER, "", NOW))

    assert agreed.state == "active"
    (record,) = store.dossiers(AskedFor(kind=showings.SHOWN, party=FATHER))
    assert record.parties == (FATHER, SON)


@pytest.mark.usefixtures("world")
def test_nobody_shows_the_code_of_the_dead(store, book):
    die(store, book, FATHER)

    assert show(store, citizen(FATHER)).reason is Refusal.CREDENTIAL_NOT_ACTIVE
