"""A visit before it is paid for: registered, described, its fee lines uploaded and taken off again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.bill import KIND_AT_PLACE, FeeKind, Place
from gongji.domain.refusals import Ground, Refusal, Refused
from gongji.registry.catalogue import SplitLine
from gongji.registry.records import Institution, UploadedLine, Visit
from gongji.services.store import Books
from gongji.services.visits.credentials import Credential, shown, tie

LONGEST_GAP: Final = timedelta(days=366)
"""Benefits follow the visit, drawing follows the settlement: the two lie at most one year apart."""

CLOCKS_APART: Final = timedelta(days=1)
"""How far ahead of us the hospital's clock may be; later than that nothing has happened yet."""

PLACE_OF: Final = {place.value: place for place in Place}
"""Kinds of places as the register has them; to ask the class takes longer."""

ALL_BATCHES: Final = "0000"
_HALF_FEN: Final = Decimal("0.005")


class Claim(Struct, frozen=True):
    """The names by which a caller means a visit, and whether it is a hospital stay (None: either); all must agree."""

    visit_id: str
    psn_no: str
    institution: str
    stay: bool | None = False


class Registration(Struct, frozen=True, kw_only=True):
    """What a visit is registered with, and by which credential.

    `told` is what else was told of it, by the names of the national tables.
    """

    psn_no: str
    credential: Credential
    institution: str
    reference: str
    begun_at: datetime
    insutype: str
    at: datetime
    med_type: str = ""
    told: dict[str, str] = {}


class NewLine(Struct, frozen=True):
    """A fee line to upload, already split by the catalogue.

    `count` and `price` stand as they were told; `takes_back` is the number of the line that it takes back.
    """

    line_no: str
    batch: str
    code: str
    split: SplitLine
    occurred_at: datetime | None = None
    count: str = ""
    price: str = ""
    takes_back: str = ""
    told: dict[str, str] = {}


def figures(**several: object) -> Ground:
    """Return a ground that is no rule but figures that were compared."""
    return Ground("", "", "", tuple((name, str(value)) for name, value in several.items()))


def place_of(books: Books, code: str) -> Institution | Refused:
    """Return the institution, or PLACE_NOT_DESIGNATED for one that is not in the register or not 定点."""
    institution = books.registry.institutions.get(code)
    if institution is None or not institution.designated:
        return Refused(Refusal.PLACE_NOT_DESIGNATED, subject=code)
    return institution


def person_behind(books: Books, psn_no: str) -> int | Refused:
    """Return the person of that number, or PERSON_UNKNOWN."""
    person_id = books.registry.directory.get(("psn_no", psn_no))
    return person_id if person_id is not None else Refused(Refusal.PERSON_UNKNOWN, subject=psn_no)


def register(books: Books, request: Registration, *, visit_id: str | None = None) -> Visit | Refused:
    """Register a visit, and tie the credential to it: the patient's own. The visit is at most a year from now.

    It gets a number of its own, or `visit_id`.
    """
    person_id = person_behind(books, request.psn_no)
    if isinstance(person_id, Refused):
        return person_id
    fault = shown(books, person_id, request.credential, request.at)
    if fault is not None:
        return fault
    untimely = untimely_beginning(request.begun_at, request.at)
    if untimely is not None:
        return untimely
    visit = Visit(
        visit_id=visit_id or str(books.ledger.take_id("visit")),
        book_id=person_id,
        institution=request.institution,
        reference=request.reference,
        begun_at=request.begun_at,
        insutype=request.insutype,
        med_type=request.med_type,
        told=request.told,
    )
    books.registry.visits.put(visit.visit_id, visit)
    tie(books, request.credential, visit, request.at)
    return visit


def untimely_beginning(begun_at: datetime, at: datetime) -> Refused | None:
    """Return what is wrong with the beginning of a visit: it is yet to come, or more than a year ago."""
    compared = figures(begun_at=begun_at)
    if begun_at > at + CLOCKS_APART:
        return Refused(Refusal.MESSAGE_MALFORMED, compared, subject="begntime:future")
    if at - begun_at > LONGEST_GAP:
        return Refused(Refusal.MESSAGE_MALFORMED, compared, subject="begntime")
    return None


def find(books: Books, claim: Claim) -> Visit | Refused:
    """Return the visit that the caller means, or why there is none: the person, or the visit, is not known so."""
    person_id = person_behind(books, claim.psn_no)
    if isinstance(person_id, Refused):
        return person_id
    visit = books.registry.visits.get(claim.visit_id)
    known = visit is not None and not visit.cancelled and claim.stay in (None, is_stay(visit))
    if visit is None or not known or visit.book_id != person_id or visit.institution != claim.institution:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="visit")
    return visit


def is_stay(visit: Visit) -> bool:
    """Tell whether it is a hospital stay, one that goes on or one that has ended."""
    return visit.in_hospital or visit.ended_at is not None


def cancel(books: Books, claim: Claim, reference: str) -> Visit | Refused:
    """Cancel a registration; one with a settlement that stands has to be refunded first."""
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    if visit.reference != reference or any(line.settled_by is not None and not line.refunded for line in visit.lines):
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="open_visit")
    return put(books, replace(visit, cancelled=True))


def describe(books: Books, claim: Claim, *, med_type: str, begun_at: datetime, at: datetime) -> Visit | Refused:
    """Note what kind of visit it is and when it began."""
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    untimely = untimely_beginning(begun_at, at)
    if untimely is not None:
        return untimely
    return put(books, replace(visit, med_type=med_type, begun_at=begun_at))


def upload(books: Books, claim: Claim, lines: Sequence[NewLine]) -> Visit | Refused:
    """Add fee lines. A line number stands once in a visit; those of a refunded settlement may be used again."""
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    taken = {line.line_no for line in visit.lines if not line.refunded}
    for line in lines:
        if line.line_no in taken:
            return Refused(Refusal.MESSAGE_MALFORMED, figures(line_no=line.line_no), subject="feedetl_sn")
        taken.add(line.line_no)
    return put(books, with_lines(books, visit, lines))


def remove(books: Books, claim: Claim, batch: str) -> Visit | Refused:
    """Take off the lines of a batch that have not been settled; "0000" means all batches."""
    visit = find(books, claim)
    if isinstance(visit, Refused):
        return visit
    kept = tuple(line for line in visit.lines if line.settled_by is not None or batch not in (ALL_BATCHES, line.batch))
    refunded = any(line.refunded and line.batch == batch for line in visit.lines)  # they have left the bill already
    if batch != ALL_BATCHES and len(kept) == len(visit.lines) and not refunded:
        return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="lines")
    return put(books, replace(visit, lines=kept))


def with_lines(books: Books, visit: Visit, lines: Sequence[NewLine]) -> Visit:
    """Return the visit with these lines after its own."""
    kind = unknown_kind(books.registry.institutions[visit.institution])
    return replace(visit, lines=(*visit.lines, *(_uploaded(line, kind) for line in lines)))


def put(books: Books, visit: Visit) -> Visit:
    """Write a visit and return it."""
    books.registry.visits.put(visit.visit_id, visit)
    return visit


def no_product(line_no: str, line_fen: int, product: Decimal) -> Refused | None:
    """Return AMOUNTS_DISAGREE when a line's amount is not count times price, `product` yuan, to the fen; else None."""
    if abs(product - Decimal(line_fen) / 100) <= _HALF_FEN:
        return None
    compared = figures(line_no=line_no, line_fen=line_fen, product_fen=round(product * 100))
    return Refused(Refusal.AMOUNTS_DISAGREE, compared)


def unknown_kind(institution: Institution) -> FeeKind:
    """Return what goods without a place in the catalogue are taken to be: what one gets there, or other."""
    place = PLACE_OF[institution.kind]
    return KIND_AT_PLACE[place] if place in (Place.HOSPITAL, Place.PHARMACY) else FeeKind.OTHER


# Helpers


def _uploaded(line: NewLine, unknown: FeeKind) -> UploadedLine:
    split = line.split
    known = split.item is not None
    return UploadedLine(
        line_no=line.line_no,
        batch=line.batch,
        code=line.code,
        name=split.item.name if split.item is not None else "",
        amount_fen=split.fee.amount_fen,
        fee=split.fee if known else replace(split.fee, kind=unknown),
        off_catalogue_fen=split.off_catalogue_fen,
        over_limit_fen=split.over_limit_fen,
        first_self_pay_fen=split.first_self_pay_fen,
        in_scope_fen=split.in_scope_fen,
        occurred_at=line.occurred_at,
        count=line.count,
        price=line.price,
        takes_back=line.takes_back,
        told=line.told,
    )
