"""What an institution may ask about a person: his visits there, whether he lies there, what he enjoys and has used.

Nothing is written. Visits and stays are told to the institution that has them, and to no other.
"""

from datetime import date, datetime, time

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.bill import Place
from gongji.domain.bill import Visit as VisitKind
from gongji.domain.codes import insutype
from gongji.domain.insured import Insurance, Insured
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.domain.requests import Scope
from gongji.ledger.records import Settlement
from gongji.registry.records import Identity, Institution, Visit
from gongji.rules.benefits import Care, find_schedule
from gongji.rules.policybook import PolicyBook, RegionDay
from gongji.rules.schema import Schedule
from gongji.rules.settling import Bill, patient_faults
from gongji.services.calendar import bring_up_to
from gongji.services.families import account_year
from gongji.services.store import Books, Store
from gongji.services.visits.visits import person_behind, place_of

R = Refusal


class Guest(Struct, frozen=True):
    """A person at an institution, with some visits of his."""

    person: Insured
    identity: Identity
    visits: tuple[Visit, ...] = ()


class Benefit(Struct, frozen=True):
    """Whether a fund pays: "basic", "account" or the name of a further layer; `barred` is why it does not.

    `known` is false where the book does not say what it pays.
    """

    fund: str
    barred: Refusal | None = None
    known: bool = True


class Checked(Struct, frozen=True, kw_only=True):
    """What a benefit check is about: `insutype` and the place as the caller names them, on the day of `at`."""

    psn_no: str
    insutype: str
    place: str
    kind: VisitKind
    at: datetime


class YearUse(Struct, frozen=True):
    """The settlements of one person that stand and count in one medical year, which begins on `year_start`."""

    insutype: str
    year_start: date
    settlements: tuple[Settlement, ...]


def guest_of(books: Books, psn_no: str) -> Guest | Refused:
    """Return the person of that number, or PERSON_UNKNOWN."""
    person_id = person_behind(books, psn_no)
    if isinstance(person_id, Refused):
        return person_id
    return Guest(books.registry.people[person_id], books.registry.identities[person_id])


def find_visits(store: Store, psn_no: str, institution: str, since: datetime, until: datetime) -> Guest | Refused:
    """Return a person's visits at an institution that began in [since, until), in order of time."""
    guest = _known(store, psn_no)
    if isinstance(guest, Refused):
        return guest
    visits = store.visits_of(guest.person.person_id, since=since, until=until)
    return Guest(guest.person, guest.identity, tuple(visit for visit in visits if visit.institution == institution))


def find_stay(books: Books, psn_no: str, institution: str, since: datetime, until: datetime) -> Guest | Refused:
    """Return a person's hospital stay at an institution that goes on and began in [since, until), if there is one."""
    guest = guest_of(books, psn_no)
    if isinstance(guest, Refused):
        return guest
    stays = tuple(
        visit
        for visit in books.registry.visits
        if visit.book_id == guest.person.person_id
        and visit.institution == institution
        and visit.in_hospital
        and not visit.cancelled
        and since <= visit.begun_at < until
    )
    return Guest(guest.person, guest.identity, stays)


def benefits_of(books: Books, policy: PolicyBook, checked: Checked) -> list[Benefit] | Refused:
    """Return which funds of that insurance pay for such care: the basic one, a further layer, the personal account."""
    person_id = person_behind(books, checked.psn_no)
    if isinstance(person_id, Refused):
        return person_id
    bring_up_to(books, policy, [person_id], checked.at)
    patient = books.registry.people[person_id]
    if patient.insured is Insurance.NONE or insutype(patient) != checked.insutype:
        return [Benefit("basic", R.MEMBER_NOT_INSURED)]
    rules = policy.on(patient.region, checked.at.date())
    place = place_of(books, checked.place)
    if isinstance(place, Institution) and place.kind == "pharmacy":
        checked = replace(checked, kind=VisitKind.DRUGSTORE)
    schedule = None if isinstance(place, Refused) else _schedule(patient, checked, place, rules)
    barred = _barred(patient, checked, place, rules)
    found = [Benefit("basic", barred, schedule is not None)]
    if schedule is not None and (schedule.above_bp is not None or schedule.burden_above_fen is not None):
        found.append(Benefit(schedule.layer, barred))
    if patient.insured is Insurance.EMPLOYEE:
        found.append(Benefit("account", barred if patient.account else barred or R.SHARER_HAS_NO_ACCOUNT))
    return found


def year_use(store: Store, policy: PolicyBook, psn_no: str, day: date, until: datetime) -> YearUse | Refused:
    """Return what a person has settled before `until` in the medical year of `day`, refunded settlements left out."""
    guest = _known(store, psn_no)
    if isinstance(guest, Refused):
        return guest
    person = guest.person
    begins = account_year(policy, person.region, day)
    settlements = store.settlements_of(person.person_id, since=datetime.combine(begins, time(0)), until=until)
    counted = tuple(one for one in settlements if one.year_start == begins and not one.reversed)
    return YearUse(insutype(person), begins, counted)


def designated(books: Books, *, pharmacy: bool, name: str, code: str) -> list[Institution]:
    """Return the designated institutions of a kind by code; `name` is a part of the name, "" for all."""
    return [
        place
        for _, place in sorted(books.registry.institutions.items())
        if place.designated
        and (place.kind == "pharmacy") is pharmacy
        and name in place.name
        and code in ("", place.code)
    ]


# Helpers


def _known(store: Store, psn_no: str) -> Guest | Refused:
    return store.read(Scope(certificates={("psn_no", psn_no)}), lambda books: guest_of(books, psn_no))


def _schedule(patient: Insured, checked: Checked, place: Institution, rules: RegionDay) -> Schedule | None:
    row = rules.rows["inpatient_benefits" if checked.kind is VisitKind.INPATIENT else "outpatient_benefits"]
    if row.value is None:
        return None
    care = Care(visited_on=checked.at.date(), visit=checked.kind, level=place.level)
    return find_schedule(row.value.schedules, patient, care)


def _barred(patient: Insured, checked: Checked, place: Institution | Refused, rules: RegionDay) -> Refusal | None:
    """Return why nothing at all would be paid there on that day, or None."""
    bill = Bill(
        at=checked.at,
        visited_on=checked.at.date(),
        place=Place.HOSPITAL if isinstance(place, Refused) else Place(place.kind),
        visit=checked.kind,
        designated=not isinstance(place, Refused),
    )
    faults = patient_faults(bill, patient, rules)
    return first_of(faults).reason if faults else None
