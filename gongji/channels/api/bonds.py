"""Bonds over the API: those of the caller, with their terms: cap, quota, rank, and a pause."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from gongji.channels.api.accounts import ID_MOST
from gongji.channels.api.declaring import changes, lists, reads
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, cursor_at, paged, place_of
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.family import Bond, BondState, Mode, Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.rules.policybook import PolicyBook
from gongji.services.family.networks import pause, set_cap, set_quota, set_rank
from gongji.services.outcomes import Done
from gongji.services.store import Books

FEN_MOST: Final = 10**13

Change = Callable[[Books, PolicyBook, Bond, datetime], Done | Refused]
"""Changes a bond by the rules of a moment, or says why not."""

BondId = Annotated[int, PathParameter(ge=1, le=ID_MOST, description="The number of the bond.")]


class BondTold(Struct, frozen=True):
    """A bond as it stands. `relation` is what the member is to the sharer; amounts in fen 分.

    `paused_until` is the first day on which a resting bond pays again; `once` tells that it is for one payment alone.
    """

    bond_id: int
    sharer_id: int
    member_id: int
    relation: Relation
    state: BondState
    modes: tuple[Mode, ...]
    since: Moment
    until: Moment | None
    ended_at: Moment | None
    rank: int | None
    cap_fen: int | None
    quota_fen: int | None
    used_fen: int
    paused_until: date | None = None
    once: bool = False


class Bonds(Struct, frozen=True):
    """A page of bonds, and the cursor of the next page."""

    items: list[BondTold]
    next: str | None


class Cap(Struct, frozen=True, forbid_unknown_fields=True):
    """The sharer's own limit, in fen 分."""

    cap_fen: Annotated[int, Meta(ge=0, le=FEN_MOST)]


class Quota(Struct, frozen=True, forbid_unknown_fields=True):
    """The money frozen for the member, spent part included, in fen 分."""

    quota_fen: Annotated[int, Meta(ge=0, le=FEN_MOST)]


class Rank(Struct, frozen=True, forbid_unknown_fields=True):
    """The place of this sharer in the member's order; the lowest pays first."""

    rank: Annotated[int, Meta(ge=1, le=1000)]


class Pause(Struct, frozen=True, forbid_unknown_fields=True):
    """The first day on which the bond pays again; null lets it pay again now."""

    paused_until: date | None


@get(
    f"{API}/bonds",
    operation_id="listBonds",
    summary="The bonds of the caller",
    tags=["bonds"],
    **lists("bonds.read"),
)
async def list_bonds(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Bonds]:
    """Return those in which the caller shares or is member, ended ones too, by number."""
    whose = caller_of(request).person_id
    after = place_of("bonds", cursor, int) or 0
    found = await desk.read(Scope(people={whose}), lambda books: _bonds_of(books, whose, after))
    page = found[:limit]
    more = cursor_at("bonds", page[-1].bond_id) if len(found) > limit else None
    return paged(request, Bonds([told_bond(bond) for bond in page], more), more)


@get(
    f"{API}/bonds/{{bond_id:int}}",
    operation_id="readBond",
    summary="A bond of the caller",
    tags=["bonds"],
    **reads("bonds.read"),
)
async def read_bond(request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId) -> Response[BondTold]:
    """Return a bond in which the caller shares or is member."""
    whose = caller_of(request).person_id
    bond = await desk.read(Scope(people={whose}), lambda books: _bond_of(books, whose, bond_id))
    if bond is None:
        raise ProblemError(Refusal.SETTLEMENT_NOT_FOUND, refused=_NO_BOND)
    return tagged(request, told_bond(bond))


@post(
    f"{API}/bonds/{{bond_id:int}}/cap",
    operation_id="setCap",
    summary="Set the sharer's own limit",
    tags=["bonds"],
    **changes("bonds.write"),
)
async def post_cap(
    request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId, data: JSONBody[Cap]
) -> Response[BondTold]:
    """Set what the caller, who shares, will let this member use at most; the answer is the bond as it stands then."""

    def change(books: Books, policy: PolicyBook, bond: Bond, now: datetime) -> Done | Refused:
        return set_cap(books, policy, bond.sharer_id, bond.member_id, now, data.cap_fen)

    return await _change(desk, request, "setCap", bond_id, change, data)


@post(
    f"{API}/bonds/{{bond_id:int}}/quota",
    operation_id="setQuota",
    summary="Set the money frozen for the member",
    tags=["bonds"],
    **changes("bonds.write"),
)
async def post_quota(
    request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId, data: JSONBody[Quota]
) -> Response[BondTold]:
    """Set, raise or lower the quota of the caller's bond; lowering frees money, never below what has been used."""

    def change(books: Books, policy: PolicyBook, bond: Bond, now: datetime) -> Done | Refused:
        return set_quota(books, policy, bond.sharer_id, bond.member_id, now, data.quota_fen)

    return await _change(desk, request, "setQuota", bond_id, change, data)


@post(
    f"{API}/bonds/{{bond_id:int}}/rank",
    operation_id="setRank",
    summary="Set who pays first",
    tags=["bonds"],
    **changes("bonds.write"),
)
async def post_rank(
    request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId, data: JSONBody[Rank]
) -> Response[BondTold]:
    """Set the place of a sharer in the member's order, where the member's region lets anybody; either side may."""

    def change(books: Books, policy: PolicyBook, bond: Bond, now: datetime) -> Done | Refused:
        return set_rank(books, policy, bond.sharer_id, bond.member_id, now, data.rank)

    return await _change(desk, request, "setRank", bond_id, change, data, by_member=True)


@post(
    f"{API}/bonds/{{bond_id:int}}/pause",
    operation_id="pauseBond",
    summary="Let a bond rest, or pay again",
    tags=["bonds"],
    **changes("bonds.write"),
)
async def post_pause(
    request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId, data: JSONBody[Pause]
) -> Response[BondTold]:
    """Let the caller's bond rest until a day, or pay again, where no rule of the region forbids it."""

    def change(books: Books, policy: PolicyBook, bond: Bond, now: datetime) -> Done | Refused:
        return pause(books, policy, bond.sharer_id, bond.member_id, now, data.paused_until)

    return await _change(desk, request, "pauseBond", bond_id, change, data)


# Helpers

_NO_BOND: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")


async def _change(
    desk: TheDesk,
    request: Request[Any, Any, Any],
    operation: str,
    bond_id: int,
    change: Change,
    content: Struct,
    *,
    by_member: bool = False,
) -> Response[Any]:
    """Change a living bond that the caller shares over, or (`by_member`) may use; tell it as it stands then."""
    whose, now = caller_of(request).person_id, desk.clock()
    policy = desk.book(now)

    def act(books: Books) -> BondTold | Refused:
        bond = _bond_of(books, whose, bond_id)
        if bond is None or (bond.sharer_id != whose and not by_member):
            return _NO_BOND
        living = books.registry.bond_between(bond.sharer_id, bond.member_id, at=now)
        if living is None or living.bond_id != bond_id:
            return _NO_BOND
        done = change(books, policy, bond, now)
        return done if isinstance(done, Refused) else told_bond(books.registry.bonds[bond_id])

    def seen(books: Books) -> BondTold | None:
        bond = _bond_of(books, whose, bond_id)
        return told_bond(bond) if bond is not None else None

    return await write(
        desk, request, operation=operation, scope=Scope(people={whose}), act=act, content=content, seen=seen
    )


def _bonds_of(books: Books, person_id: int, after: int) -> list[Bond]:
    registry = books.registry
    found = [*registry.bonds_of_sharer(person_id), *registry.bonds_of_member(person_id)]
    return sorted((bond for bond in found if bond.bond_id > after), key=lambda bond: bond.bond_id)


def _bond_of(books: Books, person_id: int, bond_id: int) -> Bond | None:
    bond = books.registry.bonds.get(bond_id)
    return bond if bond is not None and person_id in (bond.sharer_id, bond.member_id) else None


def told_bond(bond: Bond) -> BondTold:
    """Return a bond as it is told."""
    return BondTold(
        bond_id=bond.bond_id,
        sharer_id=bond.sharer_id,
        member_id=bond.member_id,
        relation=bond.relation,
        state=bond.state,
        modes=bond.modes,
        since=told(bond.since),
        until=told(bond.until),
        ended_at=told(bond.ended_at),
        rank=bond.rank,
        cap_fen=bond.cap_fen,
        quota_fen=bond.quota_fen,
        used_fen=bond.used_fen,
        paused_until=bond.paused_until,
        once=bond.once,
    )
