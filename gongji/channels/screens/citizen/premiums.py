"""C9 替家人缴费: one premium for each relative, who has paid it already, paying it once, and its receipt."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from gongji.channels.api.family import Family, KinTold
from gongji.channels.api.premiums import KindTold, PremiumOutlookTold, Premiums, PremiumTold
from gongji.channels.figures import money
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.drafts import ASKED, fen_of, is_open
from gongji.channels.screens.citizen.family import GENERATIONS, OVER
from gongji.channels.screens.citizen.kindred import none_there, own_name, related, when
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Sent, Visit
from gongji.domain.family import Mode
from gongji.services.access.unfinished import Unfinished
from gongji.services.wallets.premium_outlooks import KINDS

PAYING: Final = "premium"
"""The kind of unfinished form that pays a premium."""


class _Insured(Struct, frozen=True, kw_only=True):
    """For whom a premium may be paid."""

    person_id: int
    name: str
    relation: str
    modes: tuple[Mode, ...]


async def premiums(visit: Visit) -> Found:
    """Show, for each relative and oneself, what may be paid and what has been; begin the form that is chosen."""
    people, year = await _people(visit), _year(visit)
    if visit.sent:
        return await _begun(visit, people, year)
    found = await asyncio.gather(*(_outlook(visit, one.person_id, year) for one in people))
    window = next((one.window for one in found if one.window is not None), None)
    told = {
        "year": year,
        "other_year": visit.now.year + 1 if year == visit.now.year else visit.now.year,
        "window": _days(window.first, window.last) if window is not None else None,
        "several": [_shown(visit, one, outlook) for one, outlook in zip(people, found, strict=True)],
    }
    return View("citizen/premiums.html", told)


async def amount(visit: Visit) -> Found:
    """Ask for what stands on the collecting office's notice; who has paid already is told before that."""
    form = await _form(visit)
    if isinstance(form, Sent):
        return form
    insured, kind, outlook = await _about(visit, form)
    told = {**_told(visit, form, insured, kind, outlook), "values": form.fields, "faults": {}}
    if not visit.sent or not kind.payable:
        return View("citizen/premium_amount.html", told)
    filled = visit.filled()
    fen = filled.fen("amount")
    if not fen:
        filled.fault("amount", "paying.no_amount")
    if fen > kind.most_fen:
        filled.fault("amount", "paying.too_much", most=money(kind.most_fen, visit.language))
    notice = visit.form.get("notice", "")
    if not (0 < len(notice) <= _NOTICE_MOST and all("!" <= letter <= "~" for letter in notice)):
        filled.fault("notice", "paying.no_notice")
    product = visit.form.get("product", "")
    if kind.kind == "commercial" and not product:
        filled.fault("product", "paying.no_product")
    fields = {"amount": visit.form.get("amount", ""), "notice": notice, "product": product[:_PRODUCT_MOST]}
    await visit.fill_in(visit.names["draft"], **fields)
    if filled.faults:
        faulty = {**told, "values": visit.form, "faults": filled.faults, "faulty": True}
        return View("citizen/premium_amount.html", faulty, 400)
    await visit.fill_in(visit.names["draft"], amount_fen=str(fen))
    return visit.to(f"/premiums/{visit.names['draft']}/check")


async def check(visit: Visit) -> Found:
    """Show it all once more, and pay when told to, once."""
    form = await _form(visit, checking=True)
    if isinstance(form, Sent):
        return form
    draft = visit.names["draft"]
    if not fen_of(form):
        return visit.to(f"/premiums/{draft}")
    insured, kind, outlook = await _about(visit, form)
    told = {**_told(visit, form, insured, kind, outlook), "amount_fen": fen_of(form), "trouble": None}
    told["open"] = bool(form.fields.get(ASKED))
    if not visit.sent:
        return View("citizen/premium_check.html", told)
    body = {
        "kind": kind.kind,
        "year": outlook.year,
        "amount_fen": fen_of(form),
        "notice": form.fields["notice"],
        "insured_id": insured.person_id if insured.person_id != visit.person_id else None,
        "product": form.fields.get("product"),
    }
    await visit.fill_in(draft, **{ASKED: "yes"})
    try:
        paid = await visit.api.post("premiums", PremiumTold, body, key=draft)
    except TroubleError as trouble:
        if not is_open(trouble):
            await visit.fill_in(draft, **{ASKED: ""})
        more = {"trouble": trouble.problem, "open": is_open(trouble), "faulty": True}
        return View("citizen/premium_check.html", {**told, **more}, trouble.problem.status)
    led_to = f"/premiums/paid/{paid.insured_id}/{paid.kind}/{paid.year}"
    await visit.finish(draft, led_to)
    return visit.to(led_to)


async def receipt(visit: Visit) -> Found:
    """Show a premium that was paid, and what of it went back."""
    people = {str(one.person_id): one for one in await _people(visit)}
    insured = people.get(visit.names["insured"])
    if insured is None:
        raise none_there(visit)
    found = await visit.api.get(named("people", visit.person_id, "premiums"), Premiums, insured_id=insured.person_id)
    wanted = (visit.names["kind"], visit.names["year"])
    paid = next((one for one in found.items if (one.kind, str(one.year)) == wanted), None)
    if paid is None:
        raise none_there(visit)
    told = {"one": paid, "insured": insured, "kind": visit.say(f"paying.kind_{paid.kind}"), "at": when(paid.paid_at)}
    return View("citizen/premium_receipt.html", told)


PAGES: Final[Mapping[str, Page]] = {
    "/premiums": premiums,
    "/premiums/{draft:str}": amount,
    "/premiums/{draft:str}/check": check,
    "/premiums/paid/{insured:str}/{kind:str}/{year:str}": receipt,
}


# Helpers

_NOTICE_MOST: Final = 50
_PRODUCT_MOST: Final = 100


async def _people(visit: Visit) -> list[_Insured]:
    """Return the relatives whom the visitor helps, and himself, last."""
    family, mine = await asyncio.gather(visit.api.get("family", Family), own_name(visit))
    helped = [
        kin
        for name in GENERATIONS
        for kin in getattr(family, name)
        if kin.direction == "i_help" and kin.state not in OVER
    ]
    name = visit.acting.name if visit.acting is not None else mine
    oneself = _Insured(
        person_id=visit.person_id, name=name, relation=visit.say("paying.oneself"), modes=(Mode.PREMIUM,)
    )
    return [*(_relative(visit, kin) for kin in helped), oneself]


def _relative(visit: Visit, kin: KinTold) -> _Insured:
    relation = related(visit, kin.bond.relation)
    return _Insured(person_id=kin.person_id, name=kin.name, relation=relation, modes=kin.bond.modes)


def _year(visit: Visit) -> int:
    """Return the year chosen: this one or the next."""
    text = visit.form.get("year", "") if visit.sent else visit.query.get("year", "")
    return visit.now.year + 1 if text == str(visit.now.year + 1) else visit.now.year


async def _outlook(visit: Visit, insured_id: int, year: int) -> PremiumOutlookTold:
    address = named("people", visit.person_id, "premiums", "outlook")
    whom = insured_id if insured_id != visit.person_id else None
    return await visit.api.get(address, PremiumOutlookTold, year=year, insured_id=whom)


async def _begun(visit: Visit, people: list[_Insured], year: int) -> Sent:
    whom, _, kind = visit.form.get("choice", "").partition(":")
    insured = next((one for one in people if str(one.person_id) == whom), None)
    if insured is None or kind not in KINDS:
        raise none_there(visit)
    draft = await visit.begin(PAYING, insured_id=whom, what=kind, year=str(year))
    return visit.to(f"/premiums/{draft}")


async def _form(visit: Visit, *, checking: bool = False) -> Unfinished | Sent:
    draft = visit.names["draft"]
    form = await visit.unfinished(draft, PAYING)
    if form is None:
        return visit.to("/premiums")
    if form.led_to:
        return visit.to(form.led_to)
    if form.fields.get(ASKED) and not checking:
        return visit.to(f"/premiums/{draft}/check")
    return form


async def _about(visit: Visit, form: Unfinished) -> tuple[_Insured, KindTold, PremiumOutlookTold]:
    """Return for whom a form pays what, and what holds of it now."""
    people = {str(one.person_id): one for one in await _people(visit)}
    insured = people.get(form.fields["insured_id"])
    if insured is None:
        raise none_there(visit)
    outlook = await _outlook(visit, insured.person_id, int(form.fields["year"]))
    kind = next(one for one in outlook.kinds if one.kind == form.fields["what"])
    return insured, kind, outlook


def _told(
    visit: Visit, form: Unfinished, insured: _Insured, kind: KindTold, outlook: PremiumOutlookTold
) -> dict[str, Any]:
    window = outlook.window
    return {
        "draft": visit.names["draft"],
        "fields": form.fields,
        "insured": insured,
        "kind": kind,
        "kind_said": visit.say(f"paying.kind_{kind.kind}"),
        "year": outlook.year,
        "window": _days(window.first, window.last) if window is not None else None,
        "window_open": window.open if window is not None else None,
        "paid": _paid(visit, kind),
    }


def _shown(visit: Visit, insured: _Insured, outlook: PremiumOutlookTold) -> dict[str, Any]:
    kinds = [
        {
            "name": kind.kind,
            "title": visit.say(f"paying.kind_{kind.kind}"),
            "paid": _paid(visit, kind),
            "receipt": f"/premiums/paid/{insured.person_id}/{kind.kind}/{outlook.year}" if kind.paid else None,
        }
        for kind in outlook.kinds
    ]
    return {
        "insured": insured,
        "chosen": Mode.PREMIUM in insured.modes,
        "open": [shown for shown, kind in zip(kinds, outlook.kinds, strict=True) if kind.payable or kind.paid],
        "shut": _shut(visit, outlook) if Mode.PREMIUM in insured.modes else [],
    }


def _shut(visit: Visit, outlook: PremiumOutlookTold) -> list[tuple[str, list[Any]]]:
    """Return the kinds that cannot be paid, those with the same reasons together."""
    several: dict[tuple[str, ...], tuple[list[str], list[Any]]] = {}
    for kind in outlook.kinds:
        if not kind.payable and kind.paid is None:
            key = tuple(f"{one.refusal} {one.rule}" for one in kind.reasons)
            several.setdefault(key, ([], kind.reasons))[0].append(visit.say(f"paying.kind_{kind.kind}"))
    return [(visit.say("purse.and").join(names), reasons) for names, reasons in several.values()]


def _paid(visit: Visit, kind: KindTold) -> str:
    """Return who has paid a premium already and when, "" where nobody has."""
    paid = kind.paid
    at = when(paid.paid_at) if paid is not None else None
    if paid is None or at is None:
        return ""
    return visit.say(f"paying.paid_by_{paid.by}", month=at.month, day=at.day, year=at.year)


def _days(first: str, last: str) -> tuple[int, ...]:
    """Return month and day of the first and of the last day, of MM-DD."""
    return tuple(int(part) for text in (first, last) for part in text.split("-"))
