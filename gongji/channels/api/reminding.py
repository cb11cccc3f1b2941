"""Reminding over the API: the other side is told again what waits for him; oneself, on a day, that a bond may end."""

from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody
from msgspec import Struct

from gongji.channels.api.bonds import BondId
from gongji.channels.api.declaring import reads, writes
from gongji.channels.api.etags import tagged
from gongji.channels.api.invitations import InvitationId
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.relatives import whose
from gongji.channels.api.transfers import TransferId
from gongji.channels.api.writing import write
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.services.family.invitations import INVITATION
from gongji.services.store import Books
from gongji.services.telling.ending_days import choose_ending_day, ending_day, ending_day_scope
from gongji.services.telling.nudges import Nudged, nudge_about_invitation, nudge_about_transfer, nudge_id, nudged


class ReminderTold(Struct, frozen=True, kw_only=True):
    """When the other side was last told again, null for never, and from when on that can be done; null for now."""

    last_at: Moment | None
    again_at: Moment | None


class EndingDayTold(Struct, frozen=True, kw_only=True):
    """The day on which the caller is told that he may end the bond, null for none."""

    day: date | None


class EndingDayChosen(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day to come, null to be told no more."""

    day: date | None


@get(f"{API}/transfers/{{transfer_id:str}}/reminder", operation_id="readTransferReminder",
     summary="Whether a receiver can be told again", tags=["transfers"], **reads("accounts.read"))  # fmt: skip
async def read_transfer_reminder(
    request: Request[Any, Any, Any], desk: TheDesk, transfer_id: TransferId
) -> Response[ReminderTold]:
    """Return when the receiver of a transfer of the caller's was last told again."""
    return await _read(request, desk, transfer_id, _transfer(transfer_id))


@post(f"{API}/transfers/{{transfer_id:str}}/reminder", operation_id="remindOfTransfer",
      summary="Tell the receiver again", tags=["transfers"], **writes("wallet.write"))  # fmt: skip
async def remind_of_transfer(
    request: Request[Any, Any, Any], desk: TheDesk, transfer_id: TransferId
) -> Response[ReminderTold]:
    """Have the receiver told again of a transfer of the caller's that waits for him, at most once a day."""
    sender_id, now = whose(request), desk.clock()

    def act(books: Books) -> ReminderTold | Refused:
        return _told(nudge_about_transfer(books, sender_id, transfer_id, now), now)

    scope = _transfer(transfer_id)
    scope.people.add(sender_id)
    return await write(desk, request, operation="remindOfTransfer", scope=scope, act=act)


@get(f"{API}/invitations/{{invitation_id:str}}/reminder", operation_id="readInvitationReminder",
     summary="Whether somebody invited can be told again", tags=["invitations"], **reads("bonds.read"))  # fmt: skip
async def read_invitation_reminder(
    request: Request[Any, Any, Any], desk: TheDesk, invitation_id: InvitationId
) -> Response[ReminderTold]:
    """Return when the one whom the caller invited was last told again."""
    return await _read(request, desk, invitation_id, _invitation(invitation_id))


@post(f"{API}/invitations/{{invitation_id:str}}/reminder", operation_id="remindOfInvitation",
      summary="Tell somebody invited again", tags=["invitations"], **writes("bonds.write"))  # fmt: skip
async def remind_of_invitation(
    request: Request[Any, Any, Any], desk: TheDesk, invitation_id: InvitationId
) -> Response[ReminderTold]:
    """Have the one whom the caller invited told again, while he has not answered, at most once a day."""
    sharer_id, now = whose(request), desk.clock()

    def act(books: Books) -> ReminderTold | Refused:
        return _told(nudge_about_invitation(books, sharer_id, invitation_id, now), now)

    return await write(desk, request, operation="remindOfInvitation", scope=_invitation(invitation_id), act=act)


@get(f"{API}/bonds/{{bond_id:int}}/ending/reminder", operation_id="readEndingReminder",
     summary="The day on which one is told that a bond may end", tags=["endings"], **reads("bonds.read"))  # fmt: skip
async def read_ending_reminder(
    request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId
) -> Response[EndingDayTold]:
    """Return the day that the caller chose."""
    person_id = whose(request)

    def work(books: Books) -> EndingDayTold | Refused:
        bond = books.registry.bonds.get(bond_id)
        if bond is None or person_id not in (bond.sharer_id, bond.member_id):
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="bond")
        return EndingDayTold(day=ending_day(books, bond_id, person_id))

    found = await desk.read(ending_day_scope(bond_id, person_id), work)
    if isinstance(found, Refused):
        raise refused(found)
    return tagged(request, found)


@post(f"{API}/bonds/{{bond_id:int}}/ending/reminder", operation_id="chooseEndingReminder",
      summary="Choose the day on which one is told", tags=["endings"], **writes("bonds.write"))  # fmt: skip
async def choose_ending_reminder(
    request: Request[Any, Any, Any], desk: TheDesk, bond_id: BondId, data: JSONBody[EndingDayChosen]
) -> Response[EndingDayTold]:
    """Choose a day to be told on, or none any more. Nothing ends by it."""
    person_id, now = whose(request), desk.clock()

    def act(books: Books) -> EndingDayTold | Refused:
        done = choose_ending_day(books, bond_id, person_id, data.day, now)
        return done if isinstance(done, Refused) else EndingDayTold(day=done)

    scope = ending_day_scope(bond_id, person_id)
    return await write(desk, request, operation="chooseEndingReminder", scope=scope, act=act, content=data)


# Helpers


def _transfer(transfer_id: str) -> Scope:
    return Scope(transfers={transfer_id}, dossiers={nudge_id(transfer_id)})


def _invitation(invitation_id: str) -> Scope:
    return Scope(dossiers={invitation_id, nudge_id(invitation_id)})


async def _read(request: Request[Any, Any, Any], desk: TheDesk, matter_id: str, scope: Scope) -> Response[ReminderTold]:
    """Tell it to the one who sent or asked; to everybody else there is no such matter."""
    asker_id, now = whose(request), desk.clock()

    def work(books: Books) -> Nudged | Refused:
        transfer, dossier = books.ledger.transfers.get(matter_id), books.dossiers.get(matter_id)
        askers = [transfer.book_id] if transfer is not None else []
        if dossier is not None and dossier.kind == INVITATION:
            askers = [dossier.parties[0]]
        if asker_id not in askers:
            return Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="transfer" if scope.transfers else "invitation")
        return nudged(books, matter_id, now)

    found = await desk.read(scope, work)
    if isinstance(found, Refused):
        raise refused(found)
    return tagged(request, ReminderTold(last_at=told(found.last_at), again_at=told(found.again_at)))


def _told(done: Nudged | Refused, now: datetime) -> ReminderTold | Refused:
    """Return what was done. Raise ProblemError where it is too early: it says from when on it can be done."""
    if isinstance(done, Refused):
        return done
    if not done.done and done.again_at is not None:
        wait = max(1, int((done.again_at - now).total_seconds()))
        said = f"the other side was told already; again from {told(done.again_at).isoformat()}"
        raise ProblemError(RequestFault.RATE_REACHED, said=said, headers={"retry-after": str(wait)})
    return ReminderTold(last_at=told(done.last_at), again_at=told(done.again_at))
