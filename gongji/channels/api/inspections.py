"""Inspections over the API: finding signals, a case and its hearing, the decision of two, lifting and objecting."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Struct

from gongji.channels.api.application_forms import step_told
from gongji.channels.api.declaring import changes, lists, reads, writes
from gongji.channels.api.desk import Desk
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.etags import tagged
from gongji.channels.api.inspection_forms import (
    Because,
    Begun,
    CareLooked,
    Cases,
    CaseTold,
    SecondAgreed,
    SignalTold,
    VerdictSent,
    Words,
)
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.moments import taken, told
from gongji.channels.api.outcomes import got, held
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.problems import ProblemError
from gongji.channels.api.reasons import language, rules_told
from gongji.channels.api.relatives import find_relative, whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.refusals import Refusal, Refused
from gongji.domain.requests import Scope
from gongji.domain.texts import Language
from gongji.dossiers.cabinet import Asked
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.office import inspections
from gongji.services.office.inspections import INSPECTION, CaseStands, Out, Verdict, case_of, case_scope
from gongji.services.office.looks import record_look
from gongji.services.office.signals import ASSUMED, Life, Signal, signals
from gongji.services.store import Books

InspectionId = Annotated[str, PathParameter(min_length=1, max_length=80, description="The number it was told under.")]
BEGINS: Final = datetime(1998, 12, 14)  # noqa: DTZ001  # Beijing time
"""Before this day there was no insurance to look through."""

LOOKED_THROUGH: Final = timedelta(days=366)
"""So long a stretch of somebody's care is looked through at most."""


_TAGS: Final = ["inspections"]
_DESK: Final = changes("inspections.write", roles=("inspector",))
Doing = Callable[[Books, PolicyBook, Actor, datetime], CaseStands | Out]


@post(f"{API}/inspections", operation_id="beginInspection", summary="Look through somebody's care for signals",
      tags=_TAGS, **writes("inspections.write", roles=("inspector",)))  # fmt: skip
async def begin_inspection(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[Begun]
) -> Response[CareLooked]:
    """Return the signals in a person's care, and open a case on them if asked to. The person sees that one looked."""
    now, actor, lang = desk.clock(), caller_of(request).actor, language(request)
    policy, person_id = desk.book(now), await find_relative(desk, data.person)
    since, until = taken(data.since), taken(data.until)
    if not BEGINS <= since < until <= now:
        raise ProblemError(
            Refusal.MESSAGE_MALFORMED, field="/until", said="since comes before until, and both have been"
        )
    found = await desk.away(lambda: _signals(desk, person_id, max(since, until - LOOKED_THROUGH), until))
    if data.reported is not None:
        facts = (("reported", data.reported),)
        found = [Signal(kind="another_credential", settlements=(), facts=facts, source=ASSUMED), *found]
    shown = [_signal(one) for one in found]

    def act(books: Books) -> CareLooked | Refused:
        office = held(inspections.inspecting_office(books, policy, actor, person_id, now))
        if isinstance(office, Refused):
            return office
        look = record_look(books, actor, person_id, "care", data.reason, now)
        if isinstance(look, Refused):
            return look
        if not data.open:
            return CareLooked(signals=shown, case=None)
        done = held(inspections.open_case(books, policy, actor, person_id, tuple(found), now))
        return done if isinstance(done, Refused) else CareLooked(signals=shown, case=_told(done, policy, lang))

    scope = Scope(people={person_id}, dossiers_of={(INSPECTION, person_id)})
    return await write(desk, request, operation="beginInspection", scope=scope, act=act, content=data)


@get(f"{API}/inspections", operation_id="listInspections", summary="Cases about the caller", tags=_TAGS,
     **lists("profile.read"))  # fmt: skip
async def list_inspections(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Cases]:
    """Return cases about the caller, newest first: a case is never kept from the one it is about."""
    return await _page(request, desk, Asked(kind=INSPECTION, party=whose(request)), limit, cursor)


@get(f"{API}/queues/inspections", operation_id="readInspectionQueue", summary="Cases before an office", tags=_TAGS,
     **lists("inspections.write", roles=("inspector",)))  # fmt: skip
async def read_inspection_queue(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Cases]:
    """Return cases of the caller's office, newest first."""
    return await _page(request, desk, Asked(kind=INSPECTION, office=caller_of(request).office), limit, cursor)


@get(f"{API}/inspections/{{inspection_id:str}}", operation_id="readInspection", summary="A case", tags=_TAGS,
     **reads("applications.read"))  # fmt: skip
async def read_inspection(
    request: Request[Any, Any, Any], desk: TheDesk, inspection_id: InspectionId
) -> Response[CaseTold]:
    """Return a case to the person it is about, and to the inspectors of its office."""
    actor, book = caller_of(request).actor, desk.book(desk.clock())
    found = got(
        await desk.read(
            case_scope(None, inspection_id), lambda books: inspections.read_case(books, actor, inspection_id)
        )
    )
    return tagged(request, _told(case_of(found), book, language(request)))


@post(f"{API}/inspections/{{inspection_id:str}}/hearing", operation_id="offerHearing", summary="Offer a hearing",
      tags=_TAGS, **_DESK)  # fmt: skip
async def offer_hearing(
    request: Request[Any, Any, Any], desk: TheDesk, inspection_id: InspectionId
) -> Response[CaseTold]:
    """Tell the person what is held against him, and until when he may speak."""

    def do(books: Books, _: PolicyBook, actor: Actor, at: datetime) -> CaseStands | Out:
        return inspections.offer_hearing(books, actor, inspection_id, at)

    return await _do(request, desk, "offerHearing", inspection_id, do)


@post(f"{API}/inspections/{{inspection_id:str}}/words", operation_id="speakInspection", summary="Speak in one's case",
      tags=_TAGS, **changes("applications.write"))  # fmt: skip
async def speak_inspection(
    request: Request[Any, Any, Any], desk: TheDesk, inspection_id: InspectionId, data: JSONBody[Words]
) -> Response[CaseTold]:
    """Say what there is to say, once, while the hearing is open."""

    def do(books: Books, _: PolicyBook, actor: Actor, at: datetime) -> CaseStands | Out:
        return inspections.speak(books, actor, inspection_id, data.words, at)

    return await _do(request, desk, "speakInspection", inspection_id, do, data)


@post(f"{API}/inspections/{{inspection_id:str}}/proposal", operation_id="proposeVerdict", summary="Propose a decision",
      tags=_TAGS, **_DESK)  # fmt: skip
async def propose_verdict(
    request: Request[Any, Any, Any], desk: TheDesk, inspection_id: InspectionId, data: JSONBody[VerdictSent]
) -> Response[CaseTold]:
    """Propose suspension, restitution to owners and a fine; nothing happens until another inspector agrees."""
    verdict = Verdict(
        rule_id=data.rule_id,
        months=data.months,
        sum_fen=data.sum_fen,
        restitutions=tuple(data.restitutions),
        fine_fen=data.fine_fen,
    )

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> CaseStands | Out:
        return inspections.propose(books, policy, actor, inspection_id, verdict, at)

    return await _do(request, desk, "proposeVerdict", inspection_id, do, data, verdict)


@post(f"{API}/inspections/{{inspection_id:str}}/check", operation_id="checkVerdict",
      summary="Agree to a decision, or not", tags=_TAGS, **_DESK)  # fmt: skip
async def check_verdict(
    request: Request[Any, Any, Any], desk: TheDesk, inspection_id: InspectionId, data: JSONBody[SecondAgreed]
) -> Response[CaseTold]:
    """Agree as the second inspector, upon which it takes effect, or send it back."""

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> CaseStands | Out:
        return inspections.check_verdict(books, policy, actor, inspection_id, at, agree=data.agree)

    return await _do(request, desk, "checkVerdict", inspection_id, do, data)


@post(f"{API}/inspections/{{inspection_id:str}}/closing", operation_id="closeInspection", summary="Close a case",
      tags=_TAGS, **_DESK)  # fmt: skip
async def close_inspection(
    request: Request[Any, Any, Any], desk: TheDesk, inspection_id: InspectionId, data: JSONBody[Because]
) -> Response[CaseTold]:
    """Close a case in which nothing was found."""

    def do(books: Books, _: PolicyBook, actor: Actor, at: datetime) -> CaseStands | Out:
        return inspections.close_case(books, actor, inspection_id, data.reason, at)

    return await _do(request, desk, "closeInspection", inspection_id, do, data)


@post(f"{API}/inspections/{{inspection_id:str}}/lifting", operation_id="liftSuspension", summary="Lift a suspension",
      tags=_TAGS, **_DESK)  # fmt: skip
async def lift_suspension(
    request: Request[Any, Any, Any], desk: TheDesk, inspection_id: InspectionId, data: JSONBody[Because]
) -> Response[CaseTold]:
    """Lift a suspension from today on."""

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> CaseStands | Out:
        return inspections.lift(books, policy, actor, inspection_id, data.reason, at)

    return await _do(request, desk, "liftSuspension", inspection_id, do, data)


@post(f"{API}/inspections/{{inspection_id:str}}/appeal", operation_id="appealInspection",
      summary="Object to a decision", tags=_TAGS, **changes("applications.write"))  # fmt: skip
async def appeal_inspection(
    request: Request[Any, Any, Any], desk: TheDesk, inspection_id: InspectionId, data: JSONBody[Because]
) -> Response[CaseTold]:
    """Object to a decision, once and in time; somebody else answers."""

    def do(books: Books, _: PolicyBook, actor: Actor, at: datetime) -> CaseStands | Out:
        return inspections.appeal_case(books, actor, inspection_id, data.reason, at)

    return await _do(request, desk, "appealInspection", inspection_id, do, data)


@post(f"{API}/inspections/{{inspection_id:str}}/upholding", operation_id="upholdVerdict",
      summary="Find a decision right", tags=_TAGS, **_DESK)  # fmt: skip
async def uphold_verdict(
    request: Request[Any, Any, Any], desk: TheDesk, inspection_id: InspectionId, data: JSONBody[Because]
) -> Response[CaseTold]:
    """Answer an objection, as one who did not decide: the decision stands."""

    def do(books: Books, _: PolicyBook, actor: Actor, at: datetime) -> CaseStands | Out:
        return inspections.uphold(books, actor, inspection_id, data.reason, at)

    return await _do(request, desk, "upholdVerdict", inspection_id, do, data)


# Helpers


def _signals(desk: Desk, person_id: int, since: datetime, until: datetime) -> list[Signal]:
    """Return what is found; to be asked away from the event loop."""
    settled = desk.store.settlements_of(person_id, since=since, until=until)
    visits = desk.store.visits_of(person_id, since=since - LOOKED_THROUGH, until=until)

    def find(books: Books) -> list[Signal]:
        life = Life(
            person=books.registry.people[person_id],
            settlements=settled,
            visits={one.visit_id: one for one in visits},
            places=books.registry.institutions,
        )
        return signals(life)

    return desk.store.read(Scope(people={person_id}), find)


async def _page(
    request: Request[Any, Any, Any], desk: TheDesk, asked: Asked, limit: int, cursor: str | None
) -> Response[Cases]:
    book = desk.book(desk.clock())
    page, more = await dossier_page(desk, "inspections", asked, limit, cursor)
    return paged(request, Cases([_told(case_of(one), book, language(request)) for one in page], more), more)


async def _do(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    operation: str,
    inspection_id: str,
    do: Doing,
    content: Struct | None = None,
    verdict: Verdict | None = None,
) -> Response[Any]:
    """Do a step of a case, and tell it as it stands then."""
    actor, now, lang = caller_of(request).actor, desk.clock(), language(request)
    book, named = desk.book(now), Scope(dossiers={inspection_id})
    dossier = await desk.read(named, lambda books: books.dossiers.get(inspection_id))

    def act(books: Books) -> CaseTold | Refused:
        done = held(do(books, book, actor, now))
        return done if isinstance(done, Refused) else _told(done, book, lang)

    def seen(books: Books) -> CaseTold | None:
        found = inspections.read_case(books, actor, inspection_id)
        return None if isinstance(found, Out) else _told(case_of(found), book, lang)

    scope = case_scope(dossier, inspection_id, verdict)
    return await write(desk, request, operation=operation, scope=scope, act=act, content=content, seen=seen)


def _signal(one: Signal) -> SignalTold:
    return SignalTold(kind=one.kind, settlements=list(one.settlements), facts=dict(one.facts), source=one.source)


def _told(found: CaseStands, book: PolicyBook, lang: Language) -> CaseTold:
    form, verdict = found.inspection, found.inspection.verdict
    rules = rules_told((verdict.rule_id,), book, lang) if verdict is not None else []
    return CaseTold(
        inspection_id=found.inspection_id,
        person_id=found.person_id,
        state=found.state,
        office=found.office,
        opened_at=told(found.made_at),
        due_at=told(found.due_at),
        signals=[_signal(one) for one in form.signals],
        hearing_until=told(form.hearing_until),
        heard=form.heard,
        rule=rules[0] if rules else None,
        months=verdict.months if verdict is not None else 0,
        sum_fen=verdict.sum_fen if verdict is not None else 0,
        restitutions=list(verdict.restitutions) if verdict is not None else [],
        fine_fen=verdict.fine_fen if verdict is not None else 0,
        suspended_until=form.suspended_until.isoformat() if form.suspended_until is not None else None,
        appealed=form.appealed,
        steps=[step_told(step) for step in form.steps],
    )
