"""Calls at a kiosk 叫号: who could not be made sure of by a machine waits for one of the staff, with a place in line.

A call is found by a secret that the machine keeps, and shows a number. Calls of an office stand in a list at its desks:
one of its clerks takes a call, and the machine shows that he is coming; when he has been there, he says so. A clerk who
has made sure of the person at the counter, by more than his own word, names that number as his reason; from then on the
machine may let the person go on.
"""

from datetime import datetime, time, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.access.links import digest_of
from gongji.services.acts import Actor
from gongji.services.office.applications import Step
from gongji.services.office.mandates import MANDATE, Mandate, is_checked, is_standing, mandate_scope
from gongji.services.offices import CHANGED, desk_fault
from gongji.services.store import Books

CALL: Final = "call"
WAITING, TAKEN, ANSWERED, SERVED = "waiting", "taken", "answered", "served"
OPEN: Final = (WAITING, TAKEN)
OVER: Final = (ANSWERED, SERVED)
ROLES: Final = ("clerk",)
NUMBERS: Final = 10_000
"""Numbers are called out, so they are short; after so many they begin again."""

ANYWHERE: Final = ""
"""The office of a call by somebody unknown, at a machine that does not say where it stands: every desk sees it."""

StepName = Literal["take", "release", "answer"]
Out = Refused | RequestFault


class Call(Struct, frozen=True, kw_only=True):
    """A call on record: the number shown, and what has to be brought to the counter, if anything.

    `holder` is the officer who is coming, "" for nobody.
    """

    number: str
    bring: str = ""
    holder: str = ""
    steps: tuple[Step, ...] = ()


class Waits(Struct, frozen=True, kw_only=True):
    """A call as it stands; `person_id` is 0 for somebody unknown. `checked`: a clerk has made sure of him since."""

    call_id: str
    number: str
    person_id: int
    office: str
    made_at: datetime
    bring: str
    checked: bool
    state: str = WAITING
    holder: str = ""
    steps: tuple[Step, ...] = ()


def call_scope(secret: str, *people: int) -> Scope:
    """Return what has to be loaded for a call; the people as far as they are known."""
    return calls_scope(_id(secret), people=people)


def calls_scope(*call_ids: str, people: tuple[int, ...] = ()) -> Scope:
    """Return what has to be loaded for calls by their numbers on record."""
    scope = mandate_scope(*people)
    scope.dossiers |= set(call_ids)
    return scope


def put_call(books: Books, secret: str, person_id: int, at: datetime, *, office: str = "", bring: str = "") -> Waits:
    """Put somebody in line, until the day is over: where the machine stands, or else where he is insured."""
    person = books.registry.people.get(person_id)
    dossier = Dossier(
        dossier_id=_id(secret),
        kind=CALL,
        made_at=at,
        parties=(person_id,) if person_id else (),
        office=office or (person.region if person is not None else ANYWHERE),
        state=WAITING,
        due_at=datetime.combine(at.date() + timedelta(days=1), time()),
        content=filed(Call(number=f"K{books.ledger.take_id('dossier') % NUMBERS:03d}", bring=bring)),
    )
    books.dossiers.put(dossier)
    return stands(books, dossier, at)


def call_of(books: Books, secret: str, at: datetime) -> Waits | None:
    """Return a call of today, None where there is none (any more)."""
    dossier = books.dossiers.get(_id(secret))
    return stands(books, dossier, at) if dossier is not None and is_today(dossier, at) else None


def is_today(dossier: Dossier, at: datetime) -> bool:
    """Tell whether it is a call that still counts: with the day the line is over."""
    return dossier.kind == CALL and dossier.due_at is not None and at < dossier.due_at


def step(books: Books, actor: Actor, call_id: str, name: StepName, at: datetime) -> Waits | Out:
    """Let a clerk take a call that nobody has, give it back, or say that he has been there."""
    dossier = books.dossiers.get(call_id)
    if dossier is None or not is_today(dossier, at):
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="call")
    fault = desk_fault(actor, ROLES, dossier.office or actor.office)
    if fault is not None:
        return fault
    call = opened(dossier, Call)
    mine = dossier.state == TAKEN and call.holder == actor.officer
    if not (mine or (name == "take" and dossier.state == WAITING)) or (name == "take" and mine):
        return CHANGED
    state = {"take": TAKEN, "release": WAITING, "answer": ANSWERED}[name]
    done = Step(what={"take": "taken", "release": "released", "answer": "answered"}[name], at=at, actor=actor)
    holder = "" if name == "release" else actor.officer
    after = replace(dossier, state=state, content=filed(replace(call, holder=holder, steps=(*call.steps, done))))
    books.dossiers.put(after)
    return stands(books, after, at)


def serve(books: Books, secret: str) -> None:
    """Take somebody out of the line: a clerk has made sure of him, and he has gone on."""
    dossier = books.dossiers.get(_id(secret))
    if dossier is not None and dossier.state != SERVED:
        books.dossiers.put(replace(dossier, state=SERVED))


def stands(books: Books, dossier: Dossier, at: datetime) -> Waits:
    """Return a call as it stands; the mandates of its person have to be there."""
    call = opened(dossier, Call)
    person_id = dossier.parties[0] if dossier.parties else 0
    presences = [one for one in books.dossiers.of(MANDATE, person_id) if one.made_at >= dossier.made_at]
    return Waits(
        call_id=dossier.dossier_id,
        number=call.number,
        person_id=person_id,
        office=dossier.office,
        made_at=dossier.made_at,
        bring=call.bring,
        checked=any(_names(books, one, person_id, call.number, at) for one in presences),
        state=dossier.state,
        holder=call.holder,
        steps=call.steps,
    )


# Helpers


def _id(secret: str) -> str:
    return f"{CALL}-{digest_of(secret)}"


def _names(books: Books, dossier: Dossier, person_id: int, number: str, at: datetime) -> bool:
    mandate = opened(dossier, Mandate)
    by_clerk = mandate.form == "counter" and is_checked(mandate, at) and number in mandate.reason.split()
    return by_clerk and dossier.parties[0] == person_id and is_standing(dossier, books, at)
