"""Invitations 邀请: a bond as two people make it. One asks, with what he agreed to; the other answers; both on record.

The bond itself is formed by the network's own acts. An invitation can be found by a link, of which the digest alone is
kept. Where the region asks for no confirmation the bond stands at once, and the member may still say no.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.family import Bond, BondState, Mode, Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.rules.policybook import PolicyBook
from gongji.services.access.links import file_link
from gongji.services.accounts.pots import AllocateRequest, allocate
from gongji.services.acts import Actor
from gongji.services.calendar import bring_up_to, end_bond
from gongji.services.family import networks
from gongji.services.family.consents import (
    CONSENT,
    Agreed,
    Consent,
    Lasts,
    Terms,
    give,
    set_details,
    signer,
    withdraw,
    words_of,
)
from gongji.services.family.networks import BindRequest
from gongji.services.store import Books

INVITATION: Final = "invitation"
OPEN: Final = "open"
UNASKED: Final = "unasked"
"""The region asks for no answer: the bond stood at once. The member may still decline."""

How = Literal["accepted", "declined", "not_my_relative"]
State = Literal["open", "unasked", "accepted", "declined", "not_my_relative", "withdrawn", "expired", "ended"]


class Proposal(Struct, frozen=True, kw_only=True):
    """What a sharer asks for. Amounts in fen; `pot_fen` is set aside once the bond is active.

    `link_digest` is the SHA-256, in hexadecimal digits, of the token of the link that is forwarded to the member.
    """

    at: datetime
    sharer_id: int
    member_id: int
    relation: Relation
    modes: tuple[Mode, ...]
    lasts: Lasts
    agreed: Agreed
    link_digest: str
    since: datetime | None = None
    until: datetime | None = None
    rank: int | None = None
    cap_fen: int | None = None
    quota_fen: int | None = None
    pot_fen: int | None = None
    proof: frozenset[str] = frozenset()
    second_side: bool = False
    review: bool = False

    @property
    def terms(self) -> Terms:
        """Return what may be paid."""
        return Terms(
            modes=self.modes,
            lasts=self.lasts,
            until=self.until,
            cap_fen=self.cap_fen,
            quota_fen=self.quota_fen,
            pot_fen=self.pot_fen,
        )

    @property
    def binding(self) -> BindRequest:
        """Return the bond that is asked for."""
        return BindRequest(
            at=self.at,
            sharer_id=self.sharer_id,
            member_id=self.member_id,
            relation=self.relation,
            modes=self.modes,
            since=self.since,
            until=self.until,
            rank=self.rank,
            cap_fen=self.cap_fen,
            quota_fen=self.quota_fen,
            proof=self.proof,
            second_side=self.second_side,
            review=self.review,
            once=self.lasts == "once",
        )


class Invitation(Struct, frozen=True, kw_only=True):
    """An invitation on record: who asked for which bond on which terms, its link, and how it was answered, by whom."""

    bond_id: int
    relation: Relation
    terms: Terms
    asked_by: Actor
    link_digest: str
    answered_at: datetime | None = None
    answered_by: Actor | None = None


class Invited(Struct, frozen=True, kw_only=True):
    """A bond and its invitation, as they stand after an act. `unknown` names rules that no document settles."""

    invitation_id: str
    answer: State
    bond_id: int
    bond: BondState
    answer_by: datetime | None = None
    freed_fen: int = 0
    unknown: tuple[str, ...] = ()


class Reply(Struct, frozen=True, kw_only=True):
    """The member's answer. Accepting wants what he agreed to; `details` is his consent to show medicines, if any."""

    at: datetime
    invitation_id: str
    how: How
    agreed: Agreed | None = None
    details: Agreed | None = None


def family_scope(*people: int) -> Scope:
    """Return what has to be loaded for acts on bonds of these people: their invitations and consents too."""
    kinds = (INVITATION, CONSENT)
    return Scope(people=set(people), dossiers_of={(kind, person_id) for kind in kinds for person_id in people})


def propose(books: Books, policy: PolicyBook, actor: Actor, proposal: Proposal) -> Invited | Refused:
    """Form the bond, active or awaiting what the regions ask for, and file the invitation and the sharer's consent."""
    fault = _dates_fault(proposal)
    if fault is not None:
        return fault
    text = words_of(books, signer(actor), "share", proposal.agreed)
    if isinstance(text, Refused):
        return text
    _clear_expired(books, policy, proposal.sharer_id, proposal.member_id, proposal.at)
    done = networks.bind(books, policy, proposal.binding)
    if isinstance(done, Refused):
        return done
    bond = books.registry.bonds[done.bond_id or 0]
    filled = _fill_pot(books, policy, bond, proposal.terms, proposal.at)
    if isinstance(filled, Refused):
        return filled
    form = Consent(
        bond_id=bond.bond_id,
        side="sharer",
        terms=proposal.terms,
        text=text,
        sha256=text.sha256,
        signature=proposal.agreed.signature,
        actor=actor,
    )
    give(books, form, (bond.sharer_id, bond.member_id), proposal.at)
    invitation = Invitation(
        bond_id=bond.bond_id,
        relation=bond.relation,
        terms=proposal.terms,
        asked_by=actor,
        link_digest=proposal.link_digest,
    )
    waits = not bond.confirmed
    dossier = Dossier(
        dossier_id=f"{INVITATION}-{books.ledger.take_id('dossier')}",
        kind=INVITATION,
        made_at=proposal.at,
        parties=(bond.sharer_id, bond.member_id),
        state=OPEN if waits else UNASKED,
        due_at=_answer_by(books, policy, bond, proposal.at) if waits else None,
        content=filed(invitation),
    )
    books.dossiers.put(dossier)
    file_link(books, proposal.link_digest, dossier.dossier_id, proposal.at)
    return _invited(books, dossier, unknown=done.unknown)


def answer(books: Books, policy: PolicyBook, actor: Actor, reply: Reply) -> Invited | Refused:
    """Let the member accept, decline, or say that this is no relative of his; a no ends the bond at once."""
    found = _found(books, reply.invitation_id)
    if isinstance(found, Refused):
        return found
    dossier, invitation = found
    if actor.concerned != dossier.parties[1] or dossier.state not in (OPEN, UNASKED):
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")
    bring_up_to(books, policy, dossier.parties, reply.at)
    freed_fen = 0
    if reply.how == "accepted":
        fault = _accept(books, policy, actor, found, reply)
        if fault is not None:
            return fault
    else:
        freed_fen = _end(books, invitation.bond_id, reply.at)
        withdraw(books, invitation.bond_id, dossier.parties[0], reply.at, actor)
    after = _answered(books, dossier, invitation, reply.how, reply.at, actor)
    return _invited(books, after, freed_fen=freed_fen)


def take_back(books: Books, policy: PolicyBook, actor: Actor, invitation_id: str, at: datetime) -> Invited | Refused:
    """Let the sharer take an invitation back that nobody has answered."""
    found = _found(books, invitation_id)
    if isinstance(found, Refused):
        return found
    dossier, invitation = found
    if actor.concerned != dossier.parties[0] or dossier.state != OPEN:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")
    bring_up_to(books, policy, dossier.parties, at)
    freed_fen = _end(books, invitation.bond_id, at)
    withdraw(books, invitation.bond_id, dossier.parties[0], at, actor)
    return _invited(books, _answered(books, dossier, invitation, "withdrawn", at, actor), freed_fen=freed_fen)


def send_again(books: Books, actor: Actor, invitation_id: str, link_digest: str, at: datetime) -> Invited | Refused:
    """Give an open invitation another link; the one before leads nowhere from then on."""
    found = _found(books, invitation_id)
    if isinstance(found, Refused):
        return found
    dossier, invitation = found
    if actor.concerned != dossier.parties[0] or dossier.state not in (OPEN, UNASKED):
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")
    after = replace(dossier, content=filed(replace(invitation, link_digest=link_digest)))
    books.dossiers.put(after)
    file_link(books, link_digest, after.dossier_id, at)
    return _invited(books, after)


def expire(books: Books, policy: PolicyBook, invitation_id: str, at: datetime) -> Invited | Refused:
    """End an invitation that was not answered in time, and the bond with it, from now on."""
    found = _found(books, invitation_id)
    if isinstance(found, Refused):
        return found
    dossier, invitation = found
    if dossier.state != OPEN or dossier.due_at is None or at < dossier.due_at:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")
    bring_up_to(books, policy, dossier.parties, at)
    freed_fen = _end(books, invitation.bond_id, at)
    withdraw(books, invitation.bond_id, dossier.parties[0], dossier.due_at, None)
    return _invited(books, _answered(books, dossier, invitation, "expired", at, None), freed_fen=freed_fen)


def close(books: Books, bond_id: int, person_id: int, at: datetime, actor: Actor | None) -> None:
    """Let invitation and consents of a bond end with it."""
    withdraw(books, bond_id, person_id, at, actor)
    for dossier in books.dossiers.of(INVITATION, person_id):
        invitation = opened(dossier, Invitation)
        if invitation.bond_id == bond_id and dossier.state in (OPEN, UNASKED, "accepted"):
            _answered(books, dossier, invitation, "ended", at, actor)


def shown_by_link(books: Books, invitation_id: str, link_digest: str) -> tuple[Dossier, Invitation] | None:
    """Return an invitation to one who has its link, None for a link that was replaced or whose invitation is over."""
    found = _found(books, invitation_id)
    if isinstance(found, Refused) or found[1].link_digest != link_digest:
        return None
    return found if found[0].state in (OPEN, UNASKED) else None


def standing(dossier: Dossier, at: datetime) -> str:
    """Return where an invitation stands at a moment: one not answered in time has expired, noted or not."""
    late = dossier.state == OPEN and dossier.due_at is not None and dossier.due_at <= at
    return "expired" if late else dossier.state


# Helpers


def _dates_fault(proposal: Proposal) -> Refused | None:
    begins = proposal.since or proposal.at
    if begins < proposal.at:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="since")
    if (proposal.lasts == "day") != (proposal.until is not None) or (proposal.until and proposal.until <= begins):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="until")
    if proposal.pot_fen is not None and proposal.pot_fen <= 0:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="pot")
    return None


def _answer_by(books: Books, policy: PolicyBook, bond: Bond, at: datetime) -> datetime | None:
    """Return the moment from which the invitation counts as not answered, None where no rule sets one."""
    days = policy.on(books.registry.people[bond.member_id].region, at.date()).value("invite_days")
    return bond.since + timedelta(days=days.count) if days is not None else None


def _fill_pot(books: Books, policy: PolicyBook, bond: Bond, terms: Terms, at: datetime) -> Refused | None:
    """Set the pot's money aside once the bond is active."""
    if terms.pot_fen is None or bond.state is not BondState.ACTIVE:
        return None
    wanted = AllocateRequest(at=at, sharer_id=bond.sharer_id, member_id=bond.member_id, amount_fen=terms.pot_fen)
    done = allocate(books, policy, wanted)
    return done if isinstance(done, Refused) else None


def _accept(
    books: Books, policy: PolicyBook, actor: Actor, found: tuple[Dossier, Invitation], reply: Reply
) -> Refused | None:
    """Confirm the bond, file the member's consent, and set the pot's money aside once the bond is active."""
    dossier, invitation = found
    sharer_id, member_id = dossier.parties
    confirmed = networks.confirm(books, policy, sharer_id, member_id, reply.at)
    if isinstance(confirmed, Refused):
        return confirmed
    if confirmed.bond_id != invitation.bond_id:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")
    fault = _member_consent(books, actor, invitation, dossier, reply)
    if fault is not None or dossier.state != OPEN:
        return fault
    return _fill_pot(books, policy, books.registry.bonds[invitation.bond_id], invitation.terms, reply.at)


def _member_consent(
    books: Books, actor: Actor, invitation: Invitation, dossier: Dossier, reply: Reply
) -> Refused | None:
    sharer_id, member_id = dossier.parties
    if reply.agreed is None:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="agreed")
    text = words_of(books, signer(actor), "receive", reply.agreed)
    if isinstance(text, Refused):
        return text
    form = Consent(
        bond_id=invitation.bond_id,
        side="member",
        terms=invitation.terms,
        text=text,
        sha256=text.sha256,
        signature=reply.agreed.signature,
        actor=actor,
    )
    give(books, form, (member_id, sharer_id), reply.at)
    if reply.details is None:
        return None
    details = set_details(books, actor, invitation.bond_id, reply.at, details=True, agreed=reply.details)
    return details if isinstance(details, Refused) else None


def _clear_expired(books: Books, policy: PolicyBook, sharer_id: int, member_id: int, at: datetime) -> None:
    """End what either was not answered in time, so that it counts against nobody's limits any more."""
    late = {
        dossier.dossier_id
        for person_id in (sharer_id, member_id)
        for dossier in books.dossiers.of(INVITATION, person_id)
        if standing(dossier, at) == "expired"
    }
    for invitation_id in sorted(late):
        expire(books, policy, invitation_id, at)


def _found(books: Books, invitation_id: str) -> tuple[Dossier, Invitation] | Refused:
    dossier = books.dossiers.get(invitation_id)
    if dossier is None or dossier.kind != INVITATION:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="invitation")
    return dossier, opened(dossier, Invitation)


def _end(books: Books, bond_id: int, at: datetime) -> int:
    bond = books.registry.bonds.get(bond_id)
    return end_bond(books, bond_id, at, recorded_at=at) if bond is not None else 0


def _answered(
    books: Books, dossier: Dossier, invitation: Invitation, state: State, at: datetime, actor: Actor | None
) -> Dossier:
    content = filed(replace(invitation, answered_at=at, answered_by=actor))
    after = replace(dossier, state=state, due_at=None, content=content)
    books.dossiers.put(after)
    return after


def _invited(books: Books, dossier: Dossier, *, freed_fen: int = 0, unknown: tuple[str, ...] = ()) -> Invited:
    bond = books.registry.bonds[opened(dossier, Invitation).bond_id]
    state: State = dossier.state  # type: ignore[assignment]  # written by this module alone
    return Invited(
        invitation_id=dossier.dossier_id,
        answer=state,
        bond_id=bond.bond_id,
        bond=bond.state,
        answer_by=dossier.due_at,
        freed_fen=freed_fen,
        unknown=unknown,
    )
