"""Mandates 委托与监护: who may act for whom, in what, until when; given, checked, ended, each by whom and on record.

A guardian of a minor needs none of his consent, and is guardian until the child is eighteen. A guardian of an adult has
a court's paper. A helper is given a mandate by the person himself, for some things, until a day. A clerk at a counter,
of whatever place the person is insured in (跨省通办), acts for one who stands before him, on that day.
"""

from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.faults import RequestFault
from gongji.domain.insured import Insured
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.acts import Actor
from gongji.services.families import person_of
from gongji.services.store import Books

MANDATE: Final = "mandate"
STANDING: Final = "standing"
ENDED: Final = "ended"

Form = Literal["minor", "adult", "helper", "counter"]
How = Literal["id_in_hand", "card", "face", "home_visit", "known_helper"]
"""How a clerk made sure who stands before him."""

ADULT_AGE: Final = 18
"""民法典第十七条: a person of eighteen is an adult."""

HELPER_DAYS_MOST: Final = 366
"""A helper's mandate lasts a year at most, and is given anew: ours, since no document sets a longest time."""

GUARDIAN_MAY: Final = frozenset(
    {"profile.read", "accounts.read", "statements.read", "bonds.read", "bonds.write", "wallet.write", "premiums.write",
     "quotes.read", "credentials.show", "notices.read", "notices.write", "applications.read", "applications.write"}
)  # fmt: skip
"""What a guardian may do: everything the person could, but give mandates to others."""

HELPER_MAY: Final = GUARDIAN_MAY - {"credentials.show"}
"""Of this a helper may be given some. A code is shown by 亲情账户, which has a consent of its own."""

CHECK_FRESH: Final = timedelta(minutes=30)
"""So long counts what showed who stands at a counter: ours, since no document sets a time."""

COUNTER_MAY: Final = GUARDIAN_MAY - {"credentials.show"} | {"mandates.write"}


class Check(Struct, frozen=True, kw_only=True):
    """What showed who stood at a counter, besides the clerk's word: a code, by its digest; a paper, by number.

    A `sandbox` vouches for whom it likes, and is named as such.
    """

    what: Literal["code", "material", "sandbox"]
    named: str
    at: datetime


class Mandate(Struct, frozen=True, kw_only=True):
    """A mandate: its form, what may be done by it, until when (None: no day is set), and what it was given on.

    `holder_id` is 0 and `holder` an officer's number where a clerk holds it. `how`, `reason` and `check` are of the
    counter: without a check it is the clerk's word alone.
    """

    form: Form
    operations: tuple[str, ...]
    given_by: Actor
    holder_id: int = 0
    holder: str = ""
    until: datetime | None = None
    materials: tuple[str, ...] = ()
    checked_by: tuple[Actor, ...] = ()
    how: How | None = None
    reason: str = ""
    check: Check | None = None
    ended_at: datetime | None = None
    ended_by: Actor | None = None


class Given(Struct, frozen=True, kw_only=True):
    """A mandate as it stands: `state` is standing or ended, by somebody or by itself."""

    mandate_id: str
    person_id: int
    made_at: datetime
    state: str
    mandate: Mandate


class Helper(Struct, frozen=True, kw_only=True):
    """A mandate that a person gives: to whom, for what, until which moment."""

    at: datetime
    person_id: int
    holder_id: int
    operations: tuple[str, ...]
    until: datetime


def mandate_scope(*people: int, mandate_id: str = "") -> Scope:
    """Return what has to be loaded to know who may act for these people."""
    named = {mandate_id} if mandate_id else set()
    return Scope(people=set(people), dossiers=named, dossiers_of={(MANDATE, one) for one in people})


def may(books: Books, actor: Actor, operation: str, person_id: int, at: datetime) -> Actor | RequestFault:
    """Return the actor as he stands on record when he does that for that person, or NOT_YOURS.

    Who acts for himself needs no mandate; for another, the newest that allows it is named.
    """
    if actor.role == "citizen" and actor.person_id == person_id:
        return replace(actor, acting_for=0, mandate="")
    found = allowed(books, actor, person_id, at, operation)
    return found if isinstance(found, RequestFault) else found[0]


def allowed(
    books: Books, actor: Actor, person_id: int, at: datetime, operation: str = ""
) -> tuple[Actor, frozenset[str]] | RequestFault:
    """Return the actor by the newest mandate he holds for that person (that allows `operation`), and what it allows.

    One that rests on a fresh check goes before one that does not.
    """
    found: tuple[Dossier, Mandate] | None = None
    for dossier in reversed(books.dossiers.of(MANDATE, person_id)):
        mandate = opened(dossier, Mandate)
        held = dossier.parties[0] == person_id and _holds(mandate, actor) and is_standing(dossier, books, at)
        if held and (not operation or operation in mandate.operations):
            fresh = is_checked(mandate, at)
            found = (dossier, mandate) if fresh or found is None else found
            if fresh:
                break
    if found is None:
        return RequestFault.NOT_YOURS
    dossier, mandate = found
    return replace(actor, acting_for=person_id, mandate=dossier.dossier_id), frozenset(mandate.operations)


def is_checked(mandate: Mandate, at: datetime) -> bool:
    """Tell whether what showed who stands at the counter is fresh."""
    return mandate.check is not None and mandate.check.at <= at <= mandate.check.at + CHECK_FRESH


def is_standing(dossier: Dossier, books: Books, at: datetime) -> bool:
    """Tell whether a mandate holds: nobody has ended it, its day has not come, and the person lives."""
    until = opened(dossier, Mandate).until
    person = books.registry.people.get(dossier.parties[0])
    return dossier.state == STANDING and (until is None or at < until) and person is not None and person.alive


def give_helper(books: Books, actor: Actor, wish: Helper) -> Given | Refused | RequestFault:
    """Let a person give a mandate to a helper; nobody who acts for him may, but a clerk before whom he stands."""
    if actor.concerned != wish.person_id or (actor.acting_for and not actor.officer):
        return RequestFault.NOT_YOURS
    person, holder = person_of(books, wish.person_id), person_of(books, wish.holder_id)
    if isinstance(person, Refused) or isinstance(holder, Refused) or not holder.alive:
        return Refused(Refusal.PERSON_UNKNOWN, subject="holder")
    sound = {
        "holder": wish.holder_id != wish.person_id and holder.age(wish.at.date()) >= ADULT_AGE,
        "operations": bool(wish.operations) and set(wish.operations) <= HELPER_MAY,
        "until": wish.at < wish.until <= wish.at + timedelta(days=HELPER_DAYS_MOST),
        "person": person.age(wish.at.date()) >= ADULT_AGE,
    }
    fault = next((field for field, is_sound in sound.items() if not is_sound), None)
    if fault is not None:
        return Refused(Refusal.MESSAGE_MALFORMED, subject=fault)
    form = Mandate(
        form="helper",
        operations=tuple(sorted(set(wish.operations))),
        given_by=actor,
        holder_id=wish.holder_id,
        until=wish.until,
    )
    return put_mandate(books, form, person, wish.at)


def guardianship(
    person: Insured,
    holder_id: int,
    given_by: Actor,
    materials: tuple[str, ...],
    checked_by: tuple[Actor, ...],
    at: date,
) -> Mandate:
    """Return the mandate of a guardian: of a minor until his eighteenth birthday, of an adult until it is ended."""
    minor = person.age(at) < ADULT_AGE
    return Mandate(
        form="minor" if minor else "adult",
        operations=tuple(sorted(GUARDIAN_MAY)),
        given_by=given_by,
        holder_id=holder_id,
        until=datetime.combine(birthday(person.born, ADULT_AGE), time()) if minor else None,
        materials=materials,
        checked_by=checked_by,
    )


def birthday(born: date, age: int) -> date:
    """Return the first day on which somebody has that age; one born on 29 February has it on 1 March."""
    if (born.month, born.day) == (2, 29):
        return date(born.year + age, 2, 28) + timedelta(days=1)
    return born.replace(year=born.year + age)


def put_mandate(books: Books, form: Mandate, person: Insured, at: datetime) -> Given:
    """File a mandate; it holds from now on."""
    holder = (form.holder_id,) if form.holder_id else ()
    dossier = Dossier(
        dossier_id=f"{MANDATE}-{books.ledger.take_id('dossier')}",
        kind=MANDATE,
        made_at=at,
        parties=(person.person_id, *holder),
        office=person.region,
        state=STANDING,
        due_at=form.until,
        content=filed(form),
    )
    books.dossiers.put(dossier)
    return given_of(dossier, books, at)


def end_mandate(books: Books, actor: Actor, mandate_id: str, at: datetime) -> Given | Refused:
    """End a mandate: by the person (himself, or at a counter), or by the one who holds it. Guardians are not dismissed.

    To everybody else it is as if there were none.
    """
    dossier = books.dossiers.get(mandate_id)
    none = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="mandate")
    if dossier is None or dossier.kind != MANDATE or not is_standing(dossier, books, at):
        return none
    mandate = opened(dossier, Mandate)
    gives_back = _holds(mandate, replace(actor, acting_for=0))
    by_person = actor.concerned == dossier.parties[0] and (not actor.acting_for or bool(actor.officer))
    if not gives_back and not (by_person and mandate.form in ("helper", "counter")):
        return none
    after = replace(dossier, state=ENDED, due_at=None, content=filed(replace(mandate, ended_at=at, ended_by=actor)))
    books.dossiers.put(after)
    return given_of(after, books, at)


def given_of(dossier: Dossier, books: Books, at: datetime) -> Given:
    """Return a mandate as it stands at a moment."""
    return Given(
        mandate_id=dossier.dossier_id,
        person_id=dossier.parties[0],
        made_at=dossier.made_at,
        state=STANDING if is_standing(dossier, books, at) else ENDED,
        mandate=opened(dossier, Mandate),
    )


# Helpers


def _holds(mandate: Mandate, actor: Actor) -> bool:
    if mandate.holder_id:
        return actor.role == "citizen" and actor.person_id == mandate.holder_id
    return bool(mandate.holder) and actor.officer == mandate.holder
