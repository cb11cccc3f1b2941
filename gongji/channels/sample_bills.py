"""Sample bills at random: families of any region with money and bonds, and what they bring to the counter.

The same seed makes the same families and bills. They live in books in memory and are forgotten.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import COMPONENTS, FeeClass, FeeKind, FeeLine, Parts, Place, Visit
from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured, Sex, Work
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import AccountYear, EntryKind
from gongji.rules.policybook import NATION, PolicyBook
from gongji.rules.settling import Bill, CoreSplit
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.families import account_year
from gongji.services.outcomes import Done
from gongji.services.store import Books, MemoryStore

BEGINS: Final = datetime(2022, 7, 1, 9)  # noqa: DTZ001  # Asia/Shanghai throughout, no zone written
DAYS: Final = 1_800
"""A family comes to the counter first on one of so many days from then on."""

BILLS_OF_A_FAMILY: Final = 6


class SampleBill(Struct, frozen=True):
    """A bill that was settled, by its number, in the books it was settled in."""

    store: MemoryStore
    number: int
    at: datetime
    region: str


def settled_bills(book: PolicyBook, bundle: bytes, seed: int) -> Iterator[SampleBill]:
    """Yield bills as they are settled, family after family, without end; a bill that is refused yields nothing."""
    random = Random(seed)  # noqa: S311  # sample data, to be made again from the same seed
    regions = [region for region in book.regions if region != NATION]
    while True:
        store = MemoryStore()
        store.keep_bundle(book.digest, bundle)
        yield from _Family(store, book, random, regions).bills()


# Helpers


class _Family:
    """A patient (number 1) and those who share with him."""

    def __init__(self, store: MemoryStore, book: PolicyBook, random: Random, regions: list[str]) -> None:
        self._store = store
        self._book = book
        self._random = random
        self._regions = regions
        self._region = random.choice(regions)
        self._numbers = range(1, random.randint(2, 5) + 1)
        self._now = BEGINS + timedelta(days=random.randrange(DAYS))
        self._settled: list[int] = []
        store.run(Scope(people=set(self._numbers)), self._move_in)

    def bills(self) -> Iterator[SampleBill]:
        """Yield the family's bills over the next months; now and then one is given back."""
        for count in range(BILLS_OF_A_FAMILY):
            self._now += timedelta(days=self._random.randrange(60), minutes=self._random.randrange(600))
            outcome = self._at_the_counter(f"bill-{count}")
            if isinstance(outcome, Done) and outcome.settlement is not None:
                self._settled.append(outcome.settlement.settle_id)
                yield SampleBill(self._store, outcome.settlement.settle_id, self._now, self._region)
            if self._settled and self._chance(8):
                self._give_back(f"back-{count}")

    def _move_in(self, books: Books) -> None:
        for number in self._numbers:
            person = self._person(number)
            books.registry.people.put(number, person)
            year = account_year(self._book, person.region, self._now.date())
            books.ledger.years.put(number, AccountYear(year))
            kinds = (Pocket.CURRENT_YEAR, Pocket.CARRY_OVER, Pocket.WALLET, Pocket.POT)
            most_fen = 150_00 if number == 1 else 8_000_00  # a patient who soon needs the others
            moves = {Account(number, pocket): self._random.randrange(most_fen) for pocket in kinds if self._chance(2)}
            moves[Account(number, Pocket.CREDITS)] = -sum(moves.values())
            books.ledger.append(EntryKind.OPENING, moves, book_id=number, event_at=self._now, recorded_at=self._now)
        for sharer in self._numbers[1:]:
            books.registry.put_bond(self._bond(books.ledger.take_id("bond"), sharer))

    def _person(self, number: int) -> Insured:
        insured = Insurance.RESIDENT if self._chance(5) else Insurance.EMPLOYEE
        return Insured(
            person_id=number,
            insured=insured,
            region=self._region if not self._chance(6) else self._random.choice(self._regions),
            work=self._random.choice(list(Work)),
            born=date(1935 + self._random.randrange(80), 1 + self._random.randrange(12), 1),
            sex=self._random.choice(list(Sex)),
            account=insured is Insurance.EMPLOYEE,
            tier=self._random.choice(["1", "2", None]),
            filed_away=self._chance(4),
            enrolled_months=self._random.randrange(200),
            wallet_open=self._chance(2),
            wallet_region=self._region,
        )

    def _bond(self, bond_id: int, sharer: int) -> Bond:
        return Bond(
            bond_id=bond_id,
            sharer_id=sharer,
            member_id=1,
            relation=self._random.choice([*list(Relation)[:3], *list(Relation)[:6]]),
            since=self._now - timedelta(days=self._random.randrange(500)),
            modes=(Mode.PREMIUM,) if self._chance(10) else (Mode.PAY, Mode.PREMIUM),
            rank=self._random.choice([None, 1, 2]),
            cap_fen=self._random.choice([None, None, 300_00]),
            quota_fen=200_00 if self._chance(8) else None,
            confirmed=not self._chance(10),
        )

    def _at_the_counter(self, request: str) -> Done | Refused:
        patient = 1 if not self._chance(4) else self._random.choice(self._numbers)
        place_region = self._region if not self._chance(8) else self._random.choice(self._regions)
        asked = SettleRequest(request=request, patient_id=patient, bill=self._bill(), place_region=place_region)
        return self._carry_out(Scope(people={patient}), lambda books: settle(books, self._book, asked))

    def _give_back(self, request: str) -> None:
        number = self._random.choice(self._settled)
        asked = RefundRequest(request=request, settle_id=number, at=self._now)
        self._carry_out(Scope(settlements={number}), lambda books: refund(books, self._book, asked))

    def _carry_out(self, scope: Scope, act: Callable[[Books], Done | Refused]) -> Done | Refused:
        """Carry out one request in a batch of its own; a refusal leaves nothing behind."""

        def fenced(books: Books) -> Done | Refused:
            mark = books.mark()
            outcome = act(books)
            if isinstance(outcome, Refused):
                books.rewind(mark)
            return outcome

        return self._store.run(scope, fenced)

    def _bill(self) -> Bill:
        place = self._random.choice([Place.HOSPITAL, Place.HOSPITAL, Place.HOSPITAL, *Place])
        visit = Visit.DRUGSTORE if place is Place.PHARMACY else self._random.choice(list(Visit)[:3])
        days = self._random.randrange(40) if visit is Visit.INPATIENT else 0
        lines, parts, split = self._charges()
        return Bill(
            at=self._now,
            visited_on=self._now.date() - timedelta(days=days),
            place=place,
            visit=visit,
            level=self._random.randint(1, 3),
            takes_wallet=not self._chance(5),
            account_used=not self._chance(12),
            lines=lines,
            parts=parts,
            split=split,
            scan=tuple(self._numbers) if self._chance(2) else None,
            swipe=self._random.choice([None, 1, 2]),
            counts_stay=visit is Visit.INPATIENT,
        )

    def _charges(self) -> tuple[tuple[FeeLine, ...] | None, Parts | None, CoreSplit | None]:
        kind = self._random.randrange(3)
        if kind == 0:
            return tuple(self._line() for _ in range(self._random.randint(1, 5))), None, None
        parts = Parts(*(self._random.randrange(900_00) if self._chance(2) else 0 for _ in COMPONENTS))
        if kind == 1:
            return None, parts, None
        layers = (("hifp_pay", self._random.randrange(2_000_00)), ("hifob_pay", self._random.randrange(300_00)))
        return None, None, CoreSplit(layers=layers, hospital_fen=self._random.randrange(50_00), parts=parts)

    def _line(self) -> FeeLine:
        amount_fen = self._random.randrange(1, 3_000_00)
        return FeeLine(
            amount_fen,
            self._random.choice(list(FeeClass)),
            self._random.choice(list(FeeKind)),
            self._random.choice([0, 500, 1_000, 3_333]),
            self._random.randrange(amount_fen) if self._chance(6) else 0,
        )

    def _chance(self, one_in: int) -> bool:
        return self._random.randrange(one_in) == 0
