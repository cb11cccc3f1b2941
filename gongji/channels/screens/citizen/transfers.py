"""The receipt of a transfer: for who sent it, with recall; for who is to have it (C8), to take it or let it go back."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from gongji.channels.api.accounts import BalancesTold
from gongji.channels.api.transfers import TransferTold
from gongji.channels.api.wallets import WalletTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.kindred import left, remind, reminding, when
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.ledger.records import TransferState

REMIND: Final = "remind"
DONE: Final[Mapping[str, str]] = {"recall": "sent", "receipt": "received", "refusal": "received"}
"""What may be done with a transfer that waits, and on which side."""


async def transfer(visit: Visit) -> Found:
    """Show a transfer, and do with it what its side may, once."""
    address = named("transfers", visit.names["transfer_id"])
    if not visit.sent:
        return await _shown(visit, await visit.api.get(address, TransferTold))
    what = visit.form.get("what", "")
    if what == REMIND:
        await remind(visit, address)
    if what not in DONE:
        return visit.to(visit.path)
    key = hashlib.sha256(f"{address}/{what}".encode()).hexdigest()
    try:
        await visit.api.post(f"{address}/{what}", TransferTold, key=key)
    except TroubleError as trouble:
        return await _shown(visit, await visit.api.get(address, TransferTold), trouble)
    return visit.to(visit.path)


PAGES: Final[Mapping[str, Page]] = {"/wallet/transfers/{transfer_id:str}": transfer}


# Helpers


async def _shown(visit: Visit, found: TransferTold, trouble: TroubleError | None = None) -> View:
    waits = found.state == TransferState.AWAITING_RECEIPT
    told: dict[str, Any] = {
        "one": found,
        "waits": waits,
        "left": left(visit, found.return_at),
        "sent_at": when(found.sent_at),
        "return_at": when(found.return_at),
        "trouble": trouble.problem if trouble is not None else None,
        "faulty": trouble is not None,
    }
    if found.direction == "sent":
        balances = await visit.api.get(named("accounts", visit.person_id, "balances"), BalancesTold)
        told["free_fen"] = balances.free_fen
        if waits:
            told |= await reminding(visit, named("transfers", found.transfer_id))
        return View("citizen/transfer_sent.html", told, trouble.problem.status if trouble is not None else 200)
    wallet = await visit.api.get(named("people", visit.person_id, "wallet"), WalletTold)
    told |= {"wallet": wallet}
    return View("citizen/transfer_received.html", told, trouble.problem.status if trouble is not None else 200)
