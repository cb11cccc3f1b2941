"""Manual reimbursement over the API 零星报销: a bill paid in cash, entered at the counter with its receipts."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct
from msgspec.structs import replace

from gongji.channels.api.accounts import Fen
from gongji.channels.api.bill_forms import BillAsked, bill_of
from gongji.channels.api.callers import Caller
from gongji.channels.api.declaring import reads, writes
from gongji.channels.api.desk import Desk
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.reasons import RuleTold, language, rules_told
from gongji.channels.api.relatives import Relative, find_relative
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.account import Pocket
from gongji.domain.dossiers import Dossier, opened
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.registry.records import Institution
from gongji.services.bills import reimbursements
from gongji.services.bills.reimbursements import Claim, Reimbursed, Reimbursement, claim_scope, record_scope
from gongji.services.offices import covers, office_of
from gongji.services.store import Books

ReimbursementId = Annotated[str, PathParameter(max_length=80, description="The reimbursement's id.")]
RECEIPTS_MOST: Final = 50


class CareAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bill that the patient paid in cash, and the day of care.

    `discharged_on` ends a hospital stay that began on `visited_on`.
    """

    bill: BillAsked
    visited_on: date
    discharged_on: date | None = None


class ClaimAsked(CareAsked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bill that the patient paid in cash: his papers, the day of care, and the numbers of all receipts.

    `discharged_on` ends a hospital stay that began on `visited_on`.
    """

    patient: Relative
    receipts: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=50)]], Meta(min_length=1, max_length=RECEIPTS_MOST)
    ]


class PartTold(Struct, frozen=True, kw_only=True):
    """What one pocket paid, in fen 分; `bond_id` is null for the patient's own."""

    person_id: int
    pocket: Pocket
    amount_fen: Fen
    bond_id: int | None


class ReimbursementTold(Struct, frozen=True, kw_only=True):
    """A reimbursement, in fen 分: `paid_out_fen` is the cash handed to the patient, `cash_fen` what he bears himself.

    `layers` are the funds by name. `unknown` are rules that no document settles.
    """

    reimbursement_id: str
    patient_id: int
    state: str
    settle_id: int
    visited_on: date
    total_fen: Fen
    layers: dict[str, int]
    parts: list[PartTold]
    paid_out_fen: Fen
    cash_fen: Fen
    receipts: list[str]
    unknown: list[RuleTold]


@post(
    f"{API}/reimbursements",
    operation_id="reimburse",
    summary="Reimburse a bill paid in cash",
    tags=["reimbursements"],
    **writes("settlements.write", roles=("clerk",)),
)
async def reimburse(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[ClaimAsked]
) -> Response[ReimbursementTold]:
    """Settle it by the schedule of the day of care, out of the family's pockets; the cash comes back to the patient."""
    now, actor, lang = desk.clock(), caller_of(request).actor, language(request)
    book = desk.book(now)
    patient_id = await find_relative(desk, data.patient)
    claim = claim_of(data, patient_id, tuple(data.receipts), await place_of_bill(desk, data.bill), now)

    def act(books: Books) -> ReimbursementTold | Refused:
        done = reimbursements.reimburse(books, book, actor, claim)
        return done if isinstance(done, Refused) else _told(done, rules_told(done.unknown, book, lang))

    return await write(desk, request, operation="reimburse", scope=claim_scope(claim), act=act, content=data)


@get(
    f"{API}/reimbursements/{{reimbursement_id:str}}",
    operation_id="readReimbursement",
    summary="A reimbursement",
    tags=["reimbursements"],
    **reads("statements.read"),
)
async def read_reimbursement(
    request: Request[Any, Any, Any], desk: TheDesk, reimbursement_id: ReimbursementId
) -> Response[ReimbursementTold]:
    """Return a reimbursement of the caller's, or to a clerk one of his office."""
    dossier = await _dossier(desk, caller_of(request), reimbursement_id)
    found = await desk.read(record_scope(dossier), lambda books: reimbursements.found(books, reimbursement_id))
    if isinstance(found, Refused):
        raise refused(found)
    return tagged(request, _told(found, []))


@post(
    f"{API}/reimbursements/{{reimbursement_id:str}}/return",
    operation_id="returnReimbursement",
    summary="Take a reimbursement back",
    tags=["reimbursements"],
    **writes("settlements.write", roles=("clerk",)),
)
async def take_back(
    request: Request[Any, Any, Any], desk: TheDesk, reimbursement_id: ReimbursementId
) -> Response[ReimbursementTold]:
    """Take a reimbursement back whole: the patient brings the cash, and the receipts may be claimed anew."""
    now = desk.clock()
    book = desk.book(now)
    scope = record_scope(await _dossier(desk, caller_of(request), reimbursement_id))

    def act(books: Books) -> ReimbursementTold | Refused:
        done = reimbursements.take_back(books, book, reimbursement_id, now)
        return done if isinstance(done, Refused) else _told(done, [])

    return await write(desk, request, operation="returnReimbursement", scope=scope, act=act)


# Helpers

_NONE: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="reimbursement")


async def place_of_bill(desk: Desk, asked: BillAsked) -> Institution | None:
    """Return the institution that a bill names, None where it names a region alone. Raise ProblemError for neither."""
    if asked.institution is None:
        if asked.region is None:
            raise ProblemError(
                Refusal.MESSAGE_MALFORMED, field="/bill/region", said="a region or institution is wanted"
            )
        return None
    place = await desk.read(Scope(), lambda books: books.registry.institutions.get(asked.institution or ""))
    if place is None:
        raise refused(Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="institution"))
    return place


def claim_of(
    data: CareAsked, patient_id: int, receipts: tuple[str, ...], place: Institution | None, now: datetime
) -> Claim:
    """Return the claim of a bill paid in cash, as it is settled now."""
    bill = replace(
        bill_of(data.bill, place, now),
        visited_on=data.visited_on,
        discharged_on=data.discharged_on,
        takes_wallet=False,  # wallets pay at institutions, and nobody is paid here but the patient
    )
    region = place.region if place is not None else data.bill.region or ""
    return Claim(
        patient_id=patient_id,
        bill=bill,
        place_region=region,
        issuer=place.code if place is not None else region,
        receipts=receipts,
        institution=place.code if place is not None else "",
    )


async def _dossier(desk: Desk, caller: Caller, reimbursement_id: str) -> Dossier:
    """Return the dossier of a reimbursement of the caller's, or of his office. Raise ProblemError for all others."""
    found = await desk.read(Scope(dossiers={reimbursement_id}), lambda books: books.dossiers.get(reimbursement_id))
    if found is None or found.kind != reimbursements.REIMBURSEMENT:
        raise refused(_NONE)
    if caller.person_id not in found.parties and not await _at_desk(desk, caller, found):
        raise refused(_NONE)
    return found


async def _at_desk(desk: Desk, caller: Caller, dossier: Dossier) -> bool:
    """Tell whether a clerk's office entered a reimbursement, or is that of the patient's insurance."""
    if caller.role != "clerk":
        return False
    entered_at = opened(dossier, Reimbursement).actor.office
    patient_id, now = dossier.parties[0], desk.clock()
    patient = await desk.read(Scope(people={patient_id}), lambda books: books.registry.people[patient_id])
    return entered_at == caller.office or covers(caller.office, office_of(desk.book(now), patient, now))


def _told(done: Reimbursed, unknown: list[RuleTold]) -> ReimbursementTold:
    settled = done.settlement
    return ReimbursementTold(
        reimbursement_id=done.reimbursement_id,
        patient_id=settled.book_id,
        state=done.state,
        settle_id=settled.settle_id,
        visited_on=settled.visited_on,
        total_fen=settled.total_fen,
        layers=dict(settled.layers),
        parts=[
            PartTold(
                person_id=draw.account.book_id,
                pocket=draw.account.pocket,
                amount_fen=draw.amount_fen,
                bond_id=draw.bond_id,
            )
            for draw in settled.draws
        ],
        paid_out_fen=done.record.paid_out_fen,
        cash_fen=settled.cash_fen,
        receipts=list(done.record.receipts),
        unknown=unknown,
    )
