"""What somebody paid back to an account's owner goes to him, and not to the owner again, when the bill is refunded."""

from datetime import datetime

import pytest

from gongji.domain.account import Account, Pocket
from gongji.domain.insured import Insurance
from gongji.domain.requests import Scope
from gongji.services.bills.restitutions import Restitution, give_back, restitution_fault
from gongji.services.bills.reversals import RefundRequest, refund, undo_refund
from tests.national_world import World
from tests.statement_checks import check_life, sure
from tests.unit.test_money_in_its_year import MOTHER, SON, WUXI, paid, run_at

PAID, LATER = datetime(2026, 2, 10, 10), datetime(2026, 3, 10, 10)
STRANGER = 3
EVERYBODY = Scope(people={SON, MOTHER, STRANGER})


class Life:
    """A son's account, which holds 3000.00, has paid 100.00 of his mother's bill."""

    def __init__(self, store):
        self.world = World(store)
        self.world.person(SON, region=WUXI, money=3_000_00, wallet=0)
        self.world.person(MOTHER, region=WUXI, insured=Insurance.RESIDENT, wallet=0)
        self.world.person(STRANGER, region=WUXI, wallet=0)
        self.world.bond(SON, MOTHER)
        self.settled = paid(self.world, PAID, WUXI)

    def restitute(self, amount_fen, owner_id=SON, payer_id=MOTHER):
        one = Restitution(settle_id=self.settled.settle_id, owner_id=owner_id, amount_fen=amount_fen)
        scope = Scope(people={SON, MOTHER, STRANGER}, settlements={one.settle_id})

        def work(books):
            return give_back(books, self.world.policy, "case", payer_id, [one], LATER)

        assert run_at(self.world, work, scope) is None

    def refund(self, request, amount_fen=None, *, over_counter=False):
        asked = RefundRequest(
            request=request,
            settle_id=self.settled.settle_id,
            at=LATER,
            amount_fen=amount_fen,
            over_counter=over_counter,
        )
        scope = Scope(settlements={self.settled.settle_id})  # what a hospital's message names, no more
        return sure(run_at(self.world, lambda books: refund(books, self.world.policy, asked), scope))

    def undo(self, refund_id):
        def work(books):
            return undo_refund(books, self.world.policy, refund_id, f"undo {refund_id}", LATER)

        return sure(run_at(self.world, work, Scope(settlements={refund_id})))

    @property
    def sons(self):
        """What the son's account has less than before the bill, in fen."""
        return self.world.balance(SON) - 3_000_00

    def cash(self, who=MOTHER):
        """What somebody has got in cash, in fen."""
        legs = [leg for entry in self.world.store.entries_after(0, 100) for leg in entry.legs]
        return sum(leg.amount_fen for leg in legs if leg.account == Account(who, Pocket.CASH))

    def check(self):
        check_life(self.world.store, self.world.policy, SON, LATER)
        assert self.world.store.faults() == []


@pytest.fixture
def life(store) -> Life:
    return Life(store)


def test_the_whole_bill_refunded_gives_the_owner_what_is_left_and_the_rest_to_the_one_who_paid(life):
    life.restitute(60_00)
    assert (life.sons, life.cash()) == (-40_00, -60_00)

    done = life.refund("r")

    assert (life.sons, life.cash()) == (0, 0)
    assert (done.returned, done.cash_back_fen) == (((SON, 40_00),), 60_00)
    life.check()


def test_parts_refunded_fill_the_owner_first(life):
    life.restitute(60_00)

    assert life.refund("r1", 30_00).returned == ((SON, 30_00),)
    assert (life.sons, life.cash()) == (-10_00, -60_00)
    assert life.refund("r2", 30_00).returned == ((SON, 10_00),)
    assert (life.sons, life.cash()) == (0, -40_00)
    assert life.refund("r3").returned == ()
    assert (life.sons, life.cash()) == (0, 0)
    life.check()


def test_what_was_refunded_before_is_not_paid_back_again(life):
    life.refund("r1", 70_00)
    one = Restitution(settle_id=life.settled.settle_id, owner_id=SON, amount_fen=30_01)
    scope = Scope(people={SON, MOTHER}, settlements={one.settle_id})
    assert run_at(life.world, lambda books: restitution_fault(books, MOTHER, [one]), scope) is not None
    life.restitute(30_00)

    life.refund("r2")

    assert (life.sons, life.cash()) == (0, 0)
    life.check()


@pytest.mark.parametrize("part_fen", [10_00, 40_00, 70_00, None])
def test_a_refund_taken_back_takes_from_each_what_he_got(life, part_fen):
    life.restitute(60_00)
    given = life.refund("r", part_fen)

    life.undo(given.refund.refund_id)

    assert (life.sons, life.cash()) == (-40_00, -60_00)
    life.refund("again")
    assert (life.sons, life.cash()) == (0, 0)
    life.check()


def test_a_refund_from_before_the_restitution_taken_back_leaves_the_sum_right(life):
    given = life.refund("r1", 40_00)
    life.restitute(60_00)
    assert (life.sons, life.cash()) == (0, -60_00)

    life.undo(given.refund.refund_id)

    assert (life.sons, life.cash()) == (-40_00, -60_00)
    life.refund("r2")
    assert (life.sons, life.cash()) == (0, 0)
    life.check()


def test_a_stranger_who_used_the_card_and_paid_gets_back_what_he_paid(life):
    life.restitute(100_00, payer_id=STRANGER)

    done = life.refund("r")

    assert (life.sons, life.cash(), life.cash(STRANGER)) == (0, 0, 0)
    assert done.returned == ()
    life.undo(done.refund.refund_id)
    assert (life.sons, life.cash(), life.cash(STRANGER)) == (0, 0, -100_00)
    life.check()


def test_cash_brought_back_over_the_counter_is_what_the_owner_still_lacks(life):
    life.restitute(60_00)

    life.refund("r", over_counter=True)

    assert (life.sons, life.cash()) == (0, -100_00)  # 60.00 paid back, 40.00 of what he had been handed
    life.check()
