"""A sale over the counter of a pharmacy: no visit before it, head and lines in one request, quoted or settled."""

import hashlib
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from gongji.domain.bill import FeeKind
from gongji.domain.refusals import Refusal, Refused
from gongji.registry.records import Visit
from gongji.rules.policybook import PolicyBook
from gongji.services.store import Books
from gongji.services.visits.visit_settlements import Paid, VisitBill, quote_visit, second_in_time, settle_visit
from gongji.services.visits.visits import (
    Claim,
    NewLine,
    Registration,
    figures,
    person_behind,
    place_of,
    register,
    upload,
)

NEVER: Final = frozenset({FeeKind.TONIC, FeeKind.COSMETIC, FeeKind.FITNESS})
"""What no personal account pays for at a pharmacy, the patient's own neither: 国办发〔2021〕14号 bars 体育健身,
养生保健消费 and what else is no matter of the basic insurance."""


class Sale(Struct, frozen=True, kw_only=True):
    """What is sold: to whom and by which credential, the lines, and the bill. The visit of `bill` is yet to be made."""

    registration: Registration
    lines: tuple[NewLine, ...]
    bill: VisitBill

    @property
    def mark(self) -> str:
        """Return the name under which a first swipe for just these goods is remembered."""
        several = [(line.line_no, line.code, line.split.fee.amount_fen) for line in self.lines]
        goods = msgspec.json.encode([self.registration.institution, self.registration.psn_no, several])
        return f"swipe-{hashlib.sha256(goods).hexdigest()[:24]}"


def quote_sale(books: Books, policy: PolicyBook, sale: Sale) -> Paid | Refused:
    """Decide the sale as it would be settled now, under a visit named by the request. Books are thrown away after."""
    bill = _rung_up(books, sale, visit_id=sale.bill.request)
    return bill if isinstance(bill, Refused) else quote_visit(books, policy, bill)


def settle_sale(books: Books, policy: PolicyBook, sale: Sale) -> Paid | Refused:
    """Make the visit, put the lines in, and settle them; all of it or nothing."""
    bill = _rung_up(books, sale, visit_id=None)
    if isinstance(bill, Refused):
        return bill
    before = books.registry.visits.get(sale.mark)
    if bill.swipe is None:
        second = before is not None and second_in_time(books, policy, before, bill.at)
        bill = replace(bill, swipe=2 if second else 1)
    paid = settle_visit(books, policy, bill)
    if before is not None and not isinstance(paid, Refused):
        books.registry.visits.put(sale.mark, replace(before, swiped_at=None))
    return paid


def note_sale_swipe(books: Books, sale: Sale, at: datetime) -> None:
    """Remember a first swipe for these goods; the same goods within the region's minutes are the second."""
    person_id = person_behind(books, sale.registration.psn_no)
    if not isinstance(person_id, Refused):
        note = Visit(
            visit_id=sale.mark,
            book_id=person_id,
            institution=sale.registration.institution,
            reference="",
            begun_at=at,
            insutype=sale.registration.insutype,
            cancelled=True,  # a mark, and no visit that anybody can name
            swiped_at=at,
        )
        books.registry.visits.put(sale.mark, note)


# Helpers


def _rung_up(books: Books, sale: Sale, *, visit_id: str | None) -> VisitBill | Refused:
    """Make the visit with its lines, and return the bill for it; at a pharmacy only."""
    place = place_of(books, sale.registration.institution)
    if isinstance(place, Refused):
        return place
    if place.kind != "pharmacy":
        return Refused(Refusal.PLACE_NOT_DESIGNATED, subject="pharmacy")
    visit = register(books, sale.registration, visit_id=visit_id)
    if isinstance(visit, Refused):
        return visit
    barred = next((line for line in sale.lines if line.split.fee.kind in NEVER), None)
    if barred is not None and sale.bill.account_used:
        return Refused(Refusal.USE_NOT_ALLOWED, figures(line_no=barred.line_no), subject="account")
    claim = Claim(visit.visit_id, sale.registration.psn_no, place.code)
    uploaded = upload(books, claim, sale.lines)
    return uploaded if isinstance(uploaded, Refused) else replace(sale.bill, claim=claim, batch=None)
