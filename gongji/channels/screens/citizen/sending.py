"""C7 给家人转钱: to whom, how much, look again, send; every limit is told before anything is typed."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from gongji.channels.api.family import Family, KinTold
from gongji.channels.api.transfers import TransferTold
from gongji.channels.api.wallets import SendingTold, WaysTold
from gongji.channels.figures import money
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.drafts import ASKED, amount_of, chips_up_to, fen_of, is_open
from gongji.channels.screens.citizen.family import GENERATIONS, OVER
from gongji.channels.screens.citizen.kindred import RELATIONS, called, none_there, related, when
from gongji.channels.screens.citizen.one_by_one import asked_now
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Sent, Visit
from gongji.domain.family import Relation
from gongji.services.access.unfinished import Unfinished

SENDING: Final = "transfer"
"""The kind of unfinished form that becomes a transfer."""

OTHER: Final = ("name", "relation", "certno")
"""What is asked about a relative who is not in the network; with the last of it he is known."""

BACK: Final[Mapping[Relation, Relation]] = {
    Relation.SPOUSE: Relation.SPOUSE,
    Relation.PARENT: Relation.CHILD,
    Relation.CHILD: Relation.PARENT,
    Relation.SIBLING: Relation.SIBLING,
    Relation.GRANDPARENT: Relation.GRANDCHILD,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
    Relation.SPOUSE_PARENT: Relation.CHILD_SPOUSE,
    Relation.CHILD_SPOUSE: Relation.SPOUSE_PARENT,
    Relation.COUSIN: Relation.COUSIN,
}
"""What the one is to the other, by what the other is to the one, where there is a word for it."""


async def whom(visit: Visit) -> Found:
    """Ask to whom; whoever is tapped, the form for him begins. Where a quota holds, lead to that instead."""
    several = await relatives(visit)
    if visit.sent:
        chosen = next((kin for kin in several if str(kin.person_id) == visit.form.get("receiver_id")), None)
        if visit.form.get("receiver_id") == "other":
            return visit.to(f"/wallet/send/{await visit.begin(SENDING)}/other")
        if chosen is None:
            raise none_there(visit)
        fields = {"receiver_id": str(chosen.person_id), "relation": relation_to_me(chosen)}
        return visit.to(f"/wallet/send/{await visit.begin(SENDING, **fields)}")
    found = await asyncio.gather(
        *(_ways(visit, {"receiver_id": str(kin.person_id), "relation": relation_to_me(kin)}) for kin in several)
    )
    told = {
        "several": [_shown(visit, kin, ways) for kin, ways in zip(several, found, strict=True)],
        "holds": found[0].holds if found else "transfer",
        "limits": told_limits(found[0]) if found else None,
    }
    return View("citizen/sending_whom.html", told)


async def other(visit: Visit) -> Found:
    """Ask for the papers of a relative who is not in the family network."""
    form = await _form(visit)
    if isinstance(form, Sent):
        return form
    on = visit.to(f"/wallet/send/{visit.names['draft']}")
    if form.fields.get("receiver_id"):
        return on
    asked = asked_now(visit, OTHER, form.fields)
    if not visit.sent:
        return View("citizen/sending_other.html", {**_about_other(visit, form.fields, {}), "asked": asked})
    faults = _other_faults(visit, asked)
    fields = {**form.fields, **{name: visit.form.get(name, "") for name in asked}}
    await visit.fill_in(visit.names["draft"], **fields)
    if faults:
        return View("citizen/sending_other.html", {**_about_other(visit, fields, faults), "asked": asked}, 400)
    try:
        if open_one := next((name for name in OTHER if not fields.get(name)), None):
            on = visit.to(visit.path, ask=open_one)
        else:
            await _ways(visit, fields)
    except TroubleError as trouble:
        told = {**_about_other(visit, fields, {}), "asked": OTHER, "trouble": trouble.problem}
        return View("citizen/sending_other.html", told, trouble.problem.status)
    return on


async def amount(visit: Visit) -> Found:
    """Tell the limits and ask for the amount; where nothing can be sent now, say why in place of the form."""
    form = await _form(visit)
    if isinstance(form, Sent):
        return form
    ways = await _ways(visit, form.fields)
    if ways.holds != "transfer":
        return visit.to("/wallet/send")
    open_ones = [one for one in ways.sendings if one.most_fen]
    told = {**await _about(visit, form, ways), "sources": open_ones, "faults": {}, "values": form.fields}
    asked = asked_now(visit, ("source", "amount") if len(open_ones) > 1 else ("amount",), form.fields)
    told["asked"] = asked
    if visit.sent and asked == ["source"]:
        chosen = next((one.source for one in open_ones if one.source == visit.form.get("source")), "account")
        await visit.fill_in(visit.names["draft"], source=chosen)
        return visit.to(visit.path, ask="amount")
    if not visit.sent or not open_ones:
        chips = chips_up_to(max((one.most_fen for one in open_ones), default=0))
        return View("citizen/sending_amount.html", {**told, "chips": chips})
    values = {"source": form.fields.get("source", ""), **amount_of(visit.form)}
    source = next((one for one in open_ones if one.source == values.get("source")), open_ones[0])
    filled = visit.filled(values)
    fen = filled.fen("amount")
    if not fen:
        filled.fault("amount", "sending.no_amount")
    if fen > source.most_fen:
        filled.fault("amount", "sending.too_much", most=_said(visit, source.most_fen))
    await visit.fill_in(visit.names["draft"], amount=values.get("amount", ""), source=source.source)
    if filled.faults:
        told = {**told, "faults": filled.faults, "faulty": True, "values": values}
        return View("citizen/sending_amount.html", {**told, "chips": chips_up_to(source.most_fen)}, 400)
    await visit.fill_in(visit.names["draft"], amount_fen=str(fen))
    return visit.to(f"/wallet/send/{visit.names['draft']}/check")


async def check(visit: Visit) -> Found:
    """Show it all once more, in capitals too, and send when told to: once, however often that is."""
    form = await _form(visit, checking=True)
    if isinstance(form, Sent):
        return form
    if not fen_of(form):
        return visit.to(f"/wallet/send/{visit.names['draft']}")
    if visit.sent:
        return await _send(visit, form)
    return await _checked(visit, form)


def relation_to_me(kin: KinTold) -> str:
    """Return what a relative is to the visitor, "" where no word of the bond tells it."""
    relation = kin.bond.relation
    return relation if kin.direction == "i_help" else BACK.get(relation, "")


async def relatives(visit: Visit) -> list[KinTold]:
    """Return the relatives of the visitor's network, each once, as the one he helps where he does."""
    family = await visit.api.get("family", Family)
    several = [kin for name in GENERATIONS for kin in getattr(family, name) if kin.state not in OVER]
    each: dict[int, KinTold] = {}
    for kin in sorted(several, key=lambda kin: kin.direction != "i_help"):
        if relation_to_me(kin):
            each.setdefault(kin.person_id, kin)
    return [*each.values()]


def told_limits(ways: WaysTold) -> dict[str, Any]:
    """Return the limits of today as the pages tell them, moments by the clock on the wall."""
    limits = ways.limits
    return {
        "of": limits,
        "return_at": when(limits.return_at),
        "opens_at": when(limits.opens_at),
        "minimum_fen": ways.minimum_fen,
        "pending_id": limits.pending_id if limits.one_pending else None,
        "used_up": limits.left_today == 0,
    }


PAGES: Final[Mapping[str, Page]] = {
    "/wallet/send": whom,
    "/wallet/send/{draft:str}": amount,
    "/wallet/send/{draft:str}/other": other,
    "/wallet/send/{draft:str}/check": check,
}


# Helpers


async def _form(visit: Visit, *, checking: bool = False) -> Unfinished | Sent:
    """Return the form, or where to go: what it came to, its last page while that is not known, or the beginning."""
    draft = visit.names["draft"]
    form = await visit.unfinished(draft, SENDING)
    if form is None:
        return visit.to("/wallet/send")
    if form.led_to:
        return visit.to(form.led_to)
    if form.fields.get(ASKED) and not checking:
        return visit.to(f"/wallet/send/{draft}/check")
    known = form.fields.get("receiver_id") or form.fields.get("certno")
    return form if known or visit.path.endswith("/other") else visit.to(f"/wallet/send/{draft}/other")


async def _ways(visit: Visit, fields: Mapping[str, str]) -> WaysTold:
    """Return the ways to the relative whom a form names, by number or by his papers."""
    address = named("people", visit.person_id, "wallet", "ways")
    if fields.get("receiver_id"):
        return await visit.api.get(
            address, WaysTold, relative_id=fields["receiver_id"], relation=fields.get("relation") or None
        )
    body = {"relative": _papers(fields), "relation": fields.get("relation")}
    return await visit.api.post(address, WaysTold, body, key=visit.desk.tokens())


def _papers(fields: Mapping[str, str]) -> dict[str, str]:
    return {"certno": fields.get("certno", ""), "name": fields.get("name", "")}


async def _send(visit: Visit, form: Unfinished) -> Found:
    draft, fields = visit.names["draft"], form.fields
    body: dict[str, Any] = {"amount_fen": fen_of(form), "source": fields.get("source", "account")}
    if fields.get("receiver_id"):
        body |= {"receiver_id": int(fields["receiver_id"]), "relation": fields.get("relation") or None}
    else:
        body |= {"receiver": _papers(fields), "relation": fields.get("relation")}
    await visit.fill_in(draft, **{ASKED: "yes"})
    try:
        sent = await visit.api.post("transfers", TransferTold, body, key=draft)
    except TroubleError as trouble:
        if not is_open(trouble):
            await visit.fill_in(draft, **{ASKED: ""})
            form = replace(form, fields={name: text for name, text in fields.items() if name != ASKED})
        return await _checked(visit, form, trouble)
    led_to = f"/wallet/transfers/{sent.transfer_id}"
    await visit.finish(draft, led_to)
    return visit.to(led_to)


async def _checked(visit: Visit, form: Unfinished, trouble: TroubleError | None = None) -> View:
    ways = await _ways(visit, form.fields)
    told = {
        **await _about(visit, form, ways),
        "amount_fen": fen_of(form),
        "source": form.fields.get("source", "account"),
        "trouble": trouble.problem if trouble is not None else None,
        "open": is_open(trouble) if trouble is not None else bool(form.fields.get(ASKED)),
        "no_return": next((one for one in ways.rules if "/wallet_transfer/" in one.rule), None),
        "faulty": trouble is not None,
    }
    return View("citizen/sending_check.html", told, trouble.problem.status if trouble is not None else 200)


async def _about(visit: Visit, form: Unfinished, ways: WaysTold) -> dict[str, Any]:
    """Return to whom it goes, and what holds today."""
    fields = form.fields
    name = fields.get("name") or (await called(visit, {ways.relative_id})).get(ways.relative_id, "")
    return {
        "draft": visit.names["draft"],
        "name": name,
        "relation": related(visit, ways.relation),
        "holds": ways.holds,
        "limits": told_limits(ways),
        "receiver_open": ways.receiver_open,
        "sender_open": ways.sender_open,
        "reasons": _reasons(ways.sendings),
    }


def _reasons(sendings: list[SendingTold]) -> list[Any]:
    """Return why nothing can be sent: what speaks against every source, or against the account where they differ."""
    if any(one.most_fen for one in sendings):
        return []
    return min((one.reasons for one in sendings), key=len) or sendings[0].reasons


def _shown(visit: Visit, kin: KinTold, ways: WaysTold) -> dict[str, Any]:
    return {
        "person_id": kin.person_id,
        "name": kin.name,
        "relation": related(visit, ways.relation),
        "open": ways.receiver_open,
        "bond_id": kin.bond.bond_id if kin.direction == "i_help" else None,
        "quota_fen": ways.quota.quota_fen,
    }


def _other_faults(visit: Visit, asked: Sequence[str]) -> dict[str, str]:
    filled = visit.filled()
    for name in ("name", "certno"):
        if name in asked and not filled.has(name):
            filled.fault(name, f"sending.no_{name}")
    if "relation" in asked:
        filled.choice("relation", RELATIONS)
    return filled.faults


def _about_other(visit: Visit, fields: Mapping[str, str], faults: Mapping[str, str]) -> dict[str, Any]:
    options = [(relation.value, related(visit, relation)) for relation in RELATIONS]
    about = {"draft": visit.names["draft"], "options": options, "trouble": None}
    return {**about, "values": fields, "faults": faults, "faulty": bool(faults)}


def _said(visit: Visit, fen: int) -> str:
    return money(fen, visit.language)
