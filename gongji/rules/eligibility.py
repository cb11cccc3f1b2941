"""Who may share with whom, over what distance, and on which terms; the reasons why not, all of them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from msgspec import Struct

from gongji.domain.bill import Place
from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.insured import Insurance, Insured, Sex, Status
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.grounds import ground
from gongji.rules.policybook import RegionDay, Row
from gongji.rules.schema import Proof

R = Refusal
# Members under names of their own: this Python takes longer to read one through its class than to compare it.
_EMPLOYEE: Final = Insurance.EMPLOYEE
_NOT_INSURED: Final = Insurance.NONE
_ACTIVE: Final = Status.ACTIVE


def sharer_faults(sharer: Insured, rules: RegionDay, day: date) -> list[Refused]:
    """Return why this person's account cannot be shared on that day, whoever the member is; empty when it can."""
    faults = []
    tiers = rules.plan.tiers
    if sharer.insured is not _EMPLOYEE:
        faults.append(_no(R.SHARER_NOT_EMPLOYEE, rules.rows["sharing"], day, rules, insured=sharer.insured))
    elif not sharer.account:
        faults.append(_no(R.SHARER_HAS_NO_ACCOUNT, rules.rows["sharing"], day, rules))
    elif tiers is not None and sharer.tier is not None and sharer.tier not in tiers:
        faults.append(_no(R.SHARER_HAS_NO_ACCOUNT, rules.rows["sharer_tier"], day, rules, tier=sharer.tier))
    if sharer.status is not _ACTIVE or not sharer.alive:
        faults.append(_no(R.SHARER_NOT_ACTIVE, rules.rows["sharing"], day, rules, status=sharer.status))
    return faults


def member_faults(member: Insured, rules: RegionDay, day: date) -> list[Refused]:
    """Return why this person cannot use shared money on that day; `rules` are the member's region's."""
    if member.insured is _NOT_INSURED:
        return [_no(R.MEMBER_NOT_INSURED, rules.rows["sharing"], day, rules)]
    if member.status is not _ACTIVE or not member.alive:
        return [_no(R.MEMBER_NOT_ACTIVE, rules.rows["sharing"], day, rules, status=member.status)]
    return []


def pause_fault(bond: Bond, rules: RegionDay, day: date) -> Refused | None:
    """Return BOND_PAUSED while the sharer lets the bond rest, or None; `rules` are the sharer's region's."""
    if bond.paused_until is None or day >= bond.paused_until:
        return None
    return _no(R.BOND_PAUSED, rules.rows["pause"], day, rules, paused_until=bond.paused_until)


def pair_faults(
    relation: Relation,
    sharer_rules: RegionDay,
    member_rules: RegionDay,
    day: date,
    *,
    quota: bool,
) -> list[Refused]:
    """Return why two regions and a relation do not allow sharing that day; the sharer's region sets the relatives."""
    rules, plan = sharer_rules, sharer_rules.plan
    faults = []
    relatives = plan.wallet_relatives if quota else plan.relatives
    if relatives is not None and relation not in relatives:
        row = rules.rows["wallet_relatives" if quota else "relatives"]
        faults.append(_no(R.NOT_A_NEAR_RELATIVE, row, day, rules, relation=relation))
    if not quota and sharer_rules is not member_rules and not covers_pair(sharer_rules, member_rules):
        distance = distance_of(sharer_rules, member_rules)
        faults.append(_no(R.REGION_NOT_COVERED, rules.rows["reach"], day, rules, distance=distance))
    if not (plan.shares_quotas if quota else plan.shares_freely):
        faults.append(_no(R.RULE_NOT_IN_FORCE, rules.rows["quota" if quota else "sharing"], day, rules))
    return faults


def covers_pair(sharer_rules: RegionDay, member_rules: RegionDay) -> bool:
    """Tell whether the two regions share by instant drawing; one and the same pool lies within every reach."""
    if sharer_rules.pool == member_rules.pool:
        return True
    return covered(distance_of(sharer_rules, member_rules), sharer_rules.rows["reach"])


def distance_of(one: RegionDay, other: RegionDay) -> str:
    """Return how far apart two regions are: "pool", "province" or "country"."""
    if one.pool == other.pool:
        return "pool"
    return "province" if one.region[:2] == other.region[:2] else "country"


def covered(distance: str, reach: Row) -> bool:
    """Tell whether `distance` lies within the reach of a row; an unknown reach ends at the province's border."""
    widest = reach.value.area if reach.value is not None else "province"
    return distance == widest or _FAR[distance] < _FAR[widest]


_FAR: Final = {"pool": 0, "province": 1, "country": 2}


class Binding(Struct, frozen=True, kw_only=True):
    """A bond that somebody wants to form, with what the registry knows of both sides.

    `sharer_bonds` and `member_bonds` are the bonds of both, living ones first or last, ended ones too;
    `members` gives the sex of the people the sharer shares with, for father and mother.
    """

    at: datetime
    sharer: Insured
    member: Insured
    relation: Relation
    modes: tuple[Mode, ...]
    cap_fen: int | None = None
    rank: int | None = None
    quota_fen: int | None = None
    proof: frozenset[str] = frozenset()
    sharer_as_sharer: Sequence[Bond] = ()
    sharer_as_member: Sequence[Bond] = ()
    member_as_sharer: Sequence[Bond] = ()
    member_as_member: Sequence[Bond] = ()
    sexes: dict[int, Sex | None] = {}


def binding_faults(binding: Binding, sharer_rules: RegionDay, member_rules: RegionDay) -> list[Refused]:
    """Return every reason against forming this bond, in no order; money (quota) is looked at elsewhere."""
    day = binding.at.date()
    quota = binding.quota_fen is not None
    faults = member_faults(binding.member, member_rules, day)
    faults += sharer_faults(binding.sharer, sharer_rules, day)
    faults += pair_faults(binding.relation, sharer_rules, member_rules, day, quota=quota)
    if binding.sharer.person_id == binding.member.person_id:
        relatives = sharer_rules.rows["relatives"]
        faults.append(_no(R.NOT_A_NEAR_RELATIVE, relatives, day, sharer_rules, relation="self"))
    faults += _relation_faults(binding, sharer_rules, day)
    faults += _number_faults(binding, sharer_rules, member_rules, day)
    faults += _role_faults(binding, sharer_rules, member_rules, day)
    faults += _paper_faults(binding, sharer_rules, member_rules, day)
    if quota and not (binding.sharer.wallet_open and binding.member.wallet_open):
        faults.append(_no(R.WALLET_NOT_OPEN, sharer_rules.rows["quota"], day, sharer_rules))
    return faults


def _relation_faults(binding: Binding, rules: RegionDay, day: date) -> list[Refused]:
    limits = rules.rows["relation_limits"]
    if limits.value is None:
        return []
    same = [bond for bond in _living(binding.sharer_as_sharer, binding.at) if bond.relation is binding.relation]
    same = [bond for bond in same if bond.member_id != binding.member.person_id]
    if binding.relation is Relation.SPOUSE and limits.value.spouse is not None and len(same) >= limits.value.spouse:
        return [_no(R.RELATION_NOT_UNIQUE, limits, day, rules, relation="spouse")]
    if binding.relation is Relation.PARENT and None not in (limits.value.father, limits.value.mother):
        like = [bond for bond in same if binding.sexes.get(bond.member_id) == binding.member.sex is not None]
        if like or len(same) >= limits.value.father + limits.value.mother:
            return [_no(R.RELATION_NOT_UNIQUE, limits, day, rules, relation="parent")]
    if binding.relation is Relation.CHILD and limits.value.child is not None and len(same) >= limits.value.child:
        return [_no(R.MEMBER_LIMIT_REACHED, limits, day, rules, children=len(same), limit=limits.value.child)]
    return []


def _number_faults(binding: Binding, rules: RegionDay, member_rules: RegionDay, day: date) -> list[Refused]:
    faults = []
    mine = _living(binding.sharer_as_sharer, binding.at)
    if any(bond.member_id == binding.member.person_id for bond in mine):
        faults.append(_no(R.ALREADY_BOUND, rules.rows["sharing"], day, rules))
    if binding.quota_fen is not None:
        return faults
    mine = _local(mine)
    members = {bond.member_id for bond in mine} - {binding.member.person_id}
    most = rules.rows["members_max"]
    if most.value is not None and len(members) >= most.value.count:
        faults.append(_no(R.MEMBER_LIMIT_REACHED, most, day, rules, members=len(members), limit=most.value.count))
    ever = {bond.member_id for bond in _local(binding.sharer_as_sharer)}
    known_before = binding.member.person_id in ever
    lifetime = rules.rows["members_lifetime"]
    if lifetime.value is not None and not known_before and len(ever) >= lifetime.value.count:
        faults.append(_no(R.LIFETIME_LIMIT_REACHED, lifetime, day, rules, people=len(ever), limit=lifetime.value.count))
    others = {bond.sharer_id for bond in _local(_living(binding.member_as_member, binding.at))}
    others -= {binding.sharer.person_id}
    sharers = member_rules.rows["sharers_per_member"]
    if sharers.value is not None and len(others) >= sharers.value.count:
        faults.append(_no(R.MEMBER_ALREADY_BOUND, sharers, day, member_rules, limit=sharers.value.count))
    return faults


def _role_faults(binding: Binding, rules: RegionDay, member_rules: RegionDay, day: date) -> list[Refused]:
    side = next((side for side in (rules, member_rules) if side.rows["one_role"].in_force), None)
    if side is None or binding.quota_fen is not None:
        return []
    row = side.rows["one_role"]
    faults = []
    if _local(_living(binding.member_as_sharer, binding.at)):
        faults.append(_no(R.MEMBER_IS_SHARER, row, day, side))
    if _local(_living(binding.sharer_as_member, binding.at)):
        faults.append(_no(R.SHARER_IS_MEMBER, row, day, side))
    return faults


def _paper_faults(binding: Binding, rules: RegionDay, member_rules: RegionDay, day: date) -> list[Refused]:
    age = binding.member.age(day)
    proofs = rules.rows["proofs"]
    faults = [
        _no(R.PROOF_MISSING, proofs, day, rules, any_of=", ".join(sorted(proof.any_of)))
        for proof in proofs_asked(binding.relation, age, rules)
        if not binding.proof & proof.any_of
    ]
    face = member_rules.rows["face_check"]
    if face.value is not None and age >= face.value.age_from and not binding.member.own_face_check:
        faults.append(_no(R.FACE_CHECK_MISSING, face, day, member_rules, age=age, age_from=face.value.age_from))
    if not binding.modes:
        faults.append(_no(R.MODE_NOT_CHOSEN, rules.rows["pay_mode"], day, rules))
    if binding.cap_fen is not None and not rules.rows["cap"].in_force:
        faults.append(_no(R.CAP_NOT_ADJUSTABLE, rules.rows["cap"], day, rules))
    if binding.rank is not None and not may_rank(member_rules):
        faults.append(_no(R.RANK_NOT_ADJUSTABLE, member_rules.rows["order"], day, member_rules))
    return faults


def proofs_asked(relation: Relation, age: int, rules: RegionDay) -> list[Proof]:
    """Return the proofs that the sharer's region asks for before it binds a member of that relation and age."""
    proofs = rules.value("proofs")
    asked = proofs.asked if proofs is not None else ()
    return [one for one in asked if one.relation in (None, relation) and (one.age_below is None or age < one.age_below)]


def may_rank(member_rules: RegionDay) -> bool:
    """Tell whether somebody may set the order of sharers in the member's region."""
    order = member_rules.value("order")
    return order is not None and bool(order.rank)


def needs_confirmation(relation: Relation, member_rules: RegionDay, *, quota: bool) -> bool:
    """Tell whether the member must confirm before the bond is active."""
    if quota and member_rules.rows["quota_confirmation"].in_force:
        return True
    row = member_rules.value("confirmation")
    return row is not None and relation in row.relations


def place_uses(rules: RegionDay, place: Place, member: Insured) -> frozenset[str]:
    """Return the kinds of goods that shared money may pay at such a place, for that member."""
    return rules.plan.kinds[member.insured][place]


def _living(bonds: Sequence[Bond], at: datetime) -> list[Bond]:
    return [bond for bond in bonds if bond.ended_at is None and (bond.until is None or at < bond.until)]


def _local(bonds: Sequence[Bond]) -> list[Bond]:
    """Return the bonds that local numbers and roles count: by the notice of 2026 quotas are one to many, and mutual."""
    return [bond for bond in bonds if bond.quota_fen is None]


def _no(reason: Refusal, row: Row, day: date, rules: RegionDay, **figures: object) -> Refused:
    return Refused(reason, ground(row, day, rules.region, **figures))
