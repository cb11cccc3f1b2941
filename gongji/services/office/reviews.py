"""Reviews 审核, as the staff do them: claimed by one, told once what is missing, decided by rule.

A decision that is risky takes effect when a second person agrees. Whoever decided does not hear the objection.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.rules.grounds import ground
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.bills.reimbursements import Claim
from gongji.services.office.application_effects import carried_out
from gongji.services.office.application_kinds import APPLICATION, Filed, Wanted, found, risks, says_why
from gongji.services.office.applications import (
    APPROVED,
    CLAIMED,
    DESKS,
    INCOMPLETE,
    NONE,
    PARKED,
    PROPOSED,
    REFUSED,
    WAITING,
    Application,
    Out,
    Stands,
    Step,
    stands,
    stepped,
)
from gongji.services.offices import CHANGED, NOT_YOUR_TASK, desk_fault
from gongji.services.store import Books

Parking = Literal["material_unreadable", "source_down", "other_office", "person_to_be_asked"]


class Decision(Struct, frozen=True, kw_only=True):
    """How an officer decides: by no rule he approves, by the row `rule_id` he refuses.

    Where a bill is to be reimbursed, `claim` are its figures, taken from the receipts. Where he answers what he found
    out (see `says_why`), `why` are his words, and no rule is wanted.
    """

    at: datetime
    application_id: str
    approve: bool
    rule_id: str = ""
    claim: Claim | None = None
    why: str = ""


def claim(books: Books, policy: PolicyBook, actor: Actor, application_id: str, at: datetime) -> Stands | Out:
    """Take an application that nobody has. Who took it in may not, nor, after an objection, who decided."""
    matter = _at_desk(books, actor, application_id)
    if not isinstance(matter, tuple):
        return matter
    dossier, form = matter
    if dossier.state != WAITING:
        return CHANGED
    barred = _deciders(form) if form.appealed else set[str]()
    if actor.officer in barred | {step.actor.officer for step in form.steps if step.what == "submitted"}:
        return NOT_YOUR_TASK
    return stepped(
        books, policy, dossier, replace(form, holder=actor.officer), CLAIMED, Step(what="claimed", at=at, actor=actor)
    )


def release(books: Books, policy: PolicyBook, actor: Actor, application_id: str, at: datetime) -> Stands | Out:
    """Give an application back to the queue."""
    matter = _held(books, actor, application_id, (CLAIMED, PARKED))
    if not isinstance(matter, tuple):
        return matter
    dossier, form = matter
    return stepped(books, policy, dossier, replace(form, holder=""), WAITING, Step(what="released", at=at, actor=actor))


def park(
    books: Books, policy: PolicyBook, actor: Actor, application_id: str, why: Parking | None, at: datetime
) -> Stands | Out:
    """Let an application lie for a reason, or (None) go on with it; its deadline stays."""
    matter = _held(books, actor, application_id, (CLAIMED,) if why is not None else (PARKED,))
    if not isinstance(matter, tuple):
        return matter
    dossier, form = matter
    step = Step(what="parked" if why is not None else "resumed", at=at, actor=actor, why=why or "")
    return stepped(books, policy, dossier, form, PARKED if why is not None else CLAIMED, step)


def notify_missing(books: Books, policy: PolicyBook, actor: Actor, application_id: str, at: datetime) -> Stands | Out:
    """一次告知: tell the applicant, once and all at once, which papers are missing by the rules."""
    matter = _held(books, actor, application_id, (CLAIMED,))
    if not isinstance(matter, tuple):
        return matter
    dossier, form = matter
    lacking = stands(books, policy, dossier, at).missing
    if form.notified or not lacking:
        return CHANGED
    step = Step(what="notified", at=at, actor=actor)
    return stepped(books, policy, dossier, replace(form, told=lacking, notified=True), INCOMPLETE, step)


def decide(books: Books, policy: PolicyBook, actor: Actor, decision: Decision) -> Stands | Out:
    """Approve what has all its papers, or refuse by a rule. A risky approval waits for a second person."""
    matter = _held(books, actor, decision.application_id, (CLAIMED,))
    if not isinstance(matter, tuple):
        return matter
    dossier, form = matter
    at, why = decision.at, decision.why.strip()
    if says_why(form.wish) != bool(why) or (why and decision.rule_id) or len(why) == 1:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="why")
    if not decision.approve:
        step = Step(what="refused", at=at, actor=actor, why=why or decision.rule_id)
        return _refuse(books, policy, dossier, form, step)
    return _agreed_to(books, policy, dossier, form, decision, actor)


def check(
    books: Books, policy: PolicyBook, actor: Actor, application_id: str, at: datetime, *, agree: bool
) -> Stands | Out:
    """Let a second person, of the reviewers, agree to a risky approval, or send it back to the queue."""
    matter = _at_desk(books, actor, application_id)
    if not isinstance(matter, tuple):
        return matter
    dossier, form = matter
    if dossier.state != PROPOSED:
        return CHANGED
    if actor.role != "reviewer" or actor.officer in _deciders(form):
        return NOT_YOUR_TASK
    if not agree:
        step = Step(what="sent_back", at=at, actor=actor)
        return stepped(books, policy, dossier, replace(form, risks=()), WAITING, step)
    asked = found(books, form.wish, dossier.parties[0], at)
    if isinstance(asked, Refused):
        return asked
    return _approve(books, policy, dossier, form, asked, Step(what="approved", at=at, actor=actor))


# Helpers


def _at_desk(books: Books, actor: Actor, application_id: str) -> tuple[Dossier, Application] | Out:
    dossier = books.dossiers.get(application_id)
    if dossier is None or dossier.kind != APPLICATION:
        return NONE
    fault = desk_fault(actor, DESKS, dossier.office)
    return fault or (dossier, opened(dossier, Application))


def _held(
    books: Books, actor: Actor, application_id: str, states: tuple[str, ...]
) -> tuple[Dossier, Application] | Out:
    """Return an application that this officer has, in one of those states."""
    matter = _at_desk(books, actor, application_id)
    if not isinstance(matter, tuple):
        return matter
    dossier, form = matter
    if dossier.state not in states or form.holder != actor.officer:
        return CHANGED
    return matter


def _deciders(form: Application) -> set[str]:
    """Return who decided, proposed or checked, so far."""
    return {step.actor.officer for step in form.steps if step.what in ("proposed", "approved", "refused")}


def _speaks(policy: PolicyBook, rule_id: str, office: str, at: datetime) -> bool:
    """Tell whether a row of the book speaks for that office on that day."""
    try:
        row = policy.row(rule_id)
    except KeyError:
        return False
    return policy.on(office, at.date()).rows[row.rule].rule_id == rule_id


def _lacking(policy: PolicyBook, dossier: Dossier, first: Wanted, at: datetime) -> Refused:
    row = policy.row(first.rule_id) if first.rule_id is not None else None
    figures = {"any_of": ", ".join(sorted(first.any_of))}
    matter = ground(row, at.date(), dossier.office, **figures) if row is not None else None
    return Refused(Refusal.PROOF_MISSING, matter, subject=figures["any_of"])


def _agreed_to(
    books: Books, policy: PolicyBook, dossier: Dossier, form: Application, decision: Decision, actor: Actor
) -> Stands | Out:
    """Approve what has all its papers; what is risky is proposed."""
    at = decision.at
    asked = found(books, form.wish, dossier.parties[0], at)
    if isinstance(asked, Refused):
        return asked
    lacking = stands(books, policy, dossier, at).missing
    if lacking:
        return _lacking(policy, dossier, lacking[0], at)
    asked = replace(asked, claim=decision.claim)
    dangers = tuple(risks(books, asked, at))
    if dangers:
        step = Step(what="proposed", at=at, actor=actor)
        return stepped(books, policy, dossier, replace(form, risks=dangers, holder=""), PROPOSED, step)
    return _approve(
        books, policy, dossier, form, asked, Step(what="approved", at=at, actor=actor, why=decision.why.strip())
    )


def _refuse(books: Books, policy: PolicyBook, dossier: Dossier, form: Application, step: Step) -> Stands | Out:
    """Refuse by the row that the step names, which has to speak for that office on that day; or by what was found."""
    if says_why(form.wish):
        return stepped(books, policy, dossier, replace(form, decided_at=step.at, holder=""), REFUSED, step)
    if not _speaks(policy, step.why, dossier.office, step.at):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="rule_id")
    form = replace(form, rule_id=step.why, decided_at=step.at, holder="")
    return stepped(books, policy, dossier, form, REFUSED, step)


def _approve(
    books: Books, policy: PolicyBook, dossier: Dossier, form: Application, asked: Filed, step: Step
) -> Stands | Out:
    checkers = (*(one.actor for one in form.steps if one.what == "proposed"), step.actor)
    effect = carried_out(books, policy, asked, form.materials, checkers, step.at)
    if isinstance(effect, Refused):
        return effect
    form = replace(form, effect=effect, decided_at=step.at, holder="")
    return stepped(books, policy, dossier, form, APPROVED, step)
