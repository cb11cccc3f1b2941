"""A machine at three counters: visits, orders by phone and sales are paid, refunded and taken back in any order.

Whatever happens, what the books count (limits, the medical year, goods of a month) is what the standing bills come to.
"""

from datetime import datetime
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gongji.domain.account import OWNED
from gongji.registry.records import Institution
from tests.mobile_orders import Phone, check_order
from tests.national_world import (
    CATCH_ALL,
    DRUG_A,
    DRUG_B_CEILING,
    SHANGHAI_HOSPITAL,
    World,
    certno,
    check_identities,
    psn,
)

PATIENT, SHARER = 1, 2
SHOP = "P44030000009"
DEVICE = "D0701010000000100001"
MORNING = datetime(2025, 6, 2, 8)
picks = st.integers(min_value=0, max_value=99)
prices = st.integers(min_value=1, max_value=400_00).map(lambda fen: f"{fen / Decimal(100):.2f}")
codes = st.sampled_from([DRUG_A, DRUG_B_CEILING, "NOSUCHCODE"])


class CounterMachine(RuleBasedStateMachine):
    """A patient and a sharer of Shanghai, at a hospital there and a pharmacy in Shenzhen with its limit on goods."""

    @initialize(own=st.sampled_from([0, 50_00, 300_00]), quota=st.sampled_from([None, 500_00]), once=st.booleans())
    def open_accounts(self, own, quota, once):
        self.world = World()
        shop = Institution(code=SHOP, name="样例药店", kind="pharmacy", level=1, region="440300")
        self.world._put(lambda books: books.registry.institutions.update({SHOP: shop}))
        self.world.person(PATIENT, region="310000", money=own, wallet=20_00)
        self.world.person(SHARER, region="310000", money=1500_00)
        self.world.bond(SHARER, PATIENT, quota_fen=quota, once=once)
        self.hospital, self.shop = (self.world.client(code, now=MORNING) for code in (SHANGHAI_HOSPITAL, SHOP))
        self.first = self.lies()
        self.bills = []  # client, infno, setl_id, mdtrt_id of all settlements
        self.messages = []  # client, infno, msgid of what 2601 may be asked for
        self.orders = []  # each with what its payment was answered
        self.count = 0

    def lies(self):
        return sum(
            one.balance_fen for account, one in self.world.store.ledger.pockets.rows.items() if account.pocket in OWNED
        )

    def ask(self, client, infno, content):
        """Send a message twice: the second delivery changes nothing and gets the same answer, if it was carried out."""
        msgid = client.msgid()
        answer = client.ask(infno, content, path=CATCH_ALL, msgid=msgid)
        if answer["infcode"] == 0:
            assert client.ask(infno, content, path=CATCH_ALL, msgid=msgid) == answer
        else:
            assert not answer["err_msg"].startswith("FSI-BUSY"), answer
        return msgid, answer

    def settled(self, client, infno, msgid, output):
        check_identities(output)
        info = output["setlinfo"]
        self.bills.append((client, infno, info["setl_id"], info["mdtrt_id"]))
        self.messages.append((client, infno, msgid))

    @rule(code=codes, price=prices, again=st.booleans(), fund=st.sampled_from([None, 0, 30]))
    def pay_at_the_counter(self, code, price, again, fund):
        client = self.hospital
        visits = [mdtrt_id for _, infno, _, mdtrt_id in self.bills if infno == "2207"]
        visit = visits[-1] if again and visits else client.done("2201", client.register(PATIENT))["data"]["mdtrt_id"]
        self.count += 1
        row = client.line(visit, PATIENT, code, price, "1", sn=str(self.count), batch=f"B{self.count}")
        if client.ask("2204", {"feedetail": [row]})["infcode"]:
            return
        core = None if fund is None else split(price, fund)
        msgid, answer = self.ask(client, "2207", client.bill(visit, PATIENT, price, batch=f"B{self.count}", core=core))
        if answer["infcode"] == 0:
            self.settled(client, "2207", msgid, answer["output"])

    @rule(price=prices | st.sampled_from(["150.00", "300.00"]))
    def sell_a_device(self, price):
        client = self.shop
        moment = f"{client.now:%Y-%m-%d %H:%M:%S}"
        row = {
            "feedetl_sn": "1", "rx_circ_flag": "0", "fee_ocur_time": moment, "med_list_codg": DEVICE,
            "medins_list_codg": "L1", "det_item_fee_sumamt": price, "cnt": "1", "pric": price,
        }  # fmt: skip
        head = {
            "psn_no": psn(PATIENT), "mdtrt_cert_type": "02", "mdtrt_cert_no": certno(PATIENT), "insutype": "310",
            "begntime": moment, "medfee_sumamt": price, "acct_used_flag": "1", "med_type": "41",
            "expContent": {"core_split": client.whole(price, preselfpay_amt=price)},
        }  # fmt: skip
        msgid, answer = self.ask(client, "2102", {"druginfo": head, "drugdetail": row})
        if answer["infcode"] == 0:
            self.settled(client, "2102", msgid, answer["output"])

    @rule(code=codes, price=prices, fund=st.sampled_from([0, 30, 100]))
    def pay_by_phone(self, code, price, fund):
        phone = Phone(self.world, self.hospital, PATIENT)
        phone.uploaded(phone.line(code=code, price=price, count="1"))
        _, answer = self.ask(self.hospital, "6202", phone.payment(split(price, fund)))
        if answer["infcode"] == 0:
            told = answer["output"]["data"]
            check_order(told)
            self.orders.append((phone, told))
            told["setl_id"] = phone.ask()["hiDocSn"]
            self.bills.append((self.hospital, "6202", told["setl_id"], phone.order["mdtrtId"]))

    @precondition(lambda self: self.orders)
    @rule(pick=picks, part=st.integers(min_value=1, max_value=100))
    def give_back_cash_of_an_order(self, pick, part):
        phone, told = self.orders[pick % len(self.orders)]
        cash = (told["ownPayAmt"] * part / 100).quantize(Decimal("0.01"))
        self.count += 1
        self.ask(self.hospital, "6203", phone.returning("CASH", cash=str(cash), appRefdSn=f"R{self.count}"))

    @precondition(lambda self: self.orders)
    @rule(pick=picks)
    def give_back_an_order(self, pick):
        phone, told = self.orders[pick % len(self.orders)]
        left = next(one for one in self.world.store.ledger.settlements if str(one.settle_id) == told["setl_id"])
        cash_fen, back_fen = (
            left.cash_fen - left.cash_back_fen,
            sum(d.amount_fen for d in left.draws) - sum(left.given_back),
        )
        parts = {"cash": yuan(cash_fen), "account": yuan(back_fen), "fund": yuan(left.fund_fen)}
        self.count += 1
        _, answer = self.ask(self.hospital, "6203", phone.returning("ALL", **parts, appRefdSn=f"R{self.count}"))
        assert (answer["infcode"] == 0) == (not left.reversed)

    @precondition(lambda self: self.bills)
    @rule(pick=picks)
    def refund(self, pick):
        client, infno, setl_id, mdtrt_id = self.bills[pick % len(self.bills)]
        back = "2103" if infno == "2102" else "2208"
        data = {"setl_id": setl_id, "mdtrt_id": mdtrt_id, "psn_no": psn(PATIENT)}
        before = self.world.store.ledger.settlements[int(setl_id)]
        msgid, answer = self.ask(client, back, {"data": data})
        assert (answer["infcode"] == 0) == (not before.reversed)
        if answer["infcode"] == 0:
            check_identities(answer["output"])
            info = answer["output"]["setlinfo"]
            personal = info["acct_pay"] + info["psn_cash_pay" if "psn_cash_pay" in info else "cash_payamt"]
            assert personal == -Decimal(before.left_fen) / 100
            assert info["fund_pay_sumamt"] == -Decimal(before.fund_fen) / 100
            self.messages.append((client, back, msgid))

    @precondition(lambda self: self.messages)
    @rule(pick=picks)
    def take_back_a_message(self, pick):
        client, infno, msgid = self.messages[-1 - pick % len(self.messages)]
        self.ask(client, "2601", {"data": {"psn_no": psn(PATIENT), "omsgid": msgid, "oinfno": infno}})

    @precondition(lambda self: any(infno in ("2103", "2208") for _, infno, _ in self.messages))
    @rule()
    def take_back_the_last_refund(self):
        last = next(one for one in reversed(self.messages) if one[1] in ("2103", "2208"))
        client, infno, msgid = last
        self.ask(client, "2601", {"data": {"psn_no": psn(PATIENT), "omsgid": msgid, "oinfno": infno}})

    @rule(days=st.sampled_from([0, 1, 29]))
    def let_time_pass(self, days):
        for client in (self.hospital, self.shop):
            client.wait(days=days, minutes=1)

    @invariant()
    def what_is_counted_is_what_stands(self):
        if not hasattr(self, "world"):
            return
        ledger, registry = self.world.store.ledger, self.world.store.registry
        several = list(ledger.settlements)
        drawn = [
            (draw, draw.amount_fen - back)
            for one in several
            for draw, back in zip(one.draws, one.given_back, strict=True)
        ]
        assert self.lies() == self.first - sum(fen for _, fen in drawn)
        for bond in registry.bonds:
            assert bond.used_fen == sum(fen for draw, fen in drawn if draw.bond_id == bond.bond_id)
            assert bond.quota_fen is None or bond.used_fen <= bond.quota_fen
            assert bond.held_fen <= self.world.balance(bond.sharer_id)
        for key, used in ledger.accumulators.rows.items():
            mine = [
                one
                for one in several
                if not one.reversed and (one.year_start, one.inpatient) == (key.year_start, key.inpatient)
            ]
            assert used.fund_fen == sum(one.fund_fen for one in mine)
            assert used.deductible_fen == sum(one.deductible_fen for one in mine)
            assert used.burden_fen == sum(one.burden_fen for one in mine)
        months = {f"{one.settled_at:%Y-%m}" for one in several}
        goods = {month: sum(goods_of(one) for one in several if f"{one.settled_at:%Y-%m}" == month) for month in months}
        year = ledger.years.get(PATIENT)
        assert all(fen <= 300_00 for fen in goods.values())
        assert year is None or not year.goods_month or goods[year.goods_month] == year.goods_fen
        self.lines_are_paid_once(several)
        self.refunds_say_what_was_given_back(several)

    def lines_are_paid_once(self, several):
        visits = {one.visit_id: self.world.store.registry.visits[one.visit_id] for one in several}
        for one in several:
            lines = [line for line in visits[one.visit_id].lines if line.settled_by == one.settle_id]
            assert sum(line.amount_fen for line in lines) == one.total_fen
            assert {line.refunded for line in lines} == {one.reversed}

    def refunds_say_what_was_given_back(self, several):
        standing = [one for one in self.world.store.ledger.refunds if one.undone_at is None]
        for one in several:
            back = [refund for refund in standing if refund.settle_id == one.settle_id]
            assert sum(sum(r.back_fens) + r.cash_fen for r in back) == sum(one.given_back) + one.cash_back_fen
            assert sum(r.full for r in back) == one.reversed
        numbers = [(one.visit_id, one.settle_id) for one in several] + [
            (self.world.store.ledger.settlements[r.settle_id].visit_id, r.refund_id) for r in standing
        ]
        for mdtrt_id, number in numbers[-4:]:
            client = next(client for client, _, _, visit in self.bills if visit == mdtrt_id)
            data = {"psn_no": psn(PATIENT), "setl_id": str(number), "mdtrt_id": mdtrt_id}
            info = client.done("5203", {"data": data})["setlinfo"]
            scope = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
            assert info["medfee_sumamt"] == sum(info[name] for name in scope)
            assert len({info[name] > 0 for name in scope if info[name]}) < 2
            assert info["medfee_sumamt"] == info["fund_pay_sumamt"] + info["psn_pay"]
            assert info["psn_pay"] == info["acct_pay"] + info["cash_payamt"]

    def teardown(self):
        if hasattr(self, "world"):
            assert self.world.store.faults() == []


def goods_of(settlement):
    shared = sum(
        fen for draw, fen in zip(settlement.draws, settlement.given_back, strict=True) if draw.bond_id is not None
    )
    return settlement.goods_fen - min(settlement.goods_fen, shared)


def split(price, percent):
    """Return the split of an outside core in which the fund pays so much of the bill."""
    paid = (Decimal(price) * percent / 100).quantize(Decimal("0.01"))
    return {"hifp_pay": str(paid), "psn_part_amt": str(Decimal(price) - paid)}


def yuan(fen):
    return str(Decimal(fen) / 100)


def test_three_counters_cannot_lose_a_fen():
    quick = settings(max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(CounterMachine, settings=quick)
