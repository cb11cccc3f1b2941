"""What must not matter to a bill, and what may only help: random families in every region of the book.

No expected amount stands here: each test changes one thing about a decision and says what that may do to the answer.
"""

from datetime import date, datetime, timedelta
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts, Place, Visit
from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured, Status, Work
from gongji.domain.requests import Scope
from gongji.ledger.records import AccountYear, EntryKind
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.eligibility import Binding, binding_faults
from gongji.rules.policybook import NATION, PolicyBook
from gongji.rules.settling import Bill, Rules, Settled, Used, care_day, decide_settlement
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.families import account_year
from gongji.services.outcomes import Done
from gongji.services.store import Books, MemoryStore

T = TypeVar("T")
PATIENT = 1
DAYS = (date(2021, 6, 15), date(2024, 6, 3), date(2026, 3, 2))
RELATIONS = (Relation.SPOUSE, Relation.PARENT, Relation.CHILD)
often = settings(max_examples=150, deadline=None)

money = st.sampled_from([0, 0, 1, 99, 20_00, 333_33, 1_000_00, 2_000_01, 30_000_00]) | st.integers(0, 9_000_00)
places = st.integers(0, 10_000)
moments = st.datetimes(datetime(2021, 6, 1), datetime(2026, 12, 31))
small = st.sampled_from([0, 1, 99, 20_00, 333_33])
purses = st.builds(Purse, money, money, st.just(0), money)
own_purses = st.builds(Purse, st.just(0) | small, st.just(0) | small, st.just(0), small)


class Sharing(Struct, frozen=True):
    """A sharer with his bond; `away` picks his region where he lives elsewhere."""

    person: Insured
    purse: Purse
    bond: Bond
    pot_fen: int
    away: int | None


class Case(Struct, frozen=True):
    """A bill, and all that it is decided on but the rules; `where` picks the region."""

    where: int
    bill: Bill
    patient: Insured
    purse: Purse
    used: Used
    sharings: tuple[Sharing, ...]


def mostly(usual: T, other: T) -> st.SearchStrategy[T]:
    return st.sampled_from([usual] * 9 + [other])


@st.composite
def people(draw, number: int) -> Insured:
    """Anybody; the region is put in when the book is known."""
    return Insured(
        person_id=number,
        insured=draw(mostly(Insurance.EMPLOYEE, Insurance.RESIDENT)),
        region="",
        status=Status.ACTIVE if number == PATIENT else draw(mostly(Status.ACTIVE, Status.SUSPENDED)),
        work=draw(st.sampled_from(list(Work))),
        born=draw(st.dates(date(1930, 1, 1), date(2015, 1, 1))),
        tier=draw(st.sampled_from([None, "first", "second", "1", "2"])),
        wallet_open=draw(st.booleans()),
    )


@st.composite
def bills(draw) -> Bill:
    """A bill in lines, or in parts that somebody else has split. Nothing stands against settling it."""
    at = draw(moments)
    one_line = st.builds(
        FeeLine, money, st.sampled_from(FeeClass), st.sampled_from(FeeKind), st.sampled_from([0, 1_000, 3_333])
    )
    in_lines = draw(st.booleans())
    return Bill(
        at=at,
        visited_on=at.date() - timedelta(days=draw(st.sampled_from([0, 0, 3, 400]))),
        place=draw(st.sampled_from([Place.HOSPITAL, Place.HOSPITAL, *Place])),
        visit=draw(st.sampled_from(Visit)),
        level=draw(st.integers(1, 3)),
        lines=tuple(draw(st.lists(one_line, min_size=1, max_size=4))) if in_lines else None,
        parts=None if in_lines else Parts(*[draw(money) for _ in range(5)]),
        scan=tuple(draw(st.permutations([2, 3, 4]))) if draw(st.booleans()) else None,
        swipe=2,
    )


@st.composite
def cases(draw, fewest: int = 0) -> Case:
    """A bill of a patient with up to three sharers."""
    bill = draw(bills())
    sharings = []
    for number in range(2, 2 + draw(st.integers(fewest, 3))):
        bond = Bond(
            bond_id=100 - number,
            sharer_id=number,
            member_id=PATIENT,
            relation=draw(st.sampled_from(RELATIONS)),
            since=bill.at - timedelta(days=draw(st.integers(1, 2))),
            modes=draw(mostly((Mode.PAY, Mode.PREMIUM), (Mode.PREMIUM,))),
            rank=draw(st.sampled_from([None, 1, 2])),
            cap_fen=draw(mostly(None, 50_00)),
            quota_fen=draw(mostly(None, 50_00)),
        )
        away = draw(mostly(None, draw(places)))
        sharings.append(Sharing(draw(people(number)), draw(purses), bond, draw(money), away))
    used = draw(st.builds(Used, money, money, money, money, money, st.integers(0, 2)))
    return Case(draw(places), bill, draw(people(PATIENT)), draw(own_purses), used, tuple(sharings))


def regions_of(book: PolicyBook) -> list[str]:
    return [region for region in book.regions if region != NATION]


def region_of(book: PolicyBook, place: int) -> str:
    regions = regions_of(book)
    return regions[place % len(regions)]


def home_of(book: PolicyBook, case: Case) -> str:
    """Return the patient's region: one that has schedules of benefits where the bill comes in lines."""
    rule = "inpatient_benefits" if case.bill.visit is Visit.INPATIENT else "outpatient_benefits"
    day = case.bill.visited_on
    regions = regions_of(book)
    if case.bill.lines is not None:
        regions = [region for region in regions if book.on(region, day).rows[rule].value is not None] or regions
    return regions[case.where % len(regions)]


def candidates_of(book: PolicyBook, case: Case) -> list[Candidate]:
    found = []
    for one in case.sharings:
        region = home_of(book, case) if one.away is None else region_of(book, one.away)
        pots = ((Account(one.person.person_id, Pocket.POT, 0), one.pot_fen),) if one.pot_fen else ()
        rules = book.on(region, case.bill.at.date())
        sharer = replace(one.person, region=region)
        found.append(Candidate(bond=one.bond, sharer=sharer, purse=one.purse, rules=rules, pots=pots))
    return found


def decided(book: PolicyBook, case: Case, candidates: list[Candidate] | None = None):
    """Decide the case; `candidates` stand in for those of its sharers."""
    member = book.on(home_of(book, case), case.bill.at.date())
    rules = Rules(member, member, book.on(member.region, care_day(case.bill, member)))
    patient = replace(case.patient, region=member.region)
    found = candidates_of(book, case) if candidates is None else candidates
    return decide_settlement(case.bill, patient, case.purse, case.used, found, rules)


def cash_of(book: PolicyBook, case: Case) -> int | None:
    """Return the cash due; None where the bill cannot be settled at all."""
    found = decided(book, case)
    return found.cash_fen if isinstance(found, Settled) else None


# The pooled share


@often
@given(case=cases(fewest=1), data=st.data())
def test_whoever_the_sharers_are_the_funds_pay_the_same(book, case, data):
    others = tuple(
        replace(one, person=data.draw(people(one.person.person_id)), purse=data.draw(purses), pot_fen=data.draw(money))
        for one in case.sharings
    )
    several = [decided(book, one) for one in (case, replace(case, sharings=others), replace(case, sharings=()))]

    if isinstance(several[0], Settled):
        assert [one.share for one in several] == [several[0].share] * 3
        assert {one.total_fen for one in several} == {several[0].total_fen}
    else:
        assert several == [several[0]] * 3


# More money


@often
@given(case=cases(fewest=1), which=st.integers(0, 2), more_fen=st.integers(1, 10_000_00), pocket=st.sampled_from("acp"))
def test_more_money_at_a_sharer_never_means_more_cash(book, case, which, more_fen, pocket):
    if book.on(home_of(book, case), case.bill.at.date()).plan.one_sharer:
        case = replace(case, sharings=case.sharings[:1])  # with several it may: see below
    one = case.sharings[which % len(case.sharings)]
    richer = {
        "a": replace(one, purse=replace(one.purse, current_year_fen=one.purse.current_year_fen + more_fen)),
        "c": replace(one, purse=replace(one.purse, carry_over_fen=one.purse.carry_over_fen + more_fen)),
        "p": replace(one, pot_fen=one.pot_fen + more_fen),
    }[pocket]

    before_fen, after_fen = (
        cash_of(book, replace(case, sharings=tuple(person if each is one else each for each in case.sharings)))
        for person in (one, richer)
    )

    assert (before_fen is None) == (after_fen is None)
    assert before_fen is None or after_fen is None or after_fen <= before_fen


@often
@given(case=cases(), current_fen=money, carried_fen=money, wallet_fen=money)
def test_more_money_of_his_own_means_no_more_cash_unless_sharing_waits_for_it(
    book, case, current_fen, carried_fen, wallet_fen
):
    if book.on(home_of(book, case), case.bill.at.date()).plan.own_must_be_empty and not case.purse.account_fen:
        current_fen = carried_fen = 0  # it may mean more cash here: see below
    richer = replace(
        case.purse,
        current_year_fen=case.purse.current_year_fen + current_fen,
        carry_over_fen=case.purse.carry_over_fen + carried_fen,
        wallet_fen=case.purse.wallet_fen + wallet_fen,
    )

    before_fen, after_fen = cash_of(book, case), cash_of(book, replace(case, purse=richer))

    assert (before_fen is None) == (after_fen is None)
    assert before_fen is None or after_fen is None or after_fen <= before_fen


def plain_case(book: PolicyBook, where: int, day: date, own_fen: int, *above_fen: int) -> Case:
    """A bill of 100.00 of a patient with children, who have so much each above what they must keep."""
    at = datetime.combine(day, datetime.min.time())
    kept_fen = book.on(region_of(book, where), day).minimum_fen
    sharings = tuple(
        Sharing(
            Insured(person_id=number, insured=Insurance.EMPLOYEE, region="", tier="1"),
            Purse(carry_over_fen=kept_fen + fen),
            bond_between(number, number, PATIENT, Relation.PARENT, at - timedelta(9 - number)),
            fen,
            None,
        )
        for number, fen in enumerate(above_fen, 2)
    )
    patient = Insured(person_id=PATIENT, insured=Insurance.EMPLOYEE, region="")
    bill = Bill(at=at, visited_on=day, parts=Parts(copay_fen=100_00), scan=tuple(range(2, 9)))
    return Case(where, bill, patient, Purse(carry_over_fen=own_fen), Used(), sharings)


def made_dearer(book: PolicyBook, day: date, poorer: tuple[int, ...], richer: tuple[int, ...]) -> set[str]:
    """Return the regions where the family with more money pays more cash."""
    found = set()
    for where, region in enumerate(regions_of(book)):
        before_fen, after_fen = (cash_of(book, plain_case(book, where, day, *fens)) for fens in (poorer, richer))
        assert before_fen is not None
        assert after_fen is not None
        if after_fen > before_fen:
            found.add(region)
    return found


@pytest.mark.parametrize("day", DAYS)
def test_a_fen_of_his_own_makes_it_dearer_just_where_the_book_asks_for_an_empty_account(book, day):
    waiting = {region for region in regions_of(book) if book.on(region, day).plan.own_must_be_empty}

    assert made_dearer(book, day, (0, 9_000_00), (1, 9_000_00)) == waiting


@pytest.mark.parametrize("day", DAYS)
def test_a_fen_of_the_first_sharer_makes_it_dearer_just_where_one_sharer_pays_alone(book, day):
    alone = {region for region in regions_of(book) if book.on(region, day).plan.one_sharer}

    assert made_dearer(book, day, (0, 0, 9_000_00), (0, 1, 9_000_00)) == alone


def test_the_regions_where_more_money_may_mean_more_cash_are_these(book):
    plans = {region: book.on(region, DAYS[-1]).plan for region in regions_of(book)}

    assert {region for region, plan in plans.items() if plan.own_must_be_empty} == {"150000", "220000", "440300"}
    assert {region for region, plan in plans.items() if plan.one_sharer} == {"140000"}


# Order, and what has nothing to do with it


@often
@given(case=cases(fewest=2), seed=st.integers(0, 2**32))
def test_the_order_in_which_bonds_are_found_changes_nothing(book, case, seed):
    candidates = candidates_of(book, case)
    shuffled = Random(seed).sample(candidates, len(candidates))  # noqa: S311  # wanted to repeat, not to be secret

    assert decided(book, case, candidates) == decided(book, case, shuffled)


def bond_between(number: int, sharer_id: int, member_id: int, relation: Relation, at: datetime) -> Bond:
    return Bond(bond_id=number, sharer_id=sharer_id, member_id=member_id, relation=relation, since=at)


@often
@given(
    where=places,
    at=moments,
    relation=st.sampled_from(RELATIONS),
    bonds=st.lists(st.tuples(st.integers(3, 9), st.sampled_from(RELATIONS), st.booleans()), max_size=8),
    seed=st.integers(0, 2**32),
)
def test_the_order_of_bonds_changes_no_reason_against_binding(book, where, at, relation, bonds, seed):
    region = region_of(book, where)
    rules = book.on(region, at.date())
    person = Insured(person_id=2, insured=Insurance.EMPLOYEE, region=region)
    several = [
        replace(bond_between(number, 2, member, kin, at), ended_at=at if ended else None)
        for number, (member, kin, ended) in enumerate(bonds)
    ]
    binding = Binding(
        at=at,
        sharer=person,
        member=replace(person, person_id=PATIENT),
        relation=relation,
        modes=(Mode.PAY,),
        sharer_as_sharer=several,
    )
    shuffled = replace(binding, sharer_as_sharer=Random(seed).sample(several, len(several)))  # noqa: S311  # see above

    assert binding_faults(binding, rules, rules) == binding_faults(shuffled, rules, rules)


@settings(max_examples=40, deadline=None)
@given(where=places, day=st.sampled_from(DAYS), own_fen=money, shared_fen=money, seed=st.integers(0, 2**32))
def test_bonds_of_other_families_change_no_settlement(book, where, day, own_fen, shared_fen, seed):
    region = region_of(book, where)
    at = datetime.combine(day, datetime.min.time())
    others = [bond_between(10 + n, 10 + n % 3, 20 + n, Relation.CHILD, at - timedelta(3)) for n in range(6)]
    others.append(bond_between(30, PATIENT, 20, Relation.CHILD, at - timedelta(3)))  # the patient shares, too
    others.append(bond_between(31, 2, 21, Relation.CHILD, at - timedelta(3)))  # and so does the sharer
    mine = bond_between(2, 2, PATIENT, Relation.PARENT, at - timedelta(3))

    def outcome(bonds: list[Bond]) -> object:
        store = MemoryStore()
        store.run(Scope(), lambda books: enter(books, book, region, at, bonds, (own_fen, shared_fen)))
        bill = Bill(at=at, visited_on=day, parts=Parts(copay_fen=100_00), scan=(2,))
        request = SettleRequest(request="one", patient_id=PATIENT, bill=bill, place_region=region)
        done = store.run(Scope(people={PATIENT}), lambda books: settle(books, book, request))
        return done.decision if isinstance(done, Done) else done

    families = [*others, mine]
    shuffled = Random(seed).sample(families, len(families))  # noqa: S311  # wanted to repeat, not to be secret
    assert outcome([mine]) == outcome(families) == outcome(shuffled)


def enter(books: Books, book: PolicyBook, region: str, at: datetime, bonds: list[Bond], fens: tuple[int, int]) -> None:
    """Enter everybody named in `bonds`, the patient and the sharer with their money."""
    for person_id in sorted({person for bond in bonds for person in (bond.sharer_id, bond.member_id)}):
        person = Insured(person_id=person_id, insured=Insurance.EMPLOYEE, region=region, tier="1")
        books.registry.people.put(person_id, person)
        books.ledger.years.put(person_id, AccountYear(account_year(book, region, at.date())))
        fen = {PATIENT: fens[0], 2: fens[1]}.get(person_id, 77_00)
        moves = {Account(person_id, Pocket.CARRY_OVER): fen, Account(person_id, Pocket.CREDITS): -fen}
        books.ledger.append(EntryKind.OPENING, moves, book_id=person_id, event_at=at, recorded_at=at)
    for bond in bonds:
        books.registry.put_bond(bond)
