"""Materials 材料: papers that people hand in, kept as they may be shown; whoever of the staff looks is on record.

A material is a dossier without its content; that lies in another one, so that lists stay short.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from gongji.domain.dossiers import Dossier, filed, opened
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.rules.policybook import PolicyBook
from gongji.services.access.permissions import STAFF_ROLES
from gongji.services.acts import Actor
from gongji.services.families import person_of
from gongji.services.office.looks import Look, fresh_look, record_look
from gongji.services.office.material_checks import Checked, Format
from gongji.services.offices import desk_fault, office_of
from gongji.services.store import Books

MATERIAL: Final = "material"
SCAN: Final = "scan"

Paper = Literal[
    "id_card", "hukou", "birth_certificate", "marriage_certificate", "pledge", "court_paper", "death_certificate",
    "kinship_proof", "authorisation", "invoice", "bank_card", "other",
]  # fmt: skip
"""What a material shows. The first five beside the ID card are those that rules of binding ask for, by their names."""

OF_ONE_MOST: Final = 200
"""So many materials may lie here about one person; more is no application but a flood."""

LOOKING: Final = timedelta(minutes=15)
"""So long may one of the staff see a material after he said why."""


class Material(Struct, frozen=True, kw_only=True):
    """A paper that was handed in: what it shows, format, size in bytes, the SHA-256 of what is kept, and by whom.

    `kept` tells how long: with the matter it belongs to. No document at hand sets a day.
    """

    paper: Paper
    format: Format
    size: int
    sha256: str
    handed_in_by: Actor
    kept: Literal["with_its_matter"] = "with_its_matter"


class Scan(Struct, frozen=True):
    """The content of a material."""

    content: bytes


class HandIn(Struct, frozen=True, kw_only=True):
    """A paper of a person that is handed in, checked already; `sha256` is of what is kept, in hexadecimal digits."""

    at: datetime
    person_id: int
    paper: Paper
    checked: Checked
    sha256: str


class Kept(Struct, frozen=True, kw_only=True):
    """A material on file."""

    material_id: str
    person_id: int
    made_at: datetime
    material: Material


def material_scope(*material_ids: str, person_id: int = 0) -> Scope:
    """Return what has to be loaded for these materials, without their content, and for those of a person."""
    people = {person_id} - {0}
    return Scope(people=people, dossiers=set(material_ids), dossiers_of={(MATERIAL, one) for one in people})


def scan_scope(material_id: str) -> Scope:
    """Return what has to be loaded to show a material."""
    return Scope(dossiers={material_id, _scan_of(material_id)})


def hand_in(books: Books, policy: PolicyBook, actor: Actor, paper: HandIn) -> Kept | Refused:
    """File a paper about the person that the actor acts for."""
    person = person_of(books, paper.person_id)
    if isinstance(person, Refused):
        return person
    if len(books.dossiers.of(MATERIAL, paper.person_id)) >= OF_ONE_MOST:
        return Refused(Refusal.MESSAGE_MALFORMED, subject="materials")
    form = Material(
        paper=paper.paper,
        format=paper.checked.format,
        size=len(paper.checked.content),
        sha256=paper.sha256,
        handed_in_by=actor,
    )
    dossier = Dossier(
        dossier_id=f"{MATERIAL}-{books.ledger.take_id('dossier')}",
        kind=MATERIAL,
        made_at=paper.at,
        parties=(paper.person_id,),
        office=office_of(policy, person, paper.at),
        state="kept",
        content=filed(form),
    )
    books.dossiers.put(dossier)
    scan = Dossier(
        dossier_id=_scan_of(dossier.dossier_id), kind=SCAN, made_at=paper.at, content=filed(Scan(paper.checked.content))
    )
    books.dossiers.put(scan)
    return kept_of(dossier)


def kept_of(dossier: Dossier) -> Kept:
    """Return a dossier of a material in full."""
    return Kept(
        material_id=dossier.dossier_id,
        person_id=dossier.parties[0],
        made_at=dossier.made_at,
        material=opened(dossier, Material),
    )


def papers_of(books: Books, material_ids: tuple[str, ...], person_ids: set[int]) -> frozenset[str] | Refused:
    """Return what these materials show. All have to be about one of these people; else SETTLEMENT_NOT_FOUND."""
    papers = set()
    for material_id in material_ids:
        dossier = books.dossiers.get(material_id)
        if dossier is None or dossier.kind != MATERIAL or not person_ids & set(dossier.parties):
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="material")
        papers.add(opened(dossier, Material).paper)
    return frozenset(papers)


def look_at(books: Books, actor: Actor, material_id: str, reason: str, at: datetime) -> Look | Refused | RequestFault:
    """Record that one of the staff looks at a material, and why; it is open to him for a while."""
    dossier = books.dossiers.get(material_id)
    if dossier is None or dossier.kind != MATERIAL:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="material")
    fault = desk_fault(actor, STAFF_ROLES - {"auditor"}, dossier.office)
    if fault is not None:
        return fault
    return record_look(books, actor, dossier.parties[0], material_id, reason, at)


def shown(books: Books, actor: Actor, material_id: str, at: datetime) -> tuple[Kept, bytes] | Refused | RequestFault:
    """Return a material and its content to the person it is about, who acts for him, or who looked at it by record.

    To everybody else it is as if there were none. The scope names the looks of the person, for the staff.
    """
    dossier, scan = books.dossiers.get(material_id), books.dossiers.get(_scan_of(material_id))
    none = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="material")
    if dossier is None or dossier.kind != MATERIAL or scan is None:
        return none
    whose = dossier.parties[0]
    if actor.officer and not actor.acting_for:
        looked = fresh_look(books, actor, whose, material_id, at - LOOKING)
        return (kept_of(dossier), opened(scan, Scan).content) if looked else RequestFault.NOT_YOUR_TASK
    return (kept_of(dossier), opened(scan, Scan).content) if actor.concerned == whose else none


# Helpers


def _scan_of(material_id: str) -> str:
    return f"{SCAN}-{material_id.removeprefix(f'{MATERIAL}-')}"
