"""Applications 申请, as those who apply have them: handed in, added to, withdrawn, objected to once.

Every step stays on record with who did it, when and why. What the staff do with them is in `reviews`.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.office.application_effects import Effect
from gongji.services.office.application_kinds import (
    APPLICATION,
    TERMS,
    Filed,
    Wanted,
    Wish,
    found,
    is_same_matter,
    kind_of,
    missing,
    wanted,
    wish_scope,
)
from gongji.services.office.materials import MATERIAL, papers_of
from gongji.services.offices import APPEAL, CHANGED, desk_fault, due_after, office_of, open_until
from gongji.services.store import Books

DESKS: Final = ("clerk", "reviewer")
MATERIALS_MOST: Final = 20
OPEN_MOST: Final = 20
"""So many open applications may one person have."""

WAITING, CLAIMED, PARKED, INCOMPLETE, PROPOSED = "waiting", "claimed", "parked", "incomplete", "proposed"
APPROVED, REFUSED, WITHDRAWN = "approved", "refused", "withdrawn"
OPEN_STATES: Final = (WAITING, CLAIMED, PARKED, INCOMPLETE, PROPOSED)

Out = RequestFault | Refused
NONE: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="application")


class Step(Struct, frozen=True, kw_only=True):
    """Something that happened to an application: what, when, by whom, and why."""

    what: str
    at: datetime
    actor: Actor
    why: str = ""


class Application(Struct, frozen=True, kw_only=True):
    """An application on record. `holder` is the officer who has it, "" for nobody.

    `told` is what the one-time notice named. `rule_id` is the row that a refusal rests on; `proposed` what waits for a
    second person. `appealed` tells that it was objected to, which may happen once.
    """

    wish: Wish
    materials: tuple[str, ...]
    steps: tuple[Step, ...]
    holder: str = ""
    told: tuple[Wanted, ...] = ()
    notified: bool = False
    risks: tuple[str, ...] = ()
    rule_id: str = ""
    decided_at: datetime | None = None
    appealed: bool = False
    effect: Effect | None = None


class Stands(Struct, frozen=True, kw_only=True):
    """An application as it stands, with the papers it wants and those that are missing; `applicant_id` asked for it."""

    application_id: str
    state: str
    applicant_id: int
    made_at: datetime
    office: str
    due_at: datetime | None
    application: Application
    wanted: tuple[Wanted, ...] = ()
    missing: tuple[Wanted, ...] = ()


class Submission(Struct, frozen=True, kw_only=True):
    """What a person asks for, with the numbers of the materials he handed in."""

    at: datetime
    applicant_id: int
    wish: Wish
    materials: tuple[str, ...] = ()


def submission_scope(submission: Submission) -> Scope:
    """Return what has to be loaded to take an application."""
    scope = wish_scope(submission.wish, submission.applicant_id)
    return _with_papers(scope, submission.materials)


def application_scope(dossier: Dossier | None, application_id: str, materials: tuple[str, ...] = ()) -> Scope:
    """Return what has to be loaded for steps of an application that looks like `dossier` just now."""
    scope = Scope(dossiers={application_id})
    if dossier is not None and dossier.kind == APPLICATION:
        form = opened(dossier, Application)
        scope.merge(wish_scope(form.wish, dossier.parties[0]))
        scope.people |= set(dossier.parties)
        materials += form.materials
    return _with_papers(scope, materials)


def submit(books: Books, policy: PolicyBook, actor: Actor, submission: Submission) -> Stands | Out:
    """Take an application. Papers that are missing do not keep it away: they are told once, by an officer."""
    if actor.concerned != submission.applicant_id:
        return RequestFault.NOT_YOURS
    at, wish = submission.at, submission.wish
    asked = found(books, wish, submission.applicant_id, at)
    if isinstance(asked, Refused):
        return asked
    mine = [one for one in books.dossiers.of(APPLICATION, submission.applicant_id) if one.state in OPEN_STATES]
    same = next((one for one in mine if is_same_matter(opened(one, Application).wish, wish)), None)
    if same is not None:
        return Refused(Refusal.ALREADY_BOUND, subject=same.dossier_id)
    if len(mine) >= OPEN_MOST or len(submission.materials) > MATERIALS_MOST:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="applications" if len(mine) >= OPEN_MOST else "materials")
    parties = _parties(asked)
    papers = papers_of(books, submission.materials, set(parties))
    if isinstance(papers, Refused):
        return papers
    term = TERMS.get(kind_of(wish))
    dossier = Dossier(
        dossier_id=f"{APPLICATION}-{books.ledger.take_id('dossier')}",
        kind=APPLICATION,
        made_at=at,
        parties=parties,
        office=office_of(policy, asked.about, at),
        state=WAITING,
        due_at=due_after(at, term) if term is not None else None,
        content=filed(
            Application(wish=wish, materials=submission.materials, steps=(Step(what="submitted", at=at, actor=actor),))
        ),
    )
    books.dossiers.put(dossier)
    return stands(books, policy, dossier, at)


def stands(books: Books, policy: PolicyBook, dossier: Dossier, at: datetime) -> Stands:
    """Return an application as it stands; once it is decided nothing is wanted any more."""
    form = opened(dossier, Application)
    asked = found(books, form.wish, dossier.parties[0], at) if dossier.state in OPEN_STATES else None
    papers = wanted(books, policy, asked, at) if isinstance(asked, Filed) else []
    return Stands(
        application_id=dossier.dossier_id,
        state=dossier.state,
        applicant_id=dossier.parties[0],
        made_at=dossier.made_at,
        office=dossier.office,
        due_at=dossier.due_at,
        application=form,
        wanted=tuple(papers),
        missing=tuple(missing(papers, _papers(books, dossier, form, asked))),
    )


def read(books: Books, actor: Actor, application_id: str) -> Dossier | Out:
    """Return an application to the people it concerns and to the staff of its office; to others there is none."""
    dossier = books.dossiers.get(application_id)
    if dossier is None or dossier.kind != APPLICATION:
        return NONE
    if actor.officer and not actor.acting_for:
        roles = (*DESKS, "inspector", "auditor")
        return desk_fault(actor, roles, dossier.office) or dossier
    return dossier if actor.concerned in dossier.parties else NONE


def add_materials(
    books: Books, policy: PolicyBook, actor: Actor, application_id: str, materials: tuple[str, ...], at: datetime
) -> Stands | Out:
    """Let the applicant hand in more papers; an application that lacked some goes on with the officer who has it."""
    dossier = books.dossiers.get(application_id)
    if dossier is None or dossier.kind != APPLICATION or actor.concerned != dossier.parties[0]:
        return NONE
    form = opened(dossier, Application)
    if dossier.state not in (WAITING, CLAIMED, PARKED, INCOMPLETE):
        return CHANGED
    several = tuple(dict.fromkeys(form.materials + materials))
    papers = papers_of(books, materials, set(dossier.parties))
    if isinstance(papers, Refused) or len(several) > MATERIALS_MOST:
        return papers if isinstance(papers, Refused) else Refused(Refusal.MESSAGE_MALFORMED, subject="materials")
    state = CLAIMED if dossier.state == INCOMPLETE else dossier.state
    step = Step(what="materials_added", at=at, actor=actor)
    return stepped(books, policy, dossier, replace(form, materials=several), state, step)


def appeal(
    books: Books, policy: PolicyBook, actor: Actor, application_id: str, reason: str, at: datetime
) -> Stands | Out:
    """Let the applicant object to a refusal, once and in time; another person decides anew."""
    dossier = books.dossiers.get(application_id)
    if dossier is None or dossier.kind != APPLICATION or actor.concerned != dossier.parties[0]:
        return NONE
    form = opened(dossier, Application)
    late = form.decided_at is None or at >= open_until(form.decided_at, APPEAL)
    if dossier.state != REFUSED or form.appealed or late:
        return CHANGED
    if not 2 <= len(reason.strip()) <= 1000:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="reason")
    form = replace(form, appealed=True, rule_id="", decided_at=None)
    step = Step(what="appealed", at=at, actor=actor, why=reason.strip())
    return stepped(books, policy, dossier, form, WAITING, step)


def take_back(books: Books, policy: PolicyBook, actor: Actor, application_id: str, at: datetime) -> Stands | Out:
    """Let the applicant withdraw what is not decided yet."""
    dossier = books.dossiers.get(application_id)
    if dossier is None or dossier.kind != APPLICATION or actor.concerned != dossier.parties[0]:
        return NONE
    if dossier.state not in OPEN_STATES:
        return CHANGED
    form = replace(opened(dossier, Application), holder="")
    return stepped(books, policy, dossier, form, WITHDRAWN, Step(what="withdrawn", at=at, actor=actor))


def stepped(books: Books, policy: PolicyBook, dossier: Dossier, form: Application, state: str, step: Step) -> Stands:
    """File a step of an application, and return it as it stands then; what is decided is due no more."""
    over = state in (APPROVED, REFUSED, WITHDRAWN)
    after = replace(
        dossier,
        state=state,
        due_at=None if over else dossier.due_at,
        content=filed(replace(form, steps=(*form.steps, step))),
    )
    books.dossiers.put(after)
    return stands(books, policy, after, step.at)


# Helpers


def _with_papers(scope: Scope, materials: tuple[str, ...]) -> Scope:
    scope.dossiers |= {one for one in materials if one.startswith(f"{MATERIAL}-")}
    scope.dossiers_of |= {(APPLICATION, person_id) for person_id in scope.people}
    return scope


def _parties(asked: Filed) -> tuple[int, ...]:
    """Return whom it concerns: the applicant first, then whom it is about, and both sides of a bond."""
    sides = (asked.bond.sharer_id, asked.bond.member_id) if asked.bond is not None else ()
    return tuple(dict.fromkeys((asked.applicant_id, asked.about.person_id, *sides)))


def _papers(books: Books, dossier: Dossier, form: Application, asked: Filed | Refused | None) -> frozenset[str]:
    """Return what was shown: by materials, and the pledge without which no bond is formed where one is wanted."""
    papers = papers_of(books, form.materials, set(dossier.parties))
    shown = papers if isinstance(papers, frozenset) else frozenset[str]()
    return shown | {"pledge"} if isinstance(asked, Filed) and asked.bond is not None else shown
