"""What an officer has before him when he decides 审核表: the people as the register has them, and what the rules say.

It is shown to whoever has the application or has had a hand in it, and to a second person while it waits for one: who
that is stands in its steps, which the people concerned see. Nothing is written.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from msgspec import Struct

from gongji.domain.dossiers import Dossier, opened
from gongji.domain.family import Bond, Relation
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refused
from gongji.ledger.records import Settlement
from gongji.registry.records import Identity, Institution
from gongji.rules.eligibility import Binding, binding_faults
from gongji.rules.policybook import PolicyBook, RegionDay, Row
from gongji.services.acts import Actor
from gongji.services.office.application_kinds import (
    APPLICATION,
    DoubtedUse,
    Filed,
    Guardian,
    Inheritance,
    OpenWallet,
    Wanted,
    found,
    risks,
    says_why,
)
from gongji.services.office.applications import DESKS, NONE, OPEN_STATES, PROPOSED, Application, Out, Stands, stands
from gongji.services.office.materials import MATERIAL, Kept, kept_of
from gongji.services.offices import NOT_YOUR_TASK, desk_fault
from gongji.services.store import Books

Side = Literal["applicant", "about", "sharer", "member"]


class Someone(Struct, frozen=True, kw_only=True):
    """One whom an application concerns, as the register has him."""

    side: Side
    insured: Insured
    identity: Identity | None


class Check(Struct, frozen=True, kw_only=True):
    """One thing that was looked at. `name` is a rule's, or one of `OURS`; `row` the row of the book it rests on.

    `wanted` is the paper it is about, `refused` why it is not passed where a rule says so.
    """

    name: str
    passed: bool
    row: str | None = None
    source: str = ""
    refused: Refused | None = None
    wanted: Wanted | None = None


class Sheet(Struct, frozen=True, kw_only=True):
    """An application as it is decided. `grounds` are the rows that a refusal may rest on: those that speak there.

    `bill` is the one that somebody doubts, `place` where it was made.
    """

    stands: Stands
    people: tuple[Someone, ...]
    bond: Bond | None
    materials: tuple[Kept, ...]
    checks: tuple[Check, ...]
    grounds: tuple[str, ...]
    bill: Settlement | None = None
    place: Institution | None = None


OURS: Final = ("paper", "ages", "alive", "risk")
"""Checks that no rule of the book sets: a paper that another document wants, and what this office looks at itself."""


def sheet(books: Books, policy: PolicyBook, actor: Actor, application_id: str, at: datetime) -> Sheet | Out:
    """Return the sheet of an application to who may have it before him. The scope is that of its steps."""
    dossier = books.dossiers.get(application_id)
    if dossier is None or dossier.kind != APPLICATION:
        return NONE
    form = opened(dossier, Application)
    fault = desk_fault(actor, DESKS, dossier.office)
    if fault is not None or not _has_a_hand(actor, dossier, form):
        return fault or NOT_YOUR_TASK
    standing = stands(books, policy, dossier, at)
    asked = found(books, form.wish, dossier.parties[0], at) if dossier.state in OPEN_STATES else None
    bond = books.registry.bonds.get(getattr(form.wish, "bond_id", 0))
    bill = books.ledger.settlements.get(form.wish.settle_id) if isinstance(form.wish, DoubtedUse) else None
    checks: tuple[Check, ...] = ()
    if isinstance(asked, Filed):
        checks = (*_of_kind(books, policy, asked, at), *_of_papers(standing), *_of_risks(books, asked, at))
    return Sheet(
        stands=standing,
        people=tuple(_people(books, dossier, bond)),
        bond=bond,
        materials=tuple(_materials(books, form)),
        checks=checks,
        grounds=() if says_why(form.wish) else _grounds(policy, dossier.office, checks, at),
        bill=bill,
        place=books.registry.institutions.get(bill.institution) if bill is not None else None,
    )


# Helpers

_OF_BONDS: Final = (
    "sharing", "relatives", "reach", "relation_limits", "members_max", "members_lifetime", "sharers_per_member",
    "one_role", "face_check", "cap", "order",
)  # fmt: skip
_OF_QUOTAS: Final = ("quota", "wallet_relatives", "relation_limits", "face_check", "cap")
_OF_MEMBER: Final = frozenset({"sharers_per_member", "face_check", "order"})
_OLDER: Final = frozenset({Relation.PARENT, Relation.GRANDPARENT})
_YOUNGER: Final = frozenset({Relation.CHILD, Relation.GRANDCHILD})


def _has_a_hand(actor: Actor, dossier: Dossier, form: Application) -> bool:
    """Tell whether an officer has it, did something in it, or may be the second person."""
    second = dossier.state == PROPOSED and actor.role == "reviewer"
    return second or form.holder == actor.officer or any(step.actor.officer == actor.officer for step in form.steps)


def _people(books: Books, dossier: Dossier, bond: Bond | None) -> Iterator[Someone]:
    for place, person_id in enumerate(dossier.parties):
        insured = books.registry.people.get(person_id)
        if insured is None:
            continue
        side: Side = "applicant" if place == 0 else "about"
        if bond is not None:
            side = "sharer" if person_id == bond.sharer_id else "member"
        yield Someone(side=side, insured=insured, identity=books.registry.identities.get(person_id))
    wish = opened(dossier, Application).wish
    patient = books.registry.people.get(wish.patient_id) if isinstance(wish, DoubtedUse) else None
    if patient is not None:
        identity = books.registry.identities.get(patient.person_id)
        yield Someone(side="about", insured=patient, identity=identity)


def _materials(books: Books, form: Application) -> Iterator[Kept]:
    for material_id in form.materials:
        dossier = books.dossiers.get(material_id)
        if dossier is not None and dossier.kind == MATERIAL:
            yield kept_of(dossier)


def _of_kind(books: Books, policy: PolicyBook, asked: Filed, at: datetime) -> Iterator[Check]:
    """Yield what the rules say of what is asked for."""
    rules, wish = policy.on(asked.about.region, at.date()), asked.wish
    if asked.bond is not None:
        yield from _of_bond(books, policy, asked.bond, at)
    elif isinstance(wish, Guardian):
        yield Check(name="alive", passed=asked.about.alive)
    elif isinstance(wish, Inheritance):
        yield _in_force(rules.rows["inheritance"])
        yield Check(name="alive", passed=not asked.about.alive)
    elif isinstance(wish, OpenWallet):
        yield _in_force(rules.rows["wallet"])
        relatives = rules.rows["wallet_relatives"]
        near = rules.plan.wallet_relatives is None or wish.relation in rules.plan.wallet_relatives
        yield Check(name="wallet_relatives", passed=near, row=relatives.rule_id)
        yield Check(name="alive", passed=asked.about.alive)


def _in_force(row: Row) -> Check:
    return Check(name=row.rule, passed=row.in_force, row=row.rule_id)


def _of_bond(books: Books, policy: PolicyBook, bond: Bond, at: datetime) -> Iterator[Check]:
    """Yield the rules of binding as they stand today, as if this bond were not there yet."""
    sharer, member = (books.registry.people[one] for one in (bond.sharer_id, bond.member_id))
    rules, member_rules = (policy.on(one.region, at.date()) for one in (sharer, member))
    faults = binding_faults(_binding(books, bond, sharer, member, at), rules, member_rules)
    against = {fault.ground.rule_id: fault for fault in faults if fault.ground is not None}
    names = _OF_BONDS if bond.quota_fen is None else _OF_QUOTAS
    for name in names:
        row = (member_rules if name in _OF_MEMBER else rules).rows[name]
        if row.in_force or row.rule_id in against:
            yield Check(name=name, passed=row.rule_id not in against, row=row.rule_id, refused=against.get(row.rule_id))
    yield Check(name="ages", passed=_is_plausible(bond.relation, sharer, member))


def _binding(books: Books, bond: Bond, sharer: Insured, member: Insured, at: datetime) -> Binding:
    registry = books.registry

    def others(several: list[Bond]) -> list[Bond]:
        return [one for one in several if one.bond_id != bond.bond_id]

    mine = others([*registry.bonds_of_sharer(sharer.person_id)])
    members = [registry.people.get(one.member_id) for one in mine]
    return Binding(
        at=at,
        sharer=sharer,
        member=member,
        relation=bond.relation,
        modes=bond.modes,
        cap_fen=bond.cap_fen,
        rank=bond.rank,
        quota_fen=bond.quota_fen,
        sharer_as_sharer=mine,
        sharer_as_member=others([*registry.bonds_of_member(sharer.person_id)]),
        member_as_sharer=others([*registry.bonds_of_sharer(member.person_id)]),
        member_as_member=others([*registry.bonds_of_member(member.person_id)]),
        sexes={one.person_id: one.sex for one in members if one is not None},
    )


def _is_plausible(relation: Relation, sharer: Insured, member: Insured) -> bool:
    """Tell whether the days of birth fit the relation that was named: a parent is born before his child."""
    if relation in _OLDER:
        return member.born < sharer.born
    return member.born > sharer.born if relation in _YOUNGER else True


def _of_papers(standing: Stands) -> Iterator[Check]:
    for one in standing.wanted:
        yield Check(name="paper", passed=one not in standing.missing, row=one.rule_id, source=one.source, wanted=one)


def _of_risks(books: Books, asked: Filed, at: datetime) -> Iterator[Check]:
    for name in risks(books, asked, at):
        yield Check(name="risk", passed=False, source=name)


def _grounds(policy: PolicyBook, office: str, checks: tuple[Check, ...], at: datetime) -> tuple[str, ...]:
    """Return the rows that a refusal of this office may rest on: first those that a check was not passed by."""
    rules: RegionDay = policy.on(office, at.date())
    speaking = {row.rule_id for row in rules.rows.values() if row.state != "unknown"}
    failed = [one.row for one in checks if not one.passed and one.row is not None and one.row in speaking]
    rest = [row.rule_id for row in rules.rows.values() if row.in_force]
    return tuple(dict.fromkeys((*failed, *rest)))
