"""Signing in: from what a real-name provider proved to the person, or the member of staff, whom the books know."""

from datetime import datetime
from typing import Final, Protocol

from msgspec import Struct

from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.access.permissions import CITIZEN
from gongji.services.access.registers import Registers
from gongji.services.access.sessions import Who
from gongji.services.access.staff import at_work, staff_scope
from gongji.services.store import Books

FACES: Final = ("", "passed", "failed_twice", "under_16", "helper")
"""The outcomes of a face check with which somebody may go on; "" where none was asked for."""


class ProviderError(Exception):
    """The provider cannot be asked, or what it said cannot be believed: nobody has signed in."""


class Proven(Struct, frozen=True, kw_only=True):
    """What a provider proved: a paper with its name, or with `staff_no` a member of a bureau's staff.

    `cert_type` is a code of psn_cert_type. `acr` and `amr` are as in OpenID Connect, `face` one of FACES.
    `proved_at` is when it was proved, None where that is not known.
    """

    cert_type: str
    certno: str
    name: str
    phone: str = ""
    staff_no: str = ""
    acr: str = ""
    amr: tuple[str, ...] = ()
    face: str = ""
    proved_at: datetime | None = None
    sandbox: bool = False


class Knock(Struct, frozen=True, kw_only=True):
    """A sign-in under way: what ties the provider's answer to the browser that asked.

    With `anew` nobody is taken for signed in at the provider, either.
    """

    state: str
    nonce: str
    verifier: str
    back: str
    anew: bool = False


class Provider(Protocol):
    """A real-name identity provider, spoken to by OpenID Connect. To be called away from the event loop."""

    def address(self, knock: Knock) -> str:
        """Return where to send the browser. Raise ProviderError."""
        ...

    def proven(self, knock: Knock, code: str, at: datetime) -> Proven:
        """Return what the provider proved to who came back with that code. Raise ProviderError."""
        ...


class Authorities(Struct, frozen=True, kw_only=True):
    """Whom the house asks about people: a provider, None where there is none, and registers."""

    provider: Provider | None
    registers: Registers


def sign_in_names(proven: Proven) -> Scope:
    """Return what has to be loaded to find who signed in."""
    if proven.staff_no:
        return staff_scope(proven.staff_no)
    return Scope(certificates={("certno", proven.certno)})


def who_is(books: Books, proven: Proven) -> Who | Refused:
    """Return who signed in.

    PERSON_UNKNOWN where nobody who lives is entered under the paper, or no such member of staff is at work;
    IDENTITY_MISMATCH where name or type of the paper are others than those entered.
    """
    if proven.staff_no:
        return _member(books, proven)
    person_id = books.registry.directory.get(("certno", proven.certno))
    identity = books.registry.identities.get(person_id) if person_id is not None else None
    person = books.registry.people.get(person_id) if person_id is not None else None
    if person_id is None or identity is None or person is None or not person.alive:
        return Refused(Refusal.PERSON_UNKNOWN, subject="certno")
    if identity.name != proven.name or identity.cert_type != proven.cert_type:
        return Refused(Refusal.IDENTITY_MISMATCH, subject="name" if identity.name != proven.name else "cert_type")
    return Who(
        role=CITIZEN,
        person_id=person_id,
        acr=proven.acr,
        amr=proven.amr,
        face=proven.face,
        proved_at=proven.proved_at,
        sandbox=proven.sandbox,
    )


def who_scope(who: Who) -> Scope:
    """Return what has to be loaded to tell whether somebody is still who he was when he signed in."""
    scope = staff_scope(who.staff_no)
    if who.person_id:
        scope.people.add(who.person_id)
    return scope


def still_there(books: Books, who: Who) -> bool:
    """Tell whether somebody is still who he was when he signed in: a person who lives; staff in that role and office.

    A system always is.
    """
    if who.staff_no:
        member = at_work(books, who.staff_no)
        return member is not None and (member.role, member.office) == (who.role, who.office)
    person = books.registry.people.get(who.person_id)
    return not who.person_id or (person is not None and person.alive)


# Helpers


def _member(books: Books, proven: Proven) -> Who | Refused:
    member = at_work(books, proven.staff_no)
    if member is None:
        return Refused(Refusal.PERSON_UNKNOWN, subject="staff_no")
    if member.name != proven.name:
        return Refused(Refusal.IDENTITY_MISMATCH, subject="name")
    return Who(
        role=member.role,
        staff_no=member.staff_no,
        clerk=member.name,
        office=member.office,
        acr=proven.acr,
        amr=proven.amr,
        face=proven.face,
        proved_at=proven.proved_at,
        sandbox=proven.sandbox,
    )
