"""A machine that uploads, takes back, settles, refunds and discharges in any order, and looks for a lost fen."""

from datetime import date, datetime
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gongji.domain.money import yuan
from gongji.ledger.records import Accumulated, AccumulatorKey
from gongji.services.visits.visit_bills import net_lines
from gongji.services.visits.visit_settlements import open_lines
from tests.national_stays import admit, bill, claim, discharge, fee, refund, reversal
from tests.national_world import DRUG_A, DRUG_B_CEILING, SHANGHAI_HOSPITAL, World

PATIENT, SHARER = 1, 2
MONEY = 90_000_00
MORNING = datetime(2025, 6, 2, 8)
picks = st.integers(min_value=0, max_value=99)
seldom = st.integers(min_value=0, max_value=5).map(lambda number: number == 5)


class StayMachine(RuleBasedStateMachine):
    """One patient and one sharer in a region whose schedule is known. What may be done is told beforehand."""

    @initialize(own=st.integers(min_value=0, max_value=3_000_00))
    def open_accounts(self, own):
        self.world = World()
        self.world.person(PATIENT, region="310000", money=own)
        self.world.person(SHARER, region="310000", money=MONEY)
        self.world.bond(SHARER, PATIENT)
        self.client = self.world.client(SHANGHAI_HOSPITAL, now=MORNING)
        self.money = own + MONEY
        self.count = 0
        self.paid = []  # (setl_id, final, message) of the settlements that stand
        self.refunded = None  # message of the last refund while nothing has followed, with what it gave back
        self.admit()

    def admit(self):
        self.visit, self.day = admit(self.client, PATIENT), self.client.now
        self.left = {}  # line number: [code, price, count left]
        self.backs = {}  # number of a take-back: of which line, how much
        self.settled = {}  # settlement: its (left, backs)
        self.out = False

    def fee(self, number, price, count, code, **more):
        day = f"{self.day:%Y-%m-%d}"
        return fee(self.client, self.visit, PATIENT, number, yuan(price), str(count), code, fee_ocur_time=day, **more)

    @property
    def closed(self):
        return any(final for _, final, _ in self.paid)

    def tell(self, allowed, infno, content):
        """Send it, and see that it is accepted just when it is allowed. Return its output and id."""
        message = self.client.msgid()
        answer = self.client.ask(infno, content, msgid=message)
        assert (answer["infcode"] == 0) == allowed, (infno, answer["err_msg"])
        return answer["output"] if allowed else None, message

    @rule(
        price=st.integers(min_value=1, max_value=90_000), count=st.integers(min_value=1, max_value=40), b=st.booleans()
    )
    def add(self, price, count, b):
        self.count += 1
        number, code = str(self.count), DRUG_B_CEILING if b else DRUG_A
        row = self.fee(number, price, count, code)
        output, _ = self.tell(not self.closed, "2301", {"feedetail": row})
        if output is not None:
            self.left[number] = [code, price, count]
            self.refunded = None

    @rule(pick=picks, count=st.integers(min_value=1, max_value=50))
    def take_back(self, pick, count):
        if not self.left or self.closed:
            return
        of = sorted(self.left)[pick % len(self.left)]
        code, price, left = self.left[of]
        self.count += 1
        row = self.fee(str(self.count), price, -count, code, init_feedetl_sn=of)
        output, _ = self.tell(count <= left, "2301", {"feedetail": row})
        if output is not None:
            self.left[of][2] -= count
            self.backs[str(self.count)] = (of, count)
            self.refunded = None

    @rule(pick=picks)
    def take_off(self, pick):
        numbers = sorted(self.left) + sorted(self.backs)
        if not numbers or self.closed:
            return
        number = numbers[pick % len(numbers)]
        stands_under = any(of == number for of, _ in self.backs.values())
        self.tell(not stands_under, "2302", claim(self.visit, PATIENT, feedetl_sn=number))
        if stands_under:
            return
        self.refunded = None
        if number in self.backs:
            of, count = self.backs.pop(number)
            self.left[of][2] += count
        else:
            del self.left[number]

    @rule(wrong=seldom, account=st.booleans())
    def settle(self, wrong, account):
        mid = self.out is wrong
        open_fen = sum(price * count for _, price, count in self.left.values())
        allowed = open_fen > 0 and not self.closed and self.out is not mid
        data = bill(self.client, self.visit, PATIENT, yuan(open_fen), mid=str(int(mid)))
        data["data"]["acct_used_flag"] = str(int(account))
        quote = self.client.ask("2303", data)
        output, message = self.tell(allowed, "2304", data)
        if output is None:
            return
        info = output["setlinfo"]
        names = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay", "balc")
        assert [quote["output"]["setlinfo"][name] for name in names] == [info[name] for name in names]
        assert info["medfee_sumamt"] == Decimal(yuan(open_fen))
        self.paid.append((info["setl_id"], not mid, message))
        self.settled[info["setl_id"]] = (self.left, self.backs)
        self.left, self.backs = {}, {}
        self.refunded = None

    @rule(pick=picks, late=st.booleans(), by_message=seldom)
    def give_back(self, pick, late, by_message):
        if not self.paid:
            return
        place = len(self.paid) - 1 if late else pick % len(self.paid)
        last = place == len(self.paid) - 1
        setl_id, _, message = self.paid[place]
        if by_message:
            self.tell(last, "2601", reversal(PATIENT, message, "2304"))
        else:
            _, message = self.tell(last, "2305", refund(self.visit, PATIENT, setl_id))
        if last:
            back = self.paid.pop()
            left, backs = self.settled.pop(setl_id)
            self.refunded = None if by_message else (message, back, left, backs)
            self.left |= {number: list(line) for number, line in left.items()}
            self.backs |= backs

    @rule()
    def restore(self):
        if self.refunded is None:
            return
        message, back, left, backs = self.refunded
        self.tell(self.refunded is not None, "2601", reversal(PATIENT, message, "2305"))
        self.paid.append(back)
        self.settled[back[0]] = (left, backs)
        for number in left:
            del self.left[number]
        for number in backs:
            del self.backs[number]
        self.refunded = None

    @rule(really=seldom)
    def discharge(self, really):
        if not (self.out or really):
            return
        self.client.wait(hours=5)
        self.tell(not self.out, "2402", discharge(self.client, self.visit, PATIENT))
        if not self.out:
            self.out, self.refunded = True, None

    @rule()
    def undo_discharge(self):
        self.tell(self.out and not self.closed, "2405", claim(self.visit, PATIENT))
        if self.out and not self.closed:
            self.out, self.refunded = False, None

    @rule(really=seldom)
    def cancel(self, really):
        allowed = not (self.paid or self.out or self.left or self.backs)
        if allowed and not really:
            return
        self.tell(allowed, "2404", claim(self.visit, PATIENT))
        if allowed:
            self.refunded = None
            self.admit()

    @invariant()
    def nothing_is_lost(self):
        if not hasattr(self, "world"):
            return
        store = self.world.store
        visit = store.registry.visits[self.visit]
        standing = [one for one in store.ledger.settlements if not one.reversed]
        assert [str(one.settle_id) for one in standing] == [setl_id for setl_id, _, _ in self.paid]
        drawn_fen = sum(draw.amount_fen for one in standing for draw in one.draws)
        assert self.world.balance(PATIENT) + self.world.balance(SHARER) + drawn_fen == self.money
        for one in standing:
            lines = [line for line in visit.lines if line.settled_by == one.settle_id and not line.refunded]
            assert sum(line.amount_fen for line in lines) == one.total_fen
        numbers = [line.line_no for line in visit.lines if not line.refunded]
        assert len(numbers) == len(set(numbers))
        opened = net_lines(open_lines(visit, None))
        assert sum(line.amount_fen for line in opened) == sum(p * c for _, p, c in self.left.values())
        parts = [
            (line.off_catalogue_fen, line.over_limit_fen, line.first_self_pay_fen, line.in_scope_fen) for line in opened
        ]
        assert all(fen >= 0 for several in parts for fen in several)
        key = AccumulatorKey(PATIENT, date(2024, 7, 1), inpatient=True)
        used = store.ledger.accumulators.get(key) or Accumulated()
        assert (used.fund_fen, used.stays) == (sum(one.fund_fen for one in standing), int(bool(standing)))

    def teardown(self):
        if hasattr(self, "world"):
            assert self.world.store.faults() == []


def test_a_stay_cannot_lose_a_fen():
    quick = settings(max_examples=100, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(StayMachine, settings=quick)
