"""What would this bill cost whom 试算: a bill that nobody sent, decided as a real one is. Pure, nothing is written."""

from datetime import date, datetime
from typing import Final

from msgspec import Struct

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import FeeKind, FeeLine, Parts, Place, Visit
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insurance, Insured, Work
from gongji.domain.refusals import Refused
from gongji.domain.texts import Language
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.explain import Explanation, explain, explain_refused
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.rules.settling import Bill, CoreSplit, Rules, Settled, Used, care_day, decide_settlement

PATIENT: Final = 1
"""The patient's number in an estimate; relatives follow from 2 on, in the order in which they were bound."""


class Relative(Struct, frozen=True, kw_only=True):
    """A relative who shares, with what lies in the account; insured as an employee, in order."""

    relation: Relation
    region: str
    current_year_fen: int = 0
    carry_over_fen: int = 0


class EstimateAsked(Struct, frozen=True, kw_only=True):
    """The patient, the care and the bill: `lines`, or a bill that is `split` already, as on a receipt.

    `deducted_fen` is what counts to this year's deductible already, `fund_fen` what the funds have paid this year.
    """

    at: datetime
    region: str
    place_region: str
    scheme: Insurance
    work: Work
    age: int
    visit: Visit
    level: int
    kind: FeeKind
    lines: tuple[FeeLine, ...] | None = None
    split: CoreSplit | None = None
    own_current_year_fen: int = 0
    own_carry_over_fen: int = 0
    deducted_fen: int = 0
    fund_fen: int = 0
    relatives: tuple[Relative, ...] = ()


class Estimate(Struct, frozen=True, kw_only=True):
    """Who would pay what and why; the personal part by component, None where the bill cannot be settled."""

    told: Explanation
    parts: Parts | None


def estimate(book: PolicyBook, asked: EstimateAsked, names: dict[int, str], language: Language) -> Estimate:
    """Return who would pay what and why, or why it cannot be settled; `names` tell what to call whom by number."""
    bill, patient = _bill(asked), _patient(asked)
    fault = bill.fault()
    decision: Settled | Refused = fault if fault is not None else _decided(book, asked, bill, patient)
    if isinstance(decision, Refused):
        return Estimate(told=explain_refused(decision, names, book, language), parts=None)
    told = explain(decision, patient, names, book, asked.at.date(), language)
    return Estimate(told=told, parts=decision.share.parts)


# Helpers

_PLACES: Final = {Visit.DRUGSTORE: Place.PHARMACY}
_BOUND: Final = datetime(2000, 1, 1)  # noqa: DTZ001  # Asia/Shanghai; long ago, so that every bond has begun


def _decided(book: PolicyBook, asked: EstimateAsked, bill: Bill, patient: Insured) -> Settled | Refused:
    day = asked.at.date()
    member = book.on(asked.region, day)
    rules = Rules(
        member=member, place=book.on(asked.place_region, day), benefits=book.on(asked.region, care_day(bill, member))
    )
    purse = Purse(current_year_fen=asked.own_current_year_fen, carry_over_fen=asked.own_carry_over_fen)
    used = Used(
        fund_fen=asked.fund_fen,
        fund_all_fen=asked.fund_fen,
        deductible_fen=asked.deducted_fen,
        burden_fen=asked.deducted_fen,
    )
    candidates = [
        _candidate(number, one, book.on(one.region, day)) for number, one in enumerate(asked.relatives, start=2)
    ]
    return decide_settlement(bill, patient, purse, used, candidates, rules)


def _bill(asked: EstimateAsked) -> Bill:
    """Return the bill. Whoever is named at the counter is picked, where a region lets people pick."""
    return Bill(
        at=asked.at,
        visited_on=asked.at.date(),
        place=_PLACES.get(asked.visit, Place.HOSPITAL),
        visit=asked.visit,
        level=asked.level,
        lines=asked.lines,
        split=asked.split,
        scan=tuple(range(2, 2 + len(asked.relatives))),
        counts_stay=asked.visit is Visit.INPATIENT,
    )


def _patient(asked: EstimateAsked) -> Insured:
    return Insured(
        person_id=PATIENT,
        insured=asked.scheme,
        region=asked.region,
        work=asked.work,
        born=date(asked.at.year - asked.age, 1, 1),
        account=asked.scheme is Insurance.EMPLOYEE,
    )


def _candidate(number: int, relative: Relative, rules: RegionDay) -> Candidate:
    """Return the bond with that relative; where money is set aside first, what is named has been."""
    bond = Bond(
        bond_id=number,
        sharer_id=number,
        member_id=PATIENT,
        relation=relative.relation,
        since=_BOUND.replace(day=number),
    )
    sharer = Insured(person_id=number, insured=Insurance.EMPLOYEE, region=relative.region)
    purse = Purse(current_year_fen=relative.current_year_fen, carry_over_fen=relative.carry_over_fen)
    pot = (Account(number, Pocket.POT, PATIENT), purse.account_fen)
    return Candidate(bond=bond, sharer=sharer, purse=purse, rules=rules, pots=(pot,) if rules.plan.pot else ())
