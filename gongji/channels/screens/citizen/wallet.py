"""C2 医保钱包: what lies in it, opening it, where it is used, closing it."""

from collections.abc import Mapping
from typing import Any, Final

from gongji.channels.api.accounts import BalancesTold
from gongji.channels.api.wallets import RegionChosen, WalletOpened, WalletTold
from gongji.channels.pages.asking import Asked, View, region_groups, region_name
from gongji.channels.screens.citizen.drafts import proves_anew, wants_proof
from gongji.channels.screens.citizen.kindred import (
    SIGNED,
    agreed,
    fresh,
    key_of,
    own_name,
    text_of,
)
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.requests import Scope
from gongji.rules.citing import Citation, cite

OPENING: Final = "open_wallet"
"""The kind of unfinished form that opens a wallet."""

DONE: Final = frozenset({"opened", "moved", "closed"})
"""What the page of the wallet can say was done."""


async def wallet(visit: Visit) -> Found:
    """Show what is in the wallet and where it is used; the way to open it, where it is not open."""
    found = await _wallet(visit)
    done = visit.query.get("done", "")
    told = {
        "wallet": found,
        "region": _region(visit, found.region),
        "done": done if done in DONE else "",
        "closed": await _not_offered(visit) if not found.open else None,
    }
    return View("citizen/wallet.html", told)


async def begin(visit: Visit) -> Found:
    """Say what a wallet is for; whoever wants one begins the form."""
    found, closed = await _wallet(visit), await _not_offered(visit)
    if visit.sent and not found.open and closed is None:
        return visit.to(f"/wallet/open/{await visit.begin(OPENING)}")
    return View("citizen/wallet_begin.html", {"wallet": found, "closed": closed})


async def opening(visit: Visit) -> Found:
    """Ask for place, phone, promise and signature, and open the wallet."""
    draft = visit.names["draft"]
    form = await visit.unfinished(draft, OPENING)
    if form is None or form.led_to:
        return visit.to(form.led_to if form is not None else "/wallet/open")
    name, text = await own_name(visit), await text_of(visit, "wallet")
    told = {"name": name, "text": text, "groups": _groups(visit), "trouble": None}
    if not visit.sent:
        return View("citizen/wallet_open.html", {**told, "values": form.fields, "faults": {}})
    values = {field: visit.form.get(field, "") for field in ("region", "phone", "promise", SIGNED)}
    await visit.fill_in(draft, **values)
    faults = _faults(visit, values, name)
    if faults:
        faulty = {**told, "values": values, "faults": faults, "faulty": True}
        return View("citizen/wallet_open.html", faulty, 400)
    body = WalletOpened(phone=values["phone"], agreed=agreed(text, values[SIGNED]), region=values["region"] or None)
    try:
        await visit.api.post(named("people", visit.person_id, "wallet"), WalletTold, body, key=draft)
    except TroubleError as trouble:
        if wants_proof(trouble):
            return proves_anew(visit, visit.path)
        more = {"trouble": trouble.problem, "values": values, "faults": {}, "faulty": True}
        return View("citizen/wallet_open.html", {**told, **more}, trouble.problem.status)
    await visit.finish(draft, "/wallet?done=opened")
    return visit.to("/wallet", done="opened")


async def region(visit: Visit) -> Found:
    """Ask where the wallet is to be used, and change that."""
    found = await _wallet(visit)
    if not found.open:
        return visit.to("/wallet")
    told = {"region": _region(visit, found.region), "groups": _groups(visit), "once": fresh(visit), "trouble": None}
    if not visit.sent:
        return View("citizen/wallet_region.html", {**told, "values": {}, "faults": {}})
    filled = visit.filled()
    chosen = filled.region("region")
    if chosen is None:
        faulty = {**told, "values": visit.form, "faults": filled.faults, "faulty": True}
        return View("citizen/wallet_region.html", faulty, 400)
    try:
        address = named("people", visit.person_id, "wallet", "region")
        await visit.api.post(address, WalletTold, RegionChosen(region=chosen), key=key_of(visit))
    except TroubleError as trouble:
        more = {"values": visit.form, "faults": {}, "trouble": trouble.problem, "faulty": True}
        return View("citizen/wallet_region.html", {**told, **more}, trouble.problem.status)
    return visit.to("/wallet", done="moved")


async def closing(visit: Visit) -> Found:
    """Say what closing does to the money in it, and close the wallet."""
    found = await _wallet(visit)
    if not found.open and not visit.sent:
        return visit.to("/wallet")
    balances = await visit.api.get(named("accounts", visit.person_id, "balances"), BalancesTold)
    told: dict[str, Any] = {"wallet": found, "held_fen": balances.held_fen, "once": fresh(visit), "trouble": None}
    if not visit.sent:
        return View("citizen/wallet_closing.html", told)
    try:
        await visit.api.post(named("people", visit.person_id, "wallet", "closing"), WalletTold, key=key_of(visit))
    except TroubleError as trouble:
        more = {"trouble": trouble.problem, "faulty": True}
        return View("citizen/wallet_closing.html", {**told, **more}, trouble.problem.status)
    return visit.to("/wallet", done="closed")


PAGES: Final[Mapping[str, Page]] = {
    "/wallet": wallet,
    "/wallet/open": begin,
    "/wallet/open/{draft:str}": opening,
    "/wallet/region": region,
    "/wallet/closing": closing,
}


# Helpers


async def _wallet(visit: Visit) -> WalletTold:
    return await visit.api.get(named("people", visit.person_id, "wallet"), WalletTold)


def _region(visit: Visit, code: str | None) -> str:
    return region_name(visit.desk.book(visit.now), code, visit.language) if code else ""


def _groups(visit: Visit) -> list[tuple[str, list[tuple[str, str]]]]:
    book = visit.desk.book(visit.now)
    return region_groups(Asked(book=book, now=visit.now, language=visit.language, path=visit.path, names={}, query={}))


async def _not_offered(visit: Visit) -> Citation | None:
    """Return the rule by which there are no wallets yet where the visitor is insured, None where there are."""
    person = await visit.desk.read(
        Scope(people={visit.person_id}), lambda books: books.registry.people.get(visit.person_id)
    )
    book = visit.desk.book(visit.now)
    if person is None:
        return None
    row = book.on(person.region, visit.now.date()).rows["wallet"]
    return cite(book, row) if row.state == "not_in_force" else None


def _faults(visit: Visit, values: Mapping[str, str], name: str) -> dict[str, str]:
    """Return what is wrong with the form, in the order of the page; `name` is the one who signs."""
    filled = visit.filled(values)
    if filled.has("region"):
        filled.region("region")
    if not _is_phone(values["phone"]):
        filled.fault("phone", "wallet.no_phone")
    if values["promise"] != "yes":
        filled.fault("promise", "wallet.no_promise")
    if values[SIGNED] != name:
        filled.fault(SIGNED, "wallet.no_signature", who=name)
    return filled.faults


def _is_phone(text: str) -> bool:
    return len(text) == 11 and text.isascii() and text.isdecimal() and text[0] == "1" and text[1] in "3456789"
