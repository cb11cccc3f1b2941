"""Money that comes back lies in the year and the pocket it belongs to, whoever's request brings it back."""

from datetime import date, datetime
from typing import Any

import pytest

from gongji.domain.account import Pocket
from gongji.domain.bill import Parts
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.domain.refusals import Refusal
from gongji.domain.requests import Scope
from gongji.rules.settling import Bill
from gongji.services.accounts import pots
from gongji.services.bills.reversals import RefundRequest, refund, undo_refund
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.calendar import bring_up_to
from gongji.services.family import invitations, lives, networks
from gongji.services.family.invitations import family_scope
from gongji.services.wallets import premiums, wallets
from tests.api_world import ApiWorld
from tests.family_life import STRICT, answer, citizen, propose, run, strict_book, wish
from tests.national_world import World
from tests.statement_checks import check_life, sure

SON, MOTHER = 1, 2
BOTH = Scope(people={SON, MOTHER})
DECEMBER, JANUARY = datetime(2025, 12, 31, 20), datetime(2026, 1, 2, 10)
FUJIAN, BEIJING, NANJING, WUXI = "350100", "110000", "320100", "320200"


def family(region, **more) -> World:
    """Return a world in which a son has 3000.00 of this year; bonds are made by the test."""
    world = World()
    world.person(SON, region=region, **({"current": 3_000_00, "wallet": 0} | more))
    world.person(MOTHER, region=region, insured=Insurance.RESIDENT, wallet=0)
    return world


def run_at(world, work, scope=BOTH) -> Any:
    return world.store.run(scope, work)


def paid(world, at, region) -> Any:
    bill = Bill(at=at, visited_on=at.date(), parts=Parts(copay_fen=100_00))
    asked = SettleRequest(request="b", patient_id=MOTHER, bill=bill, place_region=region)
    return sure(run_at(world, lambda books: settle(books, world.policy, asked)).settlement)


def given_back(world, settled, at) -> Any:
    asked = RefundRequest(request="r", settle_id=settled.settle_id, at=at)
    scope = Scope(settlements={settled.settle_id})
    return sure(run_at(world, lambda books: refund(books, world.policy, asked), scope).refund)


def test_a_no_after_new_year_turns_the_sharers_year_before_his_pot_comes_back():
    world = family(FUJIAN)
    run_at(world, lambda books: bring_up_to(books, world.policy, [SON, MOTHER], DECEMBER))
    asked = propose(world.store, world.policy, wish(SON, MOTHER, Relation.PARENT, pot_fen=400_00, at=DECEMBER))

    said = answer(world.store, world.policy, asked.invitation_id, MOTHER, "declined", at=JANUARY)

    assert said.freed_fen == 400_00
    check_life(world.store, world.policy, SON, JANUARY)


def test_an_invitation_taken_back_after_new_year_turns_the_year_before_the_common_pot_comes_back():
    world = family(NANJING)
    run_at(world, lambda books: bring_up_to(books, world.policy, [SON, MOTHER], DECEMBER))
    asked = propose(world.store, world.policy, wish(SON, MOTHER, at=DECEMBER))
    set_aside = pots.AllocateRequest(at=DECEMBER, sharer_id=SON, amount_fen=400_00)
    run_at(world, lambda books: pots.allocate(books, world.policy, set_aside))

    def back(books):
        return invitations.take_back(books, world.policy, citizen(SON), asked.invitation_id, JANUARY)

    done = run(world.store, family_scope(SON, MOTHER), back)

    assert (done.answer, done.freed_fen) == ("withdrawn", 400_00)
    check_life(world.store, world.policy, SON, JANUARY)


@pytest.mark.parametrize("how", ["looks", "closes", "dies"])
def test_what_a_stranger_sent_over_new_year_comes_back_to_him_after_his_year_has_turned(how):
    with ApiWorld() as api:
        world, policy = api.world, api.world.policy
        world.person(SON, region=BEIJING, current=100_00, wallet=0)
        world.person(MOTHER, region=BEIJING, insured=Insurance.RESIDENT, wallet=0)
        run_at(world, lambda books: bring_up_to(books, policy, [SON, MOTHER], DECEMBER))
        wish_of = wallets.SendRequest(
            transfer_id="t1", at=DECEMBER, sender_id=SON, receiver_id=MOTHER, relation=Relation.PARENT, amount_fen=40_00
        )
        run_at(world, lambda books: wallets.send(books, policy, wish_of))

        api.now = JANUARY
        if how == "looks":
            run_at(world, lambda books: bring_up_to(books, policy, [MOTHER], JANUARY), Scope(people={MOTHER}))
        elif how == "closes":
            mother = api.identity.let_in(MOTHER, scopes=frozenset({"wallet.write"}))
            assert api.post(f"/api/v1/people/{MOTHER}/wallet/closing", mother).status_code == 200
        else:
            register = api.identity.let_in(role="system", scopes=frozenset({"enrolment.write"}))
            assert api.post(f"/api/v1/people/{MOTHER}/death", register).status_code == 200
        run_at(world, lambda books: bring_up_to(books, policy, [SON], JANUARY), Scope(people={SON}))

        assert (world.balance(SON, Pocket.CURRENT_YEAR), world.balance(SON, Pocket.CARRY_OVER)) == (40_00, 60_00)
        check_life(world.store, policy, SON, JANUARY)
        assert world.store.faults() == []


def test_a_bill_out_of_a_pot_goes_back_to_the_account_where_there_are_no_pots_any_more():
    paid_at, moved = datetime(2025, 2, 10, 10), datetime(2025, 3, 10, 10)
    world = family(NANJING, money=3_000_00, current=0)
    world.bond(SON, MOTHER)
    set_aside = pots.AllocateRequest(at=paid_at, sharer_id=SON, amount_fen=500_00, member_id=MOTHER)
    run_at(world, lambda books: pots.allocate(books, world.policy, set_aside))
    settled = paid(world, paid_at, NANJING)
    assert settled.draws[0].account.pocket is Pocket.POT
    run_at(world, lambda books: lives.move_region(books, world.policy, SON, moved, WUXI))

    given = given_back(world, settled, moved)

    assert (world.balance(SON), world.balance(SON, Pocket.POT)) == (3_000_00, 0)
    scope = Scope(settlements={given.refund_id})
    run_at(world, lambda books: undo_refund(books, world.policy, given.refund_id, "u", moved), scope)
    assert (world.balance(SON), world.balance(SON, Pocket.POT)) == (2_900_00, 0)
    assert world.store.faults() == []


def test_a_bond_that_rests_pays_again_when_its_sharer_says_so_where_pausing_is_ruled_out_meanwhile():
    world, policy = family(STRICT), strict_book()
    world.bond(SON, MOTHER, paused_until=date(2027, 1, 1))

    no = run_at(world, lambda books: networks.pause(books, policy, SON, MOTHER, JANUARY, date(2027, 2, 1)))
    done = run_at(world, lambda books: networks.pause(books, policy, SON, MOTHER, JANUARY, None))

    assert no.reason is Refusal.RULE_NOT_IN_FORCE
    assert done.state == "active"
    bond = run_at(world, lambda books: books.registry.bond_between(SON, MOTHER, at=JANUARY))
    assert bond.paused_until is None


def test_nobody_opens_the_wallet_of_the_dead():
    world = family(BEIJING)
    run_at(world, lambda books: lives.die(books, world.policy, MOTHER, JANUARY))

    done = run_at(world, lambda books: wallets.open_wallet(books, world.policy, MOTHER, JANUARY))

    assert done.reason is Refusal.PERSON_UNKNOWN


@pytest.mark.parametrize(("premium_fen", "refused"), [(0, False), (50_00, True)])
def test_a_bond_for_one_payment_pays_no_second_when_the_refund_of_the_first_is_taken_back(premium_fen, refused):
    at = datetime(2026, 3, 2, 10)
    world = family("310000", money=2_000_00, current=0)
    world.bond(SON, MOTHER, once=True)
    given = given_back(world, paid(world, at, "310000"), at)
    if premium_fen:
        wanted = premiums.PayPremium(
            request="p", at=at, payer_id=SON, insured_id=MOTHER, kind="resident", amount_fen=premium_fen, year=2026
        )
        assert run_at(world, lambda books: premiums.pay_premium(books, world.policy, wanted)).paid_fen == premium_fen

    scope = Scope(settlements={given.refund_id})
    done = run_at(world, lambda books: undo_refund(books, world.policy, given.refund_id, "u", at), scope)

    assert (getattr(done, "reason", None) is Refusal.ALREADY_REVERSED) == refused
    assert world.balance(SON) == 2_000_00 - (premium_fen or 100_00)
