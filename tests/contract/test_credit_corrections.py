"""Corrections of a month's credit, in both stores: the difference by itself, never below zero, what is owed told."""

from datetime import date, datetime, timedelta

import pytest

from gongji.domain.account import Pocket
from gongji.domain.insured import Insurance
from gongji.domain.refusals import Refusal, Refused
from gongji.ledger.records import EntryKind
from gongji.services.accounts.credit_corrections import correct_month, correction_id, correction_scope
from gongji.services.accounts.crediting import MonthRequest, month_job
from gongji.services.acts import Actor
from gongji.services.runs import run as run_all
from tests.family_life import run
from tests.national_world import World, psn
from tests.statement_checks import check_life

WORKER, MOTHER = 1, 2
REGION = "110000"
MAY = date(2026, 5, 1)
NOW = datetime(2026, 5, 10, 9)
BUREAU = Actor(channel="bureau", role="system")
WHY = "基数报错"


class Months:
    """A worker of Beijing with no money, whose May was credited by a base of 8000.00: 160.00."""

    def __init__(self, store):
        self.store, self.now = store, NOW
        self.world = World(store)
        self.world.person(WORKER, region=REGION, wallet=0)
        self.world.person(MOTHER, region=REGION, insured=Insurance.RESIDENT, wallet=0)
        self.policy = self.world.policy
        self.credit(8000_00)

    def credit(self, base_fen, month=MAY):
        asked = MonthRequest(psn_no=psn(WORKER), month=month, base_fen=base_fen)
        ((_, came),) = run_all(self.store, [(1, month_job(self.policy, asked, self.now))])
        return came.refused

    def correct(self, base_fen, month=MAY, why=WHY, number=WORKER):
        self.now += timedelta(days=1)
        asked = MonthRequest(psn_no=psn(number), month=month, base_fen=base_fen)
        scope = correction_scope(asked)
        return run(self.store, scope, lambda books: correct_month(books, self.policy, BUREAU, asked, why, self.now))

    @property
    def has(self):
        return self.world.balance(WORKER, Pocket.CURRENT_YEAR), self.world.balance(WORKER, Pocket.CARRY_OVER)

    def dossier(self, month=MAY):
        asked = MonthRequest(psn_no=psn(WORKER), month=month)
        return self.store.read(correction_scope(asked), lambda books: books.dossiers.get(correction_id(asked)))

    def check(self):
        told = [
            (one.kind, one.amount_fen, one.balance_fen) for one in check_life(self.store, self.policy, WORKER, self.now)
        ]
        assert self.store.faults() == []
        return told


@pytest.fixture
def months(store):
    return Months(store)


def figures(done):
    return done.should_fen, done.was_fen, done.moved_fen, done.owed_fen


def test_what_was_too_little_comes_by_an_entry_of_its_own_and_once(months):
    first = months.correct(9000_00)
    again = months.correct(9000_00)

    assert figures(first) == (180_00, 160_00, 20_00, 0)
    assert figures(again) == (180_00, 180_00, 0, 0)
    assert months.has == (180_00, 0)
    assert months.check() == [(EntryKind.CREDIT, 160_00, 160_00), (EntryKind.CREDIT, 20_00, 180_00)]
    entry = months.store.entries_of(WORKER)[-1]
    assert (entry.request, entry.basis.rule_ids) == ("credits 2026-05 corrected", (f"{REGION}/crediting/2022-09-01",))


def test_what_was_too_much_goes_back_and_can_be_corrected_again(months):
    less, more = months.correct(5000_00), months.correct(8000_00)

    assert (figures(less), figures(more)) == ((100_00, 160_00, -60_00, 0), (160_00, 100_00, 60_00, 0))
    assert months.check()[-2:] == [(EntryKind.CREDIT, -60_00, 100_00), (EntryKind.CREDIT, 60_00, 160_00)]


def test_what_the_account_cannot_give_stays_owed_until_it_is_asked_for_again(months):
    months.world.bond(WORKER, MOTHER, quota_fen=130_00)

    short = months.correct(0)
    state = months.dossier().state
    months.credit(9000_00, date(2026, 4, 1))
    rest = months.correct(0)

    assert figures(short) == (0, 160_00, -30_00, 130_00)
    assert (months.dossier().parties, state) == ((WORKER,), "owed")
    assert figures(rest) == (0, 130_00, -130_00, 0)
    assert months.dossier().state == "corrected"
    assert months.has == (180_00, 0)
    months.check()


def test_carried_over_money_makes_up_for_what_is_no_longer_of_this_year(months):
    months.now = datetime(2027, 1, 4, 9)
    months.credit(1000_00, date(2026, 12, 1))

    done = months.correct(0)

    assert figures(done) == (0, 160_00, -160_00, 0)
    assert months.has == (0, 20_00)
    months.check()


def test_an_empty_account_owes_all_of_it_and_no_entry_is_made(months):
    months.world.bond(WORKER, MOTHER, quota_fen=160_00)
    before = len(months.store.entries_of(WORKER))

    assert figures(months.correct(0)) == (0, 160_00, 0, 160_00)
    assert len(months.store.entries_of(WORKER)) == before


@pytest.mark.parametrize(
    ("asked", "reason", "subject"),
    [
        ({"month": date(2026, 4, 1)}, Refusal.SETTLEMENT_NOT_FOUND, "month"),
        ({"month": date(2026, 5, 2)}, Refusal.MESSAGE_MALFORMED, "month"),
        ({"number": 77}, Refusal.PERSON_UNKNOWN, "psn_no"),
        ({"number": MOTHER}, Refusal.SETTLEMENT_NOT_FOUND, "month"),
        ({"base_fen": None}, Refusal.MESSAGE_MALFORMED, "base"),
        ({"base_fen": -1}, Refusal.MESSAGE_MALFORMED, "base"),
        ({"why": "  "}, Refusal.MESSAGE_MALFORMED, "reason"),
    ],
)
def test_what_cannot_be_corrected_is_refused_by_name(months, asked, reason, subject):
    told = months.correct(**({"base_fen": 9000_00} | asked))

    assert isinstance(told, Refused)
    assert (told.reason, told.subject) == (reason, subject)
    assert (months.has, months.dossier()) == ((160_00, 0), None)


def test_a_file_that_comes_again_after_a_correction_credits_nothing(months):
    months.correct(9000_00)

    same, other = months.credit(8000_00), months.credit(9000_00)

    assert same is None
    assert other.reason is Refusal.SAME_REQUEST_DIFFERENT_CONTENT
    assert months.has == (180_00, 0)


def test_every_correction_is_on_record_with_its_reason(months):
    months.correct(9000_00)
    months.correct(7000_00, why="复核后再次更正")

    kept = months.dossier()

    assert kept.kind == "creditcorrection"
    assert [text in kept.content.decode() for text in (WHY, "复核后再次更正", '"channel":"bureau"')] == [True] * 3
