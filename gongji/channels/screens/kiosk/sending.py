"""T5 转账: to whom, how much on the kiosk's own pad, look again, send; the limits stand there before the first key."""

from collections.abc import Mapping
from typing import Any, Final

from gongji.channels.api.transfers import TransferTold
from gongji.channels.api.wallets import WaysTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.drafts import is_open
from gongji.channels.screens.citizen.kindred import called, own_name, related, when
from gongji.channels.screens.citizen.sending import relation_to_me, relatives, told_limits
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.kiosk.pads import amount_after, fen_of
from gongji.channels.screens.kiosk.shell import ROOT
from gongji.channels.screens.visiting import Found, Page, Sent, Visit
from gongji.domain.family import Relation
from gongji.services.access.unfinished import Unfinished

KIND: Final = "kiosk_send"


async def whom(visit: Visit) -> Found:
    """Ask to whom; nobody stands there picked."""
    several = await relatives(visit)
    chosen = next((kin for kin in several if str(kin.person_id) == visit.form.get("receiver_id")), None)
    if visit.sent and chosen is not None:
        fields = {"receiver_id": str(chosen.person_id), "relation": relation_to_me(chosen), "name": chosen.name}
        return visit.to(f"{ROOT}/send/{await visit.begin(KIND, **fields)}")
    shown = [(kin.person_id, kin.name, related(visit, Relation(relation_to_me(kin)))) for kin in several]
    return View("kiosk/whom.html", {"several": shown})


async def amount(visit: Visit) -> Found:
    """Tell what can be sent, and take the amount key by key; where nothing can be sent, say why instead."""
    form = await _form(visit)
    if isinstance(form, Sent):
        return form
    draft, value = visit.names["draft"], form.fields.get("amount", "")
    ways = await _ways(visit, form)
    most_fen = max((one.most_fen for one in ways.sendings), default=0) if ways.holds == "transfer" else 0
    if visit.sent and "key" in visit.form:
        await visit.fill_in(draft, amount=amount_after(value, visit.form["key"]))
        return visit.to(f"{ROOT}/send/{draft}")
    told: dict[str, Any] = {
        "name": form.fields["name"],
        "relation": related(visit, ways.relation),
        "value": value,
        "most_fen": most_fen,
        "limits": told_limits(ways),
        "reasons": [] if most_fen else _reasons(ways),
        "fault": "",
    }
    if visit.sent and most_fen:
        fen = fen_of(value)
        if 0 < fen <= most_fen:
            return visit.to(f"{ROOT}/send/{draft}/check")
        told |= {"fault": "no_amount" if not fen else "too_much", "faulty": True}
        return View("kiosk/amount.html", told, 400)
    return View("kiosk/amount.html", told)


async def check(visit: Visit) -> Found:
    """Show it once more, in capitals too; send when told to: once, however often that is."""
    form = await _form(visit)
    if isinstance(form, Sent):
        return form
    draft, fen = visit.names["draft"], fen_of(form.fields.get("amount", ""))
    if not fen:
        return visit.to(f"{ROOT}/send/{draft}")
    trouble = None
    if visit.sent:
        try:
            return await _sent(visit, form, fen)
        except TroubleError as met:
            trouble = met
    ways = await _ways(visit, form)
    told = {
        "name": form.fields["name"],
        "relation": related(visit, ways.relation),
        "amount_fen": fen,
        "limits": told_limits(ways),
        "trouble": trouble.problem if trouble is not None else None,
        "unknown": trouble is not None and is_open(trouble),
        "faulty": trouble is not None,
    }
    return View("kiosk/send_check.html", told, trouble.problem.status if trouble is not None else 200)


async def sent(visit: Visit) -> Found:
    """Show the receipt of a transfer."""
    one = await visit.api.get(named("transfers", visit.names["transfer_id"]), TransferTold)
    names = await called(visit, {one.other_id})
    told = {
        "one": one,
        "from_name": await own_name(visit),
        "name": names.get(one.other_id, one.other_name),
        "sent_at": when(one.sent_at),
        "return_at": when(one.return_at),
    }
    return View("kiosk/sent.html", told)


PAGES: Final[Mapping[str, Page]] = {
    "/send": whom,
    "/send/{draft:str}": amount,
    "/send/{draft:str}/check": check,
    "/transfers/{transfer_id:str}": sent,
}


# Helpers


async def _form(visit: Visit) -> Unfinished | Sent:
    form = await visit.unfinished(visit.names["draft"], KIND)
    if form is None:
        return visit.to(f"{ROOT}/send")
    return visit.to(form.led_to) if form.led_to else form


async def _ways(visit: Visit, form: Unfinished) -> WaysTold:
    address = named("people", visit.person_id, "wallet", "ways")
    fields = form.fields
    return await visit.api.get(
        address, WaysTold, relative_id=fields["receiver_id"], relation=fields.get("relation") or None
    )


def _reasons(ways: WaysTold) -> list[Any]:
    """Return why nothing can be sent: what speaks against every source."""
    return min((one.reasons for one in ways.sendings if one.reasons), key=len, default=[])


async def _sent(visit: Visit, form: Unfinished, fen: int) -> Found:
    """Send out of the account as far as that reaches, else out of the wallet."""
    draft, fields = visit.names["draft"], form.fields
    ways = await _ways(visit, form)
    source = fields.get("source") or next((one.source for one in ways.sendings if one.most_fen >= fen), "account")
    body = {
        "amount_fen": fen,
        "source": source,
        "receiver_id": int(fields["receiver_id"]),
        "relation": fields.get("relation") or None,
    }
    await visit.fill_in(draft, source=source)  # asked again, it is the same request
    one = await visit.api.post("transfers", TransferTold, body, key=draft)
    led_to = f"{ROOT}/transfers/{one.transfer_id}"
    await visit.finish(draft, led_to)
    return visit.to(led_to)
