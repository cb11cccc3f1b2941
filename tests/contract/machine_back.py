"""The family machine, with money that goes back besides: premiums, bills paid in cash, wallets that close."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from gongji.domain.bill import Parts
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.rules.settling import Bill
from gongji.services.acts import Actor
from gongji.services.bills import reimbursements
from gongji.services.outcomes import Done
from gongji.services.store import Books
from gongji.services.wallets import premiums, wallets
from tests.contract.machine import FamilyMachine, fen, whom


class MoneyBackMachine(FamilyMachine):
    """The four people, who have premiums given back, claim what they paid in cash, and close their wallets."""

    @precondition(lambda self: self.paid)
    @rule(data=st.data(), part=st.none() | fen)
    def give_a_premium_back(self, data: st.DataObject, part: int | None) -> None:
        pair, year = data.draw(st.sampled_from(sorted(self.paid)))
        insured = self.base + pair[1]
        turns = self.store.read(
            Scope(people={insured}), lambda books: premiums.paid_before(books, insured, "resident", year)
        )
        last = next(one for one in reversed(turns) if one.payer_id == self.base + pair[0])
        self.count += 1
        request = premiums.RefundPremium(request=f"pb{self.count}", at=self.now, key=last.key, amount_fen=part)
        outcome = self.run(pair, lambda books: premiums.refund_premium(books, self.book, request))
        if isinstance(outcome, Done):
            gone = last.left_fen - (outcome.paid_fen or 0)
            self.total_fen += gone
            number, bond_id = self.paid[pair, year][-1]
            if bond_id is not None:
                self.drawn[-number, bond_id] -= gone

    @rule(patient=st.sampled_from([3, 4]), part=fen, again=st.booleans())
    def reimburse(self, patient: int, part: int, again: bool) -> None:
        self.count += 1
        bill = Bill(at=self.now, visited_on=self.now.date(), parts=Parts(0, part), takes_wallet=False)
        claim = reimbursements.Claim(
            patient_id=self.base + patient,
            bill=bill,
            place_region="110000",
            issuer=str(self.base),
            receipts=(f"R{0 if again else self.count}",),
        )
        made: list[reimbursements.Reimbursed] = []

        def act(books: Books) -> Done | Refused:
            outcome = reimbursements.reimburse(books, self.book, Actor(channel="counter"), claim)
            if isinstance(outcome, Refused):
                return outcome
            made.append(outcome)
            return Done(settlement=outcome.settlement)

        outcome = self.run((patient,), act, reimbursements.claim_scope(claim))
        if isinstance(outcome, Done):
            assert outcome.settlement is not None
            drawn_fen = sum(draw.amount_fen for draw in outcome.settlement.draws)
            assert made[-1].record.paid_out_fen == drawn_fen
            self.total_fen -= drawn_fen
            self.count_draws(outcome.settlement)

    @rule(person=whom)
    def close_and_open_a_wallet(self, person: int) -> None:
        number = self.base + person
        outcome = self.run((person,), lambda books: wallets.close_wallet(books, self.book, number, self.now))
        if isinstance(outcome, Done):
            self.run((person,), lambda books: wallets.open_wallet(books, self.book, number, self.now))
