"""Endings over the API: what ending a bond would stop, ending it, a divorce, a death, and what heirs get."""

from datetime import date
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from gongji.channels.api.accounts import PersonId
from gongji.channels.api.bonds import BondId
from gongji.channels.api.declaring import reads, writes
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.problems import refused
from gongji.channels.api.reasons import Reason, RuleTold, language, rules_told
from gongji.channels.api.reasons import told as reason_told
from gongji.channels.api.relatives import Relative, find_relative, whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.family import bond_endings, inheritances
from gongji.services.family.bond_endings import Ended, endings_scope
from gongji.services.family.inheritances import inheritance_scope
from gongji.services.offices import desk_fault, office_of
from gongji.services.store import Books
from gongji.services.wallets.wallets import waiting_for

FEN_MOST: Final = 10**13


class EndingOutlookTold(Struct, frozen=True, kw_only=True):
    """What ending the bond now would do. `earliest` is the first day on which the caller may; null for today.

    `freed_fen` would be the sharer's own again; open quotes would be void for him; with the `last` bond of a sharer
    his common pot comes back too.
    """

    bond_id: int
    earliest: date | None
    fault: Reason | None
    freed_fen: int
    open_quotes: int
    last: bool


class EndedTold(Struct, frozen=True, kw_only=True):
    """What has ended, when, and the fen that are the sharers' own again.

    `duty` is the rule by which a sharer has to end a bond himself and bears the loss else, where the region has one.
    """

    bond_ids: tuple[int, ...]
    at: Moment
    freed_fen: int
    duty: RuleTold | None


class Divorce(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The other spouse's number in these books, as the bond tells it."""

    spouse_id: Annotated[int, Meta(ge=1, le=2**63 - 1)]


class Claimed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose inheritance the caller claims, what the dead person was to him, and the proofs (numbers of materials)."""

    dead: Relative
    relation: Relation
    proofs: Annotated[list[Annotated[str, Meta(min_length=1, max_length=80)]], Meta(max_length=20)]


class ClaimTold(Struct, frozen=True, kw_only=True):
    """Where a claim stands; what the dead person left is told by the application that pays it."""

    inheritance_id: str
    state: str
    paid_fen: int
    unknown: list[RuleTold]


@get(
    f"{API}/bonds/{{bond_id:int}}/ending",
    operation_id="readEnding",
    summary="What ending a bond would do",
    tags=["endings"],
    **reads("bonds.read"),
)
async def read_ending(request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId) -> Response[EndingOutlookTold]:
    """Return what would stop and what would still run, and from which day on the caller may end the bond."""
    person_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    book = desk.book(now)
    other = await _other(desk, person_id, bond_id)
    found = await desk.read(
        endings_scope(person_id, *other), lambda books: bond_endings.outlook(books, book, actor, bond_id, now)
    )
    if isinstance(found, Refused):
        raise refused(found)
    return tagged(
        request,
        EndingOutlookTold(
            bond_id=bond_id,
            earliest=found.earliest,
            fault=reason_told(found.fault, book, language(request)) if found.fault is not None else None,
            freed_fen=found.freed_fen,
            open_quotes=len(found.quotes),
            last=found.last,
        ),
    )


@post(
    f"{API}/bonds/{{bond_id:int}}/ending",
    operation_id="endBond",
    summary="End a bond",
    tags=["endings"],
    **writes("bonds.write"),
)
async def end_bond(request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId) -> Response[EndedTold]:
    """End a bond of the caller's: as a sharer as soon as his region lets him, as a member at any time."""
    person_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    policy = desk.book(now)
    other = await _other(desk, person_id, bond_id)

    def act(books: Books) -> EndedTold | Refused:
        return _told(bond_endings.end(books, policy, actor, bond_id, now), policy, language(request))

    return await write(desk, request, operation="endBond", scope=endings_scope(person_id, *other), act=act)


@post(
    f"{API}/divorces",
    operation_id="reportDivorce",
    summary="Report a divorce",
    tags=["endings"],
    **writes("bonds.write"),
)
async def report_divorce(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[Divorce]
) -> Response[EndedTold]:
    """End what the caller and the other share as spouses, both ways, at once."""
    person_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    policy, spouse_id = desk.book(now), data.spouse_id

    def act(books: Books) -> EndedTold | Refused:
        return _told(bond_endings.divorce(books, policy, actor, person_id, spouse_id, now), policy, language(request))

    scope = endings_scope(person_id, spouse_id)
    return await write(desk, request, operation="reportDivorce", scope=scope, act=act, content=data)


@post(
    f"{API}/people/{{person_id:int}}/death",
    operation_id="recordDeath",
    summary="Record a death",
    tags=["endings"],
    **writes("enrolment.write", roles=("clerk", "system")),
)
async def record_death(request: Request[Any, Any, Any], desk: TheDesk, person_id: PersonId) -> Response[EndedTold]:
    """End bonds, invitations, consents and shown codes of the dead; account and wallet wait for the heirs."""
    now, actor = desk.clock(), caller_of(request).actor
    policy = desk.book(now)

    def act(books: Books) -> EndedTold | Refused:
        person = books.registry.people.get(person_id)
        if person is None or not _at_desk(actor, office_of(policy, person, now)):
            return Refused(Refusal.PERSON_UNKNOWN, subject="person")
        return _told(bond_endings.death(books, policy, actor, person_id, now), policy, language(request))

    scope = endings_scope(person_id)
    scope.transfers |= await desk.read(Scope(people={person_id}), lambda books: waiting_for(books, person_id))
    return await write(desk, request, operation="recordDeath", scope=scope, act=act)


@post(
    f"{API}/inheritances",
    operation_id="claimInheritance",
    summary="Claim an inheritance",
    tags=["endings"],
    **writes("applications.write"),
)
async def claim_inheritance(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[Claimed]
) -> Response[ClaimTold]:
    """Claim, for the caller, what lies in a dead person's account and wallet."""
    heir_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    policy = desk.book(now)
    dead_id = await find_relative(desk, data.dead)

    def act(books: Books) -> ClaimTold | Refused:
        done = inheritances.claim(
            books, policy, actor, dead_id, heir_id, data.relation, proofs=tuple(data.proofs), at=now
        )
        return _claim_told(done, policy, language(request))

    scope = inheritance_scope(dead_id, heir_id)
    return await write(desk, request, operation="claimInheritance", scope=scope, act=act, content=data)


# Helpers


async def _other(desk: TheDesk, person_id: int, bond_id: int) -> set[int]:
    """Return the other side of a bond of that person, as a set; empty where there is no such bond."""
    bond = await desk.read(Scope(people={person_id}), lambda books: books.registry.bonds.get(bond_id))
    return {bond.sharer_id, bond.member_id} - {person_id} if bond is not None else set()


def _told(done: Ended | Refused, book: PolicyBook, lang: Language) -> EndedTold | Refused:
    if isinstance(done, Refused):
        return done
    rules = rules_told((done.duty,) if done.duty is not None else (), book, lang)
    return EndedTold(
        bond_ids=done.bond_ids, at=told(done.at), freed_fen=done.freed_fen, duty=rules[0] if rules else None
    )


def _at_desk(actor: Actor, office: str) -> bool:
    """Tell whether a matter of that office is one of the actor's: a register that reports has all of them."""
    return actor.role == "system" or desk_fault(actor, ("clerk", "reviewer"), office) is None


def _claim_told(done: inheritances.Stands | Refused, book: PolicyBook, lang: Language) -> ClaimTold | Refused:
    if isinstance(done, Refused):
        return done
    return ClaimTold(
        inheritance_id=done.inheritance_id,
        state=done.state,
        paid_fen=done.paid_fen,
        unknown=rules_told(done.unknown, book, lang),
    )
