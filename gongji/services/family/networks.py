"""The family network: forming, confirming, changing and ending bonds."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.family import Bond, BondState, Mode, Relation
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.rules.eligibility import Binding, binding_faults, needs_confirmation
from gongji.rules.grounds import ground
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.rules.setting_aside import cap_fault, quota_fault, rank_fault
from gongji.services.calendar import bring_up_to, end_bond
from gongji.services.families import cap_used, is_over, person_of, purse_of
from gongji.services.outcomes import Done
from gongji.services.store import Books


class BindRequest(Struct, frozen=True, kw_only=True):
    """A bond that a sharer asks for, `once` for one payment alone.

    `second_side` and `review`: confirmation and the clerk's review come with it.
    """

    at: datetime
    sharer_id: int
    member_id: int
    relation: Relation
    modes: tuple[Mode, ...] = (Mode.PAY, Mode.PREMIUM)
    since: datetime | None = None
    until: datetime | None = None
    rank: int | None = None
    cap_fen: int | None = None
    quota_fen: int | None = None
    proof: frozenset[str] = frozenset()
    second_side: bool = False
    review: bool = False
    once: bool = False


def bind(books: Books, policy: PolicyBook, request: BindRequest) -> Done | Refused:
    """Form a bond, active at once or awaiting what the regions ask for; or refuse with every reason."""
    judged = judge(books, policy, request)
    if isinstance(judged, Refused):
        return judged
    bond, faults = judged
    if faults:
        return first_of(faults)
    rules = policy.on(books.registry.people[request.sharer_id].region, request.at.date())
    bond = replace(bond, bond_id=books.ledger.take_id("bond"), cap_fen=_common_cap(books, bond, rules, request.at))
    books.registry.put_bond(bond)
    _one_cap_for_all(books, bond, rules, request.at)
    return Done(state=bond.state, bond_id=bond.bond_id)


def judge(books: Books, policy: PolicyBook, request: BindRequest) -> tuple[Bond, list[Refused]] | Refused:
    """Return the bond as it would be formed, without a number, and every reason against it. No bond is written."""
    if min(request.cap_fen or 0, request.quota_fen or 0) < 0:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="cap" if (request.cap_fen or 0) < 0 else "quota")
    bring_up_to(books, policy, [request.sharer_id, request.member_id], request.at)
    sharer = person_of(books, request.sharer_id)
    member = person_of(books, request.member_id)
    if isinstance(sharer, Refused):
        return sharer
    if isinstance(member, Refused):
        return member
    day = request.at.date()
    rules, member_rules = policy.on(sharer.region, day), policy.on(member.region, day)
    faults = binding_faults(_binding(books, request, sharer, member), rules, member_rules)
    quota = request.quota_fen is not None
    waits = needs_confirmation(request.relation, member_rules, quota=quota)
    bond = Bond(
        bond_id=0,
        sharer_id=request.sharer_id,
        member_id=request.member_id,
        relation=request.relation,
        since=request.since or request.at,
        modes=request.modes,
        until=request.until,
        rank=request.rank,
        cap_fen=request.cap_fen,
        quota_fen=request.quota_fen,
        confirmed=request.second_side or not waits,
        reviewed=request.review or not rules.rows["review"].in_force,
        once=request.once,
    )
    if request.quota_fen is not None:
        fresh = replace(bond, confirmed=False)  # nothing of it is frozen yet
        fault = quota_fault(fresh, request.quota_fen, sharer, purse_of(books, sharer.person_id, request.at), rules, day)
        faults += [fault] if fault is not None else []
    if request.cap_fen is not None and rules.rows["cap"].in_force:
        fault = cap_fault(request.cap_fen, cap_used(books, bond, rules), rules, day)
        faults += [fault] if fault is not None else []
    return bond, faults


def confirm(books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime) -> Done | Refused:
    """Let the member confirm in time; a quota freezes its money once both confirmation and review are there."""
    bond = _standing(books, policy, sharer_id, member_id, at)
    if isinstance(bond, Refused):
        return bond
    rules = policy.on(books.registry.people[member_id].region, at.date())
    row = rules.rows["invite_days"]
    if row.value is not None and not bond.confirmed and (at - bond.since).days >= row.value.count:
        return Refused(Refusal.INVITE_EXPIRED, ground(row, at.date(), rules.region, days=row.value.count))
    return _change(books, policy, sharer_id, member_id, at, lambda bond: replace(bond, confirmed=True))


def review(books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime) -> Done | Refused:
    """Let the clerk pass the bond."""
    return _change(books, policy, sharer_id, member_id, at, lambda bond: replace(bond, reviewed=True))


def unbind(books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime) -> Done | Refused:
    """End the bond; pot and unused quota are the sharer's own again."""
    bond = _standing(books, policy, sharer_id, member_id, at)
    if isinstance(bond, Refused):
        return bond
    rules = policy.on(books.registry.people[sharer_id].region, at.date())
    fault = unbind_fault(bond, rules, at)
    if fault is not None:
        return fault
    freed_fen = end_bond(books, bond.bond_id, at, recorded_at=at)
    return Done(state=BondState.ENDED, freed_fen=freed_fen, bond_id=bond.bond_id)


def unbind_fault(bond: Bond, rules: RegionDay, at: datetime) -> Refused | None:
    """Return why the sharer cannot end the bond yet, with the first day on which he can, or None."""
    row = rules.rows["unbind_after_days"]
    if row.value is None or (at - bond.since).days >= row.value.count:
        return None
    earliest = (bond.since + timedelta(days=row.value.count)).date()
    figures = {"days": row.value.count, "earliest": earliest}
    return Refused(Refusal.UNBIND_NOT_YET, ground(row, at.date(), rules.region, **figures))


def pause(
    books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime, until: date | None
) -> Done | Refused:
    """Let the bond rest: it pays again from the day `until` on; None lets it pay again now, whatever the rule is.

    Where no document says whether that is allowed, it is, and the answer names the rule.
    """
    if until is not None and until <= at.date():
        return Refused(Refusal.MESSAGE_MALFORMED, subject="paused_until")
    bond = _standing(books, policy, sharer_id, member_id, at)
    if isinstance(bond, Refused):
        return bond
    rules = policy.on(books.registry.people[sharer_id].region, at.date())
    row = rules.rows["pause"]
    if until is not None and row.state == "not_in_force":
        return Refused(Refusal.RULE_NOT_IN_FORCE, ground(row, at.date(), rules.region))
    books.registry.put_bond(replace(bond, paused_until=until))
    unknown = (row.rule_id,) if row.state == "unknown" else ()
    return Done(state=bond.state, bond_id=bond.bond_id, unknown=unknown)


def set_rank(
    books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime, rank: int
) -> Done | Refused:
    """Set the place of this sharer in the member's order, where the member's region lets anybody."""
    bond = _standing(books, policy, sharer_id, member_id, at)
    if isinstance(bond, Refused):
        return bond
    fault = rank_fault(policy.on(books.registry.people[member_id].region, at.date()), at.date())
    if fault is not None:
        return fault
    books.registry.put_bond(replace(bond, rank=rank))
    return Done(state=bond.state, bond_id=bond.bond_id)


def set_cap(
    books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime, cap_fen: int
) -> Done | Refused:
    """Set the sharer's own limit; where one limit holds for all members, it is set on all his bonds."""
    if cap_fen < 0:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="cap")
    bond = _standing(books, policy, sharer_id, member_id, at)
    if isinstance(bond, Refused):
        return bond
    rules = policy.on(books.registry.people[sharer_id].region, at.date())
    fault = cap_fault(cap_fen, cap_used(books, bond, rules), rules, at.date())
    if fault is not None:
        return fault
    bond = replace(bond, cap_fen=cap_fen)
    books.registry.put_bond(bond)
    _one_cap_for_all(books, bond, rules, at)
    return Done(state=bond.state, bond_id=bond.bond_id)


def set_quota(
    books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime, quota_fen: int
) -> Done | Refused:
    """Set, raise or lower the quota; lowering frees money, and never goes below what has been used."""
    if quota_fen < 0:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="quota")
    bond = _standing(books, policy, sharer_id, member_id, at)
    if isinstance(bond, Refused):
        return bond
    sharer, member = books.registry.people[sharer_id], books.registry.people[member_id]
    rules = policy.on(sharer.region, at.date())
    if not (sharer.wallet_open and member.wallet_open):
        return Refused(Refusal.WALLET_NOT_OPEN, ground(rules.rows["quota"], at.date(), rules.region))
    fault = quota_fault(bond, quota_fen, sharer, purse_of(books, sharer_id, at), rules, at.date())
    if fault is not None:
        return fault
    after = replace(bond, quota_fen=quota_fen)
    books.registry.put_bond(after)
    return Done(state=after.state, freed_fen=max(0, bond.held_fen - after.held_fen), bond_id=bond.bond_id)


# Helpers


def _binding(books: Books, request: BindRequest, sharer: Insured, member: Insured) -> Binding:
    registry = books.registry
    mine = registry.bonds_of_sharer(sharer.person_id)
    others = [registry.people.get(bond.member_id) for bond in mine]
    return Binding(
        at=request.at,
        sharer=sharer,
        member=member,
        relation=request.relation,
        modes=request.modes,
        cap_fen=request.cap_fen,
        rank=request.rank,
        quota_fen=request.quota_fen,
        proof=request.proof,
        sharer_as_sharer=mine,
        sharer_as_member=registry.bonds_of_member(sharer.person_id),
        member_as_sharer=registry.bonds_of_sharer(member.person_id),
        member_as_member=registry.bonds_of_member(member.person_id),
        sexes={person.person_id: person.sex for person in others if person is not None},
    )


def _standing(books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime) -> Bond | Refused:
    if sharer_id not in books.registry.people or member_id not in books.registry.people:
        return Refused(Refusal.PERSON_UNKNOWN)
    bring_up_to(books, policy, [sharer_id, member_id], at)
    bond = books.registry.bond_between(sharer_id, member_id, at=at)
    return bond if bond is not None else Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")


def _change(
    books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime, how: Callable[[Bond], Bond]
) -> Done | Refused:
    bond = _standing(books, policy, sharer_id, member_id, at)
    if isinstance(bond, Refused):
        return bond
    after = how(bond)
    became_active = after.state is BondState.ACTIVE and bond.state is not BondState.ACTIVE
    if became_active and after.quota_fen is not None:
        sharer = books.registry.people[sharer_id]
        rules = policy.on(sharer.region, at.date())
        fault = quota_fault(bond, after.quota_fen, sharer, purse_of(books, sharer_id, at), rules, at.date())
        if fault is not None:
            return fault
    books.registry.put_bond(after)
    return Done(state=after.state, bond_id=bond.bond_id)


def _common_cap(books: Books, bond: Bond, rules: RegionDay, at: datetime) -> int | None:
    """Return the limit that a new bond comes under: its own, or the one that holds for all members already."""
    cap = rules.value("cap")
    if bond.cap_fen is not None or cap is None or cap.limits != "all_members":
        return bond.cap_fen
    others = [one for one in books.registry.bonds_of_sharer(bond.sharer_id) if not is_over(one, at)]
    return next((one.cap_fen for one in others if one.cap_fen is not None), None)


def _one_cap_for_all(books: Books, bond: Bond, rules: RegionDay, at: datetime) -> None:
    cap = rules.value("cap")
    if bond.cap_fen is None or cap is None or cap.limits != "all_members":
        return
    for one in books.registry.bonds_of_sharer(bond.sharer_id):
        if not is_over(one, at) and one.bond_id != bond.bond_id:
            books.registry.put_bond(replace(one, cap_fen=bond.cap_fen))
