"""What a patient shows at the counter: whose it is, whether it may still be shown, and what it has been used for.

An e-credential code serves one visit and one settlement of it. Whoever only asks may read with it and leaves no trace.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.refusals import Ground, Refusal, Refused
from gongji.domain.requests import Scope
from gongji.registry.codes import Opened
from gongji.registry.records import CodeUse, Visit
from gongji.rules.grounds import ground
from gongji.rules.policybook import PolicyBook
from gongji.services.store import Books

CODE: Final = "ec_token"
"""The kind of a credential that is an e-credential code; the other kinds are those of the directory."""


class Credential(Struct, frozen=True):
    """What was shown: a paper as the directory has it, or a code.

    `card_sn` is a card's identification code where one was told, `code` what a code says once opened: None for a
    code that we did not mint.
    """

    kind: str
    number: str
    card_sn: str = ""
    code: Opened | None = None


def names(credential: Credential) -> Scope:
    """Return what has to be loaded to judge it."""
    if credential.kind != CODE:
        return Scope(certificates={(credential.kind, credential.number)})
    if credential.code is None:
        return Scope()
    return Scope(people={credential.code.person_id}, codes={credential.code.digest})


def read_by(books: Books, credential: Credential, at: datetime) -> int | Refused:
    """Return whose credential it is, for a caller who only asks, or why nobody can be told by it."""
    if credential.kind == CODE and credential.code is None:
        return Refused(Refusal.NOT_OWN_CREDENTIAL, subject="code_unknown")
    person_id = _holder(books, credential)
    if person_id is None or person_id not in books.registry.people or person_id not in books.registry.identities:
        return Refused(Refusal.PERSON_UNKNOWN, subject="mdtrt_cert_no")
    if not _is_own(books, person_id, credential):
        return Refused(Refusal.NOT_OWN_CREDENTIAL, subject="card_sn")
    if not books.registry.people[person_id].credential_active:
        return Refused(Refusal.CREDENTIAL_NOT_ACTIVE, subject="mdtrt_cert_no")
    use = _use(books, credential)
    return _code_fault(credential, at, use if use is not None and use.spent_by else None) or person_id


def shown(
    books: Books,
    person_id: int,
    credential: Credential,
    at: datetime,
    for_visit: str | None = None,
    *,
    paid: bool = False,
) -> Refused | None:
    """Return why that person cannot be treated with what was shown, or None.

    It must be his own and active. A code must be alive and unspent, and not used for another visit than `for_visit`,
    which is None for a visit that is yet to be made. With `paid` it may have paid that very visit.
    """
    identity = books.registry.identities.get(person_id)
    subject = identity.psn_no if identity is not None else None
    if not _is_own(books, person_id, credential):
        unread = credential.kind == CODE and credential.code is None
        return Refused(Refusal.NOT_OWN_CREDENTIAL, subject="code_unknown" if unread else subject)
    person = books.registry.people.get(person_id)
    if person is not None and not person.credential_active:
        return Refused(Refusal.CREDENTIAL_NOT_ACTIVE, subject=subject)
    use = _use(books, credential)
    over = use is not None and (use.visit_id != for_visit or (bool(use.spent_by) and not paid))
    return _code_fault(credential, at, use if over else None)


def suspended(books: Books, policy: PolicyBook, person_id: int, at: datetime) -> Refused | None:
    """Return SETTLEMENT_SUSPENDED for somebody whose networked settlement is suspended that day, or None."""
    person, day = books.registry.people.get(person_id), at.date()
    if person is None or person.suspended_until is None or day >= person.suspended_until:
        return None
    rules = policy.on(person.region, day)
    resting = ground(rules.rows["own_credential"], day, rules.region, until=person.suspended_until)
    return Refused(Refusal.SETTLEMENT_SUSPENDED, resting)


def tie(books: Books, credential: Credential, visit: Visit, at: datetime) -> None:
    """Note that a code has been used for that visit; papers leave no trace."""
    code = credential.code
    if code is not None and code.digest not in books.registry.codes:
        use = CodeUse(digest=code.digest, book_id=visit.book_id, visit_id=visit.visit_id, used_at=at)
        books.registry.codes.put(code.digest, use)


def spend(books: Books, credential: Credential, visit: Visit, at: datetime, *, request: str) -> None:
    """Note that a code has paid that visit by the request of that id; it serves no more. Papers leave no trace."""
    tie(books, credential, visit, at)
    use = _use(books, credential)
    if use is not None:
        books.registry.codes.put(use.digest, replace(use, spent_by=request))


# Helpers


def _holder(books: Books, credential: Credential) -> int | None:
    if credential.kind == CODE:
        return credential.code.person_id if credential.code is not None else None
    return books.registry.directory.get((credential.kind, credential.number))


def _is_own(books: Books, person_id: int, credential: Credential) -> bool:
    """Tell whether it is that person's; one that nobody is entered under is not, nor a card with another's card_sn."""
    identity = books.registry.identities.get(person_id)
    kept = identity.card_sn if identity is not None else ""
    another_card = credential.card_sn and kept and credential.card_sn != kept
    return _holder(books, credential) == person_id and not another_card


def _use(books: Books, credential: Credential) -> CodeUse | None:
    return books.registry.codes.get(credential.code.digest) if credential.code is not None else None


def _code_fault(credential: Credential, at: datetime, before: CodeUse | None) -> Refused | None:
    """Return CREDENTIAL_NOT_ACTIVE for a code not alive at that moment, or one against which a use `before` stands."""
    code = credential.code
    if code is None:
        return None
    if before is not None:
        figures = (("used_at", f"{before.used_at:%H:%M:%S}"),)
        return Refused(Refusal.CREDENTIAL_NOT_ACTIVE, Ground("", "", "", figures), subject="code_used")
    if not code.minted_at <= at < code.until:
        figures = (("valid_until", f"{code.until:%H:%M:%S}"),)
        return Refused(Refusal.CREDENTIAL_NOT_ACTIVE, Ground("", "", "", figures), subject="code_expired")
    return None
