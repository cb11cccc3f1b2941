"""The family network as one person sees it 家人网: whom he helps and who helps him, and whether that works today."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import opened
from gongji.domain.family import Bond, Mode, Relation
from gongji.domain.refusals import RANK, Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import EntryKind
from gongji.rules.drawing import Candidate, take
from gongji.rules.eligibility import member_faults, pair_faults, pause_fault, sharer_faults
from gongji.rules.grounds import ground
from gongji.rules.policybook import PolicyBook
from gongji.services.accounts.statements import Asked, sums
from gongji.services.calendar import bring_up_to
from gongji.services.families import account_year, candidate_of, is_over, person_of
from gongji.services.family.invitations import INVITATION, Invitation, standing
from gongji.services.store import Books, Store

Direction = Literal["i_help", "helps_me"]
Generation = Literal["elder", "same", "younger", "other"]
State = Literal[
    "active", "paused", "awaiting_confirmation", "awaiting_review", "not_begun", "used_up", "ended", "expired"
]

GENERATIONS: Final[dict[Relation, Generation]] = {
    Relation.PARENT: "elder",
    Relation.GRANDPARENT: "elder",
    Relation.SPOUSE_PARENT: "elder",
    Relation.UNCLE_AUNT: "elder",
    Relation.SPOUSE: "same",
    Relation.SIBLING: "same",
    Relation.COUSIN: "same",
    Relation.CHILD: "younger",
    Relation.GRANDCHILD: "younger",
    Relation.CHILD_SPOUSE: "younger",
    Relation.OTHER: "other",
}
"""长辈, 同辈, 晚辈: of the member, as the sharer sees him."""

_BACK: Final[dict[Generation, Generation]] = {"elder": "younger", "younger": "elder", "same": "same", "other": "other"}
_USES: Final = frozenset({EntryKind.SETTLEMENT, EntryKind.REVERSAL, EntryKind.PREMIUM, EntryKind.PREMIUM_REFUND})


class Kin(Struct, frozen=True, kw_only=True):
    """One bond as one of its two sides sees it; amounts in fen, None for what the bond does not have.

    `relation` is what the member is to the sharer, `generation` that of the other, `other_id`, as the viewer sees it.
    `left_fen` is what cap, quota or pot leave, the least of them. `answer_by` is when an invitation runs out, None
    where no rule sets a term; `earliest_end` the first day on which the sharer may end the bond, None for today.
    `reasons` are why it pays no bill today, the first speaks first; empty where it does.
    """

    bond: Bond
    direction: Direction
    other_id: int
    name: str
    generation: Generation
    state: State
    left_fen: int | None
    pot_fen: int | None
    invitation_id: str = ""
    answer_by: datetime | None = None
    earliest_end: date | None = None
    reasons: tuple[Refused, ...] = ()
    used_this_month_fen: int = 0
    used_this_year_fen: int = 0


def family_view(
    store: Store, policy: PolicyBook, person_id: int, now: datetime, *, ended: bool = False
) -> tuple[Kin, ...] | Refused:
    """Return the bonds of a person, living ones and (`ended`) those that are over, by number. Nothing is written."""
    others = store.read(Scope(people={person_id}), lambda books: _others(books, person_id))
    scope = Scope(people={person_id, *others}, dossiers_of={(INVITATION, person_id)})
    found = store.read(scope, lambda books: _seen(books, policy, person_id, now, ended=ended))
    if isinstance(found, Refused):
        return found
    used = _used(store, policy, {kin.bond.sharer_id for kin in found}, person_id, now)
    return tuple(_with_use(kin, used, now) for kin in found)


def reasons_today(candidate: Candidate, books: Books, policy: PolicyBook, at: datetime) -> list[Refused]:
    """Return why a bond would pay no ordinary bill of the member now, in the order of the closed list."""
    bond, rules, day = candidate.bond, candidate.rules, at.date()
    member = books.registry.people[bond.member_id]
    member_rules = policy.on(member.region, day)
    faults = member_faults(member, member_rules, day) + sharer_faults(candidate.sharer, rules, day)
    faults += pair_faults(bond.relation, rules, member_rules, day, quota=bond.quota_fen is not None)
    if not (bond.confirmed and bond.reviewed):
        faults.append(Refused(Refusal.AWAITING_CONFIRMATION, ground(rules.rows["sharing"], day, rules.region)))
    if Mode.PAY not in bond.modes:
        faults.append(Refused(Refusal.MODE_NOT_CHOSEN, ground(rules.rows["pay_mode"], day, rules.region)))
    if bond.once and bond.used_fen:
        faults.append(Refused(Refusal.CAP_REACHED, ground(rules.rows["cap"], day, rules.region)))
    money = take(candidate, 1, day)
    several = [*faults, pause_fault(bond, rules, day), money if isinstance(money, Refused) else None]
    return sorted((one for one in several if one is not None), key=lambda refused: RANK[refused.reason])


# Helpers


def _others(books: Books, person_id: int) -> set[int]:
    registry = books.registry
    return {bond.member_id for bond in registry.bonds_of_sharer(person_id)} | {
        bond.sharer_id for bond in registry.bonds_of_member(person_id)
    }


def _seen(books: Books, policy: PolicyBook, person_id: int, now: datetime, *, ended: bool) -> list[Kin] | Refused:
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    bring_up_to(books, policy, [person_id, *_others(books, person_id)], now)
    bonds = books.registry.bonds_of_sharer(person_id) + books.registry.bonds_of_member(person_id)
    wanted = [bond for bond in bonds if ended or not is_over(bond, now)]
    return [_kin(books, policy, bond, person_id, now) for bond in sorted(wanted, key=lambda bond: bond.bond_id)]


def _kin(books: Books, policy: PolicyBook, bond: Bond, person_id: int, now: datetime) -> Kin:
    helps = bond.sharer_id == person_id
    other_id = bond.member_id if helps else bond.sharer_id
    identity = books.registry.identities.get(other_id)
    generation = GENERATIONS[bond.relation]
    candidate = candidate_of(books, policy, bond, now)
    over = is_over(bond, now)
    kin = Kin(
        bond=bond,
        direction="i_help" if helps else "helps_me",
        other_id=other_id,
        name=identity.name if identity is not None else "",
        generation=generation if helps else _BACK[generation],
        state=_state(bond, now),
        left_fen=_left_fen(candidate),
        pot_fen=sum(fen for _, fen in candidate.pots) if candidate.rules.plan.pot else None,
        reasons=() if over else tuple(reasons_today(candidate, books, policy, now)),
    )
    return kin if over else _with_waiting(books, policy, kin, person_id, now)


def _with_waiting(books: Books, policy: PolicyBook, kin: Kin, person_id: int, now: datetime) -> Kin:
    """Return it with what it waits for: an answer to the invitation, or the first day on which it may end."""
    bond = kin.bond
    days = policy.on(books.registry.people[bond.sharer_id].region, now.date()).value("unbind_after_days")
    earliest = (bond.since + timedelta(days=days.count)).date() if days is not None else None
    kin = replace(kin, earliest_end=earliest if earliest is not None and earliest > now.date() else None)
    for dossier in books.dossiers.of(INVITATION, person_id):
        if opened(dossier, Invitation).bond_id == bond.bond_id:
            state: State = "expired" if standing(dossier, now) == "expired" else kin.state
            kin = replace(kin, invitation_id=dossier.dossier_id, answer_by=dossier.due_at, state=state)
    return kin


def _state(bond: Bond, now: datetime) -> State:
    if is_over(bond, now):
        return "ended"
    if not bond.confirmed:
        return "awaiting_confirmation"
    if not bond.reviewed:
        return "awaiting_review"
    if bond.since > now:
        return "not_begun"
    if bond.once and bond.used_fen:
        return "used_up"
    return "paused" if bond.paused_until is not None and now.date() < bond.paused_until else "active"


def _left_fen(candidate: Candidate) -> int | None:
    """Return what cap, quota or pot leave for the member, None where none of them limits it."""
    bond, cap = candidate.bond, candidate.rules.plan.cap
    limits = []
    if bond.quota_fen is not None:
        limits.append(max(0, bond.quota_fen - bond.used_fen))
    elif candidate.rules.plan.pot:
        limits.append(sum(fen for _, fen in candidate.pots))
    if cap is not None and bond.cap_fen is not None:
        used_fen = 0 if cap.limits == "one_payment" else candidate.cap_used_fen
        limits.append(max(0, bond.cap_fen - used_fen))
    return min(limits) if limits else None


_Used = dict[tuple[int, int], dict[str, int]]
"""By sharer and member: what was used in each month of the sharer's account year, in fen."""


def _used(store: Store, policy: PolicyBook, sharers: Iterable[int], person_id: int, now: datetime) -> _Used:
    found: _Used = {}
    for sharer_id in sharers:
        person = store.read(Scope(people={sharer_id}), lambda books, one=sharer_id: person_of(books, one))  # type: ignore[misc]  # the number is bound for the loop
        if isinstance(person, Refused):
            continue
        since = datetime.combine(
            min(account_year(policy, person.region, now.date()), now.date().replace(day=1)), time()
        )
        only = None if sharer_id == person_id else person_id
        told = sums(store, policy, Asked(person_id=sharer_id, since=since, kinds=_USES, relative_id=only), now)
        for one in () if isinstance(told, Refused) else told:
            if one.person_id is not None:
                months = found.setdefault((sharer_id, one.person_id), {})
                months[one.month] = months.get(one.month, 0) - one.amount_fen
    return found


def _with_use(kin: Kin, used: _Used, now: datetime) -> Kin:
    months = used.get((kin.bond.sharer_id, kin.bond.member_id), {})
    month_fen = months.get(f"{now:%Y-%m}", 0)
    return replace(kin, used_this_month_fen=month_fen, used_this_year_fen=sum(months.values()))
