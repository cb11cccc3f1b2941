"""Consents 同意: what each side of a bond agreed to, in which words, by whom, through which channel; and until when."""

from datetime import datetime
from typing import Final, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.family import Mode
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.services.acts import Actor
from gongji.services.families import is_over
from gongji.services.family.consent_texts import ConsentText, TextId, consent_text
from gongji.services.store import Books

CONSENT: Final = "consent"
GIVEN: Final = "given"
WITHDRAWN: Final = "withdrawn"

Lasts = Literal["once", "day", "cancelled"]
"""一次, 到某天, 一直到我取消: for one payment, until a day, until it is taken back."""


class Signature(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a promise was signed: by the name typed, or by a picture of which the SHA-256 is kept (hexadecimal)."""

    kind: Literal["typed_name", "image"]
    value: str


class Agreed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says he agreed to: a text of the catalogue, in the language he read it in, and his signature."""

    version: int
    language: Language
    signature: Signature


class Terms(Struct, frozen=True, kw_only=True):
    """What may be paid over a bond: for which uses, up to what, for how long."""

    modes: tuple[Mode, ...]
    lasts: Lasts
    until: datetime | None = None
    cap_fen: int | None = None
    quota_fen: int | None = None
    pot_fen: int | None = None


class Consent(Struct, frozen=True, kw_only=True):
    """A consent on record, of the sharer (to pay) or the member (to be paid for): the terms, and the very words.

    `details` is the member's: may the one who pays see medicines. `changes` tell when and by whom it was changed.
    """

    bond_id: int
    side: Literal["sharer", "member"]
    terms: Terms
    text: ConsentText
    sha256: str
    signature: Signature
    actor: Actor
    details: bool = False
    changes: list["Change"] = field(default_factory=list)


class Change(Struct, frozen=True, kw_only=True):
    """A change of a consent: `no_details` or `withdrawn`, when, and by whom; None for nobody."""

    what: str
    at: datetime
    actor: Actor | None


def consent_scope(*people: int) -> Scope:
    """Return what has to be loaded to know what these people agreed to."""
    return Scope(people=set(people), dossiers_of={(CONSENT, person_id) for person_id in people})


def signer(actor: Actor) -> int:
    """Return who signs: the one who acts, for another too; at a counter the one it is done for."""
    return actor.person_id or actor.concerned


def words_of(books: Books, person_id: int, text_id: TextId, agreed: Agreed) -> ConsentText | Refused:
    """Return the text that a person agreed to, or why that is no agreement: no such text, or not his signature."""
    text = consent_text(text_id, agreed.version, agreed.language)
    if text is None:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="agreed/version")
    signature = agreed.signature
    if signature.kind == "image":
        well_formed = len(signature.value) == _SHA256_LENGTH and not set(signature.value) - set("0123456789abcdef")
        return text if well_formed else Refused(Refusal.MESSAGE_MALFORMED, subject="agreed/signature/value")
    identity = books.registry.identities.get(person_id)
    if identity is None or identity.name != signature.value.strip():
        return Refused(Refusal.IDENTITY_MISMATCH, subject="agreed/signature/value")
    return text


def give(books: Books, consent: Consent, parties: tuple[int, int], at: datetime) -> str:
    """File a consent; `parties` are the one who gives it and the other. Return its id."""
    dossier_id = f"{CONSENT}-{books.ledger.take_id('dossier')}"
    books.dossiers.put(
        Dossier(
            dossier_id=dossier_id,
            kind=CONSENT,
            made_at=at,
            parties=parties,
            state=GIVEN,
            due_at=None,
            content=filed(consent),
        )
    )
    return dossier_id


def consents_of(books: Books, bond_id: int, person_id: int) -> list[tuple[Dossier, Consent]]:
    """Return what was agreed about a bond, as far as it concerns that person, oldest first."""
    several = [(dossier, opened(dossier, Consent)) for dossier in books.dossiers.of(CONSENT, person_id)]
    return [(dossier, consent) for dossier, consent in several if consent.bond_id == bond_id]


def withdraw(books: Books, bond_id: int, person_id: int, at: datetime, actor: Actor | None) -> None:
    """Let every consent about a bond end with it; `actor` is None where nobody ended it but a day or a death."""
    for dossier, consent in consents_of(books, bond_id, person_id):
        if dossier.state == GIVEN:
            _change(books, dossier, consent, Change(what=WITHDRAWN, at=at, actor=actor), WITHDRAWN)


def set_details(
    books: Books, actor: Actor, bond_id: int, at: datetime, *, details: bool, agreed: Agreed | None
) -> Consent | Refused:
    """Let the member say whether the one who pays may see medicines; saying yes wants the text and a signature."""
    bond = books.registry.bonds.get(bond_id)
    if bond is None or bond.member_id != actor.concerned or bond.ended_at is not None:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")
    if details:
        if agreed is None:
            return Refused(Refusal.MESSAGE_MALFORMED, subject="agreed")
        text = words_of(books, signer(actor), "details", agreed)
        if isinstance(text, Refused):
            return text
        terms = Terms(modes=bond.modes, lasts="cancelled")
        fresh = Consent(
            bond_id=bond_id,
            side="member",
            terms=terms,
            text=text,
            sha256=text.sha256,
            signature=agreed.signature,
            actor=actor,
            details=True,
        )
        give(books, fresh, (bond.member_id, bond.sharer_id), at)
        return fresh
    last: Consent | Refused = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="consent")
    for dossier, consent in consents_of(books, bond_id, bond.member_id):
        if consent.details and dossier.state == GIVEN:
            what = Change(what="no_details", at=at, actor=actor)
            state = WITHDRAWN if consent.text.id == "details" else GIVEN
            last = _change(books, dossier, replace(consent, details=False), what, state)
    return last


def standing(dossier: Dossier, consent: Consent, books: Books, at: datetime) -> str:
    """Return where a consent stands at a moment: it ends with its bond, noted or not."""
    bond = books.registry.bonds.get(consent.bond_id)
    return WITHDRAWN if bond is None or is_over(bond, at) else dossier.state


def may_see_details(books: Books, sharer_id: int, member_id: int) -> bool:
    """Tell whether the member lets that sharer see the medicines on bills he paid for."""
    living = {bond.bond_id for bond in books.registry.bonds_of_sharer(sharer_id) if bond.ended_at is None}
    several = [
        opened(dossier, Consent)
        for dossier in books.dossiers.of(CONSENT, member_id)
        if dossier.state == GIVEN and dossier.parties == (member_id, sharer_id)
    ]
    return any(consent.details and consent.bond_id in living for consent in several)


# Helpers

_SHA256_LENGTH: Final = 64


def _change(books: Books, dossier: Dossier, consent: Consent, change: Change, state: str) -> Consent:
    after = replace(consent, changes=[*consent.changes, change])
    books.dossiers.put(replace(dossier, state=state, content=filed(after)))
    return after
