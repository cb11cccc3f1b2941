"""C16 设置: type size, contrast, simple mode, language, reading aloud, and how one wants to be told.

What is asked for lies with the person, so that it holds at the counter and the kiosk; cookies bring it to the pages.
"""

import re
from collections.abc import Mapping
from datetime import time
from typing import Any, Final

import msgspec
from litestar.datastructures import Cookie
from msgspec.structs import replace

from gongji.channels.api.sessions import Sessions, SessionTold
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.kindred import fresh, key_of, own_api, when
from gongji.channels.screens.citizen.shell import ALOUD, EASY
from gongji.channels.screens.inside import TroubleError, named, tag_in
from gongji.channels.screens.visiting import LANGUAGES, STAFF, Found, Page, Sent, Visit
from gongji.domain.requests import Scope
from gongji.services.access.channel_apps import app_scope, registered
from gongji.services.access.permissions import PERMISSIONS
from gongji.services.telling.preferences import Channel, Preferences

TEXT_SIZES: Final[Mapping[str, str]] = {"standard": "s", "large": "l", "largest": "xl"}
CHANNELS: Final[Mapping[Channel, str]] = {"sms": "phone", "wechat": "wechat", "alipay": "alipay"}
"""The ways besides the inbox, and the field with the address of each."""

YEAR_SECONDS: Final = 365 * 86400
_PAGE: Final = re.compile(r"/(?!/)[\w/?=&.%-]*", re.ASCII)
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


async def settings(visit: Visit) -> Found:
    """Show what the visitor has asked for, or write it down."""
    answer = await visit.api.answer("GET", "preferences")
    held = decoded(answer.body)
    faults: dict[str, str] = {}
    trouble = None
    if visit.sent:
        wanted, faults = _wanted(visit, held)
        if not faults:
            try:
                await visit.api.post("preferences", Preferences, wanted, key=key_of(visit), if_match=tag_in(answer))
                return Sent(f"{LANGUAGES[wanted.language]}/settings?kept=yes", brought(wanted))
            except TroubleError as met:
                trouble = met.problem
    told = {
        "held": held,
        "kept": visit.query.get("kept") == "yes",
        "sizes": list(TEXT_SIZES),
        "channels": CHANNELS,
        "values": _values(held) | visit.form,
        "chosen": visit.several.get("channels", list(held.channels)) if visit.sent else list(held.channels),
        "once": fresh(visit),
        "faults": faults,
        "faulty": bool(faults),
        "trouble": trouble,
    }
    return View("citizen/settings.html", told, 400 if faults or trouble else 200)


async def follow(visit: Visit) -> Found:
    """Bring what the visitor has asked for to this browser, and go on: settings follow him from device to device."""
    back = visit.query.get("back", "/")
    there = back if _PAGE.fullmatch(back) else "/"
    if not visit.known or visit.caller.role in STAFF:
        return Sent(there)
    return Sent(there, brought(decoded((await visit.api.answer("GET", "preferences")).body)))


async def apps(visit: Visit) -> Found:
    """Show to which apps the visitor has agreed, and take that back."""
    if visit.sent:
        ended = named("sessions", visit.form.get("session", ""), "end")
        await own_api(visit).post(ended, SessionTold, key=key_of(visit))
        return visit.to("/settings/apps")
    found = (await own_api(visit).get("sessions", Sessions, limit=100)).items
    names = await _named(visit, {one.client_id for one in found})
    told = {
        "several": [
            {
                "session": one,
                "name": names.get(one.client_id, one.client_id),
                "may": [PERMISSIONS[scope].text(visit.language) for scope in one.scopes if scope in PERMISSIONS],
                "since": when(one.since),
                "until": when(one.until),
            }
            for one in found
        ],
        "once": fresh(visit),
    }
    return View("citizen/settings_apps.html", told)


async def easy(_: Visit) -> Found:
    """Show the four tasks of the simple mode 简易模式."""
    return View("citizen/easy.html", {})


PAGES: Final[Mapping[str, Page]] = {
    "/settings": settings,
    "/settings/apps": apps,
    "/easy": easy,
}
OPEN_PAGES: Final[Mapping[str, Page]] = {"/settings/follow": follow}


def brought(held: Preferences, seconds: int = YEAR_SECONDS) -> tuple[Cookie, ...]:
    """Return the cookies by which pages look as the person wants; scripts read the size before anything is painted."""
    size = TEXT_SIZES["large" if held.easy_mode and held.text_size == "standard" else held.text_size]
    return (
        _cookie("size", f"{size}-hc" if held.high_contrast else size, seconds),
        _cookie(EASY, "1" if held.easy_mode else "", seconds),
        _cookie(ALOUD, "1" if held.read_aloud or held.easy_mode else "", seconds),
    )


def decoded(body: bytes) -> Preferences:
    """Return preferences as the API told them."""
    return msgspec.json.decode(body, type=Preferences)


# Helpers


def _cookie(name: str, value: str, seconds: int) -> Cookie:
    return Cookie(key=name, value=value, path="/", max_age=seconds if value else 0, samesite="lax")


def _values(held: Preferences) -> dict[str, str]:
    return {
        "text_size": held.text_size,
        "language": held.language,
        "high_contrast": "yes" if held.high_contrast else "",
        "easy_mode": "yes" if held.easy_mode else "",
        "read_aloud": "yes" if held.read_aloud else "",
        "phone": held.phone,
        "wechat": held.wechat,
        "alipay": held.alipay,
        "quiet_from": f"{held.quiet_from:%H:%M}",
        "quiet_until": f"{held.quiet_until:%H:%M}",
        "reminder": f"{held.reminder_fen // 100}.{held.reminder_fen % 100:02}" if held.reminder_fen else "",
    }


def _wanted(visit: Visit, held: Preferences) -> tuple[Preferences, dict[str, str]]:
    """Return what the form asks for, and what is wrong with it, in the order of the page."""
    filled, form = visit.filled(), visit.form
    size = filled.choice("text_size", TEXT_SIZES)
    language = filled.choice("language", LANGUAGES)
    chosen = [channel for channel in CHANNELS if channel in visit.several.get("channels", [])]
    for channel in chosen:
        if not form.get(CHANNELS[channel]):
            filled.fault(CHANNELS[channel], f"settings.no_{CHANNELS[channel]}")
    quiet = [_clock(form.get(name, "")) for name in ("quiet_from", "quiet_until")]
    if None in quiet:
        filled.fault("quiet_from", "settings.no_clock")
    reminder_fen = filled.fen("reminder")
    if filled.faults or size is None or language is None or quiet[0] is None or quiet[1] is None:
        return held, filled.faults
    wanted = replace(
        held,
        language=language,
        text_size=size,
        high_contrast=form.get("high_contrast") == "yes",
        easy_mode=form.get("easy_mode") == "yes",
        read_aloud=form.get("read_aloud") == "yes",
        channels=tuple(chosen),
        phone=form.get("phone", ""),
        wechat=form.get("wechat", ""),
        alipay=form.get("alipay", ""),
        quiet_from=quiet[0],
        quiet_until=quiet[1],
        reminder_fen=reminder_fen or None,
    )
    return wanted, {}


def _clock(text: str) -> time | None:
    return time.fromisoformat(text) if _CLOCK.fullmatch(text) else None


async def _named(visit: Visit, clients: set[str]) -> dict[str, Any]:
    """Return what these apps are called."""
    scope = Scope()
    for client_id in clients:
        scope.merge(app_scope(client_id))
    found = await visit.desk.read(scope, lambda books: [registered(books, client_id) for client_id in clients])
    apps_found = [one.app for one in found if one is not None]
    return {app.client_id: app.name_zh if visit.language == "zh" else app.name_en for app in apps_found}
