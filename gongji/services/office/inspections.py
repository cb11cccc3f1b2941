"""Inspections 稽核 of a credential used by another: a case, the person's hearing, a decision of two, what follows.

A decision suspends networked settlement for 3 to 12 months, gives owners back what was spent, and records a fine, which
never moves here. It takes effect when a second person agrees; it can be lifted, and objected to once.
"""

from datetime import date, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened, restitution_id
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.bills.restitutions import Restitution, give_back, restitution_fault
from gongji.services.families import person_of
from gongji.services.family import lives
from gongji.services.office.applications import Step
from gongji.services.office.signals import Signal
from gongji.services.offices import (
    APPEAL,
    CASE,
    CHANGED,
    HEARING,
    NOT_YOUR_TASK,
    desk_fault,
    due_after,
    office_of,
    open_until,
)
from gongji.services.store import Books

INSPECTION: Final = "inspection"
OPENED, HEARING_OFFERED, PROPOSED, DECIDED, CLOSED, LIFTED = (
    "opened", "hearing", "proposed", "decided", "closed", "lifted",
)  # fmt: skip
RUNNING: Final = (OPENED, HEARING_OFFERED, PROPOSED)

MONTHS: Final = (3, 12)
FINE: Final = (2, 5)
"""医疗保障基金使用监督管理条例第四十一条: 3 to 12 months, and with intent to defraud a fine of twice to five times."""

Out = Refused | RequestFault


class Verdict(Struct, frozen=True, kw_only=True):
    """What is decided: months of suspension (0: none), what owners get back, and a fine in fen (0: none).

    `rule_id` is the row of the book it rests on. `sum_fen` is what was spent by it, which the fine is measured by.
    """

    rule_id: str
    months: int
    sum_fen: int
    restitutions: tuple[Restitution, ...] = ()
    fine_fen: int = 0


class Inspection(Struct, frozen=True, kw_only=True):
    """A case on record: its signals and steps, until when a hearing may be asked for, what the person said."""

    signals: tuple[Signal, ...]
    steps: tuple[Step, ...]
    hearing_until: datetime | None = None
    heard: str = ""
    verdict: Verdict | None = None
    suspended_until: date | None = None
    decided_at: datetime | None = None
    appealed: bool = False


class CaseStands(Struct, frozen=True, kw_only=True):
    """A case as it stands."""

    inspection_id: str
    person_id: int
    state: str
    office: str
    made_at: datetime
    due_at: datetime | None
    inspection: Inspection


def case_scope(dossier: Dossier | None, inspection_id: str, verdict: Verdict | None = None) -> Scope:
    """Return what has to be loaded for steps of a case that looks like `dossier` just now."""
    scope = Scope(dossiers={inspection_id})
    if dossier is None or dossier.kind != INSPECTION:
        return scope
    given = verdict or opened(dossier, Inspection).verdict
    scope.people |= set(dossier.parties)
    scope.dossiers_of |= {(INSPECTION, dossier.parties[0])}
    if given is not None:
        scope.dossiers |= {restitution_id(one.settle_id, one.owner_id) for one in given.restitutions}
        scope.settlements |= {one.settle_id for one in given.restitutions}
        scope.people |= {one.owner_id for one in given.restitutions}
    return scope


def inspecting_office(books: Books, policy: PolicyBook, actor: Actor, person_id: int, at: datetime) -> str | Out:
    """Return the office that inspects a person, to its own inspectors."""
    person = person_of(books, person_id)
    if isinstance(person, Refused):
        return person
    office = office_of(policy, person, at)
    return desk_fault(actor, ("inspector",), office) or office


def open_case(
    books: Books, policy: PolicyBook, actor: Actor, person_id: int, signals: tuple[Signal, ...], at: datetime
) -> CaseStands | Out:
    """Open a case about a person, on signals; one at a time. The scope names his cases."""
    office = inspecting_office(books, policy, actor, person_id, at)
    if isinstance(office, Out):
        return office
    if not signals:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="signals")
    running = [one for one in books.dossiers.of(INSPECTION, person_id) if one.state in RUNNING]
    if running:
        return Refused(Refusal.ALREADY_BOUND, subject=running[0].dossier_id)
    dossier = Dossier(
        dossier_id=f"{INSPECTION}-{books.ledger.take_id('dossier')}",
        kind=INSPECTION,
        made_at=at,
        parties=(person_id,),
        office=office,
        state=OPENED,
        due_at=due_after(at, CASE),
        content=filed(Inspection(signals=signals, steps=(Step(what="opened", at=at, actor=actor),))),
    )
    books.dossiers.put(dossier)
    return case_of(dossier)


def case_of(dossier: Dossier) -> CaseStands:
    """Return a case as it stands."""
    return CaseStands(
        inspection_id=dossier.dossier_id,
        person_id=dossier.parties[0],
        state=dossier.state,
        office=dossier.office,
        made_at=dossier.made_at,
        due_at=dossier.due_at,
        inspection=opened(dossier, Inspection),
    )


def offer_hearing(books: Books, actor: Actor, inspection_id: str, at: datetime) -> CaseStands | Out:
    """Tell the person what is held against him, and until when he may speak."""
    found = _at_desk(books, actor, inspection_id, (OPENED,))
    if not isinstance(found, tuple):
        return found
    dossier, form = found
    form = replace(form, hearing_until=open_until(at, HEARING))
    return _step(books, dossier, form, HEARING_OFFERED, Step(what="hearing_offered", at=at, actor=actor))


def speak(books: Books, actor: Actor, inspection_id: str, words: str, at: datetime) -> CaseStands | Out:
    """Let the person say what he has to say, once, while the hearing is open."""
    found = _of_person(books, actor, inspection_id)
    if not isinstance(found, tuple):
        return found
    dossier, form = found
    if dossier.state != HEARING_OFFERED or form.heard or form.hearing_until is None or at >= form.hearing_until:
        return CHANGED
    if not 2 <= len(words.strip()) <= 4000:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="words")
    return _step(
        books, dossier, replace(form, heard=words.strip()), HEARING_OFFERED, Step(what="heard", at=at, actor=actor)
    )


def propose(
    books: Books, policy: PolicyBook, actor: Actor, inspection_id: str, verdict: Verdict, at: datetime
) -> CaseStands | Out:
    """Propose a decision, after the person has spoken or his time to speak is over. Nothing happens yet."""
    found = _at_desk(books, actor, inspection_id, (HEARING_OFFERED,))
    if not isinstance(found, tuple):
        return found
    dossier, form = found
    if not form.heard and (form.hearing_until is None or at < form.hearing_until):
        return CHANGED
    fault = _unsound(policy, dossier, verdict, at) or restitution_fault(books, dossier.parties[0], verdict.restitutions)
    if fault is not None:
        return fault
    step = Step(what="proposed", at=at, actor=actor, why=verdict.rule_id)
    return _step(books, dossier, replace(form, verdict=verdict), PROPOSED, step)


def check_verdict(
    books: Books, policy: PolicyBook, actor: Actor, inspection_id: str, at: datetime, *, agree: bool
) -> CaseStands | Out:
    """Let a second inspector agree, upon which it takes effect, or send it back."""
    found = _at_desk(books, actor, inspection_id, (PROPOSED,))
    if not isinstance(found, tuple):
        return found
    dossier, form = found
    verdict = form.verdict
    if actor.officer in _deciders(form) or verdict is None:
        return NOT_YOUR_TASK
    if not agree:
        step = Step(what="sent_back", at=at, actor=actor)
        return _step(books, dossier, replace(form, verdict=None), HEARING_OFFERED, step)
    fault = give_back(books, policy, dossier.dossier_id, dossier.parties[0], verdict.restitutions, at)
    if fault is not None:
        return fault
    until = _months_after(at.date(), verdict.months) if verdict.months else None
    if until is not None:
        longest = max(until, _suspended_besides(books, dossier) or until)
        done = lives.suspend(books, policy, dossier.parties[0], at, reason="violation", until=longest)
        if isinstance(done, Refused):
            return done
    form = replace(form, suspended_until=until, decided_at=at)
    return _step(books, dossier, form, DECIDED, Step(what="decided", at=at, actor=actor, why=verdict.rule_id))


def close_case(books: Books, actor: Actor, inspection_id: str, why: str, at: datetime) -> CaseStands | Out:
    """Close a case without a decision: nothing was found."""
    found = _at_desk(books, actor, inspection_id, (OPENED, HEARING_OFFERED))
    if not isinstance(found, tuple):
        return found
    if not 2 <= len(why.strip()) <= 200:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="reason")
    return _step(books, found[0], found[1], CLOSED, Step(what="closed", at=at, actor=actor, why=why.strip()))


def lift(
    books: Books, policy: PolicyBook, actor: Actor, inspection_id: str, why: str, at: datetime
) -> CaseStands | Out:
    """Lift a suspension from today on; after an objection another than decided does. Owners keep what they got back."""
    found = _at_desk(books, actor, inspection_id, (DECIDED,))
    if not isinstance(found, tuple):
        return found
    dossier, form = found
    if form.suspended_until is None or form.suspended_until <= at.date():
        return CHANGED
    if not 2 <= len(why.strip()) <= 200:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="reason")
    if form.appealed and actor.officer in _deciders(form):
        return NOT_YOUR_TASK
    until = max(at.date(), _suspended_besides(books, dossier) or at.date())
    done = lives.suspend(books, policy, dossier.parties[0], at, reason="violation", until=until)
    if isinstance(done, Refused):
        return done
    step = Step(what="lifted", at=at, actor=actor, why=why.strip())
    return _step(books, dossier, replace(form, suspended_until=at.date()), LIFTED, step)


def appeal_case(books: Books, actor: Actor, inspection_id: str, reason: str, at: datetime) -> CaseStands | Out:
    """Let the person object, once and in time. The suspension goes on until another decides: 行政复议法第四十二条."""
    found = _of_person(books, actor, inspection_id)
    if not isinstance(found, tuple):
        return found
    dossier, form = found
    late = form.decided_at is None or at >= open_until(form.decided_at, APPEAL)
    if dossier.state != DECIDED or form.appealed or late:
        return CHANGED
    if not 2 <= len(reason.strip()) <= 1000:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="reason")
    step = Step(what="appealed", at=at, actor=actor, why=reason.strip())
    return _step(books, dossier, replace(form, appealed=True), DECIDED, step)


def uphold(books: Books, actor: Actor, inspection_id: str, why: str, at: datetime) -> CaseStands | Out:
    """Answer an objection: another than decided finds the decision right."""
    found = _at_desk(books, actor, inspection_id, (DECIDED,))
    if not isinstance(found, tuple):
        return found
    dossier, form = found
    if not form.appealed or any(step.what == "upheld" for step in form.steps):
        return CHANGED
    if actor.officer in _deciders(form):
        return NOT_YOUR_TASK
    if not 2 <= len(why.strip()) <= 1000:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="reason")
    return _step(books, dossier, form, DECIDED, Step(what="upheld", at=at, actor=actor, why=why.strip()))


def read_case(books: Books, actor: Actor, inspection_id: str) -> Dossier | Out:
    """Return a case to the person it is about and to the inspectors of its office; to others there is none."""
    dossier = books.dossiers.get(inspection_id)
    if dossier is None or dossier.kind != INSPECTION:
        return _NONE
    if actor.officer and not actor.acting_for:
        return desk_fault(actor, ("inspector", "auditor"), dossier.office) or dossier
    return dossier if actor.concerned == dossier.parties[0] else _NONE


# Helpers

_NONE: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="inspection")


def _at_desk(
    books: Books, actor: Actor, inspection_id: str, states: tuple[str, ...]
) -> tuple[Dossier, Inspection] | Out:
    dossier = books.dossiers.get(inspection_id)
    if dossier is None or dossier.kind != INSPECTION:
        return _NONE
    fault = desk_fault(actor, ("inspector",), dossier.office)
    if fault is None and dossier.state not in states:
        fault = CHANGED
    return fault or (dossier, opened(dossier, Inspection))


def _of_person(books: Books, actor: Actor, inspection_id: str) -> tuple[Dossier, Inspection] | Refused:
    dossier = books.dossiers.get(inspection_id)
    if dossier is None or dossier.kind != INSPECTION or actor.concerned != dossier.parties[0]:
        return _NONE
    return dossier, opened(dossier, Inspection)


def _deciders(form: Inspection) -> set[str]:
    return {step.actor.officer for step in form.steps if step.what in ("proposed", "decided")}


def _suspended_besides(books: Books, dossier: Dossier) -> date | None:
    """Return until when the person is suspended by other cases, None where he is not."""
    others = [one for one in books.dossiers.of(INSPECTION, dossier.parties[0]) if one.dossier_id != dossier.dossier_id]
    days = [opened(one, Inspection).suspended_until for one in others if one.state == DECIDED]
    return max((day for day in days if day is not None), default=None)


def _unsound(policy: PolicyBook, dossier: Dossier, verdict: Verdict, at: datetime) -> Refused | None:
    owed_fen = sum(one.amount_fen for one in verdict.restitutions)
    low_fen, high_fen = (times * verdict.sum_fen for times in FINE)
    own = policy.on(dossier.office, at.date()).rows["own_credential"]
    sound = {
        "rule_id": own.in_force and own.rule_id == verdict.rule_id,
        "months": verdict.months == 0 or MONTHS[0] <= verdict.months <= MONTHS[1],
        "sum_fen": verdict.sum_fen >= owed_fen,
        "fine_fen": verdict.fine_fen == 0 or low_fen <= verdict.fine_fen <= high_fen,
    }
    fault = next((field for field, is_sound in sound.items() if not is_sound), None)
    return Refused(Refusal.MESSAGE_MALFORMED, subject=fault) if fault is not None else None


def _months_after(day: date, months: int) -> date:
    """Return the same day that many months later, or the first of the next month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)


def _step(books: Books, dossier: Dossier, form: Inspection, state: str, step: Step) -> CaseStands:
    after = replace(
        dossier,
        state=state,
        due_at=dossier.due_at if state in RUNNING else None,
        content=filed(replace(form, steps=(*form.steps, step))),
    )
    books.dossiers.put(after)
    return case_of(after)
