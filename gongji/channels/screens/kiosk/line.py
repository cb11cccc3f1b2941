"""In line for one of the staff: a number, how many are before it, and the way on once a clerk has made sure."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from gongji.channels.api.calls import by_secret, line_of
from gongji.channels.api.moments import taken
from gongji.channels.identity.sample_apps import sample_staff
from gongji.channels.pages.asking import View
from gongji.channels.screens.entering import let_in
from gongji.channels.screens.inside import TroubleError
from gongji.channels.screens.kiosk.shell import COOKIE, ROOT, SECOND_COOKIE, office_of_machine, own_page
from gongji.channels.screens.kiosk.wishes import followed
from gongji.channels.screens.visiting import Found, Page, Visit
from gongji.domain.faults import RequestFault
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.services.access.signing_in import Proven
from gongji.services.acts import Actor
from gongji.services.batching import Job
from gongji.services.office.calls import Waits, call_scope, put_call, serve
from gongji.services.office.presences import Standing, stand_before
from gongji.services.store import Books

WAITS_FOR: Final = 180
"""So many seconds the machine keeps a place in line without being touched: somebody has to come, or to be gone to."""


async def stand_in_line(visit: Visit, person_id: int, back: str, *, second: bool, bring: str = "") -> Found:
    """Put somebody in line, and show him his number."""
    secret = visit.desk.tokens()

    people = [person_id] if person_id else []
    office = office_of_machine(visit)
    put = partial(put_call, secret=secret, person_id=person_id, at=visit.now, office=office, bring=bring)
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
            wishes = await followed(visit, found.person_id) if not second else ()
            return visit.to(back.removeprefix("/en"), kept, *wishes)
    shown = await line_of(visit.desk, found)
    told: dict[str, Any] = {
        "call": shown,
        "known": bool(found.person_id),
        "coming_since": taken(shown.coming_since) if shown.coming_since is not None else None,
        "back": back,
        "second": second,
        "here_again": visit.link(visit.path, back=back, second="yes" if second else ""),
        "sample": visit.identity.sandbox is not None and bool(found.person_id) and not found.checked,
        **({} if found.checked else {"idle": WAITS_FOR}),
    }
    return View("kiosk/line.html", told)


PAGES: Final[Mapping[str, Page]] = {"/line/{secret:str}": line}


# Helpers


async def _call(visit: Visit) -> Waits:
    """Return the call of the address. Raise TroubleError where there is none."""
    found = await by_secret(visit.desk, visit.names["secret"])
    if found is None:
        raise TroubleError(visit.problem(RequestFault.NO_SUCH_PLACE))
    return found


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
