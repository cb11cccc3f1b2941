"""In line for one of the staff: a number, how many are before it, and the way on once a clerk has made sure."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from gongji.channels.identity.sample_apps import sample_staff
from gongji.channels.pages.asking import View
from gongji.channels.screens.entering import let_in
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.kiosk.shell import COOKIE, ROOT, SECOND_COOKIE, own_page
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.access.signing_in import Proven
from gongji.services.acts import Actor
from gongji.services.batching import Job
from gongji.services.office.calls import CALL, WAITING, Waits, call_of, call_scope, put_call, serve
from gongji.services.office.presences import Standing, stand_before
from gongji.services.store import Books

_LINE_MOST: Final = 200


async def stand_in_line(visit: Visit, person_id: int, back: str, *, second: bool, bring: str = "") -> Found:
    """Put somebody in line, and show him his number."""
    secret = visit.desk.tokens()

    people = [person_id] if person_id else []
    put = partial(put_call, secret=secret, person_id=person_id, at=visit.now, bring=bring)
    await _job(visit, call_scope(secret, *people), put)
    return visit.to(f"{ROOT}/line/{secret}", back=back, second="yes" if second else "")


async def line(visit: Visit) -> Found:
    """Show number and place; whoever a clerk has made sure of since goes on from here."""
    found = await _call(visit)
    back = own_page(visit.form.get("back") or visit.query.get("back", ""))
    second = bool(visit.form.get("second") or visit.query.get("second"))
    if visit.sent and visit.form.get("sample") and visit.identity.sandbox is not None and found.person_id:
        await _sample_clerk(visit, found)
        return visit.to(visit.path, back=back, second="yes" if second else "")
    if visit.sent and found.checked:
        kept = await let_in(visit, await _proven(visit, found), SECOND_COOKIE if second else COOKIE)
        if not isinstance(kept, Refused):
            await _job(visit, call_scope(visit.names["secret"]), partial(serve, secret=visit.names["secret"]))
            return visit.to(back.removeprefix("/en"), kept)
    told: dict[str, Any] = {
        "call": found,
        "before": await _before(visit, found),
        "back": back,
        "second": second,
        "sample": visit.identity.sandbox is not None and bool(found.person_id) and not found.checked,
    }
    return View("kiosk/line.html", told)


PAGES: Final[Mapping[str, Page]] = {"/line/{secret:str}": line}


# Helpers


async def _call(visit: Visit) -> Waits:
    """Return the call of the address. Raise TroubleError where there is none."""
    secret, now = visit.names["secret"], visit.now
    found = await visit.desk.read(call_scope(secret), partial(call_of, secret=secret, at=now))
    if found is None:
        raise TroubleError(visit.problem(RequestFault.NO_SUCH_PLACE))
    if not found.person_id:
        return found
    known = await visit.desk.read(call_scope(secret, found.person_id), partial(call_of, secret=secret, at=now))
    return known or found


async def _before(visit: Visit, mine: Waits) -> int:
    """Return how many of today wait in line before that one."""
    asked = Asked(kind=CALL, office=mine.office, states=(WAITING,), most=_LINE_MOST)
    several = await visit.desk.away(lambda: visit.desk.store.dossiers(asked))
    today = visit.now.date()
    earlier = [one for one in several if one.made_at < mine.made_at and one.made_at.date() == today]
    return len(earlier)


async def _proven(visit: Visit, call: Waits) -> Proven:
    paper = await visit.desk.read(
        Scope(people={call.person_id}), lambda books: books.registry.identities[call.person_id]
    )
    return Proven(
        cert_type=paper.cert_type,
        certno=paper.certno,
        name=paper.name,
        amr=("staff",),
        face="helper",
        proved_at=visit.now,
        sandbox=visit.identity.sandbox is not None,
    )


async def _sample_clerk(visit: Visit, call: Waits) -> None:
    """Have the sample clerk make sure, as a clerk does at the counter."""
    clerk = next(one for one in sample_staff() if one.role == "clerk")
    actor = Actor(
        channel="own-pages",
        role="clerk",
        clerk=clerk.name,
        staff_no=clerk.staff_no,
        office=clerk.office,
        sandbox=True,
    )
    asked = Standing(at=visit.now, person_id=call.person_id, how="id_in_hand", reason=f"自助机 {call.number}")
    await _job(visit, asked.scope, partial(stand_before, actor=actor, asked=asked))


async def _job(visit: Visit, scope: Scope, work: Callable[[Books], object]) -> None:
    def job(books: Books) -> bytes:
        work(books)
        return b""

    await asyncio.wrap_future(visit.desk.batcher.submit(Job(scope, job)))
