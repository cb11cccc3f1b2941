"""Presences 窗口核身: a clerk acts for one who stands before him, and what shows, besides his word, who that is.

What moves money, or forms or ends a bond, wants a check that is fresh: a code of the person's, read and used up by it,
or a paper of his that this clerk has just taken in. In a sandbox, where nobody is anybody, the clerk's word is one.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from msgspec import Struct

from gongji.domain.dossiers import opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.registry.records import CodeUse
from gongji.services.acts import Actor
from gongji.services.families import person_of
from gongji.services.office.mandates import (
    CHECK_FRESH,
    COUNTER_MAY,
    MANDATE,
    Check,
    Given,
    How,
    Mandate,
    is_checked,
    mandate_scope,
    put_mandate,
)
from gongji.services.office.materials import MATERIAL, Material
from gongji.services.store import Books
from gongji.services.visits.credentials import Credential, names, shown

IDENTITY_PAPERS: Final = frozenset({"id_card", "hukou"})
"""The papers that show who somebody is; a child may have no card yet."""

CHECKED: Final[Mapping[str, str]] = {
    "proposeBond": "the sharer's account pays from then on",
    "answerInvitation": "a yes forms a bond",
    "endBond": "a bond ends",
    "reportDivorce": "bonds end, both ways",
    "setCap": "more of the sharer's money may be used",
    "setQuota": "the sharer's money is frozen or freed",
    "openWallet": "money can be sent from it",
    "changeWalletRegion": "the wallet pays elsewhere",
    "closeWallet": "what lies in it goes to the account",
    "sendTransfer": "money moves",
    "acceptTransfer": "money moves",
    "declineTransfer": "money goes back",
    "recallTransfer": "money goes back",
    "payPremium": "money moves",
    "claimInheritance": "money of the dead is asked for",
    "giveMandate": "somebody else may do all that from then on",
}
"""What a clerk does for one who stands before him only with a fresh check, by operation, and why."""


class Standing(Struct, frozen=True, kw_only=True):
    """Who stands at a counter, how the clerk made sure, and why; the code he showed, or the paper taken in from him."""

    at: datetime
    person_id: int
    how: How
    reason: str
    code: Credential | None = None
    material: str = ""

    @property
    def scope(self) -> Scope:
        """Return what has to be loaded."""
        scope = mandate_scope(self.person_id)
        scope.merge(names(self.code) if self.code is not None else Scope())
        scope.dossiers |= {self.material} - {""}
        return scope


def stand_before(books: Books, actor: Actor, asked: Standing) -> Given | Refused | RequestFault:
    """Let a clerk act for a person who stands before him, wherever that person is insured, until the day is over."""
    if not actor.officer or actor.role != "clerk":
        return RequestFault.NOT_YOUR_TASK
    person = person_of(books, asked.person_id)
    if isinstance(person, Refused):
        return person
    if not 2 <= len(asked.reason.strip()) <= 200:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="reason")
    check = _check(books, actor, asked)
    if isinstance(check, Refused):
        return check
    form = Mandate(
        form="counter",
        operations=tuple(sorted(COUNTER_MAY)),
        given_by=actor,
        holder=actor.officer,
        until=datetime.combine(asked.at.date() + timedelta(days=1), time()),
        how=asked.how,
        reason=asked.reason.strip(),
        check=check,
    )
    given = put_mandate(books, form, person, asked.at)
    if asked.code is not None and asked.code.code is not None:
        used_by = given.mandate_id
        use = CodeUse(
            digest=asked.code.code.digest,
            book_id=asked.person_id,
            visit_id=used_by,
            used_at=asked.at,
            spent_by=used_by,
        )
        books.registry.codes.put(use.digest, use)
    return given


def unchecked(books: Books, actor: Actor, operation: str, at: datetime) -> RequestFault | None:
    """Return PROOF_TOO_OLD for what a clerk may not do on his word alone, or None; his mandate is loaded."""
    if operation not in CHECKED or not actor.officer or not actor.acting_for:
        return None
    dossier = books.dossiers.get(actor.mandate)
    if dossier is not None and dossier.kind == MANDATE and is_checked(opened(dossier, Mandate), at):
        return None
    return RequestFault.PROOF_TOO_OLD


# Helpers


def _check(books: Books, actor: Actor, asked: Standing) -> Check | Refused | None:
    """Return what shows who stands there, None where nothing does, or why what was named does not show it."""
    if asked.code is not None:
        fault = shown(books, asked.person_id, asked.code, asked.at)
        if fault is not None or asked.code.code is None:
            return fault or Refused(Refusal.NOT_OWN_CREDENTIAL, subject="code_unknown")
        return Check(what="code", named=asked.code.code.digest.hex(), at=asked.at)
    if asked.material:
        dossier = books.dossiers.get(asked.material)
        if dossier is None or dossier.kind != MATERIAL or asked.person_id not in dossier.parties:
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="material")
        paper = opened(dossier, Material)
        taken_in = paper.handed_in_by.officer == actor.officer and dossier.made_at > asked.at - CHECK_FRESH
        if paper.paper not in IDENTITY_PAPERS or not taken_in:
            return Refused(Refusal.PROOF_MISSING, subject="material")
        return Check(what="material", named=asked.material, at=dossier.made_at)
    return Check(what="sandbox", named="", at=asked.at) if actor.sandbox else None
