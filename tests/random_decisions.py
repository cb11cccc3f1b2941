"""Random rules and random bills from a seed, and what was decided of them as one digest.

The rules are made up, so that no correction of a policy file changes a digest; only the code that decides can.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Literal, TypeVar

import msgspec

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import Component, FeeClass, FeeKind, FeeLine, Parts, Place, Visit
from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured, Status, Work
from gongji.rules.drawing import Candidate, Purse
from gongji.rules.policybook import EPOCH, PolicyBook, Row, State
from gongji.rules.schema import RULES, Band, Schedule
from gongji.rules.settling import Bill, CoreSplit, Rules, Settled, Used, care_day, decide_settlement

T = TypeVar("T")
REGIONS = ("110000", "310000", "320100", "320200", "320281", "440300", "450100", "450200")
AT = datetime(2025, 3, 3, 10)
FENS = (0, 1, 7, 333, 1_000, 2_999, 5_000, 10_001, 33_333, 80_000, 250_000, 1_234_567)
BASIS_POINTS = (0, 1_000, 5_000, 6_500, 7_001, 8_500, 9_500, 10_000)
TIERS = ("first", "second")
ABSENCES: tuple[State, ...] = ("not_in_force", "unknown", "no_limit")
CEILINGS: tuple[Literal["fen", "no_limit", "unknown"], ...] = ("fen", "no_limit", "unknown")
PARTS = 5


class Dice:
    """Throws that are the same for a seed on every machine and version of Python."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311  # wanted to repeat, not to be secret

    def below(self, most: int) -> int:
        return int(self._random.random() * most)

    def one(self, several: Sequence[T]) -> T:
        return several[self.below(len(several))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def some(self, several: Sequence[T], percent: int) -> frozenset[T]:
        return frozenset([one for one in several if self.chance(percent)])

    def fen(self) -> int:
        return self.one(FENS)

    def maybe_fen(self, percent: int) -> int | None:
        return self.fen() if self.chance(percent) else None


def digest_of(seed: str, bills: int) -> str:
    """Return the SHA-256 over the decisions of so many random bills under the random rules of that seed."""
    dice, book = Dice(seed), book_of(seed)
    total = hashlib.sha256()
    for _ in range(bills):
        total.update(msgspec.json.encode(_told(decided(dice, book))))
    return total.hexdigest()


def decided(dice: Dice, book: PolicyBook) -> Any:
    """Return the decision of one random bill."""
    return decide_settlement(*thrown(dice, book))


def thrown(dice: Dice, book: PolicyBook) -> tuple[Bill, Insured, Purse, Used, Sequence[Candidate], Rules]:
    """Return one random bill with all that it is decided on."""
    at = AT + timedelta(days=dice.below(700), minutes=dice.below(600))
    bill = _bill(dice, at)
    patient = _person(dice, 1)
    member = book.on(patient.region, at.date())
    rules = Rules(
        member=member,
        place=member if dice.chance(70) else book.on(dice.one(REGIONS), at.date()),
        benefits=book.on(patient.region, care_day(bill, member)),
    )
    used = Used(dice.fen(), dice.fen(), dice.fen(), dice.fen(), dice.fen(), dice.below(3))
    purse = Purse() if dice.chance(40) else _purse(dice)
    candidates = [_candidate(dice, book, number, patient.region, at) for number in range(2, 2 + dice.below(5))]
    return bill, patient, purse, used, candidates, rules


def book_of(seed: str) -> PolicyBook:
    """Return a book in which every region has a row of its own for every rule."""
    rows = [_row(seed, region, rule) for region in REGIONS for rule in RULES]
    return PolicyBook(rows, {}, dict.fromkeys(REGIONS, "region"), "made up")


def _told(decision: Any) -> Any:
    """Return all that a decision says, as plain data in a fixed order."""
    if not isinstance(decision, Settled):
        return decision
    share = decision.share
    return [
        [share.layers, share.cells, share.in_scope_fen, share.deductible_fen, share.ratio_bp, share.later_stay],
        [share.rule_ids, share.unknown, share.fund_fen, share.parts],
        [decision.hospital_fen, decision.cash_fen, decision.burden_fen, decision.goods_fen, decision.total_fen],
        [decision.own, decision.shared, decision.wallet, decision.payments],
        [[skip.person_id, skip.bond_id, skip.refused] for skip in decision.skips],
        decision.rule_ids,
    ]


# Rules


def _row(seed: str, region: str, rule: str) -> Row:
    dice = Dice(f"{seed} {region} {rule}")  # of its own: a rule that comes into the register moves no other
    value = _VALUES[rule](dice) if rule in _VALUES else None
    state: State = "value" if rule == "pays" or dice.chance(70) else dice.one(ABSENCES)
    if value is None or state != "value":
        return Row(rule=rule, region=region, start=EPOCH, state="not_in_force" if state == "value" else state)
    return Row(rule=rule, region=region, start=EPOCH, value=msgspec.convert(value, RULES[rule]))


_COMPONENTS, _KINDS, _RELATIONS = tuple(Component), tuple(FeeKind), tuple(Relation)
_VALUES = {
    "own_credential": lambda _: {},
    "sharing": lambda _: {},
    "pay_mode": lambda _: {},
    "relatives": lambda dice: {"relations": list(dice.some(_RELATIONS, 93))},
    "wallet_relatives": lambda dice: {"relations": list(dice.some(_RELATIONS, 93))},
    "reach": lambda dice: {"area": dice.one(("pool", "province", "country", "country"))},
    "pool": lambda dice: {"level": dice.one(("city", "province"))},
    "pays": lambda dice: {
        pocket: list(dice.some(_COMPONENTS, 75))
        for pocket in ("own_current_year", "own_carry_over", "shared", "wallet")
    },
    "uses": lambda dice: {place.value: list(dice.some(_KINDS, 80)) for place in Place}
    | {"residents_not_at": list(dice.some(tuple(Place), 10))},
    "carry_over_only": lambda dice: {} if dice.chance(40) else None,
    "retained_minimum": lambda dice: dice.one(({"fen": dice.fen()}, {"basis_points": 500, "of": "average_wage"})),
    "average_wage": lambda dice: {"fen": dice.fen()},
    "cap": lambda dice: {"limits": dice.one(("one_payment", "one_member", "all_members"))},
    "order": lambda dice: {
        "by": dice.one(("binding_first", "binding_last", "balance", "picked")),
        "rank": dice.chance(50),
    },
    "one_sharer_per_settlement": lambda dice: {} if dice.chance(30) else None,
    "own_first": lambda dice: {} if dice.chance(80) else None,
    "own_must_be_empty": lambda dice: {} if dice.chance(10) else None,
    "second_swipe": lambda dice: {"minutes": 30} if dice.chance(40) else None,
    "pot": lambda dice: {} if dice.chance(25) else None,
    "wallet": lambda _: {},
    "quota": lambda _: {},
    "sharer_tier": lambda dice: {"tiers": list(dice.some(TIERS, 70))} if dice.chance(30) else None,
    "medical_year": lambda dice: {"month": dice.one((1, 4, 7))},
    "stay_year": lambda dice: {"by": dice.one(("admission", "discharge"))},
    "outpatient_benefits": lambda dice: {"schedules": [_schedule(dice) for _ in range(6)]},
    "inpatient_benefits": lambda dice: {"schedules": [_schedule(dice) for _ in range(6)]},
    "benefits_away": lambda dice: {"unfiled_less_bp": dice.one(BASIS_POINTS)},
    "shared_accumulates": lambda dice: {} if dice.chance(70) else None,
    "use_cap": lambda dice: {"kinds": list(dice.some(_KINDS, 40)), "fen_per_month": dice.fen()},
}  # fmt: skip
"""A value of each rule that a settlement asks for; None where it is not in force."""


def _schedule(dice: Dice) -> Any:
    """Return a schedule for many people, so that most find one."""
    per_visit = dice.chance(50)
    levels = [(dice.fen(), dice.fen(), dice.fen()) for _ in range(2)]
    bands = tuple(Band(fund_above_fen=dice.fen(), ratio_bp=_ratios(dice)) for _ in range(dice.below(3)))
    ceiling = dice.one(CEILINGS)
    schedule = Schedule(
        scheme=dice.one((Insurance.EMPLOYEE, Insurance.EMPLOYEE, Insurance.RESIDENT)),
        ratio_bp=_ratios(dice),
        visits=dice.some(tuple(Visit), 85),
        work=dice.some(tuple(Work), 80) if dice.chance(30) else None,
        age_from=dice.one((18, 40)) if dice.chance(15) else None,
        age_below=dice.one((60, 70)) if dice.chance(15) else None,
        retired_before=date(2015, 1, 1) if dice.chance(10) else None,
        retired_from=date(2001, 1, 1) if dice.chance(10) else None,
        months_over=6 if dice.chance(10) else None,
        months_up_to=24 if dice.chance(10) else None,
        tier=dice.one(TIERS) if dice.chance(10) else None,
        deductible_fen=levels[0] if dice.chance(70) else (0, 0, 0),
        deductible_per="visit" if per_visit else "year",
        later_deductible_fen=levels[1] if per_visit and dice.chance(50) else None,
        deductible_year_max_fen=dice.maybe_fen(20),
        drugstore_bp=dice.one(BASIS_POINTS) if dice.chance(70) else None,
        bands=bands,
        ceiling=ceiling,
        ceiling_fen=dice.fen() if ceiling == "fen" else None,
        ceiling_over=dice.one(("kind", "all")),
        above_bp=dice.one(BASIS_POINTS) if dice.chance(40) else None,
        burden_above_fen=dice.maybe_fen(40),
        burden_ratio_bp=_ratios(dice) if dice.chance(60) else None,
        burden_ceiling_fen=dice.maybe_fen(40),
    )
    return msgspec.to_builtins(schedule)


def _ratios(dice: Dice) -> tuple[int, int, int]:
    return dice.one(BASIS_POINTS), dice.one(BASIS_POINTS), dice.one(BASIS_POINTS)


# Bills and people


def _bill(dice: Dice, at: datetime) -> Bill:
    form = dice.below(4)  # whole, in lines, split outside, split outside with its lines
    return Bill(
        at=at,
        visited_on=at.date() - timedelta(days=dice.one((0, 0, 0, 1, 90, 400))),
        place=dice.one((Place.HOSPITAL, Place.HOSPITAL, *Place)),
        visit=dice.one((Visit.OUTPATIENT, *Visit)),
        level=1 + dice.below(3),
        designated=dice.chance(98),
        takes_wallet=dice.chance(70),
        own_credential=dice.chance(98),
        account_used=dice.chance(90),
        lines=tuple([_line(dice) for _ in range(1 + dice.below(5))]) if form in (1, 3) else None,
        parts=Parts(*[dice.fen() for _ in range(PARTS)]) if form == 0 else None,
        split=_split(dice) if form >= 2 else None,
        scan=tuple([2 + dice.below(5) for _ in range(dice.below(4))]) if dice.chance(50) else None,
        swipe=dice.one((None, None, None, None, 1, 2, 2)),
        deducted_fen=dice.one((0, 0, 1_000)),
        discharged_on=at.date() - timedelta(days=dice.below(60)) if dice.chance(20) else None,
        counts_stay=dice.chance(50),
        ordinary=dice.chance(95),
    )


def _line(dice: Dice) -> FeeLine:
    amount_fen = dice.fen()
    over_fen = min(amount_fen, dice.one((0, 0, 500)))
    return FeeLine(
        amount_fen,
        dice.one((FeeClass.A, *FeeClass)),
        dice.one(_KINDS),
        dice.one((0, 1_000, 3_333)),
        over_fen,
        min(amount_fen - over_fen, dice.fen()) if dice.chance(20) else None,
    )


def _split(dice: Dice) -> CoreSplit:
    parts = Parts(*[dice.fen() for _ in range(PARTS)])
    kinds = [dice.one(_KINDS) for _ in range(PARTS)]
    cells = tuple(zip(_COMPONENTS, kinds, parts, strict=True)) if dice.chance(50) else ()
    return CoreSplit(layers=(("basic", dice.fen()),), hospital_fen=dice.fen(), parts=parts, cells=cells)


def _person(dice: Dice, number: int) -> Insured:
    work = dice.one(tuple(Work))
    return Insured(
        person_id=number,
        insured=dice.one((Insurance.EMPLOYEE,) * 20 + (Insurance.RESIDENT,) * 8 + (Insurance.NONE,)),
        region=dice.one(REGIONS),
        status=dice.one((Status.ACTIVE,) * 30 + tuple(Status)),
        work=work,
        retired_on=date(2000 + dice.below(25), 5, 1) if work is Work.RETIRED and dice.chance(70) else None,
        born=date(1930 + dice.below(90), 1 + dice.below(12), 1 + dice.below(28)),
        account=dice.chance(95),
        tier=dice.one((None, None, *TIERS)),
        enrolled_months=dice.below(60),
        filed_away=dice.chance(50),
        credential_active=dice.chance(98),
        suspended_until=AT.date() + timedelta(days=dice.below(400)) if dice.chance(5) else None,
        wallet_open=dice.chance(70),
        alive=dice.chance(99),
    )


def _purse(dice: Dice) -> Purse:
    return Purse(dice.fen(), dice.fen(), dice.fen() if dice.chance(25) else 0, dice.fen())


def _candidate(dice: Dice, book: PolicyBook, number: int, region: str, at: datetime) -> Candidate:
    sharer = _person(dice, number)
    if dice.chance(75):
        sharer = msgspec.structs.replace(sharer, insured=Insurance.EMPLOYEE, region=region)
    used_fen = dice.fen() if dice.chance(40) else 0
    bond = Bond(
        bond_id=100 - dice.below(10),
        sharer_id=number,
        member_id=1,
        relation=dice.one(_RELATIONS),
        since=AT - timedelta(days=1 + dice.below(3)),
        modes=dice.one(((Mode.PAY, Mode.PREMIUM),) * 8 + ((Mode.PAY,), (Mode.PREMIUM,))),
        rank=dice.one((None, 1, 2)),
        cap_fen=dice.maybe_fen(40),
        quota_fen=dice.maybe_fen(20),
        used_fen=used_fen,
        confirmed=dice.chance(95),
        reviewed=dice.chance(95),
    )
    pots = tuple(
        [
            (Account(number, pocket, whose), dice.fen())
            for whose in (1, 0)
            for pocket in (Pocket.POT, Pocket.POT_CURRENT)
        ]
    )
    return Candidate(
        bond=bond,
        sharer=sharer,
        purse=_purse(dice),
        rules=book.on(sharer.region, at.date()),
        pots=pots,
        cap_used_fen=dice.one((0, used_fen, dice.fen())),
    )
