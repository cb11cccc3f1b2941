"""2601 冲正 of a refund: the settlement stands again, out of the very pockets, or not at all."""

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from tests.national_world import DRUG_A, NOW, World, psn, refused, settled

FATHER, SON = 1, 2


@pytest.fixture
def world():
    world = World()
    world.person(FATHER, money=100_00)
    world.person(SON, money=2000_00)
    world.bond(SON, FATHER)
    return world


@pytest.fixture
def client(world):
    return world.client()


def refunded(client):
    """Settle 600.00 of the father, refund it, and return the visit, the settlement and the message id of the refund."""
    visit, total = client.visit(FATHER, (DRUG_A, "60.00", "10"))
    info, _ = settled(client, FATHER, total, visit)
    data = {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}
    back = client.done("2208", {"data": data})["setlinfo"]
    return visit, info, back["medins_setl_id"]


def undo(client, omsgid, oinfno="2208", number=FATHER):
    return client.ask("2601", {"data": {"psn_no": psn(number), "omsgid": omsgid, "oinfno": oinfno}})


def test_a_refund_taken_back_leaves_the_settlement_standing(world, client):
    visit, info, refund = refunded(client)
    assert (world.balance(FATHER), world.balance(SON)) == (100_00, 2000_00)

    assert undo(client, refund)["infcode"] == 0

    assert (world.balance(FATHER), world.balance(SON)) == (0, 1500_00)
    assert world.store.faults() == []
    refused(undo(client, refund), "ALREADY_REVERSED", "请不要再收费")
    again = client.done("2208", {"data": {"setl_id": info["setl_id"], "mdtrt_id": visit, "psn_no": psn(FATHER)}})
    assert -again["setlinfo"]["acct_mulaid_pay"] == info["acct_mulaid_pay"] == 500
    assert (world.balance(FATHER), world.balance(SON)) == (100_00, 2000_00)
    year = world.store.read(Scope(people={FATHER}), lambda books: list(books.ledger.accumulators))
    assert all((used.fund_fen, used.deductible_fen, used.burden_fen) == (0, 0, 0) for used in year)


def test_the_limit_counts_again_what_was_settled(world, client):
    _, _, refund = refunded(client)

    undo(client, refund)

    bonds = world.store.read(Scope(people={SON}), lambda books: books.registry.bonds_of_sharer(SON))
    assert [bond.used_fen for bond in bonds] == [500_00]


def test_money_that_is_gone_is_not_taken_twice(world, client):
    _, _, refund = refunded(client)

    def spend(books):
        moves = {Account(SON, Pocket.CARRY_OVER): -1600_00, Account(SON, Pocket.CREDITS): 1600_00}
        books.ledger.append(EntryKind.CREDIT, moves, book_id=SON, event_at=NOW, recorded_at=NOW)

    world.store.run(Scope(people={SON}), spend)
    before = world.snapshot()

    refused(undo(client, refund), "BALANCE_SHORT")

    assert world.snapshot() == before


def test_a_refund_stands_once_the_family_has_changed(world, client):
    _, _, refund = refunded(client)

    def part(books):
        bond = books.registry.bonds_of_sharer(SON)[0]
        books.registry.put_bond(replace(bond, ended_at=NOW))

    world.store.run(Scope(people={SON}), part)

    refused(undo(client, refund), "ALREADY_REVERSED", "退费不能再冲正")
    assert world.balance(SON) == 2000_00


def test_a_refund_stands_once_another_bill_has_counted(client):
    _, _, refund = refunded(client)
    other, total = client.visit(FATHER, (DRUG_A, "10.00", "1"))
    settled(client, FATHER, total, other)

    refused(undo(client, refund), "ALREADY_REVERSED")


def test_a_refund_stands_once_its_lines_are_uploaded_anew(client):
    visit, _, refund = refunded(client)
    client.done("2204", {"feedetail": [client.line(visit, FATHER, price="60.00", count="10")]})

    refused(undo(client, refund), "ALREADY_REVERSED")


def test_only_the_message_that_is_named_is_taken_back(client):
    visit, info, refund = refunded(client)

    refused(undo(client, info["medins_setl_id"]), "SETTLEMENT_NOT_FOUND", "冲正的结算报文")
    refused(undo(client, refund, "2207"), "SETTLEMENT_NOT_FOUND", "冲正的结算报文")
    refused(undo(client, refund, number=SON), "SETTLEMENT_NOT_FOUND")
    refused(undo(client, client.msgid()), "SETTLEMENT_NOT_FOUND")
    assert undo(client, client.msgid(), "2101")["infcode"] == 0  # a quote books nothing
    assert visit


def test_a_reversal_sent_again_gets_its_first_answer(world, client):
    _, _, refund = refunded(client)
    message = client.envelope("2601", {"data": {"psn_no": psn(FATHER), "omsgid": refund, "oinfno": "2208"}})
    path = "/fsi/api/reverseService/revsMethod"

    first = client.raw("2601", message["input"], path, msgid=message["msgid"])
    second = client.raw("2601", message["input"], path, msgid=message["msgid"])

    assert first == second
    assert world.balance(SON) == 1500_00
