"""Calls at a kiosk over the API: who waits for one of the staff, who is coming, and what the machine sees of it."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, Literal

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct

from gongji.channels.api.application_forms import StepTold, step_told
from gongji.channels.api.declaring import public, reads, writes
from gongji.channels.api.desk import Desk
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import Moment, told
from gongji.channels.api.outcomes import held
from gongji.channels.api.problems import refused
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.dossiers import Dossier
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.services.office import calls
from gongji.services.office.calls import ANYWHERE, CALL, OPEN, OVER, ROLES, StepName, Waits, call_scope, calls_scope
from gongji.services.store import Books

CallId = Annotated[str, PathParameter(min_length=1, max_length=80, description="The number it was told under.")]
LINE_MOST: Final = 200
OVER_MOST: Final = 20
_TAGS: Final = ["counter"]


class CallStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done with a call: taken, given back, or answered."""

    step: StepName


class CallTold(Struct, frozen=True, kw_only=True):
    """A call: the number that the machine shows, since when, who is coming ("" for nobody yet), and what he did.

    `known`: the machine knew whose papers were shown. `checked`: a clerk has made sure of the person since.
    """

    call_id: str
    number: str
    state: Literal["waiting", "taken", "answered", "served"]
    made_at: Moment
    known: bool
    bring: str
    checked: bool
    holder: str
    steps: list[StepTold]


class Calls(Struct, frozen=True):
    """Today's calls before an office: who waits, the first in line first; and who was seen to, the last first."""

    items: list[CallTold]
    over: list[CallTold]


class CallShown(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret that the machine keeps."""

    secret: Annotated[str, Meta(min_length=1, max_length=128)]


class Line(Struct, frozen=True, kw_only=True):
    """What the machine shows of a call: its number, how many are before it, and since when somebody is coming."""

    number: str
    state: Literal["waiting", "taken", "answered", "served"]
    before: int
    coming_since: Moment | None
    checked: bool
    bring: str


@get(f"{API}/calls", operation_id="listCalls", summary="Who waits at a kiosk for one of the staff", tags=_TAGS,
     **reads("people.read", roles=ROLES))  # fmt: skip
async def list_calls(request: Request[Any, Any, Any], desk: TheDesk) -> Response[Calls]:
    """Return today's calls before the caller's office."""
    now, office = desk.clock(), caller_of(request).office
    several = [
        *await _today(desk, office, OPEN, LINE_MOST, now),
        *await _today(desk, office, OVER, OVER_MOST, now),
    ]
    people = tuple(person_id for one in several for person_id in one.parties)
    scope = calls_scope(people=people)
    found = await desk.read(scope, lambda books: [calls.stands(books, one, now) for one in several])
    line = [call_told(one) for one in found if one.state in OPEN]
    return tagged(request, Calls(line[::-1], [call_told(one) for one in found if one.state in OVER]))


@post(f"{API}/calls/look", operation_id="lookAtCall", summary="How a call stands", tags=_TAGS, status_code=200,
      **public(missing=True))  # fmt: skip
async def look_at_call(desk: TheDesk, data: JSONBody[CallShown]) -> Line:
    """Return how a call stands to the machine that keeps its secret."""
    found = await by_secret(desk, data.secret)
    if found is None:
        raise refused(_NONE)
    return await line_of(desk, found)


@post(f"{API}/calls/{{call_id:str}}/steps", operation_id="stepCall", summary="Take a call, give it back, answer it",
      tags=_TAGS, **writes("people.read", roles=ROLES))  # fmt: skip
async def step_call(
    request: Request[Any, Any, Any], desk: TheDesk, call_id: CallId, data: JSONBody[CallStep]
) -> Response[CallTold]:
    """Take what nobody has, upon which the machine shows that somebody is coming; give it back; or answer it."""
    now, actor = desk.clock(), caller_of(request).actor
    before = await desk.read(Scope(dossiers={call_id}), lambda books: books.dossiers.get(call_id))
    people = before.parties if before is not None else ()

    def act(books: Books) -> CallTold | Refused:
        done = held(calls.step(books, actor, call_id, data.step, now))
        return done if isinstance(done, Refused) else call_told(done)

    scope = calls_scope(call_id, people=people)
    return await write(desk, request, operation="stepCall", scope=scope, act=act, content=data)


async def by_secret(desk: Desk, secret: str) -> Waits | None:
    """Return today's call of that secret, None where there is none (any more)."""
    find = partial(calls.call_of, secret=secret, at=desk.clock())
    found = await desk.read(call_scope(secret), find)
    if found is None or not found.person_id:
        return found
    return await desk.read(call_scope(secret, found.person_id), find)


async def line_of(desk: Desk, mine: Waits) -> Line:
    """Return what the machine shows of a call."""
    waiting = await _today(desk, mine.office, (calls.WAITING,), LINE_MOST, desk.clock())
    since = mine.steps[-1].at if mine.state == calls.TAKEN else None
    return Line(
        number=mine.number,
        state=mine.state,  # type: ignore[arg-type]  # one of the four of `calls`
        before=sum(1 for one in waiting if one.made_at < mine.made_at),
        coming_since=told(since),
        checked=mine.checked,
        bring=mine.bring,
    )


def call_told(found: Waits) -> CallTold:
    """Return a call as it is told to a desk: without a name, which the person himself brings."""
    return CallTold(
        call_id=found.call_id,
        number=found.number,
        state=found.state,  # type: ignore[arg-type]  # one of the four of `calls`
        made_at=told(found.made_at),
        known=bool(found.person_id),
        bring=found.bring,
        checked=found.checked,
        holder=found.holder,
        steps=[step_told(one) for one in found.steps],
    )


# Helpers

_NONE: Final = Refused(Refusal.SETTLEMENT_NOT_FOUND, subject="call")


async def _today(desk: Desk, office: str, states: tuple[str, ...], most: int, now: datetime) -> list[Dossier]:
    """Return today's calls of an office in these states, and those that are every desk's, the newest first."""
    found: list[Dossier] = []
    for one in dict.fromkeys((office, ANYWHERE)):
        asked = Asked(kind=CALL, office=one, states=states, most=most)
        found += await desk.away(partial(desk.store.dossiers, asked))
    found = [one for one in found if calls.is_today(one, now)]
    return sorted(found, key=lambda one: (one.made_at, one.dossier_id), reverse=True)[:most]
