"""C5 接受邀请: what a link leads to, without signing in; the answer; and where an invitation stands for who sent it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from litestar.datastructures import Cookie

from gongji.channels.api.invitations import Answer, InvitationTold, InvitedTold, by_link
from gongji.channels.api.problems import ProblemError
from gongji.channels.pages.asking import View
from gongji.channels.screens.citizen.kindred import (
    SIGNED,
    about_signature,
    agreed,
    called,
    key_of,
    left,
    own_name,
    related,
    remind,
    reminding,
    signing,
    text_of,
    when,
)
from gongji.channels.screens.citizen.one_by_one import ASK
from gongji.channels.screens.inside import TroubleError, named
from gongji.channels.screens.visiting import Found, Page, Visit

LINK_COOKIE: Final = "gongji-link"
"""The link of the newest invitation, kept by the browser of who sent it: the books have its digest alone."""

LINK_SECONDS: Final = 3600
ANSWERS: Final = ("accepted", "declined", "not_my_relative")
WAITING: Final = frozenset({"open", "unasked"})
DETAILS: Final = "details"
STEPS: Final = ("answer", DETAILS, "sign")
"""In the simple mode: whether he wants to, whether medicines may be seen, and his name; one a page."""


def remembered(visit: Visit, invitation_id: str, secret: str | None) -> tuple[Cookie, ...]:
    """Return what has the browser keep the link of an invitation for an hour, to be forwarded; nothing for none."""
    if secret is None:
        return ()
    return (visit.jar().kept(LINK_COOKIE, f"{invitation_id}.{secret}", LINK_SECONDS),)


async def look(visit: Visit) -> Found:
    """Show whoever has the link what it is about: that he pays nothing stands first."""
    try:
        found = await by_link(visit.desk, visit.names["secret"])
    except ProblemError:
        return View("citizen/invited_gone.html", {}, 404)
    told = {
        "found": found,
        "relation": related(visit, found.relation),
        "modes": [visit.say(f"invited.mode_{mode}") for mode in found.modes],
        "lasts": visit.say(f"invited.lasts_{found.lasts}"),
        "until": when(found.until),
        "left": left(visit, found.answer_by),
        "over": found.answer == "expired",
        "answer": visit.link(f"/family/invitations/{found.invitation_id}"),
    }
    return View("citizen/invited_look.html", told)


async def invitation(visit: Visit) -> Found:
    """Show an invitation: to the one it was sent to, so that he can answer; to the one who sent it, where it stands."""
    found = await _found(visit)
    if found.member_id == visit.person_id:
        return await _to_answer(visit, found)
    return await _sent(visit, found)


async def link_again(visit: Visit) -> Found:
    """Give an invitation another link; the one before leads nowhere from then on."""
    number = visit.names["invitation_id"]
    if visit.sent:
        done = await visit.api.post(named("invitations", number, "link"), InvitedTold, key=key_of(visit))
        return visit.to(f"/family/invitations/{number}", *remembered(visit, number, done.link))
    return visit.to(f"/family/invitations/{number}")


async def told_again(visit: Visit) -> Found:
    """Have the one who was invited told again."""
    number = visit.names["invitation_id"]
    if visit.sent:
        await remind(visit, named("invitations", number))
    return visit.to(f"/family/invitations/{number}")


async def withdrawal(visit: Visit) -> Found:
    """Take an invitation back that nobody has answered."""
    number = visit.names["invitation_id"]
    if visit.sent:
        await visit.api.post(named("invitations", number, "withdrawal"), InvitedTold, key=key_of(visit))
    return visit.to(f"/family/invitations/{number}")


PAGES: Final[Mapping[str, Page]] = {
    "/family/invitations/{invitation_id:str}": invitation,
    "/family/invitations/{invitation_id:str}/link": link_again,
    "/family/invitations/{invitation_id:str}/reminder": told_again,
    "/family/invitations/{invitation_id:str}/withdrawal": withdrawal,
}
OPEN_PAGES: Final[Mapping[str, Page]] = {"/i/{secret:str}": look}
"""For everybody."""


# Helpers


async def _found(visit: Visit) -> InvitationTold:
    return await visit.api.get(named("invitations", visit.names["invitation_id"]), InvitationTold)


async def _about(visit: Visit, found: InvitationTold) -> dict[str, Any]:
    names = await called(visit, {found.sharer_id, found.member_id})
    return {
        "found": found,
        "sharer": names.get(found.sharer_id, ""),
        "member": names.get(found.member_id, ""),
        "relation": related(visit, found.relation),
        "modes": [visit.say(f"invited.mode_{mode}") for mode in found.modes],
        "lasts": visit.say(f"invited.lasts_{found.lasts}"),
        "until": _last_day(found),
        "left": left(visit, found.answer_by),
        "waiting": found.answer in WAITING,
        "asked_at": when(found.made_at),
        "bond": visit.link(f"/family/{found.bond_id}"),
    }


def _last_day(found: InvitationTold) -> Any:
    """Return the last day on which it holds, None where no day is set."""
    until = when(found.until)
    return (until - timedelta(seconds=1)).date() if until is not None else None


async def _to_answer(visit: Visit, found: InvitationTold) -> Found:
    """Show the invitation to the one it was sent to, or take his answer."""
    text, more, name = await text_of(visit, "receive"), await text_of(visit, "details"), await own_name(visit)
    told = {**await _about(visit, found), **signing(visit, name, text, more), "trouble": None}
    asked = visit.query.get(ASK, "")
    told |= {"asked": asked if asked in STEPS else STEPS[0], "shows": visit.query.get(DETAILS) == "yes"}
    faults: dict[str, str] = {}
    if visit.sent and visit.form.get("how") in ANSWERS:
        how, signed = visit.form["how"], visit.form.get(SIGNED, "")
        accepts = how == "accepted"
        shows = accepts and visit.form.get(DETAILS) == "yes"
        reply = Answer(
            how=how,  # type: ignore[arg-type]  # one of the three
            agreed=agreed(text, signed) if accepts else None,
            details=agreed(more, signed) if shows else None,
        )
        try:
            if signed or not accepts:
                await visit.api.post(
                    named("invitations", found.invitation_id, "answer"), InvitedTold, reply, key=key_of(visit)
                )
                return visit.to(f"/family/invitations/{found.invitation_id}")
            faults = {SIGNED: visit.say("people.sign_first")}
        except TroubleError as met:
            if about_signature(met):
                faults = {SIGNED: visit.say("people.not_your_name")}
            else:
                told["trouble"] = met.problem
    told |= {"faults": faults, "faulty": bool(faults)}
    return View("citizen/invited_answer.html", told, 400 if faults or told["trouble"] else 200)


async def _sent(visit: Visit, found: InvitationTold) -> Found:
    """Show the invitation to the one who sent it: the link to forward, while his browser has it."""
    number, _, secret = visit.jar().read(visit.request, LINK_COOKIE).partition(".")
    path = visit.link(f"/i/{secret}")
    told = {
        **await _about(visit, found),
        **signing(visit, ""),
        "forward": f"{visit.identity.tokens.issuer}{path}" if number == found.invitation_id else "",
        "again": visit.link(f"/family/invitations/{found.invitation_id}/link"),
        "back_again": visit.link(f"/family/invitations/{found.invitation_id}/withdrawal"),
        "remind": visit.link(f"/family/invitations/{found.invitation_id}/reminder"),
    }
    if found.answer == "open":
        told |= await reminding(visit, named("invitations", found.invitation_id))
    return View("citizen/invited_sent.html", told)
