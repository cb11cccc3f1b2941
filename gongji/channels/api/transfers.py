"""Transfers between wallets over the API: sending, receiving, declining, and calling back what waits."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from gongji.channels.api.accounts import ID_MOST, Fen
from gongji.channels.api.declaring import reads, writes
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.other_sides import by_number, by_papers
from gongji.channels.api.problems import ProblemError, refused
from gongji.channels.api.reasons import RuleTold, language, rules_told
from gongji.channels.api.relatives import Relative, whose
from gongji.channels.api.writing import write
from gongji.domain.family import Relation
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.ledger.records import Transfer, TransferState
from gongji.services.calendar import bring_up_to
from gongji.services.outcomes import Done
from gongji.services.store import Books
from gongji.services.wallets import wallets
from gongji.services.wallets.wallet_ways import Source
from gongji.services.wallets.wallets import SendRequest

TransferId = Annotated[str, PathParameter(max_length=80, description="The transfer's id.")]

FEN_MOST: Final = 10**13


class TransferSent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money for a relative's wallet: of a bond by `receiver_id`, anybody else by his papers and the `relation`."""

    amount_fen: Annotated[int, Meta(ge=1, le=FEN_MOST)]
    source: Source = "account"
    receiver_id: Annotated[int, Meta(ge=1, le=ID_MOST)] | None = None
    receiver: Relative | None = None
    relation: Relation | None = None


class TransferTold(Struct, frozen=True, kw_only=True):
    """A transfer as the caller sees it. While it waits, it comes back by itself at `return_at`."""

    transfer_id: str
    direction: Literal["sent", "received"]
    other_id: int
    other_name: str
    amount_fen: Fen
    sent_at: Moment
    return_at: Moment
    state: TransferState
    unknown: list[RuleTold] = []


class Transfers(Struct, frozen=True):
    """Transfers, the newest first."""

    items: list[TransferTold]


@post(
    f"{API}/transfers",
    operation_id="sendTransfer",
    summary="Send money to a relative's wallet",
    tags=["transfers"],
    **writes("wallet.write"),
)
async def send(request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[TransferSent]) -> Response[TransferTold]:
    """Send out of the caller's account or wallet; it waits until the receiver takes it."""
    sender_id, now = whose(request), desk.clock()
    book = desk.book(now)
    receiver_id, relation = await _receiver(desk, sender_id, data)

    def act(books: Books) -> TransferTold | Refused:
        wish = SendRequest(
            transfer_id=f"transfer-{books.ledger.take_id('transfer')}",
            at=now,
            sender_id=sender_id,
            receiver_id=receiver_id,
            relation=relation,
            amount_fen=data.amount_fen,
            from_wallet=data.source == "wallet",
        )
        done = wallets.send(books, book, wish)
        return done if isinstance(done, Refused) else _told(books, books.ledger.transfers[wish.transfer_id], sender_id)

    scope = Scope(people={sender_id, receiver_id})
    return await write(desk, request, operation="sendTransfer", scope=scope, act=act, content=data)


@get(
    f"{API}/transfers",
    operation_id="listTransfers",
    summary="Transfers that wait, and the latest",
    tags=["transfers"],
    **reads("accounts.read"),
)
async def list_transfers(request: Request[Any, Any, Any], desk: TheDesk) -> Response[Transfers]:
    """Return what waits from or to the caller, and what he sent within the last two days; statements tell the rest."""
    person_id, now = whose(request), desk.clock()
    book = desk.book(now)
    others = await desk.read(Scope(people={person_id}), lambda books: {_other(one, person_id) for one in _mine(
        books, person_id)})  # fmt: skip

    def work(books: Books) -> Transfers:
        bring_up_to(books, book, [person_id], now)
        found = sorted(_mine(books, person_id), key=lambda one: (one.sent_at, one.transfer_id), reverse=True)
        return Transfers([_told(books, one, person_id) for one in found])

    return tagged(request, await desk.read(Scope(people={person_id, *others}), work))


@get(
    f"{API}/transfers/{{transfer_id:str}}",
    operation_id="readTransfer",
    summary="A transfer of the caller's",
    tags=["transfers"],
    **reads("accounts.read"),
)
async def read_transfer(
    request: Request[Any, Any, Any], desk: TheDesk, transfer_id: TransferId
) -> Response[TransferTold]:
    """Return a transfer that the caller sent, or that was sent to him."""
    person_id, now = whose(request), desk.clock()
    book = desk.book(now)

    def work(books: Books) -> TransferTold | Refused:
        bring_up_to(books, book, [person_id], now)
        transfer = books.ledger.transfers.get(transfer_id)
        if transfer is None or person_id not in (transfer.book_id, transfer.receiver_id):
            return _NONE
        return _told(books, transfer, person_id)

    found = await desk.read(Scope(people={person_id}, transfers={transfer_id}), work)
    if isinstance(found, Refused):
        raise refused(found)
    return tagged(request, found)


@post(
    f"{API}/transfers/{{transfer_id:str}}/receipt",
    operation_id="acceptTransfer",
    summary="Take what was sent",
    tags=["transfers"],
    **writes("wallet.write"),
)
async def accept(request: Request[Any, Any, Any], desk: TheDesk, transfer_id: TransferId) -> Response[TransferTold]:
    """Take a transfer into the caller's wallet; what was taken does not go back."""
    return await _change(desk, request, "acceptTransfer", transfer_id, wallets.accept, by="receiver")


@post(
    f"{API}/transfers/{{transfer_id:str}}/refusal",
    operation_id="declineTransfer",
    summary="Decline what was sent",
    tags=["transfers"],
    **writes("wallet.write"),
)
async def decline(request: Request[Any, Any, Any], desk: TheDesk, transfer_id: TransferId) -> Response[TransferTold]:
    """Let a transfer to the caller go back at once."""
    return await _change(desk, request, "declineTransfer", transfer_id, wallets.decline, by="receiver")


@post(
    f"{API}/transfers/{{transfer_id:str}}/recall",
    operation_id="recallTransfer",
    summary="Call back what waits",
    tags=["transfers"],
    **writes("wallet.write"),
)
async def recall(request: Request[Any, Any, Any], desk: TheDesk, transfer_id: TransferId) -> Response[TransferTold]:
    """Call a transfer of the caller's back before it is received, as his region allows."""
    return await _change(desk, request, "recallTransfer", transfer_id, wallets.recall, by="sender")


# Helpers

_NONE: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="transfer")


async def _receiver(desk: TheDesk, sender_id: int, data: TransferSent) -> tuple[int, Relation]:
    """Return who is to receive and what he is to the sender. Raise ProblemError where that is not told once."""
    if (data.receiver_id is None) == (data.receiver is None):
        raise ProblemError(
            Refusal.MESSAGE_MALFORMED, field="/receiver", said="either receiver_id or receiver is wanted"
        )
    if data.receiver_id is not None:
        return data.receiver_id, await by_number(desk, sender_id, data.receiver_id, data.relation)
    if data.receiver is None or data.relation is None:
        raise ProblemError(Refusal.MESSAGE_MALFORMED, field="/relation", said="what the receiver is to the sender")
    return await by_papers(desk, sender_id, data.receiver), data.relation


async def _change(
    desk: TheDesk,
    request: Request[Any, Any, Any],
    operation: str,
    transfer_id: str,
    how: Callable[..., Done | Refused],
    *,
    by: Literal["sender", "receiver"],
) -> Response[Any]:
    """Let the one side that may do something with a transfer; to everybody else there is none."""
    person_id, now, lang = whose(request), desk.clock(), language(request)
    book = desk.book(now)

    def act(books: Books) -> TransferTold | Refused:
        transfer = books.ledger.transfers.get(transfer_id)
        side = None if transfer is None else transfer.book_id if by == "sender" else transfer.receiver_id
        if side != person_id:
            return _NONE
        done = how(books, book, transfer_id, now)
        if isinstance(done, Refused):
            return done
        return _told(books, books.ledger.transfers[transfer_id], person_id, rules_told(done.unknown, book, lang))

    scope = Scope(people={person_id}, transfers={transfer_id})
    return await write(desk, request, operation=operation, scope=scope, act=act)


def _mine(books: Books, person_id: int) -> list[Transfer]:
    return [one for one in books.ledger.transfers if person_id in (one.book_id, one.receiver_id)]


def _other(transfer: Transfer, person_id: int) -> int:
    return transfer.receiver_id if transfer.book_id == person_id else transfer.book_id


def _told(books: Books, transfer: Transfer, person_id: int, unknown: list[RuleTold] | None = None) -> TransferTold:
    other_id = _other(transfer, person_id)
    identity = books.registry.identities.get(other_id)
    return TransferTold(
        transfer_id=transfer.transfer_id,
        direction="sent" if transfer.book_id == person_id else "received",
        other_id=other_id,
        other_name=identity.name if identity is not None else "",
        amount_fen=transfer.amount_fen,
        sent_at=told(transfer.sent_at),
        return_at=told(transfer.return_at),
        state=transfer.state,
        unknown=unknown or [],
    )
