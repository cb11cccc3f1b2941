"""A machine that settles, refunds, binds, transfers, pays and lets years turn, in any order, and looks for a lost fen.

It keeps one number of its own: what should lie in all pockets together. Everything else it asks the store.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from gongji.domain.account import OWNED, Account, Pocket
from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured, Sex, Work
from gongji.domain.refusals import Refused
from gongji.domain.requests import RequestKey, Scope, content_digest
from gongji.ledger.records import AccountYear, EntryKind, Settlement
from gongji.rules.policybook import PolicyBook
from gongji.rules.settling import Bill
from gongji.services.accounts import pots
from gongji.services.bills.reversals import RefundRequest, refund
from gongji.services.bills.settlements import SettleRequest, settle
from gongji.services.calendar import bring_up_to
from gongji.services.families import account_year, purse_of
from gongji.services.family import lives, networks
from gongji.services.outcomes import Done
from gongji.services.requests import once
from gongji.services.store import Books, Store
from gongji.services.wallets import premiums, wallets

START = datetime(2026, 2, 1, 10, 0, 0)
REGIONS = ("350100", "110000", "310000", "420100", "440300", "370100", "140100", "130300")
fen = st.integers(min_value=1, max_value=3_000_00)
whom = st.integers(min_value=1, max_value=4)
pair = st.sampled_from([(1, 3), (2, 3), (1, 4), (2, 4), (1, 2), (3, 4)])
"""Sharer and member: two children share with a retired parent (3) and a resident (4)."""


Act = Callable[[Books], Done | Refused]


class FamilyMachine(RuleBasedStateMachine):
    """Four people who try everything with their money."""

    make_store: Callable[[], Store]
    book: PolicyBook
    asked_on = date(2026, 2, 1)

    @initialize(
        region=st.sampled_from(REGIONS),
        other=st.sampled_from(REGIONS),
        abroad=st.booleans(),
        money=st.lists(fen, min_size=8, max_size=8),
    )
    def open_accounts(self, region: str, other: str, abroad: bool, money: list[int]) -> None:
        money[0:4] = [1_000_00 + amount for amount in money[0:4]]  # the two children are well off,
        money[4:8] = [amount // 100 for amount in money[4:8]]  # the others soon need them
        self.store = self.make_store()
        self.now = START
        self.base = 1_000_000 + self.next_family()
        self.numbers = [self.base + number for number in range(1, 5)]
        self.requests: list[tuple[RequestKey, SettleRequest, bytes]] = []
        self.transfers: list[str] = []
        self.count = 0
        self.total_fen = sum(money)
        self.drawn: dict[tuple[int, int], int] = {}
        self.paid: dict[tuple[tuple[int, int], int], list[tuple[int, int | None]]] = {}
        work = (Work.IN_SERVICE, Work.IN_SERVICE, Work.RETIRED, Work.IN_SERVICE)

        def admit(books: Books) -> None:
            for place, person_id in enumerate(self.numbers):
                home = region if place < 3 or not abroad else other
                insured = Insurance.RESIDENT if place == 3 else Insurance.EMPLOYEE
                person = Insured(
                    person_id=person_id,
                    insured=insured,
                    region=home,
                    work=work[place],
                    sex=Sex.FEMALE if place % 2 else Sex.MALE,
                    account=place != 3,
                    wallet_open=True,
                    wallet_region=home,
                    tier="1",
                )
                books.registry.people.put(person_id, person)
                books.ledger.years.put(person_id, AccountYear(account_year(self.book, home, START.date())))
                current, carried = money[2 * place : 2 * place + 2]
                moves = {
                    Account(person_id, Pocket.CURRENT_YEAR): current,
                    Account(person_id, Pocket.CARRY_OVER): carried,
                    Account(person_id, Pocket.CREDITS): -current - carried,
                }
                books.ledger.append(EntryKind.OPENING, moves, book_id=person_id, event_at=START, recorded_at=START)
            for sharer, member in ((1, 3), (2, 3), (1, 4)):
                bond = Bond(
                    bond_id=books.ledger.take_id("bond"),
                    sharer_id=self.base + sharer,
                    member_id=self.base + member,
                    relation=Relation.PARENT,
                    since=START - timedelta(days=9 * sharer),
                )
                books.registry.put_bond(bond)

        self.store.run(Scope(people=set(self.numbers)), admit)

    families = 0

    @classmethod
    def next_family(cls) -> int:
        FamilyMachine.families += 10
        return FamilyMachine.families

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert self.store.faults() == []

    def run(self, people: tuple[int, ...], work: Act, scope: Scope | None = None) -> Done | Refused:
        """Carry out one request in a batch of its own, which names only the people it is about.

        A refusal leaves nothing behind.
        """
        scope = scope or Scope()
        scope.people |= {self.base + person for person in people}

        def fenced(books: Books) -> Done | Refused:
            mark = books.mark()
            outcome = work(books)
            if isinstance(outcome, Refused):
                books.rewind(mark)
            return outcome

        return self.store.run(scope, fenced)

    def key(self) -> RequestKey:
        self.count += 1
        return RequestKey("H00000000001", f"{self.base}-{self.count}", self.asked_on)

    @rule(
        patient=st.sampled_from([3, 4, 3, 4, 1]),
        part=fen,
        split=st.booleans(),
        scheduled=st.booleans(),
        swipe=st.sampled_from([None, 1, 2]),
    )
    def settle_a_bill(self, patient: int, part: int, split: bool, scheduled: bool, swipe: int | None) -> None:
        parts = Parts(part // 2, part - part // 2, part // 7, part // 11, part // 3) if split else Parts(0, part)
        lines = (FeeLine(part), FeeLine(part // 2, FeeClass.B, FeeKind.DRUG, 1_000, part // 9))
        bill = Bill(
            at=self.now,
            visited_on=self.now.date(),
            lines=lines if scheduled else None,
            parts=None if scheduled else parts,
            swipe=swipe,
            scan=tuple(self.numbers),
        )
        key = self.key()
        person_id = self.base + patient
        request = SettleRequest(request=key.msgid, patient_id=person_id, bill=bill, place_region="110000")
        answer = self.ask(key, request)
        if isinstance(answer, bytes):
            self.requests.append((key, request, answer))
            settled = msgspec.json.decode(answer, type=Done).settlement
            assert settled is not None
            paid_fen = sum(draw.amount_fen for draw in settled.draws)
            self.total_fen -= paid_fen
            self.count_draws(settled)
            assert settled.fund_fen + settled.hospital_fen + paid_fen + settled.cash_fen == self.billed(bill)

    @rule(patient=st.sampled_from([3, 4]), part=fen)
    def need_help(self, patient: int, part: int) -> None:
        self.settle_a_bill(patient, part, split=False, scheduled=False, swipe=None)

    @rule(patient=st.sampled_from([1, 2]), part=fen)
    def spend_on_himself(self, patient: int, part: int) -> None:
        self.settle_a_bill(patient, 3 * part, split=False, scheduled=False, swipe=None)

    def count_draws(self, settled: Settlement) -> None:
        """Keep what this settlement now stands for on each bond: what was drawn less what was given back."""
        self.drawn = {key: fen for key, fen in self.drawn.items() if key[0] != settled.settle_id}
        for draw, back in zip(settled.draws, settled.given_back, strict=True):
            if draw.bond_id is not None:
                key = (settled.settle_id, draw.bond_id)
                self.drawn[key] = self.drawn.get(key, 0) + draw.amount_fen - back

    def billed(self, bill: Bill) -> int:
        """Return what the institution asked for, taken from the bill itself."""
        return sum(bill.parts) if bill.parts is not None else sum(line.amount_fen for line in bill.lines or ())

    def ask(self, key: RequestKey, request: SettleRequest) -> bytes | Refused:
        scope = Scope(people={request.patient_id}, requests={key})
        digest = content_digest(msgspec.structs.replace(request.bill, at=START, visited_on=START.date()))
        return self.store.run(
            scope,
            lambda books: once(books, key, "settle", digest, lambda: settle(books, self.book, request)),
        )

    @precondition(lambda self: self.requests)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        key, request, answer = data.draw(st.sampled_from(self.requests))

        assert self.ask(key, request) == answer

    @precondition(lambda self: self.requests)
    @rule(data=st.data(), part=st.none() | fen)
    def give_back(self, data: st.DataObject, part: int | None) -> None:
        _, _, answer = data.draw(st.sampled_from(self.requests))
        settled = msgspec.json.decode(answer, type=Done).settlement
        assert settled is not None
        self.count += 1
        request = RefundRequest(request=f"back-{self.count}", settle_id=settled.settle_id, at=self.now, amount_fen=part)
        outcome = self.run((), lambda books: refund(books, self.book, request), Scope(settlements={settled.settle_id}))
        if isinstance(outcome, Done):
            self.total_fen += sum(amount for _, amount in outcome.returned)
            assert outcome.settlement is not None
            self.count_draws(outcome.settlement)

    @rule(
        pair=pair,
        relation=st.sampled_from([Relation.SPOUSE, Relation.PARENT, Relation.CHILD, Relation.SIBLING]),
        quota=st.none() | fen,
        days=st.none() | st.integers(min_value=1, max_value=400),
    )
    def bind(self, pair: tuple[int, int], relation: Relation, quota: int | None, days: int | None) -> None:
        request = networks.BindRequest(
            at=self.now,
            sharer_id=self.base + pair[0],
            member_id=self.base + pair[1],
            relation=relation,
            quota_fen=quota,
            until=None if days is None else self.now + timedelta(days=days),
            proof=frozenset({"pledge"}),
            second_side=True,
            review=True,
        )
        self.run(pair, lambda books: networks.bind(books, self.book, request))

    @rule(pair=pair)
    def unbind(self, pair: tuple[int, int]) -> None:
        self.run(
            pair, lambda books: networks.unbind(books, self.book, self.base + pair[0], self.base + pair[1], self.now)
        )

    @rule(pair=pair, quota=fen)
    def set_quota(self, pair: tuple[int, int], quota: int) -> None:
        ids = (self.base + pair[0], self.base + pair[1])
        self.run(pair, lambda books: networks.set_quota(books, self.book, *ids, self.now, quota))

    @rule(pair=pair, common=st.booleans(), amount=fen)
    def allocate(self, pair: tuple[int, int], common: bool, amount: int) -> None:
        request = pots.AllocateRequest(
            at=self.now,
            sharer_id=self.base + pair[0],
            amount_fen=amount,
            member_id=None if common else self.base + pair[1],
        )
        self.run(pair, lambda books: pots.allocate(books, self.book, request))

    @rule(sender=whom, receiver=whom, amount=fen, wallet=st.booleans())
    def transfer(self, sender: int, receiver: int, amount: int, wallet: bool) -> None:
        if sender != receiver:
            self.count += 1
            name = f"{self.base}-t{self.count}"
            request = wallets.SendRequest(
                transfer_id=name,
                at=self.now,
                sender_id=self.base + sender,
                receiver_id=self.base + receiver,
                relation=Relation.PARENT,
                amount_fen=amount,
                from_wallet=wallet,
            )
            named = Scope(transfers={name})
            outcome = self.run((sender, receiver), lambda books: wallets.send(books, self.book, request), named)
            if isinstance(outcome, Done):
                self.transfers.append(name)

    @precondition(lambda self: self.transfers)
    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(self.transfers))
        self.run((), lambda books: wallets.accept(books, self.book, name, self.now), Scope(transfers={name}))

    @rule(pair=pair | st.just((1, 1)), amount=fen)
    def pay_a_premium(self, pair: tuple[int, int], amount: int) -> None:
        self.count += 1
        request = premiums.PayPremium(
            request=f"p{self.count}",
            at=self.now,
            payer_id=self.base + pair[0],
            insured_id=self.base + pair[1],
            kind="resident",
            amount_fen=amount,
            year=self.now.year,
        )

        def pay(books: Books) -> Done | Refused:
            bond = books.registry.bond_between(request.payer_id, request.insured_id, at=self.now)
            over.append(bond.bond_id if bond is not None else 0)
            return premiums.pay_premium(books, self.book, request)

        over: list[int] = []
        outcome = self.run(pair, pay)
        if isinstance(outcome, Done):
            self.total_fen -= amount
            bond_id = over[-1] if pair[0] != pair[1] else None
            self.paid[pair, self.now.year] = [*self.paid.get((pair, self.now.year), []), (self.count, bond_id)]
            if bond_id is not None:
                self.drawn[-self.count, bond_id] = amount

    @rule(person=whom, base=fen)
    def credit(self, person: int, base: int) -> None:
        person_id = self.base + person
        request = f"c{self.count}"
        outcome = self.run(
            (person,),
            lambda books: lives.credit(books, self.book, person_id, self.now, base_fen=base, months=1, request=request),
        )
        self.total_fen += (outcome.credited_fen or 0) if isinstance(outcome, Done) else 0

    @rule(hours=st.sampled_from([1, 9, 20, 24 * 40, 24 * 200]), all_at_once=st.booleans())
    def let_time_pass(self, hours: int, all_at_once: bool) -> None:
        self.now += timedelta(hours=hours)

        def turn(books: Books) -> Done:
            bring_up_to(books, self.book, self.numbers, self.now)
            return Done()

        if all_at_once:
            self.run((1, 2, 3, 4), turn)

    @rule(person=whom, reason=st.sampled_from(["violation", "arrears"]), days=st.integers(min_value=1, max_value=90))
    def suspend(self, person: int, reason: str, days: int) -> None:
        until = self.now.date() + timedelta(days=days)
        number = self.base + person
        self.run((person,), lambda books: lives.suspend(books, self.book, number, self.now, reason=reason, until=until))

    @rule(person=whom, region=st.sampled_from(REGIONS))
    def move_away(self, person: int, region: str) -> None:
        number = self.base + person
        self.run((person,), lambda books: lives.move_region(books, self.book, number, self.now, region))

    @rule(pair=pair, cap=fen)
    def set_a_cap(self, pair: tuple[int, int], cap: int) -> None:
        ids = (self.base + pair[0], self.base + pair[1])
        self.run(pair, lambda books: networks.set_cap(books, self.book, *ids, self.now, cap))

    @invariant()
    def no_fen_is_lost_and_no_pocket_overdrawn(self) -> None:
        if hasattr(self, "store"):
            self.store.read(Scope(people=set(self.numbers)), self.look)

    def look(self, books: Books) -> None:
        mine = {account: one.balance_fen for account, one in books.ledger.pockets.rows.items()}
        mine = {account: balance for account, balance in mine.items() if account.book_id in self.numbers}
        assert all(balance >= 0 for account, balance in mine.items() if account.pocket in OWNED)
        assert sum(balance for account, balance in mine.items() if account.pocket in OWNED) == self.total_fen
        for person_id in self.numbers:
            purse = purse_of(books, person_id, self.now)
            assert purse.held_fen <= purse.account_fen
        for bond in books.registry.bonds:
            assert bond.used_fen == sum(fen for (_, bond_id), fen in self.drawn.items() if bond_id == bond.bond_id)
            assert bond.quota_fen is None or bond.used_fen <= bond.quota_fen
