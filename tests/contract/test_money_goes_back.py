"""Both stores alike: premiums that go back and are paid again, bills reimbursed in cash, transfers that return."""

from datetime import date, datetime

import pytest

from gongji.domain.account import Pocket
from gongji.domain.bill import Parts
from gongji.domain.family import Relation
from gongji.domain.insured import Insurance
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import PremiumKey, TransferState
from gongji.rules.settling import Bill
from gongji.services.accounts.statements import Asked, statement
from gongji.services.accounts.uses import who_paid, who_used
from gongji.services.acts import Actor
from gongji.services.bills import reimbursements
from gongji.services.bills.reimbursements import Claim, claim_scope, record_scope
from gongji.services.wallets import premiums, wallets
from gongji.services.wallets.premiums import PayPremium, RefundPremium
from gongji.services.wallets.wallets import SendRequest
from tests.national_world import World
from tests.statement_checks import sure

SON, MOTHER, SISTER = 1, 2, 3
NOW = datetime(2026, 3, 2, 10)
BOTH = Scope(people={SON, MOTHER})
KEY = PremiumKey(MOTHER, "resident", 2026)


@pytest.fixture
def world(store):
    world = World(store)
    world.person(SON, region="310000", money=2_000_00, current=300_00, wallet=50_00)
    world.person(MOTHER, region="310000", insured=Insurance.RESIDENT, wallet=0)
    world.person(SISTER, region="310000", money=10_00, wallet=0)
    for member, relation in ((MOTHER, Relation.PARENT), (SISTER, Relation.SIBLING)):
        world.bond(SON, member, relation=relation)
    yield world
    assert store.faults() == []


def pay(world, fen, number=1, at=NOW):
    request = PayPremium(
        request=f"p{number}", at=at, payer_id=SON, insured_id=MOTHER, kind="resident", amount_fen=fen, year=2026,
        notice=f"N-{number}",
    )  # fmt: skip
    return world.store.run(BOTH, lambda books: premiums.pay_premium(books, world.policy, request))


def back(world, key=KEY, fen=None, at=NOW):
    request = RefundPremium(request="back", at=at, key=key, amount_fen=fen)
    return world.store.run(BOTH, lambda books: premiums.refund_premium(books, world.policy, request))


def kept(world, key=KEY):
    return world.store.read(BOTH, lambda books: books.ledger.premiums.get(key))


def used(world):
    return world.store.read(BOTH, lambda books: books.registry.bond_between(SON, MOTHER, at=NOW).used_fen)


def test_a_premium_goes_back_in_parts_and_is_paid_again(world):
    assert pay(world, 500_00).paid_fen == 500_00
    assert back(world, fen=120_00).paid_fen == 380_00
    assert (kept(world).refunded_fen, used(world), world.balance(SON)) == (120_00, 380_00, 1_920_00)
    assert pay(world, 500_00, 2).reason is Refusal.PREMIUM_ALREADY_PAID

    assert back(world).paid_fen == 0
    assert back(world) == Refused(Refusal.ALREADY_REVERSED, subject="premium")
    assert (used(world), world.balance(SON)) == (0, 2_300_00)

    assert pay(world, 380_00, 3, at=NOW.replace(hour=11)).paid_fen == 380_00
    again = kept(world, PremiumKey(MOTHER, "resident", 2026, 1))
    assert (again.notice, again.left_fen, [draw.amount_fen for draw in again.draws]) == ("N-3", 380_00, [380_00])


def test_a_premium_that_went_back_stands_in_every_statement(world):
    pay(world, 500_00)
    back(world, fen=120_00, at=NOW.replace(hour=11))

    told = sure(statement(world.store, world.policy, Asked(person_id=SON), NOW.replace(hour=12)))
    noon = NOW.replace(hour=12)
    uses = sure(who_used(world.store, world.policy, SON, since=NOW, until=noon, now=noon))
    helps = sure(who_paid(world.store, MOTHER, since=NOW, until=noon))

    assert [(one.kind, one.amount_fen, one.person_id) for one in told.movements[:2]] == [
        ("premium_refund", 120_00, MOTHER),
        ("premium", -500_00, MOTHER),
    ]
    assert sum(use.amount_fen for use in uses.uses) == 380_00
    assert [one.amount_fen for one in helps.helps] == [380_00]


def test_a_bill_paid_in_cash_is_reimbursed_and_taken_back(world):
    bill = Bill(at=NOW, visited_on=date(2026, 2, 1), parts=Parts(0, 100_00), takes_wallet=False)
    claim = Claim(patient_id=SISTER, bill=bill, place_region="310000", issuer="310000", receipts=("R-1",))
    clerk = Actor(channel="counter", role="clerk", clerk="王")

    def claimed():
        return world.store.run(
            claim_scope(claim), lambda books: reimbursements.reimburse(books, world.policy, clerk, claim)
        )

    made = claimed()
    assert (made.record.paid_out_fen, made.settlement.cash_fen) == (100_00, 0)
    assert (world.balance(SISTER), world.balance(SON)) == (0, 2_210_00)
    assert claimed() == Refused(Refusal.RECEIPT_ALREADY_USED, subject="R-1")

    number = made.reimbursement_id
    dossier = world.store.read(Scope(dossiers={number}), lambda books: books.dossiers.get(number))
    taken = world.store.run(
        record_scope(dossier), lambda books: reimbursements.take_back(books, world.policy, number, NOW)
    )

    assert taken.state == "taken_back"
    assert (world.balance(SISTER), world.balance(SON)) == (10_00, 2_300_00)
    assert claimed().record.paid_out_fen == 100_00


@pytest.mark.parametrize("how", ["decline", "recall", "close"])
def test_a_transfer_that_is_not_taken_goes_back_to_the_pockets_it_left(world, how):
    wish = SendRequest(
        transfer_id="t1", at=NOW, sender_id=SON, receiver_id=MOTHER, relation=Relation.PARENT, amount_fen=1_999_99
    )
    scope = Scope(people={SON, MOTHER}, transfers={"t1"})
    sent = world.store.run(scope, lambda books: wallets.send(books, world.policy, wish))
    assert sent.state is TransferState.AWAITING_RECEIPT

    if how == "close":
        world.store.run(scope, lambda books: wallets.close_wallet(books, world.policy, MOTHER, NOW))
    else:
        act = {"decline": wallets.decline, "recall": wallets.recall}[how]
        world.store.run(scope, lambda books: act(books, world.policy, "t1", NOW))

    state = world.store.read(scope, lambda books: books.ledger.transfers["t1"].state)
    assert state is (TransferState.RECALLED if how == "recall" else TransferState.DECLINED)
    assert (world.balance(SON), world.balance(SON, Pocket.TRANSIT), world.balance(MOTHER, Pocket.WALLET)) == (
        2_300_00, 0, 0,
    )  # fmt: skip
