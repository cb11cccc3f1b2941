"""Applications over the API: handing in, adding to, withdrawing, objecting; and what the staff do with them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta, Struct
from msgspec.structs import replace

from gongji.channels.api.application_forms import ApplicationTold, Numbers, Why, WishSent, application_told, wish_of
from gongji.channels.api.declaring import changes, lists, reads, writes
from gongji.channels.api.dossier_pages import dossier_page
from gongji.channels.api.etags import tagged
from gongji.channels.api.meta import API, TheDesk
from gongji.channels.api.outcomes import got, held
from gongji.channels.api.paging import PAGE_DEFAULT, Cursor, Limit, paged
from gongji.channels.api.reasons import language
from gongji.channels.api.reimbursements import CareAsked, claim_of, place_of_bill
from gongji.channels.api.relatives import whose
from gongji.channels.api.session import caller_of
from gongji.channels.api.writing import write
from gongji.domain.dossiers import opened
from gongji.domain.refusals import Refused
from gongji.domain.requests import Scope
from gongji.dossiers.cabinet import Asked
from gongji.rules.policybook import PolicyBook
from gongji.services.acts import Actor
from gongji.services.bills.reimbursements import Claim, claim_scope
from gongji.services.office import applications, reviews
from gongji.services.office.application_kinds import APPLICATION, Reimbursement
from gongji.services.office.applications import (
    APPROVED,
    OPEN_STATES,
    REFUSED,
    Application,
    Out,
    Stands,
    Submission,
    application_scope,
    submission_scope,
)
from gongji.services.office.reviews import Decision, Parking
from gongji.services.store import Books

ApplicationId = Annotated[str, PathParameter(min_length=1, max_length=80, description="The number it was told under.")]
QUEUE_MOST: Final = 1000
"""So many open applications of an office are put in order; a longer queue is told by its newest."""


class Applications(Struct, frozen=True):
    """A page of applications, newest first, and the cursor of the next page."""

    items: list[ApplicationTold]
    next: str | None


class Queue(Struct, frozen=True):
    """Open applications of an office, what is due first on top; those without a day follow, the oldest first.

    `decided_today` counts what the office has decided today, of the thousand decided applications that came in last.
    """

    items: list[ApplicationTold]
    decided_today: int


class More(Struct, frozen=True, forbid_unknown_fields=True):
    """Materials to add, by number."""

    materials: Numbers


class Objection(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the applicant objects."""

    reason: Why


class Parked(Struct, frozen=True, forbid_unknown_fields=True):
    """Why it has to lie; null to go on."""

    why: Parking | None


class Decided(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Approved, or refused by a row of the rules, which has to speak for that office today.

    Who approves a reimbursement tells the `figures` of the bill, as its receipts have them; nobody else does. Who
    answers a report of a doubted use tells in `why` what was found out, to the one who reported it; no rule is wanted.
    """

    approve: bool
    rule_id: Annotated[str, Meta(max_length=80)] = ""
    figures: CareAsked | None = None
    why: Annotated[str, Meta(max_length=1000)] = ""


class Checked(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the second person agrees."""

    agree: bool


Doing = Callable[[Books, PolicyBook, Actor, datetime], Stands | Out]
_TAGS: Final = ["applications"]


@post(f"{API}/applications", operation_id="submitApplication", summary="Apply", tags=_TAGS,
      **writes("applications.write"))  # fmt: skip
async def submit_application(
    request: Request[Any, Any, Any], desk: TheDesk, data: JSONBody[WishSent]
) -> Response[ApplicationTold]:
    """Hand in an application of the caller's. Papers that are missing are told, and do not keep it away."""
    applicant_id, now, actor = whose(request), desk.clock(), caller_of(request).actor
    wish, policy, lang = await wish_of(desk, data, applicant_id), desk.book(now), language(request)
    submission = Submission(at=now, applicant_id=applicant_id, wish=wish, materials=tuple(data.materials))

    def act(books: Books) -> ApplicationTold | Refused:
        done = held(applications.submit(books, policy, actor, submission))
        return done if isinstance(done, Refused) else application_told(done, policy, lang, now)

    scope = submission_scope(submission)
    return await write(desk, request, operation="submitApplication", scope=scope, act=act, content=data)


@get(f"{API}/applications", operation_id="listApplications", summary="The caller's applications", tags=_TAGS,
     **lists("applications.read"))  # fmt: skip
async def list_applications(
    request: Request[Any, Any, Any], desk: TheDesk, limit: Limit = PAGE_DEFAULT, cursor: Cursor = None
) -> Response[Applications]:
    """Return those that concern the caller, newest first."""
    asked = Asked(kind=APPLICATION, party=whose(request))
    page, more = await dossier_page(desk, "applications", asked, limit, cursor)
    return paged(request, Applications(await _told(request, desk, page), more), more)


@get(f"{API}/queues/applications", operation_id="readQueue", summary="The applications before an office", tags=_TAGS,
     **lists("reviews.write", roles=("clerk", "reviewer")))  # fmt: skip
async def read_queue(request: Request[Any, Any, Any], desk: TheDesk) -> Response[Queue]:
    """Return what the caller's office has to decide, by deadline."""
    asked = Asked(kind=APPLICATION, office=caller_of(request).office, states=OPEN_STATES, most=QUEUE_MOST)
    found = await desk.away(lambda: desk.store.dossiers(asked))
    found.sort(key=lambda one: (one.due_at or datetime.max, one.made_at, one.dossier_id))  # noqa: DTZ901  # naive
    over = await desk.away(lambda: desk.store.dossiers(replace(asked, states=(APPROVED, REFUSED))))
    today = desk.clock().date()
    days = [opened(one, Application).decided_at for one in over]
    decided_today = sum(1 for at in days if at is not None and at.date() == today)
    return paged(request, Queue(await _told(request, desk, found), decided_today), None)


@get(f"{API}/applications/{{application_id:str}}", operation_id="readApplication", summary="An application",
     tags=_TAGS, **reads("applications.read"))  # fmt: skip
async def read_application(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId
) -> Response[ApplicationTold]:
    """Return an application to those it concerns, and to its office."""
    actor, now, lang = caller_of(request).actor, desk.clock(), language(request)
    policy, scope = desk.book(now), await _scope(desk, application_id)

    def work(books: Books) -> Stands | Out:
        found = applications.read(books, actor, application_id)
        return found if isinstance(found, Out) else applications.stands(books, policy, found, now)

    return tagged(request, application_told(got(await desk.read(scope, work)), policy, lang, now))


@post(f"{API}/applications/{{application_id:str}}/materials", operation_id="addMaterials",
      summary="Hand in more papers", tags=_TAGS, **changes("applications.write"))  # fmt: skip
async def add_materials(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId, data: JSONBody[More]
) -> Response[ApplicationTold]:
    """Add materials to an application that is not decided; one that lacked some goes on."""
    several = tuple(data.materials)

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> Stands | Out:
        return applications.add_materials(books, policy, actor, application_id, several, at)

    return await _do(request, desk, "addMaterials", application_id, do, data, several)


@post(f"{API}/applications/{{application_id:str}}/withdrawal", operation_id="withdrawApplication",
      summary="Withdraw an application", tags=_TAGS, **changes("applications.write"))  # fmt: skip
async def withdraw_application(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId
) -> Response[ApplicationTold]:
    """Withdraw what is not decided yet."""

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> Stands | Out:
        return applications.take_back(books, policy, actor, application_id, at)

    return await _do(request, desk, "withdrawApplication", application_id, do)


@post(f"{API}/applications/{{application_id:str}}/appeal", operation_id="appealApplication",
      summary="Object to a refusal", tags=_TAGS, **changes("applications.write"))  # fmt: skip
async def appeal_application(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId, data: JSONBody[Objection]
) -> Response[ApplicationTold]:
    """Object to a refusal, once and in time; somebody else decides."""

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> Stands | Out:
        return applications.appeal(books, policy, actor, application_id, data.reason, at)

    return await _do(request, desk, "appealApplication", application_id, do, data)


_DESK: Final = changes("reviews.write", roles=("clerk", "reviewer"))


@post(f"{API}/applications/{{application_id:str}}/claim", operation_id="claimApplication",
      summary="Take an application", tags=_TAGS, **_DESK)  # fmt: skip
async def claim_application(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId
) -> Response[ApplicationTold]:
    """Take an application that nobody has; of two who take it at once, one gets it."""

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> Stands | Out:
        return reviews.claim(books, policy, actor, application_id, at)

    return await _do(request, desk, "claimApplication", application_id, do)


@post(f"{API}/applications/{{application_id:str}}/release", operation_id="releaseApplication",
      summary="Give an application back", tags=_TAGS, **_DESK)  # fmt: skip
async def release_application(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId
) -> Response[ApplicationTold]:
    """Give an application back to the queue."""

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> Stands | Out:
        return reviews.release(books, policy, actor, application_id, at)

    return await _do(request, desk, "releaseApplication", application_id, do)


@post(f"{API}/applications/{{application_id:str}}/parking", operation_id="parkApplication",
      summary="Let an application lie", tags=_TAGS, **_DESK)  # fmt: skip
async def park_application(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId, data: JSONBody[Parked]
) -> Response[ApplicationTold]:
    """Let an application lie for a reason, or go on with it; its deadline stays."""

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> Stands | Out:
        return reviews.park(books, policy, actor, application_id, data.why, at)

    return await _do(request, desk, "parkApplication", application_id, do, data)


@post(f"{API}/applications/{{application_id:str}}/notice", operation_id="noticeApplication",
      summary="Tell once what is missing", tags=_TAGS, **_DESK)  # fmt: skip
async def notice_application(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId
) -> Response[ApplicationTold]:
    """一次告知: tell the applicant which papers are missing, by the rules, all at once and only once."""

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> Stands | Out:
        return reviews.notify_missing(books, policy, actor, application_id, at)

    return await _do(request, desk, "noticeApplication", application_id, do)


@post(f"{API}/applications/{{application_id:str}}/decision", operation_id="decideApplication",
      summary="Decide an application", tags=_TAGS, **_DESK)  # fmt: skip
async def decide_application(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId, data: JSONBody[Decided]
) -> Response[ApplicationTold]:
    """Approve, or refuse by a rule. What is risky waits for a second person; a bill paid in cash is settled at once."""
    claim = await _claim(desk, application_id, data.figures) if data.figures is not None else None

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> Stands | Out:
        decision = Decision(
            at=at,
            application_id=application_id,
            approve=data.approve,
            rule_id=data.rule_id,
            claim=claim,
            why=data.why,
        )
        return reviews.decide(books, policy, actor, decision)

    also = claim_scope(claim) if claim is not None else None
    return await _do(request, desk, "decideApplication", application_id, do, data, also=also)


@post(f"{API}/applications/{{application_id:str}}/check", operation_id="checkApplication",
      summary="Agree to a risky approval, or not", tags=_TAGS,
      **changes("reviews.write", roles=("reviewer",)))  # fmt: skip
async def check_application(
    request: Request[Any, Any, Any], desk: TheDesk, application_id: ApplicationId, data: JSONBody[Checked]
) -> Response[ApplicationTold]:
    """Agree as the second person, upon which it takes effect, or send it back."""

    def do(books: Books, policy: PolicyBook, actor: Actor, at: datetime) -> Stands | Out:
        return reviews.check(books, policy, actor, application_id, at, agree=data.agree)

    return await _do(request, desk, "checkApplication", application_id, do, data)


# Helpers


async def _scope(desk: TheDesk, application_id: str, materials: tuple[str, ...] = ()) -> Scope:
    """Return what an application needs; whom it concerns never changes, so it may be looked up before."""
    dossier = await desk.read(Scope(dossiers={application_id}), lambda books: books.dossiers.get(application_id))
    return application_scope(dossier, application_id, materials)


async def _claim(desk: TheDesk, application_id: str, figures: CareAsked) -> Claim:
    """Return the claim of an application for a reimbursement; one without receipts where it is for something else."""
    dossier = await desk.read(Scope(dossiers={application_id}), lambda books: books.dossiers.get(application_id))
    known = dossier is not None and dossier.kind == APPLICATION
    wish = opened(dossier, Application).wish if dossier is not None and known else None
    receipts = wish.receipts if isinstance(wish, Reimbursement) else ()
    patient_id = dossier.parties[0] if dossier is not None and known else 0
    return claim_of(figures, patient_id, receipts, await place_of_bill(desk, figures.bill), desk.clock())


async def _do(
    request: Request[Any, Any, Any],
    desk: TheDesk,
    operation: str,
    application_id: str,
    do: Doing,
    content: Struct | None = None,
    materials: tuple[str, ...] = (),
    also: Scope | None = None,
) -> Response[Any]:
    """Do a step of an application, and tell it as it stands then."""
    actor, now, lang = caller_of(request).actor, desk.clock(), language(request)
    policy, scope = desk.book(now), await _scope(desk, application_id, materials)
    scope.merge(also or Scope())

    def act(books: Books) -> ApplicationTold | Refused:
        done = held(do(books, policy, actor, now))
        return done if isinstance(done, Refused) else application_told(done, policy, lang, now)

    def seen(books: Books) -> ApplicationTold | None:
        found = applications.read(books, actor, application_id)
        if isinstance(found, Out):
            return None
        return application_told(applications.stands(books, policy, found, now), policy, lang, now)

    return await write(desk, request, operation=operation, scope=scope, act=act, content=content, seen=seen)


async def _told(request: Request[Any, Any, Any], desk: TheDesk, page: list[Any]) -> list[ApplicationTold]:
    """Return applications as they stand, in their order."""
    now, lang = desk.clock(), language(request)
    policy, scope = desk.book(now), Scope()
    for one in page:
        scope.merge(application_scope(one, one.dossier_id))
    found = await desk.read(scope, lambda books: [applications.stands(books, policy, one, now) for one in page])
    return [application_told(one, policy, lang, now) for one in found]
