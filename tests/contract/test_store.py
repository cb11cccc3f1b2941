"""What every store promises, in memory and in PostgreSQL alike."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.requests import Scope
from gongji.ledger.records import Balance, Draw, EntryKind, PremiumKey, PremiumPaid, Transfer, TransferState
from gongji.registry.records import Institution
from gongji.services.store import Books, RecordRefusedError, StaleError
from tests.contract.people import (
    COUSIN,
    DAUGHTER,
    FATHER,
    FRIEND,
    MORNING,
    NOON,
    answered,
    credit,
    family,
    identity,
    key,
    put_bond,
    put_person,
    settle,
)

FATHERS = Account(FATHER, Pocket.CARRY_OVER)


def balances(store, *people):
    return store.read(Scope(people=set(people)), lambda books: dict(books.ledger.pockets.rows))


def send(books: Books, transfer_id: str, sender: int, receiver: int, at) -> None:
    taken = (Draw(Account(sender, Pocket.CARRY_OVER), 10_00),)
    moves = {taken[0].account: -10_00, Account(sender, Pocket.TRANSIT): 10_00}
    books.ledger.append(EntryKind.TRANSFER, moves, book_id=sender, event_at=at, recorded_at=at, request=transfer_id)
    transfer = Transfer(
        transfer_id=transfer_id,
        book_id=sender,
        receiver_id=receiver,
        amount_fen=10_00,
        sent_at=at,
        return_at=at + timedelta(days=1),
        taken=taken,
    )
    books.ledger.transfers.put(transfer_id, transfer)


def close(books: Books, transfer_id: str, state: TransferState) -> None:
    books.ledger.transfers.put(transfer_id, replace(books.ledger.transfers[transfer_id], state=state))


def test_the_next_batch_finds_what_this_one_wrote(store):
    bond_id = family(store)

    store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))

    assert balances(store, FATHER)[FATHERS] == Balance(70_00, 2)
    assert store.faults() == []


def test_a_batch_that_raises_writes_nothing(store):
    bond_id = family(store)

    def work(books: Books) -> None:
        settle(books, "one", 30_00, bond_id)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.run(Scope(people={DAUGHTER}), work)

    assert balances(store, FATHER)[FATHERS] == Balance(100_00, 1)
    assert store.read(Scope(requests={key("one")}), lambda books: len(books.ledger.answers)) == 0
    assert store.faults() == []


def test_a_request_taken_back_leaves_its_neighbours_alone(store):
    bond_id = family(store)

    def work(books: Books) -> None:
        settle(books, "one", 30_00, bond_id)
        mark = books.mark()
        settle(books, "two", 40_00, bond_id)
        books.rewind(mark)
        settle(books, "three", 5_00, bond_id)

    store.run(Scope(people={DAUGHTER}), work)

    assert balances(store, FATHER)[FATHERS] == Balance(65_00, 3)
    asked = {key("one"), key("two"), key("three")}
    assert store.read(Scope(requests=asked), lambda b: set(b.ledger.answers.rows)) == {key("one"), key("three")}
    assert store.faults() == []


def test_reading_writes_nothing(store):
    family(store)

    store.read(Scope(people={FATHER}), lambda books: credit(books, FATHER, 1_00))

    assert balances(store, FATHER)[FATHERS] == Balance(100_00, 1)


def test_a_daughter_comes_with_those_who_share_with_her_and_no_stranger(store):
    family(store)

    def look(books: Books) -> tuple[set[int], set[int], set[tuple[int, int]]]:
        pockets = {account.book_id for account in books.ledger.pockets.rows}
        bonds = {(bond.sharer_id, bond.member_id) for bond in books.registry.bonds}
        return set(books.registry.people.rows), pockets, bonds

    people, pockets, bonds = store.read(Scope(people={DAUGHTER}), look)

    assert people == {DAUGHTER, FATHER}
    assert pockets == {DAUGHTER, FATHER}
    assert bonds == {(FATHER, DAUGHTER)}  # the cousin's bond to the father is neither hers nor one he shares over


def test_all_that_a_sharer_shares_comes_with_his_member_since_his_limits_count_it(store):
    family(store)
    store.run(Scope(people={FATHER, FRIEND}), lambda books: put_bond(books, FATHER, FRIEND))

    def look(books: Books) -> tuple[set[int], int]:
        return set(books.registry.people.rows), len(books.registry.bonds_of_sharer(FATHER))

    assert store.read(Scope(people={DAUGHTER}), look) == ({DAUGHTER, FATHER}, 2)


def test_a_father_comes_with_his_members_and_with_those_who_share_with_him(store):
    family(store)

    people = store.read(Scope(people={FATHER}), lambda books: set(books.registry.people.rows))

    assert people == {FATHER, DAUGHTER, COUSIN}


def test_a_paper_finds_its_person_and_nobody_else(store):
    family(store)
    scope = Scope(certificates={("card_no", "C11"), ("certno", "C11"), ("psn_no", "P12"), ("card_no", "C99")})

    found = store.read(scope, lambda books: dict(books.registry.directory))

    assert found == {("card_no", "C11"): FATHER, ("psn_no", "P12"): DAUGHTER}


def test_a_replaced_card_finds_its_holder_no_more_and_may_be_given_to_another(store):
    family(store)
    old, new = ("card_no", "C11"), ("card_no", "C77")

    store.run(
        Scope(people={FATHER}), lambda books: books.registry.identities.put(FATHER, identity(FATHER, card_no="C77"))
    )
    assert store.read(Scope(certificates={old, new}), lambda b: dict(b.registry.directory)) == {new: FATHER}

    store.run(
        Scope(people={FRIEND}), lambda books: books.registry.identities.put(FRIEND, identity(FRIEND, card_no="C11"))
    )
    assert store.read(Scope(certificates={old, new}), lambda b: dict(b.registry.directory)) == {
        new: FATHER,
        old: FRIEND,
    }


def test_a_paper_that_someone_holds_is_not_entered_for_another(store):
    family(store)

    with pytest.raises(StaleError):
        store.run(Scope(people={FRIEND}), lambda b: b.registry.identities.put(FRIEND, identity(FRIEND, card_no="C11")))

    found = store.read(Scope(people={FRIEND}, certificates={("card_no", "C11")}), lambda b: dict(b.registry.directory))
    assert found == {("card_no", "C11"): FATHER}


def test_a_request_comes_with_its_settlement_and_the_people_whose_money_it_drew(store):
    bond_id = family(store)
    settlement = store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))

    def look(books: Books) -> tuple[object, ...]:
        return (
            dict(books.ledger.answers.rows),
            dict(books.ledger.settlements.rows),
            {account.book_id for account in books.ledger.pockets.rows},
            set(books.registry.people.rows),
        )

    expected = (
        {key("one"): answered("one", settlement.settle_id)},
        {settlement.settle_id: settlement},
        {FATHER, DAUGHTER, COUSIN},
        {FATHER, DAUGHTER, COUSIN},
    )
    assert store.read(Scope(requests={key("one")}), look) == expected
    assert store.read(Scope(settlements={settlement.settle_id}), look) == ({}, *expected[1:])


def test_a_settlement_changes_by_what_is_given_back_and_by_nothing_else(store):
    bond_id = family(store)
    settlement = store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))
    scope = Scope(settlements={settlement.settle_id})

    after = replace(settlement, given_back=(10_00,))
    store.run(scope, lambda books: books.ledger.settlements.put(settlement.settle_id, after))
    with pytest.raises(RecordRefusedError):
        store.run(scope, lambda b: b.ledger.settlements.put(settlement.settle_id, replace(after, total_fen=1)))

    assert store.read(scope, lambda books: books.ledger.settlements[settlement.settle_id]) == after


def test_a_first_answer_stands_for_good_but_may_be_taken_back(store):
    bond_id = family(store)
    settlement = store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))
    first = answered("one", settlement.settle_id)
    scope = Scope(requests={key("one")})

    with pytest.raises(RecordRefusedError):
        store.run(scope, lambda books: books.ledger.answers.put(key("one"), replace(first, answer=b"other")))
    store.run(scope, lambda books: books.ledger.answers.put(key("one"), replace(first, reversed_by="two")))

    assert store.read(scope, lambda books: books.ledger.answers[key("one")]) == replace(first, reversed_by="two")


def test_a_request_unknown_to_its_scope_cannot_be_answered_twice(store):
    family(store)
    store.run(Scope(), lambda books: books.ledger.answers.put(key("one"), answered("one")))

    with pytest.raises(StaleError):
        store.run(Scope(), lambda books: books.ledger.answers.put(key("one"), answered("one")))


def test_a_premium_is_paid_once_whoever_pays(store):
    family(store)
    premium_key = PremiumKey(DAUGHTER, "resident", 2027)
    premium = PremiumPaid(key=premium_key, payer_id=FATHER, amount_fen=400_00, paid_at=NOON)
    store.run(Scope(people={DAUGHTER}), lambda books: books.ledger.premiums.put(premium_key, premium))

    assert store.read(Scope(people={DAUGHTER}), lambda books: books.ledger.premiums[premium_key]) == premium
    with pytest.raises(StaleError):
        store.run(
            Scope(people={FRIEND}),
            lambda books: books.ledger.premiums.put(premium_key, replace(premium, payer_id=FRIEND)),
        )


def test_a_transfer_on_its_way_comes_with_either_party_and_with_the_pockets_it_may_go_back_to(store):
    family(store)
    store.run(Scope(people={FRIEND, FATHER}), lambda books: send(books, "t1", FRIEND, FATHER, NOON))

    def look(books: Books) -> tuple[set[str], bool]:
        return set(books.ledger.transfers.rows), Account(FRIEND, Pocket.TRANSIT) in books.ledger.pockets

    assert store.read(Scope(people={DAUGHTER}), look) == ({"t1"}, True)  # it is on its way to her father
    assert store.read(Scope(people={FRIEND}), look) == ({"t1"}, True)
    assert store.read(Scope(transfers={"t1"}), look) == ({"t1"}, True)


def test_of_a_sender_the_transfers_of_two_days_come_though_they_were_received(store):
    family(store)
    days = {"old": NOON - timedelta(days=3), "yesterday": NOON - timedelta(days=1), "today": NOON}
    for transfer_id, at in days.items():
        store.run(Scope(people={FRIEND}), lambda books, t=transfer_id, d=at: send(books, t, FRIEND, FATHER, d))
        store.run(Scope(transfers={transfer_id}), lambda books, t=transfer_id: close(books, t, TransferState.RECEIVED))

    def look(books: Books) -> set[str]:
        return set(books.ledger.transfers.rows)

    assert store.read(Scope(people={FRIEND}), look) == {"yesterday", "today"}
    assert store.read(Scope(people={FATHER}), look) == set()
    assert store.read(Scope(transfers={"old"}), look) == {"old", "yesterday", "today"}


def test_ids_are_never_used_again_even_by_a_batch_that_was_taken_back(store):
    taken: list[int] = []

    def work(books: Books) -> None:
        taken.extend(books.ledger.take_id("entry") for _ in range(3))
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            store.run(Scope(), work)

    assert len(set(taken)) == 6
    assert min(taken) >= 1


def test_used_money_of_a_bond_is_kept_with_the_bond(store):
    bond_id = family(store)

    store.run(
        Scope(people={DAUGHTER}),
        lambda books: books.registry.put_bond(replace(books.registry.bonds[bond_id], used_fen=30_00)),
    )
    store.run(
        Scope(people={DAUGHTER}),
        lambda books: books.registry.put_bond(replace(books.registry.bonds[bond_id], used_fen=50_00, ended_at=NOON)),
    )

    bond = store.read(Scope(people={FATHER}), lambda books: books.registry.bonds[bond_id])
    assert (bond.used_fen, bond.ended_at, bond.since) == (50_00, NOON, MORNING)


def test_institutions_are_there_for_every_batch(store):
    clinic = Institution(code="H1", name="门诊部", kind="hospital", level=1, region="beijing")

    def enter(books: Books) -> None:
        books.registry.institutions["H1"] = clinic

    store.run(Scope(), enter)

    assert store.run(Scope(), lambda books: books.registry.institutions["H1"]) == clinic
    assert store.read(Scope(), lambda books: books.registry.institutions["H1"]) == clinic


def test_an_institution_of_a_batch_that_was_taken_back_is_not_there(store):
    def enter(books: Books) -> None:
        books.registry.institutions["H1"] = Institution(code="H1", name="", kind="hospital", level=1, region="x")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.run(Scope(), enter)

    assert store.read(Scope(), lambda books: "H1" in books.registry.institutions) is False


def test_everyone_is_everyone(store):
    family(store)

    assert store.everyone() == Scope(people={FATHER, DAUGHTER, COUSIN, FRIEND})


def test_a_father_sees_each_entry_that_used_his_money(store):
    bond_id = family(store)
    store.run(Scope(people={DAUGHTER}), lambda books: settle(books, "one", 30_00, bond_id))

    entries = store.entries_of(FATHER)

    assert [(entry.kind, entry.request) for entry in entries] == [
        (EntryKind.OPENING, "opening"),
        (EntryKind.SETTLEMENT, "one"),
    ]
    assert entries[1].basis.rule_ids == ("beijing/a/2025-01-01", "beijing/b/2025-01-01")
    assert [entry.request for entry in store.entries_of(FATHER, since=NOON)] == ["one"]
    assert [entry.request for entry in store.entries_of(FATHER, until=NOON)] == ["opening"]


def test_a_bundle_is_kept_under_its_hash_and_the_first_stays(store):
    store.keep_bundle("ab", b"\x00rules")
    store.keep_bundle("ab", b"other")

    assert store.bundle("ab") == b"\x00rules"
    assert store.bundle("cd") is None


def test_money_without_an_entry_is_found_out(store):
    family(store)

    store.run(Scope(people={FATHER}), lambda books: books.ledger.pockets.put(FATHERS, Balance(999_00, 2)))

    assert len(store.faults()) == 1


def test_people_entered_in_one_batch_are_found_by_the_next(store):
    store.run(Scope(), lambda books: put_person(books, FATHER))

    found = store.run(Scope(certificates={("psn_no", "P11")}), lambda books: dict(books.registry.people.rows))

    assert set(found) == {FATHER}
