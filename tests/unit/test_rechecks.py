"""A settled bill proved by the rules of then, and asked again by those of today."""

import copy
from datetime import datetime
from itertools import islice

import pytest
from msgspec.structs import replace

from gongji.channels.cli_recheck import replay_samples
from gongji.channels.sample_bills import settled_bills
from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Parts
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.registry.records import Identity
from gongji.rules.bundle import PolicyError, compile_book
from gongji.rules.policybook import EPOCH
from gongji.rules.settling import Bill
from gongji.services.bills.rechecks import Bundles, find_kept, recheck, reconsider
from gongji.services.bills.replays import NotReplayableError
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.outcomes import Done
from gongji.services.store import MemoryStore

AT = datetime(2025, 6, 1, 10)


@pytest.fixture(scope="module")
def compiled(policy_files):
    return compile_book(policy_files)


@pytest.fixture
def store(compiled):
    """Return books of Shanxi in which a son with 1500.00 paid 500.00 of his mother's 700.00; 1000.00 stay with him."""
    book, bundle = compiled
    store = MemoryStore()
    store.keep_bundle(book.digest, bundle)

    def act(books):
        for number, insured in ((1, Insurance.RESIDENT), (2, Insurance.EMPLOYEE)):
            person = Insured(person_id=number, insured=insured, region="140100", account=number == 2)
            books.registry.people.put(number, person)
            identity = Identity(
                person_id=number, psn_no=str(number), name="母子"[number - 1], cert_type="01", certno="x"
            )
            books.registry.identities.put(number, identity)
        moves = {Account(2, Pocket.CARRY_OVER): 150000, Account(2, Pocket.CREDITS): -150000}
        books.ledger.append(EntryKind.OPENING, moves, book_id=2, event_at=AT, recorded_at=AT)
        books.registry.put_bond(
            Bond(bond_id=1, sharer_id=2, member_id=1, relation=Relation.PARENT, since=datetime(2024, 1, 1))
        )
        bill = Bill(at=AT, visited_on=AT.date(), parts=Parts(copay_fen=70000))
        done = settle(books, book, SettleRequest(request="m1", patient_id=1, bill=bill, place_region="140100"))
        assert isinstance(done, Done)

    store.run(Scope(people={1, 2}), act)
    return store


def kept_in(store, number=1):
    kept = find_kept(store, number)
    assert kept is not None
    return kept


def changed(policy_files, file, rule, **keys):
    """Return the book as it would be had somebody learnt that the last row of a rule says otherwise."""
    files = copy.deepcopy(policy_files)
    files[file][rule][-1].update(keys)
    return compile_book(files)[0]


def test_a_settlement_is_proved_by_the_bundle_that_is_kept_with_it(store):
    kept = kept_in(store)

    checked = recheck(kept, Bundles(store).book(kept.entry.basis.bundle))

    assert checked.differences == ()
    assert not isinstance(checked.again.decision, Refused)
    assert [payment.amount_fen for payment in checked.again.decision.shared] == [50000]
    assert kept.names == {1: "母", 2: "子"}


def test_what_is_known_today_is_told_beside_it_and_changes_nothing(store, compiled, policy_files):
    later = changed(policy_files, "140000-shanxi.toml", "retained_minimum", fen=120000)
    kept = kept_in(store)
    checked = recheck(kept, Bundles(store).book(kept.entry.basis.bundle))

    today = {one.figure: (one.was, one.now) for one in reconsider(checked, later).differences}

    assert later.digest != compiled[0].digest
    assert today["cash"] == ("200.00", "400.00")
    assert today["carry_over of 2"] == ("500.00", "300.00")
    assert reconsider(checked, compiled[0]).differences == ()


def test_what_today_would_refuse_is_named(compiled, policy_files):
    book, bundle = compiled
    bill = next(
        bill for bill in settled_bills(book, bundle, seed=4)
        if "_benefits/" in str(kept_in(bill.store, bill.number).entry.basis.rule_ids)
    )  # fmt: skip
    checked = recheck(kept_in(bill.store, bill.number), book)
    files = copy.deepcopy(policy_files)
    for content in files.values():
        for rule in ("outpatient_benefits", "inpatient_benefits"):
            content.pop(rule, None)
    for rule in ("outpatient_benefits", "inpatient_benefits"):
        files["national.toml"][rule] = [{"start": EPOCH, "state": "unknown", "note": "nobody knows"}]

    (one,) = reconsider(checked, lax(files)).differences

    assert (one.figure, one.was, one.now) == ("refused", "-", Refusal.BENEFITS_UNKNOWN)


def lax(files):
    """Return the book of files from which rows went away, and with them the sources that nothing cites any more."""
    try:
        return compile_book(files)[0]
    except PolicyError as fault:
        for problem in fault.problems:
            file, key, what = problem.split(": ", 2)
            assert what == "no row cites it", problem
            del files[file]["sources"][key.removeprefix("sources.")]
    return compile_book(files)[0]


def test_the_first_difference_is_named_when_record_or_entry_were_tampered_with(store, compiled):
    kept = kept_in(store)
    other_cash = replace(kept, settlement=replace(kept.settlement, cash_fen=1))
    other_legs = tuple(replace(leg, amount_fen=leg.amount_fen + 1) for leg in kept.entry.legs)
    other_entry = replace(kept, entry=replace(kept.entry, legs=other_legs))
    other_rules = replace(kept.entry.basis, rule_ids=kept.entry.basis.rule_ids[:-1])
    other_basis = replace(kept, entry=replace(kept.entry, basis=other_rules))
    other_kernel = replace(kept, entry=replace(kept.entry, basis=replace(kept.entry.basis, kernel=0)))

    found = {
        name: [one.figure for one in recheck(one, compiled[0]).differences]
        for name, one in {
            "cash": other_cash, "entry": other_entry, "rules": other_basis, "kernel": other_kernel
        }.items()
    }  # fmt: skip

    assert found == {"cash": ["cash"], "entry": ["entry: carry_over of 2"], "rules": ["rules"], "kernel": ["kernel"]}


def test_a_refund_leads_to_its_settlement_which_is_still_proved(store, compiled):
    given = store.run(
        Scope(settlements={1}),
        lambda books: refund(books, compiled[0], RefundRequest(request="r1", settle_id=1, at=AT)),
    )
    assert isinstance(given, Done)
    assert given.refund is not None

    kept = kept_in(store, given.refund.refund_id)

    assert kept.settlement.settle_id == 1
    assert recheck(kept, compiled[0]).differences == ()


def test_a_number_that_nothing_has_finds_nothing_and_a_bundle_that_is_not_kept_is_told(store):
    assert find_kept(store, 4711) is None
    with pytest.raises(NotReplayableError, match="not kept"):
        Bundles(store).book("0" * 64)


def test_a_rule_that_speaks_otherwise_would_not_prove_the_bill(store, policy_files):
    other = changed(policy_files, "140000-shanxi.toml", "retained_minimum", fen=120000)

    assert "cash" in [one.figure for one in recheck(kept_in(store), other).differences]


def test_the_same_seed_makes_the_same_bills(compiled):
    book, bundle = compiled
    one, other = (
        [kept_in(bill.store, bill.number).entry.basis.decision for bill in islice(settled_bills(book, bundle, 3), 20)]
        for _ in range(2)
    )

    assert one == other
    assert len(set(one)) == 20


def test_three_hundred_sample_bills_over_many_regions_and_days_are_all_proved(compiled):
    book, bundle = compiled

    run = replay_samples(book, bundle, 300, seed=1)

    assert (run.replayed, run.equal, run.first) == (300, 300, ())
    assert len(run.regions) > 30
    assert run.days > 200
    assert run.with_shared_money > 30


@pytest.mark.soak
def test_ten_thousand_sample_bills_are_all_proved(compiled):
    book, bundle = compiled

    run = replay_samples(book, bundle, 10_000, seed=2)

    assert (run.replayed, run.equal, run.first) == (10_000, 10_000, ())
    assert len(run.regions) > 60
