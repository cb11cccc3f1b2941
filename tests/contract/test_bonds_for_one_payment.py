"""Bonds for one payment alone, in both stores: what was set aside for it and not used is the sharer's own at once."""

from datetime import datetime, timedelta

import pytest

from gongji.domain.bill import Parts
from gongji.domain.insured import Insurance
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.rules.settling import Bill
from gongji.services.accounts import pots
from gongji.services.bills.reversals import RefundRequest, refund, undo_refund
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.families import purse_of
from gongji.services.family import networks
from tests.family_life import run
from tests.national_world import World
from tests.statement_checks import check_life

SON, MOTHER = 1, 2
BOTH = Scope(people={SON, MOTHER})
MORNING = datetime(2026, 3, 2, 10)
BEIJING, FUJIAN = "110000", "350100"


class Life:
    """A son's 500.00, of which 300.00 are frozen for one payment of his mother's, who has no account."""

    def __init__(self, store, region=BEIJING, money=500_00, **more):
        self.store, self.region, self.now = store, region, MORNING
        self.world = World(store)
        self.world.person(SON, region=region, money=money, wallet=0)
        self.world.person(MOTHER, region=region, insured=Insurance.RESIDENT, wallet=0)
        self.world.bond(SON, MOTHER, once=True, **more)
        self.policy = self.world.policy

    def do(self, work, scope=BOTH):
        self.now += timedelta(minutes=1)
        return run(self.store, scope, work)

    def pay(self, fen):
        bill = Bill(at=self.now, visited_on=self.now.date(), parts=Parts(copay_fen=fen))
        asked = SettleRequest(request=f"{self.now}", patient_id=MOTHER, bill=bill, place_region=self.region)
        return self.do(lambda books: settle(books, self.policy, asked))

    def refund(self, settled, fen=None):
        asked = RefundRequest(request=f"{self.now}", settle_id=settled.settle_id, at=self.now, amount_fen=fen)
        return self.do(lambda books: refund(books, self.policy, asked), Scope(settlements={settled.settle_id}))

    def undo(self, given):
        scope = Scope(settlements={given.refund_id})
        return self.do(lambda books: undo_refund(books, self.policy, given.refund_id, f"{self.now}", self.now), scope)

    @property
    def bond(self):
        """The limit, what is used of it, and what is frozen."""
        (bond,) = self.store.read(BOTH, lambda books: books.registry.bonds_of_member(MOTHER))
        held_fen = self.store.read(BOTH, lambda books: purse_of(books, SON, self.now).held_fen)
        return bond.quota_fen, bond.used_fen, held_fen

    @property
    def entries(self):
        return [entry.kind for entry in self.store.entries_after(0, 99)]

    def check(self):
        check_life(self.store, self.policy, SON, self.now)
        assert self.store.faults() == []


def paid_by(done):
    return [(one.account.book_id, one.amount_fen) for one in done.settlement.draws], done.settlement.cash_fen


def test_what_the_payment_did_not_use_of_the_quota_is_free_at_once(store):
    life = Life(store, quota_fen=300_00)
    before = life.bond

    first = life.pay(120_00)
    after, second = life.bond, life.pay(10_00)

    assert before == (300_00, 0, 300_00)
    assert (paid_by(first), after) == (([(SON, 120_00)], 0), (120_00, 120_00, 0))
    assert paid_by(second) == ([], 10_00)
    assert [one.refused.reason for one in second.decision.skips] == [Refusal.CAP_REACHED]
    assert life.world.balance(SON) == 380_00
    life.check()


def test_a_bill_given_back_whole_lets_the_bond_pay_again_but_only_what_came_back(store):
    life = Life(store, quota_fen=300_00)
    settled = life.pay(120_00).settlement

    life.refund(settled)
    after, again = life.bond, life.pay(200_00)

    assert after == (120_00, 0, 120_00)
    assert paid_by(again) == ([(SON, 120_00)], 80_00)
    assert life.bond == (120_00, 120_00, 0)
    life.check()


def test_a_part_that_comes_back_is_the_sharers_own_and_the_bond_has_paid_still(store):
    life = Life(store, quota_fen=300_00)
    settled = life.pay(120_00).settlement

    life.refund(settled, 50_00)
    part, more = life.bond, life.pay(10_00)
    life.refund(settled)

    assert part == (120_00, 70_00, 0)
    assert paid_by(more) == ([], 10_00)
    assert life.bond == (70_00, 0, 70_00)
    life.check()


def test_a_refund_taken_back_takes_what_is_there_and_nothing_that_was_spent(store):
    life = Life(store, quota_fen=300_00)
    settled = life.pay(120_00).settlement

    whole = life.refund(settled).refund
    life.undo(whole)
    undone = life.bond
    part = life.refund(settled, 50_00).refund
    life.undo(part)

    assert undone == life.bond == (120_00, 120_00, 0)
    assert life.world.balance(SON) == 380_00
    life.check()


def test_a_part_that_came_back_and_is_frozen_for_another_is_not_taken_again(store):
    life = Life(store, quota_fen=300_00)
    part = life.refund(life.pay(120_00).settlement, 50_00).refund
    life.world.person(3, region=BEIJING, insured=Insurance.RESIDENT, wallet=0)
    life.world.bond(SON, 3, quota_fen=400_00)

    assert life.undo(part) == Refused(Refusal.BALANCE_SHORT, subject="refund")
    assert life.bond == (120_00, 70_00, 400_00)


@pytest.mark.parametrize(("paid_fen", "freed_fen"), [(0, 300_00), (120_00, 0)])
def test_ending_the_bond_frees_what_is_frozen_still(store, paid_fen, freed_fen):
    life = Life(store, quota_fen=300_00)
    if paid_fen:
        life.pay(paid_fen)

    ended = life.do(lambda books: networks.unbind(books, life.policy, SON, MOTHER, life.now))

    assert (ended.freed_fen, life.bond[-1]) == (freed_fen, 0)
    life.check()


@pytest.mark.parametrize("once", [True, False])
def test_the_rest_of_a_pot_goes_back_by_an_entry(store, once):
    life = Life(store, FUJIAN, money=3_000_00)
    if not once:
        life.do(lambda books: networks.unbind(books, life.policy, SON, MOTHER, life.now))
        life.world.bond(SON, MOTHER)
    asked = pots.AllocateRequest(at=life.now, sharer_id=SON, amount_fen=300_00, member_id=MOTHER)
    life.do(lambda books: pots.allocate(books, life.policy, asked))
    set_aside = life.world.balance(SON)

    settled = life.pay(120_00).settlement
    after, last = life.world.balance(SON), life.entries[-1]
    life.refund(settled)

    assert (set_aside, settled.draws[0].amount_fen) == (2_700_00, 120_00)
    assert (after, last) == ((2_880_00, EntryKind.RELEASE) if once else (2_700_00, EntryKind.SETTLEMENT))
    assert life.world.balance(SON) == (3_000_00 if once else 2_700_00)
    life.check()
