"""The same year, one bill after another by the single decision: what the columns are held to."""

from datetime import date, datetime, time
from typing import Final

from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import FeeClass, FeeKind, FeeLine, Parts, Place, Visit
from gongji.domain.family import Bond
from gongji.domain.insured import Insurance, Insured, Work
from gongji.domain.periods import year_start
from gongji.domain.refusals import Refused
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.rules.setting_aside import most_allocatable
from gongji.rules.settling import Bill, CoreSplit, Rules, Settled, Used, decide_settlement
from gongji.whatif.calendars import year_of
from gongji.whatif.columns import NO_CAP, NO_DAY, RELATIONS, WORDS, Bills, Sharer, day_of

_NOON: Final = time(12)
_LONG_AGO: Final = datetime(1999, 1, 1)  # noqa: DTZ001  # Asia/Shanghai, without an offset, as everywhere


class Outcome(Struct, frozen=True):
    """What came of one bill, in fen, and the rows of the book that it rests on."""

    fund_fen: int
    deductible_fen: int
    own_fen: int
    shared_fen: int
    wallet_fen: int
    cash_fen: int
    burden_fen: int
    rule_ids: frozenset[str]


class _Purse:
    """The pockets of the patient or of a sharer over the year, in fen."""

    def __init__(self, current_fen: int, carry_fen: int, beside_fen: int, credit_fen: int) -> None:
        """Begin with what lies there; `beside_fen` is the wallet of a patient or the pot of a sharer."""
        self.current_fen = current_fen
        self.carry_fen = carry_fen
        self.beside_fen = beside_fen
        self.credit_fen = credit_fen
        self.used_fen = 0

    def month(self, *, turned: bool) -> None:
        """Let the first of a month come: the account year turns, then the month is credited."""
        if turned:
            self.carry_fen += self.current_fen
            self.current_fen = 0
        self.current_fen += self.credit_fen

    def take(self, pocket: Pocket, fen: int) -> None:
        """Take so much out of a pocket."""
        if pocket is Pocket.CURRENT_YEAR:
            self.current_fen -= fen
        elif pocket is Pocket.CARRY_OVER:
            self.carry_fen -= fen
        else:
            self.beside_fen -= fen

    def left(self) -> Purse:
        """Return the pockets as the rules read them."""
        return Purse(self.current_fen, self.carry_fen, 0, self.beside_fen)


class Alone:
    """One person's year. `first` is the row of his first bill."""

    def __init__(self, book: PolicyBook, region: str, bills: Bills, first: int) -> None:
        """Open the pockets as they stand in that row."""
        self._book, self._region, self._bills = book, region, bills
        own = ("own_current_fen", "own_carry_fen", "own_wallet_fen", "own_credit_fen")
        self._own = _Purse(*(int(bills.fen[name][first]) for name in own))
        self._sharers = [
            (number, sharer, _Purse(*(int(column[first]) for column in (sharer.current_fen, sharer.carry_fen,
                                                                        sharer.pot_fen, sharer.credit_fen))))
            for number, sharer in enumerate(bills.sharers, start=1)
            if sharer.relation[first] >= 0
        ]  # fmt: skip
        self._first = first
        self._sums = {inpatient: [0, 0, 0] for inpatient in (False, True)}
        self._stays = self._goods_fen = 0
        self._day: date | None = None

    def settle(self, row: int) -> Outcome:
        """Settle the bill in that row, and carry the year on."""
        day = day_of(int(self._bills.day[row]))
        rules = self._book.on(self._region, day)
        self._come_to(day, rules)
        bill = _bill(self._bills, row, day, [number for number, _, _ in self._sharers])
        inpatient = bill.visit is Visit.INPATIENT
        fund_fen, deductible_fen, burden_fen = self._sums[inpatient]
        all_fen = self._sums[False][0] + self._sums[True][0]
        used = Used(fund_fen, all_fen, deductible_fen, burden_fen, self._goods_fen, self._stays if inpatient else 0)
        patient = _patient(self._bills, row, day, self._region)
        candidates = [self._candidate(number, sharer, purse, rules) for number, sharer, purse in self._sharers]
        decision = decide_settlement(bill, patient, self._own.left(), used, candidates, Rules(rules, rules, rules))
        return self._write(decision, inpatient=inpatient)

    def left_fen(self) -> list[int]:
        """Return what is left: own account, wallet, then account and pot of each sharer in the file."""
        several = {number: purse for number, _, purse in self._sharers}
        left = [self._own.current_fen + self._own.carry_fen, self._own.beside_fen]
        for number, sharer in enumerate(self._bills.sharers, start=1):
            purse, at = several.get(number), self._first
            columns = (sharer.current_fen, sharer.carry_fen, sharer.pot_fen)
            if purse is None:
                left.append(sum(int(column[at]) for column in columns))
            else:
                left.append(purse.current_fen + purse.carry_fen + purse.beside_fen)
        return left

    def _come_to(self, day: date, rules: RegionDay) -> None:
        """Let the months pass since the last bill, then set aside what may be, once a month."""
        new_month = self._day is None or (day.year, day.month) != (self._day.year, self._day.month)
        if self._day is not None:
            self._pass_months(self._day, day, rules)
        if new_month:
            self._goods_fen = 0
        for number, _, purse in self._sharers:
            sharer = _sharer(number, self._region)
            most_fen = most_allocatable(sharer, Purse(purse.current_fen, purse.carry_fen), 0, rules) if new_month else 0
            carry_fen = min(most_fen, purse.carry_fen)
            purse.take(Pocket.CARRY_OVER, carry_fen)
            purse.take(Pocket.CURRENT_YEAR, most_fen - carry_fen)
            purse.beside_fen += most_fen
        self._day = day

    def _pass_months(self, last: date, day: date, rules: RegionDay) -> None:
        """Credit each month, and turn the account year where it has turned since the last bill."""
        begins = year_of(rules, day)
        turned = year_of(self._book.on(self._region, last), last) != begins
        if turned:
            self._sums = {inpatient: [0, 0, 0] for inpatient in (False, True)}
            self._stays = 0
        purses = [self._own, *(purse for _, _, purse in self._sharers)]
        month = last
        while (month.year, month.month) != (day.year, day.month):
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
            turns = turned and year_start(month, month=begins.month, first_day=begins.day) == begins
            for purse in purses:
                purse.month(turned=turns)
            turned = turned and not turns
        if turned:
            for purse in purses:
                purse.carry_fen, purse.current_fen = purse.carry_fen + purse.current_fen, 0

    def _candidate(self, number: int, sharer: Sharer, purse: _Purse, rules: RegionDay) -> Candidate:
        cap_fen = int(sharer.cap_fen[self._first])
        bond = Bond(
            bond_id=number,
            sharer_id=number,
            member_id=0,
            relation=RELATIONS[int(sharer.relation[self._first])],
            since=_LONG_AGO.replace(day=number),
            cap_fen=None if cap_fen == NO_CAP else cap_fen,
            used_fen=purse.used_fen,
        )
        pots = ((Account(number, Pocket.POT), purse.beside_fen),) if purse.beside_fen else ()
        left = Purse(purse.current_fen, purse.carry_fen)
        return Candidate(bond=bond, sharer=_sharer(number, self._region), purse=left, rules=rules, pots=pots,
                         cap_used_fen=purse.used_fen)  # fmt: skip

    def _write(self, decision: Settled | Refused, *, inpatient: bool) -> Outcome:
        if not isinstance(decision, Settled):
            rule_ids = {decision.ground.rule_id} if decision.ground is not None else set()
            return Outcome(0, 0, 0, 0, 0, 0, 0, frozenset(rule_ids))
        purses = {number: purse for number, _, purse in self._sharers}
        for payment in decision.payments:
            purse = self._own if payment.bond_id is None else purses[payment.bond_id]
            purse.take(payment.account.pocket, payment.amount_fen)
            purse.used_fen += payment.amount_fen
        sums, share = self._sums[inpatient], decision.share
        for place, fen in enumerate((share.fund_fen, share.deductible_fen, decision.burden_fen)):
            sums[place] += fen
        self._stays += inpatient
        self._goods_fen += decision.goods_fen
        own_fen, shared_fen, wallet_fen = (
            sum(payment.amount_fen for payment in payments)
            for payments in (decision.own, decision.shared, decision.wallet)
        )
        return Outcome(share.fund_fen, share.deductible_fen, own_fen, shared_fen, wallet_fen, decision.cash_fen,
                       decision.burden_fen, frozenset(decision.rule_ids))  # fmt: skip


# Helpers


def _sharer(number: int, region: str) -> Insured:
    return Insured(person_id=number, insured=Insurance.EMPLOYEE, region=region)


def _patient(bills: Bills, row: int, day: date, region: str) -> Insured:
    retired_on = int(bills.retired_on[row])
    return Insured(
        person_id=0,
        insured=Insurance(WORDS["insured"][bills.words["insured"][row]]),
        region=region,
        work=Work(WORDS["work"][bills.words["work"][row]]),
        retired_on=None if retired_on == NO_DAY else day_of(retired_on),
        born=date(day.year - int(bills.age[row]), 1, 1),
        wallet_open=True,
    )


def _bill(bills: Bills, row: int, day: date, scan: list[int]) -> Bill:
    def fen(name: str) -> int:
        return int(bills.fen[f"{name}_fen"][row])

    kind = FeeKind(WORDS["kind"][bills.words["kind"][row]])
    visit = Visit(WORDS["visit"][bills.words["visit"][row]])
    parts = (fen("first_self_pay"), fen("over_limit"), fen("off_catalogue"))
    split: CoreSplit | None = None
    lines: tuple[FeeLine, ...]
    if bills.split[row]:
        fund_fen = fen("fund")
        cells = Parts(fen("deductible"), fen("copay"), *parts)
        lines = (FeeLine(0, kind=kind),)
        split = CoreSplit(layers=(("basic", fund_fen),) if fund_fen else (), hospital_fen=0, parts=cells)
    else:
        inside = FeeLine(fen("in_scope") + parts[0] + parts[1], FeeClass.B, kind, 0, parts[1], parts[0])
        lines = (inside, FeeLine(parts[2], FeeClass.C, kind))
    return Bill(at=datetime.combine(day, _NOON), visited_on=day, place=Place(WORDS["place"][bills.words["place"][row]]),
                visit=visit, level=int(bills.level[row]), lines=lines, split=split, scan=tuple(scan),
                counts_stay=visit is Visit.INPATIENT)  # fmt: skip
