"""The world of a case: its people, money and bonds, put into books in memory by the ordinary ways."""

from datetime import datetime
from typing import Final

from gongji.channels.cases.form import Case, Person, Settle, StandingBond
from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Visit
from gongji.domain.family import Bond
from gongji.domain.insured import Insurance, Insured
from gongji.domain.money import fen_from_yuan
from gongji.ledger.records import AccountYear, Accumulated, AccumulatorKey, EntryKind
from gongji.rules.eligibility import needs_confirmation
from gongji.rules.policybook import PolicyBook
from gongji.services.families import account_year, pot_balance, purse_of
from gongji.services.store import Books

UNKNOWN: Final = 1_000_000
"""People that a case names and does not describe get numbers from here on: nobody has them."""


class World:
    """Books, and the labels by which a case calls people."""

    def __init__(self, case: Case, policy: PolicyBook) -> None:
        """Set up what stands as of the case's moment."""
        self.policy = policy
        self.books = Books()
        self.now: datetime = case.at
        self.region = case.region
        self._ids = {person.id: number for number, person in enumerate(case.person, start=1)}
        self._labels = {number: label for label, number in self._ids.items()}
        bills = [act for act in case.act if isinstance(act, Settle)]
        stays = {act.patient for act in bills if act.visit is Visit.INPATIENT}
        visits = {act.patient for act in bills if act.visit is not Visit.INPATIENT}
        for person in case.person:
            # "used" does not say of which care: it counts for whatever care of that person the case goes on to settle.
            cares = [inpatient for inpatient, people in ((True, stays), (False, visits)) if person.id in people]
            self._admit(person, case, cares or [False])
        for bond in case.bond:
            self._bond(bond, case)

    def id_of(self, label: str) -> int:
        """Return the person's number; a label that the case does not describe gets one that nobody has."""
        if label not in self._ids:
            self._ids[label] = UNKNOWN + len(self._ids)
            self._labels[self._ids[label]] = label
        return self._ids[label]

    def label_of(self, person_id: int) -> str:
        """Return how the case calls that person."""
        return self._labels.get(person_id, str(person_id))

    def people(self) -> list[int]:
        """Return everybody."""
        return list(self.books.registry.people.rows)

    def balance_fen(self, person_id: int) -> int:
        """Return current-year, carry-over and pots together."""
        return purse_of(self.books, person_id, self.now).account_fen + pot_balance(self.books, person_id)

    def free_fen(self, person_id: int) -> int:
        """Return what the person may still spend on himself."""
        purse = purse_of(self.books, person_id, self.now)
        return purse.account_fen - purse.held_fen

    def pocket_fen(self, person_id: int, pocket: Pocket) -> int:
        """Return what lies in one pocket."""
        return self.books.ledger.balance(person_id, pocket)

    def _admit(self, person: Person, case: Case, cares: list[bool]) -> None:
        number = self._ids[person.id]
        region = person.region or case.region
        has_account = person.account if person.account is not None else person.insured is Insurance.EMPLOYEE
        self.books.registry.people.put(
            number,
            Insured(
                person_id=number,
                insured=person.insured,
                region=region,
                status=person.status,
                work=person.work,
                retired_on=person.retired_on,
                born=person.born,
                sex=person.sex,
                account=has_account,
                tier=person.tier,
                enrolled_months=person.enrolled_months,
                filed_away=person.filed_away,
                credential_active=person.credential_active,
                own_face_check=person.own_face_check,
                suspended_until=person.suspended_until,
                wallet_open=person.wallet == "open",
                wallet_region=region if person.wallet == "open" else None,
            ),
        )
        begins = account_year(self.policy, region, case.at.date())
        self.books.ledger.years.put(number, AccountYear(begins))
        used = Accumulated(
            fund_fen=fen_from_yuan(person.used.fund),
            deductible_fen=fen_from_yuan(person.used.deductible),
            stays=person.used.stays,
        )
        for inpatient in cares if used != Accumulated() else ():
            self.books.ledger.accumulators.put(AccumulatorKey(number, begins, inpatient), used)
        money = {
            Pocket.CURRENT_YEAR: person.current_year,
            Pocket.CARRY_OVER: person.carry_over,
            Pocket.WALLET: person.wallet_balance,
        }
        self._open(number, {Account(number, pocket): fen_from_yuan(text) for pocket, text in money.items()}, case.at)

    def _bond(self, bond: StandingBond, case: Case) -> None:
        sharer, member = self.id_of(bond.sharer), self.id_of(bond.member)
        self.books.registry.put_bond(
            Bond(
                bond_id=self.books.ledger.take_id("bond"),
                sharer_id=sharer,
                member_id=member,
                relation=bond.relation,
                since=bond.since,
                modes=tuple(bond.modes),
                until=bond.until,
                rank=bond.rank,
                cap_fen=None if bond.cap is None else fen_from_yuan(bond.cap),
                quota_fen=None if bond.quota is None else fen_from_yuan(bond.quota),
                confirmed=bond.confirmed or not self._asks_confirmation(bond, member, case),
            )
        )
        if bond.pot is not None:
            self._open(sharer, {Account(sharer, Pocket.POT, member): fen_from_yuan(bond.pot)}, case.at)

    def _asks_confirmation(self, bond: StandingBond, member_id: int, case: Case) -> bool:
        rules = self.policy.on(self.books.registry.people[member_id].region, case.at.date())
        return needs_confirmation(bond.relation, rules, quota=bond.quota is not None)

    def _open(self, number: int, moves: dict[Account, int], at: datetime) -> None:
        moves[Account(number, Pocket.CREDITS)] = -sum(moves.values())
        self.books.ledger.append(EntryKind.OPENING, moves, book_id=number, event_at=at, recorded_at=at)
