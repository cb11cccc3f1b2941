"""Invitations over the API: ask a relative, follow the link, answer, take back, send again."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct
from msgspec.structs import replace

from gongji.channels.api.declaring import lists, public, reads, writes
from gongji.channels.api.desk import Desk
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, sensible, told
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.proving import demand_proof
from gongji.channels.api.reasons import RuleTold, language, rules_told
from gongji.channels.api.relatives import Relative, find_relative, whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import REPLAYED, Act, write
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.family import BondState, Mode, Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.access.links import digest_of, led_to, link_scope
from gongji.services.acts import Actor
from gongji.services.family import invitations
from gongji.services.family.consents import Agreed, Lasts
from gongji.services.family.invitations import (
    INVITATION,
    How,
    Invitation,
    Invited,
    Proposal,
    Reply,
    family_scope,
    standing,
)
from gongji.services.store import Books

FEN_MOST: Final = 10**13

Fen = Annotated[int, Meta(ge=0, le=FEN_MOST, description="Fen 分.")]
InvitationId = Annotated[str, PathParameter(max_length=80, description="The invitation's id.")]
Proof = Literal["hukou", "birth_certificate", "marriage_certificate", "pledge"]


class Proposed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bond that the caller, who would pay, asks for. `relation` is what the relative is to him.

    `lasts` is "once" for one payment, "day" with `until`, or "cancelled" for until it is taken back.
    """

    relative: Relative
    relation: Relation
    modes: Annotated[list[Mode], Meta(max_length=2)]
    lasts: Lasts
    agreed: Agreed
    since: Moment | None = None
    until: Moment | None = None
    rank: Annotated[int, Meta(ge=1, le=1000)] | None = None
    cap_fen: Fen | None = None
    quota_fen: Fen | None = None
    pot_fen: Fen | None = None
    proof: Annotated[list[Proof], Meta(max_length=4)] = []


class InvitedTold(Struct, frozen=True, kw_only=True):
    """Where bond and invitation stand. `link` is the secret of the link to forward, told once and never again.

    `answer_by` is null where no rule sets a term. `unknown` are rules that no document settles.
    """

    invitation_id: str
    answer: str
    bond_id: int
    bond: BondState
    answer_by: Moment | None = None
    freed_fen: int = 0
    unknown: list[RuleTold] = []
    link: str | None = None


class InvitationTold(Struct, frozen=True, kw_only=True):
    """An invitation as both sides see it; `relation` is what the member is to the sharer."""

    invitation_id: str
    sharer_id: int
    member_id: int
    bond_id: int
    relation: Relation
    modes: tuple[Mode, ...]
    lasts: Lasts
    until: Moment | None
    cap_fen: int | None
    quota_fen: int | None
    pot_fen: int | None
    answer: str
    made_at: Moment
    answer_by: Moment | None
    answered_at: Moment | None
    channel: str


class Invitations(Struct, frozen=True):
    """A page of invitations, newest first, and the cursor of the next page."""

    items: list[InvitationTold]
    next: str | None


class LinkShown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret of a link."""

    link: Annotated[str, Meta(min_length=1, max_length=128)]


class ByLink(Struct, frozen=True, kw_only=True):
    """What somebody with the link is shown before he signs in: nobody's full name, and that he pays nothing."""

    invitation_id: str
    from_name: str
    relation: Relation
    modes: tuple[Mode, ...]
    lasts: Lasts
    until: Moment | None
    answer: str
    answer_by: Moment | None
    you_pay_fen: int = 0


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The member's answer. `agreed` is wanted to accept; `details` lets the one who pays see medicines."""

    how: How
    agreed: Agreed | None = None
    details: Agreed | None = None


@post(
    f"{API}/invitations",
    operation_id="proposeBond",
    summary="Ask a relative into a bond",
    tags=["invitations"],
    **writes("bonds.write"),
)
async def propose_bond(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[Proposed]
) -> Response[InvitedTold]:
    """Form a bond in which the caller pays, at once or once the relative has confirmed; the answer has the link."""
    sharer_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    member_id = await find_relative(desk, data.relative)
    secret = desk.tokens()
    proposal = Proposal(
        at=now,
        sharer_id=sharer_id,
        member_id=member_id,
        relation=data.relation,
        modes=tuple(dict.fromkeys(data.modes)),
        lasts=data.lasts,
        agreed=data.agreed,
        link_digest=digest_of(secret),
        since=sensible(data.since, "/since") if data.since is not None else None,
        until=sensible(data.until, "/until") if data.until is not None else None,
        rank=data.rank,
        cap_fen=data.cap_fen,
        quota_fen=data.quota_fen,
        pot_fen=data.pot_fen,
        proof=frozenset(data.proof),
    )
    policy = desk.book(now)
    act = _telling(lambda books: invitations.propose(books, policy, actor, proposal), request, desk)
    answer = await write(
        desk, request, operation="proposeBond", scope=_scope(actor, sharer_id, member_id), act=act, content=data
    )
    return _with_link(answer, secret)


@get(
    f"{API}/invitations",
    operation_id="listInvitations",
    summary="Invitations the caller sent or got",
    tags=["invitations"],
    **lists("bonds.read"),
)
async def list_invitations(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Invitations]:
    """Return them newest first."""
    party, now = whose(request), desk.clock()
    page, more = await dossier_page(desk, "invitations", Asked(kind=INVITATION, party=party), limit, cursor)
    return paged(request, Invitations([_told(one, now) for one in page], more), more)


@get(
    f"{API}/invitations/{{invitation_id:str}}",
    operation_id="readInvitation",
    summary="An invitation the caller sent or got",
    tags=["invitations"],
    **reads("bonds.read"),
)
async def read_invitation(
    request: Request[Any, Any, Any], desk: TheDesk, invitation_id: InvitationId
) -> Response[InvitationTold]:
    """Return an invitation of the caller's."""
    party, now = whose(request), desk.clock()
    scope = Scope(dossiers={invitation_id})
    dossier = await desk.read(scope, lambda books: books.dossiers.get(invitation_id))
    if dossier is None or dossier.kind != INVITATION or party not in dossier.parties:
        raise ProblemError(Refusal.SETTLEMENT_NOT_FOUND, refused=_NONE)
    return tagged(request, _told(dossier, now))


@post(
    f"{API}/invitations/look",
    operation_id="lookAtInvitation",
    summary="What a link leads to",
    tags=["invitations"],
    status_code=200,
    **public(missing=True),
)
async def look_at_invitation(desk: TheDesk, data: JSONBody[LinkShown]) -> ByLink:
    """Return what an invitation is about to whoever has its link; to answer it the member signs in."""
    return await by_link(desk, data.link)


@post(
    f"{API}/invitations/{{invitation_id:str}}/answer",
    operation_id="answerInvitation",
    summary="Accept, decline, or say that this is no relative",
    tags=["invitations"],
    **writes("bonds.write"),
)
async def answer_invitation(
    request: Request[Any, Any, Any], desk: TheDesk, invitation_id: InvitationId, data: JSONBody[Answer]
) -> Response[InvitedTold]:
    """Answer an invitation to the caller; a no ends the bond at once."""
    if data.how == "accepted":
        demand_proof(request)
    member_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    policy = desk.book(now)
    reply = Reply(at=now, invitation_id=invitation_id, how=data.how, agreed=data.agreed, details=data.details)
    act = _telling(lambda books: invitations.answer(books, policy, actor, reply), request, desk)
    scope = _scope(actor, member_id, invitation_id=invitation_id)
    return await write(desk, request, operation="answerInvitation", scope=scope, act=act, content=data)


@post(
    f"{API}/invitations/{{invitation_id:str}}/withdrawal",
    operation_id="withdrawInvitation",
    summary="Take an invitation back",
    tags=["invitations"],
    **writes("bonds.write"),
)
async def withdraw_invitation(
    request: Request[Any, Any, Any], desk: TheDesk, invitation_id: InvitationId
) -> Response[InvitedTold]:
    """Take back an invitation of the caller's that nobody has answered."""
    sharer_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    policy = desk.book(now)
    act = _telling(lambda books: invitations.take_back(books, policy, actor, invitation_id, now), request, desk)
    scope = _scope(actor, sharer_id, invitation_id=invitation_id)
    return await write(desk, request, operation="withdrawInvitation", scope=scope, act=act)


@post(
    f"{API}/invitations/{{invitation_id:str}}/link",
    operation_id="sendInvitationAgain",
    summary="Another link for an invitation",
    tags=["invitations"],
    **writes("bonds.write"),
)
async def send_invitation_again(
    request: Request[Any, Any, Any], desk: TheDesk, invitation_id: InvitationId
) -> Response[InvitedTold]:
    """Give an open invitation another link; the one before leads nowhere from then on."""
    sharer_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    secret = desk.tokens()
    digest = digest_of(secret)
    act = _telling(lambda books: invitations.send_again(books, actor, invitation_id, digest, now), request, desk)
    scope = _scope(actor, sharer_id, invitation_id=invitation_id)
    return _with_link(await write(desk, request, operation="sendInvitationAgain", scope=scope, act=act), secret)


# Helpers

_NONE: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")


def _scope(actor: Actor, *people: int, invitation_id: str = "") -> Scope:
    scope = family_scope(*people)
    if actor.person_id:
        scope.people.add(actor.person_id)
    if invitation_id:
        scope.dossiers.add(invitation_id)
    return scope


def _telling(act: Any, request: Request[Any, Any, Any], desk: TheDesk) -> Act:
    """Return an act whose outcome is told as the API tells it."""
    book, lang = desk.book(desk.clock()), language(request)

    def telling(books: Books) -> InvitedTold | Refused:
        done: Invited | Refused = act(books)
        if isinstance(done, Refused):
            return done
        return InvitedTold(
            invitation_id=done.invitation_id,
            answer=done.answer,
            bond_id=done.bond_id,
            bond=done.bond,
            answer_by=told(done.answer_by),
            freed_fen=done.freed_fen,
            unknown=rules_told(done.unknown, book, lang),
        )

    return telling


def _with_link(answer: Response[Any], secret: str) -> Response[Any]:
    """Return the first answer with the link's secret, which is kept nowhere: a repetition comes without it."""
    if REPLAYED in answer.headers:
        return answer
    body = msgspec.json.decode(answer.content, type=InvitedTold)
    answer.content = msgspec.json.encode(replace(body, link=secret))
    return answer


def _told(dossier: Dossier, now: datetime) -> InvitationTold:
    form = opened(dossier, Invitation)
    terms = form.terms
    sharer_id, member_id = dossier.parties
    return InvitationTold(
        invitation_id=dossier.dossier_id,
        sharer_id=sharer_id,
        member_id=member_id,
        bond_id=form.bond_id,
        relation=form.relation,
        modes=terms.modes,
        lasts=terms.lasts,
        until=told(terms.until),
        cap_fen=terms.cap_fen,
        quota_fen=terms.quota_fen,
        pot_fen=terms.pot_fen,
        answer=standing(dossier, now),
        made_at=told(dossier.made_at),
        answer_by=told(dossier.due_at),
        answered_at=told(form.answered_at),
        channel=form.asked_by.channel,
    )


def _by_link(books: Books, invitation_id: str, digest: str, desk: TheDesk) -> ByLink | None:
    found = invitations.shown_by_link(books, invitation_id, digest)
    if found is None:
        return None
    dossier, form = found
    identity = books.registry.identities.get(dossier.parties[0])
    return ByLink(
        invitation_id=invitation_id,
        from_name=masked(identity.name) if identity is not None else "",
        relation=form.relation,
        modes=form.terms.modes,
        lasts=form.terms.lasts,
        until=told(form.terms.until),
        answer=standing(dossier, desk.clock()),
        answer_by=told(dossier.due_at),
    )


async def by_link(desk: Desk, secret: str) -> ByLink:
    """Return what the link of that secret leads to. Raise ProblemError for one that leads nowhere (any more)."""
    digest = digest_of(secret)
    invitation_id = await desk.read(link_scope(digest), lambda books: led_to(books, digest))
    scope = Scope(dossiers={invitation_id} if invitation_id is not None else set())
    dossier = await desk.read(scope, lambda books: books.dossiers.get(invitation_id or ""))
    people = Scope(people=set(dossier.parties[:1]) if dossier is not None else set(), dossiers=scope.dossiers)
    shown = await desk.read(people, lambda books: _by_link(books, invitation_id or "", digest, desk))
    if shown is None:
        raise ProblemError(Refusal.SETTLEMENT_NOT_FOUND, refused=_NONE)
    return shown


def masked(name: str) -> str:
    """Return a name of which only the last character is told."""
    return "*" * (len(name) - 1) + name[-1:]
