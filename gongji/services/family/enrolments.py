"""Enrolment 参保登记: a person enters the register with papers and insurance; names and cards change; and time passes.

What is learnt late is true since the day told (`since`): what was known before stays on record beside it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.insured import Insurance, Insured, Sex, Status, Work
from gongji.domain.refusals import Refusal, Refused, first_of
from gongji.domain.requests import RequestKey, Scope, content_digest
from gongji.ledger.records import AccountYear
from gongji.registry.certificates import PsnNo, birthday, is_number, sex_code
from gongji.registry.directory import Paper, papers
from gongji.registry.records import Identity
from gongji.rules.policybook import EPOCH, NATION, PolicyBook
from gongji.services.batching import Job
from gongji.services.calendar import bring_up_to
from gongji.services.families import account_year, person_of
from gongji.services.family import lives
from gongji.services.outcomes import Done
from gongji.services.requests import once
from gongji.services.runs import Came, told
from gongji.services.store import Books

FIRST_ENROLLED: Final = 1_000_000_000
"""Whoever is enrolled has a number above this one; those below were put in by hand, as samples and benches are."""

PEOPLE: Final = "people"
"""The first answer to each person who is enrolled from a file is kept under this name and his number."""

_SEXES: Final = {"1": Sex.MALE, "2": Sex.FEMALE}


class EnrolRequest(Struct, frozen=True, kw_only=True):
    """A person to be enrolled. Codes as in the national tables: `cert_type` psn_cert_type, `sex` gend, `nation` naty.

    `born` and `sex` may be left out where the number of the papers tells them. `account` is whether the insurance has
    a personal account (None: an employee's has one). `since` is the day from which it is true, None for today.
    """

    at: datetime
    psn_no: PsnNo
    name: str
    cert_type: str
    certno: str
    region: str
    insured: Insurance
    born: date | None = None
    sex: str = ""
    card_no: str = ""
    card_sn: str = ""
    nation: str = "01"
    employer: str = ""
    status: Status = Status.ACTIVE
    work: Work = Work.IN_SERVICE
    retired_on: date | None = None
    account: bool | None = None
    tier: str | None = None
    enrolled_months: int = 0
    since: date | None = None


class InsureRequest(Struct, frozen=True, kw_only=True):
    """A change of somebody's insurance in its place; what is None stays as it is. `since` as at enrolment."""

    at: datetime
    person_id: int
    insured: Insurance | None = None
    work: Work | None = None
    retired_on: date | None = None
    account: bool | None = None
    tier: str | None = None
    since: date | None = None


def scope_of(request: EnrolRequest) -> Scope:
    """Return what enrolling may touch: whoever holds one of the papers already."""
    return Scope(certificates=papers(_identity(0, request)))


def enrol(books: Books, policy: PolicyBook, request: EnrolRequest) -> Done | Refused:
    """Enter a person with papers, insurance and an empty account; his number is in the answer.

    Who holds papers with that number already is DUPLICATE_INSURANCE: he changes or moves his insurance instead. A
    number or card that somebody else holds is IDENTITY_MISMATCH.
    """
    faults = _faults(request, policy)
    if faults:
        return first_of(faults)
    held = _held(books, _identity(0, request))
    if held is not None:
        return held
    person_id = FIRST_ENROLLED + books.ledger.take_id("person")
    books.registry.identities.put(person_id, _identity(person_id, request))
    books.registry.people.put(person_id, _insured(person_id, request))
    books.true_from.put(person_id, request.since or request.at.date())
    books.ledger.years.put(person_id, AccountYear(account_year(policy, request.region, request.at.date())))
    return Done(person_id=person_id)


def enrol_job(policy: PolicyBook, request: EnrolRequest, content: Mapping[str, str]) -> Job:
    """Return the job that enrols a person unless that was done; `content` is what was told of him, as it was told.

    The same number told with other content is refused.
    """
    key = RequestKey(PEOPLE, request.psn_no, EPOCH)

    def work(books: Books) -> bytes:
        known = key in books.ledger.answers
        answer = once(books, key, PEOPLE, content_digest(content), lambda: enrol(books, policy, request))
        return told(Came(refused=answer) if isinstance(answer, Refused) else Came(known=known))

    scope = scope_of(request)
    scope.requests.add(key)
    return Job(scope, work)


def insure(books: Books, policy: PolicyBook, request: InsureRequest) -> Done | Refused:
    """Change an insurance where it is: its kind, 在职 to 退休, its tier, whether it has an account."""
    told = {name: value for name in _CHANGES if (value := getattr(request, name)) is not None}

    def change() -> Done | Refused:
        bring_up_to(books, policy, [request.person_id], request.at)
        person = person_of(books, request.person_id)
        if isinstance(person, Refused):
            return person
        if not person.alive:
            return Refused(Refusal.PERSON_UNKNOWN, subject="person")
        books.registry.people.put(request.person_id, replace(person, **told))
        return Done()

    return _since(books, request.person_id, request.at, request.since, change)


def resume(
    books: Books, policy: PolicyBook, person_id: int, at: datetime, *, since: date | None = None
) -> Done | Refused:
    """Let an insurance that was suspended for arrears, or had ended, be active again. A violation's day stands."""

    def change() -> Done | Refused:
        bring_up_to(books, policy, [person_id], at)
        person = person_of(books, person_id)
        if isinstance(person, Refused):
            return person
        if not person.alive:
            return Refused(Refusal.PERSON_UNKNOWN, subject="person")
        books.registry.people.put(person_id, replace(person, status=Status.ACTIVE, arrears_until=None))
        return Done()

    return _since(books, person_id, at, since, change)


def suspend(
    books: Books,
    policy: PolicyBook,
    person_id: int,
    at: datetime,
    *,
    reason: str,
    until: date | None,
    since: date | None = None,
) -> Done | Refused:
    """Suspend as `lives.suspend` does; an insurance in arrears is so `since` a day."""
    return _since(
        books, person_id, at, since, lambda: lives.suspend(books, policy, person_id, at, reason=reason, until=until)
    )


def end(books: Books, policy: PolicyBook, person_id: int, at: datetime, *, since: date | None = None) -> Done | Refused:
    """End the insurance as `lives.end_insurance` does, `since` a day."""
    return _since(books, person_id, at, since, lambda: lives.end_insurance(books, policy, person_id, at))


def move(
    books: Books, policy: PolicyBook, person_id: int, at: datetime, region: str, *, since: date | None = None
) -> Done | Refused:
    """Move the insurance as `lives.move_region` does, `since` a day."""
    if not _is_place(policy, region):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="region")
    return _since(books, person_id, at, since, lambda: lives.move_region(books, policy, person_id, at, region))


def correct_name(books: Books, person_id: int, name: str) -> Done | Refused:
    """Write a person's name anew; papers and everything else stay."""
    identity = books.registry.identities.get(person_id)
    if identity is None:
        return Refused(Refusal.PERSON_UNKNOWN, subject=str(person_id))
    if not _is_name(name):
        return Refused(Refusal.MESSAGE_MALFORMED, subject="name")
    books.registry.identities.put(person_id, replace(identity, name=name))
    return Done(person_id=person_id)


def add_card(books: Books, person_id: int, card_no: str, card_sn: str) -> Done | Refused:
    """Give a person a card, in the place of one that he had. The scope names ("card_no", card_no)."""
    identity = books.registry.identities.get(person_id)
    if identity is None:
        return Refused(Refusal.PERSON_UNKNOWN, subject=str(person_id))
    if not 0 < len(card_no) <= _CARD_LONGEST:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="card_no")
    if _taken(books, {("card_no", card_no)}, person_id):
        return Refused(Refusal.IDENTITY_MISMATCH, subject="card_no")
    books.registry.identities.put(person_id, replace(identity, card_no=card_no, card_sn=card_sn))
    return Done(person_id=person_id)


# Helpers

_CHANGES: Final = ("insured", "work", "retired_on", "account", "tier")
_TYPE: Final = re.compile(r"[0-9]{2}")
_REGION: Final = re.compile(r"[0-9]{6}")
_NAME_LONGEST: Final = 50
_CARD_LONGEST: Final = 50
_LENGTHS: Final = {"psn_no": 30, "card_no": _CARD_LONGEST, "card_sn": 32, "nation": 3, "employer": 200}
"""Lengths of the national tables (card_sn, emp_name: as long as any table has them)."""


def _faults(request: EnrolRequest, policy: PolicyBook) -> list[Refused]:
    """Return what is wrong with a request by itself, before anybody is looked for."""
    sound = is_number(request.cert_type, request.certno)
    born = request.born or (birthday(request.cert_type, request.certno) if sound else None)
    today = request.at.date()
    in_order = {
        "psn_no": bool(request.psn_no),
        "name": _is_name(request.name),
        "cert_type": bool(_TYPE.fullmatch(request.cert_type)),
        "certno": sound,
        "sex": request.sex in {"", "1", "2", "9"},
        "born": born <= today if born is not None else not sound,  # without a number it is not known what it tells
        "region": _is_place(policy, request.region),
        "account": not request.account or request.insured is Insurance.EMPLOYEE,
        "enrolled_months": request.enrolled_months >= 0,
        "since": request.since is None or EPOCH <= request.since <= today,
    }
    wrong = [name for name, well in in_order.items() if not well]
    wrong += [name for name, most in _LENGTHS.items() if not _fits(getattr(request, name), most)]
    faults = [Refused(Refusal.MESSAGE_MALFORMED, subject=name) for name in wrong]
    return faults + (_unlike_its_number(request) if sound else [])


def _unlike_its_number(request: EnrolRequest) -> list[Refused]:
    """Return where birth and sex as told disagree with the number of the papers."""
    born, sex = birthday(request.cert_type, request.certno), sex_code(request.cert_type, request.certno)
    unlike = []
    if None not in (born, request.born) and born != request.born:
        unlike.append("born")
    if sex is not None and request.sex in _SEXES and sex != request.sex:
        unlike.append("sex")
    return [Refused(Refusal.IDENTITY_MISMATCH, subject=name) for name in unlike]


def _held(books: Books, fresh: Identity) -> Refused | None:
    """Return why papers cannot be entered: the person is there, or another holds one of them."""
    taken = _taken(books, papers(fresh), fresh.person_id)
    if "certno" in taken:
        return Refused(Refusal.DUPLICATE_INSURANCE, subject="certno")
    return Refused(Refusal.IDENTITY_MISMATCH, subject=taken[0]) if taken else None


def _taken(books: Books, wanted: set[Paper], person_id: int) -> list[str]:
    """Return the kinds of the papers that another than that person holds, by the directory or by this batch."""
    registry = books.registry
    written = registry.identities.dirty
    nobody = {None, person_id, *written}
    taken = {kind for kind, number in wanted if registry.directory.get((kind, number)) not in nobody}
    for other in written:
        if other != person_id:
            identity = registry.identities[other]
            taken |= {kind for kind, number in wanted if getattr(identity, kind) == number}
    return sorted(taken)


def _identity(person_id: int, request: EnrolRequest) -> Identity:
    return Identity(
        person_id=person_id,
        psn_no=request.psn_no,
        name=request.name,
        cert_type=request.cert_type,
        certno=request.certno,
        card_no=request.card_no,
        card_sn=request.card_sn,
        sex=request.sex or sex_code(request.cert_type, request.certno) or "9",
        nation=request.nation,
        employer=request.employer,
    )


def _insured(person_id: int, request: EnrolRequest) -> Insured:
    usual = request.insured is Insurance.EMPLOYEE
    return Insured(
        person_id=person_id,
        insured=request.insured,
        region=request.region,
        status=request.status,
        work=request.work,
        retired_on=request.retired_on,
        born=request.born or birthday(request.cert_type, request.certno) or request.at.date(),
        sex=_SEXES.get(request.sex or sex_code(request.cert_type, request.certno) or ""),
        account=usual if request.account is None else request.account,
        tier=request.tier,
        enrolled_months=request.enrolled_months,
    )


def _fits(text: str, most: int) -> bool:
    return len(text) <= most and (not text or text.isprintable())


def _is_name(name: str) -> bool:
    return 0 < len(name) <= _NAME_LONGEST and name.isprintable() and name == name.strip()


def _is_place(policy: PolicyBook, region: str) -> bool:
    """Tell whether it is a code of six digits in a province that the book knows."""
    return bool(_REGION.fullmatch(region)) and policy.chain(region) != (NATION,)


def _since(
    books: Books, person_id: int, at: datetime, since: date | None, change: Callable[[], Done | Refused]
) -> Done | Refused:
    """Make a change that is true since a day, today where none is told; no change is true before it comes."""
    if since is not None and not EPOCH <= since <= at.date():
        return Refused(Refusal.MESSAGE_MALFORMED, subject="since")
    done = change()
    if isinstance(done, Done) and since is not None:
        books.true_from.put(person_id, since)
    return done
