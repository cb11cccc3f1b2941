"""The one decision of a bill: the patient's own insurance first, then who pays what of the rest, and by which rule."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.account import Account, Pocket
from gongji.domain.bill import COMPONENTS, KIND_AT_PLACE, Component, FeeKind, FeeLine, Parts, Place, Visit
from gongji.domain.insured import Insured
from gongji.domain.periods import year_start
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.rules.benefits import Care, Cell, Share, pooled_share
from gongji.rules.drawing import Asked, Candidate, Due, Payment, Purse, Skip, draw_own, draw_shared
from gongji.rules.eligibility import member_faults, place_uses
from gongji.rules.grounds import ground
from gongji.rules.policybook import RegionDay

R = Refusal
# Members under names of their own: this Python takes longer to read one through its class than to compare it.
_INPATIENT: Final = Visit.INPATIENT
_WALLET: Final = Pocket.WALLET
_INSIDE: Final = frozenset({Component.DEDUCTIBLE, Component.COPAY})
KERNEL: Final = 1
"""The version of the decisions; it grows when the same input would be decided otherwise."""


class CoreSplit(Struct, frozen=True, kw_only=True):
    """A bill already split by an outside core system: what funds and institution bear, and the personal part.

    `cells` are the same personal part by kind of goods, where the lines behind it are known.
    """

    layers: tuple[tuple[str, int], ...]
    hospital_fen: int
    parts: Parts
    cells: tuple[Cell, ...] = ()


class Bill(Struct, frozen=True, kw_only=True):
    """What is to be settled: `lines` (the funds' share is computed), `parts` (it has been), or `split`.

    `deducted_fen` is what earlier settlements of the same visit have counted to its deductible. A hospital stay begins
    on `visited_on`; `discharged_on` is None where it lasts, or ends with the settlement. `counts_stay` marks the
    settlement by which a stay is counted: its first that stands. Care that is not `ordinary` (an injury, a birth) is
    none that the schedules are written for.
    """

    at: datetime
    visited_on: date
    place: Place = Place.HOSPITAL
    visit: Visit = Visit.OUTPATIENT
    level: int = 2
    designated: bool = True
    takes_wallet: bool = True
    own_credential: bool = True
    account_used: bool = True
    lines: tuple[FeeLine, ...] | None = None
    parts: Parts | None = None
    split: CoreSplit | None = None
    scan: tuple[int, ...] | None = None
    swipe: int | None = None
    deducted_fen: int = 0
    discharged_on: date | None = None
    counts_stay: bool = False
    ordinary: bool = True

    @property
    def last_day(self) -> date:
        """Return the day of the discharge, or of the settlement."""
        return self.discharged_on or self.at.date()

    def fault(self) -> Refused | None:
        """Return what is wrong with the amounts themselves: one is negative, or a line has more above its ceiling."""
        lines = self.lines or ()
        amounts = [0, *self.parts] if self.parts is not None else [0]
        for line in lines:
            amounts += (line.amount_fen, line.over_limit_fen)
        if self.split is not None:
            amounts += (self.split.hospital_fen, *self.split.parts)
        if min(amounts) < 0:
            return Refused(R.MESSAGE_MALFORMED, subject="amount")
        for line in lines:
            if line.over_limit_fen > line.amount_fen:
                return Refused(R.AMOUNTS_DISAGREE, subject="over_limit")
        return None


class Used(Struct, frozen=True, gc=False):
    """This medical year's sums of the patient before the bill, in fen.

    `goods_fen` is what sharers have paid this month for goods under a monthly limit; `stays` is the number of hospital
    stays before this one.
    """

    fund_fen: int = 0
    fund_all_fen: int = 0
    deductible_fen: int = 0
    burden_fen: int = 0
    goods_fen: int = 0
    stays: int = 0


class Settled(Struct, frozen=True, kw_only=True, gc=False):
    """A bill decided. Total = funds + hospital + payments + cash. `share.cells` is the personal part."""

    share: Share
    hospital_fen: int
    own: tuple[Payment, ...]
    shared: tuple[Payment, ...]
    wallet: tuple[Payment, ...]
    cash_fen: int
    skips: tuple[Skip, ...]
    burden_fen: int
    goods_fen: int = 0

    @property
    def total_fen(self) -> int:
        """Return the whole bill."""
        total_fen = self.share.fund_fen + self.hospital_fen
        for _, _, fen in self.share.cells:
            total_fen += fen
        return total_fen

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Return what pockets pay, in the order of payment."""
        return self.own + self.shared + self.wallet

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Return the rows of the book that this rests on, each once, in order of use."""
        used = list(self.share.rule_ids)
        for payment in self.payments:
            used += payment.rule_ids
        for skip in self.skips:
            if skip.refused.ground is not None:
                used.append(skip.refused.ground.rule_id)
        return tuple(dict.fromkeys(used))


class Rules(Struct, frozen=True, gc=False):
    """The region-days a bill is decided by: drawing goes by the day of settlement, benefits by the day of the care."""

    member: RegionDay
    place: RegionDay
    benefits: RegionDay


def decide_settlement(
    bill: Bill, patient: Insured, purse: Purse, used: Used, candidates: Sequence[Candidate], rules: Rules
) -> Settled | Refused:
    """Return who pays what of `bill`, or why it cannot be settled at all.

    `candidates` are the bonds not ended and already begun, each with the sharer's pockets. Nothing is drawn twice
    from a pocket that stands behind two bonds: a sharer and a patient are bound once.
    """
    faults = patient_faults(bill, patient, rules.member)
    share = share_of(bill, patient, used, rules)
    if not isinstance(share, Share):
        return first_of([*faults, share])
    if faults:
        return first_of(faults)
    due = Due(share.cells)
    own: list[Payment] = []
    shared: list[Payment] = []
    wallet: list[Payment] = []
    skips: list[Skip] = []
    goods_fen = uncounted_fen = 0
    if bill.account_used:
        plan = rules.member.plan
        own = draw_own(due, patient, purse, rules.member) if plan.own_first else []
        if candidates and due.total_fen:
            room_fen = _limit_goods(due, used, rules.place)
            counts = rules.benefits.plan.counts_shared
            inside_fen = 0 if counts else due.payable(_INSIDE)
            shared, skips = _shared(bill, patient, purse, candidates, rules, due)
            uncounted_fen = 0 if counts else inside_fen - due.payable(_INSIDE)
            goods_fen = room_fen - due.room_fen
            due.lift_limit()
        if not plan.own_first:
            own = draw_own(due, patient, purse, rules.member)
        if bill.swipe == 1 and shared and plan.swipe_minutes is not None:
            row, figures = rules.member.rows["second_swipe"], {"minutes": plan.swipe_minutes}
            return Refused(R.SECOND_SWIPE_NEEDED, ground(row, bill.at.date(), rules.member.region, **figures))
        if due.total_fen and patient.wallet_open and purse.wallet_fen:
            wallet, left_out = _wallet(bill, patient, purse, rules, due)
            skips += left_out
    return Settled(
        share=share,
        hospital_fen=bill.split.hospital_fen if bill.split is not None else 0,
        own=tuple(own),
        shared=tuple(shared),
        wallet=tuple(wallet),
        cash_fen=due.total_fen,
        skips=tuple(skips),
        burden_fen=_burden(share, uncounted_fen),
        goods_fen=goods_fen,
    )


def patient_faults(bill: Bill, patient: Insured, rules: RegionDay) -> list[Refused]:
    """Return what stands against settling at all: the credential, a suspension, the place, the patient's insurance."""
    day = bill.at.date()
    credential = rules.rows["own_credential"]
    faults = member_faults(patient, rules, day)
    if not bill.own_credential:
        faults.append(Refused(R.NOT_OWN_CREDENTIAL, ground(credential, day, rules.region)))
    if not patient.credential_active:
        faults.append(Refused(R.CREDENTIAL_NOT_ACTIVE, ground(credential, day, rules.region)))
    if patient.suspended_until is not None and day < patient.suspended_until:
        figures = {"until": patient.suspended_until}
        faults.append(Refused(R.SETTLEMENT_SUSPENDED, ground(credential, day, rules.region, **figures)))
    if not bill.designated:
        faults.append(Refused(R.PLACE_NOT_DESIGNATED, ground(rules.rows["uses"], day, rules.region)))
    return faults


def care_day(bill: Bill, member: RegionDay) -> date:
    """Return the day whose benefits and medical year a bill falls under: that of the visit.

    For a hospital stay it is the day of the discharge where the region says so; `member` are the patient's rules on
    the day of settlement.
    """
    by_discharge = bill.visit is _INPATIENT and member.plan.stay_by_discharge
    return bill.last_day if by_discharge else bill.visited_on


def share_of(bill: Bill, patient: Insured, used: Used, rules: Rules) -> Share | Refused:
    """Return the pooled share of the bill: computed from lines, or as it came."""
    if bill.lines is not None and bill.split is None:
        care = Care(
            visited_on=care_day(bill, rules.member),
            visit=bill.visit,
            level=bill.level,
            at_home=rules.place.pool == rules.benefits.pool,
            used_fund_fen=used.fund_fen,
            used_fund_all_fen=used.fund_all_fen,
            used_deductible_fen=used.deductible_fen,
            used_visit_deductible_fen=bill.deducted_fen,
            used_burden_fen=used.burden_fen,
            stays_before=used.stays,
            ordinary=bill.ordinary,
        )
        share = pooled_share(bill.lines, patient, care, rules.benefits)
        if bill.visit is _INPATIENT and isinstance(share, Share):
            return _with_stay_year(share, bill, rules.member)
        return share
    kind = KIND_AT_PLACE[bill.place]
    if bill.split is None:
        parts = bill.parts or Parts()
        return Share(cells=_cells(parts, kind), deductible_fen=parts.deductible_fen)
    split = bill.split
    cells = split.cells or _cells(split.parts, bill.lines[0].kind if bill.lines else kind)
    return Share(layers=split.layers, cells=cells, deductible_fen=split.parts.deductible_fen)


# Helpers


def _cells(parts: Parts, kind: FeeKind) -> tuple[Cell, ...]:
    """Return the personal part in cells, all of it for one kind of goods."""
    cells: list[Cell] = []
    for number, fen in enumerate(parts):
        if fen:
            cells.append((COMPONENTS[number], kind, fen))
    return tuple(cells)


def _with_stay_year(share: Share, bill: Bill, member: RegionDay) -> Share:
    """Return the share with the row that chose the medical year, where a hospital stay runs over the end of one."""
    terms = member.plan.medical_year
    if terms is None:
        return share
    first, last = (year_start(day, month=terms.month, first_day=terms.day) for day in (bill.visited_on, bill.last_day))
    row = member.rows["stay_year"]
    if first == last or row.state == "not_in_force":
        return share
    if row.in_force:
        return replace(share, rule_ids=(*share.rule_ids, row.rule_id))
    return replace(share, unknown=(*share.unknown, row.rule_id))


def _shared(
    bill: Bill, patient: Insured, purse: Purse, candidates: Sequence[Candidate], rules: Rules, due: Due
) -> tuple[list[Payment], list[Skip]]:
    """Return what sharers pay of what is due, and who of them paid nothing."""
    day = bill.at.date()
    kinds = place_uses(rules.place, bill.place, patient)
    components = rules.place.plan.pays.shared
    wanted_fen = due.payable(components, kinds)
    asked = Asked(
        day=day,
        wanted_fen=wanted_fen,
        member_rules=rules.member,
        own_before_fen=purse.account_fen,
        scan=bill.scan,
        bar=None if wanted_fen else _bar(due, kinds, rules.place, day),
    )
    payments, skips = draw_shared(candidates, asked)
    paid_fen = 0
    for payment in payments:
        paid_fen += payment.amount_fen
    due.pay(paid_fen, components, kinds)
    return payments, skips


def _limit_goods(due: Due, used: Used, place: RegionDay) -> int:
    """Put goods with a monthly limit on shared money under what is left of it, and return that, in fen."""
    limit = place.plan.use_cap
    if limit is None:
        return 0
    room_fen = max(0, limit.fen_per_month - used.goods_fen)
    due.limit(limit.kinds, room_fen)
    return room_fen


def _bar(due: Due, kinds: frozenset[str], place: RegionDay, day: date) -> Refused:
    """Return why no sharer at all can pay anything of what is due."""
    limit = place.plan.use_cap
    if limit is not None and any(cell.kind in limit.kinds for cell in due.cells if cell.fen):
        return Refused(R.CAP_REACHED, ground(place.rows["use_cap"], day, place.region, cap_fen=limit.fen_per_month))
    if any(cell.kind not in kinds for cell in due.cells if cell.fen):
        return Refused(R.USE_NOT_ALLOWED, ground(place.rows["uses"], day, place.region))
    return Refused(R.OUT_OF_SCOPE, ground(place.rows["pays"], day, place.region))


def _wallet(bill: Bill, patient: Insured, purse: Purse, rules: Rules, due: Due) -> tuple[list[Payment], list[Skip]]:
    components = rules.place.plan.pays.wallet
    kinds = place_uses(rules.place, bill.place, patient)
    if not due.payable(components, kinds):
        return [], []
    if not bill.takes_wallet:
        row = rules.member.rows["wallet"]
        refused = Refused(R.WALLET_NOT_ACCEPTED_HERE, ground(row, bill.at.date(), rules.place.region))
        return [], [Skip(patient.person_id, refused)]
    paid_fen = due.pay(purse.wallet_fen, components, kinds)
    return [Payment(Account(patient.person_id, _WALLET), paid_fen, None, rules.member.plan.wallet_by)], []


def _burden(share: Share, uncounted_fen: int) -> int:
    """Return what counts as borne by the patient for relief, catastrophic cover and aid.

    `uncounted_fen` is what sharers paid of deductible and co-pay where the region does not count shared money.
    """
    burden_fen = -uncounted_fen
    for component, _, fen in share.cells:
        if component in _INSIDE:
            burden_fen += fen
    return burden_fen
