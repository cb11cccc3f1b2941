"""Statements, uses and bills of a family in Shanxi, to the fen."""

from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import FeeLine, Parts
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import AccountYear, EntryKind, PremiumKey, PremiumPaid
from gongji.registry.records import Identity, Institution, UploadedLine, Visit
from gongji.rules.bundle import compile_book
from gongji.rules.settling import Bill
from gongji.services.accounts import pots
from gongji.services.accounts.statements import Asked, balances_at, statement, sums
from gongji.services.accounts.uses import who_paid, who_used
from gongji.services.bills.bill_sheets import bill_sheet
from gongji.services.bills.rechecks import Bundles
from gongji.services.bills.reversals import RefundRequest, refund, undo_refund
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.family import lives
from gongji.services.outcomes import Done
from gongji.services.store import MemoryStore
from gongji.services.wallets import wallets
from tests.statement_checks import check_life, sure

MOTHER, SON = 1, 2
HOSPITAL = Institution(code="H14010000001", name="太原样例医院", kind="hospital", level=2, region="140100")
SPRING, SUMMER, AUTUMN = datetime(2025, 3, 1, 9), datetime(2025, 6, 1, 10), datetime(2025, 9, 1, 11)
NEXT_YEAR = datetime(2026, 2, 1, 12)
OWN = Account(SON, Pocket.CARRY_OVER)


@pytest.fixture(scope="module")
def compiled(policy_files):
    return compile_book(policy_files)


@pytest.fixture
def store(compiled):
    """Return books in which a son with 1500.00 carried over and 200.00 of this year shares with his mother."""
    policy, bundle = compiled
    store = MemoryStore()
    store.keep_bundle(policy.digest, bundle)

    def admit(books):
        books.registry.institutions[HOSPITAL.code] = HOSPITAL
        for number, insured in ((MOTHER, Insurance.RESIDENT), (SON, Insurance.EMPLOYEE)):
            person = Insured(person_id=number, insured=insured, region="140100", account=number == SON)
            books.registry.people.put(number, person)
            name = {MOTHER: "王秀兰", SON: "李明"}[number]
            identity = Identity(person_id=number, psn_no=str(number), name=name, cert_type="01", certno=f"x{number}")
            books.registry.identities.put(number, identity)
            books.ledger.years.put(number, AccountYear(date(2025, 1, 1)))
        moves = {OWN: 1500_00, Account(SON, Pocket.CURRENT_YEAR): 200_00, Account(SON, Pocket.CREDITS): -1700_00}
        books.ledger.append(EntryKind.OPENING, moves, book_id=SON, event_at=SPRING, recorded_at=SPRING)
        bond = Bond(bond_id=1, sharer_id=SON, member_id=MOTHER, relation=Relation.PARENT, since=datetime(2024, 1, 1))
        books.registry.put_bond(bond)

    store.run(Scope(people={MOTHER, SON}), admit)
    return store


def pay(store, policy, fen, at=SUMMER, request="m1"):
    """Settle a bill of the mother's, of which so much is hers to pay, with a medicine on it."""

    def act(books):
        visit_id = f"V{request}"
        bill = Bill(at=at, visited_on=at.date(), parts=Parts(copay_fen=fen))
        asked = SettleRequest(
            request=request, patient_id=MOTHER, bill=bill, place_region="140100", institution=HOSPITAL.code,
            visit_id=visit_id,
        )  # fmt: skip
        done = settle(books, policy, asked)
        assert isinstance(done, Done)
        line = UploadedLine(
            line_no="1", batch="B", code="X", name="阿莫西林", amount_fen=fen, fee=FeeLine(fen), off_catalogue_fen=0,
            over_limit_fen=0, first_self_pay_fen=0, in_scope_fen=fen, settled_by=sure(done.settlement).settle_id,
        )  # fmt: skip
        visit = Visit(
            visit_id=visit_id, book_id=MOTHER, institution=HOSPITAL.code, reference="R", begun_at=at,
            insutype="390", lines=(line,),
        )  # fmt: skip
        books.registry.visits.put(visit_id, visit)
        return sure(done.settlement).settle_id

    return store.run(Scope(people={MOTHER}), act)


def give_back(store, policy, settle_id, fen=None, at=AUTUMN, request="r1"):
    asked = RefundRequest(request=request, settle_id=settle_id, at=at, amount_fen=fen)
    done = store.run(Scope(settlements={settle_id}), lambda books: refund(books, policy, asked))
    assert isinstance(done, Done)
    return sure(done.refund).refund_id


def take_back(store, policy, refund_id, at):
    done = store.run(Scope(settlements={refund_id}), lambda books: undo_refund(books, policy, refund_id, "undo", at))
    assert isinstance(done, Done)


def told(found):
    return [(one.kind, one.account.pocket, one.amount_fen, one.balance_fen) for one in found.movements]


def test_each_movement_says_what_it_was_for_and_what_lay_there_after(store, book):
    settle_id = pay(store, book, 500_00)
    refund_id = give_back(store, book, settle_id, 120_00)
    take_back(store, book, refund_id, datetime(2025, 10, 1))

    found = sure(statement(store, book, Asked(person_id=SON, newest_first=False), NEXT_YEAR))

    assert told(found) == [
        ("opening", "carry_over", 1500_00, 1500_00),
        ("opening", "current_year", 200_00, 200_00),
        ("settlement", "carry_over", -500_00, 1000_00),
        ("reversal", "carry_over", 120_00, 1120_00),
        ("reversal", "carry_over", -120_00, 1000_00),
        ("roll", "carry_over", 200_00, 1200_00),
        ("roll", "current_year", -200_00, 0),
    ]
    bill, back, undone = found.movements[2:5]
    for one in (bill, back, undone):
        assert (one.person_id, one.place, one.settle_id) == (MOTHER, "hospital", settle_id)
    assert (bill.refund_id, back.refund_id, undone.refund_id) == (None, refund_id, refund_id)
    assert [one.undoes for one in (bill, back, undone)] == [False, False, True]
    assert found.names == {MOTHER: "王秀兰"}
    assert found.relations == {MOTHER: Relation.PARENT}
    check_life(store, book, SON, NEXT_YEAR)


def test_what_is_due_stands_there_before_it_is_recorded_and_the_same_after(store, book):
    pay(store, book, 500_00)
    before = sure(statement(store, book, Asked(person_id=SON), NEXT_YEAR))
    assert [one.recorded_at for one in before.movements[:2]] == [None, None]

    store.run(
        Scope(people={SON}), lambda books: lives.credit(books, book, SON, NEXT_YEAR, base_fen=0, months=1, request="c")
    )
    after = sure(statement(store, book, Asked(person_id=SON), NEXT_YEAR))

    assert [one.recorded_at for one in after.movements[:2]] == [NEXT_YEAR, NEXT_YEAR]
    assert told(after) == told(before)
    january = Asked(person_id=SON, since=datetime(2026, 1, 1), until=datetime(2026, 2, 1))
    month = sure(statement(store, book, january, NEXT_YEAR))
    assert (month.opening[OWN], month.closing[OWN]) == (1000_00, 1200_00)


def test_a_balance_counts_what_took_effect_that_very_moment_and_nothing_of_the_future(store, book):
    pay(store, book, 500_00)

    assert sure(balances_at(store, book, SON, SUMMER, NEXT_YEAR))[OWN] == 1000_00
    assert sure(balances_at(store, book, SON, datetime(2025, 6, 1, 9, 59, 59), NEXT_YEAR))[OWN] == 1500_00
    assert sure(balances_at(store, book, SON, datetime(2026, 1, 1), NEXT_YEAR))[OWN] == 1200_00
    assert sure(balances_at(store, book, SON, datetime(2025, 12, 31, 23), NEXT_YEAR))[OWN] == 1000_00
    refused = balances_at(store, book, SON, NEXT_YEAR, SUMMER)
    assert refused == Refused(Refusal.MESSAGE_MALFORMED, subject="at")


def test_pages_break_between_entries_and_filters_keep_the_balances(store, book):
    several = [pay(store, book, 10_00 + n, datetime(2025, 6, 1 + n, 10), f"m{n}") for n in range(5)]
    asked = Asked(person_id=SON, kinds=frozenset({EntryKind.SETTLEMENT}), relative_id=MOTHER, most=2)

    first = sure(statement(store, book, asked, AUTUMN))
    second = sure(statement(store, book, replace(asked, after=first.after), AUTUMN))
    third = sure(statement(store, book, replace(asked, after=second.after), AUTUMN))

    pages = [first, second, third]
    assert [one.settle_id for page in pages for one in page.movements] == several[::-1]
    assert [page.after is None for page in pages] == [False, False, True]
    assert first.movements[0].balance_fen == first.closing[OWN] == 1500_00 - 50_00 - 10
    assert sure(statement(store, book, replace(asked, relative_id=99), AUTUMN)).movements == ()
    assert statement(store, book, replace(asked, most=0), AUTUMN) == Refused(Refusal.MESSAGE_MALFORMED, subject="most")
    unknown = statement(store, book, Asked(person_id=99), AUTUMN)
    assert unknown == Refused(Refusal.PERSON_UNKNOWN, subject="99")


def test_sums_come_by_month_pocket_kind_and_relative(store, book):
    settle_id = pay(store, book, 500_00)
    give_back(store, book, settle_id, 120_00)

    found = sure(sums(store, book, Asked(person_id=SON, relative_id=MOTHER), NEXT_YEAR))

    rows = [(one.month, one.account, one.kind, one.person_id, one.amount_fen, one.count) for one in found]
    assert rows == [
        ("2025-06", OWN, "settlement", MOTHER, -500_00, 1),
        ("2025-09", OWN, "reversal", MOTHER, 120_00, 1),
    ]


def test_pots_transfers_and_premiums_say_for_whom(store, book):
    def open_wallets(books):
        for number in (MOTHER, SON):
            person = books.registry.people[number]
            books.registry.people.put(number, replace(person, wallet_open=True, wallet_region="140100"))
        moves = {OWN: -50_00, Account(SON, Pocket.POT, MOTHER): 50_00}
        books.ledger.append(EntryKind.ALLOCATION, moves, book_id=SON, event_at=SPRING, recorded_at=SPRING)
        moves = {OWN: -380_00, Account(SON, Pocket.PREMIUMS): 380_00}
        books.ledger.append(EntryKind.PREMIUM, moves, book_id=SON, event_at=SUMMER, recorded_at=SUMMER)
        key = PremiumKey(MOTHER, "resident", 2026)
        books.ledger.premiums.put(key, PremiumPaid(key=key, payer_id=SON, amount_fen=380_00, paid_at=SUMMER))
        sent = wallets.SendRequest(
            transfer_id="t1", at=AUTUMN, sender_id=SON, receiver_id=MOTHER, relation=Relation.PARENT, amount_fen=60_00
        )
        assert sure(wallets.send(books, book, sent)).state == "awaiting_receipt"
        assert sure(wallets.accept(books, book, "t1", AUTUMN)).state == "received"

    store.run(Scope(people={MOTHER, SON}), open_wallets)

    mine = sure(statement(store, book, Asked(person_id=SON, relative_id=MOTHER, newest_first=False), AUTUMN))
    hers = sure(statement(store, book, Asked(person_id=MOTHER), AUTUMN))

    assert [(one.kind, one.amount_fen) for one in mine.movements] == [
        ("allocation", -50_00), ("allocation", 50_00), ("premium", -380_00), ("transfer", -60_00),
        ("transfer", 60_00), ("receipt", -60_00),
    ]  # fmt: skip
    assert mine.movements[2].premium == PremiumKey(MOTHER, "resident", 2026)
    assert [(one.kind, one.person_id, one.balance_fen) for one in hers.movements] == [("receipt", SON, 60_00)]
    used = sure(who_used(store, book, SON, since=SPRING, until=NEXT_YEAR, now=NEXT_YEAR))
    assert [(one.kind, one.amount_fen) for one in used.uses] == [("receipt", 60_00), ("premium", 380_00)]
    paid = sure(who_paid(store, MOTHER, since=SPRING, until=NEXT_YEAR))
    assert [(one.kind, one.amount_fen) for one in paid.helps] == [("receipt", 60_00), ("premium", 380_00)]


def test_a_quota_is_told_where_it_had_frozen_the_money(store, book):
    bond, later = store.registry.bonds[1], datetime(2026, 6, 1)
    store.run(Scope(people={SON}), lambda books: books.registry.put_bond(replace(bond, quota_fen=600_00)))
    pay(store, book, 500_00, at=later)

    (spent,) = sure(statement(store, book, Asked(person_id=SON, relative_id=MOTHER), later)).movements

    assert spent.quota
    check_life(store, book, SON, later)


def test_the_one_who_paid_sees_amount_day_and_kind_of_place_and_goods_only_by_consent(store, book):
    settle_id = pay(store, book, 500_00)
    give_back(store, book, settle_id, 120_00)
    period: dict[str, Any] = {"since": SPRING, "until": NEXT_YEAR, "now": NEXT_YEAR}

    closed = sure(who_used(store, book, SON, **period))
    opened = sure(who_used(store, book, SON, **period, consented=frozenset({MOTHER})))

    shown = [(one.at, one.member_id, one.kind, one.amount_fen, one.place) for one in closed.uses]
    assert shown == [
        (AUTUMN, MOTHER, "reversal", -120_00, "hospital"),
        (SUMMER, MOTHER, "settlement", 500_00, "hospital"),
    ]
    assert closed.months == {(MOTHER, "2025-06"): 500_00, (MOTHER, "2025-09"): -120_00}
    assert (closed.names, closed.relations) == ({MOTHER: "王秀兰"}, {MOTHER: Relation.PARENT})
    assert [one.details for one in closed.uses] == [None, None]
    assert HOSPITAL.name not in str(closed)
    assert [(one.details.institution, one.details.goods) for one in opened.uses] == [(HOSPITAL.name, ("阿莫西林",))] * 2
    assert sure(who_used(store, book, MOTHER, **period)).uses == ()
    backwards = who_used(store, book, SON, since=NEXT_YEAR, until=SPRING, now=NEXT_YEAR)
    assert backwards == Refused(Refusal.MESSAGE_MALFORMED, subject="since")


def test_a_member_sees_who_paid_and_where(store, book):
    settle_id = pay(store, book, 500_00)
    give_back(store, book, settle_id, 120_00)

    found = sure(who_paid(store, MOTHER, since=SPRING, until=NEXT_YEAR))

    assert [(one.sharer_id, one.amount_fen, one.institution, one.settle_id) for one in found.helps] == [
        (SON, -120_00, HOSPITAL.name, settle_id),
        (SON, 500_00, HOSPITAL.name, settle_id),
    ]
    assert found.months == {(SON, "2025-06"): 500_00, (SON, "2025-09"): -120_00}
    assert found.names == {SON: "李明"}
    assert sure(who_paid(store, SON, since=SPRING, until=NEXT_YEAR)).helps == ()


def test_the_bill_says_who_paid_in_order_by_which_rule_and_what_came_back(store, book):
    settle_id = pay(store, book, 1700_00)
    refund_id = give_back(store, book, settle_id, 300_00)
    settled = store.ledger.settlements[settle_id]
    shared_fen = settled.draws[0].amount_fen

    sheet = sure(bill_sheet(store, Bundles(store), refund_id, "zh"))

    assert sheet.proved
    counted = [payer for payer in sheet.payers if payer.counts]
    assert [(one.line.step, one.line.who, one.line.amount_fen, one.pocket) for one in counted] == [
        ("shared", "李明", shared_fen, "carry_over"),
        ("cash", "王秀兰", 1700_00 - shared_fen, None),
    ]
    assert [one.back_fen for one in counted] == [
        300_00 - settled_cash_back(store, settle_id),
        settled_cash_back(store, settle_id),
    ]
    assert all(one.line.why and one.line.witnesses[0].document and one.line.witnesses[0].words for one in counted)
    assert [one.refund_id for one in sheet.refunds] == [refund_id]
    assert (sheet.e_bill.account_fen, sheet.e_bill.family_fen) == (shared_fen, shared_fen)
    assert (sheet.e_bill.total_fen, sheet.e_bill_left.total_fen) == (1700_00, 1400_00)
    assert sheet.e_bill.cash_fen == 1700_00 - shared_fen
    assert bill_sheet(store, Bundles(store), 999, "zh") is None


def settled_cash_back(store, settle_id):
    return store.ledger.settlements[settle_id].cash_back_fen


def test_a_bill_given_back_whole_leaves_nothing_and_one_taken_back_again_all_of_it(store, book):
    settle_id = pay(store, book, 500_00)
    refund_id = give_back(store, book, settle_id)

    gone = sure(bill_sheet(store, Bundles(store), settle_id, "zh"))
    take_back(store, book, refund_id, datetime(2025, 10, 1))
    again = sure(bill_sheet(store, Bundles(store), settle_id, "en"))

    assert (gone.e_bill.total_fen, gone.e_bill_left.total_fen, len(gone.refunds)) == (500_00, 0, 1)
    assert again.e_bill_left == again.e_bill == gone.e_bill
    assert again.refunds == ()


def test_a_bill_whose_rules_are_lost_still_says_who_paid(store, book):
    settle_id = pay(store, book, 500_00)
    store._bundles.clear()

    sheet = sure(bill_sheet(store, Bundles(store), settle_id, "zh"))

    assert not sheet.proved
    assert [(one.line.step, one.line.amount_fen, one.line.why) for one in sheet.payers] == [
        ("shared", 500_00, ""),
        ("cash", 0, ""),
    ]


def test_a_death_turns_the_year_of_the_sharer_before_his_pot_comes_back(store, book):
    fujian = "350100"

    def set_aside(books):
        for number in (MOTHER, SON):
            books.registry.people.put(number, replace(books.registry.people[number], region=fujian))
        moves = {Account(SON, Pocket.CURRENT_YEAR): 3000_00, Account(SON, Pocket.CREDITS): -3000_00}
        books.ledger.append(EntryKind.OPENING, moves, book_id=SON, event_at=SPRING, recorded_at=SPRING)
        asked = pots.AllocateRequest(at=SPRING, sharer_id=SON, amount_fen=2000_00, member_id=MOTHER)
        assert isinstance(pots.allocate(books, book, asked), Done)
        assert books.ledger.balance(SON, Pocket.POT_CURRENT, MOTHER) == 500_00

    store.run(Scope(people={MOTHER, SON}), set_aside)
    store.run(Scope(people={MOTHER}), lambda books: lives.die(books, book, MOTHER, NEXT_YEAR))

    whole = check_life(store, book, SON, NEXT_YEAR)

    assert [(one.kind, one.account.pocket, one.amount_fen) for one in whole if one.at == NEXT_YEAR] == [
        ("release", "carry_over", 2000_00),
        ("release", "pot", -2000_00),
    ]
