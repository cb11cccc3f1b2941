"""Quotes amid all that a family does: what was quoted is settled to the fen, or nothing moves and it is said why."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from gongji.domain.bill import Parts
from gongji.domain.refusals import Refused
from gongji.rules.settling import Bill
from gongji.services.acts import Actor
from gongji.services.bills import quotes
from gongji.services.bills.quotes import Asked, Quoted, quote_scope
from gongji.services.family import networks
from gongji.services.store import Books, MemoryStore
from tests.contract.machine import FamilyMachine, fen, pair

NOBODY = Actor(channel="machine")


class QuoteMachine(FamilyMachine):
    """The family machine, with quotes, and with bonds that rest."""

    @initialize()
    def begin_with_no_quotes(self) -> None:
        self.quoted: list[Quoted] = []

    @rule(patient=st.sampled_from([1, 3, 4]), part=fen)
    def quote_a_bill(self, patient: int, part: int) -> None:
        bill = Bill(
            at=self.now, visited_on=self.now.date(), parts=Parts(part // 2, part), scan=tuple(self.numbers), swipe=2
        )
        asked = Asked(patient_id=self.base + patient, bill=bill, place_region="110000")

        def make(books: Books) -> Any:
            return quotes.make(books, self.book, NOBODY, asked)

        made: Any = self.run((patient,), make, quote_scope(asked.patient_id))
        if not isinstance(made, Refused):
            quote = made[0].quote
            paid_fen = sum(share.amount_fen for share in quote.shares)
            funds_fen = sum(layer_fen for _, layer_fen in quote.layers)
            assert funds_fen + quote.hospital_fen + paid_fen + quote.cash_fen == quote.total_fen == self.billed(bill)
            self.quoted.append(made[0])

    @precondition(lambda self: self.quoted)
    @rule(data=st.data(), minutes=st.sampled_from([0, 1, 29, 30]))
    def settle_what_was_quoted(self, data: st.DataObject, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.settle_quoted(data.draw(st.sampled_from(self.quoted)))

    @rule(
        patient=st.sampled_from([3, 4]),
        part=fen,
        between=st.sampled_from(["nothing", "spends", "rests", "ends", "waits"]),
        pair=pair,
    )
    def quote_and_settle(self, patient: int, part: int, between: str, pair: tuple[int, int]) -> None:
        known = len(self.quoted)
        self.quote_a_bill(patient, part)
        if between == "spends":
            self.spend_on_himself(pair[0], part)
        if between == "rests":
            self.let_a_bond_rest(pair, 3)
        if between == "ends":
            self.unbind(pair)
        self.now += timedelta(minutes=30 if between == "waits" else 1)
        for quoted in self.quoted[known:]:
            self.settle_quoted(quoted)

    def settle_quoted(self, quoted: Quoted) -> None:
        patient_id = quoted.quote.asked.patient_id

        def work(books: Books) -> Any:
            found = quotes.found(books, quoted.quote_id, patient_id)
            assert isinstance(found, Quoted)
            done = quotes.settle_quote(books, self.book, self.book, NOBODY, found, self.now)
            if isinstance(done, Refused):
                return done
            moved = [entry for entry in books.ledger.entries if entry.kind == "settlement"]
            legs = [(leg.account.book_id, str(leg.account.pocket), leg.amount_fen) for one in moved for leg in one.legs]
            if done.settle_id is not None:
                settled = books.ledger.settlements[done.settle_id]
                self.total_fen -= sum(draw.amount_fen for draw in settled.draws)
                self.count_draws(settled)
            return found, done, legs

        outcome: Any = self.run((), work, quote_scope(patient_id, quoted.quote_id))
        if isinstance(outcome, Refused):
            return
        found, done, legs = outcome
        if done.settle_id is None:
            assert done.changes
            assert legs == []
            self.quoted.append(done.anew)
            return
        assert self.now < found.until
        paid: dict[tuple[int, str], int] = {}
        for share in found.quote.shares:
            key = (share.person_id, str(share.pocket))
            paid[key] = paid.get(key, 0) - share.amount_fen
        assert {(book, pocket): amount for book, pocket, amount in legs if (book, pocket) in paid} == paid

    @rule(pair=pair, days=st.none() | st.integers(min_value=1, max_value=40))
    def let_a_bond_rest(self, pair: tuple[int, int], days: int | None) -> None:
        sharer, member = (self.base + person for person in pair)
        until = (self.now + timedelta(days=days)).date() if days is not None else None
        self.run(pair, lambda books: networks.pause(books, self.book, sharer, member, self.now, until))


def test_a_quote_is_settled_as_it_says_or_nothing_moves(book):
    class InMemory(QuoteMachine):
        pass

    InMemory.make_store = staticmethod(MemoryStore)
    InMemory.book = book
    quick = settings(max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(InMemory, settings=quick)
